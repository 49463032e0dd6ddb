//! Each change with its SQL in plain sight: pairs of small schemas and the migrations between them, a test each. That
//! PostgreSQL arrives where it should is proved by `random_edits.rs` and by gen-schema's tests of whole schemas.
//!
//! The files in `cases` are read by [`cases::read`]: `--- old` and `--- new` are a pair's schemas in SQL. Behind
//! `--- renames` stands what became of an old name, a line each: `users members` for a table, `t.nick handle` for a
//! column. Behind `--- forth` and `--- back` stand the steps that are expected in one direction, without header and
//! transaction.

use libtest_mimic::{Arguments, Trial};
use pg_diff::{Course, migration};
use pg_model::{QualifiedName, Schema};
use std::path::Path;
use std::process::ExitCode;
use testkit::cases::{self, Case, Rename};

/// What a pair may have.
const PARTS: &[&str] = &["old", "new", "renames", "forth", "back"];

fn schema(sql: &str) -> Schema {
    if sql.trim().is_empty() {
        return Schema::default();
    }
    match pg_import::read(sql.as_bytes()) {
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

/// The steps of a migration, without header and transaction.
fn steps(old: &Schema, new: &Schema) -> String {
    let migration = migration(old, new).expect("a migration");
    let sql = migration.sql("old", "new", Course::OneStep);
    if sql.is_empty() {
        return sql;
    }
    let (_, steps) = sql.split_once("\nBEGIN;\n").expect("a transaction");
    let steps = steps.trim_end().strip_suffix("COMMIT;");
    steps.expect("nothing behind it").trim().to_owned()
}

fn check(case: &Case) {
    let of = |part: &str| schema(case.part(part).expect("both schemas"));
    let (old, mut new) = (of("old"), of("new"));
    for rename in cases::renames(case.part("renames").unwrap_or_default()) {
        mark(&mut new, rename);
    }
    let mut directions = 0;
    for (part, from, to) in [("forth", &old, &new), ("back", &new, &old)] {
        if let Some(expected) = case.part(part) {
            assert_eq!(steps(from, to), expected.trim(), "{part}");
            directions += 1;
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
