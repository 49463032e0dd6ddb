//! The jobs for MySQL and MariaDB that docs/ci.md shows are YAML, agree with what they ask of their service, and their last
//! steps load both dumps, run as they stand on a MariaDB server in the service's stead.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use testkit::mysql::{Flavour, TempMySql};
use testkit::process::run;
use yaml_rust2::{Yaml, YamlLoader};

const SCHEMA: &str = "create_table \"offices\" do |t|\n  t.string \"name\", null: false\nend\n";

/// The page's examples for MySQL and MariaDB.
fn jobs() -> Vec<Yaml> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ci.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, part) = page
        .split_once("\n## Jobs for MySQL and MariaDB\n")
        .unwrap();
    let part = part.split("\n## ").next().unwrap();
    let blocks = part.split("```yaml\n").skip(1);
    blocks
        .map(|block| {
            let text = block.split("```").next().unwrap();
            YamlLoader::load_from_str(text).unwrap().remove(0)
        })
        .collect()
}

/// Runs the steps of a job in a directory with two dumps, as a shell that stops at the first failure.
fn run_steps(server: &TempMySql, database: &str, steps: &[String], rows: &[u8]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::write(directory.join("Schemafile"), SCHEMA).unwrap();
    run(Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(directory)
        .args(["-q", "-s", "Schemafile", "--database", "mariadb"])
        .args(["-o", "dumps/01_schema.sql"]));
    fs::write(directory.join("dumps/02_dummy.sql.gz"), rows).unwrap();
    // The service's database has a name of its own; the test's has one that no other has.
    let script = steps.join("\n").replace(" app ", &format!(" {database} "));
    let script = format!("{script}\n").replace(" app\n", &format!(" {database}\n"));
    Command::new("bash")
        .args([
            "--noprofile",
            "--norc",
            "-e",
            "-o",
            "pipefail",
            "-c",
            &script,
        ])
        .current_dir(directory)
        .env("HOME", directory)
        .env("MYSQL_HOST", "127.0.0.1")
        .env("MYSQL_TCP_PORT", server.port().to_string())
        .env("MYSQL_PWD", "")
        .output()
        .unwrap()
}

fn gzipped(text: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rows");
    fs::write(&file, text).unwrap();
    run(Command::new("gzip").arg(&file));
    fs::read(directory.path().join("rows.gz")).unwrap()
}

#[track_caller]
fn loads(steps: &[String]) {
    assert_eq!(steps.len(), 2, "{steps:?}");
    let server = TempMySql::shared(Flavour::MariaDb);
    let whole =
        gzipped("INSERT INTO `offices` (`id`, `name`) VALUES\n(1, 'Tokyo'),\n(2, 'Osaka');\n");
    let database = server.create_database();
    let output = run_steps(server, &database, steps, &whole);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        server.sql(&database, "SELECT COUNT(*) FROM offices").trim(),
        "2"
    );
    // A dump that is cut off, or wrong, fails the job.
    for broken in [
        whole[..whole.len() - 9].to_vec(),
        gzipped("INSERT INTO `nowhere` VALUES (1);\n"),
    ] {
        let database = server.create_database();
        let output = run_steps(server, &database, steps, &broken);
        assert!(!output.status.success(), "{output:?}");
    }
}

fn texts(list: &Yaml) -> Vec<String> {
    let items = list.as_vec().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_job_for_github_loads_both_dumps_and_fails_with_them() {
    let job = &jobs()[0];
    let service = &job["services"]["mysql"];
    assert_eq!(
        service["env"]["MYSQL_ROOT_PASSWORD"].as_str(),
        job["env"]["MYSQL_PWD"].as_str()
    );
    // The health check asks over TCP, as the steps do.
    let health = service["options"].as_str().unwrap();
    assert!(health.contains("--host=127.0.0.1"), "{health}");
    assert_eq!(job["env"]["MYSQL_HOST"].as_str(), Some("127.0.0.1"));
    let steps: Vec<String> = job["steps"]
        .as_vec()
        .unwrap()
        .iter()
        .map(|step| step["run"].as_str().unwrap().to_owned())
        .collect();
    loads(&steps);
}

#[test]
fn the_job_for_gitlab_loads_both_dumps_and_fails_with_them() {
    let job = &jobs()[1]["load"];
    let service = &job["services"][0];
    assert_eq!(
        service["variables"]["MYSQL_ROOT_PASSWORD"].as_str(),
        job["variables"]["MYSQL_PWD"].as_str()
    );
    assert_eq!(
        service["alias"].as_str(),
        job["variables"]["MYSQL_HOST"].as_str()
    );
    loads(&texts(&job["script"]));
}
