//! What the container's file says before and while PostgreSQL's image loads dumps/, and what its health check says after: a
//! database without its rows, or with yesterday's, must not look well.
//!
//! The scripts are taken out of the file and run as they are, but for the places, which are below a directory of the test.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use host_tools::process::{find_program, run};
use testkit::pg::TempPostgres;
use yaml_rust2::Yaml;

use crate::{team, texts, yaml};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

const SCHEMA: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL);\n";
const ROWS: &str = "COPY orders (id, status) FROM stdin;\n1\topen\n2\tdone\n\\.\n";

/// A container's file system, as far as the scripts look at it.
pub(crate) struct Container {
    directory: tempfile::TempDir,
    database: Yaml,
    /// What `LOAD_CONNECTIONS` says.
    connections: &'static str,
}

impl Container {
    pub(crate) fn new(dumps: &[(&str, &str)]) -> Self {
        let compose = fs::read_to_string(team::compose_file()).unwrap();
        let compose = yaml("docker-compose.yml", &compose);
        let container = Self {
            directory: tempfile::tempdir().unwrap(),
            database: compose["services"]["database"].clone(),
            connections: "",
        };
        for directory in ["dumps", "data", "init", "bin", "kept"] {
            fs::create_dir(container.path(directory)).unwrap();
        }
        for (name, content) in dumps {
            container.has(name, content.as_bytes());
        }
        container
    }

    /// The same with so many connections for a load.
    pub(crate) fn with_connections(self, connections: &'static str) -> Self {
        Self {
            connections,
            ..self
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn has(&self, name: &str, content: &[u8]) {
        fs::write(self.path("dumps").join(name), content).unwrap();
    }

    /// A script of the file, as docker would hand it to bash here.
    fn script(&self, text: &str) -> String {
        let root = self.directory.path().to_string_lossy().into_owned();
        text.replace("$$", "$")
            .replace("/docker-entrypoint-initdb.d", &format!("{root}/init"))
            .replace("cd /dumps", &format!("cd {root}/dumps"))
            .replace("cd /\n", &format!("cd {root}\n"))
            .replace("cd / ", &format!("cd {root} "))
            .replace("/kept", &format!("{root}/kept"))
            .replace(
                "exec docker-entrypoint.sh",
                &format!("echo \"$kept\" > {root}/named; echo begins:"),
            )
    }

    fn bash(&self, script: &str, postgres: Option<(&TempPostgres, &str)>) -> (Option<i32>, String) {
        let mut bash = Command::new("bash");
        bash.args(["-c", script, "bash", "postgres"])
            .env("PGDATA", self.path("data"))
            .env("KEPT_LOADS", "2")
            .env("DATABASE_TEMPLATE", "on")
            .env("LOAD_CONNECTIONS", self.connections)
            // What the first part of the entry point has told the second.
            .env("kept", self.named());
        let mut path = std::ffi::OsString::from(self.path("bin"));
        if let Some((postgres, database)) = postgres {
            let client = postgres.client("psql");
            bash.envs(
                client
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            );
            bash.env("POSTGRES_DB", database);
            // The script leaves out PGHOST, by which the image's own server would be missed.
            let host = client.get_envs().find(|(name, _)| *name == "PGHOST");
            let host = host
                .and_then(|(_, value)| value)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let user = client.get_envs().find(|(name, _)| *name == "PGUSER");
            let user = user
                .and_then(|(_, value)| value)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let psql = find_program("psql").unwrap_or_else(|| client.get_program().into());
            self.program(
                "psql",
                &format!("export PGHOST='{host}'; exec '{}' \"$@\"", psql.display()),
            );
            bash.env("POSTGRES_USER", user);
        }
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let Output {
            status,
            stdout,
            stderr,
        } = bash.env("PATH", path).output().unwrap();
        let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
        (status.code(), said.into_owned())
    }

    /// Where the load of these dumps is kept, once a start has said so.
    fn named(&self) -> PathBuf {
        let named = fs::read_to_string(self.path("named")).unwrap_or_default();
        PathBuf::from(named.trim())
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        run(Command::new("chmod").arg("755").arg(path));
    }

    /// Runs what stands before the image's own entry point.
    fn start(&self) -> (Option<i32>, String) {
        let entry = texts(&self.database["entrypoint"]);
        assert_eq!((entry[0], entry[1]), ("bash", "-c"));
        assert_eq!(entry[3], "docker-entrypoint.sh");
        self.bash(&self.script(entry[2]), None)
    }

    /// Starts, and loads into an empty database as the image does: it takes the script into its own, which ends at failures.
    pub(crate) fn load(&self) -> (Option<i32>, String) {
        self.load_and(|_, _| ()).0
    }

    /// The same, and looks at the database before it is taken away.
    pub(crate) fn load_and<Found>(
        &self,
        look: impl FnOnce(&TempPostgres, &str) -> Found,
    ) -> ((Option<i32>, String), Found) {
        let (code, said) = self.start();
        assert_eq!(code, Some(0), "{said}");
        let postgres = TempPostgres::shared();
        let database = postgres.create_database();
        let script = format!(
            "set -Eeo pipefail; docker_temp_server_stop() {{ echo stopped; }}; set -- postgres; . '{}'; \
             docker_temp_server_stop; echo loaded",
            self.path("init/dumps.sh").display()
        );
        let outcome = self.bash(&script, Some((postgres, &database)));
        let found = look(postgres, &database);
        postgres.drop_database(&database);
        let template = format!("{database}_template");
        postgres.psql(
            "postgres",
            &format!("UPDATE pg_database SET datistemplate = false WHERE datname = '{template}'"),
        );
        postgres.psql(
            "postgres",
            &format!("DROP DATABASE IF EXISTS \"{template}\""),
        );
        (outcome, found)
    }

    /// Asks the health check, with a server that answers so.
    fn health(&self, server: &str) -> (Option<i32>, String) {
        self.program("pg_isready", server);
        self.program("psql", "printf '%s\\n' \"$@\"");
        let test = texts(&self.database["healthcheck"]["test"]);
        assert_eq!((test[0], test[1], test[2]), ("CMD", "bash", "-c"));
        // Half a minute of watching is too long for a test.
        let script = self.script(test[3]).replace("tick < 120", "tick < 3");
        self.bash(&script, None)
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
fn a_schema_and_rows_start() {
    for dumps in [
        [
            ("01_schema.sql", "SELECT 1;\n"),
            ("02_dummy.sql.gz", "\x1f"),
        ],
        [("01_schema.sql", "SELECT 1;\n"), ("02_none.sql", "")],
    ] {
        let outcome = Container::new(&dumps).start();
        assert_eq!(outcome, (Some(0), "begins: postgres\n".to_owned()));
    }
}

#[test]
fn a_pointer_is_told() {
    for name in ["02_dummy.sql.gz", "03_more.sql"] {
        refuses(
            &[("01_schema.sql", "SELECT 1;\n"), (name, POINTER)],
            &format!("dumps/{name} is a git-lfs pointer, not the dump itself"),
            "git lfs pull",
        );
    }
}

#[test]
fn a_clone_that_stopped_before_the_rows_is_told() {
    refuses(
        &[("01_schema.sql", "SELECT 1;\n")],
        "dumps/ holds the schema but no rows: no file beside 01_schema.sql",
        "git reset --hard",
    );
}

#[test]
fn an_empty_directory_is_told() {
    refuses(&[], "dumps/ holds no .sql and no .sql.gz file", "gen-dummy");
}

#[test]
fn a_volume_with_another_database_is_told() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    let (code, said) = container.load();
    assert_eq!(
        (code, said.ends_with("loaded\n")),
        (Some(0), true),
        "{said}"
    );
    fs::write(container.path("data/PG_VERSION"), "17\n").unwrap();
    assert_eq!(container.start().0, Some(0), "the same dumps are in it");
    container.has("02_rows.sql", b"");
    let (code, said) = container.start();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("docker compose down --volumes"), "{said}");
}

/// The names of what is kept.
fn kept(container: &Container) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(container.path("kept"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_load_is_kept_for_the_next_start_with_the_same_dumps_alone() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    let (code, said) = container.load();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stopped\nloaded\n"), "{said}");
    let named = container.named();
    assert_eq!(
        kept(&container),
        [named.file_name().unwrap().to_string_lossy()]
    );
    // As the data of another start, which has none.
    fs::write(named.join("PG_VERSION"), "17\n").unwrap();
    let begin_anew = || {
        fs::remove_dir_all(container.path("data")).unwrap();
        fs::create_dir(container.path("data")).unwrap();
        container.start()
    };
    let (code, said) = begin_anew();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("copied from what an earlier start"), "{said}");
    assert!(container.path("data/loaded/.sums").is_file());

    container.has("02_rows.sql", b"-- other rows\n");
    let (_, said) = begin_anew();
    assert_eq!(said, "begins: postgres\n");
    assert_ne!(container.named(), named);
}

#[test]
fn a_load_that_fails_is_not_kept_and_no_more_are_kept_than_wanted() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", "nonsense;\n")]);
    assert_eq!(container.load().0, Some(1));
    assert_eq!(kept(&container), Vec::<String>::new());
    for rows in ["", "-- 1\n", "-- 2\n"] {
        fs::remove_dir_all(container.path("data")).unwrap();
        fs::create_dir(container.path("data")).unwrap();
        container.has("02_rows.sql", rows.as_bytes());
        assert_eq!(container.load().0, Some(0));
    }
    assert_eq!(kept(&container).len(), 2);
    assert!(container.named().is_dir(), "the newest is there");
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
}

#[test]
fn rows_of_another_version_of_the_schema_are_told_with_file_line_table_and_hint() {
    let older = SCHEMA.replace("status", "state");
    fails(
        &older,
        ROWS,
        "",
        &[
            "psql:dumps/02_dummy.sql.gz:1: ERROR:  column \"status\" of relation \"orders\" does not exist\n",
            "error: dumps/02_dummy.sql.gz doesn't load, line 1, table orders\n",
            "hint: rows of another version of the schema look like this: make both anew with",
        ],
    );
    fails(
        SCHEMA,
        &ROWS.replace("2\tdone", "2\t\\N"),
        "",
        &["error: dumps/02_dummy.sql.gz doesn't load, line 4, table orders\n"],
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
            "-p gen-schema` makes it anew",
        ],
    );
    fails(
        SCHEMA,
        ROWS,
        "SELECT 1;\nSELECT * FROM nowhere;\n",
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
fn what_is_neither_sql_nor_gzip_is_said_to_be_left_out() {
    let files = [
        ("01_schema.sql", SCHEMA),
        ("02_rows.sql", ROWS),
        ("README", ""),
    ];
    let (code, said) = Container::new(&files).load();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("dumps/README: left out"), "{said}");
}

#[test]
fn yesterdays_database_is_not_healthy() {
    let container = Container::new(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    assert_eq!(container.load().0, Some(0));
    let (up, down) = ("exit 0", "exit 2");
    assert_eq!(container.health(down).0, Some(1), "it isn't loaded yet");
    for _ in 0..2 {
        assert_eq!(container.health(up).0, Some(0));
    }
    // The same bytes, written anew, are the same database.
    let mut touch = Command::new("touch");
    run(touch
        .args(["-t", "200101010000"])
        .arg(container.path("dumps/02_rows.sql")));
    assert_eq!(container.health(up).0, Some(0));

    container.has("02_rows.sql", b"-- other rows\n");
    let (code, said) = container.health(up);
    assert_eq!(code, Some(1));
    for part in [
        "RAISE WARNING",
        "'02_rows.sql'",
        "docker compose up --wait --force-recreate",
    ] {
        assert!(said.contains(part), "{part} isn't in:\n{said}");
    }
    // It is said once, and stays so.
    assert_eq!(container.health(up), (Some(1), String::new()));
    container.has("02_rows.sql", ROWS.as_bytes());
    assert_eq!(container.health(up).0, Some(0));

    container.has("03_more.sql", b"");
    assert_eq!(container.health(up).0, Some(1), "a file has come");
    fs::remove_file(container.path("dumps/03_more.sql")).unwrap();
    assert_eq!(container.health(up).0, Some(0));
    fs::remove_file(container.path("dumps/02_rows.sql")).unwrap();
    assert_eq!(container.health(up).0, Some(1), "a file has gone");
}
