//! What lies between a machine and its store in a company: proxies that the usual variables name.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

mod common;

use common::{Team, assert_dump, dump, text};
use testkit::proxy::FaultProxy;

/// A team whose endpoint has a name that only a proxy can reach.
fn team_beyond_a_proxy() -> Team {
    let team = Team::new();
    for (key, value) in [
        ("lfs-agent.endpoint", "http://store.invalid:9000"),
        ("lfs-agent.pathStyle", "true"),
    ] {
        team.home
            .git(team.home.work(), &["config", "--global", key, value]);
    }
    team
}

#[test]
fn requests_go_through_the_proxy_that_the_environment_names() {
    let mut team = team_beyond_a_proxy();
    let proxy = FaultProxy::start(&team.s3.endpoint());
    team.home.set("HTTP_PROXY", proxy.endpoint());
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
    assert!(proxy.count("PUT") >= 1 && proxy.count("GET") >= 1);
}

#[test]
fn a_proxy_that_is_not_there_is_told() {
    let mut team = team_beyond_a_proxy();
    team.home.set("HTTP_PROXY", "http://127.0.0.1:9");
    team.commit(&team.first, &dump(300_000, 1));
    let output = team
        .home
        .git_fails(&team.first, &["push", "origin", "HEAD"]);
    assert!(
        text(&output).contains("hint: check the network, the proxy variables"),
        "{}",
        text(&output)
    );
}

#[test]
fn some_hosts_are_reached_without_the_proxy() {
    let mut team = Team::new();
    team.home.set("HTTP_PROXY", "http://127.0.0.1:9");
    team.home.set("NO_PROXY", "localhost,127.0.0.1");
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
}
