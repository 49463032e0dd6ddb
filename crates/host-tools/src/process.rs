//! Finding programs, and telling in one text what a program that failed was asked and what it answered.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The first executable of this name in the directories of `PATH`, or `None`.
///
/// `name` is without the extension that Windows gives to programs.
pub fn find_program(name: &str) -> Option<PathBuf> {
    find_program_in(name, &env::var_os("PATH")?)
}

/// The first executable of this name in the directories of `path`, which is written as the variable `PATH` is.
pub fn find_program_in(name: &str, path: &OsStr) -> Option<PathBuf> {
    let file_name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(path)
        .map(|directory| directory.join(&file_name))
        .find(|candidate| is_executable(candidate))
}

/// The command line, how it ended and both of its outputs, for a message.
pub fn describe(command: &Command, output: &Output) -> String {
    let mut text = format!("`{}`", command_line(command));
    if let Some(directory) = command.get_current_dir() {
        let _ = write!(text, " in {}", directory.display());
    }
    let _ = write!(text, " ended with {}", output.status);
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            let _ = write!(
                text,
                "\n--- {name}\n{}",
                String::from_utf8_lossy(bytes).trim_end()
            );
        }
    }
    text
}

/// Runs the command and returns what it wrote, if it ended with success.
///
/// # Panics
/// With [`describe`]'s text when the command can't be started or fails.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    let output = run_any(command);
    assert!(output.status.success(), "{}", describe(command, &output));
    output
}

/// Runs the command and returns what it wrote, if it failed.
///
/// # Panics
/// With [`describe`]'s text when the command can't be started or succeeds.
#[track_caller]
pub fn run_failing(command: &mut Command) -> Output {
    let output = run_any(command);
    assert!(
        !output.status.success(),
        "expected a failure, but {}",
        describe(command, &output)
    );
    output
}

/// Runs the command and returns what it wrote, however it ended.
///
/// # Panics
/// When the command can't be started.
#[track_caller]
pub fn run_any(command: &mut Command) -> Output {
    match command.output() {
        Ok(output) => output,
        Err(error) => panic!("can't start `{}`: {error}", command_line(command)),
    }
}

/// The program and its arguments, as a person would type them.
pub fn command_line(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let plain = !argument.is_empty()
            && !argument.contains(|c: char| c.is_whitespace() || "'\"$&;*?<>|()".contains(c));
        if plain {
            let _ = write!(text, " {argument}");
        } else {
            let _ = write!(text, " '{}'", argument.replace('\'', r"'\''"));
        }
    }
    text
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
