//! Calls that change the columns of a table that there is, as a hand-kept schema.rb has them.

use super::Dsl;
use super::arguments::{self, OptionList, name_of};
use super::column::TypeName;
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::Put;
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use schema_model::{Column, ColumnValue, PrimaryKey, QualifiedName};
use std::rc::Rc;

/// `add_column "table", "name", :type, …`
pub(crate) fn add_column<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let name = arguments::name_argument(interpreter, call, 1, "a table, a name and a type");
    let type_name = arguments::name_argument(interpreter, call, 2, "a table, a name and a type");
    let options = arguments::options(interpreter, call);
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
pub(crate) fn add_columns<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let mut options = arguments::options(interpreter, call);
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
pub(crate) fn add_timestamps<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(table) = dsl.existing_table(interpreter, call) else {
        return Value::Nil;
    };
    let options = arguments::options(interpreter, call);
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
pub(crate) fn add_column_to<A: Adapter>(
    dsl: &mut Dsl<A>,
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
    A::check_column_name(interpreter, &name, span);
    let defined = A::define_column(dsl, interpreter, &name, type_name, options);
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
    if found.put_column_at(defined.column, span, defined.notes, &defined.position) == Put::Full {
        let table = Rc::clone(&found.raw);
        super::column::too_many_columns(dsl, interpreter, &table, span);
        return;
    }
    if let Some(index) = defined.index.filter(|index| index.value.truthy()) {
        let options = OptionList::from_value(interpreter, "index", &index);
        let pending = super::index::Pending {
            columns: Located {
                value: Value::text(&name),
                span,
            },
            options,
            place: span,
            asked: Some(index.span),
        };
        dsl.add_index(interpreter, table, pending);
    }
}

/// `change_column "table", "name", :type, …`
pub(crate) fn change_column<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let type_name = arguments::name_argument(interpreter, call, 2, "a table, a column and a type");
    let options = arguments::options(interpreter, call);
    let Some((type_name, span)) = type_name else {
        return Value::Nil;
    };
    let type_name = TypeName {
        name: type_name.into(),
        span,
    };
    let given = options.clone();
    let defined = A::define_column(dsl, interpreter, &column.0, &type_name, options);
    if let Some(old) = dsl.column_mut(&table, &column.0) {
        A::change_column(old, defined.column, &|name| given.has(name));
    }
    if let Some(found) = dsl.draft.table_mut(&table) {
        found.move_column(&column.0, &defined.position);
    }
    Value::Nil
}

/// `change_column_default "table", "name", value` or `from: …, to: …`
pub(crate) fn change_column_default<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    // Without a value of its own, what isn't `from:` and `to:` is the value: a hash, as for a column of JSON.
    if call.arguments.len() > 2 || option_to(interpreter, call).is_some() {
        arguments::refuse_unknown_options(interpreter, call, &["from", "to"]);
    }
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let Some(value) = new_value(interpreter, call) else {
        return Value::Nil;
    };
    let Some(changed) = dsl
        .draft
        .table(&table)
        .and_then(|table| table.column(&column.0))
        .cloned()
    else {
        return Value::Nil;
    };
    let default = if value.value.is_nil() {
        ColumnValue::None
    } else {
        A::changed_default(dsl, interpreter, &changed, &value)
    };
    if let Some(column) = dsl.column_mut(&table, &column.0) {
        column.value = default;
    }
    Value::Nil
}

/// `change_column_null "table", "name", false`
pub(crate) fn change_column_null<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::refuse_unknown_options(interpreter, call, &[]);
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
            if let Some(column) = dsl.column_mut(&table, &column.0) {
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
pub(crate) fn change_column_comment<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::refuse_unknown_options(interpreter, call, &["from", "to"]);
    let Some((table, column)) = dsl.existing_column(interpreter, call) else {
        return Value::Nil;
    };
    let comment = new_value(interpreter, call).and_then(|value| comment_of(&value));
    if let Some(column) = dsl.column_mut(&table, &column.0) {
        column.comment = comment;
    }
    Value::Nil
}

/// `change_table_comment "table", "text"`
pub(crate) fn change_table_comment<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::refuse_unknown_options(interpreter, call, &["from", "to"]);
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
    let mut options = arguments::options(interpreter, call);
    options.take("from")?;
    options.take("to").map(|entry| entry.value)
}

impl<A: Adapter> Dsl<A> {
    /// The table that a call names first, when it is there.
    pub(crate) fn existing_table(
        &self,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
    ) -> Option<QualifiedName> {
        let (raw, span) = arguments::name_argument(interpreter, call, 0, "a table name")?;
        let name = names::qualified(&raw);
        if self.draft.table(&name).is_none() {
            let what = format!("{} on", call.name);
            self.missing_table(interpreter, &what, &raw, span);
            return None;
        }
        Some(name)
    }

    fn column_mut(&mut self, table: &QualifiedName, column: &str) -> Option<&mut Column<A>> {
        self.draft.table_mut(table)?.column_mut(column)
    }

    /// The table and the column that a call names, when they are there.
    pub(crate) fn existing_column(
        &self,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
    ) -> Option<(QualifiedName, (String, Span))> {
        let table = self.existing_table(interpreter, call)?;
        let (column, span) =
            arguments::name_argument(interpreter, call, 1, "a table and a column")?;
        let found = self.draft.table(&table)?;
        if found.column(&column).is_none() {
            let hint = did_you_mean(&column, found.column_names());
            let message = format!("table \"{}\" has no column \"{column}\"", found.raw);
            interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
            return None;
        }
        Some((table, (column, span)))
    }
}
