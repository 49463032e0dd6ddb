//! The named parts of a table (indexes and constraints) as their definitions, names aside.

use pg_model::{Index, IndexKey, Table, UniqueConstraint};
use std::collections::BTreeMap;

/// A column list after renames.
pub(crate) fn renamed(columns: &[String], renames: &BTreeMap<String, String>) -> Vec<String> {
    columns
        .iter()
        .map(|column| renames.get(column).unwrap_or(column).clone())
        .collect()
}

/// An index after its columns were renamed, without what isn't its definition: name and comment.
pub(crate) fn definition(index: &Index, renames: &BTreeMap<String, String>) -> Index {
    let mut index = index.clone();
    index.name.clear();
    index.comment = None;
    index.own.include = renamed(&index.own.include, renames);
    for part in &mut index.parts {
        if let IndexKey::Column(name) = &mut part.key
            && let Some(new) = renames.get(name)
        {
            name.clone_from(new);
        }
    }
    index
}

/// A table's unique constraints and indexes as the database has them: an index that a constraint took
/// over is the constraint's, and goes by its name.
pub(crate) fn effective(table: &Table) -> (Vec<UniqueConstraint>, Vec<Index>) {
    let mut indexes = table.indexes.clone();
    let mut uniques = table.own.uniques.clone();
    for unique in &mut uniques {
        let Some(position) = unique
            .using_index
            .as_ref()
            .and_then(|name| indexes.iter().position(|index| &index.name == name))
        else {
            continue;
        };
        if let Some(columns) = indexes[position].plain_columns() {
            unique.columns = columns.into_iter().map(str::to_owned).collect();
            unique.nulls_not_distinct = indexes[position].own.nulls_not_distinct;
            unique.using_index = None;
            indexes.remove(position);
        }
    }
    (uniques, indexes)
}
