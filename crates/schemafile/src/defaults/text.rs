//! Defaults that are text.

use crate::ruby::Value;
use crate::ruby::value::float_text;

/// The text of a default for a column of characters.
pub(crate) fn of(value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::String(bytes) => std::str::from_utf8(bytes)
            .map_err(|_| "the default is not UTF-8 text".to_owned())?
            .to_owned(),
        Value::Symbol(name) => name.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => float_text(*number),
        other => return Err(format!("{} is no default for this type", other.kind())),
    })
}
