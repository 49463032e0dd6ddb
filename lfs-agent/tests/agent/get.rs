//! `get`: dumps for who has no clone.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::slice;

use crate::common::{AGENT, DUMP, Team, dump, text, versions};

/// The oid that the last commit's pointer names.
fn oid(team: &Team) -> String {
    let pointer = pointer(team);
    let line = pointer.lines().nth(1).unwrap();
    line.strip_prefix("oid sha256:").unwrap().to_owned()
}

fn pointer(team: &Team) -> String {
    team.home
        .git_text(&team.first, &["show", &format!("HEAD:{DUMP}")])
        + "\n"
}

#[test]
fn a_whole_dump_comes_by_its_oid_and_replaces_its_own_pointer() {
    let content = dump(300_000, 1);
    let team = Team::that_pushed(slice::from_ref(&content));
    let elsewhere = team.home.work();
    team.agent(
        &elsewhere,
        &["get", &team.s3.store_url("shop"), &oid(&team), "-o", "a.gz"],
    );
    assert_eq!(fs::read(elsewhere.join("a.gz")).unwrap(), content);
    let digits = &oid(&team)[..12];
    let store = team.s3.store_url("shop");
    team.agent(&elsewhere, &["get", &store, digits, "-o", "c.gz"]);
    assert_eq!(fs::read(elsewhere.join("c.gz")).unwrap(), content);
    fs::write(elsewhere.join("b.gz"), pointer(&team)).unwrap();
    team.agent(
        &elsewhere,
        &[
            "get",
            &team.s3.store_url("shop"),
            "b.gz",
            "--output",
            "b.gz",
        ],
    );
    assert_eq!(fs::read(elsewhere.join("b.gz")).unwrap(), content);
    let left: Vec<_> = fs::read_dir(&elsewhere)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_version_that_is_stored_as_a_recipe_comes_like_any_other() {
    let versions = versions(6_000_000);
    let team = Team::that_pushed(&versions[..2]);
    let oid = oid(&team);
    let keys = team.s3.keys();
    assert!(
        keys.iter()
            .any(|key| key.ends_with(&format!("recipes/{oid}"))),
        "{keys:?}"
    );
    let elsewhere = team.home.work();
    team.agent(
        &elsewhere,
        &["get", &team.s3.store_url("shop"), &oid, "-o", "a.gz"],
    );
    assert!(fs::read(elsewhere.join("a.gz")).unwrap() == versions[1]);
}

#[test]
fn a_pointer_on_standard_input_becomes_the_dump_on_standard_output() {
    let content = dump(300_000, 1);
    let team = Team::that_pushed(slice::from_ref(&content));
    let mut command = team.home.command(AGENT, team.home.work());
    command.args(["get", &team.s3.store_url("shop"), "-", "-o", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(pointer(&team).as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(output.stdout == content);
}

#[test]
fn what_is_not_there_is_told_and_nothing_is_written() {
    let team = Team::that_pushed(&[dump(300_000, 1)]);
    let elsewhere = team.home.work();
    let fails = |dump: &str, code: i32, said: &str| {
        let output = team.agent_any(
            &elsewhere,
            &["get", &team.s3.store_url("shop"), dump, "-o", "a.gz"],
        );
        assert_eq!(output.status.code(), Some(code), "{}", text(&output));
        assert!(text(&output).contains(said), "{}", text(&output));
        assert!(!elsewhere.join("a.gz").exists());
    };
    fails(&"ab".repeat(32), 1, "has no dump abab");
    fails("abababababab", 1, "has no dump abab");
    for last in ["1", "2"] {
        let oid = format!("{}{last}", "c".repeat(63));
        team.s3.put(&format!("shop/cc/cc/{oid}"), b"x");
    }
    fails("ccccccc", 2, "the oids of 2 dumps begin with `ccccccc`");
    fails("nowhere", 2, "`nowhere` is neither an oid nor a file");
    fs::write(elsewhere.join("text"), "no pointer\n").unwrap();
    fails("text", 2, "`text` is neither an oid nor a git-lfs pointer");
}
