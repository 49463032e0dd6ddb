//! What a run depends on stands in the repository: `schema/schema.toml`, for every command and every revision.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const TABLE: &str = "create_table \"visits\" do |t|\n  t.datetime \"at\"\nend\n";

fn gen_schema(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(directory)
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn write(directory: &Path, name: &str, content: &str) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Runs and gives what was said, which is nothing when all is well.
#[track_caller]
fn passes(directory: &Path, arguments: &[&str]) -> String {
    let output = gen_schema(directory, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    text(&output)
}

#[test]
fn a_version_that_is_kept_makes_a_plain_check_pass() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "schema/Schemafile", TABLE);
    let said = passes(directory, &["--rails-version", "5.0"]);
    assert_eq!(
        said,
        "note: without `--rails-version 5.0` the SQL is another, so a plain `gen-schema --check` fails: \
         `rails_version = \"5.0\"` in schema/schema.toml keeps it\n"
    );
    let sql = fs::read_to_string(directory.join("dumps/01_schema.sql")).unwrap();
    assert!(sql.contains("at timestamp,\n"), "{sql}");
    let stale = gen_schema(directory, &["--check"]);
    assert_eq!(stale.status.code(), Some(1));
    assert!(
        text(&stale).contains("is what ActiveRecord 5.0 makes of the schema")
            && text(&stale).contains("write `rails_version = \"5.0\"` into schema/schema.toml"),
        "{}",
        text(&stale)
    );
    write(directory, "schema/schema.toml", "rails_version = \"5.0\"\n");
    assert_eq!(passes(directory, &["--check"]), "");
    assert_eq!(passes(directory, &["--rails-version", "5.0"]), "");
    let metadata = passes(directory, &["--rails-metadata"]);
    assert!(
        metadata.contains("without `--rails-metadata` the SQL is another")
            && metadata.contains("`rails_metadata = true` in schema/schema.toml"),
        "{metadata}"
    );
    // For one run the flag holds before the file.
    let newest = passes(directory, &["--rails-version", "8.1", "-o", "-"]);
    assert!(newest.contains("at timestamp(6)"), "{newest}");
}

#[test]
fn the_hint_of_a_check_is_the_command_that_makes_it_pass() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "db/schema file.rb", TABLE);
    let flags = ["--rails-version", "5.0", "-s", "db/schema file.rb"];
    let check: Vec<&str> = flags.into_iter().chain(["--check"]).collect();
    let said = text(&gen_schema(directory, &check));
    assert!(
        said.ends_with(
            "hint: run `gen-schema --rails-version 5.0 -s 'db/schema file.rb'` and commit what it writes\n"
        ),
        "{said}"
    );
    passes(directory, &flags);
    passes(directory, &check);
}

#[test]
fn words_front_end_path_and_metadata_are_kept_too() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(
        directory,
        "db/tables.rb",
        "create_table('drives') { |t| t.text 'x' }\ncreate_table('trips') { |t| t.references :drive, foreign_key: true }\n\
         add_column 'trips', 'length', :integer\nadd_foreign_key 'trips', 'drives', name: 'second', column: 'drive_id'\n",
    );
    write(directory, "config/words.txt", "drive drives\n");
    write(
        directory,
        "schema/schema.toml",
        "schemafile = \"db/tables.rb\"\nfrontend = \"rails\"\ninflections = \"config/words.txt\"\nrails_metadata = true\n",
    );
    passes(directory, &[]);
    let sql = fs::read_to_string(directory.join("dumps/01_schema.sql")).unwrap();
    for part in [
        "from db/tables.rb",
        "length integer",
        "CREATE TABLE schema_migrations",
    ] {
        assert!(sql.contains(part), "{part}: {sql}");
    }
    // A file that is named holds before the one that is kept.
    write(
        directory,
        "other.rb",
        "create_table('a') { |t| t.text 'x' }\n",
    );
    assert!(passes(directory, &["other.rb", "-o", "-"]).contains("CREATE TABLE a ("));
    fs::remove_file(directory.join("config/words.txt")).unwrap();
    let output = gen_schema(directory, &["--check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("can't read `config/words.txt`: there is no such file\nhint: `inflections` in schema/schema.toml"),
        "{}",
        text(&output)
    );
}

#[test]
fn mistakes_in_the_settings_stop_a_run_at_their_place() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "schema/Schemafile", TABLE);
    write(
        directory,
        "schema/schema.toml",
        "rails_verison = \"7.0\"\nfrontend = 1\n",
    );
    let output = gen_schema(directory, &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output);
    for part in [
        " --> schema/schema.toml:1:1",
        "hint: did you mean `rails_version`?",
        "`frontend` wants \"ridgepole\" or \"rails\"; this is `1`",
        " --> schema/schema.toml:2:12",
        "2 errors",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!directory.join("dumps").exists());
}

#[test]
fn a_new_repository_keeps_what_its_first_run_depended_on() {
    let application = tempfile::tempdir().unwrap();
    write(application.path(), "schema.rb", TABLE);
    write(
        application.path(),
        "words.rb",
        "ActiveSupport::Inflector.inflections { |i| i.irregular 'drive', 'drives' }\n",
    );
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let outside = |name: &str| application.path().join(name).display().to_string();
    passes(
        directory,
        &[
            "init",
            "--from",
            &outside("schema.rb"),
            "--rails-version",
            "5.2",
            "--frontend",
            "rails",
            "--inflections",
            &outside("words.rb"),
        ],
    );
    let settings = fs::read_to_string(directory.join("schema/schema.toml")).unwrap();
    assert!(
        settings.ends_with(
            "rails_version = \"5.2\"\nfrontend = \"rails\"\ninflections = \"schema/inflections.rb\"\n"
        ),
        "{settings}"
    );
    assert!(directory.join("schema/inflections.rb").exists());
    assert_eq!(passes(directory, &["--check"]), "");

    let beside = tempfile::tempdir().unwrap();
    write(beside.path(), "words.txt", "drive drives\n");
    write(beside.path(), "database/.git/HEAD", "");
    let database = beside.path().join("database");
    passes(&database, &["init", "--inflections", "../words.txt"]);
    let settings = fs::read_to_string(database.join("schema/schema.toml")).unwrap();
    assert!(
        settings.ends_with("inflections = \"schema/inflections.txt\"\n"),
        "{settings}"
    );
    assert_eq!(passes(&database, &["--check"]), "");

    let plain = tempfile::tempdir().unwrap();
    passes(plain.path(), &["init"]);
    let settings = fs::read_to_string(plain.path().join("schema/schema.toml")).unwrap();
    assert!(
        settings.ends_with("rails_version = \"8.1\"\n"),
        "{settings}"
    );
}

#[test]
fn a_migration_reads_each_version_by_its_own_settings() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .current_dir(directory)
            .args(["-c", "user.name=t", "-c", "user.email=t@t"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", text(&done));
    };
    git(&["init", "--quiet"]);
    write(directory, "db/schema.rb", TABLE);
    write(
        directory,
        "schema/schema.toml",
        "schemafile = \"db/schema.rb\"\nrails_version = \"5.0\"\n",
    );
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message=old"]);
    // The file moves, and the rules of another version hold from now on.
    fs::remove_file(directory.join("db/schema.rb")).unwrap();
    write(directory, "schema/Schemafile", TABLE);
    write(directory, "schema/schema.toml", "rails_version = \"8.1\"\n");
    let migration = passes(directory, &["diff", "HEAD"]);
    assert!(
        migration.contains("ALTER COLUMN at TYPE timestamp(6)"),
        "{migration}"
    );
}

#[test]
fn a_path_that_is_typed_in_a_subdirectory_is_told_from_the_root() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::create_dir(directory.join(".git")).unwrap();
    write(directory, "db/schema.rb", TABLE);
    let said = text(&gen_schema(&directory.join("db"), &["schema.rb"]));
    assert_eq!(
        said,
        "error: can't read `schema.rb`: there is no such file\n\
         hint: paths start at the repository's root: write `db/schema.rb`\n"
    );
}
