//! git-lfs standalone transfer agent that keeps dumps in S3.
//!
//! Without arguments it is the agent: git-lfs speaks to it on stdin and stdout, and stdout carries nothing else. With a
//! command it sets up, checks and tends what the agent uses. This crate joins the parts, `lfs-protocol` and `dump-store`,
//! with what only a program may know: the command line, git's configuration, the environment.

mod address;
mod agent;
mod arguments;
mod blame;
mod cli;
mod colours;
mod configuration;
mod content;
mod diff;
mod doctor;
mod error;
mod fsck;
mod get;
mod git;
mod history;
mod init;
mod install;
mod location;
mod log;
mod ls;
mod merge;
mod mirror;
mod neighbours;
mod output;
mod partial;
mod pointer;
mod progress;
mod prune;
mod remote_url;
mod repository;
mod schema;
mod shell;
mod show;
mod store;
mod tending;
mod tracked;
mod trust;
mod versions;
mod witness;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
