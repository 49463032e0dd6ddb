//! What comes out of a lifecycle in numbers and flags: how far a row is, what mark it got, whether it was late.

use crate::ids::TableId;
use crate::plan::bounds::scale;
use crate::plan::story::lifecycles::Cycle;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::{Event, ONE};

/// Finds the outcomes of a table's rows.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    late(reader, table);
    open_sessions(reader, table);
    if let Some(cycle) = reader.story.tables[table].cycle.clone() {
        progress(reader, table, &cycle);
        probability(reader, table, &cycle);
        certificates(reader, table, &cycle);
        final_marks(reader, table, &cycle);
    }
}

/// The event after which a row has its marks.
pub(super) fn judged(cycle: &Cycle) -> Option<Event> {
    ["graded", "reviewed", "completed", "approved"]
        .iter()
        .find_map(|name| cycle.event(name))
}

/// Whether something happened after it was due, on the row or on one that it leads to.
fn late(reader: &mut Reader<'_, '_>, table: TableId) {
    const DUE: &[&str] = &[
        "due", "deadline", "expected", "closes", "promised", "until", "falls",
    ];
    const DONE: &[&str] = &[
        "submitted",
        "returned",
        "delivered",
        "completed",
        "paid",
        "finished",
        "received",
        "arrived",
        "handed",
        "closed",
        "resolved",
        "done",
    ];
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        let is_late = name.whole_is(&[
            "late",
            "is_late",
            "was_late",
            "submitted_late",
            "delayed",
            "missed",
            "overdue",
        ]);
        let in_time = name.whole_is(&["on_time", "in_time", "is_on_time", "punctual"]);
        if !reader.is_boolean(table, column) || !(is_late || in_time) {
            continue;
        }
        let done = reader
            .columns(table)
            .find(|&time| reader.is_time(table, time) && reader.name(table, time).has(DONE));
        let due = |table: TableId| {
            reader.columns(table).find(|&time| {
                reader.is_time(table, time)
                    && reader.name(table, time).has(DUE)
                    && !reader.name(table, time).has(DONE)
            })
        };
        let of_parent = || {
            reader.references(table).into_iter().find_map(|(via, to)| {
                let due = due(to)?;
                Some((
                    Expr::There(via, Box::new(Expr::Column(due))),
                    reader.is_date(to, due),
                ))
            })
        };
        let due = due(table)
            .map(|due| (Expr::Column(due), reader.is_date(table, due)))
            .or_else(of_parent);
        let (Some(done), Some((due, by_day))) = (done, due) else {
            continue;
        };
        let mut when = Expr::Column(done);
        if by_day {
            when = Expr::Floor(Box::new(when), 86_400 * ONE);
        }
        let kept = Expr::AtMost(Box::new(when), Box::new(due.clone()));
        let known = |expr: Expr| Expr::Known(Box::new(expr));
        let both = vec![known(Expr::Column(done)), known(due)];
        let is = if in_time {
            Expr::All([both, vec![kept]].concat())
        } else {
            Expr::All([both, vec![Expr::Not(Box::new(kept))]].concat())
        };
        reader.relate(
            table,
            column,
            Relation::Value(is),
            "whether it came after it was due",
        );
    }
}

/// What somebody uses expires after it was last used.
fn open_sessions(reader: &mut Reader<'_, '_>, table: TableId) {
    let find = |names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_time(table, column) && reader.name(table, column).whole_is(names)
        })
    };
    let seen = find(&[
        "last_seen_at",
        "last_used_at",
        "last_active_at",
        "last_activity_at",
        "last_accessed_at",
        "last_access_at",
    ]);
    let ends = find(&[
        "expires_at",
        "expires_on",
        "expiry",
        "expires",
        "valid_until",
    ]);
    let (Some(seen), Some(ends)) = (seen, ends) else {
        return;
    };
    let day = 86_400 * ONE;
    let last = Expr::First(vec![Expr::Column(seen), Expr::Born]);
    let later = Expr::Sum(vec![last, Expr::Random("open for", day, 30, day, false)]);
    reader.relate(
        table,
        ends,
        Relation::Value(later),
        "some days after it was last used",
    );
}

/// What is won is certain, what is lost hopeless.
fn probability(reader: &mut Reader<'_, '_>, table: TableId, cycle: &Cycle) {
    let won = cycle.event("completed");
    let lost = ["lost", "cancelled", "rejected"]
        .iter()
        .find_map(|name| cycle.event(name));
    let (Some(won), Some(lost)) = (won, lost) else {
        return;
    };
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column);
        if !reader.is_number(table, column)
            || !name.whole_is(&["probability", "win_probability", "likelihood", "confidence"])
        {
            continue;
        }
        let unit = if scale(reader.kind(table, column)) >= 2 && !name.text.contains("100") {
            ONE / 100
        } else {
            ONE
        };
        let open = Expr::Random("probability", 10 * unit, 9, 10 * unit, false);
        let value = Expr::when(
            Expr::happened(won),
            Expr::Number(100 * unit),
            Expr::when(Expr::happened(lost), Expr::Number(0), open),
        );
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "certain once it is won, none once it is lost",
        );
    }
}

/// Who is through has a certificate.
fn certificates(reader: &mut Reader<'_, '_>, table: TableId, cycle: &Cycle) {
    let Some(end) = ["completed", "issued", "graded"]
        .iter()
        .find_map(|name| cycle.event(name))
    else {
        return;
    };
    for column in reader.free(table, |_| true) {
        if reader.name(table, column).has(&["certificate", "diploma"])
            && reader.is_nullable(table, column)
            && !reader.is_time(table, column)
        {
            reader.relate(
                table,
                column,
                Relation::OnlyIf(Expr::happened(end)),
                "only of what is through",
            );
        }
    }
}

/// How far a row is: nothing at its beginning, all at its end.
fn progress(reader: &mut Reader<'_, '_>, table: TableId, cycle: &Cycle) {
    let Some(end) = cycle.event("completed").or_else(|| cycle.event("graded")) else {
        return;
    };
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column);
        let is_progress = name.has(&["progress", "completion", "complete", "completeness"])
            && !name.has(&["count", "max", "target", "goal", "days", "hours"]);
        if !is_progress || !reader.is_number(table, column) {
            continue;
        }
        let is_share = scale(reader.kind(table, column)) >= 2
            && !name.has(&["percent", "percentage", "pct", "progress"]);
        let unit = if is_share { ONE / 100 } else { ONE };
        let part = Expr::Random("progress", 5 * unit, 19, 5 * unit, false);
        let begun = match (&cycle.state, cycle.steps.len() > 1) {
            (_, true) if end != Event::Step(0) => Expr::happened(Event::Step(0)),
            (Some(state), _) => match state.labels.get(cycle.initial) {
                Some(label) => Expr::Not(Box::new(Expr::Is(state.column, vec![label.clone()]))),
                None => continue,
            },
            _ => Expr::whole(1),
        };
        let value = Expr::when(
            Expr::happened(end),
            Expr::Number(100 * unit),
            Expr::when(begun, part, Expr::Number(0)),
        );
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "nothing at the beginning, all at the end",
        );
    }
}

/// Marks that are given at the end.
fn final_marks(reader: &mut Reader<'_, '_>, table: TableId, cycle: &Cycle) {
    let Some(event) = judged(cycle) else {
        return;
    };
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column);
        let is_mark = name.whole_is(&[
            "mark",
            "grade",
            "score",
            "marks",
            "result",
            "total_score",
            "overall_score",
            "overall_grade",
            "exam_score",
            "points",
            "points_awarded",
            "awarded_points",
        ]) || (name.has(&["final"])
            && name.has(&["mark", "grade", "score", "points", "result"]));
        if !is_mark || !reader.is_nullable(table, column) {
            continue;
        }
        let relation = if reader.is_number(table, column) && name.has(&["mark", "score", "grade"]) {
            let digits = scale(reader.kind(table, column));
            let mark = if digits == 0 {
                Expr::Random("mark", 40 * ONE, 61, ONE, false)
            } else {
                Expr::Random("mark", 40 * ONE, 121, ONE / 2, false)
            };
            Relation::Value(Expr::when(Expr::happened(event), mark, Expr::Null))
        } else {
            Relation::OnlyIf(Expr::happened(event))
        };
        reader.relate(table, column, relation, "only once it was judged");
    }
}

/// What readers do with what was sent or published.
pub(super) fn reactions(reader: &mut Reader<'_, '_>, table: TableId) {
    const REACTIONS: &[&str] = &[
        "opened",
        "opens",
        "open",
        "clicked",
        "clicks",
        "click",
        "bounced",
        "bounces",
        "unsubscribed",
        "unsubscribes",
        "delivered",
        "views",
        "viewed",
        "view",
        "likes",
        "shares",
        "downloads",
        "replied",
        "converted",
        "impressions",
        "sent",
        "read",
    ];
    let Some(cycle) = reader.story.tables[table].cycle.clone() else {
        return;
    };
    let Some(event) = ["sent", "published"]
        .iter()
        .find_map(|name| cycle.event(name))
    else {
        return;
    };
    let all = reader.columns(table).find(|&column| {
        reader.is_whole(table, column)
            && reader.name(table, column).has(&[
                "recipients",
                "recipient",
                "subscribers",
                "audience",
                "targets",
                "receivers",
            ])
    });
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        if !reader.is_whole(table, column)
            || !name.has(REACTIONS)
            || name.has(&["limit", "max", "id", "rate"])
            || Some(column) == all
            || (reader.is_nullable(table, column) && !name.has(&["count"]))
        {
            continue;
        }
        let usual = match all {
            Some(all) => Expr::Floor(
                Box::new(Expr::Column(all).percent(Expr::Random("reacting", 0, 80, ONE, false))),
                ONE,
            ),
            None => Expr::Usual(column),
        };
        let value = Expr::when(Expr::happened(event), usual, Expr::Number(0));
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "none before it was sent or published",
        );
    }
}
