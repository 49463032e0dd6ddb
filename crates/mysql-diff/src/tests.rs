//! What a migration says, without a server.

use crate::migration;
use mysql_model::{Schema, Server};

fn schema(sql: &str) -> Schema {
    match mysql_import::read(sql.as_bytes(), Some(Server::MySql)) {
        Ok(import) => import.schema,
        Err(errors) => panic!("{errors}"),
    }
}

/// The statements of a migration with their remarks, less the head of the file.
#[track_caller]
fn check(old: &str, new: &str, server: Server, expected: &str) {
    let found = migration(&schema(old), &schema(new), server).expect("tables that can be altered");
    let sql = found.sql("old", "new");
    let body: String = sql
        .split_inclusive('\n')
        .skip_while(|line| !line.starts_with("-- 1 of"))
        .collect();
    assert_eq!(body, expected);
}

#[test]
fn a_change_of_notation_is_no_change() {
    let old = "CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, a int(11) DEFAULT '7', b decimal(8,2) DEFAULT '0.00',
        c datetime DEFAULT now() ON UPDATE current_timestamp(), d varchar(9) CHARACTER SET utf8 DEFAULT NULL,
        e int AS (a + 1) STORED, f_id bigint, CONSTRAINT f FOREIGN KEY (f_id) REFERENCES t (id), CONSTRAINT k CHECK (a>0))
        ENGINE=InnoDB DEFAULT CHARSET=latin1;";
    let new = "CREATE TABLE `t` (`id` bigint NOT NULL AUTO_INCREMENT, `a` int DEFAULT 7, `b` decimal(8,2) DEFAULT 0,
        `c` datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        `d` varchar(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci, `e` int GENERATED ALWAYS AS ((`a` + 1)) STORED, `f_id` bigint,
        PRIMARY KEY (`id`), KEY `f` (`f_id`), CONSTRAINT `f` FOREIGN KEY (`f_id`) REFERENCES `t` (`id`), CONSTRAINT `k` CHECK ((`a` > 0)))
        DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;";
    for server in [Server::MySql, Server::MariaDb] {
        check(old, new, server, "");
        check(new, old, server, "");
    }
}

#[test]
fn one_statement_does_what_one_can() {
    check(
        "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int, b int, c int, KEY by_a (a));",
        "CREATE TABLE t (id int NOT NULL PRIMARY KEY, c int, a bigint, d int, KEY by_d (d)) COMMENT='new';",
        Server::MySql,
        "-- 1 of 1\n\
         -- Loses data: the column `t.b`.\n\
         -- Copies `t`, and nobody can write to it meanwhile (a column changes its type).\n\
         ALTER TABLE `t`\n    \
             DROP INDEX `by_a`,\n    \
             DROP COLUMN `b`,\n    \
             MODIFY COLUMN `a` bigint AFTER `c`,\n    \
             ADD COLUMN `d` int AFTER `a`,\n    \
             ADD INDEX `by_d` (`d`),\n    \
             COMMENT='new';\n",
    );
}

#[test]
fn what_is_done_at_once_has_no_remark() {
    check(
        "CREATE TABLE t (a varchar(10), b enum('x'), KEY i (a)) DEFAULT CHARSET=utf8mb4;",
        "CREATE TABLE t (a varchar(20), z int, b enum('x','y'), KEY j (a)) DEFAULT CHARSET=utf8mb4;",
        Server::MySql,
        "-- 1 of 1\n\
         ALTER TABLE `t`\n    \
             MODIFY COLUMN `a` varchar(20),\n    \
             ADD COLUMN `z` int AFTER `a`,\n    \
             MODIFY COLUMN `b` enum('x','y'),\n    \
             RENAME INDEX `i` TO `j`;\n",
    );
}

#[test]
fn the_two_servers_work_in_different_ways() {
    let (old, new) = (
        "CREATE TABLE t (a int, b int);",
        "CREATE TABLE t (b int, a int);",
    );
    check(
        old,
        new,
        Server::MariaDb,
        "-- 1 of 1\nALTER TABLE `t` MODIFY COLUMN `a` int AFTER `b`;\n",
    );
    check(
        old,
        new,
        Server::MySql,
        "-- 1 of 1\n\
         -- Rebuilds `t`, while others read and write (a column changes its place).\n\
         ALTER TABLE `t` MODIFY COLUMN `a` int AFTER `b`;\n",
    );
}

#[test]
fn foreign_keys_step_aside_and_come_back_last() {
    check(
        "CREATE TABLE a (id int NOT NULL PRIMARY KEY); CREATE TABLE b (a_id int, CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a (id));",
        "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY); CREATE TABLE b (a_id bigint, CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a (id));",
        Server::MySql,
        "-- 1 of 4\n\
         ALTER TABLE `b` DROP FOREIGN KEY `f`;\n\n\
         -- 2 of 4\n\
         -- Copies `a`, and nobody can write to it meanwhile (a column changes its type).\n\
         ALTER TABLE `a` MODIFY COLUMN `id` bigint NOT NULL;\n\n\
         -- 3 of 4\n\
         -- Copies `b`, and nobody can write to it meanwhile (a column changes its type).\n\
         ALTER TABLE `b` MODIFY COLUMN `a_id` bigint;\n\n\
         -- 4 of 4\n\
         -- Copies `b`, and nobody can write to it meanwhile (foreign keys are checked).\n\
         ALTER TABLE `b` ADD CONSTRAINT `f` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`);\n",
    );
}

#[test]
fn renames_are_said_by_marks() {
    let old = schema("CREATE TABLE a (x int, KEY i (x));");
    let mut new = schema("CREATE TABLE b (y int, KEY i (y));");
    new.tables[0].renamed_from = Some(old.tables[0].name.clone());
    new.tables[0].columns[0].renamed_from = Some("x".to_owned());
    let found = migration(&old, &new, Server::MySql).expect("a migration");
    let sql = found.sql("old", "new");
    assert!(
        sql.ends_with(
            "-- 1 of 2\nRENAME TABLE `a` TO `b`;\n\n-- 2 of 2\nALTER TABLE `b` RENAME COLUMN `x` TO `y`;\n"
        ),
        "{sql}"
    );
    assert_eq!(found.losses().count(), 0);
}

#[test]
fn views_and_triggers_make_room() {
    check(
        "CREATE TABLE a (x int); CREATE VIEW v AS SELECT * FROM a; CREATE VIEW w AS SELECT * FROM v; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @n = 1;",
        "CREATE TABLE a (x int, y int); CREATE VIEW v AS SELECT * FROM a; CREATE VIEW w AS SELECT * FROM v; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @n = 2;",
        Server::MySql,
        "-- 1 of 7\nDROP TRIGGER `t`;\n\n\
         -- 2 of 7\nDROP VIEW `w`;\n\n\
         -- 3 of 7\nDROP VIEW `v`;\n\n\
         -- 4 of 7\nALTER TABLE `a` ADD COLUMN `y` int;\n\n\
         -- 5 of 7\nCREATE VIEW v AS SELECT * FROM a;\n\n\
         -- 6 of 7\nCREATE VIEW w AS SELECT * FROM v;\n\n\
         -- 7 of 7\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @n = 2;\n",
    );
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
