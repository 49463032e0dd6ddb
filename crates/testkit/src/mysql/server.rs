//! The server process itself: its data directory, start, readiness, end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Binaries, Flavour};
use crate::process;
use crate::throwaway::{self, Account, Keeper, START_LIMIT, free_port, log_of};

/// Settings of a server whose data nobody will miss.
const SETTINGS: [&str; 8] = [
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--max-connections=200",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
];

/// A server process with its directory.
#[derive(Debug)]
pub(super) struct Server {
    running: Running,
    // Declared after the process, so that it is removed after it too.
    directory: TempDir,
}

impl Server {
    /// Makes a data directory and starts a server on it.
    pub(super) fn start(binaries: &Binaries) -> Result<Self, String> {
        // Between finding a free port and using it another program may take it: then another port is tried. A server that
        // ends takes its directory with it.
        for _ in 0..2 {
            match Self::start_once(binaries) {
                Err(error) if error.contains("Address already in use") => {}
                result => return result,
            }
        }
        Self::start_once(binaries)
    }

    fn start_once(binaries: &Binaries) -> Result<Self, String> {
        let directory = throwaway::directory("my-")?;
        let account = Account::for_server(directory.path(), &["mysql", "nobody"])?;
        make_data(binaries, &account, directory.path())?;
        Ok(Self {
            running: Running::start(binaries, &account, directory.path())?,
            directory,
        })
    }

    /// The port on 127.0.0.1.
    pub(super) fn port(&self) -> u16 {
        self.running.port
    }

    /// The Unix socket, where there are such.
    pub(super) fn socket(&self) -> Option<PathBuf> {
        cfg!(unix).then(|| socket_in(self.directory.path()))
    }
}

fn socket_in(directory: &Path) -> PathBuf {
    directory.join("s")
}

fn data_in(directory: &Path) -> PathBuf {
    directory.join("data")
}

/// A server on its port.
#[derive(Debug)]
struct Running {
    keeper: Keeper,
    port: u16,
}

impl Running {
    /// Starts the server on a free port and waits until it answers.
    fn start(binaries: &Binaries, account: &Account, directory: &Path) -> Result<Self, String> {
        let port = free_port()?;
        let mut server = Command::new(binaries.server());
        server
            .arg("--no-defaults")
            .arg(named("--datadir", &data_in(directory)))
            .arg(named("--pid-file", &directory.join("pid")))
            .arg(named("--tmpdir", directory))
            .arg(format!("--port={port}"))
            .args(SETTINGS);
        if cfg!(unix) {
            server.arg(named("--socket", &socket_in(directory)));
        }
        match binaries.flavour() {
            Flavour::MariaDb => server.args([
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci",
                "--innodb-log-file-size=64M",
            ]),
            // Packages name a folder for files that only their own installation has.
            Flavour::MySql => server.args([
                "--mysqlx=0",
                "--innodb-redo-log-capacity=128M",
                "--secure-file-priv=",
            ]),
        };
        let keeper = Keeper::start(&server, account, directory, "KILL")?;
        let mut running = Self { keeper, port };
        running.wait_until_ready(binaries, directory)?;
        Ok(running)
    }

    fn wait_until_ready(&mut self, binaries: &Binaries, directory: &Path) -> Result<(), String> {
        let started = Instant::now();
        loop {
            // Both servers say so when they take connections, the port in the same line or the next.
            let log = fs::read_to_string(log_of(directory)).unwrap_or_default();
            if log.contains("ready for connections") && log.contains(&self.port.to_string()) {
                return Ok(());
            }
            let ended = self.keeper.has_ended()
                || log.contains("[ERROR] Aborting")
                || log.contains("[ERROR] [MY-010119]");
            let late = started.elapsed() > START_LIMIT;
            if ended || late {
                let program = binaries.server().display();
                let what = if ended {
                    "ended at once".to_owned()
                } else {
                    format!("did not answer within {START_LIMIT:?}")
                };
                return Err(format!("{program} {what}; it wrote:\n{log}"));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn make_data(binaries: &Binaries, account: &Account, directory: &Path) -> Result<(), String> {
    let data = named("--datadir", &data_in(directory));
    let mut command = match binaries.flavour() {
        Flavour::MariaDb => {
            let mut command = Command::new(binaries.program("mariadb-install-db"));
            command.args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-name-resolve",
                "--skip-test-db",
            ]);
            command
        }
        Flavour::MySql => {
            let mut command = Command::new(binaries.server());
            command.args(["--no-defaults", "--initialize-insecure"]);
            command
        }
    };
    command.arg(data);
    // MariaDB begins by taking away temporary tables that lie where others have theirs: two that start at once would break
    // each other.
    command.env("TMPDIR", directory);
    account.apply(&mut command, directory);
    let output = command
        .output()
        .map_err(|error| format!("can't start {}: {error}", binaries.flavour().name()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(process::describe(&command, &output))
    }
}

fn named(option: &str, path: &Path) -> String {
    format!("{option}={}", path.display())
}
