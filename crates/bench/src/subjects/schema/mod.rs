//! gen-schema on a file of 893 tables, as ridgepole's DSL has it and as Rails' does, beside `pg_dump` of the database
//! that its SQL makes: the schema as text, once from its source and once from a server.
//!
//! What ridgepole and ActiveRecord need for a file of that size is in docs/benchmarks.md; they need Ruby, so they don't
//! run here.

mod schemafile;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use command_line::Failure;
use host_tools::narrate;
use host_tools::workspace::program;
use testkit::pg::TempPostgres;

use crate::measure::{Cost, median, once};
use crate::report::{Table, megabytes, ratio, seconds};

/// What the documentation promises for a file of this size.
const MOST_WALL: Duration = Duration::from_millis(50);
const MOST_RESIDENT: u64 = 64_000_000;
const MOST_PAGES: Duration = Duration::from_millis(300);

/// Measures both front ends and the peer.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    // Such short commands need more runs for a steady median.
    let runs = runs.max(15);
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::outside(format!("can't make a scratch directory: {error}")))?;
    let body = schemafile::schemafile();
    let rails = format!("ActiveRecord::Schema[8.1].define(version: 1) do\n{body}end\n");
    narrate::say(format_args!(
        "{} tables, {} foreign keys, {} bytes",
        schemafile::TABLES,
        body.matches("add_foreign_key").count(),
        body.len()
    ));
    let mut table = Table::new(["what", "wall", "processor", "resident", "wall, ours to it"]);
    let mut ours = None;
    for (name, file, text) in [
        ("gen-schema, Schemafile", "Schemafile", &body),
        ("gen-schema, schema.rb", "schema.rb", &rails),
    ] {
        write(&scratch.path().join(file), text)?;
        let cost = median(runs, || {
            once(&mut gen_schema(scratch.path(), file, Path::new("-")))
        })?;
        let first = *ours.get_or_insert(cost);
        table.row(row(name, cost, first));
    }
    let Some(ours) = ours else { return Ok(()) };
    pages(scratch.path(), runs, ours, &mut table)?;
    let postgres = loaded(scratch.path())?;
    let dump = median(runs, || once(&mut pg_dump(&postgres)))?;
    table.row(row("pg_dump --schema-only", dump, ours));
    table.show();
    narrate::say(format_args!(
        "Wanted: at most {} on the clock and {} resident.",
        seconds(MOST_WALL),
        megabytes(MOST_RESIDENT)
    ));
    Ok(())
}

/// Measures the pages of the same file: written where none are, compared, and as one file of HTML.
fn pages(scratch: &Path, runs: u32, ours: Cost, table: &mut Table) -> Result<(), Failure> {
    let folder = scratch.join("pages");
    let docs = |arguments: &[&str]| {
        let mut command = Command::new(program("gen-schema"));
        command.arg("docs").arg(scratch.join("Schemafile"));
        command.arg("--no-rows").args(arguments);
        command.stdout(Stdio::null());
        command
    };
    let written = median(runs, || {
        // The first time there is none to remove.
        let _ = fs::remove_dir_all(&folder);
        once(docs(&[]).arg("-o").arg(&folder))
    })?;
    table.row(row("gen-schema docs", written, ours));
    let compared = median(runs, || once(docs(&["--check"]).arg("-o").arg(&folder)))?;
    table.row(row("gen-schema docs --check", compared, ours));
    let html = scratch.join("schema.html");
    let page = median(runs, || once(docs(&[]).arg("--html").arg(&html)))?;
    table.row(row("gen-schema docs --html", page, ours));
    narrate::say(format_args!(
        "Wanted of the pages: at most {} on the clock.",
        seconds(MOST_PAGES)
    ));
    Ok(())
}

fn row(name: &str, cost: Cost, ours: Cost) -> [String; 5] {
    [
        name.to_owned(),
        seconds(cost.wall),
        seconds(cost.cpu),
        megabytes(cost.resident),
        ratio(ours.wall, cost.wall),
    ]
}

fn gen_schema(directory: &Path, file: &str, output: &Path) -> Command {
    let mut command = Command::new(program("gen-schema"));
    command.arg(directory.join(file)).arg("-o").arg(output);
    command.stdout(Stdio::null());
    command
}

/// The name of the one database.
const DATABASE: &str = "postgres";

/// A server with a database made from our SQL.
fn loaded(directory: &Path) -> Result<TempPostgres, Failure> {
    let sql = directory.join("schema.sql");
    once(&mut gen_schema(directory, "Schemafile", &sql))?;
    let postgres =
        TempPostgres::try_start().map_err(|error| Failure::outside(error.to_string()))?;
    postgres.psql_file(DATABASE, &sql);
    Ok(postgres)
}

fn pg_dump(postgres: &TempPostgres) -> Command {
    let mut command = postgres.client("pg_dump");
    command.args(["--schema-only", DATABASE]);
    command.stdout(Stdio::null());
    command
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::outside(format!("can't write the measured file: {error}")))
}
