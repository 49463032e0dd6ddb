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

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/errors")
}

/// What must be told, by place. Notes begin with `#`.
fn expected(folder: &Path, file: &str) -> BTreeMap<Place, String> {
    fs::read_to_string(folder.join("expected.txt"))
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (place, what) = line.split_once(": ").unwrap();
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
            (place, what.to_owned())
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

fn check(name: &str) -> Result<(), String> {
    let folder = golden().join(name);
    let (file, frontend) = if name.starts_with("rails_") {
        ("schema.rb", Frontend::Rails)
    } else {
        ("Schemafile", Frontend::Ridgepole)
    };
    let options = Options {
        database: Some(Database::PostgreSql),
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
    let expected = expected(&folder, file);
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

#[test]
fn every_error_is_told_at_its_place() {
    let mut names: Vec<String> = fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 57, "only {} cases", names.len());
    let failures: Vec<String> = names
        .iter()
        .filter_map(|name| check(name).err().map(|why| format!("{name}:\n  {why}")))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n\n{}",
        failures.len(),
        names.len(),
        failures.join("\n")
    );
}
