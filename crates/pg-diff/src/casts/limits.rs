//! What has room: numbers in digits, texts in lengths, moments in fractions of a second.

use super::Fate;
use super::family::Family;
use pg_model::TypeKind;

/// What modifiers and sizes add to what a rule says of two types.
pub(super) fn limited(old: &TypeKind, new: &TypeKind, fate: &mut Fate) {
    match new {
        TypeKind::Varchar { limit: Some(limit) } => text(old, *limit, fate),
        TypeKind::Char { limit } => text(old, limit.unwrap_or(1), fate),
        TypeKind::Time { precision, .. }
        | TypeKind::Timestamp { precision, .. }
        | TypeKind::Interval { precision }
            if precision.unwrap_or(6) < fraction_of(old) =>
        {
            fate.lose("fractions of seconds");
        }
        TypeKind::Timestamp { .. } | TypeKind::Interval { .. } => seconds(old, fate),
        TypeKind::Bit { length } => bits(old, length.unwrap_or(1), fate),
        TypeKind::BitVarying { limit: Some(limit) } => {
            if most_bits(old).is_none_or(|bits| bits > *limit) {
                fate.refuse("values that are too long");
            }
        }
        TypeKind::Money => {
            if let TypeKind::Numeric { precision, scale } = old {
                fate.refuse("NaN and what is beyond the range");
                if precision.is_none() || scale.unwrap_or(0) > 2 {
                    fate.lose("digits");
                }
            }
        }
        _ => number(old, new, fate),
    }
}

fn text(old: &TypeKind, limit: u32, fate: &mut Fate) {
    if most_characters(old).is_none_or(|characters| characters > limit) {
        fate.refuse("values that are too long");
    }
}

/// The longest text that a value is written as; none where there is no end.
fn most_characters(kind: &TypeKind) -> Option<u32> {
    Some(match kind {
        TypeKind::Varchar { limit } | TypeKind::BitVarying { limit } => (*limit)?,
        TypeKind::Char { limit } => limit.unwrap_or(1),
        TypeKind::SmallInt => 6,
        TypeKind::Integer => 11,
        TypeKind::BigInt => 20,
        TypeKind::Oid => 10,
        TypeKind::Real => 14,
        TypeKind::Numeric { precision, scale } => {
            let (digits, scale) = ((*precision)?, scale.unwrap_or(0));
            if scale == 0 {
                return Some(digits.max(2) + 1);
            }
            // A sign, a zero before the point, the point; `-Infinity` fits nowhere.
            let longer = u32::try_from(scale.max(0)).ok()?.max(digits) + 3;
            longer.max(3) + u32::try_from((-scale).max(0)).ok()?
        }
        TypeKind::Boolean => 5,
        TypeKind::Uuid => 36,
        TypeKind::Macaddr => 17,
        TypeKind::Macaddr8 => 23,
        TypeKind::Inet | TypeKind::Cidr => 50,
        TypeKind::Bit { length } => length.unwrap_or(1),
        // With the year's most digits and ` BC`.
        TypeKind::Date => 13,
        TypeKind::Time {
            with_time_zone: false,
            ..
        } => 15,
        TypeKind::Time { .. } | TypeKind::DoublePrecision => 24,
        TypeKind::Timestamp {
            with_time_zone: false,
            ..
        } => 29,
        TypeKind::Timestamp { .. } => 35,
        _ => return None,
    })
}

fn fraction_of(kind: &TypeKind) -> u8 {
    match kind {
        TypeKind::Time { precision, .. }
        | TypeKind::Timestamp { precision, .. }
        | TypeKind::Interval { precision } => precision.unwrap_or(6),
        TypeKind::Date
        | TypeKind::SmallInt
        | TypeKind::Integer
        | TypeKind::BigInt
        | TypeKind::Oid
        | TypeKind::Bit { .. } => 0,
        TypeKind::Numeric {
            precision: Some(_),
            scale,
        } => u8::try_from(scale.unwrap_or(0).clamp(0, 6)).unwrap_or(6),
        _ => 6,
    }
}

/// Seconds are counted in floats with room for 15 digits, and kept in microseconds.
fn seconds(old: &TypeKind, fate: &mut Fate) {
    let fits = match old {
        TypeKind::Numeric { precision, scale } => {
            precision.is_some_and(|digits| digits <= 15) && scale.unwrap_or(0) <= 6
        }
        TypeKind::Real | TypeKind::DoublePrecision => false,
        _ => true,
    };
    if !fits {
        fate.lose("digits");
    }
}

fn most_bits(kind: &TypeKind) -> Option<u32> {
    match kind {
        TypeKind::Bit { length } => Some(length.unwrap_or(1)),
        TypeKind::BitVarying { limit } => *limit,
        TypeKind::SmallInt | TypeKind::Integer => Some(32),
        TypeKind::BigInt => Some(64),
        TypeKind::Boolean => Some(1),
        _ => None,
    }
}

fn bits(old: &TypeKind, length: u32, fate: &mut Fate) {
    match old {
        TypeKind::Bit { length: old } if old.unwrap_or(1) > length => fate.lose("the last bits"),
        TypeKind::SmallInt | TypeKind::Integer if length < 32 => fate.lose("the first bits"),
        TypeKind::BigInt if length < 64 => fate.lose("the first bits"),
        _ => {}
    }
}

/// Digits before and behind the point.
struct Room {
    before: i64,
    behind: i64,
}

/// The digits that any value of a type has room in; none for types whose values have no such end.
fn digits(kind: &TypeKind) -> Option<Room> {
    let room = |before, behind| Some(Room { before, behind });
    match kind {
        TypeKind::Boolean => room(1, 0),
        TypeKind::SmallInt => room(5, 0),
        TypeKind::Integer | TypeKind::Oid => room(10, 0),
        TypeKind::BigInt => room(19, 0),
        TypeKind::Money => room(17, 2),
        TypeKind::Numeric {
            precision: Some(precision),
            scale,
        } => {
            let scale = i64::from(scale.unwrap_or(0));
            room(i64::from(*precision) - scale, scale)
        }
        // In numbers of seconds, infinity aside.
        TypeKind::Timestamp { precision, .. } => room(13, i64::from(precision.unwrap_or(6))),
        TypeKind::Interval { precision } => room(16, i64::from(precision.unwrap_or(6))),
        TypeKind::Bit { length } => room(i64::from(length.unwrap_or(1)) * 30103 / 100_000 + 1, 0),
        _ => None,
    }
}

/// What becomes of numbers in a smaller room.
fn number(old: &TypeKind, new: &TypeKind, fate: &mut Fate) {
    let from = Family::of(old);
    let is_exact =
        |kind: &TypeKind| digits(kind).is_some() || matches!(kind, TypeKind::Numeric { .. });
    let is_float = matches!(from, Family::Real | Family::Double);
    match new {
        TypeKind::Numeric {
            precision: Some(precision),
            scale,
        } => {
            let scale = i64::from(scale.unwrap_or(0));
            let before = i64::from(*precision) - scale;
            let Some(room) = digits(old) else {
                fate.lose("digits behind the point");
                fate.refuse("values beyond the range");
                return;
            };
            if room.behind > scale {
                fate.lose("digits behind the point");
            }
            if matches!(old, TypeKind::Timestamp { .. }) {
                fate.refuse("infinity");
            }
            // Rounding may carry over into one digit more.
            if room.before + i64::from(room.behind > scale) > before {
                fate.refuse("values beyond the range");
            }
        }
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt if old.is_number() => {
            let most = match new {
                TypeKind::SmallInt => 4,
                TypeKind::Integer => 9,
                _ => 18,
            };
            let is_integer = matches!(from, Family::SmallInt | Family::Integer | Family::BigInt);
            let widens = is_integer && size(from) <= size(Family::of(new));
            if is_float || digits(old).is_none_or(|room| room.behind > 0) {
                fate.lose("digits behind the point");
            }
            // A numeric may be NaN.
            if !widens && (!is_integer || digits(old).is_none_or(|room| room.before > most)) {
                fate.refuse("values beyond the range");
            }
        }
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt
            if matches!(old, TypeKind::Timestamp { .. } | TypeKind::Interval { .. })
                && fraction_of(old) > 0 =>
        {
            fate.lose("fractions of seconds");
        }
        TypeKind::SmallInt if matches!(old, TypeKind::Bit { length } if length.unwrap_or(1) > 15) =>
        {
            fate.refuse("values beyond the range");
        }
        TypeKind::Integer if matches!(old, TypeKind::Bit { length } if length.unwrap_or(1) > 32) => {
            fate.refuse("values that are too long");
        }
        TypeKind::BigInt if matches!(old, TypeKind::Bit { length } if length.unwrap_or(1) > 64) => {
            fate.refuse("values that are too long");
        }
        TypeKind::Real if from == Family::Double => {
            fate.lose("digits");
            fate.refuse("values beyond the range");
        }
        TypeKind::Real | TypeKind::DoublePrecision if is_exact(old) => {
            let most = if *new == TypeKind::Real { 6 } else { 15 };
            if digits(old).is_none_or(|room| room.before.max(0) + room.behind.max(0) > most) {
                fate.lose("digits");
            }
            let is_unbounded = matches!(old, TypeKind::Numeric { precision, .. } if precision.is_none_or(|digits| digits > 38));
            if is_unbounded {
                fate.refuse("values beyond the range");
            }
        }
        _ => {}
    }
}

fn size(family: Family) -> u8 {
    match family {
        Family::SmallInt => 2,
        Family::Integer => 4,
        _ => 8,
    }
}
