//! What part of a whole something is: rates of columns and counts beside their whole.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::reader::Reader;
use crate::plan::story::sums::{counts_children, spoken_of, stem};
use crate::plan::story::{Expr, Relation, money};
use crate::story::ONE;
use value_model::ValueType;

/// Rates and percentages of two other numbers.
pub(super) fn rates(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        let is_rate = name.has(&[
            "rate",
            "percent",
            "percentage",
            "ratio",
            "pct",
            "progress",
            "completion",
            "utilization",
            "occupancy",
        ]);
        if !reader.is_number(table, column)
            || !is_rate
            || money::role(&name).is_some()
            || name.has(&[
                "tax",
                "discount",
                "interest",
                "exchange",
                "hourly",
                "coverage",
                "commission",
            ])
        {
            continue;
        }
        if amount_of(reader, table, column) {
            continue;
        }
        let number = |other: ColumnId| {
            other != column
                && reader.is_number(table, other)
                && reader.facts[table].reference_of[other].is_none()
        };
        let mut found = None;
        if let Some((_, rest)) = name
            .text
            .split_once(" of the ")
            .or_else(|| name.text.split_once(" of all "))
            .or_else(|| name.text.split_once(" of "))
            && let Some((whole, part)) = [" who ", " that ", " which ", " with "]
                .iter()
                .find_map(|mark| rest.split_once(mark))
        {
            let part = spoken_of(reader, table, part, &number);
            let whole = spoken_of(reader, table, whole, &|other| {
                number(other) && Some(other) != part
            });
            found = part.zip(whole);
        }
        let found = found.or_else(|| by_name(reader, table, column));
        let Some((part, whole)) = found else {
            continue;
        };
        // What was made of the rate doesn't make it.
        if [part, whole].iter().any(|&made| {
            reader.story.tables[table].relations.get(&made).is_some_and(
                |(relation, _)| matches!(relation, Relation::Value(value) if value.is_of(column)),
            )
        }) {
            continue;
        }
        let kind = reader.kind(table, column);
        let digits = scale(kind);
        let has_room = match kind {
            ValueType::Numeric {
                precision: Some(precision),
                ..
            } => i64::from(*precision) - i64::from(digits) >= 3,
            _ => digits == 0 || name.text.contains("percent"),
        };
        let percent = digits == 0
            || name.has(&["percent", "percentage", "pct", "progress"])
            || name.text.contains("percent")
            || (has_room && digits <= 2);
        let mut rate = Expr::Column(part).per(Expr::Column(whole));
        if percent {
            rate = Expr::Column(part)
                .times(Expr::whole(100))
                .per(Expr::Column(whole));
        }
        rate = reader.or_zero(table, column, rate);
        if digits == 0 {
            rate = Expr::Floor(Box::new(rate), ONE);
        }
        let why = format!(
            "`{}` of `{}`",
            reader.column(table, part).name,
            reader.column(table, whole).name
        );
        smaller(reader, table, part, whole);
        reader.relate(table, column, Relation::Value(rate), why);
    }
}

/// Makes a free number a part of another.
pub(super) fn smaller(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    part: ColumnId,
    whole: ColumnId,
) {
    if !reader.is_free(table, part)
        || counts_children(reader, table, part)
        || reader.name(table, part).own.last() == "count" && !reader.children(table).is_empty()
    {
        return;
    }
    let unit = ONE / 10_i128.pow(scale(reader.kind(table, part)).min(6));
    let share = Expr::Column(whole).percent(Expr::Random("part", 0, 101, ONE, false));
    let end = reader.story.tables[table]
        .cycle
        .as_ref()
        .and_then(|cycle| cycle.event("completed"));
    if let (Some(end), true) = (
        end,
        reader
            .name(table, part)
            .has(&["completed", "done", "finished", "watched", "read"]),
    ) {
        // All where it is through, less before.
        let less = Expr::Column(whole).percent(Expr::Random("part", 0, 99, ONE, false));
        let value = Expr::when(
            Expr::happened(end),
            Expr::Column(whole),
            Expr::Floor(Box::new(less), unit),
        );
        reader.relate(
            table,
            part,
            Relation::Value(value),
            "all of it once it is through",
        );
        return;
    }
    reader.relate(
        table,
        part,
        Relation::Value(Expr::Floor(Box::new(share), unit)),
        "a part of the whole",
    );
}

/// The part and the whole of a rate, by names: `open_rate` is `opened_count` of `sent_count`.
/// `bonus_amount` is `bonus_percent` of the base beside it; whether a rate has such an amount and base.
fn amount_of(reader: &mut Reader<'_, '_>, table: TableId, rate: ColumnId) -> bool {
    const BASES: &[&str] = &["base", "basic", "gross", "subtotal", "principal"];
    let Some(first) = reader.name(table, rate).own.words.first().cloned() else {
        return false;
    };
    let is_number = |other: ColumnId| {
        other != rate
            && reader.is_number(table, other)
            && reader.facts[table].reference_of[other].is_none()
    };
    let amount = reader.columns(table).find(|&other| {
        let name = &reader.name(table, other).own;
        is_number(other)
            && name.words.first() == Some(&first)
            && name.has_any(&["amount", "cents", "value"])
            && !name.has_any(&["percent", "rate"])
    });
    let base = reader
        .columns(table)
        .find(|&other| is_number(other) && reader.name(table, other).has(BASES));
    let (Some(amount), Some(base)) = (amount, base) else {
        return false;
    };
    if amount == base {
        return false;
    }
    let share = money::share(reader, table, rate);
    let of = Expr::Column(base).times(share);
    let why = format!("its rate of `{}`", reader.column(table, base).name);
    reader.relate(table, amount, Relation::Value(of), why)
}

pub(super) fn by_name(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(ColumnId, ColumnId)> {
    const DONE: &[&str] = &[
        "completed",
        "done",
        "finished",
        "closed",
        "passed",
        "resolved",
        "correct",
        "answered",
        "achieved",
        "present",
        "won",
        "succeeded",
        "funded",
        "pledged",
        "raised",
    ];
    const ALL: &[&str] = &[
        "total",
        "recipients",
        "sent",
        "delivered",
        "impressions",
        "visitors",
        "participants",
        "attempts",
        "members",
        "all",
        "capacity",
        "seats",
        "rooms",
        "invited",
        "played",
        "questions",
        "goal",
        "target",
        "budget",
    ];
    let name = reader.name(table, column);
    let words: Vec<String> = name
        .own
        .words
        .iter()
        .filter(|word| {
            !matches!(
                word.as_str(),
                "rate" | "percent" | "percentage" | "ratio" | "pct"
            )
        })
        .map(|word| stem(word))
        .collect();
    let numbers: Vec<ColumnId> = reader
        .columns(table)
        .filter(|&other| {
            other != column
                && reader.is_number(table, other)
                && reader.facts[table].reference_of[other].is_none()
                && !reader
                    .name(table, other)
                    .has(&["rate", "percent", "percentage", "id"])
        })
        .collect();
    let part = numbers.iter().copied().find(|&other| {
        let own: Vec<String> = reader
            .name(table, other)
            .own
            .words
            .iter()
            .map(|word| stem(word))
            .collect();
        if name.has(&["progress", "completion"]) {
            reader.name(table, other).has(DONE)
        } else if name.has(&["funded", "funding"]) {
            reader
                .name(table, other)
                .has(&["funded", "pledged", "raised", "collected"])
        } else {
            !words.is_empty() && words.iter().any(|word| own.contains(word))
        }
    })?;
    let nouns = |column: ColumnId| -> Vec<String> {
        reader
            .name(table, column)
            .own
            .words
            .iter()
            .filter(|word| !DONE.contains(&word.as_str()) && word.as_str() != "count")
            .map(|word| stem(word))
            .collect()
    };
    let whole = numbers
        .iter()
        .copied()
        .filter(|&other| other != part)
        .find(|&other| {
            let own = nouns(other);
            (!own.is_empty() && own == nouns(part)) || reader.name(table, other).has(ALL)
        })?;
    Some((part, whole))
}
