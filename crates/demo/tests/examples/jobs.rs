//! The commands of docs/ci.md, run in the order in which the services would.

use std::fs;
use std::path::Path;

use host_tools::process::run_failing;
use testkit::git::is_pointer;
use testkit::pg::TempPostgres;

use crate::team::{DUMP, Team};
use crate::{blocks, texts, yaml};

/// What the services themselves bring to a machine, and a test doesn't.
const SET_UP: [&str; 3] = ["cargo install", "apt-get", "AWS_TOKEN"];

#[test]
fn the_example_for_github_checks_fetches_and_loads() {
    let example = yaml("docs/ci.md", &blocks("docs/ci.md", "yaml")[0]);
    let steps = example["jobs"]["load"]["steps"].as_vec().unwrap();
    let commands: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["run"].as_str())
        .collect();
    a_job_runs(&commands);
}

#[test]
fn the_example_for_gitlab_checks_fetches_and_loads() {
    let example = yaml("docs/ci.md", &blocks("docs/ci.md", "yaml")[1]);
    let mut commands = texts(&example["freshness"]["script"]);
    commands.extend(texts(&example["load"]["before_script"]));
    commands.extend(texts(&example["load"]["script"]));
    a_job_runs(&commands);
}

#[track_caller]
fn a_job_runs(commands: &[&str]) {
    let mut team = Team::new();
    let clone = team.clone_of_pointers("runner");
    let database = team.with_database(TempPostgres::shared());
    let commands: Vec<_> = commands
        .iter()
        .filter(|command| !SET_UP.iter().any(|set_up| command.contains(set_up)))
        .collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        // The jobs have git leave pointers, which a pull must not mind.
        team.shell(&clone, &format!("export GIT_LFS_SKIP_SMUDGE=1\n{command}"));
    }
    assert_eq!(fs::read(clone.join(DUMP)).unwrap(), team.dump());
    let rows = TempPostgres::shared().psql(&database, "SELECT count(*) FROM customers");
    assert_eq!(rows.trim(), "50");
    TempPostgres::shared().drop_database(&database);
}

/// A step of the workflow that `gen-schema init` has written.
fn step(team: &Team, job: &str, words: &str) -> String {
    let path = team.repository.join(".github/workflows/schema.yml");
    let workflow = yaml("schema.yml", &fs::read_to_string(path).unwrap());
    let steps = workflow["jobs"][job]["steps"].as_vec().unwrap();
    let step = steps.iter().find(|step| {
        step["name"]
            .as_str()
            .is_some_and(|name| name.contains(words))
    });
    let run = step.and_then(|step| step["run"].as_str());
    run.expect(words).to_owned()
}

#[test]
fn a_dump_that_git_has_itself_fails_the_workflow() {
    let team = Team::new();
    let check = step(&team, "dumps", "git has pointers");
    let clone = team.clone_of_pointers("runner");
    team.shell(&clone, &check);
    // As it is committed on a machine without git-lfs's filter, in a file that nobody tracks, and what looks like neither.
    let commit = "git -c filter.lfs.process= -c filter.lfs.clean=cat -c filter.lfs.required=false";
    for (file, make) in [
        (DUMP, "gen-dummy --rows 5"),
        (
            "extra/old.gz",
            "mkdir extra && gzip < schema/Schemafile > extra/old.gz",
        ),
    ] {
        team.shell(&clone, make);
        team.shell(
            &clone,
            &format!("{commit} add --all && {commit} commit --quiet -m Raw"),
        );
        let mut bash = team.home.command("bash", &clone);
        let output = run_failing(bash.args(["-e", "-o", "pipefail", "-c", &check]));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains(&format!("::error::{file} is in git itself")),
            "{said}"
        );
        assert!(said.contains("git add --renormalize ."), "{said}");
        team.shell(&clone, "git reset --quiet --hard HEAD~1");
    }
    team.shell(&clone, ": > empty.gz && git add empty.gz");
    team.shell(&clone, &check);
}

#[test]
fn a_stale_file_fails_the_job() {
    let team = Team::new();
    let clone = team.clone_of_pointers("runner");
    let schema = clone.join("schema/Schemafile");
    let text = fs::read_to_string(&schema).unwrap();
    fs::write(&schema, text.replace("\"status\"", "\"state\"")).unwrap();
    assert!(is_pointer(&fs::read(clone.join(DUMP)).unwrap()));
    for program in ["gen-schema", "gen-dummy"] {
        let status = check(&team, program, &clone);
        assert_eq!(status, Some(1), "{program}");
    }
}

fn check(team: &Team, program: &str, clone: &Path) -> Option<i32> {
    let mut command = team.home.command(program, clone);
    command.arg("--check").output().unwrap().status.code()
}

#[test]
fn the_workflow_of_a_new_repository_commits_what_was_forgotten() {
    let team = Team::new();
    let named = |words: &str| step(&team, "fresh", words);
    let commits = named("commit it");
    let schema = team.repository.join("schema/Schemafile");
    let text = fs::read_to_string(&schema).unwrap();
    fs::write(&schema, text.replace("\"status\"", "\"state\"")).unwrap();
    team.shell(
        &team.repository,
        "git commit --quiet --all --message Forgotten && git push --quiet",
    );
    let clone = team.clone_of_pointers("runner");
    assert_eq!(check(&team, "gen-schema", &clone), Some(1));
    team.shell(&clone, &commits);
    assert!(team.shell(&clone, &commits).contains("is fresh"));

    team.shell(&team.repository, "git pull --quiet");
    team.shell(&team.repository, &named("SQL is fresh"));
    let log = team.shell(&team.repository, "git log --format='%an: %s' -1");
    assert_eq!(log, "github-actions[bot]: Regenerate dumps/01_schema.sql\n");
}
