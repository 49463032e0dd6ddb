//! What a migration says besides its statements: those are the cases of `tests/cases`.

use crate::migration;
use mysql_model::{Schema, Server};

fn schema(sql: &str) -> Schema {
    match mysql_import::read(sql.as_bytes(), Some(Server::MySql)) {
        Ok(import) => import.schema,
        Err(errors) => panic!("{errors}"),
    }
}

#[test]
fn what_no_statement_undoes_is_left_to_a_person() {
    let old = schema("CREATE TABLE a (x int); CALL p(1);");
    let new = schema("CREATE TABLE a (x int);");
    let found = migration(&old, &new, Server::MariaDb).expect("a migration");
    assert_eq!(
        found.by_hand(),
        ["`CALL p(1)` is gone from the schema, and what it did stays"]
    );
    assert!(found.sql("a", "b").contains("-- By hand: `CALL p(1)`"));
}

#[test]
fn types_say_what_becomes_of_values() {
    for (from, to, loses, refuses) in [
        ("int", "bigint", None, None),
        ("bigint", "int", None, Some("values out of the new range")),
        (
            "int",
            "int unsigned",
            None,
            Some("values out of the new range"),
        ),
        (
            "decimal(8,2)",
            "decimal(8,1)",
            Some("digits behind the point"),
            None,
        ),
        (
            "datetime(6)",
            "datetime",
            Some("fractions of seconds"),
            None,
        ),
        ("datetime", "date", Some("times of day"), None),
        ("varchar(9)", "varchar(20)", None, None),
        (
            "varchar(9)",
            "int",
            Some("zeros before numbers"),
            Some("no numbers"),
        ),
        ("varchar(20)", "varchar(9)", None, Some("too long")),
        (
            "enum('a','b')",
            "enum('b')",
            None,
            Some("whose label is gone"),
        ),
        ("json", "longtext", None, None),
        ("text", "json", None, Some("no JSON")),
        ("int", "varchar(20)", None, None),
    ] {
        let table = |column: &str| {
            schema(&format!(
                "CREATE TABLE t (a {column}) DEFAULT CHARSET=utf8mb4;"
            ))
        };
        let found = migration(&table(from), &table(to), Server::MySql).expect("a migration");
        let sql = found.sql("old", "new");
        let said = |word: &str| {
            sql.lines()
                .find(|line| line.starts_with(&format!("-- {word}:")))
                .map(str::to_owned)
        };
        for (word, expected) in [("Loses data", loses), ("May fail", refuses)] {
            match (said(word), expected) {
                (Some(line), Some(part)) => assert!(line.contains(part), "{from} to {to}: {line}"),
                (found, expected) => assert_eq!(
                    found.is_some(),
                    expected.is_some(),
                    "{from} to {to}: {found:?}"
                ),
            }
        }
    }
}
