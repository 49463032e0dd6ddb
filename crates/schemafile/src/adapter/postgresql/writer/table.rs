//! `create_table` with all that stands in its block, and what of a table the DSL has no word for.

use super::column::{self, Options};
use crate::adapter::postgresql::sql::quoted;
use crate::names;
use crate::writer::call::Call;
use crate::writer::raw;
use crate::writer::ruby::{key, list, string, symbol};
use pg_model::{
    CheckConstraint, Column, ColumnValue, ExclusionConstraint, Index, IndexKey, IndexPart,
    Numbering, Persistence, PrimaryKey, Table, TypeKind, UniqueConstraint,
};

/// `create_table "name", … do |t| … end`
pub(super) fn create_table(table: &Table) -> String {
    let mut options = Vec::new();
    let mut columns = table.columns.as_slice();
    match &table.primary_key {
        None => options.push("id: false".to_owned()),
        Some(PrimaryKey { columns: names, .. }) => {
            let first = columns
                .first()
                .filter(|first| names.as_slice() == [first.name.clone()]);
            match first.and_then(key_options) {
                Some(of_key) => {
                    options.extend(of_key);
                    columns = &columns[1..];
                }
                None => options.push(format!("primary_key: {}", list(names))),
            }
        }
    }
    if table.own.persistence == Persistence::Temporary {
        options.push("temporary: true".to_owned());
    }
    if let Some(text) = &table.options {
        options.push(format!("options: {}", string(text)));
    }
    if let Some(query) = &table.as_query {
        options.push(format!("as: {}", string(query)));
    }
    if let Some(comment) = &table.comment {
        options.push(format!("comment: {}", string(comment)));
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
        line(column::column(column));
    }
    for index in &table.indexes {
        line(self::index(index));
    }
    for check in table.checks.iter().filter(|check| check.own.validated) {
        line(check_constraint(table, check));
    }
    for exclusion in &table.own.exclusions {
        line(exclusion_constraint(exclusion));
    }
    for unique in &table.own.uniques {
        line(unique_constraint(unique));
    }
    text.push_str("end\n");
    text
}

/// The options `id:` and `primary_key:` that make a key of this first column; none when no option can.
fn key_options(column: &Column) -> Option<Vec<String>> {
    let mut options = Vec::new();
    if column.name != "id" {
        options.push(format!("primary_key: {}", string(&column.name)));
    }
    if matches!(
        column.value,
        ColumnValue::Generated { .. } | ColumnValue::Null
    ) {
        return None;
    }
    // `id: { type: :integer, limit: 2 }` is a serial key of four bytes.
    if column.data_type.kind == TypeKind::SmallInt
        && column.value != ColumnValue::Numbered(Numbering::Serial)
    {
        return None;
    }
    let is_default = column.value == ColumnValue::Numbered(Numbering::Serial)
        && column.data_type.kind == TypeKind::BigInt
        && column.collation.is_none();
    if is_default {
        if let Some(comment) = &column.comment {
            options.push(format!("id: {{ comment: {} }}", string(comment)));
        }
        return Some(options);
    }
    let (method, mut inner) = column::definition(column);
    let may_be_filled_in = matches!(column.data_type.kind, TypeKind::Uuid)
        || matches!(column.data_type.kind, TypeKind::Integer | TypeKind::BigInt);
    if column.value == ColumnValue::None && may_be_filled_in {
        inner.push(("default", "nil".to_owned()));
    }
    inner.retain(|(name, _)| *name != "null");
    let is_simple = inner.iter().all(|(name, _)| *name == "default");
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
    // ActiveRecord writes the name as it is, so a name that would be folded needs quotes of SQL's.
    let name = if sql_text::fold(&check.name).as_ref() == Some(&check.name) {
        check.name.clone()
    } else {
        quoted(&check.name)
    };
    Call::new("t.check_constraint")
        .argument(&string(&check.expression))
        .text("name", (check.name != default).then_some(&name))
        .finish()
}

fn exclusion_constraint(exclusion: &ExclusionConstraint) -> String {
    let mut call = Call::new("t.exclusion_constraint")
        .argument(&string(&exclusion.elements))
        .text("where", exclusion.predicate.as_deref());
    if let Some(method) = &exclusion.method {
        call = call.option("using", &symbol(method));
    }
    call.maybe("deferrable", super::key::deferrable(exclusion.deferrable))
        .text("name", Some(&exclusion.name))
        .finish()
}

fn unique_constraint(unique: &UniqueConstraint) -> String {
    let call = Call::new("t.unique_constraint");
    let call = match &unique.using_index {
        Some(index) => call.text("using_index", Some(index)),
        None => call.argument(&list(&unique.columns)),
    };
    call.flag("nulls_not_distinct", unique.nulls_not_distinct)
        .maybe("deferrable", super::key::deferrable(unique.deferrable))
        .text("name", Some(&unique.name))
        .finish()
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
    let order = per_column(index, |part| {
        part.order.as_deref().map(|order| match order {
            "DESC" => ":desc".to_owned(),
            other => string(other),
        })
    });
    if let Some(order) = order {
        call = call.option("order", &order);
    }
    call = call.text("where", index.own.predicate.as_deref());
    if !index.own.method.eq_ignore_ascii_case("btree") {
        call = call.option("using", &symbol(&index.own.method));
    }
    if let Some(classes) = per_column(index, |part| part.own.operator_class.as_deref().map(symbol))
    {
        call = call.option("opclass", &classes);
    }
    if !index.own.include.is_empty() {
        call = call.option("include", &list(&index.own.include));
    }
    call.flag("nulls_not_distinct", index.own.nulls_not_distinct)
        .text("comment", index.comment.as_deref())
        .finish()
}

/// One part of an index as SQL.
fn part_text(part: &IndexPart) -> String {
    let key = match &part.key {
        IndexKey::Column(name) => quoted(name),
        IndexKey::Expression(text) => text.clone(),
    };
    [
        Some(key.as_str()),
        part.own.operator_class.as_deref(),
        part.order.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ")
}

/// The value of an option that names the columns which it is for; none when all parts aren't plain columns, or when none
/// has it.
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

/// What the DSL has no word for, as SQL that follows the table.
pub(super) fn beyond_the_dsl(table: &Table) -> Vec<String> {
    let mut statements = Vec::new();
    let name = crate::adapter::postgresql::sql::qualified(&table.name);
    if table.own.persistence == Persistence::Unlogged {
        statements.push(format!("ALTER TABLE {name} SET UNLOGGED"));
    }
    for check in table.checks.iter().filter(|check| !check.own.validated) {
        statements.push(format!(
            "ALTER TABLE {name} ADD CONSTRAINT {} CHECK ({}) NOT VALID",
            quoted(&check.name),
            check.expression
        ));
    }
    for key in &table.foreign_keys {
        if !crate::writer::has_a_word(key) {
            statements.push(crate::adapter::postgresql::sql::add_foreign_key(
                &table.name,
                key,
            ));
        }
    }
    statements
}
