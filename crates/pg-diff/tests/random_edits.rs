//! Random edits of a schema, judged by PostgreSQL: load the old schema, run the migration, and
//! `pg_dump` must show what a fresh load of the new schema shows, lines of columns sorted, because
//! PostgreSQL can only append columns. Both ways, so that whatever can be made can also be undone.

mod edits;

use edits::{Edit, base, edit};
use pg_model::Schema;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;
use std::time::{Duration, Instant};
use testkit::pg::{TempPostgres, columns_sorted};

/// How long to look for a case that fails, and where: `RANDOM_EDITS_SECONDS` looks for so long among cases that nobody
/// has seen. Without it the same cases come in every run, for few enough seconds to wait for: what a change breaks is
/// found then, and nobody's change fails for what it didn't touch. Each case holds several edits.
fn search() -> (Duration, TestRunner) {
    let config = Config {
        // The time is the limit.
        cases: 100_000,
        max_shrink_time: 60_000,
        failure_persistence: None,
        ..Config::default()
    };
    if let Ok(seconds) = std::env::var("RANDOM_EDITS_SECONDS") {
        let seconds = seconds.parse().expect("a number of seconds");
        return (Duration::from_secs(seconds), TestRunner::new(config));
    }
    let same = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    (
        Duration::from_secs(10),
        TestRunner::new_with_rng(config, same),
    )
}

/// How far a migration's number of locks may be off, beside the quarter that the sentence about it leaves to others.
const FEW: usize = 8;

/// Says how many relations of ours the open transaction has locked.
const COUNT_LOCKS: &str = "SELECT count(DISTINCT relation) FROM pg_locks \
                           WHERE pid = pg_backend_pid() AND relation >= 16384;";

/// Empties a database, loads a schema, runs further SQL, and dumps what is there. Gives what was printed too.
fn dump_after(
    postgres: &TempPostgres,
    database: &str,
    schema: &Schema,
    further: &str,
) -> Result<(String, String), String> {
    let empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;";
    let sql = pg_sql::ddl::schema_sql(schema, "test");
    let output = postgres.try_psql(database, &format!("{empty}\n{sql}\n{further}"));
    if output.status.success() {
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok((columns_sorted(&postgres.pg_dump(database)), printed))
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{said}\n{sql}\n{further}"))
    }
}

#[test]
fn a_migrated_database_is_what_a_fresh_one_is() {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let edits = prop::collection::vec(any::<Edit>(), 4..24);
    let (time, mut runner) = search();
    let started = Instant::now();
    let cases = Cell::new(0_u32);
    let result = runner.run(&(edits.clone(), edits), |(first, second)| {
        if started.elapsed() > time && cases.get() > 0 {
            return Ok(());
        }
        cases.set(cases.get() + 1);
        let old = first.iter().fold(base(), edit);
        let new = second.iter().fold(edits::without_marks(old.clone()), edit);
        let dumps = [&old, &new].map(|schema| dump_after(postgres, &database, schema, ""));
        let [old_dump, new_dump] = dumps.map(|dump| dump.expect("a schema that loads").0);
        for (from, to, expected) in [(&old, &new, &new_dump), (&new, &old, &old_dump)] {
            let migration = pg_diff::migration(from, to).expect("tables that can be altered");
            let sql = migration.sql("old", "new", pg_diff::Course::OneStep);
            let counted = sql.replace("\nCOMMIT;\n", &format!("\n{COUNT_LOCKS}\nCOMMIT;\n"));
            let (migrated, printed) = dump_after(postgres, &database, from, &counted)
                .map_err(|error| TestCaseError::fail(format!("the migration fails: {error}")))?;
            let locks = printed.lines().last().map_or(Ok(0), str::parse);
            let locks: usize = locks.expect("a number of locks");
            let told = migration.locks();
            if locks > told + told / 4 + FEW {
                return Err(TestCaseError::fail(format!(
                    "{locks} locks, {told} told\n\n{sql}"
                )));
            }
            if migrated != *expected {
                return Err(TestCaseError::fail(format!(
                    "got:\n{migrated}\n\nwanted:\n{expected}\n\n{sql}"
                )));
            }
        }
        Ok(())
    });
    println!("{} cases", cases.get());
    assert!(cases.get() > 0, "no case was tried");
    if let Err(error) = result {
        panic!("{error}");
    }
}
