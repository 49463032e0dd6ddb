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
        for directory in ["dumps", "data", "init", "bin", "kept"] {
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
            .replace("/kept", &format!("{root}/kept"))
            // It would outlive the test.
            .replace("tail -f", "true")
            .replace(
                "exec docker-entrypoint.sh",
                &format!("echo \"$kept\" > {root}/named; echo begins:"),
            )
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
            .env("KEPT_LOADS", "2")
            .env("DATABASE_TEMPLATE", "on")
            // What the first part of the entry point has told the second.
            .env("kept", self.named())
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
        (status.code(), said.into_owned())
    }

    /// Where the load of these dumps is kept, once a start has said so.
    fn named(&self) -> PathBuf {
        let named = fs::read_to_string(self.path("named")).unwrap_or_default();
        PathBuf::from(named.trim())
    }

    /// The names of what is kept.
    fn kept(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("kept")).unwrap();
        let mut kept: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        kept.sort();
        kept
    }

    /// Takes the data away, as a container's end does, and starts again.
    fn begin_anew(&self) -> (Option<i32>, String) {
        fs::remove_dir_all(self.path("data")).unwrap();
        fs::create_dir(self.path("data")).unwrap();
        self.start()
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
        self.load_and(|_, _| ()).0
    }

    /// The same, and looks at the database before it is taken away.
    fn load_and<Found>(
        &self,
        look: impl FnOnce(&TempMySql, &str) -> Found,
    ) -> ((Option<i32>, String), Found) {
        let (code, said) = self.start();
        assert_eq!(code, Some(0), "{said}");
        let server = TempMySql::shared(Flavour::MariaDb);
        let database = server.create_database();
        let script = format!(
            "set -eo pipefail; SOCKET='{}'; docker_temp_server_stop() {{ echo stopped; }}; . '{}'; \
             docker_temp_server_stop; echo loaded",
            server.socket().unwrap().display(),
            self.path("init/dumps.sh").display()
        );
        let outcome = self.bash(&script, &[("MYSQL_DATABASE", database.clone())]);
        let found = look(server, &database);
        server.drop_database(&database);
        server.sql("", &format!("DROP DATABASE IF EXISTS {database}_template"));
        (outcome, found)
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
fn a_load_is_kept_for_the_next_start_with_the_same_dumps_alone() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    let (code, said) = container.load();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stopped\nloaded\n"), "{said}");
    let named = container.named();
    assert_eq!(container.kept(), std::slice::from_ref(&named));
    // As the data of another start, which has none.
    fs::create_dir(named.join("mysql")).unwrap();
    let (code, said) = container.begin_anew();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("copied from what an earlier start"), "{said}");
    assert!(container.path("data/.loaded/.sums").is_file());

    container.has("02_rows.sql", b"-- other rows\n");
    assert_eq!(container.begin_anew().1, "begins: mariadbd\n");
    assert_ne!(container.named(), named);
    for rows in ["-- 1\n", "-- 2\n"] {
        fs::remove_dir_all(container.path("data")).unwrap();
        fs::create_dir(container.path("data")).unwrap();
        container.has("02_rows.sql", rows.as_bytes());
        assert_eq!(container.load().0, Some(0));
    }
    assert_eq!(container.kept().len(), 2);
    assert!(container.named().is_dir(), "the newest is there");
}

#[test]
fn a_load_that_fails_is_not_kept() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", "nonsense;\n")]);
    assert_eq!(container.load().0, Some(1));
    assert_eq!(container.kept(), Vec::<PathBuf>::new());
}

#[test]
fn what_is_loaded_has_a_template_and_says_what_it_was_loaded_from() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    let ((code, said), (name, marks, rows)) = container.load_and(|server, name| {
        let marks = format!(
            "SELECT event_schema, event_definition FROM information_schema.events
             WHERE event_name = 'git_database' AND event_schema LIKE '{name}%' ORDER BY 1"
        );
        let rows = server.try_sql(&format!("{name}_template"), "SELECT * FROM orders");
        (name.to_owned(), server.sql("", &marks), rows.stdout)
    });
    assert_eq!(code, Some(0), "{said}");
    let sums = fs::read(container.path("data/.loaded/.sums")).unwrap();
    let sums = String::from_utf8(sums).unwrap();
    assert_eq!(sums.lines().count(), 2, "{sums}");
    let mut shell = Command::new("sh");
    let key = run(shell
        .arg("-c")
        .arg(format!("printf '{sums}' | sha256sum | head -c 64")));
    let key = String::from_utf8(key.stdout).unwrap();
    assert_eq!(
        marks,
        format!(
            "{name}\tSET @git_database = 'copy {key} {name}'\n{name}_template\tSET @git_database = 'template {key}'\n"
        )
    );
    assert_eq!(rows, b"1\topen\n2\tdone\n");
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
