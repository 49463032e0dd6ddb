//! The files of a folder.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The files of a folder whose names have an extension (`csv`), in the order of their names; none where there is no such
/// folder.
///
/// # Errors
/// The folder can't be read.
pub fn files_with(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_kind_and_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "a.toml", "csv"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = files_with(folder.path(), "csv").unwrap();
        let names: Vec<&OsStr> = found.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["a.csv", "b.csv"]);
        assert!(
            files_with(&folder.path().join("none"), "csv")
                .unwrap()
                .is_empty()
        );
    }
}
