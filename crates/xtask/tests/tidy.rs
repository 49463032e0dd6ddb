//! House rules that neither the compiler nor clippy knows, held by reading the source as text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_tools::process::run;
use host_tools::workspace::root as workspace_root;

/// A longer file hides more than one responsibility.
const LONGEST_FILE: usize = 800;

/// What git shows of a subject in its own listings without cutting it.
const LONGEST_SUBJECT: usize = 72;

/// The last commit from before subjects and bodies were held to a rule.
const LAST_UNRULED_COMMIT: &str = "50840d8";

/// Crates whose results depend on their arguments alone.
const PURE: &[&str] = &[
    "dummy-capture",
    "dummy-config",
    "dummy-data",
    "dummy-values",
    "dump-delta",
    "dump-diff",
    "dump-merge",
    "dump-text",
    "dump-values",
    "lfs-pointer",
    "lfs-protocol",
    "mysql-diff",
    "mysql-import",
    "mysql-model",
    "nearest-name",
    "mysql-text",
    "mysql-values",
    "pg-diff",
    "pg-import",
    "pg-model",
    "pg-sql",
    "pg-text",
    "schema-diff",
    "schema-import",
    "pg-values",
    "row-text",
    "schema-docs",
    "schema-lint",
    "schema-model",
    "schema-page",
    "schema-view",
    "schemafile",
    "sql-text",
    "value-model",
];

/// What a pure crate must not name, and why.
const IMPURE: &[(&str, &str)] = &[
    ("std::fs", "files are opened by the binaries"),
    ("fs_err", "files are opened by the binaries"),
    ("std::env::", "the environment is read by the binaries"),
    ("TcpStream", "the network belongs to dump-store"),
    ("TcpListener", "the network belongs to dump-store"),
    ("UdpSocket", "the network belongs to dump-store"),
    ("ToSocketAddrs", "the network belongs to dump-store"),
    ("std::process", "programs are started by the binaries"),
    ("thread::sleep", "a pure crate waits for nothing"),
    (
        "available_parallelism",
        "results must not depend on the machine",
    ),
    ("SystemTime", "a clock makes results differ from day to day"),
    (
        "Instant::now",
        "a clock makes results differ from run to run",
    ),
    ("RandomState", "its order differs from run to run"),
    ("stdin()", "standard streams belong to the binaries"),
    ("stdout()", "standard streams belong to the binaries"),
    ("stderr()", "standard streams belong to the binaries"),
];

#[test]
fn every_file_says_what_it_is_responsible_for() {
    check(rust_files(), |path, text| {
        if text.starts_with("//!") {
            Vec::new()
        } else {
            vec![format!("{} begins without `//!`", shown(path))]
        }
    });
}

#[test]
fn no_file_is_too_long_to_be_about_one_thing() {
    check(rust_files(), |path, text| {
        let lines = text.lines().count();
        if lines <= LONGEST_FILE {
            Vec::new()
        } else {
            vec![format!("{} has {lines} lines", shown(path))]
        }
    });
}

/// Crates large enough that an import has to say from which part of them it is.
const BY_MODULE: &[&str] = &[
    "crates/dummy-data/src/",
    "crates/dummy-values/src/",
    "crates/dump-store/src/",
    "lfs-agent/src/",
];

#[test]
fn parts_of_large_crates_import_from_each_other_and_not_through_the_root() {
    let in_large_crate =
        |path: &PathBuf| BY_MODULE.iter().any(|root| shown(path).starts_with(root));
    check(
        rust_files().into_iter().filter(in_large_crate).collect(),
        |path, text| {
            let found = text.lines().filter(|line| {
                line.split_once("use crate::").is_some_and(|(_, rest)| {
                    rest.starts_with(|first: char| first == '{' || first.is_uppercase())
                })
            });
            found
                .map(|line| format!("{}: {}", shown(path), line.trim()))
                .collect()
        },
    );
}

/// `x/mod.rs` and never `x.rs` beside `x/`: a module and its parts are one folder, moved and found together.
#[test]
fn modules_with_parts_are_folders() {
    let sources = rust_files();
    assert!(!sources.is_empty(), "there must be something to check");
    let wrong: Vec<String> = sources
        .iter()
        .filter(|path| {
            // Cargo takes each file beside the folders of `tests` for a program of its own.
            let is_test = path
                .parent()
                .is_some_and(|parent| parent.ends_with("tests"));
            path.exists() && !is_test && path.with_extension("").is_dir()
        })
        .map(|path| shown(path))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_test_is_ignored_and_no_code_is_missing() {
    // Written in two parts, or this file would find itself.
    let forbidden = [
        concat!("#[", "ignore"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ];
    check(rust_files(), |path, text| {
        let found = forbidden.iter().filter(|word| code(text).contains(**word));
        found
            .map(|word| format!("{} contains `{word}`", shown(path)))
            .collect()
    });
}

#[test]
fn pure_crates_touch_nothing_outside() {
    let in_pure_source = |path: &PathBuf| {
        let path = shown(path);
        PURE.iter()
            .any(|name| path.starts_with(&format!("crates/{name}/src/")))
    };
    let files: Vec<PathBuf> = rust_files().into_iter().filter(in_pure_source).collect();
    assert!(
        files.len() >= PURE.len(),
        "each pure crate has source: {files:?}"
    );
    check(files, |path, text| {
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let found = IMPURE
            .iter()
            .filter(|(word, _)| code(product).contains(word));
        found
            .map(|(word, why)| format!("{} names `{word}`: {why}", shown(path)))
            .collect()
    });
}

#[test]
fn every_crate_takes_the_workspace_s_lints() {
    // A workspace of its own (this one too, at the root) is no member of this one.
    let manifests: Vec<PathBuf> = tracked(&["*Cargo.toml"])
        .into_iter()
        .filter(|path| !fs::read_to_string(path).is_ok_and(|text| text.contains("[workspace]")))
        .collect();
    check(manifests, |path, text| {
        if text.contains("[lints]\nworkspace = true") {
            Vec::new()
        } else {
            vec![shown(path)]
        }
    });
}

#[test]
fn dumps_are_in_git_as_pointers_only() {
    for path in tracked(&["*.sql.gz"]) {
        let staged = run(git().arg("show").arg(format!(":{}", shown(&path)))).stdout;
        assert!(
            lfs_pointer::Pointer::parse(&staged).is_some(),
            "{} is committed as data, not as an LFS pointer",
            shown(&path)
        );
    }
}

#[test]
fn commits_have_a_subject_that_fits_and_a_body_that_says_why() {
    let range = format!("{LAST_UNRULED_COMMIT}..HEAD");
    let output = git()
        .args(["log", "--no-merges", "--format=%h%x1f%s%x1f%b%x1e", &range])
        .output()
        .expect("git runs");
    // A shallow clone or a source archive has no history to hold to anything.
    let history = String::from_utf8_lossy(&output.stdout);
    let wrong: Vec<String> = history
        .split('\u{1e}')
        .filter_map(|commit| {
            let mut fields = commit.trim().split('\u{1f}');
            let (hash, subject, body) = (fields.next()?, fields.next()?, fields.next()?);
            if subject.chars().count() > LONGEST_SUBJECT {
                Some(format!(
                    "{hash} has a subject of over {LONGEST_SUBJECT} characters: {subject}"
                ))
            } else if body.trim().is_empty() {
                Some(format!("{hash} has no body that says why: {subject}"))
            } else {
                None
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Applies a check to each file, and fails with everything that it has found in all of them.
#[track_caller]
fn check(files: Vec<PathBuf>, find: impl Fn(&Path, &str) -> Vec<String>) {
    assert!(!files.is_empty(), "there must be something to check");
    let mut wrong = Vec::new();
    for path in files {
        // A file that is deleted but still in git's index is nobody's fault.
        if let Ok(text) = fs::read_to_string(&path) {
            wrong.extend(find(&path, &text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lines that aren't comments.
fn code(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn rust_files() -> Vec<PathBuf> {
    tracked(&["*.rs"])
}

/// The files of these patterns that are in git, or would be after `git add`.
fn tracked(patterns: &[&str]) -> Vec<PathBuf> {
    let mut command = git();
    command
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
            "--",
        ])
        .args(patterns);
    let listed = String::from_utf8(run(&mut command).stdout).expect("paths in UTF-8");
    listed
        .split_terminator('\0')
        .map(|path| workspace_root().join(path))
        .collect()
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.current_dir(workspace_root());
    git
}

/// A path from the root, with `/` on every system.
fn shown(path: &Path) -> String {
    path.strip_prefix(workspace_root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}
