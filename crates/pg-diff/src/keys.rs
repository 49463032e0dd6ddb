//! Foreign keys, which join two tables and therefore wait until both are decided.

use crate::build::validate;
use crate::migration::{Deferral, Phase, Steps};
use crate::names::beside;
use crate::parts::renamed;
use crate::table::TableChange;
use pg_model::{ForeignKey, PgForeignKey, QualifiedName, Table};
use pg_sql::ddl::add_foreign_key;
use pg_sql::{identifier, qualified};
use schema_diff::PartChanges;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of all tables when their foreign keys are compared.
#[derive(Debug)]
pub(crate) struct Tables<'a, 'b> {
    /// Tables that stay, by their old names.
    changes: BTreeMap<&'a QualifiedName, &'b TableChange<'a>>,
    /// Tables that go.
    dropped: BTreeSet<&'a QualifiedName>,
}

impl<'a, 'b> Tables<'a, 'b> {
    pub(crate) fn new(changes: &'b [TableChange<'a>], dropped: &[&'a Table]) -> Self {
        Self {
            changes: changes
                .iter()
                .map(|change| (&change.old.name, change))
                .collect(),
            dropped: dropped.iter().map(|table| &table.name).collect(),
        }
    }

    /// How the foreign keys of a table differ.
    pub(crate) fn foreign_keys(&self, change: &TableChange<'_>) -> PartChanges {
        PartChanges::between(
            &change.old.foreign_keys,
            &change.new.foreign_keys,
            |key| &key.name,
            |before, after| {
                self.stands(change, before)
                    && self.translated(change, before, &after.name) == *after
            },
        )
    }

    /// Whether nothing that a key rests on is touched.
    fn stands(&self, change: &TableChange<'_>, key: &ForeignKey) -> bool {
        if self.dropped.contains(&key.referenced_table)
            || !change.columns.keeps_all_types(&key.columns)
        {
            return false;
        }
        let Some(target) = self.changes.get(&key.referenced_table) else {
            return true;
        };
        let referenced: BTreeSet<String> = key.referenced_columns.iter().cloned().collect();
        target.columns.keeps_all_types(&key.referenced_columns)
            && !target.dropped_keys().contains(&referenced)
    }

    /// Whether two keys point to the same columns, renames aside.
    fn refers_alike(&self, change: &TableChange<'_>, old: &ForeignKey, new: &ForeignKey) -> bool {
        let old = self.translated(change, old, &new.name);
        old.referenced_table == new.referenced_table
            && old.referenced_columns == new.referenced_columns
    }

    /// A key as it is once everything has its new name.
    fn translated(&self, change: &TableChange<'_>, key: &ForeignKey, name: &str) -> ForeignKey {
        let mut key = key.clone();
        name.clone_into(&mut key.name);
        key.columns = renamed(&key.columns, &change.columns.renames);
        if let Some(target) = self.changes.get(&key.referenced_table) {
            key.referenced_columns = renamed(&key.referenced_columns, &target.columns.renames);
            key.referenced_table.clone_from(&target.new.name);
        }
        key
    }
}

/// Takes away the keys that don't stay, under their old names.
pub(crate) fn drop(steps: &mut Steps, change: &TableChange<'_>, keys: &PartChanges) {
    for &position in &keys.dropped {
        let name = identifier(&change.old.foreign_keys[position].name);
        steps.add(
            Phase::DropForeignKeys,
            "foreign keys",
            format!(
                "ALTER TABLE {} DROP CONSTRAINT {name};\n",
                qualified(&change.old.name)
            ),
        );
    }
}

/// Makes the keys that are new, or are made anew, which comes after all tables.
pub(crate) fn add(
    steps: &mut Steps,
    change: &TableChange<'_>,
    parts: &PartChanges,
    keys: &Tables<'_, '_>,
) {
    for &position in &parts.added {
        let key = &change.new.foreign_keys[position];
        let sql = add_foreign_key(change.new, key);
        let step = steps.add(Phase::ForeignKeys, "foreign keys", sql);
        let mut former = change.old.foreign_keys.iter();
        // Rows that an old key has looked at point to something, whatever else the key says.
        let was_held = former.any(|old| {
            old.own.validated
                && renamed(&old.columns, &change.columns.renames) == key.columns
                && keys.refers_alike(change, old, key)
        });
        if !was_held && key.own.validated {
            step.may_fail(format!(
                "rows of `{}` may refer to none of `{}`",
                change.new.name, key.referenced_table
            ));
            let unchecked = ForeignKey {
                own: PgForeignKey {
                    validated: false,
                    ..key.own.clone()
                },
                ..key.clone()
            };
            step.defer(Deferral {
                at_once: add_foreign_key(change.new, &unchecked),
                validate: validate(&change.new.name, &key.name),
                finish: String::new(),
            });
        }
    }
}

/// Drops tables, those that refer to others first.
pub(crate) fn drop_tables(steps: &mut Steps, dropped: &[&Table]) {
    let schema = pg_model::Schema {
        tables: dropped.iter().map(|table| (*table).clone()).collect(),
        ..Default::default()
    };
    let order = pg_model::load_order(&schema);
    for group in order.groups.iter().rev() {
        // Tables in a circle hold each other, so their keys go before.
        for &position in group.iter().filter(|_| group.len() > 1) {
            let table = dropped[position];
            for key in &table.foreign_keys {
                let is_inside = group
                    .iter()
                    .any(|&other| other != position && dropped[other].name == key.referenced_table);
                if is_inside {
                    let sql = format!(
                        "ALTER TABLE {} DROP CONSTRAINT {};\n",
                        qualified(&table.name),
                        identifier(&key.name)
                    );
                    steps.add(Phase::DropForeignKeys, "foreign keys", sql);
                }
            }
        }
        for &position in group.iter().rev() {
            let table = dropped[position];
            steps
                .add(
                    Phase::DropTables,
                    "tables",
                    format!("DROP TABLE {};\n", qualified(&table.name)),
                )
                .loses(format!("the table `{}`", table.name));
        }
    }
}

/// The name of an index, which lives in its table's schema.
pub(crate) fn index_name(table: &QualifiedName, name: &str) -> String {
    qualified(&beside(table.schema.as_deref(), name))
}
