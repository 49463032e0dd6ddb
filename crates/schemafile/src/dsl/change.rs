//! Calls that change what was made before, as a hand-kept schema.rb has them.

use super::Dsl;
use super::arguments::{OptionList, name_of, names_of};
use super::column::TypeName;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::{DraftTable, Put, in_public, mentions};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use schema_model::{ColumnValue, IndexKey, PrimaryKey, QualifiedName};
use std::rc::Rc;

/// `add_column "table", "name", :type, …`
pub(super) fn add_column(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let name = Dsl::name_argument(interpreter, call, 1, "a table, a name and a type");
    let type_name = Dsl::name_argument(interpreter, call, 2, "a table, a name and a type");
    let options = Dsl::options(interpreter, call);
    if let (Some(name), Some((type_name, span))) = (name, type_name) {
        let type_name = TypeName {
            name: type_name.into(),
            span,
        };
        add_column_to(dsl, interpreter, &table, name, &type_name, options);
    }
    Value::Nil
}

/// `add_columns "table", "a", "b", type: :string`
pub(super) fn add_columns(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let mut options = Dsl::options(interpreter, call);
    let Some((type_name, entry)) = options.take_text(interpreter, "type") else {
        return interpreter.fail(call.name_span, "`add_columns` needs `type:`");
    };
    let type_name = TypeName {
        name: type_name.into(),
        span: entry.value.span,
    };
    for argument in call.arguments.iter().skip(1) {
        if let Some(name) = name_of(interpreter, argument) {
            add_column_to(dsl, interpreter, &table, name, &type_name, options.clone());
        }
    }
    Value::Nil
}

/// `add_timestamps "table"`
pub(super) fn add_timestamps(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let options = Dsl::options(interpreter, call);
    for (name, options) in dsl.timestamps(call.name_span, &options) {
        let type_name = TypeName {
            name: "datetime".into(),
            span: call.name_span,
        };
        add_column_to(
            dsl,
            interpreter,
            &table,
            (name, call.name_span),
            &type_name,
            options,
        );
    }
    Value::Nil
}

/// Adds a column to a table that there is.
pub(super) fn add_column_to(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    table: &QualifiedName,
    (name, span): (String, Span),
    type_name: &TypeName,
    mut options: OptionList,
) {
    let if_not_exists = options.take_flag("if_not_exists");
    let exists = dsl
        .draft
        .table(table)
        .is_some_and(|table| table.column(&name).is_some());
    if exists && if_not_exists {
        return;
    }
    let defined = dsl.define_column(interpreter, &name, type_name, options);
    let Some(found) = dsl.draft.table_mut(table) else {
        return;
    };
    if let Some(first) = found.column_span(&name) {
        let message = format!("table \"{}\" already has a column \"{name}\"", found.raw);
        interpreter.report(Diagnostic::error(span, message).related(first, "defined here first"));
        return;
    }
    if defined.primary_key {
        found.table.primary_key = Some(PrimaryKey {
            name: None,
            columns: vec![name.clone()],
        });
    }
    if found.put_column(defined.column, span) == Put::Full {
        let table = Rc::clone(&found.raw);
        super::column::too_many_columns(interpreter, &table, span);
        return;
    }
    if let Some(index) = defined.index.filter(|index| index.value.truthy()) {
        let options = OptionList::from_value(interpreter, &index.value);
        let pending = super::index::Pending {
            columns: Located {
                value: Value::text(&name),
                span,
            },
            options,
            place: span,
        };
        dsl.add_index(interpreter, table, pending);
    }
}

/// `change_column "table", "name", :type, …`
pub(super) fn change_column(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let type_name = Dsl::name_argument(interpreter, call, 2, "a table, a column and a type");
    let options = Dsl::options(interpreter, call);
    let Some((type_name, span)) = type_name else {
        return Value::Nil;
    };
    let has = |name: &str| options.has(name);
    let (has_default, has_null, has_comment) = (has("default"), has("null"), has("comment"));
    let type_name = TypeName {
        name: type_name.into(),
        span,
    };
    let defined = dsl.define_column(interpreter, &column.0, &type_name, options);
    let changed = defined.column;
    if let Some(old) = dsl
        .draft
        .table_mut(&table)
        .and_then(|table| table.column_mut(&column.0))
    {
        old.data_type = changed.data_type;
        old.collation = changed.collation;
        if has_default {
            old.value = match changed.value {
                ColumnValue::Null => ColumnValue::None,
                value => value,
            };
        }
        if has_null {
            old.not_null = changed.not_null;
        }
        if has_comment {
            old.comment = changed.comment;
        }
    }
    Value::Nil
}

/// `change_column_default "table", "name", value` or `from: …, to: …`
pub(super) fn change_column_default(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let Some(value) = new_value(interpreter, call) else {
        return Value::Nil;
    };
    let Some(data_type) = dsl
        .draft
        .table(&table)
        .and_then(|table| table.column(&column.0))
        .map(|column| column.data_type.clone())
    else {
        return Value::Nil;
    };
    let declared = if matches!(data_type.kind, schema_model::TypeKind::Uuid) {
        "uuid"
    } else {
        ""
    };
    let default = if value.value.is_nil() {
        ColumnValue::None
    } else {
        dsl.default_value(interpreter, &data_type, declared, (&column.0, &value))
    };
    if let Some(column) = dsl
        .draft
        .table_mut(&table)
        .and_then(|table| table.column_mut(&column.0))
    {
        column.value = default;
    }
    Value::Nil
}

/// `change_column_null "table", "name", false`
pub(super) fn change_column_null(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    match call
        .arguments
        .get(2)
        .map(|argument| (&argument.value, argument.span))
    {
        Some((Value::Bool(nullable), _)) => {
            let not_null = !nullable;
            if let Some(column) = dsl
                .draft
                .table_mut(&table)
                .and_then(|table| table.column_mut(&column.0))
            {
                column.not_null = not_null;
            }
        }
        other => {
            let span = other.map_or(call.name_span, |(_, span)| span);
            interpreter.fail(
                span,
                format!("`{}` needs true (NULL allowed) or false", call.name),
            );
        }
    }
    Value::Nil
}

/// `change_column_comment "table", "name", "text"`
pub(super) fn change_column_comment(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let comment = new_value(interpreter, call).and_then(|value| comment_of(&value));
    if let Some(column) = dsl
        .draft
        .table_mut(&table)
        .and_then(|table| table.column_mut(&column.0))
    {
        column.comment = comment;
    }
    Value::Nil
}

/// `change_table_comment "table", "text"`
pub(super) fn change_table_comment(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let value = match call.arguments.get(1) {
        Some(value) => Some(value.clone()),
        None => option_to(interpreter, call),
    };
    let comment = value.and_then(|value| comment_of(&value));
    if let Some(table) = dsl.draft.table_mut(&table) {
        table.table.comment = comment;
    }
    Value::Nil
}

fn comment_of(value: &Located) -> Option<String> {
    value
        .value
        .to_text()
        .map(std::borrow::Cow::into_owned)
        .filter(|text| !text.is_empty())
}

/// The third argument, or the option `to:`.
fn new_value(interpreter: &mut Interpreter<'_>, call: &Call) -> Option<Located> {
    if let Some(value) = call.arguments.get(2) {
        return Some(value.clone());
    }
    match option_to(interpreter, call) {
        Some(value) => Some(value),
        // A hash without `to:` is the value itself, as for a column of JSON.
        None if !call.options.is_empty() => Some(Located {
            value: Value::Hash(call.options.clone().into()),
            span: call.span,
        }),
        None => {
            interpreter.fail(call.name_span, format!("`{}` needs a value", call.name));
            None
        }
    }
}

fn option_to(interpreter: &mut Interpreter<'_>, call: &Call) -> Option<Located> {
    let mut options = Dsl::options(interpreter, call);
    options.take("from")?;
    options.take("to").map(|entry| entry.value)
}

/// `rename_column "table", "old", "new"`
pub(super) fn rename_column(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((table, (old, old_span))) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let Some((new, new_span)) = Dsl::name_argument(interpreter, call, 2, "a table and two names")
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
    for unique in &mut found.table.uniques {
        rename(&mut unique.columns);
    }
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
        rename(&mut index.include);
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
    let target = in_public(&table);
    for other in dsl.draft.tables_mut() {
        for key in &mut other.table.foreign_keys {
            if in_public(&key.referenced_table) == target {
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
fn expression_on(table: &DraftTable, column: &str) -> Option<&'static str> {
    let table = &table.table;
    if table
        .checks
        .iter()
        .any(|check| mentions(&check.expression, column))
    {
        return Some("a check constraint");
    }
    if table
        .exclusions
        .iter()
        .any(|exclusion| mentions(&exclusion.elements, column))
    {
        return Some("an exclusion constraint");
    }
    let in_index =
        table.indexes.iter().any(|index| {
            index.predicate.as_deref().is_some_and(|text| mentions(text, column))
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

/// `remove_column "table", "a"`, `remove_columns "table", "a", "b"`
pub(super) fn remove_column(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let mut options = Dsl::options(interpreter, call);
    let if_exists = options.take_flag("if_exists");
    let several = call.name.as_ref() != "remove_column";
    let names = call
        .arguments
        .iter()
        .skip(1)
        .take(if several { usize::MAX } else { 1 });
    for argument in names {
        let Some((column, span)) = name_of(interpreter, argument) else {
            continue;
        };
        let Some(found) = dsl.draft.table_mut(&table) else {
            continue;
        };
        if found.column(&column).is_none() {
            if !if_exists {
                let hint = did_you_mean(&column, found.column_names());
                let message = format!("table \"{}\" has no column \"{column}\"", found.raw);
                interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
            }
            continue;
        }
        found.remove_column(&column);
        let inner = &mut found.table;
        let mut gone = Vec::new();
        inner.indexes.retain(|index| {
            let uses = index.include.contains(&column)
                || index
                    .predicate
                    .as_deref()
                    .is_some_and(|text| mentions(text, &column))
                || index.parts.iter().any(|part| match &part.key {
                    IndexKey::Column(name) => *name == column,
                    IndexKey::Expression(text) => mentions(text, &column),
                });
            if uses {
                gone.push(index.name.clone());
            }
            !uses
        });
        inner
            .foreign_keys
            .retain(|key| !key.columns.contains(&column));
        inner
            .uniques
            .retain(|unique| !unique.columns.contains(&column));
        inner
            .checks
            .retain(|check| !mentions(&check.expression, &column));
        inner
            .exclusions
            .retain(|exclusion| !mentions(&exclusion.elements, &column));
        if inner
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column))
        {
            inner.primary_key = None;
        }
        let names: Vec<QualifiedName> = gone.iter().map(|name| found.index_name(name)).collect();
        for name in names {
            dsl.draft.forget_relation(&name);
        }
    }
    Value::Nil
}

/// `remove_index "table", "column"` or `name: …`
pub(super) fn remove_index(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let mut options = Dsl::options(interpreter, call);
    let if_exists = options.take_flag("if_exists");
    let name = options.take_text(interpreter, "name").map(|(name, _)| name);
    let column = call
        .arguments
        .get(1)
        .cloned()
        .or_else(|| options.take("column").map(|entry| entry.value));
    let columns: Vec<String> = match &column {
        Some(column) => names_of(interpreter, column)
            .into_iter()
            .map(|(name, _)| name)
            .collect(),
        None => Vec::new(),
    };
    let Some(found) = dsl.draft.table_mut(&table) else {
        return Value::Nil;
    };
    let position = found.table.indexes.iter().position(|index| {
        name.as_ref().is_none_or(|name| index.name == *name)
            && (columns.is_empty()
                || index
                    .plain_columns()
                    .is_some_and(|plain| plain.iter().eq(columns.iter())))
    });
    match position {
        Some(position) if name.is_some() || !columns.is_empty() => {
            let index = found.table.indexes.remove(position);
            let name = found.index_name(&index.name);
            dsl.draft.forget_relation(&name);
        }
        _ if if_exists => {}
        _ => {
            let message = format!("table \"{}\" has no such index", found.raw);
            interpreter.fail(call.name_span, message);
        }
    }
    Value::Nil
}

/// `remove_foreign_key "from", "to"` or `column: …` or `name: …`
pub(super) fn remove_foreign_key(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let mut options = Dsl::options(interpreter, call);
    let if_exists = options.take_flag("if_exists");
    let name = options.take_text(interpreter, "name").map(|(name, _)| name);
    let column = options
        .take_text(interpreter, "column")
        .map(|(column, _)| column);
    let to = match call.arguments.get(1) {
        Some(argument) => name_of(interpreter, argument).map(|(to, _)| names::qualified(&to)),
        None => None,
    };
    let Some(found) = dsl.draft.table_mut(&table) else {
        return Value::Nil;
    };
    let position = found.table.foreign_keys.iter().position(|key| {
        name.as_ref().is_none_or(|name| key.name == *name)
            && column
                .as_ref()
                .is_none_or(|column| key.columns == [column.as_str()])
            && to
                .as_ref()
                .is_none_or(|to| in_public(&key.referenced_table) == in_public(to))
    });
    match position {
        Some(position) if name.is_some() || column.is_some() || to.is_some() => {
            let key = found.table.foreign_keys.remove(position);
            found.forget_constraint(&key.name);
        }
        _ if if_exists => {}
        _ => {
            let message = format!("table \"{}\" has no such foreign key", found.raw);
            interpreter.fail(call.name_span, message);
        }
    }
    Value::Nil
}

/// `rename_index "table", "old", "new"`
pub(super) fn rename_index(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let old = Dsl::name_argument(interpreter, call, 1, "a table and two names");
    let new = Dsl::name_argument(interpreter, call, 2, "a table and two names");
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
pub(super) fn rename_table(
    dsl: &mut Dsl,
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
    // Taken out without its keys' being dropped, changed, and put back in its place among the tables.
    let target = in_public(&old_name);
    let Some(mut table) = dsl.draft.remove_table(&old_name, false) else {
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
        if in_public(&key.referenced_table) == target {
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
            if in_public(&key.referenced_table) == target {
                key.referenced_table = new_name.clone();
            }
        }
    }
}

impl Dsl {
    /// The table that a call names first, when it is there.
    fn existing_table(
        &self,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
    ) -> Option<QualifiedName> {
        let (raw, span) = Self::name_argument(interpreter, call, 0, "a table name")?;
        let name = names::qualified(&raw);
        if self.draft.table(&name).is_none() {
            let what = format!("{} on", call.name);
            self.missing_table(interpreter, &what, &raw, span);
            return None;
        }
        Some(name)
    }

    /// The table and the column that a call names, when they are there.
    fn existing_column(
        &self,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
    ) -> Option<(QualifiedName, (String, Span))> {
        let table = self.existing_table(interpreter, call)?;
        let (column, span) = Self::name_argument(interpreter, call, 1, "a table and a column")?;
        let found = self.draft.table(&table)?;
        if found.column(&column).is_none() {
            let hint = did_you_mean(&column, found.column_names());
            let message = format!("table \"{}\" has no column \"{column}\"", found.raw);
            interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
            return None;
        }
        Some((table, (column, span)))
    }

    fn rename_relations(
        &mut self,
        table: &QualifiedName,
        renamed: &[(String, String)],
        span: Span,
    ) {
        for (old, new) in renamed {
            let name = |name: &String| QualifiedName {
                schema: table.schema.clone(),
                name: name.clone(),
            };
            self.draft.forget_relation(&name(old));
            self.draft.note_relation(&name(new), span);
        }
    }
}
