//! Histories of states: each of a row's entries says what its state became, and the last of them what it is.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::lifecycles::labels;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::Event;

/// The state of each entry of a history, the column that leads to what it is of, and that table: entries have the same
/// labels as the rows that they are of.
pub(super) fn entries(
    reader: &Reader<'_, '_>,
    table: TableId,
) -> Option<(ColumnId, ColumnId, TableId)> {
    const STATES: &[&str] = &["status", "state", "stage", "phase"];
    if !reader.table_name(table).has_any(&[
        "event",
        "events",
        "update",
        "updates",
        "tracking",
        "history",
        "histories",
        "log",
        "logs",
        "change",
        "changes",
        "transition",
        "transitions",
        "checkpoint",
        "checkpoints",
    ]) || reader.rows(table) > MOST_ROWS
    {
        return None;
    }
    let labels_of = |table: TableId, column: ColumnId| {
        let mut texts: Vec<String> = labels(reader, table, column)
            .into_iter()
            .map(|(text, _)| text)
            .collect();
        texts.sort();
        texts
    };
    let state = reader.columns(table).find(|&column| {
        reader.is_free(table, column) && reader.name(table, column).whole_is(STATES)
    })?;
    let own = labels_of(table, state);
    if own.len() < 2 {
        return None;
    }
    let (via, parent) = reader
        .references(table)
        .into_iter()
        .find(|&(via, target)| {
            target != table
                && !reader.is_nullable(table, via)
                && reader.columns(target).any(|column| {
                    reader.name(target, column).whole_is(STATES) && labels_of(target, column) == own
                })
        })?;
    Some((state, via, parent))
}

/// Finds what entries of a history say.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    if let Some((state, via, parent)) = entries(reader, table) {
        relate(reader, (table, state), (via, parent), 0);
    }
    let about = reader.table_name(table);
    if !about.has_any(&[
        "history",
        "histories",
        "changes",
        "change",
        "transitions",
        "transition",
        "log",
        "logs",
        "履歴",
    ]) || reader.rows(table) > MOST_ROWS
    {
        return;
    }
    let Some((via, parent)) = reader.references(table).into_iter().find(|&(via, target)| {
        target != table
            && !reader.is_nullable(table, via)
            && reader.story.tables[target]
                .cycle
                .as_ref()
                .is_some_and(|cycle| cycle.state.is_some())
    }) else {
        return;
    };
    let named = |names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_free(table, column) && reader.name(table, column).whole_is(names)
        })
    };
    let to = named(&[
        "to_status",
        "new_status",
        "to_state",
        "new_state",
        "status_to",
        "state_to",
        "status_after",
        "to_stage",
    ]);
    let from = named(&[
        "from_status",
        "old_status",
        "previous_status",
        "from_state",
        "old_state",
        "previous_state",
        "status_from",
        "state_from",
        "status_before",
        "from_stage",
    ]);
    if let Some(to) = to {
        relate(reader, (table, to), (via, parent), 0);
    }
    if let Some(from) = from {
        relate(reader, (table, from), (via, parent), 1);
    }
}

/// The state that a row had so many changes before an entry's.
fn relate(
    reader: &mut Reader<'_, '_>,
    (table, column): (TableId, ColumnId),
    (via, parent): (ColumnId, TableId),
    earlier: i64,
) {
    let Some(cycle) = reader.story.tables[parent].cycle.clone() else {
        return;
    };
    let Some(stored) = cycle.state.as_ref().map(|state| state.labels.clone()) else {
        return;
    };
    let steps: Vec<(usize, usize)> = cycle
        .steps
        .iter()
        .enumerate()
        .filter_map(|(place, step)| Some((place, step.label?)))
        .collect();
    let outs: Vec<(usize, usize)> = cycle
        .outs
        .iter()
        .enumerate()
        .filter_map(|(place, out)| Some((place, out.happening.label?)))
        .collect();
    let there = |expr: Expr| Expr::There(via, Box::new(expr));
    let one_if = |event: Event| {
        there(Expr::when(
            Expr::happened(event),
            Expr::whole(1),
            Expr::Number(0),
        ))
    };
    let reached = Expr::Sum(
        steps
            .iter()
            .map(|&(place, _)| one_if(Event::Step(place)))
            .collect(),
    );
    let left: Vec<Expr> = outs
        .iter()
        .map(|&(place, _)| one_if(Event::Out(place)))
        .collect();
    let has_left = Expr::Sum(left.clone());
    // How many changes of the row came after this one.
    let back = Expr::Size(via)
        .minus(Expr::whole(1 - earlier))
        .minus(Expr::Rank(via));
    let way = Expr::Greatest(vec![
        Expr::Sum(vec![reached.clone(), has_left]).minus(back.clone()),
        Expr::Number(0),
    ]);
    let count = i64::try_from(steps.len()).unwrap_or(0);
    let out = Expr::Sum(
        left.into_iter()
            .zip(1..)
            .map(|(left, number)| left.times(Expr::whole(count + number)))
            .collect(),
    );
    let is_last = Expr::AtMost(Box::new(back), Box::new(Expr::Number(0)));
    let is_out = Expr::AtMost(Box::new(Expr::whole(1)), Box::new(out.clone()));
    let place = Expr::when(Expr::All(vec![is_last, is_out]), out, way);
    let texts: Vec<String> = std::iter::once(cycle.initial)
        .chain(steps.iter().map(|&(_, label)| label))
        .chain(outs.iter().map(|&(_, label)| label))
        .filter_map(|label| stored.get(label).cloned())
        .collect();
    let first_is_null = earlier > 0 && reader.is_nullable(table, column);
    let is_first = Expr::AtMost(Box::new(Expr::Rank(via)), Box::new(Expr::Number(0)));
    let why = "as the states of its row followed each other";
    if reader.is_number(table, column) {
        let numbers: Option<Vec<i64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let Some(numbers) = numbers else {
            return;
        };
        let mut value = Expr::whole(numbers.last().copied().unwrap_or(0));
        for (at, number) in numbers.iter().enumerate().rev() {
            let at = i64::try_from(at).unwrap_or(0);
            let is_it = Expr::AtMost(Box::new(place.clone()), Box::new(Expr::whole(at)));
            value = Expr::when(is_it, Expr::whole(*number), value);
        }
        if first_is_null {
            value = Expr::when(is_first, Expr::Null, value);
        }
        reader.relate(table, column, Relation::Value(value), why);
        return;
    }
    let own = labels(reader, table, column);
    let fits = own.is_empty()
        || texts
            .iter()
            .all(|text| own.iter().any(|(own, _)| own == text));
    if fits {
        reader.relate(
            table,
            column,
            Relation::Text(TextRole::OneOf(place, texts)),
            why,
        );
    }
}
