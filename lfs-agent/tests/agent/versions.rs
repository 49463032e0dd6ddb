//! Versions of a dump through real git-lfs: what they cost to move, and what looks after them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::common::{DUMP, Team, assert_dump, text, versions};
use testkit_s3::proxy::Shaping;

/// Large enough for several parts.
const LENGTH: usize = 10_000_000;

/// How long nothing is taken out by `prune`, and more.
const LONG: Duration = Duration::from_hours(24 * 20);

/// A team that has pushed three versions.
fn team_with_three() -> Team {
    let team = Team::that_pushed(&versions(LENGTH));
    assert_eq!(
        [team.keys("/recipes/").len(), team.keys("/packs/").len()],
        [2, 2]
    );
    team
}

fn age_all(team: &Team) {
    for key in team.s3.keys() {
        team.s3.age(&key, LONG);
    }
}

#[test]
fn a_version_costs_what_changed_both_ways() {
    let (team, proxy) = Team::behind(Shaping::default());
    let [first, second, third] = versions(LENGTH);
    team.push(&team.first, &first);
    let clone = team.clone("second");
    let most = LENGTH as u64 * 3 / 100;
    for content in [&second, &third] {
        let before = (proxy.sent(), proxy.received());
        team.push(&team.first, content);
        let moved = (proxy.sent() - before.0, proxy.received() - before.1);
        assert!(moved.0 + moved.1 < most, "the push moved {moved:?}");
        let before = (proxy.sent(), proxy.received());
        team.home.git(&clone, &["pull", "-q", "origin", "main"]);
        let moved = (proxy.sent() - before.0, proxy.received() - before.1);
        assert!(moved.0 + moved.1 < most, "the pull moved {moved:?}");
        assert_dump(&clone, content);
    }
    // What didn't change costs nothing: not a byte of it is sent again.
    let before = proxy.sent();
    team.home
        .git(&team.first, &["lfs", "push", "--all", "origin"]);
    assert!(proxy.sent() - before < 20_000, "{}", proxy.sent() - before);
    // A clone that has nothing gets all of it.
    let third_clone = team.clone("third");
    assert_dump(&third_clone, &third);
    team.home.git(&third_clone, &["checkout", "-q", "HEAD~1"]);
    assert_dump(&third_clone, &second);
}

#[test]
fn dumps_are_whole_for_who_says_so() {
    let team = Team::new();
    let [first, second, _] = versions(LENGTH);
    team.push(&team.first, &first);
    team.home
        .git(&team.first, &["config", "lfs-agent.whole", "true"]);
    team.push(&team.first, &second);
    assert_eq!(team.keys("/recipes/"), Vec::<String>::new());
    assert_eq!(team.s3.keys().len(), 2);
    let url = fs::read_to_string(team.first.join(".lfsconfig")).unwrap();
    assert!(!url.contains("whole"));
    let store = format!("s3://{}/shop", team.s3.bucket());
    team.agent(&team.first, &["init", &store, "--whole", "--force"]);
    let url = fs::read_to_string(team.first.join(".lfsconfig")).unwrap();
    assert!(url.contains("?whole=true"), "{url}");
}

#[test]
fn ls_shows_what_versions_save() {
    let team = team_with_three();
    let said = team.says(&["ls"], 0);
    let hows: Vec<&str> = said
        .lines()
        .filter(|line| line.ends_with(DUMP))
        .map(|line| line.split_whitespace().rev().nth(1).unwrap())
        .collect();
    assert_eq!(hows, ["recipe", "recipe", "whole"], "{said}");
    assert!(said.contains("3 versions of 30 MB in 10 MB"), "{said}");
}

#[test]
fn fsck_looks_into_recipes() {
    let team = team_with_three();
    assert!(team.says(&["fsck", "--fast"], 0).contains("3 dumps"));
    assert!(
        team.says(&["fsck"], 0)
            .contains("all there, whole and right")
    );
    // A pack that is damaged shows when it is read, one that is missing at once.
    let pack = team.keys("/packs/").remove(0);
    let right = team.s3.read(&pack).unwrap();
    let mut wrong = right.clone();
    wrong[5000] ^= 1;
    team.s3.put(&pack, &wrong);
    assert!(team.says(&["fsck", "--fast"], 0).contains("3 dumps"));
    let said = team.says(&["fsck"], 1);
    assert!(
        said.contains("incomplete ") && said.contains(&format!("{pack} is damaged")),
        "{said}"
    );
    team.s3.delete(&pack);
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(said.contains(&format!("{pack} isn't there")), "{said}");
    team.s3.put(&pack, &right[..100]);
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(
        said.contains(&format!("{pack} has 100 bytes and not ")),
        "{said}"
    );
    team.s3.put(&pack, &right);
    let recipe = team.keys("/recipes/").remove(0);
    let text = team.s3.read(&recipe).unwrap();
    team.s3.put(&recipe, &text[..200]);
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(
        said.contains("bad-recipe ") && said.contains("can't be used: its end is missing"),
        "{said}"
    );
    team.s3.put(&recipe, b"lfs-agent recipe 3\n");
    let said = team.says(&["fsck", "--fast"], 1);
    assert!(said.contains("version 3 of the format"), "{said}");
    // The whole objects are all that is needed to mend it.
    team.s3.delete(&recipe);
    team.home.git(
        &team.first,
        &[
            "-c",
            "lfs-agent.whole=true",
            "lfs",
            "push",
            "--all",
            "origin",
        ],
    );
    assert!(team.says(&["fsck"], 0).contains("all there"));
}

#[test]
fn prune_keeps_what_recipes_need() {
    let team = Team::new();
    let [first, second, third] = versions(LENGTH);
    team.push(&team.first, &first);
    let base = team.s3.keys().remove(0);
    // The first version is in no history any more, but the others are built on it.
    team.home
        .git(&team.first, &["checkout", "-q", "--orphan", "anew"]);
    team.push(&team.first, &second);
    team.push(&team.first, &third);
    team.home.git(&team.first, &["branch", "-q", "-D", "main"]);
    team.home
        .git(&team.bare, &["symbolic-ref", "HEAD", "refs/heads/anew"]);
    team.home
        .git(&team.first, &["push", "-q", "origin", "--delete", "main"]);
    forget_history(&team, &team.first);
    age_all(&team);
    assert!(
        team.says(&["prune", "--delete"], 0)
            .contains("Moved 0 (0 B)")
    );
    assert!(team.s3.keys().contains(&base));

    // A recipe that can't be read could need anything.
    let recipe = team.keys("/recipes/").remove(0);
    let right = team.s3.read(&recipe).unwrap();
    team.s3.put(&recipe, &right[..100]);
    let said = team.says(&["prune", "--delete"], 1);
    assert!(said.contains("its end is missing"), "{said}");
    team.s3.put(&recipe, &right);
    age_all(&team);

    // The last version is taken back: its recipe and its pack go, in two steps.
    let before = team.s3.keys().len();
    team.home
        .git(&team.first, &["reset", "-q", "--hard", "HEAD~1"]);
    team.home
        .git(&team.first, &["push", "-q", "-f", "origin", "anew"]);
    forget_history(&team, &team.first);
    team.says(&["prune", "--delete"], 0);
    assert_eq!(team.keys("/trash/").len(), 2, "{:?}", team.s3.keys());
    assert_eq!(team.s3.keys().len(), before);
    // Somebody needs it after all, and gets it from the trash, from which it is put back.
    team.commit(&team.first, &third);
    let lfs = team.first.join(".git/lfs/objects");
    fs::remove_dir_all(lfs).unwrap();
    team.home.git(&team.first, &["lfs", "fetch"]);
    team.says(&["prune", "--delete"], 0);
    assert_eq!(team.keys("/trash/"), Vec::<String>::new());
    assert!(team.says(&["fsck"], 0).contains("all there"));
}

/// Lets git forget what no ref names.
fn forget_history(team: &Team, repository: &Path) {
    team.home
        .git(repository, &["reflog", "expire", "--expire=now", "--all"]);
}

#[test]
fn a_pull_that_meets_a_recipe_of_the_future_says_what_to_do() {
    let team = team_with_three();
    for recipe in team.keys("/recipes/") {
        team.s3
            .put(&recipe, b"lfs-agent recipe 7\nsomething else\n");
    }
    let bare = team.bare.to_string_lossy().into_owned();
    let mut clone = team.home.command("git", team.home.work());
    let output = clone.args(["clone", "-q", &bare, "late"]).output().unwrap();
    let said = text(&output);
    assert!(!output.status.success());
    assert!(
        said.contains("version 7 of the format, and this program reads versions 1 and 2"),
        "{said}"
    );
    assert!(
        said.contains("hint: a newer lfs-agent wrote it: install that"),
        "{said}"
    );
}

/// Whoever has the documentation and any way to get bytes out of the bucket gets the dump.
#[cfg(unix)]
#[test]
fn the_documented_script_follows_a_recipe() {
    let team = team_with_three();
    let directory = team.home.scratch().join("by-hand");
    fs::create_dir(&directory).unwrap();
    for key in team.s3.keys() {
        let path = directory.join(key.strip_prefix("shop/").unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, team.s3.read(&key).unwrap()).unwrap();
    }
    let documentation = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/s3-layout.md");
    let documentation = fs::read_to_string(documentation).unwrap();
    let (_, rest) = documentation
        .split_once("Without this project, a recipe is followed like this")
        .unwrap();
    let (script, _) = rest
        .split_once("```\n")
        .and_then(|(_, block)| block.split_once("```"))
        .unwrap();
    let fetch = "fetch() { tail -c \"+$(($2 + 1))\" \"$1\" | head -c \"$(($3 - $2 + 1))\"; }";
    for recipe in team.keys("/recipes/") {
        let recipe = recipe.strip_prefix("shop/").unwrap();
        fs::copy(directory.join(recipe), directory.join("recipe")).unwrap();
        let mut shell = team.home.command("sh", &directory);
        let output = shell.args(["-c", &format!("{fetch}\n{script}")]).output();
        let said = text(&output.unwrap());
        let oid = recipe.rsplit('/').next().unwrap();
        assert!(said.starts_with(oid), "{oid}: {said}");
    }
}
