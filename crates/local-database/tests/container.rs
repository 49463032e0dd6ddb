//! `git database` with a container: what it asks of docker, and what it makes of the answers. Docker is a script here that
//! writes down what it is asked; what the container itself does is tested where its script is.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]
#![cfg(unix)]

mod common;

use std::fs;
use std::process::Command;

use common::{Clone, POINTER, ROWS, SCHEMA, text};
use testkit::process::run;

/// Answers from files beside it: what `inspect` says, what psql prints, how `up` fails.
const DOCKER: &str = r#"
here=$(dirname "$0")/../docker
echo "$*" >> "$here/calls"
[ -e "$here/broken" ] && { cat "$here/broken" >&2; exit 1; }
case "$*" in
  *"ps --all --quiet"*) [ -e "$here/inspect.json" ] && echo 0123abcd ;;
  *"config --images"*) echo postgres:17 ;;
  *"image inspect"*) exit 0 ;;
  *"up --detach"*)
    [ -e "$here/up.fails" ] && { cat "$here/up.fails" >&2; exit 1; }
    cp "$here/after.json" "$here/inspect.json" ;;
  "inspect "*) cat "$here/inspect.json" ;;
  "exec "*) cat > "$here/script"; cat "$here/survey" ;;
  "logs "*) cat "$here/log" >&2 ;;
  *"rm --stop"*|*"down --volumes"*) rm -f "$here/inspect.json" ;;
esac
exit 0
"#;

struct Docker {
    clone: Clone,
}

impl Docker {
    fn with(dumps: &[(&str, &str)]) -> Self {
        let mut clone = Clone::with(dumps);
        clone.has("docker-compose.yml", "services:\n  database: {}\n");
        clone.has_program("docker", DOCKER);
        clone
            .home
            .hide_programs(&["psql", "mysql", "mariadb", "docker", "podman"]);
        let docker = Self { clone };
        fs::create_dir(docker.path("")).unwrap();
        docker.says("after.json", &container("running", "healthy"));
        docker.says("survey", "");
        docker
    }

    fn loaded() -> Self {
        let docker = Self::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
        docker.says("inspect.json", &container("running", "healthy"));
        docker.survey(&docker.key());
        docker
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.clone.home.scratch().join("docker").join(name)
    }

    fn says(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    fn survey(&self, key: &str) {
        self.says(
            "survey",
            &format!(
                "\u{1f}170002\napp\u{1f}git database: copy {key} app\napp_template\u{1f}git database: template {key}\npostgres\u{1f}x\n"
            ),
        );
    }

    /// What the container's script would call these dumps.
    fn key(&self) -> String {
        let script =
            "(for dump in dumps/*.sql; do sha256sum \"$dump\"; done) | sha256sum | head -c 64";
        let mut shell = Command::new("sh");
        let output = run(shell.current_dir(&self.clone.root).args(["-c", script]));
        text(&output.stdout)
    }

    fn calls(&self) -> String {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let _ = fs::remove_file(self.path("calls"));
        calls
    }
}

fn container(status: &str, health: &str) -> String {
    format!(
        r#"[{{"Id": "0123abcd", "State": {{"Status": "{status}", "Health": {{"Status": "{health}"}}}},
        "Config": {{"Env": ["POSTGRES_USER=postgres", "POSTGRES_PASSWORD=postgres", "POSTGRES_DB=app"]}},
        "NetworkSettings": {{"Ports": {{"5432/tcp": [{{"HostIp": "127.0.0.1", "HostPort": "5433"}}]}}}}}}]"#
    )
}

/// As the image of MySQL or MariaDB has it.
fn container_of_mysql() -> String {
    container("running", "healthy")
        .replace("POSTGRES_USER=postgres", "X=y")
        .replace("POSTGRES_PASSWORD=postgres", "MYSQL_ROOT_PASSWORD=root")
        .replace("POSTGRES_DB", "MYSQL_DATABASE")
        .replace("5432/tcp", "3306/tcp")
}

const ADDRESS: &str = "postgresql://postgres:postgres@localhost:5433/app\n";

#[test]
fn a_container_that_is_not_there_is_made() {
    let docker = Docker::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    assert_eq!(docker.clone.prints(&["up"]), ADDRESS);
    assert!(docker.calls().contains("compose up --detach database\n"));
}

#[test]
fn a_container_with_these_dumps_is_left_alone_and_one_with_others_is_made_anew() {
    let docker = Docker::loaded();
    docker.clone.prints(&["up"]);
    assert!(docker.calls().contains("compose up --detach database\n"));
    docker.clone.prints(&["up", "--again"]);
    assert!(
        docker
            .calls()
            .contains("compose up --detach --force-recreate database\n")
    );
    docker.clone.has("dumps/02_rows.sql", "-- other rows\n");
    docker.clone.fails(&["status"], 1, &["git database up"]);
    docker.calls();
    docker.clone.prints(&["up"]);
    assert!(
        docker
            .calls()
            .contains("compose up --detach --force-recreate database\n")
    );
}

#[test]
fn reset_and_clone_are_scripts_for_the_server() {
    let docker = Docker::loaded();
    docker.clone.prints(&["reset"]);
    let script = fs::read_to_string(docker.path("script")).unwrap();
    for part in [
        "CREATE DATABASE \"app_unfinished\" TEMPLATE \"app_template\" STRATEGY file_copy;",
        "DROP DATABASE IF EXISTS \"app\" WITH (FORCE);",
        "ALTER DATABASE \"app_unfinished\" RENAME TO \"app\";",
    ] {
        assert!(script.contains(part), "{part} isn't in:\n{script}");
    }
    let told = docker.clone.prints(&["clone", "test_1"]);
    assert_eq!(told, ADDRESS.replace("/app", "/test_1"));
    docker.says("survey", "\u{1f}170002\napp\u{1f}x\n");
    docker
        .clone
        .fails(&["reset"], 1, &["git database up --again"]);
}

#[test]
fn what_the_containers_script_says_of_a_dump_is_told_with_its_line() {
    let docker = Docker::with(&[
        ("01_schema.sql", SCHEMA),
        (
            "02_rows.sql",
            "SELECT 1;\nCOPY orders (priority) FROM stdin;\n",
        ),
    ]);
    docker.says("after.json", &container("exited", "unhealthy"));
    docker.says(
        "log",
        "psql:dumps/02_rows.sql:2: ERROR:  column \"priority\" of relation \"orders\" does not exist\n\
         error: dumps/02_rows.sql doesn't load, line 2, table orders\nhint: mend that file\n",
    );
    docker.clone.fails(
        &["up"],
        2,
        &[
            "error: dumps/02_rows.sql doesn't load: column \"priority\"",
            "--> dumps/02_rows.sql:2, table orders\n",
            "2 | COPY orders (priority) FROM stdin;\n",
        ],
    );
    docker.says(
        "log",
        "error: the volume holds a database of other dumps than these\nhint: take it away\n",
    );
    docker.clone.fails(&["up"], 2, &["error: the volume holds"]);
}

#[test]
fn what_docker_cannot_do_has_a_next_step() {
    let docker = Docker::loaded();
    for (said, code, next) in [
        (
            "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
            3,
            "systemctl start docker",
        ),
        (
            "docker: 'compose' is not a docker command.",
            3,
            "docs.docker.com/compose/install",
        ),
        (
            "permission denied while trying to connect to the docker API",
            3,
            "usermod",
        ),
    ] {
        docker.says("broken", said);
        docker.clone.fails(&["up"], code, &[next]);
        docker.clone.fails(&["status"], code, &[next]);
    }
    fs::remove_file(docker.path("broken")).unwrap();
    docker.says(
        "up.fails",
        "Error: Bind for 127.0.0.1:5432 failed: port is already allocated\n",
    );
    docker
        .clone
        .fails(&["up"], 3, &["git database up --port 5433"]);
    fs::remove_file(docker.path("up.fails")).unwrap();
    docker.clone.prints(&["up", "--port", "5433"]);
    let settings = fs::read_to_string(docker.clone.root.join(".env")).unwrap();
    assert_eq!(settings, "POSTGRES_PORT=5433\n");
}

#[test]
fn a_pointer_is_told_before_docker_is_asked_to_start_anything() {
    let docker = Docker::with(&[("01_schema.sql", SCHEMA), ("02_dummy.sql.gz", POINTER)]);
    docker.clone.fails(&["up"], 3, &["can't be fetched"]);
    assert!(!docker.calls().contains("up --detach"));
}

#[test]
fn without_docker_or_in_another_directory_the_way_on_is_told() {
    let mut clone = Clone::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    clone.home.hide_programs(&["docker", "podman"]);
    clone.fails(&["up"], 2, &["there is no compose file", "gen-schema init"]);
    clone.has("docker-compose.yml", "services:\n  database: {}\n");
    clone.fails(
        &["up"],
        3,
        &["Docker isn't installed", "git config database.url"],
    );
    fs::remove_dir_all(clone.root.join("dumps")).unwrap();
    fs::remove_file(clone.root.join("docker-compose.yml")).unwrap();
    clone.fails(&["up"], 2, &["in a clone of the team's database"]);
}

#[test]
fn stopping_takes_the_container_away_and_says_so() {
    let docker = Docker::loaded();
    docker.clone.prints(&["stop"]);
    assert!(
        docker
            .calls()
            .contains("compose rm --stop --force database\n")
    );
    docker.clone.fails(&["reset"], 1, &["git database up"]);
    docker.clone.fails(&["psql"], 1, &["git database up"]);
    let said = text(&docker.clone.database(&["stop"]).stderr);
    assert_eq!(said, "note: there is no container\n");
    docker.clone.prints(&["stop", "--forget"]);
    assert!(docker.calls().contains("compose down --volumes\n"));
}

#[test]
fn psql_of_the_container_serves_where_there_is_none() {
    let docker = Docker::loaded();
    docker.clone.prints(&["psql", "--command", "SELECT 1"]);
    let calls = docker.calls();
    let last =
        "exec --interactive 0123abcd psql --username postgres --dbname app --command SELECT 1\n";
    assert!(calls.ends_with(last), "{calls}");
}

#[test]
fn a_container_of_mysql_is_asked_in_its_own_words() {
    let docker = Docker::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    docker.clone.has(
        "docker-compose.yml",
        "services:\n  database:\n    environment:\n      MYSQL_DATABASE: app\n    ports: [\"${MARIADB_PORT:-3306}:3306\"]\n",
    );
    docker.says("after.json", &container_of_mysql());
    assert_eq!(
        docker.clone.prints(&["up", "--port", "5433"]),
        "mysql://root:root@localhost:5433/app\n"
    );
    let settings = fs::read_to_string(docker.clone.root.join(".env")).unwrap();
    assert_eq!(settings, "MARIADB_PORT=5433\n");

    let key = docker.key();
    let marks = format!(
        "app\tSET @git_database = 'copy {key} app'\napp_template\tSET @git_database = 'template {key}'\nmysql\t\n"
    );
    docker.says("survey", &marks);
    docker.calls();
    docker.clone.prints(&["up"]);
    assert!(!docker.calls().contains("--force-recreate"));
    docker.clone.prints(&["reset"]);
    let calls = docker.calls();
    let copy = format!("\ncopy 'app_template' 'app' 'copy {key} app'\n");
    assert!(calls.contains(&copy), "{copy} isn't in:\n{calls}");
    assert!(
        calls.contains("exec 0123abcd bash -c \nexport MYSQL_PWD="),
        "{calls}"
    );

    docker.says(
        "inspect.json",
        &container_of_mysql().replace("running", "exited"),
    );
    docker.says(
        "after.json",
        &container_of_mysql().replace("running", "exited"),
    );
    docker.says(
        "log",
        "dumps/02_rows.sql: ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; check the manual that \
         corresponds to your MariaDB server version for the right syntax to use near 'COPY orders (id, status) FROM stdin' at line 1\n\
         error: dumps/02_rows.sql doesn't load, line 1\nhint: mend that file\n",
    );
    docker.clone.fails(
        &["up"],
        2,
        &[
            "error: dumps/02_rows.sql doesn't load: You have an error in your SQL syntax",
            "--> dumps/02_rows.sql:1:1",
        ],
    );
}

#[test]
fn another_program_in_the_place_of_docker_is_named_once() {
    let docker = Docker::loaded();
    let bin = docker.clone.home.bin();
    fs::rename(bin.join("docker"), bin.join("podman")).unwrap();
    docker.clone.prints(&["status"]);
    docker
        .clone
        .has_program("docker", "echo not this one >&2; exit 1");
    docker.clone.fails(&["status"], 3, &["not this one"]);
    let names = |program: &str| {
        let setting = ["config", "database.docker", program];
        docker.clone.home.git(&docker.clone.root, &setting);
    };
    names("podman");
    docker.clone.prints(&["status"]);
    names("nerdctl");
    docker.clone.fails(
        &["status"],
        3,
        &["git config --global database.docker podman"],
    );
}
