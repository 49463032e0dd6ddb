//! Names of things that live in a database, or in a schema of one.

use std::fmt;

/// The name of a table or type, with its schema when the source gives one.
///
/// Without a schema the connection decides. `public.users` and `users` are different values here, because ActiveRecord
/// derives different default names from them. MySQL calls a schema a database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema, as the source gives it.
    pub schema: Option<String>,
    /// The name within the schema, unquoted.
    pub name: String,
}

impl QualifiedName {
    /// A name without a schema.
    pub fn bare(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }

    /// A name in a given schema.
    pub fn in_schema(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }
}

/// Writes `schema.name` or `name`, unquoted: for messages, never for SQL.
impl fmt::Display for QualifiedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(formatter, "{schema}.")?;
        }
        formatter.write_str(&self.name)
    }
}
