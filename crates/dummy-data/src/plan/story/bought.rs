//! What was paid: about the price of what was bought, in one currency.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::copies::firm;
use crate::plan::story::lists::List;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};

/// Finds what a number of a table says of what was paid.
pub(super) fn find(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    rate_of_one_currency(reader, table, column);
    near_price(reader, table, column);
}

/// An exchange rate between a currency and itself, where the row has that of what it belongs to.
fn rate_of_one_currency(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column);
    if !(name.has(&["exchange", "fx", "conversion"]) && name.has(&["rate"])) {
        return;
    }
    let currency = reader.columns(table).find(|&own| {
        reader.is_text(table, own)
            && reader
                .name(table, own)
                .whole_is(&["currency", "currency_code"])
    });
    let is_copied = currency.is_some_and(|currency| {
        matches!(
            reader.story.tables[table].relations.get(&currency),
            Some((Relation::Copy { .. } | Relation::CopyFar { .. }, _))
        )
    });
    if is_copied {
        reader.relate(
            table,
            column,
            Relation::Value(Expr::whole(1)),
            "one, for it is the same currency",
        );
    }
}

/// What was paid for one of what the row is one of: about its price.
fn near_price(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let own = super::money::without_unit(&reader.name(table, column).own.whole);
    if !List::PricePaid.words().contains(&own.as_str()) || reader.is_nullable(table, column) {
        return;
    }
    let found = firm(reader, table).into_iter().find_map(|(via, target)| {
        let price = reader.columns(target).find(|&price| {
            let name = reader.name(target, price);
            let bare = super::money::without_unit(&name.own.whole);
            reader.is_number(target, price)
                && !reader.is_nullable(target, price)
                && List::PriceAsked.words().contains(&bare.as_str())
                && super::money::in_cents(name)
                    == super::money::in_cents(reader.name(table, column))
        })?;
        Some((via, target, price))
    });
    let Some((via, target, price)) = found else {
        return;
    };
    let digit = crate::story::ONE
        / 10_i128.pow(crate::plan::bounds::scale(reader.kind(table, column)).min(6));
    let there = Expr::There(via, Box::new(Expr::Column(price)));
    let share = Expr::Random("paid", 90_000_000, 11, 1_000_000, false);
    let value = Expr::Floor(Box::new(there.percent(share)), digit);
    let why = format!(
        "about `{}` of its `{}`",
        reader.column(target, price).name,
        reader.facts[target].table.name
    );
    reader.relate(table, column, Relation::Value(value), why);
}
