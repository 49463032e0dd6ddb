//! Migration SQL between two schemas of MySQL or MariaDB, worked out from their definitions alone.
//!
//! [`migration`] compares two [`Schema`]s and gives the statements that turn a database which holds the old one into one
//! whose `SHOW CREATE` can't be told from that of a fresh load of the new one. Most changes of a table fit into one
//! `ALTER TABLE`, which a server takes as a whole or not at all; but there is no transaction round several, and the
//! text says so.
//!
//! It asks no database, so it knows what the sources say and nothing else. What loses data is marked; whether that may
//! be is the caller's business. The crate does no I/O.

mod casts;
mod cost;
mod facts;
mod keys;
mod migration;
mod statements;
mod table;

pub use migration::Migration;

use crate::facts::TableFacts;
use crate::keys::KeyChanges;
use crate::migration::{Remark, Step};
use crate::table::TableChange;
use mysql_model::{QualifiedName, Schema, Server};
use mysql_sql::ddl::create_table;
use mysql_sql::qualified;
use schema_diff::{Pairing, in_order};

/// A change of a table that no `ALTER TABLE` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unalterable {
    /// The table, by its new name.
    pub table: QualifiedName,
    /// What changed, as the end of a sentence: `the query that it is made from changed`.
    pub what: String,
}

/// Compares two schemas.
///
/// # Errors
/// Every table that is made from a query which changed.
pub fn migration(
    old: &Schema,
    new: &Schema,
    server: Server,
) -> Result<Migration, Vec<Unalterable>> {
    let old_tables = facts::tables(old, server);
    let new_tables = facts::tables(new, server);
    let pairing = pair(&old_tables, &new_tables);
    let unalterable = unalterable(&old_tables, &new_tables, &pairing);
    if !unalterable.is_empty() {
        return Err(unalterable);
    }
    let changes: Vec<TableChange<'_>> = pairing
        .old_of_new
        .iter()
        .zip(&new_tables)
        .filter_map(|(before, after)| {
            let before = &old_tables[(*before)?];
            // What a query gave can't be compared.
            (after.table.as_query.is_none()).then(|| TableChange::between(before, after, server))
        })
        .collect();
    let gone: Vec<&TableFacts> = old_tables
        .iter()
        .zip(&pairing.new_of_old)
        .filter_map(|(table, successor)| successor.is_none().then_some(table))
        .collect();
    let keys = KeyChanges::between(&changes, &gone, &new_tables);
    let statements = statements::between(
        old,
        new,
        &reshaped(&changes, &gone),
        &gone
            .iter()
            .map(|table| table.table.name.name.clone())
            .collect::<Vec<_>>(),
    );
    let mut by_hand = statements.by_hand;
    let mut steps = statements.drops;
    steps.extend(keys.drops);
    for table in &gone {
        steps.push(drop_table(table));
    }
    steps.extend(statements.dropped_tables);
    steps.extend(rename_tables(&changes));
    let mut tables = statements.tables.into_iter().peekable();
    for (position, source) in new.tables.iter().enumerate() {
        while let Some((_, step)) = tables.next_if(|(before, _)| *before <= position) {
            steps.push(step);
        }
        let change = changes
            .iter()
            .find(|change| change.new.table.name == source.name);
        if let Some(change) = change {
            steps.extend(change.steps(&mut by_hand));
        } else {
            let is_new = new_tables
                .iter()
                .zip(&pairing.old_of_new)
                .any(|(table, former)| table.table.name == source.name && former.is_none());
            if is_new {
                steps.push(Step::new(create_table(source, server)));
            }
        }
    }
    steps.extend(tables.map(|(_, step)| step));
    steps.extend(keys.adds);
    steps.extend(statements.creates);
    Ok(Migration {
        server,
        steps,
        by_hand,
    })
}

fn pair(old: &[TableFacts], new: &[TableFacts]) -> Pairing {
    let old_names: Vec<&QualifiedName> = old.iter().map(|table| &table.table.name).collect();
    let new_names: Vec<(&QualifiedName, Option<&QualifiedName>)> = new
        .iter()
        .map(|table| (&table.table.name, table.table.renamed_from.as_ref()))
        .collect();
    Pairing::by_name(&old_names, &new_names)
}

fn unalterable(old: &[TableFacts], new: &[TableFacts], pairing: &Pairing) -> Vec<Unalterable> {
    pairing
        .old_of_new
        .iter()
        .zip(new)
        .filter_map(|(before, after)| {
            let before = &old[(*before)?].table;
            let after = &after.table;
            let what = if before.as_query != after.as_query {
                "the query that it is made from changed"
            } else if before.as_query.is_some() && before.columns != after.columns {
                "its columns come from a query, and changed"
            } else {
                return None;
            };
            Some(Unalterable {
                table: after.name.clone(),
                what: what.to_owned(),
            })
        })
        .collect()
}

/// Names, old and new, of tables that a view can't stay on.
fn reshaped(changes: &[TableChange<'_>], gone: &[&TableFacts]) -> Vec<String> {
    let mut names: Vec<String> = changes
        .iter()
        .filter(|change| change.is_reshaped())
        .flat_map(|change| [&change.old.table.name.name, &change.new.table.name.name])
        .cloned()
        .collect();
    names.extend(gone.iter().map(|table| table.table.name.name.clone()));
    names
}

fn drop_table(table: &TableFacts) -> Step {
    let mut step = Step::new(format!("DROP TABLE {};\n", qualified(&table.table.name)));
    step.remarks.push(Remark::LosesData(format!(
        "the table `{}`",
        table.table.name
    )));
    step
}

/// All renames in one statement, which a server makes at once.
fn rename_tables(changes: &[TableChange<'_>]) -> Option<Step> {
    let renames: Vec<(String, String)> = changes
        .iter()
        .filter(|change| change.old.table.name != change.new.table.name)
        .map(|change| {
            (
                qualified(&change.old.table.name),
                qualified(&change.new.table.name),
            )
        })
        .collect();
    if renames.is_empty() {
        return None;
    }
    let list: Vec<String> = in_order(renames)
        .into_iter()
        .map(|(from, to)| format!("{from} TO {to}"))
        .collect();
    Some(Step::new(format!("RENAME TABLE {};\n", list.join(", "))))
}

#[cfg(test)]
mod tests;
