//! `schema/schema.toml` of a new repository: what its first run depended on, so that every later one makes the same.

use command_line::Failure;
use project_files::{Project, plain_reason};
use schema_input::ReadingArguments;
use schemafile::{Database, RailsVersion, SETTINGS_PATH, SourceFile, read_settings};
use std::fmt::Write as _;
use std::path::Path;

/// Where the application's own words go, when they lie outside of the repository: calls in Ruby, or lines.
const RUBY_WORDS: &str = "schema/inflections.rb";
const LINES_OF_WORDS: &str = "schema/inflections.txt";

/// Settings that are there stay as they are, so a flag can't say another database than they do.
///
/// # Errors
/// It does.
pub(super) fn agree(project: &Project, reading: &ReadingArguments) -> Result<(), Failure> {
    let Some(flag) = reading.database.map(Database::from) else {
        return Ok(());
    };
    // What can't be read is told by who reads it.
    let text = std::fs::read(project.resolve(Path::new(SETTINGS_PATH))).unwrap_or_default();
    let settings = read_settings(SourceFile::new(SETTINGS_PATH, text)).unwrap_or_default();
    match (settings.database, settings.database_line) {
        (Some(kept), Some(line)) if kept != flag => Err(Failure::input(format!(
            "`--database` says {flag}, but {SETTINGS_PATH}:{line} says {kept}"
        ))
        .hint("change that line, or leave `--database` out")),
        _ => Ok(()),
    }
}

/// The files to write, each with its name; none where the repository has settings already.
///
/// # Errors
/// The file of words that was named can't be read.
pub(super) fn kept(
    project: &Project,
    reading: &ReadingArguments,
    schemafile: &str,
    database: Database,
) -> Result<Vec<(&'static str, String)>, Failure> {
    if project.resolve(Path::new(SETTINGS_PATH)).exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    let mut text = "# How the schema is read, by gen-schema and gen-dummy alike. A flag on a command line holds before it.\n"
        .to_owned();
    // PostgreSQL is what a file is for that says nothing.
    if reading.database.is_some() || database != Database::PostgreSql {
        let _ = writeln!(text, "database = \"{}\"", database.key());
    }
    // A newer program follows a newer version, unless the file or this line says which.
    let names_version = schemafile.contains("ActiveRecord::Schema[");
    if let Some(version) = reading
        .rails_version
        .or((!names_version).then_some(RailsVersion::NEWEST))
    {
        let _ = writeln!(text, "rails_version = \"{version}\"");
    }
    if let Some(frontend) = reading.frontend {
        let _ = writeln!(text, "frontend = \"{}\"", frontend.as_str());
    }
    if let Some(words) = &reading.inflections {
        let path = project.resolve(words);
        let mut name = project.display(&path);
        if lies_outside(project, &path) {
            let content = std::fs::read_to_string(&path).map_err(|error| {
                Failure::input(format!("can't read `{name}`: {}", plain_reason(&error)))
            })?;
            let is_ruby = path.extension().is_some_and(|extension| extension == "rb");
            let copy = if is_ruby { RUBY_WORDS } else { LINES_OF_WORDS };
            copy.clone_into(&mut name);
            files.push((copy, content));
        }
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = writeln!(text, "inflections = \"{name}\"");
    }
    files.push((SETTINGS_PATH, text));
    Ok(files)
}

/// Whether a file is none of the repository's, whatever its path looks like.
fn lies_outside(project: &Project, path: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    !real(path).starts_with(real(project.root()))
}
