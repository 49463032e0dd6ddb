//! Steps of a lifecycle that happen when something was planned: by a column of the row, or by what the row belongs to.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::lifecycles::{Cycle, PlannedStep, PlannedThere};
use crate::plan::story::reader::Reader;
use crate::plan::story::spans::spans;

/// The step that happens at the time that another column plans: somebody checks in when the appointment starts.
pub(super) fn of_row(
    reader: &Reader<'_, '_>,
    table: TableId,
    cycle: &Cycle,
) -> Option<PlannedStep> {
    let is_start = |column: ColumnId| {
        let name = reader.name(table, column);
        reader.is_time(table, column)
            && !reader.is_nullable(table, column)
            && reader.is_free(table, column)
            && !reader.is_unique(table, column)
            && (name.has(&[
                "starts",
                "start",
                "begins",
                "appointment",
                "arrives",
                "departs",
                "reserved",
                "pickup",
                "arrival",
            ]) || name.whole_is(&[
                "check_in",
                "checkin",
                "check_in_date",
                "checkin_date",
                "check_in_on",
                "arrival_date",
                "scheduled_at",
                "reservation_at",
                "scheduled_for",
                "scheduled_on",
                "scheduled_start",
                "scheduled_start_at",
                "scheduled_time",
                "booked_for",
                "reserved_for",
                "visit_date",
                "visit_on",
                "held_on",
                "arrival_on",
                "check_in_at",
            ]))
            && !name.has(&["started", "period", "trial", "created", "ended"])
    };
    let start = reader.columns(table).find(|&column| is_start(column))?;
    let step = cycle.steps.iter().position(|step| {
        step.stage.is_some_and(|stage| {
            stage.rank >= 46
                && matches!(
                    stage.name,
                    "started" | "arrived" | "completed" | "dispatched" | "shipped" | "delivered"
                )
                || (stage.rank >= 60 && reader.name(table, start).has(&["held"]))
        })
    })?;
    let end = spans(reader, table)
        .into_iter()
        .find(|(from, _)| *from == start)
        .map(|(_, end)| end)
        .filter(|&end| !reader.is_nullable(table, end));
    Some(PlannedStep { step, start, end })
}

/// A way out of what is active that happens on the last day of its term: a contract runs out, a policy expires. It becomes
/// the step after that, both at the days that the row says.
pub(super) fn of_term(
    reader: &Reader<'_, '_>,
    table: TableId,
    cycle: &mut Cycle,
) -> Option<PlannedStep> {
    cycle.state.as_ref()?;
    let step = cycle.steps.iter().position(|step| {
        step.label.is_some()
            && step
                .stage
                .is_some_and(|stage| matches!(stage.name, "activated" | "started"))
    })?;
    let always = |column: ColumnId| {
        reader.is_date(table, column)
            && !reader.is_nullable(table, column)
            && !reader.is_unique(table, column)
            && !reader.story.tables[table].relations.contains_key(&column)
    };
    let (start, end) = spans(reader, table)
        .into_iter()
        .find(|&(start, end)| always(start) && always(end))?;
    let runs_out = cycle.outs.iter().position(|out| {
        out.after == step + 1
            && out.happening.label.is_some()
            && matches!(
                out.happening.word.as_str(),
                "expired" | "ended" | "ran_out" | "run_out" | "over" | "満了" | "期限切れ" | "終了"
            )
    })?;
    let over = cycle.outs.remove(runs_out).happening;
    for out in &mut cycle.outs {
        if out.after > step + 1 {
            out.after += 1;
        }
    }
    cycle.steps.insert(step + 1, over);
    Some(PlannedStep {
        step,
        start,
        end: Some(end),
    })
}

/// The step that happens when what a row belongs to begins: a ticket is checked in at the performance.
pub(super) fn of_parent(
    reader: &Reader<'_, '_>,
    table: TableId,
    cycle: &Cycle,
) -> Option<PlannedThere> {
    let step = cycle.steps.iter().position(|step| {
        matches!(
            step.word.as_str(),
            "checked_in"
                | "check_in"
                | "attended"
                | "boarded"
                | "scanned"
                | "admitted"
                | "attend"
                | "entered"
                | "出席"
                | "来場"
        )
    })?;
    let begin = |table: TableId| {
        reader.columns(table).find(|&column| {
            reader.is_time(table, column)
                && !reader.is_date(table, column)
                && !reader.is_nullable(table, column)
                && reader
                    .name(table, column)
                    .has(&["starts", "start", "begins", "begin", "departs", "held"])
                && !reader.name(table, column).has(&[
                    "sale",
                    "sales",
                    "period",
                    "trial",
                    "registration",
                    "booking",
                    "doors",
                    "created",
                    "enrollment",
                ])
        })
    };
    let firm = |table: TableId| {
        reader
            .references(table)
            .into_iter()
            .filter(move |(via, target)| *target != table && !reader.is_nullable(table, *via))
    };
    let there = |path, start| PlannedThere { step, path, start };
    for (via, target) in firm(table) {
        if let Some(column) = begin(target) {
            return Some(there(vec![via], column));
        }
    }
    for (via, target) in firm(table) {
        for (next, far) in firm(target) {
            if let Some(column) = begin(far)
                && far != table
            {
                return Some(there(vec![via, next], column));
            }
        }
    }
    None
}
