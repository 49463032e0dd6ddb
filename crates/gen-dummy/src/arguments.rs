//! The command line.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use command_line::{Failure, Verbosity};
use dummy_data::{DEFAULT_ROWS, DEFAULT_TODAY, Locale, Request, Settings};
use schema_input::{ReadingArguments, SchemaArguments};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// What `-h` and `--help` both show. Lines fit a terminal of 80 columns; clap would break longer ones in odd places.
macro_rules! examples {
    () => {
        "\
Examples:
  gen-dummy                       schema/Schemafile: dumps/02_dummy.sql.gz
  gen-dummy --rows 5000 --rows orders=20000
  gen-dummy --check               is the dump, or its pointer, fresh? (for CI)
  gen-dummy --explain users       how a table's columns are made, and why
  gen-dummy --verify postgres://postgres@localhost/postgres
                                  do the rows load?
  gen-dummy db/schema.rb -o - | psql shop
  pg_dump --data-only shop | gen-dummy capture
                                  keep what was changed by hand, as text
"
    };
}

/// For `-h`.
const EXAMPLES: &str = concat!(
    examples!(),
    "
Exit codes: 0 done, 1 a check failed, 2 wrong input, 3 disk or server failed
Documentation: docs/dummy-data.md, docs/dummy.toml, docs/capture.md"
);

/// For `--help`. Paragraphs are one line each, which clap breaks where the terminal ends.
const MORE: &str = concat!(
    examples!(),
    "  gen-dummy --only users orders -o two.sql.gz
  gen-dummy --rows 100000000 --shard 2/8 -o 2.sql.gz
                                  what the second of eight machines makes
  gen-dummy --format insert -o 02_dummy.sql
                                  for tools that can't COPY

A dump of some tables (--only) empties and fills those alone. Its foreign keys are checked like all others: load it where \
the other tables have the rows of a dump with the same schema, seed and numbers of rows.

Parts (--shard) are made with the same arguments everywhere, each a file of its own: `cat 1.sql.gz 2.sql.gz …` is the \
dump, byte for byte. A part alone isn't meant to be loaded.

Relative paths start at the repository's root.

Exit codes: 0 done, 1 a check failed (--check, --verify), 2 wrong input, 3 disk or server failed
Documentation: docs/dummy-data.md, docs/dummy.toml, docs/dump-format.md"
);

const PACK_EXAMPLES: &str = "\
Examples:
  pg_dump shop | gen-dummy pack > shop.sql.gz
  mysqldump shop | gen-dummy pack > shop.sql.gz

Exit codes: 0 done, 2 wrong input, 3 disk failed
Documentation: docs/dump-format.md";

const CAPTURE_EXAMPLES: &str = "\
Examples:
  pg_dump --data-only shop | gen-dummy capture
  mysqldump --no-create-info shop | gen-dummy capture
  pg_dump --data-only shop | gen-dummy capture -o -
                                  only show what differs

Give it what the dump was made with: `--rows`, `--seed` and so on, where they aren't
in schema/dummy.toml. Schema, configuration and captured rows are then committed together.

Exit codes: 0 done, 2 wrong input, 3 disk failed
Documentation: docs/capture.md";

/// Headings of what not everybody needs.
const ROWS: &str = "What rows there are";
const PART: &str = "A part of the dump";

/// Make rows that fit a schema; the same schema and seed always give the same bytes
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, after_long_help = MORE, args_conflicts_with_subcommands = true)]
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
    /// Keep what somebody changed in a database by hand, as text
    ///
    /// Standard input is a dump of a database that had been filled by gen-dummy. Rows that were changed, added or deleted since
    /// become files that git can review and merge; with them gen-dummy makes those very rows again.
    #[command(after_help = CAPTURE_EXAMPLES)]
    Capture(Box<CaptureArguments>),
    /// Compress standard input as dumps are compressed
    ///
    /// In gzip members that are cut at row boundaries, so that versions of it are cheap to keep.
    #[command(after_help = PACK_EXAMPLES)]
    Pack {
        /// Threads that compress [default: all cores]
        #[arg(long, value_name = "N", value_parser = number_of_threads)]
        threads: Option<NonZeroUsize>,
    },
}

/// What generating, checking and explaining need.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArguments {
    #[command(flatten)]
    pub(crate) data: DataArguments,

    /// Where the dump goes, `-` for standard output
    ///
    /// It is gzip when the name ends in .gz, else plain SQL.
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "dumps/02_dummy.sql.gz"
    )]
    pub(crate) output: PathBuf,

    /// What the dump is made of [default: copy; insert for MySQL]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// Write nothing; exit with 1 if the dump is stale
    ///
    /// An LFS pointer in the dump's place is enough.
    #[arg(long)]
    pub(crate) check: bool,

    /// Load schema and rows into a server, and say what it refuses
    ///
    /// Into a database of its own, which is dropped afterwards; nothing is written. URL is one that psql takes,
    /// such as `postgres://user@host/postgres`, or `mysql://user:password@host:3306` for MySQL and MariaDB; without it
    /// the settings of psql (PGHOST …) or of mysql (`~/.my.cnf`) hold. Exits with 1 if the rows don't load.
    #[arg(
        long,
        value_name = "URL",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with_all = ["check", "output", "only", "shard", "explain"]
    )]
    pub(crate) verify: Option<String>,

    /// Say how columns are made and why
    ///
    /// Of one table, or of all; nothing is generated.
    #[arg(
        long,
        value_name = "TABLE",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with_all = ["check", "output", "only", "shard", "format"]
    )]
    pub(crate) explain: Option<String>,

    /// With --explain: write it as a page, with the schema's diagram
    #[arg(long, value_name = "FILE", requires = "explain")]
    pub(crate) html: Option<PathBuf>,

    /// Threads [default: all cores]
    ///
    /// The bytes are the same with any number of them.
    #[arg(long, value_name = "N", value_parser = number_of_threads)]
    pub(crate) threads: Option<NonZeroUsize>,

    #[command(flatten, next_help_heading = PART)]
    pub(crate) part: crate::part::PartArguments,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// What decides which rows there are, besides how the schema is read.
#[derive(Debug, clap::Args)]
pub(crate) struct DataArguments {
    #[command(flatten)]
    pub(crate) schema: SchemaArguments,

    /// The configuration [default: schema/dummy.toml]
    ///
    /// More exactly: dummy.toml beside the schema, if it is there.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Rows of every table, or of one [default: 1000]
    ///
    /// May be repeated, and comes before the configuration. Masters have the rows of their CSV.
    #[arg(long, value_name = "N|TABLE=N", help_heading = ROWS, allow_negative_numbers = true)]
    pub(crate) rows: Vec<RowsArgument>,

    /// Multiply every number of rows [default: 1]
    ///
    /// But those of masters.
    #[arg(long, value_name = "F", help_heading = ROWS, allow_negative_numbers = true, value_parser = scale)]
    pub(crate) scale: Option<f64>,

    /// Other data for another number [default: 0]
    #[arg(long, value_name = "N", help_heading = ROWS, allow_negative_numbers = true, value_parser = seed)]
    pub(crate) seed: Option<u64>,

    /// The language of names, places and texts [default: ja for a schema with Japanese comments, else en]
    #[arg(long, help_heading = ROWS, value_parser = locale())]
    pub(crate) locale: Option<Locale>,
}

/// What capturing needs.
#[derive(Debug, clap::Args)]
pub(crate) struct CaptureArguments {
    #[command(flatten)]
    pub(crate) data: DataArguments,

    /// Where the files go, `-` for standard output [default: captured/ beside the schema]
    ///
    /// gen-dummy reads them from there alone.
    #[arg(short, long, value_name = "DIRECTORY")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// What a dump is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// COPY, which psql reads: fastest, PostgreSQL only
    Copy,
    /// INSERT of many rows a statement, for tools that can't COPY
    Insert,
}

/// `N` or `TABLE=N`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowsArgument {
    /// For every table.
    All(u64),
    /// For one.
    Table(String, u64),
}

impl std::str::FromStr for RowsArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.rsplit_once('=') {
            Some(("", _)) => Err("no table stands before the `=`: write users=1000".to_owned()),
            Some((table, rows)) => Ok(Self::Table(table.to_owned(), number_of_rows(rows)?)),
            None => number_of_rows(text).map(Self::All),
        }
    }
}

impl DataArguments {
    /// What is asked of the data: the command line before the configuration, and that before what
    /// holds without either, such as the language that the schema speaks.
    pub(crate) fn request(&self, settings: Settings, spoken: Locale) -> Result<Request, Failure> {
        let mut settings = settings;
        let mut all = None;
        let mut table_rows = BTreeMap::new();
        for argument in &self.rows {
            let (of, former, number) = match argument {
                RowsArgument::All(number) => ("every table", all.replace(*number), number),
                RowsArgument::Table(table, number) => (
                    table.as_str(),
                    table_rows.insert(table.clone(), *number),
                    number,
                ),
            };
            if let Some(former) = former {
                return Err(Failure::input(format!(
                    "`--rows` is given twice for {of}: {former} and {number}"
                ))
                .hint("say it once"));
            }
        }
        if all.is_some() {
            // `--rows N` is for every table: it stands in place of every `rows` of the file.
            for table in &mut settings.tables {
                table.rows = None;
            }
        }
        let today = settings.today.unwrap_or(DEFAULT_TODAY);
        Ok(Request {
            seed: self.seed.or(settings.seed).unwrap_or(0),
            locale: self.locale.or(settings.locale).unwrap_or(spoken),
            rows: all.or(settings.rows).unwrap_or(DEFAULT_ROWS),
            table_rows,
            scale: self.scale.or(settings.scale).unwrap_or(1.0),
            today,
            rows_on: settings.rows_on.map_or(today, |day| day.value.min(today)),
            tables: settings.tables,
            fixed: Vec::new(),
        })
    }
}

/// So many threads, or one for each core.
pub(crate) fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
}

/// What `--threads` takes.
fn number_of_threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "it isn't a number of threads: write 1 or more".to_owned())
}

/// What `--locale` takes.
fn locale() -> impl TypedValueParser<Value = Locale> {
    PossibleValuesParser::new(Locale::ALL.map(Locale::code)).try_map(|code| code.parse::<Locale>())
}

fn number_of_rows(text: &str) -> Result<u64, String> {
    let digits = text.replace('_', "");
    digits.parse().map_err(|_| {
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("`{text}` is more than {}", u64::MAX)
        } else {
            format!(
                "`{text}` isn't a number of rows: write digits, such as 1000 or 1_000_000; for one table, users=1000"
            )
        }
    })
}

/// What `--scale` takes.
fn scale(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|scale: &f64| scale.is_finite() && *scale > 0.0)
        .ok_or_else(|| "it isn't a number greater than 0, such as 10 or 0.5".to_owned())
}

/// What `--seed` takes.
fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn rows_are_for_all_tables_or_for_one() {
        assert_eq!("1_000".parse(), Ok(RowsArgument::All(1000)));
        assert_eq!(
            "users=5".parse(),
            Ok(RowsArgument::Table("users".into(), 5))
        );
        for (wrong, told) in [
            ("users", "write digits"),
            ("users=", "write digits"),
            ("1e6", "write digits"),
            ("-1", "write digits"),
            ("=5", "no table"),
            ("99999999999999999999", "is more than 18446744073709551615"),
        ] {
            let error = wrong.parse::<RowsArgument>().unwrap_err();
            assert!(error.contains(told), "{wrong}: {error}");
        }
    }

    #[test]
    fn rows_are_said_once() {
        for twice in [
            ["--rows=5", "--rows=7"],
            ["--rows=users=5", "--rows=users=7"],
        ] {
            let words = ["gen-dummy"].into_iter().chain(twice);
            let arguments = Arguments::try_parse_from(words).unwrap();
            let failure = arguments
                .generate
                .data
                .request(Settings::default(), Locale::English)
                .unwrap_err();
            assert!(failure.to_string().contains(": 5 and 7"), "{failure}");
        }
    }

    #[test]
    fn a_scale_is_greater_than_nothing() {
        assert_eq!(scale("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "inf", "NaN", "abc"] {
            assert!(scale(wrong).is_err(), "{wrong}");
        }
    }
}
