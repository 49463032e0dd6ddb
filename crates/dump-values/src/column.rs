//! One column, value by value.

use crate::ColumnValues;
use crate::distinct::{Distinct, fingerprint, first_word};
use crate::frequent::Frequencies;
use crate::value::{KEPT_BYTES, NULL, text};

/// What was seen of a column.
#[derive(Debug)]
pub(crate) struct Column {
    name: String,
    nulls: u64,
    distinct: Distinct,
    frequencies: Frequencies,
    /// Least and greatest in the order of bytes.
    bytes: Option<Range>,
    numbers: Numbers,
}

/// Least and greatest in the order of bytes. Most values are told to be between them by their first eight bytes.
#[derive(Debug)]
struct Range {
    least: Vec<u8>,
    greatest: Vec<u8>,
    /// Their first eight bytes, as a number in the order of bytes.
    first_of_least: u64,
    first_of_greatest: u64,
}

impl Range {
    fn of(value: &[u8]) -> Self {
        let first = first_word(value).swap_bytes();
        Self {
            least: value.to_vec(),
            greatest: value.to_vec(),
            first_of_least: first,
            first_of_greatest: first,
        }
    }

    fn add(&mut self, value: &[u8]) {
        let first = first_word(value).swap_bytes();
        if self.first_of_least < first && first < self.first_of_greatest {
            return;
        }
        if value < self.least.as_slice() {
            replace(&mut self.least, value);
            self.first_of_least = first;
        } else if value > self.greatest.as_slice() {
            replace(&mut self.greatest, value);
            self.first_of_greatest = first;
        }
    }
}

/// Least and greatest by number, for as long as all values are numbers.
#[derive(Debug)]
enum Numbers {
    None,
    Known {
        least: (f64, Vec<u8>),
        greatest: (f64, Vec<u8>),
    },
    /// Not all values are numbers.
    Not,
}

impl Column {
    pub(crate) fn new(name: String) -> Self {
        Self {
            name,
            nulls: 0,
            distinct: Distinct::new(),
            frequencies: Frequencies::new(),
            bytes: None,
            numbers: Numbers::None,
        }
    }

    pub(crate) fn add(&mut self, field: &[u8]) {
        if field == NULL {
            self.nulls += 1;
            return;
        }
        let print = fingerprint(field);
        self.distinct.add(print);
        self.frequencies.add(print, field);
        let cut = &field[..field.len().min(KEPT_BYTES)];
        match &mut self.bytes {
            None => self.bytes = Some(Range::of(cut)),
            Some(range) => range.add(cut),
        }
        self.numbers.add(field);
    }

    pub(crate) fn finish(self) -> ColumnValues {
        let (distinct, distinct_is_exact) = self.distinct.count();
        let (frequent, frequent_error) = self.frequencies.most();
        let (least, greatest) = match (self.numbers, self.bytes) {
            (Numbers::Known { least, greatest }, _) => (Some(least.1), Some(greatest.1)),
            (_, Some(range)) => (Some(range.least), Some(range.greatest)),
            (_, None) => (None, None),
        };
        ColumnValues {
            name: self.name,
            nulls: self.nulls,
            distinct,
            distinct_is_exact,
            least: least.map(|least| text(&least)),
            greatest: greatest.map(|greatest| text(&greatest)),
            frequent,
            frequent_error,
        }
    }
}

impl Numbers {
    fn add(&mut self, field: &[u8]) {
        if matches!(self, Self::Not) {
            return;
        }
        let Some(number) = number(field) else {
            *self = Self::Not;
            return;
        };
        match self {
            Self::None => {
                *self = Self::Known {
                    least: (number, field.to_vec()),
                    greatest: (number, field.to_vec()),
                };
            }
            Self::Known { least, greatest } => {
                if number < least.0 {
                    least.0 = number;
                    replace(&mut least.1, field);
                } else if number > greatest.0 {
                    greatest.0 = number;
                    replace(&mut greatest.1, field);
                }
            }
            Self::Not => {}
        }
    }
}

/// A number as PostgreSQL writes one. Telling two apart that are equal to sixteen digits isn't needed here.
fn number(field: &[u8]) -> Option<f64> {
    if field.len() > 40 || !matches!(field.first(), Some(b'-' | b'0'..=b'9')) {
        return None;
    }
    let digits = field.strip_prefix(b"-").unwrap_or(field);
    // A code with leading zeros is no number.
    if digits.len() > 1 && digits[0] == b'0' && digits[1] != b'.' {
        return None;
    }
    if digits.len() <= 15
        && let Some(value) = whole(digits)
    {
        #[expect(clippy::cast_precision_loss, reason = "fifteen digits fit")]
        let value = value as f64;
        return Some(if field.len() > digits.len() {
            -value
        } else {
            value
        });
    }
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// The number that up to fifteen digits write, if there are no others.
fn whole(digits: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    (!digits.is_empty()).then_some(value)
}

fn replace(old: &mut Vec<u8>, new: &[u8]) {
    old.clear();
    old.extend_from_slice(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(values: &[&str]) -> (Option<String>, Option<String>, u64) {
        let mut column = Column::new("c".into());
        for value in values {
            column.add(value.as_bytes());
        }
        let values = column.finish();
        (values.least, values.greatest, values.nulls)
    }

    #[track_caller]
    fn check(values: &[&str], least: &str, greatest: &str) {
        let (found_least, found_greatest, _) = range(values);
        assert_eq!(
            (found_least.as_deref(), found_greatest.as_deref()),
            (Some(least), Some(greatest))
        );
    }

    #[test]
    fn a_range_is_of_numbers_where_all_are() {
        check(&["10", "9", "-3"], "-3", "10");
        check(&["10.5", "9.25", "100"], "9.25", "100");
        check(&["10", "9", "x"], "10", "x");
        check(&["010", "09"], "010", "09");
        check(&["2026-01-02", "2025-12-31"], "2025-12-31", "2026-01-02");
        check(&["b", "b\0", "ab", "a", "c"], "a", "c");
        check(
            &["12345678x", "12345678", "12345678y"],
            "12345678",
            "12345678y",
        );
        check(&["é", "e", "日本語の長い文", "日本"], "e", "日本語の長い文");
    }

    #[test]
    fn null_is_no_value() {
        assert_eq!(range(&["\\N", "\\N"]), (None, None, 2));
        check(&["\\N", ""], "", "");
    }
}
