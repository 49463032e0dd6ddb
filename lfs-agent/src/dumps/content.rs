//! The versions that a merge, a log or a query reads, wherever their bytes are: in a file, in git-lfs's storage, or still in the store.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dump_merge::Three;
use dump_text::Source;
use tempfile::{NamedTempFile, TempDir, TempPath};

use crate::error::AgentError;
use crate::git::pointer::{self, Pointer};
use crate::git::repository::Repository;

/// Whether git has a version itself, or git-lfs has it for git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    InGit,
    ByGitLfs,
}

/// One version of a dump, readable as often as needed.
pub(crate) struct Content {
    path: PathBuf,
    pub(crate) kept: Kept,
    /// What is deleted when the merge is done.
    _temporary: Option<TempPath>,
}

impl Source for Content {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.path)?))
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
}

/// Where a merge puts what it makes: inside the LFS storage, which is on the same disk as the objects.
pub(crate) fn workspace(repository: &Repository) -> Result<PathBuf, AgentError> {
    let directory = repository.lfs_storage().join("lfs-agent").join("merge");
    fs::create_dir_all(&directory)
        .map_err(|error| AgentError::file("create", &directory, error))?;
    Ok(directory)
}

impl Content {
    /// The version in a file, or the one for which the pointer stands that the file holds.
    pub(crate) fn of_file(path: &Path, repository: &Repository) -> Result<Self, AgentError> {
        let cannot_read = |error| AgentError::file("read", path, error);
        let length = fs::metadata(path).map_err(cannot_read)?.len();
        if length <= pointer::LARGEST {
            let content = fs::read(path).map_err(cannot_read)?;
            if let Some(pointer) = Pointer::parse(&content) {
                return Self::of_pointer(&pointer, &content, repository);
            }
        }
        Ok(Self {
            path: path.to_owned(),
            kept: Kept::InGit,
            _temporary: None,
        })
    }

    /// The version that git has under this name of its own; nothing, where there is none.
    pub(crate) fn of_blob(blob: Option<&str>, repository: &Repository) -> Result<Self, AgentError> {
        let mut file = temporary(repository)?;
        if let Some(blob) = blob {
            let arguments = ["cat-file", "blob", blob];
            into_file(repository, &arguments, &[], file.as_file_mut())?;
        }
        let content = Self::of_file(file.path(), repository)?;
        Ok(match content.kept {
            Kept::ByGitLfs => content,
            Kept::InGit => Self {
                _temporary: Some(file.into_temp_path()),
                ..content
            },
        })
    }

    fn of_pointer(
        pointer: &Pointer,
        text: &[u8],
        repository: &Repository,
    ) -> Result<Self, AgentError> {
        if let Some(here) = Self::here(pointer, repository) {
            return Ok(here);
        }
        // git-lfs fetches what isn't here, and keeps it.
        let mut file = temporary(repository)?;
        into_file(repository, &["lfs", "smudge"], text, file.as_file_mut())?;
        Ok(Self {
            path: file.path().to_owned(),
            kept: Kept::ByGitLfs,
            _temporary: Some(file.into_temp_path()),
        })
    }

    /// The version for which a pointer stands, if it is in the local LFS storage.
    pub(crate) fn here(pointer: &Pointer, repository: &Repository) -> Option<Self> {
        let object = pointer.oid.path_below(&repository.lfs_objects());
        object.is_file().then(|| Self {
            path: object,
            kept: Kept::ByGitLfs,
            _temporary: None,
        })
    }

    /// Whether it begins as gzip does.
    fn is_compressed(&self) -> io::Result<bool> {
        let mut first = [0; 2];
        let read = File::open(&self.path)?.read(&mut first)?;
        Ok(first[..read] == [0x1f, 0x8b])
    }
}

/// Whether the merged version is to be compressed: as ours is, or theirs where ours isn't there.
pub(crate) fn compressed(versions: &Three<Content>) -> Result<bool, AgentError> {
    for version in [&versions.ours, &versions.theirs] {
        let is_compressed = version
            .is_compressed()
            .map_err(|error| AgentError::file("read", &version.path, error))?;
        if is_compressed {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A file that is deleted unless it is kept.
pub(crate) fn temporary(repository: &Repository) -> Result<NamedTempFile, AgentError> {
    let directory = workspace(repository)?;
    NamedTempFile::new_in(&directory)
        .map_err(|error| AgentError::file("write in", &directory, error))
}

/// A file without a name, which is gone when it is closed.
pub(crate) fn temporary_file(repository: &Repository) -> Result<File, AgentError> {
    let directory = workspace(repository)?;
    tempfile::tempfile_in(&directory)
        .map_err(|error| AgentError::file("write in", &directory, error))
}

/// A directory that is deleted when it isn't needed any more.
pub(crate) fn temporary_directory(repository: &Repository) -> Result<TempDir, AgentError> {
    let directory = workspace(repository)?;
    TempDir::new_in(&directory).map_err(|error| AgentError::file("write in", &directory, error))
}

/// Whether a file holds a pointer, and git-lfs what it stands for.
pub(crate) fn is_pointer(path: &Path) -> Result<bool, AgentError> {
    let cannot_read = |error| AgentError::file("read", path, error);
    let length = fs::metadata(path).map_err(cannot_read)?.len();
    Ok(length <= pointer::LARGEST
        && Pointer::parse(&fs::read(path).map_err(cannot_read)?).is_some())
}

/// Runs git with `input`, and puts into a file what it prints.
pub(crate) fn into_file(
    repository: &Repository,
    arguments: &[&str],
    input: &[u8],
    output: &mut File,
) -> Result<(), AgentError> {
    let failed = |said: String| AgentError::Git {
        command: arguments.join(" "),
        said,
    };
    let stdout = output
        .try_clone()
        .map_err(|error| failed(error.to_string()))?;
    let mut child = Command::new("git")
        .current_dir(repository.root())
        .args(arguments)
        // Asked for by name, it is wanted.
        .env_remove("GIT_LFS_SKIP_SMUDGE")
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // If git didn't read all of it, git says why.
        let _ = stdin.write_all(input);
    }
    let ended = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    if ended.status.success() {
        Ok(())
    } else {
        Err(failed(
            String::from_utf8_lossy(&ended.stderr).trim().to_owned(),
        ))
    }
}
