//! Dumps of many tables, for which a server has few locks.

use crate::support::Database;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use testkit::pg::TempPostgres;

/// What a dump's text counts as the server's room.
const ROOM: &str = "current_setting('max_locks_per_transaction')::bigint * processes;";

/// A hundred and ten tables in a tree, two that point to each other, and one that inherits.
fn schema(directory: &Path) -> std::path::PathBuf {
    let mut text = String::from("ActiveRecord::Schema[8.1].define(version: 1) do\n");
    for number in 0..110 {
        let _ = writeln!(
            text,
            "create_table(\"t{number}\") {{ |t| t.string \"name\", null: false\nt.bigint \"parent_id\"\nt.index [\"name\"], unique: true }}"
        );
    }
    for number in 1..110 {
        let _ = writeln!(
            text,
            "add_foreign_key \"t{number}\", \"t{}\", column: \"parent_id\"",
            number / 2
        );
    }
    text.push_str("add_foreign_key \"t0\", \"t109\", column: \"parent_id\"\nend\n");
    let file = directory.join("schema.rb");
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn small_tables_keep_what_they_have_where_locks_are_few() {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::new(TempPostgres::shared(), &schema(directory.path()));
    let dump = database.generate(&["--rows", "30"]);
    let text = fs::read_to_string(&dump).unwrap();
    assert!(!text.contains("FREEZE"), "many small tables aren't frozen");
    database.load(&dump);
    let usual = database.data();
    // As on a server with room for six hundred.
    assert!(text.contains(ROOM));
    let sparing = text.replace(ROOM, "600;");
    fs::write(&dump, sparing).unwrap();
    for _ in 0..2 {
        database.load(&dump);
        assert_eq!(database.data(), usual);
    }
    // And on one where even that is too much.
    fs::write(&dump, text.replace(ROOM, "300;")).unwrap();
    let output = database.try_load(&dump);
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("needs about") && error.contains("max_locks_per_transaction="),
        "{error}"
    );
    assert_eq!(database.data(), usual);
}

#[test]
fn tables_that_inherit_keep_their_rows() {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::new(TempPostgres::shared(), &schema(directory.path()));
    database.query(
        "CREATE TABLE heir (extra text) INHERITS (t5); INSERT INTO heir (id, name) VALUES (1, 'mine')",
    );
    database.load(&database.generate(&["--rows", "3"]));
    assert_eq!(database.query("SELECT name FROM heir"), "mine");
    assert_eq!(database.query("SELECT count(*) FROM ONLY t5"), "3");
}
