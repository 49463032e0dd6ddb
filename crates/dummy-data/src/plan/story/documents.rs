//! Amounts of documents: sums of their lines, taxes, totals, what is paid and due; and the payments that settle them.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::checks::is_made_of;
use crate::plan::story::lifecycles::StateColumn;
use crate::plan::story::lists::List;
use crate::plan::story::money::{Role, discount_of, in_cents, of, relate_rate, role, roles, share};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::Fold;

/// Finds amounts that an event gives: what was approved of what was claimed.
pub(crate) fn find_granted(reader: &mut Reader<'_, '_>, table: TableId) {
    let Some(cycle) = reader.story.tables[table].cycle.clone() else {
        return;
    };
    let base = reader.columns(table).find(|&column| {
        let name = reader.name(table, column);
        reader.is_number(table, column)
            && reader.facts[table].reference_of[column].is_none()
            && name.has(&[
                "amount", "price", "total", "cents", "quantity", "days", "hours",
            ])
            && (name.has(&[
                "claimed",
                "requested",
                "applied",
                "original",
                "asked",
                "ordered",
                "invoiced",
            ]) || name.whole_is(&[
                "amount",
                "total",
                "total_amount",
                "amount_cents",
                "quantity",
                "principal",
                "loan_amount",
            ]))
    });
    let Some(base) = base else {
        return;
    };
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).own.clone();
        if column == base
            || !reader.is_number(table, column)
            || !name.has_any(&["amount", "cents", "quantity", "total", "days", "hours"])
            || name.has_any(&[
                "claimed",
                "requested",
                "applied",
                "original",
                "ordered",
                "tax",
                "discount",
                "unit",
                "fee",
            ])
        {
            continue;
        }
        let Some((word, event)) = name
            .words
            .iter()
            .find_map(|word| Some((word.clone(), cycle.event(word)?)))
        else {
            continue;
        };
        let digit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, column)).min(6));
        let part = Expr::when(
            Expr::Chance("whole", 40_000),
            Expr::Column(base),
            Expr::Floor(
                Box::new(
                    Expr::Column(base)
                        .percent(Expr::Random("granted", 50_000_000, 50, 1_000_000, false)),
                ),
                digit,
            ),
        );
        let nothing = if reader.is_nullable(table, column) {
            Expr::Null
        } else {
            Expr::Number(0)
        };
        let value = Expr::when(Expr::happened(event), part, nothing);
        reader.relate(
            table,
            column,
            Relation::Value(value),
            format!("at most the whole, once it was {word}"),
        );
    }
}

/// What shipping and the like cost: little.
pub(super) fn small_fee(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let yen = reader.request.locale == crate::locale::Locale::Japanese;
    let (step, count) = match (in_cents(reader.name(table, column)), yen) {
        (_, true) => (110_000_000, 10),
        (true, _) => (250_000_000, 8),
        (false, _) => (2_500_000, 8),
    };
    let fee = Expr::when(
        Expr::Chance("free", 16_000),
        Expr::Number(0),
        Expr::Random(
            label_of(reader.name(table, column)),
            step,
            count,
            step,
            true,
        ),
    );
    reader.relate(table, column, Relation::Value(fee), "a small fee");
}

/// A stream of its own for each fee of a row.
fn label_of(name: &crate::plan::story::Named) -> &'static str {
    const LABELS: &[(&str, &str)] = &[
        ("tip", "tip"),
        ("gratuity", "tip"),
        ("service", "service fee"),
        ("cleaning", "cleaning fee"),
        ("booking", "booking fee"),
        ("processing", "processing fee"),
        ("platform", "platform fee"),
        ("surcharge", "surcharge"),
        ("late", "late fee"),
    ];
    LABELS
        .iter()
        .find(|(word, _)| name.has(&[word]))
        .map_or("fee", |(_, label)| label)
}

/// Whether a table has lines of quantity and price that are called after it.
fn has_own_lines(reader: &Reader<'_, '_>, table: TableId) -> bool {
    let one = reader.one_of(table);
    let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
    lines_of(reader, table, false).is_some_and(|Lines { child, .. }| {
        let theirs = roles(reader, child);
        let name = reader.table_name(child);
        of(&theirs, Role::Quantity).is_some()
            && of(&theirs, Role::UnitPrice).is_some()
            && (name.whole.starts_with(&one) || name.whole.starts_with(&last))
    })
}

/// The columns of a role that a table may have several of.
fn all_of(roles: &[(Role, ColumnId)], role: Role) -> Vec<ColumnId> {
    roles
        .iter()
        .filter(|(own, _)| *own == role)
        .map(|(_, column)| *column)
        .collect()
}

/// What is paid and what is due.
pub(super) fn settled(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    roles: &[(Role, ColumnId)],
    total: Option<ColumnId>,
) {
    let Some(total) = total else {
        return;
    };
    let cycle = reader.story.tables[table].cycle.clone();
    let event = |name: &str| cycle.as_ref().and_then(|cycle| cycle.event(name));
    let paid_at = ["paid", "completed"].iter().find_map(|name| event(name));
    if let Some(paid) = of(roles, Role::Paid) {
        let all = Expr::Column(total);
        let mut expr = match paid_at {
            Some(event) => Expr::when(Expr::happened(event), all, Expr::Number(0)),
            None => Expr::when(Expr::Chance("paid", 45_000), all, Expr::Number(0)),
        };
        // What its state calls paid in part is.
        if let Some(StateColumn {
            column: state,
            labels,
        }) = cycle.as_ref().and_then(|cycle| cycle.state.clone())
        {
            let words = crate::plan::story::lifecycles::labels(reader, table, state);
            let in_part: Vec<String> = labels
                .into_iter()
                .filter(|label| {
                    let word = words
                        .iter()
                        .find(|(text, _)| text == label)
                        .map_or(label.as_str(), |(_, word)| word);
                    word.to_lowercase().contains("partial") || word.contains("一部")
                })
                .collect();
            if !in_part.is_empty() {
                let digit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, paid)).min(6));
                let some = Expr::Column(total).percent(Expr::Random(
                    "paid in part",
                    20_000_000,
                    6,
                    10_000_000,
                    false,
                ));
                expr = Expr::when(
                    Expr::Is(state, in_part),
                    Expr::Floor(Box::new(some), digit),
                    expr,
                );
            }
        }
        reader.relate(
            table,
            paid,
            Relation::Value(expr),
            "the total once it is paid, nothing before",
        );
        if let Some(due) = of(roles, Role::Due) {
            let mut open = Expr::Column(total).minus(Expr::Column(paid));
            // Of what was written off nobody expects anything.
            if cycle.as_ref().is_some_and(|cycle| cycle.state.is_none())
                && let Some(lost) = event("uncollectible")
            {
                open = Expr::when(Expr::happened(lost), Expr::Number(0), open);
            }
            reader.relate(
                table,
                due,
                Relation::Value(open),
                "the total less what is paid",
            );
        }
    } else if let (Some(due), Some(deposit)) = (
        of(roles, Role::Due),
        reader.columns(table).find(|&column| {
            reader.is_number(table, column)
                && reader
                    .name(table, column)
                    .has(&["deposit", "prepaid", "down", "advance"])
                && !reader
                    .name(table, column)
                    .has(&["percent", "rate", "percentage"])
        }),
    ) {
        let open = Expr::Column(total).minus(Expr::Column(deposit));
        reader.relate(
            table,
            due,
            Relation::Value(open),
            "the total less what was paid in advance",
        );
        let digit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, deposit)).min(6));
        let some = Expr::Column(total).percent(Expr::Random(
            "paid in advance",
            10_000_000,
            5,
            10_000_000,
            false,
        ));
        let some = Expr::when(
            Expr::Chance("paid in advance", 30_000),
            Expr::Floor(Box::new(some), digit),
            Expr::Number(0),
        );
        reader.relate(
            table,
            deposit,
            Relation::Value(some),
            "a part of the total, or none",
        );
    } else if let Some(due) = of(roles, Role::Due) {
        let expr = match paid_at {
            Some(event) => Expr::when(Expr::happened(event), Expr::Number(0), Expr::Column(total)),
            None => Expr::when(
                Expr::Chance("paid", 45_000),
                Expr::Number(0),
                Expr::Column(total),
            ),
        };
        reader.relate(
            table,
            due,
            Relation::Value(expr),
            "the total until it is paid",
        );
    }
    if let Some(refunded) = of(roles, Role::Refunded) {
        let nothing = if reader.is_nullable(table, refunded) {
            Expr::Null
        } else {
            Expr::Number(0)
        };
        let expr = match event("refunded") {
            Some(event) => Expr::when(Expr::happened(event), Expr::Column(total), nothing),
            None => Expr::when(
                Expr::Chance("refunded", 3_000),
                Expr::Column(total),
                nothing,
            ),
        };
        reader.relate(
            table,
            refunded,
            Relation::Value(expr),
            "the total where it was refunded",
        );
    }
}

/// The taxes of an amount: by the rate of the row, of what the row belongs to, or a usual one.
fn taxes_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    roles: &[(Role, ColumnId)],
    amount: Expr,
) -> Expr {
    if let Some(rate) = of(roles, Role::TaxRate) {
        return amount.times(share(reader, table, rate));
    }
    let theirs = reader.references(table).into_iter().find_map(|(via, to)| {
        let rate = of(&self::roles(reader, to), Role::TaxRate)?;
        let always =
            to != table && !reader.is_nullable(table, via) && !reader.is_nullable(to, rate);
        always.then(|| Expr::There(via, Box::new(share(reader, to, rate))))
    });
    match theirs {
        Some(share) => amount.times(share),
        None => amount.percent(Expr::whole(10)),
    }
}

/// Finds payments: what settles the total of another table's row.
pub(crate) fn find_payments(reader: &mut Reader<'_, '_>, table: TableId) {
    let name = reader.table_name(table);
    if !name.has_any(&[
        "payment",
        "payments",
        "charge",
        "charges",
        "receipt",
        "receipts",
        "transaction",
        "transactions",
        "settlement",
        "settlements",
        "refund",
        "refunds",
        "deposit",
        "paid",
    ]) {
        return;
    }
    let roles = roles(reader, table);
    let Some(amount) = [Role::Amount, Role::Total, Role::Paid, Role::Refunded]
        .iter()
        .find_map(|role| of(&roles, *role))
        .filter(|column| reader.is_free(table, *column))
    else {
        return;
    };
    for (via, target) in reader.references(table) {
        if target == table {
            continue;
        }
        let theirs = self::roles(reader, target);
        let Some(total) = of(&theirs, Role::Total)
            .or_else(|| of(&theirs, Role::Amount))
            .or_else(|| of(&theirs, Role::Subtotal))
        else {
            continue;
        };
        let whole = Expr::There(via, Box::new(Expr::Column(total)));
        let whole = match (
            in_cents(reader.name(target, total)),
            in_cents(reader.name(table, amount)),
        ) {
            (true, false) if scale(reader.kind(table, amount)) > 0 => whole.per(Expr::whole(100)),
            (false, true) if scale(reader.kind(target, total)) > 0 => whole.times(Expr::whole(100)),
            _ => whole,
        };
        let alone = reader.facts[table]
            .unique_sets
            .iter()
            .any(|set| set.columns == [via])
            || reader.rows(table) > crate::plan::story::reader::MOST_ROWS;
        let expr = if alone {
            whole
        } else {
            // Equal parts, and the last pays the rest.
            let unit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, amount)).min(6));
            let part = Expr::Floor(Box::new(whole.clone().per(Expr::Size(via))), unit);
            let before = Expr::Size(via).minus(Expr::whole(1));
            let rest = whole.minus(part.clone().times(before.clone()));
            Expr::when(
                Expr::AtMost(Box::new(before), Box::new(Expr::Rank(via))),
                rest,
                part,
            )
        };
        let of = reader.facts[target].table.name.clone();
        reader.relate(
            table,
            amount,
            Relation::Value(expr),
            format!("what is owed by `{of}`"),
        );
        given_back(reader, table, &roles, amount);
        return;
    }
}

/// What of a payment was given back: all of some that were paid.
fn given_back(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    roles: &[(Role, ColumnId)],
    amount: ColumnId,
) {
    let Some(refunded) = of(roles, Role::Refunded).filter(|&column| column != amount) else {
        return;
    };
    let cycle = reader.story.tables[table].cycle.clone();
    let event = |name: &str| cycle.as_ref().and_then(|cycle| cycle.event(name));
    let nothing = if reader.is_nullable(table, refunded) {
        Expr::Null
    } else {
        Expr::Number(0)
    };
    let condition = match (
        event("refunded"),
        event("paid").or_else(|| event("completed")),
    ) {
        (Some(event), _) => Expr::happened(event),
        (None, Some(paid)) => {
            Expr::All(vec![Expr::happened(paid), Expr::Chance("refunded", 3_000)])
        }
        (None, None) => Expr::Chance("refunded", 3_000),
    };
    let value = Expr::when(condition, Expr::Column(amount), nothing);
    reader.relate(
        table,
        refunded,
        Relation::Value(value),
        "all of it where it was given back",
    );
}

/// Rows of another table that a document sums.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// Their table.
    child: TableId,
    /// Their column that leads here.
    via: ColumnId,
    /// Their amount.
    result: ColumnId,
}

/// The lines that a document sums.
pub(super) fn lines_of(reader: &Reader<'_, '_>, table: TableId, before_tax: bool) -> Option<Lines> {
    let one = reader.one_of(table);
    let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
    let mut best: Option<(u32, Lines)> = None;
    for (child, via) in reader.children(table) {
        if child == table
            || reader.facts[child].master.is_some()
            || reader.reference(child, via).is_none()
        {
            continue;
        }
        let name = reader.table_name(child);
        let roles = roles(reader, child);
        let result = if before_tax {
            [Role::Subtotal, Role::Amount, Role::Total]
        } else {
            [Role::Total, Role::Amount, Role::Subtotal]
        }
        .iter()
        .find_map(|role| of(&roles, *role));
        let Some(result) = result else {
            continue;
        };
        let is_line = of(&roles, Role::Quantity).is_some() && of(&roles, Role::UnitPrice).is_some();
        let is_named = name.has_any(&[
            "item",
            "items",
            "line",
            "lines",
            "detail",
            "details",
            "entry",
            "entries",
            "position",
            "positions",
            "row",
            "rows",
            "charge",
            "charges",
            "fee",
            "fees",
            "service",
            "services",
            "part",
            "parts",
            "product",
            "products",
            "expense",
            "expenses",
        ]);
        let is_payment = name.has_any(&[
            "payment",
            "payments",
            "refund",
            "refunds",
            "transaction",
            "transactions",
            "receipt",
            "receipts",
            "shipment",
            "shipments",
        ]);
        let is_own = name.whole.starts_with(&one) || name.whole.starts_with(&last);
        if is_payment || !(is_line || is_named) {
            continue;
        }
        let weight = u32::from(is_line) * 4 + u32::from(is_own) * 3 + u32::from(is_named) * 2;
        if best.as_ref().is_none_or(|(most, _)| weight > *most) {
            best = Some((weight, Lines { child, via, result }));
        }
    }
    best.map(|(_, lines)| lines)
}

/// Finds the amounts of documents: sums of their lines, taxes, totals, what is paid and due.
pub(crate) fn find_documents(reader: &mut Reader<'_, '_>, table: TableId) {
    if super::payouts::payroll(reader, table) {
        return;
    }
    if super::payouts::paid_out(reader, table) {
        return;
    }
    documents(reader, table);
    super::payouts::sum_of_the_row(reader, table);
}

/// Amounts that are nothing else beside a total, as wide as it: what a rent is made of beside its sum.
fn other_parts(reader: &Reader<'_, '_>, table: TableId, total: ColumnId) -> Vec<ColumnId> {
    let name = reader.name(table, total);
    let is_money = in_cents(name) || scale(reader.kind(table, total)) == 2;
    if !is_money || !reader.is_free(table, total) {
        return Vec::new();
    }
    reader.free(table, |column| {
        let own = reader.name(table, column);
        column != total
            && reader.kind(table, column) == reader.kind(table, total)
            && in_cents(own) == in_cents(name)
            && role(own).is_none()
            && own.text.is_empty()
            && !reader.is_nullable(table, column)
            && !own.has(List::NoPart.words())
    })
}

fn documents(reader: &mut Reader<'_, '_>, table: TableId) {
    let roles = roles(reader, table);
    let mut parts = all_of(&roles, Role::Part);
    if let Some(total) = of(&roles, Role::Total)
        && of(&roles, Role::Subtotal).is_none()
        && of(&roles, Role::Quantity).is_none()
        && lines_of(reader, table, false).is_none()
    {
        let more = other_parts(reader, table, total);
        if parts.len() + more.len() > 1 {
            parts.extend(more);
        }
    }
    if let (Some(total), false) = (of(&roles, Role::Total), parts.is_empty()) {
        // Parts with names of their own, taxes and fees.
        for &part in &parts {
            super::payouts::part_of_children(reader, table, part);
        }
        let mut added: Vec<Expr> = parts.into_iter().map(Expr::Column).collect();
        for role in [Role::Tax, Role::Shipping, Role::Extra] {
            for more in all_of(&roles, role) {
                if role == Role::Tax && reader.is_free(table, more) {
                    let before = Expr::Sum(added.clone());
                    if let Some(rate) = of(&roles, Role::TaxRate) {
                        relate_rate(reader, table, rate, false);
                    }
                    let taxes = taxes_of(reader, table, &roles, before);
                    reader.relate(table, more, Relation::Value(taxes), "its rate of the parts");
                } else if reader.is_free(table, more) {
                    small_fee(reader, table, more);
                }
                added.push(Expr::Column(more));
            }
        }
        let mut sum = Expr::Sum(added);
        if let Some(discount) = of(&roles, Role::Discount) {
            if reader.is_free(table, discount) {
                let less = discount_of(reader, table, discount, sum.clone());
                reader.relate(
                    table,
                    discount,
                    Relation::Value(less),
                    "a part of the whole, mostly none",
                );
            }
            sum = sum.minus(Expr::Column(discount));
        }
        reader.relate(table, total, Relation::Value(sum), "the sum of its parts");
        settled(reader, table, &roles, Some(total));
        return;
    }
    if of(&roles, Role::Quantity).is_some() && of(&roles, Role::UnitPrice).is_some() {
        return;
    }
    let subtotal = of(&roles, Role::Subtotal);
    let total = of(&roles, Role::Total).or_else(|| {
        // The only amount of what has parts.
        of(&roles, Role::Amount).filter(|_| {
            subtotal.is_some()
                || of(&roles, Role::Tax).is_some()
                || has_own_lines(reader, table)
                || (of(&roles, Role::Paid).is_some() && of(&roles, Role::Due).is_some())
        })
    });
    let before_tax = of(&roles, Role::Tax).is_some() || of(&roles, Role::TaxRate).is_some();
    let lines = lines_of(reader, table, before_tax);
    let known = [
        Role::Subtotal,
        Role::Tax,
        Role::Discount,
        Role::Shipping,
        Role::Paid,
        Role::Due,
    ]
    .iter()
    .filter(|role| of(&roles, **role).is_some())
    .count();
    if subtotal.is_none() && (total.is_none() || (known == 0 && lines.is_none())) {
        return;
    }
    let before = |column: ColumnId| {
        subtotal.is_some_and(|subtotal| is_made_of(reader, table, subtotal, column))
    };
    let charges: Vec<ColumnId> = [Role::Shipping, Role::Extra]
        .iter()
        .flat_map(|role| all_of(&roles, *role))
        .filter(|&charge| !before(charge))
        .collect();
    let discount = of(&roles, Role::Discount).filter(|&discount| !before(discount));
    // What is called net is the sum of its charges where nothing else makes it.
    let net_of_charges = lines.is_none()
        && (charges.len() > 1 || (charges.len() == 1 && total.is_none()))
        && of(&roles, Role::Discount).is_none()
        && subtotal.is_some_and(|net| {
            reader.is_free(table, net)
                && reader
                    .name(table, net)
                    .has(&["net", "taxable", "before", "excluding"])
        });
    if let (true, Some(net)) = (net_of_charges, subtotal) {
        for &charge in &charges {
            let percent = if reader.name(table, charge).has(&["surcharge"]) {
                Some((5, 16))
            } else {
                None
            };
            let base = charges.iter().copied().find(|&other| other != charge);
            if let (Some((least, count)), Some(base)) = (percent, base) {
                let unit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, charge)).min(6));
                let part = Expr::Column(base).percent(Expr::Random(
                    "surcharge",
                    least * 1_000_000,
                    count,
                    1_000_000,
                    false,
                ));
                reader.relate(
                    table,
                    charge,
                    Relation::Value(Expr::Floor(Box::new(part), unit)),
                    "a part of the charge",
                );
            }
        }
        let sum = Expr::Sum(charges.iter().copied().map(Expr::Column).collect());
        reader.relate(table, net, Relation::Value(sum), "the sum of its charges");
    }
    let sum = |reader: &Reader<'_, '_>, column: ColumnId| {
        lines.map(|Lines { child, via, result }| {
            let sum = |fold, of| Expr::Over {
                table: child,
                via,
                fold,
                of: Box::new(of),
                only: None,
            };
            let there = sum(Fold::Count, Expr::whole(1));
            let mut amount = sum(Fold::Sum, Expr::Column(result));
            match (
                in_cents(reader.name(child, result)),
                in_cents(reader.name(table, column)),
            ) {
                (true, false) if scale(reader.kind(table, column)) > 0 => {
                    amount = amount.per(Expr::whole(100));
                }
                (false, true) if scale(reader.kind(child, result)) > 0 => {
                    amount = amount.times(Expr::whole(100));
                }
                _ => {}
            }
            Expr::when(there, amount, Expr::Usual(column))
        })
    };
    let base = match subtotal {
        Some(subtotal) => {
            if let Some(sum) = sum(reader, subtotal) {
                let name = lines.map(|lines| reader.facts[lines.child].table.name.to_string());
                let why = format!("the sum of its `{}`", name.unwrap_or_default());
                reader.relate(table, subtotal, Relation::Value(sum), why);
            }
            Expr::Column(subtotal)
        }
        None => match total {
            // What has nothing but charges is their sum.
            Some(_)
                if lines.is_none()
                    && charges.len() > 1
                    && of(&roles, Role::Tax).is_none()
                    && of(&roles, Role::TaxRate).is_none() =>
            {
                Expr::Number(0)
            }
            Some(total) => sum(reader, total).unwrap_or(Expr::Usual(total)),
            None => return,
        },
    };
    let mut added: Vec<Expr> = vec![base.clone()];
    let mut net = base.clone();
    if let Some(rate) = of(&roles, Role::DiscountRate) {
        relate_rate(reader, table, rate, true);
    }
    if let Some(discount) = discount {
        let less = match of(&roles, Role::DiscountRate) {
            Some(rate) => base.clone().times(share(reader, table, rate)),
            None => discount_of(reader, table, discount, base.clone()),
        };
        reader.relate(
            table,
            discount,
            Relation::Value(less),
            "a part of the subtotal, mostly none",
        );
        net = net.minus(Expr::Column(discount));
        added = vec![net.clone()];
    }
    if let Some(rate) = of(&roles, Role::TaxRate) {
        relate_rate(reader, table, rate, false);
    }
    if let Some(tax) = of(&roles, Role::Tax) {
        let taxes = taxes_of(reader, table, &roles, net.clone());
        reader.relate(
            table,
            tax,
            Relation::Value(taxes),
            "its rate of what is taxed",
        );
        added.push(Expr::Column(tax));
    } else if let Some(rate) = of(&roles, Role::TaxRate)
        && subtotal.is_some()
    {
        added.push(net.clone().times(share(reader, table, rate)));
    }
    if total.is_some() && !net_of_charges {
        for &more in &charges {
            if reader.is_free(table, more) {
                small_fee(reader, table, more);
            }
            added.push(Expr::Column(more));
        }
    }
    if let Some(total) = total {
        reader.relate(
            table,
            total,
            Relation::Value(Expr::Sum(added)),
            "the sum of its parts",
        );
    }
    settled(reader, table, &roles, total.or(subtotal));
}
