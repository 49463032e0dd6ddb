//! What the readers of schemas in SQL share, whichever database they read.
//!
//! Each of them tells all mistakes of a file at once, with their places, and what it left out; each reads a folder of
//! migrations in the order in which its files run. How that looks to a user must not depend on the database.

mod error;
mod left_out;
mod migrations;
mod not_text;
mod section;

pub use error::{Explained, ImportError, ImportErrors, place};
pub use left_out::{Kind, LeftOut, RAILS_TABLES, Tally};
pub use migrations::{Migrations, migrations};
pub use not_text::NotText;
pub use section::Section;

/// Something about a dump that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which of the files it is about, from 0.
    pub file: usize,
    /// The line that it is about, or the first of them, from 1.
    pub line: usize,
    /// What there is to know, as a sentence without its full stop.
    pub text: String,
}
