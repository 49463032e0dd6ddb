//! What golden suites of all databases have in common: a table of cases, and our SQL for one.

use std::fs;
use std::path::Path;
use std::process::Command;

/// One case of a table `cases.tsv`.
pub(crate) struct Case {
    /// `rails` or `ridgepole`: whose rules, and the folder of the case.
    pub(crate) frontend: String,
    /// Its name, and its folder's.
    pub(crate) name: String,
    /// The ActiveRecord that made the expectation.
    pub(crate) rails_version: String,
}

/// The table's cases, each with what further columns say. There are at least so many, so that a table that can't be read isn't taken for one
/// without faults.
pub(crate) fn cases(golden: &Path, at_least: usize) -> Vec<(Case, Vec<String>)> {
    let table = fs::read_to_string(golden.join("cases.tsv")).unwrap();
    let cases: Vec<(Case, Vec<String>)> = table
        .lines()
        .map(|line| {
            let mut fields = line.split('\t').map(str::to_owned);
            let mut next = || fields.next().unwrap();
            let case = Case {
                frontend: next(),
                name: next(),
                rails_version: next(),
            };
            (case, fields.collect())
        })
        .collect();
    assert!(cases.len() >= at_least, "only {} cases", cases.len());
    cases
}

/// Our SQL for a case, by the real binary, with further arguments.
pub(crate) fn generate(case: &Case, folder: &Path, arguments: &[&str]) -> String {
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
        .args(arguments)
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

/// What a reviewer accepted is what we write. `snapshots` is a path from `tests`.
pub(crate) fn assert_text(snapshots: &str, name: &str, sql: &str) {
    insta::with_settings!({
        snapshot_path => Path::new("..").join(snapshots),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, sql);
    });
}

/// The real tool's database is what we make.
pub(crate) fn assert_same(expected: &str, ours: &str) {
    if ours != expected {
        let diff = similar::TextDiff::from_lines(expected, ours)
            .unified_diff()
            .header("expected", "ours")
            .to_string();
        panic!("the database differs from the one that the real tool builds:\n{diff}");
    }
}
