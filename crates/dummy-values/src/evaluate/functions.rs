//! Functions and casts.

use super::arithmetic::{power, remainder};
use super::value::{Number, Span, Value, compare, day, moment, time_of_day, truth};
use super::{Comparison, Fault, are_same, arithmetic, compared, is_text};
use crate::calendar::{DAY, SECOND, civil, days_from_civil};
use crate::check::elements_of_array;
use crate::fold::folded;
use sqlparser::ast::{ArrayElemTypeDef, DataType};
use std::cmp::Ordering;

/// The value of a call.
pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value, Fault> {
    match (name, arguments) {
        ("num_nulls", all) => Ok(count(all.iter().filter(|value| value.is_null()).count())),
        ("num_nonnulls", all) => Ok(count(all.iter().filter(|value| !value.is_null()).count())),
        ("greatest", all) => extreme(all, Ordering::Greater),
        ("least", all) => extreme(all, Ordering::Less),
        ("nullif", [value, other]) => Ok(if are_same(value, other)? {
            Value::Null
        } else {
            value.clone()
        }),
        ("concat", all) => all
            .iter()
            .filter(|value| !value.is_null())
            .map(Value::text)
            .collect::<Result<String, _>>()
            .map(Value::Text),
        ("concat_ws", [separator, all @ ..]) => Ok(Value::Text(
            all.iter()
                .filter(|value| !value.is_null())
                .map(Value::text)
                .collect::<Result<Vec<_>, _>>()?
                .join(&separator.text()?),
        )),
        (
            "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange",
            [lower, upper, ends @ ..],
        ) => range(name, lower, upper, ends),
        ("array_position", [Value::List(list), Value::Null])
            if !list.iter().any(Value::is_null) =>
        {
            Ok(Value::Null)
        }
        ("array_position", [Value::Null, _]) | ("family", [Value::Null]) => Ok(Value::Null),
        ("family", [Value::Text(address)]) => Ok(count(if address.contains(':') { 6 } else { 4 })),
        ("octet_length" | "length", [Value::Bytes(digits)]) => Ok(count(digits.len() / 2)),
        ("array_position" | "array_remove" | "array_to_string", _) => {
            Err(Fault::Unknown(format!("`{name}`")))
        }
        (_, all) if all.iter().any(Value::is_null) => match name {
            "isempty" | "lower" | "upper" | "lower_inf" | "upper_inf" => Ok(Value::Null),
            _ if is_strict(name) => Ok(Value::Null),
            _ => Err(Fault::Unknown(format!("`{name}`"))),
        },
        ("lower", [Value::Range(bounds, ..)]) => Ok(bounds.0.clone()),
        ("upper", [Value::Range(bounds, ..)]) => Ok(bounds.1.clone()),
        ("lower_inf", [Value::Range(bounds, ..)]) => Ok(Value::Truth(bounds.0.is_null())),
        ("upper_inf", [Value::Range(bounds, ..)]) => Ok(Value::Truth(bounds.1.is_null())),
        ("lower_inc", [Value::Range(_, with, _)]) | ("upper_inc", [Value::Range(_, _, with)]) => {
            Ok(Value::Truth(*with))
        }
        ("isempty", [Value::Range(bounds, lower, upper)]) => Ok(Value::Truth(
            !(*lower && *upper) && compared(&bounds.0, Comparison::Equal, &bounds.1)? == Some(true),
        )),
        ("abs", [value]) => arithmetic::absolute(value.clone()),
        ("mod", [left, right]) => remainder(left.number()?, right.number()?),
        ("power" | "pow", [left, right]) => power(left.number()?, right.number()?),
        ("sign", [value]) => Ok(Value::Number(Number::whole(value.number()?.units.signum()))),
        ("round", [value]) => Ok(Value::Number(value.number()?.rounded(0))),
        ("round", [value, digits]) => {
            let digits = u32::try_from(digits.number()?.units)
                .map_err(|_| Fault::unknown("rounding before the point"))?;
            Ok(Value::Number(value.number()?.rounded(digits)))
        }
        ("floor", [value]) => Ok(Value::Number(Number::new(
            value.number()?.floor(),
            0,
            value.number()?.whole,
        ))),
        ("ceil" | "ceiling", [value]) => {
            let number = value.number()?;
            let negative = Number {
                units: -number.units,
                ..number
            };
            Ok(Value::Number(Number::new(
                -negative.floor(),
                0,
                number.whole,
            )))
        }
        ("trunc", [value]) if !matches!(value, Value::Text(_)) => {
            let number = value.number()?;
            let unit = 10_i128.checked_pow(number.scale).unwrap_or(i128::MAX);
            Ok(Value::Number(Number::new(
                number.units / unit,
                0,
                number.whole,
            )))
        }
        ("cardinality", [list]) => Ok(count(list_of(list)?.len())),
        ("array_length" | "array_upper", [list, Value::Number(dimension)])
            if dimension.units == 1 =>
        {
            let length = list_of(list)?.len();
            Ok(if length == 0 {
                Value::Null
            } else {
                count(length)
            })
        }
        ("array_ndims", [list]) => Ok(if list_of(list)?.is_empty() {
            Value::Null
        } else {
            count(1)
        }),
        ("date_trunc", [unit, moment]) => truncated(&unit.text()?, moment),
        ("date_part", [unit, moment]) => part(&unit.text()?, moment),
        ("date", [value]) => Ok(Value::Day(value.moment()?.div_euclid(DAY))),
        ("timezone", [zone, moment])
            if matches!(
                zone.text()?.to_ascii_lowercase().as_str(),
                "utc" | "gmt" | "etc/utc"
            ) =>
        {
            moment.moment().map(Value::Moment)
        }
        ("jsonb_typeof" | "json_typeof", [Value::Json(text)]) => Ok(Value::Text(
            match json(text)? {
                serde_json::Value::Null => "null",
                serde_json::Value::Bool(_) => "boolean",
                serde_json::Value::Number(_) => "number",
                serde_json::Value::String(_) => "string",
                serde_json::Value::Array(_) => "array",
                serde_json::Value::Object(_) => "object",
            }
            .to_owned(),
        )),
        ("jsonb_array_length" | "json_array_length", [Value::Json(text)]) => match json(text)? {
            serde_json::Value::Array(array) => Ok(count(array.len())),
            _ => Err(Fault::Refused("it isn't an array of JSON".to_owned())),
        },
        ("octet_length" | "pg_column_size", [Value::Json(_)]) => {
            Err(Fault::unknown("the length of JSON"))
        }
        _ => of_text(name, arguments),
    }
}

fn json(text: &str) -> Result<serde_json::Value, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Refused(format!("`{text}` isn't JSON")))
}

/// Functions of texts.
fn of_text(name: &str, arguments: &[Value]) -> Result<Value, Fault> {
    let not_known = || Fault::Unknown(format!("`{name}`"));
    let (first, rest) = arguments.split_first().ok_or_else(not_known)?;
    let whole = |value: &Value| {
        i64::try_from(value.number()?.units).map_err(|_| Fault::unknown("a large number"))
    };
    let text = match first {
        Value::Number(_) | Value::Day(_) | Value::Truth(_) | Value::Text(_) => first.text(),
        _ => Err(not_known()),
    };
    Ok(match (name, rest) {
        ("lower", []) => Value::Text(text?.to_lowercase()),
        ("folded", []) => Value::Text(folded(&text?)),
        ("upper", []) => Value::Text(text?.to_uppercase()),
        ("length" | "char_length" | "character_length", []) => count(text?.chars().count()),
        ("octet_length", []) => count(text?.len()),
        ("trim" | "btrim", []) => Value::Text(text?.trim_matches(' ').to_owned()),
        ("ltrim", []) => Value::Text(text?.trim_start_matches(' ').to_owned()),
        ("rtrim", []) => Value::Text(text?.trim_end_matches(' ').to_owned()),
        ("btrim" | "trim" | "ltrim" | "rtrim", [characters]) => {
            let (text, characters) = (text?, characters.text()?);
            let is_one = |character: char| characters.contains(character);
            Value::Text(
                match name {
                    "ltrim" => text.trim_start_matches(is_one),
                    "rtrim" => text.trim_end_matches(is_one),
                    _ => text.trim_matches(is_one),
                }
                .to_owned(),
            )
        }
        ("left", [number]) => {
            let number = usize::try_from(whole(number)?).map_err(|_| not_known())?;
            Value::Text(text?.chars().take(number).collect())
        }
        ("right", [number]) => {
            let (text, number) = (
                text?,
                usize::try_from(whole(number)?).map_err(|_| not_known())?,
            );
            let skipped = text.chars().count().saturating_sub(number);
            Value::Text(text.chars().skip(skipped).collect())
        }
        ("substr" | "substring", [from @ Value::Number(_), count @ ..]) => {
            let from = whole(from)?;
            let end = match count {
                [] => i64::MAX,
                [count] => from.saturating_add(whole(count)?),
                _ => return Err(not_known()),
            };
            let kept = (1_i64..)
                .zip(text?.chars())
                .filter(|(place, _)| (from..end).contains(place))
                .map(|(_, character)| character)
                .collect();
            Value::Text(kept)
        }
        ("replace", [from, to]) => Value::Text(text?.replace(&from.text()?, &to.text()?)),
        ("starts_with", [prefix]) => Value::Truth(text?.starts_with(&prefix.text()?)),
        ("strpos", [part]) => {
            let (text, part) = (text?, part.text()?);
            count(
                text.find(&part)
                    .map_or(0, |place| text[..place].chars().count() + 1),
            )
        }
        // What matters of these is that different texts have different ones.
        (
            "md5" | "sha256" | "sha224" | "sha384" | "sha512" | "hashtext" | "hashtextextended"
            | "convert_to" | "encode" | "digest" | "decode",
            _,
        ) => Value::Text(format!("{name}({})", text?)),
        (_, []) if name.ends_with("unaccent") => {
            let text = text?;
            if !text.is_ascii() {
                return Err(not_known());
            }
            Value::Text(text)
        }
        _ => return Err(not_known()),
    })
}

/// Functions that are NULL where an argument is, among those that are known.
fn is_strict(name: &str) -> bool {
    name.ends_with("unaccent")
        || [
            "abs",
            "mod",
            "power",
            "pow",
            "sign",
            "round",
            "floor",
            "ceil",
            "ceiling",
            "trunc",
            "cardinality",
            "array_length",
            "array_upper",
            "array_ndims",
            "date_trunc",
            "date_part",
            "date",
            "timezone",
            "jsonb_typeof",
            "json_typeof",
            "jsonb_array_length",
            "json_array_length",
            "length",
            "char_length",
            "character_length",
            "octet_length",
            "folded",
            "trim",
            "btrim",
            "ltrim",
            "rtrim",
            "left",
            "right",
            "substr",
            "substring",
            "replace",
            "starts_with",
            "strpos",
            "md5",
            "sha256",
            "sha224",
            "sha384",
            "sha512",
            "hashtext",
            "hashtextextended",
            "convert_to",
            "encode",
            "digest",
            "decode",
            "lower_inc",
            "upper_inc",
            "to_tsvector",
        ]
        .contains(&name)
}

fn count(number: usize) -> Value {
    Value::Number(Number::whole(i128::try_from(number).unwrap_or(i128::MAX)))
}

fn list_of(value: &Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::List(list) => Ok(list.clone()),
        Value::Text(text) => Ok(elements_of_array(text)
            .ok_or_else(|| Fault::unknown("an array"))?
            .into_iter()
            .map(Value::Text)
            .collect()),
        _ => Err(Fault::unknown("an array was expected")),
    }
}

/// The greatest or least of some values, of which NULLs don't count.
fn extreme(values: &[Value], wanted: Ordering) -> Result<Value, Fault> {
    let mut best = Value::Null;
    for value in values {
        match compare(value, &best) {
            Ok(None) if best.is_null() => best = value.clone(),
            Ok(Some(order)) if order == wanted => best = value.clone(),
            Ok(_) => {}
            Err(Fault::Order) => {
                let (first, second) = (value.text()?, best.text()?);
                if first.cmp(&second) == wanted {
                    best = value.clone();
                }
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(best)
}

fn range(name: &str, lower: &Value, upper: &Value, ends: &[Value]) -> Result<Value, Fault> {
    let ends = match ends {
        [] => "[)".to_owned(),
        [ends] => ends.text()?,
        _ => return Err(Fault::unknown("a range")),
    };
    let typed = |value: &Value| -> Result<Value, Fault> {
        Ok(match (value, name) {
            (Value::Null, _) => Value::Null,
            (value, "tsrange" | "tstzrange") => Value::Moment(value.moment()?),
            (value, "daterange") => match value.moment()? {
                far @ (i64::MAX | i64::MIN) => Value::Moment(far),
                moment => Value::Day(moment.div_euclid(DAY)),
            },
            (value, _) => Value::Number(value.number()?),
        })
    };
    let (lower, upper) = (typed(lower)?, typed(upper)?);
    if compared(&lower, Comparison::Above, &upper)? == Some(true) {
        return Err(Fault::Refused(
            "range lower bound must be less than or equal to range upper bound".to_owned(),
        ));
    }
    Ok(Value::Range(
        Box::new((lower, upper)),
        ends.starts_with('['),
        ends.ends_with(']'),
    ))
}

/// `date_trunc(unit, moment)`.
fn truncated(unit: &str, value: &Value) -> Result<Value, Fault> {
    let moment = value.moment()?;
    let day = moment.div_euclid(DAY);
    let (year, month, _) = civil(day);
    let midnight = |days: i64| Ok(Value::Moment(days * DAY));
    let floor = |unit: i64| Ok(Value::Moment(moment.div_euclid(unit) * unit));
    match unit.to_ascii_lowercase().as_str() {
        "second" => floor(SECOND),
        "minute" => floor(60 * SECOND),
        "hour" => floor(3600 * SECOND),
        "day" => midnight(day),
        // 1970-01-01 was a Thursday.
        "week" => midnight((day + 3).div_euclid(7) * 7 - 3),
        "month" => midnight(days_from_civil(year, month, 1)),
        "quarter" => midnight(days_from_civil(year, (month - 1) / 3 * 3 + 1, 1)),
        "year" => midnight(days_from_civil(year, 1, 1)),
        other => Err(Fault::Unknown(format!("`date_trunc('{other}')`"))),
    }
}

/// `EXTRACT(unit FROM value)`.
pub(super) fn part(unit: &str, value: &Value) -> Result<Value, Fault> {
    let whole = |number: i64| Ok(Value::Number(Number::new(i128::from(number), 0, false)));
    let seconds = |microseconds: i64| {
        Ok(Value::Number(Number::new(
            i128::from(microseconds),
            6,
            false,
        )))
    };
    let unit = unit.to_ascii_lowercase();
    match value {
        Value::Null => return Ok(Value::Null),
        Value::Span(span) => {
            return match unit.as_str() {
                "epoch" if span.months == 0 => seconds(span.days * DAY + span.microseconds),
                "day" => whole(span.days),
                "hour" => whole(span.microseconds / (3600 * SECOND)),
                "minute" => whole(span.microseconds % (3600 * SECOND) / (60 * SECOND)),
                _ => Err(Fault::unknown("a part of an interval")),
            };
        }
        _ => {}
    }
    let time = match value {
        Value::Time(time) => Some(*time),
        _ => None,
    };
    let moment = match time {
        Some(time) => time,
        None => value.moment()?,
    };
    let day = moment.div_euclid(DAY);
    let of_day = moment.rem_euclid(DAY);
    let (year, month, of_month) = civil(day);
    match unit.as_str() {
        "hour" => whole(of_day / (3600 * SECOND)),
        "minute" => whole(of_day / (60 * SECOND) % 60),
        "second" => seconds(of_day % (60 * SECOND)),
        "epoch" => seconds(moment),
        _ if time.is_some() => Err(Fault::unknown("a part of a time")),
        "year" => whole(year),
        "month" => whole(i64::from(month)),
        "day" => whole(i64::from(of_month)),
        "quarter" => whole(i64::from((month - 1) / 3 + 1)),
        "dow" => whole((day + 4).rem_euclid(7)),
        "isodow" => whole((day + 3).rem_euclid(7) + 1),
        "doy" => whole(day - days_from_civil(year, 1, 1) + 1),
        other => Err(Fault::Unknown(format!("`EXTRACT({other})`"))),
    }
}

/// A value as another type.
pub(super) fn cast(value: Value, data_type: &DataType) -> Result<Value, Fault> {
    if value.is_null() {
        return Ok(value);
    }
    let not_known = || Fault::Unknown(format!("a cast to {data_type}"));
    match data_type {
        text if is_text(text) => value.text().map(Value::Text),
        DataType::Varchar(_)
        | DataType::CharacterVarying(_)
        | DataType::Char(_)
        | DataType::Character(_)
        | DataType::Text => match value {
            Value::Text(text) if text.chars().count() <= 1 => Ok(Value::Text(text)),
            _ => Err(not_known()),
        },
        DataType::SmallInt(_)
        | DataType::Int2(_)
        | DataType::Int(_)
        | DataType::Integer(_)
        | DataType::Int4(_)
        | DataType::Int8(_)
        | DataType::BigInt(_) => match value {
            Value::Truth(truth) => Ok(Value::Number(Number::whole(i128::from(truth)))),
            other => {
                let rounded = other.number()?.rounded(0);
                Ok(Value::Number(Number::whole(rounded.units)))
            }
        },
        DataType::Numeric(info) | DataType::Decimal(info) => {
            let number = value.number()?;
            let number = match info {
                sqlparser::ast::ExactNumberInfo::None => number,
                sqlparser::ast::ExactNumberInfo::Precision(_) => number.rounded(0),
                sqlparser::ast::ExactNumberInfo::PrecisionAndScale(_, scale) => {
                    number.rounded(u32::try_from(*scale).map_err(|_| not_known())?)
                }
            };
            Ok(Value::Number(Number {
                whole: false,
                ..number
            }))
        }
        DataType::Real
        | DataType::DoublePrecision
        | DataType::Float(_)
        | DataType::Float8
        | DataType::Float4
        | DataType::Double(_) => Ok(Value::Number(Number {
            whole: false,
            ..value.number()?
        })),
        DataType::Boolean | DataType::Bool => match &value {
            Value::Truth(_) => Ok(value),
            Value::Text(text) => truth(text)
                .map(Value::Truth)
                .ok_or_else(|| Fault::Refused(format!("`{text}` is neither true nor false"))),
            Value::Number(number) => Ok(Value::Truth(number.units != 0)),
            _ => Err(not_known()),
        },
        DataType::Date => match &value {
            Value::Text(text) => match moment(text) {
                Some(far @ (i64::MAX | i64::MIN)) => Ok(Value::Moment(far)),
                _ => day(text).map(Value::Day).ok_or_else(not_known),
            },
            other => Ok(Value::Day(other.moment()?.div_euclid(DAY))),
        },
        DataType::Timestamp(..) => value.moment().map(Value::Moment),
        DataType::Time(..) => match &value {
            Value::Time(_) => Ok(value),
            Value::Text(text) => time_of_day(text).map(Value::Time).ok_or_else(not_known),
            other => Ok(Value::Time(other.moment()?.rem_euclid(DAY))),
        },
        DataType::Interval { .. } => match &value {
            Value::Span(_) => Ok(value),
            Value::Text(text) => Span::read(text).map(Value::Span).ok_or_else(not_known),
            _ => Err(not_known()),
        },
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _)) => list_of(&value)?
            .into_iter()
            .map(|one| cast(one, element))
            .collect::<Result<_, _>>()
            .map(Value::List),
        DataType::JSON | DataType::JSONB => match value {
            Value::Text(text) | Value::Json(text) => {
                json(&text)?;
                Ok(Value::Json(text))
            }
            _ => Err(not_known()),
        },
        DataType::Uuid => {
            let text = value.text()?.to_lowercase();
            let digits = text.chars().filter(char::is_ascii_hexdigit).count();
            let is_uuid = digits == 32
                && text
                    .chars()
                    .all(|character| character.is_ascii_hexdigit() || "-{}".contains(character));
            if is_uuid {
                Ok(Value::Text(text))
            } else {
                Err(Fault::Refused(format!("`{text}` isn't a UUID")))
            }
        }
        DataType::Custom(name, _) => {
            let name = name.to_string().to_lowercase();
            match (name.rsplit('.').next().unwrap_or(&name), value) {
                ("citext", value) => Ok(Value::Text(value.text()?.to_lowercase())),
                ("inet" | "cidr" | "bpchar" | "ltree" | "name", Value::Text(text)) => {
                    Ok(Value::Text(text))
                }
                // An enum's label, or a domain's value.
                (_, Value::Text(text)) => Ok(Value::Text(text)),
                _ => Err(not_known()),
            }
        }
        _ => Err(not_known()),
    }
}
