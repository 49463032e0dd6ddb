//! Loading as the container does, by the very script of `docker-compose.yml`, without a container.

use std::path::Path;

use command_line::Failure;
use host_tools::run::captured;
use testkit::pg::TempPostgres;

/// What the container's file is.
const COMPOSE: &str = include_str!("../../../../../docker-compose.yml");

/// How many connections there are, as many as `pg_restore -j2` has.
const CONNECTIONS: &str = "2";

/// Loads a dump into a database.
pub(super) fn load(postgres: &TempPostgres, database: &str, dump: &Path) -> Result<(), Failure> {
    let script =
        script().ok_or_else(|| Failure::check("docker-compose.yml has no script that loads"))?;
    let state = tempfile::tempdir()
        .map_err(|error| Failure::outside(format!("no directory can be made: {error}")))?;
    let mut bash = super::bash(postgres);
    bash.args(["-c", &script])
        .env("POSTGRES_DB", database)
        .env("connections", CONNECTIONS)
        .env("PGDATA", state.path())
        .env("dump", dump);
    captured(&mut bash)?;
    Ok(())
}

/// The functions of the container's script, and their call.
fn script() -> Option<String> {
    let (_, functions) = COMPOSE.split_once("          # Where the sections of a dump begin")?;
    let (functions, _) = functions.split_once("\n          cd /\n")?;
    let before =
        "sql() { psql --set=ON_ERROR_STOP=1 --quiet --no-psqlrc --no-password \"$@\"; }\n#";
    let after = "mkdir \"$PGDATA/loaded\"; said=$(mktemp) unpacking=$(mktemp)\nsections \"$dump\" && side_by_side";
    Some(format!(
        "{before}{}\n{after}\n",
        functions.replace("$$", "$")
    ))
}
