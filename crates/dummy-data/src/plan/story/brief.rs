//! What lasts minutes or seconds: a try at a quiz isn't handed in after ten days, and what is measured is received a
//! moment later.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::formulas;
use crate::plan::story::lifecycles::Cycle;
use crate::plan::story::reader::Reader;
use crate::plan::story::spans;
use crate::plan::story::{Expr, Relation};

/// Words of names that don't say how long the row itself took.
const NOT_OF_THE_ROW: &[&str] = &[
    "max",
    "maximum",
    "min",
    "minimum",
    "limit",
    "default",
    "price",
    "rate",
    "break",
    "buffer",
    "notice",
    "grace",
    "estimated",
    "planned",
    "expected",
    "allowed",
    "target",
    "reading",
    "total",
    "waiting",
    "response",
];

/// The number that says how long a row took in minutes or seconds, with its unit in seconds.
fn lasting(reader: &Reader<'_, '_>, table: TableId) -> Option<(ColumnId, i64)> {
    reader.columns(table).find_map(|column| {
        let name = reader.name(table, column);
        let unit = formulas::unit(reader, table, column)?;
        let is_so = name.own.words.first().is_some_and(|word| {
            matches!(
                word.as_str(),
                "seconds" | "minutes" | "duration" | "elapsed" | "time"
            )
        }) || name.has(&["duration", "elapsed", "taken", "spent", "lasted"]);
        (reader.is_number(table, column)
            && is_so
            && unit <= 60
            && !name.has(NOT_OF_THE_ROW)
            && reader.facts[table].reference_of[column].is_none())
        .then_some((column, unit))
    })
}

/// Makes the step with which something ends come soon after it began, where a number says how many minutes that took.
pub(super) fn hurry(reader: &Reader<'_, '_>, table: TableId, cycle: &mut Cycle) {
    let Some((_, unit)) = lasting(reader, table) else {
        return;
    };
    let is_begun = |word: &str| matches!(word, "started" | "begun" | "began" | "opened");
    let begins_so = reader.columns(table).any(|column| {
        let own = &reader.name(table, column).own;
        reader.is_time(table, column)
            && !reader.is_nullable(table, column)
            && own.words.first().is_some_and(|word| is_begun(word))
    });
    let mut before = begins_so;
    for step in &mut cycle.steps {
        let ends = step
            .stage
            .is_some_and(|stage| matches!(stage.name, "completed" | "submitted" | "graded"));
        if before && ends {
            step.days = if unit == 1 { 0.01 } else { 0.03 };
            return;
        }
        before = step.stage.is_some_and(|stage| stage.name == "started");
    }
}

/// Finds how long rows took, and what came a moment later.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    if let Some((column, unit)) = lasting(reader, table)
        && reader.is_free(table, column)
        && let Some(&(start, end)) = spans::spans(reader, table).first()
        && reader.is_time(table, start)
        && reader.is_time(table, end)
        && !reader.is_date(table, end)
    {
        let apart = Expr::Column(end)
            .minus(Expr::Column(start))
            .per(Expr::whole(unit));
        let apart = formulas::both_known(reader, table, &[start, end], apart);
        let value = formulas::in_its_digits(reader, table, column, apart);
        let why = format!(
            "from `{}` to `{}`",
            reader.column(table, start).name,
            reader.column(table, end).name
        );
        reader.relate(table, column, Relation::Value(value), why);
    }
    latency(reader, table);
}

/// `latency_ms`: what was received came so much later than it was sent.
fn latency(reader: &mut Reader<'_, '_>, table: TableId) {
    const FIRST: &[&str] = &[
        "recorded",
        "measured",
        "sent",
        "requested",
        "captured",
        "sampled",
        "queued",
        "occurred",
    ];
    const LAST: &[&str] = &[
        "received",
        "arrived",
        "ingested",
        "stored",
        "processed",
        "delivered",
        "answered",
        "responded",
    ];
    let number = reader.columns(table).find(|&column| {
        let name = reader.name(table, column);
        reader.is_number(table, column)
            && !reader.is_nullable(table, column)
            && name.has(&["latency", "lag", "delay", "transit", "roundtrip"])
            && name.has(&["ms", "millis", "milliseconds", "seconds", "secs"])
    });
    let time = |words: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_time(table, column)
                && !reader.is_date(table, column)
                && !reader.is_nullable(table, column)
                && reader
                    .name(table, column)
                    .own
                    .words
                    .first()
                    .is_some_and(|word| words.contains(&word.as_str()))
        })
    };
    let (Some(number), Some(first), Some(last)) = (number, time(FIRST), time(LAST)) else {
        return;
    };
    let is_milliseconds = reader
        .name(table, number)
        .has(&["ms", "millis", "milliseconds"]);
    let later = Expr::Column(number).per(Expr::whole(if is_milliseconds { 1000 } else { 1 }));
    let value = Expr::Sum(vec![Expr::Column(first), later]);
    let why = format!("`{}` later", reader.column(table, number).name);
    if reader.is_unique(table, last) || !reader.is_free(table, number) {
        return;
    }
    let relations = &mut reader.story.tables[table].relations;
    let replaces = relations
        .get(&last)
        .is_none_or(|(relation, _)| matches!(relation, Relation::Value(Expr::Born)));
    if replaces {
        relations.insert(last, (Relation::Value(value), why));
    }
}
