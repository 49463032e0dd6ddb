//! The smallest and greatest number that a column's type and checks allow, and how many values a
//! column can take.

use crate::check::{Domain, Multiples, pattern};
use crate::plan::sql::{Units, units};
use value_model::{Column, ValueType};

/// Characters that short texts can be made of when letters and digits aren't enough: the CJK
/// ideographs that every font has.
pub(crate) const IDEOGRAPHS: std::ops::Range<u32> = 0x4E00..0x9FA0;

/// Inclusive bounds of whole numbers; decimals are in units of their last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub greatest: i64,
}

impl Bounds {
    /// How many numbers there are.
    pub(crate) fn count(self) -> u64 {
        u64::try_from(i128::from(self.greatest) - i128::from(self.least) + 1).unwrap_or(0)
    }
}

/// Whether a type holds numbers, money too.
pub(crate) fn holds_numbers(kind: &ValueType) -> bool {
    kind.is_number() || *kind == ValueType::Money
}

/// Digits after the point of a numeric type as we write it.
pub(crate) fn scale(kind: &ValueType) -> u32 {
    match kind {
        ValueType::Numeric {
            precision,
            scale: Some(scale),
        } => {
            let scale = u32::try_from(*scale).unwrap_or(0);
            // We count in 64 bits; more digits than that are left zero.
            scale
                .min(precision.map_or(9, |precision| precision.min(18)))
                .min(12)
        }
        ValueType::Numeric {
            precision: None, ..
        }
        | ValueType::Money => 2,
        ValueType::Real | ValueType::DoublePrecision => 3,
        _ => 0,
    }
}

/// Bounds of a number by its type and its checks, in units of its last digit.
pub(crate) fn number_bounds(kind: &ValueType, domain: &Domain) -> Bounds {
    let scale = scale(kind);
    let mut bounds = match kind {
        ValueType::SmallInt => Bounds {
            least: i64::from(i16::MIN),
            greatest: i64::from(i16::MAX),
        },
        ValueType::Integer => Bounds {
            least: i64::from(i32::MIN),
            greatest: i64::from(i32::MAX),
        },
        ValueType::Oid => Bounds {
            least: 0,
            greatest: i64::from(u32::MAX),
        },
        ValueType::Numeric {
            precision: Some(precision),
            scale: declared,
        } => {
            let whole = i64::from(*precision) - i64::from(declared.unwrap_or(0));
            let digits = (whole + i64::from(scale)).clamp(0, 17);
            let greatest = 10_i64.pow(u32::try_from(digits).unwrap_or(0)) - 1;
            Bounds {
                least: -greatest,
                greatest,
            }
        }
        ValueType::Real => Bounds {
            least: -8_000_000,
            greatest: 8_000_000,
        },
        ValueType::Other(sql) if !sql.to_lowercase().contains("big") => Bounds {
            least: 0,
            greatest: if sql.to_lowercase().contains("small") {
                i64::from(i16::MAX)
            } else {
                i64::from(i32::MAX)
            },
        },
        _ => Bounds {
            least: -(1 << 53),
            greatest: 1 << 53,
        },
    };
    if let Some(least) = &domain.least
        && let Some(Units { number, exact }) = units(&least.value, scale, true)
    {
        let number = if least.is_open && exact {
            number.saturating_add(1)
        } else {
            number
        };
        bounds.least = bounds.least.max(number);
    }
    if let Some(greatest) = &domain.greatest
        && let Some(Units { number, exact }) = units(&greatest.value, scale, false)
    {
        let number = if greatest.is_open && exact {
            number.saturating_sub(1)
        } else {
            number
        };
        bounds.greatest = bounds.greatest.min(number);
    }
    // A number that is forbidden leaves the larger side of it.
    for text in &domain.none_of {
        let Some(Units {
            number,
            exact: true,
        }) = units(text, scale, true)
        else {
            continue;
        };
        if (bounds.least..=bounds.greatest).contains(&number) {
            let (below, above) = (
                i128::from(number) - i128::from(bounds.least),
                i128::from(bounds.greatest) - i128::from(number),
            );
            // Of integers one more is negative: that isn't meant.
            if above + 1 >= below {
                bounds.least = number + 1;
            } else {
                bounds.greatest = number - 1;
            }
        }
    }
    if let Some(multiples) = multiples(kind, domain) {
        bounds.least = multiples.from(bounds.least);
        bounds.greatest = multiples.up_to(bounds.greatest);
    }
    bounds
}

/// The numbers that checks leave by their remainder, in units of the type's last digit.
pub(crate) fn multiples(kind: &ValueType, domain: &Domain) -> Option<Multiples> {
    let Multiples { of, rest } = domain.multiples?;
    let unit = 10_i64.pow(scale(kind));
    Some(Multiples {
        of: of.checked_mul(unit)?,
        rest: rest.checked_mul(unit)?,
    })
}

/// Limits of fewer characters are limits of a text that is made.
const NARROW: u32 = 1024;

/// The most characters that a text column takes, none for unlimited.
pub(crate) fn text_limit(column: &Column, domain: &Domain) -> Option<usize> {
    let by_type = match column.data_type.kind {
        ValueType::Varchar { limit } => limit,
        ValueType::Char { limit } => Some(limit.unwrap_or(1)),
        _ => None,
    };
    // A character has up to four bytes. Texts that are made never come near the limits of larger types.
    let by_bytes = match column.own.most_bytes {
        Some(most) if !column.own.characters.hold_all_languages() => Some(most),
        Some(most) => Some(most / 4),
        None => None,
    };
    let by_bytes = by_bytes.filter(|limit| *limit < NARROW);
    let by_type = by_type.or(by_bytes).map(|limit| limit as usize);
    match (by_type, domain.longest) {
        (Some(first), Some(second)) => Some(first.min(second)),
        (first, second) => first.or(second),
    }
}

/// Characters of the longest text that a pattern is made into.
const LONGEST: usize = 4096;

/// The places of a pattern within the column's length.
pub(crate) fn pattern_places(
    regex: &str,
    column: &Column,
    domain: &Domain,
    wanted: u64,
) -> Option<Vec<Box<[char]>>> {
    // Open-ended parts of a pattern are repeated until a text has so many characters, unless it needs more.
    const USUAL: usize = 64;
    let shortest = domain.shortest.unwrap_or(0);
    match text_limit(column, domain) {
        Some(limit) => pattern::places(regex, shortest, limit, wanted),
        None => pattern::places(regex, shortest, USUAL, wanted)
            .or_else(|| pattern::places(regex, shortest, LONGEST, wanted)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Bound;

    #[test]
    fn strict_bounds_leave_their_constant_out() {
        let domain = Domain {
            least: Some(Bound::new("0", true)),
            greatest: Some(Bound::new("1", false)),
            ..Domain::default()
        };
        let kind = ValueType::Numeric {
            precision: Some(4),
            scale: Some(3),
        };
        assert_eq!(
            number_bounds(&kind, &domain),
            Bounds {
                least: 1,
                greatest: 1000
            }
        );
    }

    #[test]
    fn forbidden_numbers_leave_the_larger_side() {
        let domain = Domain {
            least: Some(Bound::new("0", false)),
            none_of: vec!["10.00".into(), "99.99".into()],
            ..Domain::default()
        };
        let kind = ValueType::Numeric {
            precision: Some(4),
            scale: Some(2),
        };
        assert_eq!(
            number_bounds(&kind, &domain),
            Bounds {
                least: 1001,
                greatest: 9998
            }
        );
    }
}
