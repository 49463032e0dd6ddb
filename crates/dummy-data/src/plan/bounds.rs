//! The smallest and greatest number that a column's type and checks allow, and how many values a
//! column can take.

use super::context::constant;
use super::facts::TableFacts;
use super::kinds::Made;
use crate::calendar::{DAY, SECOND, civil, days_from_civil};
use crate::check::{Domain, Multiples, pattern};
use crate::settings::Source;
use schema_model::{Column, ColumnValue, Schema, TypeKind};

/// Characters that short texts can be made of when letters and digits aren't enough: the CJK
/// ideographs that every font has.
pub(super) const IDEOGRAPHS: std::ops::Range<u32> = 0x4E00..0x9FA0;

/// Inclusive bounds of whole numbers; decimals are in units of their last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The least.
    pub least: i64,
    /// The greatest.
    pub greatest: i64,
}

impl Bounds {
    /// How many numbers there are.
    pub(super) fn count(self) -> u64 {
        u64::try_from(i128::from(self.greatest) - i128::from(self.least) + 1).unwrap_or(0)
    }
}

/// Digits after the point of a numeric type as we write it.
pub(super) fn scale(kind: &TypeKind) -> u32 {
    match kind {
        TypeKind::Numeric {
            precision,
            scale: Some(scale),
        } => {
            let scale = u32::try_from(*scale).unwrap_or(0);
            // We count in 64 bits; more digits than that are left zero.
            scale
                .min(precision.map_or(9, |precision| precision.min(18)))
                .min(12)
        }
        TypeKind::Numeric {
            precision: None, ..
        }
        | TypeKind::Money => 2,
        TypeKind::Real | TypeKind::DoublePrecision => 3,
        _ => 0,
    }
}

/// Bounds of a number by its type and its checks, in units of its last digit.
pub(super) fn number_bounds(kind: &TypeKind, domain: &Domain) -> Bounds {
    let scale = scale(kind);
    let mut bounds = match kind {
        TypeKind::SmallInt => Bounds {
            least: i64::from(i16::MIN),
            greatest: i64::from(i16::MAX),
        },
        TypeKind::Integer => Bounds {
            least: i64::from(i32::MIN),
            greatest: i64::from(i32::MAX),
        },
        TypeKind::Oid => Bounds {
            least: 0,
            greatest: i64::from(u32::MAX),
        },
        TypeKind::Numeric {
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
        TypeKind::Real => Bounds {
            least: -8_000_000,
            greatest: 8_000_000,
        },
        TypeKind::Other(sql) if !sql.to_lowercase().contains("big") => Bounds {
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
    if let Some((text, strictly)) = &domain.least
        && let Some((number, exact)) = units(text, scale, true)
    {
        let number = if *strictly && exact {
            number.saturating_add(1)
        } else {
            number
        };
        bounds.least = bounds.least.max(number);
    }
    if let Some((text, strictly)) = &domain.greatest
        && let Some((number, exact)) = units(text, scale, false)
    {
        let number = if *strictly && exact {
            number.saturating_sub(1)
        } else {
            number
        };
        bounds.greatest = bounds.greatest.min(number);
    }
    // A number that is forbidden leaves the larger side of it.
    for text in &domain.none_of {
        let Some((number, true)) = units(text, scale, true) else {
            continue;
        };
        if (bounds.least..=bounds.greatest).contains(&number) {
            let (below, above) = (
                i128::from(number) - i128::from(bounds.least),
                i128::from(bounds.greatest) - i128::from(number),
            );
            if above >= below {
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
pub(super) fn multiples(kind: &TypeKind, domain: &Domain) -> Option<Multiples> {
    let Multiples { of, rest } = domain.multiples?;
    let unit = 10_i64.pow(scale(kind));
    Some(Multiples {
        of: of.checked_mul(unit)?,
        rest: rest.checked_mul(unit)?,
    })
}

/// A decimal text in units of 10 to the power of `-scale`, rounded up or down, and whether it
/// needed no rounding.
pub(super) fn units(text: &str, scale: u32, up: bool) -> Option<(i64, bool)> {
    let (negative, digits) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = scale as usize;
    let kept: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(scale)
        .collect();
    let exact = fraction.chars().skip(scale).all(|digit| digit == '0');
    let magnitude: i128 = format!("{whole}{kept}").parse().ok()?;
    let mut number = if negative { -magnitude } else { magnitude };
    if !exact && up && !negative {
        number += 1;
    }
    if !exact && !up && negative {
        number -= 1;
    }
    Some((
        i64::try_from(number.clamp(i128::from(i64::MIN), i128::from(i64::MAX))).ok()?,
        exact,
    ))
}

/// A date or timestamp constant in microseconds since 1970; none for a day that no calendar has.
pub(super) fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let mut parts = date.split('-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    if !(0..200_000).contains(&year) || parts.next().is_some() {
        return None;
    }
    let days = days_from_civil(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let mut microseconds = days * DAY;
    let mut unit = 3600 * SECOND;
    for part in time.split(':').take(3) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse::<i64>() {
            microseconds += number * unit;
        }
        unit /= 60;
    }
    Some(microseconds)
}

/// The most characters that a text column takes, none for unlimited.
pub(super) fn text_limit(column: &Column, domain: &Domain) -> Option<usize> {
    let by_type = match column.data_type.kind {
        TypeKind::Varchar { limit } => limit,
        TypeKind::Char { limit } => Some(limit.unwrap_or(1)),
        _ => None,
    };
    let by_type = by_type.map(|limit| limit as usize);
    match (by_type, domain.longest) {
        (Some(first), Some(second)) => Some(first.min(second)),
        (first, second) => first.or(second),
    }
}

/// How many values a column can take, `u64::MAX` for more than anybody wants.
pub(super) fn capacity(schema: &Schema, facts: &TableFacts<'_>, position: usize) -> u64 {
    let column = &facts.table.columns[position];
    let empty = Domain::default();
    let domain = facts.rules.domains.get(&column.name).unwrap_or(&empty);
    match facts.source(position).map(|source| &source.value) {
        // The server has the last word about its own values.
        Some(Source::Sql(_) | Source::Template(_)) => return u64::MAX,
        Some(Source::Default) => {
            return match &column.value {
                ColumnValue::Default(sql) if constant(sql).is_some() => 1,
                ColumnValue::None | ColumnValue::Null => 1,
                _ => u64::MAX,
            };
        }
        Some(Source::Generator(generator)) => match generator.kind.made {
            Made::Constant => return 1,
            Made::Boolean => return 2,
            Made::Number | Made::Pattern | Made::ByType => {}
            _ => return u64::MAX,
        },
        _ => {}
    }
    if column.data_type.array {
        return u64::MAX;
    }
    let by_type = match &column.data_type.kind {
        TypeKind::Boolean => 2,
        TypeKind::Enum(name) => schema
            .enum_type(name)
            .map_or(1, |enum_type| enum_type.values.len() as u64),
        kind @ (TypeKind::SmallInt
        | TypeKind::Integer
        | TypeKind::BigInt
        | TypeKind::Oid
        | TypeKind::Money
        | TypeKind::Real
        | TypeKind::Numeric { .. }) => {
            let bounds = number_bounds(kind, domain);
            match multiples(kind, domain) {
                // Both bounds are among them.
                Some(multiples) if bounds.least <= bounds.greatest => {
                    bounds.count() / multiples.of.cast_unsigned() + 1
                }
                _ => bounds.count(),
            }
        }
        TypeKind::Date => days(domain),
        // Minutes of some centuries; days, where something unique looks at nothing else.
        TypeKind::Timestamp { .. } if facts.is_by_day(position) => 1_000_000,
        TypeKind::Timestamp { .. } => 1 << 28,
        TypeKind::Time { .. } => 86_400,
        TypeKind::Bit { length } => 1_u64.checked_shl(length.unwrap_or(1)).unwrap_or(u64::MAX),
        TypeKind::BitVarying { limit: Some(limit) } => {
            1_u64.checked_shl(*limit).unwrap_or(u64::MAX)
        }
        TypeKind::Macaddr => 1 << 40,
        TypeKind::Varchar { .. } | TypeKind::Char { .. } | TypeKind::Text | TypeKind::Citext => {
            let by_length = text_limit(column, domain).map_or(u64::MAX, |limit| {
                let one = u64::from(IDEOGRAPHS.end - IDEOGRAPHS.start);
                u32::try_from(limit)
                    .ok()
                    .and_then(|limit| one.checked_pow(limit))
                    .unwrap_or(u64::MAX)
            });
            let by_pattern = domain.patterns.first().map_or(u64::MAX, |regex| {
                pattern_places(regex, column, domain, u64::MAX).map_or(u64::MAX, |places| {
                    places.iter().fold(1_u64, |product, place| {
                        product.saturating_mul(place.len() as u64)
                    })
                })
            });
            by_length.min(by_pattern)
        }
        _ => u64::MAX,
    };
    match &domain.one_of {
        Some(values) => by_type.min(values.len() as u64),
        None => by_type,
    }
}

/// How many days the bounds of a date leave.
fn days(domain: &Domain) -> u64 {
    const MANY: u64 = 2_000_000;
    let bound = |bound: &Option<(String, bool)>| moment(&bound.as_ref()?.0);
    match (bound(&domain.least), bound(&domain.greatest)) {
        (Some(least), Some(greatest)) => {
            u64::try_from((greatest - least) / DAY + 1).map_or(1, |days| days.min(MANY))
        }
        _ => MANY,
    }
}

/// The places of a pattern within the column's length.
pub(super) fn pattern_places(
    regex: &str,
    column: &Column,
    domain: &Domain,
    wanted: u64,
) -> Option<Vec<Box<[char]>>> {
    pattern::places(
        regex,
        domain.shortest.unwrap_or(0),
        text_limit(column, domain).unwrap_or(64),
        wanted,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_become_units() {
        assert_eq!(units("10.5", 2, true), Some((1050, true)));
        assert_eq!(units("0.001", 2, true), Some((1, false)));
        assert_eq!(units("0.001", 2, false), Some((0, false)));
        assert_eq!(units("-1.5", 0, true), Some((-1, false)));
        assert_eq!(units("x", 0, true), None);
    }

    #[test]
    fn strict_bounds_leave_their_constant_out() {
        let domain = Domain {
            least: Some(("0".into(), true)),
            greatest: Some(("1".into(), false)),
            ..Domain::default()
        };
        let kind = TypeKind::Numeric {
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
            least: Some(("0".into(), false)),
            none_of: vec!["10.00".into(), "99.99".into()],
            ..Domain::default()
        };
        let kind = TypeKind::Numeric {
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

    #[test]
    fn constants_become_moments() {
        assert_eq!(moment("1970-01-02"), Some(DAY));
        assert_eq!(moment("1970-01-01 01:00:05+00"), Some(3605 * SECOND));
        for none in [
            "now",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "99999999999-01-01",
            "1-2-3-4",
        ] {
            assert_eq!(moment(none), None, "{none}");
        }
    }
}
