//! The golden rule: PostgreSQL can't tell our database from the one that ridgepole or ActiveRecord built.
//!
//! Each case is a test of its own name, and holds two things: the text that we write, as a snapshot that a reviewer
//! accepts (`cargo insta review`), and what `pg_dump` says of the database that it makes, which only the real tools
//! decide.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

mod golden_cases;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use golden_cases::{Case, assert_same, assert_text, cases, generate};
use libtest_mimic::{Arguments, Trial};
use testkit::pg::TempPostgres;

/// How many cases there are at least.
const AT_LEAST: usize = 98;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The dump that is expected, without the psql commands that guard a restore.
fn normalised(dump: &str) -> String {
    dump.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
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
    assert_same(&expected, &dump);
}

fn check(case: &Case) {
    let folder = golden().join(&case.frontend).join(&case.name);
    let sql = generate(case, &folder, &[]);
    // The database first: a text is not worth accepting while it makes another one.
    assert_database(&folder, &sql);
    assert_text(
        "golden/sql",
        &format!("{}-{}", case.frontend, case.name),
        &sql,
    );
}

fn main() -> ExitCode {
    let trials = cases(&golden(), AT_LEAST)
        .into_iter()
        .map(|(case, _)| {
            Trial::test(format!("{}/{}", case.frontend, case.name), move || {
                check(&case);
                Ok(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
