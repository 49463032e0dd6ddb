//! Two versions of a dump that come from one, merged: row by row, and cell by cell.
//!
//! git asks for it when two branches changed the same dump. Rows belong together by their primary key; a cell, a row,
//! a column or a table that only one side changed is as that side has it. What both changed in ways that contradict
//! each other is a [`Conflict`], and ours stands in its place. What each side brought is held against what the other
//! one did: values that may be there once, and keys that point to what is gone.
//!
//! Nothing here knows git or files. The versions are read as streams, several times rather than kept. A table whose
//! key is a whole number that ascends in all versions takes no memory; any other one takes 48 bytes a row and what
//! changed, up to [`MOST_KEPT_ROWS`] and [`MOST_KEPT_BYTES`].

mod conflict;
mod decisions;
mod lines;
mod merge;
mod outline;
mod report;
mod resolve;
mod rows;
mod sequence;
mod shape;
mod side;
mod watch;

pub use conflict::{Conflict, Field, What};
pub use decisions::{Choice, Decisions, DecisionsError};
pub use dump_text::Keys;
pub use merge::{MergeError, merge};
pub use report::{Counts, MOST_KEPT_CONFLICTS, Report, TableReport};
pub use rows::{MOST_KEPT_BYTES, MOST_KEPT_ROWS};
pub use side::{Side, Three, Versions};
