//! Where a repository begins.

use std::path::{Component, Path, PathBuf};

/// Where schemas usually are, from the repository's root.
const USUAL_SCHEMAS: [&str; 4] = [
    "schema/Schemafile",
    "Schemafile",
    "db/Schemafile",
    "db/schema.rb",
];

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
    pub fn rooted(root: &Path) -> Self {
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

    /// What to type for a file that isn't there from the root, if it is there from the directory that the user is in.
    pub fn typed_from(&self, directory: &Path, typed: &Path) -> Option<String> {
        let (meant, taken) = (directory.join(typed), self.resolve(typed));
        if taken.exists() || !meant.is_file() {
            return None;
        }
        Some(self.display(&without_dots(&meant)))
    }

    /// The next step for who typed a path as if it began where they are; none if that isn't what went wrong.
    pub fn hint_for(&self, typed: &Path) -> Option<String> {
        let directory = std::env::current_dir().ok()?;
        let meant = self.typed_from(&directory, typed)?;
        Some(format!(
            "paths start at the repository's root: write `{meant}`"
        ))
    }

    /// The same for a schema, which may also lie where schemas usually do.
    pub fn hint_for_schema(&self, typed: &Path) -> Option<String> {
        let usual = || {
            let name = typed.file_name()?;
            let named = ["schema", "db"].map(|folder| Path::new(folder).join(name));
            let usual = USUAL_SCHEMAS.map(PathBuf::from);
            let missing = !self.resolve(typed).exists();
            let found = named
                .into_iter()
                .chain(usual)
                .find(|path| missing && self.resolve(path).is_file())?;
            let found = self.display(&self.resolve(&found));
            Some(format!("there is `{found}`: name that, if it is meant"))
        };
        self.hint_for(typed).or_else(usual)
    }

    /// A path for a message or a header: from the root with `/` between its parts, where it lies
    /// below the root; else as it is.
    pub fn display(&self, path: &Path) -> String {
        match path.strip_prefix(&self.root) {
            Ok(inner) if inner.as_os_str().is_empty() => ".".to_owned(),
            Ok(inner) => {
                let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
                parts.join("/")
            }
            Err(_) => path.to_string_lossy().into_owned(),
        }
    }
}

/// The path with `.` and `..` taken out by their names alone: `shop/../other` is `other`, whatever `shop` links to.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_typed_in_a_subdirectory_is_told_as_it_starts_at_the_root() {
        let scratch = tempfile::tempdir().unwrap();
        let (root, inner) = (scratch.path(), scratch.path().join("app/models"));
        fs_err::create_dir_all(&inner).unwrap();
        fs_err::create_dir(root.join("schema")).unwrap();
        for file in [
            "schema/Schemafile",
            "app/models/own.rb",
            "both.rb",
            "app/both.rb",
        ] {
            fs_err::write(root.join(file), "").unwrap();
        }
        let project = Project::rooted(root);
        let told = |directory: &str, typed: &str| {
            project.typed_from(&root.join(directory), Path::new(typed))
        };
        assert_eq!(
            told("schema", "Schemafile").as_deref(),
            Some("schema/Schemafile")
        );
        assert_eq!(
            told("app/models", "./own.rb").as_deref(),
            Some("app/models/own.rb")
        );
        assert_eq!(
            told("app", "../schema/Schemafile").as_deref(),
            Some("schema/Schemafile")
        );
        assert_eq!(project.display(root), ".");
        let told = |typed: &str| project.hint_for_schema(Path::new(typed));
        for typed in ["Schemafile", "db/schema.rb", "shop/Schemafile"] {
            assert_eq!(
                told(typed).as_deref(),
                Some("there is `schema/Schemafile`: name that, if it is meant"),
                "{typed}"
            );
        }
        assert_eq!(told("schema/Schemafile"), None);
        let told = |directory: &str, typed: &str| {
            project.typed_from(&root.join(directory), Path::new(typed))
        };
        // What is there from the root was meant, and what is nowhere is something else.
        assert_eq!(told("app", "both.rb"), None);
        assert_eq!(told("app", "schema/Schemafile"), None);
        assert_eq!(told("app", "nowhere.rb"), None);
    }

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
