//! Finds what a release is built from: its commit, for `--version`, and where others can get the sources.
//!
//! A builder that has no `.git` at hand (a container, a tarball) says them in `BUILD_COMMIT` and `BUILD_SOURCE`. Else git is
//! asked, for release builds alone: while developing, every commit would link every program anew.

#[path = "src/origin.rs"]
mod origin;

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    tell("rerun-if-env-changed=BUILD_COMMIT");
    tell("rerun-if-env-changed=BUILD_SOURCE");
    tell("rerun-if-changed=build.rs");
    let said = |name| env::var(name).is_ok_and(|value| !value.is_empty());
    if said("BUILD_COMMIT") || env::var("PROFILE").is_ok_and(|profile| profile != "release") {
        return;
    }
    // Sources that lie unpacked inside somebody else's repository have nothing to do with its commits.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let top = git(&["rev-parse", "--show-toplevel"]);
    let same =
        top.is_some_and(|top| Path::new(&top).canonicalize().ok() == workspace.canonicalize().ok());
    if !same {
        return;
    }
    if let Some(commit) = git(&["rev-parse", "HEAD"]) {
        tell(&format!("rustc-env=BUILD_COMMIT={commit}"));
    }
    let remote = git(&["remote", "get-url", "origin"]);
    if let Some(address) = remote.and_then(|remote| origin::public_address(&remote))
        && !said("BUILD_SOURCE")
    {
        tell(&format!("rustc-env=BUILD_SOURCE={address}"));
    }
    // It has a new line whenever HEAD names another commit.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"])
        && Path::new(&log).exists()
    {
        tell(&format!("rerun-if-changed={log}"));
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Speaks with cargo, which reads the standard output of build scripts.
fn tell(instruction: &str) {
    println!("cargo::{instruction}");
}
