//! Generators of dates and times.

use crate::calendar::{DAY, SECOND};
use crate::check::Bound;
use crate::generators::{Generator, Moment};
use crate::ordinal::Ordinal;
use crate::plan::columns::context::{Choice, Context, room};
use crate::plan::names::NameParts;
use crate::plan::sql::moment;
use std::sync::Arc;
use value_model::ValueType;

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
pub(crate) fn write(kind: &ValueType, moment: Arc<Moment>) -> Generator {
    match kind {
        ValueType::Time {
            precision,
            with_time_zone,
        } => Generator::Time(
            moment,
            precision.unwrap_or(6).min(6),
            if *with_time_zone { "+00" } else { "" },
        ),
        ValueType::Timestamp {
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
    let (moment, why) = of_any_type(context);
    (within_type(context, moment), why)
}

/// A moment that the column's type has: the nearest, where it has less than others.
fn within_type(context: &Context<'_>, made: Arc<Moment>) -> Arc<Moment> {
    let bounds = context.column.own.moments;
    let Some((first, last)) = bounds.and_then(|own| Some((moment(own.first)?, moment(own.last)?)))
    else {
        return made;
    };
    let first = Arc::new(Moment::Steps {
        ordinal: Ordinal::Fixed(0),
        start: first,
        step: 0,
    });
    let latest = Moment::Latest(Box::new([made, first]));
    Arc::new(Moment::AtMost(Arc::new(latest), last))
}

/// Without regard to what the type lacks.
fn of_any_type(context: &Context<'_>) -> (Arc<Moment>, String) {
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
                until: None,
            })
        })
        .collect();
    let base = match bases.as_slice() {
        [only] => Arc::clone(only),
        _ => Arc::new(Moment::Latest(bases.into())),
    };
    let usual = match context.column.data_type.kind {
        ValueType::Date => 60 * DAY,
        // The day must not end between the two.
        ValueType::Time { .. } => 1800 * SECOND,
        _ => 10 * DAY,
    };
    let after = Moment::After {
        base,
        key: context.key.child("later"),
        least: 0,
        span: room(&context.after).map_or(usual, |room| usual.min(room.max(1))),
        at_once: 30,
        until: has_happened(context).then(|| context.birth.today()),
    };
    (
        within_checks(context, Arc::new(after)),
        "not before another column".to_owned(),
    )
}

/// Whether a row was last written then, which isn't planned.
fn has_happened(context: &Context<'_>) -> bool {
    Names(&context.parts, context.called.as_ref()).has_any(&["updated", "modified", "touched"])
}

/// Without regard to other columns and checks.
fn unbounded(context: &Context<'_>) -> (Arc<Moment>, String) {
    let is_date = context.column.data_type.kind == ValueType::Date;
    if let Some(ordinal) = context.wanted() {
        let step = match context.column.data_type.kind {
            ValueType::Date | ValueType::Timestamp { .. } if context.span.is_some() => {
                context.span.unwrap_or(DAY)
            }
            ValueType::Date => DAY,
            ValueType::Timestamp { .. } => 60 * SECOND,
            _ => SECOND,
        };
        let last = i64::try_from(context.rows)
            .unwrap_or(i64::MAX)
            .saturating_mul(step);
        // The last of them is today; where they count within groups, these are shorter than a year.
        let before = match &ordinal {
            Ordinal::Row => last,
            _ => last.min(365 * DAY),
        };
        let usual = (context.birth.today() - before.min(7300 * DAY)).div_euclid(DAY) * DAY;
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
    let parts = Names(&context.parts, context.called.as_ref());
    let born = Arc::new(Moment::Born(Arc::clone(context.birth)));
    let after = |least: i64, span: i64, at_once: u8| {
        Arc::new(Moment::After {
            base: Arc::clone(&born),
            key: context.key,
            least,
            span,
            at_once,
            until: None,
        })
    };
    if parts.has_any(&["birthday", "birth", "birthdate", "born", "dob"]) {
        let table = &context.table_parts;
        let (youngest, oldest) = if table.has_any(&[
            "child", "children", "kid", "kids", "pupil", "pupils", "infants",
        ]) {
            (6, 12)
        } else if table.has_any(&["student", "students"]) {
            (11, 18)
        } else if table.has_any(&["player", "players", "athlete", "athletes"]) {
            (18, 35)
        } else if table.has_any(&[
            "patient",
            "patients",
            "resident",
            "residents",
            "persons",
            "people",
        ]) {
            (1, 90)
        } else if table.has_any(&["pet", "pets", "animal", "animals"]) {
            (1, 14)
        } else {
            (20, 68)
        };
        let today = context.birth.today() / DAY;
        let first = today - oldest * 365 - oldest / 4;
        let last = today - youngest * 365 - youngest / 4;
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
    if matches!(context.column.data_type.kind, ValueType::Time { .. }) {
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
    if parts.has("current") && parts.has("period") && !parts.has_any(&["end", "ends"]) {
        let month = Moment::Steps {
            ordinal: Ordinal::Random {
                key: context.key,
                count: 29,
            },
            start: context.birth.today() - 29 * DAY,
            step: DAY,
        };
        return (
            Arc::new(Moment::Latest(Box::new([born, Arc::new(month)]))),
            "the current month of the row".to_owned(),
        );
    }
    if parts.has_any(&[
        "starts",
        "start",
        "begins",
        "appointment",
        "meeting",
        "departs",
        "departure",
        "reservation",
        "pickup",
        "arrival",
        "arrives",
        "checkin",
    ]) && !parts.has_any(&["started", "period", "trial", "ends", "end", "valid"])
    {
        let planned = Moment::Planned {
            base: born,
            key: context.key,
            least: 1,
            days: 21,
            hours: (8, 18),
        };
        return (
            Arc::new(planned),
            "a working day after the row is born".to_owned(),
        );
    }
    if is_date
        && parts.last() == "date"
        && parts.has_any(&[
            "transaction",
            "entry",
            "order",
            "invoice",
            "issue",
            "visit",
            "posting",
            "sale",
            "sales",
            "purchase",
            "record",
            "receipt",
            "work",
            "expense",
            "registration",
            "enrollment",
            "admission",
            "join",
            "hire",
            "application",
            "observation",
            "measurement",
            "slip",
            "document",
            "bill",
        ])
        || parts.is_whole(&["date", "on", "day"])
    {
        return (born, "when the row is born".to_owned());
    }
    if parts.has_any(&[
        "visited",
        "occurred",
        "happened",
        "placed",
        "received",
        "requested",
        "booked",
        "measured",
        "taken",
        "performed",
        "entered",
        "logged",
        "transacted",
        "purchased",
        "sold",
        "reported",
        "enrolled",
        "subscribed",
        "borrowed",
        "loaned",
        "applied",
        "observed",
        "sampled",
        "worked",
        "admitted",
        "spent",
        "attempted",
        "triggered",
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
    if has_happened(context) {
        return (
            Arc::new(Moment::After {
                base: Arc::clone(&born),
                key: context.key,
                least: 0,
                span: 90 * DAY,
                at_once: 90,
                until: has_happened(context).then(|| context.birth.today()),
            }),
            "when the row is born, or some time after".to_owned(),
        );
    }
    if parts.has("due")
        && context.table_parts.has_any(&[
            "invoice",
            "invoices",
            "bill",
            "bills",
            "loan",
            "loans",
            "fee",
            "fees",
            "checkout",
            "checkouts",
            "borrowing",
            "borrowings",
            "rental",
            "rentals",
            "payment",
            "payments",
            "order",
            "orders",
        ])
    {
        return (
            after(14 * DAY, 30 * DAY, 90),
            "some weeks after the row is born".to_owned(),
        );
    }
    let is_past = parts
        .0
        .words
        .iter()
        .any(|word| word.len() > 4 && word.ends_with("ed"))
        && !parts.has_any(&[
            "updated",
            "modified",
            "touched",
            "planned",
            "expected",
            "scheduled",
            "estimated",
            "expired",
            "requested",
            "preferred",
            "promised",
            "desired",
        ]);
    if is_past && context.column.not_null {
        return (
            born,
            "when the row is born: what its name says has happened to all".to_owned(),
        );
    }
    if parts.has_any(&[
        "warranty",
        "passport",
        "licence",
        "license",
        "certificate",
        "insurance",
    ]) && parts.has_any(&[
        "expires",
        "expiry",
        "expiration",
        "until",
        "valid",
        "end",
        "ends",
    ]) {
        return (
            after(365 * DAY, 4 * 365 * DAY, 0),
            "some years after the row is born".to_owned(),
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

/// What a column is called, by its name and by its comment.
struct Names<'a>(&'a NameParts, Option<&'a NameParts>);

impl Names<'_> {
    fn has_any(&self, words: &[&str]) -> bool {
        self.0.has_any(words) || self.1.is_some_and(|name| name.has_any(words))
    }

    fn has(&self, word: &str) -> bool {
        self.has_any(&[word])
    }

    fn last(&self) -> &str {
        self.0.last()
    }

    fn is_whole(&self, names: &[&str]) -> bool {
        names.contains(&self.0.whole.as_str())
    }
}

/// Puts a moment between the bounds of checks: a bounded column is spread evenly between them.
fn within_checks(context: &Context<'_>, made: Arc<Moment>) -> Arc<Moment> {
    if context.wanted().is_some() && context.after.is_empty() {
        return made;
    }
    let is_date = context.column.data_type.kind == ValueType::Date;
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
    let bound = |bound: &Option<Bound>, sign: i64| {
        let bound = bound.as_ref()?;
        Some(moment(&bound.value)? + if bound.is_open { sign * DAY } else { 0 })
    };
    (
        bound(&context.domain.least, 1),
        bound(&context.domain.greatest, -1),
    )
}
