//! What a schema is written in.

/// The language of a schema's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// A Schemafile or a schema.rb.
    Ruby,
    /// What `pg_dump` and `mysqldump` write, and whatever else is SQL.
    Sql,
}

impl Language {
    /// Tells from how a file begins. UTF-16 is taken for Ruby, whose reader says what it is.
    pub(crate) fn of(content: &[u8]) -> Self {
        let is_sql = || pg_import::looks_like_sql(content) || mysql_import::looks_like_sql(content);
        if !schemafile::is_utf16(content) && is_sql() {
            Self::Sql
        } else {
            Self::Ruby
        }
    }
}
