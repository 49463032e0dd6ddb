//! Products that comments only list, and shares of a whole: `days and daily rate`, `width, height and depth`, `30 hours for
//! a credit`, `done and failed of all`.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::formulas::{is_other_number, number_at, unit};
use crate::plan::story::reader::Reader;
use crate::plan::story::sums::{is_share_of_100, spoken_of};
use crate::plan::story::{Expr, folds, money};

/// What is multiplied is only listed: `days and daily rate`, `quantity, price less discount`, `width, height and depth`,
/// `minutes at the rate, 0 when not billable`.
pub(super) fn product(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    if !text.is_ascii() || text.contains(" of ") {
        return None;
    }
    let (text, otherwise) = match text.split_once(", 0 when ") {
        Some((text, otherwise)) => (text, Some((otherwise, false))),
        None => match text.split_once(", 0 unless ") {
            Some((text, otherwise)) => (text, Some((otherwise, true))),
            None => (text, None),
        },
    };
    let (list, less) = match text.split_once(" less ") {
        Some((list, less)) => (list, Some(less)),
        None => (text, None),
    };
    let list = list.replace(" at the ", ",").replace(" and ", ",");
    let mut factors: Vec<ColumnId> = Vec::new();
    for piece in list
        .split(',')
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
    {
        let found = spoken_of(reader, table, piece, &|other| {
            is_other_number(reader, table, column, other) && !factors.contains(&other)
        })?;
        factors.push(found);
    }
    let (first, rest) = factors.split_first()?;
    let product = rest.iter().fold(Expr::Column(*first), |product, &factor| {
        product.times(Expr::Column(factor))
    });
    if factors.len() >= 2
        && less.is_none()
        && otherwise.is_none()
        && let Some(unit) = of_lengths(reader, table, column, &factors)
    {
        return Some(product.per(Expr::whole(unit)));
    }
    let is = |factor: ColumnId, role| money::role(reader.name(table, factor)) == Some(role);
    let counted = |factor: ColumnId| {
        is(factor, money::Role::Quantity) || unit(reader, table, factor).is_some()
    };
    let prices = factors
        .iter()
        .filter(|&&factor| is(factor, money::Role::UnitPrice))
        .count();
    let price = factors
        .iter()
        .copied()
        .find(|&factor| is(factor, money::Role::UnitPrice))?;
    if prices != 1
        || factors.len() < 2
        || !factors
            .iter()
            .all(|&factor| factor == price || counted(factor))
    {
        return None;
    }
    let mut value = product;
    // A rate that says no unit is one of an hour.
    let minutes = factors
        .iter()
        .any(|&factor| factor != price && unit(reader, table, factor) == Some(60));
    if minutes && !reader.name(table, price).has(&["minute", "min"]) {
        value = value.per(Expr::whole(60));
    }
    if let Some(less) = less {
        let off = spoken_of(reader, table, less, &|other| {
            is_other_number(reader, table, column, other) && !factors.contains(&other)
        })?;
        let off = if is_share_of_100(reader, table, Some(off)) {
            value.clone().percent(Expr::Column(off))
        } else {
            Expr::Column(off).or_zero()
        };
        value = value.minus(off);
    }
    if let Some((otherwise, holds)) = otherwise {
        let (word, holds) = match otherwise.strip_prefix("not ") {
            Some(word) => (word, !holds),
            None => (otherwise, holds),
        };
        // `0 when not billable`: where it is, the value.
        let flag = folds::condition(reader, table, word.trim())?;
        value = if holds {
            Expr::when(flag, value, Expr::Number(0))
        } else {
            Expr::when(flag, Expr::Number(0), value)
        };
    }
    Some(value)
}

/// `30 hours for a credit`, `2 points for every answer`: so many times another number.
pub(super) fn for_each(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    let (number, rest) = number_at(text)?;
    let (_, of) = [" for a ", " for an ", " for each ", " for every ", " per "]
        .iter()
        .find_map(|mark| rest.split_once(mark))?;
    let of = spoken_of(reader, table, of, &|other| {
        is_other_number(reader, table, column, other)
            && !is_share_of_100(reader, table, Some(other))
    })?;
    Some(Expr::Column(of).times(Expr::whole(number)))
}

/// A share of all: `done and failed of all`.
pub(super) fn part_of_all(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    if !is_share_of_100(reader, table, Some(column)) {
        return None;
    }
    let amount = |other: ColumnId| {
        is_other_number(reader, table, column, other)
            && !is_share_of_100(reader, table, Some(other))
    };
    let Some(list) = text
        .strip_suffix(" of all")
        .or_else(|| text.strip_suffix(" of the total"))
    else {
        // `score of the greatest score`.
        let (part, whole) = text.split_once(" of the ")?;
        let part = spoken_of(reader, table, part, &amount)?;
        let whole = spoken_of(reader, table, whole, &|other| {
            other != part && amount(other)
        })?;
        return Some(
            Expr::Column(part)
                .times(Expr::whole(100))
                .per(Expr::Column(whole))
                .or_zero(),
        );
    };
    let mut parts: Vec<ColumnId> = Vec::new();
    for piece in list.replace(" and ", ",").split(',').map(str::trim) {
        let found = spoken_of(reader, table, piece, &|other| {
            is_other_number(reader, table, column, other) && !parts.contains(&other)
        })?;
        parts.push(found);
    }
    let whole = reader.columns(table).find(|&other| {
        is_other_number(reader, table, column, other)
            && !parts.contains(&other)
            && reader.name(table, other).has(&["total", "all", "count"])
    })?;
    let part = Expr::Sum(parts.into_iter().map(Expr::Column).collect());
    Some(
        part.times(Expr::whole(100))
            .per(Expr::Column(whole))
            .or_zero(),
    )
}

/// By how much a product of lengths is divided to be in the unit of its column: millimetres make litres.
pub(super) fn of_lengths(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    factors: &[ColumnId],
) -> Option<i64> {
    let millimetres = |factor: ColumnId| {
        let name = reader.name(table, factor);
        let text = &name.text;
        if name.own.has("mm") || text.contains("mm") || text.contains("millimet") {
            Some(1)
        } else if name.own.has("cm") || text.contains("cm") || text.contains("centimet") {
            Some(10)
        } else if name.own.has("m") || name.own.has_any(&["meters", "metres"]) {
            Some(1000)
        } else {
            None
        }
    };
    let mut size: i64 = 1;
    for &factor in factors {
        size *= millimetres(factor)?;
    }
    let name = reader.name(table, column);
    let says = |words: &[&str]| name.says(words, char::is_alphanumeric);
    let unit: i64 = match factors.len() {
        3 if says(&["l", "litre", "litres", "liter", "liters", "リットル"]) => 1_000_000,
        3 if says(&["m3", "cbm", "㎥", "立方メートル"]) || name.text.contains("cubic met") => {
            1_000_000_000
        }
        3 if says(&["cm3", "ccm", "ml"]) || name.text.contains("cubic cent") => 1_000,
        2 if says(&["m2", "sqm", "㎡", "平方メートル"]) || name.text.contains("square met") => {
            1_000_000
        }
        2 if says(&["cm2"]) => 100,
        _ => return None,
    };
    (unit > size).then_some(unit / size)
}
