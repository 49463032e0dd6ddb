//! The dumps: one of gen-dummy, and versions of it.

use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use command_line::Failure;
use host_tools::{process, workspace};

use super::unwritable;

/// Rows of each table: some 340 MB of SQL.
const ROWS: &str = "250000";

/// The table that gets rows, so many that the SQL grows by 1 %: no other table points to it.
const MORE_ROWS: &str = "shipments=279000";

/// The table that gets other rows.
const TABLE: &str = "stocks";

/// A dump and its versions, in a directory that goes when they do.
pub(super) struct Dumps {
    /// The first version, compressed.
    pub(super) first: PathBuf,
    /// Its size before that, in bytes.
    pub(super) raw: u64,
    /// What changed, and the version with that change.
    pub(super) versions: Vec<(&'static str, PathBuf)>,
    _directory: tempfile::TempDir,
}

impl Dumps {
    /// Makes them all.
    pub(super) fn make() -> Result<Self, Failure> {
        let directory = tempfile::tempdir().map_err(|error| unwritable(&error))?;
        let path = |name: &str| directory.path().join(name);
        let (text, first) = (path("first.sql"), path("first.sql.gz"));
        generate(&text, &[])?;
        let sql = fs::read(&text).map_err(|error| unwritable(&error))?;
        pack(&sql, &path("plain.sql"), &first)?;
        let mut versions = Vec::new();

        let appended = path("appended.sql.gz");
        generate(&appended, &["--rows", MORE_ROWS])?;
        versions.push(("1 % more rows in one table", appended));

        let edited = path("edited.sql.gz");
        let middle = sql.len() / 2;
        let range = middle..middle + sql.len() / 100;
        pack(&changed(&sql, range), &path("plain.sql"), &edited)?;
        versions.push(("1 % of the rows, next to each other", edited));

        let table = path("table.sql.gz");
        pack(&changed(&sql, rows_of(&sql)?), &path("plain.sql"), &table)?;
        versions.push(("all rows of 1 of 11 tables", table));

        let other = path("other.sql.gz");
        generate(&other, &["--seed", "1"])?;
        versions.push(("everything", other));
        fs::remove_file(&text).map_err(|error| unwritable(&error))?;
        Ok(Self {
            first,
            raw: sql.len() as u64,
            versions,
            _directory: directory,
        })
    }
}

fn generate(path: &Path, options: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new(workspace::program("gen-dummy"));
    command
        .current_dir(workspace::root())
        .args(["--quiet", "--rows", ROWS])
        .args(options)
        .arg("-o")
        .arg(path);
    succeed(&mut command)
}

/// Compresses SQL as gen-dummy does, by way of the file `text`.
fn pack(sql: &[u8], text: &Path, packed: &Path) -> Result<(), Failure> {
    fs::write(text, sql).map_err(|error| unwritable(&error))?;
    let open = File::open(text).map_err(|error| unwritable(&error))?;
    let to = File::create(packed).map_err(|error| unwritable(&error))?;
    let mut command = Command::new(workspace::program("gen-dummy"));
    command.arg("pack").stdin(Stdio::from(open)).stdout(to);
    succeed(&mut command)?;
    fs::remove_file(text).map_err(|error| unwritable(&error))
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let shown = process::command_line(command);
    let status = command
        .status()
        .map_err(|error| Failure::outside(format!("can't run `{shown}`: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::outside(format!("`{shown}` ended with {status}")))
    }
}

/// The same text with other digits within the range.
fn changed(sql: &[u8], range: Range<usize>) -> Vec<u8> {
    let mut sql = sql.to_vec();
    for byte in &mut sql[range] {
        if byte.is_ascii_digit() {
            *byte = b'0' + (*byte - b'0' + 3) % 10;
        }
    }
    sql
}

/// Where the rows of [`TABLE`] are.
fn rows_of(sql: &[u8]) -> Result<Range<usize>, Failure> {
    let find = |wanted: &str, from: usize| {
        let mut windows = sql[from..].windows(wanted.len());
        windows
            .position(|window| window == wanted.as_bytes())
            .map(|at| from + at)
    };
    let begin = find(&format!("\nCOPY {TABLE} "), 0).and_then(|at| find("\n", at + 1));
    let range = begin.and_then(|begin| Some(begin..find("\n\\.\n", begin)?));
    range.ok_or_else(|| Failure::check(format!("the dump has no rows of `{TABLE}`")))
}
