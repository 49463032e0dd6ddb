//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use command_line::Verbosity;
use schemafile::{Frontend, RailsVersion};
use std::path::PathBuf;

/// Lines fit a terminal of 80 columns; clap would break longer ones in odd places.
const EXAMPLES: &str = "\
Examples:
  gen-schema                       schema/Schemafile: dumps/01_schema.sql
  gen-schema --check               is dumps/01_schema.sql fresh? (for CI)
  gen-schema db/schema.rb -o -     a Rails schema, on standard output
  gen-schema init                  what a new repository needs
  gen-schema diff main             the migration from `main` to this schema
  gen-schema --rails-version 7.0   defaults of that ActiveRecord, where the
                                   file names none

Relative paths start at the repository's root, in whichever directory the command runs.

Exit codes: 0 done, 1 the file is stale (--check), 2 the command line or the schema is wrong, 3 a file can't be read or \
written.";

const DIFF_EXAMPLES: &str = "\
Examples:
  gen-schema diff main                     from the Schemafile of `main` to that of the work tree
  gen-schema diff v1.2 v1.3 -o up.sql      between two tags, into a file
  gen-schema diff HEAD~1:db/schema.rb db/schema.rb
  gen-schema diff /dev/null schema/Schemafile

No database is asked. An argument that names a file is a file; else it is a revision.

Exit codes: 0 done, 2 the command line or a schema is wrong, or the migration loses data and
`--allow-drop` isn't given, 3 git failed or a file can't be read or written.";

const INIT_EXAMPLES: &str = "\
Examples:
  git init my-database && cd my-database && gen-schema init
  gen-schema init --from ../shop/db/schema.rb

Exit codes: 0 done, 2 the schema is wrong, 3 a file can't be read or written.";

/// Turn a Schemafile (ridgepole's DSL) or a Rails schema.rb into the SQL that ActiveRecord would have
/// run, with no Ruby and no database
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) generate: GenerateArguments,

    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// What else the command can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the SQL that turns a database with one version of the schema into one with another
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArguments),
    /// Make what a repository needs: Schemafile, container, workflow, masters folder; what is there stays
    #[command(after_help = INIT_EXAMPLES)]
    Init(InitArguments),
}

/// What a new repository begins with.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArguments {
    /// Begin with this Schemafile or schema.rb, which is copied, or with what pg_dump wrote (a Rails structure.sql too)
    #[arg(long, value_name = "SCHEMA")]
    pub(crate) from: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// What comparing needs.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArguments {
    /// The version that the database has: a file, a git revision REV, or REV:PATH
    pub(crate) old: String,

    /// The version that it shall have, as OLD; the Schemafile of the work tree when it isn't given
    pub(crate) new: Option<String>,

    /// The Schemafile or schema.rb of a revision that is given without a path, and of the work tree
    #[arg(long, value_name = "PATH", default_value = "schema/Schemafile")]
    pub(crate) schemafile: PathBuf,

    /// Where the SQL goes; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,

    /// Write the migration even if it loses data
    #[arg(long)]
    pub(crate) allow_drop: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// What generating and checking need.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArguments {
    /// The Schemafile or schema.rb
    #[arg(value_name = "SCHEMAFILE", default_value = "schema/Schemafile")]
    pub(crate) schemafile: PathBuf,

    /// Where the SQL goes; `-` is standard output
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "dumps/01_schema.sql"
    )]
    pub(crate) output: PathBuf,

    /// Write nothing; exit with 1 and a diff when the file isn't what would be written
    #[arg(long)]
    pub(crate) check: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,

    /// Also create `schema_migrations` and `ar_internal_metadata`, as Rails does
    #[arg(long)]
    pub(crate) rails_metadata: bool,
}

/// How a schema is read.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ReadingArguments {
    /// The ActiveRecord whose defaults hold for files that name none (5.0 to 8.1)
    #[arg(long, value_name = "X.Y", default_value_t = RailsVersion::NEWEST)]
    pub(crate) rails_version: RailsVersion,

    /// Whose DSL the file speaks; told from the file when it isn't given
    #[arg(long, value_enum)]
    pub(crate) frontend: Option<FrontendName>,

    /// The application's own irregular words: a Rails inflections.rb, or lines like `drive drives`
    #[arg(long, value_name = "FILE")]
    pub(crate) inflections: Option<PathBuf>,
}

/// A front end by the name that users type.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FrontendName {
    /// ridgepole's closed DSL
    Ridgepole,
    /// What `ActiveRecord::Schema.define` takes
    Rails,
}

impl From<FrontendName> for Frontend {
    fn from(name: FrontendName) -> Self {
        match name {
            FrontendName::Ridgepole => Self::Ridgepole,
            FrontendName::Rails => Self::Rails,
        }
    }
}
