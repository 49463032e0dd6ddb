//! A network that fails on cue, between the real agent under real git-lfs and an S3 server. Each fault ends in success,
//! or in a sentence with a hint and a second try that succeeds.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::thread;
use std::time::Duration;

#[cfg(unix)]
use crate::common::kill::{kill_after_the_first_piece, kill_midway};
use crate::common::{Team, assert_dump, dump};
use testkit_s3::proxy::{Fault, Matching, Shaping};

/// Large enough for several parts and ranges.
const LARGE: usize = 20_000_000;

/// Pushes and clones a small and a large dump while `fault` strikes matching requests, and checks that both arrive.
#[track_caller]
fn survives(faults: &[(Matching, Fault)]) {
    let (team, proxy) = Team::behind(Shaping::default());
    for (matching, fault) in faults {
        proxy.inject(matching.clone(), fault.clone());
    }
    for (round, length) in [300_000, LARGE].into_iter().enumerate() {
        let content = dump(length, round as u64);
        team.push(&team.first, &content);
        let clone = team.clone(&format!("clone-{round}"));
        assert_dump(&clone, &content);
    }
    assert!(proxy.struck() >= 1, "no fault has struck");
    for key in team.s3.keys() {
        let oid = key.rsplit('/').next().unwrap();
        assert_eq!(
            dump_store::Oid::of(&team.s3.read(&key).unwrap()).to_hex(),
            oid,
            "a damaged object is stored"
        );
    }
}

#[test]
fn bursts_of_server_failures_pass() {
    let answer = Fault::answer;
    survives(&[
        (Matching::method("PUT").first(3), answer(503, "SlowDown")),
        (
            Matching::method("GET").first(3),
            answer(500, "InternalError"),
        ),
        (
            Matching::method("POST").first(3),
            answer(503, "ServiceUnavailable"),
        ),
    ]);
}

#[test]
fn resets_in_the_middle_of_requests_and_answers_pass() {
    survives(&[
        (
            Matching::method("PUT").first(3),
            Fault::ResetRequest { after: 100_000 },
        ),
        (
            Matching::method("GET").target("shop/").first(3),
            Fault::ResetAnswer { after: 100_000 },
        ),
    ]);
}

#[test]
fn lost_answers_pass() {
    survives(&[
        (Matching::method("POST").first(4), Fault::LoseAnswer),
        (Matching::method("PUT").nth(1), Fault::LoseAnswer),
        (Matching::method("PUT").nth(3), Fault::LoseAnswer),
    ]);
}

#[test]
fn short_and_long_bodies_pass() {
    survives(&[
        (
            Matching::method("GET").target("shop/").nth(1),
            Fault::CutAnswer { missing: 1000 },
        ),
        (
            Matching::method("GET").target("shop/").nth(2),
            Fault::ShortAnswer { missing: 1000 },
        ),
        (
            Matching::method("GET").target("shop/").nth(4),
            Fault::LongAnswer { extra: 1000 },
        ),
        (
            Matching::method("GET").target("shop/").nth(6),
            Fault::OverlongAnswer { extra: 1000 },
        ),
    ]);
}

#[test]
fn flipped_bits_pass() {
    survives(&[
        (
            Matching::method("PUT").nth(1),
            Fault::FlipRequestBit { at: 1000 },
        ),
        (
            Matching::method("PUT").nth(3),
            Fault::FlipRequestBit { at: 1000 },
        ),
        (
            Matching::method("GET").target("shop/").nth(1),
            Fault::FlipAnswerBit { at: 1000 },
        ),
        (
            Matching::method("GET").target("shop/").nth(4),
            Fault::FlipAnswerBit { at: 1000 },
        ),
    ]);
}

#[test]
fn stalls_pass() {
    let pause = Duration::from_secs(2);
    survives(&[
        (
            Matching::method("PUT").nth(2),
            Fault::StallRequest {
                after: 100_000,
                pause,
            },
        ),
        (
            Matching::method("GET").target("shop/").nth(1),
            Fault::DelayAnswer { pause },
        ),
        (
            Matching::method("GET").target("shop/").nth(3),
            Fault::StallAnswer {
                after: 100_000,
                pause,
            },
        ),
    ]);
}

#[test]
fn what_is_refused_for_good_is_told_and_succeeds_when_mended() {
    for (status, code, hint) in [
        (403, "AccessDenied", "hint: these credentials may not do it"),
        (403, "ExpiredToken", "hint: renew them"),
        (
            403,
            "RequestTimeTooSkewed",
            "hint: set this machine's clock",
        ),
        (404, "NoSuchBucket", "hint: check the bucket's name"),
        (403, "InvalidAccessKeyId", "hint: the access key is unknown"),
    ] {
        let (team, proxy) = Team::behind(Shaping::default());
        let content = dump(LARGE, 1);
        team.commit(&team.first, &content);
        // In the middle: the other parts go through.
        proxy.inject(
            Matching::method("PUT").target("partNumber=3"),
            Fault::answer(status, code),
        );
        let said = team.push_fails(&team.first);
        assert!(said.contains(hint), "{code}: {said}");
        assert_eq!(team.s3.keys(), Vec::<String>::new(), "{code}");
        proxy.heal();
        team.push_head(&team.first);
        assert_dump(&team.clone("second"), &content);
    }
}

/// Slow enough that a transfer of [`LARGE`] bytes can be killed in its middle: of its three pieces the last is the
/// smallest, and comes a second before the others.
fn slow() -> Shaping {
    Shaping {
        delay: Duration::from_millis(1),
        bytes_per_second: Some(4_000_000),
    }
}

#[cfg(unix)]
#[test]
fn a_killed_push_goes_on_where_it_was() {
    let (team, proxy) = Team::behind(slow());
    let content = dump(LARGE, 1);
    team.commit(&team.first, &content);
    kill_after_the_first_piece(&team, &team.first, &["push", "origin", "HEAD"], "upload");
    assert_eq!(team.s3.keys(), Vec::<String>::new());
    proxy.clear_requests();
    team.push_head(&team.first);
    let parts = proxy
        .requests()
        .iter()
        .filter(|request| request.target.contains("partNumber"))
        .count();
    assert_eq!(
        parts,
        2,
        "one part of three was there: {:?}",
        proxy.requests()
    );
    assert!(
        !proxy
            .requests()
            .iter()
            .any(|request| request.target.contains("uploads")),
        "it was begun anew"
    );
    assert_dump(&team.clone("second"), &content);
}

#[cfg(unix)]
#[test]
fn a_killed_pull_goes_on_where_it_was() {
    let (team, proxy) = Team::behind(slow());
    let content = dump(LARGE, 1);
    team.push(&team.first, &content);
    let second = team.clone_pointers("second");
    kill_after_the_first_piece(&team, &second, &["lfs", "pull"], "download");
    proxy.clear_requests();
    team.home.git(&second, &["lfs", "pull"]);
    assert_dump(&second, &content);
    let ranges = |request: &&testkit_s3::proxy::RequestLine| {
        request.method == "GET" && !request.target.contains("recipes/")
    };
    assert_eq!(
        proxy.requests().iter().filter(ranges).count(),
        2,
        "one range of three was there: {:?}",
        proxy.requests()
    );
    assert_eq!(
        std::fs::read_dir(second.join(".git/lfs/lfs-agent/download"))
            .unwrap()
            .count(),
        0
    );
}

#[cfg(unix)]
#[test]
fn kills_at_any_moment_do_no_harm() {
    let (team, _proxy) = Team::behind(Shaping {
        delay: Duration::from_millis(1),
        bytes_per_second: Some(10_000_000),
    });
    let content = dump(LARGE, 1);
    team.commit(&team.first, &content);
    for moment in [50, 150, 300, 450, 600, 750] {
        kill_midway(
            &team,
            &team.first,
            &["push", "origin", "HEAD"],
            Duration::from_millis(moment),
        );
    }
    team.push_head(&team.first);
    assert_dump(&team.clone("second"), &content);
}

#[test]
fn two_may_push_the_same_dump_at_once() {
    let (team, _proxy) = Team::behind(Shaping::default());
    team.push(&team.first, &dump(1000, 0));
    let second = team.clone("second");
    let content = dump(LARGE, 1);
    for (repository, branch) in [(&team.first, "one"), (&second, "two")] {
        team.home.git(repository, &["checkout", "-q", "-b", branch]);
        team.commit(repository, &content);
    }
    let everyone = &team;
    thread::scope(|scope| {
        for repository in [&team.first, &second] {
            scope.spawn(move || {
                everyone
                    .home
                    .git(repository, &["push", "-q", "origin", "HEAD"])
            });
        }
    });
    let third = team.clone("third");
    team.home.git(&third, &["checkout", "-q", "two"]);
    assert_dump(&third, &content);
}

#[cfg(unix)]
#[test]
fn credentials_that_expire_midway_are_renewed() {
    let (mut team, proxy) = Team::behind(Shaping::default());
    let content = dump(LARGE, 1);
    team.commit(&team.first, &content);
    // Credentials from a program, which leaves a line each time that it is asked.
    let asked = team.home.scratch().join("asked");
    let answer = format!(
        r#"{{"Version": 1, "AccessKeyId": "{}", "SecretAccessKey": "{}"}}"#,
        team.s3.access_key(),
        team.s3.secret_key()
    );
    let program = team.home.scratch().join("credentials");
    std::fs::write(
        &program,
        format!(
            "#!/bin/sh\necho x >> '{}'\necho '{answer}'\n",
            asked.display()
        ),
    )
    .unwrap();
    let config = team.home.scratch().join("aws-config");
    std::fs::write(
        &config,
        format!(
            "[default]\nregion = us-east-1\ncredential_process = sh {}\n",
            program.display()
        ),
    )
    .unwrap();
    team.home.set("AWS_CONFIG_FILE", &config);
    team.home.set("AWS_ACCESS_KEY_ID", "");
    team.home.set("AWS_SECRET_ACCESS_KEY", "");
    proxy.inject(
        Matching::method("PUT").target("partNumber=2").first(1),
        Fault::answer(400, "ExpiredToken"),
    );
    team.push_head(&team.first);
    assert_eq!(proxy.struck(), 1);
    let times = std::fs::read_to_string(&asked).unwrap().lines().count();
    assert_eq!(times, 2, "once at first, and once more when they expired");
    assert_dump(&team.clone("second"), &content);
}

#[test]
fn a_name_that_does_not_resolve_is_told() {
    let team = Team::new();
    let content = dump(300_000, 1);
    team.commit(&team.first, &content);
    // RFC 6761 keeps `.invalid` from ever being a name.
    let setting = ["config", "lfs-agent.endpoint", "http://store.invalid:9000"];
    team.home.git(&team.first, &setting);
    let said = team.push_fails(&team.first);

    assert!(said.contains("hint: check the network"), "{said}");
    assert!(said.contains("dns error"), "{said}");
    team.home
        .git(&team.first, &["config", "--unset", "lfs-agent.endpoint"]);
    team.push_head(&team.first);
    assert_dump(&team.clone("second"), &content);
}

#[test]
fn eight_agents_pass_through_faults_of_all_kinds_together() {
    let (team, proxy) = Team::behind(Shaping::default());
    let path = |number: usize| format!("dumps/{number}.sql.gz");
    std::fs::create_dir_all(team.first.join("dumps")).unwrap();
    for number in 0..32_usize {
        let content = dump(200_000 + number, number as u64);
        std::fs::write(team.first.join(path(number)), content).unwrap();
    }
    let slow_down = Fault::answer(503, "SlowDown");
    let object = |method| Matching::method(method).target("shop/");
    for (nth, fault) in [
        (2, slow_down.clone()),
        (5, Fault::ResetRequest { after: 100_000 }),
        (9, Fault::FlipRequestBit { at: 5000 }),
        (14, Fault::LoseAnswer),
    ] {
        proxy.inject(object("PUT").nth(nth), fault);
    }
    for (nth, fault) in [
        (3, slow_down),
        (6, Fault::ResetAnswer { after: 100_000 }),
        (10, Fault::FlipAnswerBit { at: 5000 }),
        (15, Fault::CutAnswer { missing: 1000 }),
    ] {
        proxy.inject(object("GET").nth(nth), fault);
    }
    team.push(&team.first, &dump(1000, 99));
    let clone = team.clone("second");
    for number in 0..32_usize {
        let found = std::fs::read(clone.join(path(number))).unwrap();
        assert!(
            found == dump(200_000 + number, number as u64),
            "dump {number}"
        );
    }
    assert!(proxy.struck() >= 7, "{} faults have struck", proxy.struck());
}

#[cfg(unix)]
#[test]
fn pulls_that_are_killed_at_any_moment_do_no_harm() {
    let (team, _proxy) = Team::behind(Shaping {
        delay: Duration::from_millis(1),
        bytes_per_second: Some(10_000_000),
    });
    let content = dump(LARGE, 1);
    team.push(&team.first, &content);
    let second = team.clone_pointers("second");
    // Moments that differ from run to run, so that many runs meet many.
    let seed = std::process::id();
    for round in 1..=5 {
        let moment = u64::from(seed.wrapping_mul(round * 7919) % 700);
        kill_midway(
            &team,
            &second,
            &["lfs", "pull"],
            Duration::from_millis(20 + moment),
        );
    }
    team.home.git(&second, &["lfs", "pull"]);
    assert_dump(&second, &content);
}
