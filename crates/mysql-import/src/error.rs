//! What is wrong with a file, and the way out.

use schema_import::{Explained, NotText};

/// Why a statement, or a file, can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    #[error("this is compressed by {0}, not text")]
    Compressed(&'static str),
    #[error("the file is UTF-16, not UTF-8")]
    Utf16,
    #[error("the line isn't UTF-8")]
    NotUtf8,
    #[error("the line holds the character NUL, so the file isn't text")]
    Binary,
    #[error("the statement that begins here has no end: the file is cut short")]
    NoEnd,
    #[error("the dump has no end: its last line should be `-- Dump completed`")]
    NoTrailer,
    #[error("from here on the file is in the character set {0}, not UTF-8")]
    Encoding(String),
    #[error("from here on `{0}` gives quotes and backslashes another meaning")]
    Mode(&'static str),
    #[error("the file goes on to another database, `{0}`")]
    SecondDatabase(String),
    #[error("`{0}` is made a second time")]
    MadeTwice(String),
    #[error("nothing here has made {0}")]
    Missing(String),
    #[error("`{table}` has no {part} here")]
    MissingPart {
        /// Such as ``column `a` ``.
        part: String,
        table: String,
    },
    #[error("this is a dump of {0}, not of MySQL or MariaDB")]
    OtherDatabase(&'static str),
    #[error("`{0}` is a command of the client, which isn't run here")]
    ClientCommand(String),
    #[error("nothing in the file makes a table, a view or anything else of a schema")]
    Nothing,
}

impl Mistake {
    /// What the first bytes of a file give away.
    pub(crate) fn of_first_bytes(bytes: &[u8]) -> Option<Self> {
        match NotText::of_first_bytes(bytes) {
            Some(NotText::Compressed(program)) => return Some(Self::Compressed(program)),
            Some(NotText::Utf16) => return Some(Self::Utf16),
            None => {}
        }
        [
            (&b"PGDMP"[..], "PostgreSQL"),
            (b"--\n-- PostgreSQL database dump", "PostgreSQL"),
            (b"PRAGMA ", "SQLite"),
        ]
        .into_iter()
        .find(|(words, _)| bytes.starts_with(words))
        .map(|(_, name)| Self::OtherDatabase(name))
    }
}

impl Explained for Mistake {
    fn hint(&self) -> String {
        match self {
            Self::Compressed(program) => {
                format!("unpack it first: `{program} -dc FILE > shop.sql`")
            }
            Self::Utf16 => "PowerShell's `>` writes that; let mysqldump write the file: \
                            `mysqldump --no-data --routines --result-file=shop.sql DATABASE`"
                .into(),
            Self::NotUtf8 | Self::Encoding(_) => {
                "dump it with `mysqldump --default-character-set=utf8mb4 --no-data --routines DATABASE`".into()
            }
            Self::Binary => {
                "dump it as text: `mysqldump --no-data --routines --result-file=shop.sql DATABASE`".into()
            }
            Self::NoEnd | Self::NoTrailer => {
                "dump it again, and see that mysqldump ends without an error".into()
            }
            Self::Mode(mode) => format!(
                "dump it without `--compatible`; of a script, write names in backticks and leave {mode} out"
            ),
            Self::SecondDatabase(_) => {
                "a project has one database: dump it alone with `mysqldump --no-data --routines DATABASE`".into()
            }
            Self::MadeTwice(_) => "take out one of the two".into(),
            Self::Missing(_) | Self::MissingPart { .. } => {
                "see how it is spelt where it is made; the statement that makes it may be in a file that isn't read".into()
            }
            Self::ClientCommand(_) => {
                "name a folder of files that run one after the other, or put all into one file".into()
            }
            Self::OtherDatabase(_) => {
                "say which database the file is for: `--database postgresql`".into()
            }
            Self::Nothing => {
                "dump the database with `mysqldump --no-data --routines --result-file=shop.sql DATABASE`".into()
            }
        }
    }
}
