//! What git shows of a dump, through real git and git-lfs.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;

use crate::common::{DUMP, Team, text};
use testkit::git::GitHome;

/// A dump with these rows, as plain SQL: it may be compressed, but needn't.
fn dump(rows: &[&str]) -> Vec<u8> {
    let rows = rows.join("\n");
    format!("BEGIN;\nCOPY public.users (id, name) FROM stdin;\n{rows}\n\\.\nCOMMIT;\n").into_bytes()
}

/// Two versions, committed and not pushed.
fn two_versions() -> Team {
    let team = Team::new();
    team.commit(&team.first, &dump(&["1\tAnn", "2\tBob"]));
    team.commit(&team.first, &dump(&["1\tAnna", "2\tBob", "3\tIda"]));
    team
}

fn git(home: &GitHome, directory: &Path, arguments: &[&str]) -> String {
    let output = home
        .command("git", directory)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        text(&output)
    );
    text(&output)
}

/// The tree without files, which git knows in every repository.
const EMPTY: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const CHANGES: &str = "\
tables: 1 changed
public.users: 2 -> 3 rows
  rows: 1 added, 1 changed (name in 1)
  ~ id 1: name Ann -> Anna
  + id 3, name Ida
";

#[test]
fn row_diffs_have_the_colours_that_git_is_configured_for() {
    let team = two_versions();
    let shown = |configuration: &[&str], no_color: &str| {
        let mut command = team.home.command("git", &team.first);
        for setting in configuration {
            command.args(["-c", setting]);
        }
        let output = command
            .args(["diff", "HEAD~1", "HEAD"])
            .env("NO_COLOR", no_color)
            .output()
            .unwrap();
        text(&output)
    };
    let plain = shown(&[], "");
    assert!(plain.ends_with(CHANGES), "{plain}");
    assert_eq!(shown(&["color.ui=never"], ""), plain);
    assert_eq!(shown(&["color.ui=always", "color.diff=false"], ""), plain);
    assert_eq!(shown(&["color.ui=always"], "1"), plain);
    for setting in ["color.ui=always", "color.diff=always"] {
        let coloured = shown(&[setting], "");
        assert!(
            coloured.contains("\x1b[32m  + id 3, name Ida\x1b[m\n"),
            "{coloured:?}"
        );
        assert!(coloured.starts_with("\x1b[1mdiff --git a/"), "{coloured:?}");
    }
    let own = shown(&["color.ui=always", "color.diff.new=blue"], "");
    assert!(own.contains("\x1b[34m  + id 3"), "{own:?}");
}

#[test]
fn git_diff_shows_tables_and_rows() {
    let team = two_versions();
    let shown = git(&team.home, &team.first, &["diff", "HEAD~1", "HEAD"]);
    assert!(
        shown.starts_with(&format!("diff --git a/{DUMP} b/{DUMP}\nindex ")),
        "{shown}"
    );
    assert!(shown.ends_with(CHANGES), "{shown}");
}

#[test]
fn git_diff_shows_what_is_not_committed_yet() {
    let team = two_versions();
    fs::write(team.first.join(DUMP), dump(&["1\tAnna", "2\tBob"])).unwrap();
    let shown = git(&team.home, &team.first, &["diff"]);
    assert!(
        shown.ends_with("public.users: 3 -> 2 rows\n  rows: 1 removed\n  - id 3, name Ida\n"),
        "{shown}"
    );
}

#[test]
fn git_log_shows_each_version_as_text() {
    let team = two_versions();
    let shown = git(&team.home, &team.first, &["log", "-p", "-1"]);
    for line in [
        "-  rows 2",
        "+  rows 3",
        "   column name",
        "-  sample 1 | Ann",
        "+  sample 1 | Anna",
        "+  sample 3 | Ida",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line}: {shown}");
    }
}

#[test]
fn pointers_stand_for_their_objects() {
    let team = two_versions();
    team.home.git(
        &team.first,
        &["config", "diff.lfs-agent.command", "lfs-agent diff --git"],
    );
    let skipping = |arguments: &[&str]| {
        let output = team
            .home
            .command("git", &team.first)
            .args(arguments)
            .env("GIT_LFS_SKIP_SMUDGE", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output));
        text(&output)
    };
    assert!(skipping(&["diff", "HEAD~1", "HEAD"]).ends_with(CHANGES));
    fs::remove_dir_all(team.first.join(".git/lfs/objects")).unwrap();
    let shown = skipping(&["diff", "HEAD~1", "HEAD"]);
    assert_eq!(
        shown
            .matches("is not on this machine\nhint: `git lfs fetch")
            .count(),
        2,
        "{shown}"
    );
    assert!(skipping(&["log", "-p", "-1"]).contains("is not on this machine"));
}

#[test]
fn a_file_that_comes_or_goes_is_told() {
    let team = two_versions();
    let shown = git(
        &team.home,
        &team.first,
        &["diff", EMPTY, "HEAD", "--", DUMP],
    );
    assert!(
        shown.ends_with("the dump was added:\npublic.users: 3 rows (id, name)\n"),
        "{shown}"
    );
    let shown = git(
        &team.home,
        &team.first,
        &["diff", "HEAD", EMPTY, "--", DUMP],
    );
    assert!(
        shown.ends_with("the dump was removed:\npublic.users: 3 rows (id, name)\n"),
        "{shown}"
    );
}

#[test]
fn a_damaged_dump_does_not_stop_git() {
    let team = two_versions();
    team.commit(&team.first, &[0x1f, 0x8b, 8, 0, 1, 2, 3]);
    fs::write(team.first.join("zzz.txt"), "after it\n").unwrap();
    team.home.git(&team.first, &["add", "zzz.txt"]);
    let shown = git(&team.home, &team.first, &["diff", "--cached", "HEAD~1"]);
    assert!(shown.contains("this can't be compared: "), "{shown}");
    assert!(shown.contains("+after it"), "{shown}");
}

#[test]
fn two_files_can_be_compared_without_git() {
    let team = Team::new();
    let (old, new) = (team.first.join("old.sql"), team.first.join("new.sql"));
    fs::write(&old, dump(&["1\tAnn", "2\tBob"])).unwrap();
    fs::write(&new, dump(&["1\tAnna", "2\tBob", "3\tIda"])).unwrap();
    let shown = text(&team.agent(&team.first, &["diff", "old.sql", "new.sql"]));
    assert_eq!(shown, CHANGES);
    assert_eq!(
        text(&team.agent(&team.first, &["diff", "old.sql", "old.sql"])),
        ""
    );
    let output = team.agent_any(&team.first, &["diff", "old.sql"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    let output = team.agent_any(&team.first, &["show", "none.sql"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
}

/// A dump as `mysqldump` writes it, with these rows in one line.
fn mysqldump(rows: &[&str]) -> Vec<u8> {
    let rows = rows.join(",");
    format!(
        "-- MySQL dump 10.13\n/*!50503 SET NAMES utf8mb4 */;\nCREATE TABLE `lines` (\n  `note` text,\n  \
         `order_id` int NOT NULL,\n  `position` int NOT NULL,\n  PRIMARY KEY (`order_id`,`position`)\n);\n\
         LOCK TABLES `lines` WRITE;\nINSERT INTO `lines` VALUES {rows};\nUNLOCK TABLES;\n"
    )
    .into_bytes()
}

#[test]
fn inserts_are_compared_by_table_and_key() {
    let team = Team::new();
    let write = |name: &str, content: Vec<u8>| fs::write(team.first.join(name), content).unwrap();
    write(
        "old.sql",
        mysqldump(&["('it\\'s',1,1)", "('b),(',1,2)", "(NULL,2,1)"]),
    );
    write(
        "new.sql",
        mysqldump(&["('it\\'s (1)',1,1)", "('b),(',1,2)", "('c',2,2)"]),
    );
    let shown = text(&team.agent(&team.first, &["diff", "old.sql", "new.sql"]));
    assert_eq!(
        shown,
        "\
tables: 1 changed
lines: 3 rows
  rows: 1 added, 1 removed, 1 changed
  ~ order_id 1, position 1: note it's -> it's (1)
  - note NULL, order_id 2, position 1
  + note c, order_id 2, position 2
"
    );
    let shown = text(&team.agent(&team.first, &["show", "new.sql"]));
    assert!(
        shown.starts_with("table lines\n  rows 3\n") && shown.contains("\n  sample b),( | 1 | 2\n"),
        "{shown}"
    );
    // The same rows say the same, however they are written.
    write(
        "copy.sql",
        b"COPY lines (note, order_id, position) FROM stdin;\nit's\t1\t1\nb),(\t1\t2\n\\N\t2\t1\n\\.\n".to_vec(),
    );
    let shown = text(&team.agent(&team.first, &["diff", "old.sql", "copy.sql"]));
    assert!(!shown.contains("lines:"), "{shown}");
}

#[test]
fn a_dump_that_ends_too_early_is_no_failure_of_the_output() {
    let team = Team::new();
    fs::write(team.first.join("old.sql"), dump(&["1\tAnn"])).unwrap();
    let cut = dump(&["1\tAnn"]);
    fs::write(team.first.join("new.sql"), &cut[..cut.len() - 15]).unwrap();
    let said = team.says(&["diff", "old.sql", "new.sql"], 2);
    assert!(
        said.contains("can't compare `old.sql` with `new.sql`: "),
        "{said}"
    );
}
