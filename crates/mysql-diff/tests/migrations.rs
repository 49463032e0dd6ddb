//! Migrations judged by real servers: load the old schema, run the migration, and the server must show what it shows of
//! a fresh load of the new one. Both ways, so that whatever can be made can also be undone.

mod edits;

use fastrand::Rng;
use mysql_model::{Schema, Server};
use mysql_sql::ddl::schema_sql;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use testkit::mysql::{Flavour, TempMySql, server_binaries};

fn server(flavour: Flavour) -> Server {
    match flavour {
        Flavour::MariaDb => Server::MariaDb,
        Flavour::MySql => Server::MySql,
    }
}

/// The servers that are there: MariaDB always, MySQL where it is found.
#[expect(clippy::print_stderr, reason = "what isn't tested must be seen")]
fn servers() -> Vec<&'static TempMySql> {
    let mut found = vec![TempMySql::shared(Flavour::MariaDb)];
    if server_binaries(Flavour::MySql).is_some() {
        found.push(TempMySql::shared(Flavour::MySql));
    } else {
        eprintln!("note: {}", testkit::mysql::missing(Flavour::MySql));
    }
    found
}

/// What the server shows after these scripts.
fn after(temporary: &TempMySql, scripts: &[&str]) -> Result<String, String> {
    let database = temporary.create_database();
    let mut form = Ok(());
    for script in scripts {
        if form.is_ok() {
            form = temporary.load(&database, script.as_bytes());
        }
    }
    let form = form.map(|()| temporary.normal_form(&database));
    temporary.drop_database(&database);
    form
}

/// Migrates one way.
fn check(temporary: &TempMySql, old: &Schema, new: &Schema) -> Result<(), String> {
    let server = server(temporary.flavour());
    let load = schema_sql(old, server, "old");
    let wanted = after(temporary, &[&schema_sql(new, server, "new")])
        .map_err(|error| format!("the new schema doesn't load: {error}"))?;
    let migration =
        mysql_diff::migration(old, new, server).map_err(|error| format!("{error:?}"))?;
    let sql = migration.sql("old", "new");
    let found = after(temporary, &[&load, &sql])
        .map_err(|error| format!("the migration fails: {error}\n{load}\n{sql}"))?;
    if found == wanted {
        return Ok(());
    }
    let differing: Vec<String> = wanted
        .lines()
        .filter(|line| !found.lines().any(|other| other == *line))
        .map(|line| format!("- {line}"))
        .chain(
            found
                .lines()
                .filter(|line| !wanted.lines().any(|other| other == *line))
                .map(|line| format!("+ {line}")),
        )
        .collect();
    Err(format!(
        "{}\nwanted:\n{wanted}\ngot:\n{found}\n{load}\n{sql}",
        differing.join("\n")
    ))
}

fn golden(flavour: Flavour, case: &str) -> Option<Schema> {
    let name = match flavour {
        Flavour::MariaDb => "expected.mariadb.sql",
        Flavour::MySql => "expected.mysql.sql",
    };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gen-schema/tests/golden-mysql");
    let text = fs::read(golden.join(case).join(name)).ok()?;
    let import = mysql_import::read(text.as_slice(), Some(server(flavour)));
    Some(import.expect("a golden database").schema)
}

#[test]
fn golden_versions_become_each_other() {
    const VERSIONS: &[&str] = &[
        "5.0",
        "5.1",
        "5.2",
        "6.0",
        "6.1",
        "7.0",
        "7.1",
        "7.2",
        "8.0",
        "8.1",
        "none",
        "none_ar70",
        "none_ar61",
    ];
    for temporary in servers() {
        let schemas: Vec<Schema> = VERSIONS
            .iter()
            .filter_map(|version| golden(temporary.flavour(), &format!("rails/versions_{version}")))
            .collect();
        assert_eq!(schemas.len(), VERSIONS.len());
        for (position, pair) in schemas.windows(2).enumerate() {
            for (old, new) in [(&pair[0], &pair[1]), (&pair[1], &pair[0])] {
                if let Err(error) = check(temporary, old, new) {
                    panic!("{}: {error}", VERSIONS[position]);
                }
            }
        }
        // The ends of the row have most between them.
        check(temporary, &schemas[0], &schemas[9]).unwrap();
        check(temporary, &schemas[9], &schemas[0]).unwrap();
    }
}

#[test]
fn golden_applications_are_made_of_nothing_and_unmade() {
    for temporary in servers() {
        let empty = Schema::default();
        for case in [
            "ridgepole/shop_app",
            "rails/execute_sql",
            "rails/foreign_keys",
            "rails/table_options",
        ] {
            let schema = golden(temporary.flavour(), case).unwrap();
            check(temporary, &empty, &schema).unwrap();
            check(temporary, &schema, &empty).unwrap();
        }
    }
}

/// How long to look for a case that fails, and where: `RANDOM_EDITS_SECONDS` looks for so long among cases that nobody
/// has seen. Without it the same few come in every run.
#[test]
fn random_edits_are_made_and_unmade() {
    const CASES: u64 = 12;
    let seconds = std::env::var("RANDOM_EDITS_SECONDS").ok();
    let (first, time) = match seconds {
        Some(seconds) => (
            fastrand::u64(..),
            Some(Duration::from_secs(
                seconds.parse().expect("a number of seconds"),
            )),
        ),
        None => (0, None),
    };
    let started = Instant::now();
    let mut failures = Vec::new();
    let mut loaded = 0;
    let mut refused = 0;
    let servers = servers();
    for number in 0.. {
        let is_over = match time {
            Some(time) => started.elapsed() > time,
            None => number >= CASES,
        };
        if is_over || failures.len() >= 5 {
            break;
        }
        let seed = first.wrapping_add(number);
        for temporary in &servers {
            let mut random = Rng::with_seed(seed);
            let mut old = edits::base(server(temporary.flavour()));
            for number in 0..random.usize(..8) {
                edits::edit(&mut old, &mut random, number);
            }
            let old = edits::without_marks(old);
            let mut new = old.clone();
            for number in 20..20 + random.usize(1..8) {
                edits::edit(&mut new, &mut random, number);
            }
            let result = check(temporary, &old, &new)
                .and_then(|()| check(temporary, &edits::without_marks(new), &old));
            match result {
                Ok(()) => loaded += 1,
                // Some edits make what a server refuses, together with others.
                Err(error) if error.starts_with("the new schema doesn't load") => {
                    refused += 1;
                    println!("seed {seed}: {}", error.lines().last().unwrap_or_default());
                }
                Err(error) => failures.push(format!("seed {seed}: {error}")),
            }
        }
    }
    println!("{loaded} cases, and {refused} that a server refuses");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(loaded > 0, "no case loads");
}
