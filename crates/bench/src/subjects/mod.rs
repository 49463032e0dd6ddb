//! What can be measured: one module each, with the peers and limits that it is measured beside.

mod dump;
mod history;
mod loading;
mod loading_mysql;
mod log;
mod rows;
mod schema;
mod team;
mod transfer;
mod versions;

use clap::ValueEnum;
use command_line::Failure;

/// A subject of measurement, in the order in which they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// gen-schema on 893 tables, beside `pg_dump`
    Schema,
    /// gen-dummy's rows, plain and compressed, beside Faker, the crate `fake` and pigz
    Rows,
    /// Loading a dump into PostgreSQL, beside plain COPY and `pg_restore`
    Loading,
    /// Loading a dump into MariaDB, and MySQL where it is found, beside mysqldump's own form
    LoadingMysql,
    /// Moving dumps through git-lfs, beside lfs-dal and git-remote-s3
    Transfer,
    /// What a new version of a dump costs to move
    Versions,
    /// What a hundred versions of a dump cost to keep, and to fetch over a slow line
    History,
    /// What looking through a hundred versions costs, row by row
    Log,
}

impl Subject {
    /// The heading above its tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Schema => "gen-schema: a file of 893 tables",
            Self::Rows => "gen-dummy: rows",
            Self::Loading => "gen-dummy: loading",
            Self::LoadingMysql => "gen-dummy: loading into MariaDB and MySQL",
            Self::Transfer => "lfs-agent: whole dumps",
            Self::Versions => "lfs-agent: versions of a dump",
            Self::History => "lfs-agent: a hundred versions of a dump",
            Self::Log => "lfs-agent: the log of a table and of a row",
        }
    }

    /// Measures it, each command `runs` times, and shows its tables.
    pub(crate) fn measure(self, runs: u32) -> Result<(), Failure> {
        match self {
            Self::Schema => schema::measure(runs),
            Self::Rows => rows::measure(runs),
            Self::Loading => loading::measure(runs),
            Self::LoadingMysql => loading_mysql::measure(runs),
            Self::Transfer => transfer::measure(runs),
            Self::Versions => versions::measure(runs),
            Self::History => history::measure(runs),
            Self::Log => log::measure(runs),
        }
    }
}
