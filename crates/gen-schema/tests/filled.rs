//! `gen-schema diff` on tables that hold rows: what can be kept is kept, and what a row refuses is announced by a
//! comment and leaves the database as it was.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::process::Command;
use testkit::pg::TempPostgres;

const OLD: &str = "
create_enum \"mood\", [\"glad\", \"sad\"]
create_table \"people\" do |t|
  t.string \"name\"
  t.string \"age\"
  t.integer \"points\"
  t.boolean \"regular\"
  t.string \"flag\"
  t.datetime \"seen_at\", precision: 3
  t.enum \"mood\", enum_type: \"mood\", default: \"glad\"
end
";

/// Every change that rows can survive.
const NEW: &str = "
create_enum \"mood\", [\"glad\", \"calm\", \"sad\"]
create_table \"people\" do |t|
  t.string \"name\", null: false
  t.integer \"age\"
  t.bigint \"points\", default: 0, null: false
  t.integer \"regular\"
  t.boolean \"flag\"
  t.datetime \"seen_at\"
  t.enum \"mood\", enum_type: \"mood\", default: \"calm\"
  t.string \"country\", default: \"JP\", null: false
  t.index [\"name\"], unique: true
end
";

const ROW: &str = "INSERT INTO people (name, age, points, regular, flag, seen_at, mood) \
                   VALUES ('Ann', '41', 7, true, 'f', '2026-01-02 03:04:05.678', 'sad')";

/// Runs gen-schema on files of these texts.
fn gen_schema(arguments: &[&str], texts: &[&str]) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen-schema"));
    command.env("NO_COLOR", "1").args(arguments);
    for (number, text) in texts.iter().enumerate() {
        let path = scratch.path().join(format!("{number}.rb"));
        fs::write(&path, text).unwrap();
        command.arg(path);
    }
    if !arguments.contains(&"diff") {
        command.args(["-o", "-"]);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rows_go_through_changed_types_and_labels() {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    postgres.psql(&database, &gen_schema(&[], &[OLD]));
    postgres.psql(&database, ROW);
    let migration = gen_schema(&["diff", "--allow-drop"], &[OLD, NEW]);
    postgres.psql(&database, &migration);
    let row = postgres.psql(&database, "SELECT * FROM people");
    assert_eq!(row.trim(), "1|Ann|41|7|1|f|2026-01-02 03:04:05.678|sad|JP");
    // A new row gets another id than the old one, and the new defaults.
    let row = postgres.psql(
        &database,
        "INSERT INTO people (name) VALUES ('Bo') RETURNING id, points, mood",
    );
    assert_eq!(row.trim(), "2|0|calm");
    postgres.drop_database(&database);
}

#[test]
fn what_rows_refuse_is_announced_and_changes_nothing() {
    let required = OLD.replace(
        "t.string \"age\"",
        "t.string \"age\"\n  t.string \"email\", null: false",
    );
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    postgres.psql(&database, &gen_schema(&[], &[OLD]));
    postgres.psql(&database, ROW);
    let before = postgres.pg_dump(&database);
    let migration = gen_schema(&["diff"], &[OLD, &required]);
    assert!(
        migration.contains(
            "-- May fail: rows that are there already have no value for `people.email`, which is not null and has no default."
        ),
        "{migration}"
    );
    let output = postgres.try_psql(&database, &migration);
    assert!(!output.status.success());
    assert_eq!(postgres.pg_dump(&database), before);
    // An empty table takes it.
    postgres.psql(&database, "DELETE FROM people");
    postgres.psql(&database, &migration);
    postgres.drop_database(&database);
}
