//! Defaults of columns: what may be one, and what the value becomes.

use super::cast::{self, Default};
use super::{EnumDefault, types};
use crate::diagnostic::Diagnostic;
use crate::dsl::Dsl;
use crate::ruby::{Interpreter, Located, Value};
use pg_model::{ColumnValue, DataType, PostgreSql, TypeKind};

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

impl Dsl<PostgreSql> {
    /// What a `default:` becomes.
    pub(crate) fn default_value(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        data_type: &DataType,
        declared: &str,
        (column, default): (&str, &Located),
    ) -> ColumnValue {
        match &default.value {
            Value::Unknown => return ColumnValue::None,
            Value::Lambda(_) => {
                return match self.lambda_text(interpreter, default) {
                    Some((text, span)) => {
                        self.check_functions(interpreter, &text, span);
                        ColumnValue::Default(text)
                    }
                    None => ColumnValue::None,
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
            self.state.enum_defaults.push(EnumDefault {
                data_type: data_type.clone(),
                column: column.to_owned(),
                default: default.clone(),
            });
        }
        self.warn_of_json_text(interpreter, data_type, (column, default));
        match cast::cast(data_type, &default.value) {
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
    pub(crate) fn enum_problem(&self, data_type: &DataType, value: &Value) -> Option<String> {
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
