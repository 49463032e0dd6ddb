//! The whole life of a store, by the real agent under real git-lfs: on the server that `S3_TEST_ENDPOINT` and
//! `S3_TEST_BUCKET` name, with credentials and region from the AWS variables, or else on the test kit's.
//!
//! Nothing here looks behind the server's back, so any server will do. What is made lies under prefixes of its own.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::common::{Team, assert_dump, text, versions};

/// Two parts, for the whole version and for nothing else.
const LENGTH: usize = 9_000_000;

/// A store on the server, as URLs name it.
struct Store {
    bucket: String,
    query: String,
    prefix: String,
}

impl Store {
    fn url(&self, name: &str) -> String {
        let Self {
            bucket,
            query,
            prefix,
        } = self;
        format!("s3://{bucket}/{prefix}/{name}?{query}")
    }
}

/// A team whose repository keeps its dumps in `main` on the server.
fn team() -> (Team, Store) {
    let mut team = Team::new();
    let given = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let named = given("S3_TEST_ENDPOINT").zip(given("S3_TEST_BUCKET"));
    if named.is_some() {
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
            let value = given(name);
            team.home
                .set(name, value.unwrap_or_else(|| panic!("{name} isn't set")));
        }
    }
    let (endpoint, bucket) =
        named.unwrap_or_else(|| (team.s3.endpoint(), team.s3.bucket().to_owned()));
    let region = given("AWS_REGION").unwrap_or_else(|| team.s3.region().to_owned());
    let approve = ["config", "--global", "--add", "lfs-agent.allowEndpoint"];
    team.home
        .git(&team.first, &[&approve[..], &[&endpoint]].concat());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let store = Store {
        bucket,
        query: format!("region={region}&endpoint={endpoint}&path_style=true"),
        prefix: format!("life-{}", now.as_nanos()),
    };
    team.agent(&team.first, &["init", "--force", &store.url("main")]);
    (team, store)
}

/// Runs a command of the agent in the first developer's repository.
#[track_caller]
fn says(team: &Team, arguments: &[&str]) -> String {
    text(&team.agent(&team.first, arguments))
}

#[track_caller]
fn assert_says(team: &Team, arguments: &[&str], expected: &str) {
    let said = says(team, arguments);
    assert!(said.contains(expected), "{arguments:?}: {said}");
}

#[test]
fn a_store_lives_on_a_server() {
    let (team, store) = team();
    let versions = versions(LENGTH);
    team.push(&team.first, &versions[0]);
    let second = team.clone("second");
    assert_dump(&second, &versions[0]);
    assert_says(&team, &["doctor"], "pushing     allowed");

    // Versions, from the other side as well.
    for version in &versions[1..] {
        team.push(&team.first, version);
        team.home.git(&second, &["pull", "-q", "origin", "main"]);
        assert_dump(&second, version);
    }
    assert_dump(&team.clone("third"), &versions[2]);
    let listed = says(&team, &["ls"]);
    assert!(listed.contains("3 versions of 27 MB in 9"), "{listed}");
    assert_says(&team, &["fsck", "--fast"], "all there and whole");
    assert_says(&team, &["fsck"], "all there, whole and right");

    // Moved inside the server, with recipes and packs, twice.
    let [main, copy] = ["main", "copy"].map(|name| store.url(name));
    assert_says(&team, &["mirror", &main, &copy], "Copied 5 of 5");
    assert_says(&team, &["mirror", &main, &copy], "Copied 0 of 5");
    let url = format!("lfs-agent::{copy}");
    team.home.git(&team.first, &["config", "lfs.url", &url]);
    assert_says(&team, &["fsck"], "all there, whole and right");
    let fourth = team.clone_pointers("fourth");
    team.home.git(&fourth, &["config", "lfs.url", &url]);
    team.home.git(&fourth, &["lfs", "pull"]);
    assert_dump(&fourth, &versions[2]);
    team.home
        .git(&team.first, &["config", "--unset", "lfs.url"]);

    // The last version is taken back: what it alone needed goes to the trash, from which it is still fetched, and then for
    // good. The first one stays, since the second is built on it.
    team.home
        .git(&team.first, &["reset", "-q", "--hard", "HEAD~1"]);
    team.home
        .git(&team.first, &["push", "-q", "-f", "origin", "main"]);
    let forget = ["reflog", "expire", "--expire=now", "--all"];
    team.home.git(&team.first, &forget);
    let prune = &["prune", "--delete", "--grace", "0"];
    assert_says(&team, prune, "Moved 2 ");
    let late = team.home.work().join("late");
    team.home
        .git(team.home.work(), &["clone", "-q", "third", "late"]);
    assert_dump(&late, &versions[2]);
    assert_says(&team, prune, "deleted 2 ");
    assert_says(&team, prune, "Moved 0 ");
    assert_says(&team, &["fsck"], "all there, whole and right");
    assert_dump(&team.clone("fifth"), &versions[1]);
}
