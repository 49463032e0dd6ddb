//! A schema in the form in which two of them can be compared.
//!
//! `public.users` and `users` are one table, since the search path is `public`; a temporary table is
//! gone with the session that made it; and SQL of the source is compared statement by statement.

use crate::statement::split;
use schema_model::{Persistence, QualifiedName, Schema, Statement, Table, TypeKind};

/// The schema without what makes no difference to a database.
pub(crate) fn normal(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    schema.namespaces.retain(|name| name != "public");
    for enum_type in &mut schema.enums {
        strip_public(&mut enum_type.name);
    }
    for table in &mut schema.tables {
        strip_table(table);
    }
    schema.statements = statements(&schema);
    schema
        .tables
        .retain(|table| table.persistence != Persistence::Temporary);
    schema
}

fn strip_table(table: &mut Table) {
    strip_public(&mut table.name);
    table.renamed_from.iter_mut().for_each(strip_public);
    for key in &mut table.foreign_keys {
        strip_public(&mut key.referenced_table);
    }
    for column in &mut table.columns {
        if let TypeKind::Enum(name) = &mut column.data_type.kind {
            strip_public(name);
        }
    }
}

fn strip_public(name: &mut QualifiedName) {
    if name.schema.as_deref() == Some("public") {
        name.schema = None;
    }
}

fn statements(schema: &Schema) -> Vec<Statement> {
    let mut statements = Vec::new();
    for statement in &schema.statements {
        let tables_before = schema
            .tables
            .iter()
            .take(statement.tables_before)
            .filter(|table| table.persistence != Persistence::Temporary)
            .count();
        statements.extend(split(&statement.sql).into_iter().map(|sql| Statement {
            sql: sql.to_owned(),
            tables_before,
        }));
    }
    statements
}
