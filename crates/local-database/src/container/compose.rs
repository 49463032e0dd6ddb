//! The compose file: which one it is, what kind of server it describes, and the settings of this machine beside it.

use std::path::Path;

use command_line::Failure;
use project_files::{Project, plain_reason};

use crate::dumps::DIRECTORY;
use crate::engine::{self, Engine};
use crate::place::URL_KEY;

/// The service of the compose file.
pub(super) const SERVICE: &str = "database";

/// Where `gen-schema init` puts the service in a repository that has a compose file of its own.
const SECOND_FILE: &str = "compose.database.yml";

/// The names under which Compose finds a file by itself.
const FILES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// Where settings of this machine are kept, which Compose reads.
const SETTINGS: &str = ".env";

/// The file to name to Compose, if it has to be named.
pub(super) fn compose_file(root: &Path) -> Result<Option<&'static str>, Failure> {
    let found: Vec<&str> = FILES
        .into_iter()
        .filter(|name| root.join(name).is_file())
        .collect();
    if !root.join(SECOND_FILE).is_file() {
        if found.is_empty() {
            return Err(no_file(root));
        }
        return Ok(None);
    }
    let is_included = found.iter().any(|name| {
        std::fs::read_to_string(root.join(name)).is_ok_and(|text| text.contains(SECOND_FILE))
    });
    Ok((!is_included).then_some(SECOND_FILE))
}

fn no_file(root: &Path) -> Failure {
    let shown = root.display();
    let failure = Failure::input(format!("there is no compose file in `{shown}`"));
    if root.join(DIRECTORY).is_dir() || root.join("schema").is_dir() {
        failure.hint(format!(
            "`gen-schema init` writes one; without Docker: `git config {URL_KEY} postgresql://localhost/app`"
        ))
    } else {
        failure.hint("run it in a clone of the team's database: `cd` into that, or `git clone` it")
    }
}

pub(super) fn no_service() -> Failure {
    Failure::input(format!("the compose file has no service `{SERVICE}`")).hint(format!(
        "`gen-schema init` writes one to {SECOND_FILE}, to be taken in by `include: [{SECOND_FILE}]`"
    ))
}

/// The kind of server that the service is.
pub(super) fn engine_of(root: &Path, named: Option<&str>) -> &'static dyn Engine {
    let names = named.into_iter().chain(FILES);
    let read = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    engine::of_compose_file(&names.filter_map(read).collect::<String>())
}

/// The variable that names the port on this machine: the one of the server's that the file has.
fn port_variable(root: &Path) -> &'static str {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    let names = std::iter::once(SECOND_FILE).chain(FILES);
    let text: String = names.filter_map(read).collect();
    let variables = engine::of_compose_file(&text).in_container().published_port;
    let is_there = |name: &&str| text.contains(&format!("${{{name}"));
    let found = variables.iter().copied().find(is_there);
    found.unwrap_or(variables[0])
}

/// Keeps a port in the settings of this machine.
pub(crate) fn keep_port(project: &Project, port: u16) -> Result<(), Failure> {
    let key = format!("{}=", port_variable(project.root()));
    let path = project.resolve(Path::new(SETTINGS));
    let failed = |doing: &str, error: &std::io::Error| {
        Failure::outside(format!(
            "can't {doing} `{SETTINGS}`: {}",
            plain_reason(error)
        ))
        .hint(format!(
            "for this once: `{key}{port} docker compose up --wait`; for good, let this user write to {SETTINGS}"
        ))
    };
    let before = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| failed("read", &error))?,
    };
    let mut lines: Vec<String> = before
        .lines()
        .filter(|line| !line.trim_start().starts_with(&key))
        .map(str::to_owned)
        .collect();
    lines.push(format!("{key}{port}"));
    let text = lines.join("\n") + "\n";
    if text == before {
        return Ok(());
    }
    whole_file::write(&path, &mut text.as_bytes()).map_err(|error| failed("write", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compose_is_told_of_a_file_that_it_would_not_find() {
        let root = tempfile::tempdir().unwrap();
        let has = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
        assert!(compose_file(root.path()).is_err());
        has(SECOND_FILE, "services: {}\n");
        assert_eq!(compose_file(root.path()).unwrap(), Some(SECOND_FILE));
        has("compose.yaml", "services: {}\n");
        assert_eq!(compose_file(root.path()).unwrap(), Some(SECOND_FILE));
        has("compose.yaml", "include: [compose.database.yml]\n");
        assert_eq!(compose_file(root.path()).unwrap(), None);
    }

    #[test]
    fn a_port_is_kept_beside_other_settings() {
        let root = tempfile::tempdir().unwrap();
        let project = Project::rooted(root.path());
        let path = root.path().join(SETTINGS);
        keep_port(&project, 5433).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "POSTGRES_PORT=5433\n"
        );
        std::fs::write(&path, "A=1\nPOSTGRES_PORT=1\nB=2").unwrap();
        keep_port(&project, 5434).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "A=1\nB=2\nPOSTGRES_PORT=5434\n"
        );
    }

    #[test]
    fn the_file_says_which_server_and_which_variable() {
        let root = tempfile::tempdir().unwrap();
        let project = Project::rooted(root.path());
        let has = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
        has(
            "docker-compose.yml",
            "MYSQL_DATABASE: app\n\"${MARIADB_PORT:-3306}:3306\"\n",
        );
        assert_eq!(engine_of(root.path(), None).schemes()[0], "mysql");
        keep_port(&project, 3307).unwrap();
        let settings = std::fs::read_to_string(root.path().join(SETTINGS)).unwrap();
        assert_eq!(settings, "MARIADB_PORT=3307\n");
        has("docker-compose.yml", "services: {}\n");
        assert_eq!(engine_of(root.path(), None).schemes()[0], "postgresql");
        has(SECOND_FILE, "MYSQL_DATABASE: app\n");
        let named = compose_file(root.path()).unwrap();
        assert_eq!(engine_of(root.path(), named).schemes()[0], "mysql");
    }
}
