//! Other programs: found, started, and told in our words when they fail.

use std::env;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use command_line::Failure;

/// The first program of this name in PATH, or beside this one: who installs the programs in one place needn't have it there.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    let beside = env::current_exe().ok();
    let beside = beside.as_deref().and_then(Path::parent).map(Path::to_owned);
    env::split_paths(&path)
        .chain(beside)
        .map(|directory| directory.join(&file))
        .find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// What a program wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) success: bool,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            success: output.status.success(),
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

impl Answer {
    /// The last line of what it said went wrong.
    pub(crate) fn last_words(&self) -> &str {
        let said = if self.stderr.trim().is_empty() {
            &self.stdout
        } else {
            &self.stderr
        };
        said.trim().lines().next_back().unwrap_or_default().trim()
    }
}

/// Runs a program to its end, with nothing to read.
pub(crate) fn answer(command: &mut Command) -> Result<Answer, Failure> {
    command.stdin(Stdio::null());
    let output = command
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    Ok(output.into())
}

/// Runs a program to its end, with this text to read.
pub(crate) fn answer_to(command: &mut Command, text: &str) -> Result<Answer, Failure> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    let input = child.stdin.take();
    let text = text.to_owned();
    // Neither waits for the other. A program that stops reading says why itself.
    let writer = thread::spawn(move || input.map(|mut input| input.write_all(text.as_bytes())));
    let output = child
        .wait_with_output()
        .map_err(|error| cannot_start(command, &error))?;
    let _ = writer.join();
    Ok(output.into())
}

/// Runs a program that has the terminal. Its exit code, if it had one.
pub(crate) fn shown(command: &mut Command) -> Result<Option<i32>, Failure> {
    let status = command
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    Ok(status.code())
}

/// The failure of a program that doesn't start.
pub(crate) fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    match error.kind() {
        ErrorKind::NotFound => {
            let failure =
                Failure::outside(format!("`{program}` isn't installed, or isn't in PATH"));
            match program.as_str() {
                "git" => failure.hint("install it: https://git-scm.com"),
                "bash" => failure
                    .hint("git for Windows brings one; elsewhere it is a package of the system's"),
                _ => failure,
            }
        }
        _ => Failure::outside(format!("can't start `{program}`: {error}")),
    }
}

/// What git prints, if it can be asked and has an answer.
pub(crate) fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(root)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
