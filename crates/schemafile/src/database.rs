//! Which database a schema is for.

use mysql_model::Server;
use std::fmt;

/// The databases whose schemas can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Database {
    /// PostgreSQL
    PostgreSql,
    /// MySQL
    MySql,
    /// MariaDB
    MariaDb,
}

impl Database {
    /// All of them, in the order in which they are told.
    pub const ALL: &[Self] = &[Self::PostgreSql, Self::MySql, Self::MariaDb];

    /// Its name in `schema/schema.toml` and on command lines.
    pub fn key(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
        }
    }

    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL",
            Self::MySql => Server::MySql.name(),
            Self::MariaDb => Server::MariaDb.name(),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A schema of one of the databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnySchema {
    /// One of PostgreSQL.
    PostgreSql(pg_model::Schema),
    /// One of MySQL or MariaDB, by the rules of that server.
    MySql(mysql_model::Schema, Server),
}

impl AnySchema {
    /// The schema, where it is one of PostgreSQL.
    pub fn postgresql(self) -> Option<pg_model::Schema> {
        match self {
            Self::PostgreSql(schema) => Some(schema),
            Self::MySql(..) => None,
        }
    }

    /// A look at the schema, where it is one of PostgreSQL.
    pub fn as_postgresql(&self) -> Option<&pg_model::Schema> {
        match self {
            Self::PostgreSql(schema) => Some(schema),
            Self::MySql(..) => None,
        }
    }

    /// The schema, where it is one of MySQL or MariaDB.
    pub fn mysql(self) -> Option<(mysql_model::Schema, Server)> {
        match self {
            Self::PostgreSql(_) => None,
            Self::MySql(schema, server) => Some((schema, server)),
        }
    }

    /// Which database it is for.
    pub fn database(&self) -> Database {
        match self {
            Self::PostgreSql(_) => Database::PostgreSql,
            Self::MySql(_, Server::MySql) => Database::MySql,
            Self::MySql(_, Server::MariaDb) => Database::MariaDb,
        }
    }

    /// The names of its tables, in their order.
    pub fn table_names(&self) -> Vec<&schema_model::QualifiedName> {
        match self {
            Self::PostgreSql(schema) => schema.tables.iter().map(|table| &table.name).collect(),
            Self::MySql(schema, _) => schema.tables.iter().map(|table| &table.name).collect(),
        }
    }

    /// How many tables it has.
    pub fn table_count(&self) -> usize {
        match self {
            Self::PostgreSql(schema) => schema.tables.len(),
            Self::MySql(schema, _) => schema.tables.len(),
        }
    }
}
