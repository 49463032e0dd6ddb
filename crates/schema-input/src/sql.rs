//! Schemas in SQL: one file, or a folder of migrations that run one after the other.

use crate::language::Language;
use command_line::{Failure, Status};
use pg_import::{Import, ImportErrors};
use project_files::{Project, plain_reason};
use schemafile::{LoadError, Loader};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// How much of a file is looked at to tell SQL from Ruby.
const BEGINNING: u64 = 8 * 1024;

/// What came of SQL.
#[derive(Debug)]
pub struct SqlReading {
    /// The schema, and what was left out.
    pub import: Import,
    /// What was left out and the like, a line each, closed by a line break.
    pub notes: String,
}

/// Reads a file of SQL, or all migrations below a folder; none when it is neither.
///
/// # Errors
/// Every statement that can't be taken, each with its file and line, or why there is nothing to read.
pub fn read_sql(project: &Project, path: &Path) -> Result<Option<SqlReading>, Failure> {
    let name = project.display(path);
    let files = if path.is_dir() {
        let found = files_below(path).map_err(|error| unreadable(&name, &error))?;
        let migrations = pg_import::migrations(found);
        if migrations.files.is_empty() {
            return Ok(None);
        }
        migrations
            .files
            .iter()
            .map(|file| path.join(file))
            .collect()
    } else if beginning(path).is_ok_and(|beginning| Language::of(&beginning) == Language::Sql) {
        vec![path.to_owned()]
    } else {
        return Ok(None);
    };
    let names: Vec<String> = files.iter().map(|file| project.display(file)).collect();
    let opened = files
        .iter()
        .map(|file| File::open(file).map(BufReader::new));
    match pg_import::read_all(opened) {
        Ok(import) => Ok(Some(reading(import, &names))),
        Err(errors) => Err(failure(&errors, &names)),
    }
}

/// Reads what [`read_sql`] reads as it was at another time.
///
/// # Errors
/// As [`read_sql`].
pub(crate) fn read_sql_at(version: &dyn Loader, path: &str) -> Result<Option<SqlReading>, Failure> {
    let mut names = vec![path.to_owned()];
    let contents = match version.read(path) {
        Ok(content) if Language::of(&content) == Language::Sql => vec![content],
        Ok(_) => return Ok(None),
        Err(_) => {
            // No file, but perhaps a folder.
            let Ok(found) = entries_below(version, path) else {
                return Ok(None);
            };
            names = pg_import::migrations(found)
                .files
                .iter()
                .map(|file| format!("{path}/{file}"))
                .collect();
            if names.is_empty() {
                return Ok(None);
            }
            let contents: Result<Vec<_>, _> = names.iter().map(|name| version.read(name)).collect();
            contents.map_err(|error| {
                Failure::outside(format!("can't read the files below `{path}`: {error}"))
            })?
        }
    };
    match pg_import::read_all(contents.iter().map(|content| Ok(content.as_slice()))) {
        Ok(import) => Ok(Some(reading(import, &names))),
        Err(errors) => Err(failure(&errors, &names)),
    }
}

/// The paths of all files below a folder at another time, from it.
fn entries_below(version: &dyn Loader, folder: &str) -> Result<Vec<String>, LoadError> {
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(inner) = waiting.pop() {
        for entry in version.list(&format!("{folder}/{inner}"))? {
            if entry.is_folder {
                waiting.push(format!("{inner}{}/", entry.name));
            } else {
                found.push(format!("{inner}{}", entry.name));
            }
        }
    }
    Ok(found)
}

fn reading(import: Import, names: &[String]) -> SqlReading {
    let notes = import.notes.iter().fold(String::new(), |mut text, note| {
        let name = names.get(note.file).map_or("?", String::as_str);
        let _ = writeln!(text, "note: {name}:{}: {}", note.line, note.text);
        text
    });
    SqlReading { import, notes }
}

/// All errors as users see them, each with the line that it is about.
fn failure(errors: &ImportErrors, names: &[String]) -> Failure {
    let mut text = String::new();
    for error in errors.iter() {
        let name = names.get(error.file()).map_or("?", String::as_str);
        let (Some(line), Some(hint)) = (error.line(), error.hint()) else {
            return Failure::outside(format!("can't read `{name}`: {error}"));
        };
        let hint = hint.replace("FILE", name);
        let margin = " ".repeat(line.to_string().len());
        let _ = match error.source_line() {
            Some(source) => writeln!(
                text,
                "error: {error}\n{margin}--> {name}:{line}\n{margin} |\n{line} | {source}\n{margin} |\n{margin} = hint: {hint}\n"
            ),
            None => writeln!(text, "error: {name}:{line}: {error}\nhint: {hint}"),
        };
    }
    Failure::rendered(Status::BadInput, text)
}

/// How a file begins.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?
        .take(BEGINNING)
        .read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// The paths of all files below a folder, from it, with `/` between their parts. Hidden folders and links aren't
/// entered.
fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting: Vec<(PathBuf, String)> = vec![(folder.to_owned(), String::new())];
    while let Some((path, inner)) = waiting.pop() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                waiting.push((entry.path(), format!("{inner}{name}/")));
            } else {
                found.push(format!("{inner}{name}"));
            }
        }
    }
    Ok(found)
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::outside(format!("can't read `{name}`: {}", plain_reason(error)))
}
