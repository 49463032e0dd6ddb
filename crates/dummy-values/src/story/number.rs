//! How values are written, and read back from what other columns write.

use crate::calendar::moment;
use crate::calendar::{self, DAY};
use crate::generators::Generator;
use crate::pinned::Pin;
use crate::story::ONE;
use row_text::RowBuffer;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A number with so many digits after the point, between two bounds in units of its last digit.
    Number {
        /// Digits.
        scale: u32,
        /// The least.
        least: i64,
        /// The greatest.
        greatest: i64,
    },
    /// A date.
    Date,
    /// A time of day with so many digits of a second's fraction, and what follows it.
    Time(u8, &'static str),
    /// A date and time, likewise.
    Timestamp(u8, &'static str),
    /// `t` or `f`.
    Boolean,
}

impl Form {
    /// The value as it is after it was written.
    pub fn kept(self, value: i128) -> i128 {
        match self {
            Self::Number { scale, .. } => {
                super::term::divided(self.digits(value) * ONE, power(scale))
            }
            Self::Date => value.div_euclid(i128::from(DAY)) * i128::from(DAY),
            Self::Time(..) => value,
            Self::Timestamp(digits, _) => {
                let unit = 10_i128.pow(6 - u32::from(digits.min(6)));
                value.div_euclid(unit) * unit
            }
            Self::Boolean => i128::from(value != 0) * ONE,
        }
    }

    /// A number in units of its last digit, rounded half away from zero.
    fn digits(self, value: i128) -> i128 {
        let Self::Number {
            scale,
            least,
            greatest,
        } = self
        else {
            return value;
        };
        let product = value * power(scale);
        let half = if product < 0 { -ONE / 2 } else { ONE / 2 };
        super::term::divided(product + half, ONE)
            .clamp(i128::from(least), i128::from(greatest.max(least)))
    }

    /// Writes a value.
    pub fn write(self, value: i128, out: &mut RowBuffer) {
        let moment = || i64::try_from(value).unwrap_or(0);
        match self {
            Self::Number { scale, .. } => {
                let digits = self.digits(value);
                if scale == 0 {
                    out.signed(i64::try_from(digits).unwrap_or(0));
                } else {
                    out.fixed_point(digits, scale as usize);
                }
            }
            Self::Date => calendar::write_date(out, moment().div_euclid(DAY)),
            Self::Time(digits, zone) => {
                calendar::write_time(out, moment().rem_euclid(DAY), digits);
                out.text(zone);
            }
            Self::Timestamp(digits, zone) => {
                calendar::write_timestamp(out, moment(), digits);
                out.text(zone);
            }
            Self::Boolean => out.byte(if value == 0 { b'f' } else { b't' }),
        }
    }
}

impl Generator {
    /// The number or moment that a row's value is, in millionths; none where it is neither.
    pub fn number(&self, row: u64) -> Option<i128> {
        Some(match self {
            Self::Whole(quantity) => i128::from(quantity.at(row)) * ONE,
            Self::Decimal(quantity, scale) => {
                super::term::divided(i128::from(quantity.at(row)) * ONE, power(*scale))
            }
            Self::Date(moment) => Form::Date.kept(i128::from(moment.at(row))),
            Self::Timestamp(moment, digits, zone) => {
                Form::Timestamp(*digits, zone).kept(i128::from(moment.at(row)))
            }
            Self::Time(moment, ..) => i128::from(moment.at(row).rem_euclid(DAY)),
            Self::Told(term, form) => form.kept(term.at(row)?),
            Self::Reference(ordinal, target) => return target.number(ordinal.at(row)),
            Self::Same(other) => return other.number(row),
            Self::Pinned(usual, pins) => match pins.at(row) {
                Some(Pin::Text(text)) => return read(text),
                Some(Pin::Null) => return None,
                Some(Pin::As(other)) => return usual.number(*other),
                None => return usual.number(row),
            },
            Self::Children(children) => i128::from(children.at(row)) * ONE,
            _ => return self.read(row, |text| read(std::str::from_utf8(text).ok()?)),
        })
    }
}

/// The value of a text: of a number, a moment or a boolean.
pub fn read(text: &str) -> Option<i128> {
    match text {
        "t" | "true" => return Some(ONE),
        "f" | "false" => return Some(0),
        _ => {}
    }
    if text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-') {
        return moment(text).map(i128::from);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || fraction.len() > 12 || whole.len() > 18 {
        return None;
    }
    let (sign, digits) = match whole.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    let whole = number(digits.iter().copied())?;
    let millionths = number(fraction.bytes().chain(std::iter::repeat(b'0')).take(6))?;
    Some(sign * (i128::from(whole) * ONE + i128::from(millionths)))
}

/// The number of at most 18 digits; none where something else is among them.
fn number(mut digits: impl Iterator<Item = u8>) -> Option<i64> {
    digits.try_fold(0_i64, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| 10 * number + i64::from(digit - b'0'))
    })
}

/// Ten to a power, most of which are small.
#[inline]
fn power(of: u32) -> i128 {
    const SMALL: [i128; 7] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
    match SMALL.get(of as usize) {
        Some(power) => *power,
        None => 10_i128.pow(of),
    }
}
