//! Schemas in SQL in the place of a Schemafile: a dump, a script, a folder of migrations, at a git revision too.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn gen_schema(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(directory)
        .args(arguments)
        .output()
        .unwrap()
}

fn write(directory: &Path, name: &str, content: &str) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[track_caller]
fn stdout(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .current_dir(directory)
        .env("HOME", directory)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
}

#[test]
fn a_file_of_sql_makes_its_schema() {
    let scratch = tempfile::tempdir().unwrap();
    write(
        scratch.path(),
        "db/structure.sql",
        "CREATE TABLE public.users (id bigint NOT NULL);\nALTER TABLE public.users OWNER TO shop;\n",
    );
    let output = gen_schema(scratch.path(), &["db/structure.sql", "-o", "-"]);
    let sql = stdout(&output);
    assert!(
        sql.contains("CREATE TABLE users (\n    id bigint NOT NULL\n);"),
        "{sql}"
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.starts_with("note: db/structure.sql:2: 1 statement that sets an owner"),
        "{said}"
    );
    let output = gen_schema(
        scratch.path(),
        &["--quiet", "--rails-metadata", "db/structure.sql", "-o", "-"],
    );
    assert!(stdout(&output).contains("CREATE TABLE schema_migrations"));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_migration_between_sql_files_is_found() {
    let scratch = tempfile::tempdir().unwrap();
    write(
        scratch.path(),
        "old.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY);\n",
    );
    write(
        scratch.path(),
        "new/1_users.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY);\n",
    );
    write(
        scratch.path(),
        "new/2_email.sql",
        "-- migrate:up\nALTER TABLE users ADD COLUMN email text;\n-- migrate:down\nALTER TABLE users DROP COLUMN email;\n",
    );
    let sql = stdout(&gen_schema(scratch.path(), &["diff", "old.sql", "new"]));
    assert!(sql.contains("ADD COLUMN email text"), "{sql}");
    // A Schemafile on one side, SQL on the other.
    write(
        scratch.path(),
        "Schemafile",
        "create_table \"users\", id: :bigint, default: nil, force: :cascade do |t|\n  t.text \"email\"\nend\n",
    );
    let sql = stdout(&gen_schema(scratch.path(), &["diff", "new", "Schemafile"]));
    assert!(!sql.contains("ALTER"), "{sql}");
}

#[test]
fn a_folder_of_migrations_is_read_as_it_was_at_a_revision() {
    let scratch = tempfile::tempdir().unwrap();
    git(scratch.path(), &["init", "-q", "-b", "main"]);
    write(scratch.path(), "db/1_a.sql", "CREATE TABLE a (id int);\n");
    git(scratch.path(), &["add", "--all"]);
    git(scratch.path(), &["commit", "-qm", "a"]);
    write(scratch.path(), "db/2_b.sql", "CREATE TABLE b (id int);\n");
    let sql = stdout(&gen_schema(scratch.path(), &["diff", "main:db", "db"]));
    assert!(sql.contains("CREATE TABLE b"), "{sql}");
    assert!(!sql.contains("CREATE TABLE a"), "{sql}");
}

#[test]
fn mistakes_in_sql_are_told_with_their_places() {
    let scratch = tempfile::tempdir().unwrap();
    write(scratch.path(), "db/1_a.sql", "CREATE TABLE a (id int);\n");
    write(
        scratch.path(),
        "db/2_b.sql",
        "\nALTER TABLE a DROP COLUMN x;\n",
    );
    let output = gen_schema(scratch.path(), &["db", "-o", "-"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("error: `a` has no `x` here\n --> db/2_b.sql:2\n"),
        "{said}"
    );
    // A folder without SQL is none.
    write(scratch.path(), "empty/readme.txt", "x");
    let output = gen_schema(scratch.path(), &["empty", "-o", "-"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("`empty` is a directory"), "{said}");
}
