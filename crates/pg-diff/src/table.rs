//! What becomes of one table that both schemas have: its columns, then its parts.
//!
//! Here it is decided; `columns`, `build` and the rest write the SQL. Two rules decide most. A generated
//! column whose expression, or whose sources, change can only be dropped and added again (PostgreSQL before
//! 17). And SQL that the server keeps (checks, conditions, expressions) is made anew whenever its
//! columns are renamed or get another type, because what the server would rewrite by itself isn't what a
//! fresh load has.

use crate::parts::{definition, effective, renamed};
use crate::taken_down::TakenDown;
use crate::types::TypeChanges;
use pg_model::{Column, ColumnValue, Index, IndexKey, Numbering, Table, UniqueConstraint};
use schema_diff::Pairing;
use schema_diff::PartChanges;
use sql_text::mentions;
use std::collections::{BTreeMap, BTreeSet};

/// A table that stays.
#[derive(Debug)]
pub(crate) struct TableChange<'a> {
    pub(crate) old: &'a Table,
    pub(crate) new: &'a Table,
    pub(crate) columns: ColumnChanges<'a>,
    pub(crate) old_uniques: Vec<UniqueConstraint>,
    pub(crate) new_uniques: Vec<UniqueConstraint>,
    pub(crate) old_indexes: Vec<Index>,
    pub(crate) new_indexes: Vec<Index>,
    pub(crate) uniques: PartChanges,
    pub(crate) indexes: PartChanges,
    pub(crate) checks: PartChanges,
    pub(crate) exclusions: PartChanges,
    pub(crate) primary_key_stays: bool,
}

/// The columns of such a table.
#[derive(Debug, Default)]
pub(crate) struct ColumnChanges<'a> {
    /// Columns that stay, old and new.
    pub(crate) kept: Vec<(&'a Column, &'a Column)>,
    /// Old columns that have no place in the new table.
    pub(crate) dropped: Vec<&'a Column>,
    /// Columns that are dropped and added again: old and new.
    pub(crate) recreated: Vec<(&'a Column, &'a Column)>,
    /// New columns.
    pub(crate) added: Vec<&'a Column>,
    /// Old names of kept columns whose type changes.
    pub(crate) retyped: BTreeSet<String>,
    /// New names by old names, where they differ.
    pub(crate) renames: BTreeMap<String, String>,
    /// What no SQL of the table can hold on to.
    taken_down: TakenDown,
}

impl<'a> TableChange<'a> {
    /// `taken_down` is what no SQL of the table can hold on to.
    pub(crate) fn between(
        old: &'a Table,
        new: &'a Table,
        types: &TypeChanges<'_>,
        taken_down: &TakenDown,
    ) -> Self {
        let columns = ColumnChanges::between(old, new, types, taken_down);
        let (old_uniques, old_indexes) = effective(old);
        let (new_uniques, new_indexes) = effective(new);
        let uniques = PartChanges::between(
            &old_uniques,
            &new_uniques,
            |unique| &unique.name,
            |before, after| {
                columns.keeps_all(&before.columns)
                    && UniqueConstraint {
                        name: after.name.clone(),
                        columns: renamed(&before.columns, &columns.renames),
                        ..before.clone()
                    } == *after
            },
        );
        let indexes = PartChanges::between(
            &old_indexes,
            &new_indexes,
            |index| &index.name,
            |before, after| {
                columns.keeps_index(before)
                    && definition(before, &columns.renames) == definition(after, &BTreeMap::new())
            },
        );
        let checks = PartChanges::between(
            &old.checks,
            &new.checks,
            |check| &check.name,
            |before, after| {
                columns.keeps_sql(&before.expression)
                    && before.expression == after.expression
                    && before.own.validated == after.own.validated
            },
        );
        let exclusions = PartChanges::between(
            &old.own.exclusions,
            &new.own.exclusions,
            |exclusion| &exclusion.name,
            |before, after| {
                columns.keeps_sql(&before.elements)
                    && before.predicate.iter().all(|sql| columns.keeps_sql(sql))
                    && (
                        &before.method,
                        &before.elements,
                        &before.predicate,
                        before.deferrable,
                    ) == (
                        &after.method,
                        &after.elements,
                        &after.predicate,
                        after.deferrable,
                    )
            },
        );
        let primary_key_stays = match (&old.primary_key, &new.primary_key) {
            (None, None) => true,
            (Some(before), Some(after)) => {
                columns.keeps_all(&before.columns)
                    && renamed(&before.columns, &columns.renames) == after.columns
            }
            _ => false,
        };
        Self {
            old,
            new,
            columns,
            old_uniques,
            new_uniques,
            old_indexes,
            new_indexes,
            uniques,
            indexes,
            checks,
            exclusions,
            primary_key_stays,
        }
    }

    /// Whether what is built on the table (a view, a trigger) must be made anew.
    pub(crate) fn is_reshaped(&self) -> bool {
        let columns = &self.columns;
        self.old.name != self.new.name
            || !columns.dropped.is_empty()
            || !columns.recreated.is_empty()
            || !columns.added.is_empty()
            || !columns.retyped.is_empty()
            || !columns.renames.is_empty()
    }

    /// Whether a key goes that others may rest on: foreign keys of SQL, and views that group by it.
    pub(crate) fn is_rekeyed(&self) -> bool {
        !self.primary_key_stays || !self.uniques.dropped.is_empty()
    }

    /// Names of indexes and constraints that go, for good or to be made anew.
    pub(crate) fn dropped_parts(&self) -> impl Iterator<Item = String> {
        let checks = self.checks.dropped.iter();
        let checks = checks.map(|&at| &self.old.checks[at].name);
        let exclusions = self.exclusions.dropped.iter();
        let exclusions = exclusions.map(|&at| &self.old.own.exclusions[at].name);
        let uniques = self.uniques.dropped.iter();
        let uniques = uniques.map(|&at| &self.old_uniques[at].name);
        let indexes = self.indexes.dropped.iter();
        let indexes = indexes.map(|&at| &self.old_indexes[at].name);
        checks
            .chain(exclusions)
            .chain(uniques)
            .chain(indexes)
            .cloned()
    }

    /// Columns, by their old names, of keys that are taken away: foreign keys that point to them must
    /// go before.
    pub(crate) fn dropped_keys(&self) -> Vec<BTreeSet<String>> {
        let set = |columns: &[String]| columns.iter().cloned().collect();
        let mut keys = Vec::new();
        if let Some(key) = &self.old.primary_key
            && !self.primary_key_stays
        {
            keys.push(set(&key.columns));
        }
        for &position in &self.uniques.dropped {
            keys.push(set(&self.old_uniques[position].columns));
        }
        for &position in &self.indexes.dropped {
            let index = &self.old_indexes[position];
            if let Some(columns) = index.plain_columns().filter(|_| index.unique) {
                keys.push(columns.into_iter().map(str::to_owned).collect());
            }
        }
        keys
    }
}

impl<'a> ColumnChanges<'a> {
    fn between(
        old: &'a Table,
        new: &'a Table,
        types: &TypeChanges<'_>,
        taken_down: &TakenDown,
    ) -> Self {
        let old_names: Vec<&String> = old.columns.iter().map(|column| &column.name).collect();
        let new_names: Vec<(&String, Option<&String>)> = new
            .columns
            .iter()
            .map(|column| (&column.name, column.renamed_from.as_ref()))
            .collect();
        let pairing = Pairing::by_name(&old_names, &new_names);
        let mut changes = Self {
            taken_down: taken_down.clone(),
            ..Self::default()
        };
        let mut generated = Vec::new();
        for (before, partner) in old.columns.iter().zip(&pairing.new_of_old) {
            let Some(after) = partner.map(|position| &new.columns[position]) else {
                changes.dropped.push(before);
                continue;
            };
            if is_generated(before) || is_generated(after) {
                generated.push((before, after));
                continue;
            }
            changes.keep(before, after, types);
        }
        // What a generated column is made of must be known before it.
        for (before, after) in generated {
            if changes.keeps_generated(before, after, types) {
                changes.keep(before, after, types);
            } else {
                changes.recreated.push((before, after));
            }
        }
        for (after, partner) in new.columns.iter().zip(&pairing.old_of_new) {
            if partner.is_none() {
                changes.added.push(after);
            }
        }
        // Both lists were gathered in two goes.
        let position = |column: &Column| old.column_position(&column.name);
        changes.kept.sort_by_key(|(before, _)| position(before));
        changes
    }

    fn keep(&mut self, before: &'a Column, after: &'a Column, types: &TypeChanges<'_>) {
        if before.data_type != after.data_type
            || before.collation != after.collation
            || types.recreates(&before.data_type)
        {
            self.retyped.insert(before.name.clone());
        }
        if before.name != after.name {
            self.renames.insert(before.name.clone(), after.name.clone());
        }
        self.kept.push((before, after));
    }

    fn keeps_generated(&self, before: &Column, after: &Column, types: &TypeChanges<'_>) -> bool {
        match (&before.value, &after.value) {
            (ColumnValue::Generated { expression, .. }, ColumnValue::Generated { .. }) => {
                before.value == after.value
                    && before.data_type == after.data_type
                    && before.collation == after.collation
                    && !types.recreates(&before.data_type)
                    && self.keeps_sql(expression)
            }
            // A generated column can become an ordinary one, with its values.
            (ColumnValue::Generated { expression, .. }, _) => {
                before.data_type == after.data_type
                    && before.collation == after.collation
                    && self.keeps_sql(expression)
            }
            _ => false,
        }
    }

    /// Old names of columns that are dropped, for good or to be added again.
    pub(crate) fn gone(&self) -> impl Iterator<Item = &'a Column> {
        let recreated = self.recreated.iter().map(|(before, _)| *before);
        self.dropped.iter().copied().chain(recreated)
    }

    /// Whether a list of columns stands as it did, renames aside.
    pub(crate) fn keeps_all(&self, columns: &[String]) -> bool {
        self.gone()
            .all(|gone| columns.iter().all(|column| *column != gone.name))
    }

    /// Whether a list of columns stands as it did with its types, renames aside.
    pub(crate) fn keeps_all_types(&self, columns: &[String]) -> bool {
        self.keeps_all(columns) && columns.iter().all(|column| !self.retyped.contains(column))
    }

    /// Whether SQL of the old table still means the same, and the server keeps it as a fresh load has it.
    fn keeps_sql(&self, sql: &str) -> bool {
        let renames = self.renames.iter().flat_map(|(old, new)| [old, new]);
        let gone: Vec<&String> = self.gone().map(|column| &column.name).collect();
        !gone
            .into_iter()
            .chain(&self.retyped)
            .chain(renames)
            .any(|name| mentions(sql, name))
            && !self.taken_down.concerns(sql)
    }

    /// Whether a default uses what is taken down.
    pub(crate) fn takes_down(&self, value: &ColumnValue) -> bool {
        matches!(value, ColumnValue::Default(sql) if self.taken_down.concerns(sql))
    }

    fn keeps_index(&self, index: &Index) -> bool {
        let columns: Vec<String> = index
            .parts
            .iter()
            .filter_map(|part| match &part.key {
                IndexKey::Column(name) => Some(name.clone()),
                IndexKey::Expression(_) => None,
            })
            .chain(index.own.include.iter().cloned())
            .collect();
        let expressions = index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Expression(sql) => Some(sql),
            IndexKey::Column(_) => None,
        });
        // A plain b-tree follows its column's type; other methods and classes know few types.
        let follows_types = index.own.method.eq_ignore_ascii_case("btree")
            && index
                .parts
                .iter()
                .all(|part| part.own.operator_class.is_none());
        let keeps_columns = if follows_types {
            self.keeps_all(&columns)
        } else {
            self.keeps_all_types(&columns)
        };
        let keeps_classes = index
            .parts
            .iter()
            .filter_map(|part| part.own.operator_class.as_ref())
            .all(|class| !self.taken_down.concerns(class));
        keeps_columns
            && keeps_classes
            && expressions
                .chain(&index.own.predicate)
                .all(|sql| self.keeps_sql(sql))
    }
}

fn is_generated(column: &Column) -> bool {
    matches!(column.value, ColumnValue::Generated { .. })
}

/// Whether a column refuses NULL, for whatever reason.
pub(crate) fn refuses_null(table: &Table, column: &Column) -> bool {
    column.not_null
        || matches!(
            column.value,
            ColumnValue::Numbered(Numbering::Serial | Numbering::Identity(_))
        )
        || table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column.name))
}
