//! AWS itself, as far as it can be had here: a store whose URL names no endpoint. The SDK's own variable leads its requests
//! to the test kit's server; everything before them (region, credentials, connections) is what it is on AWS.

use crate::common::{Team, assert_dump, dump, text};

/// A team whose `.lfsconfig` names a bucket and nothing else that says where it is.
fn team(more: &[&str]) -> Team {
    let mut team = Team::new();
    let url = format!("s3://{}/shop", team.s3.bucket());
    let arguments = [&["init", &url, "--force"], more].concat();
    team.agent(&team.first, &arguments);
    team.home.set("AWS_ENDPOINT_URL", team.s3.endpoint());
    team
}

#[test]
fn a_bucket_without_an_endpoint_is_reached_with_its_region_in_the_url() {
    let team = team(&["--region", "eu-central-1"]);
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
}

#[test]
fn a_bucket_without_an_endpoint_is_reached_with_the_region_of_the_environment() {
    let mut team = team(&[]);
    team.home.set("AWS_REGION", "eu-central-1");
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
}

#[test]
fn a_region_that_nobody_names_is_not_needed() {
    let team = team(&[]);
    let content = dump(300_000, 1);
    team.commit(&team.first, &content);
    let mut push = team.home.command("git", &team.first);
    push.args(["push", "-q", "origin", "HEAD"]);
    let output = push.env_remove("AWS_REGION").output().expect("git runs");
    assert!(output.status.success(), "{}", text(&output));
}

/// The variables come before every profile, but for the one that somebody has named for this store.
#[test]
fn a_profile_that_is_named_for_a_store_comes_before_the_environment() {
    let mut team = Team::new();
    let config = team.home.scratch().join("aws-config");
    let profile = format!(
        "[profile dumps]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        team.s3.access_key(),
        team.s3.secret_key()
    );
    std::fs::write(&config, profile).expect("a configuration can be written");
    team.home.set("AWS_CONFIG_FILE", &config);
    team.home.set("AWS_ACCESS_KEY_ID", "AKIAOFSOMETHINGELSE0");
    team.home.set("AWS_SECRET_ACCESS_KEY", "of something else");
    let content = dump(300_000, 1);
    team.commit(&team.first, &content);
    let name = |profile| {
        let set = ["config", "--global", "lfs-agent.profile", profile];
        team.home.git(&team.first, &set);
    };
    name("dmups");
    let push = ["push", "-q", "origin", "HEAD"];
    let said = text(&team.home.git_fails(&team.first, &push));
    let wrong = "the AWS configuration has no profile `dmups`, or no credentials in it";
    assert!(said.contains(wrong), "{said}");
    assert!(said.contains("--profile dmups`"), "{said}");
    name("dumps");
    team.home.git(&team.first, &push);
    assert_dump(&team.clone("second"), &content);
}
