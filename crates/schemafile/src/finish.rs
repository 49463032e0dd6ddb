//! From the database in memory to the model.

use crate::draft::{Draft, DraftTable, in_public};
use crate::sql;
use pg_model::{
    Column, DataType, PgSchema, PrimaryKey, QualifiedName, Schema, Statement, Table, TypeKind,
};

/// The schema that was built. Names longer than PostgreSQL keeps are cut as it cuts them.
pub(crate) fn finish(mut draft: Draft) -> Schema {
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
                    .take_while(|table| in_public(&table.table.name) != in_public(name))
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
        tables: tables.into_iter().map(cut_names).collect(),
        statements,
        own: PgSchema {
            namespaces: draft.namespaces,
            extensions: draft.extensions,
            enums: draft.enums,
        },
    }
}

fn cut_names(table: DraftTable) -> Table {
    let mut table = table.table;
    let cut = |name: &mut String| {
        if name.len() > sql_text::MOST_NAME_BYTES {
            *name = sql::cut(name);
        }
    };
    cut(&mut table.name.name);
    for column in &mut table.columns {
        cut(&mut column.name);
    }
    let lists = table
        .primary_key
        .iter_mut()
        .map(|key| &mut key.columns)
        .chain(
            table
                .own
                .uniques
                .iter_mut()
                .map(|unique| &mut unique.columns),
        )
        .chain(table.indexes.iter_mut().map(|index| &mut index.own.include));
    for list in lists {
        list.iter_mut().for_each(cut);
    }
    for index in &mut table.indexes {
        cut(&mut index.name);
        for part in &mut index.parts {
            if let pg_model::IndexKey::Column(name) = &mut part.key {
                cut(name);
            }
        }
    }
    for key in &mut table.foreign_keys {
        cut(&mut key.name);
        key.columns.iter_mut().for_each(cut);
        key.referenced_columns.iter_mut().for_each(cut);
        cut(&mut key.referenced_table.name);
    }
    table
        .checks
        .iter_mut()
        .for_each(|check| cut(&mut check.name));
    table
        .own
        .uniques
        .iter_mut()
        .for_each(|unique| cut(&mut unique.name));
    table
        .own
        .exclusions
        .iter_mut()
        .for_each(|exclusion| cut(&mut exclusion.name));
    table
}

/// Adds the tables in which Rails keeps which migrations have run, as its own schema load makes them.
pub(crate) fn add_rails_metadata(schema: &mut Schema, version: Option<&str>) {
    let text = || DataType::scalar(TypeKind::Varchar { limit: None });
    let required = |name: &str, data_type: DataType| {
        let mut column = Column::new(name, data_type);
        column.not_null = true;
        column
    };
    let key = |column: &str| {
        Some(PrimaryKey {
            name: None,
            columns: vec![column.to_owned()],
        })
    };
    let mut migrations = Table::new(QualifiedName::bare("schema_migrations"));
    migrations.columns.push(required("version", text()));
    migrations.primary_key = key("version");
    let mut metadata = Table::new(QualifiedName::bare("ar_internal_metadata"));
    metadata.columns.push(required("key", text()));
    metadata.columns.push(Column::new("value", text()));
    for name in ["created_at", "updated_at"] {
        metadata.columns.push(required(
            name,
            DataType::scalar(TypeKind::Timestamp {
                precision: Some(6),
                with_time_zone: false,
            }),
        ));
    }
    metadata.primary_key = key("key");
    for table in [migrations, metadata] {
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
