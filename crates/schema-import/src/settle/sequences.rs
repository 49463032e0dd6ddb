//! Sequences: those of `serial` columns become part of the column, the others stay statements.

use crate::cursor::Cursor;
use crate::draft::Draft;
use crate::loose::Loose;
use crate::sequence::{PLAIN, Sequence};
use schema_model::{Column, ColumnValue, QualifiedName, TypeKind};
use sql_text::default_name;
use std::collections::BTreeSet;

/// Makes serial columns of those that take their values from a sequence of their own. Where the sequence differs from
/// the one that `serial` makes, a statement changes it.
pub(super) fn settle(draft: &mut Draft) {
    let sequences = std::mem::take(&mut draft.sequences);
    let automatic: BTreeSet<QualifiedName> = sequences.iter().filter_map(automatic_name).collect();
    let actual: BTreeSet<QualifiedName> = sequences
        .iter()
        .map(|sequence| sequence.name.clone())
        .collect();
    for sequence in sequences {
        let renamed = automatic_name(&sequence).filter(|name| *name != sequence.name);
        // The name before the change and the name after it must not be another's.
        let is_free = renamed
            .is_none_or(|name| !actual.contains(&name) && !automatic.contains(&sequence.name));
        if !is_free || !take_in(draft, &sequence) {
            draft.loose.push(Loose::new(&sequence.sql, sequence.at));
            if let Some((sql, at)) = &sequence.owned_by {
                draft.loose.push(Loose::new(sql, *at));
            }
        }
    }
}

/// The name that the sequence would have if `serial` had made it.
fn automatic_name(sequence: &Sequence) -> Option<QualifiedName> {
    let (table, column) = sequence.owner.as_ref()?;
    Some(QualifiedName {
        schema: table.schema.clone(),
        name: default_name(&table.name, Some(column), "seq"),
    })
}

/// Makes the sequence part of the column that owns it. False when that isn't possible.
fn take_in(draft: &mut Draft, sequence: &Sequence) -> bool {
    let (Some((table, column_name)), Some(name), Some((_, at))) = (
        &sequence.owner,
        automatic_name(sequence),
        &sequence.owned_by,
    ) else {
        return false;
    };
    if name.schema != sequence.name.schema {
        return false;
    }
    let Some(own) = draft.table_mut(table).filter(|own| own.kept) else {
        return false;
    };
    let Some(column) = own
        .table
        .columns
        .iter_mut()
        .find(|own| own.name == *column_name)
    else {
        return false;
    };
    let same_type = match (&column.data_type.kind, sequence.data_type.as_deref()) {
        (TypeKind::SmallInt, Some("smallint"))
        | (TypeKind::Integer, Some("integer"))
        | (TypeKind::BigInt, None) => true,
        // PostgreSQL before 10 had no other type of sequence.
        (TypeKind::SmallInt | TypeKind::Integer, None) => false,
        _ => return false,
    };
    if column.data_type.array || !column.not_null || !takes_from(column, &sequence.name) {
        return false;
    }
    column.value = ColumnValue::Serial;
    let mut changes = Vec::new();
    let sql_name = pg_sql::qualified(&name);
    if !same_type {
        changes.push(format!("ALTER SEQUENCE {sql_name} AS bigint"));
    }
    if sequence.options != PLAIN {
        changes.push(format!(
            "ALTER SEQUENCE {sql_name} {} RESTART",
            sequence.options
        ));
    }
    if name != sequence.name {
        changes.push(format!(
            "ALTER SEQUENCE {sql_name} RENAME TO {}",
            pg_sql::identifier(&sequence.name.name)
        ));
    }
    for change in changes {
        draft.loose.push(Loose::new(&change, *at));
    }
    true
}

/// Whether a column's default is the next value of that sequence.
fn takes_from(column: &Column, sequence: &QualifiedName) -> bool {
    let ColumnValue::Default(expression) = &column.value else {
        return false;
    };
    let mut cursor = Cursor::new(expression);
    if cursor.dotted().and_then(|mut parts| parts.pop()).as_deref() != Some("nextval") {
        return false;
    }
    let Some(argument) = cursor.parenthesised() else {
        return false;
    };
    if !cursor.is_at_end() {
        return false;
    }
    let mut argument = Cursor::new(argument);
    let Some(name) = argument.string() else {
        return false;
    };
    argument.take(&[":", ":", "regclass"])
        && argument.is_at_end()
        && Cursor::new(&name).qualified().as_ref() == Some(sequence)
}
