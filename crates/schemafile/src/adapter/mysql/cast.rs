//! Default values, cast by the type of their column.
//!
//! ActiveRecord finds the caster by the name of the SQL type (`initialize_type_map` of `abstract_mysql_adapter.rb`), by
//! which `point` counts as an integer, because `int` is in it.

use crate::defaults::time::{self, Calendar};
use crate::defaults::{Scalar, json, number, text};
use crate::ruby::Value;
use crate::ruby::value::float_text;
use mysql_model::{DataType, Geometry, IntegerSize, Server};
use mysql_text::literal;
use std::fmt::Write as _;

/// What a default becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default {
    /// `DEFAULT NULL`
    Null,
    /// `DEFAULT` and this SQL.
    Sql(String),
}

/// Casts a value by the type of its column, and holds it against what the type takes.
///
/// # Errors
/// Why ActiveRecord or the server would refuse it, as a sentence.
pub(crate) fn cast(data_type: &DataType, value: &Value, server: Server) -> Result<Default, String> {
    if value.is_nil() {
        return Ok(Default::Null);
    }
    if !matches!(data_type, DataType::Json) {
        match value {
            Value::Array(_) => return Err("an array is no default for this column".into()),
            Value::Hash(_) => return Err("a hash is no default for this column".into()),
            _ => {}
        }
    }
    if let Value::Float(number) = value
        && !number.is_finite()
    {
        let shown = value.to_text().unwrap_or_default();
        return Err(format!("{shown} is no number to {server}"));
    }
    match data_type {
        DataType::Integer {
            size: IntegerSize::Tiny,
            width: Some(1),
            ..
        } => Ok(boolean(value)),
        DataType::Integer { size, unsigned, .. } => {
            let Some(number) = number::to_integer(value)? else {
                return Ok(Default::Null);
            };
            let (least, most) = range(*size, *unsigned);
            if (least..=most).contains(&number) {
                Ok(Default::Sql(number.to_string()))
            } else {
                Err(format!(
                    "{number} is out of the range of {} ({least} to {most})",
                    mysql_text::data_type::write(data_type, server)
                ))
            }
        }
        DataType::Year
        | DataType::Geometry {
            kind: Geometry::Point | Geometry::MultiPoint,
            ..
        } => Ok(match number::to_integer(value)? {
            Some(number) => Default::Sql(number.to_string()),
            None => Default::Null,
        }),
        DataType::Decimal {
            precision,
            scale,
            unsigned,
            ..
        } => decimal(value, *precision, *scale, *unsigned, data_type, server),
        DataType::Float { .. } | DataType::Double { .. } => Ok(plain(number::float(value)?)),
        DataType::Date => Ok(plain(time::date(value, &calendar(server))?)),
        DataType::DateTime { .. } | DataType::Timestamp { .. } => {
            Ok(plain(time::timestamp(value, &calendar(server))?))
        }
        DataType::Time { .. } => Ok(plain(time::time_of_day(value, &calendar(server))?)),
        DataType::Json => Ok(Default::Sql(literal(&json::encode(value)?))),
        DataType::Binary { .. }
        | DataType::Varbinary { .. }
        | DataType::Blob(_)
        | DataType::Bit { .. } => Ok(Default::Sql(binary(value)?)),
        DataType::Char { .. } | DataType::Varchar { .. } | DataType::Text(_) => {
            let text = text_of(value)?;
            let length = match data_type {
                DataType::Varchar { length } => Some(*length),
                DataType::Char { length } => Some(length.unwrap_or(1)),
                _ => None,
            };
            let characters = text.trim_end_matches(' ').chars().count();
            if let Some(length) = length
                && u32::try_from(characters).is_ok_and(|characters| characters > length)
            {
                return Err(format!(
                    "the default has {characters} characters, the column {length}"
                ));
            }
            Ok(Default::Sql(literal(&text)))
        }
        DataType::Enum(values) => {
            let text = text_of(value)?;
            if values.iter().any(|known| same(known, &text)) {
                Ok(Default::Sql(literal(&text)))
            } else {
                Err(format!("\"{text}\" is not a value of the enum"))
            }
        }
        DataType::Set(values) => {
            let text = text_of(value)?;
            let wrong = text
                .split(',')
                .filter(|part| !part.is_empty())
                .find(|part| !values.iter().any(|known| same(known, part)));
            match wrong {
                Some(part) => Err(format!("\"{part}\" is not a value of the set")),
                None => Ok(Default::Sql(literal(&text))),
            }
        }
        DataType::Geometry { .. } | DataType::Uuid | DataType::Inet4 | DataType::Inet6 => {
            Ok(Default::Sql(literal(&text_of(value)?)))
        }
        DataType::Other(_) => Ok(Default::Sql(match value {
            Value::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => float_text(*number),
            _ => literal(&text_of(value)?),
        })),
    }
}

/// Whether the server takes one for the other: values of an enum are compared by its collation.
fn same(known: &str, given: &str) -> bool {
    known.trim_end_matches(' ').to_lowercase() == given.trim_end_matches(' ').to_lowercase()
}

/// The least and the greatest integer of a type.
pub(crate) fn range(size: IntegerSize, unsigned: bool) -> (i128, i128) {
    let bits = u32::from(size.bytes()) * 8;
    if unsigned {
        (0, (1_i128 << bits) - 1)
    } else {
        (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
    }
}

fn plain(scalar: Scalar) -> Default {
    match scalar {
        Scalar::Null => Default::Null,
        Scalar::Bare(sql) => Default::Sql(sql),
        Scalar::Text(text) | Scalar::Prefixed(_, text) => Default::Sql(literal(&text)),
    }
}

fn boolean(value: &Value) -> Default {
    const FALSE: [&str; 7] = ["0", "f", "F", "false", "FALSE", "off", "OFF"];
    let truth = match value {
        Value::Bool(truth) => *truth,
        Value::Integer(number) => *number != 0,
        Value::String(_) | Value::Symbol(_) => {
            let word = value.as_name().unwrap_or_default();
            if word.is_empty() {
                return Default::Null;
            }
            !FALSE.contains(&word)
        }
        _ => true,
    };
    Default::Sql(if truth { "TRUE" } else { "FALSE" }.into())
}

fn text_of(value: &Value) -> Result<String, String> {
    match value {
        Value::Bool(truth) => Ok(if *truth { "1" } else { "0" }.to_owned()),
        other => text::of(other),
    }
}

fn binary(value: &Value) -> Result<String, String> {
    let bytes = match value {
        Value::String(bytes) => bytes.to_vec(),
        _ => text_of(value)?.into_bytes(),
    };
    let mut text = String::from("x'");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\'');
    Ok(text)
}

/// A decimal, rounded to its scale as Ruby's `BigDecimal#round` does.
fn decimal(
    value: &Value,
    precision: Option<u32>,
    scale: Option<u32>,
    unsigned: bool,
    data_type: &DataType,
    server: Server,
) -> Result<Default, String> {
    let Scalar::Bare(text) = number::decimal(value)? else {
        return Ok(Default::Null);
    };
    // Without a scale but with a precision ActiveRecord takes it for an integer, and cuts the fraction off.
    let text = match (precision, scale) {
        (Some(_), None | Some(0)) => text.split('.').next().unwrap_or_default().to_owned(),
        (_, Some(scale)) => rounded(&text, scale),
        (None, None) => text,
    };
    let whole = text
        .trim_start_matches('-')
        .split('.')
        .next()
        .unwrap_or_default();
    let whole = whole.trim_start_matches('0').len();
    let most = precision.unwrap_or(10).saturating_sub(scale.unwrap_or(0));
    let is_negative =
        text.starts_with('-') && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    if u32::try_from(whole).is_ok_and(|digits| digits > most) || unsigned && is_negative {
        return Err(format!(
            "{text} is out of the range of {}",
            mysql_text::data_type::write(data_type, server)
        ));
    }
    Ok(Default::Sql(text))
}

/// A plain decimal with at most so many digits behind the point, half away from zero.
fn rounded(text: &str, scale: u32) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = usize::try_from(scale).unwrap_or(usize::MAX);
    if fraction.len() <= scale {
        return text.to_owned();
    }
    let goes_up = fraction.as_bytes()[scale] >= b'5';
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().take(scale)).collect();
    if goes_up {
        let mut carried = true;
        for digit in kept.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carried = false;
                break;
            }
        }
        if carried {
            kept.insert(0, b'1');
        }
    }
    let kept = String::from_utf8_lossy(&kept).into_owned();
    let (whole, fraction) = kept.split_at(kept.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    format!("{sign}{whole}.{fraction}")
}

/// The dates and times of both servers.
fn calendar(server: Server) -> Calendar {
    Calendar {
        database: server.name(),
        first_year: 0,
        first_year_shown: "0",
        last_year_of_dates: 9999,
        last_year_of_times: 9999,
        is_unbounded: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql_type: &str, value: &Value, expected: &str) {
        let (data_type, _) = mysql_text::data_type::read(sql_type);
        assert_eq!(
            cast(&data_type, value, Server::MySql),
            Ok(Default::Sql(expected.to_owned())),
            "{sql_type}"
        );
    }

    #[test]
    fn values_are_cast_by_the_name_of_the_type() {
        check("int", &Value::text("7"), "7");
        check("int", &Value::Float(3.9), "3");
        check("tinyint(1)", &Value::Integer(0), "FALSE");
        check("tinyint", &Value::Integer(2), "2");
        check("decimal(10,3)", &Value::text("12.34567"), "12.346");
        check("decimal(10,2)", &Value::text("9.995"), "10.0");
        check("decimal(8)", &Value::Integer(3), "3");
        check("float", &Value::Float(1e-7), "1.0e-07");
        check("varchar(9)", &Value::Bool(true), "'1'");
        check("varbinary(9)", &Value::text("abc"), "x'616263'");
        check("year", &Value::Integer(2024), "2024");
        check("enum('a','b')", &Value::text("b"), "'b'");
        check(
            "datetime",
            &Value::text("2024-01-31 23:59:58 +0900"),
            "'2024-01-31 14:59:58'",
        );
    }

    #[test]
    fn what_a_type_does_not_take_is_refused() {
        for (sql_type, value, told) in [
            (
                "tinyint",
                Value::Integer(300),
                "300 is out of the range of tinyint",
            ),
            (
                "int unsigned",
                Value::Integer(-1),
                "-1 is out of the range of int unsigned",
            ),
            (
                "varchar(3)",
                Value::text("abcd"),
                "4 characters, the column 3",
            ),
            (
                "enum('new')",
                Value::text("used"),
                "\"used\" is not a value of the enum",
            ),
            (
                "set('a','b')",
                Value::text("a,c"),
                "\"c\" is not a value of the set",
            ),
            (
                "decimal(4,2)",
                Value::text("123.45"),
                "123.45 is out of the range of decimal(4,2)",
            ),
        ] {
            let (data_type, _) = mysql_text::data_type::read(sql_type);
            let problem = cast(&data_type, &value, Server::MySql).unwrap_err();
            assert!(problem.contains(told), "{problem}");
        }
    }
}
