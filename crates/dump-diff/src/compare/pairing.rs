//! Which columns of two versions of a table belong together.

use dump_text::{row, unquoted};

/// The columns of two versions of a table.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    /// Of the columns that both have, in the old one's order: name, place in the old one, place in the new one.
    pub(crate) common: Vec<(String, usize, usize)>,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// By which of the common columns rows belong together, where it isn't the first column of both.
    key: Vec<usize>,
    /// The same columns in the same order: whole rows can be compared as they are.
    same: bool,
}

impl Pairing {
    /// Pairs columns; `primary` are those of the primary key, without quotes, empty when nobody says which.
    pub(crate) fn of(old: &[String], new: &[String], primary: &[String]) -> Self {
        let without = |these: &[String], others: &[String]| {
            these
                .iter()
                .filter(|name| !others.contains(name))
                .cloned()
                .collect()
        };
        let common: Vec<(String, usize, usize)> = old
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let there = new.iter().position(|other| other == name)?;
                Some((name.clone(), at, there))
            })
            .collect();
        let places: Option<Vec<usize>> = primary
            .iter()
            .map(|column| {
                common
                    .iter()
                    .position(|(name, _, _)| unquoted(name) == *column)
            })
            .collect();
        let is_first =
            |places: &Vec<usize>| matches!(&common[..], [(_, 0, 0), ..]) && places[..] == [0];
        Self {
            key: places
                .filter(|places| !is_first(places))
                .unwrap_or_default(),
            common,
            added: without(new, old),
            removed: without(old, new),
            same: old == new,
        }
    }

    /// Whether both versions have the same columns in the same order.
    pub(crate) fn is_same(&self) -> bool {
        self.same
    }

    /// Whether both versions begin with the column by which rows belong together.
    pub(crate) fn can_merge(&self) -> bool {
        self.key.is_empty() && (self.same || matches!(&self.common[..], [(_, 0, 0), ..]))
    }

    /// The columns by which rows belong together: name, place in the old version, place in the new one.
    pub(crate) fn key(&self) -> impl Iterator<Item = &(String, usize, usize)> {
        let first: &[usize] = if self.common.is_empty() { &[] } else { &[0] };
        let places = if self.key.is_empty() {
            first
        } else {
            &self.key
        };
        places.iter().map(|place| &self.common[*place])
    }

    /// Whether the two rows say the same in the columns that both versions have.
    pub(crate) fn equal(&self, old: &[u8], new: &[u8]) -> bool {
        if self.same {
            return old == new;
        }
        let old: Vec<&[u8]> = row::fields(old).collect();
        let new: Vec<&[u8]> = row::fields(new).collect();
        self.common
            .iter()
            .all(|(_, here, there)| old.get(*here) == new.get(*there))
    }

    /// Two hashes of an old row: of the fields by which rows belong together, of all common fields.
    pub(crate) fn hashes_of_old(&self, row: &[u8]) -> (u64, u64) {
        self.hashes(row, |(_, old, _)| *old)
    }

    /// The same of a new row.
    pub(crate) fn hashes_of_new(&self, row: &[u8]) -> (u64, u64) {
        self.hashes(row, |(_, _, new)| *new)
    }

    fn hashes(&self, row: &[u8], place: fn(&(String, usize, usize)) -> usize) -> (u64, u64) {
        if self.same && self.key.is_empty() {
            return (row::hash(row::key(row)), row::hash(row));
        }
        let fields: Vec<&[u8]> = row::fields(row).collect();
        let common: Vec<&[u8]> = self
            .common
            .iter()
            .filter_map(|column| fields.get(place(column)).copied())
            .collect();
        let key: Vec<&[u8]> = self
            .key()
            .filter_map(|column| fields.get(place(column)).copied())
            .collect();
        let whole = if self.same {
            row::hash(row)
        } else {
            row::hash(&common.join(&b'\t'))
        };
        (row::hash(&key.join(&b'\t')), whole)
    }
}
