//! A table in the making.

use pg_model::Table;
use pg_text::default_name;

/// A table with the statements that it came from.
#[derive(Debug, Clone)]
pub(crate) struct DraftTable {
    pub(crate) table: Table,
    /// Where it is made in the file, from 1.
    pub(crate) line: usize,
    /// The statements that made it and its parts, word for word.
    pub(crate) statements: Vec<(usize, String)>,
    /// Whether it is to stay a table of the model.
    pub(crate) kept: bool,
}

impl DraftTable {
    /// When it was read.
    pub(crate) fn made_at(&self) -> usize {
        self.statements.first().map_or(0, |(at, _)| *at)
    }

    /// Whether one of its indexes has this name, that of a key too.
    pub(crate) fn has_index(&self, name: &str) -> bool {
        let table = &self.table;
        let is_key = table
            .primary_key
            .as_ref()
            .is_some_and(|key| match &key.name {
                Some(own) => own == name,
                None => {
                    name.ends_with("_pkey") && default_name(&table.name.name, None, "pkey") == name
                }
            });
        is_key
            || table.indexes.iter().any(|index| index.name == name)
            || table.own.uniques.iter().any(|unique| unique.name == name)
            || table
                .own
                .exclusions
                .iter()
                .any(|exclusion| exclusion.name == name)
    }

    /// Names of all its indexes, those of its keys too.
    pub(crate) fn index_names(&self) -> Vec<String> {
        index_names(&self.table)
    }
}

/// Names of all indexes of a table, those of its keys too.
pub(crate) fn index_names(table: &Table) -> Vec<String> {
    let key = table.primary_key.iter().map(|key| {
        key.name
            .clone()
            .unwrap_or_else(|| default_name(&table.name.name, None, "pkey"))
    });
    key.chain(table.own.uniques.iter().map(|unique| unique.name.clone()))
        .chain(
            table
                .own
                .exclusions
                .iter()
                .map(|exclusion| exclusion.name.clone()),
        )
        .chain(table.indexes.iter().map(|index| index.name.clone()))
        .collect()
}
