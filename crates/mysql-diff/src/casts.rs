//! What becomes of values when their column gets another type.
//!
//! In strict mode, which all our SQL asks for, a value that doesn't fit stops the statement, and rows stay as they were.
//! What a server changes without a word is another thing: it rounds, cuts fractions and times off, and reads numbers.

use crate::facts::ColumnFacts;
use mysql_model::{DataType, LobSize};

/// What may happen to values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Fate {
    /// What is lost without a word.
    pub(crate) loses: Option<&'static str>,
    /// Which values stop the statement.
    pub(crate) refuses: Option<&'static str>,
}

/// Types whose values turn into each other by the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Whole,
    Exact,
    Approximate,
    Bits,
    Year,
    Date,
    Time,
    Moment,
    Text,
    Bytes,
    Labels,
    Json,
    Geometry,
    Other,
}

fn family(data_type: &DataType) -> Family {
    match data_type {
        DataType::Integer { .. } => Family::Whole,
        DataType::Decimal { .. } => Family::Exact,
        DataType::Float { .. } | DataType::Double { .. } => Family::Approximate,
        DataType::Bit { .. } => Family::Bits,
        DataType::Year => Family::Year,
        DataType::Date => Family::Date,
        DataType::Time { .. } => Family::Time,
        DataType::DateTime { .. } | DataType::Timestamp { .. } => Family::Moment,
        DataType::Char { .. } | DataType::Varchar { .. } | DataType::Text(_) => Family::Text,
        DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::Blob(_) => Family::Bytes,
        DataType::Enum(_) | DataType::Set(_) => Family::Labels,
        DataType::Json => Family::Json,
        DataType::Geometry { .. } => Family::Geometry,
        DataType::Uuid | DataType::Inet4 | DataType::Inet6 | DataType::Other(_) => Family::Other,
    }
}

/// What becomes of the values of a column.
pub(crate) fn fate(before: &ColumnFacts, after: &ColumnFacts) -> Fate {
    let mut fate = Fate::default();
    if before.data_type != after.data_type {
        fate = of_types(&before.data_type, &after.data_type);
    }
    if let (Some(from), Some(to)) = (&before.charset, &after.charset)
        && from.name != to.name
        && !to.name.starts_with("utf8mb4")
        && fate.refuses.is_none()
    {
        fate.refuses = Some("characters that the new character set doesn't have");
    }
    fate
}

fn of_types(from: &DataType, to: &DataType) -> Fate {
    const OUT_OF_RANGE: &str = "values out of the new range";
    const NO_NUMBER: &str = "values that are no numbers";
    const TOO_LONG: &str = "values that are too long";
    use Family::{
        Approximate, Bits, Bytes, Date, Exact, Geometry, Json, Labels, Moment, Other, Text, Time,
        Whole, Year,
    };
    let loses = |what| Fate {
        loses: Some(what),
        refuses: None,
    };
    let refuses = |which| Fate {
        loses: None,
        refuses: Some(which),
    };
    let both = |what, which| Fate {
        loses: Some(what),
        refuses: Some(which),
    };
    let nothing = Fate::default();
    match (family(from), family(to)) {
        (Whole | Exact, Whole | Exact) => numbers(from, to),
        (Whole | Exact, Approximate) => match (digits(from), to) {
            (Some((whole, fraction)), DataType::Float { .. }) if whole + fraction > 6 => {
                loses("digits behind the sixth")
            }
            (Some((whole, fraction)), _) if whole + fraction > 15 => {
                loses("digits behind the fifteenth")
            }
            _ => nothing,
        },
        (Approximate, Approximate) => match (from, to) {
            (DataType::Double { .. }, DataType::Float { .. }) => {
                both("digits behind the sixth", OUT_OF_RANGE)
            }
            _ if is_unsigned(to) && !is_unsigned(from) => refuses(OUT_OF_RANGE),
            _ => nothing,
        },
        (Approximate, Whole | Exact) => both("digits behind the point", OUT_OF_RANGE),
        (Whole | Exact | Approximate, Year | Bits) => refuses(OUT_OF_RANGE),
        (Date, Moment) if matches!(to, DataType::Timestamp { .. }) => refuses(OUT_OF_RANGE),
        (Year, Whole | Exact | Approximate | Year)
        | (Date, Date | Moment)
        | (Whole | Exact | Approximate | Json, Json) => nothing,
        (Bits, Bits) => match (from, to) {
            (DataType::Bit { length: Some(had) }, DataType::Bit { length: Some(has) })
                if has < had =>
            {
                refuses(TOO_LONG)
            }
            _ => nothing,
        },
        (Time, Time) | (Moment, Moment) => moments(from, to),
        (Moment, Date) => loses("times of day"),
        (Moment, Time) => loses("dates"),
        (Time, Date | Moment) => loses("times, which get today's date"),
        (Date | Time | Moment, Whole | Exact | Approximate | Bits | Year) => {
            both("what the values mean, which become numbers", OUT_OF_RANGE)
        }
        (Whole | Exact | Approximate | Year | Bits, Date | Time | Moment) => {
            refuses("numbers that aren't written like dates or times")
        }
        (Text, Whole | Exact | Approximate) => both(
            "zeros before numbers, and digits for which there is no room",
            NO_NUMBER,
        ),
        (Text, Year) => refuses("values that are no years"),
        (Text, Bits) => both("what the values mean, which become bits", TOO_LONG),
        (Text, Date | Time | Moment) => both(
            "parts for which there is no room",
            "values that are no dates or times",
        ),
        (Text, Labels) => refuses("values that aren't among the labels"),
        (Text | Labels | Bytes, Json) => refuses("values that are no JSON"),
        (Text | Bytes | Geometry, Geometry) => refuses("values of other shapes"),
        (Text | Json | Bytes, Text | Bytes) => lengths(from, to),
        (Labels, Labels) => labels(from, to),
        (Labels, Text | Bytes) => match most(to) {
            Some(most) if most < longest_label(from) => refuses(TOO_LONG),
            _ => nothing,
        },
        (Labels, Whole | Exact | Approximate | Bits | Year) => {
            loses("the labels, which become their numbers")
        }
        (Whole | Exact | Approximate | Year | Date | Time | Moment, Text | Bytes) => {
            match (written_length(from), most(to)) {
                (needed, Some(most)) if most < needed => refuses(TOO_LONG),
                _ => nothing,
            }
        }
        (Whole | Exact | Approximate | Year, Labels) => {
            loses("the numbers, which become the labels of these places")
        }
        (Other, Text) if most(to).is_none_or(|most| most >= 45) => nothing,
        (Other, _) | (_, Other) => refuses("values that the new type doesn't take"),
        _ => both(
            "what the values mean",
            "values that the new type doesn't take",
        ),
    }
}

/// Digits before and behind the point.
fn digits(data_type: &DataType) -> Option<(u32, u32)> {
    match data_type {
        DataType::Integer { size, unsigned, .. } => Some((
            match (size.bytes(), unsigned) {
                (1, _) => 3,
                (2, _) => 5,
                (3, true) => 8,
                (3, false) => 7,
                (4, _) => 10,
                (_, true) => 20,
                (_, false) => 19,
            },
            0,
        )),
        DataType::Decimal {
            precision, scale, ..
        } => {
            let scale = scale.unwrap_or(0);
            Some((precision.unwrap_or(10).saturating_sub(scale), scale))
        }
        _ => None,
    }
}

fn is_unsigned(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Integer { unsigned: true, .. }
            | DataType::Decimal { unsigned: true, .. }
            | DataType::Float { unsigned: true, .. }
            | DataType::Double { unsigned: true, .. }
    )
}

fn numbers(from: &DataType, to: &DataType) -> Fate {
    let (Some((had, had_behind)), Some((has, has_behind))) = (digits(from), digits(to)) else {
        return Fate::default();
    };
    let mut fits = has >= had && (!is_unsigned(to) || is_unsigned(from));
    if let (DataType::Integer { size: one, .. }, DataType::Integer { size: other, .. }) = (from, to)
    {
        fits = if is_unsigned(from) == is_unsigned(to) {
            other >= one
        } else {
            is_unsigned(from) && other > one
        };
    } else if matches!(to, DataType::Integer { .. }) {
        fits = has > had && (!is_unsigned(to) || is_unsigned(from));
    }
    Fate {
        loses: (has_behind < had_behind).then_some("digits behind the point"),
        refuses: (!fits).then_some("values out of the new range"),
    }
}

fn moments(from: &DataType, to: &DataType) -> Fate {
    let precision = |data_type: &DataType| match data_type {
        DataType::Time { precision }
        | DataType::DateTime { precision }
        | DataType::Timestamp { precision } => precision.unwrap_or(0),
        _ => 0,
    };
    let narrows = matches!(
        (from, to),
        (DataType::DateTime { .. }, DataType::Timestamp { .. })
    );
    Fate {
        loses: (precision(to) < precision(from)).then_some("fractions of seconds"),
        refuses: narrows.then_some("moments before 1970 or after 2038"),
    }
}

/// How much a string holds, in characters or bytes.
fn most(data_type: &DataType) -> Option<u64> {
    Some(match data_type {
        DataType::Char { length } | DataType::Binary { length } => u64::from(length.unwrap_or(1)),
        DataType::Varchar { length } | DataType::Varbinary { length } => u64::from(*length),
        DataType::Text(size) | DataType::Blob(size) => u64::from(size.most_bytes()),
        _ => return None,
    })
}

fn lengths(from: &DataType, to: &DataType) -> Fate {
    let is_text = |data_type: &DataType| family(data_type) == Family::Text;
    let had = match from {
        DataType::Json => u64::from(LobSize::Long.most_bytes()),
        // A character takes up to four bytes, and a text is measured in bytes.
        DataType::Char { .. } | DataType::Varchar { .. }
            if !matches!(to, DataType::Char { .. } | DataType::Varchar { .. }) =>
        {
            most(from).unwrap_or(0) * 4
        }
        _ => most(from).unwrap_or(0),
    };
    let mut fate = Fate::default();
    if most(to).is_some_and(|most| most < had) {
        fate.refuses = Some("values that are too long");
    }
    if !is_text(from) && is_text(to) && *from != DataType::Json {
        fate.refuses = Some("bytes that are no text, or values that are too long");
    }
    if matches!(to, DataType::Char { .. }) && !matches!(from, DataType::Char { .. }) {
        fate.loses = Some("blanks at the end");
    }
    fate
}

fn labels(from: &DataType, to: &DataType) -> Fate {
    let (DataType::Enum(had) | DataType::Set(had), DataType::Enum(has) | DataType::Set(has)) =
        (from, to)
    else {
        return Fate::default();
    };
    let is_narrower = matches!((from, to), (DataType::Set(_), DataType::Enum(_)));
    let keeps_all = had.iter().all(|label| has.contains(label));
    Fate {
        loses: None,
        refuses: (!keeps_all || is_narrower).then_some("values whose label is gone"),
    }
}

fn longest_label(data_type: &DataType) -> u64 {
    let length = |label: &String| label.chars().count() as u64;
    match data_type {
        DataType::Enum(labels) => labels.iter().map(length).max().unwrap_or(0),
        DataType::Set(labels) => labels.iter().map(|label| length(label) + 1).sum(),
        _ => 0,
    }
}

/// How many characters a value takes when it is written.
fn written_length(data_type: &DataType) -> u64 {
    match data_type {
        DataType::Integer { .. } | DataType::Decimal { .. } => {
            let (whole, fraction) = digits(data_type).unwrap_or((0, 0));
            u64::from(whole) + u64::from(fraction) + 2
        }
        DataType::Year => 4,
        DataType::Date => 10,
        DataType::Time { .. } => 17,
        DataType::DateTime { .. } | DataType::Timestamp { .. } => 26,
        _ => 24,
    }
}
