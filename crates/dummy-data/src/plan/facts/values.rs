//! Whether a text is a value of a column's type: cells of masters and values of the configuration are held against it.

use crate::plan::sql::moment;
use value_model::{Column, Schema, Table, ValueType};

/// What is wrong with a value by its column's type, if anything; none stands for NULL.
pub(crate) fn wrong(
    schema: &Schema,
    table: &Table,
    column: &Column,
    text: Option<&str>,
) -> Option<String> {
    let name = &column.name;
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(name));
    let Some(text) = text else {
        return (column.not_null || in_key).then(|| format!("`{name}` can't be NULL"));
    };
    if column.data_type.array {
        return (!(text.starts_with('{') && text.ends_with('}')))
            .then(|| format!("`{text}` isn't an array for `{name}`: write `{{a,b}}`"));
    }
    let not = |what: &str| {
        let null = if text.eq_ignore_ascii_case("null") || text == "\\N" {
            "; NULL is an empty field"
        } else {
            ""
        };
        Some(format!("`{text}` isn't {what}, which `{name}` wants{null}"))
    };
    let not_within =
        |least: i64, greatest: i64| not(&format!("a whole number from {least} to {greatest}"));
    match &column.data_type.kind {
        ValueType::SmallInt if text.parse::<i16>().is_err() => {
            not_within(i16::MIN.into(), i16::MAX.into())
        }
        ValueType::Integer if text.parse::<i32>().is_err() => {
            not_within(i32::MIN.into(), i32::MAX.into())
        }
        ValueType::BigInt if text.parse::<i64>().is_err() => not_within(i64::MIN, i64::MAX),
        ValueType::Numeric { .. } | ValueType::Real | ValueType::DoublePrecision
            if text.parse::<f64>().is_err() =>
        {
            not("a number")
        }
        ValueType::Numeric {
            precision: Some(precision),
            scale,
        } => {
            let most = i64::from(*precision) - i64::from(scale.unwrap_or(0));
            let digits = digits_before_point(text)?;
            (digits > most).then(|| {
                format!("`{text}` has {digits} digits before the point; `{name}` takes {most}")
            })
        }
        ValueType::Boolean if !is_boolean(text) => not("true or false"),
        ValueType::Date if !is_moment(text) => not("a date such as 2026-01-31"),
        ValueType::Timestamp { .. } if !is_moment(text) => {
            not("a date and time such as 2026-01-31 18:30:00")
        }
        ValueType::Varchar { limit: Some(limit) } | ValueType::Char { limit: Some(limit) }
            if text.chars().count() > *limit as usize =>
        {
            Some(format!(
                "`{text}` has {} characters; `{name}` takes {limit}",
                text.chars().count()
            ))
        }
        _ if column
            .own
            .most_bytes
            .is_some_and(|most| text.len() > most as usize) =>
        {
            Some(format!(
                "`{text}` has {} bytes; `{name}` takes {}",
                text.len(),
                column.own.most_bytes.unwrap_or_default()
            ))
        }
        ValueType::Enum(enum_name) => {
            let labels = &schema.own.enum_type(enum_name)?.values;
            (!labels.iter().any(|label| label == text)).then(|| {
                format!(
                    "`{text}` isn't a label of `{enum_name}`: {}",
                    labels.join(", ")
                )
            })
        }
        ValueType::Uuid if !is_uuid(text) => not("a UUID"),
        ValueType::Json | ValueType::ParsedJson
            if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() =>
        {
            not("JSON")
        }
        _ => None,
    }
}

/// How many digits a number written without an exponent has before its point; zeros before them don't count.
fn digits_before_point(text: &str) -> Option<i64> {
    let whole = text
        .trim()
        .trim_start_matches(['-', '+'])
        .split('.')
        .next()?;
    let digits = whole.trim_start_matches('0');
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| i64::try_from(digits.len()).ok())?
}

/// Whether a text is a date, or begins with one; or is one of the words that stand for a moment.
fn is_moment(text: &str) -> bool {
    const WORDS: [&str; 7] = [
        "infinity",
        "-infinity",
        "epoch",
        "now",
        "today",
        "tomorrow",
        "yesterday",
    ];
    // The server reads slashes like hyphens where the year comes first; spreadsheets write them.
    moment(&text.replace('/', "-")).is_some()
        || WORDS.contains(&text.trim().to_lowercase().as_str())
}

fn is_uuid(text: &str) -> bool {
    text.chars().filter(char::is_ascii_hexdigit).count() == 32
        && text
            .chars()
            .all(|character| character.is_ascii_hexdigit() || "-{}".contains(character))
}

fn is_boolean(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "t" | "f" | "true" | "false" | "yes" | "no" | "y" | "n" | "on" | "off" | "1" | "0"
    )
}
