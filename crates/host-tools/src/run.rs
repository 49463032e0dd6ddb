//! Running programs, with their failures turned into ours.

use std::process::{Command, Output, Stdio};

use command_line::Failure;

use crate::process::{command_line, describe};

/// Runs a command and returns what it wrote. A failure tells all of that.
pub fn captured(command: &mut Command) -> Result<Output, Failure> {
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
pub fn text(command: &mut Command) -> Result<String, Failure> {
    Ok(String::from_utf8_lossy(&captured(command)?.stdout)
        .trim()
        .to_owned())
}

/// Runs a command whose outputs go to the terminal. `Ok(false)`: it ended with a failure.
pub fn shown(command: &mut Command) -> Result<bool, Failure> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    Ok(status.success())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::outside(format!("can't start `{}`: {error}", command_line(command)))
}
