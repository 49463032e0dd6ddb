//! `CREATE INDEX`.

use crate::identifier;
use crate::quote::{push_column_list, push_qualified};
use pg_model::{Index, IndexKey, QualifiedName};

/// `CREATE INDEX` of a table's index. An index is made in the schema of its table.
pub fn create_index(table: &QualifiedName, index: &Index) -> String {
    let mut sql = String::new();
    push_create_index(&mut sql, table, index);
    sql
}

/// Writes [`create_index`] behind what is there.
pub(super) fn push_create_index(sql: &mut String, table: &QualifiedName, index: &Index) {
    sql.push_str(if index.unique {
        "CREATE UNIQUE INDEX "
    } else {
        "CREATE INDEX "
    });
    sql.push_str(&identifier(&index.name));
    sql.push_str(" ON ");
    push_qualified(sql, table);
    if !index.own.method.eq_ignore_ascii_case("btree") {
        sql.push_str(" USING ");
        sql.push_str(&identifier(&index.own.method));
    }
    sql.push_str(" (");
    for (position, part) in index.parts.iter().enumerate() {
        if position > 0 {
            sql.push_str(", ");
        }
        match &part.key {
            IndexKey::Column(name) => sql.push_str(&identifier(name)),
            IndexKey::Expression(text) => sql.push_str(text),
        }
        for addition in [&part.own.operator_class, &part.order]
            .into_iter()
            .flatten()
        {
            sql.push(' ');
            sql.push_str(addition);
        }
    }
    sql.push(')');
    if !index.own.include.is_empty() {
        sql.push_str(" INCLUDE ");
        push_column_list(sql, &index.own.include);
    }
    if index.own.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.own.predicate {
        sql.push_str(" WHERE ");
        sql.push_str(predicate);
    }
    sql.push_str(";\n");
}
