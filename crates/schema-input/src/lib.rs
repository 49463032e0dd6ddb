//! Which schema a command line means, and how it is read: the same for both generators.
//!
//! The SQL and the rows of one schema fit each other only if both are made from the same reading of it. So flags, the
//! settings that a team keeps in `schema/schema.toml`, the file's place, what it requires, and how errors and warnings
//! are told are here, once. What a schema says is `schemafile`'s business.
//!
//! Both also show schemas: what they show, with its places and groups, is a reading's [`SchemaReading::view`].
//!
//! A flag holds before the settings, and those before what holds without either.

mod arguments;
mod disk;
mod language;
mod parting;
mod reader;
mod settings;
mod sql;
mod view;

pub use arguments::{DatabaseName, FrontendName, ReadingArguments, SchemaArguments};
pub use disk::{ReadSchemaError, read_schema};
pub use reader::{Program, SchemaReader, SchemaReading, warn};
pub use sql::{SqlReading, read_sql};

/// Where the schema is when neither a command line nor the settings say so.
pub const DEFAULT_SCHEMAFILE: &str = "schema/Schemafile";
