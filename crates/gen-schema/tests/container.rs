//! What the container that `init` writes for MariaDB and MySQL says before and while the image loads dumps/, and what its
//! health check says after: a database without its rows, or with yesterday's, must not look well.
//!
//! The scripts are taken out of the file and run as they are, but for the places, which are below a directory of the test,
//! on a MariaDB server in the image's stead.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use testkit::mysql::{Flavour, TempMySql};
use testkit::process::run;
use yaml_rust2::{Yaml, YamlLoader};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

const SCHEMA: &str =
    "CREATE TABLE `orders` (\n  id bigint PRIMARY KEY,\n  status varchar(9) NOT NULL\n);\n";
const ROWS: &str = "INSERT INTO `orders` (`id`, `status`) VALUES (1, 'open'),\n(2, 'done');\n";

/// The service of the file that `init` writes.
fn database(name: &str) -> Yaml {
    let directory = tempfile::tempdir().unwrap();
    run(Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(directory.path())
        .args(["init", "--quiet", "--database", name]));
    let text = fs::read_to_string(directory.path().join("docker-compose.yml")).unwrap();
    YamlLoader::load_from_str(&text).unwrap()[0]["services"]["database"].clone()
}

fn texts(list: &Yaml) -> Vec<&str> {
    let items = list.as_vec().unwrap().iter();
    items.map(|item| item.as_str().unwrap()).collect()
}

/// A container's file system, as far as the scripts look at it.
struct Container {
    directory: tempfile::TempDir,
    service: Yaml,
}

impl Container {
    fn new(dumps: &[(&str, &str)]) -> Self {
        let container = Self {
            directory: tempfile::tempdir().unwrap(),
            service: database("mariadb"),
        };
        for directory in ["dumps", "data", "init", "bin"] {
            fs::create_dir(container.path(directory)).unwrap();
        }
        for (name, content) in dumps {
            container.has(name, content.as_bytes());
        }
        container
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn has(&self, name: &str, content: &[u8]) {
        fs::write(self.path("dumps").join(name), content).unwrap();
    }

    /// A script of the file, as docker would hand it to bash here.
    fn script(&self, text: &str) -> String {
        let root = self.directory.path().to_string_lossy().into_owned();
        text.replace("$$", "$")
            .replace("/docker-entrypoint-initdb.d", &format!("{root}/init"))
            .replace("/var/lib/mysql", &format!("{root}/data"))
            .replace("cd /dumps", &format!("cd {root}/dumps"))
            .replace("cd /\n", &format!("cd {root}\n"))
            .replace("cd / ", &format!("cd {root} "))
            // It would outlive the test.
            .replace("tail -f", "true")
            .replace("exec docker-entrypoint.sh", "echo begins:")
    }

    fn bash(&self, script: &str, environment: &[(&str, String)]) -> (Option<i32>, String) {
        let path = format!(
            "{}:{}",
            self.path("bin").display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new("bash")
            .args(["-c", script, "bash", "mariadbd"])
            .env("PATH", path)
            .env("MYSQL_ROOT_PASSWORD", "")
            .env("MYSQL_DATABASE", "app")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
        (status.code(), said.into_owned())
    }

    /// Runs what stands before the image's own entry point.
    fn start(&self) -> (Option<i32>, String) {
        let entry = texts(&self.service["entrypoint"]);
        assert_eq!((entry[0], entry[1]), ("bash", "-c"));
        assert_eq!(entry[3], "docker-entrypoint.sh");
        self.bash(&self.script(entry[2]), &[])
    }

    /// Starts, and loads into an empty database as the image does: it takes the script into its own, which ends at failures.
    fn load(&self) -> (Option<i32>, String) {
        let (code, said) = self.start();
        assert_eq!(code, Some(0), "{said}");
        let server = TempMySql::shared(Flavour::MariaDb);
        let database = server.create_database();
        let script = format!(
            "set -eo pipefail; SOCKET='{}'; . '{}'; echo loaded",
            server.socket().unwrap().display(),
            self.path("init/dumps.sh").display()
        );
        let outcome = self.bash(&script, &[("MYSQL_DATABASE", database.clone())]);
        server.drop_database(&database);
        outcome
    }

    /// Asks the health check, with a client that answers so.
    fn health(&self, client: &str) -> (Option<i32>, String) {
        let path = self.path("bin/mariadb");
        fs::write(&path, format!("#!/bin/sh\n{client}\n")).unwrap();
        run(Command::new("chmod").arg("755").arg(&path));
        let test = texts(&self.service["healthcheck"]["test"]);
        assert_eq!((test[0], test[1], test[2]), ("CMD", "bash", "-c"));
        // Half a minute of watching is too long for a test.
        let script = self.script(test[3]).replace("tick < 120", "tick < 3");
        let (code, said) = self.bash(&script, &[]);
        fs::remove_file(path).unwrap();
        assert_eq!(said, "");
        let says = self.path("init/.says");
        let told = fs::read_to_string(&says).unwrap();
        fs::write(says, "").unwrap();
        (code, told)
    }
}

#[track_caller]
fn refuses(files: &[(&str, &str)], wrong: &str, next: &str) {
    let (code, said) = Container::new(files).start();
    assert_eq!(code, Some(1), "{said}");
    let mut lines = said.lines();
    assert_eq!(lines.next().unwrap(), format!("error: {wrong}"));
    assert!(lines.all(|line| line.starts_with("hint: ")), "{said}");
    assert!(said.contains(next), "{said}");
}

#[test]
fn what_is_no_database_yet_is_told() {
    refuses(&[], "dumps/ holds no .sql and no .sql.gz file", "gen-dummy");
    refuses(
        &[("01_schema.sql", SCHEMA)],
        "dumps/ holds the schema but no rows: no file beside 01_schema.sql",
        "git reset --hard",
    );
    for name in ["02_dummy.sql.gz", "03_more.sql"] {
        refuses(
            &[("01_schema.sql", SCHEMA), (name, POINTER)],
            &format!("dumps/{name} is a git-lfs pointer, not the dump itself"),
            "git lfs pull",
        );
    }
}

#[test]
fn a_schema_and_rows_load_and_a_volume_with_others_is_told() {
    let container = Container::new(&[
        ("01_schema.sql", SCHEMA),
        ("02_rows.sql", ROWS),
        ("README", ""),
    ]);
    assert_eq!(
        container.start(),
        (Some(0), "begins: mariadbd\n".to_owned())
    );
    let (code, said) = container.load();
    assert_eq!(
        (code, said.ends_with("loaded\n")),
        (Some(0), true),
        "{said}"
    );
    assert!(said.contains("dumps/README: left out"), "{said}");
    // A server's own database is what tells that one was begun.
    fs::create_dir(container.path("data/mysql")).unwrap();
    assert_eq!(container.start().0, Some(0), "the same dumps are in it");
    container.has("02_rows.sql", b"");
    let (code, said) = container.start();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("docker compose down --volumes"), "{said}");
}

/// What loading a schema, rows in gzip and a file of one's own says when it fails.
#[track_caller]
fn fails(schema: &str, rows: &str, own: &str, expected: &[&str]) {
    let container = Container::new(&[("01_schema.sql", schema), ("03_own.sql", own)]);
    container.has("02_dummy.sql", rows.as_bytes());
    run(Command::new("gzip").arg(container.path("dumps/02_dummy.sql")));
    let (code, said) = container.load();
    assert_eq!(code, Some(1), "{said}");
    for part in expected {
        assert!(said.contains(part), "{part} isn't in:\n{said}");
    }
    assert!(
        !container.path("data/.loaded/.sums").exists(),
        "half a database would be served"
    );
}

#[test]
fn rows_of_another_version_of_the_schema_are_told_with_file_line_table_and_hint() {
    fails(
        &SCHEMA.replace("status", "state"),
        &format!("SET NAMES utf8mb4;\n{ROWS}"),
        "",
        &[
            "dumps/02_dummy.sql.gz: ERROR 1054 (42S22) at line 2: Unknown column 'status'",
            "error: dumps/02_dummy.sql.gz doesn't load, line 2, table orders\n",
            "hint: rows of another version of the schema look like this: make both anew with",
        ],
    );
}

#[test]
fn a_schema_or_a_file_of_ones_own_that_does_not_load_is_told() {
    fails(
        &format!("{SCHEMA}CREATE TABLE (\n"),
        ROWS,
        "",
        &[
            "error: dumps/01_schema.sql doesn't load, line ",
            "`gen-schema` makes it anew",
        ],
    );
    fails(
        SCHEMA,
        ROWS,
        "SELECT 1;\nINSERT INTO nowhere VALUES (1);\n",
        &["error: dumps/03_own.sql doesn't load, line 2, table nowhere\nhint: mend that file"],
    );
}

#[test]
fn a_damaged_dump_is_told() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_dummy.sql.gz", "no gzip")]);
    let (code, said) = container.load();
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("error: dumps/02_dummy.sql.gz is damaged\nhint: fetch it again"),
        "{said}"
    );
}

#[test]
fn yesterdays_database_is_not_healthy() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    assert_eq!(container.load().0, Some(0));
    let (up, down) = ("exit 0", "exit 1");
    assert_eq!(container.health(down).0, Some(1), "it isn't loaded yet");
    for _ in 0..2 {
        assert_eq!(container.health(up).0, Some(0));
    }
    container.has("02_rows.sql", b"-- other rows\n");
    let (code, told) = container.health(up);
    assert_eq!(code, Some(1));
    for part in [
        "warning: dumps/02_rows.sql is not what this database was loaded from\n",
        "docker compose up --wait --force-recreate",
    ] {
        assert!(told.contains(part), "{part} isn't in:\n{told}");
    }
    // It is said once, and stays so.
    assert_eq!(container.health(up), (Some(1), String::new()));
    container.has("02_rows.sql", ROWS.as_bytes());
    assert_eq!(container.health(up).0, Some(0));
    container.has("03_more.sql", b"");
    assert_eq!(container.health(up).0, Some(1), "a file has come");
}

#[test]
fn the_settings_are_those_that_the_server_knows() {
    for (flavour, name) in [(Flavour::MariaDb, "mariadb"), (Flavour::MySql, "mysql")] {
        let Some(binaries) = testkit::mysql::server_binaries(flavour) else {
            // MySQL proper is a guest; MariaDB is always there.
            assert_eq!(flavour, Flavour::MySql);
            eprintln!("note: {}", testkit::mysql::missing(flavour));
            continue;
        };
        let service = database(name);
        let command = texts(&service["command"]);
        let mut server = Command::new(binaries.server());
        server.arg("--no-defaults").args(&command[1..]);
        // A setting that isn't known ends the server before it says what it can do.
        run(server.args(["--user=nobody", "--verbose", "--help"]));
    }
}
