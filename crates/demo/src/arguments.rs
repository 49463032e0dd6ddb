//! The command line, and the frame around the story: a scratch directory before it, an end in order after it.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use command_line::Failure;
use host_tools::narrate;

use crate::database::Database;
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
}

/// Parses the command line and tells the story.
pub(crate) fn main() -> ExitCode {
    command_line::finish(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let started = Instant::now();
    let scratch = Scratch::new()?;
    let result = story::tell(scratch.path(), arguments.database);
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
