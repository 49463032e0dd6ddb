//! Pairs of numbers of which one follows from the other: a price and a cost, points and their most, a rate and what
//! it gives.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Pairs of numbers of which one follows from the other.
pub(super) fn pairs(reader: &mut Reader<'_, '_>, table: TableId) {
    let number = |reader: &Reader<'_, '_>, names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_number(table, column)
                && reader.facts[table].reference_of[column].is_none()
                && {
                    let name = reader.name(table, column);
                    let bare = super::money::without_unit(&name.own.whole);
                    name.whole_is(names) || names.contains(&bare.as_str())
                }
        })
    };
    let hundredths =
        |least: i64, count: u64| Expr::Random("share", i128::from(least) * ONE, count, ONE, false);
    if let Some(price) = number(
        reader,
        &[
            "price",
            "unit_price",
            "selling_price",
            "price_cents",
            "retail_price",
            "sales_price",
            "hanbai_tanka",
        ],
    )
    .or_else(|| number(reader, &["list_price"]))
    .or_else(|| number(reader, &["sale_price"]))
    {
        let digit = ONE / 10_i128.pow(scale(reader.kind(table, price)).min(6));
        let of_price =
            |share: Expr| Expr::Floor(Box::new(Expr::Column(price).percent(share)), digit);
        if let Some(cost) = number(
            reader,
            &[
                "cost",
                "cost_price",
                "purchase_price",
                "wholesale_price",
                "unit_cost",
                "cost_cents",
                "purchase_cost",
                "standard_cost",
                "shiire_tanka",
                "cost_per_unit",
            ],
        ) {
            reader.relate(
                table,
                cost,
                Relation::Value(of_price(hundredths(40, 35))),
                "below the price",
            );
        }
        if let Some(before) = number(
            reader,
            &[
                "compare_at_price",
                "list_price",
                "regular_price",
                "original_price",
                "msrp",
                "compare_at_price_cents",
                "old_price",
                "was_price",
                "recommended_price",
                "strike_price",
            ],
        ) {
            let more = of_price(hundredths(110, 40));
            let more = if reader.is_nullable(table, before) {
                Expr::when(Expr::Chance("struck out", 25_000), more, Expr::Null)
            } else {
                more
            };
            reader.relate(table, before, Relation::Value(more), "above the price");
        }
        if let Some(less) = number(
            reader,
            &[
                "sale_price",
                "discounted_price",
                "special_price",
                "promo_price",
                "member_price",
                "discount_price",
                "reduced_price",
                "sale_price_cents",
            ],
        ) {
            let off = of_price(hundredths(70, 26));
            let off = if reader.is_nullable(table, less) {
                Expr::when(Expr::Chance("on sale", 16_000), off, Expr::Null)
            } else {
                off
            };
            reader.relate(table, less, Relation::Value(off), "below the price");
        }
    }
    super::measures::find(reader, table);
    if let (Some(bmi), Some(weight), Some(height)) = (
        number(reader, &["bmi", "body_mass_index"]),
        number(
            reader,
            &["weight_kg", "body_weight_kg", "weight", "body_weight"],
        ),
        number(reader, &["height_cm", "height", "body_height_cm"]),
    ) {
        let digit = ONE / 10_i128.pow(scale(reader.kind(table, bmi)).min(6));
        let metres = Expr::Column(height).per(Expr::whole(100));
        let square = metres.clone().times(metres);
        // Rounded, as people do.
        let half = Expr::Number(digit / 2);
        let exact = Expr::Sum(vec![Expr::Column(weight).per(square), half]);
        reader.relate(
            table,
            bmi,
            Relation::Value(Expr::Floor(Box::new(exact), digit)),
            "the weight by the height squared",
        );
    }
    if let (Some(high), Some(low)) = (
        number(
            reader,
            &[
                "systolic",
                "systolic_pressure",
                "bp_systolic",
                "blood_pressure_systolic",
                "systolic_bp",
            ],
        ),
        number(
            reader,
            &[
                "diastolic",
                "diastolic_pressure",
                "bp_diastolic",
                "blood_pressure_diastolic",
                "diastolic_bp",
            ],
        ),
    ) {
        reader.relate(
            table,
            high,
            Relation::Value(Expr::Random("pressure", 100 * ONE, 50, ONE, false)),
            "a blood pressure",
        );
        let less =
            Expr::Column(high).minus(Expr::Random("pulse pressure", 30 * ONE, 25, ONE, false));
        reader.relate(
            table,
            low,
            Relation::Value(less),
            "below the other pressure",
        );
    }
    for (plus, minus) in [
        ("upvotes", "downvotes"),
        ("upvotes_count", "downvotes_count"),
        ("likes", "dislikes"),
        ("likes_count", "dislikes_count"),
        ("goals_for", "goals_against"),
        ("votes_up", "votes_down"),
        ("ups", "downs"),
    ] {
        if let (Some(plus), Some(minus), Some(score)) = (
            number(reader, &[plus]),
            number(reader, &[minus]),
            number(
                reader,
                &[
                    "score",
                    "net_score",
                    "net_votes",
                    "votes_score",
                    "karma",
                    "goal_difference",
                    "vote_score",
                ],
            ),
        ) {
            let expr = Expr::Column(plus).minus(Expr::Column(minus));
            reader.relate(
                table,
                score,
                Relation::Value(expr),
                "the one less the other",
            );
        }
    }
    for (first, last) in [
        ("start", "end"),
        ("begin", "end"),
        ("opening", "closing"),
        ("previous", "current"),
        ("departure", "arrival"),
        ("out", "in"),
    ] {
        let named = |word: &str| {
            reader.columns(table).find(|&column| {
                reader.is_number(table, column)
                    && reader.facts[table].reference_of[column].is_none()
                    && reader.name(table, column).has(&[word])
                    && reader.name(table, column).has(&[
                        "odometer",
                        "meter",
                        "reading",
                        "mileage",
                        "km",
                        "kilometers",
                        "index",
                        "units",
                        "counter",
                    ])
            })
        };
        let usage = number(
            reader,
            &[
                "distance",
                "distance_km",
                "consumption",
                "usage",
                "consumed",
                "units_used",
                "difference",
                "kilometers",
                "km_driven",
                "used_units",
                "driven_km",
                "mileage",
            ],
        );
        if let (Some(first), Some(last), Some(usage)) = (named(first), named(last), usage)
            && first != usage
            && last != usage
        {
            let end = Expr::Sum(vec![Expr::Column(first), Expr::Column(usage)]);
            reader.relate(
                table,
                last,
                Relation::Value(end),
                "the first reading and what was used",
            );
        }
    }
    let parts: Vec<ColumnId> = [
        "adults",
        "children",
        "infants",
        "adults_count",
        "children_count",
        "adult_count",
        "child_count",
        "num_adults",
        "num_children",
    ]
    .iter()
    .filter_map(|name| number(reader, &[*name]))
    .collect();
    if parts.len() >= 2
        && let Some(total) = number(
            reader,
            &[
                "guests",
                "guests_count",
                "guests_total",
                "total_people",
                "pax",
                "party_size",
                "total_guests",
                "people_count",
                "persons",
                "guest_count",
                "number_of_guests",
                "travelers",
                "passengers",
                "passengers_count",
                "headcount",
            ],
        )
    {
        for &part in &parts {
            let name = reader.name(table, part).clone();
            let least = i128::from(name.has(&["adults", "adult"])) * ONE;
            reader.relate(
                table,
                part,
                Relation::Value(Expr::Random("persons", least, 4, ONE, true)),
                "some persons",
            );
        }
        let sum = Expr::Sum(parts.into_iter().map(Expr::Column).collect());
        reader.relate(table, total, Relation::Value(sum), "all persons");
    }
    calendar(reader, table);
    marks(reader, table);
    covered(reader, table);
}

/// The year or month of the row's own date.
pub(super) fn calendar(reader: &mut Reader<'_, '_>, table: TableId) {
    let has_date = reader.columns(table).any(|column| {
        reader.is_time(table, column)
            && !reader.is_nullable(table, column)
            && reader.name(table, column).has(&[
                "issued", "issue", "invoice", "billed", "booked", "posted", "date", "ordered",
                "paid", "received", "entry",
            ])
    });
    if !has_date {
        return;
    }
    for column in reader.free(table, |_| true) {
        if reader.is_whole(table, column)
            && reader.name(table, column).whole_is(&[
                "year",
                "fiscal_year",
                "invoice_year",
                "billing_year",
                "accounting_year",
            ])
        {
            let year = Expr::Year(Box::new(Expr::Born));
            reader.relate(table, column, Relation::Value(year), "the year of the row");
        }
    }
}

/// Points that aren't more than can be had, and whether they are enough.
pub(super) fn marks(reader: &mut Reader<'_, '_>, table: TableId) {
    const MOST: &[&str] = &[
        "max_points",
        "max_score",
        "maximum_points",
        "maximum_score",
        "total_points",
        "full_marks",
        "total_marks",
        "max_marks",
        "points_possible",
        "possible_points",
        "perfect_score",
    ];
    const ENOUGH: &[&str] = &[
        "pass_mark",
        "passing_score",
        "passing_points",
        "pass_score",
        "pass_points",
        "min_score",
        "passing_mark",
        "passing_grade",
        "pass_percentage_points",
        "threshold_score",
    ];
    const GOT: &[&str] = &[
        "points",
        "score",
        "marks",
        "points_earned",
        "earned_points",
        "achieved_points",
        "mark",
        "result_points",
        "points_awarded",
        "obtained_marks",
    ];
    let number = |reader: &Reader<'_, '_>, table: TableId, names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_number(table, column)
                && reader.facts[table].reference_of[column].is_none()
                && reader.name(table, column).whole_is(names)
        })
    };
    let hundredths = |label: &'static str, least: i64, count: u64| {
        Expr::Random(label, i128::from(least) * ONE, count, ONE, false)
    };
    let own_most = number(reader, table, MOST);
    if let (Some(most), Some(enough)) = (own_most, number(reader, table, ENOUGH)) {
        let part = Expr::Floor(
            Box::new(Expr::Column(most).percent(hundredths("enough", 50, 11))),
            ONE,
        );
        reader.relate(
            table,
            enough,
            Relation::Value(part),
            "half of what can be had, or a little more",
        );
    }
    let Some(got) = number(reader, table, GOT) else {
        return;
    };
    let found = own_most
        .map(|most| {
            (
                Expr::Column(most),
                number(reader, table, ENOUGH).map(Expr::Column),
            )
        })
        .or_else(|| {
            reader
                .references(table)
                .into_iter()
                .find_map(|(via, target)| {
                    let most = number(reader, target, MOST)?;
                    let there = |column: ColumnId| Expr::There(via, Box::new(Expr::Column(column)));
                    Some((there(most), number(reader, target, ENOUGH).map(there)))
                })
        });
    let Some((most, enough)) = found else {
        return;
    };
    let digit = ONE / 10_i128.pow(scale(reader.kind(table, got)).min(6));
    let part = Expr::Floor(
        Box::new(most.clone().percent(hundredths("got", 25, 76))),
        digit,
    );
    // What wasn't marked yet has no points.
    let judged = reader.story.tables[table]
        .cycle
        .as_ref()
        .and_then(super::outcomes::judged)
        .filter(|_| reader.is_nullable(table, got));
    let part = match judged {
        Some(event) => Expr::when(Expr::happened(event), part, Expr::Null),
        None => part,
    };
    reader.relate(
        table,
        got,
        Relation::Value(part),
        "a part of what can be had",
    );
    if let Some(rate) = reader.columns(table).find(|&column| {
        reader.is_number(table, column)
            && reader.name(table, column).whole_is(&[
                "percentage",
                "percent",
                "score_percent",
                "percent_score",
                "result_percent",
            ])
    }) {
        let percent = Expr::Column(got).times(Expr::whole(100)).per(most);
        reader.relate(
            table,
            rate,
            Relation::Value(percent),
            "what was got of what can be had",
        );
    }
    if let (Some(enough), Some(passed)) = (
        enough,
        reader.columns(table).find(|&column| {
            reader.is_boolean(table, column)
                && reader.name(table, column).whole_is(&[
                    "passed",
                    "is_passed",
                    "pass",
                    "succeeded",
                ])
        }),
    ) {
        let is = Expr::AtMost(Box::new(enough), Box::new(Expr::Column(got)));
        reader.relate(table, passed, Relation::Value(is), "whether that is enough");
    }
}

/// A rate and the amount that it gives, and what is left: what an insurance covers, a commission, a deposit.
pub(super) fn covered(reader: &mut Reader<'_, '_>, table: TableId) {
    use crate::plan::story::money::{Role, role};
    let base = reader
        .columns(table)
        .filter(|&column| {
            reader.is_number(table, column) && reader.facts[table].reference_of[column].is_none()
        })
        .filter_map(|column| Some((role(reader.name(table, column))?, column)))
        .filter(|(role, _)| matches!(role, Role::Subtotal | Role::Total | Role::Amount))
        .min_by_key(|(role, column)| match role {
            _ if reader.name(table, *column).has(&["grand"]) => 9,
            Role::Subtotal => 0,
            Role::Total => 1,
            _ => 2,
        })
        .map(|(_, column)| column);
    let Some(base) = base else {
        return;
    };
    let columns: Vec<ColumnId> = reader
        .columns(table)
        .filter(|&column| reader.is_number(table, column))
        .collect();
    for &rate in &columns {
        let name = reader.name(table, rate).clone();
        if !name.has(&["percent", "percentage", "rate", "pct"])
            || name.has(&["tax", "vat", "discount", "open", "click", "exchange", "gst"])
        {
            continue;
        }
        let prefix: String = name
            .own
            .words
            .first()
            .map_or("", String::as_str)
            .chars()
            .take(5)
            .collect();
        if prefix.len() < 3 {
            continue;
        }
        let amount = columns.iter().copied().find(|&amount| {
            amount != rate
                && amount != base
                && reader.is_free(table, amount)
                && reader
                    .name(table, amount)
                    .own
                    .words
                    .iter()
                    .any(|word| word.starts_with(&prefix))
                && !reader
                    .name(table, amount)
                    .has(&["percent", "percentage", "rate", "pct"])
        });
        let Some(amount) = amount else {
            continue;
        };
        let percent = name.has(&["percent", "percentage", "pct"])
            || name.text.contains("percent")
            || name.text.contains('%')
            || scale(reader.kind(table, rate)) == 0;
        let share = if percent {
            Expr::Column(rate).per(Expr::whole(100))
        } else {
            Expr::Column(rate)
        };
        if reader.is_free(table, rate) {
            let unit = if percent { ONE } else { ONE / 100 };
            let most = if name.has(&["commission", "fee", "tip", "deposit", "royalty"]) {
                6
            } else {
                19
            };
            reader.relate(
                table,
                rate,
                Relation::Value(Expr::Random("rate", 5 * unit, most, 5 * unit, false)),
                "a rate that people know",
            );
        }
        let total = columns.iter().copied().find(|&total| {
            total != amount
                && reader.name(table, total).whole_is(&[
                    "total",
                    "grand_total",
                    "total_amount",
                    "total_price",
                ])
        });
        let base = if name.has(&["deposit", "tip", "down", "prepayment"]) {
            total.unwrap_or(base)
        } else {
            base
        };
        reader.relate(
            table,
            amount,
            Relation::Value(Expr::Column(base).times(share)),
            "its rate of the whole",
        );
        let rest = columns.iter().copied().find(|&rest| {
            let name = reader.name(table, rest);
            let says_so = name.has(&[
                "net",
                "payout",
                "remaining",
                "rest",
                "left",
                "own",
                "copay",
                "patient",
                "balance",
                "earnings",
                "proceeds",
            ]) || ["left", "rest", "remain", "less", "残"]
                .iter()
                .any(|word| name.text.contains(word));
            rest != rate && rest != amount && rest != base && says_so && reader.is_free(table, rest)
        });
        if let Some(rest) = rest {
            let left = Expr::Column(base).minus(Expr::Column(amount));
            reader.relate(table, rest, Relation::Value(left), "the rest of the whole");
        }
    }
}
