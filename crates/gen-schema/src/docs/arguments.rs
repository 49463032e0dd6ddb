//! The command line of `gen-schema docs`.

use clap::ValueEnum;
use schema_docs::Locale;
use schema_input::{ReadingArguments, SchemaArguments};
use std::path::PathBuf;

/// Examples of the command, below its help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  gen-schema docs                  docs/database/README.md and a page per table
  gen-schema docs --check          are they fresh? (for CI)
  gen-schema docs --locale ja      テーブル定義書
  gen-schema docs --html schema.html
                                   one page that pans, zooms and searches
  gen-schema docs --diff main      what changed since `main`, as Markdown
  gen-schema docs --json           the schema for programs

Exit codes: 0 done, 1 a page is stale (--check), 2 wrong input, 3 disk failed
Documentation: docs/pictures.md";

/// What pages need.
#[derive(Debug, clap::Args)]
pub(crate) struct DocsArguments {
    #[command(flatten)]
    pub(crate) schema: SchemaArguments,

    /// The folder of the pages [default: docs/database]
    ///
    /// With --diff or --json the file, `-` for standard output, which is the default.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,

    /// Write one HTML page with everything, and no Markdown unless -o is given too
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Write the schema as JSON, for programs, and no pages
    #[arg(long, conflicts_with_all = ["html", "diff"])]
    pub(crate) json: bool,

    /// Show what differs from this version: a file, a git revision REV, or REV:PATH
    #[arg(long, value_name = "OLD", conflicts_with_all = ["check", "no_rows"])]
    pub(crate) diff: Option<String>,

    /// Write nothing; exit with 1 if a page is stale
    #[arg(long)]
    pub(crate) check: bool,

    /// The language of headings
    #[arg(long, value_enum, default_value_t)]
    pub(crate) locale: LocaleName,

    #[expect(clippy::doc_markdown, reason = "help is plain text")]
    /// The dump whose rows are shown [default: dumps/02_dummy.sql.gz, if it is there]
    #[arg(long, value_name = "FILE", conflicts_with = "no_rows")]
    pub(crate) dump: Option<PathBuf>,

    /// Show no rows
    #[arg(long)]
    pub(crate) no_rows: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// A language by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LocaleName {
    /// English
    #[default]
    En,
    /// Japanese
    Ja,
}

impl From<LocaleName> for Locale {
    fn from(name: LocaleName) -> Self {
        match name {
            LocaleName::En => Self::English,
            LocaleName::Ja => Self::Japanese,
        }
    }
}
