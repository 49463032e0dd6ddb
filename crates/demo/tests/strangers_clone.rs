//! A clone of this repository by somebody who has never heard of its tools ends well, on any system's line endings.
//!
//! The committed files are this repository's own `.gitattributes` and `.lfsconfig`, with a pointer whose object is
//! nowhere to be had: there is no public bucket.

use std::fs;
use std::path::{Path, PathBuf};

use host_tools::workspace::root;
use testkit::cargo::binary;
use testkit::git::{GitHome, is_pointer};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n\
    size 12345\n";

#[test]
fn with_git_lfs_and_without_the_agent() {
    let (home, clone) = clone_of_this_repository(GitHome::with_git_lfs(), &[]);
    the_pointer_stays_and_all_is_clean(&home, &clone);
    home.git(&clone, &["lfs", "pull"]);
    the_pointer_stays_and_all_is_clean(&home, &clone);
}

#[test]
fn with_git_lfs_and_the_agent() {
    let home = GitHome::with_git_lfs();
    home.add_program(&binary("lfs-agent"));
    host_tools::process::run(home.command("lfs-agent", home.work()).arg("install"));
    let (home, clone) = clone_of_this_repository(home, &[]);
    the_pointer_stays_and_all_is_clean(&home, &clone);
    home.git(&clone, &["lfs", "pull"]);
    the_pointer_stays_and_all_is_clean(&home, &clone);
}

#[test]
fn without_git_lfs() {
    let mut home = GitHome::new();
    home.hide_programs(&["git-lfs"]);
    let (home, clone) = clone_of_this_repository(home, &[]);
    the_pointer_stays_and_all_is_clean(&home, &clone);
}

#[test]
fn a_stranger_can_commit_push_and_branch() {
    let (home, clone) = clone_of_this_repository(GitHome::with_git_lfs(), &[]);
    home.git(&clone, &["switch", "--quiet", "--create", "topic"]);
    fs::write(clone.join("dumps/01_schema.sql"), "SELECT 2;\n").unwrap();
    home.git(
        &clone,
        &[
            "commit",
            "--quiet",
            "--all",
            "--message",
            "A change of text",
        ],
    );
    home.git(&clone, &["push", "--quiet", "origin", "topic"]);
    home.git(&clone, &["switch", "--quiet", "main"]);
    the_pointer_stays_and_all_is_clean(&home, &clone);
}

#[test]
fn text_keeps_its_line_feeds_where_windows_would_change_them() {
    for options in [
        ["core.autocrlf=true", "core.eol=crlf"],
        ["core.autocrlf=false", "core.eol=crlf"],
    ] {
        let (home, clone) = clone_of_this_repository(GitHome::with_git_lfs(), &options);
        for file in [
            "dumps/01_schema.sql",
            "schema/Schemafile",
            "schema/masters/prefectures.csv",
        ] {
            let text = fs::read(clone.join(file)).unwrap();
            assert!(text.contains(&b'\n'), "{file} has lines");
            assert!(
                !text.contains(&b'\r'),
                "{file} was given carriage returns under {options:?}"
            );
        }
        the_pointer_stays_and_all_is_clean(&home, &clone);
    }
}

#[test]
fn without_the_attributes_windows_would_change_them() {
    // The test above can fail: the same checkout of a file that the attributes don't cover gets carriage returns.
    let home = GitHome::new();
    let (repository, clone) = (home.work().join("repository"), home.work().join("clone"));
    home.git(home.work(), &["init", "--quiet", "repository"]);
    fs::write(repository.join("01_schema.sql"), "SELECT 1;\n").unwrap();
    commit(&home, &repository);
    clone_with(&home, &repository, &clone, &["core.autocrlf=true"]);
    assert_eq!(
        fs::read(clone.join("01_schema.sql")).unwrap(),
        b"SELECT 1;\r\n"
    );
}

/// A clone, made with these settings, of a repository with this one's files.
fn clone_of_this_repository(home: GitHome, options: &[&str]) -> (GitHome, PathBuf) {
    // Committed by somebody without git-lfs, so that the pointer is taken as it is.
    let author = GitHome::new();
    let repository = author.work().join("repository");
    author.git(author.work(), &["init", "--quiet", "repository"]);
    for file in [
        ".gitattributes",
        ".lfsconfig",
        "schema/Schemafile",
        "schema/masters/prefectures.csv",
    ] {
        let target = repository.join(file);
        fs::create_dir_all(target.parent().expect("a parent")).expect("a directory");
        fs::copy(root().join(file), target).expect("a file of this repository");
    }
    fs::create_dir(repository.join("dumps")).expect("a directory");
    fs::write(repository.join("dumps/01_schema.sql"), "SELECT 1;\n").expect("a dump");
    fs::write(repository.join("dumps/02_dummy.sql.gz"), POINTER).expect("a pointer");
    commit(&author, &repository);
    let origin = home.work().join("origin.git");
    author.git(
        author.work(),
        &[
            "clone",
            "--quiet",
            "--bare",
            &text(&repository),
            &text(&origin),
        ],
    );
    let clone = home.work().join("clone");
    clone_with(&home, &origin, &clone, options);
    (home, clone)
}

fn commit(home: &GitHome, repository: &Path) {
    home.git(repository, &["add", "."]);
    home.git(
        repository,
        &["commit", "--quiet", "--message", "Everything"],
    );
}

fn clone_with(home: &GitHome, origin: &Path, clone: &Path, options: &[&str]) {
    let mut arguments = vec!["clone", "--quiet"];
    arguments.extend(options.iter().flat_map(|option| ["--config", option]));
    let (origin, clone) = (text(origin), text(clone));
    arguments.extend([origin.as_str(), clone.as_str()]);
    home.git(home.work(), &arguments);
}

#[track_caller]
fn the_pointer_stays_and_all_is_clean(home: &GitHome, clone: &Path) {
    let dump = fs::read(clone.join("dumps/02_dummy.sql.gz")).expect("the dump's place");
    assert!(is_pointer(&dump));
    assert_eq!(dump, POINTER.as_bytes());
    assert_eq!(home.git_text(clone, &["status", "--porcelain"]), "");
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
