//! `gen-schema`: a Schemafile or a Rails `schema.rb` becomes `dumps/01_schema.sql`.
//!
//! This binary is the edge: command line, files, exit codes. What a Schemafile means is the business
//! of `schemafile`, and how SQL reads that of `pg-sql`.

mod arguments;
mod diff;
mod generate;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::finish(generate::run(&arguments::Arguments::parse()))
}
