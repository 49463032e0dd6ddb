//! Every schema of the golden suite for MySQL and MariaDB gets rows that load, twice, into the server that it is for, and
//! keeps its shape; every row has its parents; and the rows are those that a reviewer accepted.
//!
//! Each case is a test for each server that takes it. MariaDB is always there. MySQL proper is a guest: where it is found
//! (in `PATH`, or where `MYSQL_BINDIR` says) rows are loaded into it too, and everywhere they are held to the digests that
//! were accepted when they did.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use assert_cmd::Command;
use libtest_mimic::{Arguments, Trial};
use project_files::Project;
use schema_input::read_schema;
use schemafile::{AnySchema, Database, Frontend, Options, RailsVersion};
use sha2::{Digest, Sha256};
use testkit::mysql::{Flavour, TempMySql, missing, server_binaries};

/// How many cases there are at least, so that a table that can't be read isn't taken for one without faults.
const AT_LEAST: usize = 84;

/// Foreign keys of a database, each as a query that counts rows without parents.
const ORPHANS: &str = "SELECT CONCAT('SELECT COUNT(*) FROM `', table_name, '` AS c LEFT JOIN `', referenced_table_name, \
    '` AS p ON ', GROUP_CONCAT('c.`', column_name, '` = p.`', referenced_column_name, '`' SEPARATOR ' AND '), ' WHERE ', \
    GROUP_CONCAT('c.`', column_name, '` IS NOT NULL' SEPARATOR ' AND '), ' AND p.`', MIN(referenced_column_name), \
    '` IS NULL') FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL \
    GROUP BY table_name, constraint_name, referenced_table_name";

struct Case {
    frontend: String,
    name: String,
    rails_version: String,
    servers: Vec<Flavour>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gen-schema/tests/golden-mysql")
}

fn cases() -> Vec<Case> {
    fs::read_to_string(golden().join("cases.tsv"))
        .unwrap()
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let named: Vec<&str> = fields[3].split(',').collect();
            Case {
                frontend: fields[0].to_owned(),
                name: fields[1].to_owned(),
                rails_version: fields[2].to_owned(),
                servers: [Flavour::MySql, Flavour::MariaDb]
                    .into_iter()
                    .filter(|flavour| named.contains(&database(*flavour).key()))
                    .collect(),
            }
        })
        .collect()
}

fn database(flavour: Flavour) -> Database {
    match flavour {
        Flavour::MySql => Database::MySql,
        Flavour::MariaDb => Database::MariaDb,
    }
}

impl Case {
    fn schemafile(&self) -> PathBuf {
        let folder = golden().join(&self.frontend).join(&self.name);
        folder.join(if self.frontend == "rails" {
            "schema.rb"
        } else {
            "Schemafile"
        })
    }

    fn schema(&self, flavour: Flavour) -> String {
        let options = Options {
            database: Some(database(flavour)),
            frontend: Some(if self.frontend == "rails" {
                Frontend::Rails
            } else {
                Frontend::Ridgepole
            }),
            rails_version: self.rails_version.parse::<RailsVersion>().unwrap(),
            ..Options::default()
        };
        let path = self.schemafile();
        let project = Project::around(path.parent().unwrap());
        let reading = read_schema(&project, &path, &options)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        match reading.schema {
            AnySchema::MySql(schema, server) => {
                mysql_sql::ddl::schema_sql(&schema, server, "Schemafile")
            }
            AnySchema::PostgreSql(_) => panic!("{} was read for PostgreSQL", path.display()),
        }
    }

    fn rows(&self, flavour: Flavour, rows: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let output = Command::cargo_bin("gen-dummy")
            .unwrap()
            .current_dir(directory.path())
            .args(["-q", "-o", "-", "--rows", rows, "--database"])
            .arg(database(flavour).key())
            .arg(format!("--frontend={}", self.frontend))
            .arg(format!("--rails-version={}", self.rails_version))
            .arg("-s")
            .arg(self.schemafile())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // Nothing but UTF-8, whatever bytes there are among the values.
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The rows load, and load again, and the database is else as it was.
fn assert_loads(case: &Case, flavour: Flavour) {
    let server = TempMySql::shared(flavour);
    let name = server.create_database();
    server
        .load(&name, case.schema(flavour).as_bytes())
        .unwrap_or_else(|error| panic!("{error}"));
    let shape = || without_counters(&server.normal_form(&name));
    let before = shape();
    for rows in ["1", "1000", "1000"] {
        server
            .load(&name, case.rows(flavour, rows).as_bytes())
            .unwrap_or_else(|error| panic!("{rows} rows: {error}"));
        assert_eq!(before, shape(), "{rows} rows changed the schema");
        for query in server.sql(&name, ORPHANS).lines() {
            assert_eq!(server.sql(&name, query).trim(), "0", "{query}");
        }
    }
    server.drop_database(&name);
}

/// A schema without what counts rows.
fn without_counters(schema: &str) -> String {
    const OPTION: &str = " AUTO_INCREMENT=";
    let mut text = String::new();
    let mut rest = schema;
    while let Some(start) = rest.find(OPTION) {
        text.push_str(&rest[..start]);
        rest =
            rest[start + OPTION.len()..].trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    text + rest
}

/// A line for each table (its rows, counted and hashed), and one for all that stands around them.
fn digest(dump: &str) -> String {
    let mut lines = String::new();
    let mut around = Sha256::new();
    let mut rest = dump.lines();
    while let Some(line) = rest.next() {
        // The head names the schema by where it lies on this machine.
        if line.starts_with("-- Dummy data for ") {
            continue;
        }
        around.update(line);
        around.update("\n");
        let Some(insert) = line.strip_prefix("INSERT INTO ") else {
            continue;
        };
        let mut rows = Sha256::new();
        let mut count = usize::from(line.ends_with(';'));
        if count == 0 {
            for row in rest.by_ref() {
                rows.update(row);
                rows.update("\n");
                count += 1;
                if row.ends_with(");") {
                    break;
                }
            }
        }
        let table = insert.split(" (").next().unwrap();
        writeln!(lines, "{table}: {count} rows, {}", short(rows)).unwrap();
    }
    writeln!(lines, "around them: {}", short(around)).unwrap();
    lines
}

/// The first eight bytes of a digest, in hexadecimal.
fn short(digest: Sha256) -> String {
    digest.finalize()[..8]
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

fn check(case: &Case, flavour: Flavour, is_there: bool) {
    // The server first: rows are not worth accepting while it refuses them.
    if is_there {
        assert_loads(case, flavour);
    }
    if case.servers.first() == Some(&flavour) {
        insta::with_settings!({
            snapshot_path => "golden-mysql",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            let name = format!("{}-{}-{}", case.frontend, case.name, database(flavour).key());
            insta::assert_snapshot!(name, digest(&case.rows(flavour, "20")));
        });
    }
}

#[expect(clippy::print_stderr, reason = "what isn't tested must be seen")]
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let has_mysql = server_binaries(Flavour::MySql).is_some();
    if !has_mysql && !arguments.list {
        eprintln!(
            "note: {}. Without it, rows for MySQL are compared with those that it took before.",
            missing(Flavour::MySql)
        );
    }
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "only {} cases", cases.len());
    let mut trials = Vec::new();
    for case in cases.into_iter().map(Arc::new) {
        for flavour in case.servers.clone() {
            let case = Arc::clone(&case);
            let name = format!(
                "{}/{}/{}",
                case.frontend,
                case.name,
                database(flavour).key()
            );
            let is_there = has_mysql || flavour == Flavour::MariaDb;
            trials.push(Trial::test(name, move || {
                check(&case, flavour, is_there);
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
