//! `CREATE INDEX`.

use super::column_list;
use crate::{identifier, qualified};
use schema_model::{Index, IndexKey, IndexPart, QualifiedName};
use std::fmt::Write as _;

/// `CREATE INDEX` of a table's index. An index is made in the schema of its table.
pub fn create_index(table: &QualifiedName, index: &Index) -> String {
    let mut sql = String::from(if index.unique {
        "CREATE UNIQUE INDEX "
    } else {
        "CREATE INDEX "
    });
    let _ = write!(sql, "{} ON {}", identifier(&index.name), qualified(table));
    if !index.method.eq_ignore_ascii_case("btree") {
        let _ = write!(sql, " USING {}", identifier(&index.method));
    }
    let parts: Vec<String> = index.parts.iter().map(part).collect();
    let _ = write!(sql, " ({})", parts.join(", "));
    if !index.include.is_empty() {
        let _ = write!(sql, " INCLUDE {}", column_list(&index.include));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {predicate}");
    }
    sql.push_str(";\n");
    sql
}

fn part(part: &IndexPart) -> String {
    let mut sql = match &part.key {
        IndexKey::Column(name) => identifier(name).into_owned(),
        IndexKey::Expression(text) => text.clone(),
    };
    for addition in [&part.operator_class, &part.order].into_iter().flatten() {
        sql.push(' ');
        sql.push_str(addition);
    }
    sql
}
