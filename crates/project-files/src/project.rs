//! Where a repository begins.

use std::path::{Path, PathBuf};

/// A team's repository on disk.
///
/// Commands resolve paths from its root and not from the current directory, so that
/// `gen-schema` does the same thing in every subdirectory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The repository around a directory: the nearest one upwards that holds `.git` (a directory, or
    /// a file in worktrees and submodules). Outside of any, the nearest that holds
    /// `schema/Schemafile`, so that an unpacked archive works; else the directory itself.
    pub fn around(directory: &Path) -> Self {
        let holding = |name: &str| {
            directory
                .ancestors()
                .find(|ancestor| ancestor.join(name).exists())
        };
        let root = holding(".git")
            .or_else(|| holding("schema/Schemafile"))
            .unwrap_or(directory);
        Self::rooted(root)
    }

    /// A repository that begins at a known directory.
    pub(crate) fn rooted(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The root directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path as the user typed it: from the root, unless it is absolute.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    /// A path for a message or a header: from the root with `/` between its parts, where it lies
    /// below the root; else as it is.
    pub fn display(&self, path: &Path) -> String {
        match path.strip_prefix(&self.root) {
            Ok(inner) => {
                let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
                parts.join("/")
            }
            Err(_) => path.to_string_lossy().into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_repository_wins_over_the_outer_one() {
        let scratch = tempfile::tempdir().unwrap();
        let inner = scratch.path().join("app/database");
        fs_err::create_dir_all(inner.join("schema/deep")).unwrap();
        fs_err::create_dir(scratch.path().join(".git")).unwrap();
        fs_err::write(inner.join(".git"), "gitdir: ../../.git/modules/database\n").unwrap();
        let project = Project::around(&inner.join("schema/deep"));
        assert_eq!(project.root(), inner);
        assert_eq!(
            project.resolve(Path::new("dumps/x.sql")),
            inner.join("dumps/x.sql")
        );
        assert_eq!(project.display(&inner.join("dumps/x.sql")), "dumps/x.sql");
    }

    #[test]
    fn an_unpacked_archive_has_a_root_too() {
        let scratch = tempfile::tempdir().unwrap();
        let schema = scratch.path().join("schema");
        fs_err::create_dir(&schema).unwrap();
        fs_err::write(schema.join("Schemafile"), "").unwrap();
        assert_eq!(Project::around(&schema).root(), scratch.path());
    }
}
