//! The files of a team's repository, as the generators meet them.
//!
//! Both generators read the same schema, so what they share of the file system is here: where the
//! repository begins, and how a Schemafile finds what it requires. Everything below this crate is pure.

mod project;
mod reason;
mod schema;

pub use project::Project;
pub use reason::plain_reason;
pub use schema::{ReadSchemaError, read_schema};
