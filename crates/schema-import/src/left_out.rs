//! What doesn't belong to a schema and is left out, counted so that it can be told.

use crate::Note;
use std::collections::BTreeMap;

/// A kind of thing that is left out of a database's dumps.
pub trait Kind: Copy + Ord {
    /// What there is to know about all that was left out of this kind.
    fn sentence(self, tally: Tally) -> String;
}

/// How much was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    statements: usize,
    rows: u64,
}

impl Tally {
    /// The number of statements, with the word for one or for many.
    pub fn number(self, singular: &str, plural: &str) -> String {
        match self.statements {
            1 => format!("1 {singular}"),
            more => format!("{more} {plural}"),
        }
    }

    /// What is said of rows, whichever database they are for.
    pub fn of_rows(self) -> String {
        let rows = match self.rows {
            0 => self.number("statement about rows", "statements about rows"),
            1 => "1 row".to_owned(),
            more => format!("{more} rows"),
        };
        format!(
            "{rows} left out: gen-dummy makes rows, and those that must be as they are go into schema/masters/TABLE.csv"
        )
    }
}

/// What is said of the tables in which Rails keeps its own state.
pub const RAILS_TABLES: &str = "schema_migrations and ar_internal_metadata left out: they are Rails' own, and \
     `gen-schema --rails-metadata` adds them";

/// What was left out so far.
#[derive(Debug)]
pub struct LeftOut<K> {
    counts: BTreeMap<K, Count>,
    rows: u64,
    notes: Vec<Note>,
}

#[derive(Debug)]
struct Count {
    statements: usize,
    first_line: usize,
}

impl<K> Default for LeftOut<K> {
    fn default() -> Self {
        Self {
            counts: BTreeMap::new(),
            rows: 0,
            notes: Vec::new(),
        }
    }
}

impl<K: Kind> LeftOut<K> {
    /// Counts something that is left out.
    pub fn add(&mut self, kind: K, line: usize) {
        let count = self.counts.entry(kind).or_insert(Count {
            statements: 0,
            first_line: line,
        });
        count.statements += 1;
    }

    /// Counts rows.
    pub fn rows(&mut self, count: u64) {
        self.rows += count;
    }

    /// Says something about one statement.
    pub fn note(&mut self, line: usize, text: String) {
        self.notes.push(Note {
            file: 0,
            line,
            text,
        });
    }

    /// Whether this was said before.
    pub fn has_noted(&self, text: &str) -> bool {
        self.notes.iter().any(|note| note.text == text)
    }

    /// All of it as sentences, in the order of the file.
    pub fn notes(self) -> Vec<Note> {
        let rows = self.rows;
        let mut notes = self.notes;
        for (kind, count) in self.counts {
            notes.push(Note {
                file: 0,
                line: count.first_line,
                text: kind.sentence(Tally {
                    statements: count.statements,
                    rows,
                }),
            });
        }
        notes.sort_by_key(|note| note.line);
        notes
    }
}
