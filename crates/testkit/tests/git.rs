//! The scratch homes do what they promise: real git, the home's own configuration, no other.

use std::fs;

use testkit::git::{GitHome, is_pointer};

#[test]
fn git_sees_only_the_home_of_its_own() {
    let home = GitHome::new();
    let listed = home.git_text(home.work(), &["config", "--list", "--show-origin"]);
    let configuration = home.home().join(".gitconfig");
    for line in listed.lines() {
        assert!(
            line.contains(configuration.to_str().unwrap()),
            "a setting from elsewhere: {line}"
        );
    }
    assert_eq!(
        home.git_text(home.work(), &["config", "user.email"]),
        "developer@example.com"
    );
}

#[test]
fn variables_are_set_for_every_command_and_the_last_wins() {
    let mut home = GitHome::new();
    home.set("GIT_AUTHOR_NAME", "First");
    home.set("GIT_AUTHOR_NAME", "Second");
    assert!(
        home.git_text(home.work(), &["var", "GIT_AUTHOR_IDENT"])
            .starts_with("Second <")
    );
}

#[test]
fn a_program_of_the_home_comes_before_the_system_s() {
    let home = GitHome::new();
    let program = home.scratch().join("git-greet");
    fs::write(&program, "#!/bin/sh\necho hello from $(basename \"$0\")\n").unwrap();
    make_executable(&program);
    home.add_program(&program);
    assert_eq!(
        home.git_text(home.work(), &["greet"]),
        "hello from git-greet"
    );
}

#[test]
fn git_lfs_turns_a_tracked_file_into_a_pointer() {
    let home = GitHome::with_git_lfs();
    let repository = home.work().join("repository");
    home.git(home.work(), &["init", "-q", "repository"]);
    home.git(&repository, &["lfs", "track", "*.sql.gz"]);
    fs::write(repository.join("a.sql.gz"), b"not even gzip").unwrap();
    home.git(&repository, &["add", "."]);
    let staged = home
        .git(&repository, &["cat-file", "blob", ":a.sql.gz"])
        .stdout;
    assert!(is_pointer(&staged));
    assert!(!is_pointer(b"not even gzip"));
}

#[test]
fn a_hidden_program_is_not_found_and_the_others_are() {
    let mut home = GitHome::new();
    home.git(home.work(), &["lfs", "version"]);
    home.hide_programs(&["git-lfs"]);
    let failed = home.git_fails(home.work(), &["lfs", "version"]);
    assert!(String::from_utf8_lossy(&failed.stderr).contains("'lfs' is not a git command"));
    home.git(home.work(), &["init", "-q", "still-works"]);
}

#[test]
#[should_panic(expected = "not a git command")]
fn a_failure_tells_what_git_said() {
    let home = GitHome::new();
    home.git(home.work(), &["no-such-command"]);
}

#[test]
#[should_panic(expected = "expected a failure")]
fn an_unexpected_success_is_a_failure() {
    let home = GitHome::new();
    home.git_fails(home.work(), &["--version"]);
}

fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .expect("a program made executable");
}
