//! The schema in the making: what was read so far, with its places.
//!
//! It is what the database would hold if the file had run up to here, so that a statement which changes or drops
//! something finds what it is about.

use crate::draft_table::DraftTable;
use crate::error::Mistake;
use crate::left_out::{LeftOut, What};
use crate::object::{Class, Object};
use crate::raw_statement::{self, RawStatement};
use crate::sequence::Sequence;
use crate::statement::Done;
use pg_model::{EnumType, Extension, ForeignKey, QualifiedName, Table};
use schema_import::ImportError;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was read so far.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) namespaces: Vec<String>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) enums: Vec<EnumType>,
    pub(crate) tables: Vec<DraftTable>,
    positions: BTreeMap<QualifiedName, usize>,
    pub(crate) sequences: Vec<Sequence>,
    pub(crate) foreign_keys: Vec<DraftKey>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) index_attachments: Vec<IndexAttachment>,
    pub(crate) raw: Vec<RawStatement>,
    pub(crate) left_out: LeftOut,
    /// Whether the dump has connected to a database.
    is_connected: bool,
    /// Tables that are left out, with all that belongs to them.
    pub(crate) without: BTreeSet<QualifiedName>,
    /// Where names without a schema belong, when that isn't `public`: the setting that says so.
    pub(crate) elsewhere: Option<String>,
    clock: usize,
    /// Where the statement that is read begins, from 1.
    pub(crate) line: usize,
}

/// A foreign key, which can be judged only when all tables are known.
#[derive(Debug)]
pub(crate) struct DraftKey {
    pub(crate) table: QualifiedName,
    pub(crate) key: ForeignKey,
    pub(crate) sql: String,
    /// Whether the statement that makes its table says it.
    pub(crate) is_inline: bool,
    pub(crate) at: usize,
    pub(crate) line: usize,
}

/// `ALTER TABLE … ATTACH PARTITION`
#[derive(Debug)]
pub(crate) struct Attachment {
    pub(crate) parent: QualifiedName,
    pub(crate) child: QualifiedName,
    /// `FOR VALUES …` or `DEFAULT`
    pub(crate) bounds: String,
    pub(crate) sql: String,
    pub(crate) at: usize,
}

/// `ALTER INDEX … ATTACH PARTITION`
#[derive(Debug)]
pub(crate) struct IndexAttachment {
    pub(crate) parent: QualifiedName,
    pub(crate) child: QualifiedName,
    pub(crate) sql: String,
    pub(crate) at: usize,
}

impl Draft {
    /// A number that grows with every statement.
    pub(crate) fn tick(&mut self, line: usize) -> usize {
        self.line = line;
        self.clock += 1;
        self.clock
    }

    pub(crate) fn now(&self) -> usize {
        self.clock
    }

    pub(crate) fn add_table(&mut self, table: Table, sql: &str) {
        self.positions.insert(table.name.clone(), self.tables.len());
        self.tables.push(DraftTable {
            table,
            line: self.line,
            statements: vec![(self.clock, sql.to_owned())],
            kept: true,
        });
    }

    /// Takes a table out, and gives it back.
    pub(crate) fn take_table(&mut self, name: &QualifiedName) -> Option<DraftTable> {
        let position = self.positions.remove(name)?;
        let table = self.tables.remove(position);
        self.find_positions();
        Some(table)
    }

    /// Gives a table another name.
    pub(crate) fn rename_table(&mut self, from: &QualifiedName, to: &QualifiedName) {
        if let Some(position) = self.positions.get(from) {
            self.tables[*position].table.name = to.clone();
            self.find_positions();
        }
    }

    fn find_positions(&mut self) {
        self.positions = self
            .tables
            .iter()
            .enumerate()
            .map(|(position, made)| (made.table.name.clone(), position))
            .collect();
    }

    pub(crate) fn table(&self, name: &QualifiedName) -> Option<&DraftTable> {
        self.tables.get(*self.positions.get(name)?)
    }

    /// The table of that name, to be changed by a statement, which is noted. None also when the statement calls a
    /// routine that was made only after the table, because it needs a table: then it must stay behind both.
    pub(crate) fn table_for(&mut self, name: &QualifiedName, sql: &str) -> Option<&mut Table> {
        let clock = self.clock;
        let made_at = self.table(name)?.made_at();
        let words = raw_statement::words(sql);
        if self
            .raw
            .iter()
            .any(|statement| statement.is_called_by(&words, made_at, &self.tables))
        {
            return None;
        }
        let table = self.tables.get_mut(*self.positions.get(name)?)?;
        table.statements.push((clock, sql.to_owned()));
        Some(&mut table.table)
    }

    pub(crate) fn table_mut(&mut self, name: &QualifiedName) -> Option<&mut DraftTable> {
        self.tables.get_mut(*self.positions.get(name)?)
    }

    /// The table that has the index of that name.
    pub(crate) fn table_of_index(&self, index: &QualifiedName) -> Option<QualifiedName> {
        self.tables
            .iter()
            .find(|draft| {
                draft.table.name.schema == index.schema
                    && draft.table.indexes.iter().any(|own| own.name == index.name)
            })
            .map(|draft| draft.table.name.clone())
    }

    /// Keeps a statement word for word.
    pub(crate) fn keep(&mut self, sql: &str) {
        let statement = RawStatement::new(sql, self.clock, self.line);
        self.raw.push(statement);
    }

    /// Whether nothing was made so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.namespaces.is_empty()
            && self.extensions.is_empty()
            && self.enums.is_empty()
            && self.tables.is_empty()
            && self.sequences.is_empty()
            && self.raw.is_empty()
    }

    /// Whether the file has made this so far.
    pub(crate) fn knows(&self, object: &Object) -> bool {
        let name = &object.name;
        let in_model = match object.class {
            Class::Relation => {
                self.table(name).is_some()
                    || self.without.contains(name)
                    || self.sequences.iter().any(|own| own.name == *name)
                    || self.tables.iter().any(|made| {
                        made.table.name.schema == name.schema && made.has_index(&name.name)
                    })
            }
            Class::Type => self.enums.iter().any(|own| own.name == *name),
            Class::Schema => self.namespaces.contains(&name.name),
            Class::Extension => self.extensions.iter().any(|own| own.name == name.name),
            _ => false,
        };
        in_model || self.maker_of(object).is_some()
    }

    /// The last statement kept word for word that makes this.
    pub(crate) fn maker_of(&self, object: &Object) -> Option<&RawStatement> {
        self.raw
            .iter()
            .rev()
            .find(|statement| statement.makes.as_ref().is_some_and(|made| made.is(object)))
    }
}

impl Draft {
    /// Leaves the statement out of the schema, and counts it.
    pub(crate) fn leave_out(&mut self, what: What) -> Done {
        self.left_out.add(what, self.line);
        Done
    }

    /// Takes a command of psql.
    pub(crate) fn command(&mut self, text: &str, line: usize) -> Result<(), ImportError> {
        let mut words = text.split_whitespace();
        match words.next() {
            // They guard a restore against what a dump's data could say.
            Some("\\restrict" | "\\unrestrict") => {}
            Some("\\connect" | "\\c") => {
                if std::mem::replace(&mut self.is_connected, true) {
                    let database = words.find(|word| !word.starts_with('-')).unwrap_or("?");
                    let mistake = Mistake::SecondDatabase(database.trim_matches('"').to_owned());
                    return Err(ImportError::new(line, &mistake));
                }
            }
            _ => self.left_out.note(
                line,
                format!("`{text}` is a command of psql and no part of a schema: left out"),
            ),
        }
        Ok(())
    }

    /// Says something about the statement.
    pub(crate) fn note(&mut self, text: String) {
        self.left_out.note(self.line, text);
    }

    /// Says something about the statement, unless it was said before.
    pub(crate) fn note_once(&mut self, text: String) {
        if !self.left_out.has_noted(&text) {
            self.note(text);
        }
    }
}
