//! A schema as people look at it: names, texts and places.
//!
//! Documents, pictures and lint all want the same of a schema, and none of them wants to know for which database it
//! is. So each database fills these structs at one edge ([`of_postgresql`], [`of_mysql`]), with its own SQL for types, defaults and
//! definitions, and nothing behind them knows a dialect. A view knows no files and no rows.

mod by_name;
mod comments;
mod difference;
mod groups;
mod mysql;
mod name;
mod object;
mod postgresql;
mod table;
mod uses;
mod viewpoint;

pub use comments::{Commented, Comments};
pub use difference::{
    Change, Difference, Mark, Part, TableDifference, both, difference, object_name,
};
pub use groups::{Group, SMALL, groups};
pub use mysql::of_mysql;
pub use name::{Logical, logical_name};
pub use object::{Object, Origin, Target, Users};
pub use postgresql::of_postgresql;
pub use table::{Column, Constraint, Index, Key, Numbered, Table, Trigger, TypeClass};
pub use viewpoint::{Marked, Viewpoint};

use std::collections::BTreeMap;

/// A whole schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// The database's name in sentences, such as `PostgreSQL`.
    pub database: String,
    /// Tables in the source's order.
    pub tables: Vec<Table>,
    /// What else it makes, in the source's order, types first: enums, views, functions, sequences.
    pub objects: Vec<Object>,
    /// Whether the database makes an index for every foreign key that has none.
    pub indexes_keys: bool,
    /// Parts of it that somebody looks at for a reason.
    pub viewpoints: Vec<Viewpoint>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path from the project's root, with `/` between its parts.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

/// A foreign key as the table sees it that it points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Referrer {
    /// The position of the table that has the key.
    pub table: usize,
    /// The position of the key among that table's.
    pub key: usize,
}

impl View {
    /// The position of each table by its name.
    pub fn positions(&self) -> BTreeMap<&str, usize> {
        self.tables
            .iter()
            .enumerate()
            .map(|(position, table)| (table.name.as_str(), position))
            .collect()
    }

    /// For each table, the foreign keys that point to it, in the source's order.
    pub fn referrers(&self) -> Vec<Vec<Referrer>> {
        let mut referrers = vec![Vec::new(); self.tables.len()];
        for (table, view) in self.tables.iter().enumerate() {
            for (key, target) in view.keys.iter().map(|key| key.target).enumerate() {
                if let Some(target) = target.filter(|target| *target < self.tables.len()) {
                    referrers[target].push(Referrer { table, key });
                }
            }
        }
        referrers
    }

    /// Points every key to the position of its table. Whoever fills a view calls it last.
    pub fn link(&mut self) {
        let positions: BTreeMap<String, usize> = self
            .tables
            .iter()
            .enumerate()
            .map(|(position, table)| (table.name.clone(), position))
            .collect();
        for key in self.tables.iter_mut().flat_map(|table| &mut table.keys) {
            key.target = positions.get(&key.table).copied();
        }
    }
}

/// Texts with a space between them, without empty ones.
pub(crate) fn joined(texts: &[String]) -> String {
    let texts: Vec<&str> = texts
        .iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    texts.join(" ")
}

#[cfg(test)]
pub(crate) mod testing;
