//! Disks that are full, or may not be written: each is told in a sentence with a hint, and once there is room the same
//! command succeeds.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::common::{Team, assert_dump, dump, text};

/// More than the disks below have room for.
const LARGE: usize = 20_000_000;

/// A team with a large dump in its store, and a clone without it.
fn team_with_a_bare_clone() -> (Team, Vec<u8>, PathBuf) {
    let team = Team::new();
    let content = dump(LARGE, 1);
    team.push(&team.first, &content);
    let clone = team.clone_pointers("second");
    (team, content, clone)
}

/// Runs git in `directory`, from a shell that does `before` first.
fn git_after(team: &Team, directory: &Path, before: &str, arguments: &[&str]) -> Output {
    let script = format!("{before} && exec git \"$@\"");
    let mut shell = team.home.command("sh", directory);
    shell.args(["-c", &script, "sh"]).args(arguments);
    shell.output().unwrap()
}

/// The same with file systems of its own, which go when git ends; `None` where this user may mount nothing.
fn git_with_mounts(
    team: &Team,
    directory: &Path,
    mount: &str,
    arguments: &[&str],
) -> Option<Output> {
    let may = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c"])
        .arg("mount -t tmpfs -o size=1m none /mnt")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !may.is_ok_and(|status| status.success()) {
        return None;
    }
    let script = format!("{mount} && exec git \"$@\"");
    let mut shell = team.home.command("unshare", directory);
    shell
        .args(["--map-root-user", "--mount", "sh", "-c", &script, "sh"])
        .args(arguments);
    Some(shell.output().unwrap())
}

#[track_caller]
fn told(output: &Output, wrong: &str, hint: &str) {
    let said = text(output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(wrong), "{said}");
    assert!(said.contains(hint), "{said}");
}

#[test]
fn a_file_that_may_not_grow_is_told() {
    let (team, content, clone) = team_with_a_bare_clone();
    // 4 MB.
    let limit = "ulimit -f 8192";
    let output = git_after(&team, &clone, limit, &["lfs", "pull"]);
    told(&output, "can't write", "hint: free some space");
    team.home.git(&clone, &["lfs", "pull"]);
    assert_dump(&clone, &content);
}

#[test]
fn a_full_disk_is_told() {
    let (team, content, clone) = team_with_a_bare_clone();
    fs::create_dir_all(clone.join(".git/lfs")).unwrap();
    let mount = "mount -t tmpfs -o size=8m none .git/lfs";
    // Where nothing can be mounted, the test above stands for this one.
    if let Some(output) = git_with_mounts(&team, &clone, mount, &["lfs", "pull"]) {
        told(&output, "No space left", "hint: free some space");
    }
    team.home.git(&clone, &["lfs", "pull"]);
    assert_dump(&clone, &content);
}

#[test]
fn a_disk_that_fills_up_stops_no_push() {
    let team = Team::new();
    let content = dump(LARGE, 1);
    team.commit(&team.first, &content);
    let mount = "mkdir -p .git/lfs/lfs-agent && mount -t tmpfs -o size=4k none .git/lfs/lfs-agent \
                 && head -c 4096 /dev/zero > .git/lfs/lfs-agent/filler";
    // Without room for its journal a push can't be resumed, and that is all.
    match git_with_mounts(&team, &team.first, mount, &["push", "origin", "HEAD"]) {
        Some(output) => assert!(output.status.success(), "{}", text(&output)),
        None => drop(team.home.git(&team.first, &["push", "origin", "HEAD"])),
    }
    assert_dump(&team.clone("second"), &content);
}

#[test]
fn a_directory_that_may_not_be_written_is_told() {
    let (team, content, clone) = team_with_a_bare_clone();
    let workspace = clone.join(".git/lfs/lfs-agent");
    fs::create_dir_all(workspace.parent().unwrap()).unwrap();
    // Even root can't make a directory of a file.
    fs::write(&workspace, "").unwrap();
    let output = team.home.git_any(&clone, &["lfs", "pull"]);
    told(&output, "can't write", "hint: ");
    fs::remove_file(&workspace).unwrap();
    fs::create_dir(&workspace).unwrap();
    let mount = "mount -t tmpfs -o ro none .git/lfs/lfs-agent";
    if let Some(output) = git_with_mounts(&team, &clone, mount, &["lfs", "pull"]) {
        told(&output, "Read-only file system", "hint: ");
    }
    team.home.git(&clone, &["lfs", "pull"]);
    assert_dump(&clone, &content);
}
