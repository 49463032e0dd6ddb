//! What comments say of the rows that lead here, and of which of them: `matters without a date of closing`, `points of all
//! finished attempts`, `alerts that are neither resolved nor dismissed`, `処方箋枚数（取消を除く）`.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::singular;
use crate::plan::story::copies::alike;
use crate::plan::story::folds::condition;
use crate::plan::story::formulas;
use crate::plan::story::lifecycles::labels;
use crate::plan::story::money::{Role, role};
use crate::plan::story::reader::Reader;
use crate::plan::story::remarks::named;
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// Words that say nothing of which rows are meant.
const STOP: &[&str] = &[
    "the", "a", "an", "all", "its", "their", "of", "own", "any", "his", "her",
];

/// How comments begin, and what is made of the rows then.
const STARTS: &[(&str, Fold)] = &[
    ("sum of ", Fold::Sum),
    ("total of ", Fold::Sum),
    ("total ", Fold::Sum),
    ("number of ", Fold::Count),
    ("count of ", Fold::Count),
    ("how many ", Fold::Count),
    ("average of ", Fold::Average),
    ("mean of ", Fold::Average),
    ("average ", Fold::Average),
    ("mean ", Fold::Average),
    ("highest ", Fold::Greatest),
    ("greatest ", Fold::Greatest),
    ("best ", Fold::Greatest),
    ("lowest ", Fold::Least),
];

/// Rows that lead here: their table, the column that does, and which of them.
struct Gathered {
    child: TableId,
    via: ColumnId,
    only: Option<Expr>,
}

/// Finds what comments of a table say of the rows that lead to its own.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        let text = reader.name(table, column).text.clone();
        if text.is_empty() {
            continue;
        }
        let found = if reader.is_number(table, column) {
            if text.is_ascii() {
                in_english(reader, table, column, &text)
            } else {
                counted_in_japanese(reader, table, column, &text)
            }
        } else if reader.is_time(table, column) && !text.is_ascii() {
            newest_in_japanese(reader, table, &text)
        } else {
            None
        };
        if let Some(value) = found {
            let value = match value {
                value if reader.is_nullable(table, column) => value,
                value if reader.is_time(table, column) => Expr::First(vec![value, Expr::Born]),
                value => Expr::First(vec![value, Expr::Number(0)]),
            };
            let why = format!("as its comment says: {text}");
            reader.relate(table, column, Relation::Value(value), why);
        }
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The rows of which a noun phrase speaks; none where one of its words isn't understood.
fn gathered(reader: &Reader<'_, '_>, table: TableId, phrase: &str) -> Option<Gathered> {
    let all = words(phrase);
    let mut best: Option<(usize, usize, TableId, ColumnId)> = None;
    for (child, via) in reader.children(table) {
        if child == table
            || reader.facts[child].master.is_some()
            || reader.reference(child, via).is_none()
        {
            continue;
        }
        let one = reader.one_of(child);
        let parts: Vec<&str> = one.split('_').collect();
        let noun = parts.last().copied().unwrap_or(&one);
        let Some(place) = all.iter().position(|word| singular(word) == noun) else {
            continue;
        };
        let shared = parts
            .iter()
            .filter(|part| all.iter().any(|word| singular(word) == **part))
            .count();
        if best
            .is_none_or(|(most, least, ..)| (shared, all.len() - place) > (most, all.len() - least))
        {
            best = Some((shared, place, child, via));
        }
    }
    let (_, place, child, via) = best?;
    let one = reader.one_of(child);
    let mut conditions = Vec::new();
    for word in &all[..place] {
        if STOP.contains(word) || one.split('_').any(|part| part == singular(word)) {
            continue;
        }
        conditions.push(condition(reader, child, word)?);
    }
    conditions.extend(after(reader, child, &all[place + 1..])?);
    let only = match conditions.len() {
        0 => None,
        1 => conditions.pop(),
        _ => Some(Expr::All(conditions)),
    };
    Some(Gathered { child, via, only })
}

/// What stands behind the noun: `that are neither resolved nor dismissed`, `without a bill`.
fn after(reader: &Reader<'_, '_>, child: TableId, rest: &[&str]) -> Option<Vec<Expr>> {
    let mut rest = rest;
    let mut found = Vec::new();
    while let Some((first, behind)) = rest.split_first() {
        match *first {
            "that" | "which" | "who" | "are" | "is" | "were" | "was" | "have" | "has" | "been"
            | "and" | "be" => rest = behind,
            "neither" | "nor" | "not" => {
                let word = behind.first()?;
                found.push(Expr::Not(Box::new(condition(reader, child, word)?)));
                rest = &behind[1..];
            }
            "without" | "with" => {
                let known = known(reader, child, behind)?;
                found.push(if *first == "without" {
                    Expr::Not(Box::new(known))
                } else {
                    known
                });
                rest = &[];
            }
            word => {
                found.push(condition(reader, child, word)?);
                rest = behind;
            }
        }
    }
    Some(found)
}

/// Whether what some words speak of isn't NULL: `a bill`, `a date of closing`.
fn known(reader: &Reader<'_, '_>, child: TableId, rest: &[&str]) -> Option<Expr> {
    let nouns: Vec<&str> = rest
        .iter()
        .copied()
        .filter(|word| !STOP.contains(word) && !matches!(*word, "date" | "time" | "day" | "yet"))
        .collect();
    let is_time = rest
        .iter()
        .any(|word| matches!(*word, "date" | "time" | "day"));
    let column = reader.columns(child).find(|&column| {
        let parts = &reader.name(child, column).own;
        reader.is_nullable(child, column)
            && (!is_time || reader.is_time(child, column))
            && nouns
                .iter()
                .all(|noun| parts.words.iter().any(|word| alike(word, noun)))
    })?;
    (!nouns.is_empty()).then(|| Expr::Known(Box::new(Expr::Column(column))))
}

fn in_english(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    let text = text
        .split([',', ';', '('])
        .next()?
        .trim()
        .trim_end_matches('.');
    let text = text.strip_prefix("the ").unwrap_or(text);
    let name = reader.name(table, column);
    let start = STARTS
        .iter()
        .find_map(|(start, fold)| Some((text.strip_prefix(start)?, *fold)));
    let (rest, said) = match start {
        Some((rest, fold)) => (rest, Some(fold)),
        None => (text, None),
    };
    // `of the finished attempts`: of what the column itself is called.
    let (measure, rows) = if let Some(rows) = rest.strip_prefix("of ") {
        (None, gathered(reader, table, rows)?)
    } else if let Some((measure, rows)) = rest.split_once(" of ")
        && gathered(reader, table, measure).is_none()
        && let Some(rows) = gathered(reader, table, rows)
    {
        (Some(measure.trim_start_matches("the ")), rows)
    } else {
        (None, gathered(reader, table, rest)?)
    };
    let child = rows.child;
    let number = |other: ColumnId| {
        reader.is_number(child, other)
            && reader.facts[child].reference_of[other].is_none()
            && !super::sums::is_key(reader, child, other)
    };
    let is_mean = name.has(&["average", "avg", "mean"]);
    let counts = name.own.last() == "count"
        || (measure.is_none()
            && reader.is_whole(table, column)
            && role(name).is_none()
            && !is_mean
            && formulas::unit(reader, table, column).is_none()
            && !name.has(&["points", "score", "quantity", "amount"]));
    let fold = match said {
        Some(fold) => fold,
        None if is_mean => Fold::Average,
        None if name.has(&["highest", "best", "max"]) => Fold::Greatest,
        None if counts && measure.is_none() => Fold::Count,
        None => Fold::Sum,
    };
    let over = |of: Expr, fold: Fold| Expr::Over {
        table: child,
        via: rows.via,
        fold,
        of: Box::new(of),
        only: rows.only.clone().map(Box::new),
    };
    if matches!(fold, Fold::Count) {
        // What has no condition is counted by others, who do it better.
        return rows
            .only
            .is_some()
            .then(|| over(Expr::whole(1), Fold::Count));
    }
    let own: Vec<&str> = name
        .own
        .words
        .iter()
        .map(String::as_str)
        .filter(|word| {
            !matches!(
                *word,
                "average" | "avg" | "mean" | "total" | "sum" | "highest" | "best" | "max" | "all"
            )
        })
        .collect();
    let unit = formulas::unit(reader, table, column);
    let by_unit = || {
        unit?;
        reader
            .columns(child)
            .find(|&other| number(other) && formulas::unit(reader, child, other).is_some())
    };
    let of = match measure {
        Some(measure) => named(reader, child, measure, &number).or_else(|| {
            let is_points = words(measure)
                .iter()
                .any(|word| matches!(singular(word).as_str(), "point" | "mark"));
            is_points
                .then(|| named(reader, child, "score", &number))
                .flatten()
        })?,
        None => by_unit()
            .or_else(|| named(reader, child, &own.join(" "), &number))
            .or_else(|| named(reader, child, own.last()?, &number))
            .or_else(|| {
                [Role::Total, Role::Amount, Role::Subtotal]
                    .iter()
                    .find_map(|wanted| {
                        reader.columns(child).find(|&other| {
                            number(other) && role(reader.name(child, other)) == Some(*wanted)
                        })
                    })
            })?,
    };
    let theirs = formulas::unit(reader, child, of);
    let same_unit = unit.is_none() || theirs == unit;
    // A plain sum of the rows' own amounts is found by who reads names.
    if rows.only.is_none() && measure.is_none() && same_unit && said.is_some() {
        return None;
    }
    let value = over(Expr::Column(of), fold);
    Some(match (theirs, unit) {
        (Some(theirs), Some(unit)) if theirs != unit => {
            value.times(Expr::whole(theirs)).per(Expr::whole(unit))
        }
        _ => value,
    })
}

/// What parentheses of a Japanese comment say of which rows count: `（取消を除く）`, `（完了のみ）`, and what else they say.
fn only_in_japanese(reader: &Reader<'_, '_>, child: TableId, said: &str) -> Option<Expr> {
    let (label, is_so) = if let Some((label, _)) = said.split_once("を除く") {
        (label, false)
    } else if let Some((label, _)) = said.split_once("以外") {
        (label, false)
    } else {
        let (label, _) = said
            .split_once("のみ")
            .or_else(|| said.split_once("だけ"))?;
        (label, true)
    };
    let core = |text: &str| {
        text.trim_end_matches('み')
            .trim_end_matches('済')
            .trim_end_matches('中')
            .to_owned()
    };
    let label = core(label.trim_start_matches(['（', '(', '、']));
    for column in reader.columns(child) {
        if reader.is_time(child, column)
            || reader.is_boolean(child, column)
            || reader.facts[child].reference_of[column].is_some()
        {
            continue;
        }
        let texts: Vec<String> = labels(reader, child, column)
            .into_iter()
            .filter(|(_, word)| core(word) == label && label.chars().count() >= 2)
            .map(|(text, _)| text)
            .collect();
        if !texts.is_empty() {
            let is = Expr::Is(column, texts);
            return Some(if is_so { is } else { Expr::Not(Box::new(is)) });
        }
    }
    None
}

fn inside(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(['（', '('])?;
    let (inside, _) = rest.split_once(['）', ')'])?;
    Some(inside)
}

/// `処方箋枚数（取消を除く）`: how many rows of a table lead here, of those that count.
fn counted_in_japanese(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    let head = formulas::head(text);
    let noun = ["枚数", "件数", "回数", "個数", "本数", "人数", "台数", "数"]
        .iter()
        .find_map(|ending| head.strip_suffix(ending))?
        .trim_end_matches('の');
    if !reader.is_whole(table, column) || noun.chars().count() < 2 {
        return None;
    }
    let said = inside(text)?;
    let mut found = reader
        .children(table)
        .into_iter()
        .filter(|(child, via)| {
            let called = reader.facts[*child].table.comment.as_deref().unwrap_or("");
            let called = called.split(['（', '(']).next().unwrap_or("");
            *child != table
                && reader.facts[*child].master.is_none()
                && reader.reference(*child, *via).is_some()
                && !called.is_empty()
                && (called == noun || called.ends_with(noun) || noun.ends_with(called))
        })
        .filter_map(|(child, via)| Some((child, via, only_in_japanese(reader, child, said)?)));
    let (child, via, only) = found.next()?;
    Some(Expr::Over {
        table: child,
        via,
        fold: Fold::Count,
        of: Box::new(Expr::whole(1)),
        only: Some(Box::new(only)),
    })
}

/// `最終来局日（取消を除く受付日の最新）`: the newest time of those rows that count.
fn newest_in_japanese(reader: &Reader<'_, '_>, table: TableId, text: &str) -> Option<Expr> {
    let said = inside(text)?;
    let said = said.strip_suffix("の最新").or_else(|| {
        said.strip_suffix("の最大")
            .or_else(|| said.strip_suffix("の最終"))
    })?;
    let (condition, what) = match ["を除く", "以外の", "のみの", "だけの"]
        .iter()
        .find_map(|mark| Some((*mark, said.split_once(mark)?)))
    {
        Some((mark, (label, what))) => (Some(format!("{label}{mark}")), what),
        None => (None, said),
    };
    let what = what.rsplit('の').next().unwrap_or(what);
    reader.children(table).into_iter().find_map(|(child, via)| {
        if child == table || reader.reference(child, via).is_none() {
            return None;
        }
        let time = formulas::by_comment(reader, child, what, &|time| reader.is_time(child, time))?;
        let only = match &condition {
            Some(condition) => Some(Box::new(only_in_japanese(reader, child, condition)?)),
            None => None,
        };
        Some(Expr::Over {
            table: child,
            via,
            fold: Fold::Greatest,
            of: Box::new(Expr::Column(time)),
            only,
        })
    })
}
