//! The command line, and the frame around the story: a scratch directory before it, an end in order after it.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use command_line::Failure;
use host_tools::narrate;

use crate::database::Database;
use crate::picture::Picture;
use crate::scratch::Scratch;
use crate::story;

/// Shows the main job on this machine. `cargo xtask demo` sets up, builds everything and runs this.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Leave the repositories where they are, and say where
    #[arg(long)]
    keep: bool,

    /// The database that the team has
    #[arg(long, value_enum, default_value_t = Database::Postgresql)]
    database: Database,

    /// Run the programs that are installed, not those that were built here
    #[arg(long)]
    installed: bool,

    /// Draw what it comes to: docs/demo.svg
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Parses the command line and tells the story.
pub(crate) fn main() -> ExitCode {
    command_line::finish(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let started = Instant::now();
    let scratch = Scratch::new()?;
    let mut picture = Picture::default();
    let result = story::tell(
        scratch.path(),
        arguments.database,
        arguments.installed,
        &mut picture,
    );
    if let (Ok(()), Some(file)) = (&result, &arguments.svg) {
        fs::write(file, picture.svg()).map_err(|error| {
            Failure::outside(format!("can't write {}: {error}", file.display()))
        })?;
        narrate::say(format_args!("Drew {}.", file.display()));
    }
    let end = if arguments.keep {
        format!("left everything in {}", scratch.keep().display())
    } else {
        drop(scratch);
        "removed everything it made".to_owned()
    };
    if result.is_ok() {
        narrate::say(format_args!(
            "The demo took {}, and has {end}.",
            narrate::seconds(started.elapsed())
        ));
        return Ok(());
    }
    let hint = if arguments.keep {
        format!("the demo has {end}")
    } else {
        "`cargo xtask demo --keep` leaves the repositories to look at".to_owned()
    };
    result.map_err(|failure| failure.hint(hint))
}
