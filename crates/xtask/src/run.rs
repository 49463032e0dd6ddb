//! Running programs, with their failures turned into ours.

use std::env;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use testkit::process::{command_line, describe};

use crate::failure::Failure;

/// Runs a command and returns what it wrote. A failure tells all of that.
pub(crate) fn captured(command: &mut Command) -> Result<Output, Failure> {
    let output = command
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(Failure::check(describe(command, &output)))
    }
}

/// What a command prints, without white space around it.
pub(crate) fn text(command: &mut Command) -> Result<String, Failure> {
    Ok(String::from_utf8_lossy(&captured(command)?.stdout)
        .trim()
        .to_owned())
}

/// Runs a command whose outputs go to the terminal. `Ok(false)`: it ended with a failure.
pub(crate) fn shown(command: &mut Command) -> Result<bool, Failure> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    Ok(status.success())
}

/// Cargo, as it was called, in the workspace's root.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The root of this repository.
pub(crate) fn root() -> &'static Path {
    testkit::cargo::workspace_root()
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::outside(format!("can't start `{}`: {error}", command_line(command)))
}
