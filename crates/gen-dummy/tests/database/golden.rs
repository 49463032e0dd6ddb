//! Every schema of the golden suite gets rows that load, and keeps its shape.

use crate::support::Database;
use schemafile::{Frontend, Options, RailsVersion, SourceFile};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::pg::TempPostgres;

/// Servers do most of the work, so a few cases at once keep the machine busy.
const AT_ONCE: usize = 4;

/// Front end, name, version of ActiveRecord.
struct Case(String, String, String);

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gen-schema/tests/golden")
}

fn cases() -> Vec<Case> {
    fs::read_to_string(golden().join("cases.tsv"))
        .unwrap()
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Case(fields[0].into(), fields[1].into(), fields[2].into())
        })
        .collect()
}

fn check(postgres: &TempPostgres, case: &Case) {
    let Case(frontend, name, version) = case;
    let folder = golden().join(frontend).join(name);
    let schemafile = folder.join(if frontend == "rails" {
        "schema.rb"
    } else {
        "Schemafile"
    });
    let before = fs::read_to_string(folder.join("before.sql")).unwrap_or_default();
    let mut arguments = vec![
        format!("--frontend={frontend}"),
        format!("--rails-version={version}"),
    ];
    let inflections = folder.join("inflections.rb");
    let words = inflections.exists().then(|| {
        arguments.push(format!("--inflections={}", inflections.display()));
        SourceFile::new("inflections.rb".to_owned(), fs::read(&inflections).unwrap())
    });
    let options = Options {
        frontend: Some(if frontend == "rails" {
            Frontend::Rails
        } else {
            Frontend::Ridgepole
        }),
        rails_version: version.parse::<RailsVersion>().unwrap(),
        inflections: words,
        rails_metadata: false,
    };
    let database = Database::with(postgres, &schemafile, &before, &options, arguments);
    for rows in ["1", "300"] {
        database.load(&database.generate(&["--rows", rows]));
        database.assert_in_order();
    }
}

#[test]
fn all_golden_schemas_get_rows_that_load() {
    let postgres = TempPostgres::shared();
    let cases = cases();
    assert!(cases.len() > 90, "{} cases", cases.len());
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // The panic's message names the case; all cases are tried.
                    let outcome = std::panic::catch_unwind(|| check(postgres, case));
                    if outcome.is_err() {
                        failures
                            .lock()
                            .unwrap()
                            .push(format!("{}/{}", case.0, case.1));
                    }
                }
            });
        }
    });
    assert!(
        failures.lock().unwrap().is_empty(),
        "{:?}",
        failures.lock().unwrap()
    );
}
