//! The golden rule: PostgreSQL can't tell our database from the one that ridgepole or ActiveRecord built.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::pg::TempPostgres;

/// Servers do most of the work, so a few cases at once keep the machine busy.
const AT_ONCE: usize = 4;

struct Case {
    frontend: String,
    name: String,
    rails_version: String,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn cases() -> Vec<Case> {
    let table = fs::read_to_string(golden().join("cases.tsv")).unwrap();
    table
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Case {
                frontend: fields[0].to_owned(),
                name: fields[1].to_owned(),
                rails_version: fields[2].to_owned(),
            }
        })
        .collect()
}

/// Our SQL for a case, by the real binary.
fn generate(case: &Case, folder: &Path) -> Result<String, String> {
    let file = if case.frontend == "rails" {
        "schema.rb"
    } else {
        "Schemafile"
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen-schema"));
    command
        .arg(folder.join(file))
        .args(["-o", "-", "--frontend", &case.frontend])
        .args(["--rails-version", &case.rails_version])
        .env("NO_COLOR", "1");
    let inflections = folder.join("inflections.rb");
    if inflections.exists() {
        command.arg("--inflections").arg(inflections);
    }
    let output = command.output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The dump that is expected, without the psql commands that guard a restore.
fn normalised(dump: &str) -> String {
    dump.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn check(postgres: &TempPostgres, case: &Case) -> Result<(), String> {
    let folder = golden().join(&case.frontend).join(&case.name);
    let sql = generate(case, &folder)?;
    let database = postgres.create_database();
    let before = folder.join("before.sql");
    if before.exists() {
        postgres.psql_file(&database, &before);
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("01_schema.sql");
    fs::write(&file, &sql).unwrap();
    let loaded = postgres.try_psql_file(&database, &file);
    if !loaded.status.success() {
        let said = String::from_utf8_lossy(&loaded.stderr).into_owned();
        return Err(format!("the SQL doesn't load: {said}"));
    }
    let dump = normalised(&postgres.pg_dump(&database));
    let expected = normalised(&fs::read_to_string(folder.join("expected.sql")).unwrap());
    postgres.drop_database(&database);
    if dump == expected {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, &dump)
        .unified_diff()
        .header("expected", "ours")
        .to_string();
    Err(diff)
}

#[test]
fn every_schema_is_the_one_that_the_real_tool_builds() {
    let postgres = TempPostgres::shared();
    let cases = cases();
    assert!(cases.len() >= 98, "only {} cases", cases.len());
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = check(postgres, case) {
                        let failure = format!("{}/{}:\n{why}", case.frontend, case.name);
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}
