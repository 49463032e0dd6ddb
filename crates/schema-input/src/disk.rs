//! Reads a schema from disk.
//!
//! A Schemafile may require others, but only of its own project: what lies outside can't be named,
//! and a symbolic link that leads out is refused, so that the same commit gives the same SQL on every
//! machine.

use project_files::{Project, plain_reason, without_dots};
use schemafile::{Diagnostics, Entry, LoadError, Loader, Options, Reading, SourceFile};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why there is no schema.
#[derive(Debug, thiserror::Error)]
pub enum ReadSchemaError {
    /// The file itself can't be read.
    #[error("can't read `{path}`: {reason}")]
    Unreadable {
        /// The path, as messages show it.
        path: String,
        /// What the system said.
        reason: String,
        /// Whether it doesn't exist at all.
        missing: bool,
    },
    /// The files were read, and what they say is wrong.
    #[error("the schema has errors")]
    Faulty(Diagnostics),
}

/// Reads a Schemafile or `schema.rb` with all that it requires. A file outside of the project is a
/// project of its own, with its folder for root.
///
/// # Errors
/// [`ReadSchemaError`], with every mistake of the files at once.
pub fn read_schema(
    project: &Project,
    path: &Path,
    options: &Options,
) -> Result<Reading, ReadSchemaError> {
    let unreadable = |error: &std::io::Error| ReadSchemaError::Unreadable {
        path: project.display(path),
        reason: plain_reason(error),
        missing: error.kind() == ErrorKind::NotFound,
    };
    let content = std::fs::read(path).map_err(|error| unreadable(&error))?;
    let path = &without_dots(path);
    let root = if path.starts_with(project.root()) {
        project.root()
    } else {
        path.parent().unwrap_or(path)
    };
    let real_root = std::fs::canonicalize(root).map_err(|error| unreadable(&error))?;
    let inner = Project::rooted(root).display(path);
    let loader = DiskLoader { root: real_root };
    schemafile::read(SourceFile::new(inner, content), &loader, options)
        .map_err(ReadSchemaError::Faulty)
}

/// Files below a root.
struct DiskLoader {
    /// Without symbolic links, so that a prefix proves that a path is inside.
    root: PathBuf,
}

impl DiskLoader {
    fn locate(&self, path: &str) -> Result<PathBuf, LoadError> {
        let relative = path.trim_start_matches('/');
        let located =
            std::fs::canonicalize(self.root.join(relative)).map_err(|error| load_error(&error))?;
        if located.starts_with(&self.root) {
            Ok(located)
        } else {
            Err(LoadError::Unreadable(
                "it is a symbolic link that leads out of the project".to_owned(),
            ))
        }
    }
}

impl Loader for DiskLoader {
    fn read(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let located = self.locate(path)?;
        if located.is_dir() {
            return Err(LoadError::Missing);
        }
        std::fs::read(located).map_err(|error| load_error(&error))
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, LoadError> {
        let located = match self.locate(folder) {
            Ok(located) => located,
            Err(LoadError::Missing) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        if !located.is_dir() {
            return Ok(Vec::new());
        }
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(located).map_err(|error| load_error(&error))? {
            let entry = entry.map_err(|error| load_error(&error))?;
            // A name that isn't Unicode can't be written in a Schemafile either.
            if let Ok(name) = entry.file_name().into_string() {
                let is_folder = entry.path().is_dir();
                entries.push(Entry { name, is_folder });
            }
        }
        entries.sort();
        Ok(entries)
    }
}

fn load_error(error: &std::io::Error) -> LoadError {
    if error.kind() == ErrorKind::NotFound {
        LoadError::Missing
    } else {
        LoadError::Unreadable(plain_reason(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_names_in_order_and_nothing_for_a_missing_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        fs_err::create_dir_all(root.join("schema/tables")).unwrap();
        fs_err::write(root.join("schema/b.rb"), "").unwrap();
        fs_err::write(root.join("schema/a.rb"), "").unwrap();
        let loader = DiskLoader { root };
        let names: Vec<_> = loader
            .list("/schema")
            .unwrap()
            .into_iter()
            .map(|entry| (entry.name, entry.is_folder))
            .collect();
        assert_eq!(
            names,
            [
                ("a.rb".to_owned(), false),
                ("b.rb".to_owned(), false),
                ("tables".to_owned(), true)
            ]
        );
        assert_eq!(loader.list("/nowhere"), Ok(Vec::new()));
        assert_eq!(loader.read("/schema/tables"), Err(LoadError::Missing));
        assert_eq!(loader.read("/schema/c.rb"), Err(LoadError::Missing));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_project_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs_err::write(outside.path().join("secret.rb"), "x").unwrap();
        let root = scratch.path().canonicalize().unwrap();
        fs_err::os::unix::fs::symlink(outside.path(), root.join("out")).unwrap();
        let loader = DiskLoader { root };
        let error = loader.read("/out/secret.rb").unwrap_err();
        assert!(error.to_string().contains("leads out of the project"));
    }

    #[test]
    fn a_file_beside_the_project_has_a_project_of_its_own() {
        let scratch = tempfile::tempdir().unwrap();
        let own = scratch.path().join("database");
        fs_err::create_dir_all(own.join(".git")).unwrap();
        fs_err::create_dir(scratch.path().join("shop")).unwrap();
        let table = "create_table(\"toys\") { |t| t.text \"name\" }\n";
        fs_err::write(scratch.path().join("shop/toys.rb"), table).unwrap();
        fs_err::write(scratch.path().join("shop/Schemafile"), "require \"toys\"\n").unwrap();
        let project = Project::around(&own);
        let path = project.resolve(Path::new("../shop/Schemafile"));
        let reading = read_schema(&project, &path, &Options::default()).unwrap();
        assert_eq!(reading.schema.postgresql().unwrap().tables.len(), 1);
    }

    #[test]
    fn a_missing_file_is_told_apart_from_a_faulty_one() {
        let scratch = tempfile::tempdir().unwrap();
        let project = Project::around(scratch.path());
        let path = scratch.path().join("schema/Schemafile");
        let error = read_schema(&project, &path, &Options::default()).unwrap_err();
        let ReadSchemaError::Unreadable { path, missing, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((path.as_str(), missing), ("schema/Schemafile", true));
    }
}
