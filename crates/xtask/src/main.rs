//! `cargo xtask demo | test | bench`: what a newcomer types first, and what continuous integration runs.
//!
//! Thin on purpose: it starts cargo, git, git-lfs, PostgreSQL and this workspace's own binaries, and says what it does.

mod bench;
mod command_line;
mod demo;
mod failure;
mod narrate;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::main()
}
