//! Dumps load into a real PostgreSQL, which verifies every constraint.

use crate::support::{Database, repository};
use std::path::Path;
use testkit::pg::TempPostgres;

/// This repository's own schema.
fn own_schema() -> std::path::PathBuf {
    repository().join("schema/Schemafile")
}

#[test]
fn the_own_schema_loads_at_any_size_and_twice() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    for rows in ["0", "1", "2", "17", "1000", "20000"] {
        let dump = database.generate(&["--rows", rows]);
        database.load(&dump);
        let first = database.data();
        database.load(&dump);
        assert_eq!(database.data(), first, "a second load with {rows} rows");
        assert_eq!(database.query("SELECT count(*) FROM prefectures"), "47");
        assert_eq!(database.query("SELECT count(*) FROM users"), rows);
    }
}

#[test]
fn sequences_go_on_after_the_rows() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.load(&database.generate(&["--rows", "50"]));
    assert_eq!(
        database.query("INSERT INTO categories (name, slug, created_at, updated_at) VALUES ('a', 'b', now(), now()) RETURNING id"),
        "51"
    );
}

#[test]
fn rows_agree_with_themselves_and_their_parents() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.load(&database.generate(&["--rows", "3000", "--locale", "en"]));
    for (what, sql) in [
        (
            "updated before created",
            "SELECT count(*) FROM users WHERE updated_at < created_at",
        ),
        (
            "deleted before created",
            "SELECT count(*) FROM users WHERE deleted_at < created_at",
        ),
        (
            "a user before the office",
            "SELECT count(*) FROM users u JOIN offices o ON o.id = u.office_id WHERE u.created_at < o.created_at",
        ),
        (
            "an order before the customer",
            "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.created_at < c.created_at",
        ),
        (
            "a favourite before the product",
            "SELECT count(*) FROM user_favorites f JOIN products p ON p.id = f.product_id WHERE f.created_at < p.created_at",
        ),
        (
            "one's own manager",
            "SELECT count(*) FROM users WHERE manager_id = id",
        ),
        (
            "an address elsewhere",
            "SELECT count(*) FROM customers WHERE address NOT LIKE '%' || city || '%' || postal_code",
        ),
    ] {
        assert_eq!(database.query(sql), "0", "{what}");
    }
    let lines: u64 = database
        .query("SELECT max(line_number) FROM order_lines")
        .parse()
        .unwrap();
    assert!(
        (3..20).contains(&lines),
        "order lines are counted within their order: {lines}"
    );
    let favourites: u64 = database
        .query("SELECT max(n) FROM (SELECT count(*) AS n FROM users GROUP BY office_id) AS offices")
        .parse()
        .unwrap();
    assert!(
        favourites > 20,
        "some offices have many users: {favourites}"
    );
}

#[test]
fn a_load_that_fails_leaves_the_database_as_it_was() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.load(&database.generate(&["--rows", "100"]));
    let before = database.data();
    let dump = database.generate(&["--rows", "200"]);
    let text = std::fs::read_to_string(&dump).unwrap();
    // The 150th user moves to an office that isn't there.
    let broken = text.replacen("\n150\t", "\n150\tx\t", 1);
    assert_ne!(broken, text);
    std::fs::write(&dump, broken).unwrap();
    let error = load_error(&database, &dump);
    assert!(error.contains("ERROR"), "{error}");
    assert_eq!(database.data(), before);
}

#[test]
fn an_orphan_is_refused() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    let dump = database.generate(&["--rows", "20"]);
    let text = std::fs::read_to_string(&dump).unwrap();
    let header = text.find("COPY user_favorites").unwrap();
    let (before, rows) = text.split_at(header);
    let broken = rows.replacen("\n1\t", "\n1\t99", 1);
    std::fs::write(&dump, format!("{before}{broken}")).unwrap();
    let error = load_error(&database, &dump);
    assert!(error.contains("foreign key"), "{error}");
    assert_eq!(database.query("SELECT count(*) FROM users"), "0");
}

fn load_error(database: &Database<'_>, dump: &Path) -> String {
    let output = database.try_load(dump);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn every_kind_of_constraint_is_kept() {
    let schemafile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/constraints.rb");
    let database = Database::new(TempPostgres::shared(), &schemafile);
    for (rows, locale) in [
        ("1", "en"),
        ("2", "ja"),
        ("40", "en"),
        ("1000", "ja"),
        ("5000", "en"),
    ] {
        let dump = database.generate(&["--rows", rows, "--locale", locale]);
        database.load(&dump);
        assert_eq!(database.query("SELECT count(*) FROM people"), rows);
    }
}

/// Loads a schema of this directory at several sizes; the server verifies it.
#[track_caller]
fn assert_loads(schema: &str) -> Database<'static> {
    let schemafile = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/schemas")
        .join(schema);
    let database = Database::new(TempPostgres::shared(), &schemafile);
    for (rows, locale) in [("1", "en"), ("2", "ja"), ("1000", "en")] {
        database.load(&database.generate(&["--rows", rows, "--locale", locale]));
    }
    database
}

#[test]
fn every_type_gets_values_that_its_constraints_allow() {
    let database = assert_loads("types.rb");
    assert_eq!(database.query("SELECT count(*) FROM a12"), "1000");
    assert_eq!(database.query("SELECT count(*) FROM a3"), "2");
    assert_eq!(
        database.query("SELECT count(*) FROM a24 WHERE color !~* '^#[0-9a-f]{6}$'"),
        "0"
    );
}

#[test]
fn rows_that_are_bound_to_other_rows_get_such_rows() {
    let database = assert_loads("relations.rb");
    for table in ["friendships", "pairs", "follows", "nodes", "emps", "slots"] {
        assert_eq!(
            database.query(&format!("SELECT count(*) FROM {table}")),
            "1000",
            "{table}"
        );
    }
    // A tree, not rows that are their own parents.
    assert_eq!(
        database.query("SELECT count(*) FROM nodes WHERE parent_id >= id"),
        "0"
    );
}

#[test]
fn what_is_unique_by_an_expression_is_unique() {
    let database = assert_loads("expressions.rb");
    for table in [
        "parts", "lparts", "hparts", "b4", "b5", "b14", "b15", "b16", "b17", "b18", "b19", "b20",
    ] {
        assert_eq!(
            database.query(&format!("SELECT count(*) FROM {table}")),
            "1000",
            "{table}"
        );
    }
}

#[test]
fn triggers_do_not_fire_and_are_as_they_were() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.query(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no rows please'; END $$;
         CREATE TRIGGER one BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse();
         CREATE TRIGGER two BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse();
         CREATE TRIGGER three BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse();
         ALTER TABLE users DISABLE TRIGGER two;
         ALTER TABLE users ENABLE ALWAYS TRIGGER three",
    );
    database.load(&database.generate(&["--rows", "10"]));
    assert_eq!(
        database.query(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
        ),
        "one|O\nthree|A\ntwo|D"
    );
}

#[test]
fn comments_of_indexes_and_keys_survive() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    database.query("COMMENT ON INDEX index_offices_on_name IS 'it''s \"one\" of them'");
    database.query("COMMENT ON CONSTRAINT products_price_not_negative ON products IS 'a check'");
    // Database::load compares the dumps of the schema, comments included.
    database.load(&database.generate(&["--rows", "10"]));
}

#[test]
fn texts_that_are_read_as_another_type_are_texts_of_that_type() {
    let schemafile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/casts.rb");
    let database = Database::new(TempPostgres::shared(), &schemafile);
    database.load(&database.generate(&["--rows", "3000"]));
    let sql = "SELECT count(DISTINCT source_address::inet) FROM signatures WHERE ip_address::inet << '0.0.0.0/0' OR ip_address IS NULL";
    assert_eq!(database.query(sql), "3000");
}

#[test]
fn what_lets_one_row_be_gets_no_more() {
    let schemafile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/guards.rb");
    let database = Database::new(TempPostgres::shared(), &schemafile);
    for rows in ["1", "2000"] {
        database.load(&database.generate(&["--rows", rows]));
        assert_eq!(database.query("SELECT count(*) FROM sequences"), rows);
        assert_eq!(database.query("SELECT count(*) FROM site_settings"), "1");
    }
}
