//! `gen-schema diff`, judged by PostgreSQL: a database with the old schema that has run the migration is,
//! for `pg_dump`, a database with the new one. Lines of columns are sorted before the dumps are
//! compared, because PostgreSQL can only append columns.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::git::GitHome;
use testkit::pg::{TempPostgres, columns_sorted};

/// Servers do most of the work, so a few at once keep the machine busy.
const AT_ONCE: usize = 4;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn gen_schema(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "gen-schema {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Runs all jobs, a few at once, and fails with what went wrong in any.
fn run_all<T: Sync>(jobs: &[T], run: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = run(job) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Loads SQL texts one after the other into an empty database and dumps it.
fn dump_after(postgres: &TempPostgres, texts: &[&str]) -> Result<String, String> {
    let database = postgres.create_database();
    let mut failure = None;
    for sql in texts.iter().filter(|sql| !sql.is_empty()) {
        let output = postgres.try_psql(&database, sql);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            failure = Some(format!("{said}\n{sql}"));
            break;
        }
    }
    let dump = match failure {
        Some(failure) => Err(failure),
        None => Ok(columns_sorted(&postgres.pg_dump(&database))),
    };
    postgres.drop_database(&database);
    dump
}

fn compare(name: &str, migrated: &str, expected: &str, sql: &str) -> Result<(), String> {
    if migrated == expected {
        return Ok(());
    }
    let changes = similar::TextDiff::from_lines(expected, migrated);
    let diff = changes.unified_diff().context_radius(2).to_string();
    Err(format!("{name}: the dumps differ\n{diff}\n{sql}"))
}

#[test]
fn every_version_can_become_every_other() {
    let postgres = TempPostgres::shared();
    let mut versions: Vec<PathBuf> = fs::read_dir(tests().join("diff"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    versions.sort();
    assert!(versions.len() >= 6, "versions are missing");
    let sql: Vec<String> = versions
        .iter()
        .map(|path| gen_schema(&[path.to_str().unwrap(), "-o", "-"]))
        .collect();
    let dumps: Vec<String> = sql
        .iter()
        .map(|sql| dump_after(postgres, &[sql]).unwrap())
        .collect();
    let pairs: Vec<(usize, usize)> = (0..versions.len())
        .flat_map(|old| (0..versions.len()).map(move |new| (old, new)))
        .collect();
    run_all(&pairs, |&(old, new)| {
        let [from, to] = [old, new].map(|version| versions[version].to_str().unwrap());
        let migration = gen_schema(&["diff", from, to, "--allow-drop", "-q"]);
        if old == new {
            assert_eq!(migration, "");
            return Ok(());
        }
        let name = format!("{} to {}", old + 1, new + 1);
        let migrated = dump_after(postgres, &[&sql[old], &migration])
            .map_err(|error| format!("{name}: {error}"))?;
        compare(&name, &migrated, &dumps[new], &migration)
    });
}

/// Every golden case can be made out of nothing, and unmade.
#[test]
fn every_golden_case_comes_out_of_nothing_and_goes_again() {
    let postgres = TempPostgres::shared();
    let scratch = tempfile::tempdir().unwrap();
    let nothing = scratch.path().join("Schemafile");
    fs::write(&nothing, "").unwrap();
    let nothing = nothing.to_str().unwrap();
    let nothing_at_all = dump_after(postgres, &[]).unwrap();
    let table = fs::read_to_string(tests().join("golden/cases.tsv")).unwrap();
    let cases: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    run_all(&cases, |case| {
        let [frontend, name, version, ..] = case.as_slice() else {
            return Err(format!("cases.tsv: {case:?}"));
        };
        let folder = tests().join("golden").join(frontend).join(name);
        let file = folder.join(if *frontend == "rails" {
            "schema.rb"
        } else {
            "Schemafile"
        });
        let file = file.to_str().unwrap();
        let mut reading = vec!["--frontend", frontend, "--rails-version", version];
        let inflections = folder.join("inflections.rb");
        if inflections.exists() {
            reading.extend(["--inflections", inflections.to_str().unwrap()]);
        }
        let before = fs::read_to_string(folder.join("before.sql")).unwrap_or_default();
        let whole = gen_schema(&[&[file, "-o", "-"], reading.as_slice()].concat());
        let up = gen_schema(&[&["diff", nothing, file, "-q"], reading.as_slice()].concat());
        let down = ["diff", file, nothing, "-q", "--allow-drop"];
        let down = gen_schema(&[&down, reading.as_slice()].concat());
        let expected = columns_sorted(&fs::read_to_string(folder.join("expected.sql")).unwrap());
        let name = format!("{frontend}/{name}");
        let failed = |error: String| format!("{name}: {error}");
        let made = dump_after(postgres, &[&before, &up]).map_err(failed)?;
        compare(&format!("{name}, up"), &made, &expected, &up)?;
        let unmade = dump_after(postgres, &[&before, &whole, &down]).map_err(failed)?;
        // What stood there before is gone too where the file asks for it itself.
        if unmade == nothing_at_all {
            return Ok(());
        }
        let left = dump_after(postgres, &[&before]).map_err(failed)?;
        compare(&format!("{name}, down"), &unmade, &left, &down)
    });
}

/// A repository with two commits, and a changed work tree.
struct Repository {
    home: GitHome,
    root: PathBuf,
}

impl Repository {
    fn new() -> Self {
        let home = GitHome::new();
        let root = home.work().join("team");
        let this = Self { home, root };
        fs::create_dir_all(this.root.join("schema/tables")).unwrap();
        this.home.git(&this.root, &["init", "-q"]);
        this.write(
            "schema/Schemafile",
            "Dir.glob(File.expand_path(\"tables/*.rb\", __dir__)).sort.each { |path| require path }\n",
        );
        this.write(
            "schema/tables/users.rb",
            "create_table \"users\" do |t|\n  t.string \"nick\"\nend\n",
        );
        this.commit("first");
        this.write(
            "schema/tables/teams.rb",
            "create_table \"teams\" do |t|\nend\n",
        );
        this.commit("second");
        this.write(
            "schema/tables/users.rb",
            "create_table \"users\" do |t|\n  t.string \"nick\"\n  t.date \"born\"\nend\n",
        );
        this
    }

    fn write(&self, path: &str, content: &str) {
        fs::write(self.root.join(path), content).unwrap();
    }

    fn commit(&self, message: &str) {
        self.home.git(&self.root, &["add", "."]);
        self.home.git(&self.root, &["commit", "-q", "-m", message]);
    }

    fn diff(&self, arguments: &[&str]) -> Output {
        self.home
            .command(env!("CARGO_BIN_EXE_gen-schema"), &self.root)
            .arg("diff")
            .args(arguments)
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    /// Compares the statements between BEGIN and COMMIT.
    #[track_caller]
    fn check(&self, arguments: &[&str], expected: &str) {
        let output = self.diff(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let sql = String::from_utf8(output.stdout).unwrap();
        let body = sql
            .split_once("\nBEGIN;\n\n")
            .and_then(|(_, rest)| rest.split_once("\nCOMMIT;\n"))
            .map_or("", |(body, _)| body);
        assert_eq!(body, expected);
    }

    #[track_caller]
    fn check_refused(&self, arguments: &[&str], expected: &str) {
        let output = self.diff(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
    }
}

const BORN: &str = "ALTER TABLE users ADD COLUMN born date;\n";
const TEAMS: &str = "CREATE TABLE teams (\n    id bigserial,\n    PRIMARY KEY (id)\n);\n";

#[test]
fn revisions_are_read_with_all_that_they_require() {
    let repository = Repository::new();
    repository.check(&["HEAD"], BORN);
    repository.check(&["HEAD~1", "HEAD"], TEAMS);
    repository.check(&["HEAD~1"], &format!("{TEAMS}\n{BORN}"));
    repository.check(&["HEAD~1:schema/Schemafile", "main"], TEAMS);
    repository.check(
        &["HEAD:schema/tables/users.rb", "schema/tables/users.rb"],
        BORN,
    );
    repository.check(&["HEAD", "--schemafile", "schema/tables/users.rb"], BORN);
}

#[test]
fn no_difference_is_no_output() {
    let repository = Repository::new();
    let output = repository.diff(&["HEAD", "HEAD"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    assert_eq!(output.stderr, b"the schemas don't differ\n");
    let output = repository.diff(&["-q", "HEAD", "HEAD"]);
    assert!(output.stderr.is_empty());
}

#[test]
fn losses_are_refused_all_at_once_until_they_are_allowed() {
    let repository = Repository::new();
    let arguments = ["schema/Schemafile", "HEAD~1", "-o", "down.sql"];
    repository.check_refused(
        &arguments,
        "\
error: this migration would lose data, so it isn't written:
  the table `teams`
  the column `users.born`
hint: `--allow-drop` writes it all the same; a rename is said by `renamed_from: \"old_name\"`
",
    );
    assert!(!repository.root.join("down.sql").exists());
    let output = repository.diff(&[&arguments[..], &["--allow-drop"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let sql = fs::read_to_string(repository.root.join("down.sql")).unwrap();
    assert!(sql.contains("-- Loses data: the table `teams`.\nDROP TABLE teams;\n"));
}

#[test]
fn what_cannot_be_found_is_named() {
    let repository = Repository::new();
    repository.check_refused(
        &["nowhere"],
        "\
error: `nowhere` is neither a file nor a revision that git knows
hint: `git fetch` brings what is missing; a shallow clone lacks older revisions
",
    );
    repository.check_refused(
        &["--", "--output=x"],
        "\
error: `--output=x` names no revision
hint: write a file, a revision such as `main`, or `main:schema/Schemafile`
",
    );
    repository.check_refused(
        &["HEAD:db/schema.rb"],
        "\
error: `db/schema.rb` isn't there at `HEAD`
hint: `REV:PATH` or `--schemafile PATH` says where the schema was; an empty file is an empty schema
",
    );
}

#[test]
fn an_error_at_a_revision_says_which() {
    let repository = Repository::new();
    repository.write("schema/tables/teams.rb", "create_tabel \"teams\"\n");
    repository.commit("broken");
    let output = repository.diff(&["HEAD"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.starts_with("At `HEAD`:\n"), "{said}");
    assert!(said.contains("schema/tables/teams.rb:1:1"), "{said}");
}

#[test]
fn a_table_that_cannot_be_altered_is_named() {
    let repository = Repository::new();
    repository.write(
        "schema/tables/teams.rb",
        "create_table \"teams\", options: \"USING columnar\" do |t|\nend\n",
    );
    repository.check_refused(
        &["HEAD"],
        "\
error: table `teams` can't be altered: its options changed from none to `USING columnar`
hint: make a table of another name, copy the rows into it, and drop the old one in a later step
",
    );
}

#[test]
fn more_locks_than_a_server_has_room_for_are_announced() {
    let repository = Repository::new();
    let table = |number: usize| {
        let index = format!("  t.index [\"n\"], name: \"i{number}_");
        let indexes: Vec<String> = (0..5).map(|at| format!("{index}{at}\"\n")).collect();
        format!(
            "create_table \"t{number}\" do |t|\n  t.bigint \"n\"\n{}end\n",
            indexes.concat()
        )
    };
    let tables: Vec<String> = (0..700).map(table).collect();
    repository.write("schema/many.rb", &tables.concat());
    let output = repository.diff(&["/dev/null", "schema/many.rb"]);
    let needs = "the one transaction locks about 7000 relations";
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&format!("warning: {needs}")), "{said}");
    let sql = String::from_utf8(output.stdout).unwrap();
    assert!(sql.contains(&format!("\n-- Needs locks: {needs}")));
    assert_eq!(sql.matches("\nBEGIN;\n").count(), 1);
}
