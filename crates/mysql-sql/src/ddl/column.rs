//! Columns, as they stand in `CREATE TABLE` and after `ADD COLUMN`.

use crate::{literal, quoted};
use mysql_model::{Column, ColumnValue, DataType, Server};
use mysql_text::data_type;
use std::fmt::Write as _;

/// A column with its name and all that belongs to it, in the order in which ActiveRecord writes its clauses.
pub fn column_definition(column: &Column, server: Server) -> String {
    let mut sql = format!(
        "{} {}",
        quoted(&column.name),
        data_type::write(&column.data_type, server)
    );
    // Some servers take a timestamp that doesn't say it for one that is never null.
    if !column.not_null && matches!(column.data_type, DataType::Timestamp { .. }) {
        sql.push_str(" NULL");
    }
    if let Some(charset) = &column.own.charset {
        let _ = write!(sql, " CHARACTER SET {charset}");
    }
    if let Some(collation) = &column.collation {
        let _ = write!(sql, " COLLATE {collation}");
    }
    match &column.value {
        ColumnValue::None | ColumnValue::Numbered(_) => {}
        ColumnValue::Null => sql.push_str(" DEFAULT NULL"),
        ColumnValue::Default(expression) => {
            let _ = write!(sql, " DEFAULT {expression}");
        }
        ColumnValue::Generated { expression, stored } => {
            let kind = if *stored { "STORED" } else { "VIRTUAL" };
            let _ = write!(sql, " GENERATED ALWAYS AS ({expression}) {kind}");
        }
    }
    if let Some(expression) = &column.own.on_update {
        let _ = write!(sql, " ON UPDATE {expression}");
    }
    if column.not_null {
        sql.push_str(" NOT NULL");
    }
    if matches!(column.value, ColumnValue::Numbered(_)) {
        sql.push_str(" AUTO_INCREMENT");
    }
    if column.own.invisible {
        sql.push_str(" INVISIBLE");
    }
    if let Some(comment) = &column.comment {
        let _ = write!(sql, " COMMENT {}", literal(comment));
    }
    if let Some(expression) = &column.own.check {
        let _ = write!(sql, " CHECK ({expression})");
    }
    sql
}
