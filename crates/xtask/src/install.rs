//! `cargo xtask install`: all programs of this clone, by one command, to where cargo puts what it installs.
//!
//! `cargo install` takes one directory at a time. Here the three share what they compile.

use std::time::Instant;

use clap::Args;
use command_line::Failure;
use host_tools::narrate;
use host_tools::run::shown;
use host_tools::workspace::{cargo, root};

use crate::build::as_typed;

/// How to install.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build in seconds and run slower: for a look
    #[arg(long)]
    debug: bool,
}

/// The packages by their directories. `lfs-agent` has two programs.
const PACKAGES: [&str; 3] = ["lfs-agent", "crates/gen-schema", "crates/gen-dummy"];

/// Installs them, and says what comes next.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let started = Instant::now();
    narrate::heading("Installing lfs-agent, git-database, gen-schema and gen-dummy");
    for package in PACKAGES {
        let mut install = cargo();
        install.args(["install", "--locked", "--force", "--path", package]);
        install.arg("--target-dir").arg(root().join("target"));
        if options.debug {
            install.arg("--debug");
        }
        narrate::command(as_typed(&install));
        if !shown(&mut install)? {
            return Err(Failure::check(format!(
                "{package} isn't installed: cargo has said why"
            )));
        }
    }
    narrate::say(format_args!(
        "Installed in {}. Then, once on this machine:",
        narrate::seconds(started.elapsed())
    ));
    narrate::command("git lfs install --skip-repo");
    narrate::command("lfs-agent install");
    Ok(())
}
