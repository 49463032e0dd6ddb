//! One side of a comparison: a file of the work tree, or a file at a git revision.

use super::revision::Revision;
use command_line::Failure;
use project_files::Project;
use schema_input::{SchemaReader, SchemaReading};
use std::path::{Path, PathBuf};

/// Where a version of the schema is.
#[derive(Debug)]
pub(crate) enum Side {
    /// A file on disk.
    File(PathBuf),
    /// A file at a revision.
    Revision {
        /// What the user typed.
        typed: String,
        /// The revision's name in it.
        name: String,
        /// The commit that it names.
        revision: Revision,
        /// The file, from the repository's root, with `/` between its parts; where none is said, the settings of that
        /// time say it.
        path: Option<String>,
    },
}

impl Side {
    /// Finds out what an argument names: a file that is there, `REV:PATH`, or `REV`. A file wins, since
    /// whoever means the revision can write `REV:PATH`.
    pub(crate) fn named(project: &Project, argument: &str) -> Result<Self, Failure> {
        let file = project.resolve(Path::new(argument));
        if file.exists() && (!file.is_dir() || Self::has_sql(&file)) {
            return Ok(Self::File(file));
        }
        let (name, path) = match argument.split_once(':') {
            Some((name, path)) => (name, Some(path.to_owned())),
            None => (argument, None),
        };
        if name.is_empty() || name.starts_with('-') {
            return Err(Failure::input(format!("`{argument}` names no revision"))
                .hint("write a file, a revision such as `main`, or `main:schema/Schemafile`"));
        }
        let from_here = || project.hint_for(Path::new(argument));
        let found = Revision::find(project.root(), name)
            .map_err(|failure| failure.hint_instead(from_here()))?;
        let Some(revision) = found else {
            return Err(Failure::input(format!(
                "`{name}` is neither a file nor a revision that git knows"
            ))
            .hint("`git fetch` brings what is missing; a shallow clone lacks older revisions")
            .hint_instead(from_here()));
        };
        Ok(Self::Revision {
            typed: argument.to_owned(),
            name: name.to_owned(),
            revision,
            path,
        })
    }

    /// Whether SQL lies in a folder or in one of its own, so that it is no revision of that name.
    fn has_sql(folder: &Path) -> bool {
        let is_sql = |path: &Path| path.extension().is_some_and(|end| end == "sql");
        let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries(folder).any(|entry| {
            is_sql(&entry.path()) || entries(&entry.path()).any(|inner| is_sql(&inner.path()))
        })
    }

    /// How the side is called in the header of a migration.
    pub(crate) fn shown(&self, project: &Project) -> String {
        match self {
            Self::File(path) => project.display(path),
            Self::Revision { typed, .. } => typed.clone(),
        }
    }

    /// Reads the schema, with all that it requires. At a revision the repository's settings of that time hold.
    pub(crate) fn read(
        &self,
        project: &Project,
        reader: &SchemaReader<'_>,
        schemafile: Option<&Path>,
    ) -> Result<SchemaReading, Failure> {
        match self {
            Self::File(path) => reader.read(path),
            Self::Revision {
                name,
                revision,
                path,
                ..
            } => {
                let reader = reader.at(revision, name)?;
                let path = path.clone().unwrap_or_else(|| {
                    project.display(&project.resolve(&reader.schemafile(schemafile)))
                });
                reader.read_at(revision, &path, name)
            }
        }
    }
}
