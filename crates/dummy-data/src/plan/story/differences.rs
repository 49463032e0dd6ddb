//! What lies between two numbers of a row by their names alone: a margin, a consumption, a variance; and parts of what was
//! ordered or planned.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::words::stage;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Finds the differences of a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    meters(reader, table);
    cost_below_price(reader, table);
    variances(reader, table);
    parts_of_lines(reader, table);
    below_the_most(reader, table);
    for_each(reader, table);
}

fn numbers(reader: &Reader<'_, '_>, table: TableId) -> Vec<ColumnId> {
    reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column) && reader.facts[table].reference_of[column].is_none()
        })
        .collect()
}

fn digit(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> i128 {
    ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6))
}

/// A meter's reading, the one before, and what was used between them.
fn meters(reader: &mut Reader<'_, '_>, table: TableId) {
    let all = numbers(reader, table);
    let reading = all.iter().copied().find(|&column| {
        let name = reader.name(table, column);
        name.is(&["reading", "current_reading", "meter_reading", "end_reading"])
            && !name.has(&["previous", "last", "start", "opening", "prior"])
    });
    let before = all.iter().copied().find(|&column| {
        let name = reader.name(table, column);
        name.has(&["previous", "last", "start", "opening", "prior"]) && name.has(&["reading"])
    });
    let used = all.iter().copied().find(|&column| {
        reader
            .name(table, column)
            .has(&["consumption", "usage", "used", "consumed"])
    });
    let (Some(reading), Some(via)) = (reading, reader.owner(table)) else {
        return;
    };
    if before.is_none() && used.is_none() || reader.rows(table) > MOST_ROWS {
        return;
    }
    if reader.reference(table, via).is_none() {
        return;
    }
    // A meter never runs backwards: what is used adds up.
    let step = digit(reader, table, reading).max(ONE / 10);
    let some = || Expr::Random("used of a meter", step * 20, 3_000, step, true);
    let sum = Expr::Running(via, Box::new(some()));
    reader.relate(
        table,
        reading,
        Relation::Value(sum),
        "adds up what was used",
    );
    if let Some(before) = before {
        let value = Expr::Column(reading).minus(some());
        reader.relate(
            table,
            before,
            Relation::Value(value),
            "the reading before this one",
        );
    }
    if let Some(used) = used {
        let value = match before {
            Some(before) => Expr::Column(reading).minus(Expr::Column(before)),
            None => some(),
        };
        reader.relate(
            table,
            used,
            Relation::Value(value),
            "the reading less the one before",
        );
    }
}

/// What something costs is below its price, and a margin or profit is what lies between.
fn cost_below_price(reader: &mut Reader<'_, '_>, table: TableId) {
    let all = numbers(reader, table);
    let named = |reader: &Reader<'_, '_>, names: &[&str]| {
        all.iter().copied().find(|&column| {
            let whole = &reader.name(table, column).own.whole;
            names.contains(&whole.trim_end_matches("_cents"))
        })
    };
    let price = named(
        reader,
        &[
            "sale_price",
            "selling_price",
            "sales_price",
            "retail_price",
            "list_price",
            "price",
        ],
    );
    let cost = named(
        reader,
        &[
            "purchase_price",
            "cost_price",
            "buying_price",
            "purchase_cost",
            "unit_cost",
            "cost",
        ],
    );
    let (Some(price), Some(cost)) = (price, cost) else {
        return;
    };
    if reader.is_nullable(table, price) {
        return;
    }
    let share = Expr::Random("cost of price", 40 * ONE, 41, ONE, false);
    let value = Expr::Floor(
        Box::new(Expr::Column(price).percent(share)),
        digit(reader, table, cost),
    );
    reader.relate(table, cost, Relation::Value(value), "below its price");
    if let Some(margin) = named(
        reader,
        &["margin", "profit", "gross_profit", "markup", "gross_margin"],
    ) {
        let value = Expr::Column(price).minus(Expr::Column(cost));
        reader.relate(
            table,
            margin,
            Relation::Value(value),
            "the price less what it cost",
        );
    }
}

/// `variance`, `difference`: what is less what was expected.
fn variances(reader: &mut Reader<'_, '_>, table: TableId) {
    const IS: &[&str] = &["actual", "counted", "real", "measured", "found", "physical"];
    const EXPECTED: &[&str] = &[
        "planned",
        "expected",
        "budgeted",
        "budget",
        "system",
        "target",
        "estimated",
        "book",
        "theoretical",
    ];
    let all = numbers(reader, table);
    let named = |reader: &Reader<'_, '_>, words: &[&str]| {
        all.iter()
            .copied()
            .find(|&column| reader.name(table, column).has(words))
    };
    let (Some(is), Some(expected)) = (named(reader, IS), named(reader, EXPECTED)) else {
        return;
    };
    if is == expected {
        return;
    }
    let is_difference = |reader: &Reader<'_, '_>, column: ColumnId| {
        reader.name(table, column).has(&[
            "variance",
            "difference",
            "discrepancy",
            "deviation",
            "diff",
        ])
    };
    let found: Vec<ColumnId> = all
        .iter()
        .copied()
        .filter(|&column| is_difference(reader, column))
        .collect();
    if found.is_empty() {
        return;
    }
    // Mostly what was expected, or near it.
    let near = Expr::Column(expected).percent(Expr::when(
        Expr::Chance("as expected", 26_000),
        Expr::whole(100),
        Expr::Random("near", 85 * ONE, 31, ONE, false),
    ));
    let near = Expr::Floor(Box::new(near), digit(reader, table, is));
    let near = match reader.story.tables[table].cycle.as_ref() {
        Some(_) if reader.is_nullable(table, is) => None,
        _ => Some(near),
    };
    if let Some(near) = near {
        reader.relate(table, is, Relation::Value(near), "near what was expected");
    }
    for column in found {
        let apart = Expr::Column(is).minus(Expr::Column(expected));
        let is_share = reader
            .name(table, column)
            .has(&["percent", "percentage", "pct", "rate"]);
        let value = if is_share {
            Expr::Floor(
                Box::new(apart.times(Expr::whole(100)).per(Expr::Column(expected))),
                digit(reader, table, column),
            )
        } else {
            apart
        };
        let value = reader.or_zero(table, column, value);
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "what is less what was expected",
        );
    }
}

/// What some are.
const LOST: &[&str] = &[
    "rejected",
    "scrapped",
    "returned",
    "damaged",
    "defective",
    "lost",
    "refunded",
];

/// What there is still to come.
const LEFT: &[&str] = &[
    "short",
    "open",
    "remaining",
    "outstanding",
    "backordered",
    "missing",
];

/// `picked_qty`, `quantity_received`: at most what was ordered; all of it once that has happened to the whole order.
fn parts_of_lines(reader: &mut Reader<'_, '_>, table: TableId) {
    const COUNTS: &[&str] = &["quantity", "qty", "units", "pieces", "amount"];
    let all = numbers(reader, table);
    let words = |reader: &Reader<'_, '_>, column: ColumnId| -> Vec<String> {
        reader
            .name(table, column)
            .own
            .words
            .iter()
            .filter(|word| !COUNTS.contains(&word.as_str()))
            .cloned()
            .collect()
    };
    let counts = |reader: &Reader<'_, '_>, column: ColumnId| {
        reader.is_whole(table, column)
            && reader
                .name(table, column)
                .has(&["quantity", "qty", "units", "pieces"])
            && !reader.name(table, column).has(&[
                "price", "cost", "weight", "min", "max", "reorder", "total", "cents",
            ])
    };
    let whole = all.iter().copied().find(|&column| {
        counts(reader, column)
            && matches!(
                words(reader, column).first().map(String::as_str),
                None | Some("ordered" | "planned" | "requested" | "required")
            )
    });
    let Some(whole) = whole else {
        return;
    };
    let parts: Vec<(ColumnId, String)> = all
        .iter()
        .copied()
        .filter(|&column| {
            column != whole && counts(reader, column) && reader.is_free(table, column)
        })
        .filter_map(|column| match words(reader, column).as_slice() {
            [word]
                if stage(word).is_some()
                    || LOST.contains(&word.as_str())
                    || LEFT.contains(&word.as_str()) =>
            {
                Some((column, word.clone()))
            }
            _ => None,
        })
        .collect();
    // Of an order's lines by what has happened to the order, else by what has happened to the row.
    let document = reader.references(table).into_iter().find(|&(via, target)| {
        target != table
            && !reader.is_nullable(table, via)
            && reader.story.tables[target].cycle.is_some()
    });
    let happened = |reader: &Reader<'_, '_>, word: &str| {
        let event = |cycle: &crate::plan::story::lifecycles::Cycle| cycle.event(word);
        let own = reader.story.tables[table].cycle.as_ref().and_then(event);
        if let Some(event) = own {
            return Some(Expr::happened(event));
        }
        let (via, target) = document?;
        let event = event(reader.story.tables[target].cycle.as_ref()?)?;
        Some(Expr::There(via, Box::new(Expr::happened(event))))
    };
    let mut passed = whole;
    let mut done = None;
    for (column, word) in parts {
        let is_loss = LOST.contains(&word.as_str());
        let is_rest = LEFT.contains(&word.as_str());
        let value = if is_rest {
            Expr::Column(whole).minus(Expr::Column(done.unwrap_or(passed)))
        } else if is_loss {
            let of = done.unwrap_or(passed);
            let few = Expr::when(
                Expr::Chance("some are lost", 8_000),
                Expr::Random("lost", ONE, 3, ONE, true),
                Expr::Number(0),
            );
            // Never more than there are.
            Expr::when(
                Expr::AtMost(Box::new(few.clone()), Box::new(Expr::Column(of))),
                few,
                Expr::Number(0),
            )
        } else {
            let value = match happened(reader, &word) {
                Some(happened) => Expr::when(happened, Expr::Column(passed), Expr::Number(0)),
                None => Expr::Floor(
                    Box::new(Expr::Column(passed).percent(Expr::when(
                        Expr::Chance("all of it", 40_000),
                        Expr::whole(100),
                        Expr::Random("a part", 0, 100, ONE, false),
                    ))),
                    ONE,
                ),
            };
            done = Some(column);
            value
        };
        let why = if is_rest {
            "what is left of it"
        } else {
            "at most what was ordered"
        };
        reader.relate(table, column, Relation::Value(value), why);
        if !is_loss && !is_rest {
            passed = column;
        }
    }
}

/// `current_weight_kg` beside `max_weight_kg`: not more than there may be.
fn below_the_most(reader: &mut Reader<'_, '_>, table: TableId) {
    let all = numbers(reader, table);
    for &column in &all {
        let own = reader.name(table, column).own.clone();
        let Some((first, rest)) = own.words.split_first() else {
            continue;
        };
        if !matches!(
            first.as_str(),
            "current" | "used" | "loaded" | "load" | "actual"
        ) || rest.is_empty()
        {
            continue;
        }
        let rest = rest.join("_");
        let most = all.iter().copied().find(|&most| {
            let whole = &reader.name(table, most).own.whole;
            most != column
                && [
                    format!("max_{rest}"),
                    format!("maximum_{rest}"),
                    format!("{rest}_limit"),
                    format!("{rest}_capacity"),
                    format!("capacity_{rest}"),
                ]
                .contains(whole)
        });
        let Some(most) = most else {
            continue;
        };
        let share = Expr::Random("of the most", 0, 96, ONE, false);
        let part = Expr::Floor(
            Box::new(Expr::Column(most).percent(share)),
            digit(reader, table, column),
        );
        let value = Expr::First(vec![part, Expr::Usual(column)]);
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "not more than there may be",
        );
    }
}

/// `rent_per_sqm` beside `net_rent` and `area_sqm`: the one by the other.
fn for_each(reader: &mut Reader<'_, '_>, table: TableId) {
    let all = numbers(reader, table);
    for &column in &all {
        let own = reader.name(table, column).own.clone();
        let Some(per) = own.words.iter().position(|word| word == "per") else {
            continue;
        };
        let (of, by) = (&own.words[..per], &own.words[per + 1..]);
        let (Some(of), [by, ..]) = (of.last(), by) else {
            continue;
        };
        let named = |word: &str, except: &str| {
            let fits = |other: ColumnId| {
                let name = &reader.name(table, other).own;
                other != column
                    && name.words.iter().any(|own| own == word)
                    && !name.words.iter().any(|own| own == except || own == "per")
            };
            let text = &reader.name(table, column).text;
            let said = all.iter().copied().find(|&other| {
                let name = reader.name(table, other).own.words.join(" ");
                fits(other) && text.contains(&name)
            });
            said.or_else(|| all.iter().copied().find(|&other| fits(other)))
        };
        let (Some(of), Some(by)) = (named(of, by), named(by, of)) else {
            continue;
        };
        if by == of || reader.is_nullable(table, by) {
            continue;
        }
        let value = Expr::Column(of).per(Expr::Column(by));
        let value = reader.or_zero(table, column, value);
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "the one by the other",
        );
    }
}
