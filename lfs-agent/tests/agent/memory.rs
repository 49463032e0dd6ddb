//! How much memory the agents hold when git-lfs runs eight of them, each with a version of a dump.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;

use crate::common::{Team, dump, versions};
use testkit::memory::{Peak, Watch};

/// What one process may hold, in bytes.
const MOST: u64 = 64 << 20;

/// What all eight may hold together: they share their program's own pages, which count for each.
const MOST_OF_ALL: u64 = (8 * 40) << 20;

/// Writes and commits one version of each dump.
fn commit_all(team: &Team, dumps: &[Vec<u8>]) {
    for (number, content) in dumps.iter().enumerate() {
        fs::write(team.first.join(format!("{number}.sql.gz")), content).unwrap();
    }
    team.home.git(&team.first, &["add", "-A"]);
    team.home
        .git(&team.first, &["commit", "-q", "-m", "Change the dumps"]);
}

/// The most that agents held while git did this.
fn peak(team: &Team, directory: &Path, arguments: &[&str]) -> Peak {
    let program = team.home.bin().join("lfs-agent");
    let watch = Watch::start(&program);
    team.home.git(directory, arguments);
    let peak = watch.end();
    assert!(
        peak.largest > 1 << 20,
        "{arguments:?}: {peak:?}: it was seen"
    );
    assert!(peak.largest <= MOST, "{arguments:?}: {peak:?}");
    assert!(peak.all <= MOST_OF_ALL, "{arguments:?}: {peak:?}");
    peak
}

#[test]
fn eight_agents_with_versions_hold_little() {
    let team = Team::new();
    // By its whole path, so that no other test's agents are taken for these.
    let program = team.home.bin().join("lfs-agent");
    let key = "lfs.customtransfer.lfs-agent.path";
    let set = ["config", "--global", key, &program.to_string_lossy()];
    team.home.git(&team.first, &set);
    // One that takes long, so that the others' agents are there at the same time, and seven that are like each other.
    let [one, other, _] = versions(20_000_000);
    let pair = |number: u64| {
        let length = 2_000_000 + number * 400_000;
        let first = dump(usize::try_from(length).unwrap(), number);
        let second = [&first[..], &dump(50_000, 100 + number)].concat();
        (first, second)
    };
    let (mut firsts, mut seconds): (Vec<_>, Vec<_>) = (1..=7).map(pair).unzip();
    firsts.push(one);
    seconds.push(other);
    commit_all(&team, &firsts);
    let push = ["push", "-q", "origin", "HEAD"];
    peak(&team, &team.first, &push);
    let clone = team.clone("second");
    commit_all(&team, &seconds);
    let pushed = peak(&team, &team.first, &push);
    let keys = team.s3.keys().into_iter();
    let recipes = keys.filter(|key| key.contains("/recipes/")).count();
    assert_eq!(recipes, 8);
    let pulled = peak(&team, &clone, &["pull", "-q", "origin", "main"]);
    eprintln!("push: {pushed:?}, pull: {pulled:?}");
    for (number, content) in seconds.iter().enumerate() {
        let found = fs::read(clone.join(format!("{number}.sql.gz"))).unwrap();
        assert!(found == *content, "dump {number}");
    }
}
