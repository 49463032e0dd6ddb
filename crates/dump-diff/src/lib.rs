//! What two versions of a dump differ in, table by table, for people: `git diff` and `git log -p` show it.
//!
//! A dump is SQL with its rows in COPY blocks or INSERT statements, as `dump-text` reads it; the same rows are the same
//! in either form. Both versions are read as streams, more than once rather than kept: memory depends on neither the size of a dump nor
//! the number of its rows, except for tables whose key isn't an ascending whole number in their first column, where
//! it is 16 bytes a row up to a limit ([`MOST_KEPT_ROWS`]).
//!
//! [`summarize`] reads one version and says what its tables are, [`select`] reads rows of it; [`compare()`] reads two
//! versions, [`History`] any number.

mod compare;
mod history;
mod rows;
mod summary;
#[cfg(test)]
mod testing;
mod text;

pub use compare::{MOST_KEPT_ROWS, changed_tables, compare};
pub use dump_text::{Keys, Source};
pub use history::{Cell, History, Members, RowChange, RowChanges, RowWhat, Version, cells};
pub use rows::{Filter, Query, QueryError, Take, select};
pub use summary::{Summary, Table, summarize};
