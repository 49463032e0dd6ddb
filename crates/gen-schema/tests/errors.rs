//! Faulty files: every error is told at once, each at its place, with the names it is about.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use project_files::Project;
use schema_input::{ReadSchemaError, read_schema};
use schemafile::{Database, Diagnostic, Diagnostics, Frontend, Options};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

type Place = (String, usize, usize);

fn golden(database: Database) -> PathBuf {
    let folder = match database {
        Database::PostgreSql => "golden",
        Database::MySql | Database::MariaDb => "golden-mysql",
    };
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    tests.join(folder).join("errors")
}

/// What must be told, by place. Notes begin with `#`, and what one server alone refuses with its name in brackets.
fn expected(folder: &Path, file: &str, database: Database) -> BTreeMap<Place, String> {
    fs::read_to_string(folder.join("expected.txt"))
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .filter_map(|line| {
            let (place, what) = line.split_once(": ").unwrap();
            let what = match what
                .strip_prefix('[')
                .and_then(|what| what.split_once("] "))
            {
                Some((server, what)) if server == database.key() => what,
                Some(_) => return None,
                None => what,
            };
            let mut parts: Vec<&str> = place.rsplitn(3, ':').collect();
            parts.reverse();
            let (file, line, column) = match parts.as_slice() {
                [line, column] => (file, *line, *column),
                [file, line, column] => (*file, *line, *column),
                _ => panic!("no place: {place}"),
            };
            let place = (
                file.to_owned(),
                line.parse().unwrap(),
                column.parse().unwrap(),
            );
            Some((place, what.to_owned()))
        })
        .collect()
}

/// Names in backticks or double quotes.
fn quoted(what: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = what;
    while let Some(start) = rest.find(['`', '"']) {
        let mark = rest[start..].chars().next().unwrap();
        let Some(length) = rest[start + 1..].find(mark) else {
            break;
        };
        names.push(&rest[start + 1..start + 1 + length]);
        rest = &rest[start + 2 + length..];
    }
    names
}

fn told(diagnostics: &Diagnostics) -> BTreeMap<Place, String> {
    let text = |diagnostic: &Diagnostic| {
        let hint = diagnostic.hint.as_deref().unwrap_or_default();
        format!("{} {hint}", diagnostic.message)
    };
    diagnostics
        .iter()
        .map(|diagnostic| {
            let (path, line, column) = diagnostics.place(diagnostic);
            ((path.to_owned(), line, column), text(diagnostic))
        })
        .collect()
}

fn check(name: &str, database: Database) -> Result<(), String> {
    let folder = golden(database).join(name);
    let (file, frontend) = if name.starts_with("rails_") {
        ("schema.rb", Frontend::Rails)
    } else {
        ("Schemafile", Frontend::Ridgepole)
    };
    let options = Options {
        database: Some(database),
        frontend: Some(frontend),
        ..Options::default()
    };
    // A folder for root: the cases are projects of their own.
    let scratch = tempfile::tempdir().unwrap();
    copy(&folder, scratch.path());
    let project = Project::around(scratch.path());
    let told = match read_schema(&project, &scratch.path().join(file), &options) {
        Ok(reading) => told(&reading.warnings),
        Err(ReadSchemaError::Faulty(diagnostics)) => told(&diagnostics),
        Err(other) => return Err(other.to_string()),
    };
    let expected = expected(&folder, file, database);
    let mut problems = Vec::new();
    for (place, what) in &expected {
        match told.get(place) {
            None => problems.push(format!("nothing at {place:?}: {what}")),
            Some(text) => {
                for name in quoted(what) {
                    if !text.contains(name) {
                        problems.push(format!("{place:?} doesn't name {name}: {text}"));
                    }
                }
            }
        }
    }
    for (place, text) in &told {
        if !expected.contains_key(place) {
            problems.push(format!("unexpected at {place:?}: {text}"));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n  "))
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[track_caller]
fn check_all(database: Database, at_least: usize) {
    let mut names: Vec<String> = fs::read_dir(golden(database))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= at_least, "only {} cases", names.len());
    let failures: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let why = check(name, database).err()?;
            Some(format!("{name}:\n  {why}"))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n\n{}",
        failures.len(),
        names.len(),
        failures.join("\n")
    );
}

#[test]
fn every_error_is_told_at_its_place() {
    check_all(Database::PostgreSql, 57);
}

#[test]
fn every_error_of_mysql_is_told_at_its_place() {
    check_all(Database::MySql, 23);
}

#[test]
fn every_error_of_mariadb_is_told_at_its_place() {
    check_all(Database::MariaDb, 23);
}
