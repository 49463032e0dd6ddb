//! How many relations a migration locks in its one transaction.
//!
//! A migration isn't committed in between, as a new schema is: a database that has half of it would be neither version,
//! and nothing could go on from there. So where it locks more than a server may have room for, whoever runs it must
//! know the number before.

use crate::table::TableChange;
use pg_model::{ColumnValue, QualifiedName, Schema, Table};
use pg_sql::ddl::relations_of_table;
use schema_diff::PartChanges;
use std::collections::BTreeSet;

/// About how many relations of tables a migration locks.
pub(crate) fn of_tables(
    new: &Schema,
    changes: &[(&TableChange<'_>, PartChanges)],
    dropped: &[&Table],
) -> usize {
    let mut seen: BTreeSet<&QualifiedName> = BTreeSet::new();
    let mut targets: BTreeSet<&QualifiedName> = BTreeSet::new();
    let mut count: usize = dropped.iter().map(|table| relations_of_table(table)).sum();
    for (change, keys) in changes {
        let table = change.new;
        targets.extend(
            keys.added
                .iter()
                .map(|&at| &table.foreign_keys[at].referenced_table),
        );
        let relations = of_change(change, keys);
        if relations > 0 {
            seen.insert(&table.name);
            count += relations;
        }
    }
    let stays: BTreeSet<&QualifiedName> =
        changes.iter().map(|(change, _)| &change.new.name).collect();
    for table in new
        .tables
        .iter()
        .filter(|table| !stays.contains(&table.name))
    {
        seen.insert(&table.name);
        targets.extend(table.foreign_keys.iter().map(|key| &key.referenced_table));
        count += relations_of_table(table);
    }
    // Checking a new key plans a query over both tables, which locks all their indexes.
    count += targets
        .difference(&seen)
        .filter_map(|name| new.table(name))
        .map(relations_of_table)
        .sum::<usize>();
    count
}

/// The relations of a table that stays: all of them where its rows are written anew or its keys are checked, else only
/// those that are touched by name.
fn of_change(change: &TableChange<'_>, keys: &PartChanges) -> usize {
    let columns = &change.columns;
    let gone = [&change.indexes, &change.uniques, &change.exclusions]
        .map(|parts| parts.dropped.len())
        .iter()
        .sum::<usize>();
    let is_computed = |value: &ColumnValue| match value {
        ColumnValue::None | ColumnValue::Null => false,
        ColumnValue::Default(sql) => sql.contains('('),
        _ => true,
    };
    let computed = columns
        .added
        .iter()
        .filter(|column| is_computed(&column.value));
    let rewrites = columns.retyped.len()
        + columns.recreated.len()
        + computed.count()
        + usize::from(change.old.own.persistence != change.new.own.persistence);
    if rewrites > 0 {
        // Each time the new rows lie in a table of their own until they take the old one's place.
        return 3 * rewrites
            + gone
            + relations_of_table(change.old).max(relations_of_table(change.new));
    }
    if !change.primary_key_stays || !keys.added.is_empty() {
        return gone + relations_of_table(change.old).max(relations_of_table(change.new));
    }
    if change.old == change.new && keys.dropped.is_empty() {
        return 0;
    }
    let is_renamed = change.old.name != change.new.name;
    let come = [&change.indexes, &change.uniques, &change.exclusions]
        .map(|parts| parts.added.len() + if is_renamed { parts.kept.len() } else { 0 })
        .iter()
        .sum::<usize>();
    // A first long column brings a TOAST table; a new name goes to the key's index and the sequence too.
    let toast = if columns.added.is_empty() { 0 } else { 2 };
    let named_after = if is_renamed { 2 } else { 0 };
    1 + gone + come + toast + named_after
}
