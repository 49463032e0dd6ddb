//! Finds the settings of a repository, on disk or as they were at another time, and says which flags they lack.

use crate::ReadingArguments;
use command_line::{Failure, Status, colour_on_stderr};
use project_files::{Project, plain_reason};
use schemafile::{Database, LoadError, SETTINGS_PATH, Settings, SourceFile, read_settings};
use std::io::ErrorKind;
use std::path::Path;

/// The settings that a file's content makes.
///
/// # Errors
/// Everything that is wrong with the file.
pub(crate) fn from_content(
    content: Result<Vec<u8>, LoadError>,
    heading: &str,
) -> Result<Settings, Failure> {
    let content = match content {
        Ok(content) => content,
        Err(LoadError::Missing) => return Ok(Settings::default()),
        Err(LoadError::Unreadable(reason)) => {
            return Err(Failure::outside(format!(
                "can't read `{SETTINGS_PATH}`: {reason}"
            )));
        }
    };
    read_settings(SourceFile::new(SETTINGS_PATH, content)).map_err(|problems| {
        let text = problems.render(colour_on_stderr());
        Failure::rendered(Status::BadInput, format!("{heading}{text}"))
    })
}

/// A file of the project, as a loader would give it.
pub(crate) fn content_on_disk(project: &Project, path: &str) -> Result<Vec<u8>, LoadError> {
    std::fs::read(project.resolve(Path::new(path))).map_err(|error| match error.kind() {
        ErrorKind::NotFound => LoadError::Missing,
        _ => LoadError::Unreadable(plain_reason(&error)),
    })
}

/// What was given on a command line and isn't in the settings, each as the flag that it is and the line that keeps it.
pub(crate) fn unkept(
    project: &Project,
    flags: &ReadingArguments,
    settings: &Settings,
) -> Vec<(String, String)> {
    let mut unkept = Vec::new();
    if let Some(database) = flags.database.map(Database::from)
        && settings.database != Some(database)
    {
        let name = database.key();
        unkept.push((
            format!("--database {name}"),
            format!("database = \"{name}\""),
        ));
    }
    if let Some(version) = flags.rails_version
        && settings.rails_version != Some(version)
    {
        unkept.push((
            format!("--rails-version {version}"),
            format!("rails_version = \"{version}\""),
        ));
    }
    if let Some(frontend) = flags.frontend
        && settings.frontend != Some(frontend.into())
    {
        let name = frontend.as_str();
        unkept.push((
            format!("--frontend {name}"),
            format!("frontend = \"{name}\""),
        ));
    }
    if let Some(path) = &flags.inflections {
        let name = project.display(&project.resolve(path));
        if settings.inflections.as_deref() != Some(&name) {
            unkept.push((
                format!("--inflections {name}"),
                format!("inflections = \"{name}\""),
            ));
        }
    }
    unkept
}
