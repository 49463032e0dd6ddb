//! Columns: their types, options and defaults.

use super::arguments::{Entry, OptionList, name_of};
use super::{Dsl, index, postgis};
use crate::diagnostic::Diagnostic;
use crate::draft::{MOST_COLUMNS, Put};
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use crate::types::{self, ColumnType, Modifiers};
use schema_model::{Column, ColumnValue, DataType, Identity, TypeKind};
use std::rc::Rc;

/// Options that a column may have.
pub(super) const OPTIONS: &[&str] = &[
    "limit",
    "precision",
    "scale",
    "default",
    "null",
    "collation",
    "comment",
    "primary_key",
    "if_exists",
    "if_not_exists",
    "array",
    "using",
    "cast_as",
    "as",
    "type",
    "enum_type",
    "stored",
    "index",
    "identity",
];

/// A column that was read.
pub(super) struct Defined {
    pub(super) column: Column,
    pub(super) primary_key: bool,
    /// The value of its option `index:`.
    pub(super) index: Option<Located>,
    /// ridgepole's `ignore: true`.
    pub(super) ignored: bool,
}

/// A type's name with its place, and whether the file has it as a symbol.
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
    if let (Some((name, span)), Some((type_name, type_span))) = (name, type_name) {
        let type_name = TypeName {
            name: type_name.into(),
            span: type_span,
        };
        dsl.add_to_table(interpreter, (name, span), &type_name, options);
    }
    Value::Nil
}

/// `t.timestamps`
pub(super) fn t_timestamps(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    if let Some(argument) = call.arguments.first() {
        interpreter.fail(argument.span, "`timestamps` takes no names");
    }
    let options = Dsl::options(interpreter, call);
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

/// `identity: :always` or `identity: :by_default`, which ActiveRecord has no word for.
fn identity(interpreter: &mut Interpreter<'_>, options: &mut OptionList) -> Option<Identity> {
    let entry = options.take("identity")?;
    match entry.value.value.as_name() {
        Some("always") => Some(Identity::Always),
        Some("by_default") => Some(Identity::ByDefault),
        _ => {
            if !entry.value.value.is_nil() && !entry.value.value.is_unknown() {
                interpreter.fail(entry.value.span, "`identity:` is :always or :by_default");
            }
            None
        }
    }
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
                    building.draft.table.primary_key = Some(schema_model::PrimaryKey {
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

    /// Reads a column: its type, its options, its default.
    pub(super) fn define_column(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        mut options: OptionList,
    ) -> Defined {
        let rules = self.rules();
        let index = options.take("index").map(|entry| entry.value);
        let ignored = self.is_ridgepole() && options.take_flag("ignore");
        let renamed_from = if self.is_ridgepole() {
            options
                .take_text(interpreter, "renamed_from")
                .map(|(from, _)| from)
        } else {
            None
        };
        // `t.virtual` says its type apart.
        let mut declared = Rc::clone(&type_name.name);
        let mut type_is_known = true;
        if declared.as_ref() == "virtual" {
            if let Some((inner, _)) = options.take_text(interpreter, "type") {
                declared = inner.into();
            } else {
                interpreter.report(
                    Diagnostic::error(
                        type_name.span,
                        format!("virtual column \"{name}\" needs `type:`"),
                    )
                    .hint("say the type of the expression, such as `type: :decimal`"),
                );
                type_is_known = false;
            }
        } else {
            options.take("type");
        }
        let mut primary_key = declared.as_ref() == "primary_key";
        primary_key |= options.take_flag("primary_key");
        let has_default = options.has("default");
        let spatial = postgis::type_of(interpreter, &mut options, &declared);
        let limit = options.take_number(interpreter, "limit");
        let has_precision = options.has("precision");
        let mut precision = options.take_number(interpreter, "precision");
        let scale = options.take_number(interpreter, "scale");
        let array = options.take_flag("array");
        let enum_type = options.take_text(interpreter, "enum_type");
        let as_expression = options.take_text(interpreter, "as");
        let stored = options.take("stored");
        let collation = options.take_text(interpreter, "collation");
        let comment = options.take_text(interpreter, "comment");
        let null = options.take("null");
        let identity = identity(interpreter, &mut options);
        let default = options.take("default");
        if let Some(entry) = &null
            && matches!(
                entry.value.value,
                Value::String(_) | Value::Symbol(_) | Value::Integer(_)
            )
        {
            interpreter.report(
                Diagnostic::warning(
                    entry.value.span,
                    "`null:` is true or false; anything else is taken for true",
                )
                .hint("write `null: false` for a column that must have a value"),
            );
        }
        for unused in ["if_exists", "if_not_exists", "using", "cast_as"] {
            options.take(unused);
        }
        options.finish(
            interpreter,
            OPTIONS,
            format_args!("column \"{name}\""),
            self.unknown_options(),
        );
        let mut modifiers = Modifiers {
            limit: limit.as_ref().map(|(number, _)| *number),
            precision: precision.as_ref().map(|(number, _)| *number),
            scale: scale.as_ref().map(|(number, _)| *number),
            array,
            enum_type: enum_type.as_ref().map(|(text, _)| text.clone()),
        };
        if declared.as_ref() == "datetime" && !has_precision && rules.datetime_has_precision() {
            modifiers.precision = Some(6);
            precision = None;
        }
        let unknown = || ColumnType {
            data_type: DataType::scalar(TypeKind::Other("unknown".into())),
            serial: false,
            primary_key: false,
        };
        let column_type = match spatial {
            Some(sql) => Ok(types::of_sql(&sql, array)),
            None if type_is_known => types::column_type(&declared, &modifiers),
            None => Ok(unknown()),
        };
        let mut column_type = match column_type {
            Ok(column_type) => column_type,
            Err(problem) => {
                let entry = |option: &Option<(i128, Entry)>| {
                    option
                        .as_ref()
                        .map(|(_, entry)| (entry.key, entry.value.span))
                };
                let place = match problem.option {
                    Some("limit") => entry(&limit).map(|(_, value)| value),
                    Some("precision") => entry(&precision).map(|(_, value)| value),
                    Some("scale") => entry(&scale).map(|(key, _)| key),
                    _ => None,
                };
                let message = format!("column \"{name}\": {}", problem.message);
                interpreter.fail(place.unwrap_or(type_name.span), message);
                type_is_known = false;
                unknown()
            }
        };
        // `integer_like_primary_key?`
        let integer_like = matches!(declared.as_ref(), "integer" | "bigint");
        if primary_key && integer_like && !has_default && identity.is_none() {
            column_type.serial = true;
            let big = declared.as_ref() == "bigint" || modifiers.limit == Some(8);
            column_type.data_type.kind = if big {
                TypeKind::BigInt
            } else {
                TypeKind::Integer
            };
        }
        primary_key |= column_type.primary_key;
        if type_is_known {
            let enum_place = enum_type.as_ref().map(|(_, entry)| entry.value.span);
            self.settle_type(interpreter, &mut column_type, type_name, enum_place);
        }
        let mut column = Column::new(name, column_type.data_type);
        column.renamed_from = renamed_from;
        column.not_null = null
            .as_ref()
            .is_some_and(|null| matches!(null.value.value, Value::Bool(false)))
            || primary_key
            || column_type.serial;
        column.collation = collation.map(|(text, _)| text);
        column.comment = comment
            .map(|(text, _)| text)
            .filter(|text| !text.is_empty());
        let null_is_false = column.not_null && !column_type.serial || primary_key;
        let default = default.filter(|default| !(null_is_false && default.value.value.is_nil()));
        if let Some(identity) = identity {
            column.value = ColumnValue::Identity(identity);
            column.not_null = true;
        } else if column_type.serial {
            column.value = ColumnValue::Serial;
            if let Some(default) = default.filter(|_| !column_type.primary_key)
                && !default.value.value.is_unknown()
            {
                interpreter.fail(
                        default.value.span,
                        format!("column \"{name}\" takes its values from a sequence, so it can't have a default"),
                    );
            }
        } else if let Some((expression, _)) = as_expression {
            column.value = Self::generated(interpreter, expression, stored, name, type_name.span);
        } else if let Some(default) = default.filter(|_| type_is_known) {
            column.value = self.default_value(
                interpreter,
                &column.data_type,
                &declared,
                (name, &default.value),
            );
        }
        Defined {
            column,
            primary_key,
            index,
            ignored,
        }
    }

    fn generated(
        interpreter: &mut Interpreter<'_>,
        expression: String,
        stored: Option<Entry>,
        name: &str,
        place: Span,
    ) -> ColumnValue {
        let stored = stored.map(|stored| stored.value.value);
        let is_stored = matches!(stored, Some(Value::Bool(true)));
        if matches!(stored, Some(Value::Bool(false))) {
            // PostgreSQL 18 has it, and whoever says so knows.
            return ColumnValue::Generated {
                expression,
                stored: false,
            };
        }
        if !is_stored {
            interpreter.report(
                Diagnostic::error(
                    place,
                    format!("generated column \"{name}\" isn't stored, and PostgreSQL before 18 has no other"),
                )
                .hint("add `stored: true`"),
            );
        }
        ColumnValue::Generated {
            expression,
            stored: true,
        }
    }
}
