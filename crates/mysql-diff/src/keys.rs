//! Foreign keys: those in the way of anything go first, and come back last.

use crate::cost::{Cost, sentence};
use crate::facts::TableFacts;
use crate::migration::{Remark, Step};
use crate::table::TableChange;
use mysql_model::{ForeignKey, QualifiedName, Table};
use mysql_sql::ddl::foreign_key;
use mysql_sql::qualified;
use mysql_text::quoted;
use std::collections::{BTreeMap, BTreeSet};

/// What happens to foreign keys, a statement a table.
#[derive(Debug, Default)]
pub(crate) struct KeyChanges {
    /// Before anything changes, under the old names.
    pub(crate) drops: Vec<Step>,
    /// Behind everything that tables need.
    pub(crate) adds: Vec<Step>,
}

/// What became of the tables of the old schema.
struct Successors<'a> {
    tables: BTreeMap<&'a QualifiedName, &'a TableChange<'a>>,
    gone: BTreeSet<&'a QualifiedName>,
    /// Columns that no key can stay on, by old table.
    loosened: BTreeMap<&'a QualifiedName, BTreeSet<String>>,
}

impl KeyChanges {
    pub(crate) fn between<'a>(
        changes: &'a [TableChange<'a>],
        gone: &[&'a TableFacts],
        new: &[TableFacts],
    ) -> Self {
        let successors = Successors {
            tables: changes
                .iter()
                .map(|change| (&change.old.table.name, change))
                .collect(),
            gone: gone.iter().map(|table| &table.table.name).collect(),
            loosened: changes
                .iter()
                .map(|change| (&change.old.table.name, change.loosened()))
                .collect(),
        };
        let mut found = Self::default();
        let mut kept: BTreeMap<&QualifiedName, Vec<&ForeignKey>> = BTreeMap::new();
        let mut had: BTreeMap<&QualifiedName, Vec<ForeignKey>> = BTreeMap::new();
        for change in changes {
            let mut dropped = Vec::new();
            for key in &change.old.table.foreign_keys {
                let moved = successors.moved(&change.old.table, key);
                let same = change
                    .new
                    .table
                    .foreign_keys
                    .iter()
                    .find(|after| moved.as_ref().is_some_and(|moved| is_same(moved, after)));
                match same {
                    Some(after) if !successors.loosens(&change.old.table, key) => {
                        kept.entry(&change.new.table.name).or_default().push(after);
                    }
                    _ => {
                        dropped.push(key.name.as_str());
                        had.entry(&change.new.table.name).or_default().extend(moved);
                    }
                }
            }
            found.drops.extend(drop(&change.old.table.name, &dropped));
        }
        for table in gone {
            let others: Vec<&str> = table
                .table
                .foreign_keys
                .iter()
                .filter(|key| key.referenced_table != table.table.name)
                .map(|key| key.name.as_str())
                .collect();
            // Tables that point to each other can't go one by one.
            found.drops.extend(drop(&table.table.name, &others));
        }
        for table in new {
            let name = &table.table.name;
            let stay = kept.get(name).map(Vec::as_slice).unwrap_or_default();
            let added: Vec<&ForeignKey> = table
                .table
                .foreign_keys
                .iter()
                .filter(|key| !stay.contains(key))
                .collect();
            let is_new = !changes.iter().any(|change| change.new.table.name == *name);
            let before = had.get(name).map(Vec::as_slice).unwrap_or_default();
            found.adds.extend(add(name, &added, before, is_new));
        }
        found
    }
}

impl Successors<'_> {
    /// A key as it would be when everything has its new name; none when what it points to is gone.
    fn moved(&self, table: &Table, key: &ForeignKey) -> Option<ForeignKey> {
        let renamed = |table: &QualifiedName, columns: &[String]| -> Vec<String> {
            let change = self.tables.get(table);
            columns
                .iter()
                .map(|name| {
                    let renames = change.map(|change| &change.renames);
                    let find = |renames: &BTreeMap<String, String>| {
                        renames
                            .iter()
                            .find(|(old, _)| old.eq_ignore_ascii_case(name))
                            .map(|(_, new)| new.clone())
                    };
                    renames.and_then(find).unwrap_or_else(|| name.clone())
                })
                .collect()
        };
        if self.gone.contains(&key.referenced_table) {
            return None;
        }
        let mut moved = key.clone();
        moved.columns = renamed(&table.name, &key.columns);
        moved.referenced_columns = renamed(&key.referenced_table, &key.referenced_columns);
        if let Some(change) = self.tables.get(&key.referenced_table) {
            moved.referenced_table = change.new.table.name.clone();
        }
        Some(moved)
    }

    /// Whether a column on either side changes in a way that a server refuses under a key.
    fn loosens(&self, table: &Table, key: &ForeignKey) -> bool {
        let hits = |table: &QualifiedName, columns: &[String]| {
            self.loosened.get(table).is_some_and(|loosened| {
                columns
                    .iter()
                    .any(|name| loosened.contains(&name.to_lowercase()))
            })
        };
        hits(&table.name, &key.columns) || hits(&key.referenced_table, &key.referenced_columns)
    }
}

fn is_same(one: &ForeignKey, other: &ForeignKey) -> bool {
    let same = |one: &[String], other: &[String]| {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    one.name == other.name
        && one.referenced_table == other.referenced_table
        && one.on_delete == other.on_delete
        && one.on_update == other.on_update
        && same(&one.columns, &other.columns)
        && same(&one.referenced_columns, &other.referenced_columns)
}

fn drop(table: &QualifiedName, keys: &[&str]) -> Option<Step> {
    let list: Vec<String> = keys
        .iter()
        .map(|name| format!("DROP FOREIGN KEY {}", quoted(name)))
        .collect();
    (!list.is_empty()).then(|| {
        Step::new(format!(
            "ALTER TABLE {} {};\n",
            qualified(table),
            list.join(", ")
        ))
    })
}

fn add(
    table: &QualifiedName,
    keys: &[&ForeignKey],
    before: &[ForeignKey],
    is_new: bool,
) -> Option<Step> {
    if keys.is_empty() {
        return None;
    }
    let list: Vec<String> = keys
        .iter()
        .map(|key| format!("ADD {}", foreign_key(key)))
        .collect();
    let sql = match list.as_slice() {
        [one] => format!("ALTER TABLE {} {one};\n", qualified(table)),
        more => format!(
            "ALTER TABLE {}\n    {};\n",
            qualified(table),
            more.join(",\n    ")
        ),
    };
    let mut step = Step::new(sql);
    if !is_new {
        for key in keys
            .iter()
            .filter(|key| !before.iter().any(|had| is_same(had, key)))
        {
            step.remarks.push(Remark::MayFail(format!(
                "rows of `{table}` may point to rows of `{}` that aren't there",
                key.referenced_table
            )));
        }
        let cost = (Cost::Copy, "foreign keys are checked".to_owned());
        step.remarks
            .extend(sentence(&table.to_string(), &[cost]).map(Remark::Note));
    }
    Some(step)
}
