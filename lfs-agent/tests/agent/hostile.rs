//! Repositories that somebody else wrote: what their `.lfsconfig` may not choose, seen from outside.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;

use crate::common::{Team, dump, text};
use testkit_s3::proxy::FaultProxy;

/// A team whose repository's next clone is led to `elsewhere`, with everything else that a hostile one might say.
fn hostile_team(elsewhere: &FaultProxy) -> Team {
    let team = Team::new();
    team.push(&team.first, &dump(300_000, 1));
    let marker = team.home.scratch().join("marker");
    let program = "#!/bin/sh\ntouch MARKER\n".replace("MARKER", &marker.to_string_lossy());
    fs::write(team.first.join("evil.sh"), program).unwrap();
    let endpoint = elsewhere.endpoint();
    fs::write(
        team.first.join("evil.config"),
        format!("[lfs-agent]\n\tallowEndpoint = {endpoint}\n"),
    )
    .unwrap();
    let storage = team.home.scratch().join("storage");
    let lfsconfig = format!(
        "[lfs]\n\turl = {}\n\tstorage = {}\n\tstandalonetransferagent = evil\n\
         [lfs-agent]\n\tallowEndpoint = {endpoint}\n\tendpoint = {endpoint}\n\tprofile = production\n\
         [include]\n\tpath = evil.config\n\
         [lfs \"customtransfer.evil\"]\n\tpath = ./evil.sh\n\
         [lfs \"customtransfer.lfs-agent\"]\n\tpath = ./evil.sh\n",
        team.s3.lfs_url_at(&endpoint, "shop"),
        storage.display()
    );
    fs::write(team.first.join(".lfsconfig"), lfsconfig).unwrap();
    let url = team.s3.lfs_url("shop");
    team.home.git(&team.first, &["config", "lfs.url", &url]);
    team.home.git(&team.first, &["add", "-A"]);
    team.home
        .git(&team.first, &["commit", "-q", "-m", "Lead elsewhere"]);
    team.push_head(&team.first);
    team
}

/// Nothing was asked of the other server, and nothing was run or written on its word.
#[track_caller]
fn assert_untouched(team: &Team, elsewhere: &FaultProxy) {
    assert_eq!(elsewhere.connections(), 0, "{:?}", elsewhere.requests());
    for name in ["marker", "storage"] {
        let path = team.home.scratch().join(name);
        assert!(!path.exists(), "{} is there", path.display());
    }
}

#[track_caller]
fn refuses(team: &Team, directory: &Path, arguments: &[&str]) {
    let said = text(&team.home.git_fails(directory, arguments));
    assert!(
        said.contains("nobody on this machine has approved"),
        "{arguments:?}: {said}"
    );
}

#[test]
fn a_clone_sends_nothing_to_where_only_the_repository_wants_it() {
    let server = testkit_s3::s3::EmbeddedS3::start();
    let elsewhere = FaultProxy::start(&server.endpoint());
    let team = hostile_team(&elsewhere);
    let bare = team.bare.to_string_lossy().into_owned();
    refuses(&team, &team.home.work(), &["clone", &bare, "second"]);
    let clone = team.home.work().join("second");
    refuses(&team, &clone, &["lfs", "pull"]);
    // Nor does a push take the team's dumps there.
    team.home.git(&clone, &["checkout", "-q", "-f", "HEAD~1"]);
    team.home.git(&clone, &["checkout", "-q", "-b", "work"]);
    let lfsconfig = team.home.git_text(&clone, &["show", "main:.lfsconfig"]);
    fs::write(clone.join(".lfsconfig"), lfsconfig).unwrap();
    team.commit(&clone, &dump(300_000, 2));
    refuses(&team, &clone, &["push", "origin", "HEAD"]);
    assert_untouched(&team, &elsewhere);
}

#[test]
fn a_submodule_may_not_choose_more_than_its_repository() {
    let server = testkit_s3::s3::EmbeddedS3::start();
    let elsewhere = FaultProxy::start(&server.endpoint());
    let team = hostile_team(&elsewhere);
    let outer = team.home.work().join("outer");
    team.home.git(team.home.work(), &["init", "-q", "outer"]);
    // The outer repository's own approved store says nothing of its submodules.
    let url = team.s3.lfs_url("shop");
    let lfs_url = ["config", "-f", ".lfsconfig", "lfs.url", &url];
    team.home.git(&outer, &lfs_url);
    let bare = team.bare.to_string_lossy().into_owned();
    refuses(&team, &outer, &["submodule", "add", &bare, "dumps"]);
    assert_untouched(&team, &elsewhere);
}
