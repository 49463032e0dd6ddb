//! From the database in memory to the model.

use crate::adapter::Adapter;
use crate::draft::{Draft, DraftStatement};
use schema_model::{Schema, Statement, Table};

/// The schema that was built.
pub(crate) fn finish<A: Adapter>(mut draft: Draft<A>) -> Schema<A> {
    let statements = in_order(&draft)
        .into_iter()
        .map(|(statement, tables_before)| Statement {
            sql: statement.sql.clone(),
            tables_before,
        })
        .collect();
    let mut tables = draft.take_tables();
    tables.sort_by_key(|table| table.made_at);
    Schema {
        tables: tables.into_iter().map(A::finished).collect(),
        statements,
        own: draft.own,
    }
}

/// All statements in the schema's order, each with how many tables stand before it.
pub(crate) fn in_order<A: Adapter>(draft: &Draft<A>) -> Vec<(&DraftStatement, usize)> {
    let mut tables: Vec<_> = draft.tables().collect();
    tables.sort_by_key(|table| table.made_at);
    let mut statements: Vec<(&DraftStatement, usize)> = draft
        .statements
        .iter()
        .map(|statement| {
            let tables = tables.iter();
            let before = match &statement.before {
                Some(name) => tables
                    .take_while(|table| A::canonical(&table.table.name) != A::canonical(name))
                    .count(),
                None => tables
                    .filter(|table| table.made_at < statement.made_at)
                    .count(),
            };
            (statement, before)
        })
        .collect();
    statements.sort_by_key(|(_, before)| *before);
    statements
}

/// Adds the tables in which Rails keeps which migrations have run, as its own schema load makes them.
pub(crate) fn add_rails_metadata<A: Adapter>(
    schema: &mut Schema<A>,
    tables: Vec<Table<A>>,
    version: Option<&str>,
) {
    for table in tables {
        if schema.table(&table.name).is_none() {
            schema.tables.push(table);
        }
    }
    if let Some(version) =
        version.filter(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
    {
        schema.statements.push(Statement {
            sql: format!("INSERT INTO schema_migrations (version) VALUES ('{version}')"),
            tables_before: schema.tables.len(),
        });
    }
}
