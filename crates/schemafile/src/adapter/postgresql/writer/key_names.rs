//! Names of primary keys that aren't those which PostgreSQL chooses.
//!
//! The DSL can't name a key, so its constraint is renamed behind its table. A table that was renamed leaves its old name
//! to its key, and another may have taken that name since: so such a key is renamed before the next table is made,
//! from the name that PostgreSQL will have chosen when the usual one was taken.

use crate::adapter::postgresql::sql::{qualified, quoted};
use pg_model::{ColumnValue, Numbering, PrimaryKey, QualifiedName, Schema, Table};
use pg_text::default_name;
use std::collections::BTreeSet;

/// A statement that gives a key its name.
pub(super) struct Rename {
    pub(super) sql: String,
    /// How many tables stand before it.
    pub(super) tables_before: usize,
}

/// All that are needed, in the order of the tables.
pub(super) fn renames(schema: &Schema) -> Vec<Rename> {
    let all = schema.tables.len();
    let mut taken: BTreeSet<QualifiedName> = BTreeSet::new();
    let mut renames = Vec::new();
    for (position, table) in schema.tables.iter().enumerate() {
        let in_schema = |name: String| QualifiedName {
            schema: table.name.schema.clone(),
            name,
        };
        taken.insert(table.name.clone());
        for column in &table.columns {
            if matches!(
                column.value,
                ColumnValue::Numbered(Numbering::Serial | Numbering::Identity(_))
            ) {
                taken.insert(in_schema(default_name(
                    &table.name.name,
                    Some(&column.name),
                    "seq",
                )));
            }
        }
        if let Some(PrimaryKey { name, .. }) = &table.primary_key {
            let usual = default_name(&table.name.name, None, "pkey");
            let mut chosen = in_schema(usual.clone());
            let mut number = 0;
            while taken.contains(&chosen) {
                number += 1;
                chosen.name = default_name(&table.name.name, None, &format!("pkey{number}"));
            }
            let wanted = in_schema(name.clone().unwrap_or(usual));
            if wanted != chosen {
                let soon =
                    is_wanted(schema, position, &chosen) || is_wanted(schema, position, &wanted);
                renames.push(Rename {
                    sql: format!(
                        "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                        qualified(&table.name),
                        quoted(&chosen.name),
                        quoted(&wanted.name)
                    ),
                    tables_before: if soon { position + 1 } else { all },
                });
                if !soon {
                    taken.insert(chosen);
                }
            }
            taken.insert(wanted);
        }
        taken.extend(other_relations(table).map(|name| in_schema(name.clone())));
    }
    renames
}

/// Whether something else in the schema has this name, or will have it for a while.
fn is_wanted(schema: &Schema, own: usize, name: &QualifiedName) -> bool {
    let in_statements = schema
        .statements
        .iter()
        .any(|statement| sql_text::mentions(&statement.sql, &name.name));
    let mut tables = schema.tables.iter().enumerate();
    in_statements
        || tables.any(|(position, table)| {
            table.name == *name
                || (table.name.schema == name.schema
                    && (other_relations(table).any(|other| *other == name.name)
                        || (position != own
                            && table.primary_key.as_ref().is_some_and(|key| {
                                key.name.as_ref() == Some(&name.name)
                                    || default_name(&table.name.name, None, "pkey") == name.name
                            }))))
        })
}

/// Names of a table's indexes, but for that of its key.
fn other_relations(table: &Table) -> impl Iterator<Item = &String> {
    let uniques = table.own.uniques.iter().map(|unique| &unique.name);
    let exclusions = table.own.exclusions.iter().map(|exclusion| &exclusion.name);
    let indexes = table.indexes.iter().map(|index| &index.name);
    uniques.chain(exclusions).chain(indexes)
}
