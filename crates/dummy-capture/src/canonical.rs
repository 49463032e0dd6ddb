//! Values as texts that are equal where the values are.
//!
//! What is made is written as the server reads it, and what a dump has as the server writes it: `1.50` and `1.5`,
//! `[1,9]` and `[1,10)`, keys of JSON in another order. For each type there is one form of which both are brought to.

use dump_text::row;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;
use value_model::{DataType, RangeType, ValueType};

/// Whether two texts are the same value of a type.
pub fn same(data_type: &DataType, one: &str, other: &str) -> bool {
    one == other || text(data_type, one) == text(data_type, other)
}

/// The one text of a value.
pub fn text(data_type: &DataType, value: &str) -> String {
    if data_type.array {
        return array(&data_type.kind, value);
    }
    scalar(&data_type.kind, value)
}

fn scalar(kind: &ValueType, value: &str) -> String {
    match kind {
        ValueType::SmallInt | ValueType::Integer | ValueType::BigInt | ValueType::Oid => {
            match value {
                "t" => "1".to_owned(),
                "f" => "0".to_owned(),
                _ => decimal(value),
            }
        }
        ValueType::Numeric { .. } => decimal(value),
        ValueType::Real => value
            .parse::<f32>()
            .map_or_else(|_| value.to_owned(), |number| number.to_string()),
        ValueType::DoublePrecision => value
            .parse::<f64>()
            .map_or_else(|_| value.to_owned(), |number| number.to_string()),
        ValueType::Money => {
            let kept =
                |character: &char| character.is_ascii_digit() || matches!(character, '.' | '-');
            decimal(&value.chars().filter(kept).collect::<String>())
        }
        ValueType::Char { .. } => value.trim_end_matches(' ').to_owned(),
        ValueType::Boolean => match value {
            "1" | "true" | "on" | "yes" => "t".to_owned(),
            "0" | "false" | "off" | "no" => "f".to_owned(),
            _ => value.to_owned(),
        },
        ValueType::Time { .. } => time(value).unwrap_or_else(|| value.to_owned()),
        ValueType::Date => value.trim().to_owned(),
        ValueType::Timestamp { with_time_zone, .. } => {
            moment(value, *with_time_zone).unwrap_or_else(|| value.to_owned())
        }
        ValueType::Interval { .. } => interval(value).unwrap_or_else(|| value.to_owned()),
        ValueType::Uuid | ValueType::Bytes | ValueType::Macaddr | ValueType::Macaddr8 => {
            value.to_lowercase()
        }
        ValueType::ParsedJson => serde_json::from_str::<serde_json::Value>(value)
            .map_or_else(|_| value.to_owned(), |json| json.to_string()),
        ValueType::Inet => address(value, true),
        ValueType::Cidr => address(value, false),
        ValueType::Point
        | ValueType::Line
        | ValueType::Lseg
        | ValueType::Path
        | ValueType::Polygon
        | ValueType::Circle => {
            let open = value.trim_start().starts_with('[') && matches!(kind, ValueType::Path);
            format!("{open} {}", joined(&numbers(value)))
        }
        ValueType::Box => corners(value),
        ValueType::Range(of) => range(*of, value),
        ValueType::Multirange(of) => ranges(value)
            .map(|one| range(*of, one))
            .collect::<Vec<_>>()
            .join(","),
        ValueType::Hstore => elements(value, ',')
            .collect::<BTreeSet<_>>()
            .into_iter()
            .fold(String::new(), |mut all, one| {
                let _ = write!(all, "{},", one.replace(" => ", "=>").replace('"', ""));
                all
            }),
        ValueType::Tsvector => {
            let words = value.split_whitespace().map(|word| word.replace('\'', ""));
            words
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join(" ")
        }
        ValueType::Tsquery => value.replace(['\'', ' '], ""),
        _ => value.to_owned(),
    }
}

/// Digits without zeros that say nothing.
fn decimal(value: &str) -> String {
    let value = value.trim();
    let (sign, digits) = match value.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    let is_plain = !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_plain {
        return value.to_owned();
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        ("", fraction) => format!("{sign}0.{fraction}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

/// A time of day and its zone in minutes.
fn time(value: &str) -> Option<String> {
    let (clock, zone) = split_zone(value.trim());
    let zone = match zone {
        Some(zone) => Some(minutes(zone)?),
        None => None,
    };
    Some(format!("{} {zone:?}", microseconds(clock)?))
}

/// Microseconds since 1970-01-01 in UTC, or in no zone at all.
fn moment(value: &str, with_time_zone: bool) -> Option<String> {
    let value = value.trim();
    let (date, rest) = value.split_once([' ', 'T']).unwrap_or((value, ""));
    let mut parts = date.splitn(3, '-');
    let mut part = || parts.next()?.parse::<i64>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    let days =
        dummy_data::days_since_1970(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    let (clock, zone) = split_zone(rest);
    let clock = if clock.is_empty() {
        0
    } else {
        microseconds(clock)?
    };
    let zone = match zone {
        Some(zone) if with_time_zone => minutes(zone)?,
        _ => 0,
    };
    Some((days * 86_400_000_000 + clock - zone * 60_000_000).to_string())
}

/// A time of day, and what follows it from its sign on.
fn split_zone(text: &str) -> (&str, Option<&str>) {
    if let Some(clock) = text.strip_suffix('Z') {
        return (clock, Some("+00"));
    }
    match text.find(['+', '-']) {
        Some(place) => (&text[..place], Some(&text[place..])),
        None => (text, None),
    }
}

/// `+09:30` in minutes.
fn minutes(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(both) => both,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

/// `01:02:03.5` in microseconds.
fn microseconds(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds = parts.next().unwrap_or("0");
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + whole.parse::<i64>().ok()?) * 1_000_000 + fraction)
}

/// Months, days and microseconds.
fn interval(value: &str) -> Option<String> {
    let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
    let mut words = value.split_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (sign, clock) = match word.strip_prefix('-') {
                Some(rest) => (-1, rest),
                None => (1, word.strip_prefix('+').unwrap_or(word)),
            };
            micros += sign * microseconds(clock)?;
            continue;
        }
        let number: i64 = word.parse().ok()?;
        match words.next()?.trim_end_matches('s') {
            "year" => months += 12 * number,
            "mon" | "month" => months += number,
            "week" => days += 7 * number,
            "day" => days += number,
            "hour" => micros += number * 3_600_000_000,
            "minute" | "min" => micros += number * 60_000_000,
            "second" | "sec" => micros += number * 1_000_000,
            _ => return None,
        }
    }
    Some(format!("{months} {days} {micros}"))
}

fn address(value: &str, of_a_host: bool) -> String {
    let (address, bits) = match value.trim().split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (value.trim(), None),
    };
    let Ok(parsed) = address.parse::<IpAddr>() else {
        return value.to_lowercase();
    };
    let all = if parsed.is_ipv4() { "32" } else { "128" };
    match bits {
        Some(bits) if bits != all => format!("{parsed}/{bits}"),
        _ if of_a_host => parsed.to_string(),
        _ => format!("{parsed}/{all}"),
    }
}

/// All numbers of a text.
fn numbers(value: &str) -> Vec<f64> {
    value
        .split(|character: char| {
            !(character.is_ascii_digit() || matches!(character, '.' | '-' | '+' | 'e' | 'E'))
        })
        .filter_map(|number| number.parse().ok())
        .collect()
}

fn joined(numbers: &[f64]) -> String {
    let texts: Vec<String> = numbers
        .iter()
        .map(|number| (number + 0.0).to_string())
        .collect();
    texts.join(" ")
}

/// A box by its upper right corner and its lower left one.
fn corners(value: &str) -> String {
    match numbers(value).as_slice() {
        [a, b, c, d] => joined(&[a.max(*c), b.max(*d), a.min(*c), b.min(*d)]),
        other => joined(other),
    }
}

/// The ranges of a multirange.
fn ranges(value: &str) -> impl Iterator<Item = &str> {
    let inner = value.trim().trim_start_matches('{').trim_end_matches('}');
    inner
        .split_inclusive([')', ']'])
        .map(|one| one.trim_start_matches([',', ' ']))
        .filter(|one| !one.is_empty())
}

/// A range; of whole numbers and dates with its lower bound and without its upper one.
fn range(of: RangeType, value: &str) -> String {
    let value = value.trim();
    let parts = value
        .strip_prefix(['[', '('])
        .and_then(|inner| inner.strip_suffix([']', ')']))
        .and_then(|inner| inner.split_once(','));
    let Some((lower, upper)) = parts else {
        return value.to_lowercase();
    };
    let (opens, closes) = (value.starts_with('('), value.ends_with(']'));
    let element = element_of(of);
    let bound = |text: &str| {
        let text = text.trim().trim_matches('"');
        if text.is_empty() {
            return String::new();
        }
        scalar(&element, text)
    };
    let (lower, upper) = (bound(lower), bound(upper));
    match of {
        RangeType::Int4 | RangeType::Int8 => {
            let shifted = |text: &str, by: i64| {
                let number = text.parse::<i64>();
                number.map_or_else(|_| text.to_owned(), |number| (number + by).to_string())
            };
            format!(
                "[{},{})",
                shifted(&lower, i64::from(opens)),
                shifted(&upper, i64::from(closes))
            )
        }
        RangeType::Date => {
            let shifted = |text: &str, by: i64| {
                let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
                let days = match (parts.next(), parts.next(), parts.next()) {
                    (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => u32::try_from(month)
                        .ok()
                        .zip(u32::try_from(day).ok())
                        .and_then(|(month, day)| dummy_data::days_since_1970(year, month, day)),
                    _ => None,
                };
                days.map_or_else(|| text.to_owned(), |days| (days + by).to_string())
            };
            format!(
                "[{},{})",
                shifted(&lower, i64::from(opens)),
                shifted(&upper, i64::from(closes))
            )
        }
        _ => format!(
            "{}{lower},{upper}{}",
            if opens || lower.is_empty() { '(' } else { '[' },
            if closes && !upper.is_empty() {
                ']'
            } else {
                ')'
            }
        ),
    }
}

fn element_of(of: RangeType) -> ValueType {
    match of {
        RangeType::Int4 | RangeType::Int8 => ValueType::BigInt,
        RangeType::Num => ValueType::Numeric {
            precision: None,
            scale: None,
        },
        RangeType::Date => ValueType::Date,
        RangeType::Ts => ValueType::Timestamp {
            precision: None,
            with_time_zone: false,
        },
        RangeType::Tstz => ValueType::Timestamp {
            precision: None,
            with_time_zone: true,
        },
    }
}

/// An array with each of its elements in its one form.
fn array(kind: &ValueType, value: &str) -> String {
    let separator = if *kind == ValueType::Box { ';' } else { ',' };
    let Some(inner) = value
        .trim()
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
    else {
        return value.to_owned();
    };
    let mut all = String::from("{");
    for element in elements(inner, separator) {
        let one = if element.starts_with('{') {
            array(kind, &element)
        } else if element.eq_ignore_ascii_case("null") {
            "NULL".to_owned()
        } else {
            let unquoted = element
                .strip_prefix('"')
                .and_then(|inner| inner.strip_suffix('"'));
            match unquoted {
                Some(inner) => format!("{:?}", scalar(kind, &unescaped(inner))),
                None => format!("{:?}", scalar(kind, &element)),
            }
        };
        all.push_str(&one);
        all.push('\u{1f}');
    }
    all + "}"
}

/// What stands between separators, outside of quotes and braces.
fn elements(text: &str, separator: char) -> impl Iterator<Item = String> {
    let mut all = Vec::new();
    let (mut one, mut depth, mut quoted, mut escaped) = (String::new(), 0_i32, false, false);
    for character in text.chars() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == '"' {
            quoted = !quoted;
        } else if !quoted && character == '{' {
            depth += 1;
        } else if !quoted && character == '}' {
            depth -= 1;
        } else if !quoted && depth == 0 && character == separator {
            all.push(std::mem::take(&mut one).trim().to_owned());
            continue;
        }
        one.push(character);
    }
    if !one.trim().is_empty() || !all.is_empty() {
        all.push(one.trim().to_owned());
    }
    all.into_iter()
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        });
    }
    plain
}

/// The value of a field of a `mysqldump`, as values are made: bytes and bits by their digits.
pub fn of_mysql(field: &[u8], data_type: &DataType) -> Option<String> {
    if field == row::NULL {
        return None;
    }
    let bytes: Cow<'_, [u8]> = raw(field);
    Some(match &data_type.kind {
        ValueType::Bytes => match hexadecimal(&bytes) {
            Some(digits) => format!("\\x{}", digits.to_ascii_lowercase()),
            None => bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            }),
        },
        ValueType::Bit { length } => {
            let width = length.unwrap_or(1) as usize;
            let number = match hexadecimal(&bytes) {
                Some(digits) => u64::from_str_radix(digits, 16).unwrap_or(0),
                None => bytes
                    .iter()
                    .fold(0, |number, byte| (number << 8) | u64::from(*byte)),
            };
            format!("{number:0>width$b}")
        }
        _ => return row::text(field),
    })
}

/// The digits of `0x…`.
fn hexadecimal(bytes: &[u8]) -> Option<&str> {
    let digits = std::str::from_utf8(bytes).ok()?.strip_prefix("0x")?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(digits)
}

/// A field's bytes without COPY's backslashes.
fn raw(field: &[u8]) -> Cow<'_, [u8]> {
    if !field.contains(&b'\\') {
        return Cow::Borrowed(field);
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'v') => 11,
                Some(&other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn equal(kind: ValueType, pairs: &[(&str, &str)]) {
        let of_type = DataType::scalar(kind);
        for (one, other) in pairs {
            assert!(same(&of_type, one, other), "{one} and {other}");
        }
    }

    #[track_caller]
    fn unequal(kind: ValueType, pairs: &[(&str, &str)]) {
        let of_type = DataType::scalar(kind);
        for (one, other) in pairs {
            assert!(!same(&of_type, one, other), "{one} and {other}");
        }
    }

    const STAMP: ValueType = ValueType::Timestamp {
        precision: None,
        with_time_zone: true,
    };

    #[test]
    fn numbers_are_their_values() {
        let numeric = || ValueType::Numeric {
            precision: None,
            scale: None,
        };
        equal(
            numeric(),
            &[
                ("1.50", "1.5"),
                ("007", "7"),
                ("-0.10", "-.1"),
                ("0.00", "0"),
            ],
        );
        unequal(numeric(), &[("1.5", "1.51"), ("1", "-1"), ("NaN", "0")]);
        equal(ValueType::Real, &[("0.10", "0.1"), ("1e3", "1000")]);
        equal(
            ValueType::Money,
            &[("$1,234.50", "1234.5"), ("-$3.00", "-3")],
        );
    }

    #[test]
    fn moments_are_compared_in_utc() {
        equal(
            STAMP,
            &[
                ("2026-11-01 09:00:00+09", "2026-11-01 00:00:00+00"),
                ("2026-11-01 00:00:00.500000+00", "2026-11-01 00:00:00.5Z"),
                ("2026-11-01 05:30:00+05:30", "2026-11-01 00:00:00+00"),
            ],
        );
        unequal(
            STAMP,
            &[("2026-11-01 00:00:00+00", "2026-11-01 00:00:01+00")],
        );
    }

    #[test]
    fn ranges_are_what_is_in_them() {
        equal(
            ValueType::Range(RangeType::Int4),
            &[("[1,9]", "[1,10)"), ("(0,10)", "[1,9]"), ("[1,)", "(0,)")],
        );
        equal(
            ValueType::Range(RangeType::Date),
            &[("[2026-01-01,2026-01-31]", "[2026-01-01,2026-02-01)")],
        );
        equal(
            ValueType::Range(RangeType::Ts),
            &[(
                "[2026-01-01 00:00,2026-01-02 00:00)",
                "[\"2026-01-01 00:00:00\",\"2026-01-02 00:00:00\")",
            )],
        );
        unequal(ValueType::Range(RangeType::Num), &[("[1,2]", "[1,2)")]);
    }

    #[test]
    fn what_a_server_writes_otherwise_is_the_same() {
        equal(
            ValueType::ParsedJson,
            &[("{\"b\":1,\"a\": [1,2]}", "{\"a\": [1, 2], \"b\": 1}")],
        );
        equal(
            ValueType::Inet,
            &[
                ("10.0.0.1/32", "10.0.0.1"),
                ("2001:DB8::1", "2001:db8:0::1"),
            ],
        );
        equal(ValueType::Box, &[("(0,0),(1,2)", "(1,2),(0,0)")]);
        equal(
            ValueType::Interval { precision: None },
            &[("90 minutes", "01:30:00"), ("14 mons", "1 year 2 mons")],
        );
        equal(ValueType::Char { limit: Some(3) }, &[("a  ", "a")]);
        let array = DataType::array(ValueType::Text);
        assert!(same(&array, "{\"a\",b}", "{a,\"b\"}"));
        assert!(!same(&array, "{\"a,b\"}", "{a,b}"));
    }

    #[test]
    fn bytes_and_bits_of_a_mysqldump_are_digits() {
        let bytes = DataType::scalar(ValueType::Bytes);
        assert_eq!(of_mysql(b"0x4aFF", &bytes).as_deref(), Some("\\x4aff"));
        assert_eq!(of_mysql(b"A\\n", &bytes).as_deref(), Some("\\x410a"));
        assert_eq!(of_mysql(b"\\N", &bytes), None);
        let bits = DataType::scalar(ValueType::Bit { length: Some(4) });
        assert_eq!(of_mysql(b"\x05", &bits).as_deref(), Some("0101"));
    }
}
