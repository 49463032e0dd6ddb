//! How fast a dump loads into PostgreSQL, beside plain COPY into the same indexed tables and `pg_restore -j2`.
//!
//! 250,000 users, 1,000 offices and 750,000 orders; every load goes into a database of its own, on one server that
//! writes nothing to the disk before it must. What the server's processes spent is read from `/proc`, so this is for
//! Linux.

mod server;

use std::fs;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use command_line::Failure;
use host_tools::narrate;
use host_tools::run::captured;
use host_tools::workspace::program;
use testkit::pg::TempPostgres;

use crate::measure::middle;
use crate::report::{Table, megabytes, ratio, seconds};
use server::processor_time;
pub(super) use server::processor_time_of;

/// The tables.
const SCHEMA: &str = include_str!("../../../schemas/loading.rb");

/// How many rows they get.
pub(super) const ROWS: [&str; 3] = ["offices=1000", "users=250000", "orders=750000"];

/// A way to get the rows into a database.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// The dump that gen-dummy writes.
    Dump,
    /// The same rows by COPY, with all indexes and keys in place.
    PlainCopy,
    /// A custom-format archive of the loaded database, on two connections. It makes the tables too.
    Restore,
}

const WAYS: [(Way, &str); 3] = [
    (Way::Dump, "gen-dummy's dump"),
    (Way::PlainCopy, "plain COPY, indexes and keys in place"),
    (Way::Restore, "pg_restore -j2"),
];

/// What one load took.
#[derive(Debug, Clone, Copy)]
struct Load {
    wall: Duration,
    server: Duration,
}

/// The files that are loaded.
struct Files {
    schema: PathBuf,
    dump: PathBuf,
    plain: PathBuf,
    archive: PathBuf,
}

/// Measures every way in turn, so often, and shows the medians.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let directory = tempfile::tempdir().map_err(disk)?;
    let postgres =
        TempPostgres::try_start().map_err(|error| Failure::outside(error.to_string()))?;
    let files = Files::make(&postgres, directory.path())?;
    let mut loads: [Vec<Load>; WAYS.len()] = Default::default();
    for _ in 0..runs {
        for (place, (way, _)) in WAYS.into_iter().enumerate() {
            loads[place].push(load(&postgres, way, &files)?);
        }
    }
    let medians = loads.map(|loads| Load {
        wall: middle(loads.iter().map(|load| load.wall)),
        server: middle(loads.iter().map(|load| load.server)),
    });
    let mut table = Table::new(["way", "wall", "of ours", "server's processor", "of ours"]);
    for (load, (_, name)) in medians.iter().zip(WAYS) {
        table.row([
            name.to_owned(),
            seconds(load.wall),
            ratio(load.wall, medians[0].wall),
            seconds(load.server),
            ratio(load.server, medians[0].server),
        ]);
    }
    table.show();
    let bytes = fs::metadata(&files.dump).map_err(disk)?.len();
    narrate::say(format_args!(
        "The dump is {} of SQL; medians of {runs}, PostgreSQL {}.",
        megabytes(bytes),
        postgres.version_number()
    ));
    Ok(())
}

/// Loads once, into a new database.
fn load(postgres: &TempPostgres, way: Way, files: &Files) -> Result<Load, Failure> {
    let database = postgres.create_database();
    if !matches!(way, Way::Restore) {
        postgres.psql_file(&database, &files.schema);
    }
    postgres.psql("postgres", "CHECKPOINT");
    let before = processor_time(postgres)?;
    let started = Instant::now();
    match way {
        Way::Dump => drop(postgres.psql_file(&database, &files.dump)),
        Way::PlainCopy => drop(postgres.psql_file(&database, &files.plain)),
        Way::Restore => {
            let mut restore = postgres.client("pg_restore");
            restore.args(["-j2", "-d", &database]).arg(&files.archive);
            captured(&mut restore)?;
        }
    }
    let wall = started.elapsed();
    let server = processor_time(postgres)?.saturating_sub(before);
    let rows = postgres.psql(
        &database,
        "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders)",
    );
    if rows.trim() != "250000|750000" {
        return Err(Failure::check(format!("{way:?} loaded {rows} rows")));
    }
    postgres.drop_database(&database);
    Ok(Load { wall, server })
}

impl Files {
    fn make(postgres: &TempPostgres, directory: &Path) -> Result<Self, Failure> {
        let file = |name: &str| directory.join(name);
        let files = Self {
            schema: file("01_schema.sql"),
            dump: file("02_dummy.sql"),
            plain: file("plain.sql"),
            archive: file("archive"),
        };
        let schemafile = file("schema.rb");
        fs::write(&schemafile, SCHEMA).map_err(disk)?;
        let mut schema = Command::new(program("gen-schema"));
        captured(schema.arg(&schemafile).arg("-o").arg(&files.schema))?;
        let mut dump = Command::new(program("gen-dummy"));
        dump.arg("-s").arg(&schemafile).arg("-o").arg(&files.dump);
        captured(dump.args(ROWS.iter().flat_map(|rows| ["--rows", rows])))?;
        copies_alone(&files.dump, &files.plain).map_err(disk)?;
        let database = postgres.create_database();
        postgres.psql_file(&database, &files.schema);
        postgres.psql_file(&database, &files.dump);
        let mut archive = postgres.client("pg_dump");
        archive.args(["-Fc", "-f"]).arg(&files.archive);
        captured(archive.arg(&database))?;
        postgres.drop_database(&database);
        Ok(files)
    }
}

/// Keeps of a dump the rows and their COPY, in one transaction.
fn copies_alone(dump: &Path, plain: &Path) -> std::io::Result<()> {
    let mut output = BufWriter::new(fs::File::create(plain)?);
    output.write_all(b"BEGIN;\n")?;
    let mut copying = false;
    for line in BufReader::new(fs::File::open(dump)?).split(b'\n') {
        let mut line = line?;
        if line.starts_with(b"COPY ") {
            copying = true;
            line = String::from_utf8_lossy(&line)
                .replace(" WITH (FREEZE)", "")
                .into_bytes();
        }
        if copying {
            output.write_all(&line)?;
            output.write_all(b"\n")?;
        }
        copying &= line != b"\\.";
    }
    output.write_all(b"COMMIT;\n")?;
    output.flush()
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn disk(error: std::io::Error) -> Failure {
    Failure::outside(format!("a file of the benchmark can't be written: {error}"))
}
