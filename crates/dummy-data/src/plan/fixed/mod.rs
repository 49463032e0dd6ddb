//! Rows that somebody gives: an administrator with a known login, the tenant of the demonstration.
//!
//! A fixed row takes the place of a row that would be made anyway: of the one that has its key or another unique value
//! of its, of one that is in its state, or of the first that is free. All other rows stay as they are, children of the
//! row's place are its children, and what isn't given is made as for any row. [`of_tables`] holds what is given against
//! the schema, [`place`] decides which rows are meant, [`held`] looks at the result.

pub(crate) mod cells;
pub(crate) mod held;
pub(crate) mod password;
pub(crate) mod place;

use crate::ids::{SchemaTables, TableId};
use crate::masters::Master;
use crate::plan::facts::masters::Masters;
use crate::plan::facts::values::wrong;
use crate::plan::names::is_named;
use crate::problem::Problem;
use crate::request::Request;
use crate::settings::{FixedCell, FixedRow, FixedValue, Place, Source};
use std::collections::BTreeMap;
use value_model::{ColumnValue, Schema, Table};

/// The fixed rows of each table that has some, by the table's position in the schema.
pub(crate) type Fixed = BTreeMap<TableId, Vec<FixedRow>>;

/// Collects what is given, and says what contradicts the schema.
pub(crate) fn of_tables(
    schema: &Schema,
    masters: &Masters<'_>,
    request: &Request,
    problems: &mut Vec<Problem>,
) -> Fixed {
    let mut fixed = Fixed::new();
    for (position, table) in schema.tables_with_ids() {
        if let Some(settings) = request.settings_of(table)
            && !settings.fixed.is_empty()
        {
            fixed.insert(position, settings.fixed.clone());
        }
    }
    for file in &request.fixed {
        let Some(position) = schema.find_table(|table| is_named(table, &file.table)) else {
            let names = schema.tables.iter().map(|table| table.name.name.as_str());
            problems.push(
                Problem::new(&file.file, format!("there is no table `{}`", file.table))
                    .of_tables(&file.table, names),
            );
            continue;
        };
        fixed.entry(position).or_default().extend(rows_of(file));
    }
    password::keep(schema, masters, &mut fixed, problems);
    for (&position, rows) in &fixed {
        let table = &schema.tables[position];
        if let (Some(master), Some(row)) = (masters[position], rows.first()) {
            problems.push(
                Problem::at(
                    &row.place,
                    format!(
                        "the rows of `{}` are those of `{}`",
                        table.name, master.file
                    ),
                )
                .hint("add the row to that file"),
            );
            continue;
        }
        for row in rows {
            for cell in &row.cells {
                problems.extend(wrong_cell(schema, table, request, cell));
            }
            problems.extend(twice(row));
        }
    }
    fixed
}

/// The rows of a file; an empty field is NULL.
fn rows_of(file: &Master) -> impl Iterator<Item = FixedRow> + '_ {
    file.rows.iter().map(|row| FixedRow {
        place: Place::File(
            row.first()
                .map_or_else(String::new, |field| file.place(field)),
        ),
        cells: file
            .header
            .iter()
            .zip(row)
            .map(|(name, field)| FixedCell {
                column: name.text.clone().unwrap_or_default(),
                column_place: Place::File(file.place(name)),
                value: field
                    .text
                    .clone()
                    .map_or(FixedValue::Null, FixedValue::Text),
                place: Place::File(file.place(field)),
            })
            .collect(),
    })
}

fn twice(row: &FixedRow) -> Option<Problem> {
    row.cells.iter().enumerate().find_map(|(number, cell)| {
        let mut before = row.cells[..number].iter();
        before.any(|other| other.column == cell.column).then(|| {
            Problem::at(
                &cell.column_place,
                format!("the column `{}` is there twice", cell.column),
            )
        })
    })
}

/// What is wrong with a value, as far as column and type tell.
fn wrong_cell(
    schema: &Schema,
    table: &Table,
    request: &Request,
    cell: &FixedCell,
) -> Option<Problem> {
    let name = &cell.column;
    let Some(column) = table.column(name) else {
        let names = table.columns.iter().map(|column| column.name.as_str());
        let problem = Problem::at(
            &cell.column_place,
            format!("the table `{}` has no column `{name}`", table.name),
        );
        if name == "password" && password::digest_of(table).is_some() {
            // What is wrong with it is told where it would have become a hash.
            return None;
        }
        return Some(problem.did_you_mean(name, names));
    };
    let source = request.settings_of(table).and_then(|settings| {
        let mut columns = settings.columns.iter();
        columns
            .find(|settings| settings.name.value == *name)?
            .source
            .as_ref()
    });
    let by_configuration = matches!(
        source.map(|source| &source.value),
        Some(Source::Default | Source::Sql(_))
    );
    if by_configuration || matches!(column.value, ColumnValue::Generated { .. }) {
        let problem = Problem::at(
            &cell.column_place,
            format!("the database makes the values of `{name}`, so no row can be given one"),
        );
        return Some(problem.hint(if by_configuration {
            format!(
                "take `default` or `sql` from `[tables.{}.columns.{name}]`",
                table.name
            )
        } else {
            format!("take `{name}` out of the row")
        }));
    }
    if let Some(problem) = password::not_a_hash(cell) {
        return Some(problem);
    }
    match &cell.value {
        FixedValue::Text(text) => wrong(schema, table, column, Some(text))
            .map(|sentence| Problem::at(&cell.place, sentence)),
        FixedValue::Null => {
            wrong(schema, table, column, None).map(|sentence| Problem::at(&cell.place, sentence))
        }
        FixedValue::Row(names) => wrong_row(schema, table, cell, names),
    }
}

/// What is wrong with a row that a cell points to by what its columns hold.
fn wrong_row(
    schema: &Schema,
    table: &Table,
    cell: &FixedCell,
    names: &[(
        crate::settings::Located<String>,
        crate::settings::Located<String>,
    )],
) -> Option<Problem> {
    let key = table
        .foreign_keys
        .iter()
        .find(|key| key.columns.len() == 1 && key.columns[0] == cell.column);
    let Some(key) = key else {
        return Some(
            Problem::at(
                &cell.place,
                format!(
                    "`{}` has no foreign key of its own, so its value can't be found in another table",
                    cell.column
                ),
            )
            .hint("write the value itself"),
        );
    };
    let parent = schema
        .tables
        .iter()
        .find(|table| table.name == key.referenced_table)?;
    names.iter().find_map(|(name, value)| {
        let columns = parent.columns.iter().map(|column| column.name.as_str());
        match parent.column(&name.value) {
            None => Some(
                Problem::configured(
                    name.span,
                    format!("the table `{}` has no column `{}`", parent.name, name.value),
                )
                .did_you_mean(&name.value, columns),
            ),
            Some(column) => wrong(schema, parent, column, Some(&value.value))
                .map(|sentence| Problem::configured(value.span, sentence)),
        }
    })
}
