//! What is paid out of a gross amount, and totals of what stands beside them: wages, payouts, parts that other rows make up.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::money::{Role, in_cents, of, roles, share};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// Wages: what is paid out is the gross less taxes and deductions.
pub(super) fn payroll(reader: &mut Reader<'_, '_>, table: TableId) -> bool {
    const LABELS: [&str; 4] = [
        "deducted",
        "deducted too",
        "also deducted",
        "deducted besides",
    ];
    let is_pay = reader.table_name(table).has_any(&[
        "payslip",
        "payslips",
        "payroll",
        "payrolls",
        "salary",
        "salaries",
        "wage",
        "wages",
        "paycheck",
        "paychecks",
    ]);
    let numbers: Vec<ColumnId> = reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column) && reader.facts[table].reference_of[column].is_none()
        })
        .collect();
    let named = |words: &[&str]| {
        numbers.iter().copied().find(|&column| {
            let name = reader.name(table, column);
            name.has(words) && (is_pay || name.has(&["pay", "salary", "wage", "wages", "income"]))
        })
    };
    let (Some(gross), Some(net)) = (named(&["gross"]), named(&["net"])) else {
        return false;
    };
    // What is earned is the sum of what it is earned for, where that is told.
    let earned: Vec<Expr> = numbers
        .iter()
        .copied()
        .filter(|&column| {
            let name = reader.name(table, column);
            column != gross
                && column != net
                && name.has(&[
                    "salary",
                    "pay",
                    "basic",
                    "base",
                    "allowance",
                    "bonus",
                    "overtime",
                    "commission",
                ])
                && !name.has(&[
                    "rate",
                    "percent",
                    "hours",
                    "minutes",
                    "days",
                    "day",
                    "annual",
                    "hourly",
                    "year",
                    "tax",
                    "deduction",
                    "deductions",
                    "total",
                    "number",
                ])
        })
        .map(Expr::Column)
        .collect();
    let all = if earned.len() > 1 {
        Expr::Sum(earned)
    } else {
        Expr::Usual(gross)
    };
    reader.relate(table, gross, Relation::Value(all), "what is earned");
    let mut less = Expr::Column(gross);
    let mut deducted = Vec::new();
    let total = numbers.iter().copied().find(|&column| {
        let name = reader.name(table, column);
        name.has(&["deduction", "deductions"]) && name.has(&["total", "sum", "all"])
    });
    let mut labels = LABELS.iter().cycle();
    for &column in &numbers {
        let name = reader.name(table, column).clone();
        if column == gross
            || column == net
            || Some(column) == total
            || name.has(&["rate", "percent", "hours", "days", "bonus"])
        {
            continue;
        }
        if name.has(&[
            "tax",
            "deduction",
            "deductions",
            "insurance",
            "security",
            "pension",
            "contribution",
            "contributions",
            "withholding",
            "health",
        ]) {
            let digit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, column)).min(6));
            let part = Expr::Column(gross).percent(Expr::Random(
                labels.next().unwrap_or(&LABELS[0]),
                4_000_000,
                10,
                1_000_000,
                false,
            ));
            reader.relate(
                table,
                column,
                Relation::Value(Expr::Floor(Box::new(part), digit)),
                "a part of the gross",
            );
            less = less.minus(Expr::Column(column));
            deducted.push(Expr::Column(column));
        }
    }
    if let Some(total) = total {
        let sum = Expr::Sum(deducted);
        reader.relate(
            table,
            total,
            Relation::Value(sum),
            "the sum of what is deducted",
        );
    }
    reader.relate(
        table,
        net,
        Relation::Value(less),
        "the gross less what is deducted",
    );
    true
}

/// A part that rows of another table make up: `parts_cost` of what each of the `parts` costs.
pub(super) fn part_of_children(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    if !reader.is_free(table, column) {
        return;
    }
    let name = reader.name(table, column).own.clone();
    let Some(of) = name
        .words
        .first()
        .map(|word| crate::plan::names::singular(word))
    else {
        return;
    };
    let found = reader.children(table).into_iter().find_map(|(child, via)| {
        let one = reader.one_of(child);
        if child == table || reader.reference(child, via).is_none() {
            return None;
        }
        let only = if one.rsplit('_').next() == Some(of.as_str()) {
            None
        } else {
            Some(Box::new(of_kind(reader, child, &of)?))
        };
        let theirs = roles(reader, child);
        let result = [Role::Total, Role::Amount, Role::Subtotal, Role::UnitPrice]
            .iter()
            .find_map(|role| self::of(&theirs, *role))?;
        (in_cents(reader.name(child, result)) == in_cents(reader.name(table, column)))
            .then_some((child, via, result, only))
    });
    if let Some((child, via, result, only)) = found {
        let sum = Expr::Over {
            table: child,
            via,
            fold: Fold::Sum,
            of: Box::new(Expr::Column(result)),
            only,
        };
        // What no row makes up costs nothing.
        let sum = reader.or_zero(table, column, sum);
        let theirs = reader.facts[child].table.name.clone();
        reader.relate(
            table,
            column,
            Relation::Value(sum),
            format!("the sum of its `{theirs}`"),
        );
    }
}

/// Whether a row is of a kind that is called so: `labor` where its `type` is `LaborItem`.
fn of_kind(reader: &Reader<'_, '_>, table: TableId, word: &str) -> Option<Expr> {
    reader.columns(table).find_map(|kind| {
        if !reader
            .name(table, kind)
            .is(&["type", "kind", "category", "item_type"])
        {
            return None;
        }
        let texts: Vec<String> = crate::plan::story::lifecycles::labels(reader, table, kind)
            .into_iter()
            .filter(|(_, label)| {
                let words = crate::plan::names::NameParts::new(label).words;
                words
                    .first()
                    .is_some_and(|first| crate::plan::names::singular(first) == word)
            })
            .map(|(text, _)| text)
            .collect();
        (!texts.is_empty()).then_some(Expr::Is(kind, texts))
    })
}

/// A gross amount, what is paid out of it, and what is kept: fees, commissions, what is withheld.
pub(super) fn payout(
    reader: &Reader<'_, '_>,
    table: TableId,
) -> Option<(ColumnId, ColumnId, Vec<ColumnId>)> {
    let numbers = numbers_of(reader, table);
    let named = |words: &[&str]| {
        numbers.iter().copied().find(|&column| {
            let name = reader.name(table, column);
            name.has(words) && !name.has(&["rate", "percent", "percentage", "pct"])
        })
    };
    let gross = named(&["gross"])?;
    let net = named(&["net", "payout"]).filter(|&net| reader.is_free(table, net))?;
    let kept: Vec<ColumnId> = numbers
        .iter()
        .copied()
        .filter(|&column| {
            let name = reader.name(table, column);
            column != gross
                && column != net
                && name.has(&[
                    "fee",
                    "fees",
                    "commission",
                    "withheld",
                    "withholding",
                    "deduction",
                    "deductions",
                ])
                && !name.has(&["rate", "percent", "percentage", "pct"])
        })
        .collect();
    let is_taxed = named(&["tax", "vat", "gst"]).is_some_and(|tax| !kept.contains(&tax));
    (!kept.is_empty() && !is_taxed).then_some((gross, net, kept))
}

/// The numbers of a row that may be amounts.
fn numbers_of(reader: &Reader<'_, '_>, table: TableId) -> Vec<ColumnId> {
    reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column)
                && reader.facts[table].reference_of[column].is_none()
                && reader.facts[table].left_out[column].is_none()
                && !crate::plan::story::money::is_measure(&reader.name(table, column).own)
        })
        .collect()
}

/// What of a gross amount is paid out.
pub(super) fn paid_out(reader: &mut Reader<'_, '_>, table: TableId) -> bool {
    let Some((gross, net, less)) = payout(reader, table) else {
        return false;
    };
    let numbers = numbers_of(reader, table);
    let mut rest = Expr::Column(gross);
    for &column in &less {
        let stem: Vec<String> = reader.name(table, column).own.words.clone();
        let rate = numbers.iter().copied().find(|&rate| {
            let name = reader.name(table, rate);
            name.has(&["rate", "percent", "percentage", "pct"])
                && (less.len() == 1
                    || name
                        .own
                        .words
                        .iter()
                        .any(|word| stem.iter().any(|own| own.get(..4) == word.get(..4))))
        });
        let digit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, column)).min(6));
        let part = match rate {
            Some(rate) => Expr::Column(gross).times(share(reader, table, rate)),
            None => Expr::Floor(
                Box::new(Expr::Column(gross).percent(Expr::Random(
                    "fee of the gross",
                    2_000_000,
                    12,
                    1_000_000,
                    false,
                ))),
                digit,
            ),
        };
        reader.relate(table, column, Relation::Value(part), "a part of the gross");
        rest = rest.minus(Expr::Column(column));
    }
    reader.relate(
        table,
        net,
        Relation::Value(rest),
        "the gross less what is kept of it",
    );
    true
}

/// A total that nothing else makes is the sum of the amounts beside it.
pub(super) fn sum_of_the_row(reader: &mut Reader<'_, '_>, table: TableId) {
    const MONEY: &[&str] = &[
        "amount",
        "cost",
        "costs",
        "fee",
        "fees",
        "salary",
        "bonus",
        "allowance",
        "charge",
        "charges",
        "premium",
        "surcharge",
        "rent",
        "tax",
        "vat",
        "compensation",
        "overtime",
        "wage",
        "commission",
        "income",
    ];
    let numbers = numbers_of(reader, table);
    let totals: Vec<ColumnId> = numbers
        .iter()
        .copied()
        .filter(|&column| {
            let name = reader.name(table, column);
            let noun: Vec<&str> = name
                .own
                .words
                .iter()
                .map(String::as_str)
                .filter(|word| {
                    !matches!(*word, "total" | "grand" | "combined" | "overall" | "cents")
                })
                .collect();
            reader.is_free(table, column)
                && name.has(&["total", "grand", "combined", "overall"])
                && noun.iter().all(|word| {
                    matches!(
                        *word,
                        "amount"
                            | "cost"
                            | "costs"
                            | "price"
                            | "compensation"
                            | "charge"
                            | "charges"
                            | "fee"
                            | "fees"
                            | "payable"
                            | "income"
                            | "salary"
                            | "expense"
                            | "expenses"
                            | "premium"
                            | "rent"
                            | "monthly"
                            | "sum"
                    )
                })
                && !name.has(&[
                    "count", "number", "average", "paid", "due", "spent", "limit", "budget",
                    "sales", "lifetime", "revenue", "days", "hours", "quantity", "score", "points",
                ])
                && !reader.children(table).iter().any(|(child, _)| {
                    let one = reader.one_of(*child);
                    name.has(&[one.rsplit('_').next().unwrap_or(&one)])
                })
        })
        .collect();
    let [total] = totals.as_slice() else {
        return;
    };
    let cents = in_cents(reader.name(table, *total));
    let parts: Vec<ColumnId> = numbers
        .iter()
        .copied()
        .filter(|&column| {
            let name = reader.name(table, column);
            column != *total
                && name.has(MONEY)
                && in_cents(name) == cents
                && !name.has(&[
                    "rate",
                    "percent",
                    "percentage",
                    "pct",
                    "min",
                    "max",
                    "minimum",
                    "maximum",
                    "average",
                    "total",
                    "paid",
                    "due",
                    "refund",
                    "refunded",
                    "limit",
                    "budget",
                    "unit",
                    "hourly",
                    "daily",
                    "per",
                    "net",
                    "gross",
                    "ytd",
                    "annual",
                    "previous",
                    "last",
                    "next",
                    "claimed",
                    "approved",
                    "requested",
                    "expected",
                    "estimated",
                    "count",
                    "id",
                ])
        })
        .collect();
    if parts.len() < 2 {
        return;
    }
    let signed = |column: ColumnId| {
        reader
            .name(table, column)
            .has(&["discount", "deduction", "deductions", "rebate"])
    };
    let (less, more): (Vec<ColumnId>, Vec<ColumnId>) =
        parts.into_iter().partition(|&part| signed(part));
    let mut sum = Expr::Sum(more.into_iter().map(Expr::Column).collect());
    for part in less {
        sum = sum.minus(Expr::Column(part));
    }
    reader.relate(
        table,
        *total,
        Relation::Value(sum),
        "the sum of the amounts beside it",
    );
}
