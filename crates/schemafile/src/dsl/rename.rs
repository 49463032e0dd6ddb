//! Calls that give a table, a column or an index another name.
//!
//! Default names of indexes follow, as ActiveRecord has it. What SQL text says of a column isn't rewritten: such
//! a column keeps its name, with an error that says why.

use super::{Dsl, arguments};
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::names;
use crate::ruby::{Call, Interpreter, Value};
use crate::source::Span;
use schema_model::{ColumnValue, IndexKey, QualifiedName};
use sql_text::mentions;

/// `rename_column "table", "old", "new"`
pub(crate) fn rename_column<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::refuse_unknown_options(interpreter, call, &[]);
    let Some((table, (old, old_span))) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let Some((new, new_span)) =
        arguments::name_argument(interpreter, call, 2, "a table and two names")
    else {
        return Value::Nil;
    };
    let shortened = dsl.rules().long_index_names_are_shortened();
    let Some(found) = dsl.draft.table_mut(&table) else {
        return Value::Nil;
    };
    if found.column(&new).is_some() {
        let message = format!("table \"{}\" already has a column \"{new}\"", found.raw);
        interpreter.fail(new_span, message);
        return Value::Nil;
    }
    if let Some(what) = expression_on(found, &old) {
        interpreter.report(
            Diagnostic::error(
                old_span,
                format!("column \"{old}\" can't be renamed here: {what} speaks of it"),
            )
            .hint("give the column its new name where the table is created"),
        );
        return Value::Nil;
    }
    found.rename_column(&old, &new);
    let rename = |columns: &mut Vec<String>| {
        for column in columns.iter_mut().filter(|column| **column == old) {
            column.clone_from(&new);
        }
    };
    if let Some(key) = &mut found.table.primary_key {
        rename(&mut key.columns);
    }
    A::rename_in_own(&mut found.table, &old, &new);
    for key in &mut found.table.foreign_keys {
        rename(&mut key.columns);
    }
    let bare = found.table.name.name.clone();
    let mut renamed = Vec::new();
    for index in &mut found.table.indexes {
        let before: Option<Vec<String>> = index
            .plain_columns()
            .map(|columns| columns.into_iter().map(str::to_owned).collect());
        for part in &mut index.parts {
            if part.key == IndexKey::Column(old.clone()) {
                part.key = IndexKey::Column(new.clone());
            }
        }
        let (Some(before), Some(after)) = (before, index.plain_columns()) else {
            continue;
        };
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        if index.name == default_name(shortened, &bare, &before) {
            let name = default_name(shortened, &bare, &after);
            renamed.push((std::mem::replace(&mut index.name, name.clone()), name));
        }
    }
    dsl.rename_relations(&table, &renamed, new_span);
    let target = A::canonical(&table);
    for other in dsl.draft.tables_mut() {
        for key in &mut other.table.foreign_keys {
            if A::canonical(&key.referenced_table) == target {
                for column in key
                    .referenced_columns
                    .iter_mut()
                    .filter(|column| **column == old)
                {
                    column.clone_from(&new);
                }
            }
        }
    }
    Value::Nil
}

fn default_name(shortened: bool, table: &str, columns: &[&str]) -> String {
    if shortened {
        names::short_index(table, columns)
    } else {
        names::index(table, columns)
    }
}

/// What of a table holds SQL text that speaks of a column.
fn expression_on<A: Adapter>(table: &DraftTable<A>, column: &str) -> Option<&'static str> {
    let table = &table.table;
    if table
        .checks
        .iter()
        .any(|check| mentions(&check.expression, column))
    {
        return Some("a check constraint");
    }
    if let Some(what) = A::own_text_on(table, column) {
        return Some(what);
    }
    let in_index = table.indexes.iter().any(|index| {
        A::index_mentions(index, column)
            || index.parts.iter().any(
                |part| matches!(&part.key, IndexKey::Expression(text) if mentions(text, column)),
            )
    });
    if in_index {
        return Some("an index");
    }
    let generated = table.columns.iter().any(
        |other| matches!(&other.value, ColumnValue::Generated { expression, .. } if mentions(expression, column)),
    );
    generated.then_some("a generated column")
}

/// `rename_index "table", "old", "new"`
pub(crate) fn rename_index<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::refuse_unknown_options(interpreter, call, &[]);
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let old = arguments::name_argument(interpreter, call, 1, "a table and two names");
    let new = arguments::name_argument(interpreter, call, 2, "a table and two names");
    let (Some((old, span)), Some((new, new_span))) = (old, new) else {
        return Value::Nil;
    };
    let Some(found) = dsl.draft.table_mut(&table) else {
        return Value::Nil;
    };
    if let Some(index) = found
        .table
        .indexes
        .iter_mut()
        .find(|index| index.name == old)
    {
        index.name.clone_from(&new);
        dsl.rename_relations(&table, &[(old, new)], new_span);
    } else {
        let hint = did_you_mean(
            &old,
            found.table.indexes.iter().map(|index| index.name.as_str()),
        );
        let message = format!("table \"{}\" has no index \"{old}\"", found.raw);
        interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
    }
    Value::Nil
}

/// `rename_table "old", "new"`
pub(crate) fn rename_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    (old, old_span): (&str, Span),
    (new, new_span): (&str, Span),
) {
    let old_name = names::qualified(old);
    let new_name = names::qualified(new);
    if dsl.draft.table(&old_name).is_none() {
        dsl.missing_table(interpreter, "rename_table on", old, old_span);
        return;
    }
    if dsl.draft.relation(&new_name).is_some() {
        interpreter.fail(new_span, format!("table \"{new}\" is already defined"));
        return;
    }
    let shortened = dsl.rules().long_index_names_are_shortened();
    // Taken out, changed, and put back in its place among the tables.
    let target = A::canonical(&old_name);
    let Some(mut table) = dsl.draft.take_table(&old_name) else {
        return;
    };
    let made_at = table.made_at;
    table.raw = new.into();
    table.table.name = new_name.clone();
    for index in &mut table.table.indexes {
        if let Some(columns) = index.plain_columns()
            && index.name == default_name(shortened, &old_name.name, &columns)
        {
            index.name = default_name(shortened, &new_name.name, &columns);
        }
    }
    let indexes: Vec<QualifiedName> = table
        .table
        .indexes
        .iter()
        .map(|index| table.index_name(&index.name))
        .collect();
    for key in &mut table.table.foreign_keys {
        if A::canonical(&key.referenced_table) == target {
            key.referenced_table = new_name.clone();
        }
    }
    dsl.draft.add_table(table);
    if let Some(table) = dsl.draft.table_mut(&new_name) {
        table.made_at = made_at;
    }
    for index in indexes {
        dsl.draft.note_relation(&index, new_span);
    }
    for other in dsl.draft.tables_mut() {
        for key in &mut other.table.foreign_keys {
            if A::canonical(&key.referenced_table) == target {
                key.referenced_table = new_name.clone();
            }
        }
    }
}

impl<A: Adapter> Dsl<A> {
    fn rename_relations(
        &mut self,
        table: &QualifiedName,
        renamed: &[(String, String)],
        span: Span,
    ) {
        for (old, new) in renamed {
            let name = |name: &String| A::index_place(table, name);
            self.draft.forget_relation(&name(old));
            self.draft.note_relation(&name(new), span);
        }
    }
}
