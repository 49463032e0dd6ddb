//! In what a database's rows differ from those that schema, configuration and seed make.
//!
//! A dump goes by as a stream, in whatever order its rows are. Of the rows that are made any one can be made at any time,
//! so nothing of them is kept but a bit for each, whether the dump had it; a table whose keys don't tell their rows has
//! twelve bytes more for each. What differs is kept, up to a limit: this is for what people change by hand.
//!
//! [`compare`] finds it, [`text`] writes it as TOML that git can review and merge, and `dummy-config` reads that back.

pub mod canonical;
mod compare;
mod index;
pub mod text;

pub use compare::{
    Dialect, Difference, DifferentCell, DifferentRow, MOST_DIFFERENT, Outcome, compare, key_of,
};
