//! `gen-schema init`: from an empty directory to files that work together.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use yaml_rust2::{Yaml, YamlLoader};

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

#[test]
fn an_empty_directory_gets_all_that_is_needed_and_nothing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let first = gen_schema(directory.path(), &["init"]);
    assert!(first.status.success(), "{}", text(&first));
    assert!(
        text(&first).contains("Made schema/Schemafile, "),
        "{}",
        text(&first)
    );
    for name in [
        ".gitattributes",
        ".gitignore",
        ".github/workflows/schema.yml",
        "docker-compose.yml",
        "dumps/01_schema.sql",
        "schema/Schemafile",
        "schema/dummy.toml",
        "schema/masters/.gitkeep",
    ] {
        let content = fs::read_to_string(directory.path().join(name)).unwrap();
        assert!(
            !content.contains("cargo run"),
            "{name} speaks of this workspace"
        );
        assert!(!content.contains("THE_"), "{name} says nothing");
    }
    assert!(gen_schema(directory.path(), &["--check"]).status.success());

    fs::write(directory.path().join("docker-compose.yml"), "mine\n").unwrap();
    let again = gen_schema(directory.path(), &["init"]);
    assert!(
        text(&again).starts_with("Nothing is missing: all files are there.\n"),
        "{}",
        text(&again)
    );
    fs::remove_file(directory.path().join("dumps/01_schema.sql")).unwrap();
    let again = gen_schema(directory.path(), &["init"]);
    assert!(
        text(&again).starts_with("Made dumps/01_schema.sql.\n"),
        "{}",
        text(&again)
    );
    let kept = fs::read_to_string(directory.path().join("docker-compose.yml")).unwrap();
    assert_eq!(kept, "mine\n");
}

#[test]
fn a_database_that_is_chosen_is_kept_and_has_its_container() {
    for (name, image, sql) in [
        ("mysql", "-mysql:9.7}", "-- MySQL commits"),
        ("mariadb", "-mariadb:10.11}", "-- MariaDB commits"),
        ("postgresql", "-postgres:17}", "SET client_encoding"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
        let init = gen_schema(directory.path(), &["init", "--database", name]);
        assert!(init.status.success(), "{}", text(&init));
        assert!(read("docker-compose.yml").contains(image));
        assert!(read("schema/schema.toml").contains(&format!("\ndatabase = \"{name}\"\n")));
        assert!(read("dumps/01_schema.sql").contains(sql));
        let check = gen_schema(directory.path(), &["--check"]);
        assert_eq!((check.status.code(), &*text(&check)), (Some(0), ""));

        // What is kept holds for what is made later.
        fs::remove_file(directory.path().join("docker-compose.yml")).unwrap();
        assert!(gen_schema(directory.path(), &["init"]).status.success());
        assert!(read("docker-compose.yml").contains(image));

        let other = if name == "mysql" { "mariadb" } else { "mysql" };
        let init = gen_schema(directory.path(), &["init", "--database", other]);
        assert_eq!(init.status.code(), Some(2));
        assert!(
            text(&init).contains(", but schema/schema.toml:2 says "),
            "{}",
            text(&init)
        );
        let run = gen_schema(directory.path(), &["--database", other, "-o", "-"]);
        assert!(run.status.success(), "a flag holds for one run");
    }
}

#[test]
fn a_schema_of_mysql_is_known_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let schema = "ActiveRecord::Schema[8.1].define(version: 0) do\n  create_table \"toys\", charset: \"utf8mb4\", \
                  collation: \"utf8mb4_0900_ai_ci\" do |t|\n    t.string \"name\"\n  end\nend\n";
    fs::write(directory.path().join("schema.rb"), schema).unwrap();
    let init = gen_schema(directory.path(), &["init", "--from", "schema.rb"]);
    assert!(init.status.success(), "{}", text(&init));
    let kept = fs::read_to_string(directory.path().join("schema/schema.toml")).unwrap();
    assert!(kept.contains("database = \"mysql\"\n"), "{kept}");
}

#[test]
fn a_file_for_another_database_than_the_settings_is_told_at_both_places() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("schema")).unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("schema/schema.toml"), "database = \"mysql\"\n").unwrap();
    fs::write(
        path("schema/Schemafile"),
        "create_table \"toys\" do |t|\n  t.jsonb \"parts\"\n  t.inet \"seen\"\nend\n",
    )
    .unwrap();
    let run = gen_schema(directory.path(), &[]);
    assert_eq!(run.status.code(), Some(2));
    for part in ["schema/schema.toml:1", "schema/Schemafile:2:5"] {
        assert!(text(&run).contains(part), "{part}: {}", text(&run));
    }
}

#[test]
fn a_repository_that_has_files_of_its_own_is_told_what_to_add() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir_all(path(".git")).unwrap();
    fs::create_dir_all(path("app/models")).unwrap();
    fs::write(path(".gitattributes"), "*.png binary\n").unwrap();
    fs::write(path("compose.yaml"), "services: {}\n").unwrap();
    let output = gen_schema(&path("app/models"), &["init"]);
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    for part in [
        "where the repository begins:\nMade schema/Schemafile, .github/workflows/schema.yml, compose.database.yml, ",
        "; added lines to .gitattributes and .gitignore.\n",
        "`compose.yaml` is there: add `include: [compose.database.yml]`",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let attributes = fs::read_to_string(path(".gitattributes")).unwrap();
    assert!(
        attributes.starts_with("*.png binary\n") && attributes.contains("\n*.sql text eol=lf\n"),
        "{attributes}"
    );
    assert!(path("compose.database.yml").exists() && !path("docker-compose.yml").exists());
    let again = text(&gen_schema(directory.path(), &["init"]));
    assert!(again.starts_with("Nothing is missing"), "{again}");
}

#[test]
fn the_workflow_wants_nothing_that_nobody_has_been_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let said = text(&gen_schema(directory.path(), &["init"]));
    // Built here, for a test: nobody knows where a job would get it.
    let path = directory.path().join(".github/workflows/schema.yml");
    let workflow = fs::read_to_string(&path).unwrap();
    assert!(
        said.contains("run `gen-schema init --programs URL`"),
        "{said}"
    );
    assert!(
        !workflow.contains("cargo install") && !workflow.contains("--tag"),
        "{workflow}"
    );
    assert!(!workflow.contains("DATABASE_TOOLS"), "{workflow}");

    let programs = [
        "init",
        "--programs",
        "https://git.example.com/team/tools.git#0123456789",
    ];
    let said = text(&gen_schema(directory.path(), &programs));
    assert!(
        said.contains("is there already\nhint: remove it first"),
        "{said}"
    );
    fs::remove_file(&path).unwrap();
    let said = text(&gen_schema(directory.path(), &programs));
    assert!(said.contains("Made .github/workflows/schema.yml.\nThe workflow builds the generators from https://git.example.com/team/tools.git"), "{said}");
    let workflow = fs::read_to_string(&path).unwrap();
    assert!(workflow.contains("COMMIT: 0123456789\n"), "{workflow}");
}

/// The step that looks at pull requests, in a workflow or a list of steps.
fn step_of_pull_requests(yaml: &str) -> Yaml {
    let document = YamlLoader::load_from_str(yaml).unwrap().remove(0);
    let steps = match &document {
        Yaml::Array(steps) => steps.clone(),
        workflow => workflow["jobs"]["fresh"]["steps"].as_vec().unwrap().clone(),
    };
    let name = "What the schema changes";
    let mut found = steps
        .into_iter()
        .filter(|step| step["name"].as_str() == Some(name));
    found.next().unwrap()
}

#[cfg(unix)]
#[test]
fn a_pull_request_is_told_what_it_changes() {
    let home = testkit::git::GitHome::new();
    home.add_program(Path::new(env!("CARGO_BIN_EXE_gen-schema")));
    let repository = home.work().join("repository");
    home.git(home.work(), &["init", "-q", "repository"]);
    let programs = [
        "init",
        "--programs",
        "https://git.example.com/tools.git#0123456789",
    ];
    assert!(gen_schema(&repository, &programs).status.success());
    let workflow = fs::read_to_string(repository.join(".github/workflows/schema.yml")).unwrap();
    let step = step_of_pull_requests(&workflow);
    // The page shows the same one.
    let page = include_str!("../../../docs/pictures.md");
    let (_, shown) = page.split_once("```yaml\n").unwrap();
    assert_eq!(
        step_of_pull_requests(shown.split_once("\n```\n").unwrap().0),
        step
    );

    let table = |columns: &str| format!("create_table \"users\" do |t|\n{columns}end\n");
    let schemafile = repository.join("schema/Schemafile");
    for (columns, branch) in [
        ("  t.string \"name\"\n", "main"),
        ("  t.integer \"age\"\n", "topic"),
    ] {
        home.git(&repository, &["checkout", "-q", "-B", branch]);
        fs::write(&schemafile, table(columns)).unwrap();
        home.git(&repository, &["add", "-A"]);
        home.git(&repository, &["commit", "-q", "-m", "Change"]);
    }
    let summary = home.work().join("summary.md");
    let output = home
        .command("bash", &repository)
        .args(["-e", "-c", step["run"].as_str().unwrap()])
        .env("BASE", "main")
        .env("RUNNER_TEMP", home.work())
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let summary = fs::read_to_string(summary).unwrap();
    for part in [
        "```mermaid",
        "## Migration and locks",
        "ALTER TABLE users",
        "## Lost data",
        "users.name",
    ] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
}

#[test]
fn rows_stay_out_of_git_until_a_bucket_has_them() {
    let ignored = |attributes: &str| {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(".gitattributes"), attributes).unwrap();
        assert!(gen_schema(directory.path(), &["init"]).status.success());
        fs::read_to_string(directory.path().join(".gitignore")).unwrap()
    };
    let without = ignored("");
    assert!(
        without.contains("\n.env\n") && without.ends_with("\ndumps/*.sql.gz\n"),
        "{without}"
    );
    let with =
        ignored("*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n*.sql text eol=lf\n");
    assert!(
        with.contains("\n.env\n") && !with.contains("sql.gz"),
        "{with}"
    );
}

#[test]
fn a_path_typed_in_a_subdirectory_is_answered_with_the_one_from_the_root() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join(".git")).unwrap();
    assert!(gen_schema(directory.path(), &["init"]).status.success());
    let said = text(&gen_schema(
        &directory.path().join("schema"),
        &["Schemafile"],
    ));
    assert_eq!(
        said,
        "error: can't read `Schemafile`: there is no such file\n\
         hint: paths start at the repository's root: write `schema/Schemafile`\n"
    );
    fs::write(
        directory.path().join("schema/old.rb"),
        "create_table('a') { |t| }\n",
    )
    .unwrap();
    for words in [&["init", "--from", "old.rb"][..], &["diff", "old.rb"]] {
        let here = directory.path().join("schema");
        fs::remove_file(here.join("Schemafile")).unwrap_or_default();
        let said = text(&gen_schema(&here, words));
        assert!(
            said.ends_with("hint: paths start at the repository's root: write `schema/old.rb`\n"),
            "{said}"
        );
    }
}

#[test]
fn what_others_call_the_same_is_understood() {
    let directory = tempfile::tempdir().unwrap();
    for (words, meant) in [
        (&["check"][..], "gen-schema --check"),
        (&["generate"], "gen-schema"),
        (&["initt"], "gen-schema init"),
        (&["chekc"], "gen-schema --check"),
        (&["migrate"], "gen-schema diff"),
        (
            &["init", "db/schema.rb"],
            "gen-schema init --from db/schema.rb",
        ),
    ] {
        let output = gen_schema(directory.path(), words);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output);
        assert!(
            said.ends_with(&format!("hint: did you mean `{meant}`?\n")),
            "{said}"
        );
    }
}

#[test]
fn an_application_brings_its_schema() {
    let directory = tempfile::tempdir().unwrap();
    let schema = "ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table \"books\" do |t|\n    t.string \"title\"\n  end\nend\n";
    fs::write(directory.path().join("schema.rb"), schema).unwrap();
    let output = gen_schema(directory.path(), &["init", "--from", "schema.rb"]);
    assert!(output.status.success(), "{}", text(&output));
    let sql = fs::read_to_string(directory.path().join("dumps/01_schema.sql")).unwrap();
    assert!(sql.contains("CREATE TABLE books"), "{sql}");
    let again = gen_schema(directory.path(), &["init", "--from", "schema.rb"]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again));
}

#[test]
fn a_database_brings_its_schema() {
    let directory = tempfile::tempdir().unwrap();
    let dump = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.books (\n    id bigint NOT NULL,\n    title text\n);\n\
                COPY public.books (id, title) FROM stdin;\n1\tone\n\\.\n\n-- PostgreSQL database dump complete\n";
    fs::write(directory.path().join("shop.rb"), dump).unwrap();
    let output = gen_schema(directory.path(), &["init", "--from", "shop.rb"]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(
        text(&output).contains("note: shop.rb:9: 1 row left out"),
        "{}",
        text(&output)
    );
    let schemafile = fs::read_to_string(directory.path().join("schema/Schemafile")).unwrap();
    assert!(
        schemafile.ends_with("create_table \"books\", id: false, force: :cascade do |t|\n  t.bigint \"id\", null: false\n  t.text \"title\"\nend\n"),
        "{schemafile}"
    );
    assert!(gen_schema(directory.path(), &["--check"]).status.success());
}

#[test]
fn what_is_no_schema_leaves_the_directory_as_it_was() {
    for (content, message) in [
        (&b"PGDMP\x01"[..], "pg_restore --schema-only -f - shop.sql"),
        (
            b"-- PostgreSQL database dump\nCREATE TABLE public.t (\n",
            "shop.sql:2: ",
        ),
        (b" \n", "`shop.sql` is empty"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("shop.sql"), content).unwrap();
        let output = gen_schema(directory.path(), &["init", "--from", "shop.sql"]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(message), "{}", text(&output));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_folder_of_migrations_brings_its_schema() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("db/V10__c.sql", "ALTER TABLE users RENAME TO people;\n");
    write(
        "db/V2__b.sql",
        "ALTER TABLE users ADD COLUMN age int CHECK (age > 0);\n",
    );
    write(
        "db/V1__a.sql",
        "CREATE TABLE users (id serial PRIMARY KEY);\n",
    );
    write("db/U2__b.sql", "ALTER TABLE users DROP COLUMN age;\n");
    let output = gen_schema(directory.path(), &["init", "--from", "db"]);
    assert!(output.status.success(), "{}", text(&output));
    let schemafile = fs::read_to_string(directory.path().join("schema/Schemafile")).unwrap();
    assert!(
        schemafile.contains("create_table \"people\""),
        "{schemafile}"
    );
    assert!(
        schemafile.contains("name: \"users_age_check\""),
        "{schemafile}"
    );
}

#[test]
fn all_that_is_wrong_with_migrations_is_told_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("db")).unwrap();
    fs::write(
        directory.path().join("db/1_a.sql"),
        "CREATE TABLE t (id int);\nROLLBACK;\n",
    )
    .unwrap();
    fs::write(
        directory.path().join("db/2_b.sql"),
        "\nALTER TABLE t\n  DROP COLUMN x;\nINSERT INTO t VALUES (1);\n",
    )
    .unwrap();
    let output = gen_schema(directory.path(), &["init", "--from", "db"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output),
        "error: the transaction is rolled back, so nothing of it is ever made\n \
         --> db/1_a.sql:2\n  |\n2 | ROLLBACK\n  |\n  = hint: take it out, or the statements before it\n\n\
         error: `t` has no `x` here\n \
         --> db/2_b.sql:2\n  |\n2 | ALTER TABLE t\n  |\n  \
         = hint: see how it is spelt where it is made; `IF EXISTS` lets it be missing\n"
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_directory_that_is_made_for_an_output_is_told() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("schema.rb"),
        "create_table('a') { |t| }\n",
    )
    .unwrap();
    let said = |output: &str| text(&gen_schema(directory.path(), &["schema.rb", "-o", output]));
    assert_eq!(said("dumps/x.sql"), "");
    assert_eq!(said("dump/x.sql"), "note: made the directory `dump`\n");
    assert_eq!(said("dump/y.sql"), "");
}

#[test]
fn what_is_not_there_has_a_next_step() {
    let directory = tempfile::tempdir().unwrap();
    let said = text(&gen_schema(directory.path(), &[]));
    assert!(
        said.contains("or begin one here: `gen-schema init`"),
        "{said}"
    );
    let said = text(&gen_schema(
        directory.path(),
        &["init", "--from", "nothere.rb"],
    ));
    assert!(
        said.contains(
            "can't read `nothere.rb`: there is no such file\nhint: `--from` takes a schema.rb"
        ),
        "{said}"
    );
}

#[test]
fn a_schema_with_mistakes_leaves_the_directory_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let schema = "create_table \"books\" do |t|\n  t.strnig \"title\"\nend\n";
    fs::write(directory.path().join("schema.rb"), schema).unwrap();
    let output = gen_schema(directory.path(), &["init", "--from", "schema.rb"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("did you mean"), "{}", text(&output));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}
