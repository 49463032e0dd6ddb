//! What happened to the rows of one table.

use std::cmp::Ordering;
use std::io;
use std::iter;

use super::pairing::Pairing;
use dump_text::{Cursor, row};

/// How many rows were added, removed and changed, with the first few of each.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) added: u64,
    pub(crate) removed: u64,
    pub(crate) changed: u64,
    /// Rows in which a column changed, for each of the common columns. Empty: not counted.
    pub(crate) by_column: Vec<u64>,
    pub(crate) added_rows: Vec<Vec<u8>>,
    pub(crate) removed_rows: Vec<Vec<u8>>,
    pub(crate) changed_rows: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Of a table without an ascending first column, how many rows of both versions together are compared one by one:
/// 16 bytes are kept for each.
pub const MOST_KEPT_ROWS: u64 = 4_000_000;

/// How many rows of each kind are shown.
const EXAMPLES: usize = 3;

/// The hashes of a row: of its key, of all of it.
type Hashes = (u64, u64);

impl Changes {
    /// Merges two versions whose first fields ascend.
    pub(super) fn merged(
        old: &mut Cursor<'_>,
        new: &mut Cursor<'_>,
        pairing: &Pairing,
    ) -> io::Result<Self> {
        let mut changes = Self {
            by_column: vec![0; pairing.common.len()],
            ..Self::default()
        };
        let mut before = old.next_number()?;
        let mut after = new.next_number()?;
        loop {
            // At the end of one version all that is left of the other one is on its side.
            let order = match (before, after) {
                (None, None) => return Ok(changes),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(before), Some(after)) => before.cmp(&after),
            };
            match order {
                Ordering::Less => {
                    changes.remove(old.row());
                    before = old.next_number()?;
                }
                Ordering::Greater => {
                    changes.add(new.row());
                    after = new.next_number()?;
                }
                Ordering::Equal => {
                    if !pairing.equal(old.row(), new.row()) {
                        changes.change(old.row(), new.row(), pairing);
                    }
                    before = old.next_number()?;
                    after = new.next_number()?;
                }
            }
        }
    }

    /// Compares two versions in any order by the hashes of their rows, then reads them again for the examples.
    pub(super) fn hashed(
        (old, old_at): (&mut Cursor<'_>, usize),
        (new, new_at): (&mut Cursor<'_>, usize),
        pairing: &Pairing,
    ) -> io::Result<Self> {
        old.enter(old_at)?;
        let before = all_hashes(old, |row| pairing.hashes_of_old(row))?;
        new.enter(new_at)?;
        let after = all_hashes(new, |row| pairing.hashes_of_new(row))?;

        let mut changes = Self::default();
        let mut wanted = Wanted::default();
        for (left, right) in groups(&before, &after) {
            match (left.as_slice(), right.as_slice()) {
                ([gone], [come]) => {
                    changes.changed += 1;
                    note(&mut wanted.changed, &[(*gone, *come)]);
                }
                (gone, come) => {
                    changes.removed += gone.len() as u64;
                    changes.added += come.len() as u64;
                    note(&mut wanted.removed, gone);
                    note(&mut wanted.added, come);
                }
            }
        }
        drop((before, after));

        let mut pairs = vec![(None, None); wanted.changed.len()];
        if !wanted.changed.is_empty() || !wanted.removed.is_empty() {
            old.enter(old_at)?;
            while old.advance()? {
                let hashes = pairing.hashes_of_old(old.row());
                if take(&mut wanted.removed, hashes) {
                    changes.removed_rows.push(old.row().to_vec());
                }
                if let Some(at) = wanted.changed.iter().position(|(gone, _)| *gone == hashes) {
                    pairs[at].0 = Some(old.row().to_vec());
                }
            }
        }
        if !wanted.changed.is_empty() || !wanted.added.is_empty() {
            new.enter(new_at)?;
            while new.advance()? {
                let hashes = pairing.hashes_of_new(new.row());
                if take(&mut wanted.added, hashes) {
                    changes.added_rows.push(new.row().to_vec());
                }
                if let Some(at) = wanted.changed.iter().position(|(_, come)| *come == hashes) {
                    pairs[at].1 = Some(new.row().to_vec());
                }
            }
        }
        changes.changed_rows = pairs
            .into_iter()
            .filter_map(|(gone, come)| gone.zip(come))
            .collect();
        Ok(changes)
    }

    fn add(&mut self, row: &[u8]) {
        self.added += 1;
        keep(&mut self.added_rows, row);
    }

    fn remove(&mut self, row: &[u8]) {
        self.removed += 1;
        keep(&mut self.removed_rows, row);
    }

    fn change(&mut self, old: &[u8], new: &[u8], pairing: &Pairing) {
        self.changed += 1;
        let before: Vec<&[u8]> = row::fields(old).collect();
        let after: Vec<&[u8]> = row::fields(new).collect();
        for (count, (_, here, there)) in self.by_column.iter_mut().zip(&pairing.common) {
            *count += u64::from(before.get(*here) != after.get(*there));
        }
        if self.changed_rows.len() < EXAMPLES {
            self.changed_rows.push((old.to_vec(), new.to_vec()));
        }
    }
}

/// The rows that are to be found again as examples.
#[derive(Default)]
struct Wanted {
    added: Vec<Hashes>,
    removed: Vec<Hashes>,
    changed: Vec<(Hashes, Hashes)>,
}

fn note<T: Copy>(few: &mut Vec<T>, more: &[T]) {
    let room = EXAMPLES.saturating_sub(few.len());
    few.extend(more.iter().take(room));
}

/// Takes one of these out of the list; `false` if there is none.
fn take(list: &mut Vec<Hashes>, one: Hashes) -> bool {
    let found = list.iter().position(|other| *other == one);
    found.map(|at| list.swap_remove(at)).is_some()
}

fn keep(few: &mut Vec<Vec<u8>>, row: &[u8]) {
    if few.len() < EXAMPLES {
        few.push(row.to_vec());
    }
}

/// The hashes of all rows of the block, in order of their keys.
fn all_hashes(
    cursor: &mut Cursor<'_>,
    hashes: impl Fn(&[u8]) -> Hashes,
) -> io::Result<Vec<Hashes>> {
    let mut all = Vec::new();
    while cursor.advance()? {
        all.push(hashes(cursor.row()));
    }
    all.sort_unstable();
    Ok(all)
}

/// For each key with a difference: the rows of the old version that the new one hasn't, and the other way round.
pub(crate) fn groups<'a>(
    mut before: &'a [Hashes],
    mut after: &'a [Hashes],
) -> impl Iterator<Item = (Vec<Hashes>, Vec<Hashes>)> + 'a {
    iter::from_fn(move || {
        loop {
            let key = match (before.first(), after.first()) {
                (None, None) => return None,
                (Some(one), None) | (None, Some(one)) => one.0,
                (Some(one), Some(other)) => one.0.min(other.0),
            };
            let left = take_key(&mut before, key);
            let right = take_key(&mut after, key);
            let (left, right) = without_common(left, right);
            if !left.is_empty() || !right.is_empty() {
                return Some((left, right));
            }
        }
    })
}

/// Takes the rows of this key from the front.
fn take_key<'a>(rows: &mut &'a [Hashes], key: u64) -> &'a [Hashes] {
    let count = rows.iter().take_while(|row| row.0 == key).count();
    let (these, rest) = rows.split_at(count);
    *rows = rest;
    these
}

/// What each of two sorted lists has beyond the other, counted: a row that is there twice needs two partners.
fn without_common(left: &[Hashes], right: &[Hashes]) -> (Vec<Hashes>, Vec<Hashes>) {
    let (mut only_left, mut only_right) = (Vec::new(), Vec::new());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return (only_left, only_right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.cmp(other),
        };
        match order {
            Ordering::Less => only_left.extend(left.next()),
            Ordering::Greater => only_right.extend(right.next()),
            Ordering::Equal => {
                left.next();
                right.next();
            }
        }
    }
}
