//! A real PostgreSQL server in a temporary directory, for as long as a test needs it.
//!
//! The server goes away when a [`TempPostgres`] is dropped, and also when the process that started it is killed or ends
//! with a server still in a static.

mod compare;
mod server;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::loading::{self, LoadError, LoadedFile};
use crate::process::{run, run_any};

pub use compare::columns_sorted;
pub use host_tools::postgres::{Binaries, server_binaries};
use server::Server;

/// A running PostgreSQL server: superuser `postgres`, no password, UTF-8, settings of a throw-away database.
#[derive(Debug)]
pub struct TempPostgres {
    binaries: Binaries,
    server: Server,
    databases: AtomicU32,
}

/// Why no server could be started, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl TempPostgres {
    /// Starts a server.
    ///
    /// # Panics
    /// With what to install or what the server wrote, when it doesn't start.
    #[track_caller]
    pub fn start() -> Self {
        match Self::try_start() {
            Ok(postgres) => postgres,
            Err(error) => panic!("{error}"),
        }
    }

    /// Starts a server, or says why it can't.
    pub fn try_start() -> Result<Self, StartError> {
        let binaries = server_binaries().ok_or_else(|| {
            StartError(
                "PostgreSQL's server programs (initdb, postgres) can't be found; install them (Debian, Ubuntu: \
                 `apt-get install postgresql postgresql-contrib`; macOS: `brew install postgresql@17`), or run \
                 `cargo xtask test`, which does"
                    .to_owned(),
            )
        })?;
        let server = Server::start(&binaries).map_err(StartError)?;
        Ok(Self {
            binaries,
            server,
            databases: AtomicU32::new(0),
        })
    }

    /// The one server of this process, started at the first call. It stops when the process ends.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[track_caller]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TempPostgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The directory of the server's Unix socket.
    pub fn socket_directory(&self) -> &Path {
        self.server.directory()
    }

    /// A connection string over TCP for this database, as libpq and the `postgres` crate take it.
    pub fn connection_string(&self, database: &str) -> String {
        format!(
            "host=127.0.0.1 port={} user=postgres dbname={database}",
            self.port()
        )
    }

    /// The server's version as a number: 150018 for 15.18.
    pub fn version_number(&self) -> u32 {
        self.psql("postgres", "SHOW server_version_num")
            .trim()
            .parse()
            .expect("a version number")
    }

    /// Creates an empty database (of `template0`, UTF-8) and returns its name, which no other has.
    pub fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.psql(
            "postgres",
            &format!("CREATE DATABASE {name} TEMPLATE template0"),
        );
        name
    }

    /// Drops a database, with the connections to it.
    pub fn drop_database(&self, database: &str) {
        self.psql(
            "postgres",
            &format!("DROP DATABASE \"{database}\" WITH (FORCE)"),
        );
    }

    /// Runs SQL with `ON_ERROR_STOP` and returns what psql prints: no headers, no alignment, columns parted by `|`.
    ///
    /// # Panics
    /// With psql's own words when the SQL fails.
    #[track_caller]
    pub fn psql(&self, database: &str, sql: &str) -> String {
        text(&run(self.psql_command(database).args(["-qAt", "-c", sql])))
    }

    /// As [`Self::psql`], with the outcome left to the caller.
    #[track_caller]
    pub fn try_psql(&self, database: &str, sql: &str) -> Output {
        run_any(self.psql_command(database).args(["-qAt", "-c", sql]))
    }

    /// Runs a file of SQL with `ON_ERROR_STOP` and returns what psql prints.
    ///
    /// # Panics
    /// With psql's own words when the SQL fails.
    #[track_caller]
    pub fn psql_file(&self, database: &str, file: &Path) -> String {
        text(&run(self
            .psql_command(database)
            .arg("-qAt")
            .arg("-f")
            .arg(file)))
    }

    /// As [`Self::psql_file`], with the outcome left to the caller.
    #[track_caller]
    pub fn try_psql_file(&self, database: &str, file: &Path) -> Output {
        run_any(self.psql_command(database).arg("-qAt").arg("-f").arg(file))
    }

    /// The database's schema as text: `pg_dump --schema-only` less owners, privileges, the tables that ActiveRecord
    /// keeps for itself, and the two comment lines that name versions. Two equal schemas give equal texts.
    ///
    /// # Panics
    /// With `pg_dump`'s own words when it fails.
    #[track_caller]
    pub fn pg_dump(&self, database: &str) -> String {
        let mut command = self.client("pg_dump");
        command.args([
            "--schema-only",
            "--no-owner",
            "--no-privileges",
            "--restrict-key=golden",
        ]);
        command.args([
            "-T",
            "public.schema_migrations",
            "-T",
            "public.ar_internal_metadata",
            database,
        ]);
        let dump = text(&run(&mut command));
        let versioned = [
            "-- Dumped from database version ",
            "-- Dumped by pg_dump version ",
        ];
        dump.split_inclusive('\n')
            .filter(|line| !versioned.iter().any(|start| line.starts_with(start)))
            .collect()
    }

    /// The rows of a database, as `pg_dump --data-only` writes them.
    pub fn pg_dump_data(&self, database: &str) -> String {
        let mut command = self.client("pg_dump");
        command.args(["--data-only", database]);
        text(&run(&mut command))
    }

    /// Loads a directory as the entrypoint of the official `postgres` image loads `/docker-entrypoint-initdb.d`:
    /// in name order, `*.sql` by `psql -f`, `*.sql.gz` by `gunzip -c` into psql, each with `ON_ERROR_STOP`; other
    /// files are passed over.
    ///
    /// # Errors
    /// At the first file that fails; what follows it isn't loaded.
    pub fn load_like_the_official_image(
        &self,
        database: &str,
        directory: &Path,
    ) -> Result<Vec<LoadedFile>, LoadError> {
        loading::load_all(directory, &mut |path, unpacking| match unpacking {
            None => {
                let mut psql = self.psql_command(database);
                psql.arg("-f").arg(path);
                loading::end(&mut psql)
            }
            Some(unpacked) => {
                let mut psql = self.psql_command(database);
                psql.stdin(unpacked);
                loading::end(&mut psql)
            }
        })
    }

    /// psql, connected to a database over the Unix socket, with `ON_ERROR_STOP` and blind to the user's `.psqlrc`.
    pub fn psql_command(&self, database: &str) -> Command {
        let mut command = self.client("psql");
        command.args([
            "-v",
            "ON_ERROR_STOP=1",
            "--no-password",
            "--no-psqlrc",
            "-d",
            database,
        ]);
        command
    }

    /// A client program of PostgreSQL (`psql`, `pg_dump`, `pg_isready` …) that is told where this server is.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.client(program));
        for (key, _) in
            std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("PG"))
        {
            command.env_remove(key);
        }
        command
            .env("PGHOST", self.server.host())
            .env("PGPORT", self.port().to_string())
            .env("PGUSER", "postgres")
            .env("PGCLIENTENCODING", "UTF8")
            .stdin(Stdio::null());
        command
    }
}

#[track_caller]
fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("PostgreSQL's programs print UTF-8 here")
}
