//! A database that is brought in: its dump becomes a Schemafile, and what `gen-schema` makes of that is the database
//! again, as `pg_dump` shows it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

#[path = "import/fragments.rs"]
mod fragments;

use schemafile::{AnySchema, MemoryLoader, Options, SourceFile};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::pg::TempPostgres;

/// Servers do most of the work, so a few cases at once keep the machine busy.
const AT_ONCE: usize = 4;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The dump of a database without what differs between any two: psql's guards, and the comments of extensions, which are
/// the server's.
fn normalised(dump: &str) -> String {
    dump.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .filter(|line| !line.starts_with("COMMENT ON EXTENSION"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Imports a dump and loads what comes of it. Gives the dump of that, and what the import said. The command line around
/// it is tested in `init.rs`.
fn there_and_back(postgres: &TempPostgres, dump: &Path) -> Result<(String, String), String> {
    let import =
        pg_import::read(fs::read(dump).unwrap().as_slice()).map_err(|error| error.to_string())?;
    let text = schemafile::write(&AnySchema::PostgreSql(import.schema), &[]);
    let reading = schemafile::read(
        SourceFile::new("Schemafile", text.as_bytes()),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .map_err(|errors| errors.render(false))?;
    let scratch = tempfile::tempdir().unwrap();
    let sql = scratch.path().join("01_schema.sql");
    fs::write(
        &sql,
        pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "Schemafile"),
    )
    .unwrap();
    let database = postgres.create_database();
    let loaded = postgres.try_psql_file(&database, &sql);
    if !loaded.status.success() {
        let said = String::from_utf8_lossy(&loaded.stderr).into_owned();
        return Err(format!("the SQL doesn't load: {said}"));
    }
    let dump = postgres.pg_dump(&database);
    postgres.drop_database(&database);
    let notes: Vec<String> = import.notes.into_iter().map(|note| note.text).collect();
    Ok((dump, notes.join("\n")))
}

/// What differs between a database and what came of it; none when nothing does.
fn difference(expected: &str, actual: &str) -> Option<String> {
    (expected != actual).then(|| {
        similar::TextDiff::from_lines(expected, actual)
            .unified_diff()
            .header("the database", "what came of it")
            .to_string()
    })
}

fn check(postgres: &TempPostgres, dump: &Path, stays_sql: usize) -> Result<(), String> {
    let (actual, said) = there_and_back(postgres, dump)?;
    let expected = normalised(&fs::read_to_string(dump).unwrap());
    let actual = normalised(&actual);
    if let Some(difference) = difference(&expected, &actual) {
        return Err(difference);
    }
    let tables = said.matches("so it stays SQL").count();
    if tables != stays_sql {
        return Err(format!("{tables} tables stay SQL:\n{said}"));
    }
    Ok(())
}

#[test]
fn the_databases_of_the_golden_cases_are_the_same_again() {
    let postgres = TempPostgres::shared();
    let table = fs::read_to_string(tests().join("golden/cases.tsv")).unwrap();
    // These differ from others in how Rails came to them, not in what the database holds.
    let says_nothing_new = |name: &str| {
        ["versions_", "inflections_"]
            .iter()
            .any(|start| name.starts_with(start))
            || ["_ar61", "_ar70"].iter().any(|end| name.ends_with(end))
    };
    let dumps: Vec<PathBuf> = table
        .lines()
        .filter(|line| !says_nothing_new(line.split('\t').nth(1).unwrap()))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let folder = tests().join("golden").join(fields[0]).join(fields[1]);
            folder.join("expected.sql")
        })
        .collect();
    assert!(dumps.len() >= 60, "only {} cases", dumps.len());
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(dump) = dumps.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = check(postgres, dump, 0) {
                        let failure = format!("{}:\n{why}", dump.display());
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n\n{}",
        failures.len(),
        dumps.len(),
        failures.join("\n")
    );
}

/// What `pg_dump` writes with these options, in a file.
fn dump_with(postgres: &TempPostgres, database: &str, options: &[&str], file: &Path) {
    let output = postgres
        .client("pg_dump")
        .args(options)
        .arg("--file")
        .arg(file)
        .arg(database)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{options:?}: {said}");
}

/// Imports a database's dump, made in each of these ways, and compares what comes of it with the database.
fn check_ways(postgres: &TempPostgres, sql: &Path, ways: &[&[&str]], stays_sql: usize) {
    let database = postgres.create_database();
    postgres.psql_file(&database, sql);
    let expected = normalised(&postgres.pg_dump(&database));
    let scratch = tempfile::tempdir().unwrap();
    for way in ways {
        let file = scratch.path().join("dump.sql");
        dump_with(postgres, &database, way, &file);
        let (actual, said) = there_and_back(postgres, &file)
            .unwrap_or_else(|why| panic!("{}, {way:?}: {why}", sql.display()));
        if let Some(difference) = difference(&expected, &normalised(&actual)) {
            panic!("{}, {way:?}:\n{difference}", sql.display());
        }
        let tables = said.matches("so it stays SQL").count();
        assert_eq!(tables, stays_sql, "{way:?}: {said}");
    }
    postgres.drop_database(&database);
}

const SCHEMA_ONLY: &[&str] = &["--schema-only"];
const CLEAN: &[&str] = &["--schema-only", "--clean"];
const CLEAN_IF_EXISTS: &[&str] = &["--schema-only", "--clean", "--if-exists", "--create"];
const QUOTED: &[&str] = &["--schema-only", "--clean", "--quote-all-identifiers"];
const BARE: &[&str] = &["--schema-only", "--no-owner", "--no-privileges"];
const ROWS: &[&str] = &["--inserts", "--clean"];
const WHOLE: &[&str] = &["--disable-triggers", "--create"];

#[test]
fn what_the_dsl_has_no_word_for_is_kept_too() {
    let postgres = TempPostgres::shared();
    // The table with a quotation mark in its name.
    check_ways(
        postgres,
        &tests().join("import/everything.sql"),
        &[SCHEMA_ONLY, CLEAN_IF_EXISTS, QUOTED],
        1,
    );
}

#[test]
fn a_dump_that_cleans_its_database_first_is_the_same_database() {
    check_ways(
        TempPostgres::shared(),
        &tests().join("import/order.sql"),
        &[
            SCHEMA_ONLY,
            CLEAN,
            CLEAN_IF_EXISTS,
            QUOTED,
            BARE,
            ROWS,
            WHOLE,
        ],
        0,
    );
}

#[test]
fn names_that_others_had_before_are_told_apart() {
    check_ways(
        TempPostgres::shared(),
        &tests().join("import/names.sql"),
        &[SCHEMA_ONLY, CLEAN, QUOTED],
        2,
    );
}

#[test]
fn a_key_of_any_type_stays_that_type() {
    check_ways(
        TempPostgres::shared(),
        &tests().join("import/keys.sql"),
        &[SCHEMA_ONLY, QUOTED],
        0,
    );
}

#[test]
fn a_script_that_changes_its_mind_comes_to_what_postgresql_makes_of_it() {
    let postgres = TempPostgres::shared();
    for name in [
        "people",
        "moves",
        "tools",
        "renames",
        "goose",
        "sequences",
        "guards",
    ] {
        let script = tests()
            .join("import/scripts")
            .join(name)
            .with_extension("sql");
        let database = postgres.create_database();
        postgres.psql_file(&database, &script);
        let (actual, _) =
            there_and_back(postgres, &script).unwrap_or_else(|why| panic!("{name}: {why}"));
        let expected = normalised(&postgres.pg_dump(&database));
        postgres.drop_database(&database);
        if let Some(difference) = difference(&expected, &normalised(&actual)) {
            panic!("{name}:\n{difference}");
        }
    }
}

#[test]
fn a_database_of_random_pieces_is_the_same_again() {
    let postgres = TempPostgres::shared();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    // `RANDOM_DATABASES=500` looks where nobody has looked.
    let most = std::env::var("RANDOM_DATABASES").map_or(12, |number| number.parse().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= most {
                        break;
                    }
                    if let Err(why) = check_pieces(postgres, number) {
                        failures
                            .lock()
                            .unwrap()
                            .push(format!("database {number}: {why}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} differ:\n\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn check_pieces(postgres: &TempPostgres, number: usize) -> Result<(), String> {
    let sql = fragments::database(number as u64);
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("pieces.sql");
    fs::write(&file, &sql).unwrap();
    let database = postgres.create_database();
    let loaded = postgres.try_psql_file(&database, &file);
    let said = String::from_utf8_lossy(&loaded.stderr);
    if !loaded.status.success() {
        return Err(format!("the pieces don't load: {said}\n{sql}"));
    }
    let way = [SCHEMA_ONLY, CLEAN, QUOTED, CLEAN_IF_EXISTS][number % 4];
    dump_with(postgres, &database, way, &file);
    let (actual, _) = there_and_back(postgres, &file).map_err(|why| format!("{why}\n{sql}"))?;
    let expected = postgres.pg_dump(&database);
    postgres.drop_database(&database);
    match difference(&normalised(&expected), &normalised(&actual)) {
        None => Ok(()),
        Some(difference) => Err(format!("{difference}\n{sql}")),
    }
}
