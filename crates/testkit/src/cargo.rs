//! The workspace's own programs, built on demand: tests of one package may run the binaries of another.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use host_tools::process::run;
use host_tools::workspace::{PROGRAMS_ARE_BUILT, cargo, profile_directory, program};

/// The path of a program of this workspace, built now (with the running program's profile, into its target
/// directory) unless [`PROGRAMS_ARE_BUILT`] is set.
///
/// # Panics
/// With cargo's words when it doesn't build.
#[track_caller]
pub fn binary(name: &str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = built.get(name) {
        return path.clone();
    }
    if env::var_os(PROGRAMS_ARE_BUILT).is_none() {
        build(name);
    }
    let path = program(name);
    assert!(
        path.is_file(),
        "{} should have been built, but isn't there",
        path.display()
    );
    built.insert(name.to_owned(), path.clone());
    path
}

#[track_caller]
fn build(name: &str) {
    let directory = profile_directory();
    let profile = directory
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut cargo = cargo();
    // With the features of the whole workspace: with those of one package the S3 client would be built once more.
    cargo.args(["build", "--quiet", "--workspace", "--bin", name]);
    // Cargo writes the profile `dev` into `debug`.
    cargo.args([
        "--profile",
        if profile == "debug" { "dev" } else { &profile },
    ]);
    cargo
        .arg("--target-dir")
        .arg(directory.parent().unwrap_or(&directory));
    run(&mut cargo);
}
