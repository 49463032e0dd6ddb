//! Quoting of identifiers and literals.
//!
//! Identifiers are quoted only where PostgreSQL would misread them bare, because the SQL is read by
//! people in reviews. Literals assume `standard_conforming_strings = on`, which every text that this
//! crate writes sets itself: then a backslash is an ordinary character and only the quote is special.
//!
//! PostgreSQL can hold no NUL character in any text. Callers refuse it before they come here; what
//! reaches these functions is written as it is.

use pg_model::QualifiedName;
pub(crate) use sql_text::push_literal;
use std::borrow::Cow;

/// Keywords that can't stand bare everywhere an identifier can: all of PostgreSQL 15's that
/// `pg_get_keywords()` doesn't call unreserved, and those that 16 to 18 added. Sorted, for binary search.
const KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

/// An identifier as SQL: bare when PostgreSQL reads it back as the same name, else in double quotes.
///
/// ```
/// assert_eq!(pg_sql::identifier("users"), "users");
/// assert_eq!(pg_sql::identifier("order"), "\"order\"");
/// assert_eq!(pg_sql::identifier("社員"), "\"社員\"");
/// ```
pub fn identifier(name: &str) -> Cow<'_, str> {
    if is_plain(name) && KEYWORDS.binary_search(&name).is_err() {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
    }
}

/// Identifiers with commas between them, such as a list of columns.
pub fn identifiers<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let quoted: Vec<Cow<'_, str>> = names.into_iter().map(|name| identifier(name)).collect();
    quoted.join(", ")
}

/// A name with its schema, when it has one, as SQL.
pub fn qualified(name: &QualifiedName) -> String {
    let mut sql = String::with_capacity(name.name.len() + 2);
    push_qualified(&mut sql, name);
    sql
}

/// Writes [`qualified`] behind what is there.
pub(crate) fn push_qualified(sql: &mut String, name: &QualifiedName) {
    if let Some(schema) = &name.schema {
        sql.push_str(&identifier(schema));
        sql.push('.');
    }
    sql.push_str(&identifier(&name.name));
}

/// Writes [`identifiers`] in parentheses behind what is there.
pub(crate) fn push_column_list(sql: &mut String, names: &[String]) {
    sql.push('(');
    for (position, name) in names.iter().enumerate() {
        if position > 0 {
            sql.push_str(", ");
        }
        sql.push_str(&identifier(name));
    }
    sql.push(')');
}

fn is_plain(name: &str) -> bool {
    let mut characters = name.bytes();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && characters.all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(identifier(name), expected);
    }

    #[test]
    fn quotes_only_what_postgresql_would_misread() {
        check("users", "users");
        check("_private2", "_private2");
        check("2nd", "\"2nd\"");
        check("", "\"\"");
        check("firstName", "\"firstName\"");
        check("Last Name", "\"Last Name\"");
        check("quo\"te", "\"quo\"\"te\"");
        check("user", "\"user\"");
        check("name", "name");
    }

    #[test]
    fn a_schema_is_quoted_apart_from_the_name() {
        assert_eq!(
            qualified(&QualifiedName::in_schema("Mixed", "order.lines")),
            "\"Mixed\".\"order.lines\""
        );
        assert_eq!(qualified(&QualifiedName::bare("users")), "users");
    }
}
