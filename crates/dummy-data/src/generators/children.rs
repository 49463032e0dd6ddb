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
    /// The children that are counted; more than one kind where several columns point here.
    pub kinds: Vec<Kind>,
    /// The most that the column holds.
    pub greatest: i64,
    /// The counts, by parent.
    pub counts: OnceLock<Box<[u32]>>,
}

/// Children by one way of pointing.
#[derive(Debug)]
pub struct Kind {
    /// Rows of the children's table.
    pub rows: u64,
    /// Whom each points to.
    pub ordinal: Ordinal,
    /// Which of them point nowhere.
    pub nulls: Nulls,
    /// Of how many tables the choice is one, and which of them is meant.
    pub of: (u64, u64),
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
        for kind in &self.kinds {
            let (tables, own) = kind.of;
            for row in 0..kind.rows {
                if kind.nulls.at(row) {
                    continue;
                }
                let choice = kind.ordinal.at(row);
                if choice % tables != own {
                    continue;
                }
                let parent = usize::try_from(choice / tables).ok();
                if let Some(count) = parent.and_then(|parent| counts.get_mut(parent)) {
                    *count = count.saturating_add(1);
                }
            }
        }
        counts.into()
    }
}
