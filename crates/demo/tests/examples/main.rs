//! The examples that people copy: workflows, CI jobs and the container's file parse, and their commands do what they say,
//! with real git, git-lfs and PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

mod connections;
mod container;
mod jobs;
mod path;
mod stories;
mod team;
mod workflows;

use std::fs;

use host_tools::workspace::root;
use yaml_rust2::{Yaml, YamlLoader};

/// A file of this repository.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One YAML document.
#[track_caller]
fn yaml(name: &str, text: &str) -> Yaml {
    let mut documents =
        YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    assert_eq!(documents.len(), 1, "{name} is one document");
    documents.remove(0)
}

/// The contents of a page's blocks in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    read(page)
        .split("\n```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.split_once('\n'))
        .filter(|(named, _)| *named == language)
        .map(|(_, content)| content.to_owned() + "\n")
        .collect()
}

/// The texts of a list.
#[track_caller]
fn texts(list: &Yaml) -> Vec<&str> {
    let list = list.as_vec().expect("a list");
    list.iter()
        .map(|item| item.as_str().expect("a text"))
        .collect()
}
