//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{bench, demo, install, pointer, test};

/// Parses the command line and does what it says.
pub(crate) fn main() -> ExitCode {
    command_line::finish(match Arguments::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Install(options) => install::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Pointer => pointer::run(),
        Command::Bench(options) => bench::run(&options),
    })
}

/// The tasks of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole story on this machine: S3, two developers, a loaded PostgreSQL
    Demo(demo::Options),
    /// Install lfs-agent, git-database, gen-schema and gen-dummy from this clone
    Install(install::Options),
    /// Set up what the tests need, and run them all
    Test(test::Options),
    /// Write the LFS pointer of the dump that gen-dummy makes, after a change that alters the rows
    Pointer,
    /// Measure the figures of docs/benchmarks.md
    Bench(bench::Options),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a check or a test failed
  2  the command line is wrong
  3  something outside failed: a missing tool, a package manager, the disk

Examples:
  cargo xtask demo
  cargo xtask install
  cargo xtask test
  cargo xtask test --only clippy";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
