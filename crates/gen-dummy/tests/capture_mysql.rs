//! Capturing from MySQL's dumps: what was changed by hand in a MariaDB is made again.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use assert_cmd::Command;
use project_files::Project;
use schema_input::read_schema;
use schemafile::{AnySchema, Database, Options};
use std::fs;
use std::path::Path;
use testkit::mysql::{Flavour, TempMySql};

const SCHEMA: &str = r#"
create_table "things", charset: "utf8mb4", force: :cascade do |t|
  t.string "name", null: false
  t.text "body"
  t.integer "small", limit: 2
  t.bigint "large", unsigned: true
  t.decimal "price", precision: 10, scale: 2
  t.float "ratio"
  t.boolean "ready"
  t.date "day"
  t.time "clock"
  t.datetime "moment", precision: 6
  t.json "document"
  t.binary "bytes"
  t.column "state", "enum('draft','open','closed')", null: false
end

create_table "notes", charset: "utf8mb4", force: :cascade do |t|
  t.references "thing", null: false, foreign_key: true
  t.string "text"
end
"#;

const BY_HAND: &str = r#"
UPDATE things SET name = 'tab\there\nand \'quotes\' \\ \0', body = NULL, small = -3, large = 18446744073709551615, price = -0.50,
  ratio = 1e30, ready = NOT COALESCE(ready, 0), day = '2000-02-29', clock = '23:59:59', moment = '2000-01-01 00:00:00.000001',
  document = '{"a": [1, null]}', bytes = x'00ff0a27', state = 'closed' WHERE id = 7;
UPDATE things SET name = 'zwölf' WHERE id = 12;
INSERT INTO things (id, name, state) VALUES (1001, 'new one', 'open');
INSERT INTO notes (id, thing_id, text) VALUES (2000, 1001, 'of it');
DELETE FROM notes WHERE thing_id = 50;
DELETE FROM things WHERE id = 50;
"#;

fn gen_dummy(directory: &Path) -> Command {
    let mut command = Command::cargo_bin("gen-dummy").unwrap();
    command.current_dir(directory);
    command
}

/// A database with the rows that are made now.
fn made(server: &TempMySql, directory: &Path) -> String {
    let path = directory.join("schema/Schemafile");
    let options = Options {
        database: Some(Database::MariaDb),
        ..Options::default()
    };
    let reading = read_schema(&Project::around(directory), &path, &options).unwrap();
    let AnySchema::MySql(schema, of) = reading.schema else {
        panic!("it is read for another database");
    };
    let database = server.create_database();
    let sql = mysql_sql::ddl::schema_sql(&schema, of, "Schemafile");
    server.load(&database, sql.as_bytes()).unwrap();
    gen_dummy(directory)
        .args(["-q", "-o", "rows.sql", "--rows", "100"])
        .assert()
        .success();
    let rows = fs::read(directory.join("rows.sql")).unwrap();
    server.load(&database, &rows).unwrap();
    database
}

fn dump(server: &TempMySql, database: &str, options: &[&str]) -> String {
    let output = server
        .client("mariadb-dump")
        .args(["--no-create-info", "--skip-dump-date"])
        .args(options)
        .arg(database)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The rows of a dump, one a line, in order.
fn rows(server: &TempMySql, database: &str) -> Vec<String> {
    let dump = dump(server, database, &["--hex-blob", "--skip-extended-insert"]);
    let mut rows: Vec<String> = dump
        .lines()
        .filter(|line| line.starts_with("INSERT INTO "))
        .map(str::to_owned)
        .collect();
    rows.sort();
    rows
}

#[test]
fn what_was_changed_by_hand_is_made_again() {
    let server = TempMySql::shared(Flavour::MariaDb);
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("schema")).unwrap();
    fs::write(scratch.path().join("schema/Schemafile"), SCHEMA).unwrap();
    fs::write(
        scratch.path().join("schema/schema.toml"),
        "database = \"mariadb\"\n",
    )
    .unwrap();
    let capture = |database: &str| {
        let output = gen_dummy(scratch.path())
            .args(["capture", "--rows", "100"])
            .write_stdin(dump(server, database, &["--hex-blob"]))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        String::from_utf8(output.stdout).unwrap() + &told
    };
    let database = made(server, scratch.path());
    let untouched = capture(&database);
    assert!(untouched.starts_with("Nothing differs"), "{untouched}");
    server.sql(&database, BY_HAND);
    let wanted = rows(server, &database);
    let said = capture(&database);
    assert!(
        said.contains("things: 2 changed, 1 added, 1 left out"),
        "{said}"
    );
    let again = made(server, scratch.path());
    let made = rows(server, &again);
    for (wanted, made) in wanted.iter().zip(&made) {
        assert_eq!(wanted, made);
    }
    assert_eq!(wanted.len(), made.len());
    for database in [database, again] {
        server.drop_database(&database);
    }
}
