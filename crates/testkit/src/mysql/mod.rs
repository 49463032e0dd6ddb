//! A real MariaDB or MySQL server in a temporary directory, for as long as a test needs it.
//!
//! The server goes away when a [`TempMySql`] is dropped, and also when the process that started it is killed or ends
//! with a server still in a static.

mod normal;
mod server;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::loading::{self, LoadError, LoadedFile};
use crate::process::{describe, run, run_any};

pub use host_tools::mysql::{Binaries, Flavour, server_binaries};
use server::Server;

/// A running server: user `root` without a password, the character set and collation that a server of its kind has by
/// itself, settings of a throw-away database.
#[derive(Debug)]
pub struct TempMySql {
    binaries: Binaries,
    server: Server,
    databases: AtomicU32,
}

/// Why no server could be started, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl TempMySql {
    /// Starts a server.
    ///
    /// # Panics
    /// With what to install or what the server wrote, when it doesn't start.
    #[track_caller]
    pub fn start(flavour: Flavour) -> Self {
        match Self::try_start(flavour) {
            Ok(server) => server,
            Err(error) => panic!("{error}"),
        }
    }

    /// Starts a server, or says why it can't.
    pub fn try_start(flavour: Flavour) -> Result<Self, StartError> {
        let binaries = server_binaries(flavour).ok_or_else(|| StartError(missing(flavour)))?;
        let server = Server::start(&binaries).map_err(StartError)?;
        Ok(Self {
            binaries,
            server,
            databases: AtomicU32::new(0),
        })
    }

    /// The one server of its kind in this process, started at the first call. It stops when the process ends.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[track_caller]
    pub fn shared(flavour: Flavour) -> &'static Self {
        static MARIADB: OnceLock<TempMySql> = OnceLock::new();
        static MYSQL: OnceLock<TempMySql> = OnceLock::new();
        let shared = match flavour {
            Flavour::MariaDb => &MARIADB,
            Flavour::MySql => &MYSQL,
        };
        shared.get_or_init(|| Self::start(flavour))
    }

    /// Whose server it is.
    pub fn flavour(&self) -> Flavour {
        self.binaries.flavour()
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The server's Unix socket, where there are such.
    pub fn socket(&self) -> Option<PathBuf> {
        self.server.socket()
    }

    /// Creates an empty database in the server's default character set and collation and returns its name, which no
    /// other has.
    pub fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.sql("", &format!("CREATE DATABASE {name}"));
        name
    }

    /// Drops a database.
    pub fn drop_database(&self, database: &str) {
        self.sql("", &format!("DROP DATABASE `{database}`"));
    }

    /// Runs SQL and returns what the client prints: no headers, columns parted by tabs, special characters escaped as
    /// `\n`, `\t`, `\\` and `\0`. An empty name is no database.
    ///
    /// # Panics
    /// With the client's own words when the SQL fails.
    #[track_caller]
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut command = self.client_command(database);
        command.args(["-N", "-B", "-e", sql]);
        text(&run(&mut command))
    }

    /// As [`Self::sql`], with the outcome left to the caller.
    #[track_caller]
    pub fn try_sql(&self, database: &str, sql: &str) -> Output {
        run_any(self.client_command(database).args(["-N", "-B", "-e", sql]))
    }

    /// Runs a script as a container's client would that comes with another character set and time zone: what the script
    /// relies on, it must set by itself. Stops at the first error.
    ///
    /// # Errors
    /// What the client wrote.
    pub fn load(&self, database: &str, script: &[u8]) -> Result<(), String> {
        pipe(&mut self.strange_client(database), script).map(drop)
    }

    /// Loads a directory as the entry point of the official image loads `/docker-entrypoint-initdb.d`, in a session of
    /// another character set and time zone than the dumps'.
    ///
    /// # Errors
    /// At the first file that fails; what follows it isn't loaded.
    pub fn load_like_the_official_image(
        &self,
        database: &str,
        directory: &Path,
    ) -> Result<Vec<LoadedFile>, LoadError> {
        loading::load_all(directory, &mut |path, unpacked| {
            let mut client = self.strange_client(database);
            match unpacked {
                Some(unpacked) => client.stdin(unpacked),
                None => client.stdin(File::open(path).map_err(|error| error.to_string())?),
            };
            loading::end(&mut client)
        })
    }

    /// The database's schema in the normal form of the golden files, from the server's own `SHOW CREATE`. Two equal
    /// schemas give equal texts.
    ///
    /// # Panics
    /// With the client's own words when it fails.
    #[track_caller]
    pub fn normal_form(&self, database: &str) -> String {
        let list = self.pipe_text(database, normal::LIST);
        let objects = normal::Object::all(&list);
        let queries: String = std::iter::once("SET time_zone = '+00:00';\n")
            .chain(objects.iter().flat_map(|object| [&*object.query, ";\n"]))
            .collect();
        normal::form(&objects, &self.pipe_text(database, &queries))
    }

    /// The client, connected to a database over the Unix socket, in UTF-8, and blind to configuration files.
    pub fn client_command(&self, database: &str) -> Command {
        let mut command = self.client("mysql");
        command.arg("--default-character-set=utf8mb4");
        if !database.is_empty() {
            command.args(["-D", database]);
        }
        command
    }

    fn strange_client(&self, database: &str) -> Command {
        let mut command = self.client_command(database);
        command.args([
            "--default-character-set=latin1",
            "--init-command=SET time_zone = '+09:00'",
        ]);
        command
    }

    /// A client program by MySQL's name for it (`mysql`, `mysqldump`, `mysqladmin`) that is told where this server is.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.client(program));
        for (key, _) in
            std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("MYSQL_"))
        {
            command.env_remove(key);
        }
        command.args(["--no-defaults", "--user=root"]);
        match self.server.socket() {
            Some(socket) => command
                .arg("--protocol=socket")
                .arg(format!("--socket={}", socket.display())),
            None => command.args(["--protocol=tcp", "--host=127.0.0.1"]),
        };
        command
            .arg(format!("--port={}", self.port()))
            .stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn pipe_text(&self, database: &str, script: &str) -> String {
        let mut command = self.client_command(database);
        command.args(["-N", "-B"]);
        match pipe(&mut command, script.as_bytes()) {
            Ok(output) => text(&output),
            Err(error) => panic!("{error}"),
        }
    }
}

/// What to do for a server that can't be found.
pub fn missing(flavour: Flavour) -> String {
    let variable = flavour.variable();
    match flavour {
        Flavour::MariaDb => format!(
            "MariaDB's server (mariadbd) can't be found; install it (Debian, Ubuntu: `apt-get install mariadb-server`; \
             macOS: `brew install mariadb`), name its directory in {variable}, or run `cargo xtask test`, which installs it"
        ),
        Flavour::MySql => format!(
            "MySQL's server (mysqld) can't be found; name the directory of mysqld and mysql in {variable}, or put it into \
             PATH (few systems have a package of it; https://dev.mysql.com/downloads/mysql/ has archives to unpack)"
        ),
    }
}

fn pipe(command: &mut Command, script: &[u8]) -> Result<Output, String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut client = command
        .spawn()
        .map_err(|error| format!("can't start the client: {error}"))?;
    let mut input = client.stdin.take().ok_or("the client has no input")?;
    let output = std::thread::scope(|scope| {
        // A client that stops at an error reads no further, and its words say why.
        scope.spawn(move || drop(input.write_all(script)));
        client.wait_with_output()
    })
    .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(describe(command, &output))
    }
}

#[track_caller]
fn text(output: &Output) -> String {
    // MariaDB shows the default of a binary column as it is.
    String::from_utf8_lossy(&output.stdout).into_owned()
}
