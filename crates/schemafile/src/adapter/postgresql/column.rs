//! What a column is, by the name of its type and its options.

use super::types::{self, ColumnType, Modifiers};
use super::{catalog, postgis};
use crate::diagnostic::Diagnostic;
use crate::draft::Position;
use crate::dsl::Dsl;
use crate::dsl::arguments::{Entry, OptionList};
use crate::dsl::column::{self, Defined, Precision, TypeName, declared_type, refuses_null};
use crate::ruby::{Interpreter, Value};
use crate::source::Span;
use pg_model::{Column, ColumnValue, DataType, Identity, Numbering, PostgreSql, TypeKind};
use std::rc::Rc;

/// Options that a column may have.
pub(crate) const OPTIONS: &[&str] = &[
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

/// What a column's options say.
struct Given {
    /// The name of its type; none when it should be given apart and isn't, which was reported.
    declared: Option<Rc<str>>,
    primary_key: bool,
    /// The SQL type of a spatial column.
    spatial: Option<String>,
    limit: Option<(i128, Entry)>,
    precision: Precision,
    scale: Option<(i128, Entry)>,
    array: bool,
    enum_type: Option<(String, Entry)>,
    /// The expression of a generated column.
    expression: Option<String>,
    stored: Option<Entry>,
    collation: Option<String>,
    comment: Option<String>,
    refuses_null: bool,
    identity: Option<Identity>,
    default: Option<Entry>,
}

impl Dsl<PostgreSql> {
    /// Reads a column: its type, its options, its default.
    pub(crate) fn define_column(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        mut options: OptionList,
    ) -> Defined<PostgreSql> {
        let index = options.take("index").map(|entry| entry.value);
        let ignored = self.is_ridgepole() && options.take_flag("ignore");
        let renamed_from = if self.is_ridgepole() {
            options.take_text(interpreter, "renamed_from")
        } else {
            None
        };
        let given = self.read_options(interpreter, name, type_name, options);
        let found = self.type_of(interpreter, name, type_name, &given);
        let type_is_known = found.is_some();
        let mut column_type = found.unwrap_or_else(|| ColumnType {
            data_type: DataType::scalar(TypeKind::Other("unknown".into())),
            serial: false,
            primary_key: false,
        });
        if counts_by_itself(&given) {
            column_type.serial = true;
            column_type.data_type.kind = if is_big(&given) {
                TypeKind::BigInt
            } else {
                TypeKind::Integer
            };
        }
        let primary_key = given.primary_key || column_type.primary_key;
        if type_is_known {
            let enum_place = given.enum_type.as_ref().map(|(_, entry)| entry.value.span);
            self.check_type(interpreter, &mut column_type, type_name, enum_place);
        }
        let ColumnType {
            data_type, serial, ..
        } = column_type;
        let mut column = Column::new(name, data_type);
        column.renamed_from = renamed_from.map(|(from, _)| from);
        column.not_null = given.refuses_null || primary_key || serial || given.identity.is_some();
        column.collation = given.collation;
        column.comment = given.comment.filter(|text| !text.is_empty());
        // A default of nil beside NOT NULL says nothing.
        let null_is_no_default = primary_key || given.refuses_null && !serial;
        let default = given
            .default
            .filter(|default| !(null_is_no_default && default.value.value.is_nil()));
        column.value = if let Some(identity) = given.identity {
            ColumnValue::Numbered(Numbering::Identity(identity))
        } else if serial {
            if let Some(default) = default.filter(|_| !column_type.primary_key)
                && !default.value.value.is_unknown()
            {
                let message = format!(
                    "column \"{name}\" takes its values from a sequence, so it can't have a default"
                );
                interpreter.fail(default.value.span, message);
            }
            ColumnValue::Numbered(Numbering::Serial)
        } else if let Some(expression) = given.expression {
            generated(interpreter, expression, given.stored, name, type_name.span)
        } else if let (Some(default), Some(declared), true) =
            (default, &given.declared, type_is_known)
        {
            let default = (name, &default.value);
            self.default_value(interpreter, &column.data_type, declared, default)
        } else {
            ColumnValue::None
        };
        Defined {
            column,
            primary_key,
            index,
            ignored,
            position: Position::Last,
            notes: (),
        }
    }

    /// Takes all options out, and reports those that nobody knows.
    fn read_options(
        &self,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        mut options: OptionList,
    ) -> Given {
        let declared = declared_type(interpreter, name, type_name, &mut options);
        let is_key_type = declared.as_deref() == Some("primary_key");
        let given = Given {
            primary_key: options.take_flag("primary_key") || is_key_type,
            spatial: declared
                .as_deref()
                .and_then(|declared| postgis::type_of(interpreter, &mut options, declared)),
            limit: options.take_number(interpreter, "limit"),
            precision: Precision::take(interpreter, &mut options),
            scale: options.take_number(interpreter, "scale"),
            array: options.take_flag("array"),
            enum_type: options.take_text(interpreter, "enum_type"),
            expression: column::expression::<PostgreSql>(interpreter, &mut options)
                .map(|(text, _)| text),
            stored: options.take("stored"),
            collation: self.collation(interpreter, name, &mut options),
            comment: options
                .take_text(interpreter, "comment")
                .map(|(text, _)| text),
            refuses_null: refuses_null(interpreter, &mut options),
            identity: identity(interpreter, &mut options),
            default: options.take("default"),
            declared,
        };
        for unused in ["if_exists", "if_not_exists", "using", "cast_as"] {
            options.take(unused);
        }
        options.finish(
            interpreter,
            OPTIONS,
            format_args!("column \"{name}\""),
            self.unknown_options(),
        );
        given
    }

    /// Takes the option `collation:`, and reports a collation that only other databases have.
    fn collation(
        &self,
        interpreter: &mut Interpreter<'_>,
        column: &str,
        options: &mut OptionList,
    ) -> Option<String> {
        let (name, entry) = options.take_text(interpreter, "collation")?;
        if let Some((whose, hint)) = catalog::foreign_collation(&name)
            && !self.draft.sql_mentions(&name)
        {
            let message = format!(
                "column \"{column}\": {whose} collation \"{name}\" isn't one of PostgreSQL's"
            );
            interpreter.report(Diagnostic::error(entry.value.span, message).hint(hint));
        }
        Some(name)
    }

    /// The column's type; none when there is none, which was reported.
    fn type_of(
        &self,
        interpreter: &mut Interpreter<'_>,
        name: &str,
        type_name: &TypeName,
        given: &Given,
    ) -> Option<ColumnType> {
        let declared = given.declared.as_deref()?;
        if let Some(sql) = &given.spatial {
            return Some(types::of_sql(sql, given.array));
        }
        let number = |option: &Option<(i128, Entry)>| option.as_ref().map(|(number, _)| *number);
        let has_default = declared == "datetime" && self.rules().datetime_has_precision();
        let modifiers = Modifiers {
            limit: number(&given.limit),
            precision: match given.precision {
                Precision::Digits(digits, _) => Some(digits),
                Precision::Unsaid if has_default => Some(6),
                Precision::Unsaid | Precision::Without => None,
            },
            scale: number(&given.scale),
            array: given.array,
            enum_type: given.enum_type.as_ref().map(|(text, _)| text.clone()),
        };
        match types::column_type(declared, &modifiers) {
            Ok(column_type) => Some(column_type),
            Err(problem) => {
                let place = match (problem.option, &given.precision) {
                    (Some("limit"), _) => given.limit.as_ref().map(|(_, entry)| entry.value.span),
                    (Some("scale"), _) => given.scale.as_ref().map(|(_, entry)| entry.key),
                    (Some("precision"), Precision::Digits(_, place)) => Some(*place),
                    _ => None,
                };
                let message = format!("column \"{name}\": {}", problem.message);
                interpreter.fail(place.unwrap_or(type_name.span), message);
                None
            }
        }
    }
}

/// Whether ActiveRecord makes a sequence for a key of this type (`integer_like_primary_key?`).
fn counts_by_itself(given: &Given) -> bool {
    given.primary_key
        && matches!(given.declared.as_deref(), Some("integer" | "bigint"))
        && given.default.is_none()
        && given.identity.is_none()
}

fn is_big(given: &Given) -> bool {
    given.declared.as_deref() == Some("bigint")
        || given.limit.as_ref().is_some_and(|(bytes, _)| *bytes == 8)
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
