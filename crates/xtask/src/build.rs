//! Building this workspace's programs for the tasks that run them.

use std::process::Command;

use command_line::Failure;
use host_tools::run::shown;
use host_tools::workspace::cargo;
use host_tools::{narrate, process};

/// Builds packages in one call of cargo, so that what they share is built once; `options` go before their names.
///
/// # Errors
/// When cargo can't be started, or one of them doesn't build.
pub(crate) fn packages(options: &[&str], names: &[&str]) -> Result<(), Failure> {
    let mut build = cargo();
    build
        .arg("build")
        .args(options)
        .args(names.iter().flat_map(|name| ["--package", name]));
    narrate::command(as_typed(&build));
    if shown(&mut build)? {
        return Ok(());
    }
    Err(Failure::check(format!(
        "{} {} build: cargo has said why",
        names.join(", "),
        if names.len() == 1 { "doesn't" } else { "don't" },
    )))
}

/// Cargo says of itself by which path it was called, which nobody types.
pub(crate) fn as_typed(cargo: &Command) -> String {
    process::command_line(cargo).replacen(&*cargo.get_program().to_string_lossy(), "cargo", 1)
}
