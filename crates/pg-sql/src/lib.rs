//! PostgreSQL text: quoting, literals, DDL, rows as INSERT statements, what stands round the rows of a dump.
//!
//! Everything here turns values into SQL and nothing else: it opens no connection, reads no file and
//! no clock. Texts that it writes carry the settings that they need, so that they mean the same on
//! every server and client.

pub mod ddl;
pub mod insert;
pub mod loading;
pub mod staging;

mod quote;

pub use quote::{identifier, identifiers, qualified};
pub use sql_text::literal;
