//! Dumps in other forms than one whole text for psql: INSERT statements, some tables, parts.

use crate::support::{Database, repository};
use std::fs;
use std::path::{Path, PathBuf};
use testkit::pg::TempPostgres;

fn own_schema() -> PathBuf {
    repository().join("schema/Schemafile")
}

fn test_schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/schemas")
        .join(name)
}

#[test]
fn statements_give_the_same_rows_as_copy() {
    for schemafile in [own_schema(), test_schema("constraints.rb")] {
        let database = Database::new(TempPostgres::shared(), &schemafile);
        database.load(&database.generate(&["--rows", "2500", "--locale", "ja"]));
        let copied = database.data();
        let dump = database.generate(&["--rows", "2500", "--locale", "ja", "--format", "insert"]);
        let text = fs::read_to_string(&dump).unwrap();
        assert!(
            !text
                .lines()
                .any(|line| line.starts_with("COPY ") || line.starts_with('\\'))
        );
        database.load(&dump);
        assert_eq!(database.data(), copied, "{}", schemafile.display());
    }
}

#[test]
fn a_driver_that_executes_the_text_loads_it() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    let dump = database.generate(&["--rows", "30", "--format", "insert"]);
    database.load(&dump);
    let loaded = database.data();
    database.query("TRUNCATE offices, customers CASCADE");
    database.execute(&fs::read_to_string(&dump).unwrap());
    assert_eq!(database.data(), loaded);
}

#[test]
fn every_text_is_the_same_by_copy_and_by_statement() {
    let database = Database::new(TempPostgres::shared(), &test_schema("texts/schema.rb"));
    let expected = [
        "1|it's \"quoted\"",
        "2|back\\slash \\n \\N",
        "3|",
        "5|tab\tand 日本語",
        "6|two\nlines",
        "7|\\x1b\u{1b}[0m",
    ]
    .join("\n");
    for format in ["copy", "insert"] {
        // What the server was told before must not change what the text means.
        for setting in ["on", "off"] {
            database.query(&format!(
                "ALTER DATABASE \"{}\" SET standard_conforming_strings = {setting}",
                database.name()
            ));
            let dump = database.generate(&["--format", format]);
            if format == "insert" {
                database.execute(&fs::read_to_string(&dump).unwrap());
            }
            database.load(&dump);
            assert_eq!(
                database.query("SELECT id, body FROM notes WHERE body IS NOT NULL ORDER BY id"),
                expected,
                "{format}, {setting}"
            );
            assert_eq!(
                database.query("SELECT id FROM notes WHERE body IS NULL"),
                "4"
            );
            assert_eq!(
                database.query("SELECT ratio FROM notes WHERE id IN (1, 2) ORDER BY id"),
                "NaN\n-Infinity"
            );
        }
    }
}

#[test]
fn identities_take_the_values_of_the_dump() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.query(
        "ALTER TABLE offices ALTER id DROP DEFAULT;
         ALTER TABLE offices ALTER id ADD GENERATED ALWAYS AS IDENTITY",
    );
    for format in ["copy", "insert"] {
        database.load(&database.generate(&["--rows", "20", "--format", format]));
        assert_eq!(
            database.query("SELECT min(id), max(id) FROM offices"),
            "1|20"
        );
        assert_eq!(
            database.query(
                "INSERT INTO offices (name, address, prefecture_code, created_at, updated_at) \
                 VALUES ('x', 'y', '13', now(), now()) RETURNING id"
            ),
            "21"
        );
    }
}

#[test]
fn rules_and_triggers_do_not_fire_on_statements() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.query(
        "CREATE RULE nothing AS ON INSERT TO users DO INSTEAD NOTHING;
         CREATE RULE always AS ON INSERT TO orders DO INSTEAD NOTHING;
         ALTER TABLE orders ENABLE ALWAYS RULE always;
         CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no rows please'; END $$;
         CREATE TRIGGER one BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    // Database::load compares the schema before and after, rules and triggers included.
    database.load(&database.generate(&["--rows", "10", "--format", "insert"]));
    assert_eq!(
        database.query("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders)"),
        "10|10"
    );
}

#[test]
fn some_tables_are_emptied_and_filled_alone() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.load(&database.generate(&["--rows", "500"]));
    let all = database.data();
    database.query("UPDATE orders SET note = 'changed'; UPDATE users SET name = 'changed'");
    for format in ["copy", "insert"] {
        // `orders` points to tables that aren't in the dump, and others point to it.
        let some = ["--rows", "500", "--format", format, "--only", "orders"];
        database.load(&database.generate(&some));
        assert_eq!(
            database.query("SELECT count(*) FROM orders WHERE note = 'changed'"),
            "0"
        );
        assert_eq!(
            database.query("SELECT count(*) FROM users WHERE name = 'changed'"),
            "500"
        );
    }
    let two = ["--rows", "500", "--only", "users", "order_lines"];
    database.load(&database.generate(&two));
    assert_eq!(database.data(), all);
}

#[test]
fn some_tables_without_their_parents_are_refused_by_the_server() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    let dump = database.generate(&["--rows", "5", "--only", "orders"]);
    let output = database.try_load(&dump);
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("foreign key"), "{error}");
    assert_eq!(database.query("SELECT count(*) FROM orders"), "0");
}

#[test]
fn a_sequence_stays_ahead_of_tables_that_are_not_in_the_dump() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database
        .query("ALTER TABLE categories ALTER id SET DEFAULT nextval('offices_id_seq'::regclass)");
    database.load(&database.generate(&["--rows", "categories=70", "--rows", "offices=20"]));
    database.load(&database.generate(&["--rows", "offices=20", "--only", "offices"]));
    assert_eq!(
        database.query("SELECT last_value FROM offices_id_seq"),
        "70"
    );
}

#[test]
fn parts_behind_each_other_are_the_whole_dump() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    let whole = database.generate(&["--rows", "3000"]);
    database.load(&whole);
    let expected = database.data();
    for format in ["copy", "insert"] {
        let whole = database.generate(&["--rows", "3000", "--format", format]);
        let whole = fs::read(&whole).unwrap();
        let mut parts = Vec::new();
        for number in 1..=3 {
            let shard = format!("{number}/3");
            let part =
                database.generate(&["--rows", "3000", "--format", format, "--shard", &shard]);
            let part = fs::read(part).unwrap();
            assert!(part.len() > whole.len() / 5, "part {shard}");
            parts.extend(part);
        }
        assert!(parts == whole, "{format}");
        let file = database.file("joined.sql");
        fs::write(&file, parts).unwrap();
        database.load(&file);
        assert_eq!(database.data(), expected, "{format}");
    }
}
