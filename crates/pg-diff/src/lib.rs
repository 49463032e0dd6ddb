//! Migration SQL between two schemas, worked out from their definitions alone.
//!
//! [`migration`] compares two [`Schema`]s and gives the statements that turn a database which holds the old
//! one into one that `pg_dump` can't tell from a fresh load of the new one, with one exception: the order
//! of columns, because PostgreSQL can only append them.
//!
//! It asks no database, so it knows what the sources say and nothing else: objects that were made behind
//! their back are neither seen nor touched. What loses data is marked; whether that may be is the
//! caller's business. The crate does no I/O.

mod altered;
mod build;
mod canonical;
mod casts;
mod columns;
mod definition;
mod dependents;
mod differences;
mod effects;
mod enums;
mod keys;
mod locks;
mod migration;
mod names;
mod normal;
mod parts;
mod rename;
mod sources;
mod table;
mod taken_down;
mod types;

pub use migration::{Course, Migration};

use crate::dependents::StatementChanges;
use crate::differences::{Differences, beyond_casts};
use crate::migration::{Phase, Steps};
use crate::names::ChosenNames;
use crate::sources::Sources;
use crate::table::TableChange;
use crate::types::TypeChanges;
use pg_model::{Extension, QualifiedName, Schema};
use pg_sql::ddl;
use pg_sql::identifier;
use schema_diff::Pairing;
use schema_diff::PartChanges;
use sql_text::mentions;

/// A change of a table that no `ALTER TABLE` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unalterable {
    /// The table, by its new name.
    pub table: QualifiedName,
    /// What changed, as the end of a sentence: `its options changed from … to …`.
    pub what: String,
}

/// Compares two schemas.
///
/// # Errors
/// Every table that would have to be made anew with its rows: partitioning, inheritance, storage
/// parameters, and tables made from a query.
pub fn migration(old: &Schema, new: &Schema) -> Result<Migration, Vec<Unalterable>> {
    let (old, new) = normal::both(old, new);
    let pairing = pair_tables(&old, &new);
    let unalterable = unalterable(&old, &new, &pairing);
    if !unalterable.is_empty() {
        return Err(unalterable);
    }
    let sources = Sources::of(&old, &new);
    let Differences {
        types,
        changes,
        dropped,
        statements,
    } = Differences::between(&old, &new, &sources, &pairing);
    let tables = keys::Tables::new(&changes, &dropped);
    let foreign_keys: Vec<PartChanges> = changes
        .iter()
        .map(|change| tables.foreign_keys(change))
        .collect();
    let changes: Vec<(&TableChange<'_>, PartChanges)> = changes.iter().zip(foreign_keys).collect();
    let locks = locks::of_tables(&new, &changes, &dropped) + statements.locks();

    let mut steps = Steps::default();
    lay_foundations(&mut steps, &old, &new);
    statements.drop(&mut steps);
    keys::drop_tables(&mut steps, &dropped);
    change_tables(&mut steps, &old, &new, &changes);
    change_enums(&mut steps, &types);
    build_in_order(&mut steps, &new, &changes, &tables, &statements, &types);
    types.drop(&mut steps);
    clean_up(&mut steps, &old, &new);
    let needing = statements.resting_on_not_null();
    for (change, _) in &changes {
        let name = &change.new.name;
        if needing.iter().any(|sql| mentions(sql, &name.name)) {
            steps.keep_not_null(&change.new.name.to_string());
        }
    }
    let mut by_hand = statements.by_hand();
    by_hand.extend(types.by_hand.iter().cloned());
    by_hand.extend(
        changes
            .iter()
            .flat_map(|(change, _)| beyond_casts(change, &types, &new)),
    );
    Ok(Migration {
        steps: steps.into_steps(),
        by_hand,
        locks,
    })
}

fn pair_tables(old: &Schema, new: &Schema) -> Pairing {
    let old_names: Vec<&QualifiedName> = old.tables.iter().map(|table| &table.name).collect();
    let new_names: Vec<(&QualifiedName, Option<&QualifiedName>)> = new
        .tables
        .iter()
        .map(|table| (&table.name, table.renamed_from.as_ref()))
        .collect();
    Pairing::by_name(&old_names, &new_names)
}

fn unalterable(old: &Schema, new: &Schema, pairing: &Pairing) -> Vec<Unalterable> {
    let mut found = Vec::new();
    for (former, after) in pairing.old_of_new.iter().zip(&new.tables) {
        let Some(before) = former.map(|former| &old.tables[former]) else {
            continue;
        };
        let mut add = |what: String| {
            found.push(Unalterable {
                table: after.name.clone(),
                what,
            });
        };
        let shown = |text: &Option<String>| match text {
            Some(text) => format!("`{}`", text.trim()),
            None => "none".to_owned(),
        };
        if before.options.as_deref().map(str::trim) != after.options.as_deref().map(str::trim) {
            add(format!(
                "its options changed from {} to {}",
                shown(&before.options),
                shown(&after.options)
            ));
        }
        if before.as_query != after.as_query {
            add(format!(
                "the query that it is made from changed from {} to {}",
                shown(&before.as_query),
                shown(&after.as_query)
            ));
        } else if before.as_query.is_some() && before.columns != after.columns {
            add("its columns come from a query, and changed".to_owned());
        }
    }
    found
}

fn lay_foundations(steps: &mut Steps, old: &Schema, new: &Schema) {
    for name in new
        .own
        .namespaces
        .iter()
        .filter(|name| !old.own.namespaces.contains(name))
    {
        steps.add(Phase::Foundations, "foundations", ddl::create_schema(name));
    }
    for extension in &new.own.extensions {
        let sql = match find_extension(old, &extension.name) {
            None => ddl::create_extension(extension),
            Some(before) if before.schema != extension.schema => format!(
                "ALTER EXTENSION {} SET SCHEMA {};\n",
                identifier(&extension.name),
                identifier(extension.schema.as_deref().unwrap_or("public"))
            ),
            Some(_) => continue,
        };
        steps.add(Phase::Foundations, "foundations", sql);
    }
}

fn find_extension<'a>(schema: &'a Schema, name: &str) -> Option<&'a Extension> {
    schema
        .own
        .extensions
        .iter()
        .find(|extension| extension.name == name)
}

/// Everything that happens to tables that stay, but for what is built in the order of the new schema.
fn change_tables(
    steps: &mut Steps,
    old: &Schema,
    new: &Schema,
    changes: &[(&TableChange<'_>, PartChanges)],
) {
    let old_names = ChosenNames::of(old);
    let new_names = ChosenNames::of(new);
    for (change, keys) in changes {
        build::drop_parts(steps, change, &old_names);
        columns::drop(steps, change, &old_names);
        keys::drop(steps, change, keys);
    }
    rename::build(steps, changes, &old_names, &new_names);
}

fn change_enums(steps: &mut Steps, types: &TypeChanges<'_>) {
    types.set_aside(steps);
    let enums = &types.enums;
    for created in &enums.created {
        steps.add(Phase::Types, "types", ddl::create_enum(created));
    }
    for (before, after) in &enums.extended {
        steps.add(Phase::Types, "types", enums::add_values(before, after));
    }
    for recreated in &enums.recreated {
        steps.add(Phase::Types, "types", ddl::create_enum(recreated.new));
    }
}

/// Makes and changes tables in the order of the new schema, with the statements between them.
fn build_in_order(
    steps: &mut Steps,
    new: &Schema,
    changes: &[(&TableChange<'_>, PartChanges)],
    tables: &keys::Tables<'_, '_>,
    statements: &StatementChanges<'_>,
    types: &TypeChanges<'_>,
) {
    let new_names = ChosenNames::of(new);
    build::persistences(steps, changes.iter().map(|(change, _)| *change));
    for (position, table) in new.tables.iter().enumerate() {
        statements.create_before(steps, position, types);
        let change = changes
            .iter()
            .find(|(change, _)| change.new.name == table.name);
        let Some((change, keys)) = change else {
            let group = table.name.to_string();
            steps.add(Phase::Build, group, ddl::table_with_parts(table));
            for key in &table.foreign_keys {
                let sql = ddl::add_foreign_key(table, key);
                steps.add(Phase::ForeignKeys, "foreign keys", sql);
            }
            continue;
        };
        columns::build(steps, change, &new_names, types);
        build::add_parts(steps, change);
        build::comments(steps, change);
        keys::add(steps, change, keys, tables);
    }
    statements.create_after(steps, new.tables.len(), types);
}

/// Takes away what things stood on until now.
fn clean_up(steps: &mut Steps, old: &Schema, new: &Schema) {
    for extension in &old.own.extensions {
        // Every database has this one, whatever its schema asks for.
        if extension.name != "plpgsql" && find_extension(new, &extension.name).is_none() {
            let sql = format!("DROP EXTENSION {};\n", identifier(&extension.name));
            steps
                .add(Phase::CleanUp, "clean-up", sql)
                .loses(format!("the extension `{}`", extension.name));
        }
    }
    for name in old
        .own
        .namespaces
        .iter()
        .filter(|name| !new.own.namespaces.contains(name))
    {
        let sql = format!("DROP SCHEMA {};\n", identifier(name));
        steps
            .add(Phase::CleanUp, "clean-up", sql)
            .loses(format!("the schema `{name}`"));
    }
}

#[cfg(test)]
mod tests;
