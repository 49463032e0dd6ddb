//! Every schema of the golden suite gets rows that load, and keeps its shape; and its rows are those that a reviewer
//! accepted.
//!
//! Each case is a test of its own name. The accepted rows are held as a digest for each table (`cargo insta review`),
//! so that a review sees which tables a change of the generator reaches.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

#[path = "database/support.rs"]
#[expect(dead_code, reason = "the other tests of databases use the rest")]
mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use schemafile::{Frontend, Options, RailsVersion, SourceFile};
use sha2::{Digest, Sha256};
use support::Database;
use testkit::pg::TempPostgres;

/// How many cases there are at least, so that a table that can't be read isn't taken for one without faults.
const AT_LEAST: usize = 98;

struct Case {
    frontend: String,
    name: String,
    rails_version: String,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gen-schema/tests/golden")
}

fn cases() -> Vec<Case> {
    fs::read_to_string(golden().join("cases.tsv"))
        .unwrap()
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

/// The case's schema in a database of the shared server.
fn database(case: &Case) -> Database<'static> {
    let folder = golden().join(&case.frontend).join(&case.name);
    let rails = case.frontend == "rails";
    let schemafile = folder.join(if rails { "schema.rb" } else { "Schemafile" });
    let before = fs::read_to_string(folder.join("before.sql")).unwrap_or_default();
    let mut arguments = vec![
        format!("--frontend={}", case.frontend),
        format!("--rails-version={}", case.rails_version),
    ];
    let inflections = folder.join("inflections.rb");
    let words = inflections.exists().then(|| {
        arguments.push(format!("--inflections={}", inflections.display()));
        SourceFile::new("inflections.rb".to_owned(), fs::read(&inflections).unwrap())
    });
    let options = Options {
        frontend: Some(if rails {
            Frontend::Rails
        } else {
            Frontend::Ridgepole
        }),
        rails_version: case.rails_version.parse::<RailsVersion>().unwrap(),
        inflections: words,
        ..Options::default()
    };
    Database::with(
        TempPostgres::shared(),
        &schemafile,
        &before,
        &options,
        arguments,
    )
}

/// A line for each table (its rows, counted and hashed), and one for all that stands around them.
fn digest(dump: &str) -> String {
    let mut lines = String::new();
    let mut around = Sha256::new();
    let mut rest = dump.lines();
    while let Some(line) = rest.next() {
        // The head names the schema by where it lies on this machine.
        if line.starts_with("-- Dummy data for ") {
            continue;
        }
        around.update(line);
        around.update("\n");
        let Some(copy) = line.strip_prefix("COPY ") else {
            continue;
        };
        let mut rows = Sha256::new();
        let mut count = 0;
        for row in rest.by_ref().take_while(|row| *row != "\\.") {
            rows.update(row);
            rows.update("\n");
            count += 1;
        }
        let table = copy.split(" (").next().unwrap();
        writeln!(lines, "{table}: {count} rows, {}", short(rows)).unwrap();
    }
    writeln!(lines, "around them: {}", short(around)).unwrap();
    lines
}

/// The first eight bytes of a digest, in hexadecimal.
fn short(digest: Sha256) -> String {
    digest.finalize()[..8]
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

fn check(case: &Case) {
    let database = database(case);
    for rows in ["1", "300"] {
        database.load(&database.generate(&["--rows", rows]));
        database.assert_in_order();
    }
    let dump = fs::read_to_string(database.generate(&["--rows", "20"])).unwrap();
    insta::with_settings!({
        snapshot_path => "golden",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(format!("{}-{}", case.frontend, case.name), digest(&dump));
    });
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
