//! How fast a dump loads into PostgreSQL, beside plain COPY into the same indexed tables and `pg_restore -j2`.
//!
//! Three tables, three large tables, and a hundred tables; every load goes into a database of its own, on one server that
//! writes nothing to the disk before it must. What the server's processes spent is read from `/proc`, so this is for
//! Linux.

mod connections;
mod server;

use std::fmt::Write as _;
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

/// How many rows each of them has where all are large.
const MILLIONS: [&str; 3] = ["offices=1000000", "users=1000000", "orders=1000000"];

/// How many tables there are where there are many, and how many rows each has.
const MANY: (usize, u32) = (100, 15_000);

/// What is loaded.
struct Case {
    name: &'static str,
    /// A `schema.rb`.
    schema: String,
    /// Tables and rows, as `--rows` takes them.
    rows: Vec<String>,
}

impl Case {
    fn all() -> [Self; 3] {
        let three = |name, rows: [&str; 3]| Self {
            name,
            schema: SCHEMA.to_owned(),
            rows: rows.map(str::to_owned).to_vec(),
        };
        [
            three("250,000 users, 1,000 offices and 750,000 orders", ROWS),
            three("three tables of 1,000,000 rows", MILLIONS),
            Self::many(),
        ]
    }

    /// Tables in chains of ten, each with two indexes of its own.
    fn many() -> Self {
        let (tables, rows) = MANY;
        let mut schema =
            String::from("ActiveRecord::Schema[8.1].define(version: 2026_01_01_000000) do\n");
        for table in 0..tables {
            let parent = if table % 10 == 0 {
                String::new()
            } else {
                format!(
                    "    t.references \"t{:02}\", null: false, foreign_key: true\n",
                    table - 1
                )
            };
            let _ = write!(
                schema,
                "  create_table \"t{table:02}s\" do |t|\n{parent}    t.string \"name\", null: false\n    \
                 t.string \"email\", null: false\n    t.date \"day\"\n    t.timestamps\n    \
                 t.index [\"email\"], unique: true\n    t.index [\"day\"]\n  end\n"
            );
        }
        Self {
            name: "100 tables of 15,000 rows",
            schema: schema + "end\n",
            rows: (0..tables)
                .map(|table| format!("t{table:02}s={rows}"))
                .collect(),
        }
    }
}

/// A way to get the rows into a database.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// The dump that gen-dummy writes, by one psql.
    Dump,
    /// The same by several connections, as the container loads it.
    Connections,
    /// The same rows by COPY, with all indexes and keys in place.
    PlainCopy,
    /// A custom-format archive of the loaded database, on two connections. It makes the tables too.
    Restore,
}

const WAYS: [(Way, &str); 4] = [
    (
        Way::Connections,
        "gen-dummy's dump, as the container loads it",
    ),
    (Way::Dump, "gen-dummy's dump, `gunzip | psql`"),
    (Way::PlainCopy, "plain COPY, indexes and keys in place"),
    (Way::Restore, "pg_restore -j2"),
];

/// How any container loads a file, and the image's own entry point does.
const ALONE: &str =
    r#"set -o pipefail; gunzip -c "$2" | psql -qX -v ON_ERROR_STOP=1 -d "$1" > /dev/null"#;

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
    let postgres =
        TempPostgres::try_start().map_err(|error| Failure::outside(error.to_string()))?;
    for case in Case::all() {
        compare(&postgres, &case, runs)?;
    }
    Ok(())
}

fn compare(postgres: &TempPostgres, case: &Case, runs: u32) -> Result<(), Failure> {
    let directory = tempfile::tempdir().map_err(disk)?;
    let files = Files::make(postgres, case, directory.path())?;
    let mut loads: [Vec<Load>; WAYS.len()] = Default::default();
    for _ in 0..runs {
        for (place, (way, _)) in WAYS.into_iter().enumerate() {
            loads[place].push(load(postgres, case, way, &files)?);
        }
    }
    let medians = loads.map(|loads| Load {
        wall: middle(loads.iter().map(|load| load.wall)),
        server: middle(loads.iter().map(|load| load.server)),
    });
    narrate::say(format_args!("{}:\n", case.name));
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
        "The dump is {} in gzip; medians of {runs}, PostgreSQL {}.\n",
        megabytes(bytes),
        postgres.version_number()
    ));
    Ok(())
}

/// Loads once, into a new database.
fn load(postgres: &TempPostgres, case: &Case, way: Way, files: &Files) -> Result<Load, Failure> {
    let database = postgres.create_database();
    if !matches!(way, Way::Restore) {
        postgres.psql_file(&database, &files.schema);
    }
    postgres.psql("postgres", "CHECKPOINT");
    let before = processor_time(postgres)?;
    let started = Instant::now();
    match way {
        Way::Dump => {
            let mut bash = bash(postgres);
            bash.args(["-c", ALONE, "bash", &database]).arg(&files.dump);
            captured(&mut bash)?;
        }
        Way::Connections => connections::load(postgres, &database, &files.dump)?,
        Way::PlainCopy => drop(postgres.psql_file(&database, &files.plain)),
        Way::Restore => {
            let mut restore = postgres.client("pg_restore");
            restore.args(["-j2", "-d", &database]).arg(&files.archive);
            captured(&mut restore)?;
        }
    }
    let wall = started.elapsed();
    let server = processor_time(postgres)?.saturating_sub(before);
    for (table, expected) in case.rows.iter().filter_map(|rows| rows.split_once('=')) {
        let rows = postgres.psql(&database, &format!("SELECT count(*) FROM {table}"));
        if rows.trim() != expected {
            return Err(Failure::check(format!(
                "{way:?} loaded {rows} rows of {table}"
            )));
        }
    }
    postgres.drop_database(&database);
    Ok(Load { wall, server })
}

impl Files {
    fn make(postgres: &TempPostgres, case: &Case, directory: &Path) -> Result<Self, Failure> {
        let file = |name: &str| directory.join(name);
        let files = Self {
            schema: file("01_schema.sql"),
            dump: file("02_dummy.sql.gz"),
            plain: file("plain.sql"),
            archive: file("archive"),
        };
        let schemafile = file("schema.rb");
        fs::write(&schemafile, &case.schema).map_err(disk)?;
        let mut schema = Command::new(program("gen-schema"));
        captured(schema.arg(&schemafile).arg("-o").arg(&files.schema))?;
        let text = file("02_dummy.sql");
        for output in [&text, &files.dump] {
            let mut dump = Command::new(program("gen-dummy"));
            dump.arg("-s").arg(&schemafile).arg("-o").arg(output);
            captured(dump.args(case.rows.iter().flat_map(|rows| ["--rows", rows.as_str()])))?;
        }
        copies_alone(&text, &files.plain).map_err(disk)?;
        let database = postgres.create_database();
        postgres.psql_file(&database, &files.schema);
        postgres.psql_file(&database, &text);
        let mut archive = postgres.client("pg_dump");
        archive.args(["-Fc", "-f"]).arg(&files.archive);
        captured(archive.arg(&database))?;
        postgres.drop_database(&database);
        Ok(files)
    }
}

/// A shell for which the server is the one that psql asks.
fn bash(postgres: &TempPostgres) -> Command {
    let mut bash = Command::new("bash");
    for (name, value) in postgres.client("psql").get_envs() {
        match value {
            Some(value) => bash.env(name, value),
            None => bash.env_remove(name),
        };
    }
    bash
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
