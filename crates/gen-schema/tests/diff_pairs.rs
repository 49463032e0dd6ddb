//! Pairs of small schemas, each named after what went wrong once or may: `gen-schema diff` in both directions, judged
//! by PostgreSQL as in `diff.rs`.
//!
//! The files in `diff_pairs` are read by [`cases::read`]: a pair's parts are `--- old`, `--- new` and `--- rows` (SQL
//! that fills the old schema before the migration). Behind `--- forth` and `--- back` stands what is expected of one
//! direction, a line each: `nothing` (no migration), `by hand: TEXT`, `has: TEXT`, `hasn't: TEXT`,
//! `refused` (it loses data), `skip` (not tried), `may differ` (a person has to finish it; it must run all the same).

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::cases::{self, Case};
use testkit::pg::{TempPostgres, columns_sorted};

/// Servers do most of the work, so a few at once keep the machine busy.
const AT_ONCE: usize = 4;

/// What a pair may have.
const PARTS: &[&str] = &["old", "new", "rows", "forth", "back"];

struct Said {
    code: Option<i32>,
    sql: String,
    errors: String,
}

/// A schema.rb keeps its order, but knows no renames.
fn gen_schema(arguments: &[&str], frontend: &str) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .args(arguments)
        .args(["--frontend", frontend])
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    Said {
        code: output.status.code(),
        sql: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Empties a database, which takes less time than making one.
const EMPTY: &str = "
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT evtname AS name FROM pg_event_trigger LOOP
        EXECUTE format('DROP EVENT TRIGGER %I', one.name);
    END LOOP;
    FOR one IN SELECT pubname AS name FROM pg_publication LOOP
        EXECUTE format('DROP PUBLICATION %I', one.name);
    END LOOP;
    FOR one IN SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', one.name);
    END LOOP;
    CREATE SCHEMA public;
END $$;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
SET client_min_messages = warning;
";

/// Loads texts into an empty database and dumps it.
fn dump_after(postgres: &TempPostgres, database: &str, texts: &[&str]) -> Result<String, String> {
    let mut failure = None;
    for sql in [&EMPTY]
        .into_iter()
        .chain(texts)
        .filter(|sql| !sql.is_empty())
    {
        let output = postgres.try_psql(database, sql);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            failure = Some(format!("{said}\n{sql}"));
            break;
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(sorted(&columns_sorted(&postgres.pg_dump(database)))),
    }
}

/// What `GRANT` says in one line may be said in two.
fn sorted(dump: &str) -> String {
    let rows = dump.split("\nCOPY ").next().unwrap_or_default();
    rows.to_owned()
}

fn direction(
    postgres: &TempPostgres,
    database: &str,
    pair: &Case,
    files: [&str; 2],
    expected: &str,
    rows: &str,
) -> Result<(), String> {
    let expectations: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if expectations.contains(&"skip") {
        return Ok(());
    }
    let renames = PARTS
        .iter()
        .filter_map(|part| pair.part(part))
        .any(|text| text.contains("renamed_from"));
    let frontend = if renames { "ridgepole" } else { "rails" };
    let gen_schema = |arguments: &[&str]| gen_schema(arguments, frontend);
    let whole = files.map(|file| gen_schema(&[file, "-o", "-"]));
    for said in &whole {
        if said.code != Some(0) {
            return Err(format!("{}: {}", pair.name, said.errors));
        }
    }
    let strict = gen_schema(&["diff", files[0], files[1]]);
    let refused = strict.code == Some(2);
    if refused != expectations.contains(&"refused") {
        return Err(format!(
            "{}: refused: {refused}\n{}{}",
            pair.name, strict.errors, strict.sql
        ));
    }
    let said = gen_schema(&["diff", files[0], files[1], "--allow-drop"]);
    if said.code != Some(0) {
        return Err(format!("{}: {}", pair.name, said.errors));
    }
    let mut by_hand = 0;
    for line in &expectations {
        let holds = match line.split_once(": ") {
            Some(("has", text)) => said.sql.contains(text),
            Some(("hasn't", text)) => !said.sql.contains(text),
            Some(("by hand", text)) => {
                by_hand += 1;
                said.errors
                    .lines()
                    .any(|error| error.starts_with("warning: by hand: ") && error.contains(text))
            }
            _ => match *line {
                "nothing" => said.sql.is_empty(),
                "refused" | "may differ" => true,
                _ => return Err(format!("{}: what is `{line}`?", pair.name)),
            },
        };
        if !holds {
            return Err(format!(
                "{}: not `{line}`\n{}\n{}",
                pair.name, said.errors, said.sql
            ));
        }
    }
    if said.errors.matches("warning: by hand: ").count() != by_hand {
        return Err(format!("{}: by hand\n{}", pair.name, said.errors));
    }
    let failed = |error: String| format!("{}: {error}", pair.name);
    let two = gen_schema(&[
        "diff",
        files[0],
        files[1],
        "--allow-drop",
        "--two-steps",
        "-q",
    ]);
    let wanted = dump_after(postgres, database, &[&whole[1].sql]).map_err(failed)?;
    let mut ways = vec![&said.sql];
    if two.sql != said.sql {
        ways.push(&two.sql);
    }
    for sql in ways {
        let migrated =
            dump_after(postgres, database, &[&whole[0].sql, rows, sql]).map_err(failed)?;
        if migrated != wanted && !expectations.contains(&"may differ") {
            let changes = similar::TextDiff::from_lines(&wanted, &migrated);
            let diff = changes.unified_diff().context_radius(2).to_string();
            return Err(format!("{}: the dumps differ\n{diff}\n{sql}", pair.name));
        }
    }
    Ok(())
}

fn check(topic: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff_pairs");
    let postgres = TempPostgres::shared();
    let file = folder.join(format!("{topic}.txt"));
    let text = fs::read_to_string(&file).unwrap();
    let mut pairs = cases::read(&text, &file.display(), PARTS);
    assert!(!pairs.is_empty());
    if let Ok(wanted) = std::env::var("DIFF_PAIR") {
        pairs.retain(|pair| pair.name.contains(&wanted));
    }
    let scratch = tempfile::tempdir().unwrap();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let database = postgres.create_database();
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some(pair) = pairs.get(position) else {
                        return;
                    };
                    let part = |name: &str| pair.part(name).unwrap_or_default();
                    let file = |side: &str| -> PathBuf {
                        let path = scratch.path().join(format!("{position}_{side}.rb"));
                        fs::write(&path, part(side)).unwrap();
                        path
                    };
                    let (old, new) = (file("old"), file("new"));
                    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
                    let forth = direction(
                        postgres,
                        &database,
                        pair,
                        [old, new],
                        part("forth"),
                        part("rows"),
                    );
                    let back = direction(postgres, &database, pair, [new, old], part("back"), "");
                    for (way, result) in [("forth", forth), ("back", back)] {
                        if let Err(failure) = result {
                            failures.lock().unwrap().push(format!("[{way}] {failure}"));
                        }
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} failures\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn functions() {
    check("functions");
}

#[test]
fn types() {
    check("types");
}

#[test]
fn alterations() {
    check("alterations");
}

#[test]
fn other_objects() {
    check("other_objects");
}

/// Siblings of what users reported of other tools that compare schemas.
#[test]
fn public_reports() {
    check("public_reports");
}

#[test]
fn two_steps() {
    check("two_steps");
}

/// The first step is done, the second stops at a row, and goes through once that is mended.
#[test]
fn rows_that_break_a_constraint_stop_only_the_second_step() {
    let postgres = TempPostgres::shared();
    let scratch = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = scratch.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = file(
        "old.rb",
        "create_table \"users\" do |t|\nend\ncreate_table \"t\" do |t|\n  t.integer \"a\"\n  t.bigint \"user_id\"\nend\n",
    );
    let new = file(
        "new.rb",
        "create_table \"users\" do |t|\nend\ncreate_table \"t\" do |t|\n  t.integer \"a\", null: false\n  \
         t.bigint \"user_id\"\n  t.check_constraint \"a > 0\", name: \"positive\"\nend\nadd_foreign_key \"t\", \"users\"\n",
    );
    let whole = [&old, &new].map(|file| gen_schema(&[file, "-o", "-"], "rails").sql);
    let one = gen_schema(&["diff", &old, &new], "rails");
    assert!(one.errors.contains("`--two-steps`"), "{}", one.errors);
    let two = gen_schema(&["diff", &old, &new, "--two-steps"], "rails");
    assert_eq!(two.errors, "");
    let database = postgres.create_database();
    let run = |sql: &str| postgres.try_psql(&database, sql).status.success();
    assert!(run(EMPTY) && run(&whole[0]));
    assert!(run(
        "INSERT INTO t (a, user_id) VALUES (1, NULL), (NULL, NULL), (-1, 7)"
    ));
    // In one step nothing happens at all.
    assert!(!run(&one.sql));
    assert!(run("INSERT INTO t (a) VALUES (-2)"));
    let (first, second) = two.sql.split_once("-- Second step").unwrap();
    let second = format!("--{second}");
    assert!(run(first));
    // New rows are held to it at once.
    for row in ["(NULL, NULL)", "(-3, NULL)", "(3, 8)"] {
        assert!(
            !run(&format!("INSERT INTO t (a, user_id) VALUES {row}")),
            "{row}"
        );
    }
    for mended in [
        "UPDATE t SET a = 0 - a WHERE a < 0 AND user_id IS NULL",
        "UPDATE t SET a = 5 WHERE a IS NULL",
        "DELETE FROM t WHERE user_id = 7",
    ] {
        assert!(!run(&second), "before {mended}");
        assert!(run(mended), "{mended}");
    }
    assert!(run(&second));
    let migrated = sorted(&columns_sorted(&postgres.pg_dump(&database)));
    assert_eq!(
        migrated,
        dump_after(postgres, &database, &[&whole[1]]).unwrap()
    );
}
