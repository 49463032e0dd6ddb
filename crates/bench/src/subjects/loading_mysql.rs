//! How fast a dump loads into MariaDB and MySQL, beside what `mysqldump` writes of the same rows in the same indexed
//! tables.
//!
//! Indexes that fit into the buffer pool cost little while rows are loaded; these outgrow that of a throw-away server, as
//! a team's outgrow that of a server in a container. A dump of `mysqldump` makes its table itself, which costs next to
//! nothing. What the server has spent is read from `/proc`, so this is for Linux.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::narrate;
use host_tools::run::captured;
use host_tools::workspace::program;
use testkit::mysql::{Flavour, TempMySql, missing, server_binaries};

use super::loading::processor_time_of;
use crate::measure::middle;
use crate::report::{Table, megabytes, ratio, seconds};

/// The table.
const SCHEMA: &str = include_str!("../../schemas/loading_mysql.rb");

/// How many rows it gets.
const ROWS: &str = "1000000";

/// What one load took.
#[derive(Debug, Clone, Copy)]
struct Load {
    wall: Duration,
    server: Duration,
}

/// Measures on every server that is found.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    for flavour in [Flavour::MariaDb, Flavour::MySql] {
        if server_binaries(flavour).is_some() {
            on(flavour, runs)?;
        } else {
            narrate::say(format_args!("{}", missing(flavour)));
        }
    }
    Ok(())
}

fn on(flavour: Flavour, runs: u32) -> Result<(), Failure> {
    let directory = tempfile::tempdir().map_err(disk)?;
    let file = |name: &str| directory.path().join(name);
    let server =
        TempMySql::try_start(flavour).map_err(|error| Failure::outside(error.to_string()))?;
    let key = match flavour {
        Flavour::MariaDb => "mariadb",
        Flavour::MySql => "mysql",
    };
    let (schemafile, schema, dump, peer) = (
        file("schema.rb"),
        file("01_schema.sql"),
        file("02_dummy.sql"),
        file("mysqldump.sql"),
    );
    fs::write(&schemafile, SCHEMA).map_err(disk)?;
    let generate = |name: &str, output: &Path, more: &[&str]| {
        let mut command = Command::new(program(name));
        command.arg("-s").arg(&schemafile).args(["--database", key]);
        captured(command.arg("-o").arg(output).args(more)).map(drop)
    };
    generate("gen-schema", &schema, &[])?;
    generate("gen-dummy", &dump, &["--rows", ROWS])?;
    let database = server.create_database();
    run_file(&server, &database, &schema)?;
    run_file(&server, &database, &dump)?;
    let mut command = server.client("mysqldump");
    command.arg(format!("--result-file={}", peer.display()));
    captured(command.arg(&database))?;
    server.drop_database(&database);

    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..runs {
        ours.push(load(&server, Some(&schema), &dump)?);
        theirs.push(load(&server, None, &peer)?);
    }
    let median = |loads: &[Load]| Load {
        wall: middle(loads.iter().map(|load| load.wall)),
        server: middle(loads.iter().map(|load| load.server)),
    };
    let (ours, theirs) = (median(&ours), median(&theirs));
    let mut table = Table::new(["way", "wall", "of ours", "server's processor", "of ours"]);
    for (name, load) in [("gen-dummy's dump", ours), ("mysqldump's own form", theirs)] {
        table.row([
            name.to_owned(),
            seconds(load.wall),
            ratio(load.wall, ours.wall),
            seconds(load.server),
            ratio(load.server, ours.server),
        ]);
    }
    table.show();
    let bytes = fs::metadata(&dump).map_err(disk)?.len();
    narrate::say(format_args!(
        "The dump is {} of SQL; medians of {runs}, {}.",
        megabytes(bytes),
        server.sql("", "SELECT VERSION()").trim()
    ));
    Ok(())
}

/// Loads once, into a new database.
fn load(server: &TempMySql, schema: Option<&Path>, dump: &Path) -> Result<Load, Failure> {
    let database = server.create_database();
    if let Some(schema) = schema {
        run_file(server, &database, schema)?;
    }
    let before = processor_time(server)?;
    let started = Instant::now();
    run_file(server, &database, dump)?;
    let wall = started.elapsed();
    let spent = processor_time(server)?.saturating_sub(before);
    let rows = server.sql(&database, "SELECT count(*) FROM users");
    if rows.trim() != ROWS {
        return Err(Failure::check(format!(
            "{} loaded {rows} rows",
            dump.display()
        )));
    }
    server.drop_database(&database);
    Ok(Load {
        wall,
        server: spent,
    })
}

fn run_file(server: &TempMySql, database: &str, file: &Path) -> Result<(), Failure> {
    let mut command = server.client_command(database);
    command.stdin(File::open(file).map_err(disk)?);
    captured(&mut command).map(drop)
}

fn processor_time(server: &TempMySql) -> Result<Duration, Failure> {
    let file = server.sql("", "SELECT @@pid_file");
    let process = fs::read_to_string(file.trim()).map_err(disk)?;
    processor_time_of(process.trim())
        .ok_or_else(|| Failure::outside("`/proc` doesn't tell what the server has spent"))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn disk(error: std::io::Error) -> Failure {
    Failure::outside(format!("a file of the benchmark can't be used: {error}"))
}
