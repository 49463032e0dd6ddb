//! When values are NULL.

use crate::random::Key;
use std::sync::Arc;

/// When a column is NULL.
#[derive(Debug, Clone)]
pub enum Nulls {
    /// Never.
    Never,
    /// Always.
    Always,
    /// In a share of the rows.
    Share {
        /// The column's stream.
        key: Key,
        /// How many of 65,536 rows.
        parts: u32,
        /// And in so many first rows, which have no elder to point to.
        first: u64,
    },
    /// Where the master table says so.
    Cells(Arc<[Option<Box<str>>]>),
}

impl Nulls {
    /// Whether the row's value is NULL.
    #[inline]
    pub fn at(&self, row: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Share { key, parts, first } => {
                row < *first || (key.at(row) >> 48) < u64::from(*parts)
            }
            Self::Cells(cells) => usize::try_from(row)
                .ok()
                .and_then(|row| cells.get(row))
                .is_none_or(Option::is_none),
        }
    }
}
