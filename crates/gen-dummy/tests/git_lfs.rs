//! A machine on which nobody has set git-lfs up: git would commit the dump itself, and the command that makes it is the only
//! one that can say so.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::Path;

use testkit::git::GitHome;

/// A repository whose dumps are given to git-lfs, or not.
fn repository(home: &GitHome, attributes: &str) {
    home.git(home.work(), &["init", "-q", "."]);
    fs::create_dir(home.work().join("schema")).unwrap();
    let table = "create_table(\"toys\") { |t| t.text \"name\" }\n";
    fs::write(home.work().join("schema/Schemafile"), table).unwrap();
    fs::write(home.work().join(".gitattributes"), attributes).unwrap();
    home.add_program(Path::new(env!("CARGO_BIN_EXE_gen-dummy")));
}

fn says(home: &GitHome, arguments: &[&str]) -> String {
    let mut command = home.command("gen-dummy", home.work());
    let output = testkit::process::run(command.args(arguments));
    String::from_utf8(output.stderr).unwrap()
}

const LFS: &str = "*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n";

#[test]
fn a_dump_that_git_would_take_itself_is_told() {
    let home = GitHome::new();
    repository(&home, LFS);
    let said = says(&home, &[]);
    assert!(
        said.starts_with(
            "warning: `.gitattributes` gives dumps/02_dummy.sql.gz to git-lfs, which git doesn't know on this machine"
        ),
        "{said}"
    );
    assert!(
        said.contains("\nhint: before you commit, run `git lfs install --skip-repo`"),
        "{said}"
    );
    assert_eq!(says(&home, &["--quiet"]), "");
    // What `.gitattributes` doesn't name is somebody's own business.
    assert_eq!(says(&home, &["-o", "rows.sql"]), "");
    home.install_git_lfs();
    assert_eq!(says(&home, &[]), "");
}

#[test]
fn where_git_has_nothing_to_do_with_it_nothing_is_said() {
    let home = GitHome::new();
    repository(&home, "*.sql text eol=lf\n");
    assert_eq!(says(&home, &[]), "");
    fs::remove_dir_all(home.work().join(".git")).unwrap();
    fs::write(home.work().join(".gitattributes"), LFS).unwrap();
    assert_eq!(says(&home, &[]), "");
}
