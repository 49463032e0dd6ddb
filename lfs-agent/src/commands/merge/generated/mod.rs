//! Files that a generator made are made anew after a merge, and never merged.
//!
//! What such a file says is what its sources say: the Schemafile, the configuration, the masters. git calls the driver
//! before anything of the merge is in the work tree, and in an order of its own; so the driver looks for the versions that
//! are being merged ([`heads`]), merges their sources by itself ([`sources`]), and has the generator make the file of
//! them. Whatever was merged before or comes after, that is what the finished merge makes.
//!
//! A file may hold more than its generator made, rows of somebody's own under its first line. So both sides must be, byte
//! for byte, what the generator makes of their sources; else they are merged as they are, and it is said why.
//!
//! Where the sources themselves conflict, the file waits: git has it as unmerged, and `lfs-agent merge` makes it when they
//! are decided.

mod generator;
mod heads;
mod sources;
mod waiting;

use std::fs;
use std::path::Path;

use dump_merge::Three;
use tempfile::TempDir;

use crate::dumps::content::{self, Content};
use crate::error::AgentError;
use crate::git;
use crate::git::pointer::Pointer;
use crate::git::repository::Repository;
pub(super) use generator::Generator;
use heads::Heads;
use sources::{Merge, Sources};
pub(super) use waiting::{Waiting, forget};

/// What came of a file that a generator may have made.
pub(super) enum Outcome {
    /// No generator says that it made it.
    NotGenerated,
    /// It is merged as it is, for this reason.
    AsItIs(Generator, String),
    /// It was made anew.
    Anew(Generator, Fresh),
    /// Its sources are to be decided first.
    Waits {
        generator: Generator,
        reason: String,
        /// What has to be decided.
        sources: Vec<String>,
    },
}

/// A file that was made, and where it lies until it is taken.
pub(super) struct Fresh {
    directory: TempDir,
}

impl Fresh {
    pub(super) fn path(&self, path: &str) -> std::path::PathBuf {
        self.directory.path().join(made_name(path))
    }
}

/// The name of a made file: of the same form as the one that it is made for, which its ending says.
fn made_name(path: &str) -> &'static str {
    if Path::new(path).extension().is_some_and(|end| end == "gz") {
        "made.sql.gz"
    } else {
        "made.sql"
    }
}

/// The files that git hands to its driver, and their place in the repository.
pub(super) struct Files<'a> {
    pub(super) path: &'a str,
    pub(super) versions: Three<&'a Path>,
}

/// Makes a file anew, if it is one that a generator made.
pub(super) fn make(files: &Files<'_>, repository: &Repository) -> Result<Outcome, AgentError> {
    let path = files.path;
    let ours = Content::of_file(files.versions.ours, repository)?;
    let Some(generator) = Generator::of(&ours) else {
        return Ok(Outcome::NotGenerated);
    };
    let as_it_is = |reason: String| Ok(Outcome::AsItIs(generator.clone(), reason));
    let Some(program) = generator.program() else {
        return as_it_is(format!("{} isn't on this machine", generator.name()));
    };
    let blobs = blobs(&files.versions, repository)?;
    let index = sources::index(repository)?;
    if index.get(path) != blobs.ours.as_ref() {
        return as_it_is("ours isn't the version in git's index".to_owned());
    }
    let mut wrong = None;
    for heads in heads::candidates(path, &blobs, repository)? {
        let sources = Sources::of(&generator, index.clone(), &heads, repository)?;
        let versions = [
            ("ours", &sources.ours, files.versions.ours),
            ("theirs", &sources.theirs, files.versions.theirs),
        ];
        let mut is_made = true;
        for (side, listing, version) in versions {
            let directory = content::temporary_directory(repository)?;
            sources::write(listing, directory.path(), repository)?;
            let made = directory.path().join(made_name(path));
            let same = match program.make(directory.path(), &made)? {
                Ok(()) => is_same(version, &made, repository)?,
                Err(_) => false,
            };
            if !same {
                wrong = Some(format!(
                    "{side} isn't what {} makes of its {}",
                    generator.name(),
                    generator.source()
                ));
                is_made = false;
                break;
            }
        }
        if !is_made {
            continue;
        }
        return finish(path, &generator, &program, &sources, repository);
    }
    as_it_is(wrong.unwrap_or_else(|| "git doesn't say which commits are merged here".to_owned()))
}

/// Both sides were made; what they come to is made of what their sources come to.
fn finish(
    path: &str,
    generator: &Generator,
    program: &generator::Program<'_>,
    sources: &Sources,
    repository: &Repository,
) -> Result<Outcome, AgentError> {
    let directory = content::temporary_directory(repository)?;
    let merged = match sources.merge(repository)? {
        Merge::Clean(merged) => merged,
        Merge::Conflicts(sources) => {
            let are = if sources.len() == 1 { "is" } else { "are" };
            return Ok(Outcome::Waits {
                generator: generator.clone(),
                reason: format!("{} {are} to be decided first", sources.join(", ")),
                sources,
            });
        }
    };
    sources::write(&merged, directory.path(), repository)?;
    let made = directory.path().join(made_name(path));
    Ok(match program.make(directory.path(), &made)? {
        Ok(()) => Outcome::Anew(generator.clone(), Fresh { directory }),
        Err(said) => Outcome::Waits {
            generator: generator.clone(),
            reason: format!(
                "{} can't make it of what both sides come to:\n{said}",
                generator.name()
            ),
            sources: vec![generator.source().to_owned()],
        },
    })
}

/// git's names for the versions; none for one that isn't there, in whose place git hands over an empty file.
pub(super) fn blobs(
    versions: &Three<&Path>,
    repository: &Repository,
) -> Result<Three<Option<String>>, AgentError> {
    let name = |file: &Path| -> Result<Option<String>, AgentError> {
        let length = fs::metadata(file).map_err(|error| AgentError::file("read", file, error))?;
        if length.len() == 0 {
            return Ok(None);
        }
        let whole =
            std::path::absolute(file).map_err(|error| AgentError::file("read", file, error))?;
        let whole = whole.to_string_lossy().into_owned();
        let arguments = ["hash-object", "--no-filters", "--", &whole];
        let answer = git::run_in(repository.root(), &arguments)?;
        Ok(Some(String::from_utf8_lossy(&answer).trim().to_owned()))
    };
    Ok(Three {
        base: name(versions.base)?,
        ours: name(versions.ours)?,
        theirs: name(versions.theirs)?,
    })
}

/// Whether a version, or what its pointer stands for, is the file that was made.
fn is_same(version: &Path, made: &Path, repository: &Repository) -> Result<bool, AgentError> {
    let read = |path: &Path| fs::read(path).map_err(|error| AgentError::file("read", path, error));
    let length = |path: &Path| {
        let data = fs::metadata(path).map_err(|error| AgentError::file("read", path, error))?;
        Ok::<_, AgentError>(data.len())
    };
    if length(version)? <= crate::git::pointer::LARGEST
        && let Some(pointer) = Pointer::parse(&read(version)?)
    {
        if pointer.size != length(made)? {
            return Ok(false);
        }
        let file = format!("--file={}", made.to_string_lossy());
        let answer = git::run_in(repository.root(), &["lfs", "pointer", &file])?;
        return Ok(Pointer::parse(&answer) == Some(pointer));
    }
    Ok(length(version)? == length(made)? && read(version)? == read(made)?)
}

/// Makes a file that waited, or one that git merged without this program, of the sources in the work tree. `None` if no
/// generator made it.
pub(super) fn make_in_work_tree(
    path: &str,
    stages: &Three<Option<String>>,
    repository: &Repository,
) -> Result<Option<Generator>, AgentError> {
    let waiting = Waiting::read(path, stages, repository)?;
    let generator = match waiting {
        Some(generator) => Some(generator),
        None => unattended(path, stages, repository)?,
    };
    let Some(generator) = generator else {
        return Ok(None);
    };
    let program = generator.program().ok_or_else(|| AgentError::NoGenerator {
        path: path.to_owned(),
        program: generator.name().to_owned(),
    })?;
    let undecided = sources::unmerged(&generator, path, repository)?;
    if !undecided.is_empty() {
        return Err(AgentError::Undecided {
            path: path.to_owned(),
            reason: format!("{} isn't merged yet", undecided.join(", ")),
            sources: undecided,
        });
    }
    let target = repository.root().join(path);
    program
        .make(repository.root(), &target)?
        .map_err(|said| AgentError::Undecided {
            path: path.to_owned(),
            reason: format!("{} can't make it:\n{said}", generator.name()),
            sources: vec![generator.source().to_owned()],
        })?;
    Ok(Some(generator))
}

/// The generator of a file that git left unmerged on a machine, or at a time, without the driver.
fn unattended(
    path: &str,
    stages: &Three<Option<String>>,
    repository: &Repository,
) -> Result<Option<Generator>, AgentError> {
    let ours = Content::of_blob(stages.ours.as_deref(), repository)?;
    let Some(generator) = Generator::of(&ours) else {
        return Ok(None);
    };
    // Lines of statements, of which only people or the generator know what they come to.
    let by_people = || {
        let conflict = AgentError::LinesConflict {
            path: path.to_owned(),
            program: generator.name(),
        };
        if generator.is_of_schema() {
            Err(conflict)
        } else {
            Ok(None)
        }
    };
    let Some(program) = generator.program() else {
        return by_people();
    };
    for heads in heads::candidates(path, stages, repository)? {
        let head = sources::tree("HEAD", repository)?;
        if head.get(path) != stages.ours.as_ref() {
            continue;
        }
        let sources = Sources::of(&generator, head, &heads, repository)?;
        let mut is_made = true;
        for (listing, blob) in [
            (&sources.ours, &stages.ours),
            (&sources.theirs, &stages.theirs),
        ] {
            let directory = content::temporary_directory(repository)?;
            sources::write(listing, directory.path(), repository)?;
            let made = directory.path().join(made_name(path));
            let version = directory.path().join("version");
            fs::write(&version, sources::blob(blob.as_deref(), repository)?)
                .map_err(|error| AgentError::file("write", &version, error))?;
            is_made = is_made
                && program.make(directory.path(), &made)?.is_ok()
                && is_same(&version, &made, repository)?;
        }
        if is_made {
            return Ok(Some(generator));
        }
    }
    by_people()
}
