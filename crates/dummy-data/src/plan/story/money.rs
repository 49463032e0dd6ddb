//! Amounts: of lines, of the documents that sum them, of the payments that settle these.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use value_model::ValueType;

pub(super) use crate::plan::story::money_roles::is_measure;
pub(crate) use crate::plan::story::money_roles::{Role, in_cents, role};

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
    // What can't hold 10 is a fraction, whatever else is said of it: `0.2 is 20 percent`.
    if let ValueType::Numeric {
        precision: Some(precision),
        scale: Some(scale),
    } = own.data_type.kind
        && i64::from(precision) <= i64::from(scale) + 1
    {
        return false;
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
    let by_unit = quantity_for(reader, table, price);
    let is_by_unit = by_unit.is_some();
    let Some(quantity) = by_unit.or_else(|| of(&roles, Role::Quantity)) else {
        return;
    };
    let results: Vec<ColumnId> = [Role::Part, Role::Subtotal, Role::Amount, Role::Total]
        .iter()
        .filter_map(|role| of(&roles, *role))
        .filter(|column| reader.is_free(table, *column))
        // What a comment says in full is read from there.
        .filter(|column| {
            let text = &reader.name(table, *column).text;
            !super::arithmetic::is_long(text)
                && super::products::product(reader, table, *column, text).is_none()
        })
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
    let mut gross = Expr::Column(quantity)
        .times(Expr::Column(price))
        .times(factor);
    // So many of them for so many days.
    let count = reader.columns(table).find(|&count| {
        count != quantity
            && count != price
            && reader.is_number(table, count)
            && !reader.is_nullable(table, count)
            && reader
                .name(table, count)
                .whole_is(&["quantity", "qty", "units", "count"])
    });
    if let Some(count) = count.filter(|_| is_by_unit) {
        gross = gross.times(Expr::Column(count));
    }
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
