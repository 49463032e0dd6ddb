//! Versions of a dump on a network that fails on cue, and under processes that are killed: through real git-lfs, between
//! the real agent and an S3 server. What shows is always whole, and a second try always succeeds.

use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(unix)]
use crate::common::kill::{Victim, kill_when};
use crate::common::sound::{assert_repository_is_sound, assert_store_is_sound};
use crate::common::{Team, assert_dump, text, versions};
use testkit_s3::proxy::{Fault, FaultProxy, Matching, Shaping};

/// Large enough for recipes, and quick to compare.
const LENGTH: usize = 4_000_000;

/// A network on which requests can be told apart in time.
const DISTANT: Shaping = Shaping {
    delay: Duration::from_millis(4),
    bytes_per_second: None,
};

const PUSH: &[&str] = &["lfs", "push", "origin", "main"];

/// A team that has pushed the first version, and committed the second.
fn team_with_a_change(shaping: Shaping) -> (Team, FaultProxy, [Vec<u8>; 3]) {
    let (team, proxy) = Team::behind(shaping);
    let versions = versions(LENGTH);
    team.push(&team.first, &versions[0]);
    team.commit(&team.first, &versions[1]);
    (team, proxy, versions)
}

/// A team that has pushed two versions, and a clone that has the first and a pointer to the second.
fn team_with_an_old_clone(shaping: Shaping) -> (Team, FaultProxy, [Vec<u8>; 3], PathBuf) {
    let (team, proxy, versions) = team_with_a_change(shaping);
    let clone = team.clone("second");
    team.push_head(&team.first);
    team.home.git(&clone, &["fetch", "-q", "origin"]);
    (team, proxy, versions, clone)
}

/// Lets a clone that has the first version and a pointer to the second have that too.
#[track_caller]
fn pull(team: &Team, clone: &Path, second: &[u8]) {
    team.home.git(clone, &["merge", "-q", "origin/main"]);
    assert_dump(clone, second);
}

#[cfg(unix)]
#[test]
fn a_push_may_be_killed_between_any_two_requests() {
    let (team, proxy, _) = team_with_a_change(DISTANT);
    let before = team.s3.keys();
    let mut kills = 0;
    for requests in 1.. {
        proxy.clear_requests();
        let victim = [Victim::All, Victim::Agents][requests % 2];
        let due = || proxy.requests().len() >= requests;
        if !kill_when(&team, &team.first, PUSH, victim, due) {
            break;
        }
        kills += 1;
        assert_store_is_sound(&team);
        team.home.git(&team.first, PUSH);
        assert_store_is_sound(&team);
        assert_eq!(team.keys("/recipes/").len(), 1, "{:?}", team.s3.keys());
        for key in team.s3.keys() {
            if !before.contains(&key) {
                team.s3.delete(&key);
            }
        }
    }
    // A listing, the pack, a listing for what the recipe names, the recipe, and that listing once more.
    assert!(kills >= 4, "{kills} kills");
}

#[cfg(unix)]
#[test]
fn a_fetch_may_be_killed_between_any_two_requests() {
    let (team, proxy, versions, clone) = team_with_an_old_clone(DISTANT);
    let fetch = &["lfs", "fetch", "origin", "origin/main"];
    let mut kills = 0;
    for requests in 1.. {
        proxy.clear_requests();
        let victim = [Victim::All, Victim::Agents][requests % 2];
        let due = || proxy.requests().len() >= requests;
        if !kill_when(&team, &clone, fetch, victim, due) {
            break;
        }
        kills += 1;
        assert_repository_is_sound(&clone, &versions);
    }
    assert!(kills >= 2, "{kills} kills");
    pull(&team, &clone, &versions[1]);
}

/// The moments differ from run to run, so that many runs meet many.
#[cfg(unix)]
#[test]
fn pushes_and_pulls_may_be_killed_at_any_moment() {
    let slow = Shaping {
        delay: Duration::from_millis(1),
        bytes_per_second: Some(2_000_000),
    };
    let (team, _proxy, versions, clone) = team_with_an_old_clone(slow);
    team.commit(&team.first, &versions[2]);
    let moment = |round: u32| {
        let spread = std::process::id().wrapping_mul(round * 7919) % 400;
        std::time::Instant::now() + Duration::from_millis(10 + u64::from(spread))
    };
    for round in 1..=4 {
        let end = moment(round);
        let due = || std::time::Instant::now() >= end;
        kill_when(&team, &team.first, PUSH, Victim::All, due);
        assert_store_is_sound(&team);
        let end = moment(round + 10);
        let due = || std::time::Instant::now() >= end;
        let merge = ["merge", "-q", "origin/main"];
        kill_when(&team, &clone, &merge, Victim::All, due);
        assert_repository_is_sound(&clone, &versions);
    }
    team.push_head(&team.first);
    assert_store_is_sound(&team);
    let lock = clone.join(".git/index.lock");
    if lock.exists() {
        std::fs::remove_file(lock).unwrap();
    }
    team.home.git(&clone, &["fetch", "-q", "origin"]);
    team.home
        .git(&clone, &["reset", "-q", "--hard", "origin/main"]);
    assert_dump(&clone, &versions[2]);
}

/// Pushes and pulls a version while faults strike, and checks that all is right.
#[track_caller]
fn survives(faults: &[(Matching, Fault)]) {
    let (team, proxy, versions) = team_with_a_change(Shaping::default());
    let clone = team.clone("second");
    let late = team.clone_pointers("late");
    for (matching, fault) in faults {
        proxy.inject(matching.clone(), fault.clone());
    }
    team.push_head(&team.first);
    for clone in [&clone, &late] {
        team.home.git(clone, &["fetch", "-q", "origin"]);
        pull(&team, clone, &versions[1]);
    }
    assert!(
        proxy.struck() >= faults.len() as u64,
        "{} of the faults have struck",
        proxy.struck()
    );
    assert_store_is_sound(&team);
    assert_eq!(team.keys("/recipes/").len(), 1, "{:?}", team.s3.keys());
}

#[test]
fn bursts_of_server_failures_pass() {
    let slow_down = Fault::answer(503, "SlowDown");
    let failure = Fault::answer(500, "InternalError");
    survives(&[
        (
            Matching::method("PUT").target("/packs/").first(2),
            slow_down.clone(),
        ),
        (
            Matching::method("PUT").target("/recipes/").first(2),
            failure.clone(),
        ),
        (Matching::method("HEAD").first(2), failure.clone()),
        (
            Matching::method("GET").target("/recipes/").first(2),
            slow_down,
        ),
        (Matching::method("GET").target("/packs/").first(2), failure),
    ]);
}

#[test]
fn resets_and_lost_answers_pass() {
    let put = |place| Matching::method("PUT").target(place);
    let get = |place| Matching::method("GET").target(place);
    survives(&[
        (put("/packs/").nth(1), Fault::ResetRequest { after: 20_000 }),
        (put("/packs/").nth(2), Fault::LoseAnswer),
        (put("/recipes/").nth(1), Fault::ResetRequest { after: 100 }),
        (put("/recipes/").nth(2), Fault::LoseAnswer),
        (get("/recipes/").nth(1), Fault::ResetAnswer { after: 100 }),
        (get("/recipes/").nth(2), Fault::LoseAnswer),
        (get("/packs/").nth(1), Fault::ResetAnswer { after: 20_000 }),
        (get("/packs/").nth(2), Fault::LoseAnswer),
    ]);
}

#[test]
fn short_long_and_damaged_bodies_pass() {
    let put = |place| Matching::method("PUT").target(place);
    let get = |place| Matching::method("GET").target(place);
    survives(&[
        (put("/packs/").nth(1), Fault::FlipRequestBit { at: 1000 }),
        (put("/recipes/").nth(1), Fault::FlipRequestBit { at: 100 }),
        (get("/recipes/").nth(1), Fault::FlipAnswerBit { at: 100 }),
        (get("/recipes/").nth(3), Fault::CutAnswer { missing: 50 }),
        (get("/packs/").nth(1), Fault::FlipAnswerBit { at: 1000 }),
        (get("/packs/").nth(2), Fault::ShortAnswer { missing: 500 }),
        (get("/packs/").nth(3), Fault::CutAnswer { missing: 500 }),
        (get("/packs/").nth(4), Fault::LongAnswer { extra: 500 }),
    ]);
}

#[test]
fn what_is_damaged_for_good_is_named_and_when_mended_succeeds() {
    let (team, _proxy, versions) = team_with_a_change(Shaping::default());
    let base = team.s3.keys().remove(0);
    let late = team.clone_pointers("late");
    team.push_head(&team.first);
    team.home.git(&late, &["fetch", "-q", "origin"]);
    let [pack, recipe] = ["/packs/", "/recipes/"].map(|place| team.keys(place).remove(0));
    let fetch = &["lfs", "fetch", "origin", "origin/main"];
    let flipped = |key: &str| {
        let mut bytes = team.s3.read(key).unwrap();
        bytes[150] ^= 1;
        Some(bytes)
    };
    let shorter = |key: &str| Some(team.s3.read(key).unwrap()[1..].to_vec());
    for (key, wrong, why) in [
        (&pack, None, "isn't there"),
        (&pack, flipped(&pack), "is damaged"),
        (&pack, shorter(&pack), "bytes and not"),
        (&base, None, "isn't there"),
        (&base, flipped(&base), "is damaged"),
        (&base, shorter(&base), "bytes and not"),
        (&recipe, flipped(&recipe), "can't be used"),
        (&recipe, shorter(&recipe), "can't be used"),
        (&recipe, None, "404 NoSuchKey"),
    ] {
        let right = team.s3.read(key).unwrap();
        match wrong {
            Some(wrong) => team.s3.put(key, &wrong),
            None => team.s3.delete(key),
        }
        let output = team.home.git_fails(&late, fetch);
        let said = text(&output);
        // Of a recipe that isn't there, nobody knows that it should be.
        let named = if why.contains("404") { "shop/" } else { key };
        assert!(
            said.contains(named) && said.contains(why) && said.contains("hint: "),
            "{key} {why}: {said}"
        );
        assert!(
            said.contains("`lfs-agent fsck --repair`"),
            "{key} {why}: {said}"
        );
        assert_repository_is_sound(&late, &versions);
        team.s3.put(key, &right);
        team.home.git(&late, fetch);
        std::fs::remove_dir_all(late.join(".git/lfs/objects")).unwrap();
    }
}
