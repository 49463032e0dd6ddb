//! Rows in any order, told apart by a key: hashes of all of them are kept, and those that theirs changed.
//!
//! Ours is gone through once more at the end, so its order stays; what theirs added comes behind it, in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use dump_text::row;

use super::{Blocks, MOST_KEPT_BYTES, MOST_KEPT_ROWS, Stop, each_row, key_hash};
use crate::resolve::Resolver;
use crate::shape::{Fields, Shape};
use crate::side::{Side, Three};

/// A row of the base.
struct Known {
    key: u128,
    /// Of the columns that it has in common with ours, and with theirs.
    ours: u64,
    theirs: u64,
    seen: Seen,
    /// Whether a side changed or deleted it.
    wanted: bool,
}

/// On which sides a row was met.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    ours: bool,
    theirs: bool,
}

impl Seen {
    fn is_by_both(self) -> bool {
        self.ours && self.theirs
    }

    fn is_by_none(self) -> bool {
        !self.ours && !self.theirs
    }
}

/// Whose row it is of which a hash is taken.
#[derive(Clone, Copy)]
enum Version {
    Base,
    Side,
}

/// Rows by the hashes of their keys, with the order in which they came.
struct Store {
    rows: BTreeMap<u128, (usize, Vec<u8>)>,
    bytes: usize,
}

impl Store {
    fn new() -> Self {
        Self {
            rows: BTreeMap::new(),
            bytes: 0,
        }
    }

    fn keep(&mut self, key: u128, row: &[u8]) -> Result<(), Stop> {
        self.bytes += row.len();
        if self.bytes > MOST_KEPT_BYTES {
            return Err(Stop::TooMuch);
        }
        let order = self.rows.len();
        match self.rows.insert(key, (order, row.to_vec())) {
            Some(_) => Err(Stop::NoKey),
            None => Ok(()),
        }
    }

    fn row(&self, key: u128) -> Option<&[u8]> {
        self.rows.get(&key).map(|(_, row)| row.as_slice())
    }
}

/// Merges a table by its key.
pub(crate) fn merge(
    blocks: Blocks<'_, '_>,
    resolver: &mut Resolver<'_>,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    let Blocks { cursors, at } = blocks;
    let places = resolver.key.1.clone();
    let shape = resolver.shape;

    let mut known: Vec<Known> = Vec::new();
    each_row(&mut cursors.base, at.base, |row| {
        if known.len() == MOST_KEPT_ROWS {
            return Err(Stop::TooMuch);
        }
        known.push(Known {
            key: key_hash(row, &places.base),
            ours: common_hash(shape, Side::Ours, row, Version::Base),
            theirs: common_hash(shape, Side::Theirs, row, Version::Base),
            seen: Seen::default(),
            wanted: false,
        });
        Ok(())
    })?;
    known.sort_unstable_by_key(|known| known.key);
    if known.windows(2).any(|pair| pair[0].key == pair[1].key) {
        return Err(Stop::NoKey);
    }
    let find =
        |known: &[Known], key: u128| known.binary_search_by_key(&key, |known| known.key).ok();

    let mut added = BTreeSet::new();
    each_row(&mut cursors.ours, at.ours, |row| {
        let key = key_hash(row, &places.ours);
        match find(&known, key) {
            Some(place) => {
                let known = &mut known[place];
                if known.seen.ours {
                    return Err(Stop::NoKey);
                }
                known.seen.ours = true;
                known.wanted |= known.ours != common_hash(shape, Side::Ours, row, Version::Side);
            }
            None if added.len() == MOST_KEPT_ROWS => return Err(Stop::TooMuch),
            None if !added.insert(key) => return Err(Stop::NoKey),
            None => {}
        }
        Ok(())
    })?;
    drop(added);

    // A column that came with theirs has a value in every row of theirs.
    let all_of_theirs = shape
        .columns
        .iter()
        .any(|column| column.places.base.is_none() && column.places.theirs.is_some());
    let mut theirs = Store::new();
    each_row(&mut cursors.theirs, at.theirs, |row| {
        let key = key_hash(row, &places.theirs);
        let keep = match find(&known, key) {
            Some(place) => {
                let known = &mut known[place];
                if known.seen.theirs {
                    return Err(Stop::NoKey);
                }
                known.seen.theirs = true;
                let changed = known.theirs != common_hash(shape, Side::Theirs, row, Version::Side);
                known.wanted |= changed;
                // Of a row that ours changed or deleted, theirs decides too.
                known.wanted || !known.seen.ours || all_of_theirs
            }
            None => true,
        };
        if keep { theirs.keep(key, row) } else { Ok(()) }
    })?;

    let mut base = Store::new();
    each_row(&mut cursors.base, at.base, |row| {
        let key = key_hash(row, &places.base);
        match find(&known, key) {
            Some(place)
                if known[place].wanted || !known[place].seen.is_by_both() || all_of_theirs =>
            {
                base.keep(key, row)
            }
            _ => Ok(()),
        }
    })?;

    let mut merged = Vec::new();
    each_row(&mut cursors.ours, at.ours, |row| {
        let key = key_hash(row, &places.ours);
        merged.clear();
        if base.row(key).is_none() && find(&known, key).is_some() {
            // Nobody changed it.
            resolver.one_sided(Side::Ours, &row::fields(row).collect(), &mut merged);
        } else {
            let rows = Three {
                base: base.row(key),
                ours: Some(row),
                theirs: theirs.row(key),
            };
            resolver.resolve(rows, &mut merged);
            theirs.rows.remove(&key);
        }
        output.write_all(&merged)?;
        Ok(())
    })?;

    // What ours hasn't got: deleted by both or by ours, or added by theirs.
    for known in known.iter().filter(|known| known.seen.is_by_none()) {
        let rows = Three {
            base: base.row(known.key),
            ours: None,
            theirs: None,
        };
        resolver.resolve(rows, &mut merged);
    }
    let mut rest: Vec<(u128, (usize, Vec<u8>))> = theirs.rows.into_iter().collect();
    rest.sort_unstable_by_key(|(_, (order, _))| *order);
    for (key, (_, row)) in rest {
        merged.clear();
        let rows = Three {
            base: base.row(key),
            ours: None,
            theirs: Some(row.as_slice()),
        };
        resolver.resolve(rows, &mut merged);
        output.write_all(&merged)?;
    }
    Ok(())
}

/// The hash of the fields that the base and a side have in common, of a row of either.
fn common_hash(shape: &Shape, side: Side, row: &[u8], of: Version) -> u64 {
    let fields: Fields<'_> = row::fields(row).collect();
    let dropped = shape.dropped.iter().map(|(column, _)| column);
    let common: Fields<'_> = shape
        .columns
        .iter()
        .chain(dropped)
        .filter_map(|column| {
            let (was, is) = (column.places.base?, (*column.places.of(side))?);
            let place = match of {
                Version::Base => was,
                Version::Side => is,
            };
            fields.get(place).copied()
        })
        .collect();
    row::hash(&common.join(&b'\t'))
}
