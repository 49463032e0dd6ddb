//! Moving a team from one store to another, and in and out of a server of git-lfs's own kind.

mod common;

use common::{Team, assert_dump, dump, text};
use testkit::proxy::{Fault, FaultProxy, Matching};
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
    let read = |request: &&testkit::proxy::RequestLine| {
        request.method == "GET" && !request.target.contains("list-type")
    };
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

/// git-lfs has an adapter of its own for directories, which stands for any server that it speaks with by itself.
#[test]
fn a_team_moves_in_from_another_server_and_out_again() {
    let team = Team::new();
    let contents = [dump(300_000, 1), dump(400_000, 2)];
    // As if they had never known the agent: objects go to the remote itself.
    let elsewhere = format!("file://{}", team.bare.display());
    team.home
        .git(&team.first, &["config", "lfs.url", &elsewhere]);
    for content in &contents {
        team.push(&team.first, content);
    }
    assert_eq!(team.s3.keys(), Vec::<String>::new());

    team.home
        .git(&team.first, &["lfs", "fetch", "--all", "origin"]);
    team.home
        .git(&team.first, &["config", "--unset", "lfs.url"]);
    team.home
        .git(&team.first, &["lfs", "push", "--all", "origin"]);
    assert_eq!(team.s3.keys().len(), 2);
    std::fs::remove_dir_all(team.bare.join("lfs")).unwrap();
    let second = team.clone("second");
    assert_dump(&second, &contents[1]);

    team.home.git(&second, &["lfs", "fetch", "--all", "origin"]);
    team.home.git(&second, &["config", "lfs.url", &elsewhere]);
    team.home.git(&second, &["lfs", "push", "--all", "origin"]);
    for key in team.s3.keys() {
        let oid = key.rsplit('/').next().unwrap();
        let path = format!("lfs/objects/{}/{}/{oid}", &oid[..2], &oid[2..4]);
        assert!(team.bare.join(path).is_file(), "{oid}");
    }
}
