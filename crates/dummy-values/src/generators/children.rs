//! How many rows of another table point to a row.

use crate::nulls::Nulls;
use crate::ordinal::Ordinal;
use std::sync::OnceLock;

/// The numbers of children of all rows of a table. They are counted once, when the first is asked for:
/// one pass over the children's choices of their parents.
#[derive(Debug)]
pub struct Children {
    /// Rows of the parents.
    pub parents: u64,
    /// Rows of the children's table.
    pub rows: u64,
    /// Whom each points to.
    pub ordinal: Ordinal,
    /// Which of them point nowhere.
    pub nulls: Nulls,
    /// Which of the tables that they choose from is the parents'.
    pub target: TargetPlace,
    /// The most that the column holds.
    pub greatest: i64,
    /// The counts, by parent.
    pub counts: OnceLock<Box<[u32]>>,
}

/// A table among those that a choice is from: its remainder says which of them, its quotient which row of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetPlace {
    /// How many tables there are.
    pub tables: u64,
    /// The place of the one that is meant.
    pub place: u64,
}

impl TargetPlace {
    /// The only one.
    pub const ONLY: Self = Self {
        tables: 1,
        place: 0,
    };
}

impl Children {
    /// The number of a row's children.
    pub fn at(&self, row: u64) -> i64 {
        let counts = self.counts.get_or_init(|| self.count());
        let count = usize::try_from(row).ok().and_then(|row| counts.get(row));
        count.map_or(0, |&count| i64::from(count).min(self.greatest))
    }

    fn count(&self) -> Box<[u32]> {
        let mut counts = vec![0_u32; usize::try_from(self.parents).unwrap_or(0)];
        let TargetPlace { tables, place } = self.target;
        for row in 0..self.rows {
            if self.nulls.at(row) {
                continue;
            }
            let choice = self.ordinal.at(row);
            if choice % tables != place {
                continue;
            }
            let parent = usize::try_from(choice / tables).ok();
            if let Some(count) = parent.and_then(|parent| counts.get_mut(parent)) {
                *count = count.saturating_add(1);
            }
        }
        counts.into()
    }
}
