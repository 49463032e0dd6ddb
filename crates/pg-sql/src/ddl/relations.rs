//! How many relations a transaction locks.
//!
//! A transaction keeps a lock for every relation that it makes or looks at, and a server has room for so many:
//! `max_locks_per_transaction` × (`max_connections` + background processes), some 7,800 with default settings. It
//! refuses one more with *out of shared memory*.

use pg_model::{ColumnValue, Numbering, Table, UniqueConstraint};
use sql_text::words;

/// The relations that a table is made of: itself, its TOAST table with an index, which nearly every table has,
/// its sequences and all its indexes.
pub fn relations_of_table(table: &Table) -> usize {
    let sequences = table
        .columns
        .iter()
        .filter(|column| {
            matches!(
                column.value,
                ColumnValue::Numbered(Numbering::Serial | Numbering::Identity(_))
            )
        })
        .count();
    // One that takes over an index makes none.
    let in_place = |unique: &&UniqueConstraint| unique.using_index.is_none();
    3 + sequences
        + usize::from(table.primary_key.is_some())
        + table.own.uniques.iter().filter(in_place).count()
        + table.own.exclusions.len()
        + table.indexes.len()
}

/// About how many relations SQL of the source makes or looks at: a table with its TOAST table and an index for each
/// word that could announce one.
pub fn relations_of_statement(sql: &str) -> usize {
    4 * words(sql)
        .iter()
        .filter(|word| {
            ["table", "index", "view", "sequence"]
                .iter()
                .any(|kind| word.is(kind))
        })
        .count()
}
