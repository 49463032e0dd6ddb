//! What somebody changed in a database by hand becomes text, and with it the database is made again.

use crate::support::{gen_dummy, repository};
use std::fs;
use testkit::pg::TempPostgres;

/// A scratch repository, and the database of its rows.
struct Captured {
    scratch: tempfile::TempDir,
    postgres: &'static TempPostgres,
}

impl Captured {
    fn new(schema: &str) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        fs::create_dir(scratch.path().join("schema")).unwrap();
        fs::write(scratch.path().join("schema/Schemafile"), schema).unwrap();
        Self {
            scratch,
            postgres: TempPostgres::shared(),
        }
    }

    /// A database with the rows that gen-dummy makes now.
    fn made(&self) -> String {
        let name = self.postgres.create_database();
        let reading = schema_input::read_schema(
            &project_files::Project::around(self.scratch.path()),
            &self.scratch.path().join("schema/Schemafile"),
            &schemafile::Options::default(),
        )
        .unwrap();
        let sql = pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "Schemafile");
        let file = self.scratch.path().join("01.sql");
        fs::write(&file, sql).unwrap();
        self.postgres.psql_file(&name, &file);
        let dump = self.scratch.path().join("02.sql");
        gen_dummy(self.scratch.path())
            .args(["-q", "-o", "02.sql", "--rows", "200"])
            .assert()
            .success();
        self.postgres.psql_file(&name, &dump);
        name
    }

    /// What `capture` says of a database.
    fn capture(&self, database: &str, arguments: &[&str]) -> (String, String) {
        let dump = self.postgres.pg_dump_data(database);
        let output = gen_dummy(self.scratch.path())
            .arg("capture")
            .args(["--rows", "200"])
            .args(arguments)
            .write_stdin(dump)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        (said, told)
    }

    fn text(&self, table: &str) -> String {
        fs::read_to_string(
            self.scratch
                .path()
                .join(format!("schema/captured/{table}.toml")),
        )
        .unwrap()
    }
}

/// All rows of a database, each table's in order.
fn rows(postgres: &TempPostgres, database: &str) -> Vec<String> {
    let dump = postgres.pg_dump_data(database);
    let mut all = Vec::new();
    let mut table = String::new();
    for line in dump.lines() {
        if let Some(name) = line.strip_prefix("COPY ") {
            name.clone_into(&mut table);
        } else if line == "\\." {
            table.clear();
        } else if !table.is_empty() {
            all.push(format!("{table}: {line}"));
        }
    }
    all.sort();
    all
}

/// Every type that PostgreSQL has and that rows are made for.
const TYPES: &str = r#"
create_table "things", force: :cascade do |t|
  t.string "name", null: false
  t.text "body"
  t.integer "small", limit: 2
  t.bigint "large"
  t.decimal "price", precision: 10, scale: 2
  t.float "ratio"
  t.boolean "ready"
  t.date "day"
  t.time "clock"
  t.datetime "moment", precision: 6
  t.timestamptz "zoned"
  t.interval "lasting"
  t.uuid "token"
  t.json "plain"
  t.jsonb "parsed"
  t.binary "bytes"
  t.bit "flags", limit: 8
  t.inet "address"
  t.cidr "network"
  t.macaddr "hardware"
  t.string "tags", array: true
  t.integer "numbers", array: true
  t.int4range "span"
  t.daterange "days"
  t.tsrange "between"
  t.numrange "amounts"
  t.point "spot"
  t.box "area"
  t.money "cash"
  t.xml "document"
  t.tsvector "words"
end

create_table "pairs", primary_key: ["left_id", "right_id"], force: :cascade do |t|
  t.bigint "left_id", null: false
  t.bigint "right_id", null: false
  t.string "note"
end

create_table "uuids", id: :uuid, force: :cascade do |t|
  t.string "title"
  t.bigint "thing_id"
end

add_foreign_key "pairs", "things", column: "left_id"
add_foreign_key "pairs", "things", column: "right_id"
add_foreign_key "uuids", "things"
"#;

#[test]
fn a_database_that_nobody_touched_differs_in_nothing() {
    let repository_schema = fs::read_to_string(repository().join("schema/Schemafile")).unwrap();
    for schema in [TYPES, &repository_schema] {
        let captured = Captured::new(schema);
        let database = captured.made();
        let (said, told) = captured.capture(&database, &[]);
        assert!(said.starts_with("Nothing differs"), "{said}{told}");
        captured.postgres.drop_database(&database);
    }
}

const BY_HAND: &str = r#"
UPDATE things SET name = E'tab\there\nand "quotes" \\ ''more''', body = NULL, small = -3, large = 9223372036854775807,
  price = -0.50, ratio = 1e300, ready = NOT coalesce(ready, false), day = 'infinity', clock = '23:59:59.123456',
  moment = '2000-02-29 00:00:00.000001', zoned = '2030-01-01 00:00:00+09', lasting = '1 year 2 mons -3 days 04:05:06.7',
  token = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', plain = '{"a" :  [1, null]}', parsed = '{"b": 1.50, "a": "é"}',
  bytes = '\x00ff0a', flags = B'10101010', address = '2001:db8::1/64', network = '10.0.0.0/8', hardware = '08:00:2b:01:02:03',
  tags = ARRAY['a,b', NULL, '"x"', '\', ''], numbers = '{{1,2},{3,4}}', span = '(1,9]', days = '[2026-01-01,)',
  between = '[2026-01-01 10:00,2026-01-01 11:00)', amounts = 'empty', spot = '(1.5,-2)', area = '((0,0),(1,2))',
  cash = 12.34, document = '<a>b</a>', words = to_tsvector('simple', 'one two two') WHERE id = 7;
UPDATE things SET name = '' WHERE id = 8;
UPDATE things SET ready = NULL, small = -77 WHERE id IN (9, 10);
INSERT INTO things (id, name, tags, moment) VALUES (1001, 'new one', '{}', now());
INSERT INTO uuids (id, title) VALUES ('00000000-0000-4000-8000-000000000001', 'first'), (gen_random_uuid(), E'line\nline\n');
DELETE FROM uuids WHERE ctid IN (SELECT ctid FROM uuids WHERE thing_id IS NOT NULL LIMIT 3);
UPDATE pairs SET note = 'by hand' WHERE ctid IN (SELECT ctid FROM pairs LIMIT 2);
INSERT INTO pairs VALUES (1001, 1, NULL);
DELETE FROM pairs WHERE left_id = 50;
DELETE FROM uuids WHERE thing_id = 50;
DELETE FROM pairs WHERE right_id = 50;
DELETE FROM things WHERE id = 50;
UPDATE uuids SET id = '00000000-0000-4000-8000-000000000002' WHERE ctid IN (SELECT ctid FROM uuids WHERE title <> 'first' LIMIT 1);
"#;

#[test]
fn what_was_changed_by_hand_is_made_again() {
    let captured = Captured::new(TYPES);
    let database = captured.made();
    captured.postgres.psql(&database, BY_HAND);
    let wanted = rows(captured.postgres, &database);
    let (said, told) = captured.capture(&database, &[]);
    assert!(
        said.contains("things: 4 changed, 1 added, 1 left out -> schema/captured/things.toml"),
        "{said}{told}"
    );
    let text = captured.text("things");
    assert!(text.contains("[[left_out]]\nid = 50\n"), "{text}");
    assert!(text.contains("id = 8\nname = \"\" # was "), "{text}");
    let again = captured.made();
    let made = rows(captured.postgres, &again);
    for (wanted, made) in wanted.iter().zip(&made) {
        assert_eq!(wanted, made);
    }
    assert_eq!(wanted.len(), made.len());
    // A second capture finds the same, and one of a database as it is made from now on, too.
    let (said_again, _) = captured.capture(&again, &[]);
    assert_eq!(said, said_again);
    assert_eq!(captured.text("things"), text);
    for database in [database, again] {
        captured.postgres.drop_database(&database);
    }
}

#[test]
fn files_of_what_doesnt_differ_any_more_go() {
    let captured = Captured::new(TYPES);
    let database = captured.made();
    captured.postgres.psql(&database, "UPDATE uuids SET title = 'x' WHERE title = (SELECT title FROM uuids WHERE title IS NOT NULL LIMIT 1)");
    captured.capture(&database, &[]);
    let before = captured.text("uuids");
    let clean = {
        let path = captured.scratch.path().join("schema/captured/uuids.toml");
        fs::remove_file(&path).unwrap();
        let clean = captured.made();
        fs::write(&path, before).unwrap();
        clean
    };
    let (said, _) = captured.capture(&clean, &[]);
    assert!(
        said.contains("removed schema/captured/uuids.toml"),
        "{said}"
    );
    assert!(
        !captured
            .scratch
            .path()
            .join("schema/captured/uuids.toml")
            .exists()
    );
    for database in [database, clean] {
        captured.postgres.drop_database(&database);
    }
}

#[test]
fn another_number_of_rows_is_suspected() {
    let captured =
        Captured::new("create_table \"notes\", force: :cascade do |t|\n  t.string \"text\"\nend\n");
    let database = captured.made();
    let output = gen_dummy(captured.scratch.path())
        .args(["capture", "--rows", "90", "-o", "-"])
        .write_stdin(captured.postgres.pg_dump_data(&database))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("notes: 110 rows differ from the 90 that are made"),
        "{told}"
    );
    assert!(told.contains("`--rows`"), "{told}");
    captured.postgres.drop_database(&database);
}

#[test]
fn what_cant_be_captured_is_told() {
    let captured = Captured::new(
        "create_table \"logs\", id: false, force: :cascade do |t|\n  t.string \"line\"\nend\n\
         create_table \"notes\", force: :cascade do |t|\n  t.string \"text\"\nend\n",
    );
    let database = captured.made();
    captured.postgres.psql(
        &database,
        "INSERT INTO logs VALUES ('by hand'); CREATE TABLE others (id int); INSERT INTO others VALUES (1), (2); \
         DELETE FROM notes WHERE id = 3",
    );
    let (said, told) = captured.capture(&database, &[]);
    assert!(said.contains("notes: 1 left out"), "{said}");
    assert!(
        told.contains("logs: has no primary key by which a row could be named: 1 rows"),
        "{told}"
    );
    assert!(
        told.contains("others: has 2 rows in the dump, and none are made for it"),
        "{told}"
    );
    // Another database's rows are no changes by hand.
    let output = gen_dummy(captured.scratch.path())
        .args(["capture", "-o", "-"])
        .write_stdin("COPY public.notes (id, text, more) FROM stdin;\n1\ta\tb\n\\.\n")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("notes.more: the dump has this column, and the schema doesn't"),
        "{told}"
    );
    captured.postgres.drop_database(&database);
}

#[test]
fn rows_that_arent_made_any_more_are_told_with_their_place() {
    let captured =
        Captured::new("create_table \"notes\", force: :cascade do |t|\n  t.string \"text\"\nend\n");
    let folder = captured.scratch.path().join("schema/captured");
    fs::create_dir(&folder).unwrap();
    for (text, told) in [
        (
            "table = \"notes\"\n\n[[changed]]\nid = 7000\ntext = \"x\"\n",
            "no row of `notes` is made with id = 7000|schema/captured/notes.toml:3:1|capture the database anew",
        ),
        (
            "table = \"notes\"\n\n[[added]]\nid = 1\ntext = \"x\"\n",
            "a row of `notes` with id = 1 is made already|notes.toml:3:1",
        ),
        (
            "table = \"notes\"\n\n[[changed]]\nid = 1\ntxt = \"x\"\n",
            "has no column `txt`|notes.toml:5:1|did you mean `text`?",
        ),
        (
            "table = \"nots\"\n",
            "no rows are made for a table `nots`|did you mean `notes`?",
        ),
        (
            "table = \"notes\"\n<<<<<<< a\n=======\n>>>>>>> b\n",
            "a merge conflict isn't resolved here|notes.toml:2:1",
        ),
    ] {
        fs::write(folder.join("notes.toml"), text).unwrap();
        let output = gen_dummy(captured.scratch.path())
            .args(["-o", "-"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        let said = String::from_utf8(output.stderr).unwrap();
        for told in told.split('|') {
            assert!(said.contains(told), "{text}\n{said}\nwithout {told}");
        }
    }
}
