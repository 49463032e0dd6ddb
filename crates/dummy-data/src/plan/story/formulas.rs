//! Formulas of comments over moments, shares and bounds: `退勤－出勤－休憩`, `from dispatch to arrival in hours`,
//! `bonus percent of the base salary`, `minutes beyond 480`.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::names::NameParts;
use crate::plan::story::arithmetic::{tree, value_of};
use crate::plan::story::products::{for_each, part_of_all, product};
use crate::plan::story::reader::Reader;
use crate::plan::story::spans;
use crate::plan::story::sums::{is_share_of_100, spoken_of};
use crate::plan::story::words::{english, stage, stage_of_words};
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Decides a number by what its comment says; whether it said anything.
pub(super) fn find(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> bool {
    let found = match beyond(reader, table, column, text) {
        Some(found) => Some(found),
        None => between(reader, table, column, text),
    };
    let found = found
        .or_else(|| either(reader, table, column, text))
        .or_else(|| nested(reader, table, column, text))
        .or_else(|| product(reader, table, column, text))
        .or_else(|| for_each(reader, table, column, text))
        .or_else(|| part_of_all(reader, table, column, text))
        .or_else(|| by(reader, table, column, text))
        .or_else(|| so_many(reader, table, column, text))
        .or_else(|| share(reader, table, column, text))
        .or_else(|| listed(reader, table, column, text))
        .or_else(|| listed_in_english(reader, table, column, text));
    let Some(value) = found else {
        return false;
    };
    let value = in_its_digits(reader, table, column, value);
    reader.relate(
        table,
        column,
        Relation::Value(value),
        format!("as its comment says: {text}"),
    )
}

/// `debit, or credit with a minus`: whichever of two columns a row has.
fn either(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    const MINUS: &[&str] = &[
        "with a minus",
        "negated",
        "as a negative",
        "negative",
        "minus",
    ];
    let (first, second) = text.split_once(" or ")?;
    let other = |piece: &str, except: Option<ColumnId>| {
        spoken_of(reader, table, piece, &|other| {
            is_other_number(reader, table, column, other)
                && Some(other) != except
                && reader.is_nullable(table, other)
        })
    };
    let is_negative = |piece: &str| MINUS.iter().any(|mark| piece.contains(mark));
    let signed = |piece: &str, of: ColumnId| {
        if is_negative(piece) {
            Expr::Number(0).minus(Expr::Column(of))
        } else {
            Expr::Column(of)
        }
    };
    if !is_negative(first) && !is_negative(second) {
        return None;
    }
    let one = other(first, None)?;
    let two = other(second, Some(one))?;
    Some(Expr::First(vec![signed(first, one), signed(second, two)]))
}

/// `purchase price by 36 months`, `annual premium by the installments`, `quantity by unit weight`.
fn by(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    let (left, right) = text.split_once(" by ")?;
    let first = spoken_of(reader, table, left, &|other| {
        is_other_number(reader, table, column, other)
    })?;
    if let Some((number, _)) = number_at(right) {
        return (number > 0).then(|| Expr::Column(first).per(Expr::whole(number)));
    }
    let second = spoken_of(reader, table, right, &|other| {
        is_other_number(reader, table, column, other) && other != first
    })?;
    let name = reader.name(table, second);
    let (first, other) = (Expr::Column(first), Expr::Column(second));
    if name.has(&["unit", "each", "price", "rate", "weight", "cost"]) {
        Some(first.times(other))
    } else if name.has(&[
        "installments",
        "instalments",
        "months",
        "years",
        "days",
        "count",
        "number",
        "periods",
        "weeks",
        "hours",
        "people",
        "persons",
        "pieces",
        "payments",
        "parts",
    ]) {
        Some(first.per(Expr::Greatest(vec![other, Expr::whole(1)])))
    } else {
        None
    }
}

/// `52 weeks` beside what is paid a week.
fn so_many(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    const UNITS: &[(&str, &[&str])] = &[
        ("week", &["weekly", "week"]),
        ("month", &["monthly", "month"]),
        ("day", &["daily", "day"]),
        ("hour", &["hourly", "hour"]),
        ("quarter", &["quarterly", "quarter"]),
    ];
    let (number, rest) = number_at(text)?;
    let word = crate::plan::names::singular(rest.split_whitespace().next()?);
    let (_, names) = UNITS.iter().find(|(unit, _)| *unit == word)?;
    let of = reader.columns(table).find(|&other| {
        is_other_number(reader, table, column, other)
            && reader.name(table, other).own.has_any(names)
    })?;
    Some(Expr::Column(of).times(Expr::whole(number)))
}

/// A formula with parentheses: `quantity * (unit price + extras)`.
fn nested(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    let text = text.split(['=', '＝']).next_back()?;
    let of = |piece: &str| {
        let (piece, wanted) = piece.rsplit_once(" in ").unwrap_or((piece, ""));
        spoken_of(reader, table, piece, &|other| {
            is_other_number(reader, table, column, other)
        })
        .map(|other| {
            match reader.is_nullable(table, other) {
                true => Expr::Column(other).or_zero(),
                false if is_share_of_100(reader, table, Some(other)) => {
                    Expr::Column(other).per(Expr::whole(100))
                }
                false => Expr::Column(other),
            }
            .per(Expr::whole(smaller(&reader.name(table, other).own, wanted)))
        })
    };
    value_of(&tree(text)?, &of)
}

/// How many of the unit that a name says make one that a comment speaks of: of centimetres a hundred make a metre.
fn smaller(name: &NameParts, wanted: &str) -> i64 {
    const UNITS: &[(&str, &str, i64)] = &[
        ("m", "cm", 100),
        ("m", "mm", 1000),
        ("cm", "mm", 10),
        ("km", "m", 1000),
        ("kg", "g", 1000),
        ("t", "kg", 1000),
        ("l", "ml", 1000),
    ];
    UNITS
        .iter()
        .find(|(unit, own, _)| *unit == wanted.trim() && name.last() == *own)
        .map_or(1, |(_, _, count)| *count)
}

/// Rounded down to what a column holds; 0 where it may not be NULL.
pub(super) fn in_its_digits(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    value: Expr,
) -> Expr {
    let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
    let value = Expr::Floor(Box::new(value), digit);
    reader.or_zero(table, column, value)
}

pub(super) fn is_other_number(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    other: ColumnId,
) -> bool {
    other != column
        && reader.is_number(table, other)
        && reader.facts[table].reference_of[other].is_none()
}

/// How many seconds a number's unit has, by its name or comment.
pub(super) fn unit(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> Option<i64> {
    let name = reader.name(table, column);
    let has = |words: &[&str]| name.says(words, |character| character.is_ascii_alphanumeric());
    // `残業（分）＝480分を超えた分`: the unit in parentheses is the column's own.
    let marked = |unit: &str| {
        ["（", "("]
            .iter()
            .any(|mark| name.text.contains(&format!("{mark}{unit}")))
    };
    if has(&["seconds", "secs", "sec"]) || marked("秒") {
        Some(1)
    } else if has(&["minutes", "minute", "mins"]) || marked("分") {
        Some(60)
    } else if has(&["hours", "hour", "hrs"]) || marked("時間") {
        Some(3600)
    } else if has(&["days", "nights"]) || marked("日") || marked("泊") {
        Some(86_400)
    } else if has(&["weeks"]) || marked("週") {
        Some(604_800)
    } else if name.text.contains("時間数") {
        Some(3600)
    } else if name.text.contains('分') {
        Some(60)
    } else if name.text.contains("日数") || name.text.contains("泊数") {
        Some(86_400)
    } else {
        None
    }
}

/// The number at the beginning of a text.
pub(super) fn number_at(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// What of a number lies beyond a bound: `実働のうち480分を超えた分`, `minutes worked beyond 480`.
fn beyond(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    const ENGLISH: &[&str] = &[
        "more than ",
        "in excess of ",
        "beyond ",
        "exceeding ",
        "above ",
        "over ",
        "past ",
    ];
    const JAPANESE: &[&str] = &["を超え", "をこえ", "超過", "超の", "を上回"];
    let (spoken, bound, rest) = if let Some(at) = JAPANESE.iter().find_map(|mark| text.find(mark)) {
        let head = text[..at].trim_end_matches(['分', '時', '間', '秒', '日']);
        let from = head
            .rfind(|character: char| !character.is_ascii_digit())
            .map_or(0, |at| {
                at + head[at..].chars().next().map_or(1, char::len_utf8)
            });
        let bound: i64 = head[from..].parse().ok()?;
        let spoken = head[..from].rsplit(['=', '＝', ':', '：']).next()?;
        (spoken, bound, &text[from + head[from..].len()..])
    } else {
        let (at, mark) = ENGLISH
            .iter()
            .find_map(|mark| Some((text.find(mark)?, *mark)))?;
        let (bound, rest) = number_at(&text[at + mark.len()..])?;
        (&text[..at], bound, rest)
    };
    let rest = rest.trim_start();
    let said = if rest.starts_with("hour") || rest.starts_with("時間") {
        Some(3600)
    } else if rest.starts_with("min") || rest.starts_with('分') {
        Some(60)
    } else {
        None
    };
    let own = unit(reader, table, column);
    let fits = |other: ColumnId| {
        is_other_number(reader, table, column, other)
            && (own.is_none() || unit(reader, table, other).is_some())
            && !reader.name(table, other).has(&["break", "pause", "rest"])
    };
    let of = spoken_of(reader, table, spoken, &fits).or_else(|| {
        reader.columns(table).find(|&other| {
            own.is_some()
                && fits(other)
                && reader
                    .name(table, other)
                    .has(&["worked", "work", "total", "duration", "actual"])
        })
    })?;
    let own = own.or(said);
    let theirs = unit(reader, table, of).or(own);
    let seconds = |unit: Option<i64>| Expr::whole(unit.unwrap_or(1));
    let more = Expr::Column(of)
        .times(seconds(theirs))
        .minus(Expr::whole(bound).times(seconds(said.or(own))))
        .per(seconds(own));
    let more = Expr::Greatest(vec![more, Expr::Number(0)]);
    Some(if reader.is_nullable(table, of) {
        Expr::when(Expr::Known(Box::new(Expr::Column(of))), more, Expr::Null)
    } else {
        more
    })
}

/// The time of which a piece of a comment speaks, in its own words or those of what happens then.
pub(super) fn moment(
    reader: &Reader<'_, '_>,
    table: TableId,
    piece: &str,
    except: &[ColumnId],
) -> Option<ColumnId> {
    let is_time = |other: ColumnId| reader.is_time(table, other) && !except.contains(&other);
    let found = spoken_of(reader, table, piece, &is_time);
    found.or_else(|| {
        let words = if piece.is_ascii() {
            piece.split_whitespace().map(str::to_owned).collect()
        } else {
            english(piece)?.words
        };
        let happens = words.iter().rev().find_map(|word| stage(word))?;
        reader.columns(table).find(|&other| {
            is_time(other)
                && reader
                    .name(table, other)
                    .all()
                    .any(|parts| stage_of_words(&parts.words) == Some(happens))
        })
    })
}

/// How long something took: `from dispatch to arrival in hours`, `minutes between start and end`, `発送から到着まで`.
fn between(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    let (from, to) = if let Some((_, rest)) = text.split_once("between ") {
        rest.split_once(" and ")?
    } else if let Some((_, rest)) = text.split_once("from ") {
        rest.split_once(" to ")
            .or_else(|| rest.split_once(" until "))?
    } else {
        let (from, rest) = text.split_once("から")?;
        let (to, _) = rest.split_once("まで")?;
        (from.rsplit(['（', '(', '＝', '：', '、']).next()?, to)
    };
    let to = to.split([',', ';', '(', '.']).next()?;
    // `less the break`: what is taken off.
    let (to, less) = [" less ", " minus ", " without ", " excluding "]
        .iter()
        .find_map(|mark| to.split_once(mark))
        .map_or((to, None), |(to, less)| (to, Some(less)));
    let to = to.split(" in ").next()?;
    let from = moment(reader, table, from, &[])?;
    let to = moment(reader, table, to, &[from])?;
    let own = unit(reader, table, column)?;
    let less = match less {
        Some(less) => Some(spoken_of(reader, table, less, &|other| {
            is_other_number(reader, table, column, other)
        })?),
        None => None,
    };
    in_order(reader, table, column, from, to);
    let mut seconds = apart(reader, table, from, to);
    if let Some(less) = less {
        apart_in_time(reader, table, column, &[to, from], &[('-', less)]);
        let theirs = unit(reader, table, less).unwrap_or(own);
        let off = Expr::Column(less).or_zero().times(Expr::whole(theirs));
        let rest = Expr::Column(to).minus(Expr::Column(from)).minus(off);
        let rest = Expr::Greatest(vec![rest, Expr::Number(0)]);
        seconds = both_known(reader, table, &[from, to], rest);
    }
    // Who is early is not late.
    let name = reader.name(table, column);
    if name.has(&["overdue", "late", "delay", "delayed"])
        || ["延滞", "遅延", "超過"]
            .iter()
            .any(|word| name.text.contains(word))
    {
        let late = Expr::Greatest(vec![
            Expr::Column(to).minus(Expr::Column(from)),
            Expr::Number(0),
        ]);
        seconds = both_known(reader, table, &[from, to], late);
    }
    // Of days the last may count as the first does.
    let both_count = ["両端", "inclusive", "both", "incl."]
        .iter()
        .any(|word| text.contains(word));
    if both_count && own == 86_400 {
        seconds = Expr::when(
            Expr::Known(Box::new(seconds.clone())),
            Expr::Sum(vec![seconds, Expr::whole(86_400)]),
            Expr::Null,
        );
    }
    Some(seconds.per(Expr::whole(own)))
}

/// Keeps the two moments of a formula in order, on the day of their row, and what is taken off small.
pub(super) fn apart_in_time(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    times: &[ColumnId],
    operands: &[(char, ColumnId)],
) {
    let &[end, start] = times else {
        return;
    };
    spans::on_its_day(reader, table, &[(start, end)]);
    if reader.is_free(table, end) && !reader.is_unique(table, end) {
        spans::ends(reader, table, start, end, false);
    }
    in_order(reader, table, column, start, end);
    for &(sign, part) in operands {
        let seconds = i128::from(unit(reader, table, part).unwrap_or(60));
        if sign == '-' && reader.is_number(table, part) {
            let quarter = 900 * ONE / seconds;
            reader.relate(
                table,
                part,
                Relation::Value(Expr::Random("pause", 3 * quarter, 3, quarter, false)),
                "a short break",
            );
        }
    }
}

/// An end that would be at the row's birth, as its begin is, comes some time later.
fn in_order(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    start: ColumnId,
    end: ColumnId,
) {
    let is_born = |time: ColumnId| {
        reader.story.tables[table]
            .relations
            .get(&time)
            .is_some_and(|(relation, _)| matches!(relation, Relation::Value(Expr::Born)))
    };
    let always = |time: ColumnId| reader.is_free(table, time) && !reader.is_nullable(table, time);
    if !(is_born(end) || always(end))
        || !(is_born(start) || always(start))
        || reader.is_unique(table, end)
    {
        return;
    }
    let step = match unit(reader, table, column) {
        Some(86_400 | 604_800) => 86_400 * ONE,
        Some(3600) => 3600 * ONE,
        _ => 300 * ONE,
    };
    let later = Expr::Sum(vec![
        Expr::Column(start),
        Expr::Random("lasting", step, 24, step, true),
    ]);
    let why = format!("some time after `{}`", reader.column(table, start).name);
    reader.story.tables[table]
        .relations
        .insert(end, (Relation::Value(later), why));
}

/// How many seconds lie between two moments; NULL where one of them isn't known.
fn apart(reader: &Reader<'_, '_>, table: TableId, from: ColumnId, to: ColumnId) -> Expr {
    let value = Expr::Column(to).minus(Expr::Column(from));
    both_known(reader, table, &[from, to], value)
}

/// A value where some columns are known, else NULL.
pub(super) fn both_known(
    reader: &Reader<'_, '_>,
    table: TableId,
    columns: &[ColumnId],
    value: Expr,
) -> Expr {
    let known: Vec<Expr> = columns
        .iter()
        .filter(|&&column| reader.is_nullable(table, column))
        .map(|&column| Expr::Known(Box::new(Expr::Column(column))))
        .collect();
    if known.is_empty() {
        value
    } else {
        Expr::when(Expr::All(known), value, Expr::Null)
    }
}

/// A share of another number: `bonus percent of the base salary`, `10 % of the subtotal`, `a quarter of the price`.
fn share(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    const PARTS: &[(&str, i64)] = &[
        ("half", 2),
        ("third", 3),
        ("quarter", 4),
        ("fourth", 4),
        ("fifth", 5),
        ("sixth", 6),
        ("tenth", 10),
        ("twelfth", 12),
        ("hundredth", 100),
    ];
    let is_share = |other: ColumnId| is_share_of_100(reader, table, Some(other));
    if is_share(column) {
        return None;
    }
    let amount =
        |other: ColumnId| is_other_number(reader, table, column, other) && !is_share(other);
    if let Some((whole, parts)) = text
        .split_once("分の1")
        .or_else(|| text.split_once("分の１"))
        .map(|(before, _)| before)
        .and_then(|before| before.rsplit_once('の'))
    {
        let whole = whole.rsplit(['（', '(', '＝', '：', '、']).next()?;
        let parts: i64 = parts.trim().parse().ok()?;
        let of = spoken_of(reader, table, whole, &amount)?;
        return (parts > 0).then(|| Expr::Column(of).per(Expr::whole(parts)));
    }
    let (left, right) = text.split_once(" of ")?;
    let right = right.split([',', ';', '(', '.']).next()?;
    let last = left.rsplit(' ').next()?;
    if let Some((_, parts)) = PARTS.iter().find(|(word, _)| *word == last) {
        let of = spoken_of(reader, table, right, &amount)?;
        return Some(Expr::Column(of).per(Expr::whole(*parts)));
    }
    let bare = left
        .trim_end_matches("percent")
        .trim_end_matches('%')
        .trim_end();
    if bare.len() < left.len()
        && let Some(number) = bare
            .rsplit(' ')
            .next()
            .and_then(|word| word.parse::<i64>().ok())
    {
        let of = spoken_of(reader, table, right, &amount)?;
        return Some(Expr::Column(of).percent(Expr::whole(number)));
    }
    if !["percent", "percentage", "pct", "rate", "share", "%"].contains(&last) {
        return None;
    }
    let rate = |other: ColumnId| is_other_number(reader, table, column, other) && is_share(other);
    let by = spoken_of(reader, table, left, &rate).or_else(|| {
        // `percentage of the base salary` beside the only percentage.
        let rates: Vec<ColumnId> = reader.columns(table).filter(|&other| rate(other)).collect();
        <[ColumnId; 1]>::try_from(rates).ok().map(|[only]| only)
    })?;
    let of = spoken_of(reader, table, right, &amount)?;
    Some(Expr::Column(of).percent(Expr::Column(by)))
}

/// `賃料と管理費の合計`, `国語・数学・英語の平均`, `定員から予約数を引いた数`.
fn listed(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> Option<Expr> {
    let own = |piece: &str, used: &[ColumnId]| {
        spoken_of(reader, table, piece, &|other| {
            is_other_number(reader, table, column, other)
                && !used.contains(&other)
                && !is_share_of_100(reader, table, Some(other))
                && called(reader, table, other, piece)
        })
    };
    if let Some((before, _)) = text
        .split_once("を引い")
        .or_else(|| text.split_once("を除い"))
        .or_else(|| text.split_once("を差し引"))
    {
        let before = before.rsplit(['（', '(', '＝', '：', '、']).next()?;
        let (whole, part) = before.split_once("から")?;
        let whole = own(whole, &[])?;
        let part = own(part, &[whole])?;
        return Some(Expr::Column(whole).minus(Expr::Column(part)));
    }
    let (before, mean) = match (text.find("の合計"), text.find("の平均")) {
        (Some(at), _) => (&text[..at], false),
        (None, Some(at)) => (&text[..at], true),
        (None, None) => return None,
    };
    let before = before.rsplit(['（', '(', '＝', '：']).next()?;
    let pieces: Vec<&str> = before.split(['と', '、', '・', '，']).collect();
    let mut columns: Vec<ColumnId> = Vec::new();
    for piece in &pieces {
        columns.push(own(piece, &columns)?);
    }
    let count = i64::try_from(columns.len()).unwrap_or(1);
    let sum = Expr::Sum(columns.into_iter().map(Expr::Column).collect());
    (count >= 2).then(|| {
        if mean {
            sum.per(Expr::whole(count))
        } else {
            sum
        }
    })
}

/// `mean of cleanliness, service and location`, `sum of rent, water and power`.
fn listed_in_english(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> Option<Expr> {
    let text = text.strip_prefix("the ").unwrap_or(text);
    let (list, mean) = if let Some(list) = ["mean of ", "average of "]
        .iter()
        .find_map(|start| text.strip_prefix(start))
    {
        (list, true)
    } else {
        (
            text.strip_prefix("sum of ")
                .or_else(|| text.strip_prefix("total of "))?,
            false,
        )
    };
    let list = list.split(['.', ';', '(']).next()?;
    let mut columns: Vec<ColumnId> = Vec::new();
    for piece in list
        .split(',')
        .flat_map(|piece| piece.split(" and "))
        .map(|piece| piece.trim().trim_start_matches("and ").trim())
        .filter(|piece| !piece.is_empty())
    {
        let found = spoken_of(reader, table, piece, &|other| {
            is_other_number(reader, table, column, other) && !columns.contains(&other)
        })?;
        columns.push(found);
    }
    let count = i64::try_from(columns.len()).unwrap_or(1);
    let sum = Expr::Sum(columns.into_iter().map(Expr::Column).collect());
    (count >= 2).then(|| {
        if mean {
            sum.per(Expr::whole(count))
        } else {
            sum
        }
    })
}

/// Whether a column's comment begins with a word, or the other way round.
fn called(reader: &Reader<'_, '_>, table: TableId, column: ColumnId, word: &str) -> bool {
    likeness(head(&reader.name(table, column).text), word.trim()) > 0
}

/// What a comment calls its column: what stands before parentheses, colons and equations.
pub(super) fn head(text: &str) -> &str {
    text.split(['(', '（', ':', '：', '=', '＝', '、', '。', ','])
        .next()
        .unwrap_or("")
        .trim()
}

/// How much a comment's head and a word are alike: 3 the same, 2 and 1 where one begins with the other.
fn likeness(head: &str, word: &str) -> usize {
    let word = word
        .split(['(', '（', '。', '、'])
        .next()
        .unwrap_or("")
        .trim();
    if head.is_ascii() || word.is_ascii() || head.chars().count() < 2 || word.chars().count() < 2 {
        0
    } else if head == word {
        3
    } else if head.starts_with(word) {
        2
    } else {
        usize::from(word.starts_with(head) || head.contains(word))
    }
}

/// The column whose Japanese comment calls it so.
pub(super) fn by_comment(
    reader: &Reader<'_, '_>,
    table: TableId,
    piece: &str,
    fits: &dyn Fn(ColumnId) -> bool,
) -> Option<ColumnId> {
    reader
        .columns(table)
        .filter(|&column| fits(column))
        .map(|column| {
            let alike = likeness(head(&reader.name(table, column).text), piece.trim());
            (alike, std::cmp::Reverse(column))
        })
        .filter(|(alike, _)| *alike > 0)
        .max()
        .map(|(_, std::cmp::Reverse(column))| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_like_the_head_of_a_comment() {
        assert_eq!(likeness(head("退勤時刻"), "退勤"), 2);
        assert_eq!(likeness(head("休憩（分）"), "休憩"), 3);
        assert_eq!(likeness(head("実働（分）＝退勤－出勤"), "実働のうち"), 1);
        assert_eq!(likeness(head("出勤時刻"), "退勤"), 0);
    }
}
