//! The server process itself: `initdb`, start, readiness, end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Binaries;
use crate::process;
use crate::throwaway::{self, Account, Keeper, START_LIMIT, free_port, log_of};

/// Settings of a server whose data nobody will miss.
const SETTINGS: [&str; 11] = [
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=4GB",
    "shared_buffers=64MB",
    "max_connections=200",
    "timezone=UTC",
    "log_min_messages=fatal",
];

/// A server process with its directory.
#[derive(Debug)]
pub(super) struct Server {
    running: Running,
    // Declared after the process, so that it is removed after it too.
    directory: TempDir,
}

impl Server {
    /// Makes a cluster and starts a server on it.
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
        let directory = throwaway::directory("pg-")?;
        let account = Account::for_server(directory.path(), &["postgres", "nobody"])?;
        make_cluster(binaries, &account, directory.path())?;
        Ok(Self {
            running: Running::start(binaries, &account, directory.path())?,
            directory,
        })
    }

    /// The port on 127.0.0.1, which names the socket too.
    pub(super) fn port(&self) -> u16 {
        self.running.port
    }

    /// The directory of the socket.
    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What PGHOST must be: the socket's directory, or the loopback address where there are no Unix sockets.
    pub(super) fn host(&self) -> PathBuf {
        if cfg!(unix) {
            self.directory.path().to_owned()
        } else {
            PathBuf::from("127.0.0.1")
        }
    }
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
        let mut server = Command::new(binaries.server("postgres"));
        if cfg!(unix) {
            server.arg("-k").arg(directory);
        }
        add_settings(&mut server, directory, port);
        let keeper = Keeper::start(&server, account, directory, "QUIT")?;
        let mut running = Self { keeper, port };
        running.wait_until_ready(binaries, directory)?;
        Ok(running)
    }

    fn wait_until_ready(&mut self, binaries: &Binaries, directory: &Path) -> Result<(), String> {
        let started = Instant::now();
        loop {
            // The first line of this file is the postmaster's process id, the eighth its state (miscadmin.h).
            let state =
                fs::read_to_string(directory.join("data/postmaster.pid")).unwrap_or_default();
            if state
                .lines()
                .nth(7)
                .is_some_and(|state| state.trim() == "ready")
            {
                return Ok(());
            }
            let log = || fs::read_to_string(log_of(directory)).unwrap_or_default();
            if started.elapsed() > START_LIMIT {
                return Err(format!(
                    "PostgreSQL did not answer within {START_LIMIT:?}; it wrote:\n{}",
                    log()
                ));
            }
            if log().contains("FATAL") || self.keeper.has_ended() {
                let program = binaries.server("postgres");
                return Err(format!(
                    "{} ended at once; it wrote:\n{}",
                    program.display(),
                    log()
                ));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn make_cluster(binaries: &Binaries, account: &Account, directory: &Path) -> Result<(), String> {
    let mut initdb = Command::new(binaries.server("initdb"));
    initdb.arg("-D").arg(directory.join("data")).args([
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        if cfg!(target_os = "linux") {
            "--locale=C.UTF-8"
        } else {
            "--locale=C"
        },
        "--no-sync",
    ]);
    account.apply(&mut initdb, directory);
    let output = initdb
        .output()
        .map_err(|error| format!("can't start initdb: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(process::describe(&initdb, &output))
    }
}

fn add_settings(command: &mut Command, directory: &Path, port: u16) {
    command
        .arg("-D")
        .arg(directory.join("data"))
        .arg("-p")
        .arg(port.to_string());
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
}
