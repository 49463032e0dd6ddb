//! Enum types: which are new, gone, longer, or another type altogether.
//!
//! A label can be added inside a transaction, but PostgreSQL (12 and newer) lets nobody use it before
//! the transaction ends, not even a default. Where the new schema uses an added label in any of its
//! SQL, and where labels went or moved, the type is made anew and its columns are cast.

use pg_model::{ColumnValue, EnumType, IndexKey, Schema};
use sql_text::mentions;
use std::fmt::Write as _;

/// How the enum types differ.
#[derive(Debug, Default)]
pub(crate) struct EnumChanges<'a> {
    pub(crate) created: Vec<&'a EnumType>,
    pub(crate) extended: Vec<(&'a EnumType, &'a EnumType)>,
    pub(crate) recreated: Vec<Recreated<'a>>,
}

/// A type that is made anew under its old name.
#[derive(Debug)]
pub(crate) struct Recreated<'a> {
    pub(crate) new: &'a EnumType,
    /// Labels that it no longer has.
    pub(crate) lost: Vec<&'a str>,
}

impl<'a> EnumChanges<'a> {
    pub(crate) fn between(old: &'a Schema, new: &'a Schema) -> Self {
        let mut changes = Self::default();
        for after in &new.own.enums {
            let Some(before) = old.own.enum_type(&after.name) else {
                changes.created.push(after);
                continue;
            };
            if before.values == after.values {
                continue;
            }
            let kept: Vec<&String> = after
                .values
                .iter()
                .filter(|value| before.values.contains(value))
                .collect();
            let is_longer = kept.into_iter().eq(&before.values);
            let added = after
                .values
                .iter()
                .filter(|value| !before.values.contains(value));
            if is_longer && !added.into_iter().any(|label| uses_label(new, label)) {
                changes.extended.push((before, after));
            } else {
                let lost = before
                    .values
                    .iter()
                    .filter(|value| !after.values.contains(value));
                changes.recreated.push(Recreated {
                    new: after,
                    lost: lost.map(String::as_str).collect(),
                });
            }
        }
        changes
    }
}

/// `ALTER TYPE … ADD VALUE` for each label that is new, in its place.
pub(crate) fn add_values(before: &EnumType, after: &EnumType) -> String {
    let name = pg_sql::qualified(&after.name);
    let mut sql = String::new();
    for (position, label) in after.values.iter().enumerate() {
        if before.values.contains(label) {
            continue;
        }
        let _ = write!(
            sql,
            "ALTER TYPE {name} ADD VALUE {}",
            pg_sql::literal(label)
        );
        if position > 0 {
            let previous = &after.values[position - 1];
            let is_last = after.values[position..]
                .iter()
                .all(|later| !before.values.contains(later));
            if !is_last {
                let _ = write!(sql, " AFTER {}", pg_sql::literal(previous));
            }
        } else if let Some(first) = before.values.first() {
            let _ = write!(sql, " BEFORE {}", pg_sql::literal(first));
        }
        sql.push_str(";\n");
    }
    sql
}

/// Whether any SQL of a schema may speak of a label. Says yes too often rather than too rarely.
fn uses_label(schema: &Schema, label: &str) -> bool {
    let speaks = |sql: &str| (sql.contains('\'') || sql.contains('$')) && mentions(sql, label);
    // A label without letters is no word, and is looked for as it stands.
    let quoted = pg_sql::literal(label);
    texts(schema).any(|sql| speaks(sql) || sql.contains(&quoted))
}

/// All SQL of the source that a schema holds.
fn texts(schema: &Schema) -> impl Iterator<Item = &str> {
    let statements = schema.statements.iter();
    statements
        .map(|statement| statement.sql.as_str())
        .chain(table_texts(schema))
}

/// The SQL in a schema's tables.
pub(crate) fn table_texts(schema: &Schema) -> impl Iterator<Item = &str> {
    let tables = schema.tables.iter().flat_map(|table| {
        let columns = table
            .columns
            .iter()
            .filter_map(|column| match &column.value {
                ColumnValue::Default(sql)
                | ColumnValue::Generated {
                    expression: sql, ..
                } => Some(sql),
                _ => None,
            });
        let checks = table.checks.iter().map(|check| &check.expression);
        let exclusions =
            table.own.exclusions.iter().flat_map(|exclusion| {
                std::iter::once(&exclusion.elements).chain(&exclusion.predicate)
            });
        let indexes = table.indexes.iter().flat_map(|index| {
            let parts = index.parts.iter().filter_map(|part| match &part.key {
                IndexKey::Expression(sql) => Some(sql),
                IndexKey::Column(_) => None,
            });
            let classes = index
                .parts
                .iter()
                .filter_map(|part| part.own.operator_class.as_ref());
            parts.chain(&index.own.predicate).chain(classes)
        });
        let others = table.options.iter().chain(&table.as_query);
        columns
            .chain(checks)
            .chain(exclusions)
            .chain(indexes)
            .chain(others)
    });
    tables.map(String::as_str)
}
