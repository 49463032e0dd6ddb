//! Defaults that are JSON, as ActiveSupport encodes it.

use crate::ruby::Value;
use std::fmt::Write as _;

/// JSON text of a value; keys in the order of the source. A string is a JSON string, whatever it says.
pub(crate) fn encode(value: &Value) -> Result<String, String> {
    let mut text = String::new();
    push(value, &mut text, 0)?;
    Ok(text)
}

fn push(value: &Value, text: &mut String, depth: usize) -> Result<(), String> {
    if depth > 100 {
        return Err("the value is nested more than 100 deep".into());
    }
    match value {
        Value::Nil => text.push_str("null"),
        // JSON has no word for them.
        Value::Float(number) if !number.is_finite() => return push(&Value::Nil, text, depth),
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {
            text.push_str(&value.to_text().unwrap_or_default());
        }
        Value::String(_) | Value::Symbol(_) => {
            push_string(value.as_name().ok_or("JSON text is not UTF-8")?, text);
        }
        Value::Array(elements) => {
            text.push('[');
            for (number, element) in elements.iter().enumerate() {
                if number > 0 {
                    text.push(',');
                }
                push(&element.value, text, depth + 1)?;
            }
            text.push(']');
        }
        Value::Hash(entries) => {
            text.push('{');
            for (number, (key, value)) in entries.iter().enumerate() {
                if number > 0 {
                    text.push(',');
                }
                let key = key
                    .value
                    .to_text()
                    .ok_or_else(|| format!("{} is no key of JSON", key.value.kind()))?;
                push_string(&key, text);
                text.push(':');
                push(&value.value, text, depth + 1)?;
            }
            text.push('}');
        }
        other => return Err(format!("{} has no JSON", other.kind())),
    }
    Ok(())
}

fn push_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
