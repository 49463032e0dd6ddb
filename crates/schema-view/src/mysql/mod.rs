//! A view of a schema of MySQL or MariaDB.

mod objects;

use crate::{Column, Constraint, Index, Key, Numbered, Table, TypeClass, View, joined};
use mysql_model::{
    ColumnValue, DataType, ForeignKey, IndexKey, IndexKind, LobSize, QualifiedName,
    ReferentialAction, Schema, Server,
};
use mysql_text::data_type;

/// Looks at a schema of MySQL or MariaDB. Places and groups are the caller's to add.
pub fn of_mysql(schema: &Schema, server: Server) -> View {
    let mut view = View {
        database: server.name().to_owned(),
        indexes_keys: true,
        tables: schema.tables.iter().map(|one| table(one, server)).collect(),
        ..View::default()
    };
    objects::put_all(&mut view, schema);
    view.link();
    view
}

fn shown(name: &QualifiedName) -> String {
    name.to_string()
}

/// A comment that says something.
fn said(comment: Option<&String>) -> Option<String> {
    comment.filter(|text| !text.trim().is_empty()).cloned()
}

fn table(table: &mysql_model::Table, server: Server) -> Table {
    let key_columns = table
        .primary_key
        .as_ref()
        .map(|key| key.columns.clone())
        .unwrap_or_default();
    let options = table.options.clone().unwrap_or_default();
    let at = options.to_ascii_uppercase().find("PARTITION BY ");
    let (plain, parted) = match at {
        Some(at) => options.split_at(at),
        None => (options.as_str(), ""),
    };
    let mut said_options = Vec::new();
    if table.own.temporary {
        said_options.push("TEMPORARY".to_owned());
    }
    for (word, value) in [
        ("CHARSET", &table.own.charset),
        ("COLLATE", &table.own.collation),
    ] {
        said_options.extend(value.iter().map(|value| format!("{word}={value}")));
    }
    said_options.push(plain.trim().to_owned());
    said_options.extend(table.as_query.iter().map(|query| format!("AS {query}")));
    Table {
        name: shown(&table.name),
        schema: table.name.schema.clone(),
        renamed_from: table.renamed_from.as_ref().map(shown),
        comment: said(table.comment.as_ref()),
        columns: table
            .columns
            .iter()
            .map(|one| column(one, server, key_columns.contains(&one.name)))
            .collect(),
        primary_key: key_columns,
        keys: table.foreign_keys.iter().map(key).collect(),
        indexes: table.indexes.iter().map(index).collect(),
        checks: table
            .checks
            .iter()
            .map(|check| Constraint {
                name: check.name.clone(),
                definition: if check.own.enforced {
                    check.expression.clone()
                } else {
                    format!("{} NOT ENFORCED", check.expression)
                },
            })
            .collect(),
        partition_by: Some(parted)
            .filter(|text| !text.is_empty())
            .map(|text| text["PARTITION BY ".len()..].trim().to_owned()),
        options: Some(joined(&said_options)).filter(|text| !text.is_empty()),
        ..Table::default()
    }
}

fn column(column: &mysql_model::Column, server: Server, in_primary_key: bool) -> Column {
    let mut type_text = data_type::write(&column.data_type, server);
    if let Some(charset) = &column.own.charset {
        type_text = format!("{type_text} CHARACTER SET {charset}");
    }
    if column.own.invisible {
        type_text.push_str(" INVISIBLE");
    }
    let mut view = Column {
        name: column.name.clone(),
        renamed_from: column.renamed_from.clone(),
        type_text,
        class: class(&column.data_type),
        most_characters: most_characters(&column.data_type),
        nullable: !column.not_null && !in_primary_key,
        collation: column.collation.clone(),
        comment: said(column.comment.as_ref()),
        ..Column::default()
    };
    match &column.value {
        ColumnValue::None => {}
        ColumnValue::Null => view.default = Some("NULL".to_owned()),
        ColumnValue::Default(expression) => view.default = Some(expression.clone()),
        ColumnValue::Numbered(_) => view.numbered = Some(Numbered("AUTO_INCREMENT".to_owned())),
        ColumnValue::Generated { expression, stored } => {
            let kind = if *stored { "STORED" } else { "VIRTUAL" };
            view.generated = Some(format!("{expression} {kind}"));
        }
    }
    if let Some(expression) = &column.own.on_update {
        let default = view.default.unwrap_or_default();
        view.default = Some(
            format!("{default} ON UPDATE {expression}")
                .trim()
                .to_owned(),
        );
    }
    view
}

fn class(data_type: &DataType) -> TypeClass {
    match data_type {
        DataType::Integer { width: Some(1), .. } => TypeClass::Boolean,
        DataType::Integer { .. } | DataType::Year => TypeClass::Integer,
        DataType::Decimal { .. } => TypeClass::Decimal,
        DataType::Float { .. } | DataType::Double { .. } => TypeClass::Float,
        DataType::Date
        | DataType::Time { .. }
        | DataType::DateTime { .. }
        | DataType::Timestamp { .. } => TypeClass::Time,
        DataType::Char { .. } | DataType::Varchar { .. } | DataType::Text(_) => TypeClass::Text,
        _ => TypeClass::Other,
    }
}

fn most_characters(data_type: &DataType) -> Option<u32> {
    match data_type {
        DataType::Char { length } => Some(length.unwrap_or(1)),
        DataType::Varchar { length } => Some(*length),
        DataType::Text(LobSize::Tiny) => Some(LobSize::Tiny.most_bytes()),
        _ => None,
    }
}

fn key(key: &ForeignKey) -> Key {
    let actions = [("DELETE", key.on_delete), ("UPDATE", key.on_update)];
    let told = actions.into_iter().filter_map(|(event, action)| {
        let action = match action {
            ReferentialAction::NoAction => return None,
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        };
        Some(format!("ON {event} {action}"))
    });
    Key {
        name: key.name.clone(),
        columns: key.columns.clone(),
        table: shown(&key.referenced_table),
        target: None,
        referenced_columns: key.referenced_columns.clone(),
        actions: joined(&told.collect::<Vec<_>>()),
        by_name: false,
    }
}

fn index(index: &mysql_model::Index) -> Index {
    let is_plain =
        |part: &mysql_model::IndexPart| part.order.is_none() && part.own.length.is_none();
    let columns = index
        .plain_columns()
        .filter(|_| index.parts.iter().all(is_plain))
        .map(|names| names.into_iter().map(str::to_owned).collect());
    let method = match index.own.kind {
        IndexKind::Fulltext => "fulltext",
        IndexKind::Spatial => "spatial",
        IndexKind::Ordinary => index
            .own
            .using
            .as_deref()
            .filter(|using| !using.eq_ignore_ascii_case("btree"))
            .unwrap_or_default(),
    };
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
                if let Some(length) = part.own.length {
                    text = format!("{text}({length})");
                }
                if let Some(order) = &part.order {
                    text = format!("{text} {order}");
                }
                text
            })
            .collect(),
        columns,
        unique: index.unique,
        further: if index.own.invisible {
            "INVISIBLE".to_owned()
        } else {
            String::new()
        },
        method: method.to_lowercase(),
        comment: said(index.comment.as_ref()),
        ..Index::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;
    use mysql_model::{AutoIncrement, IntegerSize, PrimaryKey, Statement};

    #[test]
    fn a_table_is_told_in_its_own_words() {
        let mut users = mysql_model::Table::new(QualifiedName::bare("users"));
        let mut id = mysql_model::Column::new(
            "id",
            DataType::Integer {
                size: IntegerSize::Big,
                unsigned: false,
                width: None,
                zerofill: false,
            },
        );
        id.value = ColumnValue::Numbered(AutoIncrement);
        users.columns.push(id);
        users.columns.push(mysql_model::Column::new(
            "name",
            DataType::Varchar { length: 80 },
        ));
        users.primary_key = Some(PrimaryKey {
            name: None,
            columns: vec!["id".into()],
        });
        users.own.charset = Some("utf8mb4".into());
        users.options = Some("ENGINE=InnoDB PARTITION BY HASH (id)".into());
        let schema = Schema {
            tables: vec![users],
            statements: [
                "CREATE TRIGGER `touch` BEFORE UPDATE ON `users` FOR EACH ROW CALL Clean()",
                "CREATE OR REPLACE VIEW recent AS SELECT `users`.`id`, u.name AS `Title` FROM `users` LEFT JOIN users u ON 1",
                "CREATE DEFINER=`a`@`%` PROCEDURE clean() BEGIN DELETE FROM users; END",
                "SELECT 2",
            ]
            .map(|sql| Statement {
                sql: sql.to_owned(),
                tables_before: 1,
            })
            .into(),
            ..Schema::default()
        };
        let view = of_mysql(&schema, Server::MariaDb);
        let table = &view.tables[0];
        assert_eq!(view.database, "MariaDB");
        assert_eq!(table.columns[0].type_text, "bigint");
        assert_eq!(
            table.columns[0].numbered,
            Some(Numbered("AUTO_INCREMENT".into()))
        );
        assert!(!table.columns[0].nullable && table.columns[1].nullable);
        assert_eq!(
            table.options.as_deref(),
            Some("CHARSET=utf8mb4 ENGINE=InnoDB")
        );
        assert_eq!(table.partition_by.as_deref(), Some("HASH (id)"));
        assert_eq!(table.triggers[0].name, "touch");
        let objects: Vec<_> = view
            .objects
            .iter()
            .map(|object| (object.kind.as_str(), object.name.as_str()))
            .collect();
        assert_eq!(
            objects,
            [("view", "recent"), ("procedure", "clean"), ("", "")]
        );
        let uses = |position: usize| &view.objects[position].uses;
        assert_eq!(*uses(0), [Target::Table(0)]);
        assert_eq!(*uses(1), [Target::Table(0)]);
        assert_eq!(table.triggers[0].uses, [Target::Object(1)]);
        let columns = view.objects[0].columns.iter();
        let columns: Vec<_> = columns
            .map(|column| (column.name.as_str(), column.type_text.as_str()))
            .collect();
        assert_eq!(columns, [("id", "bigint"), ("Title", "varchar(80)")]);
    }
}
