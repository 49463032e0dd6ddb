//! Which columns of two versions of a table belong together.

use dump_text::row;

/// The columns of two versions of a table.
#[derive(Debug)]
pub(crate) struct Pairing {
    /// Of the columns that both have, in the old one's order: name, place in the old one, place in the new one.
    pub(crate) common: Vec<(String, usize, usize)>,
    pub(crate) added: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// The same columns in the same order: whole rows can be compared as they are.
    same: bool,
}

impl Pairing {
    pub(crate) fn of(old: &[String], new: &[String]) -> Self {
        let without = |these: &[String], others: &[String]| {
            these
                .iter()
                .filter(|name| !others.contains(name))
                .cloned()
                .collect()
        };
        Self {
            common: old
                .iter()
                .enumerate()
                .filter_map(|(at, name)| {
                    let there = new.iter().position(|other| other == name)?;
                    Some((name.clone(), at, there))
                })
                .collect(),
            added: without(new, old),
            removed: without(old, new),
            same: old == new,
        }
    }

    /// Whether both versions begin with the same column, by which rows then belong together.
    pub(super) fn can_merge(&self) -> bool {
        self.same
            || self
                .common
                .first()
                .is_some_and(|(_, old, new)| *old == 0 && *new == 0)
    }

    /// Whether the two rows say the same in the columns that both versions have.
    pub(super) fn equal(&self, old: &[u8], new: &[u8]) -> bool {
        if self.same {
            return old == new;
        }
        let old: Vec<&[u8]> = row::fields(old).collect();
        let new: Vec<&[u8]> = row::fields(new).collect();
        self.common
            .iter()
            .all(|(_, here, there)| old.get(*here) == new.get(*there))
    }

    /// Two hashes of an old row: of the field by which rows belong together, of all common fields.
    pub(super) fn hashes_of_old(&self, row: &[u8]) -> (u64, u64) {
        self.hashes(row, |(_, old, _)| *old)
    }

    /// The same of a new row.
    pub(super) fn hashes_of_new(&self, row: &[u8]) -> (u64, u64) {
        self.hashes(row, |(_, _, new)| *new)
    }

    fn hashes(&self, row: &[u8], place: fn(&(String, usize, usize)) -> usize) -> (u64, u64) {
        if self.same {
            return (row::hash(row::key(row)), row::hash(row));
        }
        let fields: Vec<&[u8]> = row::fields(row).collect();
        let common: Vec<&[u8]> = self
            .common
            .iter()
            .filter_map(|column| fields.get(place(column)).copied())
            .collect();
        let key = common.first().copied().unwrap_or_default();
        (row::hash(key), row::hash(&common.join(&b'\t')))
    }
}
