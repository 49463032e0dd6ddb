//! Moving a team from one store to another, and in and out of a server of git-lfs's own kind.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

mod common;

use std::fs;

use common::{Team, assert_dump, dump, text, versions};
use testkit::git::git_lfs_programs;
use testkit::lfs::LfsServer;
use testkit::proxy::{Fault, FaultProxy, Matching, RequestLine};
use testkit::s3::EmbeddedS3;

/// A store as `mirror` takes it.
fn url(endpoint: &str, prefix: &str) -> String {
    format!("s3://team-dumps/{prefix}?region=us-east-1&endpoint={endpoint}&path_style=true")
}

/// A team with a small and a large dump, and another server.
fn team_and_server() -> (Team, EmbeddedS3, [Vec<u8>; 2]) {
    let team = Team::new();
    let dumps = [dump(300_000, 1), dump(20_000_000, 2)];
    for content in &dumps {
        team.push(&team.first, content);
    }
    (team, EmbeddedS3::start(), dumps)
}

#[test]
fn a_store_is_copied_to_another_server_and_back() {
    let (team, other, dumps) = team_and_server();
    let (here, there) = (
        url(&team.s3.endpoint(), "shop"),
        url(&other.endpoint(), "new"),
    );
    let output = team.agent(&team.home.work(), &["mirror", "--dry-run", &here, &there]);
    assert!(text(&output).starts_with("2 of 2"), "{}", text(&output));
    assert_eq!(other.keys(), Vec::<String>::new());
    let output = team.agent(&team.home.work(), &["mirror", &here, &there]);
    assert!(text(&output).contains("Copied 2 of 2"), "{}", text(&output));
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
    let output = team.agent(&team.home.work(), &["mirror", &here, &there]);
    assert!(text(&output).contains("Copied 0 of 2"), "{}", text(&output));
    for key in team.s3.keys() {
        team.s3.delete(&key);
    }
    team.agent(&team.home.work(), &["mirror", &there, &here]);
    assert_dump(&team.clone("second"), &dumps[1]);
}

#[test]
fn one_server_copies_by_itself() {
    let (team, _, dumps) = team_and_server();
    let proxy = FaultProxy::start(&team.s3.endpoint());
    let (here, there) = (
        url(&proxy.endpoint(), "shop"),
        url(&proxy.endpoint(), "moved"),
    );
    let output = team.agent(&team.home.work(), &["mirror", &here, &there]);
    assert!(
        text(&output).contains("2 of them inside the server"),
        "{}",
        text(&output)
    );
    let moved: Vec<_> = team
        .s3
        .keys()
        .into_iter()
        .filter(|key| key.starts_with("moved/"))
        .collect();
    assert_eq!(moved.len(), 2);
    for key in moved {
        assert!(dumps.contains(&team.s3.read(&key).unwrap()), "{key}");
    }
    let read =
        |request: &&RequestLine| request.method == "GET" && !request.target.contains("list-type");
    assert_eq!(
        proxy.requests().iter().filter(read).count(),
        0,
        "nothing came here"
    );
}

#[test]
fn a_mirror_that_broke_off_goes_on() {
    let (team, other, _) = team_and_server();
    let proxy = FaultProxy::start(&other.endpoint());
    let (here, there) = (
        url(&team.s3.endpoint(), "shop"),
        url(&proxy.endpoint(), "new"),
    );
    let denied = Fault::Answer {
        status: 403,
        code: "AccessDenied",
    };
    proxy.inject(Matching::method("PUT").target("partNumber=2"), denied);
    let output = team.agent_any(&team.home.work(), &["mirror", &here, &there]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output).contains("hint: these credentials may not do it"),
        "{}",
        text(&output)
    );
    assert_eq!(
        other.keys().len(),
        1,
        "what could be copied is copied, and nothing else shows"
    );
    proxy.heal();
    let output = team.agent(&team.home.work(), &["mirror", &here, &there]);
    assert!(text(&output).contains("Copied 1 of 2"), "{}", text(&output));
    assert_eq!(other.keys().len(), 2);
}

#[test]
fn what_is_damaged_is_not_copied() {
    let (team, other, _) = team_and_server();
    let key = team.s3.keys().pop().unwrap();
    let mut content = team.s3.read(&key).unwrap();
    content[1000] ^= 1;
    team.s3.put(&key, &content);
    let (here, there) = (
        url(&team.s3.endpoint(), "shop"),
        url(&other.endpoint(), "new"),
    );
    let output = team.agent_any(&team.home.work(), &["mirror", &here, &there]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("is damaged"), "{}", text(&output));
    assert_eq!(other.keys().len(), 1);
}

/// A team with three versions: whole, and two as recipes with packs.
fn team_with_versions() -> (Team, EmbeddedS3, [Vec<u8>; 3]) {
    let (team, versions) = (Team::new(), versions(4_000_000));
    for content in &versions {
        team.push(&team.first, content);
    }
    (team, EmbeddedS3::start(), versions)
}

fn keys(s3: &EmbeddedS3, part: &str) -> Vec<String> {
    let keys = s3.keys().into_iter();
    keys.filter(|key| key.contains(part)).collect()
}

/// Sends the team to another store, and checks that all of its versions are there.
#[track_caller]
fn moves_to(team: &Team, url: &str, versions: &[Vec<u8>; 3]) {
    let url = format!("lfs-agent::{url}");
    team.home
        .git(&team.first, &["config", "--global", "lfs.url", &url]);
    let output = team.agent(&team.first, &["fsck"]);
    let said = text(&output);
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
    let (team, other, versions) = team_with_versions();
    let proxy = FaultProxy::start(&other.endpoint());
    let (here, there) = (
        url(&team.s3.endpoint(), "shop"),
        url(&proxy.endpoint(), "new"),
    );
    let denied = Fault::Answer {
        status: 403,
        code: "AccessDenied",
    };
    proxy.inject(Matching::method("PUT").target("/recipes/").nth(2), denied);
    let output = team.agent_any(&team.home.work(), &["mirror", &here, &there]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let places = ["/packs/", "/recipes/"].map(|place| keys(&other, place).len());
    assert_eq!(places, [2, 1], "{:?}", other.keys());
    proxy.heal();
    let output = team.agent(&team.home.work(), &["mirror", &here, &there]);
    assert!(text(&output).contains("Copied 1 of 5"), "{}", text(&output));
    moves_to(&team, &url(&other.endpoint(), "new"), &versions);
}

#[test]
fn versions_are_copied_inside_a_server_and_what_it_says_is_checked() {
    let (team, _, versions) = team_with_versions();
    let [here, there] = ["shop", "moved"].map(|prefix| url(&team.s3.endpoint(), prefix));
    // The server copies damage as well as anything, and then says so.
    let pack = keys(&team.s3, "/packs/").remove(0);
    let right = team.s3.read(&pack).unwrap();
    let mut wrong = right.clone();
    wrong[100] ^= 1;
    team.s3.put(&pack, &wrong);
    let output = team.agent_any(&team.home.work(), &["mirror", &here, &there]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("{pack} is damaged")), "{said}");
    // Everything else is there, but for the recipe that needs it.
    let moved = || keys(&team.s3, "moved/").len();
    assert_eq!(moved(), 3, "{said}");
    team.s3.put(&pack, &right);
    let output = team.agent(&team.home.work(), &["mirror", &here, &there]);
    assert!(
        text(&output).contains("1 of them inside the server (0 by its word"),
        "{}",
        text(&output)
    );
    assert_eq!(moved(), 5);
    moves_to(&team, &there, &versions);
}

#[test]
fn a_recipe_whose_pack_is_gone_is_not_copied_and_the_others_are() {
    let (team, other, _) = team_with_versions();
    let [here, there] = [
        url(&team.s3.endpoint(), "shop"),
        url(&other.endpoint(), "new"),
    ];
    let pack = keys(&team.s3, "/packs/").remove(0);
    team.s3.delete(&pack);
    let output = team.agent_any(&team.home.work(), &["mirror", &here, &there]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&pack) && said.contains("isn't there"),
        "{said}"
    );
    let copied = keys(&other, "/recipes/").len();
    assert!(copied <= 1 && keys(&other, "/packs/").len() == 1, "{said}");
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
