//! `git database`: the team's database on this machine, in one command from a clone to an address.
//!
//! What it does is what a person would do who knows all of it: see whether `dumps/` is whole and what the schema makes,
//! fetch or make what isn't, start the container that the repository describes (or use a server that a URL names), load,
//! and say where the database is. It belongs to neither island: schemas and S3 are for the programs that it starts, and
//! what it knows of a dump is its name, its bytes, and which line a server didn't like.
//!
//! It is a library so that the program can be installed along with `lfs-agent`, which is what a machine has that only
//! wants the database; docs/design/one-command.md tells why.

mod address;
mod arguments;
mod commands;
mod container;
mod dumps;
mod engine;
mod load;
mod lock;
mod output;
mod place;
mod programs;
mod refresh;
mod server;
mod trouble;

use std::process::ExitCode;

/// The program `git-database`, which git finds as `git database`.
pub fn main() -> ExitCode {
    commands::run()
}
