//! `gen-schema docs` and `gen-schema lint`, as a team and its CI run them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use testkit::git::GitHome;

const SCHEMAFILE: &str = "\
# group: Sales
create_table \"orders\", comment: \"<script>alert(1)</script>\" do |t|
  t.references \"user\", foreign_key: true
  t.decimal \"total\", precision: 12, scale: 2
end

# group: People
create_table \"users\" do |t|
  t.string \"name\", null: false, comment: \"氏名: 戸籍上\"
end
";

const DUMP: &str = "\
BEGIN;
COPY users (id, name) FROM stdin;
1\tAnn
2\tBob
\\.
COPY orders (id, user_id, total) FROM stdin;
1\t2\t9.50
2\t\\N\t10.25
\\.
COMMIT;
";

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(directory)
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Runs with that exit code, and gives what was said.
#[track_caller]
fn ends(directory: &Path, arguments: &[&str], status: i32) -> String {
    let output = run(directory, arguments);
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
    text
}

fn write(directory: &Path, name: &str, content: &str) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap()
}

fn project() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    write(scratch.path(), "schema/Schemafile", SCHEMAFILE);
    scratch
}

#[test]
fn pages_are_written_checked_and_cleaned_up() {
    let scratch = project();
    let directory = scratch.path();
    assert!(
        ends(directory, &["docs", "--check"], 1).contains("`docs/database/README.md` isn't there")
    );
    assert_eq!(ends(directory, &["docs"], 0), "");
    assert_eq!(ends(directory, &["docs", "--check"], 0), "");
    let index = read(directory, "docs/database/README.md");
    assert!(
        index.contains("| [Sales](groups/Sales.md) | 1 |"),
        "{index}"
    );
    let orders = read(directory, "docs/database/tables/orders.md");
    assert!(
        orders.contains("[schema/Schemafile](../../../schema/Schemafile)"),
        "{orders}"
    );

    write(
        directory,
        "docs/database/tables/notes.md",
        "# Written by hand\n",
    );
    let renamed = SCHEMAFILE.replace("\"orders\"", "\"purchases\"");
    write(directory, "schema/Schemafile", &renamed);
    let stale = ends(directory, &["docs", "--check"], 1);
    for part in [
        "`docs/database/tables/purchases.md` isn't there",
        "`docs/database/tables/orders.md` is of something that is no more",
        "-| [orders](tables/orders.md)",
        "hint: run `gen-schema docs` and commit what it writes",
    ] {
        assert!(stale.contains(part), "{part}: {stale}");
    }
    ends(directory, &["docs"], 0);
    assert!(!directory.join("docs/database/tables/orders.md").exists());
    assert!(directory.join("docs/database/tables/notes.md").exists());
    assert_eq!(ends(directory, &["docs", "--check"], 0), "");
}

#[test]
fn what_a_dump_says_is_kept_for_clones_that_have_its_pointer() {
    let scratch = project();
    let directory = scratch.path();
    write(directory, "dumps/02_dummy.sql.gz", DUMP);
    ends(directory, &["docs"], 0);
    let users = read(directory, "docs/database/tables/users.md");
    assert!(
        users.contains("| `1` | `Ann` |\n| `2` | `Bob` |"),
        "{users}"
    );
    assert!(
        users.contains("| name | 0 | 2 | `Ann` … `Bob` |"),
        "{users}"
    );
    let orders = read(directory, "docs/database/tables/orders.md");
    assert!(
        orders.contains("| total | 0 | 2 | `9.50` … `10.25` |"),
        "{orders}"
    );
    let kept = read(directory, "docs/database/values.json");
    let (_, sha256) = kept.split_once("\"sha256\":\"").unwrap();
    let sha256 = &sha256[..64];

    let pointer = |oid: &str| {
        format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {}\n",
            DUMP.len()
        )
    };
    write(directory, "dumps/02_dummy.sql.gz", &pointer(sha256));
    assert_eq!(ends(directory, &["docs", "--check"], 0), "");
    write(
        directory,
        "dumps/02_dummy.sql.gz",
        &pointer(&sha256.replace(|_: char| true, "0")),
    );
    let told = ends(directory, &["docs", "--check"], 1);
    assert!(told.contains("is an LFS pointer to another dump"), "{told}");
    assert!(told.contains("hint: `git lfs pull`"), "{told}");
    ends(directory, &["docs"], 2);
    ends(directory, &["docs", "--no-rows"], 0);
    assert!(!directory.join("docs/database/values.json").exists());
}

#[test]
fn the_page_is_one_file_in_which_nothing_runs_but_its_own() {
    let scratch = project();
    let directory = scratch.path();
    ends(
        directory,
        &["docs", "--html", "schema.html", "--locale", "ja"],
        0,
    );
    assert!(!directory.join("docs").exists());
    let html = read(directory, "schema.html");
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"ja\">"));
    assert!(!html.contains("<script>alert"));
    assert_eq!(
        ends(
            directory,
            &["docs", "--html", "schema.html", "--locale", "ja", "--check"],
            0
        ),
        ""
    );
    ends(directory, &["docs", "--html", "schema.html", "--check"], 1);
}

#[test]
fn what_changed_since_a_revision_is_a_page() {
    let home = GitHome::new();
    let scratch = project();
    let directory = scratch.path();
    for arguments in [
        &["init", "--quiet", "--initial-branch", "main"][..],
        &["add", "."],
        &["commit", "--quiet", "--message", "Begin"],
    ] {
        home.git(directory, arguments);
    }
    assert!(ends(directory, &["docs", "--diff", "main"], 0).contains("The schemas don't differ."));
    let changed = SCHEMAFILE.replace("precision: 12", "precision: 14");
    write(directory, "schema/Schemafile", &changed);
    let page = ends(directory, &["docs", "--diff", "main"], 0);
    assert!(page.contains("\"orders (changed)\" {"), "{page}");
    assert!(
        page.contains("| ~ | Column `total` | `numeric(12, 2)` | `numeric(14, 2)` |"),
        "{page}"
    );
    ends(
        directory,
        &["docs", "--diff", "main", "--html", "change.html"],
        0,
    );
    assert!(read(directory, "change.html").contains("\"mark\":\"changed\""));
}

#[test]
fn lint_tells_its_findings_until_they_are_gone_or_wanted() {
    let scratch = project();
    let directory = scratch.path();
    assert_eq!(ends(directory, &["lint"], 0), "");
    let without = SCHEMAFILE.replace(
        "t.references \"user\", foreign_key: true",
        "t.references \"user\", foreign_key: true, index: false",
    );
    write(directory, "schema/Schemafile", &without);
    let told = ends(directory, &["lint"], 1);
    assert!(
        told.starts_with(
            "schema/Schemafile:3: orders.user_id: the foreign key on (user_id) to users has no index [foreign_key_index]\n"
        ),
        "{told}"
    );
    let wanted = without.replace("index: false", "index: false # lint: off foreign_key_index");
    write(directory, "schema/Schemafile", &wanted);
    assert_eq!(ends(directory, &["lint"], 0), "");
    ends(directory, &["lint", "--on", "table_comment"], 1);
    assert!(
        ends(directory, &["lint", "--on", "nothing"], 2).contains("there is no rule `nothing`")
    );
    let rules = ends(directory, &["lint", "--rules"], 0);
    assert!(
        rules.contains("money_in_float (on): amounts of money in exact numbers\n  because "),
        "{rules}"
    );
}

#[test]
fn viewpoints_labels_and_json_are_made_of_the_settings() {
    let scratch = project();
    let directory = scratch.path();
    let settings = "[labels]\npersonal = [\"users.name\", \"nobody\"]\n\
                    [viewpoints.Privacy]\nlabels = [\"personal\"]\ndistance = 1\n";
    write(directory, "schema/schema.toml", settings);
    let said = ends(directory, &["docs"], 0);
    assert_eq!(
        said,
        "note: schema/schema.toml: `nobody` in the label `personal` fits no table or column\n"
    );
    let viewpoint = read(directory, "docs/database/viewpoints/Privacy.md");
    assert!(viewpoint.contains("(../tables/orders.md)"), "{viewpoint}");
    ends(directory, &["docs", "--check"], 0);

    let json = ends(directory, &["docs", "--json", "--quiet"], 0);
    assert!(json.contains("\"name\": \"Privacy\""), "{json}");
    ends(directory, &["docs", "--json", "-q", "-o", "schema.json"], 0);
    assert_eq!(read(directory, "schema.json"), json);
    let fresh = ["docs", "--json", "--check", "-o", "schema.json"];
    ends(directory, &fresh, 0);
    write(directory, "schema/schema.toml", "");
    assert!(ends(directory, &fresh, 1).contains("`schema.json` is stale"));
    let lost = ends(directory, &["docs", "--json", "--check"], 2);
    assert!(
        lost.contains("hint: `gen-schema docs --json --check -o FILE`"),
        "{lost}"
    );
    // Pages of viewpoints that are no more go, as others do.
    ends(directory, &["docs"], 0);
    assert!(
        !directory
            .join("docs/database/viewpoints/Privacy.md")
            .exists()
    );
}

#[test]
fn coverage_tells_what_has_no_comment() {
    let scratch = project();
    let directory = scratch.path();
    let told = ends(directory, &["lint", "--coverage"], 0);
    assert_eq!(
        told,
        "schema/Schemafile:2: orders: no comment on total\n\
         schema/Schemafile:8: users: no comment on the table\n\n\
         tables: 1 of 2 with a comment, 50 %\ncolumns: 1 of 2 with a comment, 50 %\nall: 2 of 4 with a comment, 50 %\n"
    );
    ends(directory, &["lint", "--coverage", "--least", "50", "-q"], 0);
    let little = ends(directory, &["lint", "--coverage", "--least", "51", "-q"], 1);
    assert!(
        little.contains("50 % of the schema has comments, less than 51 %"),
        "{little}"
    );
    assert!(ends(directory, &["lint", "--least", "51"], 2).contains("--coverage"));
}

#[test]
fn what_is_named_by_mistake_is_told_with_the_next_step() {
    let scratch = project();
    let directory = scratch.path();
    fs::create_dir(directory.join("out")).unwrap();
    for (arguments, told) in [
        (
            &["docs", "--dump", "dumps/2.sql"][..],
            "error: can't read `dumps/2.sql`: there is no such file\nhint: name the dump",
        ),
        (
            &["docs", "--html", "out"],
            "error: `out` is a folder, and the page is a file\nhint: `--html out/schema.html`",
        ),
        (
            &["docs", "-o", "schema/Schemafile"],
            "error: `schema/Schemafile` is a file, and the pages want a folder\nhint: `-o` names",
        ),
        (
            &["docs", "--locale", "jp"],
            "hint: `gen-schema docs --help` tells more",
        ),
    ] {
        let said = ends(directory, arguments, 2);
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
    assert!(!directory.join("docs").exists());
    // The command may stand behind what is everybody's.
    ends(directory, &["-q", "docs", "--check"], 1);
}
