//! What is remembered of a file that waits for its sources: that a generator made both of its versions.

use std::fs;
use std::io;
use std::path::PathBuf;

use dump_merge::Three;

use super::Generator;
use crate::error::AgentError;
use crate::git;
use crate::git::repository::Repository;

/// A note in git's own directory, good for one conflict.
pub(crate) struct Waiting;

impl Waiting {
    /// Writes down that a generator made both of these versions of a file.
    pub(crate) fn write(
        path: &str,
        generator: &Generator,
        stages: &Three<Option<String>>,
        repository: &Repository,
    ) -> Result<(), AgentError> {
        let file = file(path, repository)?;
        let text = text(generator, stages);
        whole_file::write(&file, &mut text.as_bytes())
            .map_err(|error| AgentError::file("write", &file, error))
    }

    /// The generator that made both of these versions, if that was written down.
    pub(super) fn read(
        path: &str,
        stages: &Three<Option<String>>,
        repository: &Repository,
    ) -> Result<Option<Generator>, AgentError> {
        let found = fs::read_to_string(file(path, repository)?).unwrap_or_default();
        let mut lines = found.lines();
        let (name, source) = (lines.next(), lines.next());
        let generator = Generator::named(name.unwrap_or_default(), source.unwrap_or_default());
        Ok(generator.filter(|generator| text(generator, stages) == found))
    }
}

fn text(generator: &Generator, stages: &Three<Option<String>>) -> String {
    let blob = |stage: &Option<String>| stage.clone().unwrap_or_default();
    format!(
        "{}\n{}\n{}\n{}\n",
        generator.name(),
        generator.source(),
        blob(&stages.ours),
        blob(&stages.theirs)
    )
}

fn file(path: &str, repository: &Repository) -> Result<PathBuf, AgentError> {
    let name = format!("lfs-agent/waiting/{}", path.replace('/', "%2F"));
    let place = git::run_in(repository.root(), &["rev-parse", "--git-path", &name])?;
    let place = String::from_utf8_lossy(&place);
    Ok(repository.root().join(place.trim_end_matches('\n')))
}

/// The file waits no more.
pub(crate) fn forget(path: &str, repository: &Repository) -> Result<(), AgentError> {
    let file = file(path, repository)?;
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(AgentError::file("delete", &file, error))
        }
        _ => Ok(()),
    }
}
