//! When values are NULL.

use crate::cases::Cases;
use crate::generators::Computed;
use crate::pinned::{Pin, PinnedCells};
use crate::random::Key;
use crate::redraw::Redraw;
use crate::story::{Choice, Term};
use crate::ways::Chooser;
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
    /// In all rows from this one on.
    From(u64),
    /// As the row's way says.
    Ways(Chooser, Box<[Nulls]>),
    /// Where the first says so, and where the value that is computed is NULL.
    Computed(Box<Nulls>, Arc<Computed>),
    /// As in the row whose values the row takes.
    Redrawn(Box<Nulls>, Arc<Redraw>),
    /// Where a value that follows from others is NULL.
    Told(Arc<Term>),
    /// Where something isn't true.
    Unless(Arc<Term>),
    /// Where a choice finds no row.
    Agreed(Arc<Choice>),
    /// Where either is.
    Either(Box<Nulls>, Box<Nulls>),
    /// As the case says that is met, and as usual where none is.
    Cases(Box<Nulls>, Arc<Cases>),
    /// As the rows say that are given a value.
    Pinned(Box<Nulls>, Arc<PinnedCells>),
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
            Self::From(first) => row >= *first,
            Self::Ways(chooser, each) => each[chooser.at(row)].at(row),
            Self::Computed(usual, computed) => usual.at(row) || computed.is_null(row),
            Self::Redrawn(usual, redraw) => usual.at(redraw.at(row)),
            Self::Told(term) => term.at(row).is_none(),
            Self::Unless(term) => !term.is_true(row),
            Self::Agreed(choice) => choice.at(row).is_none(),
            Self::Cases(usual, cases) => cases.is_null(usual, row),
            Self::Pinned(usual, pins) => match pins.at(row) {
                Some(Pin::Text(_)) => false,
                Some(Pin::Null) => true,
                Some(Pin::As(other)) => usual.at(*other),
                None => usual.at(row),
            },
            Self::Either(first, second) => first.at(row) || second.at(row),
            Self::Cells(cells) => usize::try_from(row)
                .ok()
                .and_then(|row| cells.get(row))
                .is_none_or(Option::is_none),
        }
    }
}
