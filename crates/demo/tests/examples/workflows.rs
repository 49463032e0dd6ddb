//! Workflows and Compose files have the shape that their services expect.

use crate::{blocks, read, yaml};
use yaml_rust2::Yaml;

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
    assert!(seen >= 5, "only {seen} examples were found");
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
