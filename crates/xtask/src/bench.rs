//! `cargo xtask bench`: builds the programs as they are released, and hands over to the one that measures them.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use command_line::Failure;
use host_tools::narrate;
use host_tools::run::shown;
use host_tools::workspace::{profile_directory, root};

use crate::setup::{MARIADB, POSTGRESQL};
use crate::{build, setup};

/// What to measure, and how often.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Passed on to the program that measures; `cargo xtask bench -- --help` says what there is
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "SUBJECT"
    )]
    arguments: Vec<String>,
}

/// The programs that are measured, and the one that measures.
const PACKAGES: [&str; 4] = ["gen-schema", "gen-dummy", "lfs-agent", "bench"];

/// Sets up, builds everything optimised, and measures.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    setup::ensure(&[POSTGRESQL, MARIADB])?;
    narrate::heading("Building the programs as they are released");
    build::packages(&["--release", "--message-format=short"], &PACKAGES)?;
    let mut bench = Command::new(released("bench"));
    bench.current_dir(root()).args(&options.arguments);
    if shown(&mut bench)? {
        Ok(())
    } else {
        Err(Failure::check(
            "not everything could be measured: it is said above",
        ))
    }
}

/// Where cargo puts a program that is built with `--release`.
fn released(name: &str) -> PathBuf {
    profile_directory()
        .with_file_name("release")
        .join(format!("{name}{EXE_SUFFIX}"))
}
