//! The schema in the making: what was read so far, with its places.

use crate::draft_table::DraftTable;
use crate::left_out::LeftOut;
use crate::loose::{self, Loose};
use crate::sequence::Sequence;
use schema_model::{EnumType, Extension, ForeignKey, QualifiedName, Table};
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
    pub(crate) loose: Vec<Loose>,
    pub(crate) left_out: LeftOut,
    /// Tables that are left out, with all that belongs to them.
    pub(crate) without: BTreeSet<QualifiedName>,
    clock: usize,
}

/// A foreign key, which can be judged only when all tables are known.
#[derive(Debug)]
pub(crate) struct DraftKey {
    pub(crate) table: QualifiedName,
    pub(crate) key: ForeignKey,
    pub(crate) sql: String,
    pub(crate) at: usize,
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
    pub(crate) fn tick(&mut self) -> usize {
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
            statements: vec![(self.clock, sql.to_owned())],
            kept: true,
        });
    }

    pub(crate) fn table(&self, name: &QualifiedName) -> Option<&DraftTable> {
        self.tables.get(*self.positions.get(name)?)
    }

    /// The table of that name, to be changed by a statement, which is noted. None also when the statement calls a
    /// routine that was made only after the table, because it needs a table: then it must stay behind both.
    pub(crate) fn table_for(&mut self, name: &QualifiedName, sql: &str) -> Option<&mut Table> {
        let clock = self.clock;
        let made_at = self.table(name)?.made_at();
        let words = loose::words(sql);
        if self
            .loose
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
        let at = self.clock;
        self.loose.push(Loose::new(sql, at));
    }
}
