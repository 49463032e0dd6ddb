//! What a schema is written in. One that isn't Ruby is refused in words that help; who reads another language has its
//! place here.

use command_line::Failure;

/// The language of a schema's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// A Schemafile or a schema.rb.
    Ruby,
    /// What `pg_dump` writes, and whatever else is SQL.
    Sql,
}

impl Language {
    /// Tells from how a file begins. UTF-16 is taken for Ruby, whose reader says what it is.
    pub(crate) fn of(content: &[u8]) -> Self {
        if !schemafile::is_utf16(content) && schema_import::looks_like_sql(content) {
            Self::Sql
        } else {
            Self::Ruby
        }
    }
}

/// What to say of a schema in SQL.
pub(crate) fn sql_instead(name: &str) -> Failure {
    Failure::input(format!("`{name}` is SQL, and a Schemafile is Ruby")).hint(format!(
        "`gen-schema init --from {name}` makes a Schemafile of what pg_dump wrote"
    ))
}
