//! What is weighed, measured and counted: gross, net and tare; so many pieces of so much each.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::names::singular;
use crate::plan::story::money::{Role, in_cents, is_measure, role};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Finds what is weighed, measured and counted in a table.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    weights(reader, table);
    of_each(reader, table);
    all_of_a_kind(reader, table);
    codes(reader, table);
}

/// The plain numbers of a table.
fn numbers(reader: &Reader<'_, '_>, table: TableId) -> Vec<ColumnId> {
    reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column) && reader.facts[table].reference_of[column].is_none()
        })
        .collect()
}

/// Gross, net, and what lies between them.
fn weights(reader: &mut Reader<'_, '_>, table: TableId) {
    let numbers = numbers(reader, table);
    let find = |words: &[&str]| {
        numbers.iter().copied().find(|&column| {
            let name = reader.name(table, column);
            name.has(words) && name.all().any(is_measure)
        })
    };
    let Some(gross) = find(&["gross", "laden", "loaded"]) else {
        return;
    };
    let net = find(&["net", "unladen", "curb", "kerb", "empty"]);
    let between = find(&["tare", "payload", "packaging", "load"]).filter(|&own| own != gross);
    let share = Expr::Random("share", 102 * ONE, 25, ONE, false);
    match (net, between) {
        (Some(net), between) if net != gross => {
            let digit = ONE / 10_i128.pow(scale(reader.kind(table, gross)).min(6));
            let more = Expr::Floor(Box::new(Expr::Column(net).percent(share)), digit);
            reader.relate(table, gross, Relation::Value(more), "above the net weight");
            if let Some(between) = between.filter(|&between| between != net) {
                let rest = Expr::Column(gross).minus(Expr::Column(net));
                reader.relate(
                    table,
                    between,
                    Relation::Value(rest),
                    "the gross less the net weight",
                );
            }
        }
        (None, Some(less)) => {
            let digit = ONE / 10_i128.pow(scale(reader.kind(table, less)).min(6));
            let part = Expr::Random("share", 5 * ONE, 20, ONE, false);
            let part = Expr::Floor(Box::new(Expr::Column(gross).percent(part)), digit);
            reader.relate(table, less, Relation::Value(part), "a part of the gross");
        }
        _ => {}
    }
}

/// `weight` is `pieces` times `piece_weight`: so many of so much each.
fn of_each(reader: &mut Reader<'_, '_>, table: TableId) {
    const EACH: &[&str] = &[
        "unit", "piece", "each", "per", "single", "item", "pack", "box", "bottle", "carton",
        "case", "parcel", "pallet", "bag", "serving", "portion", "dose", "set", "rep",
    ];
    const WHOLE: &[&str] = &["total", "gross", "sum", "overall", "line", "whole", "all"];
    let numbers = numbers(reader, table);
    for &each in &numbers {
        let name = reader.name(table, each).own.clone();
        let is_each = |word: &str| EACH.contains(&singular(word).as_str());
        if !name.words.iter().any(|word| is_each(word))
            || name.has_any(&["count", "number", "id", "code", "no"])
        {
            continue;
        }
        let measure: Vec<&String> = name.words.iter().filter(|word| !is_each(word)).collect();
        if measure.is_empty() {
            continue;
        }
        let whole = numbers.iter().copied().find(|&whole| {
            let own = &reader.name(table, whole).own.words;
            let rest: Vec<&String> = own
                .iter()
                .filter(|word| !WHOLE.contains(&word.as_str()))
                .collect();
            whole != each && reader.is_free(table, whole) && rest == measure
        });
        let quantity = numbers.iter().copied().find(|&quantity| {
            let own = reader.name(table, quantity);
            quantity != each
                && Some(quantity) != whole
                && !own.has(&["max", "min", "limit"])
                && (role(own) == Some(Role::Quantity)
                    || own.own.words.iter().any(|word| {
                        let one = singular(word);
                        one != *word && is_each(&one) && name.has(&one)
                    }))
        });
        let (Some(whole), Some(quantity)) = (whole, quantity) else {
            continue;
        };
        let product = Expr::Column(quantity).times(Expr::Column(each));
        let why = format!(
            "`{}` times `{}`",
            reader.column(table, quantity).name,
            reader.column(table, each).name
        );
        reader.relate(table, whole, Relation::Value(product), why);
    }
}

/// `total_votes` is all columns of votes together.
fn all_of_a_kind(reader: &mut Reader<'_, '_>, table: TableId) {
    const NO_PARTS: &[&str] = &[
        "total",
        "max",
        "min",
        "average",
        "avg",
        "rate",
        "per",
        "target",
        "planned",
        "estimated",
        "expected",
        "previous",
        "last",
        "limit",
        "unit",
        "remaining",
        "left",
        "used",
        "available",
        "required",
        "net",
        "gross",
        "goal",
    ];
    let numbers = numbers(reader, table);
    for total in reader.free(table, |_| true) {
        let words = reader.name(table, total).own.words.clone();
        let noun = match words.as_slice() {
            [first, noun] if first == "total" => singular(noun),
            [noun, last] if last == "total" => singular(noun),
            _ => continue,
        };
        if !reader.is_number(table, total)
            || role(reader.name(table, total)) == Some(Role::Total) && noun == "amount"
        {
            continue;
        }
        let parts: Vec<ColumnId> = numbers
            .iter()
            .copied()
            .filter(|&part| {
                let own = reader.name(table, part);
                let is_of_kind = own.own.words.len() > 1 && singular(own.own.last()) == noun;
                let is_silent = noun == "vote" && own.own.has_any(&["abstentions", "abstained"]);
                part != total && (is_of_kind || is_silent) && !own.has(NO_PARTS)
            })
            .collect();
        if parts.len() >= 2 {
            let sum = Expr::Sum(parts.into_iter().map(Expr::Column).collect());
            reader.relate(
                table,
                total,
                Relation::Value(sum),
                "all of its kind together",
            );
        }
    }
}

/// What a code takes off: never nothing.
fn codes(reader: &mut Reader<'_, '_>, table: TableId) {
    let is_code = reader.table_name(table).has_any(&[
        "coupon",
        "coupons",
        "promo",
        "promotion",
        "promotions",
        "voucher",
        "vouchers",
        "discount",
        "discounts",
        "campaign",
        "campaigns",
    ]);
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column);
        let is_off = name.whole_is(&["percent_off", "discount_percent", "discount_percentage"])
            || (is_code && name.whole_is(&["percent", "percentage", "discount_rate"]));
        if is_off && reader.is_whole(table, column) && !reader.is_nullable(table, column) {
            let off = Expr::Random("off", 5 * ONE, 10, 5 * ONE, true);
            reader.relate(table, column, Relation::Value(off), "some per cent off");
        }
    }
}

/// The price of what a row is about.
pub(super) fn copy_price(reader: &mut Reader<'_, '_>, table: TableId, price: ColumnId) {
    // What a car was sold for is no price of what it is.
    let happens = reader.story.tables[table]
        .cycle
        .as_ref()
        .is_some_and(|cycle| {
            let words = &reader.name(table, price).own.words;
            words.iter().any(|word| cycle.event(word).is_some())
        });
    if happens && reader.is_nullable(table, price) {
        return;
    }
    let candidates = [
        "price",
        "unit_price",
        "list_price",
        "selling_price",
        "sale_price",
        "unit_amount",
        "rate",
        "hourly_rate",
        "daily_rate",
        "nightly_rate",
        "fee",
        "base_price",
        "retail_price",
        "amount",
        "unit_cost",
        "price_per_unit",
        "price_per_night",
        "default_price",
        "standard_price",
        "daily_price",
        "rental_price",
        "unit_price_cents",
        "price_cents",
        "unit_amount_cents",
        "monthly_fee",
        "course_fee",
        "tuition_fee",
        "tuition",
        "monthly_price",
        "price_per_month",
        "price_per_unit",
        "base_rate_cents",
        "base_rate",
        "face_value",
        "standard_cost",
        "hanbai_tanka",
    ];
    let mut best: Option<(bool, ColumnId, TableId, ColumnId)> = None;
    for (via, target) in reader.references(table) {
        if target == table {
            continue;
        }
        let wants_cost = reader.name(table, price).has(&["cost"]);
        let found = reader
            .columns(target)
            .filter(|&column| {
                let name = reader.name(target, column);
                let is_cost = name.has(&["cost", "purchase", "wholesale"]);
                reader.is_number(target, column)
                    && if is_cost {
                        wants_cost
                    } else {
                        name.whole_is(&candidates) || role(name) == Some(Role::UnitPrice)
                    }
            })
            .min_by_key(|&column| {
                let name = reader.name(target, column);
                let same = name.own.whole == reader.name(table, price).own.whole;
                let is_bought = wants_cost && name.has(&["cost", "purchase", "wholesale"]);
                (
                    !same,
                    !is_bought,
                    candidates
                        .iter()
                        .position(|word| name.whole_is(&[*word]))
                        .unwrap_or(99),
                )
            });
        if let Some(of) = found {
            // The same name is surer than the first key.
            let other = reader.name(target, of).own.whole != reader.name(table, price).own.whole;
            if best.is_none_or(|(least, ..)| !other && least) {
                best = Some((other, via, target, of));
            }
        }
    }
    if let Some((_, via, target, of)) = best {
        let copied = Expr::There(via, Box::new(Expr::Column(of)));
        let expr = match (
            in_cents(reader.name(table, price)),
            in_cents(reader.name(target, of)),
        ) {
            (true, false) if scale(reader.kind(target, of)) > 0 => copied.times(Expr::whole(100)),
            (false, true) if scale(reader.kind(table, price)) > 0 => copied.per(Expr::whole(100)),
            _ => copied,
        };
        let name = reader.facts[target].table.name.clone();
        let expr = Expr::First(vec![expr, Expr::Usual(price)]);
        reader.relate(
            table,
            price,
            Relation::Value(expr),
            format!("the price in `{name}`"),
        );
    }
}
