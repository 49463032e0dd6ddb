//! The flags by which a schema is named and read.

use clap::ValueEnum;
use schemafile::{Database, Frontend, RailsVersion};
use std::path::{Path, PathBuf};

/// The heading of what few need.
const READING: &str = "How the schema is read";

/// Which file: `gen-schema db/schema.rb` and `gen-dummy -s db/schema.rb`, both ways with both programs.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SchemaArguments {
    /// The Schemafile or schema.rb [default: schema/Schemafile]
    #[arg(value_name = "SCHEMAFILE")]
    positional: Option<PathBuf>,

    /// The Schemafile or schema.rb, by a flag
    #[arg(
        short = 's',
        long = "schemafile",
        value_name = "FILE",
        conflicts_with = "positional"
    )]
    option: Option<PathBuf>,
}

impl SchemaArguments {
    /// The file that was named, if one was.
    pub fn named(&self) -> Option<&Path> {
        self.positional.as_deref().or(self.option.as_deref())
    }
}

/// How a schema is read. What isn't given is what the settings say.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = READING)]
pub struct ReadingArguments {
    /// Which database the schema is for [default: told from the file]
    #[arg(long, value_enum)]
    pub database: Option<DatabaseName>,

    /// ActiveRecord's version, 5.0 to 8.1, where the file names none [default: 8.1]
    #[arg(long, value_name = "X.Y")]
    pub rails_version: Option<RailsVersion>,

    /// Whose DSL the file speaks [default: told from the file]
    #[arg(long, value_enum)]
    pub frontend: Option<FrontendName>,

    /// The application's own irregular words
    ///
    /// A Rails inflections.rb, or lines like `drive drives`.
    #[arg(long, value_name = "FILE")]
    pub inflections: Option<PathBuf>,
}

/// A database by the name that users type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DatabaseName {
    /// PostgreSQL
    Postgresql,
    /// MySQL
    Mysql,
    /// MariaDB
    Mariadb,
}

impl From<DatabaseName> for Database {
    fn from(name: DatabaseName) -> Self {
        match name {
            DatabaseName::Postgresql => Self::PostgreSql,
            DatabaseName::Mysql => Self::MySql,
            DatabaseName::Mariadb => Self::MariaDb,
        }
    }
}

/// A front end by the name that users type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FrontendName {
    /// ridgepole's closed DSL
    Ridgepole,
    /// What `ActiveRecord::Schema.define` takes
    Rails,
}

impl From<FrontendName> for Frontend {
    fn from(name: FrontendName) -> Self {
        match name {
            FrontendName::Ridgepole => Self::Ridgepole,
            FrontendName::Rails => Self::Rails,
        }
    }
}

impl FrontendName {
    /// The name as users type it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ridgepole => "ridgepole",
            Self::Rails => "rails",
        }
    }
}
