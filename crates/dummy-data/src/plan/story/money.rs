//! Amounts: of lines, of the documents that sum them, of the payments that settle these.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::names::NameParts;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Named, Relation};

/// What a number is in a table about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Quantity,
    UnitPrice,
    Discount,
    DiscountRate,
    Tax,
    TaxRate,
    Shipping,
    Extra,
    Subtotal,
    /// A part of a total with a name of its own: what the room costs, the labour.
    Part,
    Total,
    Amount,
    Paid,
    Due,
    Refunded,
}

/// The role of a number's name.
pub(crate) fn role(name: &Named) -> Option<Role> {
    // `total_quantity` counts things, whatever its comment calls a total.
    if name.own.words.first().is_some_and(|word| word == "total")
        && name
            .own
            .has_any(&["quantity", "qty", "copies", "pieces", "items", "units"])
        && !name.own.has_any(&["amount", "price", "cost", "cents"])
    {
        return None;
    }
    name.all().find_map(|parts| {
        let words: Vec<&str> = parts
            .words
            .iter()
            .map(String::as_str)
            .filter(|word| {
                !matches!(
                    *word,
                    "cents"
                        | "cent"
                        | "yen"
                        | "usd"
                        | "jpy"
                        | "eur"
                        | "minor"
                        | "in"
                        | "value"
                        | "money"
                        | "sum"
                        | "item"
                        | "order"
                        | "invoice"
                )
            })
            .collect();
        let whole = words.join("_");
        let has = |any: &[&str]| words.iter().any(|word| any.contains(word));
        if is_measure(parts) {
            return None;
        }
        let is_rate = has(&[
            "percent",
            "percentage",
            "pct",
            "ratio",
            "basis",
            "bps",
            "bp",
        ]) || (has(&["rate"])
            && !has(&[
                "hourly", "daily", "nightly", "unit", "weekly", "monthly", "labor", "labour",
                "per", "hour", "day", "night", "week", "month", "km", "mile", "billing", "bill",
                "room", "pay", "wage", "rental", "service",
            ]));
        if whole == "count" {
            return Some(Role::Quantity);
        }
        if has(&[
            "count",
            "id",
            "number",
            "limit",
            "code",
            "threshold",
            "minimum",
            "maximum",
            "min",
            "max",
            "average",
            "avg",
        ]) && !has(&["unit"])
        {
            return None;
        }
        if has(&["tax", "vat", "gst"])
            && !has(&[
                "before",
                "excluding",
                "excl",
                "net",
                "without",
                "inclusive",
                "included",
                "including",
            ])
        {
            return Some(if is_rate { Role::TaxRate } else { Role::Tax });
        }
        if has(&["discount", "rebate", "markdown", "reduction", "deduction"]) {
            return Some(if is_rate {
                Role::DiscountRate
            } else {
                Role::Discount
            });
        }
        if is_rate && whole != "rate" {
            return None;
        }
        if matches!(
            whole.as_str(),
            "quantity"
                | "qty"
                | "units"
                | "hours"
                | "pieces"
                | "nights"
                | "quantity_ordered"
                | "ordered_quantity"
                | "unit_count"
                | "copies"
                | "tickets"
                | "num_units"
                | "billed_hours"
                | "hours_worked"
                | "ordered_qty"
                | "qty_ordered"
                | "billable_hours"
                | "shipped_quantity"
                | "seats"
                | "days"
                | "servings"
                | "doses"
                | "labor_hours"
                | "labour_hours"
                | "hours_billed"
                | "num_nights"
                | "num_tickets"
                | "num_items"
                | "no_of_units"
                | "number_of_units"
                | "streams"
                | "kwh"
                | "quantity_sold"
                | "qty_sold"
                | "units_sold"
                | "headcount"
        ) {
            return Some(Role::Quantity);
        }
        if (has(&[
            "unit", "per", "each", "hourly", "daily", "nightly", "single", "labor", "labour",
        ]) && has(&["price", "amount", "cost", "rate", "fee", "charge", "unit"])
            && (!has(&["labor", "labour"]) || has(&["rate"]))
            && words.len() > 1)
            || (has(&[
                "piece", "seat", "ticket", "person", "head", "day", "night", "hour", "week",
                "kilo", "pound", "bottle", "box", "copy", "lesson", "page", "word", "km", "mile",
                "litre", "liter", "gallon", "kg", "kwh", "room", "item", "pack",
            ]) && has(&["price", "rate"])
                && words.len() == 2)
            || matches!(
                whole.as_str(),
                "price"
                    | "rate"
                    | "price_at_purchase"
                    | "price_at_order"
                    | "list_price"
                    | "sale_price"
                    | "selling_price"
                    | "cost"
                    | "item_price"
                    | "tariff"
                    | "price_paid"
                    | "face_value"
                    | "face"
                    | "sold_price"
                    | "price_when_ordered"
                    | "price_snapshot"
                    | "billing_rate"
                    | "bill_rate"
                    | "pay_rate"
                    | "room_rate"
                    | "rental_rate"
                    | "service_rate"
            )
        {
            return Some(Role::UnitPrice);
        }
        if has(&["refunded", "refund"]) {
            return Some(Role::Refunded);
        }
        if has(&["due", "outstanding", "owed", "owing", "unpaid"])
            || (has(&["remaining", "open"]) && has(&["amount", "balance", "total"]))
        {
            return Some(Role::Due);
        }
        if has(&["paid"]) {
            return Some(Role::Paid);
        }
        if has(&[
            "shipping", "delivery", "freight", "postage", "handling", "shipment",
        ]) && (words.len() == 1 || has(&["fee", "cost", "total", "charge", "amount", "price"]))
        {
            return Some(Role::Shipping);
        }
        if has(&[
            "fee",
            "fees",
            "tip",
            "tips",
            "surcharge",
            "gratuity",
            "deposit_fee",
        ]) || whole == "service_charge"
            || whole == "adjustment_total"
        {
            return Some(Role::Extra);
        }
        if has(&["subtotal", "net", "excluding", "taxable"])
            || whole.starts_with("sub_total")
            || matches!(
                whole.as_str(),
                "items_total"
                    | "items"
                    | "goods"
                    | "merchandise"
                    | "lines"
                    | "food_total"
                    | "basket_total"
                    | "cart_total"
                    | "items_amount"
                    | "goods_amount"
                    | "amount_net"
                    | "price_net"
                    | "lines_total"
                    | "line_items_total"
                    | "goods_total"
                    | "merchandise_total"
                    | "base_amount"
                    | "amount_before_tax"
                    | "total_before_tax"
                    | "products_total"
                    | "item_total_sum"
                    | "charges_total"
                    | "services_total"
                    | "details_total"
                    | "net_amount"
                    | "amount_excluding_tax"
            )
            || whole.ends_with("before_tax")
        {
            return Some(Role::Subtotal);
        }
        // `labor_cents` says no more than `labor_total`.
        let bare = words.len() == 1 && parts.has_any(&["cents", "cent", "minor"]);
        if (bare
            || words.len() == 2
                && matches!(
                    words[1],
                    "total" | "subtotal" | "amount" | "cost" | "charge" | "charges"
                ))
            && matches!(
                words[0],
                "room"
                    | "rooms"
                    | "labor"
                    | "labour"
                    | "parts"
                    | "part"
                    | "extras"
                    | "extra"
                    | "service"
                    | "services"
                    | "material"
                    | "materials"
                    | "hours"
                    | "nights"
                    | "lessons"
                    | "food"
                    | "drinks"
                    | "beverage"
                    | "items"
                    | "products"
                    | "ticket"
                    | "tickets"
                    | "travel"
                    | "addons"
                    | "equipment"
                    | "options"
                    | "base"
                    | "medication"
                    | "treatment"
                    | "insurance"
                    | "rental"
                    | "cleaning"
                    | "accommodation"
                    | "meals"
                    | "call"
                    | "data"
                    | "usage"
                    | "overage"
                    | "setup"
                    | "installation"
                    | "expenses"
                    | "time"
            )
            && !matches!(
                whole.as_str(),
                "items_total"
                    | "products_total"
                    | "services_total"
                    | "base_amount"
                    | "items_subtotal"
            )
            || whole == "rent"
        {
            return Some(Role::Part);
        }
        let of_things = has(&[
            "guest",
            "guests",
            "people",
            "persons",
            "participants",
            "members",
            "score",
            "points",
            "votes",
            "rooms",
            "seats",
            "nights",
            "days",
            "hours",
            "minutes",
            "seconds",
            "units",
            "pieces",
            "pages",
            "boxes",
            "students",
            "tickets",
            "attendees",
            "passengers",
            "duration",
            "ms",
            "goals",
            "downloads",
            "quantity",
            "qty",
            "copies",
            "items",
            "views",
            "steps",
            "lessons",
            "installments",
            "rows",
        ]) && !has(&["amount", "price", "cost", "fee", "charge"]);
        if of_things {
            return None;
        }
        if has(&["total", "gross", "grand"])
            || matches!(
                whole.as_str(),
                "amount_with_tax" | "amount_including_tax" | "total_price"
            )
        {
            return Some(Role::Total);
        }
        matches!(
            whole.as_str(),
            "amount"
                | "line_amount"
                | "extended_price"
                | "price_total"
                | "line_price"
                | "line_cost"
                | "extended_amount"
                | "charge"
                | "amount_charged"
                | "line"
                | "row_amount"
                | ""
        )
        .then_some(Role::Amount)
    })
}

/// Whether a name speaks of what is weighed or measured, not of what that costs.
pub(super) fn is_measure(name: &NameParts) -> bool {
    name.has_any(&[
        "weight", "mass", "volume", "kg", "grams", "gram", "lbs", "lb", "tons", "tonnes", "load",
        "payload", "tare", "litres", "liters", "cm", "mm", "cbm", "m3", "area", "sqm", "calories",
        "kcal", "protein",
    ]) && !name.has_any(&["price", "cost", "fee", "charge", "rate", "amount", "per"])
}

/// Whether a name speaks of hundredths.
pub(crate) fn in_cents(name: &Named) -> bool {
    name.has(&["cents", "cent", "minor"])
}

/// The free numbers of a table with their roles, each role once.
pub(super) fn roles(reader: &Reader<'_, '_>, table: TableId) -> Vec<(Role, ColumnId)> {
    let mut found: Vec<(Role, ColumnId)> = Vec::new();
    for column in reader.columns(table) {
        let facts = &reader.facts[table];
        if !reader.is_number(table, column)
            || facts.reference_of[column].is_some()
            || facts.left_out[column].is_some()
            || facts.always_null[column].is_some()
        {
            continue;
        }
        let own = role(reader.name(table, column));
        // Beside the price of one `price` is what all of them cost.
        if own == Some(Role::UnitPrice) && is_of_all(reader, table, column) {
            found.push((Role::Amount, column));
            continue;
        }
        if let Some(role) = own
            && (matches!(role, Role::Part | Role::Extra)
                || !found.iter().any(|(other, _)| *other == role))
        {
            found.push((role, column));
        }
    }
    found
}

/// Whether a `price` or `cost` stands beside that of one: `cost_cents` beside `unit_cost_cents`.
fn is_of_all(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    let bare = |column: ColumnId| without_unit(&reader.name(table, column).own.whole);
    let own = bare(column);
    matches!(own.as_str(), "price" | "cost")
        && reader
            .columns(table)
            .any(|other| reader.is_number(table, other) && bare(other) == format!("unit_{own}"))
}

/// A name without the unit of money at its end.
pub(super) fn without_unit(name: &str) -> String {
    ["_cents", "_minor", "_yen"]
        .iter()
        .find_map(|unit| name.strip_suffix(unit))
        .unwrap_or(name)
        .to_owned()
}

pub(super) fn of(roles: &[(Role, ColumnId)], role: Role) -> Option<ColumnId> {
    roles
        .iter()
        .find(|(own, _)| *own == role)
        .map(|(_, column)| *column)
}

/// A rate as a share of one.
pub(super) fn share(reader: &Reader<'_, '_>, table: TableId, rate: ColumnId) -> Expr {
    if in_basis_points(reader, table, rate) {
        Expr::Column(rate).per(Expr::whole(10_000))
    } else if is_percent(reader, table, rate) {
        Expr::Column(rate).per(Expr::whole(100))
    } else {
        Expr::Column(rate)
    }
}

/// Whether a rate is written in hundredths of a hundredth.
fn in_basis_points(reader: &Reader<'_, '_>, table: TableId, rate: ColumnId) -> bool {
    let name = reader.name(table, rate);
    name.has(&["basis", "bps", "bp"]) || name.text.contains("hundredths of a percent")
}

/// Whether a rate is written in hundredths.
fn is_percent(reader: &Reader<'_, '_>, table: TableId, rate: ColumnId) -> bool {
    let name = reader.name(table, rate);
    let own = reader.column(table, rate);
    let bound = reader.facts[table]
        .rules
        .domains
        .get(&own.name)
        .and_then(|domain| domain.greatest.as_ref())
        .and_then(|bound| bound.value.parse::<f64>().ok());
    if let Some(bound) = bound {
        return bound > 1.5;
    }
    let text = &name.text;
    name.has(&["percent", "percentage", "pct"])
        || text.contains("percent")
        || text.contains('%')
        || text.contains('％')
        || scale(&own.data_type.kind) == 0
}

/// A rate that people know, where nothing else decides it.
pub(super) fn relate_rate(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    rate: ColumnId,
    discount: bool,
) {
    let kind = reader.kind(table, rate);
    let is_percent = is_percent(reader, table, rate);
    if !is_percent && scale(kind) < 2 {
        return;
    }
    let unit = if in_basis_points(reader, table, rate) {
        100_000_000
    } else if is_percent {
        1_000_000
    } else {
        10_000
    };
    let expr = if discount {
        Expr::when(
            Expr::Chance("discounted", 15_000),
            Expr::Random("rate", 5 * unit, 4, 5 * unit, false),
            Expr::Number(0),
        )
    } else if reader.request.locale == crate::locale::Locale::Japanese {
        Expr::when(
            Expr::Chance("reduced", 16_000),
            Expr::Number(8 * unit),
            Expr::Number(10 * unit),
        )
    } else {
        Expr::when(
            Expr::Chance("reduced", 16_000),
            Expr::Random("rate", 0, 3, 5 * unit, false),
            Expr::Number(20 * unit),
        )
    };
    reader.relate(
        table,
        rate,
        Relation::Value(expr),
        "a rate that people know",
    );
}

/// Finds amounts of lines: quantity times price, less a discount.
pub(crate) fn find_lines(reader: &mut Reader<'_, '_>, table: TableId) {
    let roles = roles(reader, table);
    let Some(price) = of(&roles, Role::UnitPrice) else {
        return;
    };
    super::measures::copy_price(reader, table, price);
    let Some(quantity) = quantity_for(reader, table, price).or_else(|| of(&roles, Role::Quantity))
    else {
        return;
    };
    let results: Vec<ColumnId> = [Role::Part, Role::Subtotal, Role::Amount, Role::Total]
        .iter()
        .filter_map(|role| of(&roles, *role))
        .filter(|column| reader.is_free(table, *column))
        // What a comment says in full is read from there.
        .filter(|column| !super::formulas::is_long(&reader.name(table, *column).text))
        .filter(|column| {
            let paid_out = super::payouts::payout(reader, table);
            paid_out.is_none_or(|(_, net, _)| net != *column)
        })
        .collect();
    // A fee by the hour makes a fee.
    let fee = of(&roles, Role::Extra).filter(|column| reader.is_free(table, *column));
    let Some(first) = results.first().copied().or(fee) else {
        return;
    };
    let factor = match (
        in_cents(reader.name(table, price)),
        in_cents(reader.name(table, first)),
    ) {
        (true, false) if scale(reader.kind(table, first)) > 0 => Expr::Number(10_000),
        (false, true) if scale(reader.kind(table, price)) > 0 => Expr::whole(100),
        _ => Expr::whole(1),
    };
    let gross = Expr::Column(quantity)
        .times(Expr::Column(price))
        .times(factor);
    let mut amount = gross.clone();
    if let Some(rate) = of(&roles, Role::DiscountRate) {
        relate_rate(reader, table, rate, true);
    }
    if let Some(discount) = of(&roles, Role::Discount) {
        let less = match of(&roles, Role::DiscountRate) {
            Some(rate) => gross.clone().times(share(reader, table, rate)),
            None => discount_of(reader, table, discount, gross.clone()),
        };
        reader.relate(
            table,
            discount,
            Relation::Value(less),
            "a part of quantity times price, mostly none",
        );
        amount = amount.minus(Expr::Column(discount));
    } else if let Some(rate) = of(&roles, Role::DiscountRate) {
        amount = amount
            .clone()
            .minus(amount.times(share(reader, table, rate)));
    }
    let tax = of(&roles, Role::Tax);
    let base = Expr::Column(first);
    let only_total = results.len() == 1 && of(&roles, Role::Total) == Some(first);
    if let Some(rate) = of(&roles, Role::TaxRate) {
        relate_rate(reader, table, rate, false);
        if only_total && tax.is_none() {
            amount = amount
                .clone()
                .times(Expr::Sum(vec![Expr::whole(1), share(reader, table, rate)]));
        }
    }
    if let Some(tax) = tax {
        let before = if only_total {
            amount.clone()
        } else {
            base.clone()
        };
        let taxes = match of(&roles, Role::TaxRate) {
            Some(rate) => before.times(share(reader, table, rate)),
            None => before.percent(Expr::whole(10)),
        };
        reader.relate(table, tax, Relation::Value(taxes), "its rate of the amount");
        if only_total {
            amount = Expr::Sum(vec![amount, Expr::Column(tax)]);
        }
    }
    reader.relate(
        table,
        first,
        Relation::Value(amount),
        "quantity times price, less the discount",
    );
    if of(&roles, Role::Part).is_some() {
        return;
    }
    for &more in results.iter().skip(1) {
        let mut added = vec![match tax {
            Some(tax) => Expr::Sum(vec![base.clone(), Expr::Column(tax)]),
            None => match of(&roles, Role::TaxRate) {
                Some(rate) => base
                    .clone()
                    .times(Expr::Sum(vec![Expr::whole(1), share(reader, table, rate)])),
                None => base.clone(),
            },
        }];
        if of(&roles, Role::Total) == Some(more) {
            for role in [Role::Shipping, Role::Extra] {
                if let Some(fee) = of(&roles, role).filter(|fee| *fee != first) {
                    super::documents::small_fee(reader, table, fee);
                    added.push(Expr::Column(fee));
                }
            }
        }
        let total = Expr::Sum(added);
        reader.relate(
            table,
            more,
            Relation::Value(total),
            "the amount and its tax",
        );
    }
    let total = of(&roles, Role::Total).unwrap_or(first);
    super::documents::settled(reader, table, &roles, Some(total));
}

/// What is counted in the unit of a price: days for a daily rate.
fn quantity_for(reader: &Reader<'_, '_>, table: TableId, price: ColumnId) -> Option<ColumnId> {
    const UNITS: &[(&str, &[&str])] = &[
        ("daily", &["day", "days"]),
        ("hourly", &["hour", "hours"]),
        ("nightly", &["night", "nights"]),
        ("weekly", &["week", "weeks"]),
        ("monthly", &["month", "months"]),
        ("km", &["km", "kilometers", "distance"]),
        ("mile", &["miles", "distance"]),
        ("kg", &["kg", "weight"]),
        ("kwh", &["kwh", "usage", "consumption"]),
        ("seat", &["seats"]),
        ("night", &["nights"]),
        ("hour", &["hours"]),
        ("day", &["days"]),
        ("person", &["persons", "people", "guests", "participants"]),
        ("litre", &["litres", "liters", "volume", "fuel"]),
        ("liter", &["liters", "litres", "volume", "fuel"]),
        ("gallon", &["gallons"]),
        ("labor", &["hours"]),
        ("labour", &["hours"]),
        ("lesson", &["lessons"]),
        ("page", &["pages"]),
        ("word", &["words"]),
        ("month", &["months"]),
        ("week", &["weeks"]),
        ("ticket", &["tickets"]),
        ("unit", &["units"]),
    ];
    let name = reader.name(table, price);
    let counts = |column: ColumnId| {
        column != price
            && reader.is_number(table, column)
            && reader.facts[table].reference_of[column].is_none()
            && !reader
                .name(table, column)
                .has(&["rate", "price", "cost", "per", "max", "min", "setup"])
    };
    // What stands behind `per` is what is counted.
    let by_unit = name
        .own
        .words
        .iter()
        .skip_while(|word| *word != "per")
        .nth(1)
        .and_then(|unit| {
            reader.columns(table).find(|&column| {
                let own = &reader.name(table, column).own;
                counts(column)
                    && own
                        .words
                        .iter()
                        .any(|word| crate::plan::names::singular(word) == *unit)
            })
        });
    if by_unit.is_some() {
        return by_unit;
    }
    let (_, wanted) = UNITS.iter().find(|(unit, _)| name.has(&[unit]))?;
    reader
        .columns(table)
        .find(|&column| counts(column) && reader.name(table, column).has(wanted))
}

/// Some of the rows get some per cent off, in whole units of the column.
pub(super) fn discount_of(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    of: Expr,
) -> Expr {
    let unit = 1_000_000 / 10_i128.pow(scale(reader.kind(table, column)).min(6));
    let off = of.percent(Expr::Random("per cent off", 5_000_000, 4, 5_000_000, false));
    Expr::when(
        Expr::Chance("discounted", 13_000),
        Expr::Floor(Box::new(off), unit),
        Expr::Number(0),
    )
}
