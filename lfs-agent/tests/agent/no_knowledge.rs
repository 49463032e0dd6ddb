//! What nobody should have to know to set a store up: each test is of a mistake, or of something that is left out, and ends
//! with dumps that move or with the sentence that helps.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{AGENT, Team, assert_dump, dump, text};
use testkit::http::{Answer, HttpServer};
use testkit_s3::proxy::{Fault, FaultProxy, Matching, Shaping, Told};

/// Where the bucket is, which is not where requests go first.
const REGION: &str = "eu-west-3";

/// A team whose bucket is in another region than anybody says, and tells so in this way.
fn team_elsewhere(told: Told) -> (Team, FaultProxy) {
    let (team, proxy) = Team::behind(Shaping::default());
    let elsewhere = Fault::OtherRegion {
        region: REGION,
        told,
    };
    proxy.inject(Matching::any(), elsewhere);
    (team, proxy)
}

/// In place of what `lfs.url` says.
fn set(team: &Team, key: &str, value: &str) {
    let set = ["config", "--global", key, value];
    team.home.git(&team.first, &set);
}

#[test]
fn the_region_is_found_however_the_bucket_tells_it() {
    for told in [Told::Header, Told::Body, Told::Endpoint, Told::HeadBucket] {
        let (team, _proxy) = team_elsewhere(told);
        let content = dump(300_000, 1);
        team.push(&team.first, &content);
        assert_dump(&team.clone("second"), &content);
    }
}

#[test]
fn doctor_says_which_region_was_found() {
    let (team, _proxy) = team_elsewhere(Told::HeadBucket);
    team.push(&team.first, &dump(300_000, 1));
    let said = team.says(&["doctor"], 0);
    let note = "note  region      the bucket is in `eu-west-3`, and `region` says `us-east-1`";
    assert!(said.contains(note), "{said}");
    assert!(
        said.contains("put `region=eu-west-3` into `lfs.url`"),
        "{said}"
    );
}

#[test]
fn a_region_that_nobody_tells_is_asked_for() {
    let (team, proxy) = team_elsewhere(Told::Never);
    team.commit(&team.first, &dump(300_000, 1));
    let said = team.push_fails(&team.first);
    assert!(said.contains("hint: name the bucket's region"), "{said}");
    assert!(proxy.requests().len() < 12, "{:?}", proxy.requests());
}

#[test]
fn a_setting_that_the_server_does_not_know_is_named_at_once() {
    for (setting, value, content) in [
        ("lfs-agent.storageClass", "STANDARD_IA", dump(300_000, 1)),
        ("lfs-agent.sse", "aws:kms", dump(20_000_000, 2)),
    ] {
        let (team, proxy) = Team::behind(Shaping::default());
        set(&team, setting, value);
        for method in ["PUT", "POST"] {
            proxy.inject(
                Matching::method(method),
                Fault::answer(501, "NotImplemented"),
            );
        }
        team.commit(&team.first, &content);
        let said = team.push_fails(&team.first);
        let name = if value == "aws:kms" {
            "sse"
        } else {
            "storage_class"
        };
        let hint = format!("hint: the server doesn't know what `{name}` asks for: leave it out");
        assert!(said.contains(&hint), "{said}");
        // git-lfs asks once more, with a process of its own.
        let asked = proxy.count("PUT") + proxy.count("POST");
        assert!(asked <= 2, "{asked} times");
    }
}

#[test]
fn a_page_that_says_404_is_not_a_store_without_the_dump() {
    let team = Team::that_pushed(&[dump(300_000, 1)]);
    for (kind, page) in [
        ("Content-Type: text/html\r\n", "<html>404 Not Found</html>"),
        (
            "Content-Type: application/json\r\n",
            "{\"message\":\"Not Found\"}",
        ),
        ("", ""),
    ] {
        let server =
            HttpServer::start(move |_| Answer::new("404 Not Found", page).with_headers(kind));
        let endpoint = format!("lfs-agent.endpoint={}", server.endpoint());
        let bare = team.bare.to_string_lossy();
        let clone = ["-c", &endpoint, "clone", "-q", &bare, "second"];
        let said = text(&team.home.git_fails(team.home.work(), &clone));
        assert!(
            said.contains("doesn't speak as S3 does: check the endpoint"),
            "{said}"
        );
        assert!(!said.contains("never pushed"), "{said}");
        let _ = fs::remove_dir_all(team.home.work().join("second"));
    }
}

/// Each remote has a store of its own, and none is called `origin`.
fn team_of_two_remotes(content: &[u8]) -> Team {
    let team = Team::new();
    let git = |arguments: &[&str]| team.home.git(&team.first, arguments);
    fs::remove_file(team.first.join(".lfsconfig")).unwrap();
    git(&["remote", "rename", "origin", "team"]);
    git(&["config", "remote.team.lfsurl", &team.s3.lfs_url("shop")]);
    let nowhere = "lfs-agent::s3://no-such-bucket/x?region=us-east-1";
    let elsewhere = format!("{nowhere}&endpoint={}&path_style=true", team.s3.endpoint());
    git(&["remote", "add", "backup", "../backup.git"]);
    git(&["config", "remote.backup.lfsurl", &elsewhere]);
    team.commit(&team.first, content);
    git(&["push", "-q", "team", "HEAD"]);
    team
}

#[test]
fn get_and_doctor_take_the_remote_that_is_named() {
    let content = dump(300_000, 1);
    let team = team_of_two_remotes(&content);
    let pointer = team
        .home
        .git_text(&team.first, &["show", "HEAD:dumps/02_dummy.sql.gz"]);
    let oid = pointer.split("sha256:").nth(1).unwrap()[..64].to_owned();
    let get = |more: &[&str], code| {
        let arguments = [&["get", "-o", "a.gz"], more].concat();
        let said = team.says(&arguments, code);
        (said, fs::read(team.first.join("a.gz")).ok())
    };
    assert_eq!(get(&["--remote", "team", &oid], 0).1, Some(content.clone()));
    fs::remove_file(team.first.join("a.gz")).unwrap();
    let (said, written) = get(&["--remote", "backup", &oid], 3);
    assert!(
        said.contains("no-such-bucket") && written.is_none(),
        "{said}"
    );
    assert!(
        get(&["--remote", "nobody", &oid], 2)
            .0
            .contains("no remote `nobody`")
    );
    let store = team.s3.store_url("shop");
    get(&["--remote", "team", &store, &oid], 2);
    // Without either, of the remote that git-lfs uses.
    team.home
        .git(&team.first, &["config", "branch.main.remote", "team"]);
    assert_eq!(get(&[&oid], 0).1, Some(content));
    let outside = team.agent_any(&team.home.work(), &["get", &oid, "-o", "a.gz"]);
    let said = text(&outside);
    assert_eq!(outside.status.code(), Some(2), "{said}");
    assert!(said.contains("hint: name the store"), "{said}");

    let well = team.says(&["doctor", "--remote", "team"], 0);
    assert!(well.contains("ok    pushing"), "{well}");
    let unwell = team.says(&["doctor", "--remote", "backup"], 1);
    assert!(unwell.contains("no-such-bucket"), "{unwell}");
    team.says(&["doctor", "--remote", "nobody"], 2);
}

/// What a program with windows has for PATH: the system's directories, and what isn't the user's own.
fn without_the_agent_in_path(team: &mut Team) {
    fs::remove_file(team.home.bin().join("lfs-agent")).unwrap();
    assert!(!team.home.bin().join("lfs-agent").exists());
}

#[cfg(unix)]
#[test]
fn an_agent_that_is_not_in_path_is_found_where_it_was_installed() {
    let mut team = Team::new();
    without_the_agent_in_path(&mut team);
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
}

#[cfg(unix)]
#[test]
fn an_agent_that_is_nowhere_is_told_in_a_sentence() {
    let mut team = Team::new();
    let moved: PathBuf = team.home.scratch().join("it's here/lfs-agent");
    fs::create_dir_all(moved.parent().unwrap()).unwrap();
    fs::copy(Path::new(AGENT), &moved).unwrap();
    let mut install = team.home.command(&moved, &team.first);
    assert!(install.arg("install").status().unwrap().success());
    fs::remove_file(&moved).unwrap();
    without_the_agent_in_path(&mut team);
    team.commit(&team.first, &dump(300_000, 1));
    let said = team.push_fails(&team.first);
    assert!(
        said.contains("lfs-agent isn't in the PATH of the program that runs git"),
        "{said}"
    );
    assert!(said.contains("it's here/lfs-agent"), "{said}");
    assert!(
        said.contains("hint: run `lfs-agent install` again"),
        "{said}"
    );
}

#[test]
fn a_misspelt_setting_is_warned_of_and_stops_only_what_it_could_send_elsewhere() {
    let content = dump(300_000, 1);
    let team = Team::that_pushed(std::slice::from_ref(&content));
    set(&team, "lfs-agent.regoin", "eu-central-1");
    let said = team.says(&["ls"], 0);
    let warning = "warning: git's configuration `lfs-agent.regoin` is no setting of lfs-agent";
    assert!(said.contains(warning), "{said}");
    assert!(said.contains("did you mean `lfs-agent.region`?"), "{said}");
    assert!(
        said.contains("hint: see it with `git config --show-origin"),
        "{said}"
    );
    team.push(&team.first, &dump(300_000, 2));
    assert!(team.says(&["doctor"], 0).contains("note  settings"));

    set(&team, "lfs-agent.ednpoint", "https://store.example.com");
    let second = team.clone("second");
    team.commit(&second, &dump(300_000, 3));
    let said = text(&team.home.git_fails(&second, &["push", "origin", "HEAD"]));
    assert!(
        said.contains("did you mean `lfs-agent.endpoint`?"),
        "{said}"
    );
    team.says(&["fsck"], 0);
}
