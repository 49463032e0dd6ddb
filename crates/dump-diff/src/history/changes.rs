//! What two versions of a table differ in.
//!
//! Rows are kept as the dump writes them, and put into words one by one: as cells they would take many times the memory.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use dump_text::row;

use crate::compare::pairing::Pairing;

/// So many bytes of changed rows are kept of two versions; the others are counted.
pub(super) const MOST_KEPT: usize = 8 << 20;

/// What two versions of a table differ in.
#[derive(Debug, Default)]
pub struct RowChanges {
    /// The table as the newer version writes it.
    pub table: String,
    /// Columns that only the newer version has.
    pub columns_added: Vec<String>,
    /// Columns that only the older version has.
    pub columns_removed: Vec<String>,
    pub(super) rows: Changed,
    pub(super) pairing: Pairing,
    pub(super) old_columns: Vec<String>,
    pub(super) new_columns: Vec<String>,
}

/// A column with its value; none for NULL.
pub type Cell = (String, Option<String>);

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// What names the row.
    pub key: Vec<Cell>,
    /// What it was.
    pub what: RowWhat,
}

/// Kinds of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowWhat {
    /// With all its cells.
    Added(Vec<Cell>),
    /// With all its cells.
    Removed(Vec<Cell>),
    /// The columns that changed, with the values before and after.
    Changed(Vec<(String, Option<String>, Option<String>)>),
}

impl RowChanges {
    /// How many rows only the newer version has.
    pub fn added(&self) -> u64 {
        self.rows.added
    }

    /// How many rows only the older version has.
    pub fn removed(&self) -> u64 {
        self.rows.removed
    }

    /// How many rows both have, with other values.
    pub fn changed(&self) -> u64 {
        self.rows.altered
    }

    /// How many rows there are in [`Self::rows`].
    pub fn kept(&self) -> usize {
        let rows = &self.rows;
        rows.new_rows.len() + rows.removed_rows.len() + rows.added_rows.len()
    }

    /// The rows, as many as are kept: changed ones, removed ones, added ones.
    pub fn rows(&self) -> impl Iterator<Item = RowChange> + '_ {
        let rows = &self.rows;
        let changed = rows.old_rows.iter().zip(rows.new_rows.iter());
        let changed = changed.map(move |(old, new)| RowChange {
            key: self.key_of_new(new),
            what: RowWhat::Changed(self.differences(old, new)),
        });
        let removed = rows.removed_rows.iter().map(move |row| RowChange {
            key: self.key_of_old(row),
            what: RowWhat::Removed(cells(row, &self.old_columns)),
        });
        let added = rows.added_rows.iter().map(move |row| RowChange {
            key: self.key_of_new(row),
            what: RowWhat::Added(cells(row, &self.new_columns)),
        });
        changed.chain(removed).chain(added)
    }

    /// Leaves what also these others have: of the columns, and of the rows by their keys.
    pub fn leave_what_is_in(&mut self, others: &Self) {
        let keys: HashSet<u64> = others.rows().map(|row| hash(&row.key)).collect();
        let is_new = |row: &[u8]| keys.contains(&hash(&self.key_of_new(row)));
        let is_old = |row: &[u8]| keys.contains(&hash(&self.key_of_old(row)));
        let mut left = Changed::default();
        for (old, new) in self.rows.old_rows.iter().zip(self.rows.new_rows.iter()) {
            if is_new(new) {
                left.change(old, new);
            }
        }
        for row in self.rows.removed_rows.iter().filter(|row| is_old(row)) {
            left.remove(row);
        }
        for row in self.rows.added_rows.iter().filter(|row| is_new(row)) {
            left.add(row);
        }
        self.rows = left;
        let in_both = |ours: &mut Vec<String>, theirs: &[String]| {
            ours.retain(|name| theirs.contains(name));
        };
        in_both(&mut self.columns_added, &others.columns_added);
        in_both(&mut self.columns_removed, &others.columns_removed);
    }

    fn differences(&self, old: &[u8], new: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
        let (was, is): (Vec<&[u8]>, Vec<&[u8]>) =
            (row::fields(old).collect(), row::fields(new).collect());
        let changed = self
            .pairing
            .common
            .iter()
            .filter_map(|(name, here, there)| {
                let (was, is) = (was.get(*here)?, is.get(*there)?);
                (was != is).then(|| (name.clone(), row::text(was), row::text(is)))
            });
        changed.collect()
    }

    fn key_of_old(&self, row: &[u8]) -> Vec<Cell> {
        self.key_of(row, |column| column.1)
    }

    fn key_of_new(&self, row: &[u8]) -> Vec<Cell> {
        self.key_of(row, |column| column.2)
    }

    fn key_of(&self, row: &[u8], place: impl Fn(&(String, usize, usize)) -> usize) -> Vec<Cell> {
        let fields: Vec<&[u8]> = row::fields(row).collect();
        let key = self.pairing.key();
        key.filter_map(|column| Some((column.0.clone(), row::text(fields.get(place(column))?))))
            .collect()
    }
}

fn hash(key: &[Cell]) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// A row's cells. Where nobody names a column its number stands.
pub fn cells(row: &[u8], columns: &[String]) -> Vec<Cell> {
    row::fields(row)
        .enumerate()
        .map(|(place, field)| {
            let name = columns.get(place).cloned();
            let name = name.unwrap_or_else(|| format!("column{}", place + 1));
            (name, row::text(field))
        })
        .collect()
}

/// Rows that changed, counted, and themselves as many as are kept.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) added: u64,
    pub(super) removed: u64,
    pub(super) altered: u64,
    added_rows: Kept,
    removed_rows: Kept,
    old_rows: Kept,
    new_rows: Kept,
    bytes: usize,
}

impl Changed {
    pub(super) fn add(&mut self, row: &[u8]) {
        self.added += 1;
        self.keep_added(row);
    }

    pub(super) fn remove(&mut self, row: &[u8]) {
        self.removed += 1;
        self.keep_removed(row);
    }

    pub(super) fn change(&mut self, old: &[u8], new: &[u8]) {
        self.altered += 1;
        self.keep_pair(old, new);
    }

    pub(super) fn keep_added(&mut self, row: &[u8]) {
        if self.has_room(row.len()) {
            self.added_rows.keep(row);
        }
    }

    pub(super) fn keep_removed(&mut self, row: &[u8]) {
        if self.has_room(row.len()) {
            self.removed_rows.keep(row);
        }
    }

    pub(super) fn keep_pair(&mut self, old: &[u8], new: &[u8]) {
        if self.has_room(old.len() + new.len()) {
            self.old_rows.keep(old);
            self.new_rows.keep(new);
        }
    }

    fn has_room(&mut self, more: usize) -> bool {
        let has_room = self.bytes < MOST_KEPT;
        self.bytes += if has_room { more } else { 0 };
        has_room
    }
}

/// Rows behind each other.
#[derive(Debug, Default)]
struct Kept {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Kept {
    fn keep(&mut self, row: &[u8]) {
        self.text.extend_from_slice(row);
        self.ends.push(self.text.len());
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let begins = [0].into_iter().chain(self.ends.iter().copied());
        begins
            .zip(&self.ends)
            .map(move |(begin, end)| &self.text[begin..*end])
    }
}
