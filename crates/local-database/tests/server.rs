//! `git database` on a real PostgreSQL that a URL names.
mod common;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use common::{Clone, POINTER, ROWS, SCHEMA};
use testkit::pg::TempPostgres;
use testkit::process::run;

/// A clone, a server, and a database's name that no other test has.
struct There {
    clone: Clone,
    postgres: &'static TempPostgres,
    name: String,
}

impl There {
    fn with(dumps: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let postgres = TempPostgres::shared();
        let mut clone = Clone::with(dumps);
        let name = format!("shop_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let psql = postgres.client("psql");
        if Path::new(psql.get_program()).is_file() {
            clone.home.add_program(Path::new(psql.get_program()));
        }
        clone.home.set("PGPASSFILE", "/nowhere");
        let url = format!("postgresql://postgres@127.0.0.1:{}/{name}", postgres.port());
        clone
            .home
            .git(&clone.root, &["config", "database.url", &url]);
        Self {
            clone,
            postgres,
            name,
        }
    }

    fn with_rows() -> Self {
        Self::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)])
    }

    fn count(&self, database: &str) -> String {
        self.postgres
            .psql(database, "SELECT count(*) FROM orders")
            .trim()
            .to_owned()
    }

    fn databases(&self) -> Vec<String> {
        let sql = format!(
            "SELECT datname FROM pg_database WHERE datname LIKE '{}%' ORDER BY 1",
            self.name
        );
        let listed = self.postgres.psql("postgres", &sql);
        listed.lines().map(str::to_owned).collect()
    }
}

#[test]
fn from_a_clone_to_a_database_and_back_to_clean() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.fails(&["status"], 1, &["git database up"]);
    clone.fails(&[], 1, &["git database up"]);
    let address = clone.prints(&["up"]);
    let expected = format!(
        "postgresql://postgres@127.0.0.1:{}/{name}\n",
        there.postgres.port()
    );
    assert_eq!(address, expected);
    assert_eq!(there.count(name), "2");
    assert!(
        clone
            .prints(&["status"])
            .contains("runs, loaded from these dumps")
    );

    // A second time nothing happens to what is there.
    there.postgres.psql(name, "DELETE FROM orders");
    clone.prints(&["up"]);
    assert_eq!(there.count(name), "0");
    clone.prints(&["reset"]);
    assert_eq!(there.count(name), "2");

    // Other dumps are another database.
    clone.has(
        "dumps/02_rows.sql",
        "INSERT INTO orders VALUES (1, 'open');\n",
    );
    clone.fails(&["status"], 1, &["git database up"]);
    clone.prints(&["up"]);
    assert_eq!(there.count(name), "1");

    clone.prints(&["drop", "--all"]);
    assert_eq!(there.databases(), Vec::<String>::new());
}

#[test]
fn copies_are_pristine_and_ours_alone_are_replaced() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    let [first, second, foreign] = ["1", "2", "foreign"].map(|end| format!("{name}_{end}"));
    clone.prints(&["up"]);
    there.postgres.psql(name, "DELETE FROM orders");
    let told = clone.prints(&["clone", &first, &second]);
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.lines().next().unwrap().ends_with(&first), "{told}");
    assert_eq!(
        (there.count(&first), there.count(&second)),
        ("2".to_owned(), "2".to_owned())
    );

    there.postgres.psql(&first, "DELETE FROM orders");
    clone.prints(&["reset", &first]);
    assert_eq!(there.count(&first), "2");
    assert_eq!(there.count(name), "0", "another one was reset");

    there
        .postgres
        .psql("postgres", &format!("CREATE DATABASE {foreign}"));
    clone.fails(&["clone", &foreign], 2, &["hasn't made it"]);
    for command in ["reset", "drop"] {
        clone.fails(&[command, &foreign], 2, &["is no copy"]);
    }
    clone.fails(&["clone", name], 2, &["is the database itself"]);
    let json = clone.prints(&["status", "--json"]);
    assert_eq!(json.matches("\"name\":\"shop_").count(), 3, "{json}");
    clone.prints(&["drop", &first]);
    assert!(!there.databases().contains(&first));
    clone.prints(&["drop", "--all"]);
    assert_eq!(there.databases(), [foreign]);
}

#[test]
fn somebody_elses_database_stays() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    there
        .postgres
        .psql("postgres", &format!("CREATE DATABASE {name}"));
    there.postgres.psql(name, "CREATE TABLE dear (id int)");
    clone.fails(&["up"], 2, &["hasn't made it", "git database up --replace"]);
    there.postgres.psql(name, "SELECT FROM dear");
    clone.fails(&["reset"], 1, &["git database up"]);
    clone.prints(&["up", "--replace"]);
    assert_eq!(there.count(name), "2");
}

#[test]
fn an_empty_database_is_nobodys() {
    let there = There::with_rows();
    there
        .postgres
        .psql("postgres", &format!("CREATE DATABASE {}", there.name));
    there.clone.prints(&["up"]);
    assert_eq!(there.count(&there.name), "2");
}

#[test]
fn a_dump_that_does_not_load_is_told_with_its_line_and_leaves_what_was_there() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.prints(&["up"]);
    clone.has("dumps/02_rows.sql", &ROWS.replace("2\tdone", "2\t\\N"));
    let said = clone.fails(
        &["up"],
        2,
        &[
            "error: dumps/02_rows.sql doesn't load: null value in column \"status\"",
            "--> dumps/02_rows.sql:3, table orders\n",
            "\n3 | 2 \\N\n",
        ],
    );
    assert!(!said.contains("psql:"), "{said}");
    assert_eq!(there.count(name), "2");
    assert_eq!(
        there.databases(),
        [name.to_owned(), format!("{name}_template")]
    );

    clone.has("dumps/01_schema.sql", &SCHEMA.replace("text", "txt"));
    clone.fails(
        &["up"],
        2,
        &[
            "--> dumps/01_schema.sql:3:12\n",
            "3 |     status txt NOT NULL\n  |            ^\n",
            "hint: `gen-schema` makes it anew",
        ],
    );
}

#[test]
fn packed_dumps_load_and_damaged_ones_are_told() {
    let there = There::with(&[("01_schema.sql", SCHEMA), ("02_dummy.sql", ROWS)]);
    let path = there.clone.root.join("dumps/02_dummy.sql");
    run(Command::new("gzip").arg(&path));
    let packed = path.with_extension("sql.gz");
    there.clone.prints(&["up"]);
    assert_eq!(there.count(&there.name), "2");
    let bytes = std::fs::read(&packed).unwrap();
    std::fs::write(&packed, &bytes[..bytes.len() - 20]).unwrap();
    there.clone.fails(
        &["up"],
        2,
        &["dumps/02_dummy.sql.gz is damaged", "git checkout --"],
    );
}

#[test]
fn a_pointer_or_nothing_at_all_is_told_before_anything_is_touched() {
    let there = There::with(&[("01_schema.sql", SCHEMA), ("02_dummy.sql.gz", POINTER)]);
    there.clone.fails(
        &["up"],
        3,
        &["dumps/02_dummy.sql.gz is what git has in place of the rows"],
    );
    let status = there.clone.database(&["status"]);
    assert!(common::text(&status.stdout).contains("02_dummy.sql.gz (a pointer)"));
    let there = There::with(&[("01_schema.sql", SCHEMA)]);
    there
        .clone
        .fails(&["up"], 2, &["dumps/ holds the schema but no rows"]);
    let there = There::with(&[]);
    there.clone.fails(
        &["up"],
        2,
        &["dumps/ holds no .sql and no .sql.gz file", "in a clone"],
    );
    assert_eq!(there.databases(), Vec::<String>::new());
}

#[test]
fn a_server_that_does_not_answer_is_told_with_a_next_step() {
    let there = There::with_rows();
    let nobody = "postgresql://127.0.0.1:1/app";
    there.clone.fails(
        &["up", "--url", nobody],
        3,
        &[
            "can't connect to `postgresql://127.0.0.1:1/postgres`: Connection refused\n",
            "start the server",
        ],
    );
    let port = there.postgres.port();
    let stranger = format!("postgresql://nobody:secret@127.0.0.1:{port}/app");
    let said = there.clone.fails(
        &["up", "--url", &stranger],
        3,
        &["name a user that the server has"],
    );
    assert!(!said.contains("secret"), "{said}");
    for wrong in [
        "sqlite://localhost/app",
        "postgresql://localhost",
        "postgresql://localhost/postgres",
    ] {
        there.clone.fails(&["status", "--url", wrong], 2, &[]);
    }
    for command in ["stop", "logs"] {
        there.clone.fails(&[command], 2, &[]);
    }
}

#[test]
fn a_user_who_may_make_databases_needs_no_more() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    let port = there.postgres.port();
    let as_role = |role: &str| format!("postgresql://{role}@127.0.0.1:{port}/{name}");
    for (role, rights) in [("maker", "CREATEDB"), ("reader", "NOCREATEDB")] {
        let role = format!("{role}_{name}");
        there
            .postgres
            .psql("postgres", &format!("CREATE ROLE {role} LOGIN {rights}"));
    }
    let url = as_role(&format!("reader_{name}"));
    clone.fails(&["up", "--url", &url], 3, &["ALTER ROLE"]);
    let url = as_role(&format!("maker_{name}"));
    clone.prints(&["up", "--url", &url]);
    there.postgres.psql(name, "DELETE FROM orders");
    clone.prints(&["reset", "--url", &url]);
    assert_eq!(there.count(name), "2");
    clone.prints(&["drop", "--all", "--url", &url]);
}

#[test]
fn two_at_once_wait_for_each_other() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    std::thread::scope(|scope| {
        let calls = [(); 2].map(|()| scope.spawn(|| clone.database(&["up"])));
        for call in calls {
            let output = call.join().unwrap();
            assert_eq!(
                output.status.code(),
                Some(0),
                "{}",
                common::text(&output.stderr)
            );
        }
    });
    // As workers of a test run begin.
    let workers = [0, 1, 2].map(|number| format!("{name}_{number}"));
    std::thread::scope(|scope| {
        let calls = [0, 1, 2].map(|number| {
            let worker = &workers[number];
            scope.spawn(move || clone.prints(&["clone", worker]))
        });
        for call in calls {
            call.join().unwrap();
        }
    });
    for worker in &workers {
        assert_eq!(there.count(worker), "2");
    }
}

#[test]
fn what_is_not_there_yet_is_told_with_what_makes_it() {
    let there = There::with_rows();
    for command in [
        &["reset"][..],
        &["clone", "x"],
        &["psql", "--command", "SELECT 1"],
    ] {
        let output = there.clone.database(command);
        let said = common::text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("there is no database"), "{said}");
        assert!(
            said.ends_with("hint: `git database up` makes it\n"),
            "{said}"
        );
    }
}

#[test]
fn psql_is_given_its_arguments_and_its_exit_code_is_passed_on() {
    let there = There::with_rows();
    let clone = &there.clone;
    clone.prints(&["up"]);
    let printed = clone.prints(&[
        "psql",
        "--tuples-only",
        "--no-align",
        "--command",
        "SELECT count(*) FROM orders",
    ]);
    assert_eq!(printed, "2\n");
    let failed = clone.database(&["psql", "--command", "SELECT nonsense"]);
    assert_eq!(failed.status.code(), Some(1));
    clone.fails(
        &["psql", "--database", "nowhere"],
        2,
        &["`nowhere` is no copy"],
    );
}

/// The first block of shell commands below a heading of the documentation.
fn documented(heading: &str) -> String {
    let page = include_str!("../../../docs/database.md");
    let (_, rest) = page
        .split_once(&format!("\n## {heading}\n"))
        .expect("a heading");
    let (_, rest) = rest.split_once("```sh\n").expect("a block");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn what_the_documentation_says_of_test_workers_and_branches_works() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.prints(&["up"]);
    let shell = |commands: &str| {
        let mut bash = clone.home.command("bash", &clone.root);
        run(bash.args(["-e", "-c", &commands.replace("app_", &format!("{name}_"))]));
    };
    let workers = documented("A database for each test worker");
    let (before, _) = workers.split_once("git database drop").unwrap();
    shell(before);
    assert_eq!(there.count(&format!("{name}_test_2")), "2");
    clone.has("x", "");
    for arguments in [
        &["add", "x"][..],
        &["commit", "-qm", "x"],
        &["switch", "-qc", "new/prices"],
    ] {
        clone.home.git(&clone.root, arguments);
    }
    shell(&documented("A database for each branch"));
    assert_eq!(there.count(&format!("{name}_new_prices")), "2");
    shell("git database drop --all");
    assert_eq!(there.databases(), Vec::<String>::new());
    // As Ruby would call it: the address alone.
    clone.prints(&["up"]);
    let told = clone.prints(&["clone", "--quiet", &format!("{name}_test_0")]);
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn a_stale_dump_is_made_anew_by_the_generators() {
    let there = There::with_rows();
    let clone = &there.clone;
    std::fs::create_dir(clone.root.join("schema")).unwrap();
    clone.has("schema/Schemafile", "");
    clone.has(
        "dumps/01_schema.sql",
        &format!("-- Generated by gen-schema from x.\n{SCHEMA}"),
    );
    // A generator that makes a row more than there is.
    clone.has_program(
        "gen-schema",
        "made=$(cat schema/Schemafile)\n\
         [ \"$1\" = --check ] && { grep -q \"made of '$made'\" dumps/01_schema.sql && exit 0 || exit 1; }\n\
         sed -i \"1s/.*/-- Generated by gen-schema , made of '$made'/\" dumps/01_schema.sql",
    );
    let output = clone.database(&["up"]);
    let said = common::text(&output.stderr);
    assert!(
        said.contains("made dumps/01_schema.sql anew: schema/ has changed"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(0));
    let said = common::text(&clone.database(&["up"]).stderr);
    assert!(!said.contains("anew"), "{said}");
    clone.has("schema/Schemafile", "other");
    let said = common::text(&clone.database(&["status"]).stdout);
    assert!(
        said.contains("has changed since 01_schema.sql was made"),
        "{said}"
    );
    let said = common::text(&clone.database(&["up", "--as-is"]).stderr);
    assert!(!said.contains("anew"), "{said}");
}
