//! Looks at fixed rows once they are made: what they were given, and all that binds them.

use crate::ids::{ColumnId, SchemaTables, TableColumns, TableId};
use crate::pinned::Pins;
use crate::plan::fixed::Fixed;
use crate::plan::fixed::cells::{Base, Given};
use crate::plan::fixed::place::{cell_of, sets_of};
use crate::plan::verify::{Planned, broken_by_row};
use crate::problem::Problem;
use crate::settings::{FixedRow, FixedValue};
use std::collections::{BTreeMap, BTreeSet};

/// Says what of the fixed rows couldn't be.
pub(crate) fn hold(base: &Base<'_>, fixed: &Fixed, pins: &Pins) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for (&table, rows) in fixed {
        let Some(places) = pins.rows.get(&table) else {
            continue;
        };
        let all: Vec<(u64, &FixedRow)> = places.iter().copied().zip(rows).collect();
        problems.extend(missing(base, table, &all));
        problems.extend(checks(base, table, &all));
        problems.extend(uniques(base, table, &all));
        problems.extend(keys(base, table, &all));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// Values that rows were given and don't have.
fn missing(base: &Base<'_>, table: TableId, all: &[(u64, &FixedRow)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (row, fixed) in all {
        for cell in &fixed.cells {
            let Some(column) = base.facts[table].table.column_id(&cell.column) else {
                continue;
            };
            let made = base.text(table, column, *row);
            let is_there = match &cell.value {
                FixedValue::Text(text) => made.as_ref().is_some_and(|made| {
                    base.normal(table, column, made) == base.normal(table, column, text)
                }),
                FixedValue::Null => made.is_none(),
                FixedValue::Row(_) => true,
            };
            if !is_there {
                problems.push(
                    Problem::at(
                        &cell.place,
                        format!(
                            "`{}` can't have this value here: it follows from other columns of the row, and is {}",
                            cell.column,
                            made.map_or_else(|| "NULL".to_owned(), |made| format!("`{made}`"))
                        ),
                    )
                    .hint("give the row's other columns, or leave this one out"),
                );
            }
        }
    }
    problems
}

/// Checks and NOT NULL.
fn checks(base: &Base<'_>, table: TableId, all: &[(u64, &FixedRow)]) -> Vec<Problem> {
    let Some(plan) = base.plan(table) else {
        return Vec::new();
    };
    let planned = Planned {
        duties: &base.facts[table],
        plan,
    };
    let mut problems = Vec::new();
    for (row, fixed) in all {
        for (_, how) in broken_by_row(&planned, *row) {
            problems.push(
                Problem::at(&fixed.place, how)
                    .hint("columns that the row isn't given are made for it: give those too that this is about"),
            );
        }
    }
    problems
}

/// Unique sets of which another row has the same.
fn uniques(base: &Base<'_>, table: TableId, all: &[(u64, &FixedRow)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for set in sets_of(base, table).into_iter().filter(|set| !set.partial) {
        let mut owners: BTreeMap<Vec<String>, (u64, &FixedRow)> = BTreeMap::new();
        for &(row, fixed) in all {
            let mut columns = set.columns.iter();
            let is_given = columns.any(|&column| cell_of(base, table, column, fixed).is_some());
            if let Some(key) = base
                .key((table, &set.columns), &Given::new(), row)
                .filter(|_| is_given)
            {
                owners.insert(key, (row, fixed));
            }
        }
        let wanted = owners.keys().cloned().collect();
        for (key, rows) in base.find((table, &set.columns), &Given::new(), &wanted) {
            let Some((own, fixed)) = owners.get(&key) else {
                continue;
            };
            if let Some(other) = rows.into_iter().find(|row| row != own) {
                let names: Vec<&str> = set
                    .columns
                    .iter()
                    .map(|&column| base.facts[table].table.columns[column].name.as_str())
                    .collect();
                let cell = fixed
                    .cells
                    .iter()
                    .find(|cell| names.contains(&&*cell.column));
                problems.push(
                    Problem::at(
                        cell.map_or(&fixed.place, |cell| &cell.place),
                        format!(
                            "`{}` is unique (`{}`), and row {} of `{}` has `{}` too",
                            names.join(", "),
                            set.name,
                            other + 1,
                            base.facts[table].table.name,
                            key.join(", ")
                        ),
                    )
                    .hint(format!("give the row another one of {}", names.join(", "))),
                );
            }
        }
    }
    problems
}

/// Foreign keys that lead nowhere.
fn keys(base: &Base<'_>, table: TableId, all: &[(u64, &FixedRow)]) -> Vec<Problem> {
    let of = base.facts[table].table;
    let mut problems = Vec::new();
    for key in &of.foreign_keys {
        let parent = base
            .schema
            .find_table(|table| table.name == key.referenced_table);
        let Some(parent) = parent else {
            continue;
        };
        let positions = |table: TableId, names: &[String]| -> Option<Vec<ColumnId>> {
            let table = base.facts[table].table;
            names.iter().map(|name| table.column_id(name)).collect()
        };
        let (Some(own), Some(referenced)) = (
            positions(table, &key.columns),
            positions(parent, &key.referenced_columns),
        ) else {
            continue;
        };
        let mut wanted: BTreeMap<Vec<String>, &FixedRow> = BTreeMap::new();
        for &(row, fixed) in all {
            if let Some(texts) = base.key((table, &own), &Given::new(), row) {
                wanted.insert(texts, fixed);
            }
        }
        let keys: BTreeSet<Vec<String>> = wanted.keys().cloned().collect();
        let found = base.find((parent, &referenced), &Given::new(), &keys);
        for (texts, fixed) in wanted {
            if found.contains_key(&texts) {
                continue;
            }
            let cell = fixed
                .cells
                .iter()
                .find(|cell| key.columns.contains(&cell.column));
            problems.push(
                Problem::at(
                    cell.map_or(&fixed.place, |cell| &cell.place),
                    format!(
                        "no row of `{}` has `{}` (`{}`)",
                        key.referenced_table,
                        texts.join(", "),
                        key.name
                    ),
                )
                .hint(format!(
                    "give it one: `[[tables.{}.fixed]]`",
                    key.referenced_table
                )),
            );
        }
    }
    problems
}
