//! The keys of a dump's tables, as the schema beside it tells them.

use std::fs;
use std::path::{Path, PathBuf};

use dump_text::Keys;

use crate::git::repository::Repository;

/// The keys that the SQL beside a dump tells, as it lies in the work tree. What can't be read tells nothing: rows are
/// then told apart by a first column that ascends, or are a set.
pub(crate) fn keys_beside(path: &str, repository: &Repository) -> Keys {
    match repository.work_tree() {
        Some(root) => keys_in(root.join(path).parent()),
        None => Keys::default(),
    }
}

/// The keys that the SQL in a directory tells.
pub(crate) fn keys_in(directory: Option<&Path>) -> Keys {
    let mut keys = Keys::default();
    let mut files: Vec<PathBuf> = directory
        .and_then(|directory| fs::read_dir(directory).ok())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    for file in files {
        if let Ok(sql) = fs::read_to_string(&file) {
            keys.read(&sql);
        }
    }
    keys
}
