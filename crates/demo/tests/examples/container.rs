//! What the container's file says before PostgreSQL's image takes over: a database without its rows must not look well.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{team, yaml};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

/// Runs the script of the container's file over a directory of dumps; the image's own entry point is left out.
fn start(files: &[(&str, &str)]) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(directory.path().join(name), content).unwrap();
    }
    let compose = yaml(
        "docker-compose.yml",
        &fs::read_to_string(team::compose_file()).unwrap(),
    );
    let database = &compose["services"]["database"];
    let entry = crate::texts(&database["entrypoint"]);
    assert_eq!((entry[0], entry[1]), ("bash", "-c"));
    assert_eq!(entry[3], "docker-entrypoint.sh");
    let script = entry[2]
        .replace("$$", "$")
        .replace("/docker-entrypoint-initdb.d", &shown(directory.path()))
        .replace("exec docker-entrypoint.sh", "echo begins:");
    assert!(script.contains("echo begins:"), "{script}");
    let output = Command::new("bash")
        .args(["-c", &script, "bash", "postgres"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said.into_owned())
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[track_caller]
fn refuses(files: &[(&str, &str)], wrong: &str, next: &str) {
    let (code, said) = start(files);
    assert_eq!(code, Some(1), "{said}");
    let mut lines = said.lines();
    assert_eq!(lines.next().unwrap(), format!("error: {wrong}"));
    assert!(lines.all(|line| line.starts_with("hint: ")), "{said}");
    assert!(said.contains(next), "{said}");
}

#[test]
fn a_schema_and_rows_start() {
    let dumps = [
        ("01_schema.sql", "SELECT 1;\n"),
        ("02_dummy.sql.gz", "\x1f"),
    ];
    assert_eq!(start(&dumps), (Some(0), "begins: postgres\n".to_owned()));
    let plain = [("01_schema.sql", "SELECT 1;\n"), ("02_none.sql", "")];
    assert_eq!(start(&plain), (Some(0), "begins: postgres\n".to_owned()));
}

#[test]
fn a_pointer_is_told() {
    refuses(
        &[
            ("01_schema.sql", "SELECT 1;\n"),
            ("02_dummy.sql.gz", POINTER),
        ],
        "dumps/02_dummy.sql.gz is a git-lfs pointer, not the dump itself",
        "git lfs pull",
    );
}

#[test]
fn a_clone_that_stopped_before_the_rows_is_told() {
    refuses(
        &[("01_schema.sql", "SELECT 1;\n")],
        "dumps/ holds the schema but no rows: no file beside 01_schema.sql",
        "git reset --hard",
    );
}

#[test]
fn an_empty_directory_is_told() {
    refuses(&[], "dumps/ holds no .sql and no .sql.gz file", "gen-dummy");
}
