//! Where this workspace and its built programs are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set by who has just built all programs: they are taken as they are.
///
/// Cargo chooses the features of shared dependencies by the packages that it is told to build, so building one
/// package from within a test of the whole workspace would compile the largest dependencies once more.
pub const PROGRAMS_ARE_BUILT: &str = "TESTKIT_PROGRAMS_ARE_BUILT";

/// The root of the workspace that this was compiled in.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Cargo, as it was called, in the workspace's root.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The directory of the running program's profile (`target/debug`): a test is in its `deps`, a binary in itself.
///
/// # Panics
/// When the system can't say where the running program is.
pub fn profile_directory() -> PathBuf {
    let program = env::current_exe().expect("the running program's path");
    let directory = program.parent().expect("the running program's directory");
    if directory.ends_with("deps") {
        directory.parent().unwrap_or(directory)
    } else {
        directory
    }
    .to_owned()
}

/// Where cargo puts a program of this workspace, of the running program's profile. It may not be there yet.
pub fn program(name: &str) -> PathBuf {
    profile_directory().join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
