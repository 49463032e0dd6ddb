//! Entries of accounts and stocks: what goes out and comes in, what was there before and is after.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::ONE;

/// The number of a ledger's rows that is summed.
pub(super) fn signed(
    reader: &Reader<'_, '_>,
    table: TableId,
    except: Option<ColumnId>,
) -> Option<ColumnId> {
    reader.columns(table).find(|&column| {
        Some(column) != except
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

/// Balances: sums up to each row of an account's entries.
pub(super) fn ledger(reader: &mut Reader<'_, '_>, table: TableId) {
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
            signed(reader, table, Some(column)),
        ) {
            let sum = running(reader, table, via, of);
            reader.relate(
                table,
                column,
                Relation::Value(sum),
                "the sum until this row",
            );
        }
    }
}

/// The sum up to each row, with what was there at the opening of what the rows belong to.
pub(super) fn running(
    reader: &Reader<'_, '_>,
    table: TableId,
    via: ColumnId,
    of: ColumnId,
) -> Expr {
    let sum = Expr::Running(via, Box::new(Expr::Column(of)));
    let opening = reader
        .reference(table, via)
        .filter(|_| !reader.is_nullable(table, via))
        .and_then(|found| Some((found.table, super::openings::of(reader, found.table)?)));
    match opening {
        Some((_, opening)) => {
            Expr::Sum(vec![Expr::There(via, Box::new(Expr::Column(opening))), sum])
        }
        None => sum,
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
    "payout",
    "paid_out",
    "disbursement",
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
fn entries(reader: &mut Reader<'_, '_>, table: TableId) {
    let named = |reader: &Reader<'_, '_>, words: &[&str]| {
        reader.free(table, |_| true).into_iter().find(|&column| {
            reader.is_number(table, column) && reader.name(table, column).has(words)
        })
    };
    let Some(of) = signed(reader, table, None) else {
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
        let texts: Vec<String> = all.iter().map(|(text, _)| text.clone()).collect();
        let first = texts.iter().position(|text| gives.contains(text))?;
        (!takes.is_empty()).then_some((kind, takes, texts, first))
    });
    let mut domain = reader.facts[table]
        .rules
        .domains
        .get(&reader.column(table, of).name)
        .cloned()
        .unwrap_or_default();
    domain.none_of.clear();
    let may_be_negative =
        crate::plan::bounds::number_bounds(reader.kind(table, of), &domain).least < 0;
    let is_whole = reader.is_whole(table, of);
    if let (Some((kind, takes, texts, first)), true) = (kinds, may_be_negative) {
        let unit = if is_whole { ONE } else { ONE / 2 };
        let few = Expr::Random("goes out", unit, 6, unit, true);
        let much = Expr::Random("comes in", 10 * unit, 40, unit, false);
        let mut value = Expr::when(Expr::Is(kind, takes), Expr::Number(0).minus(few), much);
        // Where nothing may be owed something comes in first.
        let opening = reader
            .reference(table, via)
            .and_then(|found| super::openings::of(reader, found.table));
        let never_below = after.is_some_and(|after| {
            let domain = reader.facts[table]
                .rules
                .domains
                .get(&reader.column(table, after).name)
                .cloned()
                .unwrap_or_default();
            crate::plan::bounds::number_bounds(reader.kind(table, after), &domain).least >= 0
        });
        if never_below && opening.is_none() && reader.is_text(table, kind) {
            let is_first = Expr::AtMost(Box::new(Expr::Rank(via)), Box::new(Expr::Number(0)));
            let count = texts.len() as u64;
            let first = Expr::whole(i64::try_from(first).unwrap_or(0));
            let any = Expr::Random("kind of entry", 0, count, ONE, true);
            let which = Expr::when(is_first.clone(), first, any);
            let role = TextRole::OneOf(which, texts);
            if reader.relate(
                table,
                kind,
                Relation::Text(role),
                "what comes in first, then any",
            ) {
                let more = Expr::when(is_first, Expr::Number(60 * unit), Expr::Number(0));
                value = Expr::Sum(vec![value, more]);
            }
        }
        reader.relate(
            table,
            of,
            Relation::Value(value),
            "what goes out is taken away",
        );
    }
    let running = running(reader, table, via, of);
    if let Some(before) = before {
        reader.relate(
            table,
            before,
            Relation::Value(running.minus(Expr::Column(of))),
            "what the entry before left",
        );
    }
}
