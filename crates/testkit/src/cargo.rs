//! The workspace's own programs, built on demand: tests of one package may run the binaries of another.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::process::run;

/// The path of a program of this workspace, built now if it is missing or older than its sources.
///
/// It is built into the same target directory and with the same profile as the running program.
///
/// # Panics
/// With cargo's words when it doesn't build.
#[track_caller]
pub fn binary(package: &str) -> PathBuf {
    static BUILT: Mutex<Option<HashMap<String, PathBuf>>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built.get_or_insert_default();
    if let Some(path) = built.get(package) {
        return path.clone();
    }
    let profile_directory = profile_directory();
    let profile = profile_directory
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(workspace_root())
        .args(["build", "--quiet", "--package", package]);
    // Cargo writes the profile `dev` into `debug`.
    cargo.args([
        "--profile",
        if profile == "debug" { "dev" } else { &profile },
    ]);
    cargo
        .arg("--target-dir")
        .arg(profile_directory.parent().unwrap_or(&profile_directory));
    run(&mut cargo);
    let path = profile_directory.join(format!("{package}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "cargo built {package}, but {} isn't there",
        path.display()
    );
    built.insert(package.to_owned(), path.clone());
    path
}

/// The root of the workspace that this was compiled in.
pub fn workspace_root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The directory of the running program's profile (`target/debug`): a test is in its `deps`, a binary in itself.
fn profile_directory() -> PathBuf {
    let program = env::current_exe().expect("the running program's path");
    let directory = program.parent().expect("the running program's directory");
    if directory.ends_with("deps") {
        directory.parent().unwrap_or(directory)
    } else {
        directory
    }
    .to_owned()
}
