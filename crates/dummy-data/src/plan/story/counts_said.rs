//! What comments say of which rows are counted or summed: `requests that are new, open or waiting`, `pending and collected
//! pledges`, `assignments that are not revoked`, `状態が予約中のもの`.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::singular;
use crate::plan::story::folds::condition;
use crate::plan::story::lifecycles::labels;
use crate::plan::story::money::{Role, in_cents, of, roles};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// Decides a number by which rows its comment says; whether it said any.
pub(super) fn find(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> bool {
    let found = reader.children(table).into_iter().find_map(|(child, via)| {
        if child == table || reader.facts[child].master.is_some() {
            return None;
        }
        let only = in_japanese(reader, child, text).or_else(|| in_english(reader, child, text))?;
        Some((child, via, only))
    });
    let Some((child, via, only)) = found else {
        return of_some(reader, table, column, text);
    };
    let name = reader.name(table, column);
    let is_money = in_cents(name) || name.has(&["amount", "total", "sum", "value"]);
    let amount = is_money
        .then(|| {
            let theirs = roles(reader, child);
            [Role::Total, Role::Amount, Role::Subtotal]
                .iter()
                .find_map(|role| of(&theirs, *role))
        })
        .flatten();
    if is_money && amount.is_none() {
        return false;
    }
    let (fold, value) = match amount {
        Some(amount) => (Fold::Sum, Expr::Column(amount)),
        None => (Fold::Count, Expr::whole(1)),
    };
    let over = Expr::Over {
        table: child,
        via,
        fold,
        of: Box::new(value),
        only: Some(Box::new(only)),
    };
    let over = reader.or_zero(table, column, over);
    let theirs = reader.facts[child].table.name.clone();
    reader.relate(
        table,
        column,
        Relation::Value(over),
        format!("as its comment says, of its `{theirs}`"),
    )
}

/// What some of the rows have that lead here: `credits of the passed results`, `average grade of the passed results`,
/// `points of all finished attempts`, `open amounts of the bills`. Whether the comment says so.
fn of_some(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> bool {
    let Some((measure, rest)) = [" of the ", " of all the ", " of all ", " of its "]
        .iter()
        .filter_map(|mark| text.split_once(mark))
        .min_by_key(|(measure, _)| measure.len())
    else {
        return false;
    };
    let measure = measure.strip_prefix("the ").unwrap_or(measure);
    let (fold, measure) = [("average ", Fold::Average), ("mean ", Fold::Average)]
        .into_iter()
        .find_map(|(start, fold)| Some((fold, measure.strip_prefix(start)?)))
        .unwrap_or((Fold::Sum, measure));
    if matches!(
        measure,
        "sum" | "number" | "count" | "total" | "mean" | "average"
    ) {
        return false;
    }
    let found = reader.children(table).into_iter().find_map(|(child, via)| {
        if child == table || reader.facts[child].master.is_some() {
            return None;
        }
        let only = some_of(reader, child, rest)?;
        let is_amount = |other: ColumnId| {
            reader.is_number(child, other) && reader.facts[child].reference_of[other].is_none()
        };
        let of = if measure == "totals" {
            of(&roles(reader, child), Role::Total)
        } else {
            super::sums::spoken_of(reader, child, measure, &is_amount)
        };
        Some((child, via, only, of?))
    });
    let Some((child, via, only, of)) = found else {
        return false;
    };
    let over = Expr::Over {
        table: child,
        via,
        fold,
        of: Box::new(Expr::Column(of)),
        only: only.map(Box::new),
    };
    let over = reader.or_zero(table, column, over);
    let why = format!(
        "as its comment says, of `{}` of its `{}`",
        reader.column(child, of).name,
        reader.facts[child].table.name
    );
    reader.relate(table, column, Relation::Value(over), why)
}

/// Which rows of a table some words name, the last of which is the word for one: `finished attempts`; all of them where
/// they say nothing else. None where they name no rows of it.
#[expect(
    clippy::option_option,
    reason = "no rows of this table, all of them, or some"
)]
fn some_of(reader: &Reader<'_, '_>, child: TableId, text: &str) -> Option<Option<Expr>> {
    let (text, without) = match text.split_once(" without a ") {
        Some((text, without)) => (text, Some(without)),
        None => (text, None),
    };
    let one = reader.one_of(child);
    let last = one.rsplit('_').next().unwrap_or(&one);
    let (words, noun) = text.rsplit_once(' ').unwrap_or(("", text));
    if singular(noun) != last {
        return None;
    }
    let mut all = Vec::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        all.push(condition(reader, child, &word.replace('-', "_"))?);
    }
    if let Some(without) = without {
        let lacks = lacking(reader, child, without)?;
        all.push(lacks);
    }
    Some(match <[Expr; 1]>::try_from(all) {
        Ok([only]) => Some(only),
        Err(several) => (!several.is_empty()).then_some(Expr::All(several)),
    })
}

/// That a row has no time or leads to no row that some words name: `a date of closing`, `a bill`.
fn lacking(reader: &Reader<'_, '_>, child: TableId, words: &str) -> Option<Expr> {
    let noun = words.split([',', '.', ';']).next()?.trim();
    let leads = reader.columns(child).find(|&column| {
        let own = &reader.name(child, column).own;
        reader.is_nullable(child, column)
            && reader.facts[child].reference_of[column].is_some()
            && own.prefix_before("id") == Some(noun.replace(' ', "_").as_str())
    });
    let found = leads.or_else(|| {
        let noun = noun.strip_prefix("date of ").unwrap_or(noun);
        super::formulas::moment(reader, child, noun, &[])
            .filter(|&time| reader.is_nullable(child, time))
    })?;
    Some(Expr::Not(Box::new(Expr::Known(Box::new(Expr::Column(
        found,
    ))))))
}

/// Whether one of some is true.
fn any(conditions: Vec<Expr>) -> Expr {
    let none = conditions
        .into_iter()
        .map(|one| Expr::Not(Box::new(one)))
        .collect();
    Expr::Not(Box::new(Expr::All(none)))
}

/// The rows of a table of which a text speaks.
fn in_english(reader: &Reader<'_, '_>, child: TableId, text: &str) -> Option<Expr> {
    if !text.is_ascii() {
        return None;
    }
    let one = reader.one_of(child);
    let last = one.rsplit('_').next().unwrap_or(&one);
    let is_noun = |word: &str| singular(word) == last;
    if text.contains(" without a ") {
        return some_of(reader, child, text)?;
    }
    // `alerts that are neither resolved nor dismissed`.
    if let Some((noun, rest)) = text.split_once(" that are neither ")
        && is_noun(noun.rsplit(' ').next()?)
    {
        let none: Option<Vec<Expr>> = rest
            .split(" nor ")
            .map(|word| Some(Expr::Not(Box::new(condition(reader, child, word.trim())?))))
            .collect();
        return none.map(Expr::All);
    }
    let clause = [
        " that are ",
        " which are ",
        " who are ",
        " that were ",
        " that have been ",
    ]
    .iter()
    .find_map(|mark| text.split_once(mark));
    let (list, named) = match clause {
        Some((noun, list)) => {
            let noun = noun.rsplit(' ').next()?;
            (is_noun(noun).then_some(list)?, true)
        }
        None => match text.rsplit_once(' ') {
            Some((list, noun)) if is_noun(noun) => (list, true),
            _ => (text, false),
        },
    };
    let list = list.split(['(', ';', '.', ':']).next()?;
    let list = list.replace(" and ", ",").replace(" or ", ",");
    let pieces: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect();
    if pieces.is_empty() || (!named && pieces.len() < 2) {
        return None;
    }
    let mut conditions = Vec::new();
    for piece in pieces {
        let (piece, is_not) = match piece.strip_prefix("not ") {
            Some(rest) => (rest, true),
            None => (piece, false),
        };
        if piece.contains(' ') && !piece.contains('-') {
            return None;
        }
        let found = condition(reader, child, &piece.replace([' ', '-'], "_"))?;
        conditions.push(if is_not {
            Expr::Not(Box::new(found))
        } else {
            found
        });
    }
    Some(match <[Expr; 1]>::try_from(conditions) {
        Ok([only]) => only,
        Err(several) => any(several),
    })
}

/// `状態が予約中のもの`, `返却済のみ`: the label that is named.
fn in_japanese(reader: &Reader<'_, '_>, child: TableId, text: &str) -> Option<Expr> {
    let (_, rest) = ["状態が", "ステータスが", "区分が"]
        .iter()
        .find_map(|mark| text.split_once(mark))?;
    let end = ["のもの", "の件数", "の数", "である", "）", ")"]
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()?;
    let wanted: Vec<&str> = rest[..end].split(['・', '、', '/', '／']).collect();
    reader.columns(child).find_map(|column| {
        let own = labels(reader, child, column);
        let texts: Vec<String> = own
            .into_iter()
            .filter(|(_, label)| wanted.contains(&label.as_str()))
            .map(|(text, _)| text)
            .collect();
        (texts.len() == wanted.len()).then_some(Expr::Is(column, texts))
    })
}
