//! Other arithmetic: what a comment says as a formula, remainders, durations, rates, pairs of numbers.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::names::singular;
use crate::plan::story::copies::alike;
use crate::plan::story::formulas;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::words::english;
use crate::plan::story::{Expr, Relation, arithmetic, money};
use crate::story::ONE;

const STOP: &[&str] = &[
    "the", "a", "an", "of", "what", "is", "are", "in", "by", "its", "that", "for", "all", "and",
    "to", "it", "this", "their", "who", "which", "were", "was", "from", "at", "on", "be", "been",
    "has", "have", "each", "already", "per", "every", "number", "value", "will",
];

/// A word as it is compared: without endings.
pub(super) fn stem(word: &str) -> String {
    let one = singular(word);
    for ending in ["ing", "ion", "ed", "er", "es", "s", "e", "d"] {
        if let Some(stem) = one.strip_suffix(ending)
            && stem.len() >= 3
        {
            return stem.to_owned();
        }
    }
    one
}

/// The column that a piece of a comment speaks of.
pub(super) fn spoken_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    piece: &str,
    fits: &dyn Fn(ColumnId) -> bool,
) -> Option<ColumnId> {
    if !piece.is_ascii()
        && let Some(found) = formulas::by_comment(reader, table, piece, fits)
    {
        return Some(found);
    }
    let words: Vec<String> = if piece.is_ascii() {
        piece
            .split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty() && !STOP.contains(word))
            .map(stem)
            .collect()
    } else {
        english(piece)?
            .words
            .iter()
            .map(|word| stem(word))
            .collect()
    };
    let mut best: Option<(usize, usize, ColumnId)> = None;
    for column in reader.columns(table).filter(|column| fits(*column)) {
        let score = reader
            .name(table, column)
            .all()
            .map(|parts| {
                let own: Vec<String> = parts.words.iter().map(|word| stem(word)).collect();
                (
                    words.iter().filter(|word| own.contains(word)).count(),
                    own.len(),
                )
            })
            .max_by_key(|(matched, length)| (*matched, usize::MAX - length))
            .unwrap_or((0, 0));
        if score.0 > 0
            && best.is_none_or(|(matched, length, _)| {
                score.0 > matched || (score.0 == matched && score.1 < length)
            })
        {
            best = Some((score.0, score.1, column));
        }
    }
    best.map(|(_, _, column)| column)
}

/// Finds what comments say as formulas.
pub(crate) fn find_comments(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) {
            continue;
        }
        let text = arithmetic::normalized(&reader.name(table, column).text);
        let is_taxes = matches!(
            money::role(reader.name(table, column)),
            Some(money::Role::Tax | money::Role::TaxRate | money::Role::DiscountRate)
        ) && text.starts_with("of ");
        if text.is_empty()
            || is_taxes
            || super::openings::said(reader, table, column, &text)
            || super::when_said::find(reader, table, column, &text)
            || formulas::find(reader, table, column, &text)
            || is_of_others(&text)
        {
            continue;
        }
        if is_running(&text) && reader.rows(table) <= MOST_ROWS {
            running(reader, table, column, &text);
        } else {
            super::chains::find(reader, table, column, &text);
        }
    }
}

/// Whether a comment speaks of rows that lead here, or of bounds: that is read elsewhere.
fn is_of_others(text: &str) -> bool {
    [
        "mean",
        "average",
        "sum of",
        "number of",
        "count of",
        "how many",
        "total of",
        "from ",
        "a twelfth",
        "never more",
        "at most",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

/// Whether a comment speaks of a sum up to its row.
fn is_running(text: &str) -> bool {
    [
        "until",
        "running",
        "cumulative",
        "so far",
        "累計",
        "時点の残高",
        "まで",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// The sum up to each row of what a comment names.
fn running(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) {
    let via = reader
        .references(table)
        .into_iter()
        .find(|(_, target)| {
            let one = reader.one_of(*target).replace('_', " ");
            text.contains(one.rsplit(' ').next().unwrap_or(&one))
        })
        .map(|(via, _)| via)
        .or_else(|| reader.owner(table));
    // `…, by booked_on and id` says in which order.
    let summed = [", by ", " ordered by ", " in order of "]
        .iter()
        .find_map(|mark| text.split_once(mark))
        .map_or(text, |(summed, _)| summed);
    let of = spoken_of(reader, table, summed, &|other| {
        formulas::is_other_number(reader, table, column, other) && !is_key(reader, table, other)
    })
    .or_else(|| super::ledgers::signed(reader, table, Some(column)));
    if let (Some(via), Some(of)) = (via, of) {
        let sum = super::ledgers::running(reader, table, via, of);
        reader.relate(
            table,
            column,
            Relation::Value(sum),
            "the sum until this row",
        );
    }
}

/// Whether a column is of the table's own key.
pub(super) fn is_key(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    reader.facts[table]
        .table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&reader.column(table, column).name))
}

/// Whether a number is one of per cent: by its name, its comment or its bounds.
pub(super) fn is_share_of_100(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: Option<ColumnId>,
) -> bool {
    let Some(column) = column else {
        return false;
    };
    let name = reader.name(table, column);
    let domain = reader.facts[table]
        .rules
        .domains
        .get(&reader.column(table, column).name);
    let to_100 = domain
        .and_then(|domain| domain.greatest.as_ref())
        .is_some_and(|most| most.value == "100");
    name.has(&["percent", "percentage", "pct"])
        || (name.has(&[
            "probability",
            "share",
            "rate",
            "ratio",
            "progress",
            "confidence",
        ]) && (to_100 || name.text.contains("percent") || name.text.contains('%')))
}

/// A part that isn't more than the whole.
pub(super) fn bound(reader: &mut Reader<'_, '_>, table: TableId, whole: ColumnId, part: ColumnId) {
    let words = reader.name(table, part).clone();
    // What is decided elsewhere, or may be more, isn't bounded here.
    if !words.has(USED) {
        return;
    }
    let counted = reader.story.tables[table]
        .relations
        .get(&part)
        .is_some_and(|(relation, _)| matches!(relation, Relation::Value(Expr::Over { .. })));
    if !counted && !reader.is_free(table, part) {
        return;
    }
    if counted || counts_children(reader, table, part) {
        let more = Expr::Greatest(vec![Expr::Usual(whole), Expr::Column(part), Expr::whole(1)]);
        reader.relate(
            table,
            whole,
            Relation::Value(more),
            "not less than what is used of it",
        );
        return;
    }
    let unit = ONE / 10_i128.pow(scale(reader.kind(table, part)).min(6));
    let share = Expr::Column(whole).percent(Expr::Random("used", 0, 91, ONE, false));
    reader.relate(
        table,
        part,
        Relation::Value(Expr::Floor(Box::new(share), unit)),
        "a part of the whole",
    );
}

pub(super) fn counts_children(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let parts = &reader.name(table, column).own;
    parts.last() == "count"
        && reader.children(table).iter().any(|(child, _)| {
            let one = reader.one_of(*child);
            let last = one.rsplit('_').next().unwrap_or(&one);
            parts
                .words
                .iter()
                .any(|word| singular(word) == last || alike(word, last))
        })
}

const REMAINING: &[&str] = &[
    "remaining",
    "available",
    "left",
    "free",
    "unused",
    "vacant",
    "unsold",
    "leftover",
];
pub(super) const USED: &[&str] = &[
    "used",
    "reserved",
    "taken",
    "booked",
    "sold",
    "occupied",
    "allocated",
    "consumed",
    "redeemed",
    "spent",
    "claimed",
    "filled",
    "enrolled",
    "registered",
    "assigned",
    "borrowed",
    "lent",
    "committed",
    "rented",
    "held",
    "redemptions",
    "usage",
    "attended",
    "checked",
    "loaned",
    "issued",
    "utilized",
    "registrations",
    "bookings",
    "reservations",
    "enrollments",
    "attendees",
    "participants",
    "signups",
    "memberships",
    "subscribers",
    "admitted",
    "received",
    "shipped",
    "fulfilled",
    "uses",
];
const WHOLE: &[&str] = &[
    "total",
    "capacity",
    "limit",
    "max",
    "maximum",
    "stock",
    "quota",
    "initial",
    "allotted",
    "allowance",
    "budget",
    "hand",
    "all",
    "granted",
    "owned",
    "allocation",
    "entitlement",
    "ordered",
];

/// Finds remainders, durations, rates and pairs.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    remainders(reader, table);
    super::ledgers::ledger(reader, table);
    super::spans::durations(reader, table);
    super::outcomes::reactions(reader, table);
    super::rates::rates(reader, table);
    super::pairs::pairs(reader, table);
    super::outcomes::find(reader, table);
}

fn remainders(reader: &mut Reader<'_, '_>, table: TableId) {
    let numbers: Vec<ColumnId> = reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column) && reader.facts[table].reference_of[column].is_none()
        })
        .collect();
    let nouns = |column: ColumnId| -> Vec<String> {
        let parts = &reader.name(table, column);
        parts
            .all()
            .flat_map(|parts| parts.words.iter())
            .filter(|word| {
                !REMAINING.contains(&word.as_str())
                    && !USED.contains(&word.as_str())
                    && !WHOLE.contains(&word.as_str())
                    && !matches!(
                        word.as_str(),
                        "count"
                            | "quantity"
                            | "qty"
                            | "amount"
                            | "number"
                            | "on"
                            | "of"
                            | "cents"
                            | "times"
                            | "per"
                    )
            })
            .map(|word| stem(word))
            .collect()
    };
    let alike = |first: ColumnId, second: ColumnId| {
        let (first, second) = (nouns(first), nouns(second));
        first.is_empty() || second.is_empty() || first.iter().any(|word| second.contains(word))
    };
    let mut found: Vec<(Option<ColumnId>, ColumnId, ColumnId)> = Vec::new();
    for &part in &numbers {
        if !reader.name(table, part).has(USED)
            || reader.name(table, part).has(&["max", "limit", "at"])
        {
            continue;
        }
        let rest = numbers.iter().copied().find(|&rest| {
            rest != part && reader.name(table, rest).has(REMAINING) && alike(rest, part)
        });
        let whole = numbers
            .iter()
            .copied()
            .filter(|&whole| {
                let name = reader.name(table, whole);
                let has_role = name.has(WHOLE);
                // `received_qty` is of `qty`.
                let is_all = matches!(name.own.whole.as_str(), "quantity" | "qty")
                    && reader
                        .name(table, part)
                        .own
                        .words
                        .iter()
                        .any(|word| matches!(word.as_str(), "quantity" | "qty"));
                let has_role = has_role || is_all;
                let is_noun = !has_role && !name.has(USED) && !name.has(REMAINING) && {
                    let own = nouns(whole);
                    let of_rest = rest.map(nouns).unwrap_or_default();
                    let of_part = nouns(part);
                    !own.is_empty() && (own == of_part || (of_part.is_empty() && own == of_rest))
                };
                whole != part
                    && Some(whole) != rest
                    && (has_role || is_noun)
                    && (!name.has(USED) || name.has(&["max", "maximum", "limit"]))
                    && alike(whole, part)
                    && !name.has(&["min", "minimum", "discount", "tax", "price"])
            })
            .min_by_key(|&whole| {
                let shared = nouns(whole)
                    .iter()
                    .filter(|word| nouns(part).contains(word))
                    .count();
                (std::cmp::Reverse(shared), whole)
            });
        if let Some(whole) = whole {
            found.push((rest, whole, part));
        }
    }
    for (rest, whole, part) in found {
        bound(reader, table, whole, part);
        if let Some(rest) = rest {
            let left = Expr::Column(whole).minus(Expr::Column(part));
            reader.relate(
                table,
                rest,
                Relation::Value(left),
                "the whole less what is used",
            );
        }
    }
}
