//! How required files are found, without this crate touching a file system.
//!
//! Paths inside are absolute within the project: `/schema/Schemafile` is `schema/Schemafile` below
//! the project's root, and nothing above the root can be named. So a Schemafile gives the same SQL
//! wherever it is checked out, and can read nothing but its project.

use std::collections::{BTreeMap, BTreeSet};

/// Where required files come from. It is used from another thread than the caller's, which waits.
pub trait Loader: Sync {
    /// The content of a file.
    ///
    /// # Errors
    /// [`LoadError::Missing`] when there is no such file, else why it can't be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError>;

    /// Names of what is in a folder; empty when there is no such folder.
    ///
    /// # Errors
    /// Why the folder can't be listed.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, LoadError>;
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name, without its folder.
    pub name: String,
    /// Whether it is a folder itself.
    pub is_folder: bool,
}

/// Why a file couldn't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// It can't be read, and why.
    #[error("{0}")]
    Unreadable(String),
}

/// Files held in memory: for a text that requires nothing, and for tests.
#[derive(Debug, Clone, Default)]
pub struct MemoryLoader {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryLoader {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file by its path from the project's root.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }
}

impl Loader for MemoryLoader {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        self.files.get(path).cloned().ok_or(LoadError::Missing)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, LoadError> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let entries: BTreeSet<Entry> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => Entry {
                    name: name.to_owned(),
                    is_folder: true,
                },
                None => Entry {
                    name: rest.to_owned(),
                    is_folder: false,
                },
            })
            .collect();
        Ok(entries.into_iter().collect())
    }
}

/// Joins a path to a folder and takes `.` and `..` out, all absolute within the project. None when
/// it would leave the project.
pub(crate) fn resolve(folder: &str, path: &str) -> Option<String> {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

/// The folder of a file.
pub(crate) fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((folder, _)) => folder,
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_project() {
        assert_eq!(resolve("/schema", "../x.rb").as_deref(), Some("/x.rb"));
        assert_eq!(
            resolve("/schema", "./a//b/../c").as_deref(),
            Some("/schema/a/c")
        );
        assert_eq!(resolve("/schema", "../../etc/passwd"), None);
        assert_eq!(
            resolve("/schema", "/etc/passwd").as_deref(),
            Some("/etc/passwd")
        );
    }

    #[test]
    fn memory_lists_a_folder_once() {
        let loader = MemoryLoader::new()
            .with("a/b/c", "")
            .with("a/b/d", "")
            .with("a/e", "");
        let names: Vec<(String, bool)> = loader
            .list("a")
            .unwrap()
            .into_iter()
            .map(|entry| (entry.name, entry.is_folder))
            .collect();
        assert_eq!(names, [("b".to_owned(), true), ("e".to_owned(), false)]);
    }
}
