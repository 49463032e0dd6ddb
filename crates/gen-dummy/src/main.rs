//! `gen-dummy`: the schema and a seed become `dumps/02_dummy.sql.gz`.
//!
//! This binary is the edge: command line, files, threads, progress, exit codes. What the rows are is
//! the business of `dummy-data`, how they load that of `pg-sql`, and how they are compressed that of
//! `dump-gzip`.

mod arguments;
mod capture;
mod check;
mod dump;
mod explain;
mod git_lfs;
mod inputs;
mod output;
mod part;
mod progress;
mod run;
mod script;
mod verify;
mod writer;

use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::finish(run::run(&command_line::parse()))
}
