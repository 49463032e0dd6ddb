//! The one directory that everything of the demo is in, removed at the end, on a failure and on Ctrl-C.

use std::fs;
use std::path::{Path, PathBuf};

use command_line::Failure;
use tempfile::TempDir;

/// The exit code of a program that SIGINT ended, as shells count.
const INTERRUPTED: i32 = 130;

/// The directory. Whatever asks for a temporary place from now on gets one inside it.
#[derive(Debug)]
pub(crate) struct Scratch {
    directory: TempDir,
}

impl Scratch {
    /// Makes the directory.
    pub(crate) fn new() -> Result<Self, Failure> {
        let refused =
            |error: std::io::Error| Failure::outside(format!("no temporary directory: {error}"));
        let directory = tempfile::Builder::new()
            .prefix("demo-")
            .tempdir()
            .map_err(refused)?;
        // The server's directory is elsewhere, for its socket's short path; it goes when this process does.
        let doomed = directory.path().to_owned();
        ctrlc::set_handler(move || {
            // What is running in the terminal gets the same signal, and may still be writing: so a second try.
            if fs::remove_dir_all(&doomed).is_err() {
                std::thread::sleep(std::time::Duration::from_millis(300));
                let _ = fs::remove_dir_all(&doomed);
            }
            std::process::exit(INTERRUPTED);
        })
        .map_err(|error| Failure::outside(format!("no handler for Ctrl-C: {error}")))?;
        tempfile::env::override_temp_dir(directory.path())
            .map_err(|_| Failure::outside("the temporary directory was chosen twice"))?;
        Ok(Self { directory })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Leaves everything where it is.
    pub(crate) fn keep(self) -> PathBuf {
        self.directory.keep()
    }
}
