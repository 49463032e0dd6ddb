//! Finds the tables that masters are of, compares the two, and hands out cells.

use crate::ids::{SchemaTables, TableId, Tables};
use crate::masters::{Field, Master};
use crate::plan::facts::uniques::UniqueSet;
use crate::plan::facts::values::wrong;
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use value_model::{Column, ColumnValue, Schema, Table};

impl Master {
    /// Whether the file has a column of that name.
    pub fn has_column(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The cells of a column.
    pub fn cells(&self, name: &str) -> Option<Arc<[Option<Box<str>>]>> {
        let position = self.position(name)?;
        Some(
            self.rows
                .iter()
                .map(|row| row[position].text.as_deref().map(Box::from))
                .collect(),
        )
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.header
            .iter()
            .position(|field| field.text.as_deref() == Some(name))
    }

    /// Where the file has some columns; none if it hasn't all of them.
    fn positions<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Option<Vec<usize>> {
        names.into_iter().map(|name| self.position(name)).collect()
    }
}

/// Each table's master, by the table's position in the schema.
pub(crate) type Masters<'m> = Tables<Option<&'m Master>>;

/// Finds each master's table, and all that is wrong with them.
pub(crate) fn of_tables<'m>(
    schema: &Schema,
    masters: &'m [Master],
) -> Result<Masters<'m>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut found: Masters<'m> = schema.tables.iter().map(|_| None).collect();
    for master in masters {
        let Some(position) = table_of(schema, master) else {
            let names = schema.tables.iter().map(|table| table.name.name.as_str());
            problems.push(
                Problem::new(
                    &master.file,
                    format!("there is no table `{}`", master.table),
                )
                .of_tables(&master.table, names),
            );
            continue;
        };
        let table = &schema.tables[position];
        if let Some(other) = found[position].replace(master) {
            problems.push(
                Problem::new(
                    &master.file,
                    format!("the rows of `{}` are those of `{}`", table.name, other.file),
                )
                .hint("put them into one file"),
            );
        }
        check_table(schema, table, master, &mut problems);
    }
    for (position, master) in found.iter_enumerated() {
        if let Some(master) = master {
            check_references(schema, position, master, &found, &mut problems);
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

/// The table that a master's file is called after, with or without its schema.
fn table_of(schema: &Schema, master: &Master) -> Option<TableId> {
    schema
        .find_table(|table| table.name.to_string() == master.table)
        .or_else(|| schema.find_table(|table| table.name.name == master.table))
}

fn check_table(schema: &Schema, table: &Table, master: &Master, problems: &mut Vec<Problem>) {
    let columns: Vec<Option<&Column>> = master
        .header
        .iter()
        .map(|field| table.column(field.text.as_deref().unwrap_or("")))
        .collect();
    check_header(table, master, &columns, problems);
    if columns.iter().all(Option::is_none) {
        return;
    }
    for row in &master.rows {
        for (field, column) in row.iter().zip(&columns) {
            if let Some(column) = column
                && let Some(text) = wrong(schema, table, column, field.text.as_deref())
            {
                problems.push(Problem::new(master.place(field), text));
            }
        }
    }
    // Which rows a partial one is about is the server's to say.
    for set in crate::plan::facts::uniques::unique_sets(table) {
        if !set.partial {
            check_unique(table, master, &set, problems);
        }
    }
}

/// The header against the table's columns, of which `columns` are those that it names.
fn check_header(
    table: &Table,
    master: &Master,
    columns: &[Option<&Column>],
    problems: &mut Vec<Problem>,
) {
    let names = || table.columns.iter().map(|column| column.name.as_str());
    let name_of = |field: &Field| field.text.clone().unwrap_or_default();
    let is_none_near = |field: &Field| nearest_name::nearest(&name_of(field), names()).is_none();
    if columns.iter().all(Option::is_none) && master.header.iter().all(is_none_near) {
        let first: Vec<&str> = names().take(4).collect();
        problems.push(
            Problem::new(
                master.place(&master.header[0]),
                format!("the first line names no column of `{}`", table.name),
            )
            .hint(format!(
                "a master begins with the names of its columns, such as `{}`",
                first.join(",")
            )),
        );
        return;
    }
    for (position, (field, column)) in master.header.iter().zip(columns).enumerate() {
        let name = name_of(field);
        if column.is_none() {
            problems.push(
                Problem::new(
                    master.place(field),
                    format!("the table `{}` has no column `{name}`", table.name),
                )
                .did_you_mean(&name, names()),
            );
        }
        if column.is_some_and(|column| matches!(column.value, ColumnValue::Generated { .. })) {
            problems.push(
                Problem::new(
                    master.place(field),
                    format!("the database computes the column `{name}`"),
                )
                .hint("leave the column out of the file"),
            );
        }
        if master.header[..position]
            .iter()
            .any(|other| other.text == field.text)
        {
            problems.push(Problem::new(
                master.place(field),
                format!("the column `{name}` is there twice"),
            ));
        }
    }
}

/// Rows that are alike in columns that must be unique together.
fn check_unique(table: &Table, master: &Master, set: &UniqueSet, problems: &mut Vec<Problem>) {
    let names = set
        .columns
        .iter()
        .map(|&column| &table.columns[column].name);
    let Some(positions) = master
        .positions(names.clone())
        .filter(|all| !all.is_empty())
    else {
        return;
    };
    let mut seen: BTreeMap<Vec<&str>, &Field> = BTreeMap::new();
    for row in &master.rows {
        let Some(values) = values_at(row, &positions) else {
            continue;
        };
        let field = &row[positions[0]];
        if let Some(first) = seen.get(&values) {
            let names: Vec<&str> = names.clone().map(String::as_str).collect();
            problems.push(Problem::new(
                master.place(field),
                format!(
                    "`{}` is unique (`{}`), and line {} has `{}` too",
                    names.join(", "),
                    set.name,
                    first.line,
                    values.join(", ")
                ),
            ));
        } else {
            seen.insert(values, field);
        }
    }
}

/// The values of some fields of a row; none where one is NULL.
fn values_at<'r>(row: &'r [Field], positions: &[usize]) -> Option<Vec<&'r str>> {
    positions
        .iter()
        .map(|&position| row[position].text.as_deref())
        .collect()
}

/// A master's keys to other masters.
fn check_references(
    schema: &Schema,
    position: TableId,
    master: &Master,
    masters: &Masters<'_>,
    problems: &mut Vec<Problem>,
) {
    for key in &schema.tables[position].foreign_keys {
        let parent = schema
            .find_table(|table| table.name == key.referenced_table)
            .and_then(|parent| masters[parent]);
        let Some(parent) = parent else { continue };
        let (Some(own), Some(referenced)) = (
            master.positions(&key.columns),
            parent.positions(&key.referenced_columns),
        ) else {
            continue;
        };
        let there: BTreeSet<Vec<&str>> = parent
            .rows
            .iter()
            .filter_map(|row| values_at(row, &referenced))
            .collect();
        for row in &master.rows {
            if let Some(values) = values_at(row, &own)
                && !there.contains(&values)
            {
                problems.push(Problem::new(
                    master.place(&row[own[0]]),
                    format!(
                        "`{}` isn't in `{}` (`{}`)",
                        values.join(", "),
                        parent.file,
                        key.name
                    ),
                ));
            }
        }
    }
}
