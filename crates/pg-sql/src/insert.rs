//! Rows as INSERT statements, for tools that can't COPY.
//!
//! A statement has many rows, because one statement for each row is fifty times slower to load. The
//! literals are [`crate::copy::CopyBuffer::quote_from`]'s; what stands around them is here.

use crate::{identifier, qualified};
use pg_model::QualifiedName;

/// Rows of one statement. Part of the format: another number gives every such dump new bytes.
pub const STATEMENT_ROWS: u64 = 1000;

/// What stands before the rows of a statement. A database can have made a column an identity that the
/// schema file knows nothing of, so every statement insists on its values; elsewhere that changes nothing.
pub fn header(table: &QualifiedName, columns: &[&str]) -> String {
    let columns: Vec<_> = columns.iter().map(|column| identifier(column)).collect();
    format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES\n",
        qualified(table),
        columns.join(", ")
    )
}

/// A row of a table that gives no column a value, but for what the database computes by SQL expressions.
pub fn default_row(table: &QualifiedName, computed: &[(String, String)]) -> String {
    if computed.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES;\n", qualified(table));
    }
    let columns: Vec<_> = computed
        .iter()
        .map(|(column, _)| identifier(column))
        .collect();
    let expressions: Vec<String> = computed
        .iter()
        .map(|(_, expression)| format!("({expression})"))
        .collect();
    format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({});\n",
        qualified(table),
        columns.join(", "),
        expressions.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let table = QualifiedName::in_schema("sales", "Order");
        assert_eq!(
            header(&table, &["id", "Name"]),
            "INSERT INTO sales.\"Order\" (id, \"Name\") OVERRIDING SYSTEM VALUE VALUES\n"
        );
        assert_eq!(
            default_row(&table, &[]),
            "INSERT INTO sales.\"Order\" DEFAULT VALUES;\n"
        );
        assert_eq!(
            default_row(&table, &[("at".to_owned(), "now()".to_owned())]),
            "INSERT INTO sales.\"Order\" (at) OVERRIDING SYSTEM VALUE VALUES ((now()));\n"
        );
    }
}
