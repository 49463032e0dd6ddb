//! Reads ridgepole's Schemafile and Rails' schema.rb without running Ruby.
//!
//! [`read`] takes the text of a schema definition and gives a [`Schema`]: what ActiveRecord (or
//! ridgepole through it) would have built on an empty database. The way there:
//!
//! 1. `ruby` parses the file with Prism and evaluates the small part of Ruby that such files use;
//! 2. each call of the DSL is one function, found by name in a table (`dsl`);
//! 3. they build a database in memory (`draft`), by the rules of the version that the file names;
//! 4. what is left is checked as a whole and becomes the schema.
//!
//! Nothing is guessed and nothing is skipped: what isn't known is a [`Diagnostic`] with its place, and
//! all of a run come at once. The crate reads no file, no clock and no environment; a [`Loader`] gives
//! it what a file requires.

mod defaults;
mod diagnostic;
mod inflect;
mod loader;
mod names;
mod ruby;
mod source;
mod sql;
mod types;
mod version;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use loader::{Entry, LoadError, Loader, MemoryLoader};
pub use source::{SourceFile, Sources, Span};
pub use version::{RailsVersion, UnknownVersion};

use schema_model::Schema;

/// Whose rules a file follows where it doesn't say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frontend {
    /// ridgepole's closed DSL: the whole file describes the database, in any order.
    Ridgepole,
    /// The methods of `ActiveRecord::Schema.define`, each of which acts at once.
    Rails,
}

/// What the caller decides.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whose rules; told from the file when it is none: what stands in `ActiveRecord::Schema…define` is
    /// Rails', the rest ridgepole's.
    pub frontend: Option<Frontend>,
    /// The version whose rules a file follows that names none.
    pub rails_version: RailsVersion,
    /// The application's own words: a Rails inflections.rb, or lines `drive drives`.
    pub inflections: Option<SourceFile>,
    /// Whether to add the two tables in which Rails keeps its own state.
    pub rails_metadata: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            frontend: None,
            rails_version: RailsVersion::NEWEST,
            inflections: None,
            rails_metadata: false,
        }
    }
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The schema.
    pub schema: Schema,
    /// What has no effect in the file, though ActiveRecord accepts it.
    pub warnings: Diagnostics,
}

/// Reads a schema definition. `entry.path` is the path from the project's root; `loader` gives the files
/// that it requires.
///
/// # Errors
/// Everything that is wrong with the files, in file order; render it with [`Diagnostics::render`].
pub fn read(
    entry: SourceFile,
    loader: &dyn Loader,
    options: &Options,
) -> Result<Reading, Diagnostics> {
    let _ = (loader, options);
    let mut sources = Sources::default();
    let mut list = Vec::new();
    match sources.add(entry) {
        Ok(file) => list.push(Diagnostic::error(
            diagnostic::end_of(file, ""),
            "reading Schemafiles is not there yet",
        )),
        Err(problem) => list.push(problem),
    }
    Err(Diagnostics::new(list, sources))
}
