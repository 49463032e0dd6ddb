//! The golden rule: PostgreSQL can't tell our database from the one that ridgepole or ActiveRecord built.
//!
//! Each case is a test of its own name, and holds two things: the text that we write, as a snapshot that a reviewer
//! accepts (`cargo insta review`), and what `pg_dump` says of the database that it makes, which only the real tools
//! decide.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};
use testkit::pg::TempPostgres;

/// How many cases there are at least, so that a table that can't be read isn't taken for one without faults.
const AT_LEAST: usize = 98;

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
fn generate(case: &Case, folder: &Path) -> String {
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
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The dump that is expected, without the psql commands that guard a restore.
fn normalised(dump: &str) -> String {
    dump.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a reviewer accepted is what we write.
fn assert_text(case: &Case, sql: &str) {
    insta::with_settings!({
        snapshot_path => "golden/sql",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(format!("{}-{}", case.frontend, case.name), sql);
    });
}

/// The real tool's database is what we make.
fn assert_database(folder: &Path, sql: &str) {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let before = folder.join("before.sql");
    if before.exists() {
        postgres.psql_file(&database, &before);
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("01_schema.sql");
    fs::write(&file, sql).unwrap();
    postgres.psql_file(&database, &file);
    let dump = normalised(&postgres.pg_dump(&database));
    let expected = normalised(&fs::read_to_string(folder.join("expected.sql")).unwrap());
    postgres.drop_database(&database);
    if dump != expected {
        let diff = similar::TextDiff::from_lines(&expected, &dump)
            .unified_diff()
            .header("expected", "ours")
            .to_string();
        panic!("the database differs from the one that the real tool builds:\n{diff}");
    }
}

fn check(case: &Case) {
    let folder = golden().join(&case.frontend).join(&case.name);
    let sql = generate(case, &folder);
    // The database first: a text is not worth accepting while it makes another one.
    assert_database(&folder, &sql);
    assert_text(case, &sql);
}

fn main() -> ExitCode {
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "only {} cases", cases.len());
    let trials = cases
        .into_iter()
        .map(|case| {
            Trial::test(format!("{}/{}", case.frontend, case.name), move || {
                check(&case);
                Ok(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
