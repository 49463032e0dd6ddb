//! The command line.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, ValueEnum as _};
use command_line::Failure;
use host_tools::narrate;

use crate::null_agent;
use crate::subjects::Subject;

/// Measures, and prints tables in Markdown. `cargo xtask bench` builds the programs and runs this.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// What to measure; without it, everything
    subjects: Vec<Subject>,

    /// Runs of each command; the table shows the median
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

/// Parses the command line and measures.
pub(crate) fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    if arguments
        .next()
        .is_some_and(|first| first == null_agent::ARGUMENT)
    {
        let directory = arguments.next().unwrap_or_default();
        let ended = null_agent::run(Path::new(&directory));
        return command_line::finish(ended.map_err(|error| Failure::outside(error.to_string())));
    }
    command_line::finish(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    for subject in Subject::value_variants()
        .iter()
        .filter(|subject| arguments.subjects.is_empty() || arguments.subjects.contains(subject))
    {
        narrate::heading(subject.title());
        subject.measure(arguments.runs)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
