//! The command line's definition, which is also that of the man pages and completions.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use command_line::Verbosity;

use crate::terminal::output::Form;

/// Keep the large files of git repositories in S3: a transfer agent for git-lfs
///
/// Without a command it is the agent itself, which git-lfs starts and speaks to.
#[derive(Debug, Parser)]
#[command(name = "lfs-agent", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    /// None: git-lfs has started the agent.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  lfs-agent install               once per machine
  lfs-agent init s3://team-dumps/shop --region eu-central-1
                                  once per repository
  git push, git pull, git clone   as ever
  lfs-agent doctor                what is wrong, and how to mend it

Exit codes: 0 done, 1 a check failed, 2 wrong input, 3 S3, git or disk failed
Documentation: docs/lfs-agent.md, docs/bucket.md";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell git-lfs on this machine about the agent
    #[command(after_help = "Examples:\n  lfs-agent install\n  lfs-agent install --local")]
    Install(ScopeArguments),
    /// Take back what `install` did
    #[command(after_help = "Examples:\n  lfs-agent uninstall\n  lfs-agent uninstall --local")]
    Uninstall(ScopeArguments),
    /// Have this repository keep its dumps in a bucket
    Init(InitArguments),
    /// Check everything that a push or pull needs
    #[command(after_help = "Examples:
  lfs-agent doctor
  lfs-agent doctor --read-only
  lfs-agent doctor --fix
  lfs-agent doctor --remote fork")]
    Doctor(DoctorArguments),
    /// Check that every dump of the history is in S3, whole and right
    #[command(
        after_help = "Examples:\n  lfs-agent fsck --fast\n  lfs-agent fsck main v1.0\n  lfs-agent fsck --repair    from the dumps in this clone"
    )]
    Fsck(FsckArguments),
    /// Take objects out of S3 that no ref names
    #[command(
        after_help = "Examples:\n  lfs-agent prune\n  lfs-agent prune --delete --grace 30\n  lfs-agent prune --also ../other-clone"
    )]
    Prune(PruneArguments),
    /// Copy all of one store into another
    #[command(
        after_help = "Examples:\n  lfs-agent mirror s3://old/shop 's3://new/shop?region=eu-central-1'\n  \
            lfs-agent mirror s3://old/shop 's3://new/shop?endpoint=https://s3.example.com'"
    )]
    Mirror(MirrorArguments),
    /// Fetch one dump from a store, with a clone or without
    #[command(
        after_help = "Examples:\n  lfs-agent get s3://team-dumps/shop 27a0…c3 -o dump.sql.gz\n  \
            lfs-agent get 's3://team-dumps/shop?region=eu-central-1' pointer -o dump.sql.gz\n  \
            git show HEAD:dump.sql.gz | lfs-agent get s3://dumps - -o - | gunzip | psql\n  \
            lfs-agent get 27a0…c3 -o dump.sql.gz              in a clone, from its own store\n  \
            lfs-agent get --remote fork 27a0…c3 -o dump.sql.gz"
    )]
    Get(GetArguments),
    /// List the dumps of the history and how they are stored
    #[command(after_help = "Examples:\n  lfs-agent ls\n  lfs-agent ls main")]
    Ls(RefArguments),
    /// Show what two versions of a dump differ in, table by table
    #[command(
        after_help = "Examples:\n  lfs-agent diff old.sql.gz new.sql.gz\n  git diff HEAD~1 -- dumps    the same, after `lfs-agent install`\n  \
            lfs-agent diff v1.0 main users\n  lfs-agent diff HEAD~1 HEAD --json"
    )]
    Diff(DiffArguments),
    /// Settle dumps that git has left unmerged, with what was decided
    #[command(
        after_help = "Examples:\n  lfs-agent merge                    as decided in the file that the merge names\n  \
            lfs-agent merge --ours=users --theirs=orders\n  lfs-agent merge --theirs dumps/02_dummy.sql.gz"
    )]
    Merge(MergeArguments),
    /// Merge one dump for git
    #[command(hide = true)]
    MergeDriver(DriverArguments),
    /// Show the tables of a dump, or rows of one
    #[command(
        after_help = "Examples:\n  lfs-agent show dumps/02_dummy.sql.gz\n  lfs-agent show main:dumps/02_dummy.sql.gz users 42\n  \
            lfs-agent show v1.0:dumps/02_dummy.sql.gz orders --where status=open --format csv"
    )]
    Show(ShowArguments),
    /// Show which commits changed the rows of a table, or one row, newest first
    #[command(
        after_help = "Examples:\n  lfs-agent log users\n  lfs-agent log users 42\n  lfs-agent log order_lines 7 2    a key of two columns\n  \
            lfs-agent log users --since 2.weeks --author ann --revisions main..topic"
    )]
    Log(LogArguments),
    /// Show for each cell of a row which commit gave it its value
    #[command(
        after_help = "Examples:\n  lfs-agent blame users 42\n  lfs-agent blame order_lines 7 2 --revision v1.0"
    )]
    Blame(BlameArguments),
}

/// The rows of one table.
#[derive(Debug, Args)]
pub(crate) struct RowArguments {
    /// Columns and the values that they must have, NULL as `\N`; can be given several times
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub(crate) conditions: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The dump or its pointer, or one in a revision: `REV:PATH`
    pub(crate) file: PathBuf,
    /// Show rows of this table
    pub(crate) table: Option<String>,
    /// The row with this key: a value for each of its columns
    #[arg(allow_negative_numbers = true)]
    pub(crate) key: Vec<String>,
    #[command(flatten)]
    pub(crate) rows: RowArguments,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = RowForm::Text)]
    pub(crate) format: RowForm,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RowForm {
    /// A line for each cell
    Text,
    /// RFC 4180, with the columns' names first; NULL is nothing, an empty text `""`
    Csv,
    /// An array of objects, whose values are texts or null
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct LogArguments {
    /// The table
    pub(crate) table: String,
    /// The row with this key: a value for each of its columns
    #[arg(allow_negative_numbers = true)]
    pub(crate) key: Vec<String>,
    #[command(flatten)]
    pub(crate) rows: RowArguments,
    /// The dump, if the repository has several
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
    /// Commits as `git log` takes them: `main`, `v1.0..main`; can be given several times
    #[arg(long, value_name = "RANGE")]
    pub(crate) revisions: Vec<String>,
    /// Commits after this date, as `git log --since` takes it
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,
    /// Commits before this date
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,
    /// Commits whose author fits this pattern
    #[arg(long, value_name = "PATTERN")]
    pub(crate) author: Option<String>,
    /// Write a JSON object in a line for each commit, with all rows
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BlameArguments {
    /// The table
    pub(crate) table: String,
    /// The row's key: a value for each of its columns
    #[arg(required = true, allow_negative_numbers = true)]
    pub(crate) key: Vec<String>,
    /// The dump, if the repository has several
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
    /// The row as it is there
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(crate) revision: String,
    #[command(flatten)]
    pub(crate) form: FormArguments,
}

/// Which of git's configuration files to write.
#[derive(Debug, Args)]
pub(crate) struct ScopeArguments {
    /// The user's configuration (the default)
    #[arg(long, conflicts_with_all = ["local", "system"])]
    global: bool,
    /// This repository's configuration
    #[arg(long, conflicts_with = "system")]
    local: bool,
    /// The machine's configuration
    #[arg(long)]
    system: bool,
}

/// One of git's configuration files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Global,
    Local,
    System,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    lfs-agent init s3://team-dumps/shop --region ap-northeast-1\n  \
    lfs-agent init s3://dumps --endpoint https://s3.example.com --path-style\n  \
    lfs-agent init s3://dumps --track 'dumps/*.sql.gz' --track '*.dump'")]
pub(crate) struct InitArguments {
    /// The store: `s3://BUCKET[/PREFIX][?PARAMETER=VALUE…]`
    pub(crate) url: String,
    /// The bucket's region
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// The server's URL, if it isn't AWS
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Put the bucket into the path and not into the host name
    #[arg(long)]
    pub(crate) path_style: bool,
    /// Store every version of a dump whole, for other tools to read
    #[arg(long)]
    pub(crate) whole: bool,
    /// The files to keep in S3; can be given several times
    #[arg(long, value_name = "PATTERN", default_value = "*.sql.gz")]
    pub(crate) track: Vec<String>,
    /// Replace another store
    #[arg(long)]
    pub(crate) force: bool,
}

/// How results are written.
#[derive(Debug, Args)]
pub(crate) struct FormArguments {
    /// Write one JSON object, for scripts
    #[arg(long)]
    json: bool,
}

impl FormArguments {
    /// The form that is asked for.
    pub(crate) fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }
}

/// Whose store is meant.
#[derive(Debug, Args)]
pub(crate) struct RemoteArguments {
    /// The store of this remote, if remotes have stores of their own (`remote.NAME.lfsurl`); else of the one that git-lfs uses
    #[arg(long, value_name = "NAME")]
    pub(crate) remote: Option<String>,
}

/// The refs whose history is meant.
#[derive(Debug, Args)]
pub(crate) struct RefArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    #[command(flatten)]
    pub(crate) store: RemoteArguments,
    /// Refs; all of them if none is given
    pub(crate) refs: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    #[command(flatten)]
    pub(crate) store: RemoteArguments,
    /// Don't check the right to push
    #[arg(long)]
    pub(crate) read_only: bool,
    /// First set up what is missing on this machine, and ask before what is more than that
    #[arg(long)]
    pub(crate) fix: bool,
    /// Answer yes to all that `--fix` asks
    #[arg(long, requires = "fix")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FsckArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    #[command(flatten)]
    pub(crate) store: RemoteArguments,
    /// Look at presence and size alone, and read no content
    #[arg(long)]
    pub(crate) fast: bool,
    /// Put back what is missing or damaged, from what is on this machine
    #[arg(long)]
    pub(crate) repair: bool,
    /// Refs; all of them if none is given
    pub(crate) refs: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    #[command(flatten)]
    pub(crate) store: RemoteArguments,
    /// Do it, and don't just show it
    #[arg(long)]
    pub(crate) delete: bool,
    /// Leave alone what is younger than this many days, in its place and in the trash
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    pub(crate) grace: u32,
    /// A clone of another repository that keeps its dumps in the same place; can be given several times
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) also: Vec<PathBuf>,
    /// A repository that keeps its dumps there no more, as `prune` names it; can be given several times
    #[arg(long, value_name = "REPOSITORY")]
    pub(crate) gone: Vec<String>,
    /// No repository but these has ever kept dumps there; `--delete` writes that down
    #[arg(long)]
    pub(crate) no_others: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MirrorArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// The store to read: `s3://BUCKET[/PREFIX][?PARAMETER=VALUE…]`, with the parameters of `lfs.url`
    pub(crate) from: String,
    /// The store to fill
    pub(crate) to: String,
    /// Say what is missing, and copy nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct GetArguments {
    #[command(flatten)]
    pub(crate) store: RemoteArguments,
    /// The store: `s3://BUCKET[/PREFIX][?PARAMETER=VALUE…]`, with the parameters of `lfs.url`; in a clone, its own if none is given
    #[arg(value_name = "STORE", conflicts_with = "remote")]
    pub(crate) from: Option<String>,
    /// The dump's oid or its first digits, or a file with its pointer (`-` for standard input)
    #[arg(value_name = "OID|POINTER")]
    pub(crate) dump: String,
    /// The file to write (`-` for standard output)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// As git calls its drivers: PATH OLD OLD-HEX OLD-MODE NEW NEW-HEX NEW-MODE
    #[arg(long, hide = true)]
    pub(crate) git: bool,
    /// The old version and the new one: dumps, compressed or not, or pointers to them; revisions; `REV:PATH`. Then a table,
    /// if only its rows are wanted
    #[arg(required = true, value_name = "VERSION")]
    pub(crate) files: Vec<PathBuf>,
    /// The dump in the revisions, if the repository has several
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) form: FormArguments,
}

/// What stands for all tables.
pub(crate) const ALL_TABLES: &str = "*";

#[derive(Debug, Args)]
pub(crate) struct MergeArguments {
    /// Take our side of every conflict, or of those in a table; can be given several times
    #[arg(long, value_name = "TABLE", num_args = 0..=1, require_equals = true, default_missing_value = ALL_TABLES)]
    pub(crate) ours: Vec<String>,
    /// Take their side
    #[arg(long, value_name = "TABLE", num_args = 0..=1, require_equals = true, default_missing_value = ALL_TABLES)]
    pub(crate) theirs: Vec<String>,
    /// Read decisions from this file, and not from the one that the merge wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    /// Take the merged dump even if values are there twice that may be there once, or keys lead to nothing
    #[arg(long)]
    pub(crate) anyway: bool,
    /// Dumps; all that git has left unmerged if none is given
    #[arg(value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
}

/// As git calls a merge driver: `%O %A %B %P`.
#[derive(Debug, Args)]
pub(crate) struct DriverArguments {
    /// The version that both sides come from
    pub(crate) base: PathBuf,
    /// Ours, which becomes the merged version
    pub(crate) ours: PathBuf,
    /// Theirs
    pub(crate) theirs: PathBuf,
    /// The file's place in the repository
    pub(crate) path: PathBuf,
}

impl ScopeArguments {
    /// The file that they choose.
    pub(crate) fn scope(&self) -> Scope {
        match (self.local, self.system) {
            (true, _) => Scope::Local,
            (_, true) => Scope::System,
            _ => Scope::Global,
        }
    }
}

impl Scope {
    /// git's name for it.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::Global => "--global",
            Self::Local => "--local",
            Self::System => "--system",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Global => "user's",
            Self::Local => "repository's",
            Self::System => "machine's",
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
