//! `CREATE TABLE`.

use crate::column::{self, BINARY_OF_SET, Definition};
use crate::key::{self, Part};
use crate::options::apply;
use mysql_model::{
    Column, DataType, Index, IndexKey, IndexPart, LobSize, MySqlIndex, MySqlIndexPart, PrimaryKey,
    QualifiedName, Server, Table,
};
use mysql_text::options;
use mysql_text::{Cursor, list};

/// Reads a table from behind its name on; none when it has something that the model has no word for.
pub(crate) fn read(name: QualifiedName, cursor: &mut Cursor<'_>, server: Server) -> Option<Table> {
    let mut table = Table::new(name);
    // A query may follow that gives the columns.
    if cursor.sees(&["("]) && !cursor.sees(&["(", "select"]) {
        let elements = cursor.parenthesised()?;
        let mut definitions = Vec::new();
        let mut parts = Vec::new();
        for element in list(elements) {
            let mut inner = Cursor::new(element);
            if key::begins(&inner) {
                parts.push(key::read(&mut inner)?);
                if !inner.is_at_end() {
                    return None;
                }
            } else {
                let (definition, rest) = column::read(inner)?;
                if !rest.is_at_end() {
                    return None;
                }
                definitions.push(definition);
            }
        }
        for definition in &definitions {
            table.columns.push(definition.column.clone());
        }
        for definition in definitions {
            add_parts_of_column(&mut table, definition, server);
        }
        for part in parts {
            add_part(&mut table, part, server);
        }
    }
    apply(options::read(cursor)?, &mut table)?;
    for position in 0..table.columns.len() {
        settle_binary(&mut table, position);
        settle_json(&mut table, position);
    }
    Some(table)
}

/// Adds what a column's definition says of its table.
pub(crate) fn add_parts_of_column(table: &mut Table, definition: Definition, server: Server) {
    let name = definition.column.name;
    if definition.is_primary {
        add_part(
            table,
            Part::PrimaryKey {
                columns: vec![name.clone()],
                comment: None,
            },
            server,
        );
    }
    if definition.is_unique {
        let index = Index {
            name: String::new(),
            unique: true,
            parts: vec![IndexPart {
                key: IndexKey::Column(name.clone()),
                order: None,
                own: MySqlIndexPart::default(),
            }],
            comment: None,
            own: MySqlIndex::default(),
        };
        key::add_index(table, None, index);
    }
    for check in definition.checks {
        let own = table.columns.iter_mut().find(|own| own.name == name);
        match (server, own) {
            // There such a check is part of the column.
            (Server::MariaDb, Some(own)) if check.name.is_none() && own.own.check.is_none() => {
                own.own.check = Some(check.expression);
            }
            _ => check.add_to(table, server),
        }
    }
    if let Some(references) = definition.references {
        key::add_foreign_key(table, None, vec![name], references);
    }
}

/// Adds a part that stands by itself.
pub(crate) fn add_part(table: &mut Table, part: Part, server: Server) {
    match part {
        Part::PrimaryKey { columns, comment } => {
            for column in &mut table.columns {
                if columns
                    .iter()
                    .any(|key| key.eq_ignore_ascii_case(&column.name))
                {
                    column.not_null = true;
                }
            }
            table.own.primary_key_comment = comment;
            table.primary_key = Some(PrimaryKey {
                name: None,
                columns,
            });
        }
        Part::Index(name, index) => key::add_index(table, name, index),
        Part::ForeignKey(name, columns, references) => {
            key::add_foreign_key(table, name, columns, references);
        }
        Part::Check(check) => check.add_to(table, server),
    }
}

/// A text that is `BINARY` has the binary collation of its character set, which may be the table's.
pub(crate) fn settle_binary(table: &mut Table, position: usize) {
    let of_table = table.own.collation.as_deref().map_or_else(
        || table.own.charset.clone(),
        |collation| collation.split('_').next().map(str::to_owned),
    );
    let Some(column) = table.columns.get_mut(position) else {
        return;
    };
    if column.collation.as_deref() == Some(BINARY_OF_SET) {
        let set = column.own.charset.clone().or(of_table);
        let set = set.unwrap_or_else(|| "utf8mb4".to_owned());
        column.collation = Some(format!("{}_bin", set.to_lowercase()));
    }
}

/// What `json` becomes in MariaDB is `json` again.
pub(crate) fn settle_json(table: &mut Table, position: usize) {
    let of_table = table.own.collation.clone();
    let Some(column) = table.columns.get_mut(position) else {
        return;
    };
    if column.data_type != DataType::Text(LobSize::Long) {
        return;
    }
    let collation = column.collation.as_ref().or(of_table.as_ref());
    let is_binary = collation.is_some_and(|name| name == "utf8mb4_bin");
    if is_binary
        && column
            .own
            .check
            .as_deref()
            .is_some_and(|text| is_json_check(column, text))
    {
        column.data_type = DataType::Json;
        column.collation = None;
        column.own.charset = None;
        column.own.check = None;
    }
}

fn is_json_check(column: &Column, text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.take(&["json_valid"])
        && cursor
            .columns()
            .is_some_and(|names| names == [column.name.clone()])
        && cursor.is_at_end()
}
