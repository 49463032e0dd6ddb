//! README's one path: each command between nothing and the second developer's psql is typed as it stands there, in homes
//! that have never heard of git-lfs.

use std::fs::File;
use std::path::Path;

use host_tools::process::run;
use testkit::cargo::binary;
use testkit::git::{GitHome, is_pointer};
use testkit::pg::TempPostgres;
use testkit_s3::s3::EmbeddedS3;

use crate::read;
use crate::team::DUMP;

/// The blocks of commands of a part of README.
fn blocks_under(heading: &str) -> Vec<String> {
    let page = read("README.md");
    let (_, part) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let part = part.split("\n## ").next().unwrap();
    part.split("\n```sh\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("\n```")?.0.to_owned()))
        .collect()
}

/// Somebody whose machine has the programs and nothing else.
fn somebody(s3: &EmbeddedS3) -> GitHome {
    let mut home = GitHome::new();
    for program in ["gen-schema", "gen-dummy", "lfs-agent", "git-database"] {
        home.add_program(&binary(program));
    }
    home.set_all(s3.environment());
    home
}

#[track_caller]
fn types(home: &GitHome, directory: &Path, commands: &str) -> String {
    let output = run(home.command("bash", directory).args(["-e", "-c", commands]));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn from_nothing_to_the_second_developers_psql() {
    let blocks = blocks_under("From nothing to the second developer's psql");
    let [programs, repository, second] = &blocks[..] else {
        panic!("three blocks, not {blocks:?}");
    };
    // What builds is there already.
    let programs = programs.strip_prefix("cargo xtask install\n").unwrap();
    let s3 = EmbeddedS3::start();
    let first = somebody(&s3);
    let work = first.work();
    first.git(&work, &["init", "--quiet", "--bare", "your-database.git"]);
    let origin = work.join("your-database.git");
    let here = |text: &str| {
        text.replace(
            "git@github.com:your-team/your-database.git",
            &origin.to_string_lossy(),
        )
        .replace(
            "s3://team-dumps/shop --region ap-northeast-1",
            &format!(
                "s3://{}/shop --region {} --endpoint {} --path-style",
                s3.bucket(),
                s3.region(),
                s3.endpoint()
            ),
        )
    };
    types(&first, &work, programs);
    types(&first, &work, &here(repository));
    let pushed = first.git_text(&origin, &["show", &format!("HEAD:{DUMP}")]);
    assert!(is_pointer(format!("{pushed}\n").as_bytes()), "{pushed}");
    assert_eq!(s3.keys().len(), 1);

    let mut colleague = somebody(&s3);
    let postgres = TempPostgres::start();
    let psql = postgres.client("psql");
    if Path::new(psql.get_program()).is_file() {
        colleague.add_program(Path::new(psql.get_program()));
    }
    colleague.set("PGPASSFILE", "/nowhere");
    let work = colleague.work();
    types(&colleague, &work, programs);
    // No Docker here, and a bucket that isn't at Amazon's own address: a line of the page, and one of the agent's hint.
    let url = format!("postgresql://postgres@127.0.0.1:{}/app", postgres.port());
    let once = here("git config --global database.url postgresql://localhost/app")
        .replace("postgresql://localhost/app", &url);
    assert!(
        read("README.md").contains("git config --global database.url postgresql://localhost/app")
    );
    types(&colleague, &work, &once);
    let endpoint = s3.endpoint();
    types(
        &colleague,
        &work,
        &format!("git config --global --add lfs-agent.allowEndpoint {endpoint}"),
    );
    let (before, last) = second.rsplit_once('\n').unwrap();
    assert_eq!(last, "git database psql");
    let said = types(&colleague, &work, &here(before));
    assert_eq!(said.trim(), url);
    let clone = work.join("your-database");
    let question = work.join("question.sql");
    std::fs::write(&question, "SELECT count(*) AS orders FROM orders;\n").unwrap();
    let mut psql = colleague.command("bash", &clone);
    let answer = run(psql
        .args(["-e", "-c", last])
        .stdin(File::open(&question).unwrap()));
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(answer.contains("1000"), "{answer}");
    assert_eq!(colleague.git_text(&clone, &["status", "--porcelain"]), "");
}
