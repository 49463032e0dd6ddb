//! What comes one after the other: contracts of a person, assignments of a vehicle, prices of a product. Where the next
//! begins, the one before has ended; and what was before a change is what the change before left.

use crate::ids::{ColumnId, TableId};
use crate::plan::columns::text_rules::is_people;
use crate::plan::names::{NameParts, singular};
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::spans::spans;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// What somebody or something has one of at a time.
const AT_A_TIME: &[&str] = &[
    "contract",
    "contracts",
    "assignment",
    "assignments",
    "lease",
    "leases",
    "tenancy",
    "tenancies",
    "employment",
    "employments",
    "salary",
    "salaries",
    "compensation",
    "compensations",
    "price",
    "prices",
    "rate",
    "rates",
    "tariff",
    "tariffs",
    "history",
    "histories",
    "affiliation",
    "affiliations",
    "placement",
    "placements",
    "residency",
    "residencies",
    "ownership",
    "ownerships",
    "契約",
    "配属",
    "異動",
    "履歴",
    "単価",
    "賃貸借契約",
];

/// Of these the last is still so.
const STANDING: &[&str] = &[
    "salary",
    "salaries",
    "compensation",
    "compensations",
    "price",
    "prices",
    "rate",
    "rates",
    "tariff",
    "tariffs",
    "history",
    "histories",
    "単価",
    "履歴",
];

/// Finds what comes one after the other in a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    if reader.rows(table) > MOST_ROWS || reader.facts[table].per.is_some() {
        return;
    }
    before_the_change(reader, table);
    let about = reader.table_name(table);
    if !about.has_any(AT_A_TIME) || reader.story.tables[table].cycle.is_some() {
        return;
    }
    let Some(via) = whose(reader, table, &about) else {
        return;
    };
    let found = spans(reader, table).into_iter().find(|&(start, end)| {
        reader.is_time(table, start)
            && reader.is_time(table, end)
            && !reader.is_nullable(table, start)
            && [start, end]
                .iter()
                .all(|&column| reader.is_free(table, column) && !reader.is_unique(table, column))
            && reader.name(table, start).has(&[
                "start",
                "starts",
                "started",
                "from",
                "since",
                "begin",
                "begins",
                "began",
                "effective",
                "valid",
                "assigned",
            ])
            && !reader.name(table, start).has(&["trial", "period"])
    });
    let Some((start, end)) = found else {
        return;
    };
    let is_bound = reader.facts[table].rules.distances.iter().any(|distance| {
        let (upper, lower) = (&distance.upper, &distance.lower);
        let name = |column: ColumnId| &reader.column(table, column).name;
        [upper, lower].contains(&name(start)) || [upper, lower].contains(&name(end))
    });
    if is_bound {
        return;
    }
    let of = reader.column(table, via).name.clone();
    let day = 86_400 * ONE;
    reader.relate(
        table,
        start,
        Relation::Value(Expr::Born),
        format!("one after the other for each `{of}`"),
    );
    // Of days both ends count; at a time the one ends when the other begins.
    let apart = if reader.is_date(table, end) { day } else { 0 };
    let next = Expr::Next(via, Box::new(Expr::Column(start))).minus(Expr::Number(apart));
    let next = Expr::when(
        Expr::Known(Box::new(next.clone())),
        Expr::Greatest(vec![next, Expr::Column(start)]),
        Expr::Null,
    );
    let lasting = Expr::Sum(vec![
        Expr::Column(start),
        Expr::Random("lasting", 365 * day, 3, 365 * day, true).minus(Expr::Number(apart)),
    ]);
    let last = if !reader.is_nullable(table, end) {
        lasting
    } else if about.has_any(STANDING) {
        Expr::Null
    } else {
        // Some were ended without another one.
        let ended = Expr::Sum(vec![
            Expr::Column(start),
            Expr::Random("ended", 30 * day, 300, day, false),
        ]);
        let is_over = Expr::All(vec![
            Expr::Chance("ended", 16_384),
            Expr::AtMost(Box::new(ended.clone()), Box::new(Expr::Now)),
        ]);
        Expr::when(is_over, ended, Expr::Null)
    };
    reader.relate(
        table,
        end,
        Relation::Value(Expr::First(vec![next, last])),
        format!("before the next of its `{of}` begins"),
    );
}

/// The column that says whose it is: what the table is named after, or else the person.
fn whose(reader: &Reader<'_, '_>, table: TableId, about: &NameParts) -> Option<ColumnId> {
    let all: Vec<(ColumnId, TableId)> = reader
        .references(table)
        .into_iter()
        .filter(|&(via, target)| target != table && !reader.is_nullable(table, via))
        .collect();
    let named = all.iter().find(|&&(via, target)| {
        let one = reader.one_of(target);
        let own = &reader.name(table, via).own;
        about.words.iter().any(|word| {
            let word = singular(word);
            word == one || own.words.first().is_some_and(|first| *first == word)
        })
    });
    let person = || {
        all.iter()
            .find(|&&(_, target)| is_people(&reader.table_name(target)))
    };
    match (named, all.as_slice()) {
        (Some(&(via, _)), _) => Some(via),
        (None, [(via, _)]) => Some(*via),
        (None, _) => person().map(|&(via, _)| via),
    }
}

/// `previous_price` beside `price` or `new_price`: what the change before left.
fn before_the_change(reader: &mut Reader<'_, '_>, table: TableId) {
    let Some(via) = reader.owner(table) else {
        return;
    };
    if reader.reference(table, via).is_none() {
        return;
    }
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) {
            continue;
        }
        let name = reader.name(table, column).own.clone();
        let Some((first, rest)) = name.words.split_first() else {
            continue;
        };
        // A meter's readings add up.
        let is_meter = rest.iter().any(|word| word == "reading");
        if is_meter
            || !matches!(
                first.as_str(),
                "previous" | "prev" | "old" | "prior" | "former"
            )
            || rest.is_empty()
        {
            continue;
        }
        let rest = rest.join("_");
        let after = reader.columns(table).find(|&after| {
            after != column
                && reader.is_number(table, after)
                && reader.facts[table].reference_of[after].is_none()
                && (reader.name(table, after).own.whole == rest
                    || reader.name(table, after).own.whole == format!("new_{rest}")
                    || reader.name(table, after).own.whole == format!("current_{rest}"))
        });
        let Some(after) = after else {
            continue;
        };
        let before = Expr::Previous(via, Box::new(Expr::Column(after)));
        let value = if reader.is_nullable(table, column) {
            before
        } else {
            Expr::First(vec![before, Expr::Usual(column)])
        };
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "what the change before left",
        );
    }
}
