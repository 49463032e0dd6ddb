//! Dates and times, held against what ActiveRecord makes of them.

use super::*;
use crate::adapter::postgresql::CALENDAR;

fn date(value: &Value) -> Result<Scalar, String> {
    super::date(value, &CALENDAR)
}

fn timestamp(value: &Value) -> Result<Scalar, String> {
    super::timestamp(value, &CALENDAR)
}

fn time_of_day(value: &Value) -> Result<Scalar, String> {
    super::time_of_day(value, &CALENDAR)
}

/// What ActiveRecord 6.1.7 with Ruby 3.1's `date` made of some thousand texts (with the newest ActiveRecord's cast of times
/// of day, which knows a `T` too): the text, and its date, timestamp and time of day as a default; `-` is NULL.
const ACTIVE_RECORD: &str = include_str!("activerecord.tsv");

/// What came of a text; years that PostgreSQL lacks are errors here, which ActiveRecord leaves to it.
fn shown(outcome: Result<Scalar, String>) -> String {
    match outcome {
        Ok(Scalar::Null) => "-".to_owned(),
        Ok(Scalar::Text(text)) => text,
        Ok(other) => format!("{other:?}"),
        Err(problem) => problem,
    }
}

#[test]
fn every_text_is_cast_as_activerecord_casts_it() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in ACTIVE_RECORD.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [text, expected @ ..] = fields.as_slice() else {
            continue;
        };
        let value = Value::text(text);
        let found = [date(&value), timestamp(&value), time_of_day(&value)].map(shown);
        for (found, expected) in found.iter().zip(expected) {
            count += 1;
            if found != expected && !found.contains("PostgreSQL") {
                wrong.push(format!("{text:?}: {found} and not {expected}"));
            }
        }
    }
    assert!(count > 2500, "{count} casts were compared");
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn infinity_is_a_date_and_no_time_of_day() {
    for (number, expected) in [
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ] {
        let value = Value::Float(number);
        assert_eq!(date(&value), Ok(Scalar::text(expected)));
        assert_eq!(timestamp(&value), Ok(Scalar::text(expected)));
        assert!(time_of_day(&value).is_err());
    }
    for cast in [date, timestamp, time_of_day] {
        assert!(cast(&Value::Float(f64::NAN)).is_err());
        assert!(cast(&Value::Integer(5)).is_err());
        assert!(cast(&Value::Bool(true)).is_err());
    }
}

#[test]
fn years_that_postgresql_lacks_are_told() {
    for (cast, text) in [
        (
            date as fn(&Value) -> Result<Scalar, String>,
            "5874898-01-01",
        ),
        (timestamp, "294277-01-01 00:00"),
        (date, "4714-01-01 BC"),
        (timestamp, "99999999999999999999999-01-01 00:00"),
        (date, "1500-02-29"),
    ] {
        let problem = cast(&Value::text(text)).unwrap_err();
        assert!(problem.contains("PostgreSQL"), "{problem}");
    }
}

#[test]
fn what_ruby_does_not_read_is_null() {
    let long = "2004-01-01 ".repeat(12);
    assert_eq!(date(&Value::text(long)), Ok(Scalar::Null));
}
