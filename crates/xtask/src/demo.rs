//! `cargo xtask demo`: sets up, builds the programs, and hands over to the one that tells the story.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use clap::{Args, ValueEnum};
use command_line::Failure;
use host_tools::narrate;
use host_tools::workspace::program;

use crate::setup::{MARIADB, Tool};
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

    /// Run the programs that are installed (`cargo xtask install`), and build nothing but the demo
    #[arg(long)]
    installed: bool,

    /// Draw what the story comes to, as README shows it
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
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
const PACKAGES: [&str; 4] = ["gen-schema", "gen-dummy", "lfs-agent", DEMO];

/// Of PostgreSQL the server and psql alone: the example's schema asks for no extension.
const SERVER: &[Tool] = &[Tool::PostgreSql];

/// What tells the story.
const DEMO: &str = "demo";

/// Builds what the demo runs, and runs it.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    setup::ensure(&[match options.database {
        Database::Postgresql => SERVER,
        Database::Mariadb => MARIADB,
    }])?;
    let started = Instant::now();
    if options.installed {
        narrate::heading("Building the demo");
        build::packages(&[], &[DEMO])?;
    } else {
        narrate::heading("Building gen-schema, gen-dummy, lfs-agent and git-database");
        narrate::say("The first time this takes some minutes; cargo shows how far it is.");
        build::packages(&[], &PACKAGES)?;
    }
    narrate::say(format_args!(
        "Built in {}.",
        narrate::seconds(started.elapsed())
    ));
    let mut demo = Command::new(program(DEMO));
    if options.keep {
        demo.arg("--keep");
    }
    if options.installed {
        demo.arg("--installed");
    }
    if let Some(file) = &options.svg {
        demo.arg("--svg").arg(file);
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
