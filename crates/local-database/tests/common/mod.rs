//! A clone of a team's database, and the program in it.
#![allow(dead_code, reason = "each file of tests takes what it needs")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use testkit::cargo::binary;
use testkit::git::GitHome;

pub(crate) const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

pub(crate) const SCHEMA: &str =
    "CREATE TABLE orders (\n    id bigint PRIMARY KEY,\n    status text NOT NULL\n);\n";
pub(crate) const ROWS: &str = "COPY orders (id, status) FROM stdin;\n1\topen\n2\tdone\n\\.\n";

/// A clone in a home of its own.
pub(crate) struct Clone {
    pub(crate) home: GitHome,
    pub(crate) root: PathBuf,
}

impl Clone {
    /// With these files in `dumps/`.
    pub(crate) fn with(dumps: &[(&str, &str)]) -> Self {
        let home = GitHome::new();
        home.add_program(&binary("git-database"));
        let root = home.work().join("shop");
        home.git(home.work(), &["init", "--quiet", "shop"]);
        fs::create_dir(root.join("dumps")).unwrap();
        let clone = Self { home, root };
        for (name, content) in dumps {
            clone.has(&format!("dumps/{name}"), content);
        }
        clone
    }

    /// Writes a file, from the repository's root.
    pub(crate) fn has(&self, path: &str, content: &str) {
        fs::write(self.root.join(path), content).unwrap();
    }

    /// A program of the home that is a script.
    pub(crate) fn has_program(&self, name: &str, script: &str) {
        let path = self.home.bin().join(name);
        let _ = fs::remove_file(&path);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        testkit::process::run(std::process::Command::new("chmod").arg("755").arg(path));
    }

    /// `git database …`, as people type it.
    pub(crate) fn database(&self, arguments: &[&str]) -> Output {
        let mut git = self.home.command("git", &self.root);
        git.arg("database").args(arguments);
        git.output().unwrap()
    }

    /// What a call writes to standard output, of which all has gone well.
    #[track_caller]
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let output = self.database(arguments);
        let (code, said) = (output.status.code(), text(&output.stderr));
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        text(&output.stdout)
    }

    /// What a call says that fails with this code: an error and one next step.
    #[track_caller]
    pub(crate) fn fails(&self, arguments: &[&str], code: i32, parts: &[&str]) -> String {
        let output = self.database(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        for part in parts {
            assert!(said.contains(part), "{part} isn't in:\n{said}");
        }
        let starts = |word: &str| said.lines().filter(|line| line.starts_with(word)).count();
        assert_eq!((starts("error: "), starts("hint: ")), (1, 1), "{said}");
        said
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
