//! AWS itself, as far as it can be had here: a store whose URL names no endpoint. The SDK's own variable leads its requests
//! to the test kit's server; everything before them (region, credentials, connections) is what it is on AWS.

mod common;

use common::{AGENT, Team, assert_dump, dump, text};

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
fn a_region_that_nobody_names_is_told() {
    let team = team(&[]);
    let mut doctor = team.home.command(AGENT, &team.first);
    let output = doctor
        .arg("doctor")
        .env_remove("AWS_REGION")
        .output()
        .expect("the agent runs");
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    assert!(
        said.contains("nothing says in which AWS region the bucket is"),
        "{said}"
    );
}
