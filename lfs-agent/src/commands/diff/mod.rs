//! `diff`: what two versions of a dump differ in, for people and for `git diff`.
//!
//! git hands its drivers files: the content as it would lie in the work tree, or a pointer where nothing replaced it
//! (`GIT_LFS_SKIP_SMUDGE=1`). A pointer stands for the object in git-lfs's storage, if that is on this machine.

mod rows;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use dump_diff::{Keys, Source};

use crate::arguments::DiffArguments;
use crate::dumps::content::Content;
use crate::dumps::{schema, versions};
use crate::error::AgentError;
use crate::git::pointer::{self, Pointer};
use crate::git::repository::Repository;
use crate::git::{self};
use crate::terminal::colours::{Colours, Painted};
use crate::terminal::output::{Form, human};

/// What git says in place of a file that isn't there, on every system.
const NO_FILE: &str = "/dev/null";

/// Shows what two versions differ in.
pub(crate) fn diff(arguments: &DiffArguments) -> Result<(), AgentError> {
    match &arguments.files[..] {
        [old, new, rest @ ..] if !arguments.git && rest.len() < 2 => {
            let (before, after) = (
                Version::named(old, arguments)?,
                Version::named(new, arguments)?,
            );
            let is_json = arguments.form.form() == Form::Json;
            if is_json || !rest.is_empty() {
                let table = rest.first().map(|table| table.to_string_lossy());
                return rows::tell((&before, &after), new, table.as_deref(), is_json);
            }
            let painted = Painted::new(io::stdout().lock(), Colours::of_git());
            let mut output = Output::new(painted);
            let keys = schema::keys_in(Some(beside(new)));
            let told = compare(&before, &after, &keys, &mut output).and_then(|()| output.flush());
            match told {
                Err(error) if !output.failed => Err(AgentError::NotCompared {
                    old: old.clone(),
                    new: new.clone(),
                    error,
                }),
                told => written(told),
            }
        }
        // https://git-scm.com/docs/git#Documentation/git.txt-codeGITEXTERNALDIFFcode; a rename adds two.
        [path, old, old_hex, _, new, new_hex, mode, ..] if arguments.git => {
            let mut output = Painted::new(io::stdout().lock(), Colours::of_git());
            let head = head(path, old_hex, new_hex, mode);
            written(output.write_all(head.as_bytes()))?;
            // git shows no other file after a driver that failed, so a version that can't be read is told in its place.
            let told = match (Version::at(old), Version::at(new)) {
                (Ok(old), Ok(new)) => {
                    let keys = Repository::discover()
                        .map(|repository| schema::keys_beside(&path.to_string_lossy(), &repository))
                        .unwrap_or_default();
                    compare(&old, &new, &keys, &mut output)
                }
                (Err(error), _) | (_, Err(error)) => writeln!(output, "{error}"),
            };
            let told = match told {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    writeln!(output, "this can't be compared: {error}")
                }
                told => told,
            };
            written(told.and_then(|()| output.flush()))
        }
        _ => Err(AgentError::DiffArguments),
    }
}

/// One version of a dump.
pub(crate) enum Version {
    /// The file isn't there in it.
    Nothing,
    Here(Dump),
    /// Of a revision.
    InGit(Content),
    /// Only its pointer is on this machine.
    Elsewhere(Pointer),
}

/// A dump in a file.
pub(crate) struct Dump(pub(crate) PathBuf);

impl Source for Dump {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.0)?))
    }
}

impl Version {
    /// The version in a file, or in a revision.
    fn named(name: &Path, arguments: &DiffArguments) -> Result<Self, AgentError> {
        let text = name.to_string_lossy();
        if name.exists() || text == NO_FILE {
            return Self::at(name);
        }
        let Ok(repository) = Repository::discover() else {
            return Self::at(name);
        };
        let blob = if text.contains(':') {
            text.into_owned()
        } else {
            let commit = format!("{text}^{{commit}}");
            let known = git::attempt(&[
                "rev-parse",
                "--quiet",
                "--verify",
                "--end-of-options",
                &commit,
            ])?;
            if !known.status.success() {
                return Self::at(name);
            }
            format!(
                "{text}:{}",
                versions::path(arguments.path.as_deref(), &repository)?
            )
        };
        let known = git::attempt(&["cat-file", "-e", &blob])?;
        if !known.status.success() && !name.to_string_lossy().contains(':') {
            // The dump isn't there in that revision.
            return Ok(Self::Nothing);
        }
        Ok(Self::InGit(Content::of_blob(Some(&blob), &repository)?))
    }

    /// What can be read of it, if anything can.
    fn source(&self) -> Option<&dyn Source> {
        match self {
            Self::Here(dump) => Some(dump),
            Self::InGit(content) => Some(content),
            Self::Nothing | Self::Elsewhere(_) => None,
        }
    }

    pub(crate) fn at(path: &Path) -> Result<Self, AgentError> {
        if path == Path::new(NO_FILE) {
            return Ok(Self::Nothing);
        }
        let cannot_read = |error| AgentError::file("read", path, error);
        let length = fs::metadata(path).map_err(cannot_read)?.len();
        if length <= pointer::LARGEST
            && let Some(pointer) = Pointer::parse(&fs::read(path).map_err(cannot_read)?)
        {
            let object = stored(&pointer)?;
            return Ok(if object.is_file() {
                Self::Here(Dump(object))
            } else {
                Self::Elsewhere(pointer)
            });
        }
        Ok(Self::Here(Dump(path.to_owned())))
    }
}

/// Where git-lfs keeps the object.
fn stored(pointer: &Pointer) -> Result<PathBuf, AgentError> {
    let objects = Repository::discover()?.lfs_storage().join("objects");
    Ok(pointer.oid.path_below(&objects))
}

/// An output that remembers whether it failed: a failure of a comparison is otherwise one of reading.
struct Output<W> {
    output: W,
    failed: bool,
}

impl<W> Output<W> {
    fn new(output: W) -> Self {
        Self {
            output,
            failed: false,
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes);
        self.failed |= written
            .as_ref()
            .is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.output.flush();
        self.failed |= flushed.is_err();
        flushed
    }
}

/// The directory in which a file is.
pub(crate) fn beside(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn compare(old: &Version, new: &Version, keys: &Keys, output: &mut dyn Write) -> io::Result<()> {
    match (old.source(), new.source()) {
        (Some(old), Some(new)) => dump_diff::compare(old, new, keys, output),
        (None, Some(new)) if matches!(old, Version::Nothing) => one_sided(output, "added", new),
        (Some(old), None) if matches!(new, Version::Nothing) => one_sided(output, "removed", old),
        _ => [old, new]
            .into_iter()
            .try_for_each(|version| match version {
                Version::Elsewhere(pointer) => writeln!(output, "{}", elsewhere(pointer)),
                _ => Ok(()),
            }),
    }
}

fn one_sided(output: &mut dyn Write, what: &str, dump: &dyn Source) -> io::Result<()> {
    writeln!(output, "the dump was {what}:")?;
    for table in dump_diff::summarize(dump)?.tables {
        let columns = table.columns.join(", ");
        writeln!(output, "{}: {} rows ({columns})", table.name, table.rows)?;
    }
    Ok(())
}

pub(crate) fn elsewhere(pointer: &Pointer) -> String {
    format!(
        "the dump {} ({}) is not on this machine\nhint: `git lfs fetch --all` brings every version, `git lfs fetch origin REF` one",
        pointer.oid,
        human(pointer.size)
    )
}

/// The lines with which git begins what it shows of a file.
fn head(path: &Path, old: &Path, new: &Path, mode: &Path) -> String {
    let path = path.display();
    let short = |hex: &Path| hex.to_string_lossy().chars().take(7).collect::<String>();
    format!(
        "diff --git a/{path} b/{path}\nindex {}..{} {}\n",
        short(old),
        short(new),
        mode.display()
    )
}

/// A reader that has seen enough is no failure.
pub(crate) fn written(result: io::Result<()>) -> Result<(), AgentError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(AgentError::Show(error)),
        _ => Ok(()),
    }
}
