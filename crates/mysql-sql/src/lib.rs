//! The text of MySQL and MariaDB: DDL, rows as INSERT statements, and what a script sets before them.
//!
//! Everything here turns values into SQL and nothing else: it opens no connection, reads no file and no clock. Texts
//! that it writes carry the settings that they need, so that they mean the same on every server and client.

pub mod ddl;
pub mod loading;
pub mod rows;

pub use mysql_text::{literal, quoted};

use mysql_model::QualifiedName;

/// A name in backticks, behind that of its database where it has one.
pub fn qualified(name: &QualifiedName) -> String {
    match &name.schema {
        Some(database) => format!("{}.{}", quoted(database), quoted(&name.name)),
        None => quoted(&name.name),
    }
}

/// Names in backticks, in parentheses.
pub fn column_list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("({})", names.join(", "))
}
