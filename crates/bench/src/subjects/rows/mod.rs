//! How fast rows are made, plain and compressed, beside the usual ways to make them and to compress them.
//!
//! One table of users, about 200 bytes a row. What a tool makes in a second of processor time is compared, for other
//! work on the machine disturbs the clock. Slow peers make fewer rows; what counts is bytes a second.

mod peers;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use command_line::Failure;
use host_tools::narrate;
use host_tools::process::find_program;
use host_tools::workspace::program;

use crate::measure::{Cost, median};
use crate::report::{Table, megabytes, rate, ratio, seconds};

/// The table.
const SCHEMA: &str = include_str!("../../../schemas/rows.rb");

/// The same for MySQL, whose rows are INSERT statements.
const SCHEMA_OF_MYSQL: &str = include_str!("../../../schemas/rows_mysql.rb");

/// Rows that gen-dummy makes: some 800 MB.
const ROWS: &str = "4000000";

/// Measures making, then compressing.
pub(crate) fn measure(runs: u32) -> Result<(), Failure> {
    let directory = tempfile::tempdir().map_err(disk)?;
    let file = |name: &str| directory.path().join(name);
    let schema = file("schema.rb");
    fs::write(&schema, SCHEMA).map_err(disk)?;
    let dump = |threads: &str, output: &Path| {
        let mut command = Command::new(program("gen-dummy"));
        command.arg("-q").arg("-s").arg(&schema).arg("-o");
        command.arg(output).args(["--rows", ROWS]);
        command.args(["--threads", threads]);
        command
    };
    let text = file("rows.sql");
    crate::measure::once(&mut dump("2", &text))?;
    let bytes = fs::metadata(&text).map_err(disk)?.len();

    narrate::heading("Rows as text");
    let mut table = Table::new([
        "what",
        "text",
        "processor",
        "wall",
        "resident",
        "per CPU-second",
    ]);
    let mut add = |name: &str, bytes: u64, cost: Cost| {
        table.row([
            name.to_owned(),
            megabytes(bytes),
            seconds(cost.cpu),
            seconds(cost.wall),
            megabytes(cost.resident),
            rate(bytes, cost.cpu),
        ]);
    };
    let nowhere = Path::new("/dev/null");
    let one = median(runs, || crate::measure::once(&mut dump("1", nowhere)))?;
    let two = median(runs, || crate::measure::once(&mut dump("2", nowhere)))?;
    add("gen-dummy, 1 thread", bytes, one);
    add("gen-dummy, 2 threads", bytes, two);
    let of_mysql = file("mysql.rb");
    fs::write(&of_mysql, SCHEMA_OF_MYSQL).map_err(disk)?;
    let inserts = |output: &Path| {
        let mut command = Command::new(program("gen-dummy"));
        command.arg("-q").arg("-s").arg(&of_mysql).arg("-o");
        command.arg(output).args(["--rows", ROWS, "--threads", "1"]);
        command.args(["--database", "mysql"]);
        command
    };
    crate::measure::once(&mut inserts(&text))?;
    let inserted = fs::metadata(&text).map_err(disk)?.len();
    let cost = median(runs, || crate::measure::once(&mut inserts(nowhere)))?;
    add("gen-dummy, INSERTs for MySQL, 1 thread", inserted, cost);
    crate::measure::once(&mut dump("2", &text))?;
    for peer in peers::at_hand()? {
        let bytes = peer.bytes()?;
        let cost = median(runs, || crate::measure::once(&mut peer.command()))?;
        add(peer.name(), bytes, cost);
    }
    table.show();
    say_wall(one.wall, two.wall);

    narrate::heading("Rows as .sql.gz");
    let mut table = Table::new([
        "what",
        "size",
        "processor",
        "wall",
        "resident",
        "per CPU-second",
    ]);
    let mut add = |name: &str, size: u64, cost: Cost| {
        table.row([
            name.to_owned(),
            megabytes(size),
            seconds(cost.cpu),
            seconds(cost.wall),
            megabytes(cost.resident),
            rate(bytes, cost.cpu),
        ]);
    };
    let packed = file("rows.sql.gz");
    let size = || fs::metadata(&packed).map(|found| found.len()).map_err(disk);
    let one = median(runs, || crate::measure::once(&mut dump("1", &packed)))?;
    add("gen-dummy, made and compressed, 1 thread", size()?, one);
    let two = median(runs, || crate::measure::once(&mut dump("2", &packed)))?;
    add("gen-dummy, made and compressed, 2 threads", size()?, two);
    let pack = program("gen-dummy");
    let filters: [(&str, &Path, &[&str]); 3] = [
        (
            "gen-dummy pack, the text compressed alone",
            &pack,
            &["pack"],
        ),
        (
            "gzip -1, the text compressed alone",
            Path::new("gzip"),
            &["-1"],
        ),
        (
            "pigz -1 -p2, the text compressed alone",
            Path::new("pigz"),
            &["-1", "-p2"],
        ),
    ];
    for (name, filter, arguments) in filters {
        if !filter.is_absolute() && find_program(&filter.to_string_lossy()).is_none() {
            narrate::say(format_args!(
                "{} is not in PATH, so it isn't measured.",
                filter.display()
            ));
            continue;
        }
        let cost = median(runs, || {
            let mut command = Command::new(filter);
            command
                .args(arguments)
                .stdin(File::open(&text).map_err(disk)?);
            command.stdout(File::create(&packed).map_err(disk)?);
            crate::measure::once(&mut command)
        })?;
        add(name, size()?, cost);
    }
    table.show();
    say_wall(one.wall, two.wall);
    Ok(())
}

fn say_wall(one: Duration, two: Duration) {
    narrate::say(format_args!(
        "Two threads take {} of one thread's time on the clock.",
        ratio(two, one)
    ));
}

/// How long what a command writes is.
fn output_bytes(command: &mut Command) -> Result<u64, Failure> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::outside(format!("a peer can't be started: {error}")))?;
    let mut output = child
        .stdout
        .take()
        .unwrap_or_else(|| unreachable!("it is piped"));
    let bytes = std::io::copy(&mut output, &mut std::io::sink()).map_err(disk)?;
    child.wait().map_err(disk)?;
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
fn disk(error: std::io::Error) -> Failure {
    Failure::outside(format!("a file of the benchmark can't be used: {error}"))
}
