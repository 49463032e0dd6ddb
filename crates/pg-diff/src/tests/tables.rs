//! Tables, schemas, extensions, and SQL of the source.

use super::*;
use pg_model::{PgSchema, PgTable};

#[test]
fn tables_come_with_their_parts_and_go_with_a_mark() {
    let mut orders = table("orders", vec![column("user_id", TypeKind::BigInt)]);
    orders.indexes.push(index("on_user", &["user_id"]));
    orders
        .foreign_keys
        .push(foreign_key("fk", "user_id", "users"));
    let users = table("users", vec![]);
    let old = schema(vec![users.clone()]);
    let new = schema(vec![users, orders]);
    check(
        &old,
        &new,
        "\
CREATE TABLE orders (
    id bigserial,
    user_id bigint,
    PRIMARY KEY (id)
);
CREATE INDEX on_user ON orders (user_id);

ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id);
",
    );
    check(
        &new,
        &old,
        "-- Loses data: the table `orders`.\nDROP TABLE orders;\n",
    );
}

#[test]
fn tables_that_hold_each_other_are_let_go_first() {
    let mut a = table("a", vec![column("b_id", TypeKind::BigInt)]);
    a.foreign_keys.push(foreign_key("to_b", "b_id", "b"));
    let mut b = table("b", vec![column("a_id", TypeKind::BigInt)]);
    b.foreign_keys.push(foreign_key("to_a", "a_id", "a"));
    check(
        &schema(vec![a, b]),
        &Schema::default(),
        "\
ALTER TABLE a DROP CONSTRAINT to_b;
ALTER TABLE b DROP CONSTRAINT to_a;

-- Loses data: the table `b`.
DROP TABLE b;
-- Loses data: the table `a`.
DROP TABLE a;
",
    );
}

#[test]
fn a_renamed_table_takes_all_names_along() {
    let mut users = table("users", vec![column("email", VARCHAR)]);
    users
        .indexes
        .push(index("index_users_on_email", &["email"]));
    let mut posts = table("posts", vec![column("user_id", TypeKind::BigInt)]);
    posts
        .foreign_keys
        .push(foreign_key("fk_1", "user_id", "users"));
    let old = schema(vec![users, posts]);
    let mut members = table("members", vec![column("email", VARCHAR)]);
    members.renamed_from = Some(QualifiedName::in_schema("public", "users"));
    members
        .indexes
        .push(index("index_members_on_email", &["email"]));
    let mut posts = table("posts", vec![column("user_id", TypeKind::BigInt)]);
    posts
        .foreign_keys
        .push(foreign_key("fk_2", "user_id", "members"));
    let new = schema(vec![members, posts]);
    check(
        &old,
        &new,
        "\
ALTER TABLE users RENAME TO members;
ALTER INDEX users_pkey RENAME TO members_pkey;
ALTER INDEX index_users_on_email RENAME TO index_members_on_email;
ALTER SEQUENCE users_id_seq RENAME TO members_id_seq;
ALTER TABLE posts RENAME CONSTRAINT fk_1 TO fk_2;
",
    );
}

#[test]
fn a_rename_frees_a_name_for_a_newcomer() {
    let old = schema(vec![table("users", vec![])]);
    let mut members = table("members", vec![]);
    members.renamed_from = Some(QualifiedName::bare("users"));
    let new = schema(vec![table("users", vec![]), members]);
    check(
        &old,
        &new,
        "\
ALTER TABLE users RENAME TO members;
ALTER INDEX users_pkey RENAME TO members_pkey;
ALTER SEQUENCE users_id_seq RENAME TO members_id_seq;

CREATE TABLE users (
    id bigserial,
    PRIMARY KEY (id)
);
",
    );
}

#[test]
fn what_no_alter_table_makes_is_named() {
    let plain = schema(vec![table("a", vec![]), table("b", vec![])]);
    let mut changed = plain.clone();
    changed.tables[0].options = Some("PARTITION BY RANGE (id)".into());
    changed.tables[1].as_query = Some("SELECT 1".into());
    let errors = migration(&plain, &changed).unwrap_err();
    let errors: Vec<String> = errors
        .iter()
        .map(|error| format!("{}: {}", error.table, error.what))
        .collect();
    assert_eq!(
        errors,
        [
            "a: its options changed from none to `PARTITION BY RANGE (id)`",
            "b: the query that it is made from changed from none to `SELECT 1`"
        ]
    );
}

#[test]
fn logging_is_switched_and_temporary_tables_are_nobodys_business() {
    let logged = table("t", vec![]);
    let unlogged = Table {
        own: PgTable {
            persistence: Persistence::Unlogged,
            ..logged.own.clone()
        },
        ..logged.clone()
    };
    check_table(logged.clone(), unlogged, "ALTER TABLE t SET UNLOGGED;\n");
    let temporary = Table {
        own: PgTable {
            persistence: Persistence::Temporary,
            ..PgTable::default()
        },
        ..table("x", vec![])
    };
    check(
        &schema(vec![logged.clone(), temporary]),
        &schema(vec![logged]),
        "",
    );
}

#[test]
fn what_cannot_run_in_a_transaction_stands_behind_it() {
    let index = "CREATE INDEX CONCURRENTLY i ON t (n)";
    let with = |statements: Vec<Statement>| Schema {
        tables: vec![table("t", vec![column("n", TypeKind::Integer)])],
        statements,
        ..Schema::default()
    };
    let both = with(vec![
        statement("CREATE VIEW v AS SELECT 1", 1),
        statement(index, 1),
    ]);
    let sql = migration(&with(Vec::new()), &both)
        .unwrap()
        .sql("a", "b", Course::OneStep);
    let (_, steps) = sql.split_once("\nBEGIN;\n").unwrap();
    assert_eq!(
        steps,
        "\nCREATE VIEW v AS SELECT 1;\n\nCOMMIT;\n\n\
         -- Outside of the transaction: what stands below can't run in one.\n\n\
         CREATE INDEX CONCURRENTLY i ON t (n);\n"
    );
    let alone = with(vec![statement(index, 1)]);
    let sql = migration(&with(Vec::new()), &alone)
        .unwrap()
        .sql("a", "b", Course::OneStep);
    assert!(!sql.contains("BEGIN;"), "{sql}");
    check(&alone, &with(Vec::new()), "DROP INDEX i;\n");
}

/// So many tables with five indexes each, and a key to the first.
fn many(count: usize) -> Schema {
    let tables = (0..count).map(|number| {
        let name = format!("t{number}");
        let mut table = table(&name, vec![column("n", TypeKind::BigInt)]);
        table.indexes = (0..5)
            .map(|index_number| index(&format!("{name}_{index_number}"), &["n"]))
            .collect();
        table
    });
    schema(tables.collect())
}

#[test]
fn locks_are_counted_by_what_happens_to_each_table() {
    let before = many(10);
    let locks = |edit: &dyn Fn(&mut Table)| {
        let mut after = before.clone();
        after.tables.iter_mut().for_each(edit);
        migration(&before, &after).unwrap().locks()
    };
    assert_eq!(locks(&|_| {}), 0);
    // A table and its TOAST with an index: the new column may be the first that needs it.
    assert_eq!(locks(&|table| table.columns.push(column("c", VARCHAR))), 30);
    assert_eq!(locks(&|table| table.comment = Some("x".into())), 10);
    // All that the table is made of, and a table for the new rows with its TOAST and index.
    let retype =
        |table: &mut Table| table.columns[1].data_type = DataType::scalar(TypeKind::Integer);
    assert_eq!(locks(&retype), 130);
    assert_eq!(
        locks(&|table| table.own.persistence = Persistence::Unlogged),
        130
    );
    // The table, its five indexes, its key's index and its sequence.
    let rename = |table: &mut Table| {
        table.renamed_from = Some(table.name.clone());
        table.name.name.push('x');
    };
    assert_eq!(locks(&rename), 80);
    assert_eq!(locks(&|table| table.indexes.truncate(3)), 30);
    assert_eq!(locks(&|table| table.primary_key = None), 100);
    assert_eq!(
        migration(&before, &schema(Vec::new())).unwrap().locks(),
        100
    );
    let point_to_first = |table: &mut Table| {
        let key = foreign_key(&format!("{}_fk", table.name.name), "n", "t0");
        table.foreign_keys.push(key);
    };
    assert_eq!(locks(&point_to_first), 100);
    // The table that a key points to is locked with its indexes, and counts once.
    let of_last = |table: &mut Table| {
        if matches!(table.name.name.as_str(), "t8" | "t9") {
            point_to_first(table);
        }
    };
    assert_eq!(locks(&of_last), 30);
}

#[test]
fn a_migration_of_more_relations_than_a_server_locks_says_so() {
    let empty = Schema::default();
    let small = migration(&empty, &many(620)).unwrap();
    assert_eq!((small.locks(), small.needs()), (6_200, None));
    let large = migration(&empty, &many(1_500)).unwrap();
    let needs = "the one transaction locks about 15000 relations, and a server with default settings has room for some \
                 7808: set `max_locks_per_transaction = 192`";
    assert_eq!(large.needs().as_deref(), Some(needs));
    let sql = large.sql("a", "b", Course::OneStep);
    assert!(
        sql.contains(&format!(".\n-- Needs locks: {needs}.\n\nSET ")),
        "{}",
        &sql[..500]
    );
    assert_eq!(sql.matches("\nBEGIN;\n").count(), 1);
}

#[test]
fn schemas_and_extensions_come_first_and_go_last() {
    let extension = |name: &str| Extension {
        name: name.into(),
        schema: None,
    };
    let empty = Schema::default();
    let mut audits = table("audits", vec![]);
    audits.name.schema = Some("log".into());
    let full = Schema {
        tables: vec![audits],
        own: PgSchema {
            namespaces: vec!["log".into()],
            extensions: vec![extension("plpgsql"), extension("citext")],
            ..PgSchema::default()
        },
        ..Schema::default()
    };
    check(
        &full,
        &empty,
        "\
-- Loses data: the table `log.audits`.
DROP TABLE log.audits;

-- Loses data: the extension `citext`.
DROP EXTENSION citext;
-- Loses data: the schema `log`.
DROP SCHEMA log;
",
    );
}

#[test]
fn views_step_aside_while_their_tables_change() {
    let before = Schema {
        tables: vec![
            table("t", vec![column("n", TypeKind::Integer)]),
            table("u", vec![]),
        ],
        statements: vec![
            statement(
                "CREATE VIEW v AS SELECT n FROM t;\nCREATE VIEW w AS SELECT * FROM v",
                2,
            ),
            statement("COMMENT ON VIEW v IS 'x'", 2),
            statement("CREATE VIEW other AS SELECT id FROM u", 2),
        ],
        ..Schema::default()
    };
    let mut after = before.clone();
    after.tables[0].columns[1].data_type = DataType::scalar(TypeKind::BigInt);
    check(
        &before,
        &after,
        "\
DROP VIEW w;
DROP VIEW v;

ALTER TABLE t ALTER COLUMN n TYPE bigint;

CREATE VIEW v AS SELECT n FROM t;

CREATE VIEW w AS SELECT * FROM v;

COMMENT ON VIEW v IS 'x';
",
    );
}

#[test]
fn code_is_replaced_and_what_has_no_opposite_is_left_to_a_person() {
    let of = |statements: &[&str]| Schema {
        statements: statements.iter().map(|sql| statement(sql, 0)).collect(),
        ..Schema::default()
    };
    let old = of(&[
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "INSERT INTO t\n  VALUES (1)",
        "CREATE DOMAIN d AS text",
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SEQUENCE s",
    ]);
    let new = of(&[
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
        "CREATE DOMAIN d AS varchar",
        "SELECT 1 -- new",
    ]);
    check(
        &old,
        &new,
        "\
DROP FUNCTION g();

ALTER DOMAIN d RENAME TO d_old;

CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';

CREATE DOMAIN d AS varchar;

SELECT 1 -- new
;

DROP DOMAIN d_old;
-- Loses data: the sequence `s`.
DROP SEQUENCE IF EXISTS s;
",
    );
    let migration = migration(&old, &new).unwrap();
    assert_eq!(
        migration.by_hand(),
        ["`INSERT INTO t VALUES (1)` is gone from the new schema"]
    );
}
