//! The names that PostgreSQL chooses by itself.
//!
//! A migrated database must have the names that a fresh one would have, down to the sequence of a
//! serial column whose table was renamed years ago. So the choice is made here as the server makes it.

use pg_model::{ColumnValue, Numbering, QualifiedName, Schema};
use pg_text::default_name;
use std::collections::{BTreeMap, BTreeSet};

/// The names of sequences and primary keys that a fresh load of a schema would choose.
#[derive(Debug, Default)]
pub(crate) struct ChosenNames {
    sequences: BTreeMap<(QualifiedName, String), String>,
    primary_keys: BTreeMap<QualifiedName, String>,
}

impl ChosenNames {
    /// Goes through the tables in the order in which they are created.
    pub(crate) fn of(schema: &Schema) -> Self {
        let mut chosen = Self::default();
        let mut taken = BTreeSet::new();
        for table in &schema.tables {
            let home = table.name.schema.as_deref();
            let mut sequences = Vec::new();
            for column in &table.columns {
                if owns_sequence(&column.value) {
                    let name = free_name(home, &table.name.name, Some(&column.name), "seq", &taken);
                    sequences.push(name.clone());
                    chosen
                        .sequences
                        .insert((table.name.clone(), column.name.clone()), name);
                }
            }
            // The server chooses the names of one statement before it makes any of the things.
            let made = sequences.iter().chain([&table.name.name]);
            taken.extend(made.map(|name| beside(home, name)));
            if let Some(key) = &table.primary_key {
                let name = match &key.name {
                    Some(name) => name.clone(),
                    None => free_name(home, &table.name.name, None, "pkey", &taken),
                };
                taken.insert(beside(home, &name));
                chosen.primary_keys.insert(table.name.clone(), name);
            }
            let others = table.own.uniques.iter().map(|unique| &unique.name);
            let others = others.chain(table.own.exclusions.iter().map(|exclusion| &exclusion.name));
            let others = others.chain(table.indexes.iter().map(|index| &index.name));
            taken.extend(others.map(|name| beside(home, name)));
        }
        chosen
    }

    /// The sequence of a serial or identity column.
    pub(crate) fn sequence(&self, table: &QualifiedName, column: &str) -> Option<&str> {
        self.sequences
            .get(&(table.clone(), column.to_owned()))
            .map(String::as_str)
    }

    /// The constraint of a table's primary key, which is also its index.
    pub(crate) fn primary_key(&self, table: &QualifiedName) -> Option<&str> {
        self.primary_keys.get(table).map(String::as_str)
    }
}

/// Whether two columns get their values in the same way: both by a default, both by an identity, and so on.
pub(crate) fn is_of_one_kind(before: &ColumnValue, after: &ColumnValue) -> bool {
    match (before, after) {
        (ColumnValue::Numbered(before), ColumnValue::Numbered(after)) => {
            std::mem::discriminant(before) == std::mem::discriminant(after)
        }
        _ => std::mem::discriminant(before) == std::mem::discriminant(after),
    }
}

/// Whether a column has a sequence of its own.
pub(crate) fn owns_sequence(value: &ColumnValue) -> bool {
    matches!(
        value,
        ColumnValue::Numbered(Numbering::Serial | Numbering::Identity(_))
    )
}

/// A name in a given schema.
pub(crate) fn beside(schema: Option<&str>, name: &str) -> QualifiedName {
    QualifiedName {
        schema: schema.map(str::to_owned),
        name: name.to_owned(),
    }
}

/// `ChooseRelationName` of src/backend/commands/indexcmds.c.
fn free_name(
    schema: Option<&str>,
    table: &str,
    column: Option<&str>,
    label: &str,
    taken: &BTreeSet<QualifiedName>,
) -> String {
    let mut name = default_name(table, column, label);
    let mut number = 0_u32;
    while taken.contains(&beside(schema, &name)) {
        number += 1;
        name = default_name(table, column, &format!("{label}{number}"));
    }
    name
}
