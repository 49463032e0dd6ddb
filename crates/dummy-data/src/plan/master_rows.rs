//! Compares masters with the schema, and hands out their cells.

use crate::masters::{Field, Master};
use crate::problem::Problem;
use schema_model::{Column, ColumnValue, Schema, Table, TypeKind};
use std::collections::BTreeMap;
use std::sync::Arc;

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
}

/// All that is wrong with the masters.
pub(super) fn check(schema: &Schema, masters: &[Master]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    for master in masters {
        let table = schema
            .tables
            .iter()
            .find(|table| table.name.name == master.table);
        if let Some(table) = table {
            check_table(schema, table, master, &mut problems);
        } else {
            let names = schema.tables.iter().map(|table| table.name.name.as_str());
            let problem = Problem::new(
                &master.file,
                format!("there is no table `{}`", master.table),
            );
            problems.push(match crate::nearest(&master.table, names) {
                Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                None => problem,
            });
        }
    }
    check_references(schema, masters, &mut problems);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn check_table(schema: &Schema, table: &Table, master: &Master, problems: &mut Vec<Problem>) {
    let mut columns: Vec<Option<&Column>> = Vec::new();
    for (position, field) in master.header.iter().enumerate() {
        let name = field.text.as_deref().unwrap_or("");
        let column = table.column(name);
        if column.is_none() {
            let problem = Problem::new(
                master.place(field),
                format!("the table `{}` has no column `{name}`", table.name),
            );
            let names = table.columns.iter().map(|column| column.name.as_str());
            problems.push(match crate::nearest(name, names) {
                Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                None => problem,
            });
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
        columns.push(column);
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
    for set in super::uniques::unique_sets(table) {
        let names: Vec<&str> = set
            .columns
            .iter()
            .map(|&column| table.columns[column].name.as_str())
            .collect();
        let positions: Option<Vec<usize>> = names
            .iter()
            .map(|name| {
                master
                    .header
                    .iter()
                    .position(|field| field.text.as_deref() == Some(*name))
            })
            .collect();
        let Some(positions) = positions else { continue };
        let mut seen: BTreeMap<Vec<&str>, &Field> = BTreeMap::new();
        for row in &master.rows {
            let values: Option<Vec<&str>> = positions
                .iter()
                .map(|&position| row[position].text.as_deref())
                .collect();
            let Some(values) = values else { continue };
            let field = &row[positions[0]];
            if let Some(first) = seen.get(&values) {
                problems.push(Problem::new(
                    master.place(field),
                    format!(
                        "`{}` is unique (`{}`) and line {} has the same",
                        names.join(", "),
                        set.name,
                        first.line
                    ),
                ));
            } else {
                seen.insert(values, field);
            }
        }
    }
}

/// What is wrong with a value by its column's type, if anything; none stands for NULL.
pub(super) fn wrong(
    schema: &Schema,
    table: &Table,
    column: &Column,
    text: Option<&str>,
) -> Option<String> {
    let name = &column.name;
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(name));
    let Some(text) = text else {
        return (column.not_null || in_key).then(|| format!("`{name}` can't be NULL"));
    };
    if column.data_type.array {
        return (!(text.starts_with('{') && text.ends_with('}')))
            .then(|| format!("`{text}` isn't an array for `{name}`: write `{{a,b}}`"));
    }
    let not = |what: &str| Some(format!("`{text}` isn't {what}, which `{name}` wants"));
    match &column.data_type.kind {
        TypeKind::SmallInt if text.parse::<i16>().is_err() => not("a number from -32768 to 32767"),
        TypeKind::Integer if text.parse::<i32>().is_err() => not("a number of 32 bits"),
        TypeKind::BigInt if text.parse::<i64>().is_err() => not("a number of 64 bits"),
        TypeKind::Numeric { .. } | TypeKind::Real | TypeKind::DoublePrecision
            if text.parse::<f64>().is_err() =>
        {
            not("a number")
        }
        TypeKind::Boolean if !is_boolean(text) => not("true or false"),
        TypeKind::Date if super::bounds::moment(text).is_none() => not("a date such as 2026-01-31"),
        TypeKind::Varchar { limit: Some(limit) } | TypeKind::Char { limit: Some(limit) }
            if text.chars().count() > *limit as usize =>
        {
            Some(format!(
                "`{text}` has {} characters; `{name}` takes {limit}",
                text.chars().count()
            ))
        }
        TypeKind::Enum(enum_name) => {
            let labels = &schema.enum_type(enum_name)?.values;
            (!labels.iter().any(|label| label == text)).then(|| {
                format!(
                    "`{text}` isn't a label of `{enum_name}`: {}",
                    labels.join(", ")
                )
            })
        }
        TypeKind::Uuid if text.chars().filter(char::is_ascii_hexdigit).count() != 32 => {
            not("a UUID")
        }
        _ => None,
    }
}

fn is_boolean(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "t" | "f" | "true" | "false" | "yes" | "no" | "y" | "n" | "on" | "off" | "1" | "0"
    )
}

/// Keys between masters.
fn check_references(schema: &Schema, masters: &[Master], problems: &mut Vec<Problem>) {
    for master in masters {
        let Some(table) = schema
            .tables
            .iter()
            .find(|table| table.name.name == master.table)
        else {
            continue;
        };
        for key in &table.foreign_keys {
            let Some(parent) = masters
                .iter()
                .find(|parent| parent.table == key.referenced_table.name)
            else {
                continue;
            };
            let positions = |master: &Master, names: &[String]| -> Option<Vec<usize>> {
                names
                    .iter()
                    .map(|name| {
                        master
                            .header
                            .iter()
                            .position(|field| field.text.as_deref() == Some(name))
                    })
                    .collect()
            };
            let (Some(own), Some(referenced)) = (
                positions(master, &key.columns),
                positions(parent, &key.referenced_columns),
            ) else {
                continue;
            };
            for row in &master.rows {
                let values: Option<Vec<&str>> = own
                    .iter()
                    .map(|&position| row[position].text.as_deref())
                    .collect();
                let Some(values) = values else { continue };
                let found = parent.rows.iter().any(|row| {
                    referenced
                        .iter()
                        .zip(&values)
                        .all(|(&position, value)| row[position].text.as_deref() == Some(*value))
                });
                if !found {
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
}
