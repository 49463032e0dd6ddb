//! The two servers that speak MySQL.

use std::fmt;

/// Whose rules hold where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Server {
    /// MySQL 8.0 and newer.
    MySql,
    /// MariaDB 10.11 and newer.
    MariaDb,
}

impl Server {
    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
