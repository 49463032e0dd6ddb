//! `LIKE other INCLUDING …`: a table that begins as a copy of another.
//!
//! It takes what the other has at that moment, so it is copied here; replayed behind everything, it would take what the
//! other has at the end.

use crate::cursor::Cursor;
use crate::table::Created;
use pg_model::{Column, ColumnValue, Numbering, PrimaryKey, Table};

/// What is copied besides names, types and NOT NULL.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word that the statement has or hasn't"
)]
struct Parts {
    comments: bool,
    constraints: bool,
    defaults: bool,
    generated: bool,
    identity: bool,
    indexes: bool,
}

/// Reads what follows the other table's name, and copies. None for what isn't understood.
pub(crate) fn copy(cursor: &mut Cursor<'_>, other: &Table, created: &mut Created) -> Option<()> {
    let parts = parts(cursor)?;
    for column in &other.columns {
        let value = match &column.value {
            ColumnValue::Default(_)
            | ColumnValue::Null
            | ColumnValue::Numbered(Numbering::Serial) => parts.defaults,
            ColumnValue::Generated { .. } => parts.generated,
            ColumnValue::Numbered(Numbering::Identity(_)) => parts.identity,
            ColumnValue::None => false,
        };
        created.table.columns.push(Column {
            value: if value {
                column.value.clone()
            } else {
                ColumnValue::None
            },
            comment: column.comment.clone().filter(|_| parts.comments),
            ..column.clone()
        });
    }
    if parts.constraints {
        created.table.checks.extend(other.checks.iter().cloned());
    }
    if parts.indexes {
        // Their names are chosen anew.
        created.table.primary_key = other.primary_key.as_ref().map(|key| PrimaryKey {
            name: None,
            columns: key.columns.clone(),
        });
        for unique in &other.own.uniques {
            let mut unique = unique.clone();
            unique.name.clear();
            created.table.own.uniques.push(unique);
        }
        for exclusion in &other.own.exclusions {
            let mut exclusion = exclusion.clone();
            exclusion.name.clear();
            created.table.own.exclusions.push(exclusion);
        }
        for index in &other.indexes {
            let mut index = index.clone();
            index.name.clear();
            index.comment = index.comment.filter(|_| parts.comments);
            created.table.indexes.push(index);
        }
    }
    Some(())
}

fn parts(cursor: &mut Cursor<'_>) -> Option<Parts> {
    let mut parts = Parts::default();
    while !cursor.is_at_end() {
        let including = cursor.take(&["including"]);
        if !including && !cursor.take(&["excluding"]) {
            return None;
        }
        match cursor.identifier()?.as_str() {
            "all" => {
                parts = Parts {
                    comments: including,
                    constraints: including,
                    defaults: including,
                    generated: including,
                    identity: including,
                    indexes: including,
                }
            }
            "comments" => parts.comments = including,
            "constraints" => parts.constraints = including,
            "defaults" => parts.defaults = including,
            "generated" => parts.generated = including,
            "identity" => parts.identity = including,
            "indexes" => parts.indexes = including,
            // Statements of their own say these.
            "storage" | "statistics" | "compression" if !including => {}
            _ => return None,
        }
    }
    Some(parts)
}
