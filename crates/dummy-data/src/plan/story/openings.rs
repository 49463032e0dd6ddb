//! What was there at the opening and what came since: balances that begin with an amount of their own.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::ledgers::signed;
use crate::plan::story::reader::Reader;
use crate::plan::story::sums::spoken_of;
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// Words of amounts with which something begins.
const OPENING: &[&str] = &["opening", "initial", "starting", "beginning", "start"];

/// The number with which the balances of a table's rows begin: `opening_balance`.
pub(super) fn of(reader: &Reader<'_, '_>, table: TableId) -> Option<ColumnId> {
    reader.columns(table).find(|&column| {
        let name = reader.name(table, column);
        reader.is_number(table, column)
            && !reader.is_nullable(table, column)
            && reader.facts[table].reference_of[column].is_none()
            && name.has(OPENING)
            && name.has(&["balance", "amount", "cents", "stock", "points", "quantity"])
    })
}

/// `opening balance and all statement lines`: a number of the row, and what comes in and goes out by rows that lead here.
/// Whether the comment says so.
pub(super) fn said(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> bool {
    let Some((first, rest)) = [
        " and all ",
        " plus all ",
        " and the sum of ",
        " plus the sum of ",
        " + all ",
        " and its ",
        " plus its ",
    ]
    .iter()
    .find_map(|mark| text.split_once(mark)) else {
        return false;
    };
    let Some(opening) = spoken_of(reader, table, first, &|other| {
        other != column
            && reader.is_number(table, other)
            && reader.facts[table].reference_of[other].is_none()
    }) else {
        return false;
    };
    let found = reader.children(table).into_iter().find_map(|(child, via)| {
        let one = reader.one_of(child);
        let last = one.rsplit('_').next().unwrap_or(&one);
        let is_named = child != table
            && rest
                .split(|character: char| !character.is_ascii_alphanumeric())
                .any(|word| crate::plan::names::singular(word) == last);
        is_named.then_some((child, via, signed(reader, child, None)?))
    });
    let Some((child, via, of)) = found else {
        return false;
    };
    let since = Expr::Over {
        table: child,
        via,
        fold: Fold::Sum,
        of: Box::new(Expr::Column(of)),
        only: None,
    };
    let value = Expr::Sum(vec![Expr::Column(opening), since.or_zero()]);
    reader.relate(
        table,
        column,
        Relation::Value(value),
        format!("as its comment says: {text}"),
    )
}
