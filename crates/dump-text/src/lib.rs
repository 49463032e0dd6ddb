//! A dump as a stream of lines, of which some are rows of a table.
//!
//! A dump is SQL with its rows in COPY blocks, as gen-dummy and `pg_dump` write it, or in INSERT statements, as
//! `mysqldump`, `mariadb-dump`, gen-dummy for `MySQL` and `pg_dump --inserts` do, compressed or not. Who compares, merges,
//! packs or searches dumps reads them here, from the beginning and as often as needed: nothing is kept but the line at
//! hand. What a dialect writes in another way is data ([`Rules`]), and the dump itself tells which one it is in.
//!
//! [`Keys`] says by which columns rows are told apart, as far as SQL tells.

mod columns;
mod context;
mod cursor;
mod cut;
mod insert;
mod keys;
mod lexer;
mod lines;
mod literal;
mod pack;
mod plain_row;
pub mod row;
mod rules;
mod statements;
mod words;
mod writer;

pub use context::Context;
pub use cursor::Cursor;
pub use insert::{Insert, Lengths};
pub use keys::{ForeignKey, Keys, TableKeys, folded, unquoted};
pub use lines::{InMemory, Line, Lines, Source};
pub use literal::{Fields, collated, field_like, sql_field, value};
pub use pack::pack;
pub use rules::Rules;
pub use writer::{BlockWriter, Form};
