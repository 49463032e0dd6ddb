//! `doctor` and the mistakes that people make: each is told with what mends it.
use std::fs;

use crate::common::{DUMP, Team, dump, text};
use testkit::http::{Answer, HttpServer};
use testkit_s3::proxy::{Fault, Matching, Shaping};

/// A team that has pushed a dump.
fn team() -> Team {
    Team::that_pushed(&[dump(300_000, 1)])
}

/// Runs doctor, which finds nothing wrong, and says this.
#[track_caller]
fn is_well(team: &Team, expected: &str) {
    let said = team.says(&["doctor"], 0);
    assert!(said.contains(expected), "{said}");
}

/// Runs doctor, which finds something wrong with `what`, and says both texts.
#[track_caller]
fn finds(team: &Team, what: &str, wrong: &str, hint: &str) {
    let said = team.says(&["doctor"], 1);
    let mut lines = said.lines();
    let line = lines.find(|line| line.starts_with("FAIL") && line.contains(what));
    let line = line.unwrap_or_else(|| panic!("{what} is well: {said}"));
    let mend = lines.next().unwrap_or_default();
    assert!(line.contains(wrong), "{said}");
    assert!(mend.contains("hint: ") && mend.contains(hint), "{said}");
}

/// A server that gives every request the same answer.
fn server(status: &'static str, headers: &'static str, body: &'static str) -> HttpServer {
    HttpServer::start(move |_| Answer::new(status, body).with_headers(headers))
}

/// The team's store is at this endpoint, as far as this machine is concerned.
fn lead_to(team: &Team, endpoint: &str) {
    let config = ["config", "lfs-agent.endpoint", endpoint];
    team.home.git(&team.first, &config);
}

#[test]
fn a_bucket_in_another_region() {
    let team = team();
    let region = "x-amz-bucket-region: eu-west-3\r\n";
    let moved = "<Error><Code>PermanentRedirect</Code></Error>";
    let server = server("301 Moved Permanently", region, moved);
    lead_to(&team, &server.endpoint());
    finds(&team, "reading", "301", "put `region=eu-west-3` into");
}

#[test]
fn a_web_page_where_the_store_should_be() {
    let team = team();
    let kind = "Content-Type: text/html\r\n";
    let server = server("200 OK", kind, "<html>Sign in</html>");
    lead_to(&team, &server.endpoint());
    finds(&team, "reading", "not as S3 does", "and its port");
    let bare = team.bare.to_string_lossy();
    let endpoint = format!("lfs-agent.endpoint={}", server.endpoint());
    let clone = ["-c", &endpoint, "clone", "-q", &bare, "second"];
    let said = text(&team.home.git_fails(team.home.work(), &clone));
    assert!(said.contains("check the endpoint in `lfs.url`"), "{said}");
    assert!(!said.contains("delete"), "{said}");
}

#[test]
fn a_clock_that_is_wrong() {
    let team = team();
    let date = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n";
    let skewed = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
    let server = server("403 Forbidden", date, skewed);
    lead_to(&team, &server.endpoint());
    let wrong = "its clock says Sun, 22 Nov 2026 10:00:00 GMT";
    finds(&team, "reading", wrong, "set this machine's clock");
}

#[test]
fn a_server_without_host_names_for_its_buckets() {
    let team = team();
    let named = team.s3.endpoint().replace("127.0.0.1", "localhost");
    lead_to(&team, &named);
    team.home
        .git(&team.first, &["config", "lfs-agent.pathStyle", "false"]);
    finds(&team, "reading", "team-dumps", "add `path_style=true`");
}

#[test]
fn credentials_that_may_only_read() {
    let (team, proxy) = Team::behind(Shaping::default());
    team.push(&team.first, &dump(300_000, 1));
    proxy.inject(Matching::method("POST"), Fault::denied());
    finds(&team, "pushing", "403", "doctor --read-only");
    team.agent(&team.first, &["doctor", "--read-only"]);
}

#[test]
fn a_bucket_that_keeps_unfinished_uploads() {
    let team = team();
    is_well(&team, "note  lifecycle");
    // A command that works as it stands, but for credentials.
    let command = format!(
        "`aws s3api put-bucket-lifecycle-configuration --bucket {} --endpoint-url {} --region {} --lifecycle-configuration \"Rules=[{{",
        team.s3.bucket(),
        team.s3.endpoint(),
        team.s3.region(),
    );
    is_well(&team, &command);
    team.s3.delete_unfinished_uploads_after(7);
    is_well(&team, "ok    lifecycle   unfinished uploads are deleted");
}

#[test]
fn an_endpoint_that_nobody_approved() {
    let team = team();
    let unset = [
        "config",
        "--global",
        "--unset-all",
        "lfs-agent.allowEndpoint",
    ];
    team.home.git(&team.first, &unset);
    team.home.git_any(
        &team.first,
        &[
            "config",
            "--local",
            "--unset-all",
            "lfs-agent.allowEndpoint",
        ],
    );
    let mend = "git config --global --add lfs-agent.allowEndpoint";
    finds(&team, "store", "nobody on this machine", mend);
}

#[test]
fn attributes_that_are_missing_and_a_pointer_that_nobody_resolves() {
    let team = team();
    fs::write(team.first.join(".gitattributes"), "").unwrap();
    finds(&team, "attributes", "no file is tracked", "git lfs track");
    finds(&team, "files", DUMP, "run `git lfs track` for it");
}

#[test]
fn a_dump_that_git_has_itself() {
    let team = team();
    let attributes = fs::read(team.first.join(".gitattributes")).unwrap();
    fs::write(team.first.join(".gitattributes"), "").unwrap();
    fs::write(team.first.join("early one.sql.gz"), dump(3000, 2)).unwrap();
    team.home.git(&team.first, &["add", "early one.sql.gz"]);
    fs::write(team.first.join(".gitattributes"), attributes).unwrap();
    let wrong = "`early one.sql.gz` is in git itself";
    finds(&team, "files", wrong, "git add --renormalize .");
    team.home.git(&team.first, &["add", "--renormalize", "."]);
    is_well(&team, "ok    files       2 with git-lfs, all fetched");
}

#[test]
fn a_clone_made_before_git_lfs_was_set_up() {
    let team = team();
    let clone = team.clone_pointers("late");
    let output = team.agent_any(&clone, &["doctor"]);
    let said = text(&output);
    let wrong = format!("`{DUMP}` is still a pointer in the work tree");
    assert!(said.contains(&wrong), "{said}");
    assert!(said.contains("hint: run `git lfs pull`"), "{said}");
    team.home.git(&clone, &["lfs", "pull"]);
    team.agent(&clone, &["doctor"]);
}

#[test]
fn what_a_machine_lacks_is_set_up_and_what_is_more_is_asked_for() {
    let mut team = team();
    let origin = team.bare.to_string_lossy().into_owned();
    // Another machine: git-lfs is installed, and nobody has set anything up. The clone has pointers.
    for key in [
        "filter.lfs",
        "lfs.customtransfer.lfs-agent",
        "lfs.lfs-agent::",
    ] {
        team.home.git(
            team.home.work(),
            &["config", "--global", "--remove-section", key],
        );
    }
    team.home
        .git(team.home.work(), &["clone", "-q", &origin, "second"]);
    let second = team.home.work().join("second");
    team.home.set("SHELL", "/bin/bash");
    let agent = |arguments: &[&str]| text(&team.agent_any(&second, arguments));
    let done = |said: &str| said.lines().filter(|line| line.starts_with("done")).count();

    let said = agent(&["doctor", "--fix"]);
    assert_eq!(done(&said), 3, "{said}");
    assert!(
        said.contains("still a pointer in the work tree"),
        "nobody has agreed: {said}"
    );
    let completions = team
        .home
        .home()
        .join(".local/share/bash-completion/completions");
    assert!(!completions.exists());

    let said = agent(&["doctor", "--fix", "--yes"]);
    assert!(said.contains("fetched dumps"), "{said}");
    assert!(!said.contains("FAIL"), "{said}");
    assert_eq!(fs::read(second.join(DUMP)).unwrap(), dump(300_000, 1));
    assert!(completions.join("lfs-agent").is_file());
    assert_eq!(done(&agent(&["doctor", "--fix", "--yes"])), 0);
}
