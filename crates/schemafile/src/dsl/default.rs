//! Defaults of columns: what may be one, and what the value becomes.

use super::Dsl;
use super::ridgepole::EnumDefault;
use crate::defaults::{self, Default};
use crate::diagnostic::Diagnostic;
use crate::fragment::{self, Part};
use crate::ruby::{Interpreter, Located, Value};
use crate::types;
use pg_model::{ColumnValue, DataType, TypeKind};
use std::rc::Rc;

/// The SQL of a text that people forget to put into a lambda.
fn forgotten_sql(text: &str) -> Option<String> {
    let folded = text.trim().to_ascii_lowercase();
    if folded.ends_with(')') || folded.starts_with("current_") {
        Some(text.to_owned())
    } else if folded.starts_with("uuid_generate") || matches!(&*folded, "now" | "gen_random_uuid") {
        Some(format!("{text}()"))
    } else {
        None
    }
}

impl Dsl {
    /// What a `default:` becomes.
    pub(super) fn default_value(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        data_type: &DataType,
        declared: &str,
        (column, default): (&str, &Located),
    ) -> ColumnValue {
        match &default.value {
            Value::Unknown => return ColumnValue::None,
            Value::Lambda(block) => {
                let block = Rc::clone(block);
                let sql = interpreter.call_lambda(self, &block);
                return match sql.value.as_name() {
                    Some(text) if !text.contains('\0') => {
                        let text = text.to_owned();
                        fragment::check(interpreter, &text, sql.span, Part::Expression);
                        self.check_functions(interpreter, &text, sql.span);
                        ColumnValue::Default(text)
                    }
                    _ => {
                        if !sql.value.is_unknown() {
                            interpreter.fail(
                                sql.span,
                                "the lambda of a default gives SQL text, such as `-> { \"now()\" }`",
                            );
                        }
                        ColumnValue::None
                    }
                };
            }
            Value::String(_) if declared == "uuid" => {
                if let Some(text) = default.value.as_name().filter(|text| text.contains("()")) {
                    let text = text.to_owned();
                    self.check_functions(interpreter, &text, default.span);
                    return ColumnValue::Default(text);
                }
            }
            _ => {}
        }
        if let Some(problem) = self.enum_problem(data_type, &default.value) {
            interpreter.fail(default.span, format!("column \"{column}\": {problem}"));
            return ColumnValue::None;
        }
        let kind = &data_type.kind;
        if self.is_ridgepole() && matches!(kind, TypeKind::Enum(_) | TypeKind::Other(_)) {
            self.deferred.enum_defaults.push(EnumDefault {
                data_type: data_type.clone(),
                column: column.to_owned(),
                default: default.clone(),
            });
        }
        self.warn_of_json_text(interpreter, data_type, (column, default));
        match defaults::cast(data_type, &default.value) {
            Ok(Default::Null) => {
                if !default.value.is_nil() {
                    let message = format!(
                        "column \"{column}\": the default is no {}, so ActiveRecord makes it NULL",
                        types::describe(data_type)
                    );
                    let hint = default.value.as_name().and_then(forgotten_sql).map(|sql| {
                        format!("SQL stands in a lambda: `default: -> {{ \"{sql}\" }}`")
                    });
                    interpreter.report(Diagnostic::warning(default.span, message).maybe_hint(hint));
                }
                ColumnValue::Null
            }
            Ok(Default::Sql(sql)) => ColumnValue::Default(sql),
            Err(problem) => {
                interpreter.fail(default.span, format!("column \"{column}\": {problem}"));
                ColumnValue::None
            }
        }
    }

    /// Tells whoever writes JSON as a text by hand. In a schema.rb it stands because the database has it so.
    fn warn_of_json_text(
        &self,
        interpreter: &mut Interpreter<'_>,
        data_type: &DataType,
        (column, default): (&str, &Located),
    ) {
        let is_json = matches!(data_type.kind, TypeKind::Json | TypeKind::Jsonb);
        let text = match &default.value {
            Value::String(_) => default.value.as_name().unwrap_or_default().trim_start(),
            _ => return,
        };
        if self.is_ridgepole() && is_json && !data_type.array && text.starts_with(['{', '[']) {
            interpreter.report(
                Diagnostic::warning(
                    default.span,
                    format!("column \"{column}\": a text is a JSON string, quotes included"),
                )
                .hint("write a hash or a list, such as `default: {}`"),
            );
        }
    }

    /// Why a default is no value of the column's enum type.
    pub(super) fn enum_problem(&self, data_type: &DataType, value: &Value) -> Option<String> {
        let TypeKind::Enum(name) = &data_type.kind else {
            return None;
        };
        let labels = &self.draft.enum_type(name)?.values;
        let values: Vec<&Value> = match value {
            Value::Array(elements) => elements.iter().map(|element| &element.value).collect(),
            // The text of a whole array.
            _ if data_type.array => return None,
            value => vec![value],
        };
        let wrong = values
            .into_iter()
            .filter_map(Value::as_name)
            .find(|label| !labels.iter().any(|known| known == label))?;
        Some(format!("\"{wrong}\" is not a value of enum \"{name}\""))
    }
}
