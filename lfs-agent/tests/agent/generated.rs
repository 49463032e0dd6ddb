//! Files that the generators made, after merges by real git: they are what the generators make of the merged sources.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{Team, text};
use testkit::cargo::binary;

const USERS: &str = "create_table \"users\" do |t|\n  t.string \"name\", null: false\nend\n";
const SHOPS: &str = "create_table \"shops\" do |t|\n  t.string \"name\", null: false\nend\n";

/// A team whose schema has two tables in two files.
struct Project(Team);

impl Project {
    fn new() -> Self {
        let team = Team::new();
        for program in ["gen-schema", "gen-dummy"] {
            team.home.add_program(&binary(program));
        }
        let project = Self(team);
        project.write(
            "schema/Schemafile",
            "require \"users\"\nrequire \"shops\"\n",
        );
        project.write("schema/users.rb", USERS);
        project.write("schema/shops.rb", SHOPS);
        project.write("schema/dummy.toml", "rows = 5\n");
        project.commit("Begin");
        project
    }

    fn write(&self, path: &str, content: &str) {
        let file = self.0.first.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// Generates and commits.
    #[track_caller]
    fn commit(&self, subject: &str) {
        self.generate();
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", subject]);
    }

    #[track_caller]
    fn generate(&self) {
        for program in ["gen-schema", "gen-dummy"] {
            let output = self.run(program, &["--quiet"]);
            assert!(output.status.success(), "{program}: {}", text(&output));
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = self.0.home.command(program, &self.0.first);
        command.env("GIT_EDITOR", "true").args(arguments);
        command.output().unwrap()
    }

    /// All that git says, which succeeds.
    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.run("git", arguments);
        assert!(output.status.success(), "{arguments:?}: {}", all(&output));
        all(&output)
    }

    /// All that git says when it stops.
    #[track_caller]
    fn git_stops(&self, arguments: &[&str]) -> String {
        let output = self.run("git", arguments);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: {}",
            all(&output)
        );
        all(&output)
    }

    /// Nothing is left to do, and both files are what the generators make of what lies there.
    #[track_caller]
    fn is_fresh(&self) {
        let status = self.git(&["status", "--porcelain"]);
        assert_eq!(status, "", "{status}");
        for program in ["gen-schema", "gen-dummy"] {
            let output = self.run(program, &["--check"]);
            assert!(output.status.success(), "{program}: {}", all(&output));
        }
        let pointer = self.git(&["show", "HEAD:dumps/02_dummy.sql.gz"]);
        assert!(pointer.starts_with("version https://git-lfs"), "{pointer}");
    }

    /// A branch with a column in `users`, and `main` with one in `shops`.
    #[track_caller]
    fn branches(&self) {
        self.git(&["checkout", "-q", "-b", "topic"]);
        self.write("schema/users.rb", &with(USERS, "email"));
        self.commit("Users have addresses");
        self.git(&["checkout", "-q", "main"]);
        self.write("schema/shops.rb", &with(SHOPS, "city"));
        self.commit("Shops are in cities");
    }
}

fn with(table: &str, column: &str) -> String {
    table.replace("end\n", &format!("  t.string \"{column}\"\nend\n"))
}

fn all(output: &Output) -> String {
    format!(
        "{}{}",
        text(output),
        String::from_utf8_lossy(&output.stderr)
    )
}

const ANEW: &str = "dumps/02_dummy.sql.gz: made anew by gen-dummy of the merged schema/Schemafile";
const SQL_ANEW: &str =
    "dumps/01_schema.sql: made anew by gen-schema of the merged schema/Schemafile";

#[test]
fn a_merge_makes_generated_files_anew() {
    let project = Project::new();
    project.branches();
    let said = project.git(&["merge", "--no-edit", "topic"]);
    assert!(said.contains(ANEW) && said.contains(SQL_ANEW), "{said}");
    project.is_fresh();
    // Another machine gets what was made.
    project.git(&["push", "-q", "origin", "main"]);
    let other = project.0.clone("other");
    let dump = Path::new("dumps/02_dummy.sql.gz");
    assert_eq!(
        fs::read(other.join(dump)).unwrap(),
        fs::read(project.0.first.join(dump)).unwrap()
    );
}

#[test]
fn each_commit_of_a_rebase_is_fresh() {
    let project = Project::new();
    project.branches();
    project.git(&["checkout", "-q", "topic"]);
    project.write("schema/dummy.toml", "rows = 5\nseed = 7\n");
    project.commit("Other rows");
    project.git(&["rebase", "-q", "main"]);
    project.is_fresh();
    project.git(&["checkout", "-q", "HEAD~1"]);
    project.is_fresh();
}

#[test]
fn cherry_picks_reverts_and_stashes_are_fresh_too() {
    let project = Project::new();
    project.branches();
    project.git(&["cherry-pick", "topic"]);
    project.is_fresh();
    project.git(&["revert", "--no-edit", "HEAD~1"]);
    project.is_fresh();

    project.write("schema/dummy.toml", "rows = 7\n");
    project.generate();
    project.git(&["stash", "-q"]);
    project.write("schema/users.rb", &with(USERS, "phone"));
    project.commit("Users have phones");
    let said = project.git(&["stash", "pop"]);
    assert!(said.contains(ANEW), "{said}");
    project.commit("More rows");
    project.is_fresh();
}

#[test]
fn several_picks_in_a_row_are_fresh() {
    let project = Project::new();
    project.branches();
    project.git(&["checkout", "-q", "topic"]);
    project.write("schema/dummy.toml", "rows = 6\n");
    project.commit("More rows");
    project.git(&["checkout", "-q", "main"]);
    project.git(&["cherry-pick", "topic~1", "topic"]);
    project.is_fresh();
}

#[test]
fn files_wait_for_a_schema_that_conflicts() {
    let project = Project::new();
    project.branches();
    project.write("schema/users.rb", &with(USERS, "phone"));
    project.commit("Users have phones");
    let said = project.git_stops(&["merge", "topic"]);
    assert!(
        said.contains(
            "`dumps/01_schema.sql` is generated, and waits: schema/users.rb is to be decided first"
        ),
        "{said}"
    );
    assert!(
        said.contains("`dumps/02_dummy.sql.gz` is generated, and waits"),
        "{said}"
    );
    assert!(
        said.contains("then run `lfs-agent merge`, which makes the file"),
        "{said}"
    );
    let said = project.0.says(&["merge"], 1);
    assert!(said.contains("schema/users.rb isn't merged yet"), "{said}");
    project.write("schema/users.rb", &with(&with(USERS, "email"), "phone"));
    project.git(&["add", "schema"]);
    let said = project.0.says(&["merge"], 0);
    assert!(
        said.contains(&format!("{ANEW}, and added for the commit")),
        "{said}"
    );
    project.git(&["commit", "-q", "--no-edit"]);
    project.is_fresh();
}

#[test]
fn a_rebase_that_stops_goes_on_with_fresh_files() {
    let project = Project::new();
    project.branches();
    project.write("schema/users.rb", &with(USERS, "phone"));
    project.commit("Users have phones");
    project.git(&["checkout", "-q", "topic"]);
    project.git_stops(&["rebase", "main"]);
    project.write("schema/users.rb", &with(&with(USERS, "phone"), "email"));
    project.git(&["add", "schema"]);
    project.0.says(&["merge"], 0);
    project.git(&["rebase", "--continue"]);
    project.is_fresh();
}

#[test]
fn sources_that_merge_but_make_no_schema_are_told() {
    let project = Project::new();
    project.git(&["checkout", "-q", "-b", "topic"]);
    project.write(
        "schema/Schemafile",
        "require \"users\"\nrequire \"shops\"\nrequire \"more\"\n",
    );
    project.write(
        "schema/more.rb",
        "create_table(\"towns\") { |t| t.string \"name\" }\n",
    );
    project.commit("Towns");
    project.git(&["checkout", "-q", "main"]);
    project.write(
        "schema/users.rb",
        &format!("{USERS}\ncreate_table(\"towns\") {{ |t| t.string \"title\" }}\n"),
    );
    project.commit("Towns, too");
    let said = project.git_stops(&["merge", "topic"]);
    assert!(
        said.contains("gen-schema can't make it of what both sides come to"),
        "{said}"
    );
    assert!(said.contains("towns"), "{said}");
    project.write("schema/more.rb", "");
    project.git(&["add", "schema"]);
    project.0.says(&["merge"], 0);
    project.git(&["commit", "-q", "--no-edit"]);
    project.is_fresh();
}

#[test]
fn rows_of_somebodys_own_are_merged_and_not_made_anew() {
    let project = Project::new();
    project.branches();
    let own = project.run("gen-dummy", &["--quiet", "--seed", "99"]);
    assert!(own.status.success(), "{}", text(&own));
    project.git(&[
        "commit",
        "-q",
        "-a",
        "-m",
        "Rows that no configuration keeps",
    ]);
    let said = all(&project.run("git", &["merge", "--no-edit", "topic"]));
    assert!(
        said.contains("note: merged and not made anew: ours isn't what gen-dummy makes of its schema/Schemafile"),
        "{said}"
    );
    assert!(said.contains(SQL_ANEW), "{said}");
}

#[test]
fn without_the_generators_lines_and_rows_are_merged_and_it_is_told() {
    let project = Project::new();
    project.branches();
    for program in ["gen-schema", "gen-dummy"] {
        let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        fs::remove_file(project.0.home.bin().join(file)).unwrap();
    }
    let alone = project.0.home.bin().join("alone");
    fs::create_dir(&alone).unwrap();
    let agent = alone.join(format!("lfs-agent{}", std::env::consts::EXE_SUFFIX));
    fs::copy(crate::common::AGENT, &agent).unwrap();
    let driver = format!(
        "'{}' merge-driver %O %A %B %P",
        agent.to_string_lossy().replace('\\', "/")
    );
    project.git(&["config", "merge.lfs-agent.driver", &driver]);
    let said = project.git(&["merge", "--no-edit", "topic"]);
    assert!(
        said.contains("dumps/01_schema.sql: merged by lines: gen-schema isn't on this machine"),
        "{said}"
    );
    assert!(
        said.contains("merged and not made anew: gen-dummy isn't on this machine"),
        "{said}"
    );
    assert!(said.contains("run `gen-dummy` after the merge"), "{said}");
}
