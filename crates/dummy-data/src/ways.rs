//! Which of several ways a row goes, where a constraint leaves more than one.

use crate::random::Key;

/// Chooses one of several ways for each row.
#[derive(Debug, Clone)]
pub struct Chooser {
    key: Key,
    /// Where the share of each ends, of 64 bits.
    ends: Box<[u64]>,
}

impl Chooser {
    /// Ways in proportion to their weights, each at least 1.
    pub(crate) fn new(key: Key, weights: &[u64]) -> Self {
        let sum = weights
            .iter()
            .map(|&weight| u128::from(weight))
            .sum::<u128>()
            .max(1);
        let mut before = 0;
        let ends = weights
            .iter()
            .map(|&weight| {
                before += u128::from(weight);
                u64::try_from((before << 64) / sum).unwrap_or(u64::MAX)
            })
            .collect();
        Self { key, ends }
    }

    /// The way of a row, from 0.
    #[inline]
    pub(crate) fn at(&self, row: u64) -> usize {
        let bits = self.key.at(row);
        self.ends
            .partition_point(|&end| end <= bits)
            .min(self.ends.len().saturating_sub(1))
    }
}
