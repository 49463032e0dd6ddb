//! `cargo xtask demo`: sets up, builds the programs, and hands over to the one that tells the story.

use std::process::Command;
use std::time::Instant;

use clap::Args;
use command_line::Failure;
use host_tools::run::shown;
use host_tools::workspace::{cargo, program};
use host_tools::{narrate, process};

use crate::setup;

/// How to show it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave the repositories where they are, and say where
    #[arg(long)]
    keep: bool,
}

/// What the demo runs, and the demo itself.
const PACKAGES: [&str; 4] = ["gen-schema", "gen-dummy", "lfs-agent", "demo"];

/// Builds everything in one call of cargo, so that what they share is built once, and runs the demo.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    setup::ensure()?;
    narrate::heading("Building gen-schema, gen-dummy and lfs-agent");
    let mut build = cargo();
    build
        .arg("build")
        .args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    narrate::command(
        process::command_line(&build).replace(&*build.get_program().to_string_lossy(), "cargo"),
    );
    let started = Instant::now();
    if !shown(&mut build)? {
        return Err(Failure::check(
            "the programs don't build: cargo has said why",
        ));
    }
    narrate::say(format_args!(
        "Built in {}.",
        narrate::seconds(started.elapsed())
    ));
    let mut demo = Command::new(program("demo"));
    if options.keep {
        demo.arg("--keep");
    }
    hand_over(&mut demo)
}

/// Becomes the demo: a signal that is meant for this process then reaches the one that has to clear up.
#[cfg(unix)]
fn hand_over(demo: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    let error = demo.exec();
    Err(Failure::outside(format!(
        "can't start `{}`: {error}",
        process::command_line(demo)
    )))
}

#[cfg(not(unix))]
fn hand_over(demo: &mut Command) -> Result<(), Failure> {
    if shown(demo)? {
        Ok(())
    } else {
        Err(Failure::check("the demo failed: it has said why"))
    }
}
