//! Other arithmetic: what a comment says as a formula, remainders, durations, rates, pairs of numbers.

use crate::plan::bounds::scale;
use crate::plan::names::singular;
use crate::plan::story::copies::alike;
use crate::plan::story::formulas;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::words::english;
use crate::plan::story::{Expr, Relation, money};
use crate::story::ONE;
use value_model::ValueType;

const STOP: &[&str] = &[
    "the", "a", "an", "of", "what", "is", "are", "in", "by", "its", "that", "for", "all", "and",
    "to", "it", "this", "their", "who", "which", "were", "was", "from", "at", "on", "be", "been",
    "has", "have", "each", "already", "per", "every", "number", "value", "will",
];

/// A word as it is compared: without endings.
fn stem(word: &str) -> String {
    let one = singular(word);
    for ending in ["ing", "ed", "er", "es", "s", "e", "d"] {
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
    table: usize,
    piece: &str,
    fits: &dyn Fn(usize) -> bool,
) -> Option<usize> {
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
    let mut best: Option<(usize, usize, usize)> = None;
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
pub(crate) fn find_comments(reader: &mut Reader<'_, '_>, table: usize) {
    const OPERATORS: &[(&str, char)] = &[
        (" less ", '-'),
        (" minus ", '-'),
        (" − ", '-'),
        (" - ", '-'),
        ("－", '-'),
        (" x ", '*'),
        ("−", '-'),
        ("ー引当", '-'),
        (" times ", '*'),
        (" multiplied by ", '*'),
        (" × ", '*'),
        ("×", '*'),
        (" * ", '*'),
        (" plus ", '+'),
        (" and ", '+'),
        (" + ", '+'),
        ("＋", '+'),
        (" divided by ", '/'),
        ("÷", '/'),
        (" / ", '/'),
    ];
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) {
            continue;
        }
        let text = formulas::with_operators(&reader.name(table, column).text);
        let is_taxes = matches!(
            money::role(reader.name(table, column)),
            Some(money::Role::Tax | money::Role::TaxRate | money::Role::DiscountRate)
        ) && text.starts_with("of ");
        let is_of_others = [
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
        .any(|start| text.starts_with(start));
        if text.is_empty()
            || is_taxes
            || formulas::find(reader, table, column, &text)
            || is_of_others
        {
            continue;
        }
        let is_other = |other: usize| {
            other != column
                && reader.is_number(table, other)
                && reader.facts[table].reference_of[other].is_none()
        };
        if [
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
            && reader.rows(table) <= MOST_ROWS
        {
            let via = reader
                .references(table)
                .into_iter()
                .find(|(_, target)| {
                    let one = reader.one_of(*target).replace('_', " ");
                    text.contains(one.rsplit(' ').next().unwrap_or(&one))
                })
                .map(|(via, _)| via)
                .or_else(|| reader.owner(table));
            let of = spoken_of(reader, table, &text, &is_other)
                .or_else(|| signed(reader, table, column));
            if let (Some(via), Some(of)) = (via, of) {
                let sum = Expr::Running(via, Box::new(Expr::Column(of)));
                reader.relate(
                    table,
                    column,
                    Relation::Value(sum),
                    "the sum until this row",
                );
            }
            continue;
        }
        let Some((at, mark, operator)) = OPERATORS
            .iter()
            .filter_map(|(mark, operator)| Some((text.find(mark)?, *mark, *operator)))
            .min()
        else {
            continue;
        };
        let mut left = text[..at].to_owned();
        // `total = subtotal + tax`.
        if let Some((_, after)) = left.split_once(['=', '＝']) {
            left = after.to_owned();
        }
        let left = formulas::inside(&left).to_owned();
        // Lists of children's values are read elsewhere.
        if ["mean of ", "average of ", "sum of ", "number of "]
            .iter()
            .any(|start| {
                text.strip_prefix("the ")
                    .unwrap_or(&text)
                    .starts_with(start)
            })
        {
            continue;
        }
        // What is added or taken away is no share.
        let fits = |other: usize, sign: char| {
            (is_other(other)
                && (matches!(sign, '*' | '/')
                    || !is_share_of_100(reader, table, Some(other))
                    || is_share_of_100(reader, table, Some(column))))
                || (sign == '-' && other != column && reader.is_time(table, other))
        };
        let Some(first) = spoken_of(reader, table, &left, &|other| fits(other, operator)) else {
            continue;
        };
        let mut rest = text[at + mark.len()..].to_owned();
        let mut sign = operator;
        let mut used = vec![Some(first)];
        let mut operands = Vec::new();
        let mut bounded = Vec::new();
        loop {
            let next = OPERATORS
                .iter()
                .filter_map(|(mark, operator)| Some((rest.find(mark)?, *mark, *operator)))
                .min();
            let piece = next.map_or(rest.as_str(), |(at, ..)| &rest[..at]);
            let free = |other: usize| fits(other, sign) && !used.contains(&Some(other));
            // `敷金（賃料×ヶ月）` speaks of the months of the deposit.
            let own = &reader.name(table, column).own;
            let akin = |other: usize| {
                free(other) && own.words.first() == reader.name(table, other).own.words.first()
            };
            let by_unit = ["ヶ月", "か月", "月数", "日数", "回数", "人数", "数"]
                .iter()
                .any(|unit| piece.trim_start().starts_with(unit))
                .then(|| spoken_of(reader, table, piece, &akin))
                .flatten();
            let Some(second) = by_unit.or_else(|| spoken_of(reader, table, piece, &free)) else {
                used.clear();
                break;
            };
            used.push(Some(second));
            operands.push((sign, second));
            let Some((at, mark, operator)) = next else {
                break;
            };
            sign = operator;
            rest = rest[at + mark.len()..].to_owned();
        }
        let times: Vec<usize> = used
            .iter()
            .flatten()
            .copied()
            .filter(|&other| reader.is_time(table, other))
            .collect();
        let unit = formulas::unit(reader, table, column);
        if !times.is_empty() && (times.len() != 2 || unit.is_none()) {
            continue;
        }
        // Beside moments numbers are seconds.
        let value = |other: usize| match formulas::unit(reader, table, other) {
            Some(seconds) if !times.is_empty() && reader.is_number(table, other) => {
                Expr::First(vec![Expr::Column(other), Expr::Number(0)]).times(Expr::whole(seconds))
            }
            _ => Expr::Column(other),
        };
        let mut expr = value(first);
        for (place, &(sign, other)) in operands.iter().enumerate() {
            if sign == '-'
                && place > 0
                && times.is_empty()
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
            let second = value(other);
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
        if let (false, Some(unit)) = (times.is_empty(), unit) {
            formulas::apart_in_time(reader, table, column, &times, &operands);
            let lasts = Expr::Greatest(vec![expr, Expr::Number(0)]).per(Expr::whole(unit));
            let known = formulas::both_known(reader, table, &times, lasts);
            expr = formulas::in_its_digits(reader, table, column, known);
        }
        if used.len() < 2 {
            continue;
        }
        for (part, value) in bounded {
            reader.relate(table, part, Relation::Value(value), "a part of the whole");
        }
        let factors: Vec<usize> = used.iter().flatten().copied().collect();
        if operands.iter().all(|(sign, _)| *sign == '*')
            && let Some(unit) = formulas::of_lengths(reader, table, column, &factors)
        {
            expr = expr.per(Expr::whole(unit));
        }
        // `of subtotal less discount`: the rate's share of it.
        if text.starts_with("of ")
            && money::role(reader.name(table, column)) == Some(money::Role::Tax)
            && let Some(rate) = money::of(&money::roles(reader, table), money::Role::TaxRate)
            && !factors.contains(&rate)
        {
            let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
            let share = money::share(reader, table, rate);
            expr = Expr::Floor(Box::new(expr.times(share)), digit);
        }
        if operator == '-'
            && times.is_empty()
            && let [Some(whole), Some(part)] = used.as_slice()
        {
            bound(reader, table, *whole, *part);
        }
        reader.relate(
            table,
            column,
            Relation::Value(expr),
            format!("as its comment says: {text}"),
        );
    }
}

/// Whether a number is one of per cent: by its name, its comment or its bounds.
pub(super) fn is_share_of_100(
    reader: &Reader<'_, '_>,
    table: usize,
    column: Option<usize>,
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

/// The number of a ledger's rows that is summed.
fn signed(reader: &Reader<'_, '_>, table: usize, except: usize) -> Option<usize> {
    reader.columns(table).find(|&column| {
        column != except
            && reader.is_number(table, column)
            && reader.name(table, column).is(&[
                "amount",
                "quantity",
                "change",
                "delta",
                "points",
                "amount_cents",
                "hours",
            ])
    })
}

/// A part that isn't more than the whole.
fn bound(reader: &mut Reader<'_, '_>, table: usize, whole: usize, part: usize) {
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

fn counts_children(reader: &Reader<'_, '_>, table: usize, column: usize) -> bool {
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
const USED: &[&str] = &[
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
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: usize) {
    remainders(reader, table);
    ledger(reader, table);
    super::spans::durations(reader, table);
    reactions(reader, table);
    rates(reader, table);
    super::pairs::pairs(reader, table);
    super::outcomes::find(reader, table);
}

fn remainders(reader: &mut Reader<'_, '_>, table: usize) {
    let numbers: Vec<usize> = reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column) && reader.facts[table].reference_of[column].is_none()
        })
        .collect();
    let nouns = |column: usize| -> Vec<String> {
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
    let alike = |first: usize, second: usize| {
        let (first, second) = (nouns(first), nouns(second));
        first.is_empty() || second.is_empty() || first.iter().any(|word| second.contains(word))
    };
    let mut found: Vec<(Option<usize>, usize, usize)> = Vec::new();
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

/// Balances: sums up to each row of an account's entries.
fn ledger(reader: &mut Reader<'_, '_>, table: usize) {
    let name = reader.table_name(table);
    let is_ledger = name.has_any(&[
        "entry",
        "entries",
        "transaction",
        "transactions",
        "movement",
        "movements",
        "ledger",
        "ledgers",
        "history",
        "histories",
        "posting",
        "postings",
        "points",
        "log",
        "logs",
        "records",
        "adjustments",
        "moves",
    ]);
    if !is_ledger || reader.rows(table) > MOST_ROWS {
        return;
    }
    entries(reader, table);
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) {
            continue;
        }
        let is_balance = reader.name(table, column).is(&[
            "balance",
            "balance_after",
            "running_balance",
            "running_total",
            "cumulative_total",
            "balance_cents",
            "stock_after",
            "quantity_after",
            "total_after",
            "points_balance",
            "new_balance",
            "balance_after_cents",
        ]);
        if let (true, Some(via), Some(of)) = (
            is_balance,
            reader.owner(table),
            signed(reader, table, column),
        ) {
            let sum = Expr::Running(via, Box::new(Expr::Column(of)));
            reader.relate(
                table,
                column,
                Relation::Value(sum),
                "the sum until this row",
            );
        }
    }
}

/// Kinds of entries that take something away.
const TAKES: &[&str] = &[
    "pick",
    "picked",
    "scrap",
    "scrapped",
    "sale",
    "sold",
    "issue",
    "issued",
    "out",
    "outbound",
    "withdrawal",
    "withdraw",
    "debit",
    "shipment",
    "shipped",
    "consumption",
    "consumed",
    "loss",
    "damage",
    "write_off",
    "transfer_out",
    "spend",
    "spent",
    "redeem",
    "redeemed",
    "redemption",
    "payment",
    "fee",
    "expired",
    "expiry",
    "dispatch",
    "出庫",
    "出荷",
    "廃棄",
    "使用",
    "利用",
    "失効",
    "出金",
    "引出",
    "払出",
];
const GIVES: &[&str] = &[
    "receipt",
    "received",
    "receive",
    "return",
    "returned",
    "purchase",
    "purchased",
    "in",
    "inbound",
    "deposit",
    "credit",
    "production",
    "produced",
    "found",
    "transfer_in",
    "earn",
    "earned",
    "grant",
    "granted",
    "opening",
    "refund",
    "restock",
    "入庫",
    "入荷",
    "返品",
    "入金",
    "付与",
    "預入",
    "受入",
];

/// What goes out is taken away, and what comes in is added; what was there before is what the entry before left.
fn entries(reader: &mut Reader<'_, '_>, table: usize) {
    let named = |reader: &Reader<'_, '_>, words: &[&str]| {
        reader.free(table, |_| true).into_iter().find(|&column| {
            reader.is_number(table, column) && reader.name(table, column).has(words)
        })
    };
    let Some(of) = signed(reader, table, usize::MAX) else {
        return;
    };
    let Some(via) = reader.owner(table) else {
        return;
    };
    let after = reader.columns(table).find(|&column| {
        column != of
            && reader.is_number(table, column)
            && reader.name(table, column).is(&[
                "after",
                "balance",
                "balance_after",
                "running_total",
                "closing_balance",
                "balance_cents",
                "balance_after_cents",
                "new_balance",
            ])
    });
    let before = named(reader, &["before", "opening", "previous"])
        .filter(|&before| before != of && Some(before) != after);
    if before.is_none() && after.is_none() {
        return;
    }
    let kinds = reader.columns(table).find_map(|kind| {
        let name = reader.name(table, kind);
        if !name.has(&[
            "kind",
            "type",
            "reason",
            "direction",
            "movement",
            "entry",
            "category",
        ]) || reader.facts[table].reference_of[kind].is_some()
        {
            return None;
        }
        let all = crate::plan::story::lifecycles::labels(reader, table, kind);
        let of_kind = |words: &[&str]| -> Vec<String> {
            all.iter()
                .filter(|(_, word)| {
                    let word = word.to_lowercase().replace([' ', '-'], "_");
                    words.contains(&word.as_str())
                })
                .map(|(text, _)| text.clone())
                .collect()
        };
        let (takes, gives) = (of_kind(TAKES), of_kind(GIVES));
        (!takes.is_empty() && !gives.is_empty()).then_some((kind, takes))
    });
    let domain = reader.facts[table]
        .rules
        .domains
        .get(&reader.column(table, of).name)
        .cloned()
        .unwrap_or_default();
    let may_be_negative =
        crate::plan::bounds::number_bounds(reader.kind(table, of), &domain).least < 0;
    let is_whole = reader.is_whole(table, of);
    if let (Some((kind, takes)), true) = (kinds, may_be_negative) {
        let unit = if is_whole { ONE } else { ONE / 2 };
        let few = Expr::Random("goes out", unit, 6, unit, true);
        let much = Expr::Random("comes in", 10 * unit, 40, unit, false);
        let value = Expr::when(Expr::Is(kind, takes), Expr::Number(0).minus(few), much);
        reader.relate(
            table,
            of,
            Relation::Value(value),
            "what goes out is taken away",
        );
    }
    let running = Expr::Running(via, Box::new(Expr::Column(of)));
    if let Some(before) = before {
        reader.relate(
            table,
            before,
            Relation::Value(running.minus(Expr::Column(of))),
            "what the entry before left",
        );
    }
}

/// What readers do with what was sent or published.
fn reactions(reader: &mut Reader<'_, '_>, table: usize) {
    const REACTIONS: &[&str] = &[
        "opened",
        "opens",
        "open",
        "clicked",
        "clicks",
        "click",
        "bounced",
        "bounces",
        "unsubscribed",
        "unsubscribes",
        "delivered",
        "views",
        "viewed",
        "view",
        "likes",
        "shares",
        "downloads",
        "replied",
        "converted",
        "impressions",
        "sent",
        "read",
    ];
    let Some(cycle) = reader.story.tables[table].cycle.clone() else {
        return;
    };
    let Some(event) = ["sent", "published"]
        .iter()
        .find_map(|name| cycle.event(name))
    else {
        return;
    };
    let all = reader.columns(table).find(|&column| {
        reader.is_whole(table, column)
            && reader.name(table, column).has(&[
                "recipients",
                "recipient",
                "subscribers",
                "audience",
                "targets",
                "receivers",
            ])
    });
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        if !reader.is_whole(table, column)
            || !name.has(REACTIONS)
            || name.has(&["limit", "max", "id", "rate"])
            || Some(column) == all
            || (reader.is_nullable(table, column) && !name.has(&["count"]))
        {
            continue;
        }
        let usual = match all {
            Some(all) => Expr::Floor(
                Box::new(Expr::Column(all).percent(Expr::Random("reacting", 0, 80, ONE, false))),
                ONE,
            ),
            None => Expr::Usual(column),
        };
        let value = Expr::when(Expr::happened(event), usual, Expr::Number(0));
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "none before it was sent or published",
        );
    }
}

/// Rates and percentages of two other numbers.
fn rates(reader: &mut Reader<'_, '_>, table: usize) {
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        let is_rate = name.has(&[
            "rate",
            "percent",
            "percentage",
            "ratio",
            "pct",
            "progress",
            "completion",
            "utilization",
            "occupancy",
        ]);
        if !reader.is_number(table, column)
            || !is_rate
            || money::role(&name).is_some()
            || name.has(&[
                "tax",
                "discount",
                "interest",
                "exchange",
                "hourly",
                "coverage",
                "commission",
            ])
        {
            continue;
        }
        let number = |other: usize| {
            other != column
                && reader.is_number(table, other)
                && reader.facts[table].reference_of[other].is_none()
        };
        let mut found = None;
        if let Some((_, rest)) = name
            .text
            .split_once(" of the ")
            .or_else(|| name.text.split_once(" of all "))
            .or_else(|| name.text.split_once(" of "))
            && let Some((whole, part)) = [" who ", " that ", " which ", " with "]
                .iter()
                .find_map(|mark| rest.split_once(mark))
        {
            let part = spoken_of(reader, table, part, &number);
            let whole = spoken_of(reader, table, whole, &|other| {
                number(other) && Some(other) != part
            });
            found = part.zip(whole);
        }
        let found = found.or_else(|| by_name(reader, table, column));
        let Some((part, whole)) = found else {
            continue;
        };
        // What was made of the rate doesn't make it.
        if [part, whole].iter().any(|&made| {
            reader.story.tables[table].relations.get(&made).is_some_and(
                |(relation, _)| matches!(relation, Relation::Value(value) if value.is_of(column)),
            )
        }) {
            continue;
        }
        let kind = reader.kind(table, column);
        let digits = scale(kind);
        let has_room = match kind {
            ValueType::Numeric {
                precision: Some(precision),
                ..
            } => i64::from(*precision) - i64::from(digits) >= 3,
            _ => digits == 0 || name.text.contains("percent"),
        };
        let percent = digits == 0
            || name.has(&["percent", "percentage", "pct", "progress"])
            || name.text.contains("percent")
            || (has_room && digits <= 2);
        let mut rate = Expr::Column(part).per(Expr::Column(whole));
        if percent {
            rate = Expr::Column(part)
                .times(Expr::whole(100))
                .per(Expr::Column(whole));
        }
        if !reader.is_nullable(table, column) {
            rate = Expr::First(vec![rate, Expr::Number(0)]);
        }
        if digits == 0 {
            rate = Expr::Floor(Box::new(rate), ONE);
        }
        let why = format!(
            "`{}` of `{}`",
            reader.column(table, part).name,
            reader.column(table, whole).name
        );
        smaller(reader, table, part, whole);
        reader.relate(table, column, Relation::Value(rate), why);
    }
}

/// Makes a free number a part of another.
fn smaller(reader: &mut Reader<'_, '_>, table: usize, part: usize, whole: usize) {
    if !reader.is_free(table, part)
        || counts_children(reader, table, part)
        || reader.name(table, part).own.last() == "count" && !reader.children(table).is_empty()
    {
        return;
    }
    let unit = ONE / 10_i128.pow(scale(reader.kind(table, part)).min(6));
    let share = Expr::Column(whole).percent(Expr::Random("part", 0, 101, ONE, false));
    let end = reader.story.tables[table]
        .cycle
        .as_ref()
        .and_then(|cycle| cycle.event("completed"));
    if let (Some(end), true) = (
        end,
        reader
            .name(table, part)
            .has(&["completed", "done", "finished", "watched", "read"]),
    ) {
        // All where it is through, less before.
        let less = Expr::Column(whole).percent(Expr::Random("part", 0, 99, ONE, false));
        let value = Expr::when(
            Expr::happened(end),
            Expr::Column(whole),
            Expr::Floor(Box::new(less), unit),
        );
        reader.relate(
            table,
            part,
            Relation::Value(value),
            "all of it once it is through",
        );
        return;
    }
    reader.relate(
        table,
        part,
        Relation::Value(Expr::Floor(Box::new(share), unit)),
        "a part of the whole",
    );
}

/// The part and the whole of a rate, by names: `open_rate` is `opened_count` of `sent_count`.
fn by_name(reader: &Reader<'_, '_>, table: usize, column: usize) -> Option<(usize, usize)> {
    const DONE: &[&str] = &[
        "completed",
        "done",
        "finished",
        "closed",
        "passed",
        "resolved",
        "correct",
        "answered",
        "achieved",
        "present",
        "won",
        "succeeded",
    ];
    const ALL: &[&str] = &[
        "total",
        "recipients",
        "sent",
        "delivered",
        "impressions",
        "visitors",
        "participants",
        "attempts",
        "members",
        "all",
        "capacity",
        "seats",
        "rooms",
        "invited",
        "played",
        "questions",
        "goal",
        "target",
    ];
    let name = reader.name(table, column);
    let words: Vec<String> = name
        .own
        .words
        .iter()
        .filter(|word| {
            !matches!(
                word.as_str(),
                "rate" | "percent" | "percentage" | "ratio" | "pct"
            )
        })
        .map(|word| stem(word))
        .collect();
    let numbers: Vec<usize> = reader
        .columns(table)
        .filter(|&other| {
            other != column
                && reader.is_number(table, other)
                && reader.facts[table].reference_of[other].is_none()
                && !reader
                    .name(table, other)
                    .has(&["rate", "percent", "percentage", "id"])
        })
        .collect();
    let part = numbers.iter().copied().find(|&other| {
        let own: Vec<String> = reader
            .name(table, other)
            .own
            .words
            .iter()
            .map(|word| stem(word))
            .collect();
        if name.has(&["progress", "completion"]) {
            reader.name(table, other).has(DONE)
        } else {
            !words.is_empty() && words.iter().any(|word| own.contains(word))
        }
    })?;
    let nouns = |column: usize| -> Vec<String> {
        reader
            .name(table, column)
            .own
            .words
            .iter()
            .filter(|word| !DONE.contains(&word.as_str()) && word.as_str() != "count")
            .map(|word| stem(word))
            .collect()
    };
    let whole = numbers
        .iter()
        .copied()
        .filter(|&other| other != part)
        .find(|&other| {
            let own = nouns(other);
            (!own.is_empty() && own == nouns(part)) || reader.name(table, other).has(ALL)
        })?;
    Some((part, whole))
}
