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

mod adapter;
mod database;
mod defaults;
mod detect;
mod diagnostic;
mod draft;
mod dsl;
mod finish;
mod fragment;
mod inflect;
mod loader;
mod names;
mod places;
mod plurals;
mod ruby;
mod settings;
mod source;
mod version;
mod writer;

pub use database::{AnySchema, Database};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use loader::{Entry, LoadError, Loader, MemoryLoader};
pub use places::{Place, Places, REMARKS, Remark, TablePlace};
pub use plurals::Plurals;
pub use settings::{
    SETTINGS_KEYS, SETTINGS_PATH, Settings, SettingsKey, TableGroup, ViewpointSettings,
    read_settings,
};
pub use source::{SourceFile, Sources, Span, is_utf16};
pub use version::{RailsVersion, UnknownVersion};

use adapter::Adapter;
use detect::Found;
use mysql_model::{MySql, Server};
use pg_model::PostgreSql;

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
    /// Which database the schema is for; told from the file when it is none.
    pub database: Option<Database>,
    /// Where that was said, as a message names it: `--database`, `schema/schema.toml:3`. A file that speaks for
    /// another database is an error only where there is such a place.
    pub database_place: Option<String>,
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
            database: None,
            database_place: None,
            frontend: None,
            rails_version: RailsVersion::NEWEST,
            inflections: None,
            rails_metadata: false,
        }
    }
}

/// Adds the tables in which Rails keeps which migrations have run to a schema that wasn't read here.
pub fn add_rails_metadata(schema: &mut AnySchema) {
    match schema {
        AnySchema::PostgreSql(schema) => {
            finish::add_rails_metadata(schema, adapter::postgresql::rails_metadata(), None);
        }
        AnySchema::MySql(schema, _) => {
            finish::add_rails_metadata(schema, adapter::mysql::rails_metadata(), None);
        }
    }
}

/// Writes a Schemafile, with `header` as the comment at its top, a line each.
///
/// Names of tables and schemas of PostgreSQL must not hold the character `"`, which the DSL can't write.
pub fn write(schema: &AnySchema, header: &[&str]) -> String {
    match schema {
        AnySchema::PostgreSql(schema) => adapter::postgresql::write(schema, header),
        AnySchema::MySql(schema, server) => adapter::mysql::write(schema, *server, header),
    }
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The schema, by the rules of the database that it is for.
    pub schema: AnySchema,
    /// What is to be known of the choice of the database where nobody made it: a sentence for the user, without a
    /// period. None where the caller or the file says which it is.
    pub database_note: Option<String>,
    /// What has no effect in the file, though ActiveRecord accepts it.
    pub warnings: Diagnostics,
    /// Where its tables stand.
    pub places: Places,
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
    on_a_large_stack(|| read_here(entry, loader, options))?
}

/// Which database a file is for, when it says. Its mistakes are left to [`read`].
pub fn detect(entry: SourceFile, loader: &dyn Loader) -> Option<Database> {
    let found = on_a_large_stack(|| {
        let mut sources = Sources::default();
        let folder = folder_of(&entry);
        let file = sources.add(entry).ok()?;
        let inflections = inflect::Inflections::english();
        let mut ear = ruby::Interpreter::new(sources, loader, inflections, folder);
        let found = detect::detect(&mut ear, file);
        found.is_said.then_some(found.database)
    });
    found.ok().flatten()
}

/// Runs on a thread whose stack holds what Prism needs.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Diagnostics> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work);
        match worker.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => Ok(result),
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

/// The folder of a file, as an interpreter wants it.
fn folder_of(entry: &SourceFile) -> String {
    loader::folder_of(&format!("/{}", entry.path)).to_owned()
}

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
    let folder = folder_of(&entry);
    let file = match sources.add(entry) {
        Ok(file) => file,
        Err(problem) => return Err(Diagnostics::new(vec![problem], sources)),
    };
    let interpreter =
        |sources| ruby::Interpreter::new(sources, loader, inflections.clone(), folder.clone());
    let mut ear = interpreter(sources.clone());
    let found = detect::detect(&mut ear, file);
    if let Some(problem) = contradiction(&found, options) {
        return Err(Diagnostics::new(vec![problem], ear.sources));
    }
    let interpreter = interpreter(sources);
    let server = match options.database.unwrap_or(found.database) {
        Database::PostgreSql => {
            let state = adapter::postgresql::State::default();
            let read = read_as::<PostgreSql>(interpreter, file, options, state)?;
            return Ok(Reading {
                schema: AnySchema::PostgreSql(read.schema),
                database_note: None,
                warnings: read.warnings,
                places: read.places,
            });
        }
        Database::MySql => Server::MySql,
        Database::MariaDb => Server::MariaDb,
    };
    let state = adapter::mysql::State::new(server);
    let read = read_as::<MySql>(interpreter, file, options, state)?;
    let is_unsaid = options.database.is_none() && found.may_be_either_server;
    Ok(Reading {
        schema: AnySchema::MySql(read.schema, server),
        database_note: is_unsaid.then(|| EITHER_SERVER.to_owned()),
        warnings: read.warnings,
        places: read.places,
    })
}

/// What is said where a file is MySQL's or MariaDB's, and nobody says whose.
const EITHER_SERVER: &str = "the schema may be MySQL's or MariaDB's, and is taken for MySQL's: \
     `database = \"mariadb\"` in schema/schema.toml says otherwise";

/// What is wrong when the file speaks for one kind of database and the caller for the other.
fn contradiction(found: &Found, options: &Options) -> Option<Diagnostic> {
    let (said, place) = (options.database?, options.database_place.as_ref()?);
    let sign = found.refused_elsewhere.as_ref()?;
    let is_mysqls = |database| database != Database::PostgreSql;
    if is_mysqls(said) == is_mysqls(found.database) {
        return None;
    }
    let whose = if is_mysqls(found.database) {
        "MySQL's"
    } else {
        "PostgreSQL's"
    };
    let nearest = sign.column_type().and_then(|name| {
        if is_mysqls(said) {
            adapter::mysql::nearest_type(name)
        } else {
            adapter::postgresql::nearest_type(name)
        }
    });
    let or = nearest.unwrap_or_else(|| format!("take out of the file what is {whose}"));
    Some(
        Diagnostic::error(
            sign.span,
            format!("{} is {whose}, but {place} says {said}", sign.word),
        )
        .hint(format!("let {place} say {}, or {or}", found.database.key())),
    )
}

/// What came of a file by the rules of one database.
struct Part<A: Adapter> {
    schema: schema_model::Schema<A>,
    warnings: Diagnostics,
    places: Places,
}

/// Reads a file by the rules of one database.
fn read_as<A: Adapter>(
    mut interpreter: ruby::Interpreter<'_>,
    file: u32,
    options: &Options,
    state: A::State,
) -> Result<Part<A>, Diagnostics> {
    let frontend = options.frontend.unwrap_or(Frontend::Ridgepole);
    let mut dsl = dsl::Dsl::<A>::new(frontend, options.rails_version, state);
    interpreter.read_file(&mut dsl, file);
    dsl.finish_ridgepole(&mut interpreter);
    A::check_all(&mut dsl, &mut interpreter);
    let is_whole = !interpreter
        .diagnostics
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    if is_whole && dsl.draft.is_in_any_order {
        for circle in A::put_in_order(&mut dsl.draft) {
            interpreter.report(circle);
        }
    }
    let places = places::places(&dsl.draft, &interpreter.remarks, &interpreter.sources);
    let diagnostics = Diagnostics::new(interpreter.diagnostics, interpreter.sources);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let version = dsl.schema_version;
    let metadata = A::rails_metadata(&dsl.state);
    let mut schema = finish::finish(dsl.draft);
    if options.rails_metadata {
        finish::add_rails_metadata(&mut schema, metadata, version.as_deref());
    }
    Ok(Part {
        schema,
        warnings: diagnostics.warnings(),
        places,
    })
}
