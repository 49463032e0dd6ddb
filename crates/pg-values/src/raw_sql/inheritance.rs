//! Tables that inherit: `create_table "m_a", options: "INHERITS (m)"` has all columns of `m`, with their NOT NULL,
//! defaults and checks (documentation, "Inheritance"). Keys and what is unique aren't inherited; rows keep them all the
//! same, so that they can be told apart and point to what is there.

use super::apply::public;
use super::reader::inherited;
use pg_model::{ColumnValue, Numbering, QualifiedName, Schema, Table, UniqueConstraint};
use std::collections::BTreeSet;

/// Gives every table what it inherits, over any number of levels.
pub(super) fn add(schema: &mut Schema) {
    let mut done = BTreeSet::new();
    for position in 0..schema.tables.len() {
        complete(schema, position, &mut done);
    }
}

fn complete(schema: &mut Schema, position: usize, done: &mut BTreeSet<usize>) {
    if !done.insert(position) {
        return;
    }
    let options = schema.tables[position].options.clone().unwrap_or_default();
    let parents: Vec<usize> = inherited(&options)
        .into_iter()
        .filter_map(|name| find(schema, &name))
        .collect();
    for &parent in &parents {
        complete(schema, parent, done);
    }
    let mut columns = Vec::new();
    for &parent in &parents {
        let parent = schema.tables[parent].clone();
        take_over(&mut schema.tables[position], &parent, &mut columns);
    }
    let table = &mut schema.tables[position];
    for own in std::mem::take(&mut table.columns) {
        match columns
            .iter_mut()
            .find(|column: &&mut pg_model::Column| column.name == own.name)
        {
            // Its own definition is merged with the inherited one.
            Some(column) => {
                let not_null = column.not_null;
                *column = own;
                column.not_null |= not_null;
            }
            None => columns.push(own),
        }
    }
    table.columns = columns;
}

fn find(schema: &Schema, name: &QualifiedName) -> Option<usize> {
    let name = public(name.clone());
    schema
        .tables
        .iter()
        .position(|table| public(table.name.clone()) == name)
}

fn take_over(table: &mut Table, parent: &Table, columns: &mut Vec<pg_model::Column>) {
    let in_key = |name: &String| {
        parent
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(name))
    };
    for column in &parent.columns {
        if let Some(known) = columns.iter_mut().find(|known| known.name == column.name) {
            known.not_null |= column.not_null;
            continue;
        }
        let mut column = column.clone();
        column.not_null |=
            in_key(&column.name) || column.value == ColumnValue::Numbered(Numbering::Serial);
        if matches!(column.value, ColumnValue::Numbered(Numbering::Identity(_))) {
            column.not_null = true;
            column.value = ColumnValue::None;
        }
        columns.push(column);
    }
    for check in &parent.checks {
        if !table.checks.iter().any(|own| own.name == check.name) {
            table.checks.push(check.clone());
        }
    }
    for key in &parent.foreign_keys {
        if !table
            .foreign_keys
            .iter()
            .any(|own| own.columns == key.columns)
        {
            table.foreign_keys.push(key.clone());
        }
    }
    // A parent that inherits has its own parent's key so already.
    for unique in &parent.own.uniques {
        let mut own = table.own.uniques.iter();
        if !own.any(|own| own.columns == unique.columns) {
            table.own.uniques.push(unique.clone());
        }
    }
    if let Some(key) = &parent.primary_key
        && table.primary_key.is_none()
        && !table
            .own
            .uniques
            .iter()
            .any(|unique| unique.columns == key.columns)
    {
        table.own.uniques.push(UniqueConstraint {
            name: key
                .name
                .clone()
                .unwrap_or_else(|| format!("{}_pkey", parent.name.name)),
            columns: key.columns.clone(),
            using_index: None,
            nulls_not_distinct: false,
            deferrable: pg_model::Deferrability::NotDeferrable,
        });
    }
}
