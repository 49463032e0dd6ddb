//! Scripts by hand, migrations and dumps: what a statement does to those before it, what is left out, what is refused.

use mysql_import::{Import, read, read_all};
use mysql_model::{DataType, Server};

#[track_caller]
fn import(sql: &str) -> Import {
    match read(sql.as_bytes(), Some(Server::MySql)) {
        Ok(import) => import,
        Err(errors) => panic!("{errors}\n{sql}"),
    }
}

/// Both scripts leave the same database.
#[track_caller]
fn same(script: &str, expected: &str) {
    assert_eq!(import(script).schema, import(expected).schema, "{script}");
}

/// What is wrong with a script: line and sentence.
fn errors(sql: &str) -> Vec<(usize, String)> {
    let errors = read(sql.as_bytes(), None).expect_err("a mistake");
    errors
        .iter()
        .map(|error| {
            assert!(error.hint().is_some(), "{error} has no hint");
            (error.line().unwrap_or(0), error.to_string())
        })
        .collect()
}

fn notes(import: &Import) -> Vec<String> {
    import
        .notes
        .iter()
        .map(|note| format!("{}: {}", note.line, note.text))
        .collect()
}

#[test]
fn a_table_is_the_same_however_it_is_said() {
    same(
        "create table t (id serial primary key, a int(11) null default null, b tinyint(1) default '1' unique key,
           c varchar(5) character set utf8 collate utf8_bin not null, key (a), index by_c using btree (c(2) desc),
           check (a > 0), foreign key (a) references t (id)) engine innodb, auto_increment = 5 comment 'x';",
        "CREATE TABLE `t` (
           `id` bigint unsigned NOT NULL AUTO_INCREMENT,
           `a` int DEFAULT NULL,
           `b` tinyint(1) DEFAULT 1,
           `c` varchar(5) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL,
           PRIMARY KEY (`id`),
           UNIQUE KEY `id` (`id`),
           UNIQUE KEY `b` (`b`),
           KEY `a` (`a`),
           KEY `by_c` (`c`(2) DESC) USING BTREE,
           CONSTRAINT `t_chk_1` CHECK ((`a` > 0)),
           CONSTRAINT `t_ibfk_1` FOREIGN KEY (`a`) REFERENCES `t` (`id`)
         ) ENGINE=InnoDB AUTO_INCREMENT=5 COMMENT='x';"
            .replace("(`a` > 0)", "a > 0")
            .as_str(),
    );
}

#[test]
fn a_binary_text_has_the_binary_collation_of_its_set() {
    same(
        "create table t (a varchar(9) binary not null, b text character set latin1 binary, c varbinary(3)) default charset=utf8;
         create table u (a char(2));
         alter table u add b varchar(3) binary;",
        "create table t (a varchar(9) collate utf8_bin not null, b text character set latin1 collate latin1_bin,
           c varbinary(3)) default charset=utf8;
         create table u (a char(2), b varchar(3) collate utf8mb4_bin);",
    );
}

#[test]
fn a_character_set_before_a_text_goes_where_the_server_adds_it() {
    const TABLE: &str = "CREATE TABLE t (a varchar(9) DEFAULT (concat(_utf8mb4'x', 1)),
        b varchar(9) AS (concat(a, _utf8mb4'-')) STORED, CHECK ((a <> _utf8mb4'z')));";
    for (server, left) in [(Server::MySql, 0), (Server::MariaDb, 3)] {
        let schema = read(TABLE.as_bytes(), Some(server))
            .expect("a table")
            .schema;
        let kept = format!("{schema:?}").matches("_utf8mb4").count();
        assert_eq!(kept, left, "{server:?}: {schema:?}");
    }
}

#[test]
fn a_view_is_of_whatever_database_the_file_is_loaded_into() {
    let views = |sql: &str| {
        let import = import(&format!(
            "CREATE DATABASE shop; USE shop;\nCREATE TABLE a (id int);\n{sql};\n"
        ));
        import.schema.statements[0].sql.clone()
    };
    assert_eq!(
        views(
            "CREATE VIEW v AS SELECT a.id, 'shop.a' AS s FROM shop.a JOIN `shop`.b ON b.id = shop.a.id"
        ),
        "CREATE VIEW v AS SELECT a.id, 'shop.a' AS s FROM a JOIN b ON b.id = a.id"
    );
    // Another database's is another's, and a table that is called so is meant.
    for other in [
        "CREATE VIEW v AS SELECT id FROM store.a",
        "CREATE VIEW v AS SELECT shop.id FROM a AS shop",
    ] {
        assert_eq!(views(other), other);
    }
}

#[test]
fn what_alter_table_does_is_done() {
    const OLD: &str =
        "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int, b varchar(9), KEY by_a (a));";
    for (change, expected) in [
        (
            "ALTER TABLE t ADD c int AFTER id, ADD COLUMN (d int, e int), DROP COLUMN b",
            "CREATE TABLE t (id int NOT NULL PRIMARY KEY, c int, a int, d int, e int, KEY by_a (a))",
        ),
        (
            "ALTER TABLE t MODIFY b varchar(20) NOT NULL FIRST, CHANGE a x bigint",
            "CREATE TABLE t (b varchar(20) NOT NULL, id int NOT NULL PRIMARY KEY, x bigint, KEY by_a (x))",
        ),
        (
            "ALTER TABLE t RENAME COLUMN a TO x, RENAME INDEX by_a TO by_x, ALTER b SET DEFAULT 'y'",
            "CREATE TABLE t (id int NOT NULL PRIMARY KEY, x int, b varchar(9) DEFAULT 'y', KEY by_x (x))",
        ),
        (
            "ALTER TABLE t DROP COLUMN a, DROP PRIMARY KEY, ADD PRIMARY KEY (id, b), ENGINE=MyISAM, COMMENT='c'",
            "CREATE TABLE t (id int NOT NULL, b varchar(9) NOT NULL, PRIMARY KEY (id, b)) ENGINE=MyISAM COMMENT='c'",
        ),
        (
            "CREATE UNIQUE INDEX u ON t (b(3)); DROP INDEX by_a ON t; RENAME TABLE t TO s",
            "CREATE TABLE s (id int NOT NULL PRIMARY KEY, a int, b varchar(9), UNIQUE KEY u (b(3)))",
        ),
        (
            "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 1), ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id) ON DELETE CASCADE; ALTER TABLE t DROP CHECK k",
            "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int, b varchar(9), KEY by_a (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id) ON DELETE CASCADE)",
        ),
        (
            "CREATE TABLE u LIKE t; DROP TABLE t",
            "CREATE TABLE u (id int NOT NULL PRIMARY KEY, a int, b varchar(9), KEY by_a (a))",
        ),
        (
            "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4; ALTER TABLE t REMOVE PARTITIONING",
            OLD,
        ),
    ] {
        same(&format!("{OLD}{change};"), &format!("{expected};"));
    }
}

#[test]
fn views_follow_what_they_show() {
    let import = import(
        "CREATE TABLE t (a int);
         /*!50001 CREATE VIEW `a` AS SELECT 1 AS `x`*/;
         /*!50001 CREATE VIEW `b` AS SELECT 1 AS `x`*/;
         /*!50001 DROP VIEW IF EXISTS `a`*/;
         /*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */ /*!50001 VIEW `a` AS select `x` from `b` */;
         /*!50001 DROP VIEW IF EXISTS `b`*/;
         /*!50001 CREATE ALGORITHM=MERGE */ /*!50001 VIEW `b` AS select `t`.`a` AS `x` from `t` */;",
    );
    let statements: Vec<&str> = import
        .schema
        .statements
        .iter()
        .map(|statement| statement.sql.as_str())
        .collect();
    assert_eq!(
        statements,
        [
            "CREATE ALGORITHM=MERGE VIEW `b` AS select `t`.`a` AS `x` from `t`",
            "CREATE VIEW `a` AS select `x` from `b`",
        ]
    );
    assert!(
        notes(&import)[0].contains("1 `DEFINER` left out"),
        "{import:?}"
    );
}

#[test]
fn what_is_left_out_is_told() {
    let import = import(
        "CREATE DATABASE shop; USE shop;
         DROP TABLE IF EXISTS t;
         CREATE TABLE shop.t (a int);
         INSERT INTO t VALUES (1), (2), ('(3), (4)') ON DUPLICATE KEY UPDATE a = (5);
         CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY);
         INSERT INTO `schema_migrations` (version) VALUES ('1'), ('2');
         GRANT ALL ON shop.* TO a;
         SET foreign_key_checks = 0; LOCK TABLES t WRITE; COMMIT;
         SELECT 1;
         CALL something(1);",
    );
    assert_eq!(import.schema.tables.len(), 1);
    assert_eq!(import.schema.tables[0].name.to_string(), "t");
    let notes = notes(&import);
    for part in [
        "1: 1 statement about databases",
        "2: 1 statement that only takes away",
        "4: 3 rows left out",
        "5: schema_migrations",
        "7: 1 statement about accounts",
        "9: 1 statement that only asks",
        "10: `CALL something(1)` isn't a statement that is known here",
    ] {
        assert!(
            notes.iter().any(|note| note.starts_with(part)),
            "{part}: {notes:#?}"
        );
    }
    assert_eq!(notes.len(), 7, "{notes:#?}");
    assert_eq!(import.schema.statements[0].sql, "CALL something(1)");
}

#[test]
fn a_table_beyond_the_model_stays_sql() {
    let import = import(
        "CREATE TABLE a (x int, PRIMARY KEY (x DESC)); ALTER TABLE a ADD y int; CREATE TABLE b (z int);",
    );
    assert_eq!(import.schema.tables.len(), 1);
    let statements: Vec<&str> = import
        .schema
        .statements
        .iter()
        .map(|statement| statement.sql.as_str())
        .collect();
    assert_eq!(
        statements,
        [
            "CREATE TABLE a (x int, PRIMARY KEY (x DESC))",
            "ALTER TABLE a ADD y int"
        ]
    );
    assert!(notes(&import)[0].contains("table `a` has what the DSL has no word for"));
}

#[test]
fn a_trigger_needs_no_delimiter_and_goes_with_its_table() {
    const TABLES: &str = "CREATE TABLE t (a int); CREATE TABLE u (a int);";
    let trigger =
        "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.a = 2; END;";
    let found = import(&format!("{TABLES}{trigger}"));
    assert_eq!(found.schema.statements.len(), 1);
    let found = import(&format!("{TABLES}{trigger} DROP TABLE t;"));
    assert_eq!(found.schema.statements.len(), 0);
    let found = import(&format!("{TABLES}{trigger} RENAME TABLE t TO v;"));
    assert!(found.schema.statements[0].sql.contains("ON `v` FOR"));
}

#[test]
fn json_of_mariadb_is_json() {
    let sql = "CREATE TABLE `t` (
          `a` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT '{}' CHECK (json_valid(`a`)),
          `b` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
          `c` int DEFAULT NULL CHECK (`c` > 0)
        ) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;";
    let import = read(sql.as_bytes(), Some(Server::MariaDb)).expect("a table");
    let columns = &import.schema.tables[0].columns;
    assert_eq!(columns[0].data_type, DataType::Json);
    assert_eq!(columns[0].own.charset, None);
    assert_ne!(columns[1].data_type, DataType::Json);
    assert_eq!(columns[2].own.check.as_deref(), Some("`c` > 0"));
}

#[test]
fn mistakes_are_told_with_their_lines_all_at_once() {
    let found = errors(
        "CREATE TABLE a (x int);\nCREATE TABLE a (y int);\nALTER TABLE b ADD x int;\nALTER TABLE a DROP COLUMN z;\n\
         DROP VIEW v;\nsource other.sql;\nUSE one;\n",
    );
    let expected = [
        (2, "`a` is made a second time"),
        (3, "nothing here has made the table `b`"),
        (4, "`a` has no column `z` here"),
        (5, "nothing here has made the view `v`"),
        (6, "`source other.sql` is a command of the client"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((line, text), (expected_line, beginning)) in found.iter().zip(expected) {
        assert_eq!(*line, expected_line, "{text}");
        assert!(text.starts_with(beginning), "{text}");
    }
}

#[test]
fn what_is_no_whole_file_is_refused() {
    for (sql, line, part) in [
        (
            "-- MySQL dump 10.13\nCREATE TABLE a (x int);\n",
            2,
            "the dump has no end",
        ),
        (
            "CREATE TABLE a (x int);\nCREATE TABLE b (y varchar(1) DEFAULT 'z);",
            2,
            "has no end",
        ),
        ("SET NAMES sjis;", 1, "character set sjis"),
        (
            "SET sql_mode = 'ANSI_QUOTES';",
            1,
            "`ANSI_QUOTES` gives quotes",
        ),
        (
            "USE a; CREATE TABLE b (c int);\nUSE d;",
            2,
            "goes on to another database, `d`",
        ),
        ("-- nothing\n", 1, "nothing in the file"),
    ] {
        let found = errors(sql);
        assert!(
            found
                .iter()
                .any(|(at, text)| *at == line && text.contains(part)),
            "{sql}: {found:?}"
        );
    }
    assert!(read(&b"\x1f\x8b\x08"[..], None).is_err());
    let latin = read(
        &b"CREATE TABLE a (b varchar(1) COMMENT \"\xe4\");"[..],
        None,
    );
    let said = latin.expect_err("no UTF-8").to_string();
    assert!(said.contains("isn't UTF-8"), "{said}");
}

#[test]
fn migrations_run_in_a_row_and_what_takes_back_is_passed_over() {
    let files = [
        "-- migrate:up\nCREATE TABLE a (x int);\n-- migrate:down\nDROP TABLE a;\n",
        "ALTER TABLE a ADD y int;\nALTER TABLE z ADD y int;\n",
    ];
    let inputs = || files.iter().map(|file| Ok(file.as_bytes()));
    let errors = read_all(inputs(), None).expect_err("a table that nobody made");
    let error = errors.iter().next().expect("an error");
    assert_eq!((error.file(), error.line()), (1, Some(2)));
    let fine = read_all(inputs().take(1), None).expect("one file");
    assert_eq!(fine.schema.tables[0].columns.len(), 1);
}

#[test]
fn foreign_keys_to_tables_that_a_dump_lacks_are_told() {
    let import = import("CREATE TABLE a (x int, CONSTRAINT f FOREIGN KEY (x) REFERENCES b (y));");
    assert!(import.schema.tables[0].foreign_keys.is_empty());
    assert!(notes(&import)[0].contains("the foreign key `f` of `a` left out"));
}
