//! Renames: tables, columns, and all that is named after them.
//!
//! Tables, indexes and sequences of a schema share one space of names, so their renames are put in
//! order together. A constraint that has an index is renamed by it.

use crate::migration::{Phase, Steps};
use crate::names::{ChosenNames, beside, is_of_one_kind, owns_sequence};
use crate::table::TableChange;
use pg_sql::{identifier, qualified};
use schema_diff::PartChanges;
use schema_diff::in_order;
use std::collections::BTreeMap;

const GROUP: &str = "renames";

/// Gives everything that stays its new name.
pub(crate) fn build(
    steps: &mut Steps,
    changes: &[(&TableChange<'_>, PartChanges)],
    old_names: &ChosenNames,
    new_names: &ChosenNames,
) {
    let mut relations: BTreeMap<Option<String>, Relations> = BTreeMap::new();
    for (change, _) in changes {
        if change.old.name.schema != change.new.name.schema {
            // Its indexes and sequences move with it.
            let home = change.new.name.schema.as_deref().unwrap_or("public");
            let sql = format!(
                "ALTER TABLE {} SET SCHEMA {};\n",
                qualified(&change.old.name),
                identifier(home)
            );
            steps.add(Phase::Rename, GROUP, sql);
        }
        let home = relations.entry(change.new.name.schema.clone()).or_default();
        home.rename("TABLE", &change.old.name.name, &change.new.name.name);
        collect_named_after(home, change, old_names, new_names);
    }
    for (schema, relations) in relations {
        for (kind, old, new) in relations.in_order() {
            let sql = format!(
                "ALTER {kind} {} RENAME TO {};\n",
                qualified(&beside(schema.as_deref(), &old)),
                identifier(&new)
            );
            steps.add(Phase::Rename, GROUP, sql);
        }
    }
    for (change, keys) in changes {
        rename_inside(steps, change, keys);
    }
}

/// Columns, and constraints that have no index.
fn rename_inside(steps: &mut Steps, change: &TableChange<'_>, keys: &PartChanges) {
    let table = qualified(&change.new.name);
    let columns = change
        .columns
        .renames
        .iter()
        .map(|(old, new)| (old.clone(), new.clone()))
        .collect();
    let checks = change
        .checks
        .kept
        .iter()
        .map(|&(old, new)| (&change.old.checks[old].name, &change.new.checks[new].name));
    let keys = keys.kept.iter().map(|&(old, new)| {
        (
            &change.old.foreign_keys[old].name,
            &change.new.foreign_keys[new].name,
        )
    });
    let constraints = checks
        .chain(keys)
        .filter(|(old, new)| old != new)
        .map(|(old, new)| (old.clone(), new.clone()))
        .collect();
    for (kind, renames) in [("COLUMN", columns), ("CONSTRAINT", constraints)] {
        for (old, new) in in_order(renames) {
            let sql = format!(
                "ALTER TABLE {table} RENAME {kind} {} TO {};\n",
                identifier(&old),
                identifier(&new)
            );
            steps.add(Phase::Rename, GROUP, sql);
        }
    }
}

/// Indexes, constraints with an index, and sequences of a table.
fn collect_named_after(
    relations: &mut Relations,
    change: &TableChange<'_>,
    old_names: &ChosenNames,
    new_names: &ChosenNames,
) {
    let (old, new) = (&change.old.name, &change.new.name);
    if change.primary_key_stays
        && let (Some(before), Some(after)) =
            (old_names.primary_key(old), new_names.primary_key(new))
    {
        relations.rename("INDEX", before, after);
    }
    for &(before, after) in &change.indexes.kept {
        relations.rename(
            "INDEX",
            &change.old_indexes[before].name,
            &change.new_indexes[after].name,
        );
    }
    for &(before, after) in &change.uniques.kept {
        relations.rename(
            "INDEX",
            &change.old_uniques[before].name,
            &change.new_uniques[after].name,
        );
    }
    for &(before, after) in &change.exclusions.kept {
        relations.rename(
            "INDEX",
            &change.old.own.exclusions[before].name,
            &change.new.own.exclusions[after].name,
        );
    }
    for (before, after) in &change.columns.kept {
        if owns_sequence(&before.value)
            && is_of_one_kind(&before.value, &after.value)
            && let (Some(before), Some(after)) = (
                old_names.sequence(old, &before.name),
                new_names.sequence(new, &after.name),
            )
        {
            relations.rename("SEQUENCE", before, after);
        }
    }
}

/// Renames of one schema's tables, indexes and sequences.
#[derive(Debug, Default)]
struct Relations {
    renames: Vec<(String, String)>,
    kinds: BTreeMap<String, &'static str>,
}

impl Relations {
    fn rename(&mut self, kind: &'static str, old: &str, new: &str) {
        if old != new {
            self.renames.push((old.to_owned(), new.to_owned()));
            self.kinds.insert(old.to_owned(), kind);
        }
    }

    fn in_order(mut self) -> Vec<(&'static str, String, String)> {
        in_order(self.renames)
            .into_iter()
            .map(|(old, new)| {
                let kind = self.kinds.get(&old).copied().unwrap_or("INDEX");
                // A name in between is of the kind of what bears it.
                self.kinds.insert(new.clone(), kind);
                (kind, old, new)
            })
            .collect()
    }
}
