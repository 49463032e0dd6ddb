//! Reads `schema/dummy.toml`: its syntax, its keys, the types of its values.
//!
//! The file's text becomes [`Settings`] and a list of problems, each with its place: all of them at once,
//! so that a file is repaired in one go. Whether the settings fit a schema is `dummy-data`'s to say; its
//! problems carry places in the same text, and [`render()`] shows both kinds alike.
//!
//! No file is read here.

mod captured;
mod column;
mod file;
mod fixed;
mod follows;
mod reader;
mod render;
mod synonyms;
mod template;

pub use captured::read_captured;
pub use render::render;

use dummy_data::{Problem, Settings};

/// A configuration's text, read.
#[derive(Debug)]
pub struct Reading {
    /// What it says; what isn't understood is missing.
    pub settings: Settings,
    /// What isn't understood, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads the text of a configuration.
pub fn read(text: &str) -> Reading {
    file::read(text)
}
