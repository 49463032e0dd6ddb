//! Calls that add columns to the table being built.

use super::arguments::{self, Entry, OptionList, name_of};
use super::{Dsl, index};
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::draft::{Position, Put};
use crate::fragment::{self, Part};
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use schema_model::{Column, PrimaryKey};
use std::rc::Rc;

/// A type's name with its place.
#[derive(Debug, Clone)]
pub(crate) struct TypeName {
    pub(crate) name: Rc<str>,
    pub(crate) span: Span,
}

/// A column that was read.
pub(crate) struct Defined<A: Adapter> {
    pub(crate) column: Column<A>,
    pub(crate) primary_key: bool,
    /// The value of its option `index:`.
    pub(crate) index: Option<Located>,
    /// ridgepole's `ignore: true`.
    pub(crate) ignored: bool,
    /// Where it goes when it is added to a table that there is.
    pub(crate) position: Position,
    /// What is remembered of it.
    pub(crate) notes: A::ColumnNotes,
}

/// What the option `precision:` says.
pub(crate) enum Precision {
    /// It isn't there, so a default may hold.
    Unsaid,
    /// It is nil, or no number, which was reported.
    Without,
    Digits(i128, Span),
}

impl Precision {
    pub(crate) fn take(interpreter: &mut Interpreter<'_>, options: &mut OptionList) -> Self {
        if !options.has("precision") {
            return Self::Unsaid;
        }
        match options.take_number(interpreter, "precision") {
            Some((digits, entry)) => Self::Digits(digits, entry.value.span),
            None => Self::Without,
        }
    }
}

/// Options that a column may have, with those that only ridgepole has.
pub(crate) fn column_options<A: Adapter>(is_ridgepole: bool) -> Vec<&'static str> {
    let own: &[&str] = if is_ridgepole {
        &["ignore", "renamed_from"]
    } else {
        &[]
    };
    A::COLUMN_OPTIONS.iter().chain(own).copied().collect()
}

/// The name of the type, which `t.virtual` says apart.
pub(crate) fn declared_type(
    interpreter: &mut Interpreter<'_>,
    name: &str,
    type_name: &TypeName,
    options: &mut OptionList,
) -> Option<Rc<str>> {
    if type_name.name.as_ref() != "virtual" {
        options.take("type");
        return Some(Rc::clone(&type_name.name));
    }
    let inner = options.take_text(interpreter, "type");
    if inner.is_none() {
        interpreter.report(
            Diagnostic::error(
                type_name.span,
                format!("virtual column \"{name}\" needs `type:`"),
            )
            .hint("say the type of the expression, such as `type: :decimal`"),
        );
    }
    inner.map(|(inner, _)| inner.into())
}

/// Whether the column is NOT NULL by its own words.
pub(crate) fn refuses_null(interpreter: &mut Interpreter<'_>, options: &mut OptionList) -> bool {
    let Some(entry) = options.take("null") else {
        return false;
    };
    if matches!(
        entry.value.value,
        Value::String(_) | Value::Symbol(_) | Value::Integer(_)
    ) {
        interpreter.report(
            Diagnostic::warning(
                entry.value.span,
                "`null:` is true or false; anything else is taken for true",
            )
            .hint("write `null: false` for a column that must have a value"),
        );
    }
    matches!(entry.value.value, Value::Bool(false))
}

/// The expression of a generated column.
pub(crate) fn expression<A: Adapter>(
    interpreter: &mut Interpreter<'_>,
    options: &mut OptionList,
) -> Option<(String, Entry)> {
    let (text, entry) = options.take_text(interpreter, "as")?;
    if text.trim().is_empty() {
        interpreter.fail(entry.value.span, "`as:` needs an SQL expression");
        return None;
    }
    fragment::check::<A>(interpreter, &text, entry.value.span, Part::Expression);
    Some((text, entry))
}

/// `t.column "name", :type, …`
pub(crate) fn t_column<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let name = arguments::name_argument(interpreter, call, 0, "a column name and a type");
    let type_name = arguments::name_argument(interpreter, call, 1, "a column name and a type");
    arguments::no_more_arguments(interpreter, call, 2);
    let options = arguments::options(interpreter, call);
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
            A::COLUMN_OPTIONS,
            "a column",
            dsl.unknown_options(),
        ),
    }
    Value::Nil
}

/// `t.timestamps`
pub(crate) fn t_timestamps<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    if let Some(argument) = call.arguments.first() {
        interpreter.fail(argument.span, "`timestamps` takes no names");
    }
    let mut options = arguments::options(interpreter, call);
    // Once, and not for both columns.
    let known = column_options::<A>(dsl.is_ridgepole());
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
pub(crate) fn too_many_columns<A: Adapter>(
    dsl: &Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    table: &str,
    span: Span,
) {
    interpreter.report(
        Diagnostic::error(
            span,
            format!(
                "table \"{table}\" has more than {} columns, {}'s limit",
                A::MOST_COLUMNS,
                A::database(&dsl.state)
            ),
        )
        .hint("the first column beyond it stands here"),
    );
}

impl<A: Adapter> Dsl<A> {
    /// The two columns of `timestamps` with their options.
    pub(crate) fn timestamps(&self, span: Span, options: &OptionList) -> Vec<(String, OptionList)> {
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
    pub(crate) fn typed_columns(
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
        let mut options = arguments::options(interpreter, call);
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
    pub(crate) fn add_to_table(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        (name, span): (String, Span),
        type_name: &TypeName,
        options: OptionList,
    ) {
        let ridgepole = self.is_ridgepole();
        A::check_column_name(interpreter, &name, span);
        let mut defined = A::define_column(self, interpreter, &name, type_name, options);
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
                asked: Some(index.span),
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
            let known = building
                .draft
                .column(&name)
                .map_or(name.as_str(), |column| column.name.as_str());
            let message = format!("table \"{table}\" already has a column \"{known}\"{what}");
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
                    building.draft.table.primary_key = Some(PrimaryKey {
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
        let put =
            building
                .draft
                .put_column_at(defined.column, span, defined.notes, &Position::Last);
        if put == Put::Full {
            let table = Rc::clone(&building.draft.raw);
            too_many_columns(self, interpreter, &table, span);
        }
    }
}
