//! Generators of ranges that don't overlap: see [`crate::plan::facts::slots`].

use crate::calendar::{DAY, SECOND, days_from_civil};
use crate::generators::{Generator, Moment, Quantity};
use crate::ordinal::Ordinal;
use crate::plan::bounds::scale;
use crate::plan::columns::context::Choice;
use crate::plan::columns::moments;
use std::sync::Arc;
use value_model::ValueType;

/// What makes the begin or the end of each row's slot.
pub(crate) fn generator(kind: &ValueType, is_upper: bool) -> Option<Choice> {
    let generator = of_kind(kind, is_upper)?;
    Some((
        generator,
        "no two rows may overlap: slots one after the other".to_owned(),
    ))
}

fn of_kind(kind: &ValueType, is_upper: bool) -> Option<Generator> {
    let later = i64::from(is_upper);
    match kind {
        ValueType::Date | ValueType::Timestamp { .. } => {
            let unit = if *kind == ValueType::Date {
                DAY
            } else {
                3600 * SECOND
            };
            let moment = Arc::new(Moment::Steps {
                ordinal: Ordinal::Row,
                start: days_from_civil(2020, 4, 1) * DAY + later * unit,
                step: 2 * unit,
            });
            Some(moments::write(kind, moment))
        }
        ValueType::Integer | ValueType::BigInt | ValueType::Numeric { .. } => {
            let quantity = Arc::new(Quantity::Steps {
                ordinal: Ordinal::Row,
                start: 1 + later,
                step: 3,
            });
            Some(match scale(kind) {
                0 => Generator::Whole(quantity),
                digits => Generator::Decimal(quantity, digits),
            })
        }
        _ => None,
    }
}
