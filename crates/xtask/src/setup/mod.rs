//! What the tests and the demo need of the machine: looked for first, installed only when missing.
//!
//! Nothing is installed in silence: each command is shown before it runs. Where no package manager can do it, the
//! failure says what to install.

mod package_manager;

use std::path::PathBuf;
use std::process::Command;

use host_tools::mysql::{self, Flavour};
use host_tools::postgres::{Binaries, server_binaries};
use host_tools::process::find_program;

use command_line::Failure;
use host_tools::{narrate, run};
use package_manager::PackageManager;

/// A thing that must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// git itself. Never installed by us: whoever has this repository has it.
    Git,
    /// git-lfs, as `git lfs`.
    GitLfs,
    /// PostgreSQL's server programs and psql.
    PostgreSql,
    /// The extensions of postgresql-contrib, which schemas may ask for.
    PostgreSqlExtensions,
    /// MariaDB's server programs and its clients.
    MariaDb,
    /// gzip's gunzip, which the official image loads dumps with.
    Gunzip,
}

/// What all work with, in this order.
const SHARED: [Tool; 3] = [Tool::Git, Tool::GitLfs, Tool::Gunzip];

/// PostgreSQL with what comes with it.
pub(crate) const POSTGRESQL: &[Tool] = &[Tool::PostgreSql, Tool::PostgreSqlExtensions];

/// MariaDB with what comes with it.
pub(crate) const MARIADB: &[Tool] = &[Tool::MariaDb];

/// Makes sure that everything is there, and these databases: silent when it is, installing what is missing when that is
/// possible.
pub(crate) fn ensure(databases: &[&[Tool]]) -> Result<(), Failure> {
    let wanted = [&SHARED[..], &databases.concat()].concat();
    let missing = missing(&wanted);
    if missing.is_empty() {
        return Ok(());
    }
    narrate::heading("Setting up this machine");
    for tool in &missing {
        narrate::say(format_args!("Not found: {}.", tool.description()));
    }
    let manager = PackageManager::of_this_machine().filter(|manager| manager.may_install());
    let Some(manager) = manager else {
        return Err(unaided(&missing));
    };
    let commands = manager.commands(&missing);
    let afterwards = manager.afterwards(&missing);
    narrate::say(format_args!("Installing with {}:", manager.program()));
    for command in commands.iter().chain(&afterwards) {
        narrate::command(package_manager::typed(command));
    }
    if let Some(note) = manager.note(&missing) {
        narrate::say(note);
    }
    let installed = commands
        .iter()
        .try_for_each(|command| install(command, &missing));
    if let Some(command) = afterwards {
        install(&command, &missing)?;
    }
    installed?;
    let still_missing = self::missing(&wanted);
    if still_missing.is_empty() {
        narrate::say("All found now.");
        return Ok(());
    }
    Err(unaided(&still_missing))
}

impl Tool {
    /// What it is, for a sentence.
    fn description(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::GitLfs => "git-lfs",
            Self::PostgreSql => "PostgreSQL's server (initdb, postgres) and psql",
            Self::PostgreSqlExtensions => {
                "PostgreSQL's contributed extensions (citext, hstore and others)"
            }
            Self::MariaDb => "MariaDB's server (mariadbd, mariadb-install-db) and clients",
            Self::Gunzip => "gunzip",
        }
    }

    fn is_there(self) -> bool {
        match self {
            Self::Git => find_program("git").is_some(),
            Self::GitLfs => answers("git", &["lfs", "version"]),
            Self::PostgreSql => server_binaries().is_some_and(|binaries| {
                let psql = binaries.client("psql");
                psql.is_file() || find_program("psql").is_some()
            }),
            Self::PostgreSqlExtensions => {
                server_binaries().is_none_or(|binaries| has_extensions(&binaries))
            }
            Self::MariaDb => mysql::server_binaries(Flavour::MariaDb).is_some_and(|binaries| {
                let programs = [
                    binaries.program("mariadb-install-db"),
                    binaries.client("mysql"),
                    binaries.client("mysqldump"),
                ];
                programs.iter().all(|program| program.is_file())
            }),
            Self::Gunzip => find_program("gunzip").is_some(),
        }
    }
}

fn missing(wanted: &[Tool]) -> Vec<Tool> {
    let missing = |tool: &Tool| !tool.is_there();
    wanted.iter().copied().filter(missing).collect()
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Whether the server has its contributed extensions: packages often have them apart. A server that can't be asked
/// where they would be is taken to have them; the tests that use them tell otherwise.
fn has_extensions(binaries: &Binaries) -> bool {
    let answer = run::text(Command::new(binaries.server("pg_config")).arg("--sharedir"));
    answer.map_or(true, |directory| {
        PathBuf::from(directory)
            .join("extension/citext.control")
            .is_file()
    })
}

fn install(command: &[String], missing: &[Tool]) -> Result<(), Failure> {
    let [program, arguments @ ..] = command else {
        return Ok(());
    };
    if run::shown(Command::new(program).args(arguments))? {
        return Ok(());
    }
    let failure = Failure::outside(format!("`{}` failed", package_manager::typed(command)));
    Err(failure.hint(package_manager::by_hand_here(missing)))
}

/// What to tell when nothing can be installed from here.
fn unaided(missing: &[Tool]) -> Failure {
    let names: Vec<&str> = missing.iter().map(|tool| tool.description()).collect();
    Failure::outside(format!("not found: {}", names.join("; ")))
        .hint(package_manager::by_hand_here(missing))
}
