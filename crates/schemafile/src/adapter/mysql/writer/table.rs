//! Tables with their indexes and checks.

use super::column::{self, Options};
use crate::adapter::Adapter;
use crate::names;
use crate::writer::call::Call;
use crate::writer::raw;
use crate::writer::ruby::{key, list, string, symbol};
use mysql_model::{
    CheckConstraint, Column, ColumnValue, DataType, ForeignKey, Index, IndexKey, IndexKind,
    IndexPart, IntegerSize, MySql, PrimaryKey, Server, Table,
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
    let mut options = Vec::new();
    let mut columns = table.columns.as_slice();
    match &table.primary_key {
        None => options.push("id: false".to_owned()),
        Some(PrimaryKey { columns: names, .. }) => {
            let first = columns
                .first()
                .filter(|first| names.as_slice() == [first.name.clone()]);
            match first.and_then(|first| key_options(first, server)) {
                Some(of_key) => {
                    options.extend(of_key);
                    columns = &columns[1..];
                }
                None => options.push(format!("primary_key: {}", list(names))),
            }
        }
    }
    if table.own.temporary {
        options.push("temporary: true".to_owned());
    }
    let texts = [
        ("charset", &table.own.charset),
        ("collation", &table.own.collation),
        ("options", &table.options),
        ("as", &table.as_query),
        ("comment", &table.comment),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            options.push(format!("{name}: {}", string(text)));
        }
    }
    options.push("force: :cascade".to_owned());
    let mut text = format!(
        "create_table {}, {} do |t|\n",
        string(&raw(&table.name)),
        options.join(", ")
    );
    let mut line = |content: String| {
        text.push_str("  ");
        text.push_str(&content);
        text.push('\n');
    };
    for column in columns {
        line(column::column(column, server));
    }
    for index in table.indexes.iter().filter(|index| is_sayable(index)) {
        line(self::index(index));
    }
    for index in indexes_of_keys(table) {
        line(index);
    }
    for check in table.checks.iter().filter(|check| is_sayable_check(check)) {
        line(check_constraint(table, check));
    }
    text.push_str("end\n");
    text
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
    let is_simple = inner
        .iter()
        .all(|(name, _)| matches!(*name, "default" | "unsigned"));
    if is_simple {
        options.push(format!("id: {}", symbol(&method)));
        options.extend(inner.iter().map(|(name, value)| format!("{name}: {value}")));
    } else {
        let mut pairs: Options = vec![("type", symbol(&method))];
        pairs.extend(inner);
        options.push(format!("id: {{ {} }}", column::joined(&pairs)));
    }
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
    let call = Call::new("t.index");
    let mut call = if let Some(columns) = index.plain_columns() {
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        call.argument(&list(&columns))
    } else {
        let parts: Vec<String> = index.parts.iter().map(part_text).collect();
        call.argument(&string(&parts.join(", ")))
    };
    call = call
        .text("name", Some(&index.name))
        .flag("unique", index.unique);
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

/// The value of an option that names the columns which it is for; none when none has it, or when there are expressions.
fn per_column(index: &Index, value: impl Fn(&IndexPart) -> Option<String>) -> Option<String> {
    index.plain_columns()?;
    let pairs: Vec<String> = index
        .parts
        .iter()
        .filter_map(|part| match &part.key {
            IndexKey::Column(name) => Some(format!("{}{}", key(name), value(part)?)),
            IndexKey::Expression(_) => None,
        })
        .collect();
    (!pairs.is_empty()).then(|| format!("{{ {} }}", pairs.join(", ")))
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
