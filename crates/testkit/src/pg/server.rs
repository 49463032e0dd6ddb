//! The server process itself: `initdb`, start, readiness, end.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Binaries;
use crate::process;

/// How long a server may take until it answers: two busy cores need a few seconds.
const START_LIMIT: Duration = Duration::from_mins(1);

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

/// Runs the server, and outlives the process that asked for it by a moment: when standard input closes, it stops
/// the server at once and removes its directory.
#[cfg(unix)]
const KEEPER: &str = r#"
trap '' INT HUP TERM
directory=$1; shift
"$@" </dev/null &
server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$directory"
"#;

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
        let directory = tempfile::Builder::new()
            .prefix("pg-")
            .tempdir_in(short_temporary_directory())
            .map_err(|error| format!("no temporary directory for PostgreSQL: {error}"))?;
        let account = Account::for_server(directory.path())?;
        make_cluster(binaries, &account, directory.path())?;
        // Between finding a free port and using it another program may take it: then another port is tried.
        let mut result = Err(String::new());
        for _ in 0..3 {
            result = Running::start(binaries, &account, directory.path());
            if result.is_ok() {
                break;
            }
        }
        Ok(Self {
            running: result?,
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

/// The process that has the server as its child (on Unix), or is it.
#[derive(Debug)]
struct Running {
    keeper: Child,
    port: u16,
}

impl Running {
    /// Starts the server on a free port and waits until it answers.
    fn start(binaries: &Binaries, account: &Account, directory: &Path) -> Result<Self, String> {
        let port = free_port()?;
        let log = fs::File::create(directory.join("log"))
            .map_err(|error| format!("PostgreSQL's log: {error}"))?;
        let errors = log
            .try_clone()
            .map_err(|error| format!("PostgreSQL's log: {error}"))?;
        let mut command = keeper(binaries, directory, port);
        command.stdin(Stdio::piped()).stdout(log).stderr(errors);
        account.apply(&mut command, directory);
        let keeper = command
            .spawn()
            .map_err(|error| format!("can't start PostgreSQL: {error}"))?;
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
            let log = || fs::read_to_string(directory.join("log")).unwrap_or_default();
            if started.elapsed() > START_LIMIT {
                return Err(format!(
                    "PostgreSQL did not answer within {START_LIMIT:?}; it wrote:\n{}",
                    log()
                ));
            }
            if log().contains("FATAL") || matches!(self.keeper.try_wait(), Ok(Some(_))) {
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

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if !cfg!(unix) {
            let _ = self.keeper.kill();
        }
        let _ = self.keeper.wait();
    }
}

/// The account that the server runs under: PostgreSQL refuses to run as root.
#[derive(Debug)]
struct Account {
    #[cfg(unix)]
    ids: Option<(u32, u32)>,
}

#[cfg(unix)]
impl Account {
    /// Whoever runs the tests; if that is root, `postgres` or `nobody`, who is given the directory.
    fn for_server(directory: &Path) -> Result<Self, String> {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let owner = directory
            .metadata()
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        if owner.uid() != 0 {
            return Ok(Self { ids: None });
        }
        let accounts =
            fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
        let ids = ["postgres", "nobody"]
            .iter()
            .find_map(|name| ids_of(&accounts, name))
            .ok_or("PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run it")?;
        chown(directory, Some(ids.0), Some(ids.1))
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Self { ids: Some(ids) })
    }

    fn apply(&self, command: &mut Command, directory: &Path) {
        use std::os::unix::process::CommandExt as _;
        // A Ctrl-C in the terminal is for the program at the keyboard; the server ends when that program does.
        command.current_dir(directory).process_group(0);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
    }
}

#[cfg(not(unix))]
impl Account {
    fn for_server(_: &Path) -> Result<Self, String> {
        Ok(Self {})
    }

    fn apply(&self, command: &mut Command, directory: &Path) {
        command.current_dir(directory);
    }
}

/// The user and group of an account in the text of `/etc/passwd`.
#[cfg(unix)]
fn ids_of(accounts: &str, name: &str) -> Option<(u32, u32)> {
    let line = accounts
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(|field| field.parse().ok());
    Some((numbers.next()??, numbers.next()??))
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

#[cfg(unix)]
fn keeper(binaries: &Binaries, directory: &Path, port: u16) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", KEEPER, "keeper"])
        .arg(directory)
        .arg(binaries.server("postgres"));
    command.arg("-k").arg(directory);
    add_settings(&mut command, directory, port);
    command
}

#[cfg(not(unix))]
fn keeper(binaries: &Binaries, directory: &Path, port: u16) -> Command {
    let mut command = Command::new(binaries.server("postgres"));
    add_settings(&mut command, directory, port);
    command
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

fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}

/// A Unix socket's path must fit into about 100 bytes, and the account that runs the server must reach it: the
/// temporary directories of some systems and users fail one or the other.
fn short_temporary_directory() -> PathBuf {
    if cfg!(unix) {
        PathBuf::from("/tmp")
    } else {
        env::temp_dir()
    }
}
