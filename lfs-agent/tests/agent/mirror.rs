//! Moving a team from one store to another, and in and out of a server of git-lfs's own kind.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;

use crate::common::{Team, assert_dump, dump, versions};
use testkit::git::git_lfs_programs;
use testkit::lfs::LfsServer;
use testkit_s3::proxy::{Fault, FaultProxy, Matching, RequestLine};
use testkit_s3::s3::EmbeddedS3;

/// A team that has pushed something, and another server that it might move to.
struct Move {
    team: Team,
    other: EmbeddedS3,
    here: String,
    there: String,
}

impl Move {
    fn of(dumps: &[Vec<u8>]) -> Self {
        let (team, other) = (Team::that_pushed(dumps), EmbeddedS3::start());
        Self {
            here: team.s3.store_url("shop"),
            there: other.store_url("new"),
            team,
            other,
        }
    }

    /// The same, with a proxy before the other server.
    fn through_a_proxy(dumps: &[Vec<u8>]) -> (Self, FaultProxy) {
        let mut moved = Self::of(dumps);
        let proxy = FaultProxy::start(&moved.other.endpoint());
        moved.there = moved.other.store_url_at(&proxy.endpoint(), "new");
        (moved, proxy)
    }

    /// Mirrors, expects this exit code, and returns all that is said.
    #[track_caller]
    fn mirror(&self, code: i32) -> String {
        self.team.says(&["mirror", &self.here, &self.there], code)
    }

    /// What the other server holds that has this in its key.
    fn moved(&self, part: &str) -> usize {
        let keys = self.other.keys();
        keys.iter().filter(|key| key.contains(part)).count()
    }
}

/// A small and a large dump.
fn dumps() -> [Vec<u8>; 2] {
    [dump(300_000, 1), dump(20_000_000, 2)]
}

#[test]
fn a_store_is_copied_to_another_server_and_back() {
    let dumps = dumps();
    let Move {
        team,
        other,
        here,
        there,
    } = Move::of(&dumps);
    let said = team.says(&["mirror", "--dry-run", &here, &there], 0);
    assert!(said.starts_with("2 of 2"), "{said}");
    assert_eq!(other.keys(), Vec::<String>::new());
    let said = team.says(&["mirror", &here, &there], 0);
    assert!(said.contains("Copied 2 of 2"), "{said}");
    let oids = |s3: &EmbeddedS3| -> Vec<String> {
        let keys = s3.keys();
        keys.iter()
            .map(|key| key.rsplit('/').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(oids(&other), oids(&team.s3));
    for key in other.keys() {
        let content = other.read(&key).unwrap();
        assert!(dumps.contains(&content), "{key}");
    }
    // Again nothing, and only what is missing.
    let said = team.says(&["mirror", &here, &there], 0);
    assert!(said.contains("Copied 0 of 2"), "{said}");
    for key in team.s3.keys() {
        team.s3.delete(&key);
    }
    team.says(&["mirror", &there, &here], 0);
    assert_dump(&team.clone("second"), &dumps[1]);
}

#[test]
fn one_server_copies_by_itself() {
    let dumps = dumps();
    let team = Team::that_pushed(&dumps);
    let proxy = FaultProxy::start(&team.s3.endpoint());
    let [here, there] =
        ["shop", "moved"].map(|prefix| team.s3.store_url_at(&proxy.endpoint(), prefix));
    let said = team.says(&["mirror", &here, &there], 0);
    assert!(said.contains("2 of them inside the server"), "{said}");
    let moved = team.keys("moved/");
    assert_eq!(moved.len(), 2);
    for key in moved {
        assert!(dumps.contains(&team.s3.read(&key).unwrap()), "{key}");
    }
    let read = |request: &&RequestLine| {
        let other = ["list-type", "/repositories/"];
        request.method == "GET" && !other.iter().any(|part| request.target.contains(part))
    };
    assert_eq!(
        proxy.requests().iter().filter(read).count(),
        0,
        "no object came here"
    );
}

#[test]
fn a_mirror_that_broke_off_goes_on() {
    let (moving, proxy) = Move::through_a_proxy(&dumps());
    let second_part = Matching::method("PUT").target("partNumber=2");
    proxy.inject(second_part, Fault::denied());
    let said = moving.mirror(3);
    assert!(
        said.contains("hint: these credentials may not do it"),
        "{said}"
    );
    assert_eq!(
        moving.moved(""),
        1,
        "what could be copied is copied, and nothing else shows"
    );
    let kept = moving.team.home.home().join(".cache/lfs-agent/download");
    let kept = fs::read_dir(kept).map_or(0, Iterator::count);
    assert_eq!(
        kept, 0,
        "what came here and couldn't go on stays in no cache"
    );
    proxy.heal();
    let said = moving.mirror(0);
    assert!(said.contains("Copied 1 of 2"), "{said}");
    assert_eq!(moving.moved(""), 2);
}

#[test]
fn what_is_damaged_is_not_copied() {
    let moving = Move::of(&dumps());
    let s3 = &moving.team.s3;
    let key = s3.keys().pop().unwrap();
    let mut content = s3.read(&key).unwrap();
    content[1000] ^= 1;
    s3.put(&key, &content);
    let said = moving.mirror(1);
    assert!(said.contains(&format!("{key} is damaged")), "{said}");
    assert_eq!(moving.moved(""), 1);
}

/// Sends the team to another store, and checks that all of its versions are there.
#[track_caller]
fn moves_to(team: &Team, url: &str, versions: &[Vec<u8>; 3]) {
    let url = format!("lfs-agent::{url}");
    team.home
        .git(&team.first, &["config", "--global", "lfs.url", &url]);
    let said = team.says(&["fsck"], 0);
    assert!(said.contains("3 dumps"), "{said}");
    assert!(said.contains("all there, whole and right"), "{said}");
    let clone = team.clone("moved");
    assert_dump(&clone, &versions[2]);
    for (back, content) in [("HEAD~1", &versions[1]), ("HEAD~2", &versions[0])] {
        fs::remove_dir_all(clone.join(".git/lfs/objects")).unwrap();
        team.home.git(&clone, &["checkout", "-q", "main"]);
        team.home.git(&clone, &["checkout", "-q", back]);
        assert_dump(&clone, content);
    }
}

#[test]
fn versions_move_as_they_are_and_after_a_break_go_on() {
    let versions = versions(4_000_000);
    let (moving, proxy) = Move::through_a_proxy(&versions);
    let second_recipe = Matching::method("PUT").target("/recipes/").nth(2);
    proxy.inject(second_recipe, Fault::denied());
    moving.mirror(3);
    let places = ["/packs/", "/recipes/"].map(|place| moving.moved(place));
    assert_eq!(places, [2, 1], "{:?}", moving.other.keys());
    proxy.heal();
    let said = moving.mirror(0);
    assert!(said.contains("Copied 1 of 5"), "{said}");
    moves_to(&moving.team, &moving.other.store_url("new"), &versions);
}

#[test]
fn versions_are_copied_inside_a_server_and_what_it_says_is_checked() {
    let versions = versions(4_000_000);
    let team = Team::that_pushed(&versions[..2]);
    let older = team.keys("/packs/");
    team.push(&team.first, &versions[2]);
    let [here, there] = ["shop", "moved"].map(|prefix| team.s3.store_url(prefix));
    // The server copies damage as well as anything, and then says so. Only the last version needs this pack.
    let mut packs = team.keys("/packs/");
    packs.retain(|pack| !older.contains(pack));
    let pack = packs.remove(0);
    let right = team.s3.read(&pack).unwrap();
    let mut wrong = right.clone();
    wrong[100] ^= 1;
    team.s3.put(&pack, &wrong);
    let said = team.says(&["mirror", &here, &there], 1);
    assert!(said.contains(&format!("{pack} is damaged")), "{said}");
    // Everything else is there, but for the recipe that needs it.
    assert_eq!(team.keys("moved/").len(), 3, "{said}");
    team.s3.put(&pack, &right);
    let said = team.says(&["mirror", &here, &there], 0);
    assert!(
        said.contains("1 of them inside the server (0 by its word"),
        "{said}"
    );
    assert_eq!(team.keys("moved/").len(), 5);
    moves_to(&team, &there, &versions);
}

#[test]
fn a_recipe_whose_pack_is_gone_is_not_copied_and_the_others_are() {
    let moving = Move::of(&versions(4_000_000));
    let pack = moving.team.keys("/packs/").remove(0);
    moving.team.s3.delete(&pack);
    let said = moving.mirror(1);
    assert!(
        said.contains(&pack) && said.contains("isn't there"),
        "{said}"
    );
    let copied = ["/recipes/", "/packs/"].map(|place| moving.moved(place));
    assert!(copied[0] <= 1 && copied[1] == 1, "{said}");
}

#[test]
fn a_team_moves_in_from_a_git_lfs_server_and_out_again() {
    for program in git_lfs_programs() {
        let team = Team::with_git_lfs(&program);
        let server = LfsServer::start();
        let contents = [dump(300_000, 1), dump(400_000, 2)];
        // As if they had never known the agent.
        team.home
            .git(&team.first, &["config", "lfs.url", &server.url()]);
        for content in &contents {
            team.push(&team.first, content);
        }
        assert_eq!(team.s3.keys(), Vec::<String>::new());
        assert_eq!(server.objects().len(), 2);
        // In the documentation's words, in a clone that has none of them.
        let clone = team.clone_pointers("second");
        let lfs_url = ["config", "lfs.url", &server.url()];
        team.home.git(&clone, &lfs_url);
        team.home.git(&clone, &["lfs", "fetch", "--all", "origin"]);
        team.home.git(&clone, &["config", "--unset", "lfs.url"]);
        team.home.git(&clone, &["lfs", "push", "--all", "origin"]);
        assert_eq!(team.s3.keys().len(), 2);
        drop(server);
        let third = team.clone("third");
        assert_dump(&third, &contents[1]);

        let server = LfsServer::start();
        team.home.git(&third, &["lfs", "fetch", "--all", "origin"]);
        team.home.git(&third, &["config", "lfs.url", &server.url()]);
        team.home.git(&third, &["lfs", "push", "--all", "origin"]);
        let moved: Vec<Vec<u8>> = server.objects().into_values().collect();
        assert!(moved.len() == 2 && contents.iter().all(|content| moved.contains(content)));
    }
}
