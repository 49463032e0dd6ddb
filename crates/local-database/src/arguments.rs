//! The command line's definition, which is also that of the man pages and completions.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};
use command_line::Verbosity;

/// The team's database on this machine: loaded from dumps/, and back to clean in a second
#[derive(Debug, Parser)]
#[command(name = "git-database", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    /// None: a look at what is there.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  git database                  what is there, and what isn't as it should be
  git database up               from whatever is there to a database with these dumps
  git database reset            its rows as they were loaded
  git database client           a look into it
  git database clone test_1     one more, for a test or a branch
  git config database.url postgresql://localhost/app
                                on a server of one's own, without Docker

Exit codes: 0 done, 1 a check failed, 2 wrong input, 3 Docker, the server, git or disk failed
Documentation: docs/database.md, docs/docker.md";

/// Where the database is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct PlaceArguments {
    /// A server and a database on it, in place of the container (default: git's `database.url`)
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The container, although git's `database.url` names a server
    #[arg(long, global = true, conflicts_with = "url")]
    pub(crate) container: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch, make, start and load what is needed for a database with these dumps
    #[command(
        after_help = "Examples:\n  git database up\n  git database up --port 5433\n  \
            git database up --url postgresql://localhost/app\n  psql \"$(git database up)\""
    )]
    Up(UpArguments),
    /// Say what is there: dumps, schema, server, what it was loaded from
    #[command(after_help = "Examples:\n  git database status\n  git database status --json")]
    Status(FormArguments),
    /// Give the database the rows again that were loaded
    #[command(after_help = "Examples:\n  git database reset\n  git database reset test_1 test_2")]
    Reset(ResetArguments),
    /// Make pristine copies beside it, for tests or branches
    #[command(
        after_help = "Examples:\n  git database clone test_1 test_2\n  git database clone app_new_prices"
    )]
    Clone(NamesArguments),
    /// Drop copies that `clone` made
    #[command(
        after_help = "Examples:\n  git database drop test_1 test_2\n  git database drop --all"
    )]
    Drop(DropArguments),
    /// Open the server's client, or run it with arguments of its own
    #[command(
        after_help = "Examples:\n  git database client\n  git database client --database test_1"
    )]
    Client(ClientArguments),
    /// The same, by the name of PostgreSQL's
    #[command(
        after_help = "Examples:\n  git database psql\n  git database psql --command 'SELECT count(*) FROM users'\n  \
            git database psql --database test_1"
    )]
    Psql(ClientArguments),
    /// The same, by the name of MySQL's; `mariadb` is understood, too
    #[command(
        alias = "mariadb",
        after_help = "Examples:\n  git database mysql\n  git database mysql --execute 'SELECT count(*) FROM users'\n  \
            git database mysql --database test_1"
    )]
    Mysql(ClientArguments),
    /// Show what the server has written
    #[command(after_help = "Examples:\n  git database logs\n  git database logs --follow")]
    Logs(LogsArguments),
    /// Stop the container, and forget its rows
    #[command(after_help = "Examples:\n  git database stop\n  git database stop --forget")]
    Stop(StopArguments),
}

/// How results are written.
#[derive(Debug, Args)]
pub(crate) struct FormArguments {
    /// Write one JSON object, for scripts
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UpArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// Reach it at this port, now and later: kept in `.env`
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Load what lies in dumps/, and don't hold it against the schema
    #[arg(long)]
    pub(crate) as_is: bool,
    /// Load anew, even what is loaded already
    #[arg(long)]
    pub(crate) again: bool,
    /// Take the place of a database that something else has made
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResetArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// Copies that `clone` made; the database itself if none is given
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NamesArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// Names for them; a copy that is there already is made pristine
    #[arg(value_name = "NAME", required = true)]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DropArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// All copies; on a server of one's own the database and its template too
    #[arg(long, conflicts_with = "names")]
    pub(crate) all: bool,
    /// Their names
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ClientArguments {
    /// A copy that `clone` made, and not the database itself
    #[arg(short, long, value_name = "NAME")]
    pub(crate) database: Option<String>,
    /// What the client is given
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENT"
    )]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArguments {
    /// Go on until interrupted
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StopArguments {
    #[command(flatten)]
    pub(crate) form: FormArguments,
    /// Forget what earlier loads have left for a faster start, too
    #[arg(long)]
    pub(crate) forget: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
