//! What a table is once PostgreSQL has it, and Rails' own tables.

use super::sql;
use crate::draft::DraftTable;
use pg_model::{
    Column, DataType, IndexKey, PostgreSql, PrimaryKey, QualifiedName, Table, TypeKind,
};

/// The table, with names that are longer than PostgreSQL keeps cut as it cuts them.
pub(crate) fn cut_names(table: DraftTable<PostgreSql>) -> Table {
    let mut table = table.table;
    let cut = |name: &mut String| {
        if name.len() > pg_text::MOST_NAME_BYTES {
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
            if let IndexKey::Column(name) = &mut part.key {
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

/// The tables in which Rails keeps which migrations have run, as its own schema load makes them.
pub(crate) fn rails_metadata() -> Vec<Table> {
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
    vec![migrations, metadata]
}
