//! The files of a team's repository, as the generators meet them.
//!
//! Both generators read the same schema and write a file beside it, so what they share of the file
//! system is here: where the repository begins, how a Schemafile finds what it requires, and how an
//! output appears whole or not at all. Everything below this crate is pure.

mod project;
mod reason;
mod schema;
mod whole_file;

pub use project::Project;
pub use reason::plain_reason;
pub use schema::{ReadSchemaError, read_schema};
pub use whole_file::WholeFile;
