//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use command_line::Verbosity;
use schemafile::{Frontend, RailsVersion};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  gen-schema                       schema/Schemafile becomes dumps/01_schema.sql
  gen-schema --check               is dumps/01_schema.sql what it would write? (for CI)
  gen-schema db/schema.rb -o -     a Rails application's schema, on standard output
  gen-schema --rails-version 7.0   with the defaults of that ActiveRecord, where the file names none

Relative paths start at the repository's root, in whichever directory the command runs.

Exit codes: 0 done, 1 the file is stale (--check), 2 the command line or the schema is wrong,
3 a file can't be read or written.";

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
    /// Migration SQL between two Schemafiles, or two revisions of one (not yet)
    Diff {
        /// A Schemafile, a git revision REV, or REV:PATH
        old: String,
        /// As OLD; the work tree when it isn't given
        new: Option<String>,
    },
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

    /// The ActiveRecord whose defaults hold for files that name none (5.0 to 8.1)
    #[arg(long, value_name = "X.Y", default_value_t = RailsVersion::NEWEST)]
    pub(crate) rails_version: RailsVersion,

    /// Whose DSL the file speaks; told from the file when it isn't given
    #[arg(long, value_enum)]
    pub(crate) frontend: Option<FrontendName>,

    /// The application's own irregular words: a Rails inflections.rb, or lines like `drive drives`
    #[arg(long, value_name = "FILE")]
    pub(crate) inflections: Option<PathBuf>,

    /// Also create schema_migrations and ar_internal_metadata, as Rails does
    #[arg(long)]
    pub(crate) rails_metadata: bool,
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
