//! Defaults that are dates and times.
//!
//! ActiveRecord reads nearly any text as a time and makes NULL of the rest. Here the forms of ISO 8601
//! are read, and what people write with slashes; a text without a digit is NULL as there; any other text
//! that might be a date is an error, since guessing as Ruby does would hide a mistake.

use super::Scalar;
use super::text::of;
use crate::ruby::Value;

/// A date.
pub(super) fn date(value: &Value) -> Result<Scalar, String> {
    let text = of(value)?;
    match special(&text) {
        Some(scalar) => Ok(scalar),
        None => Ok(match Moment::read(&text)? {
            Some(moment) if moment.date.is_real() => Scalar::Text(moment.date.text()),
            _ => Scalar::Null,
        }),
    }
}

/// A date and time, in UTC: a zone in the text is taken into account, and left out of what is written.
pub(super) fn timestamp(value: &Value) -> Result<Scalar, String> {
    let text = of(value)?;
    if let Some(scalar) = special(&text) {
        return Ok(scalar);
    }
    let Some(moment) = Moment::read(&text)? else {
        return Ok(Scalar::Null);
    };
    // MySQL's zero date.
    if (moment.date.year, moment.date.month, moment.date.of_month) == (0, 0, 0) {
        return Ok(Scalar::Null);
    }
    if !moment.date.is_real() || !moment.time.is_real() {
        return Err(format!("`{text}` is no date and time that there is"));
    }
    let (date, time) = moment.in_utc();
    Ok(Scalar::Text(format!("{} {}", date.text(), time.text())))
}

/// A time of day; a date before it is dropped.
pub(super) fn time_of_day(value: &Value) -> Result<Scalar, String> {
    let text = of(value)?;
    if text.is_empty() {
        return Ok(Scalar::Null);
    }
    let has_date = text.as_bytes().get(4) == Some(&b'-');
    let whole = if has_date {
        text.clone()
    } else {
        format!("2000-01-01 {text}")
    };
    match Moment::read(&whole)? {
        Some(moment) if moment.has_time => {
            if !moment.time.is_real() {
                return Err(format!("`{text}` is no time of day"));
            }
            Ok(Scalar::Text(moment.in_utc().1.text()))
        }
        _ => Ok(Scalar::Null),
    }
}

/// Texts that PostgreSQL reads itself.
fn special(text: &str) -> Option<Scalar> {
    match text {
        "" => Some(Scalar::Null),
        "infinity" => Some(Scalar::text("Infinity")),
        "-infinity" => Some(Scalar::text("-Infinity")),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: i64,
    month: i64,
    of_month: i64,
}

impl Day {
    fn is_real(self) -> bool {
        (1..=12).contains(&self.month)
            && self.of_month >= 1
            && self.of_month <= days_of_month(self.year, self.month)
    }

    fn text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
}

impl Clock {
    fn is_real(self) -> bool {
        (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..60).contains(&self.second)
    }

    fn text(self) -> String {
        let time = format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        if self.microsecond > 0 {
            format!("{time}.{:06}", self.microsecond)
        } else {
            time
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    date: Day,
    time: Clock,
    has_time: bool,
    /// Seconds east of Greenwich.
    offset: i64,
}

impl Moment {
    /// Reads a text; None when nothing in it looks like a date.
    fn read(text: &str) -> Result<Option<Self>, String> {
        if !text.contains(|character: char| character.is_ascii_digit()) {
            return Ok(None);
        }
        let unreadable = || {
            format!(
                "`{text}` can't be read as a date or time: write \"2026-01-31\" or \"2026-01-31 10:00:00\""
            )
        };
        let mut reader = Reader { left: text.trim() };
        let year = reader.number(4, 4).ok_or_else(unreadable)?;
        let separated = reader.skip(&['-', '/']);
        let (least, most) = if separated { (1, 2) } else { (2, 2) };
        let month = reader.number(least, most).ok_or_else(unreadable)?;
        reader.skip(&['-', '/']);
        let day = reader.number(least, most).ok_or_else(unreadable)?;
        let mut moment = Moment {
            date: Day {
                year,
                month,
                of_month: day,
            },
            time: Clock {
                hour: 0,
                minute: 0,
                second: 0,
                microsecond: 0,
            },
            has_time: false,
            offset: 0,
        };
        if reader.skip(&['T', ' ']) {
            reader.skip_spaces();
            moment.time.hour = reader.number(1, 2).ok_or_else(unreadable)?;
            moment.has_time = true;
            if reader.skip(&[':']) {
                moment.time.minute = reader.number(2, 2).ok_or_else(unreadable)?;
            }
            if reader.skip(&[':']) {
                moment.time.second = reader.number(2, 2).ok_or_else(unreadable)?;
            }
            if reader.skip(&['.']) {
                moment.time.microsecond = reader.fraction().ok_or_else(unreadable)?;
            }
            reader.skip_spaces();
            moment.offset = reader.zone().ok_or_else(unreadable)?;
        }
        if reader.left.is_empty() {
            Ok(Some(moment))
        } else {
            Err(unreadable())
        }
    }

    fn in_utc(self) -> (Day, Clock) {
        let seconds =
            self.time.hour * 3600 + self.time.minute * 60 + self.time.second - self.offset;
        let days = seconds.div_euclid(86_400);
        let seconds = seconds.rem_euclid(86_400);
        (
            self.date.moved(days),
            Clock {
                hour: seconds / 3600,
                minute: seconds / 60 % 60,
                second: seconds % 60,
                microsecond: self.time.microsecond,
            },
        )
    }
}

struct Reader<'text> {
    left: &'text str,
}

impl Reader<'_> {
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self
            .left
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if digits < least {
            return None;
        }
        let (number, left) = self.left.split_at(digits);
        self.left = left;
        number.parse().ok()
    }

    fn skip(&mut self, characters: &[char]) -> bool {
        match self.left.strip_prefix(characters) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.left = self.left.trim_start();
    }

    /// Microseconds of a second's fraction; what is finer is cut off.
    fn fraction(&mut self) -> Option<i64> {
        let digits = self.left.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, left) = self.left.split_at(digits);
        self.left = left;
        let padded = format!("{fraction:0<6}");
        padded.get(..6)?.parse().ok()
    }

    fn zone(&mut self) -> Option<i64> {
        if self.left.is_empty() || self.skip(&['Z']) {
            return Some(0);
        }
        if let Some(left) = self.left.strip_prefix("UTC") {
            self.left = left;
            return Some(0);
        }
        let sign = match self.left.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.left = &self.left[1..];
        let hours = self.number(2, 2)?;
        self.skip(&[':']);
        let minutes = if self.left.is_empty() {
            0
        } else {
            self.number(2, 2)?
        };
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_timestamp(text: &str, expected: &str) {
        assert_eq!(timestamp(&Value::text(text)), Ok(Scalar::text(expected)));
    }

    #[test]
    fn timestamps_are_written_in_utc() {
        check_timestamp("2024-02-29 23:59:58 +0900", "2024-02-29 14:59:58");
        check_timestamp("2024-03-01T00:30:00+01:00", "2024-02-29 23:30:00");
        check_timestamp("2024-02-29 23:59:58.9", "2024-02-29 23:59:58.900000");
        check_timestamp("2024-02-29", "2024-02-29 00:00:00");
        check_timestamp("2024-02-29T23:59:58Z", "2024-02-29 23:59:58");
    }

    #[test]
    fn dates_that_there_are_not_become_null() {
        assert_eq!(date(&Value::text("2024-02-30")), Ok(Scalar::Null));
        assert_eq!(date(&Value::text("soon")), Ok(Scalar::Null));
        assert_eq!(
            date(&Value::text("2024/3/1")),
            Ok(Scalar::text("2024-03-01"))
        );
        assert!(date(&Value::text("3rd of May 2024")).is_err());
    }

    #[test]
    fn times_lose_their_date() {
        assert_eq!(
            time_of_day(&Value::text("2000-01-01 08:30:00.25")),
            Ok(Scalar::text("08:30:00.250000"))
        );
        assert_eq!(
            time_of_day(&Value::text("17:45:30")),
            Ok(Scalar::text("17:45:30"))
        );
    }
}
