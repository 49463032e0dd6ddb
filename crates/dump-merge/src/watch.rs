//! What neither side could see: values that must be there once and that both sides brought, and rows that point to one
//! which the other side deleted.
//!
//! Each version is taken to be sound in itself, so only what the sides touched is remembered, at most
//! [`MOST_WATCHED`] values; a merge with more says that it didn't look.

use std::collections::{BTreeMap, BTreeSet};

use dump_text::{Keys, collated, folded, row};

use crate::conflict::{Conflict, What};
use crate::report::Report;
use crate::shape::{Fields, Shape};
use crate::side::{Side, Three};

/// So many values are remembered, some 100 bytes each.
const MOST_WATCHED: usize = 500_000;

/// The columns that name a row, with their values.
pub(crate) type Key = Vec<(String, Vec<u8>)>;

/// A table's columns: by its folded name and theirs.
type Columns = (String, Vec<String>);

/// What is remembered of all tables.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The hashes of values that a side deleted, of columns to which keys point.
    deleted: BTreeMap<(Columns, Side), BTreeSet<u128>>,
    pointing: Vec<Pointing>,
    watched: usize,
}

/// A row that a side made point somewhere.
#[derive(Debug)]
struct Pointing {
    table: String,
    key: Key,
    columns: Vec<String>,
    values: Vec<Vec<u8>>,
    target: Columns,
    by: Side,
}

/// What is watched of the table that is being merged.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    uniques: Vec<Unique>,
    /// Columns of this table to which keys point.
    targets: Vec<(Columns, Three<Vec<usize>>)>,
    /// Columns of this table that point, with where to.
    pointers: Vec<(Vec<String>, Three<Vec<usize>>, Columns)>,
}

/// Columns that hold a value once.
#[derive(Debug)]
struct Unique {
    columns: Vec<String>,
    places: Three<Vec<usize>>,
    ours: BTreeMap<u128, Key>,
    theirs: BTreeMap<u128, (Key, Vec<Vec<u8>>)>,
}

impl Guard {
    /// What is to be watched of a table.
    pub(crate) fn of(
        table: &str,
        shape: &Shape,
        there: Three<bool>,
        keys: &Keys,
        pointed_to: &BTreeSet<(String, Vec<String>)>,
    ) -> Self {
        let mut guard = Self::default();
        let name = folded(table);
        if let Some(known) = keys.table(table) {
            // Two keys may differ and still be equal to the server.
            for columns in known.uniques.iter().chain(&known.primary) {
                if let Some(places) = shape.places(columns, there) {
                    guard.uniques.push(Unique {
                        columns: columns.clone(),
                        places,
                        ours: BTreeMap::new(),
                        theirs: BTreeMap::new(),
                    });
                }
            }
            for key in &known.foreign {
                if let Some(places) = shape.places(&key.columns, there)
                    && let Some(target) = keys.target_columns(key)
                {
                    let target = (key.target.clone(), target.to_vec());
                    guard.pointers.push((key.columns.clone(), places, target));
                }
            }
        }
        for columns in pointed_to.iter().filter(|columns| columns.0 == name) {
            if let Some(places) = shape.places(&columns.1, there) {
                guard.targets.push((columns.clone(), places));
            }
        }
        guard
    }

    /// Whether nothing is watched.
    pub(crate) fn is_idle(&self) -> bool {
        self.uniques.is_empty() && self.targets.is_empty() && self.pointers.is_empty()
    }

    /// Looks at one row in its three versions.
    pub(crate) fn row(
        &mut self,
        table: &str,
        rows: &Three<Option<Fields<'_>>>,
        key: impl Fn() -> Key,
        watch: &mut Watch,
    ) {
        for side in [Side::Ours, Side::Theirs] {
            let Some(row) = rows.of(side) else {
                if let Some(base) = &rows.base {
                    for (columns, places) in &self.targets {
                        if let Some(hash) = hash(base, &places.base)
                            && watch.has_room()
                        {
                            watch
                                .deleted
                                .entry((columns.clone(), side))
                                .or_default()
                                .insert(hash);
                        }
                    }
                }
                continue;
            };
            let brought = |places: &Three<Vec<usize>>| {
                let values = hash(row, places.of(side))?;
                let before = rows.base.as_ref().and_then(|base| hash(base, &places.base));
                (before != Some(values)).then_some(values)
            };
            for unique in &mut self.uniques {
                if let Some(hash) = brought(&unique.places)
                    && watch.has_room()
                {
                    match side {
                        Side::Ours => {
                            unique.ours.insert(hash, key());
                        }
                        Side::Theirs => {
                            let values = values(row, &unique.places.theirs);
                            unique.theirs.insert(hash, (key(), values));
                        }
                    }
                }
            }
            for (columns, places, target) in &self.pointers {
                if brought(places).is_some() && watch.has_room() {
                    watch.pointing.push(Pointing {
                        table: table.to_owned(),
                        key: key(),
                        columns: columns.clone(),
                        values: values(row, places.of(side)),
                        target: target.clone(),
                        by: side,
                    });
                }
            }
        }
    }

    /// Tells which values both sides brought, in different rows.
    pub(crate) fn finish(self, table: &str, report: &mut Report) {
        for unique in self.uniques {
            for (hash, (other, values)) in unique.theirs {
                if let Some(key) = unique.ours.get(&hash)
                    && *key != other
                {
                    report.conflict(Conflict {
                        table: table.to_owned(),
                        key: key.clone(),
                        what: What::NotUnique {
                            columns: unique.columns.clone(),
                            values,
                            other,
                        },
                    });
                }
            }
        }
    }
}

impl Watch {
    fn has_room(&mut self) -> bool {
        self.watched += 1;
        self.watched <= MOST_WATCHED
    }

    /// Tells which rows of one side point to rows that the other one deleted.
    pub(crate) fn finish(self, report: &mut Report) {
        for pointing in self.pointing {
            let values: Vec<&[u8]> = pointing.values.iter().map(Vec::as_slice).collect();
            let deleted = self
                .deleted
                .get(&(pointing.target.clone(), pointing.by.other()))
                .is_some_and(|hashes| hashes.contains(&hash_of(&values)));
            if deleted {
                report.conflict(Conflict {
                    table: pointing.table,
                    key: pointing.key,
                    what: What::Dangling {
                        by: pointing.by,
                        columns: pointing.columns,
                        values: pointing.values,
                        target: pointing.target.0,
                    },
                });
            }
        }
        if self.watched > MOST_WATCHED {
            report.notes.push(format!(
                "more than {MOST_WATCHED} values changed: unique columns and foreign keys across the two sides were \
                 looked at only so far, and loading the dump says the rest"
            ));
        }
    }
}

fn values(row: &Fields<'_>, places: &[usize]) -> Vec<Vec<u8>> {
    places
        .iter()
        .map(|place| row.get(*place).copied().unwrap_or_default().to_vec())
        .collect()
}

/// The hash of some fields; none where one of them is NULL, which equals nothing.
fn hash(row: &Fields<'_>, places: &[usize]) -> Option<u128> {
    let values: Option<Vec<&[u8]>> = places
        .iter()
        .map(|place| row.get(*place).copied().filter(|value| *value != row::NULL))
        .collect();
    values.map(|values| hash_of(&values))
}

/// The same for values that the server takes for the same.
fn hash_of(values: &[&[u8]]) -> u128 {
    let values: Vec<_> = values.iter().map(|value| collated(value)).collect();
    row::wide_hash(&values.join(&b'\t'))
}
