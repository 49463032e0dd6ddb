//! Real git and real git-lfs, with the agent between them and an S3 server.

use std::fs;
use std::path::Path;

use crate::common::{AGENT, DUMP, Team, assert_dump, dump, text};
use testkit::git::is_pointer;

#[test]
fn a_dump_is_pushed_cloned_and_pulled() {
    let team = Team::new();
    let (old, new) = (dump(300_000, 1), dump(20_000_000, 2));
    team.push(&team.first, &old);
    let oid = team
        .home
        .git_text(&team.first, &["lfs", "ls-files", "--long"])[..64]
        .to_owned();
    assert_eq!(
        team.s3.keys(),
        [format!("shop/{}/{}/{oid}", &oid[..2], &oid[2..4])]
    );
    let second = team.clone("second");
    assert_dump(&second, &old);
    // Large enough for several parts.
    team.push(&second, &new);
    team.home
        .git(&team.first, &["pull", "-q", "origin", "main"]);
    assert_dump(&team.first, &new);
    team.home.git(&team.first, &["checkout", "-q", "HEAD~1"]);
    assert_dump(&team.first, &old);
    assert_eq!(
        team.home.git_text(&team.first, &["status", "--porcelain"]),
        ""
    );
}

#[test]
fn many_dumps_go_through_all_agents() {
    let team = Team::new();
    for number in 0..40 {
        let path = team.first.join(format!("dumps/é {number}.sql.gz"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, dump(10_000 + number, number as u64)).unwrap();
    }
    team.push(&team.first, &dump(10, 0));
    assert_eq!(team.s3.keys().len(), 41);
    let second = team.clone("second");
    for number in 0..40 {
        let found = fs::read(second.join(format!("dumps/é {number}.sql.gz"))).unwrap();
        assert!(
            found == dump(10_000 + number, number as u64),
            "dump {number}"
        );
    }
}

#[test]
fn pushing_again_sends_nothing() {
    let team = Team::new();
    team.push(&team.first, &dump(300_000, 1));
    let key = team.s3.keys().pop().unwrap();
    // If it were sent again, the bytes would be the right ones again.
    let other = vec![0; 300_000];
    team.s3.put(&key, &other);
    team.home
        .git(&team.first, &["lfs", "push", "--all", "origin"]);
    assert_eq!(team.s3.read(&key), Some(other));
}

#[test]
fn without_the_agent_a_clone_names_it_and_recovers_later() {
    let team = Team::new();
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    team.agent(&team.first, &["uninstall"]);
    let second = team.home.work().join("second");
    let said = team.clone_fails("second");
    assert!(said.contains("lfs-agent::s3://"), "{said}");
    team.agent(&team.first, &["install"]);
    team.home.git(&second, &["restore", "--source=HEAD", ":/"]);
    assert_dump(&second, &content);
}

#[test]
fn an_object_that_is_missing_says_so_with_its_key_and_a_hint() {
    let team = Team::new();
    team.push(&team.first, &dump(300_000, 1));
    let key = team.s3.keys().pop().unwrap();
    team.s3.delete(&key);
    let said = team.clone_fails("second");

    let oid = key.rsplit('/').next().unwrap();
    let told = format!(
        "error transferring \"{oid}\": [1] can't fetch s3://team-dumps/{key}: the server answered GetObject with 404"
    );
    assert!(said.contains(&told), "{said}");
    assert!(
        said.contains("hint: the object was never pushed there"),
        "{said}"
    );
}

#[test]
fn a_damaged_object_is_never_checked_out() {
    let team = Team::new();
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    let key = team.s3.keys().pop().unwrap();
    let mut damaged = content.clone();
    damaged[1000] ^= 1;
    team.s3.put(&key, &damaged);
    let second = team.home.work().join("second");
    let said = team.clone_fails("second");
    assert!(said.contains("is damaged"), "{said}");
    let output = team.home.git_fails(&second, &["lfs", "pull"]);
    assert!(text(&output).contains("is damaged"), "{}", text(&output));
    if let Ok(found) = fs::read(second.join(DUMP)) {
        assert!(is_pointer(&found), "damaged bytes were checked out");
    }
    team.s3.put(&key, &content);
    team.home.git(&second, &["restore", "--source=HEAD", ":/"]);
    assert_dump(&second, &content);
}

#[test]
fn an_endpoint_that_nobody_approved_gets_no_request() {
    let team = Team::new();
    team.push(&team.first, &dump(300_000, 1));
    team.home.git(
        &team.first,
        &[
            "config",
            "--global",
            "--unset-all",
            "lfs-agent.allowEndpoint",
        ],
    );
    let said = team.clone_fails("second");

    let endpoint = team.s3.endpoint();
    assert!(
        said.contains("nobody on this machine has approved"),
        "{said}"
    );
    assert!(
        said.contains(&format!(
            "git config --global --add lfs-agent.allowEndpoint {endpoint}"
        )),
        "{said}"
    );
    let second = team.home.work().join("second");
    team.home.git(
        &second,
        &[
            "config",
            "--global",
            "--add",
            "lfs-agent.allowEndpoint",
            &endpoint,
        ],
    );
    team.home.git(&second, &["restore", "--source=HEAD", ":/"]);
    assert_dump(&second, &dump(300_000, 1));
}

#[test]
fn wrong_credentials_are_told_without_being_shown() {
    let mut team = Team::new();
    team.commit(&team.first, &dump(300_000, 1));
    team.home
        .set("AWS_SECRET_ACCESS_KEY", "not-the-secret-that-it-should-be");
    let said = team.push_fails(&team.first);

    assert!(
        said.contains(
            "hint: the access key is unknown to this store, or its secret or session token is wrong"
        ),
        "{said}"
    );
    assert!(!said.contains("not-the-secret"), "{said}");
    team.home.set("AWS_SECRET_ACCESS_KEY", team.s3.secret_key());
    team.push_head(&team.first);
}

#[test]
fn the_loudest_log_holds_no_secret() {
    let mut team = Team::new();
    team.home.set("LFS_AGENT_LOG", "trace");
    team.home.set("GIT_TRACE", "1");
    team.commit(&team.first, &dump(20_000_000, 1));
    let push = team.home.git(&team.first, &["push", "origin", "HEAD"]);
    team.home.set("LFS_AGENT_LOG", "");
    let fsck = team.agent(&team.first, &["-vvv", "fsck"]);
    let said = format!("{}{}", text(&push), text(&fsck));
    assert!(
        said.contains("lfs_agent::agent"),
        "the log says something: {said}"
    );
    for secret in [team.s3.secret_key(), "AWS4-HMAC-SHA256", "Signature="] {
        assert!(!said.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn no_credentials_at_all_are_told_with_where_to_get_some() {
    let mut team = Team::new();
    team.commit(&team.first, &dump(300_000, 1));
    team.home.set("AWS_ACCESS_KEY_ID", "");
    team.home.set("AWS_SECRET_ACCESS_KEY", "");
    let said = team.push_fails(&team.first);
    assert!(
        said.contains("hint: give AWS credentials: `aws configure`"),
        "{said}"
    );
}

#[test]
fn a_misspelled_parameter_is_told() {
    let team = Team::new();
    team.commit(&team.first, &dump(300_000, 1));
    team.home.git(
        &team.first,
        &[
            "config",
            "lfs.url",
            "lfs-agent::s3://team-dumps/shop?regoin=us-east-1",
        ],
    );
    let said = team.push_fails(&team.first);
    assert!(said.contains("did you mean `region`?"), "{said}");
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let team = Team::new();
    team.commit(&team.first, &dump(300_000, 1));
    team.home.git(
        &team.first,
        &["config", "lfs-agent.endpoint", "http://127.0.0.1:9"],
    );
    let said = team.push_fails(&team.first);

    assert!(said.contains("hint: check the network"), "{said}");
    assert!(said.contains("refused"), "{said}");
}

#[test]
fn the_agent_starts_fast_and_answers_init_alone() {
    let team = Team::new();
    let mut times = Vec::new();
    for _ in 0..5 {
        let started = std::time::Instant::now();
        let mut child = team
            .command(Path::new(&team.first), &[])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let lines = b"{\"event\":\"init\",\"operation\":\"download\",\"remote\":\"origin\"}\n{\"event\":\"terminate\"}\n";
        std::io::Write::write_all(&mut stdin, lines).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        times.push(started.elapsed());
        assert_eq!(String::from_utf8_lossy(&output.stdout), "{}\n");
        assert!(output.status.success());
    }
    // 20 ms is the aim and is measured by the benchmark; a busy machine and a debug build are allowed ten times that.
    assert!(times.iter().min().unwrap().as_millis() < 200, "{times:?}");
    assert!(Path::new(AGENT).is_file());
}
