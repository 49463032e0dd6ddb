//! What real servers show and dump of the golden databases, read and made anew: the server can't tell the two apart.

use std::fs;
use std::path::{Path, PathBuf};

use mysql_import::Import;
use mysql_model::Server;
use testkit::mysql::{Flavour, TempMySql, server_binaries};

/// How many databases each server has at least.
const AT_LEAST: usize = 75;

fn server(flavour: Flavour) -> Server {
    match flavour {
        Flavour::MariaDb => Server::MariaDb,
        Flavour::MySql => Server::MySql,
    }
}

/// The files with what a server shows of each golden database.
fn expectations(flavour: Flavour) -> Vec<PathBuf> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gen-schema/tests/golden-mysql");
    let name = match flavour {
        Flavour::MariaDb => "expected.mariadb.sql",
        Flavour::MySql => "expected.mysql.sql",
    };
    let mut found = Vec::new();
    for frontend in ["rails", "ridgepole"] {
        for case in fs::read_dir(golden.join(frontend)).expect("the golden suite") {
            let path = case.expect("a case").path().join(name);
            if path.exists() {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() >= AT_LEAST, "{} cases", found.len());
    found
}

/// The SQL that makes what was imported.
fn sql(import: &Import, server: Server) -> String {
    mysql_sql::ddl::schema_sql(&import.schema, server, "test")
}

/// What a server shows of a new database that the SQL has made; the database stays.
fn loaded(temporary: &TempMySql, sql: &str) -> Result<(String, String), String> {
    let database = temporary.create_database();
    temporary
        .load(&database, sql.as_bytes())
        .map_err(|error| format!("{error}\n{sql}"))?;
    let form = temporary.normal_form(&database);
    Ok((database, form))
}

fn compare(what: &str, expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let differing: Vec<String> = expected
        .lines()
        .zip(found.lines())
        .filter(|(one, other)| one != other)
        .take(5)
        .map(|(one, other)| format!("- {one}\n+ {other}"))
        .collect();
    Err(format!("{what} differs:\n{}", differing.join("\n")))
}

/// Reads what the server shows, makes it anew, dumps that, and makes it once more of the dump.
fn check(temporary: &TempMySql, path: &Path) -> Result<(), String> {
    let server = server(temporary.flavour());
    // MariaDB shows bytes as they are.
    let shown = fs::read(path).map_err(|error| error.to_string())?;
    let expected = String::from_utf8_lossy(&shown).into_owned();
    let import =
        mysql_import::read(shown.as_slice(), Some(server)).map_err(|errors| errors.to_string())?;
    let (database, form) = loaded(temporary, &sql(&import, server))?;
    compare("what is shown", &expected, &form)?;
    // How Rails dumps, and how a dump says least, matters most where there is most to say.
    let is_rich = ["execute_sql", "shop_app", "table_options"]
        .into_iter()
        .any(|name| path.parent().is_some_and(|folder| folder.ends_with(name)));
    let ways: &[&[&str]] = if is_rich {
        &[&[], &["--skip-comments"], &["--compact"]]
    } else {
        &[&[]]
    };
    for options in ways {
        let dump = temporary
            .client("mysqldump")
            .args(["--no-data", "--routines", "--events"])
            .args(*options)
            .arg(&database)
            .output()
            .map_err(|error| error.to_string())?;
        if !dump.status.success() {
            return Err(String::from_utf8_lossy(&dump.stderr).into_owned());
        }
        let import = mysql_import::read(dump.stdout.as_slice(), Some(server))
            .map_err(|errors| format!("{errors}\n{}", String::from_utf8_lossy(&dump.stdout)))?;
        if import.server.is_some_and(|told| told != server) {
            return Err(format!("the dump seems to be one of {:?}", import.server));
        }
        let (again, form) = loaded(temporary, &sql(&import, server))?;
        compare(&format!("a dump by {options:?}"), &expected, &form)?;
        temporary.drop_database(&again);
    }
    temporary.drop_database(&database);
    Ok(())
}

fn check_all(flavour: Flavour) {
    let temporary = TempMySql::shared(flavour);
    let mut failures = Vec::new();
    for path in expectations(flavour) {
        if let Err(failure) = check(temporary, &path) {
            let case = path.parent().unwrap_or(&path).display();
            failures.push(format!("{case}: {failure}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_mariadb_database_comes_back_the_same() {
    check_all(Flavour::MariaDb);
}

#[test]
fn a_mysql_database_comes_back_the_same() {
    if server_binaries(Flavour::MySql).is_none() {
        eprintln!("note: {}", testkit::mysql::missing(Flavour::MySql));
        return;
    }
    check_all(Flavour::MySql);
}
