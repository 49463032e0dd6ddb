//! A view of a schema of PostgreSQL.

use crate::{
    Column, Constraint, EnumType, Index, Key, Numbered, Other, Table, Trigger, TypeClass, View,
    joined,
};
use pg_model::{
    ColumnValue, Deferrability, ForeignKey, Identity, IndexKey, Numbering, Persistence,
    QualifiedName, Schema, TypeKind, UniqueConstraint,
};
use pg_sql::ddl;
use pg_text::cursor::Cursor;
use pg_text::object::{Kind, made};
use std::collections::BTreeMap;

/// Looks at a schema of PostgreSQL. Places, groups and what is switched off are the caller's to add.
pub fn of_postgresql(schema: &Schema) -> View {
    let mut view = View {
        database: "PostgreSQL".to_owned(),
        tables: schema.tables.iter().map(table).collect(),
        enums: schema
            .own
            .enums
            .iter()
            .map(|enum_type| EnumType {
                name: shown(&enum_type.name),
                labels: enum_type.values.clone(),
            })
            .collect(),
        others: Vec::new(),
    };
    let positions: BTreeMap<String, usize> = view
        .tables
        .iter()
        .enumerate()
        .map(|(position, table)| (table.name.clone(), position))
        .collect();
    for statement in &schema.statements {
        // One piece of source may hold several statements.
        for sql in sql_text::split(&statement.sql) {
            put_statement(&mut view, &positions, sql.trim());
        }
    }
    view.link();
    view
}

/// Puts a statement where people look for what it makes: with its table, else among the others.
fn put_statement(view: &mut View, positions: &BTreeMap<String, usize>, sql: &str) {
    if let Some((parent, part)) = partition(sql)
        && let Some(position) = positions.get(&parent)
    {
        view.tables[*position].partitions.push(part);
        return;
    }
    let object = made(sql);
    let of_table = object
        .as_ref()
        .and_then(|object| object.table.as_ref())
        .and_then(|table| positions.get(&shown(table)).copied());
    match (object, of_table) {
        (Some(object), Some(position)) if object.kind == Kind::Trigger => {
            view.tables[position].triggers.push(Trigger {
                name: object.name.name.clone(),
                sql: sql.to_owned(),
            });
        }
        (Some(object), Some(position)) => {
            view.tables[position].checks.push(Constraint {
                name: object.name.name.clone(),
                definition: sql.to_owned(),
            });
        }
        (Some(object), None) => view.others.push(Other {
            kind: object.kind.noun(),
            name: shown(&object.name),
            sql: sql.to_owned(),
        }),
        (None, _) => view.others.push(Other {
            kind: String::new(),
            name: String::new(),
            sql: sql.to_owned(),
        }),
    }
}

/// The parent and the part, with its bounds, of a statement that makes a table a part of another.
fn partition(sql: &str) -> Option<(String, String)> {
    let tokens = sql_text::tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    let (parent, part) = if cursor.accept(&["create", "table"]) {
        cursor.accept(&["if", "not", "exists"]);
        let (_, part) = cursor.name()?;
        if !cursor.accept(&["partition", "of"]) {
            return None;
        }
        let (_, parent) = cursor.name()?;
        (parent, part)
    } else if cursor.accept(&["alter", "table"]) {
        cursor.accept(&["only"]);
        let (_, parent) = cursor.name()?;
        if !cursor.accept(&["attach", "partition"]) {
            return None;
        }
        let (_, part) = cursor.name()?;
        (parent, part)
    } else {
        return None;
    };
    let bounds = pg_text::cursor::span(sql, cursor.rest());
    Some((
        shown(&parent),
        format!("{} {}", shown(&part), bounds.trim_end_matches(';'))
            .trim()
            .to_owned(),
    ))
}

/// A name as people say it: `public` is the schema that isn't said.
fn shown(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) if schema != "public" => format!("{schema}.{}", name.name),
        _ => name.name.clone(),
    }
}

fn table(table: &pg_model::Table) -> Table {
    let key_columns = table
        .primary_key
        .as_ref()
        .map(|key| key.columns.clone())
        .unwrap_or_default();
    let uniques = table
        .own
        .uniques
        .iter()
        .map(|unique| of_unique(table, unique));
    // An index that a unique constraint takes over is the constraint's.
    let taken = |name: &str| {
        table
            .own
            .uniques
            .iter()
            .any(|unique| unique.using_index.as_deref() == Some(name))
    };
    let indexes = table
        .indexes
        .iter()
        .filter(|index| !taken(&index.name))
        .map(of_index);
    let mut options = match table.own.persistence {
        Persistence::Permanent => String::new(),
        Persistence::Unlogged => "UNLOGGED".to_owned(),
        Persistence::Temporary => "TEMPORARY".to_owned(),
    };
    let mut partition_by = None;
    if let Some(text) = &table.options {
        match parted(text) {
            Some(by) => partition_by = Some(by),
            None => options = joined(&[options, text.clone()]),
        }
    }
    if let Some(query) = &table.as_query {
        options = joined(&[options, format!("AS {query}")]);
    }
    Table {
        name: shown(&table.name),
        schema: table
            .name
            .schema
            .clone()
            .filter(|schema| schema != "public"),
        renamed_from: table.renamed_from.as_ref().map(shown),
        comment: said(table.comment.as_ref()),
        columns: table
            .columns
            .iter()
            .map(|one| column(one, key_columns.contains(&one.name)))
            .collect(),
        primary_key: key_columns,
        keys: table.foreign_keys.iter().map(key).collect(),
        indexes: uniques.chain(indexes).collect(),
        checks: table
            .checks
            .iter()
            .map(|check| Constraint {
                name: check.name.clone(),
                definition: check.expression.clone(),
            })
            .chain(table.own.exclusions.iter().map(|exclusion| Constraint {
                name: exclusion.name.clone(),
                definition: without_name(&ddl::exclusion_constraint(exclusion), &exclusion.name),
            }))
            .collect(),
        is_reserved: is_reserved(&table.name.name),
        partition_by,
        options: Some(options).filter(|text| !text.is_empty()),
        ..Table::default()
    }
}

/// What follows `PARTITION BY`, when that is all that the options say.
fn parted(options: &str) -> Option<String> {
    let tokens = sql_text::tokens(options);
    let mut cursor = Cursor::new(options, &tokens);
    cursor
        .accept(&["partition", "by"])
        .then(|| pg_text::cursor::span(options, cursor.rest()).to_owned())
}

fn without_name(sql: &str, name: &str) -> String {
    let head = format!("CONSTRAINT {} ", pg_sql::identifier(name));
    sql.strip_prefix(&head).unwrap_or(sql).to_owned()
}

/// A comment that says something.
fn said(comment: Option<&String>) -> Option<String> {
    comment.filter(|text| !text.trim().is_empty()).cloned()
}

fn column(column: &pg_model::Column, in_primary_key: bool) -> Column {
    let mut view = Column {
        name: column.name.clone(),
        renamed_from: column.renamed_from.clone(),
        type_text: ddl::data_type(&column.data_type),
        class: if column.data_type.array {
            TypeClass::Other
        } else {
            class(&column.data_type.kind)
        },
        most_characters: most_characters(&column.data_type.kind),
        nullable: !column.not_null && !in_primary_key,
        collation: column.collation.clone(),
        comment: said(column.comment.as_ref()),
        is_reserved: is_reserved(&column.name),
        ..Column::default()
    };
    match &column.value {
        ColumnValue::None => {}
        ColumnValue::Null => view.default = Some("NULL".to_owned()),
        ColumnValue::Default(expression) => view.default = Some(expression.clone()),
        ColumnValue::Numbered(numbering) => {
            // A sequence's columns are never null.
            view.nullable = false;
            view.numbered = Some(Numbered(
                match numbering {
                    Numbering::Serial => match column.data_type.kind {
                        TypeKind::SmallInt => "smallserial",
                        TypeKind::BigInt => "bigserial",
                        _ => "serial",
                    },
                    Numbering::Identity(Identity::Always) => "GENERATED ALWAYS AS IDENTITY",
                    Numbering::Identity(Identity::ByDefault) => "GENERATED BY DEFAULT AS IDENTITY",
                }
                .to_owned(),
            ));
        }
        ColumnValue::Generated { expression, stored } => {
            view.generated = Some(format!(
                "{expression}{}",
                if *stored { " STORED" } else { " VIRTUAL" }
            ));
        }
    }
    view
}

/// Whether a name is quoted for no other reason than that it is a word of SQL.
fn is_reserved(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    name.chars().all(plain) && pg_sql::identifier(name) != name
}

fn class(kind: &TypeKind) -> TypeClass {
    match kind {
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt => TypeClass::Integer,
        TypeKind::Numeric { .. } | TypeKind::Money => TypeClass::Decimal,
        TypeKind::Real | TypeKind::DoublePrecision => TypeClass::Float,
        TypeKind::Boolean => TypeClass::Boolean,
        TypeKind::Date | TypeKind::Time { .. } | TypeKind::Timestamp { .. } => TypeClass::Time,
        kind if kind.is_string() => TypeClass::Text,
        _ => TypeClass::Other,
    }
}

fn most_characters(kind: &TypeKind) -> Option<u32> {
    match kind {
        TypeKind::Varchar { limit } => *limit,
        TypeKind::Char { limit } => Some(limit.unwrap_or(1)),
        _ => None,
    }
}

fn key(key: &ForeignKey) -> Key {
    let sql = ddl::foreign_key(key);
    // What follows the referenced columns is what happens and when.
    let head = {
        let plain = ForeignKey {
            on_delete: pg_model::ReferentialAction::NoAction,
            on_update: pg_model::ReferentialAction::NoAction,
            own: pg_model::PgForeignKey {
                deferrable: Deferrability::NotDeferrable,
                validated: true,
            },
            ..key.clone()
        };
        ddl::foreign_key(&plain)
    };
    let mut actions = sql
        .strip_prefix(&head)
        .unwrap_or_default()
        .trim()
        .to_owned();
    if !key.own.validated {
        actions = joined(&[actions, "NOT VALID".to_owned()]);
    }
    Key {
        name: key.name.clone(),
        columns: key.columns.clone(),
        table: shown(&key.referenced_table),
        target: None,
        referenced_columns: key.referenced_columns.clone(),
        actions,
        by_name: false,
    }
}

fn of_unique(table: &pg_model::Table, unique: &UniqueConstraint) -> Index {
    let taken = unique.using_index.as_deref().and_then(|name| {
        let index = table.indexes.iter().find(|index| index.name == name)?;
        Some(of_index(index))
    });
    let base = taken.unwrap_or_else(|| Index {
        parts: unique.columns.clone(),
        columns: Some(unique.columns.clone()),
        ..Index::default()
    });
    Index {
        name: unique.name.clone(),
        unique: true,
        is_constraint: true,
        ..base
    }
}

fn of_index(index: &pg_model::Index) -> Index {
    let is_plain =
        |part: &pg_model::IndexPart| part.order.is_none() && part.own.operator_class.is_none();
    let columns = index
        .plain_columns()
        .filter(|_| index.parts.iter().all(is_plain))
        .map(|names| names.into_iter().map(str::to_owned).collect());
    Index {
        name: index.name.clone(),
        parts: index
            .parts
            .iter()
            .map(|part| {
                let mut text = match &part.key {
                    IndexKey::Column(name) => name.clone(),
                    IndexKey::Expression(sql) => sql.clone(),
                };
                for more in [&part.own.operator_class, &part.order]
                    .into_iter()
                    .flatten()
                {
                    text.push(' ');
                    text.push_str(more);
                }
                text
            })
            .collect(),
        columns,
        unique: index.unique,
        is_constraint: false,
        method: Some(index.own.method.clone())
            .filter(|method| !method.eq_ignore_ascii_case("btree"))
            .unwrap_or_default(),
        predicate: index.own.predicate.clone(),
        include: index.own.include.clone(),
        comment: said(index.comment.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pg_model::Statement;

    fn with_statements(tables: &[&str], statements: &[&str]) -> View {
        let mut schema = Schema::default();
        for name in tables {
            schema
                .tables
                .push(pg_model::Table::new(QualifiedName::bare(*name)));
        }
        for sql in statements {
            schema.statements.push(Statement {
                sql: (*sql).to_owned(),
                tables_before: tables.len(),
            });
        }
        of_postgresql(&schema)
    }

    #[test]
    fn a_statement_stands_with_the_table_that_it_is_about() {
        let view = with_statements(
            &["events", "users"],
            &[
                "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "ALTER TABLE ONLY public.events ATTACH PARTITION public.events_rest DEFAULT;",
                "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
                "CREATE VIEW recent AS SELECT 1; SELECT 2",
            ],
        );
        assert_eq!(
            view.tables[0].partitions,
            [
                "events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "events_rest DEFAULT"
            ]
        );
        assert_eq!(view.tables[1].triggers[0].name, "touch");
        let others: Vec<_> = view
            .others
            .iter()
            .map(|other| (other.kind.as_str(), other.name.as_str()))
            .collect();
        assert_eq!(others, [("view", "recent"), ("", "")]);
    }

    #[test]
    fn options_are_told_from_partitions() {
        assert_eq!(
            parted("PARTITION BY RANGE (day)").as_deref(),
            Some("RANGE (day)")
        );
        assert_eq!(parted("WITH (fillfactor=70)"), None);
    }

    #[test]
    fn a_key_is_parted_into_what_it_binds_and_what_it_does() {
        let key = key(&ForeignKey {
            name: "k".into(),
            columns: vec!["a".into()],
            referenced_table: QualifiedName::in_schema("crew", "t"),
            referenced_columns: vec!["id".into()],
            on_delete: pg_model::ReferentialAction::Cascade,
            on_update: pg_model::ReferentialAction::NoAction,
            own: pg_model::PgForeignKey {
                deferrable: Deferrability::InitiallyDeferred,
                validated: false,
            },
        });
        assert_eq!(key.table, "crew.t");
        assert_eq!(
            key.actions,
            "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID"
        );
    }
}
