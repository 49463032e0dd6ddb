//! Flags that other columns of the row decide: what costs nothing is free, what has nothing left is sold out, who has enough
//! points has passed.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::lists::List;
use crate::plan::story::money::{Role, role};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::ONE;

/// Finds the flags of a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    free_of_charge(reader, table);
    exhausted(reader, table);
    passed(reader, table);
    brands(reader, table);
    edits(reader, table);
    implied(reader, table);
    below_the_order_level(reader, table);
    within_limits(reader, table);
    letters(reader, table);
}

/// Flags that are only set where a wider one is: what is vegan is vegetarian.
fn implied(reader: &mut Reader<'_, '_>, table: TableId) {
    let pairs = List::Implied.words().iter();
    for (narrow, wide) in pairs.filter_map(|pair| pair.split_once('>')) {
        let flag = |word: &str| {
            reader.columns(table).find(|&column| {
                let name = &reader.name(table, column).own.whole;
                reader.is_boolean(table, column)
                    && !reader.is_nullable(table, column)
                    && name.strip_prefix("is_").unwrap_or(name) == word
            })
        };
        if let (Some(narrow), Some(wide)) = (flag(narrow), flag(wide)) {
            let both = Expr::All(vec![Expr::Column(wide), Expr::Chance("narrower", 24_000)]);
            let why = format!("only where `{}` is", reader.column(table, wide).name);
            reader.relate(table, narrow, Relation::Value(both), why);
        }
    }
}

/// What there is less of than there should be needs to be ordered.
fn below_the_order_level(reader: &mut Reader<'_, '_>, table: TableId) {
    let number = |reader: &Reader<'_, '_>, names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_number(table, column)
                && !reader.is_nullable(table, column)
                && reader.name(table, column).whole_is(names)
        })
    };
    let flag = reader.free(table, |_| true).into_iter().find(|&column| {
        reader.is_boolean(table, column)
            && reader.name(table, column).whole_is(&[
                "needs_reorder",
                "reorder",
                "low_stock",
                "is_low_stock",
                "below_minimum",
                "below_par",
            ])
    });
    let stock = number(
        reader,
        &[
            "on_hand",
            "stock",
            "quantity",
            "quantity_on_hand",
            "stock_quantity",
            "current_stock",
        ],
    );
    let level = number(
        reader,
        &[
            "par_level",
            "reorder_point",
            "reorder_level",
            "min_stock",
            "minimum_stock",
            "safety_stock",
        ],
    );
    if let (Some(flag), Some(stock), Some(level)) = (flag, stock, level) {
        let enough = Expr::AtMost(Box::new(Expr::Column(level)), Box::new(Expr::Column(stock)));
        reader.relate(
            table,
            flag,
            Relation::Value(Expr::Not(Box::new(enough))),
            "whether there is too little",
        );
    }
}

/// Limits lie around what is wanted, what was measured near it, and a flag says whether it lies between them.
fn within_limits(reader: &mut Reader<'_, '_>, table: TableId) {
    let number = |reader: &Reader<'_, '_>, names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.is_number(table, column) && reader.name(table, column).whole_is(names)
        })
    };
    let wanted = number(
        reader,
        &[
            "nominal",
            "nominal_value",
            "target",
            "target_value",
            "setpoint",
        ],
    );
    let lower = number(
        reader,
        &[
            "lower_limit",
            "min_value",
            "lower_bound",
            "minimum",
            "lower_tolerance_limit",
        ],
    );
    let upper = number(
        reader,
        &[
            "upper_limit",
            "max_value",
            "upper_bound",
            "maximum",
            "upper_tolerance_limit",
        ],
    );
    let (Some(lower), Some(upper)) = (lower, upper) else {
        return;
    };
    let is = number(
        reader,
        &[
            "measured_value",
            "measured",
            "actual_value",
            "value",
            "reading",
            "result_value",
        ],
    );
    let Some(is) = is else {
        return;
    };
    if let Some(wanted) = wanted.filter(|&wanted| !reader.is_nullable(table, wanted)) {
        let share = |percent: i64| Expr::Column(wanted).percent(Expr::whole(percent));
        reader.relate(
            table,
            lower,
            Relation::Value(share(98)),
            "a little less than is wanted",
        );
        reader.relate(
            table,
            upper,
            Relation::Value(share(102)),
            "a little more than is wanted",
        );
        let near = Expr::Column(wanted).percent(Expr::Random(
            "measured",
            97 * ONE + ONE / 2,
            51,
            ONE / 10,
            false,
        ));
        reader.relate(table, is, Relation::Value(near), "near what is wanted");
    }
    let flag = reader.free(table, |_| true).into_iter().find(|&column| {
        reader.is_boolean(table, column)
            && reader.name(table, column).whole_is(&[
                "within_tolerance",
                "in_tolerance",
                "within_limits",
                "in_range",
                "within_range",
                "in_spec",
                "passed",
                "ok",
            ])
    });
    if let Some(flag) = flag {
        let at_most = |first: ColumnId, second: ColumnId| {
            Expr::AtMost(
                Box::new(Expr::Column(first)),
                Box::new(Expr::Column(second)),
            )
        };
        let value = Expr::All(vec![at_most(lower, is), at_most(is, upper)]);
        reader.relate(
            table,
            flag,
            Relation::Value(value),
            "whether it lies between its limits",
        );
    }
}

/// The letter of a grade: of 100 points 90 are an A.
fn letters(reader: &mut Reader<'_, '_>, table: TableId) {
    let letter = reader.free(table, |_| true).into_iter().find(|&column| {
        reader.is_text(table, column)
            && reader
                .name(table, column)
                .whole_is(&["letter_grade", "grade_letter"])
            && !reader.facts[table]
                .rules
                .domains
                .contains_key(&reader.column(table, column).name)
    });
    let points = reader.columns(table).find(|&column| {
        reader.is_number(table, column)
            && reader.name(table, column).whole_is(&[
                "grade",
                "score",
                "points",
                "percentage",
                "final_grade",
                "score_percent",
            ])
    });
    let (Some(letter), Some(points)) = (letter, points) else {
        return;
    };
    let from =
        |least: i64| Expr::AtMost(Box::new(Expr::whole(least)), Box::new(Expr::Column(points)));
    let place = [(90, 0), (80, 1), (70, 2), (60, 3)]
        .iter()
        .rev()
        .fold(Expr::whole(4), |otherwise, &(least, place)| {
            Expr::when(from(least), Expr::whole(place), otherwise)
        });
    let texts = ["A", "B", "C", "D", "F"].map(str::to_owned).into();
    reader.relate(
        table,
        letter,
        Relation::Text(TextRole::OneOf(place, texts)),
        "the letter of its points",
    );
    if reader.is_nullable(table, letter) {
        reader.story.tables[table].beside.insert(letter, points);
    }
}

/// What is free has no price.
fn free_of_charge(reader: &mut Reader<'_, '_>, table: TableId) {
    let flag = reader.columns(table).find(|&column| {
        reader.is_boolean(table, column)
            && reader.name(table, column).whole_is(&[
                "free",
                "is_free",
                "free_of_charge",
                "complimentary",
                "gratis",
            ])
    });
    let Some(flag) = flag else {
        return;
    };
    let price = reader.free(table, |_| true).into_iter().find(|&column| {
        reader.is_number(table, column) && role(reader.name(table, column)) == Some(Role::UnitPrice)
    });
    let Some(price) = price.filter(|&price| !reader.is_nullable(table, price)) else {
        return;
    };
    let value = Expr::when(
        Expr::Column(flag),
        Expr::Number(0),
        Expr::Greatest(vec![Expr::Usual(price), Expr::whole(1)]),
    );
    reader.relate(
        table,
        price,
        Relation::Value(value),
        "nothing where it is free",
    );
}

/// What has nothing left is sold out.
fn exhausted(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        if !reader.is_boolean(table, column)
            || !name.whole_is(&[
                "sold_out",
                "is_sold_out",
                "full",
                "is_full",
                "fully_booked",
                "out_of_stock",
                "exhausted",
                "used_up",
                "depleted",
            ])
        {
            continue;
        }
        let left = reader.columns(table).find(|&left| {
            reader.is_number(table, left)
                && reader.facts[table].reference_of[left].is_none()
                && reader.name(table, left).has(&[
                    "left",
                    "remaining",
                    "available",
                    "free",
                    "stock",
                    "vacant",
                    "unsold",
                ])
        });
        let Some(left) = left else {
            continue;
        };
        let none = Expr::AtMost(Box::new(Expr::Column(left)), Box::new(Expr::Number(0)));
        let of = reader.column(table, left).name.clone();
        reader.relate(
            table,
            column,
            Relation::Value(Expr::All(vec![none])),
            format!("whether `{of}` is none"),
        );
    }
}

/// Who has enough points has passed.
pub(super) fn passed(reader: &mut Reader<'_, '_>, table: TableId) {
    const ENOUGH: &[&str] = &[
        "pass_points",
        "passing_score",
        "pass_score",
        "pass_mark",
        "passing_grade",
        "pass_percentage",
        "pass_percent",
        "passing_percent",
        "pass_mark_percent",
        "required_percent",
        "passing_percentage",
        "minimum_score",
        "min_score",
        "pass_threshold",
        "passing_points",
    ];
    for column in reader.free(table, |_| true) {
        if !reader.is_boolean(table, column)
            || !reader
                .name(table, column)
                .whole_is(&["passed", "is_passed", "has_passed", "pass"])
        {
            continue;
        }
        let enough = |table: TableId| {
            reader.columns(table).find(|&own| {
                reader.is_number(table, own) && reader.name(table, own).whole_is(ENOUGH)
            })
        };
        let found = enough(table)
            .map(|own| (Expr::Column(own), reader.name(table, own).clone()))
            .or_else(|| {
                reader.references(table).into_iter().find_map(|(via, to)| {
                    let own = enough(to)?;
                    Some((
                        Expr::There(via, Box::new(Expr::Column(own))),
                        reader.name(to, own).clone(),
                    ))
                })
            });
        let Some((enough, called)) = found else {
            continue;
        };
        let wanted: &[&str] = if called.has(&["percentage", "percent"]) {
            &["percentage", "percent", "score_percent", "score"]
        } else {
            &[
                "points",
                "score",
                "total_score",
                "points_awarded",
                "grade",
                "mark",
                "final_grade",
                "final_score",
                "final_mark",
                "percentage",
                "score_percent",
            ]
        };
        let got = wanted.iter().find_map(|wanted| {
            reader.columns(table).find(|&own| {
                reader.is_number(table, own) && reader.name(table, own).whole_is(&[*wanted])
            })
        });
        let Some(got) = got else {
            continue;
        };
        let known = Expr::Known(Box::new(Expr::Column(got)));
        let is = Expr::AtMost(Box::new(enough), Box::new(Expr::Column(got)));
        let unknown = if reader.is_nullable(table, column) {
            Expr::Null
        } else {
            Expr::Number(0)
        };
        let value = Expr::when(known, Expr::All(vec![is]), unknown);
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "whether that was enough",
        );
    }
}

/// The brand of what has a last four digits is a card's.
fn brands(reader: &mut Reader<'_, '_>, table: TableId) {
    let is_card = reader.columns(table).any(|column| {
        reader.name(table, column).own.is(&[
            "last4",
            "last_4",
            "last_four",
            "exp_month",
            "exp_year",
            "last_digits",
        ])
    });
    if !is_card {
        return;
    }
    for column in reader.free(table, |_| true) {
        if reader.is_text(table, column)
            && reader.name(table, column).whole_is(&["brand", "network"])
        {
            let domain = &reader.column(table, column).name;
            if reader.facts[table].rules.domains.contains_key(domain)
                || reader.is_nullable(table, column)
            {
                continue;
            }
            let which = Expr::Random("brand", 0, 3, ONE, true);
            let role = TextRole::OneOf(
                which,
                ["visa", "mastercard", "amex"].map(str::to_owned).into(),
            );
            reader.relate(table, column, Relation::Text(role), "a brand of cards");
        }
    }
}

/// How often something was edited, and when last: the one without the other is neither.
fn edits(reader: &mut Reader<'_, '_>, table: TableId) {
    for (counts, times) in [
        (
            &["edit_count", "edits_count", "edited_count"][..],
            &["last_edited_at", "edited_at"][..],
        ),
        (
            &[
                "failed_attempts_count",
                "attempts",
                "attempts_count",
                "attempt_count",
                "retry_count",
            ],
            &["last_attempt_at", "last_attempted_at", "last_tried_at"],
        ),
        (&["view_count", "views_count", "views"], &["last_viewed_at"]),
        (
            &["use_count", "usage_count", "times_used", "uses_count"],
            &["last_used_at"],
        ),
        (
            &["reminder_count", "reminders_sent"],
            &[
                "last_reminded_at",
                "last_reminder_at",
                "last_reminder_sent_at",
            ],
        ),
        (
            &["download_count", "downloads_count"],
            &["last_downloaded_at"],
        ),
        (
            &["run_count", "runs_count"],
            &["last_run_at", "last_ran_at"],
        ),
    ] {
        let find = |names: &[&str]| {
            reader
                .free(table, |_| true)
                .into_iter()
                .find(|&column| reader.name(table, column).whole_is(names))
        };
        let (Some(count), Some(time)) = (find(counts), find(times)) else {
            continue;
        };
        if !reader.is_whole(table, count)
            || !reader.is_time(table, time)
            || !reader.is_nullable(table, time)
        {
            continue;
        }
        let number = Expr::when(
            Expr::Known(Box::new(Expr::Column(time))),
            Expr::Random("how often", ONE, 5, ONE, true),
            Expr::Number(0),
        );
        reader.relate(
            table,
            count,
            Relation::Value(number),
            "none where there is no time of it",
        );
    }
}
