//! What differs, each kind of thing in the light of the others.

use crate::dependents::{Disturbance, StatementChanges, Surroundings};
use crate::enums;
use crate::sources::Sources;
use crate::table::TableChange;
use crate::taken_down::TakenDown;
use crate::types::TypeChanges;
use pg_model::{Column, Schema, Table, TypeKind};
use pg_text::data_type;
use schema_diff::Pairing;
use sql_text::mentions;

/// All differences.
pub(crate) struct Differences<'a> {
    pub(crate) types: TypeChanges<'a>,
    pub(crate) changes: Vec<TableChange<'a>>,
    /// Old tables that go.
    pub(crate) dropped: Vec<&'a Table>,
    pub(crate) statements: StatementChanges<'a>,
}

impl<'a> Differences<'a> {
    /// Compares until nothing more is taken down: a function that changes takes down the generated column that calls
    /// it, that a view, and the view another function.
    pub(crate) fn between(
        old: &'a Schema,
        new: &'a Schema,
        sources: &'a Sources<'a>,
        pairing: &Pairing,
    ) -> Self {
        let dropped: Vec<&Table> = old
            .tables
            .iter()
            .zip(&pairing.new_of_old)
            .filter_map(|(table, successor)| successor.is_none().then_some(table))
            .collect();
        let texts: Vec<&str> = enums::table_texts(old).collect();
        let mut taken_down = TakenDown::default();
        loop {
            let types = TypeChanges::between(old, new, sources, &|sql| taken_down.concerns(sql));
            let mut in_tables = taken_down.clone();
            types
                .names()
                .for_each(|name| in_tables.add_type(&name.name));
            let changes: Vec<TableChange<'_>> = pairing
                .old_of_new
                .iter()
                .zip(&new.tables)
                .filter_map(|(former, after)| {
                    let before = &old.tables[(*former)?];
                    Some(TableChange::between(before, after, &types, &in_tables))
                })
                .collect();
            let disturbance = disturbance(&changes, &dropped, &types, sources);
            let around = Surroundings {
                types: &types,
                changes: &changes,
                disturbance: &disturbance,
                table_texts: &texts,
                new,
            };
            let statements = StatementChanges::between(sources, &around);
            let found = statements.names_taken_down();
            if found == taken_down {
                return Self {
                    types,
                    changes,
                    dropped,
                    statements,
                };
            }
            taken_down = found;
        }
    }
}

fn disturbance(
    changes: &[TableChange<'_>],
    dropped: &[&Table],
    types: &TypeChanges<'_>,
    sources: &Sources<'_>,
) -> Disturbance {
    let mut disturbance = Disturbance::default();
    let altered: Vec<&str> = types.altered(sources).collect();
    for change in changes {
        let names = [change.old.name.name.clone(), change.new.name.name.clone()];
        let columns = &change.columns;
        let holds_altered = change.old.columns.iter().any(|column| {
            matches!(&column.data_type.kind, TypeKind::Other(text)
                if altered.iter().any(|name| mentions(text, name)))
        });
        if change.old.name != change.new.name
            || columns.gone().next().is_some()
            || !columns.retyped.is_empty()
            || !columns.renames.is_empty()
            || holds_altered
            || change.is_rekeyed()
        {
            disturbance.disturbed.extend(names.clone());
        }
        if change.is_reshaped() || holds_altered || change.is_rekeyed() {
            disturbance.reshaped.extend(names);
        }
        let lost = columns.gone().map(|column| column.name.clone());
        for name in lost.chain(columns.retyped.iter().cloned()) {
            let (before, after) = (change.old.name.clone(), change.new.name.clone());
            disturbance.columns.push((before, after, name));
        }
        disturbance.parts.extend(change.dropped_parts());
    }
    for table in dropped {
        disturbance.reshaped.push(table.name.name.clone());
        disturbance.disturbed.push(table.name.name.clone());
        disturbance.gone.push(table.name.clone());
    }
    disturbance
}

/// Columns that stand in the way of a change, and that no statement of ours can take out of it.
pub(crate) fn beyond_casts(
    change: &TableChange<'_>,
    types: &TypeChanges<'_>,
    new: &Schema,
) -> Vec<String> {
    let mut found = Vec::new();
    let table = &change.new.name;
    for (before, after) in &change.columns.kept {
        let name = &after.name;
        if before.data_type == after.data_type && types.is_beyond_casts(&after.data_type) {
            found.push(format!(
                "`{table}.{name}` is an array of a type whose attributes change: no cast makes the new elements of \
                 the old ones, so its values must be moved before"
            ));
        }
        if !change.columns.retyped.contains(&before.name) {
            continue;
        }
        if let Some(options) = &change.new.options
            && mentions(options, name)
        {
            found.push(format!(
                "`{table}.{name}` changes its type and is part of the partition key, which PostgreSQL doesn't alter: \
                 rows must be moved to a new table"
            ));
        }
    }
    if change.columns.retyped.is_empty() {
        return found;
    }
    for other in &new.tables {
        let holds = |column: &&Column| {
            matches!(&column.data_type.kind, TypeKind::Other(text)
                if data_type::plain_name(text).as_ref() == Some(table))
        };
        for column in other.columns.iter().filter(holds) {
            found.push(format!(
                "`{}.{}` holds rows of `{table}`, whose columns change their types: its values must be moved before",
                other.name, column.name
            ));
        }
    }
    found
}
