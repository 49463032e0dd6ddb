//! Numbers that a row has from where it leads, but only where something is so: `those of the question when correct,
//! otherwise 0`.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::copies::firm;
use crate::plan::story::folds::condition;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};

/// Decides a number by what its comment says of the row's parents; whether it said anything.
pub(super) fn find(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> bool {
    let Some((whose, when)) = text.split_once(" when ") else {
        return false;
    };
    let Some(when) = [
        ", otherwise 0",
        ", otherwise none",
        ", else 0",
        ", 0 otherwise",
    ]
    .iter()
    .find_map(|mark| when.strip_suffix(mark)) else {
        return false;
    };
    let Some((_, whose)) = ["of the ", "of its ", "from the "]
        .iter()
        .find_map(|mark| whose.split_once(mark))
    else {
        return false;
    };
    let Some(only) = condition(reader, table, &when.trim().replace([' ', '-'], "_")) else {
        return false;
    };
    let Some(there) = there(reader, table, column, whose.trim()) else {
        return false;
    };
    let value = Expr::when(only, there, Expr::Number(0));
    reader.relate(
        table,
        column,
        Relation::Value(value),
        format!("as its comment says: {text}"),
    )
}

/// The number of the same name that a row of some words has to which this one leads, by two keys at most.
fn there(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, whose: &str) -> Option<Expr> {
    let own = reader.name(table, column).own.whole.clone();
    let is_called = |target: TableId| reader.one_of(target).replace('_', " ") == whose;
    let number = |target: TableId| {
        reader.columns(target).find(|&of| {
            reader.is_number(target, of)
                && !reader.is_nullable(target, of)
                && reader.name(target, of).own.whole == own
        })
    };
    let at = |via: ColumnId, of: Expr| Expr::There(via, Box::new(of));
    for (via, target) in firm(reader, table) {
        if is_called(target)
            && let Some(of) = number(target)
        {
            return Some(at(via, Expr::Column(of)));
        }
    }
    for (via, target) in firm(reader, table) {
        for (next, far) in firm(reader, target) {
            if far != table
                && is_called(far)
                && let Some(of) = number(far)
            {
                return Some(at(via, at(next, Expr::Column(of))));
            }
        }
    }
    None
}
