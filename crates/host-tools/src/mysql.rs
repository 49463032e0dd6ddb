//! Where the programs of MariaDB and MySQL are. The server's are often in directories that only root's `PATH` has, and
//! MariaDB answers to MySQL's names.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// MariaDB, which Linux distributions have.
    MariaDb,
    /// MySQL proper, which few have.
    MySql,
}

impl Flavour {
    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::MariaDb => "MariaDB",
            Self::MySql => "MySQL",
        }
    }

    /// The environment variable that names the directory of its programs.
    pub fn variable(self) -> &'static str {
        match self {
            Self::MariaDb => "MARIADB_BINDIR",
            Self::MySql => "MYSQL_BINDIR",
        }
    }

    fn server_program(self) -> &'static str {
        match self {
            Self::MariaDb => "mariadbd",
            Self::MySql => "mysqld",
        }
    }

    /// What its programs are looked for as. MariaDB has names of its own, and older ones that are MySQL's.
    fn client_program(self, program: &str) -> String {
        match (self, program) {
            (Self::MariaDb, "mysql") => "mariadb".to_owned(),
            (Self::MariaDb, _) => program.replace("mysql", "mariadb-"),
            (Self::MySql, _) => program.to_owned(),
        }
    }
}

/// The programs of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    flavour: Flavour,
    server: PathBuf,
}

impl Binaries {
    /// Whose they are.
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// The path of the server.
    pub fn server(&self) -> &Path {
        &self.server
    }

    /// The path of a client program by MySQL's name for it (`mysql`, `mysqldump`, `mysqladmin`): beside the server, or
    /// where the system has it, or else the bare name.
    pub fn client(&self, program: &str) -> PathBuf {
        self.program(&self.flavour.client_program(program))
    }

    /// The path of any other program of the installation.
    pub fn program(&self, name: &str) -> PathBuf {
        let file_name = format!("{name}{}", env::consts::EXE_SUFFIX);
        let beside = self.server.with_file_name(&file_name);
        // Debian has servers in /usr/sbin, Fedora in /usr/libexec, and clients in /usr/bin.
        let sibling = self
            .server
            .ancestors()
            .nth(2)
            .map(|parent| parent.join("bin").join(&file_name));
        std::iter::once(beside)
            .chain(sibling)
            .find(|path| path.is_file())
            .or_else(|| process::find_program(name))
            .unwrap_or_else(|| PathBuf::from(name))
    }
}

/// Finds an installation with a server: in the directory that [`Flavour::variable`] names, in `PATH`, or in the
/// system's usual places.
pub fn server_binaries(flavour: Flavour) -> Option<Binaries> {
    const PLACES: [&str; 5] = [
        "/usr/sbin",
        "/usr/libexec",
        "/usr/local/sbin",
        "/opt/homebrew/bin",
        "/usr/local/mysql/bin",
    ];
    let file_name = format!("{}{}", flavour.server_program(), env::consts::EXE_SUFFIX);
    let in_path = env::var_os("PATH").unwrap_or_default();
    env::var_os(flavour.variable())
        .map(PathBuf::from)
        .into_iter()
        .chain(env::split_paths(&in_path))
        .chain(PLACES.map(PathBuf::from))
        .map(|directory| directory.join(&file_name))
        .filter(|server| server.is_file())
        .find(|server| is_of(server, flavour))
        .map(|server| Binaries { flavour, server })
}

/// MariaDB's server can be called `mysqld`; what it says of itself tells.
fn is_of(server: &Path, flavour: Flavour) -> bool {
    let answer = Command::new(server)
        .args(["--no-defaults", "--version"])
        .output();
    answer.is_ok_and(|answer| {
        let says_mariadb = String::from_utf8_lossy(&answer.stdout).contains("MariaDB");
        answer.status.success() && says_mariadb == (flavour == Flavour::MariaDb)
    })
}

#[cfg(test)]
mod tests {
    use super::Flavour;

    #[test]
    fn mariadb_has_names_of_its_own() {
        for (program, mariadb) in [
            ("mysql", "mariadb"),
            ("mysqldump", "mariadb-dump"),
            ("mysqladmin", "mariadb-admin"),
        ] {
            assert_eq!(Flavour::MariaDb.client_program(program), mariadb);
            assert_eq!(Flavour::MySql.client_program(program), program);
        }
    }
}
