//! Formulas without parentheses over numbers and moments of a row, as comments write them: `stock less what is reserved`,
//! `数量×単価`, `退勤－出勤－休憩`. They are read from the left to the right, as they are said.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::arithmetic::{Chain, chain};
use crate::plan::story::formulas;
use crate::plan::story::products::of_lengths;
use crate::plan::story::reader::Reader;
use crate::plan::story::sums::{USED, bound, is_share_of_100, spoken_of};
use crate::plan::story::{Expr, Relation, money};
use crate::story::ONE;

/// What a chain speaks of: its first column, and what is done with which others.
struct Spoken {
    first: ColumnId,
    rest: Vec<(char, ColumnId)>,
}

impl Spoken {
    fn columns(&self) -> Vec<ColumnId> {
        let rest = self.rest.iter().map(|(_, column)| *column);
        std::iter::once(self.first).chain(rest).collect()
    }
}

/// Decides a number by the chain that its comment is, if it is one.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) {
    let Some(chain) = chain(text) else {
        return;
    };
    // Lists of children's values are read elsewhere.
    let is_list = ["mean of ", "average of ", "sum of ", "number of "]
        .iter()
        .any(|start| text.strip_prefix("the ").unwrap_or(text).starts_with(start));
    if is_list {
        return;
    }
    let Some(spoken) = spoken(reader, table, column, &chain) else {
        return;
    };
    let columns = spoken.columns();
    let times: Vec<ColumnId> = columns
        .iter()
        .copied()
        .filter(|&other| reader.is_time(table, other))
        .collect();
    let unit = formulas::unit(reader, table, column);
    if !times.is_empty() && (times.len() != 2 || unit.is_none()) {
        return;
    }
    let (mut expr, bounded) = value(reader, table, &spoken, !times.is_empty());
    if let (false, Some(unit)) = (times.is_empty(), unit) {
        formulas::apart_in_time(reader, table, column, &times, &spoken.rest);
        let lasts = Expr::Greatest(vec![expr, Expr::Number(0)]).per(Expr::whole(unit));
        let known = formulas::both_known(reader, table, &times, lasts);
        expr = formulas::in_its_digits(reader, table, column, known);
    }
    for (part, value) in bounded {
        reader.relate(table, part, Relation::Value(value), "a part of the whole");
    }
    if spoken.rest.iter().all(|(sign, _)| *sign == '*')
        && let Some(unit) = of_lengths(reader, table, column, &columns)
    {
        expr = expr.per(Expr::whole(unit));
    }
    // `of subtotal less discount`: the rate's share of it.
    if text.starts_with("of ")
        && money::role(reader.name(table, column)) == Some(money::Role::Tax)
        && let Some(rate) = money::of(&money::roles(reader, table), money::Role::TaxRate)
        && !columns.contains(&rate)
    {
        let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
        let share = money::share(reader, table, rate);
        expr = Expr::Floor(Box::new(expr.times(share)), digit);
    }
    if let (&[('-', part)], true) = (spoken.rest.as_slice(), times.is_empty()) {
        bound(reader, table, spoken.first, part);
    }
    if [
        "at least 0",
        "not below 0",
        "never below 0",
        "never negative",
        "0以上",
    ]
    .iter()
    .any(|mark| text.contains(mark))
    {
        expr = Expr::Greatest(vec![expr, Expr::Number(0)]);
        expr = formulas::both_known(reader, table, &columns, expr);
    }
    reader.relate(
        table,
        column,
        Relation::Value(expr),
        format!("as its comment says: {text}"),
    );
}

/// The columns of which a chain speaks; none where a piece of it speaks of none.
fn spoken(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    chain: &Chain,
) -> Option<Spoken> {
    // What isn't of moments by its unit is of numbers: `approved less deductible` speaks of amounts.
    let in_time = formulas::unit(reader, table, column).is_some();
    // What is added or taken away is no share.
    let fits = |other: ColumnId, sign: char| {
        (formulas::is_other_number(reader, table, column, other)
            && (matches!(sign, '*' | '/')
                || !is_share_of_100(reader, table, Some(other))
                || is_share_of_100(reader, table, Some(column))))
            || (sign == '-' && in_time && other != column && reader.is_time(table, other))
    };
    let sign = chain.rest.first()?.0;
    let mut spoken = Spoken {
        first: spoken_of(reader, table, &chain.first, &|other| fits(other, sign))?,
        rest: Vec::new(),
    };
    let own = &reader.name(table, column).own;
    for (sign, piece) in &chain.rest {
        let used = spoken.columns();
        let free = |other: ColumnId| fits(other, *sign) && !used.contains(&other);
        // `敷金（賃料×ヶ月）` speaks of the months of the deposit.
        let akin = |other: ColumnId| {
            free(other) && own.words.first() == reader.name(table, other).own.words.first()
        };
        let by_unit = ["ヶ月", "か月", "月数", "日数", "回数", "人数", "数"]
            .iter()
            .any(|unit| piece.trim_start().starts_with(unit))
            .then(|| spoken_of(reader, table, piece, &akin))
            .flatten();
        let next = by_unit.or_else(|| spoken_of(reader, table, piece, &free))?;
        spoken.rest.push((*sign, next));
    }
    Some(spoken)
}

/// What a chain comes to, and what keeps the parts that it takes away within the whole. Beside moments numbers are
/// seconds.
fn value(
    reader: &Reader<'_, '_>,
    table: TableId,
    spoken: &Spoken,
    in_seconds: bool,
) -> (Expr, Vec<(ColumnId, Expr)>) {
    let one = |other: ColumnId| match formulas::unit(reader, table, other) {
        Some(seconds) if in_seconds && reader.is_number(table, other) => {
            Expr::Column(other).or_zero().times(Expr::whole(seconds))
        }
        _ => Expr::Column(other),
    };
    let mut bounded = Vec::new();
    let mut expr = one(spoken.first);
    for (place, &(sign, other)) in spoken.rest.iter().enumerate() {
        if sign == '-'
            && place > 0
            && !in_seconds
            && reader.name(table, other).has(USED)
            && reader.is_free(table, other)
        {
            // Not more than there is.
            let unit = ONE / 10_i128.pow(scale(reader.kind(table, other)).min(6));
            let part = expr
                .clone()
                .percent(Expr::Random("used", 0, 91, ONE, false));
            bounded.push((other, Expr::Floor(Box::new(part), unit)));
        }
        let second = one(other);
        expr = match sign {
            '-' => expr.minus(second),
            // A number of per cent is a share.
            '*' if is_share_of_100(reader, table, Some(other)) => {
                expr.times(second).per(Expr::whole(100))
            }
            '*' => expr.times(second),
            '+' => Expr::Sum(vec![expr, second]),
            _ => expr.per(second),
        };
    }
    (expr, bounded)
}
