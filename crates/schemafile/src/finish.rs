//! From the database in memory to the model.

use crate::adapter::Adapter;
use crate::draft::Draft;
use schema_model::{Schema, Statement, Table};

/// The schema that was built.
pub(crate) fn finish<A: Adapter>(mut draft: Draft<A>) -> Schema<A> {
    let mut tables = draft.take_tables();
    tables.sort_by_key(|table| table.made_at);
    let mut statements: Vec<Statement> = draft
        .statements
        .iter()
        .map(|statement| Statement {
            sql: statement.sql.clone(),
            tables_before: match &statement.before {
                Some(name) => tables
                    .iter()
                    .take_while(|table| A::canonical(&table.table.name) != A::canonical(name))
                    .count(),
                None => tables
                    .iter()
                    .filter(|table| table.made_at < statement.made_at)
                    .count(),
            },
        })
        .collect();
    statements.sort_by_key(|statement| statement.tables_before);
    Schema {
        tables: tables.into_iter().map(A::finished).collect(),
        statements,
        own: draft.own,
    }
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
