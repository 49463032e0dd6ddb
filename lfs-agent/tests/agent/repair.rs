//! What is damaged or missing in a store, and how it is put back: by a push, by `fsck --repair`, by what the hints say.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::sound::assert_store_is_sound;
use crate::common::{DUMP, Team, text, versions};
use dump_store::Oid;
use testkit_s3::proxy::{Fault, FaultProxy, Matching, Shaping};

/// Large enough for recipes, and quick to compare.
const LENGTH: usize = 4_000_000;

/// Of the newest version.
const FETCH: &[&str] = &["lfs", "fetch", "origin", "main"];

/// What can happen to something in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    Deleted,
    Cut,
    Flipped,
}

const DAMAGES: [Damage; 3] = [Damage::Deleted, Damage::Cut, Damage::Flipped];

fn damage(team: &Team, key: &str, how: Damage) {
    let right = team.s3.read(key).unwrap();
    let mut flipped = right.clone();
    flipped[150] ^= 1;
    match how {
        Damage::Deleted => team.s3.delete(key),
        Damage::Cut => team.s3.put(key, &right[..right.len() / 2]),
        Damage::Flipped => team.s3.put(key, &flipped),
    }
}

/// A team that has pushed three versions, and all that is in its bucket: the whole oldest one, and the packs and recipes of
/// the middle and the newest.
fn team_with_three() -> (Team, Vec<(String, Vec<u8>)>) {
    let team = Team::that_pushed(&versions(LENGTH));
    let kept = kept(&team);
    assert_eq!(kept.len(), 5);
    (team, kept)
}

fn kept(team: &Team) -> Vec<(String, Vec<u8>)> {
    let keys = team.s3.keys().into_iter();
    keys.map(|key| (key.clone(), team.s3.read(&key).unwrap()))
        .collect()
}

/// Makes the bucket what it was.
fn reset(team: &Team, kept: &[(String, Vec<u8>)]) {
    for key in team.s3.keys() {
        team.s3.delete(&key);
    }
    for (key, content) in kept {
        team.s3.put(key, content);
    }
}

/// Runs the command that a hint names, in the first developer's clone.
#[track_caller]
fn obey(team: &Team, said: &str) -> Output {
    let (_, hint) = said.split_once("hint: ").expect("a hint");
    let command = hint.split('`').nth(1).expect("a command in the hint");
    let mut words = command.split(' ');
    let mut command = team.home.command(words.next().unwrap(), &team.first);
    command.args(words).output().expect("the command starts")
}

#[track_caller]
fn assert_whole(team: &Team, context: &str) {
    let said = team.says(&["fsck"], 0);
    assert!(
        said.contains("all there, whole and right"),
        "{context}: {said}"
    );
    assert!(!said.contains("note: "), "{context}: {said}");
    assert_store_is_sound(team);
}

/// The oldest, the middle and the newest version, each of their parts, in each way.
#[test]
fn what_fsck_hints_puts_back_whatever_was_damaged() {
    let (team, kept) = team_with_three();
    for (key, _) in &kept {
        for how in DAMAGES {
            let context = format!("{key} {how:?}");
            damage(&team, key, how);
            let found = team.says(&["fsck"], 1);
            assert!(
                found.contains(key) || how == Damage::Deleted,
                "{context}: {found}"
            );
            let repaired = obey(&team, &found);
            assert_eq!(
                repaired.status.code(),
                Some(0),
                "{context}: {}",
                text(&repaired)
            );
            assert!(
                text(&repaired).contains("repaired "),
                "{context}: {}",
                text(&repaired)
            );
            assert_whole(&team, &context);
            reset(&team, &kept);
        }
    }
}

/// What a failing fetch hints at mends it for the one who couldn't fetch.
#[test]
fn what_a_failing_fetch_hints_mends_it() {
    let (team, kept) = team_with_three();
    let late = team.clone_pointers("late");
    let [_, _, newest] = versions(LENGTH);
    for (key, _) in &kept {
        for how in DAMAGES {
            damage(&team, key, how);
            let mut fetch = team.home.command("git", &late);
            let fetched = fetch.args(FETCH).output().unwrap();
            if !fetched.status.success() {
                let repaired = obey(&team, &text(&fetched));
                assert!(
                    repaired.status.success(),
                    "{key} {how:?}: {}",
                    text(&repaired)
                );
                team.home.git(&late, FETCH);
            }
            let objects = late.join(".git/lfs/objects");
            let content = fs::read(Oid::of(&newest).path_below(&objects)).unwrap();
            assert!(content == newest, "{key} {how:?}");
            fs::remove_dir_all(objects).unwrap();
            reset(&team, &kept);
        }
    }
}

#[test]
fn a_push_puts_back_what_is_missing_or_has_another_size() {
    let (team, kept) = team_with_three();
    for (key, right) in &kept {
        for how in DAMAGES {
            if how == Damage::Flipped && !key.contains("/recipes/") {
                // The size fits: only who reads it can know.
                continue;
            }
            damage(&team, key, how);
            team.home
                .git(&team.first, &["lfs", "push", "--all", "origin"]);
            let said = team.says(&["fsck"], 0);
            assert!(said.contains("3 dumps"), "{key} {how:?}: {said}");
            if !key.contains("/recipes/") {
                assert!(
                    team.s3.read(key).as_ref() == Some(right),
                    "{key} {how:?}: what others stand on is back"
                );
            }
            reset(&team, &kept);
        }
    }
}

#[test]
fn several_damages_at_once_are_put_back() {
    let (team, kept) = team_with_three();
    for how in [Damage::Deleted, Damage::Flipped] {
        for (key, _) in &kept {
            damage(&team, key, how);
        }
        let said = team.says(&["fsck", "--repair"], 0);
        assert!(said.contains("all there, whole and right"), "{said}");
        assert_whole(&team, "all of it");
    }
    // An empty bucket is filled again.
    for key in team.s3.keys() {
        team.s3.delete(&key);
    }
    team.says(&["fsck", "--repair", "--fast"], 0);
    assert_whole(&team, "nothing was left");
}

#[test]
fn repairing_what_is_right_stores_nothing() {
    let (team, kept_before) = team_with_three();
    let said = team.says(&["fsck", "--repair"], 0);
    assert!(!said.contains("repaired"), "{said}");
    assert!(kept(&team) == kept_before);
}

/// Commits, paths and keys of what nobody here has; and what still can be put back is.
#[test]
fn what_this_clone_has_not_is_named_and_another_clone_puts_it_back() {
    let (team, kept) = team_with_three();
    let late = team.clone("late");
    let base = &kept
        .iter()
        .find(|(key, _)| !key.contains("packs/") && !key.contains("recipes/"))
        .unwrap()
        .0;
    team.s3.delete(base);
    let repaired = team.agent_any(&late, &["fsck", "--repair"]);
    let said = text(&repaired);
    assert_eq!(repaired.status.code(), Some(1), "{said}");
    let commit = |reference: &str| {
        team.home
            .git_text(&late, &["rev-parse", "--short=10", reference])
    };
    let oid = base.rsplit('/').next().unwrap();
    assert!(
        said.contains(&format!(
            "missing {oid} {DUMP} (since commit {})",
            commit("HEAD~2")
        )),
        "{said}"
    );
    assert!(
        said.contains(&format!("(since commit {})", commit("HEAD~1"))),
        "{said}"
    );
    assert!(
        !said.contains(&commit("HEAD")),
        "the newest one is here: {said}"
    );
    assert!(
        said.contains(&format!("s3://team-dumps/{base} isn't there")),
        "{said}"
    );
    assert!(
        said.contains("2 of 3 dumps are still not as they should be"),
        "{said}"
    );
    assert_eq!(
        team.keys("/recipes/").len(),
        2,
        "what recipes say of the lost one is kept"
    );
    let mended = obey(&team, &said);
    assert!(mended.status.success(), "{}", text(&mended));
    assert_whole(&team, "the first clone has all");
}

/// The one byte that is wrong in the base is right in the version that this clone has.
#[test]
fn a_flipped_base_is_put_together_from_another_version() {
    let (team, kept) = team_with_three();
    let late = team.clone("late");
    for (key, right) in &kept {
        if key.contains("/recipes/") {
            continue;
        }
        damage(&team, key, Damage::Flipped);
        let repaired = team.agent_any(&late, &["fsck", "--repair"]);
        let said = text(&repaired);
        assert_eq!(repaired.status.code(), Some(0), "{key}: {said}");
        assert!(
            said.contains(&format!(
                "repaired s3://team-dumps/{key}: put back from pieces"
            )),
            "{said}"
        );
        assert!(team.s3.read(key).as_ref() == Some(right), "{key}");
    }
    assert_whole(&team, "from pieces");
}

#[test]
fn a_local_copy_that_is_damaged_is_not_stored() {
    let (team, kept) = team_with_three();
    for (key, _) in &kept {
        team.s3.delete(key);
    }
    let objects = team.first.join(".git/lfs/objects");
    let mut locals = Vec::new();
    files(&objects, &mut locals);
    for path in &locals {
        let mut content = fs::read(path).unwrap();
        content[1000] ^= 1;
        let mut permissions = fs::metadata(path).unwrap().permissions();
        #[expect(
            clippy::permissions_set_readonly_false,
            reason = "it is a scratch file"
        )]
        permissions.set_readonly(false);
        fs::set_permissions(path, permissions).unwrap();
        fs::write(path, content).unwrap();
    }
    let said = team.says(&["fsck", "--repair"], 1);
    assert!(said.contains("failed s3://team-dumps/shop/"), "{said}");
    assert!(
        said.contains("isn't the object that git-lfs says it is"),
        "{said}"
    );
    assert_eq!(team.s3.keys(), Vec::<String>::new());
}

fn files(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A team behind a proxy that has pushed three versions.
fn team_behind() -> (Team, FaultProxy, Vec<(String, Vec<u8>)>) {
    let (team, proxy) = Team::behind(Shaping::default());
    for version in &versions(LENGTH) {
        team.push(&team.first, version);
    }
    let kept = kept(&team);
    (team, proxy, kept)
}

#[test]
fn a_bucket_that_takes_nothing_is_told() {
    let (team, proxy, kept) = team_behind();
    let packs = team.keys("/packs/");
    damage(&team, &packs[0], Damage::Cut);
    let before = self::kept(&team);
    proxy.inject(Matching::method("PUT"), Fault::denied());
    let said = team.says(&["fsck", "--repair"], 1);
    assert!(
        said.contains(&format!("failed s3://team-dumps/{}", packs[0])),
        "{said}"
    );
    assert!(said.contains("403 AccessDenied"), "{said}");
    assert!(
        said.contains("hint: these credentials may not do it") && said.contains("s3:PutObject"),
        "{said}"
    );
    assert!(self::kept(&team) == before, "nothing was made worse");
    proxy.heal();
    team.says(&["fsck", "--repair"], 0);
    assert_eq!(self::kept(&team).len(), kept.len());
}

/// A recipe that can't be used beside a whole object does no harm to the dump, and stops `prune`.
#[test]
fn a_recipe_that_nothing_needs_is_told_and_deleted() {
    let (team, _) = team_with_three();
    let whole = [
        "-c",
        "lfs-agent.whole=true",
        "lfs",
        "push",
        "--all",
        "origin",
    ];
    team.home.git(&team.first, &whole);
    let recipe = team.keys("/recipes/").remove(0);
    damage(&team, &recipe, Damage::Flipped);
    let said = team.says(&["fsck"], 0);
    assert!(
        said.contains(&format!("note: s3://team-dumps/{recipe} can't be used")),
        "{said}"
    );
    let stopped = team.says(&["prune"], 1);
    let repaired = obey(&team, &stopped);
    assert!(repaired.status.success(), "{}", text(&repaired));
    assert!(!team.s3.keys().contains(&recipe));
    team.says(&["prune"], 0);
    assert_whole(&team, "it is gone");
}

#[test]
fn faults_of_the_network_are_no_damage() {
    let (team, proxy, kept) = team_behind();
    let get = || Matching::method("GET").target("shop/");
    for fault in [
        Fault::CutAnswer { missing: 100 },
        Fault::ShortAnswer { missing: 100 },
        Fault::LongAnswer { extra: 100 },
        Fault::OverlongAnswer { extra: 100 },
        Fault::FlipAnswerBit { at: 100 },
        Fault::answer(503, "SlowDown"),
    ] {
        for nth in [1, 3] {
            proxy.inject(get().nth(nth), fault.clone());
        }
        let said = team.says(&["fsck", "--repair"], 0);
        assert!(!said.contains("repaired"), "{fault:?}: {said}");
        proxy.heal();
    }
    assert!(self::kept(&team) == kept);
}

#[cfg(unix)]
#[test]
fn a_repair_may_be_killed_between_any_two_requests() {
    use crate::common::kill::{Victim, kill_when};
    let (team, proxy) = Team::behind(Shaping {
        delay: std::time::Duration::from_millis(4),
        bytes_per_second: None,
    });
    for version in &versions(LENGTH) {
        team.push(&team.first, version);
    }
    let kept = kept(&team);
    let repair = ["-c", "alias.mend=!lfs-agent fsck --repair", "mend"];
    let mut kills = 0;
    // Every third, which is enough to meet each kind of request.
    for requests in (1..).step_by(3) {
        reset(&team, &kept);
        damage(&team, &kept[0].0, Damage::Deleted);
        damage(&team, &team.keys("/packs/")[0], Damage::Cut);
        damage(&team, &team.keys("/recipes/")[0], Damage::Flipped);
        proxy.clear_requests();
        let due = || proxy.requests().len() >= requests;
        if !kill_when(&team, &team.first, &repair, Victim::All, due) {
            break;
        }
        kills += 1;
        team.says(&["fsck", "--repair"], 0);
        assert_store_is_sound(&team);
    }
    assert!(kills >= 3, "{kills} kills");
    assert_whole(&team, "in the end");
}

#[test]
fn what_is_in_the_trash_is_put_back() {
    let (team, kept) = team_with_three();
    let late = team.clone_pointers("late");
    for part in ["/recipes/", "/packs/", "/"] {
        for (key, content) in kept.iter().filter(|(key, _)| key.contains(part)) {
            let place = key.strip_prefix("shop/").unwrap();
            let place = if place.contains('s') {
                place
            } else {
                &place[6..]
            };
            team.s3.put(&format!("shop/trash/{place}"), content);
            team.s3.delete(key);
        }
        let said = text(&team.agent_any(&late, &["fsck"]));
        assert!(
            said.contains("in-trash ") && said.contains("is in the trash"),
            "{said}"
        );
        let repaired = team.agent_any(&late, &["fsck", "--repair"]);
        assert!(repaired.status.success(), "{part}: {}", text(&repaired));
        assert!(self::kept(&team) == kept, "{part}: {:?}", team.s3.keys());
    }
}

/// A recipe of a later version isn't damage, and nobody may guess what it says.
#[test]
fn a_recipe_of_the_future_is_left_alone() {
    let (team, _) = team_with_three();
    let recipe = team.keys("/recipes/").remove(0);
    let future = b"lfs-agent recipe 7\nsomething else\n";
    team.s3.put(&recipe, future);
    for arguments in [&["fsck"][..], &["fsck", "--repair"]] {
        let said = team.says(arguments, 1);
        assert!(said.contains("hint: a newer lfs-agent wrote it"), "{said}");
    }
    team.home
        .git(&team.first, &["lfs", "push", "--all", "origin"]);
    assert_eq!(team.s3.read(&recipe).unwrap(), future);
}

fn json(output: &Output) -> serde_json::Value {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))
}

/// The form that the documentation promises: every key of its example, and no other.
#[test]
fn the_json_is_as_documented() {
    let (team, kept) = team_with_three();
    let sound = json(&team.agent_any(&team.first, &["fsck", "--json"]));
    assert_eq!(sound["store"], "s3://team-dumps/shop");
    assert_eq!(sound["depth"], "contents");
    assert_eq!(sound["history"], "complete");
    assert_eq!(
        (&sound["dumps"], &sound["findings"]),
        (&3.into(), &serde_json::json!([]))
    );
    let base = &kept
        .iter()
        .find(|(key, _)| !key.contains("packs/") && !key.contains("recipes/"))
        .unwrap()
        .0;
    team.s3.delete(base);
    let late = team.clone_pointers("late");
    let output = team.agent_any(&late, &["fsck", "--fast", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(&output);
    assert_eq!(found["depth"], "sizes");
    let finding = found["findings"].as_array().unwrap().iter();
    let finding = finding
        .clone()
        .find(|finding| finding["kind"] == "missing")
        .unwrap();
    assert_eq!(finding["oid"], *base.rsplit('/').next().unwrap());
    assert_eq!(
        (&finding["size"], &finding["paths"]),
        (&LENGTH.into(), &serde_json::json!([DUMP]))
    );
    assert_eq!(finding["commits"].as_array().unwrap().len(), 1);
    let part = serde_json::json!({
        "key": format!("s3://team-dumps/{base}"), "wrong": "missing", "text": "isn't there"
    });
    assert_eq!(finding["parts"], serde_json::json!([part]));
    let repaired = json(&team.agent(&team.first, &["fsck", "--repair", "--json"]));
    let back = serde_json::json!([{"key": format!("s3://team-dumps/{base}"), "how": "local"}]);
    assert_eq!(repaired["repaired"], back);

    let documentation = include_str!("../../../docs/lfs-agent.md");
    let (_, example) = documentation
        .split_once("\n`lfs-agent fsck --json")
        .unwrap();
    let (_, example) = example.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&example), keys(&sound));
    assert_eq!(keys(&example["findings"][0]), keys(finding));
    assert_eq!(
        keys(&example["findings"][0]["parts"][0]),
        keys(&finding["parts"][0])
    );
    assert_eq!(
        keys(&example["repaired"][0]),
        keys(&repaired["repaired"][0])
    );
}

#[test]
fn a_shallow_clone_says_what_it_did_not_check() {
    let (team, _) = team_with_three();
    let url = format!("file://{}", team.bare.display());
    let mut git = team.home.command("git", team.home.work());
    git.args(["clone", "-q", "--depth", "1", &url, "shallow"]);
    testkit::process::run(git.env("GIT_LFS_SKIP_SMUDGE", "1"));
    let shallow = team.home.work().join("shallow");
    let said = text(&team.agent(&shallow, &["fsck", "--fast"]));
    assert!(
        said.contains("1 dump ") && said.contains("note: this is a shallow clone"),
        "{said}"
    );
    assert_eq!(
        json(&team.agent(&shallow, &["fsck", "--fast", "--json"]))["history"],
        "shallow"
    );
    team.home.git(&shallow, &["fetch", "-q", "--unshallow"]);
    let said = text(&team.agent(&shallow, &["fsck", "--fast"]));
    assert!(
        said.contains("3 dumps") && !said.contains("note: "),
        "{said}"
    );
}

#[test]
fn a_partial_clone_says_what_it_did_not_check() {
    let (team, _) = team_with_three();
    let allow = ["config", "uploadpack.allowFilter", "true"];
    team.home.git(&team.bare, &allow);
    let url = format!("file://{}", team.bare.display());
    let mut git = team.home.command("git", team.home.work());
    git.args(["clone", "-q", "--filter=blob:none", &url, "partial"]);
    testkit::process::run(git.env("GIT_LFS_SKIP_SMUDGE", "1"));
    let partial = team.home.work().join("partial");
    let said = text(&team.agent(&partial, &["fsck", "--fast"]));
    assert!(
        said.contains("1 dump ") && said.contains("note: this is a partial clone: 2 of its files"),
        "{said}"
    );
    let told = json(&team.agent(&partial, &["fsck", "--fast", "--json"]));
    assert_eq!(
        (&told["history"], &told["absent"]),
        (&"partial".into(), &2.into())
    );
    let hint = said.split('`').nth(1).unwrap();
    let words: Vec<&str> = hint.split(' ').skip(1).collect();
    team.home.git(&partial, &words);
    let said = text(&team.agent(&partial, &["fsck", "--fast"]));
    assert!(
        said.contains("3 dumps") && !said.contains("note: "),
        "{said}"
    );
}

#[test]
fn no_dumps_are_not_all_there() {
    let team = Team::new();
    team.home.git(&team.first, &["add", "-A"]);
    team.home
        .git(&team.first, &["commit", "-q", "-m", "No dump yet"]);
    let said = team.says(&["fsck"], 0);
    assert!(
        said.contains("No dump was checked") && !said.contains("all there"),
        "{said}"
    );
    assert_eq!(
        json(&team.agent(&team.first, &["fsck", "--json"]))["dumps"],
        0
    );
}
