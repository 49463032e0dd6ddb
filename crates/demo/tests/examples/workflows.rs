//! Workflows and Compose files have the shape that their services expect.

use std::fs;
use std::process::Command;

use host_tools::process::run;
use host_tools::workspace::root;
use testkit::cargo::binary;
use yaml_rust2::Yaml;

use crate::{blocks, read, yaml};

const WORKFLOWS: [&str; 4] = [
    ".github/workflows/ci.yml",
    ".github/workflows/release.yml",
    ".github/workflows/schema.yml",
    "crates/gen-schema/src/init/schema.yml",
];

#[test]
fn workflows_have_jobs_of_steps() {
    for name in WORKFLOWS {
        check(name, &yaml(name, &read(name)));
    }
    let example = &blocks("docs/ci.md", "yaml")[0];
    check("docs/ci.md", &yaml("docs/ci.md", example));
}

#[test]
fn every_example_in_yaml_parses() {
    let mut seen = 0;
    for page in ["docs/ci.md", "docs/docker.md"] {
        for block in blocks(page, "yaml") {
            assert!(yaml(page, &block).as_hash().is_some(), "{page}:\n{block}");
            seen += 1;
        }
    }
    assert!(seen >= 4, "only {seen} examples were found");
}

#[track_caller]
fn check(name: &str, workflow: &Yaml) {
    for key in ["name", "on", "permissions", "jobs"] {
        assert!(!workflow[key].is_badvalue(), "{name} has no `{key}`");
    }
    let jobs = workflow["jobs"].as_hash().expect("jobs");
    assert!(!jobs.is_empty());
    for (job, content) in jobs {
        assert!(!content["runs-on"].is_badvalue(), "{name}: {job:?}");
        assert!(
            content["timeout-minutes"].as_i64().is_some(),
            "{name}: {job:?} may hang for hours"
        );
        for step in content["steps"].as_vec().expect("steps") {
            let kinds = ["run", "uses"].map(|kind| step[kind].as_str().is_some());
            assert!(kinds[0] != kinds[1], "{name}: {step:?}");
        }
    }
}

#[test]
fn the_release_packs_what_it_has_built() {
    let workflow = yaml("release", &read(".github/workflows/release.yml"));
    let steps = workflow["jobs"]["programs"]["steps"].as_vec().unwrap();
    let script = steps
        .iter()
        .find(|step| step["name"].as_str() == Some("Package"))
        .and_then(|step| step["run"].as_str())
        .unwrap()
        .replace("${{ matrix.name }}", "linux-x86_64");
    let directory = tempfile::tempdir().unwrap();
    let built = directory.path().join("target/release");
    fs::create_dir_all(&built).unwrap();
    for program in ["gen-schema", "gen-dummy", "lfs-agent", "git-database"] {
        fs::hard_link(binary(program), built.join(program))
            .or_else(|_| fs::copy(binary(program), built.join(program)).map(drop))
            .unwrap();
    }
    for part in ["", "docs"] {
        fs::create_dir_all(directory.path().join(part)).unwrap();
        for entry in fs::read_dir(root().join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap();
                fs::copy(&path, directory.path().join(part).join(name)).unwrap();
            }
        }
    }
    // As GitHub runs a step whose shell is bash.
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script]);
    run(bash
        .env("GITHUB_REF_NAME", "v1.2.3")
        .current_dir(directory.path()));
    let archive = "out/database-tools-v1.2.3-linux-x86_64.tar.gz";
    let listed = run(Command::new("tar")
        .args(["--list", "--file", archive])
        .current_dir(directory.path()));
    let listed = String::from_utf8(listed.stdout).unwrap();
    for file in [
        "gen-schema",
        "lfs-agent",
        "git-database",
        "man/man1/gen-dummy.1",
        "completions/lfs-agent.zsh",
        "docs/lfs-agent.md",
        "LICENSE-MIT",
    ] {
        let path = format!("database-tools-v1.2.3-linux-x86_64/{file}");
        assert!(listed.lines().any(|line| line == path), "{listed}");
    }
}

#[test]
fn the_readmes_name_the_archives_that_a_release_has() {
    let workflow = yaml("release", &read(".github/workflows/release.yml"));
    let systems = workflow["jobs"]["programs"]["strategy"]["matrix"]["include"]
        .as_vec()
        .unwrap();
    for page in ["README.md", "README.ja.md"] {
        let text = read(page);
        let mut named: Vec<&str> = text
            .split('`')
            .filter(|word| {
                let (system, processor) = word.split_once('-').unwrap_or_default();
                ["linux", "macos", "windows"].contains(&system) && !processor.contains(' ')
            })
            .collect();
        named.sort_unstable();
        let mut built: Vec<&str> = systems
            .iter()
            .map(|system| system["name"].as_str().unwrap())
            .collect();
        built.sort_unstable();
        assert_eq!(named, built, "{page}");
    }
}

#[test]
fn the_picture_of_the_demo_shows_what_the_pages_say() {
    let picture = read("docs/demo.svg");
    for page in ["README.md", "README.ja.md"] {
        assert!(read(page).contains("](docs/demo.svg)"), "{page}");
    }
    for command in [
        "git push",
        "git pull",
        "git database up",
        "git database reset",
    ] {
        assert!(picture.contains(command), "{command} isn't in it");
    }
}
