//! The folder of the pages: written and compared as a whole, with what lies there of earlier runs.

use super::values::{VALUES_FILE, VALUES_MARK};
use crate::generate::{print, unified_diff};
use command_line::{Failure, Verbosity, colour_on_stdout, this_command_without};
use project_files::{Project, plain_reason};
use schema_docs::{FOLDERS, MARK};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The folder of the pages.
pub(crate) struct Folder<'p> {
    project: &'p Project,
    path: PathBuf,
}

impl<'p> Folder<'p> {
    pub(crate) fn at(project: &'p Project, path: &Path) -> Self {
        Self {
            project,
            path: project_files::without_dots(&project.resolve(path)),
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The way from the folder to the repository's root; none from outside of it.
    pub(crate) fn to_root(&self) -> Option<String> {
        let inner = self.path.strip_prefix(self.project.root()).ok()?;
        Some("../".repeat(inner.components().count()))
    }

    /// Writes all files, and removes pages of tables that are no more. What wasn't made here stays.
    pub(crate) fn write(&self, files: &[(String, String)]) -> Result<(), Failure> {
        if self.path.is_file() {
            let name = self.project.display(&self.path);
            return Err(
                Failure::input(format!("`{name}` is a file, and the pages want a folder")).hint(
                    "`-o` names their folder; one page is `--html FILE`, and what programs read is `--json -o FILE`",
                ),
            );
        }
        for (name, text) in files {
            self.write_page(&self.file(name), text)?;
        }
        for name in self.left_over(files)? {
            let path = self.file(&name);
            std::fs::remove_file(&path).map_err(|error| {
                let name = self.project.display(&path);
                Failure::outside(format!("can't remove `{name}`: {}", plain_reason(&error)))
            })?;
        }
        Ok(())
    }

    /// Writes a page as a whole, unless it is there already.
    fn write_page(&self, path: &Path, text: &str) -> Result<(), Failure> {
        if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        let written = whole_file::WholeFile::create(path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.finish_when_the_system_likes()
        });
        written.map_err(|error| {
            let name = self.project.display(path);
            Failure::outside(format!("can't write `{name}`: {}", plain_reason(&error)))
        })
    }

    /// Compares all files, and shows each difference.
    pub(crate) fn check(
        &self,
        files: &[(String, String)],
        verbosity: Verbosity,
    ) -> Result<(), Failure> {
        let mut stale = Vec::new();
        for (name, text) in files {
            let path = self.file(name);
            if let Some(what) = differs(self.project, &path, text, verbosity)? {
                stale.push(format!("`{}` {what}", self.project.display(&path)));
            }
        }
        for name in self.left_over(files)? {
            let path = self.project.display(&self.file(&name));
            stale.push(format!("`{path}` is of something that is no more"));
        }
        told(&stale)
    }

    /// Pages that were made here and aren't any more.
    fn left_over(&self, files: &[(String, String)]) -> Result<Vec<String>, Failure> {
        // A system that doesn't tell capitals has kept the old spelling of a name.
        let names: BTreeSet<String> = files.iter().map(|(name, _)| name.to_lowercase()).collect();
        let mut left_over = Vec::new();
        for inner in FOLDERS {
            let folder = self.file(inner);
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(self.unreadable(&folder, &error)),
            };
            for entry in entries {
                let entry = entry.map_err(|error| self.unreadable(&folder, &error))?;
                let Ok(file) = entry.file_name().into_string() else {
                    continue;
                };
                let name = format!("{inner}/{file}");
                let is_page = Path::new(&file).extension().is_some_and(|end| end == "md");
                if !is_page || names.contains(&name.to_lowercase()) {
                    continue;
                }
                let text = std::fs::read(entry.path())
                    .map_err(|error| self.unreadable(&entry.path(), &error))?;
                if text.starts_with(MARK.as_bytes()) {
                    left_over.push(name);
                }
            }
        }
        let values = self.file(VALUES_FILE);
        let is_ours = || std::fs::read(&values).is_ok_and(|text| text.starts_with(VALUES_MARK));
        if !names.contains(VALUES_FILE) && is_ours() {
            left_over.push(VALUES_FILE.to_owned());
        }
        left_over.sort();
        Ok(left_over)
    }

    fn unreadable(&self, path: &Path, error: &std::io::Error) -> Failure {
        let name = self.project.display(path);
        Failure::outside(format!("can't read `{name}`: {}", plain_reason(error)))
    }
}

/// Compares one file.
pub(crate) fn check_file(project: &Project, path: &Path, text: &str) -> Result<(), Failure> {
    // A page is one file of long lines: its difference would tell nobody anything.
    match std::fs::read(path) {
        Ok(old) if old == text.as_bytes() => Ok(()),
        Ok(_) => told(&[format!("`{}` is stale", project.display(path))]),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            told(&[format!("`{}` isn't there", project.display(path))])
        }
        Err(error) => Err(Failure::outside(format!(
            "can't read `{}`: {}",
            project.display(path),
            plain_reason(&error)
        ))),
    }
}

fn differs(
    project: &Project,
    path: &Path,
    text: &str,
    verbosity: Verbosity,
) -> Result<Option<&'static str>, Failure> {
    let old = match std::fs::read(path) {
        Ok(old) => old,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Some("isn't there")),
        Err(error) => {
            let name = project.display(path);
            let reason = plain_reason(&error);
            return Err(Failure::outside(format!("can't read `{name}`: {reason}")));
        }
    };
    if old == text.as_bytes() {
        return Ok(None);
    }
    let old = String::from_utf8_lossy(&old);
    if old.replace("\r\n", "\n") == text {
        return Ok(Some(
            "has CRLF line endings; `*.md text eol=lf` in .gitattributes keeps LF",
        ));
    }
    if !verbosity.is_quiet() {
        let name = project.display(path);
        print(&unified_diff(&name, &old, text, colour_on_stdout()))?;
    }
    Ok(Some("is stale"))
}

fn told(stale: &[String]) -> Result<(), Failure> {
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure::check(stale.join("\nerror: ")).hint(format!(
        "run `{}` and commit what it writes",
        this_command_without("gen-schema", &["--check"])
    )))
}
