//! Operators between values: sums, products, concatenation, and what contains or overlaps what.

use super::value::{Number, Span, Value};
use super::{Comparison, Fault, compared};
use crate::calendar::{DAY, civil, days_from_civil};
use crate::check::elements_of_array;
use sqlparser::ast::BinaryOperator;

/// Digits after the point that a quotient is computed to, before rounding.
const QUOTIENT: u32 = 20;

/// `left OPERATOR right`.
pub(super) fn of(operator: &BinaryOperator, left: &Value, right: &Value) -> Result<Value, Fault> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    match operator {
        BinaryOperator::Plus => plus(left, right),
        BinaryOperator::Minus => minus(left, right),
        BinaryOperator::Multiply => match (left, right) {
            (Value::Span(span), number) | (number, Value::Span(span)) => times(*span, number),
            _ => product(left.number()?, right.number()?),
        },
        BinaryOperator::Divide => quotient(left.number()?, right.number()?),
        BinaryOperator::Modulo => remainder(left.number()?, right.number()?),
        BinaryOperator::PGExp => power(left.number()?, right.number()?),
        BinaryOperator::StringConcat => concatenated(left, right),
        BinaryOperator::AtArrow => contains(left, right),
        BinaryOperator::ArrowAt => contains(right, left),
        BinaryOperator::PGOverlap => overlaps(left, right),
        BinaryOperator::BitwiseAnd => bits(left, right, |left, right| left & right),
        BinaryOperator::BitwiseOr => bits(left, right, |left, right| left | right),
        BinaryOperator::Arrow | BinaryOperator::LongArrow => {
            json_member(left, right, *operator == BinaryOperator::LongArrow)
        }
        BinaryOperator::Question => match (left, right) {
            (Value::Json(text), Value::Text(key)) => {
                let parsed = json(text)?;
                Ok(Value::Truth(parsed.get(key).is_some()))
            }
            _ => Err(Fault::unknown("`?`")),
        },
        other => Err(Fault::Unknown(format!("the operator `{other}`"))),
    }
}

fn json(text: &str) -> Result<serde_json::Value, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Refused(format!("`{text}` isn't JSON")))
}

/// `data -> 'key'` and `data ->> 'key'`.
fn json_member(left: &Value, key: &Value, as_text: bool) -> Result<Value, Fault> {
    let Value::Json(text) = left else {
        return Err(Fault::unknown("`->`"));
    };
    let parsed = json(text)?;
    let found = match key {
        Value::Text(key) => parsed.get(key),
        Value::Number(number) => usize::try_from(number.units)
            .ok()
            .and_then(|place| parsed.get(place)),
        _ => None,
    };
    Ok(match found {
        None => Value::Null,
        Some(serde_json::Value::Null) if as_text => Value::Null,
        Some(serde_json::Value::String(text)) if as_text => Value::Text(text.clone()),
        Some(other) if as_text => Value::Text(other.to_string()),
        Some(other) => Value::Json(other.to_string()),
    })
}

fn bits(left: &Value, right: &Value, of: fn(i128, i128) -> i128) -> Result<Value, Fault> {
    let (left, right) = (left.number()?, right.number()?);
    if left.scale > 0 || right.scale > 0 {
        return Err(Fault::unknown("bits of a fraction"));
    }
    Ok(Value::Number(Number::whole(of(left.units, right.units))))
}

fn too_large() -> Fault {
    Fault::unknown("numbers too large")
}

fn sum(left: Number, right: Number, sign: i128) -> Result<Value, Fault> {
    let scale = left.scale.max(right.scale);
    let units = left
        .at_scale(scale)
        .zip(right.at_scale(scale))
        .and_then(|(left, right)| left.checked_add(right.checked_mul(sign)?))
        .ok_or_else(too_large)?;
    Ok(Value::Number(Number::new(
        units,
        scale,
        left.whole && right.whole,
    )))
}

fn product(left: Number, right: Number) -> Result<Value, Fault> {
    let units = left.units.checked_mul(right.units).ok_or_else(too_large)?;
    Ok(Value::Number(Number::new(
        units,
        left.scale + right.scale,
        left.whole && right.whole,
    )))
}

fn quotient(left: Number, right: Number) -> Result<Value, Fault> {
    if right.units == 0 {
        return Err(Fault::Refused("division by zero".to_owned()));
    }
    if left.whole && right.whole {
        return Ok(Value::Number(Number::whole(left.units / right.units)));
    }
    let scaled = i128::from(left.scale) - i128::from(right.scale);
    let raise = u32::try_from(i128::from(QUOTIENT) - scaled).map_err(|_| too_large())?;
    let dividend = 10_i128
        .checked_pow(raise)
        .and_then(|unit| left.units.checked_mul(unit))
        .ok_or_else(too_large)?;
    Ok(Value::Number(Number::new(
        dividend / right.units,
        QUOTIENT,
        false,
    )))
}

pub(super) fn remainder(left: Number, right: Number) -> Result<Value, Fault> {
    let scale = left.scale.max(right.scale);
    let (first, second) = left
        .at_scale(scale)
        .zip(right.at_scale(scale))
        .ok_or_else(too_large)?;
    if second == 0 {
        return Err(Fault::Refused("division by zero".to_owned()));
    }
    Ok(Value::Number(Number::new(
        first % second,
        scale,
        left.whole && right.whole,
    )))
}

pub(super) fn power(left: Number, right: Number) -> Result<Value, Fault> {
    let exponent = u32::try_from(right.units)
        .ok()
        .filter(|_| right.scale == 0 && left.scale == 0)
        .ok_or_else(|| Fault::unknown("a power"))?;
    let units = left.units.checked_pow(exponent).ok_or_else(too_large)?;
    Ok(Value::Number(Number::new(units, 0, false)))
}

pub(super) fn negative(value: Value) -> Result<Value, Fault> {
    Ok(match value {
        Value::Null => Value::Null,
        Value::Span(span) => Value::Span(Span {
            months: -span.months,
            days: -span.days,
            microseconds: -span.microseconds,
        }),
        other => {
            let number = other.number()?;
            Value::Number(Number {
                units: -number.units,
                ..number
            })
        }
    })
}

pub(super) fn absolute(value: Value) -> Result<Value, Fault> {
    if value.is_null() {
        return Ok(value);
    }
    let number = value.number()?;
    Ok(Value::Number(Number {
        units: number.units.abs(),
        ..number
    }))
}

fn whole_days(number: Number) -> Result<i64, Fault> {
    i64::try_from(number.units)
        .ok()
        .filter(|_| number.scale == 0)
        .ok_or_else(|| Fault::unknown("days and their fractions"))
}

fn plus(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Day(day), Value::Number(number)) | (Value::Number(number), Value::Day(day)) => {
            Ok(Value::Day(day + whole_days(*number)?))
        }
        (Value::Day(_) | Value::Moment(_), Value::Span(span))
        | (Value::Span(span), Value::Day(_) | Value::Moment(_)) => {
            let moment = if matches!(left, Value::Span(_)) {
                right
            } else {
                left
            };
            later(moment.moment()?, *span, 1).map(Value::Moment)
        }
        (Value::Day(_) | Value::Moment(_), Value::Text(text)) => {
            plus(left, &Value::Span(super::value::span(text)?))
        }
        (Value::Time(time), Value::Span(span)) | (Value::Span(span), Value::Time(time)) => {
            Ok(Value::Time((time + span.microseconds).rem_euclid(DAY)))
        }
        (Value::Day(day), Value::Time(time)) => Ok(Value::Moment(day * DAY + time)),
        (Value::Span(left), Value::Span(right)) => Ok(Value::Span(Span {
            months: left.months + right.months,
            days: left.days + right.days,
            microseconds: left.microseconds + right.microseconds,
        })),
        _ => sum(left.number()?, right.number()?, 1),
    }
}

fn minus(left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Day(left), Value::Day(right)) => Ok(Value::Number(Number::whole(
            i128::from(*left) - i128::from(*right),
        ))),
        (Value::Day(day), Value::Number(number)) => Ok(Value::Day(day - whole_days(*number)?)),
        (Value::Day(_) | Value::Moment(_), Value::Day(_) | Value::Moment(_)) => {
            let apart = left.moment()?.saturating_sub(right.moment()?);
            Ok(Value::Span(Span {
                months: 0,
                days: apart / DAY,
                microseconds: apart % DAY,
            }))
        }
        (Value::Day(_) | Value::Moment(_), Value::Span(span)) => {
            later(left.moment()?, *span, -1).map(Value::Moment)
        }
        (Value::Day(_) | Value::Moment(_), Value::Text(text)) => {
            minus(left, &Value::Span(super::value::span(text)?))
        }
        (Value::Time(left), Value::Time(right)) => Ok(Value::Span(Span::of(left - right))),
        (Value::Time(time), Value::Span(span)) => {
            Ok(Value::Time((time - span.microseconds).rem_euclid(DAY)))
        }
        (Value::Span(left), Value::Span(right)) => Ok(Value::Span(Span {
            months: left.months - right.months,
            days: left.days - right.days,
            microseconds: left.microseconds - right.microseconds,
        })),
        _ => sum(left.number()?, right.number()?, -1),
    }
}

/// A moment so much later: months first, then days, then the rest.
fn later(moment: i64, span: Span, sign: i64) -> Result<i64, Fault> {
    if moment == i64::MAX || moment == i64::MIN {
        return Ok(moment);
    }
    let (day, time) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, of_month) = civil(day);
    let months = year * 12 + i64::from(month) - 1 + sign * span.months;
    let (year, month) = (
        months.div_euclid(12),
        u32::try_from(months.rem_euclid(12) + 1).unwrap_or(1),
    );
    // The last day of a shorter month.
    let day = (1..=of_month)
        .rev()
        .map(|of_month| (of_month, days_from_civil(year, month, of_month)))
        .find(|&(of_month, days)| civil(days) == (year, month, of_month))
        .map_or(day, |(_, days)| days);
    (day + sign * span.days)
        .checked_mul(DAY)
        .and_then(|midnight| midnight.checked_add(time + sign * span.microseconds))
        .ok_or_else(too_large)
}

fn times(span: Span, number: &Value) -> Result<Value, Fault> {
    let number = number.number()?;
    let factor = i64::try_from(number.units)
        .ok()
        .filter(|_| number.scale == 0)
        .ok_or_else(|| Fault::unknown("parts of an interval"))?;
    Ok(Value::Span(Span {
        months: span.months * factor,
        days: span.days * factor,
        microseconds: span.microseconds * factor,
    }))
}

fn concatenated(left: &Value, right: &Value) -> Result<Value, Fault> {
    Ok(match (left, right) {
        (Value::List(left), Value::List(right)) => {
            Value::List([left.clone(), right.clone()].concat())
        }
        (Value::List(list), one) => {
            let mut list = list.clone();
            list.push(one.clone());
            Value::List(list)
        }
        _ => Value::Text(left.text()? + &right.text()?),
    })
}

fn list_of(value: &Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::List(list) => Ok(list.clone()),
        Value::Text(text) => Ok(elements_of_array(text)
            .ok_or_else(|| Fault::unknown("an array"))?
            .into_iter()
            .map(Value::Text)
            .collect()),
        _ => Err(Fault::unknown("an array was expected")),
    }
}

/// Whether a list has an element that equals this one.
fn has(list: &[Value], one: &Value) -> Result<bool, Fault> {
    for other in list {
        if compared(one, Comparison::Equal, other)? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn contains(whole: &Value, part: &Value) -> Result<Value, Fault> {
    if let Value::Range(bounds, with_lower, with_upper) = whole {
        if let Value::Range(inner, lower, upper) = part {
            if (lower, upper) != (with_lower, with_upper) {
                return Err(Fault::unknown("a range within a range with other ends"));
            }
            let is_within = |inside: &Value, comparison, outside: &Value| {
                Ok::<bool, Fault>(
                    outside.is_null()
                        || (!inside.is_null()
                            && compared(inside, comparison, outside)? == Some(true)),
                )
            };
            return Ok(Value::Truth(
                is_within(&inner.0, Comparison::AtLeast, &bounds.0)?
                    && is_within(&inner.1, Comparison::AtMost, &bounds.1)?,
            ));
        }
        let above = compared(
            part,
            if *with_lower {
                Comparison::AtLeast
            } else {
                Comparison::Above
            },
            &bounds.0,
        )?;
        let below = compared(
            part,
            if *with_upper {
                Comparison::AtMost
            } else {
                Comparison::Below
            },
            &bounds.1,
        )?;
        return Ok(Value::Truth(above.unwrap_or(true) && below.unwrap_or(true)));
    }
    let (whole, part) = (list_of(whole)?, list_of(part)?);
    for one in &part {
        if !has(&whole, one)? {
            return Ok(Value::Truth(false));
        }
    }
    Ok(Value::Truth(true))
}

/// Whether two arrays have an element in common, or two ranges a value.
pub(super) fn overlaps(left: &Value, right: &Value) -> Result<Value, Fault> {
    if let (Value::Range(first, ..), Value::Range(second, ..)) = (left, right) {
        let before = |upper: &Value, with_upper: bool, lower: &Value, with_lower: bool| {
            let comparison = if with_upper && with_lower {
                Comparison::Below
            } else {
                Comparison::AtMost
            };
            Ok::<bool, Fault>(compared(upper, comparison, lower)? == Some(true))
        };
        let (Value::Range(_, left_lower, left_upper), Value::Range(_, right_lower, right_upper)) =
            (left, right)
        else {
            return Err(Fault::unknown("ranges"));
        };
        let is_empty = |bounds: &(Value, Value), both: bool| {
            Ok::<bool, Fault>(
                !both && compared(&bounds.0, Comparison::Equal, &bounds.1)? == Some(true),
            )
        };
        return Ok(Value::Truth(
            !is_empty(first, *left_lower && *left_upper)?
                && !is_empty(second, *right_lower && *right_upper)?
                && !before(&first.1, *left_upper, &second.0, *right_lower)?
                && !before(&second.1, *right_upper, &first.0, *left_lower)?,
        ));
    }
    let (left, right) = (list_of(left)?, list_of(right)?);
    for one in &left {
        if has(&right, one)? {
            return Ok(Value::Truth(true));
        }
    }
    Ok(Value::Truth(false))
}
