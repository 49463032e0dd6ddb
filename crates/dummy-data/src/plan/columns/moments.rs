//! Generators of dates and times.

use crate::calendar::{DAY, SECOND, days_from_civil};
use crate::generators::{Generator, Moment};
use crate::ordinal::Ordinal;
use crate::plan::columns::context::{Choice, Context, room};
use crate::plan::sql::moment;
use schema_model::TypeKind;
use std::sync::Arc;

/// A date, time of day or timestamp.
pub(crate) fn temporal(context: &Context<'_>) -> Choice {
    if let Some(values) = &context.domain.one_of {
        return (
            context.one_of(values.iter().map(String::as_str)),
            "a check lists its values".to_owned(),
        );
    }
    let (moment, why) = moment_of(context);
    (write(&context.column.data_type.kind, moment), why)
}

/// Writes a moment as a type wants it.
pub(crate) fn write(kind: &TypeKind, moment: Arc<Moment>) -> Generator {
    match kind {
        TypeKind::Time {
            precision,
            with_time_zone,
        } => Generator::Time(
            moment,
            precision.unwrap_or(6).min(6),
            if *with_time_zone { "+00" } else { "" },
        ),
        TypeKind::Timestamp {
            precision,
            with_time_zone,
        } => Generator::Timestamp(
            moment,
            precision.unwrap_or(6).min(6),
            if *with_time_zone { "+00" } else { "" },
        ),
        _ => Generator::Date(moment),
    }
}

/// The moments of a column. Other columns may be bound to it.
pub(crate) fn moment_of(context: &Context<'_>) -> (Arc<Moment>, String) {
    let (moment, why) = unbounded(context);
    if context.after.is_empty() {
        return (within_checks(context, moment), why);
    }
    let bases: Vec<Arc<Moment>> = context
        .after
        .iter()
        .map(|lower| {
            Arc::new(Moment::After {
                base: Arc::clone(&lower.base),
                key: context.key,
                least: lower.least,
                span: 1,
                at_once: 255,
            })
        })
        .collect();
    let base = match bases.as_slice() {
        [only] => Arc::clone(only),
        _ => Arc::new(Moment::Latest(bases.into())),
    };
    let usual = match context.column.data_type.kind {
        TypeKind::Date => 60 * DAY,
        // The day must not end between the two.
        TypeKind::Time { .. } => 1800 * SECOND,
        _ => 10 * DAY,
    };
    let after = Moment::After {
        base,
        key: context.key.child("later"),
        least: 0,
        span: room(&context.after).map_or(usual, |room| usual.min(room.max(1))),
        at_once: 30,
    };
    (
        within_checks(context, Arc::new(after)),
        "not before another column".to_owned(),
    )
}

/// Without regard to other columns and checks.
fn unbounded(context: &Context<'_>) -> (Arc<Moment>, String) {
    let is_date = context.column.data_type.kind == TypeKind::Date;
    if let Some(ordinal) = context.wanted() {
        let step = match context.column.data_type.kind {
            TypeKind::Date | TypeKind::Timestamp { .. } if context.span.is_some() => {
                context.span.unwrap_or(DAY)
            }
            TypeKind::Date => DAY,
            TypeKind::Timestamp { .. } => 60 * SECOND,
            _ => SECOND,
        };
        let usual = days_from_civil(2020, 4, 1) * DAY;
        let last = i64::try_from(context.rows)
            .unwrap_or(i64::MAX)
            .saturating_mul(step);
        let (least, greatest) = bounds(context);
        let start = usual
            .min(greatest.map_or(usual, |greatest| greatest.saturating_sub(last)))
            .max(least.unwrap_or(i64::MIN));
        let moment = Moment::Steps {
            ordinal,
            start,
            step,
        };
        return (Arc::new(moment), "unique: counted".to_owned());
    }
    let parts = &context.parts;
    let born = Arc::new(Moment::Born(Arc::clone(context.birth)));
    let after = |least: i64, span: i64, at_once: u8| {
        Arc::new(Moment::After {
            base: Arc::clone(&born),
            key: context.key,
            least,
            span,
            at_once,
        })
    };
    if parts.has_any(&["birthday", "birth", "birthdate", "born", "dob"]) {
        let first = days_from_civil(1950, 1, 1);
        let last = days_from_civil(2004, 12, 31);
        let moment = Moment::Steps {
            ordinal: Ordinal::Random {
                key: context.key,
                count: (last - first).cast_unsigned(),
            },
            start: first * DAY,
            step: DAY,
        };
        return (Arc::new(moment), "the name says a day of birth".to_owned());
    }
    if matches!(context.column.data_type.kind, TypeKind::Time { .. }) {
        let moment = Moment::Steps {
            ordinal: Ordinal::Random {
                key: context.key,
                count: 48,
            },
            start: 8 * 3600 * SECOND,
            step: 15 * 60 * SECOND,
        };
        return (
            Arc::new(moment),
            "its type: between 8:00 and 20:00".to_owned(),
        );
    }
    if parts.has_any(&[
        "created",
        "inserted",
        "registered",
        "joined",
        "recorded",
        "ordered",
        "posted",
        "added",
        "hired",
        "opened",
        "issued",
    ]) {
        return (
            born,
            "when the row is born, never before its parents".to_owned(),
        );
    }
    if parts.has("updated") || parts.has("modified") || parts.has("touched") {
        return (
            after(0, 90 * DAY, 90),
            "when the row is born, or some time after".to_owned(),
        );
    }
    if parts.has_any(&[
        "expires",
        "expired",
        "expiry",
        "expiration",
        "due",
        "deadline",
        "valid",
        "until",
        "end",
        "ends",
        "deliver",
        "scheduled",
        "next",
        "renewal",
    ]) {
        return (
            after(DAY, 365 * DAY, 0),
            "some time after the row is born".to_owned(),
        );
    }
    if is_date {
        return (
            after(0, 60 * DAY, 60),
            "within two months of the row's birth".to_owned(),
        );
    }
    (
        after(60 * SECOND, 30 * DAY, 0),
        "some time after the row is born".to_owned(),
    )
}

/// Puts a moment between the bounds of checks: a bounded column is spread evenly between them.
fn within_checks(context: &Context<'_>, made: Arc<Moment>) -> Arc<Moment> {
    if context.wanted().is_some() && context.after.is_empty() {
        return made;
    }
    let is_date = context.column.data_type.kind == TypeKind::Date;
    let step = if is_date { DAY } else { SECOND };
    match bounds(context) {
        (None, None) => made,
        (Some(least), None) => Arc::new(Moment::Latest(Box::new([
            made,
            Arc::new(Moment::Steps {
                ordinal: Ordinal::Fixed(0),
                start: least,
                step: 0,
            }),
        ]))),
        (None, Some(greatest)) => Arc::new(Moment::AtMost(made, greatest)),
        (Some(_), Some(greatest)) if !context.after.is_empty() => {
            Arc::new(Moment::AtMost(made, greatest))
        }
        (Some(least), Some(greatest)) => Arc::new(Moment::Steps {
            ordinal: Ordinal::Random {
                key: context.key,
                count: ((greatest - least) / step + 1).max(1).cast_unsigned(),
            },
            start: least,
            step,
        }),
    }
}

/// The least and greatest moment that checks and configuration allow.
fn bounds(context: &Context<'_>) -> (Option<i64>, Option<i64>) {
    let bound = |bound: &Option<(String, bool)>, sign: i64| {
        let (text, strictly) = bound.as_ref()?;
        Some(moment(text)? + if *strictly { sign * DAY } else { 0 })
    };
    (
        bound(&context.domain.least, 1),
        bound(&context.domain.greatest, -1),
    )
}
