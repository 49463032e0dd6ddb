//! Defaults that are dates and times.
//!
//! ActiveRecord reads nearly any text as a time (`ActiveModel::Type::Date`, `DateTime` and `Time`): plain ISO 8601 at once,
//! anything else by Ruby's `Date._parse` ([`parse`]), and makes NULL of what gives no date. Its results are what counts
//! here, whatever one may think of them: the tests hold a thousand texts against ActiveRecord's own.

mod parse;
#[cfg(test)]
mod tests;
mod zone;

use super::Scalar;
use super::text::of;
use crate::ruby::Value;
use parse::{Century, Found};

/// Which dates and times a database has.
#[derive(Debug)]
pub(crate) struct Calendar {
    /// Whose they are, in sentences.
    pub(crate) database: &'static str,
    /// The first year, as Ruby counts: there is a year 0.
    pub(crate) first_year: i64,
    /// The same in words.
    pub(crate) first_year_shown: &'static str,
    pub(crate) last_year_of_dates: i64,
    pub(crate) last_year_of_times: i64,
    /// Whether it knows infinity, and years `BC`.
    pub(crate) is_unbounded: bool,
}

/// A date.
pub(crate) fn date(value: &Value, calendar: &Calendar) -> Result<Scalar, String> {
    let Some(text) = text_of(value, "date", calendar)? else {
        return infinite(value, "date");
    };
    if let Some(scalar) = special(&text, calendar) {
        return Ok(scalar);
    }
    let Some(found) = parse::parse(&with_era(&text, calendar), Century::First) else {
        return Ok(Scalar::Null);
    };
    let (Some(year), Some(month), Some(day)) = (found.year, found.month, found.day) else {
        return Ok(Scalar::Null);
    };
    let date = Day {
        year,
        month,
        of_month: day,
    };
    // MySQL's zero date.
    if (year, month, day) == (0, 0, 0) || !date.is_of_ruby() {
        return Ok(Scalar::Null);
    }
    if !date.is_real() {
        return Err(format!(
            "`{text}` is a day of the Julian calendar, which {} lacks",
            calendar.database
        ));
    }
    date.in_range(&text, calendar, calendar.last_year_of_dates)?;
    let (text, era) = date.text();
    Ok(Scalar::Text(format!("{text}{era}")))
}

/// A date and time, in UTC: a zone in the text is taken into account, and left out of what is written.
pub(crate) fn timestamp(value: &Value, calendar: &Calendar) -> Result<Scalar, String> {
    let Some(text) = text_of(value, "time", calendar)? else {
        return infinite(value, "time");
    };
    if let Some(scalar) = special(&text, calendar) {
        return Ok(scalar);
    }
    let found = parse::parse(&with_era(&text, calendar), Century::Ours);
    let Some(moment) = found.and_then(Moment::of) else {
        return Ok(Scalar::Null);
    };
    moment
        .day
        .in_range(&text, calendar, calendar.last_year_of_times)?;
    let (day, era) = moment.day.text();
    Ok(Scalar::Text(format!("{day} {}{era}", moment.clock())))
}

/// A time of day; a date before it is dropped.
pub(crate) fn time_of_day(value: &Value, calendar: &Calendar) -> Result<Scalar, String> {
    let Some(text) = text_of(value, "time of day", calendar)? else {
        return Err("infinity is no time of day".to_owned());
    };
    let bytes = text.as_bytes();
    let begins_with_date = bytes.len() > 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && matches!(bytes[10], b'T' | b' ' | b'\t'..=b'\r');
    let time = if begins_with_date { &text[11..] } else { &text };
    if time.trim().is_empty() {
        return Ok(Scalar::Null);
    }
    let whole = format!("2000-01-01 {time}");
    let Some(mut found) = parse::parse(&whole, Century::Ours) else {
        return Ok(Scalar::Null);
    };
    if found.hour.is_none() {
        return Ok(Scalar::Null);
    }
    // ActiveRecord takes the fraction of what isn't plain ISO 8601 for one of a microsecond.
    if !parse::is_iso_time(&whole) {
        found.microsecond = 0;
    }
    Ok(match Moment::of(found) {
        Some(moment) => Scalar::Text(moment.clock()),
        None => Scalar::Null,
    })
}

/// The text to read; none for infinity, which is a number.
fn text_of(value: &Value, what: &str, calendar: &Calendar) -> Result<Option<String>, String> {
    match value {
        Value::Float(number) if number.is_infinite() && calendar.is_unbounded => Ok(None),
        Value::String(_) => of(value).map(Some),
        // ActiveRecord hands a symbol over as it is, and the database reads these.
        Value::Symbol(name)
            if calendar.is_unbounded && matches!(name.as_ref(), "infinity" | "-infinity") =>
        {
            of(value).map(Some)
        }
        Value::Float(number) if number.is_nan() => Err(format!("NaN is no {what}")),
        Value::Symbol(name) => Err(format!("`:{name}` is no {what}: write it as a text")),
        other => Err(format!("{} is no {what}: write it as a text", other.kind())),
    }
}

/// `Float::INFINITY`, which dates and times of some databases have too.
fn infinite(value: &Value, what: &str) -> Result<Scalar, String> {
    match value {
        Value::Float(number) if *number > 0.0 => Ok(Scalar::text("Infinity")),
        Value::Float(_) => Ok(Scalar::text("-Infinity")),
        other => Err(format!("{} is no {what}", other.kind())),
    }
}

/// Texts that the database reads itself.
fn special(text: &str, calendar: &Calendar) -> Option<Scalar> {
    match text {
        "" => Some(Scalar::Null),
        _ if !calendar.is_unbounded => None,
        "infinity" => Some(Scalar::text("Infinity")),
        "-infinity" => Some(Scalar::text("-Infinity")),
        _ => None,
    }
}

/// `0044-03-15 BC` as the year that Ruby has for it, which counts from a year 0.
fn with_era(text: &str, calendar: &Calendar) -> String {
    let before = text.strip_suffix(" BC");
    let Some(before) = before.filter(|_| calendar.is_unbounded) else {
        return text.to_owned();
    };
    let digits = before
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(before.len());
    match before[..digits].parse::<i64>() {
        Ok(year) => format!("{:04}{}", 1 - year, &before[digits..]),
        Err(_) => before.to_owned(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: i64,
    month: i64,
    of_month: i64,
}

impl Day {
    /// Whether a database has it: their calendar is the Gregorian for all times.
    fn is_real(self) -> bool {
        (1..=12).contains(&self.month)
            && self.of_month >= 1
            && self.of_month <= days_of_month(self.year, self.month)
    }

    /// Whether Ruby's `Date` has it, which begins the Gregorian calendar on 15 October 1582.
    fn is_of_ruby(self) -> bool {
        let is_julian = (self.year, self.month, self.of_month) < (1582, 10, 5);
        if is_julian {
            let in_leap_year =
                self.month == 2 && self.of_month == 29 && self.year.rem_euclid(4) == 0;
            return self.is_real() || in_leap_year;
        }
        self.is_real() && (self.year, self.month, self.of_month) >= (1582, 10, 15)
    }

    fn in_range(self, text: &str, calendar: &Calendar, last: i64) -> Result<(), String> {
        if (calendar.first_year..=last).contains(&self.year) {
            Ok(())
        } else {
            Err(format!(
                "`{text}` lies beyond the years that {} has ({} to {last})",
                calendar.database, calendar.first_year_shown
            ))
        }
    }

    /// The date, and what follows it all if it lies before year 1.
    fn text(self) -> (String, &'static str) {
        let (year, era) = if self.year <= 0 {
            (1 - self.year, " BC")
        } else {
            (self.year, "")
        };
        (
            format!("{year:04}-{:02}-{:02}", self.month, self.of_month),
            era,
        )
    }

    fn moved(mut self, days: i64) -> Self {
        self.of_month += days;
        while self.of_month < 1 {
            self.month -= 1;
            if self.month < 1 {
                self.month = 12;
                self.year -= 1;
            }
            self.of_month += days_of_month(self.year, self.month);
        }
        while self.of_month > days_of_month(self.year, self.month) {
            self.of_month -= days_of_month(self.year, self.month);
            self.month += 1;
            if self.month > 12 {
                self.month = 1;
                self.year += 1;
            }
        }
        self
    }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A moment in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    day: Day,
    /// Of the day.
    second: i64,
    microsecond: i64,
}

impl Moment {
    /// What Ruby's `Time.utc` makes of it: without a year nothing; the rest has its least value where it isn't said. The
    /// 30th of February is the first of March, and 24:00 the next day, but there is no month 13.
    fn of(found: Found) -> Option<Self> {
        /// As many seconds as a day has many times over: no zone is farther away.
        const FARTHEST: i64 = 86_400 * 1000;
        let year = found.year?;
        if year == 0 && found.month == Some(0) && found.day == Some(0) {
            return None;
        }
        let within = |value: Option<i64>, least: i64, most: i64| {
            let value = value.unwrap_or(least);
            (least..=most).contains(&value).then_some(value)
        };
        let hour = within(found.hour, 0, 24)?;
        let minute = within(found.minute, 0, 59)?;
        let second = within(found.second, 0, 60)?;
        if hour == 24 && (minute, second) != (0, 0) {
            return None;
        }
        let day = Day {
            year,
            month: within(found.month, 1, 12)?,
            of_month: within(found.day, 1, 31)?,
        };
        let offset = found.offset.unwrap_or(0).clamp(-FARTHEST, FARTHEST);
        let second = hour * 3600 + minute * 60 + second - offset;
        Some(Self {
            day: day.moved(second.div_euclid(86_400)),
            second: second.rem_euclid(86_400),
            microsecond: found.microsecond,
        })
    }

    fn clock(self) -> String {
        let second = self.second;
        let time = format!(
            "{:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        if self.microsecond > 0 {
            format!("{time}.{:06}", self.microsecond)
        } else {
            time
        }
    }
}
