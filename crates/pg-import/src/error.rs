//! Why a file can't be read.

use std::fmt;
use std::io;

/// Why something in a file can't be taken.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct ImportError {
    /// Which of the files it is about, from 0.
    file: usize,
    kind: Kind,
}

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("{mistake}")]
    Mistake {
        line: usize,
        source_line: Option<String>,
        mistake: Mistake,
    },
    #[error(transparent)]
    Io(io::Error),
}

impl ImportError {
    pub(crate) fn new(line: usize, mistake: Mistake) -> Self {
        Self {
            file: 0,
            kind: Kind::Mistake {
                line,
                source_line: None,
                mistake,
            },
        }
    }

    /// About a statement, whose first line is shown.
    pub(crate) fn of_statement(line: usize, sql: &str, mistake: Mistake) -> Self {
        Self {
            file: 0,
            kind: Kind::Mistake {
                line,
                source_line: sql.lines().next().map(str::to_owned),
                mistake,
            },
        }
    }

    /// Turns a line in the count through all files into one of its own file. What has none is about the last file.
    pub(crate) fn set_place(&mut self, last: usize, place: impl Fn(usize) -> (usize, usize)) {
        match &mut self.kind {
            Kind::Mistake { line, .. } => (self.file, *line) = place(*line),
            Kind::Io(_) => self.file = last,
        }
    }

    /// Which of the files it is about, from 0.
    pub fn file(&self) -> usize {
        self.file
    }

    /// The line that it is about, from 1; none when the file couldn't be read at all.
    pub fn line(&self) -> Option<usize> {
        match &self.kind {
            Kind::Mistake { line, .. } => Some(*line),
            Kind::Io(_) => None,
        }
    }

    /// The line as the file has it, when it is about a statement: the statement's first.
    pub fn source_line(&self) -> Option<&str> {
        match &self.kind {
            Kind::Mistake { source_line, .. } => source_line.as_deref(),
            Kind::Io(_) => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match &self.kind {
            Kind::Mistake { mistake, .. } => Some(mistake.hint()),
            Kind::Io(_) => None,
        }
    }
}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        Self {
            file: 0,
            kind: Kind::Io(error),
        }
    }
}

/// All that is wrong with a file, in its order; at least one.
#[derive(Debug)]
pub struct ImportErrors(Vec<ImportError>);

impl ImportErrors {
    pub(crate) fn of(errors: Vec<ImportError>) -> Self {
        Self(errors)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &ImportError> {
        self.0.iter()
    }
}

impl fmt::Display for ImportErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    #[error("this is a dump in {0}, which isn't text")]
    OtherFormat(&'static str),
    #[error("this is {0}, not text")]
    Compressed(&'static str),
    #[error("the file is UTF-16, not UTF-8")]
    Utf16,
    #[error("the line isn't UTF-8")]
    NotUtf8,
    #[error("the line holds the character NUL, so the file isn't text")]
    Binary,
    #[error("the statement that begins here has no end: the file is cut short")]
    StatementWithoutEnd,
    #[error("the rows that begin here have no end: the file is cut short")]
    RowsWithoutEnd,
    #[error("the dump has no end: its last line should be `-- PostgreSQL database dump complete`")]
    NoTrailer,
    #[error("the dump is of a database in {0}, not UTF-8")]
    Encoding(String),
    #[error("the file goes on to another database, `{0}`")]
    SecondDatabase(String),
    #[error("the name has no schema, and the search_path says `{0}`")]
    SearchPath(String),
    #[error("the transaction is rolled back, so nothing of it is ever made")]
    Rollback,
    #[error("what this takes away of what the file has made can't be told: `DROP {0}`")]
    UnknownDrop(String),
    #[error("the file has made several things of the name `{0}`, and this drops one of them")]
    AmbiguousDrop(String),
    #[error("`{table}` has no `{part}` here")]
    NothingToDrop {
        /// The constraint or column.
        part: String,
        /// The table.
        table: String,
    },
    #[error("`{what}` changes here under `{view}`, which was made of it before")]
    SeenByView {
        /// The table or column.
        what: String,
        /// The view, or the function.
        view: String,
    },
    #[error("`{0}` is made a second time")]
    MadeTwice(String),
    #[error("schema `{0}` gets another name after things were made in it")]
    RenamedSchema(String),
    #[error("this is a dump of {0}, not of PostgreSQL")]
    OtherDatabase(&'static str),
    #[error("nothing in the file makes a table, a type or anything else of a schema")]
    Nothing,
}

impl Mistake {
    /// What the first line of a file gives away.
    pub(crate) fn of_first_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PGDMP") {
            return Some(Self::OtherFormat("pg_dump's custom format"));
        }
        // The name of the first member of a tar file, and the mark of the format behind it.
        if bytes.starts_with(b"toc.dat\0") {
            return Some(Self::OtherFormat("pg_dump's tar format"));
        }
        for (magic, name) in [
            (&b"\x1f\x8b"[..], "compressed by gzip"),
            (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
            (b"\x04\x22\x4d\x18", "compressed by lz4"),
        ] {
            if bytes.starts_with(magic) {
                return Some(Self::Compressed(name));
            }
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Some(Self::Utf16);
        }
        for (words, name) in [
            (&b"-- MySQL dump"[..], "MySQL"),
            (b"-- MariaDB dump", "MariaDB"),
            (b"/*M!999999", "MariaDB"),
            (b"PRAGMA ", "SQLite"),
        ] {
            if bytes.starts_with(words) {
                return Some(Self::OtherDatabase(name));
            }
        }
        None
    }

    fn hint(&self) -> String {
        match self {
            Self::OtherFormat(_) => {
                "turn it into SQL: `pg_restore --schema-only -f - FILE > shop.sql`".into()
            }
            Self::Compressed(name) => {
                let program = name.rsplit(' ').next().unwrap_or_default();
                format!("unpack it first: `{program} -dc FILE > shop.sql`")
            }
            Self::Utf16 => "PowerShell's `>` writes that; let pg_dump write the file: \
                            `pg_dump --schema-only -f shop.sql DATABASE`"
                .into(),
            Self::NotUtf8 | Self::Encoding(_) => {
                "dump it with `pg_dump --schema-only --encoding=UTF8`".into()
            }
            Self::Binary => {
                "dump it in the plain format: `pg_dump --schema-only -f shop.sql DATABASE`".into()
            }
            Self::StatementWithoutEnd | Self::RowsWithoutEnd | Self::NoTrailer => {
                "dump it again, and see that pg_dump ends without an error".into()
            }
            Self::SecondDatabase(_) => {
                "a project has one database: dump it alone with `pg_dump --schema-only DATABASE`"
                    .into()
            }
            Self::SearchPath(_) => "write each name with its schema; of a dump, make another with pg_dump 10.3 or newer, \
                                    which reads old servers too"
                .into(),
            Self::Rollback => "take it out, or the statements before it".into(),
            Self::UnknownDrop(_) => {
                "take out this statement, and the one that makes what it drops".into()
            }
            Self::AmbiguousDrop(_) => {
                "write the types of its arguments, as the statement that makes it has them".into()
            }
            Self::NothingToDrop { .. } => {
                "see how it is spelt where it is made; `IF EXISTS` lets it be missing".into()
            }
            Self::SeenByView { view, .. } => {
                format!("drop `{view}` before this statement, and make it again behind")
            }
            Self::MadeTwice(_) => "take out one of the two".into(),
            Self::RenamedSchema(_) => {
                "use its last name from the start: `CREATE SCHEMA NAME`".into()
            }
            Self::OtherDatabase(_) => "gen-schema writes SQL for PostgreSQL only".into(),
            Self::Nothing => {
                "dump the database with `pg_dump --schema-only -f shop.sql DATABASE`".into()
            }
        }
    }
}
