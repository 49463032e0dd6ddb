//! The two databases of which the story is told: where their team's schema is, and how their dumps are loaded.

use std::path::Path;

use clap::ValueEnum;
use command_line::Failure;
use testkit::mysql::{Flavour, TempMySql};
use testkit::pg::TempPostgres;

use crate::developer::Developer;

/// What the team has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    /// PostgreSQL, with this repository's own schema
    Postgresql,
    /// MariaDB, with the same company's schema in its words
    Mariadb,
}

impl Database {
    /// Its name in sentences.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgresql => "PostgreSQL",
            Self::Mariadb => "MariaDB",
        }
    }

    /// Files of the team's schema in place of this repository's.
    pub(crate) fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Postgresql => &[],
            Self::Mariadb => &[
                ("schema/Schemafile", include_str!("../mariadb/Schemafile")),
                ("schema/schema.toml", include_str!("../mariadb/schema.toml")),
            ],
        }
    }

    /// What begins a repository of one's own.
    pub(crate) fn init(self) -> &'static str {
        match self {
            Self::Postgresql => "gen-schema init",
            Self::Mariadb => "gen-schema init --database mariadb",
        }
    }

    /// The option of the server's client that runs a statement.
    pub(crate) fn statement(self) -> &'static str {
        match self {
            Self::Postgresql => "--command",
            Self::Mariadb => "--execute",
        }
    }
}

/// A server with an empty database.
pub(crate) enum Server {
    Postgres(TempPostgres, String),
    MariaDb(TempMySql, String),
}

impl Server {
    pub(crate) fn start(database: Database) -> Result<Self, Failure> {
        match database {
            Database::Postgresql => {
                let server = TempPostgres::try_start()
                    .map_err(|error| Failure::outside(error.to_string()))?;
                Ok(Self::Postgres(server, "app".to_owned()))
            }
            Database::Mariadb => {
                let server = TempMySql::try_start(Flavour::MariaDb)
                    .map_err(|error| Failure::outside(error.to_string()))?;
                Ok(Self::MariaDb(server, "app".to_owned()))
            }
        }
    }

    pub(crate) fn version(&self) -> String {
        match self {
            // There is no other database yet.
            Self::Postgres(server, _) => server.psql("postgres", "SHOW server_version"),
            Self::MariaDb(server, _) => server.sql("", "SELECT version()"),
        }
        .trim()
        .to_owned()
    }

    /// Where `git database` makes the database.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(server, name) => {
                format!("postgresql://postgres@127.0.0.1:{}/{name}", server.port())
            }
            Self::MariaDb(server, name) => {
                format!("mariadb://root@127.0.0.1:{}/{name}", server.port())
            }
        }
    }

    /// Puts the server's clients where a developer's commands find them.
    pub(crate) fn lend_clients(&self, developer: &Developer) {
        let clients = match self {
            Self::Postgres(server, _) => vec![server.client("psql")],
            Self::MariaDb(server, _) => ["mysql", "mysqldump"]
                .map(|name| server.client(name))
                .into(),
        };
        for client in clients {
            let path = Path::new(client.get_program());
            if path.is_file() {
                developer.has_program(path);
            }
        }
    }

    /// The tables of the database with their numbers of rows, by name.
    pub(crate) fn row_counts(&self) -> Vec<(String, usize)> {
        let tables = self.ask(match self {
            Self::Postgres(..) => {
                "SELECT quote_ident(table_name) FROM information_schema.tables \
                 WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
            }
            Self::MariaDb(..) => {
                "SELECT table_name FROM information_schema.tables \
                 WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name"
            }
        });
        let count = |table: &str| self.ask(&format!("SELECT count(*) FROM {table}"));
        tables
            .lines()
            .map(|table| (table.to_owned(), count(table).parse().unwrap_or_default()))
            .collect()
    }

    fn ask(&self, query: &str) -> String {
        let answer = match self {
            Self::Postgres(server, name) => server.psql(name, query),
            Self::MariaDb(server, name) => server.sql(name, query),
        };
        answer.trim().to_owned()
    }
}
