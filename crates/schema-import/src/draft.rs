//! The schema in the making: what was read so far, with its places.

use crate::Import;
use crate::left_out::LeftOut;
use crate::loose::{self, Loose};
use crate::partition;
use crate::sequence::{self, Sequence};
use crate::value;
use schema_model::{EnumType, Extension, ForeignKey, QualifiedName, Schema, Table, TypeKind};
use sql_text::data_type::plain_name;
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
    pub(crate) attachments: Vec<partition::Attachment>,
    pub(crate) index_attachments: Vec<partition::IndexAttachment>,
    pub(crate) loose: Vec<Loose>,
    pub(crate) left_out: LeftOut,
    /// Tables that are left out, with all that belongs to them.
    pub(crate) without: BTreeSet<QualifiedName>,
    clock: usize,
}

/// A table with the statements that it came from.
#[derive(Debug, Clone)]
pub(crate) struct DraftTable {
    pub(crate) table: Table,
    /// The statements that made it and its parts, word for word.
    pub(crate) statements: Vec<(usize, String)>,
    /// Whether it is to stay a table of the model.
    pub(crate) kept: bool,
}

/// A foreign key, which can be judged only when all tables are known.
#[derive(Debug)]
pub(crate) struct DraftKey {
    pub(crate) table: QualifiedName,
    pub(crate) key: ForeignKey,
    pub(crate) sql: String,
    pub(crate) at: usize,
}

impl DraftTable {
    /// When it was read.
    pub(crate) fn made_at(&self) -> usize {
        self.statements.first().map_or(0, |(at, _)| *at)
    }
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

    /// The schema, when everything was read.
    pub(crate) fn finish(mut self) -> Import {
        partition::resolve(&mut self);
        sequence::resolve(&mut self);
        self.settle_types();
        self.settle_keys();
        for draft in &mut self.tables {
            value::settle(&mut draft.table);
        }
        let kept: Vec<DraftTable> = self.tables.into_iter().filter(|draft| draft.kept).collect();
        let statements = loose::order(self.loose, &kept);
        Import {
            schema: Schema {
                namespaces: self.namespaces,
                extensions: self.extensions,
                enums: self.enums,
                tables: kept.into_iter().map(|draft| draft.table).collect(),
                statements,
            },
            notes: self.left_out.notes(),
        }
    }

    /// Tells columns of enum types from those of other types that the dump makes.
    fn settle_types(&mut self) {
        for column in self
            .tables
            .iter_mut()
            .flat_map(|draft| &mut draft.table.columns)
        {
            let TypeKind::Other(text) = &column.data_type.kind else {
                continue;
            };
            let Some(name) = plain_name(text) else {
                continue;
            };
            if self.enums.iter().any(|known| known.name == name) {
                column.data_type.kind = TypeKind::Enum(name);
            }
        }
    }

    /// Gives foreign keys to their tables; those that stand on what isn't in the model stay statements.
    fn settle_keys(&mut self) {
        for draft in std::mem::take(&mut self.foreign_keys) {
            let target_is_known = self
                .table(&draft.key.referenced_table)
                .is_some_and(|target| {
                    target.kept && target.table.is_unique_on(&draft.key.referenced_columns)
                });
            let own = self
                .table_mut(&draft.table)
                .filter(|own| own.kept && target_is_known);
            match own {
                Some(own) => own.table.foreign_keys.push(draft.key),
                None => self.loose.push(Loose::new(&draft.sql, draft.at)),
            }
        }
    }
}
