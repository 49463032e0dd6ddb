//! Times by which something must happen, where what the row belongs to says how long that is: the loan days of a branch,
//! the payment terms of a vendor, the warranty months of a model.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::formulas::unit;
use crate::plan::story::reader::Reader;
use crate::plan::story::sums::stem;
use crate::plan::story::{Expr, Relation};

/// Words of names of such times.
const DEADLINES: &[&str] = &[
    "due", "expires", "expiry", "ends", "end", "until", "deadline", "by", "limit", "return",
];

/// Words that say nothing of what something is about.
const EMPTY: &[&str] = &[
    "on", "at", "date", "by", "due", "ends", "end", "expires", "until", "days", "minutes", "hours",
    "months", "weeks", "day", "the", "of", "and", "in", "period", "time", "terms", "limit",
];

/// Finds the deadlines of a table.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_time(table, column) || reader.is_unique(table, column) {
            continue;
        }
        let Some((via, target, of)) = length_of(reader, table, column) else {
            continue;
        };
        let there = Expr::There(via, Box::new(Expr::Column(of)));
        let Some(value) = after(reader, target, of, there) else {
            continue;
        };
        let is_known = !reader.is_nullable(table, via) && !reader.is_nullable(target, of);
        if !is_known && !reader.is_nullable(table, column) {
            continue;
        }
        let why = format!(
            "by `{}` of `{}`",
            reader.column(target, of).name,
            reader.facts[target].table.name
        );
        reader.relate(table, column, Relation::Value(value), why);
    }
}

/// So long after the row's birth.
fn after(reader: &Reader<'_, '_>, target: TableId, of: ColumnId, length: Expr) -> Option<Expr> {
    let name = reader.name(target, of);
    if name.has(&["months", "month"]) || name.text.contains("ヶ月") || name.text.contains("か月")
    {
        let month = Expr::Month(Box::new(Expr::Born));
        let in_month = Expr::Born.minus(Expr::FirstOf(Box::new(month.clone())));
        let later = Expr::FirstOf(Box::new(Expr::Sum(vec![month, length])));
        return Some(Expr::Sum(vec![later, in_month]));
    }
    let seconds = unit(reader, target, of)?;
    Some(Expr::Sum(vec![
        Expr::Born,
        length.times(Expr::whole(seconds)),
    ]))
}

/// The column that leads to what says how long it is, its table, and the number that says it.
fn length_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(ColumnId, TableId, ColumnId)> {
    let name = reader.name(table, column);
    let text = name.text.clone();
    let says_so = text.is_ascii()
        && (text.contains(" of the ") || text.contains(" of its "))
        && (text.contains(" and the ") || text.contains(" plus "));
    if !says_so && !name.has(DEADLINES) && !text.contains("期限") {
        return None;
    }
    let own: Vec<String> = name
        .own
        .words
        .iter()
        .cloned()
        .chain([reader.one_of(table)])
        .chain(
            text.is_ascii()
                .then(|| text.split(|one: char| !one.is_ascii_alphanumeric()))
                .into_iter()
                .flatten()
                .map(str::to_owned),
        )
        .flat_map(|word| word.split('_').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty() && !EMPTY.contains(&word.as_str()))
        .map(|word| stem(&word))
        .collect();
    reader
        .references(table)
        .into_iter()
        .find_map(|(via, target)| {
            if target == table {
                return None;
            }
            let of = reader.columns(target).find(|&of| {
                let theirs = reader.name(target, of);
                let is_length = theirs
                    .own
                    .has_any(&["days", "minutes", "hours", "months", "weeks"]);
                let is_terms = theirs.own.has("terms") || theirs.own.whole == "net_days";
                let shares = theirs
                    .own
                    .words
                    .iter()
                    .filter(|word| !EMPTY.contains(&word.as_str()))
                    .any(|word| own.contains(&stem(word)));
                reader.is_whole(target, of)
                    && reader.facts[target].reference_of[of].is_none()
                    && !theirs.has(&["lead", "min", "max", "notice", "trial", "count"])
                    && ((is_length && shares) || (is_terms && name.has(&["due"])))
            })?;
            Some((via, target, of))
        })
}
