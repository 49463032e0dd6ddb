//! A dump as a stream of lines, of which some are rows of a table.
//!
//! A dump is SQL for psql with its rows in COPY blocks, as gen-dummy and `pg_dump` write it, compressed or not. Who
//! compares, merges or searches dumps reads them here, from the beginning and as often as needed: nothing is kept but
//! the line at hand.

mod cursor;
mod lines;
pub mod row;

pub use cursor::Cursor;
pub use lines::{InMemory, Line, Lines, Source};
