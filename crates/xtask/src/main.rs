//! `cargo xtask demo | install | test | pointer | bench`: what a newcomer types first, and what continuous integration runs.
//!
//! Thin on purpose: it starts cargo, git, git-lfs, PostgreSQL and this workspace's own binaries, and says what it does.

mod arguments;
mod bench;
mod build;
mod demo;
mod install;
mod pointer;
mod setup;
mod test;

use std::process::ExitCode;

fn main() -> ExitCode {
    arguments::main()
}
