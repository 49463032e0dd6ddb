//! A directory of dumps, loaded as the entry points of official images load `/docker-entrypoint-initdb.d`: in name order,
//! `*.sql` as it is, `*.sql.gz` by `gunzip -c` into the client, up to the first that fails; other files are passed over.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::process;

/// A file that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedFile {
    /// The file's name in its directory.
    pub name: String,
    /// How long the load took.
    pub elapsed: Duration,
}

/// Why a directory of dumps was not loaded: the file, and what the client or gunzip said.
#[derive(Debug, thiserror::Error)]
#[error("{file} did not load: {reason}")]
pub struct LoadError {
    /// The file that failed.
    pub file: String,
    /// What the programs wrote.
    pub reason: String,
}

/// Loads one file: by its path, or by what gunzip makes of it. Its error is what the client said.
type Load<'l> = dyn FnMut(&Path, Option<ChildStdout>) -> Result<(), String> + 'l;

/// Has `load` load each file: by its path, or by what gunzip makes of it.
pub(crate) fn load_all(
    directory: &Path,
    load: &mut Load<'_>,
) -> Result<Vec<LoadedFile>, LoadError> {
    let mut loaded = Vec::new();
    for path in dumps_in(directory)? {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let started = Instant::now();
        let result = if has_extension(&path, "gz") {
            unpacked(&path, load)
        } else {
            load(&path, None)
        };
        result.map_err(|reason| LoadError {
            file: name.clone(),
            reason,
        })?;
        loaded.push(LoadedFile {
            name,
            elapsed: started.elapsed(),
        });
    }
    Ok(loaded)
}

/// Runs a client to its end.
pub(crate) fn end(client: &mut Command) -> Result<(), String> {
    let output = client.output().map_err(|error| {
        let program = Path::new(client.get_program()).display();
        format!("can't start {program}: {error}")
    })?;
    succeeded(client, &output)
}

fn unpacked(path: &Path, load: &mut Load<'_>) -> Result<(), String> {
    let mut gunzip = Command::new("gunzip");
    gunzip
        .arg("-c")
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut unpacking = gunzip
        .spawn()
        .map_err(|error| format!("can't start gunzip: {error}"))?;
    let unpacked = unpacking.stdout.take().ok_or("gunzip has no output")?;
    let loaded = load(path, Some(unpacked));
    let output = unpacking
        .wait_with_output()
        .map_err(|error| format!("gunzip: {error}"))?;
    // The client first: when it stops early, gunzip only dies of the broken pipe.
    loaded?;
    succeeded(&gunzip, &output)
}

/// The `*.sql` and `*.sql.gz` of a directory, by name, byte by byte as in the C locale of the images.
fn dumps_in(directory: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |error: io::Error| LoadError {
        file: directory.display().to_string(),
        reason: error.to_string(),
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let inner = if has_extension(&path, "gz") {
            path.with_extension("")
        } else {
            path.clone()
        };
        if has_extension(&inner, "sql") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension() == Some(OsStr::new(extension))
}

fn succeeded(command: &Command, output: &Output) -> Result<(), String> {
    if output.status.success() {
        Ok(())
    } else {
        Err(process::describe(command, output))
    }
}
