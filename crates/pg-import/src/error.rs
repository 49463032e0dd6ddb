//! What is wrong with a file, and the way out.

use schema_import::{Explained, NotText};

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    #[error("this is a dump in {0}, which isn't text")]
    OtherFormat(&'static str),
    #[error("this is compressed by {0}, not text")]
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
        match NotText::of_first_bytes(bytes) {
            Some(NotText::Compressed(program)) => return Some(Self::Compressed(program)),
            Some(NotText::Utf16) => return Some(Self::Utf16),
            None => {}
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
}

impl Explained for Mistake {
    fn hint(&self) -> String {
        match self {
            Self::OtherFormat(_) => {
                "turn it into SQL: `pg_restore --schema-only -f - FILE > shop.sql`".into()
            }
            Self::Compressed(program) => {
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
