//! PostgreSQL's SQL in the small, as far as its model has words for it: which type a text names, which thing a
//! statement makes, which name it gives by itself.
//!
//! Words and quotes are `sql-text`'s. Of statements this crate knows what they make, from their heads, and it writes
//! nothing.

pub mod cursor;
pub mod data_type;
mod guarded;
mod name;
pub mod object;

pub use guarded::guarded_statements;
pub use name::{MOST_NAME_BYTES, default_name};
