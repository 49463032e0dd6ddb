//! The rows of one table, merged by whichever way fits them.

mod ascending;
mod kept;
mod sets;

use std::io;

use dump_text::{Cursor, row};

use crate::side::Three;

pub(crate) use ascending::merge as merge_ascending;
pub(crate) use kept::merge as merge_kept;
pub(crate) use sets::merge as merge_sets;

/// So many rows of a version are remembered at once, 48 bytes each.
pub const MOST_KEPT_ROWS: usize = 2_000_000;

/// So many bytes of changed rows are kept at once.
pub const MOST_KEPT_BYTES: usize = 256 << 20;

/// Why rows weren't merged.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The key doesn't tell rows apart.
    NoKey,
    /// There is too much to keep.
    TooMuch,
    /// The versions are written in different ways, so that a row of one can't stand in the other.
    Forms,
    /// The columns of the versions differ, and nobody says what they are called.
    Names,
    /// A version can't be read, or the merged one not written.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The three versions, each with the place of the table's block among its blocks; none where it has no such table.
pub(crate) struct Blocks<'a, 'b> {
    pub(crate) cursors: &'b mut Three<Cursor<'a>>,
    pub(crate) at: Three<Option<usize>>,
}

/// Goes through the rows of one version of a table.
fn each_row(
    cursor: &mut Cursor<'_>,
    at: Option<usize>,
    mut take: impl FnMut(&[u8]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let Some(at) = at else { return Ok(()) };
    cursor.enter(at)?;
    while cursor.advance()? {
        take(cursor.row())?;
    }
    Ok(())
}

/// The hash of the fields that name a row.
fn key_hash(row: &[u8], places: &[usize]) -> u128 {
    let fields: Vec<&[u8]> = row::fields(row).collect();
    let key: Vec<&[u8]> = places
        .iter()
        .map(|place| fields.get(*place).copied().unwrap_or_default())
        .collect();
    row::wide_hash(&key.join(&b'\t'))
}
