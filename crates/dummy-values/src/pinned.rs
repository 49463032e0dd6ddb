//! Values that somebody wrote for single rows, in place of those that would be made.
//!
//! A fixed row isn't another kind of row: it has a number like all others, and where it is given a value, that stands
//! in the place of the generator's. So whatever reads the column (a template, a copy in a child, a sum) reads it too.

use std::collections::BTreeMap;

/// What a row has in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// This text.
    Text(Box<str>),
    /// NULL.
    Null,
    /// What another row would have had: somebody took the row's own.
    As(u64),
}

/// The rows of a column whose values are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PinnedCells(BTreeMap<u64, Pin>);

impl PinnedCells {
    /// Gives a row its value.
    pub fn give(&mut self, row: u64, pin: Pin) {
        self.0.insert(row, pin);
    }

    /// What a row is given.
    #[inline]
    pub fn at(&self, row: u64) -> Option<&Pin> {
        self.0.get(&row)
    }

    /// All that is given.
    pub fn all(&self) -> impl Iterator<Item = (u64, &Pin)> {
        self.0.iter().map(|(row, pin)| (*row, pin))
    }

    /// All texts that are given.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.values().filter_map(|pin| match pin {
            Pin::Text(text) => Some(&**text),
            Pin::Null | Pin::As(_) => None,
        })
    }
}
