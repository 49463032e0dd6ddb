//! The first hour of a repository: `init` on a machine where git-lfs was never set up, among hooks that others manage, and
//! with a store typed in every way but the right one.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{AGENT, DUMP, dump, text};
use testkit::git::{GitHome, is_pointer};

/// A developer of whom git knows no more than a name, with a new repository that has a dump.
struct Newcomer {
    home: GitHome,
    repository: PathBuf,
}

impl Newcomer {
    fn new() -> Self {
        let home = GitHome::new();
        home.add_program(Path::new(AGENT));
        home.git(home.work(), &["init", "-q", "shop"]);
        let repository = home.work().join("shop");
        fs::create_dir(repository.join("dumps")).unwrap();
        fs::write(repository.join(DUMP), dump(3000, 1)).unwrap();
        Self { home, repository }
    }

    fn agent(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.home.command(AGENT, &self.repository);
        let output = command.args(arguments).output().unwrap();
        (output.status.code(), text(&output))
    }

    #[track_caller]
    fn init(&self) -> String {
        let (code, said) = self.agent(&["init", "s3://team-dumps/shop"]);
        assert_eq!(code, Some(0), "{said}");
        said
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.home.git_text(&self.repository, arguments)
    }

    #[track_caller]
    fn commits_a_pointer(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", "Begin"]);
        let mut show = self.home.command("git", &self.repository);
        let committed = show
            .args(["show", &format!("HEAD:{DUMP}")])
            .output()
            .unwrap()
            .stdout;
        assert!(is_pointer(&committed), "{committed:?}");
    }

    fn hook(&self, path: &str, script: &str) {
        let path = self.repository.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        if cfg!(unix) {
            testkit::process::run(Command::new("chmod").arg("755").arg(&path));
        }
    }
}

#[test]
fn a_dump_is_not_committed_into_git_where_git_lfs_was_never_set_up() {
    let newcomer = Newcomer::new();
    let said = newcomer.init();
    assert!(
        said.starts_with(
            "git didn't know git-lfs and lfs-agent on this machine: set up in this clone"
        ),
        "{said}"
    );
    newcomer.commits_a_pointer();
    // In the clone's own configuration, with all that a push and a diff need.
    let global = newcomer.git(&["config", "--global", "--list"]);
    assert!(!global.contains("lfs"), "{global}");
    let local = newcomer.git(&["config", "--local", "--list"]);
    for line in [
        "filter.lfs.required=true",
        "lfs.customtransfer.lfs-agent.path=lfs-agent",
        "diff.lfs-agent.command=lfs-agent diff --git",
    ] {
        assert!(local.contains(line), "{line}: {local}");
    }
    let hook = fs::read_to_string(newcomer.repository.join(".git/hooks/pre-push")).unwrap();
    assert!(hook.contains("git lfs pre-push"), "{hook}");
    let again = newcomer.init();
    assert!(!again.contains("didn't know"), "{again}");
}

#[test]
fn what_the_user_has_set_up_is_not_set_up_again() {
    let newcomer = Newcomer::new();
    newcomer.home.install_git_lfs();
    newcomer.agent(&["install"]);
    let said = newcomer.init();
    assert!(!said.contains("didn't know"), "{said}");
    let local = newcomer.git(&["config", "--local", "--list"]);
    assert!(
        !local.contains("filter.lfs") && !local.contains("customtransfer"),
        "{local}"
    );
    newcomer.commits_a_pointer();
}

#[test]
fn without_git_lfs_nothing_is_written() {
    let mut newcomer = Newcomer::new();
    newcomer.home.hide_programs(&["git-lfs"]);
    let (code, said) = newcomer.agent(&["init", "s3://team-dumps/shop"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("git-lfs is not installed") && said.contains("hint: install it"),
        "{said}"
    );
    for name in [".lfsconfig", ".gitattributes"] {
        assert!(!newcomer.repository.join(name).exists(), "{name}");
    }
}

#[test]
fn hooks_of_others_stay_and_the_line_they_need_is_told() {
    let newcomer = Newcomer::new();
    newcomer.hook(".git/hooks/pre-push", "echo mine");
    let said = newcomer.init();
    let line = "hint: add this line to `.git/hooks/pre-push`: `git lfs pre-push \"$@\"`";
    assert!(said.contains(line), "{said}");
    let hook = fs::read_to_string(newcomer.repository.join(".git/hooks/pre-push")).unwrap();
    assert_eq!(hook, "#!/bin/sh\necho mine\n");
    newcomer.commits_a_pointer();
    newcomer.hook(".git/hooks/pre-push", "git lfs pre-push \"$@\"");
    assert!(!newcomer.init().contains("warning"));
}

#[test]
fn huskys_directory_of_hooks_stays_as_it_is() {
    let newcomer = Newcomer::new();
    newcomer.git(&["config", "core.hooksPath", ".husky/_"]);
    newcomer.hook(".husky/_/pre-push", "sh .husky/pre-push \"$@\"");
    let said = newcomer.init();
    assert!(
        said.contains("hint: add this line to `.husky/pre-push`"),
        "{said}"
    );
    assert_eq!(
        fs::read_dir(newcomer.repository.join(".husky"))
            .unwrap()
            .count(),
        1
    );
    newcomer.hook(".husky/pre-push", "git lfs pre-push \"$@\"");
    assert!(!newcomer.init().contains("warning"));
    newcomer.commits_a_pointer();
    let (_, said) = newcomer.agent(&["doctor", "--read-only"]);
    assert!(said.contains("ok    hook"), "{said}");
}

#[test]
fn a_dump_that_was_committed_before_is_told() {
    let newcomer = Newcomer::new();
    newcomer.git(&["add", "--all"]);
    newcomer.git(&["commit", "-q", "-m", "Too early"]);
    let said = newcomer.init();
    assert!(
        said.contains(&format!("warning: git has {DUMP} itself")),
        "{said}"
    );
    newcomer.git(&["add", "--renormalize", "."]);
    newcomer.commits_a_pointer();
    assert!(!newcomer.init().contains("warning"));
}

#[test]
fn rows_that_git_ignored_for_want_of_a_bucket_are_committed_now() {
    let newcomer = Newcomer::new();
    let ignored = newcomer.repository.join(".gitignore");
    let ours = "# Rows that no bucket keeps: gen-dummy makes the same everywhere. `lfs-agent init` takes this line out.\n";
    fs::write(&ignored, format!(".env\n{ours}dumps/*.sql.gz\n")).unwrap();
    let said = newcomer.init();
    assert!(
        said.contains("git add .lfsconfig .gitattributes .gitignore && git commit"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&ignored).unwrap(), ".env\n");
    newcomer.commits_a_pointer();
    // Somebody's own line stays, and is told.
    fs::write(&ignored, "*.gz\n").unwrap();
    fs::write(newcomer.repository.join("dumps/03.sql.gz"), dump(3000, 2)).unwrap();
    let said = newcomer.init();
    assert!(
        said.contains("warning: git ignores dumps/03.sql.gz"),
        "{said}"
    );
    assert!(
        said.contains("hint: `git check-ignore --verbose dumps/03.sql.gz`"),
        "{said}"
    );
}

#[test]
fn a_store_typed_otherwise_is_answered_with_what_to_type() {
    let newcomer = Newcomer::new();
    for (typed, meant) in [
        ("s3:/x-dumps", "lfs-agent init s3://x-dumps"),
        ("s3:x-dumps/shop", "lfs-agent init s3://x-dumps/shop"),
        ("team-dumps", "lfs-agent init s3://team-dumps"),
        (
            "https://team-dumps.s3.eu-central-1.amazonaws.com/shop",
            "lfs-agent init s3://team-dumps/shop --region eu-central-1",
        ),
        (
            "https://minio.example.com:9000/team-dumps",
            "lfs-agent init s3://team-dumps --endpoint https://minio.example.com:9000 --path-style",
        ),
    ] {
        let (code, said) = newcomer.agent(&["init", typed]);
        assert_eq!(code, Some(2), "{typed}: {said}");
        assert!(
            said.ends_with(&format!("hint: did you mean `{meant}`?\n")),
            "{said}"
        );
        // What is told is taken.
        let words: Vec<&str> = meant.split(' ').skip(1).collect();
        let (code, said) = newcomer.agent(&[&words[..], &["--force"]].concat());
        assert_eq!(code, Some(0), "{meant}: {said}");
    }
    for (option, hint) in [
        (
            ["--endpoint", "minio.example.com:9000"],
            "did you mean `--endpoint https://minio.example.com:9000`?",
        ),
        (
            ["--region", "eu west"],
            "`lfs-agent init --help` has examples",
        ),
    ] {
        let (code, said) = newcomer.agent(&["init", "s3://team-dumps", option[0], option[1]]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.ends_with(&format!("hint: {hint}\n")), "{said}");
    }
    for typed in ["/srv/dumps", "gs://team-dumps", "s3:/x"] {
        let (code, said) = newcomer.agent(&["init", typed]);
        assert_eq!(code, Some(2), "{typed}: {said}");
        assert!(
            said.contains("hint: a store is given as `lfs-agent init s3://BUCKET/PREFIX"),
            "{said}"
        );
    }
}
