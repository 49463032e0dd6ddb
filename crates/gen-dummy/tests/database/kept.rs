//! What a database has besides rows is afterwards as it was: everything that `pg_dump` tells, at a size at which keys
//! are taken away and at one at which they stay.

use crate::support::{Database, repository};
use testkit::pg::TempPostgres;

/// Few rows, and so many that primary keys are made again.
const SIZES: [&str; 2] = ["50", "12000"];

fn own_schema() -> Database<'static> {
    Database::new(
        TempPostgres::shared(),
        &repository().join("schema/Schemafile"),
    )
}

/// Loads at every size; `Database::load` compares `pg_dump` before and after.
#[track_caller]
fn load_at_every_size(database: &Database<'_>) {
    for rows in SIZES {
        database.load(&database.generate(&["--rows", rows]));
        assert_eq!(database.query("SELECT count(*) FROM users"), rows);
    }
}

#[test]
fn what_only_people_add_to_indexes_and_keys() {
    let database = own_schema();
    database.query(
        "COMMENT ON CONSTRAINT users_pkey ON users IS 'the key';
         COMMENT ON INDEX users_pkey IS 'the key''s index';
         COMMENT ON INDEX index_offices_on_name IS 'an index';
         COMMENT ON COLUMN users.name IS 'a column';
         ALTER TABLE offices CLUSTER ON index_offices_on_prefecture_code;
         ALTER TABLE customers CLUSTER ON customers_pkey;
         ALTER TABLE offices REPLICA IDENTITY USING INDEX index_offices_on_name;
         ALTER TABLE orders REPLICA IDENTITY FULL;
         ALTER INDEX index_users_on_lower_email ALTER COLUMN 1 SET STATISTICS 500;
         ALTER TABLE users ALTER COLUMN name SET STATISTICS 300;
         CREATE STATISTICS of_orders (dependencies) ON status, customer_id FROM orders;
         ALTER INDEX index_orders_on_number SET (fillfactor = 70);
         ALTER INDEX products_pkey SET (fillfactor = 80);
         ALTER TABLE categories ADD CONSTRAINT categories_slug UNIQUE (slug, parent_id) DEFERRABLE INITIALLY DEFERRED;
         ALTER TABLE categories ADD UNIQUE (name, slug) INCLUDE (position);
         CREATE INDEX ON users (name text_pattern_ops DESC NULLS LAST) INCLUDE (email) WITH (fillfactor = 60);
         CREATE INDEX brin ON orders USING brin (created_at)",
    );
    load_at_every_size(&database);
    assert_eq!(
        database.query(
            "SELECT indisclustered FROM pg_index WHERE indexrelid = 'customers_pkey'::regclass"
        ),
        "t"
    );
}

#[test]
fn constraints_that_wait_or_hold_for_new_rows_only() {
    let database = own_schema();
    database.query(
        "ALTER TABLE orders ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL (user_id)
             DEFERRABLE INITIALLY DEFERRED;
         ALTER TABLE orders ADD CONSTRAINT unseen FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
         ALTER TABLE users ADD CONSTRAINT never CHECK (name <> '') NOT VALID;
         COMMENT ON CONSTRAINT later ON orders IS 'checked at the end'",
    );
    load_at_every_size(&database);
    assert_eq!(
        database.query(
            "SELECT conname, convalidated, condeferred FROM pg_constraint
             WHERE conname IN ('later', 'unseen', 'never') ORDER BY 1"
        ),
        "later|t|t\nnever|f|f\nunseen|f|f"
    );
}

#[test]
fn an_index_that_is_not_valid_stays_as_it_is() {
    let database = own_schema();
    database.query("INSERT INTO categories (name, slug, created_at, updated_at) VALUES ('a', 'x', now(), now()), ('a', 'y', now(), now())");
    // Fails, and leaves an index that isn't valid.
    let made = database.try_query("CREATE UNIQUE INDEX CONCURRENTLY broken ON categories (name)");
    assert!(!made.status.success());
    database.query("TRUNCATE categories CASCADE");
    let invalid = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid";
    assert_eq!(database.query(invalid), "broken");
    database.load(&database.generate(&["--rows", "50"]));
    assert_eq!(database.query(invalid), "broken");
}

#[test]
fn views_that_need_a_primary_key() {
    let database = own_schema();
    database.query(
        "CREATE VIEW busy AS SELECT u.id, u.name, count(*) FROM users u JOIN orders o ON o.user_id = u.id GROUP BY u.id;
         CREATE MATERIALIZED VIEW names AS SELECT DISTINCT name FROM users;
         CREATE UNIQUE INDEX ON names (name)",
    );
    load_at_every_size(&database);
}

#[test]
fn partitioned_tables_with_indexes_keys_and_triggers() {
    let database = own_schema();
    database.query(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no rows please'; END $$;
         DROP TABLE user_favorites;
         CREATE TABLE user_favorites (id bigserial, user_id bigint NOT NULL, product_id bigint NOT NULL,
             created_at timestamp NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
         CREATE TABLE favorites_old PARTITION OF user_favorites FOR VALUES FROM (0) TO (100);
         CREATE TABLE favorites_new PARTITION OF user_favorites DEFAULT;
         CREATE INDEX of_all ON user_favorites (user_id);
         CREATE INDEX of_one ON favorites_new (product_id);
         COMMENT ON INDEX of_one IS 'one partition alone has it';
         ALTER TABLE user_favorites ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE;
         ALTER TABLE favorites_new ADD CONSTRAINT alone FOREIGN KEY (product_id) REFERENCES products;
         CREATE TRIGGER everywhere BEFORE INSERT ON user_favorites FOR EACH ROW EXECUTE FUNCTION refuse();
         CREATE TRIGGER here BEFORE INSERT ON favorites_old FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    // The schema's file knows a plain table, which can be frozen; the database's can't.
    for rows in SIZES {
        let dump = database.generate(&["--rows", rows]);
        let text = std::fs::read_to_string(&dump).unwrap();
        let header = "COPY user_favorites (id, user_id, product_id, created_at) FROM stdin";
        let unfrozen = text.replace(&format!("{header} WITH (FREEZE)"), header);
        assert_ne!(unfrozen, text);
        std::fs::write(&dump, unfrozen).unwrap();
        database.load(&dump);
        assert_eq!(database.query("SELECT count(*) FROM user_favorites"), rows);
        assert_eq!(
            database.query("SELECT count(*) FROM favorites_old"),
            if rows == "50" { "50" } else { "99" }
        );
    }
}

#[test]
fn a_load_that_fails_late_changes_nothing_not_even_sequences() {
    let database = own_schema();
    database.load(&database.generate(&["--rows", "20"]));
    database.query("SELECT setval('users_id_seq', 4711)");
    // Two rows with the same key are found at the end of the transaction at the latest.
    database.query(
        "ALTER TABLE offices ADD CONSTRAINT same UNIQUE (prefecture_code, opened_on) DEFERRABLE INITIALLY DEFERRED;
",
    );
    let (before, schema) = (database.data(), database.schema());
    for (rows, table) in [("30", "offices"), ("12000", "offices")] {
        let dump = database.generate(&["--rows", rows]);
        let text = std::fs::read_to_string(&dump).unwrap();
        let header = text.find(&format!("COPY {table}")).unwrap();
        let mut broken: Vec<String> = text[header..].lines().map(str::to_owned).collect();
        // The second row takes the first one's prefecture and day.
        let first: Vec<String> = broken[1].split('\t').map(str::to_owned).collect();
        let mut second: Vec<String> = broken[2].split('\t').map(str::to_owned).collect();
        second[3].clone_from(&first[3]);
        second[5] = "2020-01-01".to_owned();
        let mut changed = first;
        changed[5] = "2020-01-01".to_owned();
        broken[1] = changed.join("\t");
        broken[2] = second.join("\t");
        std::fs::write(&dump, format!("{}{}\n", &text[..header], broken.join("\n"))).unwrap();
        let output = database.try_load(&dump);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && error.contains("same"),
            "{error}"
        );
        assert_eq!(database.data(), before);
        assert!(database.schema() == schema);
    }
}
