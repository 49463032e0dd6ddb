//! Rows of which the database computes some columns while they are loaded.
//!
//! COPY takes values, not expressions. So the rows go into a temporary table that has the columns with
//! values, and from there into the table, with each expression evaluated over its row. All of it happens
//! in the transaction of the load, and the server checks every constraint as it does for any INSERT.

use crate::{identifier, qualified};
use pg_model::QualifiedName;
use std::fmt::Write as _;

/// The temporary table's name.
const STAGE: &str = "dummy_rows";

/// A table and its columns.
#[derive(Debug, Clone, Copy)]
pub struct Staging<'a> {
    /// The table.
    pub table: &'a QualifiedName,
    /// Columns that get values, at least one.
    pub columns: &'a [&'a str],
    /// Columns that are computed, each with its SQL expression over the others, at least one.
    pub computed: &'a [(String, String)],
}

impl Staging<'_> {
    /// The temporary table's name, for the statements that fill it.
    pub fn stage() -> QualifiedName {
        QualifiedName::in_schema("pg_temp", STAGE)
    }

    /// What makes the temporary table.
    pub fn before(&self) -> String {
        format!(
            "CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS\n    SELECT {} FROM {} WITH NO DATA;\n",
            names(self.columns.iter().copied()),
            qualified(self.table)
        )
    }

    /// What moves its rows into the table.
    pub fn after(&self) -> String {
        let computed = self.computed.iter().map(|(column, _)| column.as_str());
        let mut sql = format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE\n    SELECT {}",
            qualified(self.table),
            names(self.columns.iter().copied().chain(computed)),
            names(self.columns.iter().copied())
        );
        for (_, expression) in self.computed {
            let _ = write!(sql, ",\n        ({expression})");
        }
        // The table's own name, so that an expression can say `users.name`.
        let _ = writeln!(
            sql,
            "\n    FROM pg_temp.{STAGE} AS {};\nDROP TABLE pg_temp.{STAGE};\n",
            identifier(&self.table.name)
        );
        sql
    }
}

fn names<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = columns.map(identifier).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_through_a_temporary_table() {
        let table = QualifiedName::in_schema("sales", "Order");
        let computed = [("slug".to_owned(), "lower(\"Name\")".to_owned())];
        let staging = Staging {
            table: &table,
            columns: &["id", "Name"],
            computed: &computed,
        };
        assert_eq!(
            staging.before() + &staging.after(),
            "CREATE TEMPORARY TABLE dummy_rows ON COMMIT DROP AS\n    \
             SELECT id, \"Name\" FROM sales.\"Order\" WITH NO DATA;\n\
             INSERT INTO sales.\"Order\" (id, \"Name\", slug) OVERRIDING SYSTEM VALUE\n    \
             SELECT id, \"Name\",\n        (lower(\"Name\"))\n    \
             FROM pg_temp.dummy_rows AS \"Order\";\n\
             DROP TABLE pg_temp.dummy_rows;\n\n"
        );
    }
}
