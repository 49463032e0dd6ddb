//! The golden rule for MySQL and MariaDB: a server can't tell our database from the one that ridgepole or ActiveRecord
//! built in it.
//!
//! Each case is a test for each server that takes it. MariaDB is always there; what it says of our database is compared.
//! MySQL proper is a guest: where it is found (in `PATH`, or where `MYSQL_BINDIR` says) its answers are compared too, and
//! everywhere our text for it is held to the snapshot that was accepted when it agreed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

mod golden_cases;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use golden_cases::{Case, assert_same, assert_text, cases, generate};
use libtest_mimic::{Arguments, Trial};
use testkit::mysql::{Flavour, TempMySql, missing, server_binaries};

/// How many cases there are at least.
const AT_LEAST: usize = 84;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-mysql")
}

/// What the suite and `--database` call a server.
fn key(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::MariaDb => "mariadb",
        Flavour::MySql => "mysql",
    }
}

/// The servers that take a case, by what the table says.
fn servers(named: &str) -> Vec<Flavour> {
    [Flavour::MySql, Flavour::MariaDb]
        .into_iter()
        .filter(|flavour| named.split(',').any(|name| name == key(*flavour)))
        .collect()
}

/// The real tool's database is what we make.
fn assert_database(flavour: Flavour, folder: &Path, sql: &str) {
    let server = TempMySql::shared(flavour);
    let database = server.create_database();
    if let Err(error) = server.load(&database, sql.as_bytes()) {
        panic!("{error}\n{sql}");
    }
    let ours = server.normal_form(&database);
    server.drop_database(&database);
    let expected = folder.join(format!("expected.{}.sql", key(flavour)));
    // MariaDB shows the default of a binary column as it is.
    let expected = fs::read(expected).unwrap();
    assert_same(&String::from_utf8_lossy(&expected), &ours);
}

fn check(case: &Case, flavour: Flavour, is_there: bool, is_first: bool) {
    let folder = golden().join(&case.frontend).join(&case.name);
    let sql = generate(case, &folder, &["--database", key(flavour)]);
    // The database first: a text is not worth accepting while it makes another one.
    if is_there {
        assert_database(flavour, &folder, &sql);
    }
    // MariaDB's text is MySQL's but for a word here and there; a reviewer reads one.
    if is_first {
        let name = format!("{}-{}-{}", case.frontend, case.name, key(flavour));
        assert_text("golden-mysql/sql", &name, &sql);
    }
}

#[expect(clippy::print_stderr, reason = "what isn't tested must be seen")]
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let has_mysql = server_binaries(Flavour::MySql).is_some();
    if !has_mysql && !arguments.list {
        eprintln!(
            "note: {}. Without it, the SQL for MySQL is compared with what it took before.",
            missing(Flavour::MySql)
        );
    }
    let mut trials = Vec::new();
    for (case, more) in cases(&golden(), AT_LEAST) {
        let case = Arc::new(case);
        for (position, flavour) in servers(&more[0]).into_iter().enumerate() {
            let case = Arc::clone(&case);
            let name = format!("{}/{}/{}", case.frontend, case.name, key(flavour));
            let is_there = has_mysql || flavour == Flavour::MariaDb;
            trials.push(Trial::test(name, move || {
                check(&case, flavour, is_there, position == 0);
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
