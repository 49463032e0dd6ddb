//! A database that is brought in: its dump becomes a Schemafile, and what `gen-schema` makes of that is the database
//! again, as `pg_dump` shows it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use schemafile::{MemoryLoader, Options, SourceFile};
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
    let import = schema_import::read(fs::read(dump).unwrap().as_slice())
        .map_err(|error| error.to_string())?;
    let text = schemafile::write(&import.schema, &[]);
    let reading = schemafile::read(
        SourceFile::new("Schemafile", text.as_bytes()),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .map_err(|errors| errors.render(false))?;
    let scratch = tempfile::tempdir().unwrap();
    let sql = scratch.path().join("01_schema.sql");
    fs::write(&sql, pg_sql::ddl::schema_sql(&reading.schema, "Schemafile")).unwrap();
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

fn check(postgres: &TempPostgres, dump: &Path, stays_sql: usize) -> Result<(), String> {
    let (actual, said) = there_and_back(postgres, dump)?;
    let expected = normalised(&fs::read_to_string(dump).unwrap());
    let actual = normalised(&actual);
    if actual != expected {
        return Err(similar::TextDiff::from_lines(&expected, &actual)
            .unified_diff()
            .header("the database", "what came of it")
            .to_string());
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

#[test]
fn what_the_dsl_has_no_word_for_is_kept_too() {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    postgres.psql_file(&database, &tests().join("import/everything.sql"));
    let scratch = tempfile::tempdir().unwrap();
    let dump = scratch.path().join("everything.sql");
    fs::write(&dump, postgres.pg_dump(&database)).unwrap();
    // The table with a quotation mark in its name.
    if let Err(why) = check(postgres, &dump, 1) {
        panic!("{why}");
    }
}
