//! Branches that both changed a dump, merged by real git and git-lfs.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::Output;

use crate::common::{DUMP, Team, text};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

const SCHEMA: &str = "CREATE TABLE users (\n    id bigserial,\n    name varchar,\n    email varchar,\n    PRIMARY KEY (id)\n);\n\
                      CREATE UNIQUE INDEX index_users_on_email ON users (email);\n";

/// A compressed dump with these users.
fn dump(rows: &[&str]) -> Vec<u8> {
    let rows = rows.concat();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    write!(
        encoder,
        "BEGIN;\nCOPY users (id, name, email) FROM stdin;\n{rows}\\.\nCOMMIT;\n"
    )
    .unwrap();
    encoder.finish().unwrap()
}

/// A team with a dump and a branch on which it is another one.
struct Branches(Team);

const ANN: &str = "1\tAnn\tann@a\n";
const BOB: &str = "2\tBob\tbob@a\n";
const BASE: [&str; 2] = [ANN, BOB];

impl Branches {
    fn new(ours: &[&str], theirs: &[&str]) -> Self {
        let team = Team::new();
        fs::create_dir_all(team.first.join("dumps")).unwrap();
        fs::write(team.first.join("dumps/01_schema.sql"), SCHEMA).unwrap();
        team.home.git(&team.first, &["add", "dumps/01_schema.sql"]);
        team.commit(&team.first, &dump(&BASE));
        team.home
            .git(&team.first, &["checkout", "-q", "-b", "topic"]);
        team.commit(&team.first, &dump(theirs));
        team.home.git(&team.first, &["checkout", "-q", "-"]);
        team.commit(&team.first, &dump(ours));
        Self(team)
    }

    fn git(&self, arguments: &[&str]) -> Output {
        self.0
            .home
            .command("git", &self.0.first)
            .env("GIT_EDITOR", "true")
            .args(arguments)
            .output()
            .unwrap()
    }

    #[track_caller]
    fn git_succeeds(&self, arguments: &[&str]) -> String {
        let output = self.git(arguments);
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            text(&output)
        );
        text(&output)
    }

    /// git stops, and says this.
    #[track_caller]
    fn git_stops(&self, arguments: &[&str]) -> String {
        let output = self.git(arguments);
        assert_eq!(
            output.status.code(),
            Some(1),
            "git {arguments:?}: {}",
            text(&output)
        );
        format!(
            "{}{}",
            text(&output),
            String::from_utf8_lossy(&output.stderr)
        )
    }

    fn file(&self) -> PathBuf {
        self.0.first.join(DUMP)
    }

    /// The rows of the dump in the work tree.
    fn rows(&self) -> String {
        let mut sql = String::new();
        let packed = fs::read(self.file()).unwrap();
        MultiGzDecoder::new(&packed[..])
            .read_to_string(&mut sql)
            .unwrap();
        let (_, rest) = sql.split_once(" FROM stdin;\n").unwrap();
        rest.split_once("\\.\n").unwrap().0.to_owned()
    }

    /// What git has for the dump in its last commit.
    fn committed(&self) -> String {
        self.git_succeeds(&["show", &format!("HEAD:{DUMP}")])
    }

    fn conflicts_file(&self) -> PathBuf {
        let name = format!("lfs-agent/conflicts/{}.tsv", DUMP.replace('/', "%2F"));
        self.0.first.join(".git").join(name)
    }
}

const IDA: &str = "3\tIda\tida@a\n";
const EVE: &str = "4\tEve\teve@a\n";

#[test]
fn branches_that_changed_other_rows_merge_by_themselves() {
    let branches = Branches::new(
        &["1\tAnna\tann@a\n", BOB, IDA],
        &[ANN, "2\tBob\tbob@b\n", EVE],
    );
    let said = branches.git_succeeds(&["merge", "--no-edit", "topic"]);
    assert_eq!(
        branches.rows(),
        "1\tAnna\tann@a\n2\tBob\tbob@b\n3\tIda\tida@a\n4\tEve\teve@a\n"
    );
    assert!(
        branches.committed().starts_with("version https://git-lfs"),
        "{said}"
    );
    assert!(!branches.conflicts_file().exists());
    // What was merged is pushed, and somebody else gets it.
    branches.git_succeeds(&["push", "-q", "origin", "HEAD"]);
    let other = branches.0.clone("other");
    assert_eq!(
        fs::read(other.join(DUMP)).unwrap(),
        fs::read(branches.file()).unwrap()
    );
}

#[test]
fn a_rebase_and_a_cherry_pick_and_a_stash_merge_too() {
    let ours = ["1\tAnna\tann@a\n", BOB];
    let theirs = [ANN, BOB, IDA];
    let merged = "1\tAnna\tann@a\n2\tBob\tbob@a\n3\tIda\tida@a\n";

    let branches = Branches::new(&ours, &theirs);
    branches.git_succeeds(&["rebase", "topic"]);
    assert_eq!(branches.rows(), merged);

    let branches = Branches::new(&ours, &theirs);
    branches.git_succeeds(&["cherry-pick", "topic"]);
    assert_eq!(branches.rows(), merged);

    let branches = Branches::new(&ours, &theirs);
    fs::write(branches.file(), dump(&["1\tAnna\tann@a\n", BOB, EVE])).unwrap();
    branches.git_succeeds(&["stash"]);
    branches.git_succeeds(&["merge", "--no-edit", "topic"]);
    branches.git_succeeds(&["stash", "pop"]);
    assert_eq!(branches.rows(), format!("{merged}4\tEve\teve@a\n"));
}

#[test]
fn a_conflict_is_told_by_row_and_settled_by_side() {
    let branches = Branches::new(
        &["1\tAnna\tann@a\n", BOB, IDA],
        &["1\tAnne\tann@b\n", BOB, EVE],
    );
    let said = branches.git_stops(&["merge", "topic"]);
    assert!(
        said.contains("users 1: name was Ann, ours Anna, theirs Anne"),
        "{said}"
    );
    assert!(said.contains("hint: decide in "), "{said}");
    // What wasn't in dispute is merged already.
    assert_eq!(
        branches.rows(),
        "1\tAnna\tann@b\n2\tBob\tbob@a\n3\tIda\tida@a\n4\tEve\teve@a\n"
    );

    let said = branches.0.says(&["merge"], 1);
    assert!(
        said.contains("`dumps/02_dummy.sql.gz` has 1 conflict\n"),
        "{said}"
    );
    branches
        .0
        .agent(&branches.0.first, &["merge", "--theirs=users"]);
    assert_eq!(
        branches.rows(),
        "1\tAnne\tann@b\n2\tBob\tbob@a\n3\tIda\tida@a\n4\tEve\teve@a\n"
    );
    assert!(!branches.conflicts_file().exists());
    branches.git_succeeds(&["commit", "--no-edit", "-q"]);
    assert!(branches.committed().starts_with("version https://git-lfs"));
    let said = branches.0.says(&["merge"], 2);
    assert!(
        said.contains("git has left no dump unmerged here"),
        "{said}"
    );
}

#[test]
fn a_conflict_is_settled_by_the_file_that_was_written() {
    let branches = Branches::new(
        &["1\tAnna\tann@a\n"],
        &["1\tAnne\tann@a\n", "2\tBob\tbob@b\n"],
    );
    branches.git_stops(&["merge", "topic"]);
    let file = branches.conflicts_file();
    let asked = fs::read_to_string(&file).unwrap();
    assert!(
        asked.contains("users\tid=1\tname\t?\twas=Ann\tours=Anna\ttheirs=Anne\n"),
        "{asked}"
    );
    assert!(
        asked.contains("users\tid=2\t*\t?\tusers 2: ours deleted it"),
        "{asked}"
    );
    fs::write(
        &file,
        asked
            .replace("name\t?", "name\t= Annika")
            .replace("*\t?", "*\ttheirs"),
    )
    .unwrap();
    branches.0.agent(&branches.0.first, &["merge"]);
    assert_eq!(branches.rows(), "1\tAnnika\tann@a\n2\tBob\tbob@b\n");
}

#[test]
fn values_that_may_be_there_once_stop_a_merge() {
    let branches = Branches::new(
        &[ANN, BOB, "3\tIda\tsame@a\n"],
        &[ANN, BOB, "4\tEve\tsame@a\n"],
    );
    let said = branches.git_stops(&["merge", "topic"]);
    assert!(
        said.contains("users 3: ours and users 4 of theirs have the same email: same@a"),
        "{said}"
    );
    branches.0.says(&["merge", "--ours"], 1);
    branches.0.agent(&branches.0.first, &["merge", "--anyway"]);
}

#[test]
fn versions_that_are_not_here_are_fetched() {
    let branches = Branches::new(&[ANN, BOB, IDA], &[ANN, BOB, EVE]);
    branches.git_succeeds(&["push", "-q", "origin", "--all"]);
    fs::remove_dir_all(branches.0.first.join(".git/lfs/objects")).unwrap();
    branches.git_succeeds(&["merge", "--no-edit", "topic"]);
    assert_eq!(branches.rows(), [ANN, BOB, IDA, EVE].concat());
}

#[test]
fn a_merge_over_a_pointer_in_the_work_tree_keeps_the_whole_dump() {
    // Of noise, so that it is longer than a pointer can be when it is compressed.
    let mut noise = testkit::noise::noise(4000, 1).into_iter();
    let mut long = |id: u32| {
        let bytes: Vec<String> = noise
            .by_ref()
            .take(400)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let text = bytes.concat();
        format!("{id}\t{text}\t{id}@a\n")
    };
    let (three, four, five) = (long(3), long(4), long(5));
    let branches = Branches::new(&[ANN, BOB, &three, &four], &[ANN, BOB, &five]);
    let pointer = branches.committed();
    fs::write(branches.file(), pointer).unwrap();
    branches.git_succeeds(&["add", DUMP]);
    branches.git_succeeds(&["merge", "--no-edit", "topic"]);
    assert_eq!(branches.rows(), [ANN, BOB, &three, &four, &five].concat());
}

/// A compressed dump as `mysqldump` writes it.
fn inserts(rows: &[&str]) -> Vec<u8> {
    let rows = rows.join(",");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    write!(
        encoder,
        "-- MySQL dump 10.13\n/*!50503 SET NAMES utf8mb4 */;\nDROP TABLE IF EXISTS `users`;\nCREATE TABLE `users` (\n  \
         `id` bigint NOT NULL AUTO_INCREMENT,\n  `name` varchar(20),\n  `photo` blob,\n  PRIMARY KEY (`id`),\n  \
         UNIQUE KEY `u` (`name`)\n);\nLOCK TABLES `users` WRITE;\nINSERT INTO `users` VALUES {rows};\nUNLOCK TABLES;\n"
    )
    .unwrap();
    encoder.finish().unwrap()
}

#[test]
fn inserts_merge_by_row_and_keep_their_form() {
    let branches = Branches::new(&[ANN], &[BOB]);
    let merge = |base: &[&str], ours: &[&str], theirs: &[&str]| {
        let first = &branches.0.first;
        branches.0.commit(first, &inserts(base));
        branches.git_succeeds(&["checkout", "-q", "-B", "topic"]);
        branches.0.commit(first, &inserts(theirs));
        branches.git_succeeds(&["checkout", "-q", "-"]);
        branches.0.commit(first, &inserts(ours));
        branches.git(&["merge", "--no-edit", "topic"])
    };
    let unpacked = || {
        let mut sql = String::new();
        let packed = fs::read(branches.file()).unwrap();
        let mut decoder = MultiGzDecoder::new(&packed[..]);
        decoder.read_to_string(&mut sql).unwrap();
        sql
    };
    let ann = "(1,'Ann',_binary '\\0\\'),(')";
    let bob = "(2,'B\\'ob',NULL)";
    let output = merge(
        &[ann, bob],
        &["(1,'Anna',_binary '\\0\\'),(')", bob],
        &[ann, "(2,'B\\'ob',0xFF)", "(3,'Ida','')"],
    );
    assert!(output.status.success(), "{}", text(&output));
    let merged = "INSERT INTO `users` VALUES (1,'Anna',_binary '\\0\\'),('),(2,'B\\'ob',0xFF),(3,'Ida','');\n";
    assert!(unpacked().contains(merged), "{}", unpacked());

    // MySQL's usual collations take these for the same name.
    let output = merge(&[ann], &[ann, "(2,'Eve',NULL)"], &[ann, "(3,'EVE ',NULL)"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("users 2: ours and users 3 of theirs have the same name: EVE"),
        "{said}"
    );
    branches.git_succeeds(&["merge", "--abort"]);

    let output = merge(&[ann], &["(1,'A',NULL)"], &["(1,'B','x')"]);
    assert_eq!(output.status.code(), Some(1));
    let file = branches.conflicts_file();
    let asked = fs::read_to_string(&file).unwrap();
    assert!(
        asked.contains("users\tid=1\tname\t?\twas=Ann\tours=A\ttheirs=B\n"),
        "{asked}"
    );
    let decided = asked
        .replace("name\t?", "name\t= it's")
        .replace("photo\t?", "photo\ttheirs");
    fs::write(&file, decided).unwrap();
    branches.0.agent(&branches.0.first, &["merge"]);
    assert!(
        unpacked().contains("VALUES (1,'it\\'s','x');\n"),
        "{}",
        unpacked()
    );
}

#[test]
fn what_is_no_dump_is_left_to_people() {
    let branches = Branches::new(&[BOB], &BASE[..1]);
    branches
        .0
        .commit(&branches.0.first, b"\x1f\x8bnothing like it");
    let said = branches.git_stops(&["merge", "topic"]);
    assert!(
        said.contains("`dumps/02_dummy.sql.gz` can't be merged: the version ours: "),
        "{said}"
    );
    branches.git_succeeds(&["checkout", "--theirs", DUMP]);
    assert_eq!(branches.rows(), ANN);
}
