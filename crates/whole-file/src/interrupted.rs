//! What isn't finished when somebody presses Ctrl-C, or when the system ends the process.
//!
//! A signal ends a process without dropping anything, so the temporary files of all that is being written are kept in
//! one list, and a handler removes them. It stays away where the program has a handler of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// The exit code of a program that Ctrl-C ended, as shells count.
const INTERRUPTED: i32 = 130;

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

static HANDLER: Once = Once::new();

/// A file that goes when the process is ended; while this lives.
#[derive(Debug)]
pub(crate) struct Doomed(PathBuf);

impl Doomed {
    /// From now on.
    pub(crate) fn new(path: &Path) -> Self {
        HANDLER.call_once(|| {
            // Where there is a handler already, that program clears up itself.
            let _ = ctrlc::set_handler(end);
        });
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        unfinished.insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        unfinished.remove(&self.0);
    }
}

/// Removes what isn't finished, and ends the process. The list stays locked: nothing is begun meanwhile.
fn end() {
    let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in &*unfinished {
        let _ = fs_err::remove_file(path);
    }
    std::process::exit(INTERRUPTED);
}
