//! `cargo xtask demo`: sets up, builds the programs, and hands over to the one that tells the story.

use std::process::Command;
use std::time::Instant;

use clap::{Args, ValueEnum};
use command_line::Failure;
use host_tools::narrate;
use host_tools::workspace::program;

use crate::setup::{MARIADB, POSTGRESQL};
use crate::{build, setup};

/// How to show it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave the repositories where they are, and say where
    #[arg(long)]
    keep: bool,

    /// The database that the team has
    #[arg(long, value_enum, default_value_t = Database::Postgresql)]
    database: Database,
}

/// Of which databases the story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    /// PostgreSQL
    Postgresql,
    /// MariaDB
    Mariadb,
}

/// What the demo runs, and the demo itself.
const PACKAGES: [&str; 4] = ["gen-schema", "gen-dummy", "lfs-agent", "demo"];

/// Builds what the demo runs, and runs it.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    setup::ensure(&[match options.database {
        Database::Postgresql => POSTGRESQL,
        Database::Mariadb => MARIADB,
    }])?;
    narrate::heading("Building gen-schema, gen-dummy and lfs-agent");
    let started = Instant::now();
    build::packages(&[], &PACKAGES)?;
    narrate::say(format_args!(
        "Built in {}.",
        narrate::seconds(started.elapsed())
    ));
    let mut demo = Command::new(program("demo"));
    if options.keep {
        demo.arg("--keep");
    }
    if options.database == Database::Mariadb {
        demo.args(["--database", "mariadb"]);
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
        host_tools::process::command_line(demo)
    )))
}

#[cfg(not(unix))]
fn hand_over(demo: &mut Command) -> Result<(), Failure> {
    if host_tools::run::shown(demo)? {
        Ok(())
    } else {
        Err(Failure::check("the demo failed: it has said why"))
    }
}
