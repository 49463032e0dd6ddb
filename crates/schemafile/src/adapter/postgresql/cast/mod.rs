//! Default values, cast by the type of their column.
//!
//! ActiveRecord serialises a default by the type that PostgreSQL reports for the column
//! (`quote_default_expression`), and what comes of it is visible in the database: the digits of a number,
//! a boolean that was a word, a text that became NULL. The rules are those of `ActiveModel::Type` and of
//! `connection_adapters/postgresql/oid`.

mod number;
#[cfg(test)]
mod tests;
mod text;

use super::sql::NO_NUL;
use super::types;
use crate::defaults::time::{self, Calendar};
use crate::defaults::{Scalar, json, number as numbers};
use crate::ruby::Value;
use pg_model::{DataType, RangeType, TypeKind};
use sql_text::literal;
use std::fmt::Write as _;

/// PostgreSQL's dates and times.
pub(crate) const CALENDAR: Calendar = Calendar {
    database: "PostgreSQL",
    first_year: -4712,
    first_year_shown: "4713 BC",
    last_year_of_dates: 5_874_897,
    last_year_of_times: 294_276,
    is_unbounded: true,
};

/// What a default becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default {
    /// `DEFAULT NULL`
    Null,
    /// `DEFAULT` and this SQL.
    Sql(String),
}

fn into_default(scalar: Scalar) -> Result<Default, String> {
    Ok(match scalar {
        Scalar::Null => Default::Null,
        Scalar::Bare(sql) => Default::Sql(sql),
        Scalar::Text(text) => Default::Sql(quoted(&text)?),
        Scalar::Prefixed(prefix, text) => Default::Sql(format!("{prefix}{}", quoted(&text)?)),
    })
}

/// Casts a value by the type of its column.
///
/// # Errors
/// Why ActiveRecord or PostgreSQL would refuse it, as a sentence.
pub(crate) fn cast(data_type: &DataType, value: &Value) -> Result<Default, String> {
    if value.is_nil() {
        return Ok(Default::Null);
    }
    if data_type.array {
        return match value {
            Value::Array(_) => {
                let mut text = String::new();
                array(&data_type.kind, value, &mut text, 0)?;
                Ok(Default::Sql(quoted(&text)?))
            }
            Value::String(_) | Value::Symbol(_) => {
                let text = text::of(value)?;
                if text.trim_start().starts_with(['{', '[']) {
                    Ok(Default::Sql(quoted(&text)?))
                } else {
                    Err(format!(
                        "`{text}` is no array: write a list, or PostgreSQL's own `{{…}}`"
                    ))
                }
            }
            other => Err(format!(
                "{} is no default for an array column",
                other.kind()
            )),
        };
    }
    into_default(scalar(&data_type.kind, value)?)
}

fn quoted(text: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err(NO_NUL.into());
    }
    Ok(literal(text))
}

/// PostgreSQL's text of an array.
fn array(kind: &TypeKind, value: &Value, text: &mut String, depth: usize) -> Result<(), String> {
    let Value::Array(elements) = value else {
        return Err("an array holds lists and single values side by side".into());
    };
    if depth > 6 {
        return Err("an array has at most 6 dimensions".into());
    }
    text.push('{');
    for (number, element) in elements.iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        if matches!(element.value, Value::Array(_))
            && !matches!(kind, TypeKind::Json | TypeKind::Jsonb | TypeKind::Point)
        {
            array(kind, &element.value, text, depth + 1)?;
            continue;
        }
        match scalar(kind, &element.value)?.into_element() {
            None => text.push_str("NULL"),
            Some(element) => push_element(text, &element),
        }
    }
    text.push('}');
    Ok(())
}

fn push_element(text: &mut String, element: &str) {
    let special = |character: char| {
        matches!(character, '{' | '}' | ',' | '"' | '\\') || character.is_whitespace()
    };
    if element.is_empty() || element.eq_ignore_ascii_case("null") || element.contains(special) {
        text.push('"');
        for character in element.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    } else {
        text.push_str(element);
    }
}

/// JSON, which has no NUL in PostgreSQL.
fn json_text(value: &Value) -> Result<String, String> {
    let text = json::encode(value)?;
    if text.contains("\\u0000") {
        return Err("PostgreSQL's JSON can't hold the character NUL".into());
    }
    Ok(text)
}

/// Whether a text holds NUL.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(bytes) => bytes.contains(&0),
        Value::Symbol(name) => name.contains('\0'),
        _ => false,
    }
}

/// Casts one value.
fn scalar(kind: &TypeKind, value: &Value) -> Result<Scalar, String> {
    if value.is_nil() {
        return Ok(Scalar::Null);
    }
    if let Value::Float(number) = value
        && !number.is_finite()
        && !takes_all_floats(kind, *number)
    {
        let shown = value.to_text().unwrap_or_default();
        let name = types::describe(&DataType::scalar(kind.clone()));
        return Err(format!("{shown} is no {name}, and PostgreSQL refuses it"));
    }
    let may_hold_nul = matches!(kind, TypeKind::Bytea | TypeKind::Json | TypeKind::Jsonb);
    if holds_nul(value) && !may_hold_nul {
        return Err(NO_NUL.into());
    }
    match kind {
        TypeKind::SmallInt => numbers::integer(value, 2),
        TypeKind::Integer => numbers::integer(value, 4),
        TypeKind::BigInt => numbers::integer(value, 8),
        TypeKind::Oid => number::unsigned(value),
        TypeKind::Real | TypeKind::DoublePrecision => numbers::float(value),
        TypeKind::Numeric { .. } => numbers::decimal(value),
        TypeKind::Money => number::money(value),
        TypeKind::Boolean => boolean(value),
        TypeKind::Date => time::date(value, &CALENDAR),
        TypeKind::Timestamp { .. } => time::timestamp(value, &CALENDAR),
        TypeKind::Time { .. } => time::time_of_day(value, &CALENDAR),
        TypeKind::Json | TypeKind::Jsonb => json_text(value).map(Scalar::Text),
        TypeKind::Hstore => hstore(value),
        TypeKind::Bytea => bytea(value),
        TypeKind::Uuid => uuid(value),
        TypeKind::Xml => Ok(Scalar::Prefixed("xml ", text::of(value)?)),
        TypeKind::Bit { .. } | TypeKind::BitVarying { .. } => bits(value),
        TypeKind::Point => point(value),
        TypeKind::Interval { .. } => match value {
            Value::Integer(seconds) => Ok(Scalar::text(format!("PT{seconds}S"))),
            _ => text::of(value).map(Scalar::Text),
        },
        TypeKind::Inet | TypeKind::Cidr => text::network(value),
        TypeKind::Range(range) => range_text(*range, value),
        TypeKind::Enum(_)
        | TypeKind::Other(_)
        | TypeKind::Multirange(_)
        | TypeKind::Tsquery
        | TypeKind::Macaddr8 => text::untyped(value),
        _ => match value {
            Value::Range(range) => any_range(range).map(Scalar::Text),
            _ => text::of(value).map(Scalar::Text),
        },
    }
}

/// Whether PostgreSQL takes what ActiveRecord makes of infinity, or of no number at all, for a value of the type.
fn takes_all_floats(kind: &TypeKind, number: f64) -> bool {
    match kind {
        TypeKind::Money
        | TypeKind::Interval { .. }
        | TypeKind::Macaddr
        | TypeKind::Macaddr8
        | TypeKind::Point
        | TypeKind::Line
        | TypeKind::Lseg
        | TypeKind::Box
        | TypeKind::Path
        | TypeKind::Polygon
        | TypeKind::Circle
        | TypeKind::Hstore
        | TypeKind::Enum(_)
        | TypeKind::Multirange(_) => false,
        TypeKind::Ltree => number.is_nan() || number > 0.0,
        _ => true,
    }
}

fn boolean(value: &Value) -> Result<Scalar, String> {
    const FALSE: [&str; 7] = ["0", "f", "F", "false", "FALSE", "off", "OFF"];
    let truth = match value {
        Value::Bool(truth) => *truth,
        Value::Integer(number) => *number != 0,
        Value::String(_) | Value::Symbol(_) => {
            let word = text::of(value)?;
            if word.is_empty() {
                return Ok(Scalar::Null);
            }
            !FALSE.contains(&word.as_str())
        }
        _ => true,
    };
    Ok(Scalar::Bare(if truth { "TRUE" } else { "FALSE" }.into()))
}

fn hstore(value: &Value) -> Result<Scalar, String> {
    let Value::Hash(entries) = value else {
        return text::of(value).map(Scalar::Text);
    };
    let quote = |value: &Value| -> Result<String, String> {
        if value.is_nil() {
            return Ok("NULL".into());
        }
        let text = value
            .to_text()
            .ok_or_else(|| format!("an hstore holds text, not {}", value.kind()))?;
        Ok(format!(
            "\"{}\"",
            text.replace('\\', "\\\\").replace('"', "\\\"")
        ))
    };
    let pairs = entries
        .iter()
        .map(|(key, value)| Ok(format!("{}=>{}", quote(&key.value)?, quote(&value.value)?)))
        .collect::<Result<Vec<_>, String>>()?;
    Ok(Scalar::Text(pairs.join(", ")))
}

fn bytea(value: &Value) -> Result<Scalar, String> {
    let bytes = match value {
        Value::String(bytes) => bytes.to_vec(),
        _ => text::of(value)?.into_bytes(),
    };
    let mut text = String::from("\\x");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Scalar::Text(text))
}

/// A UUID in its usual form; what isn't one becomes NULL.
fn uuid(value: &Value) -> Result<Scalar, String> {
    let text = text::of(value)?;
    let inner = match (text.strip_prefix('{'), text.strip_suffix('}')) {
        (Some(inner), Some(_)) => inner.trim_end_matches('}'),
        (None, None) => &text,
        _ => return Ok(Scalar::Null),
    };
    // Groups of four digits, each with or without a hyphen behind it.
    let mut digits = String::new();
    let mut since_hyphen = 0;
    for character in inner.chars() {
        if character.is_ascii_hexdigit() {
            digits.push(character.to_ascii_lowercase());
            since_hyphen += 1;
        } else if character == '-' && since_hyphen > 0 && digits.len().is_multiple_of(4) {
            since_hyphen = 0;
        } else {
            return Ok(Scalar::Null);
        }
    }
    if digits.len() != 32 {
        return Ok(Scalar::Null);
    }
    Ok(Scalar::Text(format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..]
    )))
}

fn bits(value: &Value) -> Result<Scalar, String> {
    let text = text::of(value)?;
    if let Some(hexadecimal) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let number = u128::from_str_radix(hexadecimal, 16)
            .map_err(|_| format!("`{text}` is no string of bits"))?;
        return Ok(Scalar::Prefixed("B", format!("{number:b}")));
    }
    if text.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
        Ok(Scalar::Prefixed("B", text))
    } else if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(Scalar::Prefixed("X", text))
    } else {
        Err(format!("`{text}` is no string of bits"))
    }
}

fn point(value: &Value) -> Result<Scalar, String> {
    let coordinates: Vec<&Value> = match value {
        Value::Array(numbers) => numbers.iter().map(|number| &number.value).collect(),
        Value::Hash(entries) => ["x", "y"]
            .iter()
            .filter_map(|axis| {
                entries
                    .iter()
                    .find(|(key, _)| key.value.as_name() == Some(axis))
                    .map(|(_, value)| &value.value)
            })
            .collect(),
        _ => return text::of(value).map(Scalar::Text),
    };
    let [x, y] = coordinates.as_slice() else {
        return Err("a point has two coordinates".into());
    };
    let coordinate = |value: &Value| -> Result<String, String> {
        let text = value.to_text().ok_or("a coordinate is a number")?;
        Ok(text.strip_suffix(".0").unwrap_or(&text).to_owned())
    };
    Ok(Scalar::Text(format!(
        "({},{})",
        coordinate(x)?,
        coordinate(y)?
    )))
}

fn range_text(range_type: RangeType, value: &Value) -> Result<Scalar, String> {
    let Value::Range(range) = value else {
        let text = text::of(value)?;
        let trimmed = text.trim();
        let bracketed = trimmed.starts_with(['[', '(']) && trimmed.ends_with([']', ')']);
        if bracketed && trimmed.contains(',') || trimmed.eq_ignore_ascii_case("empty") {
            return Ok(Scalar::Text(text));
        }
        return Err(format!("`{text}` is no range: write `1..5` or \"[1,5]\""));
    };
    let subtype = match range_type {
        RangeType::Int4 => TypeKind::Integer,
        RangeType::Int8 => TypeKind::BigInt,
        RangeType::Num => TypeKind::Numeric {
            precision: None,
            scale: None,
        },
        RangeType::Date => TypeKind::Date,
        RangeType::Ts => TypeKind::Timestamp {
            precision: None,
            with_time_zone: false,
        },
        RangeType::Tstz => TypeKind::Timestamp {
            precision: None,
            with_time_zone: true,
        },
    };
    let bound = |value: &Value| -> Result<String, String> {
        match value {
            Value::Float(number) if number.is_infinite() => Ok(String::new()),
            _ => {
                let text = scalar(&subtype, value)?.into_element().unwrap_or_default();
                Ok(if text.contains([' ', ',']) {
                    format!("\"{text}\"")
                } else {
                    text
                })
            }
        }
    };
    let close = if range.exclusive { ')' } else { ']' };
    Ok(Scalar::Text(format!(
        "[{},{}{close}",
        bound(&range.begin.value)?,
        bound(&range.end.value)?
    )))
}

/// A Ruby range in a column of another type is written as a range all the same.
fn any_range(range: &crate::ruby::value::RangeValue) -> Result<String, String> {
    let bound = |value: &Value| {
        value
            .to_text()
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| format!("{} is no bound of a range", value.kind()))
    };
    let close = if range.exclusive { ')' } else { ']' };
    Ok(format!(
        "[{},{}{close}",
        bound(&range.begin.value)?,
        bound(&range.end.value)?
    ))
}
