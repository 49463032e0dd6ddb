//! `gen-schema init --from` and `gen-schema diff` for MySQL and MariaDB: a server can't tell the database that the new
//! Schemafile makes from the one that was dumped.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mysql_model::Server;
use schemafile::{AnySchema, Database, MemoryLoader, Options, SourceFile};
use tempfile::TempDir;
use testkit::mysql::{Flavour, TempMySql, missing, server_binaries};

/// How many databases each server has at least.
const AT_LEAST: usize = 75;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-mysql")
}

fn server(flavour: Flavour) -> (Server, Database, &'static str) {
    match flavour {
        Flavour::MariaDb => (Server::MariaDb, Database::MariaDb, "mariadb"),
        Flavour::MySql => (Server::MySql, Database::MySql, "mysql"),
    }
}

/// The Schemafile of what a server shows, as SQL.
fn through_a_schemafile(shown: &[u8], flavour: Flavour) -> Result<String, String> {
    let (server, database, _) = server(flavour);
    let import = mysql_import::read(shown, Some(server)).map_err(|errors| errors.to_string())?;
    let text = schemafile::write(&AnySchema::MySql(import.schema, server), &[]);
    let options = Options {
        database: Some(database),
        ..Options::default()
    };
    let file = SourceFile::new("Schemafile", text.as_bytes());
    match schemafile::read(file, &MemoryLoader::new(), &options) {
        Ok(reading) => match reading.schema {
            AnySchema::MySql(schema, server) => {
                Ok(mysql_sql::ddl::schema_sql(&schema, server, "test"))
            }
            AnySchema::PostgreSql(_) => Err("a schema of PostgreSQL".to_owned()),
        },
        Err(diagnostics) => Err(format!("{}\n{text}", diagnostics.render(false))),
    }
}

/// What a server shows of a new database after these scripts.
fn shown(temporary: &TempMySql, scripts: &[&str]) -> Result<String, String> {
    let database = temporary.create_database();
    let mut result = Ok(());
    for script in scripts {
        if result.is_ok() {
            result = temporary
                .load(&database, script.as_bytes())
                .map_err(|error| format!("{error}\n{script}"));
        }
    }
    let form = result.map(|()| temporary.normal_form(&database));
    temporary.drop_database(&database);
    form
}

fn differences(expected: &str, found: &str) -> String {
    let only = |one: &str, other: &str, sign: &str| {
        let lines = one
            .lines()
            .filter(|line| !other.lines().any(|own| own == *line));
        lines
            .take(6)
            .fold(String::new(), |text, line| format!("{text}{sign} {line}\n"))
    };
    only(expected, found, "-") + &only(found, expected, "+")
}

fn check_all(flavour: Flavour) {
    let temporary = TempMySql::shared(flavour);
    let (_, _, key) = server(flavour);
    let mut failures = Vec::new();
    let mut count = 0;
    for frontend in ["rails", "ridgepole"] {
        let mut cases: Vec<PathBuf> = fs::read_dir(golden().join(frontend))
            .unwrap()
            .map(|case| case.unwrap().path())
            .collect();
        cases.sort();
        for case in cases {
            let path = case.join(format!("expected.{key}.sql"));
            let Ok(expected) = fs::read(path) else {
                continue;
            };
            count += 1;
            let result = through_a_schemafile(&expected, flavour)
                .and_then(|sql| shown(temporary, &[&sql]).map(|form| (sql, form)));
            let expected = String::from_utf8_lossy(&expected);
            match result {
                Ok((_, form)) if form == expected => {}
                Ok((_, form)) => failures.push(format!(
                    "{}:\n{}",
                    case.display(),
                    differences(&expected, &form)
                )),
                Err(error) => failures.push(format!("{}: {error}", case.display())),
            }
        }
    }
    assert!(count >= AT_LEAST, "{count} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_mariadb_database_comes_back_through_a_schemafile() {
    check_all(Flavour::MariaDb);
}

#[test]
fn a_mysql_database_comes_back_through_a_schemafile() {
    if server_binaries(Flavour::MySql).is_none() {
        eprintln!("note: {}", missing(Flavour::MySql));
        return;
    }
    check_all(Flavour::MySql);
}

fn gen_schema(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &said
}

/// A repository to be.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

#[test]
fn a_dump_begins_a_repository() {
    let temporary = TempMySql::shared(Flavour::MariaDb);
    let expected = fs::read(golden().join("ridgepole/shop_app/expected.mariadb.sql")).unwrap();
    let database = temporary.create_database();
    let script = [b"SET NAMES utf8mb4;\n", expected.as_slice()].concat();
    temporary.load(&database, &script).unwrap();
    temporary.sql(
        &database,
        "INSERT INTO categories (name) VALUES ('a'), ('b')",
    );
    let dump = temporary
        .client("mysqldump")
        .arg(&database)
        .output()
        .unwrap();
    let folder = folder();
    fs::write(folder.path().join("shop.sql"), &dump.stdout).unwrap();
    let said = succeeds(&gen_schema(folder.path(), &["init", "--from", "shop.sql"]));
    assert!(said.contains("2 rows left out"), "{said}");
    let settings = fs::read_to_string(folder.path().join("schema/schema.toml")).unwrap();
    assert!(settings.contains("database = \"mariadb\""), "{settings}");
    let sql = fs::read_to_string(folder.path().join("dumps/01_schema.sql")).unwrap();
    let counters = |text: &str| text.replace(" AUTO_INCREMENT=3", "");
    let found = shown(temporary, &[&sql]).unwrap();
    assert_eq!(counters(&found), String::from_utf8_lossy(&expected));
}

const OLD: &str = "CREATE TABLE `users` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n  `nick` varchar(20) DEFAULT NULL,\n  `age` int DEFAULT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n";
const NEW: &str = "CREATE TABLE `users` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n  `email` varchar(255) NOT NULL,\n  `nick` varchar(10) DEFAULT NULL,\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `by_email` (`email`)\n) ENGINE=InnoDB;\n";

#[test]
fn two_files_of_sql_become_a_migration() {
    let folder = folder();
    fs::write(folder.path().join("old.sql"), OLD).unwrap();
    fs::write(folder.path().join("new.sql"), NEW).unwrap();
    let refused = gen_schema(
        folder.path(),
        &["diff", "old.sql", "new.sql", "--database", "mariadb"],
    );
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("the column `users.age`"), "{said}");
    let sql = succeeds(&gen_schema(
        folder.path(),
        &[
            "diff",
            "old.sql",
            "new.sql",
            "--database",
            "mariadb",
            "--allow-drop",
        ],
    ));
    for part in [
        "-- MariaDB commits each statement by itself, so this isn't one transaction.",
        "-- Loses data: the column `users.age`.",
        "-- May fail: `users.nick` may have values that are too long",
        "-- Copies `users`, and nobody can write to it meanwhile (a column changes its type).",
        "ADD COLUMN `email` varchar(255) NOT NULL AFTER `id`",
    ] {
        assert!(sql.contains(part), "{part}\n{sql}");
    }
    let temporary = TempMySql::shared(Flavour::MariaDb);
    assert_eq!(
        shown(temporary, &[OLD, &sql]).unwrap(),
        shown(temporary, &[NEW]).unwrap()
    );
}

#[test]
fn what_contradicts_the_file_is_told_with_its_place() {
    let folder = folder();
    let dump = format!("-- MariaDB dump 10.19\n{OLD}-- Dump completed\n");
    fs::write(folder.path().join("old.sql"), dump).unwrap();
    let refused = gen_schema(
        folder.path(),
        &["diff", "old.sql", "old.sql", "--database", "mysql"],
    );
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("is SQL of MariaDB, but"), "{said}");
}
