//! The temporary server is a real one, stops at the first error, and leaves nothing behind.

use testkit::mysql::{Flavour, TempMySql};

#[test]
fn databases_are_separate_and_utf8() {
    let server = TempMySql::shared(Flavour::MariaDb);
    let (first, second) = (server.create_database(), server.create_database());
    assert_ne!(first, second);
    server.sql(
        &first,
        "CREATE TABLE t (name text); INSERT INTO t VALUES ('東京')",
    );
    assert_eq!(
        server.sql(&first, "SELECT name, length(name) FROM t"),
        "東京\t6\n"
    );
    assert!(!server.try_sql(&second, "SELECT * FROM t").status.success());
    server.drop_database(&second);
    assert!(!server.try_sql(&second, "SELECT 1").status.success());
}

#[test]
fn a_script_meets_a_strange_session_and_stops_at_its_first_error() {
    let server = TempMySql::shared(Flavour::MariaDb);
    let database = server.create_database();
    let script = "CREATE TABLE a (b timestamp DEFAULT '2026-01-01 09:00:00');\nSELECT nothing;\nCREATE TABLE c (d int);\n";
    let error = server.load(&database, script.as_bytes()).unwrap_err();
    assert!(error.contains("Unknown column 'nothing'"), "{error}");
    assert_eq!(
        server.normal_form(&database),
        "CREATE TABLE `a` (\n  `b` timestamp NULL DEFAULT '2026-01-01 00:00:00'\n) \
         ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\n\n"
    );
}

#[test]
fn the_normal_form_knows_all_that_a_schema_has() {
    let server = TempMySql::shared(Flavour::MariaDb);
    let database = server.create_database();
    server.sql(
        &database,
        "CREATE TABLE t (a int(5), b int, INDEX z (b), INDEX y (a));
         CREATE VIEW v AS SELECT a FROM t;
         CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'it\\'s\n';
         CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;
         CREATE PROCEDURE p() SELECT 1;",
    );
    let form = server.normal_form(&database);
    let starts: Vec<&str> = form
        .split(";\n\n")
        .map(|object| object.lines().next().unwrap_or_default())
        .collect();
    assert_eq!(
        starts,
        [
            "CREATE TABLE `t` (",
            "CREATE SQL SECURITY DEFINER VIEW `v` AS select `t`.`a` AS `a` from `t`",
            "CREATE TRIGGER `r` BEFORE INSERT ON `t` FOR EACH ROW SET NEW.a = 'it''s\\n'",
            "CREATE FUNCTION `f`() RETURNS int(11)",
            "CREATE PROCEDURE `p`()",
            ""
        ]
    );
}

#[test]
fn it_goes_away_with_its_files() {
    let server = TempMySql::start(Flavour::MariaDb);
    let socket = server.socket().unwrap();
    let directory = socket.parent().unwrap().to_owned();
    assert!(directory.exists());
    drop(server);
    assert!(!directory.exists());
}
