//! The commands that look after a store.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use crate::common::hint::follow_hint;
use crate::common::{Team, assert_dump, dump, text};

/// A team with two versions of a dump, and their keys, the older one first.
fn team_with_two() -> (Team, [String; 2]) {
    let team = Team::that_pushed(&[dump(300_000, 1)]);
    let old = team.s3.keys().pop().unwrap();
    team.push(&team.first, &dump(400_000, 2));
    let new = team.s3.keys().into_iter().find(|key| *key != old).unwrap();
    (team, [old, new])
}

fn oid(key: &str) -> &str {
    key.rsplit('/').next().unwrap()
}

#[test]
fn doctor_finds_all_well_and_leaves_nothing_behind() {
    let (team, keys) = team_with_two();
    let said = team.says(&["doctor"], 0);
    for check in [
        "git-lfs",
        "filter",
        "agent",
        "hook",
        "attributes",
        "storage",
        "store",
        "reading",
        "pushing",
    ] {
        assert!(
            said.lines()
                .any(|line| line.starts_with("ok") && line.contains(check)),
            "{check}: {said}"
        );
    }
    assert_eq!(team.says(&["doctor", "--quiet"], 0), "");
    let mut kept = keys.to_vec();
    kept.sort();
    assert_eq!(team.s3.keys(), kept);
}

#[test]
fn doctor_says_the_fix_for_each_thing_that_is_wrong() {
    let (mut team, _) = team_with_two();
    team.home.git(
        &team.first,
        &["config", "--global", "--unset", "filter.lfs.process"],
    );
    std::fs::remove_file(team.first.join(".git/hooks/pre-push")).unwrap();
    team.agent(&team.first, &["uninstall"]);
    team.home.set("AWS_SECRET_ACCESS_KEY", "wrong");
    let said = team.says(&["doctor"], 1);
    for fix in [
        "hint: run `git lfs install --skip-repo`",
        "hint: run `lfs-agent install`",
        "hint: run `git lfs install --local`",
        "hint: the access key is unknown to this store, or its secret or session token is wrong",
        "error: 4 of the checks failed",
    ] {
        assert!(said.contains(fix), "{fix}: {said}");
    }
}

#[test]
fn fsck_finds_nothing_where_all_is_right() {
    let (team, _) = team_with_two();
    assert!(
        team.says(&["fsck"], 0)
            .contains("2 dumps (700 kB) in s3://team-dumps/shop")
    );
    assert!(
        team.says(&["fsck", "--fast"], 0)
            .contains("there and whole")
    );
    assert!(team.says(&["fsck", "HEAD"], 0).contains("2 dumps"));
    assert_eq!(team.says(&["fsck", "--quiet"], 0), "");
}

#[test]
fn fsck_tells_what_is_missing_short_or_damaged_and_who_needs_it() {
    let (team, [old, new]) = team_with_two();
    let commit = team
        .home
        .git_text(&team.first, &["rev-parse", "--short=10", "HEAD~1"]);
    team.s3.delete(&old);
    let mut damaged = dump(400_000, 2);
    damaged[200_000] ^= 1;
    team.s3.put(&new, &damaged);
    let missing = format!(
        "missing {} dumps/02_dummy.sql.gz (since commit {commit})",
        oid(&old)
    );
    let said = team.says(&["fsck"], 1);
    assert!(said.contains(&missing), "{said}");
    assert!(said.contains(&format!("damaged {}", oid(&new))), "{said}");
    assert!(
        said.contains("error: 2 of 2 dumps are not as they should be"),
        "{said}"
    );
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(
        said.contains(&missing) && !said.contains(&format!("damaged {}", oid(&new))),
        "{said}"
    );
    team.s3.put(&new, &damaged[..1000]);
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(
        said.contains("wrong-size ") && said.contains("has 1000 bytes and not 400000"),
        "{said}"
    );
}

#[test]
fn a_ref_that_is_not_there_is_told_as_git_tells_it() {
    let (team, _) = team_with_two();
    assert!(team.says(&["fsck", "nonsense"], 3).contains("nonsense"));
    assert!(
        team.says(&["ls", "--", "--output=/tmp/x"], 3)
            .contains("--output=/tmp/x")
    );
}

#[test]
fn ls_shows_each_version_once_with_how_it_is_stored() {
    let (team, [old, new]) = team_with_two();
    team.s3.delete(&old);
    let said = team.says(&["ls", "--quiet"], 0);
    let lines: Vec<Vec<&str>> = said
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(
        lines[0][2..],
        [
            &oid(&new)[..12],
            "400",
            "kB",
            "400",
            "kB",
            "0",
            "B",
            "whole",
            "dumps/02_dummy.sql.gz"
        ]
    );
    assert_eq!(
        lines[1][2..],
        [
            &oid(&old)[..12],
            "300",
            "kB",
            "-",
            "-",
            "missing",
            "dumps/02_dummy.sql.gz"
        ]
    );
}

#[test]
fn prune_takes_out_only_what_no_ref_names_and_only_when_told() {
    let (team, [old, new]) = team_with_two();
    assert!(
        team.says(&["prune", "--grace", "0"], 0)
            .contains("Would move 0 (0 B) to the trash")
    );
    // A version that nobody needs any more.
    team.home
        .git(&team.first, &["checkout", "-q", "-b", "gone"]);
    team.push(&team.first, &dump(500_000, 3));
    let unneeded = team
        .s3
        .keys()
        .into_iter()
        .find(|key| *key != old && *key != new)
        .unwrap();
    team.home.git(&team.first, &["checkout", "-q", "main"]);
    team.home
        .git(&team.first, &["push", "-q", "origin", "--delete", "gone"]);
    team.home.git(&team.first, &["branch", "-q", "-D", "gone"]);
    assert!(
        team.says(&["prune", "--grace", "0"], 0)
            .contains("Would move 0 (0 B)"),
        "the reflog still names it"
    );
    team.home
        .git(&team.first, &["reflog", "expire", "--expire=now", "--all"]);

    assert!(
        team.says(&["prune"], 0).contains("Would move 0 (0 B)"),
        "it is younger than the grace period"
    );
    let said = team.says(&["prune", "--grace", "0"], 0);
    assert!(
        said.contains(&format!("take-out  {}", oid(&unneeded))),
        "{said}"
    );
    assert!(
        team.s3.keys().contains(&unneeded),
        "nothing is done without --delete"
    );
    team.says(&["prune", "--grace", "0", "--delete"], 0);
    let trash = format!("shop/trash/{}", oid(&unneeded));
    let mut kept = vec![old, new, trash.clone()];
    kept.sort();
    assert_eq!(team.s3.keys(), kept);
    team.says(&["prune", "--delete"], 0);
    assert_eq!(team.s3.keys(), kept, "the trash has a grace period too");
    team.says(&["prune", "--grace", "0", "--delete"], 0);
    kept.retain(|key| *key != trash);
    assert_eq!(team.s3.keys(), kept);
}

#[test]
fn what_was_taken_out_by_mistake_still_comes_and_is_put_back() {
    let (team, [_, new]) = team_with_two();
    // As if another clone had pruned while this one pushed.
    let trash = format!("shop/trash/{}", oid(&new));
    team.s3.put(&trash, &dump(400_000, 2));
    team.s3.delete(&new);
    let second = team.clone("second");
    assert_dump(&second, &dump(400_000, 2));
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(said.contains(&format!("in-trash {}", oid(&new))), "{said}");
    team.says(&["prune", "--delete"], 0);
    assert!(team.s3.keys().contains(&new) && !team.s3.keys().contains(&trash));
    team.says(&["fsck"], 0);
}

#[test]
fn prune_judges_by_no_clone_that_lags_behind() {
    let (team, _) = team_with_two();
    let second = team.clone("second");
    team.push(&second, &dump(500_000, 3));
    let said = team.says(&["prune", "--grace", "0", "--delete"], 2);
    assert!(
        said.contains("doesn't know what `refs/heads/main` of `origin` is now"),
        "{said}"
    );
    follow_hint(&team, &said);
    team.says(&["prune", "--grace", "0", "--delete"], 0);
    assert_eq!(team.s3.keys().len(), 3);
}

#[test]
fn prune_asks_every_repository_that_shares_the_store() {
    let (team, keys) = team_with_two();
    let other = team.home.work().join("other");
    team.home.git(team.home.work(), &["init", "-q", "other"]);
    let lfsconfig = std::fs::read(team.first.join(".lfsconfig")).unwrap();
    std::fs::write(other.join(".lfsconfig"), lfsconfig).unwrap();
    team.home.git(&other, &["add", "-A"]);
    team.home
        .git(&other, &["commit", "-q", "-m", "Share the store"]);
    let judged_by_other = |also: &[&str]| {
        let output = team.agent_any(&other, &[&["prune", "--grace", "0"], also].concat());
        text(&output)
    };
    assert!(judged_by_other(&[]).contains("these keep dumps in s3://team-dumps/shop too"));
    assert!(
        judged_by_other(&["--also", &team.first.to_string_lossy()]).contains("Would move 0 (0 B)")
    );
    let output = team.agent_any(&other, &["prune", "--also", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("`nowhere` is not a directory"),
        "{}",
        text(&output)
    );
    assert_eq!(team.s3.keys().len(), keys.len());
}
