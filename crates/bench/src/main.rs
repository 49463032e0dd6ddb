//! The figures of docs/benchmarks.md, measured here and now. `cargo xtask bench` builds the programs and runs it.
//!
//! A figure stands beside a peer's or a limit's, measured in the same run on the same machine: what counts is the
//! ratio. Nothing here asserts a time.

mod arguments;
mod measure;
mod null_agent;
mod report;
mod subjects;

use std::process::ExitCode;

fn main() -> ExitCode {
    arguments::main()
}
