//! Tables with their indexes and checks.

use super::column;
use crate::adapter::Adapter;
use crate::names;
use crate::writer::call::Call;
use crate::writer::raw;
use crate::writer::ruby::{list, string, symbol};
use crate::writer::table::{self as shared, Form, per_column};
use mysql_model::{
    CheckConstraint, Column, ColumnValue, DataType, ForeignKey, Index, IndexKey, IndexKind,
    IndexPart, IntegerSize, MySql, Server, Table,
};
use mysql_text::{literal, quoted};
use std::fmt::Write as _;

/// Whether the DSL can make the table at all, and the reader would know its types.
pub(super) fn has_a_form(table: &Table, server: Server) -> bool {
    let has_point = |text: &str| text.contains(['.', '"']);
    let knows_indexes = server == Server::MySql
        || table
            .indexes
            .iter()
            .all(|index| index.plain_columns().is_some());
    !has_point(&table.name.name)
        && table.name.schema.is_none()
        && knows_indexes
        && table
            .columns
            .iter()
            .all(|column| column::is_known(&column.data_type))
}

/// `create_table "name", … do |t| … end`
pub(super) fn create_table(table: &Table, server: Server) -> String {
    let indexes = table.indexes.iter().filter(|index| is_sayable(index));
    let checks = table.checks.iter().filter(|check| is_sayable_check(check));
    let others = [
        indexes.map(index).collect::<Vec<_>>(),
        indexes_of_keys(table),
        checks
            .map(|check| check_constraint(table, check))
            .collect::<Vec<_>>(),
    ];
    shared::create_table(
        table,
        &Form {
            texts: &[
                ("charset", &table.own.charset),
                ("collation", &table.own.collation),
                ("options", &table.options),
                ("as", &table.as_query),
                ("comment", &table.comment),
            ],
            is_temporary: table.own.temporary,
            key_options: &|first| key_options(first, server),
            column: &|column| column::column(column, server),
            others: others.concat(),
        },
    )
}

/// The options `id:` and `primary_key:` that make a key of this first column; none when no option can.
fn key_options(column: &Column, server: Server) -> Option<Vec<String>> {
    let mut options = Vec::new();
    if column.name != "id" {
        options.push(format!("primary_key: {}", string(&column.name)));
    }
    if !column::is_sayable(column) {
        return None;
    }
    let (method, mut inner) = column::typed(&column.data_type, server);
    let is_word = |words: &[&str]| words.contains(&method.as_str());
    match &column.value {
        ColumnValue::Numbered(_) if !is_word(&["bigint", "integer"]) => return None,
        // Such keys count unless a default is given, whatever it is.
        ColumnValue::None if is_word(&["bigint", "integer"]) => {
            inner.push(("default", "nil".to_owned()));
        }
        ColumnValue::None | ColumnValue::Numbered(_) => {}
        ColumnValue::Default(_) => inner.extend(column::value(column, server)),
        ColumnValue::Null | ColumnValue::Generated { .. } => return None,
    }
    inner.extend(column::others(column));
    inner.retain(|(name, _)| *name != "null");
    let is_plain = matches!(
        column.data_type,
        DataType::Integer {
            size: IntegerSize::Big,
            unsigned: false,
            zerofill: false,
            ..
        }
    ) && matches!(column.value, ColumnValue::Numbered(_));
    if is_plain && inner.is_empty() {
        return Some(options);
    }
    options.extend(shared::id_options(&method, inner, &["default", "unsigned"]));
    Some(options)
}

fn check_constraint(table: &Table, check: &CheckConstraint) -> String {
    let default = names::check(&raw(&table.name), &check.expression);
    Call::new("t.check_constraint")
        .argument(&string(&check.expression))
        .text("name", (check.name != default).then_some(&check.name))
        .finish()
}

/// Whether the DSL can say a check: its name is written without quotes.
fn is_sayable_check(check: &CheckConstraint) -> bool {
    check.own.enforced && <MySql as Adapter>::check_name(&check.name).is_some()
}

fn is_sayable(index: &Index) -> bool {
    index.own.parser.is_none()
}

fn index(index: &Index) -> String {
    let mut call = shared::index(index, part_text);
    let lengths = per_column(index, |part| {
        part.own.length.map(|length| length.to_string())
    });
    let orders = per_column(index, |part| {
        part.order.as_ref().map(|_| ":desc".to_owned())
    });
    call = call
        .maybe("length", lengths.as_deref())
        .maybe("order", orders.as_deref());
    call = match index.own.kind {
        IndexKind::Ordinary => call,
        IndexKind::Fulltext => call.option("type", ":fulltext"),
        IndexKind::Spatial => call.option("type", ":spatial"),
    };
    if let Some(using) = &index.own.using {
        call = call.option("using", &symbol(using));
    }
    call = call.text("comment", index.comment.as_deref());
    if index.own.invisible {
        call = call.option("enabled", "false");
    }
    call.finish()
}

/// One part of an index as SQL.
fn part_text(part: &IndexPart) -> String {
    let mut text = match &part.key {
        IndexKey::Column(name) => quoted(name),
        IndexKey::Expression(text) => text.clone(),
    };
    if let Some(length) = part.own.length {
        let _ = write!(text, "({length})");
    }
    if let Some(order) = &part.order {
        text.push(' ');
        text.push_str(order);
    }
    text
}

/// Indexes that foreign keys would make for themselves: ridgepole wants them said.
fn indexes_of_keys(table: &Table) -> Vec<String> {
    let mut said: Vec<&ForeignKey> = Vec::new();
    let begins_so = |names: &[&str], key: &ForeignKey| {
        names.len() >= key.columns.len()
            && names
                .iter()
                .zip(&key.columns)
                .all(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    for key in &table.foreign_keys {
        let in_key = table.primary_key.as_ref().is_some_and(|primary| {
            let names: Vec<&str> = primary.columns.iter().map(String::as_str).collect();
            begins_so(&names, key)
        });
        let in_index = table.indexes.iter().any(|index| {
            index.own.kind == IndexKind::Ordinary
                && index.parts.iter().all(|part| part.own.length.is_none())
                && index
                    .plain_columns()
                    .is_some_and(|names| begins_so(&names, key))
        });
        let is_said = said.iter().any(|other| other.columns == key.columns);
        if !in_key && !in_index && !is_said {
            said.push(key);
        }
    }
    said.iter()
        .map(|key| {
            // The last of several on the same columns gives it its name.
            let name = table
                .foreign_keys
                .iter()
                .rev()
                .find(|other| other.columns == key.columns)
                .map_or(&key.name, |last| &last.name);
            Call::new("t.index")
                .argument(&list(&key.columns))
                .text("name", Some(name))
                .finish()
        })
        .collect()
}

/// What the DSL has no word for, as SQL that follows the table.
pub(super) fn beyond_the_dsl(table: &Table, server: Server) -> Vec<String> {
    let mut parts = Vec::new();
    for column in &table.columns {
        if !column::is_sayable(column) {
            parts.push(format!(
                "MODIFY COLUMN {}",
                mysql_sql::ddl::column_definition(column, server)
            ));
        }
    }
    if let (Some(key), Some(comment)) = (&table.primary_key, &table.own.primary_key_comment) {
        let names: Vec<String> = key.columns.iter().map(|name| quoted(name)).collect();
        parts.push("DROP PRIMARY KEY".to_owned());
        parts.push(format!(
            "ADD PRIMARY KEY ({}) COMMENT {}",
            names.join(", "),
            literal(comment)
        ));
    }
    for index in table.indexes.iter().filter(|index| !is_sayable(index)) {
        parts.push(format!(
            "ADD {}",
            mysql_sql::ddl::index_definition(index, server)
        ));
    }
    for check in table.checks.iter().filter(|check| !is_sayable_check(check)) {
        parts.push(format!("ADD {}", mysql_sql::ddl::check_constraint(check)));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "ALTER TABLE {} {}",
        crate::adapter::mysql::qualified(&table.name),
        parts.join(",\n  ")
    )]
}
