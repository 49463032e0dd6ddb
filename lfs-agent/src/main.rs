//! git-lfs standalone transfer agent that keeps dumps in S3.
//!
//! Without arguments it is the agent: git-lfs speaks to it on stdin and stdout, and stdout carries nothing else. With a
//! command it sets up, checks and tends what the agent uses. This crate joins the parts, `lfs-protocol` and `dump-store`,
//! with what only a program may know: the command line, git's configuration, the environment.

mod agent;
mod arguments;
mod cli;
mod commands;
mod dumps;
mod error;
mod git;
mod store;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
