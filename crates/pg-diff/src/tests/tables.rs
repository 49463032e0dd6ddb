//! What no SQL of a schema shows: what stands round the steps, what is left to a person, how many locks they take.

use super::*;
use pg_model::PgTable;

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
fn temporary_tables_are_nobodys_business() {
    let lasting = table("t", vec![]);
    let temporary = Table {
        own: PgTable {
            persistence: Persistence::Temporary,
            ..PgTable::default()
        },
        ..table("x", vec![])
    };
    check(
        &schema(vec![lasting.clone(), temporary]),
        &schema(vec![lasting]),
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
