//! What database servers of tests have in common: a directory that goes away with them, a port, an account, and an end.
//!
//! On Unix a server's life hangs on a pipe: a small shell holds its other end, and stops the server and removes its
//! files when the pipe closes. So the server goes away when its [`Keeper`] is dropped, and also when the process that
//! started it is killed or ends with a server still in a static.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// How long a server may take until it answers: two busy cores need a few seconds.
pub(crate) const START_LIMIT: Duration = Duration::from_mins(1);

/// Runs the server, and outlives the process that asked for it by a moment: when standard input closes, it stops
/// the server at once and removes its directory.
#[cfg(unix)]
const KEEPER: &str = r#"
trap '' INT HUP TERM
directory=$1; signal=$2; shift 2
"$@" </dev/null &
server=$!
cat >/dev/null
kill "-$signal" "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$directory"
"#;

/// The process that has the server as its child (on Unix), or is it.
#[derive(Debug)]
pub(crate) struct Keeper {
    process: Child,
}

impl Keeper {
    /// Starts a server whose files are in `directory`, with what it writes in `log` there. `signal` is how it is told to
    /// end at once, such as `QUIT`.
    pub(crate) fn start(
        server: &Command,
        account: &Account,
        directory: &Path,
        signal: &str,
    ) -> Result<Self, String> {
        let log = |error| format!("{}: {error}", log_of(directory).display());
        let output = fs::File::create(log_of(directory)).map_err(log)?;
        let errors = output.try_clone().map_err(log)?;
        let mut command = kept(server, directory, signal);
        command.stdin(Stdio::piped()).stdout(output).stderr(errors);
        account.apply(&mut command, directory);
        let process = command.spawn().map_err(|error| {
            let program = Path::new(server.get_program()).display();
            format!("can't start {program}: {error}")
        })?;
        Ok(Self { process })
    }

    /// Whether the server has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if !cfg!(unix) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Where the server in this directory writes what it has to say.
pub(crate) fn log_of(directory: &Path) -> PathBuf {
    directory.join("log")
}

#[cfg(unix)]
fn kept(server: &Command, directory: &Path, signal: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", KEEPER, "keeper"])
        .arg(directory)
        .arg(signal)
        .arg(server.get_program())
        .args(server.get_args());
    command
}

#[cfg(not(unix))]
fn kept(server: &Command, _: &Path, _: &str) -> Command {
    let mut command = Command::new(server.get_program());
    command.args(server.get_args());
    command
}

/// The account that a server runs under: they refuse to run as root.
#[derive(Debug)]
pub(crate) struct Account {
    #[cfg(unix)]
    ids: Option<(u32, u32)>,
}

#[cfg(unix)]
impl Account {
    /// Whoever runs the tests; if that is root, the first of `names` that there is, who is given the directory.
    pub(crate) fn for_server(directory: &Path, names: &[&str]) -> Result<Self, String> {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let owner = directory
            .metadata()
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        if owner.uid() != 0 {
            return Ok(Self { ids: None });
        }
        let accounts =
            fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
        let ids = names
            .iter()
            .find_map(|name| ids_of(&accounts, name))
            .ok_or_else(|| {
                format!(
                    "a database server refuses to run as root, and there is no account `{}` to run it",
                    names.join("` or `")
                )
            })?;
        chown(directory, Some(ids.0), Some(ids.1))
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Self { ids: Some(ids) })
    }

    pub(crate) fn apply(&self, command: &mut Command, directory: &Path) {
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
    pub(crate) fn for_server(_: &Path, _: &[&str]) -> Result<Self, String> {
        Ok(Self {})
    }

    pub(crate) fn apply(&self, command: &mut Command, directory: &Path) {
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

/// A port that nothing listens on now.
pub(crate) fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}

/// A new directory for a server's files.
pub(crate) fn directory(prefix: &str) -> Result<TempDir, String> {
    tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(short_temporary_directory())
        .map_err(|error| format!("no temporary directory for a database server: {error}"))
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
