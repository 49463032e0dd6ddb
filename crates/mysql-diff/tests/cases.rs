//! What a migration says, without a server: pairs of small schemas and the migrations between them, a test each. That
//! servers arrive where they should is proved by `migrations.rs`.
//!
//! The files in `cases` are read by [`cases::read`]: `--- old` and `--- new` are a pair's schemas in SQL. Behind
//! `--- renames` stands what became of an old name, a line each: `a b` for a table, `b.x y` for a column. Behind
//! `--- forth` and `--- back` stand the statements that are expected in one direction, with their remarks; behind
//! `--- forth on MySQL` and the like those of one server.

use libtest_mimic::{Arguments, Trial};
use mysql_diff::migration;
use mysql_model::{QualifiedName, Schema, Server};
use std::path::Path;
use std::process::ExitCode;
use testkit::cases::{self, Case, Rename};

/// What a pair may have.
const PARTS: &[&str] = &[
    "old",
    "new",
    "renames",
    "forth",
    "back",
    "forth on MySQL",
    "forth on MariaDB",
];

fn schema(sql: &str) -> Schema {
    match mysql_import::read(sql.as_bytes(), Some(Server::MySql)) {
        Ok(import) => import.schema,
        Err(errors) => panic!("{errors}"),
    }
}

/// Marks what was renamed, as a Schemafile's `renamed_from:` does.
fn mark(schema: &mut Schema, Rename { table, old, new }: Rename<'_>) {
    let of = table.unwrap_or(new);
    let mut tables = schema.tables.iter_mut();
    let found = tables.find(|table| table.name.name == of);
    let found = found.expect("the renamed table");
    if table.is_some() {
        let column = found.columns.iter_mut().find(|column| column.name == new);
        column.expect("the renamed column").renamed_from = Some(old.to_owned());
    } else {
        found.renamed_from = Some(QualifiedName::bare(old));
    }
}

/// The statements of a migration with their remarks, less the head of the file.
fn steps(old: &Schema, new: &Schema, server: Server) -> String {
    let migration = migration(old, new, server).expect("tables that can be altered");
    let sql = migration.sql("old", "new");
    let lines = sql.split_inclusive('\n');
    lines
        .skip_while(|line| !line.starts_with("-- 1 of"))
        .collect()
}

fn check(case: &Case) {
    let of = |part: &str| schema(case.part(part).expect("both schemas"));
    let (old, mut new) = (of("old"), of("new"));
    for rename in cases::renames(case.part("renames").unwrap_or_default()) {
        mark(&mut new, rename);
    }
    let mut directions = 0;
    for (direction, from, to) in [("forth", &old, &new), ("back", &new, &old)] {
        for (name, server) in [("MySQL", Server::MySql), ("MariaDB", Server::MariaDb)] {
            let expected = case
                .part(&format!("{direction} on {name}"))
                .or_else(|| case.part(direction));
            if let Some(expected) = expected {
                let found = steps(from, to, server);
                assert_eq!(found.trim(), expected.trim(), "{direction} on {name}");
                directions += 1;
            }
        }
    }
    assert!(directions > 0, "nothing is expected");
}

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = cases::of_folder(&folder, PARTS).into_iter();
    let trials = files.flat_map(|(file, cases)| {
        cases.into_iter().map(move |case| {
            Trial::test(format!("{file}/{}", case.name), move || {
                check(&case);
                Ok(())
            })
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
