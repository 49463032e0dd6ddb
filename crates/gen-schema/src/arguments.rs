//! The command line.

use crate::{docs, lint};
use clap::{Parser, Subcommand};
use command_line::Verbosity;
use schema_input::{ReadingArguments, SchemaArguments};
use std::path::PathBuf;

/// Lines fit a terminal of 80 columns; clap would break longer ones in odd places.
const EXAMPLES: &str = "\
Examples:
  gen-schema                       schema/Schemafile: dumps/01_schema.sql
  gen-schema --check               is dumps/01_schema.sql fresh? (for CI)
  gen-schema db/schema.rb -o -     a Rails schema, on standard output
  gen-schema init                  what a new repository needs
  gen-schema diff main             the migration from `main` to this schema
  gen-schema docs                  pages and diagrams in docs/database
  gen-schema lint                  what a reviewer would frown at

Relative paths start at the repository's root. What is given here again and again
is kept in schema/schema.toml, for gen-dummy too.

Exit codes: 0 done, 1 the file is stale (--check), 2 wrong input, 3 disk failed
Documentation: docs/schemafile.md";

const DIFF_EXAMPLES: &str = "\
Examples:
  gen-schema diff main             from `main` to the work tree
  gen-schema diff v1.2 v1.3 -o up.sql
                                   between two tags, into a file
  gen-schema diff HEAD~1:db/schema.rb db/schema.rb
  gen-schema diff /dev/null schema/Schemafile

No database is asked. What names a file is a file; else it is a revision.

Exit codes: 0 done, 2 wrong input, or lost data (--allow-drop), 3 git or disk failed
Documentation: docs/migrations.md";

const INIT_EXAMPLES: &str = "\
Examples:
  git init my-database && cd my-database && gen-schema init
  gen-schema init --database mysql
  gen-schema init --from ../shop/db/schema.rb
  gen-schema init --from shop.sql  what `pg_dump --schema-only` or `mysqldump --no-data` wrote

Exit codes: 0 done, 2 the schema is wrong, 3 disk failed
Documentation: README.md, docs/import.md";

/// Turn a Schemafile or a Rails schema.rb into SQL, as ActiveRecord would have
///
/// Without Ruby and without a database: the file (ridgepole's DSL, or what stands in
/// `ActiveRecord::Schema.define`) is read, never run.
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
    /// Write the migration between two versions of the schema
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArguments),
    /// Write pages about the schema: tables, diagrams, rows
    #[command(after_help = docs::EXAMPLES)]
    Docs(docs::DocsArguments),
    /// Tell where a reviewer of the schema would frown
    #[command(after_help = lint::EXAMPLES)]
    Lint(lint::LintArguments),
    /// Make what a new repository needs
    ///
    /// Schemafile, container, workflow, masters folder, the day at which rows end (schema/dummy.toml), lines of
    /// .gitattributes and .gitignore. What is there stays.
    #[command(after_help = INIT_EXAMPLES)]
    Init(InitArguments),
}

/// What a new repository begins with.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArguments {
    /// Begin with this schema.rb, Schemafile, structure.sql or pg_dump
    ///
    /// A schema.rb or Schemafile is copied. Of what pg_dump wrote (a Rails structure.sql too) a Schemafile is made.
    #[arg(long, value_name = "SCHEMA")]
    pub(crate) from: Option<PathBuf>,

    /// Where the workflow gets these programs from [default: as this was built]
    ///
    /// A git URL, with the commit if it isn't the one that this was built from.
    #[arg(long, value_name = "URL[#COMMIT]")]
    pub(crate) programs: Option<String>,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// What comparing needs.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArguments {
    /// The version that the database has: a file, a git revision REV, or REV:PATH
    pub(crate) old: String,

    /// The version that it shall have, as OLD [default: the work tree]
    pub(crate) new: Option<String>,

    /// The file that is meant by a revision without a path
    ///
    /// And by the work tree, where NEW isn't given [default: schema/Schemafile].
    #[arg(short, long, value_name = "PATH")]
    pub(crate) schemafile: Option<PathBuf>,

    /// Where the SQL goes, `-` for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,

    /// Write the migration even if it loses data
    #[arg(long)]
    pub(crate) allow_drop: bool,

    /// Look at old rows in a second step, behind the transaction
    ///
    /// A new NOT NULL, check or foreign key then holds for new rows at once, and rows that break it stop nothing else.
    #[arg(long)]
    pub(crate) two_steps: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// What generating and checking need.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArguments {
    #[command(flatten)]
    pub(crate) schema: SchemaArguments,

    /// Where the SQL goes, `-` for standard output
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "dumps/01_schema.sql"
    )]
    pub(crate) output: PathBuf,

    /// Write nothing; exit with 1 if the file is stale
    ///
    /// The difference is on standard output.
    #[arg(long)]
    pub(crate) check: bool,

    /// Also create Rails' own two tables
    ///
    /// `schema_migrations` and `ar_internal_metadata`, which Rails looks for in a database of its own.
    #[arg(long)]
    pub(crate) rails_metadata: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}
