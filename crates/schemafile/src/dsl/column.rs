//! Calls that add columns to the table being built.

use super::arguments::{OptionList, name_of};
use super::{Dsl, index};
use crate::diagnostic::Diagnostic;
use crate::draft::{MOST_COLUMNS, Put};
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use std::rc::Rc;

/// A type's name with its place.
#[derive(Debug, Clone)]
pub(super) struct TypeName {
    pub(super) name: Rc<str>,
    pub(super) span: Span,
}

/// `t.column "name", :type, …`
pub(super) fn t_column(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let name = Dsl::name_argument(interpreter, call, 0, "a column name and a type");
    let type_name = Dsl::name_argument(interpreter, call, 1, "a column name and a type");
    Dsl::no_more_arguments(interpreter, call, 2);
    let options = Dsl::options(interpreter, call);
    match (name, type_name) {
        (Some((name, span)), Some((type_name, type_span))) => {
            let type_name = TypeName {
                name: type_name.into(),
                span: type_span,
            };
            dsl.add_to_table(interpreter, (name, span), &type_name, options);
        }
        _ => options.finish(
            interpreter,
            super::column_definition::OPTIONS,
            "a column",
            dsl.unknown_options(),
        ),
    }
    Value::Nil
}

/// `t.timestamps`
pub(super) fn t_timestamps(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    if let Some(argument) = call.arguments.first() {
        interpreter.fail(argument.span, "`timestamps` takes no names");
    }
    let mut options = Dsl::options(interpreter, call);
    // Once, and not for both columns.
    let known = super::column_definition::options(dsl.is_ridgepole());
    options.refuse_unknown(interpreter, &known, "timestamps", dsl.unknown_options());
    for (name, options) in dsl.timestamps(call.name_span, &options) {
        let type_name = TypeName {
            name: "datetime".into(),
            span: call.name_span,
        };
        dsl.add_to_table(interpreter, (name, call.name_span), &type_name, options);
    }
    Value::Nil
}

/// Reports the first column that a table has no room for.
pub(super) fn too_many_columns(interpreter: &mut Interpreter<'_>, table: &str, span: Span) {
    interpreter.report(
        Diagnostic::error(
            span,
            format!("table \"{table}\" has more than {MOST_COLUMNS} columns, PostgreSQL's limit"),
        )
        .hint("the first column beyond it stands here"),
    );
}

impl Dsl {
    /// The two columns of `timestamps` with their options.
    pub(super) fn timestamps(&self, span: Span, options: &OptionList) -> Vec<(String, OptionList)> {
        let mut options = options.clone();
        let rules = self.rules();
        if self.is_ridgepole() {
            options.set_default("null", Value::Bool(false), span);
        } else {
            let given = options
                .get("null")
                .is_some_and(|null| !null.value.value.is_nil());
            if !given {
                let null = Value::Bool(!rules.timestamps_are_required());
                options.set("null", Located { value: null, span });
            }
            let precision = if rules.timestamps_have_precision() {
                Value::Integer(6)
            } else {
                Value::Nil
            };
            options.set_default("precision", precision, span);
        }
        ["created_at", "updated_at"]
            .into_iter()
            .map(|name| (name.to_owned(), options.clone()))
            .collect()
    }

    /// `t.string "a", "b", limit: 5` and the other types.
    pub(super) fn typed_columns(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
        type_name: &Rc<str>,
    ) {
        if call.arguments.is_empty() {
            interpreter.report(
                Diagnostic::error(
                    call.name_span,
                    format!("`{}` needs a column name", call.name),
                )
                .hint(format!("write `t.{} \"name\"`", call.name)),
            );
            return;
        }
        let mut options = Dsl::options(interpreter, call);
        let type_name = TypeName {
            name: Rc::clone(type_name),
            span: call.name_span,
        };
        for (position, argument) in call.arguments.iter().enumerate() {
            let is_last = position + 1 == call.arguments.len();
            let own = if is_last {
                std::mem::take(&mut options)
            } else {
                options.clone()
            };
            if let (Value::Integer(number), 1..) = (&argument.value, position) {
                interpreter.report(
                    Diagnostic::error(argument.span, "a name is needed here, not a number")
                        .hint(format!("a length is an option: `limit: {number}`")),
                );
            } else if let Some(name) = name_of(interpreter, argument) {
                self.add_to_table(interpreter, name, &type_name, own);
            }
        }
    }

    /// Adds a column to the table being built, with the index that it asks for.
    pub(super) fn add_to_table(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        (name, span): (String, Span),
        type_name: &TypeName,
        options: OptionList,
    ) {
        let ridgepole = self.is_ridgepole();
        let mut defined = self.define_column(interpreter, &name, type_name, options);
        let duplicates_allowed = !self.rules().duplicate_columns_are_errors();
        let Some(building) = self.building.last_mut() else {
            return;
        };
        if let Some(index) = &defined.index
            && index.value.truthy()
        {
            let options = OptionList::from_value(interpreter, "index", index);
            let pending = index::Pending {
                columns: Located {
                    value: Value::text(&name),
                    span,
                },
                options,
                place: span,
            };
            if ridgepole {
                self.deferred.add_index(
                    interpreter,
                    &building.draft.raw,
                    building.draft.span,
                    pending,
                );
            } else {
                building.indexes.push(pending);
            }
        }
        if defined.ignored {
            return;
        }
        let key = building.draft.table.primary_key.as_ref();
        let is_key = key.is_some_and(|key| key.columns.contains(&name));
        if let Some(first) = building.draft.column_span(&name)
            && !ridgepole
            && !duplicates_allowed
        {
            let table = &building.draft.raw;
            let what = if is_key { " (the primary key)" } else { "" };
            let message = format!("table \"{table}\" already has a column \"{name}\"{what}");
            let mut diagnostic = Diagnostic::error(span, message);
            if first != span && first != building.draft.span {
                diagnostic = diagnostic.related(first, "defined here first");
            }
            if is_key {
                diagnostic = diagnostic
                    .hint("for a key of your own, say `id: false` and `primary_key: true`");
            }
            interpreter.report(diagnostic);
            return;
        }
        if defined.primary_key {
            match key {
                Some(key) if !key.columns.contains(&name) => {
                    let message = format!(
                        "table \"{}\" already has the primary key \"{}\"",
                        building.draft.raw,
                        key.columns.join("\", \"")
                    );
                    interpreter.report(
                        Diagnostic::error(type_name.span, message)
                            .hint("say `id: false` in create_table to give the key yourself"),
                    );
                    return;
                }
                _ => {
                    building.draft.table.primary_key = Some(pg_model::PrimaryKey {
                        name: None,
                        columns: vec![name.clone()],
                    });
                    defined.column.not_null = true;
                }
            }
        }
        if let Some(first) = building.draft.column_span(&name).filter(|_| ridgepole) {
            let table = &building.draft.raw;
            let message = format!("table \"{table}\" already has a column \"{name}\"");
            interpreter.report(
                Diagnostic::warning(span, message)
                    .related(first, "defined here first")
                    .hint("ridgepole keeps the place of the first and the rest of the last"),
            );
        }
        let put = building.draft.put_column(defined.column, span);
        if put == Put::Full {
            let table = Rc::clone(&building.draft.raw);
            too_many_columns(interpreter, &table, span);
        }
    }
}
