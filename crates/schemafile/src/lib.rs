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

mod database;
mod defaults;
mod diagnostic;
mod draft;
mod dsl;
mod finish;
mod fragment;
mod inflect;
mod loader;
mod names;
mod order;
mod ruby;
mod settings;
mod source;
mod sql;
mod types;
mod version;
mod writer;

pub use database::{AnySchema, Database};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use loader::{Entry, LoadError, Loader, MemoryLoader};
pub use settings::{SETTINGS_KEYS, SETTINGS_PATH, Settings, SettingsKey, read_settings};
pub use source::{SourceFile, Sources, Span, is_utf16};
pub use version::{RailsVersion, UnknownVersion};
pub use writer::write;

use pg_model::Schema;

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

/// Adds the tables in which Rails keeps which migrations have run to a schema that wasn't read here.
pub fn add_rails_metadata(schema: &mut Schema) {
    finish::add_rails_metadata(schema, None);
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
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || read_here(entry, loader, options));
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(Diagnostics::new(
                vec![Diagnostic::error(
                    Span::default(),
                    format!("no thread can be started: {error}"),
                )],
                Sources::default(),
            )),
        }
    })
}

/// Prism refuses code nested deeper than 10,000, which it reaches by recursion: more than the stack of a
/// caller's thread may hold. Only pages that are used take memory.
const STACK_BYTES: usize = 256 * 1024 * 1024;

fn read_here(
    entry: SourceFile,
    loader: &dyn Loader,
    options: &Options,
) -> Result<Reading, Diagnostics> {
    let inflections = match &options.inflections {
        Some(file) => inflect::read(file.clone())?,
        None => inflect::Inflections::english(),
    };
    let mut sources = Sources::default();
    let path = entry.path.clone();
    let file = match sources.add(entry) {
        Ok(file) => file,
        Err(problem) => return Err(Diagnostics::new(vec![problem], sources)),
    };
    let folder = loader::folder_of(&format!("/{path}")).to_owned();
    let mut interpreter = ruby::Interpreter::new(sources, loader, inflections, folder);
    let frontend = options.frontend.unwrap_or(Frontend::Ridgepole);
    let mut dsl = dsl::Dsl::new(frontend, options.rails_version);
    interpreter.read_file(&mut dsl, file);
    dsl.finish_ridgepole(&mut interpreter);
    let is_whole = !interpreter
        .diagnostics
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    if is_whole && dsl.draft.is_in_any_order {
        for circle in order::settle(&mut dsl.draft) {
            interpreter.report(circle);
        }
    }
    let diagnostics = Diagnostics::new(interpreter.diagnostics, interpreter.sources);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let version = dsl.schema_version;
    let mut schema = finish::finish(dsl.draft);
    if options.rails_metadata {
        finish::add_rails_metadata(&mut schema, version.as_deref());
    }
    Ok(Reading {
        schema,
        warnings: diagnostics.warnings(),
    })
}
