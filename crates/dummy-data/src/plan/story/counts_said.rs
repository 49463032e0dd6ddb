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
        return false;
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
    let over = if reader.is_nullable(table, column) {
        over
    } else {
        Expr::First(vec![over, Expr::Number(0)])
    };
    let theirs = reader.facts[child].table.name.clone();
    reader.relate(
        table,
        column,
        Relation::Value(over),
        format!("as its comment says, of its `{theirs}`"),
    )
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
