//! Where PostgreSQL's programs are. Debian and Homebrew keep the server's out of `PATH`, by version.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// The programs of one PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
}

impl Binaries {
    /// The directory that holds `initdb` and `postgres`.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of a server program.
    pub fn server(&self, program: &str) -> PathBuf {
        self.directory
            .join(format!("{program}{}", env::consts::EXE_SUFFIX))
    }

    /// The path of a client program: beside the server, so that `pg_dump` is of the server's version, or else the
    /// bare name.
    pub fn client(&self, program: &str) -> PathBuf {
        let beside = self.server(program);
        if beside.is_file() {
            beside
        } else {
            PathBuf::from(program)
        }
    }
}

/// Finds an installation with a server: what `PG_BINDIR` names, what `pg_config` names, the newest of the system's
/// usual places, or what is in `PATH`; `None` when no place has both `initdb` and `postgres`.
pub fn server_binaries() -> Option<Binaries> {
    let candidates = env::var_os("PG_BINDIR")
        .map(PathBuf::from)
        .into_iter()
        .chain(from_pg_config())
        .chain(usual_places())
        .chain(process::find_program("initdb").and_then(|path| path.parent().map(Path::to_owned)));
    candidates
        .map(|directory| Binaries { directory })
        .find(is_complete)
}

fn is_complete(binaries: &Binaries) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| binaries.server(program).is_file())
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let directory = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| PathBuf::from(directory.trim()))
}

/// The directories of all versions in the places where packages put them, the newest version first.
fn usual_places() -> Vec<PathBuf> {
    const VERSIONED: [&str; 2] = ["/usr/lib/postgresql", r"C:\Program Files\PostgreSQL"];
    const CELLARS: [&str; 2] = ["/opt/homebrew/opt", "/usr/local/opt"];
    let mut found = Vec::new();
    for parent in VERSIONED.iter().chain(&CELLARS) {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name
                .strip_prefix("postgresql@")
                .unwrap_or(&name)
                .parse::<u32>();
            if let Ok(version) = version {
                found.push((version, entry.path().join("bin")));
            }
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let unversioned = [
        "/usr/pgsql/bin",
        "/usr/local/pgsql/bin",
        "/opt/homebrew/opt/postgresql/bin",
    ]
    .map(PathBuf::from);
    found
        .into_iter()
        .map(|(_, directory)| directory)
        .chain(unversioned)
        .collect()
}
