//! `create_table` with all that stands in its block, and what of a table the DSL has no word for.

use super::column;
use crate::adapter::postgresql::sql::quoted;
use crate::names;
use crate::writer::call::Call;
use crate::writer::raw;
use crate::writer::ruby::{list, string, symbol};
use crate::writer::table::{self as shared, Form, per_column};
use pg_model::{
    CheckConstraint, Column, ColumnValue, ExclusionConstraint, Index, IndexKey, IndexPart,
    Numbering, Persistence, Table, TypeKind, UniqueConstraint,
};

/// `create_table "name", … do |t| … end`
pub(super) fn create_table(table: &Table) -> String {
    let checks = table.checks.iter().filter(|check| check.own.validated);
    let others = [
        table.indexes.iter().map(index).collect::<Vec<_>>(),
        checks
            .map(|check| check_constraint(table, check))
            .collect::<Vec<_>>(),
        table
            .own
            .exclusions
            .iter()
            .map(exclusion_constraint)
            .collect::<Vec<_>>(),
        table
            .own
            .uniques
            .iter()
            .map(unique_constraint)
            .collect::<Vec<_>>(),
    ];
    shared::create_table(
        table,
        &Form {
            texts: &[
                ("options", &table.options),
                ("as", &table.as_query),
                ("comment", &table.comment),
            ],
            is_temporary: table.own.persistence == Persistence::Temporary,
            key_options: &key_options,
            column: &column::column,
            others: others.concat(),
        },
    )
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
    options.extend(shared::id_options(&method, inner, &["default"]));
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
    let mut call = shared::index(index, part_text);
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
