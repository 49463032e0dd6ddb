//! What the comparison of two schemas is in every database: which old thing became which new one.
//!
//! A thing stays itself by its name, or by a mark that says what it was called before; how it is then changed is the
//! business of `pg-diff` and `mysql-diff`.

mod pairing;
mod parts;

pub use pairing::{Pairing, in_order};
pub use parts::PartChanges;
