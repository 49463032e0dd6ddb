//! Versions whose rows changed everywhere, stored as what has changed in their texts, through real git and git-lfs: what is
//! damaged comes back, nothing that they stand on is taken, and they are the same from anywhere.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::common::{Team, assert_dump, text};
use dump_gzip::MemberWriter;
use dump_store::Oid;
use testkit_s3::s3::EmbeddedS3;

/// What takes everything out at once that isn't needed.
const NOW: [&str; 4] = ["prune", "--delete", "--grace", "0"];

/// Some 2.5 MB, of which smaller ones are always whole.
const ROWS: u64 = 120_000;

/// The version in which so many times another row of a hundred has changed.
fn version(version: u64) -> Vec<u8> {
    let mut writer = MemberWriter::new(Vec::new(), 2);
    writer.write_all(b"COPY orders FROM stdin;\n").unwrap();
    for number in 0..ROWS {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let turn = (number.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32) % 100;
        let value = 1000
            + mixed % 9000
            + if (1..=version).contains(&turn) {
                10_000 * turn
            } else {
                0
            };
        let day = mixed % 28 + 1;
        writeln!(
            writer,
            "{number}\tcustomer {}\t{value}\t2024-01-{day:02}\t{mixed:016x}",
            mixed % 5000
        )
        .unwrap();
    }
    writer.write_all(b"\\.\n").unwrap();
    writer.finish().unwrap()
}

/// What is in a bucket: keys and contents.
type Kept = Vec<(String, Vec<u8>)>;

/// A team that has pushed a whole version and three of texts, and what is in its bucket.
fn team() -> (Team, Vec<Vec<u8>>, Kept) {
    let dumps: Vec<Vec<u8>> = (0..4).map(version).collect();
    let team = Team::that_pushed(&dumps);
    let kept = kept(&team.s3);
    assert_eq!(kept.len(), 7, "a whole one, three packs and recipes");
    for (key, content) in kept.iter().filter(|(key, _)| key.contains("/recipes/")) {
        assert!(content.starts_with(b"lfs-agent recipe 2\n"), "{key}");
    }
    (team, dumps, kept)
}

fn kept(s3: &EmbeddedS3) -> Kept {
    let keys = s3.keys().into_iter();
    keys.map(|key| (key.clone(), s3.read(&key).unwrap()))
        .collect()
}

fn reset(team: &Team, kept: &[(String, Vec<u8>)]) {
    for key in team.s3.keys() {
        team.s3.delete(&key);
    }
    for (key, content) in kept {
        team.s3.put(key, content);
    }
}

fn damaged(right: &[u8], how: &str) -> Option<Vec<u8>> {
    let mut flipped = right.to_vec();
    flipped[150] ^= 1;
    match how {
        "cut" => Some(right[..right.len() / 2].to_vec()),
        "flipped" => Some(flipped),
        _ => None,
    }
}

/// Damages what is under each key in each way, and lets `mend` put it back.
fn for_each_damage(team: &Team, kept: &[(String, Vec<u8>)], mend: impl Fn(&str, &str)) {
    for (key, right) in kept {
        for how in ["deleted", "cut", "flipped"] {
            match damaged(right, how) {
                Some(content) => team.s3.put(key, &content),
                None => team.s3.delete(key),
            }
            mend(key, how);
            reset(team, kept);
        }
    }
}

/// Every version can be fetched into an empty clone.
#[track_caller]
fn assert_all_come(team: &Team, dumps: &[Vec<u8>], context: &str) {
    let empty = team.clone_pointers("empty");
    for (age, content) in dumps.iter().rev().enumerate() {
        team.home.git(
            &empty,
            &["lfs", "fetch", "origin", &format!("origin/main~{age}")],
        );
        let fetched = Oid::of(content).path_below(&empty.join(".git/lfs/objects"));
        assert!(fs::read(fetched).unwrap() == *content, "{context}: {age}");
        // Of the next one nothing is here.
        fs::remove_dir_all(empty.join(".git/lfs")).unwrap();
    }
    fs::remove_dir_all(empty).unwrap();
}

/// Runs the command that a hint names.
#[track_caller]
fn obey(team: &Team, directory: &Path, said: &str) -> String {
    let (_, hint) = said.split_once("hint: ").expect("a hint");
    let command = hint.split('`').nth(1).expect("a command in the hint");
    let mut words = command.split(' ');
    let mut command = team.home.command(words.next().unwrap(), directory);
    let output = command.args(words).output().expect("the command starts");
    assert!(output.status.success(), "{said}: {}", text(&output));
    text(&output)
}

#[test]
fn what_fsck_hints_puts_back_whatever_was_damaged() {
    let (team, dumps, kept) = team();
    let said = team.says(&["fsck"], 0);
    assert!(
        said.contains("4 dumps") && said.contains("whole and right"),
        "{said}"
    );
    for_each_damage(&team, &kept, |key, how| {
        let found = team.says(&["fsck"], 1);
        assert!(
            found.contains(key) || how == "deleted",
            "{key} {how}: {found}"
        );
        let repaired = obey(&team, &team.first, &found);
        assert!(repaired.contains("repaired "), "{key} {how}: {repaired}");
        let said = team.says(&["fsck"], 0);
        assert!(
            said.contains("all there, whole and right"),
            "{key} {how}: {said}"
        );
    });
    assert_all_come(&team, &dumps, "at the end");
}

/// A fetch that fails says what mends it, for the one who has the version before.
#[test]
fn what_a_failing_fetch_hints_mends_it() {
    let (team, dumps, kept) = team();
    let late = team.clone_pointers("late");
    let fetch = ["lfs", "fetch", "origin", "main"];
    for_each_damage(&team, &kept, |key, how| {
        let fetched = team.home.git_any(&late, &fetch);
        if !fetched.status.success() {
            obey(&team, &team.first, &text(&fetched));
            team.home.git(&late, &fetch);
        }
        let objects = late.join(".git/lfs/objects");
        let content = fs::read(Oid::of(&dumps[3]).path_below(&objects)).unwrap();
        assert!(content == dumps[3], "{key} {how}");
        fs::remove_dir_all(late.join(".git/lfs")).unwrap();
    });
}

#[test]
fn a_push_puts_back_what_is_missing_or_has_another_size() {
    let (team, _, kept) = team();
    for_each_damage(&team, &kept, |key, how| {
        if how == "flipped" && !key.contains("/recipes/") {
            // The size fits: only who reads it can know.
            return;
        }
        team.home
            .git(&team.first, &["lfs", "push", "--all", "origin"]);
        let said = team.says(&["fsck"], 0);
        assert!(said.contains("4 dumps"), "{key} {how}: {said}");
    });
}

/// Who has only the newest version puts that back, and says what is left.
#[test]
fn a_clone_with_the_newest_alone_puts_that_back() {
    let (team, dumps, kept) = team();
    let late = team.clone("late");
    assert_dump(&late, &dumps[3]);
    for_each_damage(&team, &kept, |key, how| {
        let repaired = team.agent_any(&late, &["fsck", "--repair"]);
        let said = text(&repaired);
        assert!(matches!(repaired.status.code(), Some(0 | 1)), "{said}");
        let fresh = team.clone(&format!("fresh-{how}"));
        assert_dump(&fresh, &dumps[3]);
        fs::remove_dir_all(fresh).unwrap();
        // What nobody there has is named, with how many versions it takes with it.
        let is_whole = repaired.status.success();
        assert!(is_whole || said.contains("hint: "), "{key} {how}: {said}");
        if is_whole {
            team.says(&["fsck"], 0);
        }
    });
}

#[test]
fn prune_keeps_what_texts_stand_on() {
    let (team, dumps, kept) = team();
    let git = |arguments: &[&str]| team.home.git(&team.first, arguments);
    // History is the newest version alone.
    git(&["checkout", "-q", "--orphan", "only"]);
    git(&["commit", "-q", "-m", "Only the newest"]);
    git(&["push", "-q", "--force", "origin", "only:main"]);
    git(&["branch", "-q", "-M", "only", "main"]);
    git(&["fetch", "-q", "--prune", "origin"]);
    git(&["reflog", "expire", "--expire=now", "--all"]);
    git(&["gc", "-q", "--prune=now"]);
    for _ in 0..2 {
        crate::common::hint::prune_by_hints(&team, &team.first, &NOW);
    }
    let left = team.s3.keys();
    let recipes = left.iter().filter(|key| key.contains("/recipes/")).count();
    assert_eq!(recipes, 1, "{left:?}");
    assert!(left.len() < kept.len(), "{left:?}");
    let fresh = team.clone("fresh");
    assert_dump(&fresh, &dumps[3]);
    assert!(team.says(&["fsck"], 0).contains("whole and right"));
}

#[test]
fn a_mirror_has_all_that_texts_stand_on() {
    let (team, dumps, kept) = team();
    let other = EmbeddedS3::start();
    let (here, there) = (team.s3.store_url("shop"), other.store_url("new"));
    let said = team.says(&["mirror", &here, &there], 0);
    assert!(said.contains("Copied 7 of 7"), "{said}");
    for content in &dumps {
        let file = team.home.scratch().join("got");
        let file = file.to_string_lossy();
        let oid = Oid::of(content).to_hex();
        team.says(&["get", &there, &oid, "-o", &file], 0);
        assert!(fs::read(&*file).unwrap() == *content, "{oid}");
    }
    // What is incomplete stays behind, and is named.
    let (pack, _) = kept
        .iter()
        .find(|(key, _)| key.contains("/packs/"))
        .unwrap();
    team.s3.delete(pack);
    let third = EmbeddedS3::start();
    team.says(&["mirror", &here, &third.store_url("new")], 1);
    let recipes = third.keys();
    let recipes = recipes.iter().filter(|key| key.contains("/recipes/"));
    assert!(recipes.count() < 3, "one without its pack was copied");
}

#[test]
fn a_shallow_clone_fetches_its_version_and_says_what_it_knows() {
    let (team, dumps, _) = team();
    let from = format!("file://{}", team.bare.display());
    let shallow: PathBuf = team.home.work().join("shallow");
    team.home.git(
        team.home.work(),
        &["clone", "-q", "--depth", "1", &from, "shallow"],
    );
    assert_dump(&shallow, &dumps[3]);
    let checked = team.agent(&shallow, &["fsck"]);
    let said = text(&checked);
    assert!(
        said.contains("1 dump") && said.contains("shallow"),
        "{said}"
    );
    // The next version is stored as texts from there too.
    let next = version(4);
    team.push(&shallow, &next);
    let recipe = format!("recipes/{}", Oid::of(&next).to_hex());
    assert_eq!(team.keys(&recipe).len(), 1);
    let fresh = team.clone("fresh");
    assert_dump(&fresh, &next);
}
