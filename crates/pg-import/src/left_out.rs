//! What doesn't belong to a schema and is left out, counted so that it can be told.

use crate::error::Mistake;
use schema_import::{ImportError, Note};
use std::collections::BTreeMap;

/// What was left out so far.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    counts: BTreeMap<What, Count>,
    rows: u64,
    connected: bool,
    notes: Vec<Note>,
}

/// Kinds of statements that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Rows,
    SequenceValues,
    Owners,
    Privileges,
    Drops,
    Databases,
    LargeObjects,
    Secrets,
    RailsTables,
    Statistics,
}

#[derive(Debug)]
struct Count {
    statements: usize,
    first_line: usize,
}

impl LeftOut {
    /// Counts a statement that is left out.
    pub(crate) fn add(&mut self, what: What, line: usize) {
        let count = self.counts.entry(what).or_insert(Count {
            statements: 0,
            first_line: line,
        });
        count.statements += 1;
    }

    /// Counts the rows of a COPY, or of an INSERT.
    pub(crate) fn rows(&mut self, count: u64) {
        self.rows += count;
    }

    /// Says something about one statement.
    pub(crate) fn note(&mut self, line: usize, text: String) {
        self.notes.push(Note {
            file: 0,
            line,
            text,
        });
    }

    /// Whether this was said before.
    pub(crate) fn has_noted(&self, text: &str) -> bool {
        self.notes.iter().any(|note| note.text == text)
    }

    /// Takes a command of psql.
    pub(crate) fn command(&mut self, text: &str, line: usize) -> Result<(), ImportError> {
        let mut words = text.split_whitespace();
        match words.next() {
            // They guard a restore against what a dump's data could say.
            Some("\\restrict" | "\\unrestrict") => {}
            Some("\\connect" | "\\c") => {
                if std::mem::replace(&mut self.connected, true) {
                    let database = words.find(|word| !word.starts_with('-')).unwrap_or("?");
                    let mistake = Mistake::SecondDatabase(database.trim_matches('"').to_owned());
                    return Err(ImportError::new(line, &mistake));
                }
            }
            _ => self.note(
                line,
                format!("`{text}` is a command of psql and no part of a schema: left out"),
            ),
        }
        Ok(())
    }

    /// All of it as sentences, in the order of the file.
    pub(crate) fn notes(self) -> Vec<Note> {
        let rows = self.rows;
        let mut notes = self.notes;
        for (what, count) in self.counts {
            notes.push(Note {
                file: 0,
                line: count.first_line,
                text: what.sentence(count.statements, rows),
            });
        }
        notes.sort_by_key(|note| note.line);
        notes
    }
}

impl What {
    fn sentence(self, statements: usize, rows: u64) -> String {
        let number = |singular: &str, plural: &str| match statements {
            1 => format!("1 {singular}"),
            more => format!("{more} {plural}"),
        };
        match self {
            Self::Rows => {
                let rows = match rows {
                    0 => number("statement about rows", "statements about rows"),
                    1 => "1 row".to_owned(),
                    more => format!("{more} rows"),
                };
                format!(
                    "{rows} left out: gen-dummy makes rows, and those that must be as they are go into schema/masters/TABLE.csv"
                )
            }
            Self::SequenceValues => format!(
                "{} left out: sequences begin at their start",
                number("position of a sequence", "positions of sequences")
            ),
            Self::Owners => format!(
                "{} left out: whoever loads the schema owns it",
                number("statement that sets an owner", "statements that set owners")
            ),
            Self::Privileges => format!(
                "{} left out: roles belong to a server and not to a schema",
                number("statement about privileges", "statements about privileges")
            ),
            Self::Drops => format!(
                "{} left out: the schema is loaded into an empty database",
                number(
                    "statement that only takes away what isn't there yet, as those of `--clean` do,",
                    "statements that only take away what isn't there yet, as those of `--clean` do,"
                )
            ),
            Self::Databases => format!(
                "{} left out",
                number(
                    "statement about databases, roles or tablespaces",
                    "statements about databases, roles or tablespaces"
                )
            ),
            Self::LargeObjects => format!(
                "{} left out: they are data",
                number(
                    "statement about large objects",
                    "statements about large objects"
                )
            ),
            Self::Secrets => format!(
                "{} left out: it may hold a password, and it would connect to another server",
                number(
                    "subscription or user mapping",
                    "subscriptions and user mappings"
                )
            ),
            Self::Statistics => format!(
                "{} left out: a server makes them of its own rows",
                number(
                    "statement about the planner's statistics",
                    "statements about the planner's statistics"
                )
            ),
            Self::RailsTables => {
                "schema_migrations and ar_internal_metadata left out: they are Rails' own, and \
                 `gen-schema --rails-metadata` adds them"
                    .to_owned()
            }
        }
    }
}
