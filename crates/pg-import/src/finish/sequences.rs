//! Sequences: those of `serial` columns become part of the column, the others stay statements.

use crate::cursor::Cursor;
use crate::draft::Draft;
use crate::object::Class;
use crate::raw_statement::{RawStatement, words, words_of_table};
use crate::sequence::{OwnedBy, OwningColumn, Sequence};
use pg_model::{Column, ColumnValue, Numbering, Persistence, QualifiedName, Table, TypeKind};
use pg_text::default_name;
use std::collections::BTreeSet;

/// Makes serial columns of those that take their values from a sequence of their own. Where the sequence differs from
/// the one that `serial` makes, a statement changes it.
pub(super) fn make_serial(draft: &mut Draft) {
    let sequences = std::mem::take(&mut draft.sequences);
    let automatic: BTreeSet<QualifiedName> = sequences.iter().filter_map(automatic_name).collect();
    let mut actual: BTreeSet<QualifiedName> = sequences
        .iter()
        .map(|sequence| sequence.name.clone())
        .collect();
    // The names of tables, views and indexes are taken too.
    for made in &draft.tables {
        let in_schema = |name| QualifiedName {
            schema: made.table.name.schema.clone(),
            name,
        };
        actual.insert(made.table.name.clone());
        actual.extend(made.index_names().into_iter().map(in_schema));
    }
    actual.extend(
        draft
            .raw
            .iter()
            .filter_map(|statement| statement.makes.as_ref())
            .filter(|made| made.class == Class::Relation)
            .map(|made| made.name.clone()),
    );
    for sequence in sequences {
        let renamed = automatic_name(&sequence).filter(|name| *name != sequence.name);
        // The name before the change and the name after it must not be another's.
        let is_free = renamed.as_ref().is_none_or(|name| {
            !actual.contains(name)
                && !automatic.contains(&sequence.name)
                && !is_spoken_of(draft, &sequence)
        });
        if is_free && !is_needed_before(draft, &sequence) && take_in(draft, &sequence) {
            draft.raw.extend(sequence.changes);
        } else {
            draft
                .raw
                .push(RawStatement::new(&sequence.sql, sequence.at, sequence.line));
            draft.raw.extend(sequence.changes);
            if let Some(OwnedBy { sql, at }) = &sequence.owned_by {
                draft.raw.push(RawStatement::new(sql, *at, sequence.line));
            }
        }
    }
}

/// Whether a table that is made before the owner counts by the sequence too, or a type or the head of a function that
/// such a table may be in need of.
fn is_needed_before(draft: &Draft, sequence: &Sequence) -> bool {
    let Some(owner) = &sequence.owner else {
        return false;
    };
    let name = &sequence.name.name;
    draft
        .tables
        .iter()
        .take_while(|made| made.table.name != owner.table)
        .filter(|made| made.kept)
        .any(|made| words_of_table(&made.table).contains(name))
        || draft.raw.iter().any(
            |statement| match statement.makes.as_ref().map(|made| made.class) {
                Some(Class::Type) => words(&statement.sql).contains(name),
                Some(Class::Routine) => {
                    let mut cursor = Cursor::new(&statement.sql);
                    cursor.text_until(|at| at.sees(&["("]));
                    cursor
                        .parenthesised()
                        .is_some_and(|arguments| words(arguments).contains(name))
                }
                _ => false,
            },
        )
}

/// Whether anything but the column that owns it uses a sequence by its name.
fn is_spoken_of(draft: &Draft, sequence: &Sequence) -> bool {
    let name = &sequence.name.name;
    let is_own = |table: &Table, column: &Column| {
        sequence
            .owner
            .as_ref()
            .is_some_and(|owner| owner.table == table.name && owner.column == column.name)
    };
    let kept = draft.tables.iter().filter(|made| made.kept);
    kept.map(|made| &made.table).any(|table| {
        let mut others = table.clone();
        others.columns.retain(|column| !is_own(table, column));
        words_of_table(&others).contains(name)
    }) || draft
        .raw
        .iter()
        .any(|statement| words(&statement.sql).contains(name))
}

/// The name that the sequence would have if `serial` had made it.
fn automatic_name(sequence: &Sequence) -> Option<QualifiedName> {
    let OwningColumn { table, column } = sequence.owner.as_ref()?;
    Some(QualifiedName {
        schema: table.schema.clone(),
        name: default_name(&table.name, Some(column), "seq"),
    })
}

/// Makes the sequence part of the column that owns it. False when that isn't possible.
fn take_in(draft: &mut Draft, sequence: &Sequence) -> bool {
    let (
        Some(OwningColumn {
            table,
            column: column_name,
        }),
        Some(name),
        Some(OwnedBy { at, .. }),
    ) = (
        &sequence.owner,
        automatic_name(sequence),
        &sequence.owned_by,
    )
    else {
        return false;
    };
    if name.schema != sequence.name.schema {
        return false;
    }
    let Some(own) = draft.table_mut(table).filter(|own| own.kept) else {
        return false;
    };
    // A sequence of a column's own is as lasting as its table.
    if sequence.unlogged != (own.table.own.persistence == Persistence::Unlogged) {
        return false;
    }
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
    column.value = ColumnValue::Numbered(Numbering::Serial);
    let mut changes = Vec::new();
    let sql_name = pg_sql::qualified(&name);
    if !same_type {
        changes.push(format!("ALTER SEQUENCE {sql_name} AS bigint"));
    }
    if !sequence.is_plain() {
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
        draft
            .raw
            .push(RawStatement::new(&change, *at, sequence.line));
    }
    true
}

/// Whether a column's default is the next value of that sequence.
pub(crate) fn takes_from(column: &Column, sequence: &QualifiedName) -> bool {
    sequence_of(column).as_ref() == Some(sequence)
}

/// The sequence whose next value is a column's default.
pub(super) fn sequence_of(column: &Column) -> Option<QualifiedName> {
    let ColumnValue::Default(expression) = &column.value else {
        return None;
    };
    let mut cursor = Cursor::new(expression);
    if cursor.dotted()?.pop()? != "nextval" {
        return None;
    }
    let mut argument = Cursor::new(cursor.parenthesised()?);
    if !cursor.is_at_end() {
        return None;
    }
    let name = argument.string()?;
    // In some dumps there are quotes around every name.
    let is_cast = argument.take(&[":", ":"]) && argument.identifier()? == "regclass";
    if !argument.is_at_end() || !(is_cast || argument.sees(&[])) {
        return None;
    }
    Cursor::new(&name).qualified()
}
