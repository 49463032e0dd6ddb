//! How many values a column can take.

use crate::calendar::DAY;
use crate::check::{Bound, Domain};
use crate::ids::ColumnId;
use crate::plan::bounds::{IDEOGRAPHS, multiples, number_bounds, pattern_places, text_limit};
use crate::plan::facts::duties::Duties;
use crate::plan::kinds::Made;
use crate::plan::sql::{constant, moment};
use crate::settings::Source;
use value_model::{ColumnValue, Schema, ValueType};

/// How many values a column can take, `u64::MAX` for more than anybody wants.
pub(crate) fn capacity(schema: &Schema, facts: &Duties<'_>, position: ColumnId) -> u64 {
    let column = &facts.table.columns[position];
    let empty = Domain::default();
    let domain = facts.rules.domains.get(&column.name).unwrap_or(&empty);
    match facts.source(position).map(|source| &source.value) {
        // The server has the last word about its own values.
        Some(Source::Sql(_) | Source::Template(_) | Source::From(_) | Source::Children { .. }) => {
            return u64::MAX;
        }
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
        ValueType::Boolean => 2,
        ValueType::Enum(name) => schema
            .own
            .enum_type(name)
            .map_or(1, |enum_type| enum_type.values.len() as u64),
        kind @ (ValueType::SmallInt
        | ValueType::Integer
        | ValueType::BigInt
        | ValueType::Oid
        | ValueType::Money
        | ValueType::Real
        | ValueType::Numeric { .. }) => {
            let bounds = number_bounds(kind, domain);
            match multiples(kind, domain) {
                // Both bounds are among them.
                Some(multiples) if bounds.least <= bounds.greatest => {
                    bounds.count() / multiples.of.cast_unsigned() + 1
                }
                _ => bounds.count(),
            }
        }
        ValueType::Date | ValueType::Timestamp { .. } if facts.span_of(position).is_some() => {
            let span = facts.span_of(position).unwrap_or(DAY).max(1);
            u64::try_from(1_000_000 * DAY / span)
                .unwrap_or(1)
                .min(1 << 28)
        }
        ValueType::Date => days(domain),
        // Minutes of some centuries.
        ValueType::Timestamp { .. } => 1 << 28,
        ValueType::Time { .. } => 86_400,
        ValueType::Bit { length } => 1_u64.checked_shl(length.unwrap_or(1)).unwrap_or(u64::MAX),
        ValueType::BitVarying { limit: Some(limit) } => {
            1_u64.checked_shl(*limit).unwrap_or(u64::MAX)
        }
        ValueType::Macaddr => 1 << 40,
        ValueType::Varchar { .. }
        | ValueType::Char { .. }
        | ValueType::Text
        | ValueType::CaselessText => {
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
    let bound = |bound: &Option<Bound>| moment(&bound.as_ref()?.value);
    match (bound(&domain.least), bound(&domain.greatest)) {
        (Some(least), Some(greatest)) => {
            u64::try_from((greatest - least) / DAY + 1).map_or(1, |days| days.min(MANY))
        }
        _ => MANY,
    }
}
