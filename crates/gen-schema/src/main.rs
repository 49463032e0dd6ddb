//! `gen-schema`: a Schemafile or a Rails `schema.rb` becomes `dumps/01_schema.sql`.
//!
//! This binary is the edge: command line, files, exit codes. What a Schemafile means is the business
//! of `schemafile`, and how SQL reads that of `pg-sql`.

mod arguments;
mod diff;
mod docs;
mod generate;
mod init;
mod lint;

use arguments::{Arguments, Command};
use command_line::Failure;
use project_files::Project;
use std::process::ExitCode;

/// A schema is hundreds of thousands of small pieces: with glibc's allocator, which asks the kernel for every
/// page that a thread needs, a file of 893 tables takes a quarter longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    command_line::finish(run(&command_line::parse::<Arguments>()))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.verbosity.start_tracing();
    let directory = std::env::current_dir()
        .map_err(|error| Failure::outside(format!("can't tell the current directory: {error}")))?;
    let project = Project::around(&directory);
    match &arguments.command {
        Some(Command::Diff(diff)) => diff::run(&project, diff, arguments.verbosity),
        Some(Command::Lint(lint)) => lint::run(&project, lint, arguments.verbosity),
        Some(Command::Docs(docs)) => docs::run(&project, docs, arguments.verbosity),
        Some(Command::Init(init)) => init::run(&project, init, arguments.verbosity),
        None => generate::run(&project, &arguments.generate, arguments.verbosity),
    }
}
