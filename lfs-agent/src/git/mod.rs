//! Asking git. Each question is one short-lived process in the current directory, with the environment that git-lfs gives.

pub(crate) mod history;
pub(crate) mod location;
pub(crate) mod partial;
pub(crate) mod pointer;
pub(crate) mod repository;
pub(crate) mod tracked;
pub(crate) mod witness;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use crate::error::AgentError;

/// Variables that say where the repository is that this program runs in, and what belongs to it. They would make git answer
/// for it in another's directory too (`git rev-parse --local-env-vars`, without those that carry settings).
const OWN_PLACE: [&str; 12] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
];

/// What of a repository is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// What its user sees.
    Usual,
    /// History as it was committed, whatever replaces or cuts it here, and nothing that isn't here.
    Whole,
    /// The same, of another repository than the one that this program runs in.
    WholeOfOther,
}

/// Where git is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) directory: &'a Path,
    pub(crate) view: View,
}

impl<'a> From<&'a Path> for Place<'a> {
    fn from(directory: &'a Path) -> Self {
        Self {
            directory,
            view: View::Usual,
        }
    }
}

/// All values of one scope of git's configuration, in git's order: the last of a key counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct GitConfig {
    entries: Vec<(String, String)>,
}

impl GitConfig {
    /// What git itself uses here: system, global, local, work tree, and the command line.
    pub(crate) fn effective() -> Result<Self, AgentError> {
        Ok(Self::from_listing(&run(&["config", "--list", "-z"])?))
    }

    /// The keys of a file; empty if there is none.
    pub(crate) fn of_file(path: &Path) -> Result<Self, AgentError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let path = path.to_string_lossy();
        Ok(Self::from_listing(&run(&[
            "config", "--list", "-z", "-f", &path,
        ])?))
    }

    /// The keys of a blob (`HEAD:.lfsconfig`); `None` if there is no such blob.
    pub(crate) fn of_blob(blob: &str) -> Result<Option<Self>, AgentError> {
        let output = attempt(&["config", "--list", "-z", "--blob", blob])?;
        Ok(output
            .status
            .success()
            .then(|| Self::from_listing(&output.stdout)))
    }

    /// The value that counts. Sections and variables are in lowercase, as git lists them.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.all(key).last()
    }

    /// All values of a key.
    pub(crate) fn all(&self, key: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.entries
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// All keys and values.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Reads what `git config --list -z` writes: `KEY\nVALUE\0`, without `\nVALUE` for a key that stands alone.
    pub(crate) fn from_listing(listing: &[u8]) -> Self {
        let text = String::from_utf8_lossy(listing);
        let entries = text
            .split('\0')
            .filter(|entry| !entry.is_empty())
            .map(|entry| entry.split_once('\n').unwrap_or((entry, "true")))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        Self { entries }
    }
}

/// Runs git and returns what it prints.
pub(crate) fn run(arguments: &[&str]) -> Result<Vec<u8>, AgentError> {
    run_in(Path::new("."), arguments)
}

/// Runs git in a directory and returns what it prints.
pub(crate) fn run_in<'a>(
    place: impl Into<Place<'a>>,
    arguments: &[&str],
) -> Result<Vec<u8>, AgentError> {
    let output = attempt_in(place, arguments)?;
    succeeded(&arguments.join(" "), output)
}

/// What git printed, if it succeeded.
fn succeeded(command: &str, output: Output) -> Result<Vec<u8>, AgentError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(AgentError::Git {
        command: command.to_owned(),
        said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// Runs git and returns its output, whatever its status.
pub(crate) fn attempt(arguments: &[&str]) -> Result<Output, AgentError> {
    attempt_in(Path::new("."), arguments)
}

/// Runs git in a directory and returns its output, whatever its status.
pub(crate) fn attempt_in<'a>(
    place: impl Into<Place<'a>>,
    arguments: &[&str],
) -> Result<Output, AgentError> {
    start(place.into(), arguments, Stdio::null())?
        .wait_with_output()
        .map_err(|error| cannot_start(arguments, &error))
}

/// Starts git with both its outputs at hand.
fn start(place: Place<'_>, arguments: &[&str], stdin: Stdio) -> Result<Child, AgentError> {
    let mut git = Command::new("git");
    if place.view != View::Usual {
        git.env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_NO_LAZY_FETCH", "1");
    }
    if place.view == View::WholeOfOther {
        for variable in OWN_PLACE {
            git.env_remove(variable);
        }
    }
    git.current_dir(place.directory)
        .args(arguments)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(arguments, &error))
}

/// Runs git with `input`, which is written while its output is read.
pub(crate) fn ask<'a>(
    place: impl Into<Place<'a>>,
    arguments: &[&str],
    input: Vec<u8>,
) -> Result<Vec<u8>, AgentError> {
    let failed = |said: String| AgentError::Git {
        command: arguments.join(" "),
        said,
    };
    let mut child = start(place.into(), arguments, Stdio::piped())?;
    let stdin = child.stdin.take();
    let writing = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    // If git didn't read all of it, git says why.
    let _ = writing.join();
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(failed(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}

/// Runs git in `directory` with what is in a file, and returns what it prints.
pub(crate) fn fed(
    directory: &Path,
    arguments: &[&str],
    input: File,
) -> Result<Vec<u8>, AgentError> {
    let output = start(directory.into(), arguments, Stdio::from(input))?
        .wait_with_output()
        .map_err(|error| cannot_start(arguments, &error))?;
    succeeded(&arguments.join(" "), output)
}

/// Runs git in `directory` and hands over what it prints, line by line, however much that is.
pub(crate) fn each_line(
    directory: &Path,
    arguments: &[&str],
    mut take: impl FnMut(&str),
) -> Result<(), AgentError> {
    let failed = |said: String| AgentError::Git {
        command: arguments.join(" "),
        said,
    };
    let mut child = start(directory.into(), arguments, Stdio::null())?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Beside the output, so that git never waits for either to be read.
    let saying = thread::spawn(move || {
        let mut said = Vec::new();
        stderr.map_or(Ok(0), |mut stderr| stderr.read_to_end(&mut said))?;
        Ok::<_, io::Error>(said)
    });
    let mut lines = stdout.map(BufReader::new);
    let mut line = Vec::new();
    while let Some(reader) = &mut lines
        && reader
            .read_until(b'\n', &mut line)
            .map_err(|error| failed(error.to_string()))?
            > 0
    {
        take(String::from_utf8_lossy(&line).trim_end_matches('\n'));
        line.clear();
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    let said = saying
        .join()
        .map_or_else(|_| Vec::new(), Result::unwrap_or_default);
    Err(failed(String::from_utf8_lossy(&said).trim().to_owned()))
}

/// A git that runs while something else is done.
pub(crate) struct Question {
    arguments: Vec<String>,
    child: Child,
}

/// Starts git in the current directory.
pub(crate) fn begin(arguments: &[&str]) -> Result<Question, AgentError> {
    Ok(Question {
        arguments: arguments.iter().map(|&argument| argument.into()).collect(),
        child: start(Path::new(".").into(), arguments, Stdio::null())?,
    })
}

impl Question {
    /// Waits for git, whatever its status.
    pub(crate) fn end(self) -> Result<Output, AgentError> {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        self.child
            .wait_with_output()
            .map_err(|error| cannot_start(&arguments, &error))
    }

    /// Waits for git and returns what it prints.
    pub(crate) fn output(self) -> Result<Vec<u8>, AgentError> {
        let command = self.arguments.join(" ");
        let output = self.end()?;
        succeeded(&command, output)
    }
}

/// Why git couldn't be started.
fn cannot_start(arguments: &[&str], error: &io::Error) -> AgentError {
    match error.kind() {
        io::ErrorKind::NotFound => AgentError::NoGit,
        _ => AgentError::Git {
            command: arguments.join(" "),
            said: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_keeps_lines_within_values() {
        let config =
            GitConfig::from_listing(b"lfs.url\nfirst\0alone\0lfs.url\ntwo\nlines\0lfs.empty\n\0");
        assert_eq!(config.get("lfs.url"), Some("two\nlines"));
        assert_eq!(
            config.all("lfs.url").collect::<Vec<_>>(),
            ["first", "two\nlines"]
        );
        assert_eq!(config.get("alone"), Some("true"));
        assert_eq!(config.get("lfs.empty"), Some(""));
        assert_eq!(config.get("absent"), None);
    }
}
