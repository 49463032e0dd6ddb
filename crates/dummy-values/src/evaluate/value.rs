//! Values of SQL expressions: numbers without rounding errors, days, moments, spans of time, texts, lists, ranges.

use super::Fault;
use crate::calendar::{DAY, SECOND, civil, days_from_civil};
use crate::check::elements_of_array;
use std::cmp::Ordering;
use value_model::{DataType, ValueType};

/// A value, or NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// True or false.
    Truth(bool),
    /// A number.
    Number(Number),
    /// A text, or a constant whose type is told by what it is compared with.
    Text(String),
    /// An enum type's label, of which only the type knows the order.
    Label(String),
    /// Days since 1970-01-01.
    Day(i64),
    /// Microseconds since 1970.
    Moment(i64),
    /// Microseconds since midnight.
    Time(i64),
    /// An interval.
    Span(Span),
    /// An array of one dimension.
    List(Vec<Value>),
    /// A range: its bounds, NULL where it has none, and whether they belong to it.
    Range(Box<(Value, Value)>, bool, bool),
    /// A JSON value's text.
    Json(String),
    /// Bytes, as hexadecimal digits.
    Bytes(String),
}

/// A decimal number: `units / 10^scale`, with as small a scale as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// In units of the last digit.
    pub units: i128,
    /// How many digits stand after the point.
    pub scale: u32,
    /// Whether its type is one of whole numbers, whose quotients are whole.
    pub whole: bool,
}

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Months, of no fixed length.
    pub months: i64,
    /// Days.
    pub days: i64,
    /// Microseconds.
    pub microseconds: i64,
}

impl Number {
    /// A whole number.
    pub fn whole(number: i128) -> Self {
        Self {
            units: number,
            scale: 0,
            whole: true,
        }
    }

    /// A number by its units; zeros at its end are dropped.
    pub fn new(units: i128, scale: u32, whole: bool) -> Self {
        let (mut units, mut scale) = (units, scale);
        while scale > 0 && units % 10 == 0 {
            units /= 10;
            scale -= 1;
        }
        Self {
            units,
            scale,
            whole: whole && scale == 0,
        }
    }

    /// A decimal text; whole numbers have no point.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let magnitude: i128 = all.parse().ok()?;
        let mut units = if negative { -magnitude } else { magnitude };
        let scale = i32::try_from(fraction.len()).ok()? - exponent;
        if scale < 0 {
            units = units.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
        }
        Some(Self::new(
            units,
            u32::try_from(scale.max(0)).ok()?,
            !digits.contains('.') && exponent == 0,
        ))
    }

    /// The units of a greater scale.
    pub fn at_scale(self, scale: u32) -> Option<i128> {
        self.units
            .checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }

    /// Rounded to so many digits after the point, half away from zero.
    #[must_use]
    pub fn rounded(self, scale: u32) -> Self {
        if self.scale <= scale {
            return self;
        }
        let Some(divisor) = 10_i128.checked_pow(self.scale - scale) else {
            return Self::new(0, 0, self.whole);
        };
        let half = divisor / 2;
        let units = if self.units < 0 {
            (self.units - half) / divisor
        } else {
            (self.units + half) / divisor
        };
        Self::new(units, scale, self.whole)
    }

    /// The greatest whole number that isn't above it.
    pub fn floor(self) -> i128 {
        let divisor = 10_i128.checked_pow(self.scale).unwrap_or(i128::MAX);
        self.units.div_euclid(divisor)
    }

    fn cmp(self, other: Self) -> Option<Ordering> {
        let scale = self.scale.max(other.scale);
        Some(self.at_scale(scale)?.cmp(&other.at_scale(scale)?))
    }
}

impl Span {
    /// So many microseconds.
    pub fn of(microseconds: i64) -> Self {
        Self {
            microseconds,
            ..Self::default()
        }
    }

    /// Its length as it is compared: a month is 30 days, a day 24 hours.
    pub fn length(self) -> i64 {
        (self.months * 30 + self.days)
            .saturating_mul(DAY)
            .saturating_add(self.microseconds)
    }

    /// A text such as `1 day 02:00:00`, `30 minutes` or `P1D`'s longer forms.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let mut span = Self::default();
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            if word.contains(':') {
                let negative = word.starts_with('-');
                let microseconds = time_of_day(word.trim_start_matches(['-', '+']))?;
                span.microseconds += if negative {
                    -microseconds
                } else {
                    microseconds
                };
                continue;
            }
            let digits = word
                .find(|character: char| {
                    !character.is_ascii_digit() && !matches!(character, '-' | '+' | '.')
                })
                .unwrap_or(word.len());
            let number = Number::read(&word[..digits])?;
            let unit = if digits < word.len() {
                &word[digits..]
            } else {
                words.next()?
            };
            let times = |unit: i64| -> Option<i64> {
                let product = number.units.checked_mul(i128::from(unit))?;
                i64::try_from(product / 10_i128.checked_pow(number.scale)?).ok()
            };
            match unit.trim_end_matches('s') {
                "microsecond" => span.microseconds += times(1)?,
                "millisecond" | "msec" | "m" if unit != "m" => span.microseconds += times(1000)?,
                "second" | "sec" | "" => span.microseconds += times(SECOND)?,
                "minute" | "min" | "m" => span.microseconds += times(60 * SECOND)?,
                "hour" | "hr" | "h" => span.microseconds += times(3600 * SECOND)?,
                "day" | "d" => span.days += times(1)?,
                "week" | "w" => span.days += times(7)?,
                "month" | "mon" => span.months += times(1)?,
                "year" | "yr" | "y" => span.months += times(12)?,
                _ => return None,
            }
        }
        Some(span)
    }
}

/// Microseconds since midnight of `18:30`, `18:30:00.5+00`.
pub fn time_of_day(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.split(['+', 'Z']).next()?.trim();
    let mut microseconds = 0;
    let mut unit = 3600 * SECOND;
    for part in text.split(':') {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
        microseconds += whole.parse::<i64>().ok()? * unit;
        if !fraction.is_empty() {
            let padded: String = fraction
                .chars()
                .chain(std::iter::repeat('0'))
                .take(6)
                .collect();
            microseconds += padded.parse::<i64>().ok()? * unit / SECOND;
        }
        unit /= 60;
    }
    Some(microseconds)
}

/// Days since 1970 of `2026-01-31`.
pub fn day(text: &str) -> Option<i64> {
    let mut parts = text.trim().split(['-', '/']);
    let year: i64 = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let days = days_from_civil(year, month, day);
    (parts.next().is_none() && civil(days) == (year, month, day)).then_some(days)
}

/// Microseconds since 1970 of a date, or of one with a time. Infinity is far away.
pub fn moment(text: &str) -> Option<i64> {
    match text.trim().to_ascii_lowercase().as_str() {
        "infinity" => return Some(i64::MAX),
        "-infinity" => return Some(i64::MIN),
        "epoch" => return Some(0),
        _ => {}
    }
    let (date, time) = text.trim().split_once([' ', 'T']).unwrap_or((text, ""));
    let midnight = day(date)?.checked_mul(DAY)?;
    if time.is_empty() {
        return Some(midnight);
    }
    midnight.checked_add(time_of_day(time)?)
}

/// The value that a text is of a column's type. What isn't told apart from a text stays one.
pub fn of_type(text: &str, data_type: &DataType) -> Result<Value, Fault> {
    if data_type.array {
        let element = DataType::scalar(data_type.kind.clone());
        return match elements_of_array(text) {
            Some(elements) => elements
                .iter()
                .map(|text| of_type(text, &element))
                .collect::<Result<_, _>>()
                .map(Value::List),
            None => Err(Fault::unknown("an array of several dimensions")),
        };
    }
    let read = |value: Option<Value>| {
        value.ok_or_else(|| Fault::Refused(format!("`{text}` isn't a value of its type")))
    };
    match &data_type.kind {
        ValueType::SmallInt | ValueType::Integer | ValueType::BigInt | ValueType::Oid => {
            read(Number::read(text).map(Value::Number))
        }
        ValueType::Numeric { .. } | ValueType::Real | ValueType::DoublePrecision => {
            read(Number::read(text).map(|number| {
                Value::Number(Number {
                    whole: false,
                    ..number
                })
            }))
        }
        ValueType::Boolean => read(truth(text).map(Value::Truth)),
        ValueType::Date => match moment(text) {
            Some(far @ (i64::MAX | i64::MIN)) => Ok(Value::Moment(far)),
            _ => read(day(text).map(Value::Day)),
        },
        ValueType::Timestamp { .. } => read(moment(text).map(Value::Moment)),
        ValueType::Time { .. } => read(time_of_day(text).map(Value::Time)),
        ValueType::Interval { .. } => read(Span::read(text).map(Value::Span)),
        ValueType::Json | ValueType::ParsedJson => Ok(Value::Json(text.to_owned())),
        ValueType::Char { .. } => Ok(Value::Text(text.trim_end_matches(' ').to_owned())),
        ValueType::CaselessText => Ok(Value::Text(text.to_lowercase())),
        ValueType::Range(range) => {
            use value_model::RangeType;
            let kind = match range {
                RangeType::Int4 | RangeType::Int8 => ValueType::BigInt,
                RangeType::Num => ValueType::Numeric {
                    precision: None,
                    scale: None,
                },
                RangeType::Date => ValueType::Date,
                RangeType::Ts | RangeType::Tstz => ValueType::Timestamp {
                    precision: None,
                    with_time_zone: *range == RangeType::Tstz,
                },
            };
            range_of(text, &DataType::scalar(kind))
        }
        ValueType::Bytes => match text.strip_prefix("\\x") {
            Some(digits) => Ok(Value::Bytes(digits.to_owned())),
            None => Err(Fault::unknown("bytes in another form")),
        },
        ValueType::Multirange(_) | ValueType::Tsvector | ValueType::Hstore => {
            Err(Fault::unknown("a value of its type"))
        }
        ValueType::Enum(_) => Ok(Value::Label(text.to_owned())),
        _ => Ok(Value::Text(text.to_owned())),
    }
}

fn range_of(text: &str, bound: &DataType) -> Result<Value, Fault> {
    let with_lower = text.starts_with('[');
    let with_upper = text.ends_with(']');
    let inner = text
        .get(1..text.len().saturating_sub(1))
        .and_then(|inner| inner.split_once(','));
    let Some((lower, upper)) = inner else {
        return Err(Fault::unknown("a range"));
    };
    let read = |text: &str| match text.trim_matches('"') {
        "" => Ok(Value::Null),
        text => of_type(text, bound),
    };
    Ok(Value::Range(
        Box::new((read(lower)?, read(upper)?)),
        with_lower,
        with_upper,
    ))
}

/// What is read as a truth value.
pub fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "t" | "true" | "yes" | "y" | "on" | "1" => Some(true),
        "f" | "false" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

impl Value {
    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// A number, also one that is written as a text constant.
    pub fn number(&self) -> Result<Number, Fault> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) if is_no_finite_number(text) => {
                Err(Fault::unknown("a number without an end"))
            }
            Self::Text(text) => {
                Number::read(text).ok_or_else(|| Fault::Refused(format!("`{text}` isn't a number")))
            }
            _ => Err(Fault::unknown("a number was expected")),
        }
    }

    /// A text as values are cast to it, where that is plain.
    pub fn text(&self) -> Result<String, Fault> {
        match self {
            Self::Text(text) | Self::Json(text) | Self::Label(text) => Ok(text.clone()),
            Self::Truth(truth) => Ok(truth.to_string()),
            Self::List(elements) => list_text(elements),
            Self::Number(number) if number.whole => Ok(number.units.to_string()),
            Self::Day(days) => {
                let (year, month, day) = civil(*days);
                Ok(format!("{year:04}-{month:02}-{day:02}"))
            }
            _ => Err(Fault::unknown("a text was expected")),
        }
    }

    /// A moment; a day is its midnight.
    pub fn moment(&self) -> Result<i64, Fault> {
        match self {
            Self::Moment(moment) => Ok(*moment),
            Self::Day(day) => Ok(day.saturating_mul(DAY)),
            Self::Text(text) => moment(text)
                .ok_or_else(|| Fault::Unknown(format!("`{text}` isn't known as a time"))),
            _ => Err(Fault::unknown("a time was expected")),
        }
    }
}

fn is_no_finite_number(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+']);
    ["infinity", "inf", "nan"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// An array's text.
fn list_text(elements: &[Value]) -> Result<String, Fault> {
    let mut written = Vec::new();
    for element in elements {
        if element.is_null() {
            written.push("NULL".to_owned());
            continue;
        }
        let text = element.text()?;
        let is_bare = !text.is_empty()
            && !text.eq_ignore_ascii_case("null")
            && !text.contains(|character: char| {
                character.is_whitespace() || "{}\",\\".contains(character)
            });
        written.push(if is_bare {
            text
        } else {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        });
    }
    Ok(format!("{{{}}}", written.join(",")))
}

/// How two values compare; none where one is NULL.
pub fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, Fault> {
    use Value::{
        Day, List, Moment, Null, Number as Num, Range, Span as Interval, Text, Time, Truth,
    };
    Ok(Some(match (left, right) {
        (Null, _) | (_, Null) => return Ok(None),
        (Num(_), Num(_) | Text(_)) | (Text(_), Num(_)) => left
            .number()?
            .cmp(right.number()?)
            .ok_or_else(|| Fault::unknown("numbers too large"))?,
        (Truth(left), Truth(right)) => left.cmp(right),
        (Truth(left), Text(text)) => left.cmp(&truth_of(text)?),
        (Text(text), Truth(right)) => truth_of(text)?.cmp(right),
        (Day(_) | Moment(_), Day(_) | Moment(_) | Text(_)) | (Text(_), Day(_) | Moment(_)) => {
            left.moment()?.cmp(&right.moment()?)
        }
        (Time(left), Time(right)) => left.cmp(right),
        (Time(left), Text(text)) => left.cmp(&time(text)?),
        (Text(text), Time(right)) => time(text)?.cmp(right),
        (Interval(left), Interval(right)) => left.length().cmp(&right.length()),
        (Interval(left), Text(text)) => left.length().cmp(&span(text)?.length()),
        (Text(text), Interval(right)) => span(text)?.length().cmp(&right.length()),
        (Text(left), Text(right)) => text_order(left, right)?,
        (Value::Label(left) | Text(left), Value::Label(right) | Text(right)) => {
            if left == right {
                Ordering::Equal
            } else {
                return Err(Fault::Order);
            }
        }
        (List(left), List(right)) => list_order(left, right)?,
        (Range(..), Range(..)) if left == right => Ordering::Equal,
        (Value::Json(left) | Text(left), Value::Json(right)) | (Value::Json(left), Text(right)) => {
            json_order(left, right)?
        }
        _ => return Err(Fault::unknown("values of these types aren't compared")),
    }))
}

fn truth_of(text: &str) -> Result<bool, Fault> {
    truth(text).ok_or_else(|| Fault::Refused(format!("`{text}` is neither true nor false")))
}

fn time(text: &str) -> Result<i64, Fault> {
    time_of_day(text).ok_or_else(|| Fault::Refused(format!("`{text}` isn't a time of day")))
}

/// A text as an interval.
///
/// # Errors
/// Where it is written in a way that isn't known.
pub fn span(text: &str) -> Result<Span, Fault> {
    Span::read(text).ok_or_else(|| Fault::Unknown(format!("`{text}` isn't known as an interval")))
}

/// Equal texts are equal; which of two comes first is the collation's to say, but for those of which all agree.
fn text_order(left: &str, right: &str) -> Result<Ordering, Fault> {
    if left == right {
        return Ok(Ordering::Equal);
    }
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            || text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    // Whoever asks whether they are equal is content with any order.
    if plain(left) && plain(right) {
        Ok(left.cmp(right))
    } else {
        Err(Fault::Order)
    }
}

/// Equal values are equal however they are written; of others nobody asks which comes first.
fn json_order(left: &str, right: &str) -> Result<Ordering, Fault> {
    let parsed = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text)
            .map_err(|_| Fault::Refused(format!("`{text}` isn't JSON")))
    };
    if parsed(left)? == parsed(right)? {
        Ok(Ordering::Equal)
    } else {
        Err(Fault::Order)
    }
}

fn list_order(left: &[Value], right: &[Value]) -> Result<Ordering, Fault> {
    for (left, right) in left.iter().zip(right) {
        match compare(left, right)? {
            Some(Ordering::Equal) => {}
            Some(other) => return Ok(other),
            None => return Err(Fault::unknown("lists with NULLs")),
        }
    }
    Ok(left.len().cmp(&right.len()))
}
