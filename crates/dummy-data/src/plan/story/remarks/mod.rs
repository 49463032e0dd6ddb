//! What a comment says of a number, a day or a text in a formula or of another row: `width x height x depth`, `minutes
//! at the rate, 0 when not billable`, `done and failed of all`, `received after expected`, `of the rule`, `総額×負担割合`,
//! `使用保険の値`, `交付日を含め4日`.
//!
//! Comments are read before names are, but strictly: every word of a piece must be one of the column that it speaks of,
//! and what is understood in part only is left to the rules after this.

mod days;
mod parents;

pub(super) use days::days;

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::arithmetic::{self, Tree, formula, value_of};
use crate::plan::story::conditions::rows_of;
use crate::plan::story::copies::alike;
use crate::plan::story::formulas::{self, is_other_number};
use crate::plan::story::money;
use crate::plan::story::products;
use crate::plan::story::reader::Reader;
use crate::plan::story::remarks::parents::{of_parent, sum_of_lines, there};
use crate::plan::story::sums::{USED, is_share_of_100, stem};
use crate::plan::story::words::english;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Words that say nothing of which column is meant.
const STOP: &[&str] = &[
    "the", "a", "an", "its", "their", "of", "is", "are", "was", "in", "at", "on", "whole", "full",
    "number", "both",
];

/// Words for one thing.
const SAME: &[(&str, &str)] = &[
    ("greatest", "max"),
    ("highest", "max"),
    ("maximum", "max"),
    ("largest", "max"),
    ("possible", "max"),
    ("lowest", "min"),
    ("least", "min"),
    ("minimum", "min"),
    ("smallest", "min"),
    ("qty", "quantity"),
    ("count", "quantity"),
    ("cancelation", "cancellation"),
];

/// Decides the numbers and texts of a table by what their comments say.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        let text = arithmetic::normalized(&reader.name(table, column).text);
        if text.is_empty() || reader.is_unique(table, column) {
            continue;
        }
        let why = format!("as its comment says: {text}");
        if reader.is_number(table, column) {
            if let Some(value) = number(reader, table, column, &text) {
                reader.relate(table, column, Relation::Value(value), why);
            }
        } else if reader.is_text(table, column)
            && let Some((path, of)) = pieces(&text)
                .iter()
                .find_map(|piece| of_parent(reader, table, column, piece))
        {
            let relation = match path.as_slice() {
                [via] => Relation::Copy {
                    via: *via,
                    of: vec![of],
                },
                _ => Relation::CopyFar { path, of },
            };
            reader.relate(table, column, relation, why);
        }
    }
}

/// The pieces of a comment that may be formulas: what stands behind a sign of equality, in parentheses, before what
/// explains.
fn pieces(text: &str) -> Vec<String> {
    let text = text.replace('（', "(").replace('）', ")");
    let mut found: Vec<String> = Vec::new();
    let mut add = |piece: &str| {
        let piece = piece.trim().trim_end_matches('.').trim();
        if !piece.is_empty() && !found.iter().any(|known| known == piece) {
            found.push(piece.to_owned());
        }
    };
    let is_ascii = text.is_ascii();
    let separators: &[char] = if is_ascii {
        &[';']
    } else {
        &['、', '，', ',', '。', ';']
    };
    if let Some((_, behind)) = text.split_once(['=', '＝']) {
        for piece in behind.split(separators) {
            add(piece);
        }
    }
    if is_ascii {
        let whole = text.split([';', '.']).next().unwrap_or("");
        add(whole);
        add(whole.split(',').next().unwrap_or(""));
        if let Some((head, _)) = whole.split_once('(') {
            add(head);
        }
    }
    if let Some((_, rest)) = text.split_once('(')
        && let Some((inside, behind)) = rest.rsplit_once(')')
    {
        // Parentheses of a formula hold a part of it.
        if !behind
            .trim_start()
            .starts_with(['*', '×', '/', '÷', '+', '-', '＋', '－'])
        {
            add(inside);
            for piece in inside.split(separators) {
                add(piece);
            }
        }
    }
    if !is_ascii {
        for piece in text.split(separators) {
            if !piece.contains(['(', ')']) {
                add(piece);
            }
        }
    }
    found
}

/// The words of a piece, as they are compared.
fn words(piece: &str) -> Vec<String> {
    let same = |word: &str| {
        SAME.iter()
            .find(|(one, _)| *one == word)
            .map_or_else(|| stem(word), |(_, other)| (*other).to_owned())
    };
    if piece.is_ascii() {
        piece
            .split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty() && !STOP.contains(word))
            .map(same)
            .collect()
    } else {
        english(piece).map_or_else(Vec::new, |name| {
            name.words.iter().map(|word| same(word)).collect()
        })
    }
}

/// The column of which every word of a piece is one, the one with the fewest others.
pub(in crate::plan::story) fn named(
    reader: &Reader<'_, '_>,
    table: TableId,
    piece: &str,
    fits: &dyn Fn(ColumnId) -> bool,
) -> Option<ColumnId> {
    if !piece.is_ascii() {
        let piece = piece.trim();
        if let Some(found) = formulas::by_comment(reader, table, piece, fits) {
            return Some(found);
        }
    }
    let wanted = words(piece);
    if wanted.is_empty() {
        return None;
    }
    reader
        .columns(table)
        .filter(|&column| fits(column))
        .filter_map(|column| {
            let is_time = reader.is_time(table, column);
            reader
                .name(table, column)
                .all()
                .filter_map(|parts| {
                    let own: Vec<String> = words(&parts.words.join(" "));
                    let all = wanted.iter().all(|word| {
                        own.contains(word)
                            || (is_time && parts.words.iter().any(|own| alike(own, word)))
                    });
                    // What has happened comes before what somebody plans.
                    let has_happened = is_time
                        && parts.words.first().is_some_and(|word| word.ends_with("ed"))
                        && reader.is_nullable(table, column);
                    all.then_some((own.len(), !has_happened))
                })
                .min()
                .map(|(more, late)| (late, more, column))
        })
        .min()
        .map(|(.., column)| column)
}

fn is_percent(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    reader
        .name(table, column)
        .has(&["percent", "percentage", "pct"])
}

/// What a comment makes of a number.
fn number(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    let (said, condition) = condition_of(reader, table, column, text)?;
    let is_certain = !text.contains("at most") && !text.contains("never more");
    if !is_certain {
        return None;
    }
    let value = pieces(&said)
        .iter()
        .find_map(|piece| value(reader, table, column, piece, text))?;
    let value = match condition {
        Some(condition) => {
            let nothing = if reader.is_nullable(table, column) && !said_zero(text) {
                Expr::Null
            } else {
                Expr::Number(0)
            };
            Expr::when(condition, value, nothing)
        }
        None => value,
    };
    Some(rounded(reader, table, column, text, value))
}

fn said_zero(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .any(|word| matches!(word, "0" | "zero"))
}

/// A comment without what it says of other rows, and of which rows it then speaks; none where that isn't understood.
fn condition_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<(String, Option<Expr>)> {
    const NOTHING: &[(&str, bool)] = &[
        ("0 when ", false),
        ("0 if ", false),
        ("0 where ", false),
        ("0 for ", false),
        ("zero when ", false),
        ("zero if ", false),
        ("zero for ", false),
        ("none when ", false),
        ("none if ", false),
        ("nothing when ", false),
        ("nothing if ", false),
        ("empty when ", false),
        ("empty if ", false),
        ("null when ", false),
        ("null if ", false),
        ("0 unless ", true),
        ("zero unless ", true),
        ("null unless ", true),
        ("otherwise 0 when ", true),
    ];
    if !text.is_ascii() {
        return Some((text.to_owned(), None));
    }
    let rows = |phrase: &str| {
        let phrase = phrase.trim();
        let phrase = phrase.split([',', ';', '.', ')']).next()?.trim();
        match phrase
            .strip_prefix("not ")
            .or_else(|| phrase.strip_prefix("it is not "))
            .or_else(|| phrase.strip_prefix("it isn't "))
        {
            Some(rest) => Some(Expr::Not(Box::new(rows_of(reader, table, column, rest)?))),
            None => rows_of(reader, table, column, phrase),
        }
    };
    for (mark, is_so) in NOTHING {
        if let Some((before, phrase)) = text.split_once(mark) {
            let said = before
                .trim_end()
                .trim_end_matches([',', ';', '('])
                .trim_end();
            let found = rows(phrase)?;
            let found = if *is_so {
                found
            } else {
                Expr::Not(Box::new(found))
            };
            return Some((said.to_owned(), Some(found)));
        }
    }
    for mark in [" when ", " if ", " where ", " unless "] {
        if let Some((said, phrase)) = text.split_once(mark) {
            let found = rows(phrase)?;
            let found = if mark == " unless " {
                Expr::Not(Box::new(found))
            } else {
                found
            };
            return Some((said.to_owned(), Some(found)));
        }
    }
    Some((text.to_owned(), None))
}

/// What a piece of a comment comes to.
fn value(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    piece: &str,
    text: &str,
) -> Option<Expr> {
    const OF_OTHERS: &[&str] = &[
        "sum of",
        "number of",
        "count of",
        "how many",
        "total of",
        "mean",
        "average",
        "running",
        "cumulative",
    ];
    if OF_OTHERS.iter().any(|start| piece.starts_with(start)) {
        return None;
    }
    lengths(reader, table, column, piece)
        .or_else(|| share(reader, table, column, piece))
        .or_else(|| apart(reader, table, column, piece, text))
        .or_else(|| computed(reader, table, column, piece))
        .or_else(|| there(reader, table, column, piece))
        .or_else(|| sum_of_lines(reader, table, piece))
}

/// `width, height and depth` of a volume.
fn lengths(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, piece: &str) -> Option<Expr> {
    let mut list = piece.to_owned();
    for mark in [
        " and ", " x ", " × ", "×", " by ", " times ", " * ", "・", "と",
    ] {
        list = list.replace(mark, ",");
    }
    let mut factors: Vec<ColumnId> = Vec::new();
    for own in list.split([',', '、']).map(str::trim) {
        if own.is_empty() {
            continue;
        }
        let found = named(reader, table, own, &|other| {
            is_other_number(reader, table, column, other) && !factors.contains(&other)
        })?;
        factors.push(found);
    }
    let unit = products::of_lengths(reader, table, column, &factors)?;
    let product = factors.into_iter().map(Expr::Column).reduce(Expr::times)?;
    Some(product.per(Expr::whole(unit)))
}

/// `score of the greatest score`, `done and failed of all`, `of the list price` as a percentage.
fn share(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, piece: &str) -> Option<Expr> {
    if !is_percent(reader, table, column) {
        return None;
    }
    let amount = |other: ColumnId| {
        is_other_number(reader, table, column, other)
            && !is_share_of_100(reader, table, Some(other))
    };
    if let Some(whole) = piece.strip_prefix("of ") {
        // What is left of a price, as a share of it or of what it cost.
        if !reader
            .name(table, column)
            .has(&["margin", "markup", "profit"])
        {
            return None;
        }
        let whole = named(reader, table, whole, &amount)?;
        let is_cost = |other: ColumnId| {
            reader.name(table, other).has(&[
                "cost",
                "purchase",
                "buying",
                "wholesale",
                "cogs",
                "landed",
            ])
        };
        let is_price = |other: ColumnId| {
            reader
                .name(table, other)
                .has(&["price", "cost", "revenue", "sales"])
        };
        let other = |wanted: bool| {
            let mut found = reader.columns(table).filter(|&other| {
                other != whole && amount(other) && is_price(other) && is_cost(other) == wanted
            });
            found.next().filter(|_| found.next().is_none())
        };
        let (price, cost) = if is_cost(whole) {
            (other(false)?, whole)
        } else {
            (whole, other(true)?)
        };
        let left = Expr::Column(price).minus(Expr::Column(cost));
        return Some(left.times(Expr::whole(100)).per(Expr::Column(whole)));
    }
    let (parts, whole) = piece.split_once(" of ")?;
    let mut found: Vec<ColumnId> = Vec::new();
    for part in parts
        .split(" and ")
        .flat_map(|part| part.split(','))
        .flat_map(|part| part.split(" plus "))
        .map(|part| part.trim().trim_start_matches("percentage of ").trim())
        .filter(|part| !part.is_empty())
    {
        found.push(named(reader, table, part, &|other| {
            amount(other) && !found.contains(&other)
        })?);
    }
    let first = *found.first()?;
    let is_all = matches!(
        whole.trim().trim_start_matches("the ").trim(),
        "all" | "total" | "whole" | "them" | "all of them"
    );
    let whole = if is_all {
        let own = words(&reader.name(table, first).own.words.join(" "));
        reader.columns(table).find(|&other| {
            let name = reader.name(table, other);
            amount(other)
                && !found.contains(&other)
                && name.has(&["total", "all", "planned", "expected", "count", "overall"])
                && words(&name.own.words.join(" "))
                    .iter()
                    .any(|word| own.contains(word))
        })?
    } else {
        let unused = |other: ColumnId| amount(other) && !found.contains(&other);
        named(reader, table, whole, &unused)?
    };
    let parts = Expr::Sum(found.into_iter().map(Expr::Column).collect());
    Some(parts.times(Expr::whole(100)).per(Expr::Column(whole)))
}

/// `received after expected, at least 0`, `from deposit to collection`.
fn apart(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    piece: &str,
    text: &str,
) -> Option<Expr> {
    let unit = formulas::unit(reader, table, column).or_else(|| {
        reader
            .name(table, column)
            .has(&["ms", "milliseconds", "millis"])
            .then_some(0)
    })?;
    let time = |piece: &str, except: Option<ColumnId>| {
        named(reader, table, piece, &|other| {
            reader.is_time(table, other) && Some(other) != except
        })
    };
    let (last, first, late) = if let Some((last, first)) = piece.split_once(" after ") {
        (last, first, true)
    } else {
        let (_, rest) = piece.split_once("from ")?;
        let (first, last) = rest
            .split_once(" to ")
            .or_else(|| rest.split_once(" until "))?;
        (last, first, false)
    };
    let first = time(first, None)?;
    let last = time(last, Some(first))?;
    let mut value = Expr::Column(last).minus(Expr::Column(first));
    if late || text.contains("at least 0") || text.contains("never negative") {
        value = Expr::Greatest(vec![value, Expr::Number(0)]);
    }
    let value = match unit {
        0 => value.times(Expr::whole(1000)),
        unit => value.per(Expr::whole(unit)),
    };
    Some(formulas::both_known(reader, table, &[first, last], value))
}

/// A formula over numbers of the row, with the units that names say: minutes at an hour's rate, a number of per cent.
fn computed(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    piece: &str,
) -> Option<Expr> {
    let piece = piece.replace(" at the ", " * ").replace(" at its ", " * ");
    let tree = formula(&piece)?;
    let mut used: Vec<ColumnId> = Vec::new();
    let fits = |other: ColumnId| is_other_number(reader, table, column, other);
    if !leaves(&tree).iter().all(|leaf| {
        leaf.parse::<i64>().is_ok()
            || named(reader, table, leaf, &|other| {
                fits(other) && !used.contains(&other)
            })
            .is_some_and(|found| {
                used.push(found);
                true
            })
    }) || used.is_empty()
        || (used.len() < 2 && leaves(&tree).len() < 2)
    {
        return None;
    }
    let is_share = |other: ColumnId| is_share_of_100(reader, table, Some(other));
    let own_share = is_percent(reader, table, column);
    let multiplies = !signs(&tree).iter().any(|sign| matches!(sign, '+' | '-'));
    // Of parts and wholes the rules for remainders know more.
    if !multiplies && (used.iter().any(|&other| is_share(other)) && !own_share) {
        return None;
    }
    if !multiplies
        && (used.len() < 2
            || signs(&tree).iter().all(|sign| *sign == '-')
            || money::role(reader.name(table, column)).is_some()
            // What is taken of a whole must also leave something: that is read with the chains.
            || used.iter().any(|&other| reader.name(table, other).has(USED)))
    {
        return None;
    }
    let pays_by_the_hour = used.iter().any(|&other| {
        let name = reader.name(table, other);
        name.has(&["rate", "wage", "hourly"]) && !name.has(&["daily", "day", "minute", "percent"])
    });
    let of = |leaf: &str| {
        let other = named(reader, table, leaf, &fits)?;
        let mut value = Expr::Column(other);
        if is_share(other) && !own_share {
            value = value.per(Expr::whole(100));
        }
        if pays_by_the_hour
            && multiplies
            && let Some(unit @ (1 | 60)) = formulas::unit(reader, table, other)
            && !reader
                .name(table, column)
                .own
                .has_any(&["hours", "minutes", "seconds"])
        {
            value = value.per(Expr::whole(3600 / unit));
        }
        Some(value)
    };
    let value = value_of(&tree, &of)?;
    let divides = matches!(tree, Tree::Both(_, '/', _));
    if let (true, Some(unit)) = (
        multiplies && !divides,
        products::of_lengths(reader, table, column, &used),
    ) {
        return Some(value.per(Expr::whole(unit)));
    }
    Some(if own_share && divides {
        value.times(Expr::whole(100))
    } else {
        value
    })
}

fn leaves(tree: &Tree) -> Vec<&str> {
    match tree {
        Tree::Piece(text) => vec![text.as_str()],
        Tree::Both(first, _, second) => {
            let mut all = leaves(first);
            all.extend(leaves(second));
            all
        }
    }
}

fn signs(tree: &Tree) -> Vec<char> {
    match tree {
        Tree::Piece(_) => Vec::new(),
        Tree::Both(first, sign, second) => {
            let mut all = signs(first);
            all.push(*sign);
            all.extend(signs(second));
            all
        }
    }
}

/// A value in the digits of its column, rounded as its comment says, half up where it says nothing.
fn rounded(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
    value: Expr,
) -> Expr {
    let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
    let said = text.split_once("円未満").and_then(|(before, _)| {
        let from = before
            .rfind(|character: char| !character.is_ascii_digit())
            .map_or(0, |at| {
                at + before[at..].chars().next().map_or(1, char::len_utf8)
            });
        before[from..].parse::<i128>().ok()
    });
    let unit = said.map_or(digit, |unit| (unit * ONE).max(digit));
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let duration = formulas::unit(reader, table, column).is_some();
    let more = if duration
        || has(&[
            "切り捨て",
            "切捨",
            "rounded down",
            "round down",
            "floor",
            "whole ",
        ]) {
        0
    } else if has(&["切り上げ", "切上", "rounded up", "round up", "ceil"]) {
        unit - 1
    } else {
        unit / 2
    };
    let value = if more == 0 {
        value
    } else {
        value.minus(Expr::Number(-more))
    };
    let value = Expr::Floor(Box::new(value), unit);
    if reader.is_nullable(table, column) {
        value
    } else {
        Expr::First(vec![value, Expr::Number(0)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_stand_in_pieces_of_comments() {
        for (text, piece) in [
            ("総量（1日量×日数）", "1日量×日数"),
            ("金額（円）= 総量×薬価、四捨五入", "総量×薬価"),
            (
                "患者負担額（円、総額×負担割合、10円未満四捨五入）",
                "総額×負担割合",
            ),
            ("width, height and depth", "width, height and depth"),
            ("minutes at the rate, rounded up", "minutes at the rate"),
            ("amount = price x quantity", "price x quantity"),
        ] {
            assert!(
                pieces(text).iter().any(|found| found == piece),
                "{text}: {:?}",
                pieces(text)
            );
        }
    }

    #[test]
    fn words_are_compared_without_their_endings() {
        assert_eq!(words("the greatest score"), words("max score"));
        assert_eq!(words("unit prices"), words("unit price"));
    }
}
