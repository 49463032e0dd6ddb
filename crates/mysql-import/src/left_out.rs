//! What doesn't belong to a schema and is left out, counted so that it can be told.

use schema_import::Note;
use std::collections::BTreeMap;

/// What was left out so far.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    counts: BTreeMap<What, Count>,
    rows: u64,
    notes: Vec<Note>,
}

/// Kinds of things that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Rows,
    Privileges,
    Drops,
    Databases,
    Definers,
    RailsTables,
    Selects,
    Counters,
}

#[derive(Debug)]
struct Count {
    statements: usize,
    first_line: usize,
}

impl LeftOut {
    /// Counts something that is left out.
    pub(crate) fn add(&mut self, what: What, line: usize) {
        let count = self.counts.entry(what).or_insert(Count {
            statements: 0,
            first_line: line,
        });
        count.statements += 1;
    }

    /// Counts the rows of an INSERT.
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
            Self::Privileges => format!(
                "{} left out: accounts belong to a server and not to a schema",
                number(
                    "statement about accounts and privileges",
                    "statements about accounts and privileges"
                )
            ),
            Self::Drops => format!(
                "{} left out: the schema is loaded into an empty database",
                number(
                    "statement that only takes away what isn't there yet, as mysqldump writes them,",
                    "statements that only take away what isn't there yet, as mysqldump writes them,"
                )
            ),
            Self::Databases => format!(
                "{} left out",
                number(
                    "statement about databases, servers or tablespaces",
                    "statements about databases, servers or tablespaces"
                )
            ),
            Self::Definers => format!(
                "{} left out: whoever loads the schema is the definer",
                number("`DEFINER`", "`DEFINER`s")
            ),
            Self::RailsTables => {
                "schema_migrations and ar_internal_metadata left out: they are Rails' own, and \
                 `gen-schema --rails-metadata` adds them"
                    .to_owned()
            }
            Self::Selects => format!(
                "{} left out",
                number(
                    "statement that only asks or shows something",
                    "statements that only ask or show something"
                )
            ),
            Self::Counters => format!(
                "{} kept as an option of its table: take it out where it only says how far the rows had got",
                number("`AUTO_INCREMENT=`", "`AUTO_INCREMENT=`s")
            ),
        }
    }
}
