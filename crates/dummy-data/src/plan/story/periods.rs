//! Years, months and days that a row is about: the month of a bill, the days of a stay, how old somebody is.

use crate::check::Domain;
use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::text_limit;
use crate::plan::story::reader::{MOST_ROWS, Reader};
use crate::plan::story::{Expr, Relation, TextRole};
use crate::story::ONE;

const DAY: i128 = 86_400 * ONE;
/// A year of the calendar in the middle, in microseconds.
const YEAR: i128 = 31_556_952 * ONE;

/// Finds what columns of a table say of the calendar.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    months(reader, table);
    days_of_a_parent(reader, table);
    day_in_a_period(reader, table);
    ages(reader, table);
    before_birth(reader, table);
    trials(reader, table);
}

/// A trial begins with what is tried.
fn trials(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if reader.is_time(table, column)
            && reader.name(table, column).is(&[
                "trial_start",
                "trial_start_at",
                "trial_start_on",
                "trial_starts_at",
                "trial_starts_on",
                "trial_started_at",
                "trial_started_on",
            ])
        {
            reader.relate(
                table,
                column,
                Relation::Value(Expr::Born),
                "when the row is born",
            );
        }
    }
}

/// The free number of a name among some.
fn number(reader: &Reader<'_, '_>, table: TableId, names: &[&str]) -> Option<ColumnId> {
    reader
        .free(table, |_| true)
        .into_iter()
        .find(|&column| reader.is_whole(table, column) && reader.name(table, column).is(names))
}

/// The reference of a unique set that has these columns and one that leads elsewhere; and the set's name.
fn counted_within(
    reader: &Reader<'_, '_>,
    table: TableId,
    columns: &[ColumnId],
) -> Option<(ColumnId, String)> {
    reader.facts[table].unique_sets.iter().find_map(|set| {
        if set.opaque.is_some()
            || set.nulls_equal
            || set.columns.len() != columns.len() + 1
            || !columns.iter().all(|column| set.columns.contains(column))
        {
            return None;
        }
        let via = set
            .columns
            .iter()
            .copied()
            .find(|column| !columns.contains(column))?;
        let alone = reader.facts[table].unique_sets.iter().all(|other| {
            other.name == set.name || columns.iter().all(|own| !other.columns.contains(own))
        });
        (alone && reader.reference(table, via).is_some() && !reader.is_nullable(table, via))
            .then(|| (via, set.name.clone()))
    })
}

/// A year and a month that a row is about: those of its birth, or one after the other for each of its owner.
fn months(reader: &mut Reader<'_, '_>, table: TableId) {
    let year = number(reader, table, &["year"]).filter(|&year| {
        !reader.name(table, year).has(&[
            "birth",
            "built",
            "model",
            "founded",
            "formed",
            "graduation",
            "exp",
            "expiry",
            "expiration",
            "vintage",
            "construction",
            "release",
            "released",
            "published",
            "manufacture",
            "production",
            "school",
            "disbanded",
            "established",
            "opening",
        ])
    });
    let of_a_year = |reader: &Reader<'_, '_>| {
        number(reader, table, &["month"]).or_else(|| {
            // `period` beside a year is one of twelve.
            number(reader, table, &["period", "period_number", "period_no"])
        })
    };
    let month = of_a_year(reader).filter(|&month| {
        !reader
            .name(table, month)
            .has(&["birth", "exp", "expiry", "per"])
    });
    let Some(year) = year else {
        year_months(reader, table);
        return;
    };
    let own = reader.column(table, year);
    let bounded = |column: ColumnId| {
        let domain = reader.facts[table]
            .rules
            .domains
            .get(&reader.column(table, column).name);
        domain.is_some_and(|domain| domain.one_of.is_some())
    };
    if bounded(year) || own.data_type.array {
        return;
    }
    let within = |columns: &[ColumnId]| {
        counted_within(reader, table, columns).filter(|_| reader.rows(table) <= MOST_ROWS)
    };
    if let Some(month) = month {
        let now = Expr::Month(Box::new(Expr::Now));
        let index = match within(&[year, month]) {
            Some((via, set)) => {
                reader.story.tables[table].kept_sets.push(set);
                // The newest is this month's, and none is missing.
                let before = Expr::Size(via).minus(Expr::whole(1)).minus(Expr::Rank(via));
                now.minus(before)
            }
            None => Expr::Month(Box::new(Expr::Born)),
        };
        let of_year = Expr::Floor(Box::new(index.clone().per(Expr::whole(12))), ONE);
        let of_month = Expr::Sum(vec![
            index.clone().minus(of_year.clone().times(Expr::whole(12))),
            Expr::whole(1),
        ]);
        reader.relate(
            table,
            year,
            Relation::Value(of_year),
            "the year it is about",
        );
        reader.relate(
            table,
            month,
            Relation::Value(of_month),
            "the month it is about",
        );
        period_of_month(reader, table, &index);
    } else {
        let value = if let Some((via, set)) = within(&[year]) {
            reader.story.tables[table].kept_sets.push(set);
            let before = Expr::Size(via).minus(Expr::whole(1)).minus(Expr::Rank(via));
            Expr::Year(Box::new(Expr::Now)).minus(before)
        } else {
            if reader.is_unique(table, year) {
                return;
            }
            Expr::Year(Box::new(Expr::Born))
        };
        reader.relate(table, year, Relation::Value(value), "the year it is about");
    }
}

/// `2026-10`: a month that a row is about, as a text.
fn year_months(reader: &mut Reader<'_, '_>, table: TableId) {
    let found = reader.free(table, |_| true).into_iter().find(|&column| {
        if !reader.is_text(table, column) {
            return false;
        }
        let name = reader.name(table, column);
        let limit = text_limit(reader.column(table, column), &Domain::default());
        let is_said =
            name.text.contains("yyyy") && name.text.contains("mm") && !name.text.contains("dd");
        is_said
            || (matches!(limit, Some(6 | 7))
                && (name.has(&["month", "ym", "yyyymm"]) || name.text.contains("年月")))
    });
    let Some(column) = found else {
        return;
    };
    let text = reader.name(table, column).text.clone();
    let limit = text_limit(reader.column(table, column), &Domain::default());
    let between = if text.contains("yyyy/mm") {
        "/"
    } else if text.contains("yyyymm") || limit == Some(6) {
        ""
    } else {
        "-"
    };
    let set = counted_within(reader, table, &[column]).filter(|_| reader.rows(table) <= MOST_ROWS);
    let index = if let Some((via, set)) = set {
        reader.story.tables[table].kept_sets.push(set);
        let before = Expr::Size(via).minus(Expr::whole(1)).minus(Expr::Rank(via));
        Expr::Month(Box::new(Expr::Now)).minus(before)
    } else {
        Expr::Month(Box::new(Expr::Born))
    };
    reader.relate(
        table,
        column,
        Relation::Text(TextRole::YearMonth(index, between)),
        "the month it is about",
    );
}

/// Begin, end and pay day of the month that a row is about.
fn period_of_month(reader: &mut Reader<'_, '_>, table: TableId, index: &Expr) {
    let next = Expr::Sum(vec![index.clone(), Expr::whole(1)]);
    for column in reader.free(table, |_| true) {
        if !reader.is_date(table, column) {
            continue;
        }
        let name = reader.name(table, column).clone();
        let value = if name.is(&[
            "period_start",
            "period_start_on",
            "period_from",
            "period_begin",
        ]) || name.whole_is(&["start_date", "starts_on", "from_date", "start_on"])
        {
            Expr::FirstOf(Box::new(index.clone()))
        } else if name.is(&["period_end", "period_end_on", "period_to"])
            || name.whole_is(&["end_date", "ends_on", "to_date", "end_on"])
        {
            Expr::FirstOf(Box::new(next.clone())).minus(Expr::Number(DAY))
        } else if name.whole_is(&[
            "pay_date",
            "payday",
            "payment_date",
            "pay_day",
            "due_on",
            "due_date",
        ]) && !reader.is_nullable(table, column)
        {
            // A rent is due in its month, a bill after it.
            let is_rent = reader
                .columns(table)
                .any(|other| reader.name(table, other).has(&["rent"]));
            Expr::Sum(vec![
                Expr::FirstOf(Box::new(if is_rent { index.clone() } else { next.clone() })),
                Expr::Random("pay day", 0, 5, DAY, true),
            ])
        } else {
            continue;
        };
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "of the month that the row is about",
        );
    }
}

/// A day in the period to which the row belongs, none that hasn't come: an entry of an accounting period.
fn day_in_a_period(reader: &mut Reader<'_, '_>, table: TableId) {
    const PERIODS: &[&str] = &[
        "period",
        "month",
        "quarter",
        "semester",
        "term",
        "season",
        "sprint",
        "iteration",
        "week",
        "cycle",
    ];
    let found = reader
        .references(table)
        .into_iter()
        .find_map(|(via, target)| {
            let one = reader.one_of(target);
            let is_period = PERIODS.contains(&one.rsplit('_').next().unwrap_or(&one));
            if target == table || !is_period || reader.is_nullable(table, via) {
                return None;
            }
            let always = |column: ColumnId| {
                reader.is_date(target, column) && !reader.is_nullable(target, column)
            };
            let (begin, end) = crate::plan::story::spans::spans(reader, target)
                .into_iter()
                .find(|&(begin, end)| always(begin) && always(end))?;
            Some((via, begin, end))
        });
    let Some((via, begin, end)) = found else {
        return;
    };
    let own = crate::plan::story::spans::spans(reader, table);
    let day = reader.free(table, |_| true).into_iter().find(|&column| {
        let name = reader.name(table, column);
        reader.is_date(table, column)
            && !reader.is_nullable(table, column)
            && !reader.is_unique(table, column)
            && !own
                .iter()
                .any(|&(first, last)| first == column || last == column)
            && !name.has(&[
                "due", "expires", "expiry", "valid", "until", "birth", "deadline", "planned",
                "pay", "payment",
            ])
    });
    let Some(day) = day else {
        return;
    };
    let there = |column: ColumnId| Expr::There(via, Box::new(Expr::Column(column)));
    let length = there(end).minus(there(begin));
    let some = length.percent(Expr::Random("day of the period", 0, 101, ONE, false));
    let day_of = Expr::Sum(vec![there(begin), Expr::Floor(Box::new(some), DAY)]);
    let value = Expr::when(
        Expr::AtMost(Box::new(day_of.clone()), Box::new(Expr::Now)),
        day_of,
        there(begin),
    );
    let of = reader.column(table, via).name.clone();
    reader.relate(
        table,
        day,
        Relation::Value(value),
        format!("a day of that to which `{of}` leads"),
    );
}

/// A unique set of a reference, a day and others: `(subscription_id, usage_on, metric)`. The day tells its rows apart.
fn told_apart_by_a_day(
    reader: &Reader<'_, '_>,
    table: TableId,
    day: ColumnId,
) -> Option<(ColumnId, String)> {
    let mut sets = reader.facts[table]
        .unique_sets
        .iter()
        .filter(|set| set.columns.contains(&day));
    let set = sets.next().filter(|_| sets.next().is_none())?;
    if set.opaque.is_some() || set.nulls_equal || set.columns.len() < 3 {
        return None;
    }
    let mut keys = set.columns.iter().copied().filter(|&column| {
        reader.reference(table, column).is_some() && !reader.is_nullable(table, column)
    });
    let via = keys.next().filter(|_| keys.next().is_none())?;
    Some((via, set.name.clone()))
}

/// The nights of a stay: one day after the other from the first day of what they belong to.
fn days_of_a_parent(reader: &mut Reader<'_, '_>, table: TableId) {
    if reader.rows(table) > MOST_ROWS {
        return;
    }
    for column in reader.free(table, |_| true) {
        if !reader.is_date(table, column) || reader.is_nullable(table, column) {
            continue;
        }
        let found = counted_within(reader, table, &[column])
            .or_else(|| told_apart_by_a_day(reader, table, column));
        let Some((via, set)) = found else {
            continue;
        };
        let Some(target) = reader.reference(table, via).map(|found| found.table) else {
            continue;
        };
        let begin = reader.columns(target).find(|&begin| {
            reader.is_date(target, begin)
                && !reader.is_nullable(target, begin)
                && reader.name(target, begin).has(&[
                    "arrival",
                    "arrives",
                    "checkin",
                    "start",
                    "starts",
                    "begins",
                    "begin",
                    "from",
                    "departure",
                    "departs",
                ])
        });
        let day = Expr::Rank(via).times(Expr::Number(DAY));
        let value = if let Some(begin) = begin {
            Expr::Sum(vec![Expr::There(via, Box::new(Expr::Column(begin))), day])
        } else {
            // The day on which the row is born, or the next that is free.
            let works =
                reader
                    .name(table, column)
                    .has(&["work", "worked", "working", "attendance"])
                    || reader.table_name(table).has_any(&[
                        "attendance",
                        "attendances",
                        "timesheets",
                        "timecards",
                        "workdays",
                    ]);
            Expr::OwnDay(via, works)
        };
        let nights = reader.free(target, |_| true).into_iter().find(|&nights| {
            begin.is_some()
                && reader.is_whole(target, nights)
                && reader.name(target, nights).whole_is(&[
                    "nights",
                    "night_count",
                    "nights_count",
                    "days",
                    "days_count",
                    "duration_days",
                    "number_of_nights",
                ])
        });
        if let Some(nights) = nights {
            let count = Expr::Over {
                table,
                via,
                fold: crate::story::Fold::Count,
                of: Box::new(Expr::whole(1)),
                only: None,
            };
            let value = Expr::when(
                count.clone(),
                count,
                Expr::Random("nights", ONE, 6, ONE, true),
            );
            reader.relate(
                target,
                nights,
                Relation::Value(value),
                "as many as are written down",
            );
            let end = crate::plan::story::spans::spans(reader, target)
                .into_iter()
                .find(|(start, _)| Some(*start) == begin)
                .map(|(_, end)| end);
            if let (Some(begin), Some(end)) = (begin, end)
                && reader.is_date(target, end)
            {
                let later = Expr::Sum(vec![
                    Expr::Column(begin),
                    Expr::Column(nights).times(Expr::whole(86_400)),
                ]);
                reader.relate(
                    target,
                    end,
                    Relation::Value(later),
                    "as many days after it begins",
                );
            }
        }
        reader.story.tables[table].kept_sets.push(set);
        let of = reader.column(table, via).name.clone();
        reader.relate(
            table,
            column,
            Relation::Value(value),
            format!("one day after the other for each `{of}`"),
        );
    }
}

/// Who comes to the same lesson again comes another day: each pair of a course and a pupil has days of its own, on the
/// course's day of the week.
pub(crate) fn find_lessons(reader: &mut Reader<'_, '_>, table: TableId) {
    if reader.rows(table) > MOST_ROWS {
        return;
    }
    let found = reader.facts[table].unique_sets.iter().find_map(|set| {
        let [_, _, _] = set.columns.as_slice() else {
            return None;
        };
        if set.opaque.is_some() || set.nulls_equal {
            return None;
        }
        let day = set.columns.iter().copied().find(|&day| {
            reader.is_date(table, day)
                && reader.is_free(table, day)
                && !reader.is_nullable(table, day)
        })?;
        let keys: Vec<ColumnId> = set
            .columns
            .iter()
            .copied()
            .filter(|&key| {
                key != day
                    && reader
                        .reference(table, key)
                        .is_some_and(|found| found.table != table)
                    && !reader.is_nullable(table, key)
            })
            .collect();
        let alone = reader.facts[table].unique_sets.iter().all(|other| {
            other.name == set.name || !other.columns.iter().any(|own| set.columns.contains(own))
        });
        let [first, second] = keys.as_slice() else {
            return None;
        };
        alone.then(|| (day, *first, *second, set.name.clone()))
    });
    let Some((day, first, second, set)) = found else {
        return;
    };
    let weekday = [first, second].into_iter().find_map(|via| {
        let target = reader.reference(table, via)?.table;
        let weekday = reader.columns(target).find(|&weekday| {
            reader.is_whole(target, weekday)
                && reader.name(target, weekday).whole_is(&[
                    "weekday",
                    "day_of_week",
                    "wday",
                    "week_day",
                    "dow",
                ])
        })?;
        Some(Expr::There(via, Box::new(Expr::Column(weekday))))
    });
    let born = |via: ColumnId| Expr::There(via, Box::new(Expr::Born));
    let both = Expr::Greatest(vec![born(first), born(second)]);
    let again = Expr::RankAmong(first, Box::new(Expr::Column(second)));
    let week = 7 * DAY;
    let value = match weekday {
        Some(weekday) => {
            // The first of January 1970 was a Thursday.
            let off = weekday.minus(Expr::whole(4)).times(Expr::Number(DAY));
            let since = Expr::Sum(vec![both, Expr::Number(week)]).minus(off.clone());
            Expr::Sum(vec![
                Expr::Floor(Box::new(since), week),
                off,
                again.times(Expr::Number(week)),
            ])
        }
        None => Expr::Sum(vec![
            Expr::Floor(Box::new(both), DAY),
            again.times(Expr::Number(week)),
            Expr::Number(DAY),
        ]),
    };
    reader.story.tables[table].kept_sets.push(set);
    reader.relate(
        table,
        day,
        Relation::Value(value),
        "another day whenever the same come together again",
    );
}

/// How old somebody is, and how long somebody has been there.
fn ages(reader: &mut Reader<'_, '_>, table: TableId) {
    let time = |reader: &Reader<'_, '_>, words: &[&str]| {
        reader
            .columns(table)
            .find(|&column| reader.is_time(table, column) && reader.name(table, column).has(words))
    };
    for column in reader.free(table, |_| true) {
        if !reader.is_whole(table, column) {
            continue;
        }
        let name = reader.name(table, column).clone();
        let since = if name.whole_is(&["age", "current_age", "age_years"]) {
            time(reader, &["birth", "birthday", "birthdate", "born", "dob"])
        } else if name.is(&[
            "years_of_service",
            "service_years",
            "tenure_years",
            "seniority_years",
        ]) {
            time(reader, &["hired", "hire", "joined", "joining", "employed"])
        } else {
            None
        };
        let Some(since) = since else {
            continue;
        };
        if reader.is_nullable(table, since) && !reader.is_nullable(table, column) {
            continue;
        }
        let years = Expr::Now.minus(Expr::Column(since)).per(Expr::Number(YEAR));
        let years = Expr::when(
            Expr::Known(Box::new(Expr::Column(since))),
            Expr::Floor(Box::new(Expr::Greatest(vec![years, Expr::Number(0)])), ONE),
            Expr::Null,
        );
        reader.relate(
            table,
            column,
            Relation::Value(years),
            format!("years since `{}`", reader.column(table, since).name),
        );
    }
    // A pupil is as old as the year of school says.
    let grade = reader.columns(table).find(|&column| {
        reader.is_whole(table, column)
            && reader.name(table, column).whole_is(&[
                "grade",
                "grade_level",
                "school_grade",
                "school_year",
                "year_group",
            ])
            && reader.table_name(table).has_any(&[
                "student", "students", "pupil", "pupils", "child", "children", "learners",
            ])
    });
    let born = reader.free(table, |_| true).into_iter().find(|&column| {
        reader.is_date(table, column)
            && reader
                .name(table, column)
                .has(&["birth", "birthday", "birthdate", "born", "dob"])
    });
    if let (Some(grade), Some(born)) = (grade, born) {
        let years = Expr::Sum(vec![Expr::Column(grade), Expr::whole(6)]);
        let age = years
            .times(Expr::Number(YEAR))
            .minus(Expr::Number(YEAR / 2));
        let age = Expr::Sum(vec![age, Expr::Random("birthday", 0, 180, DAY, false)]);
        let value = Expr::Floor(Box::new(Expr::Now.minus(age)), DAY);
        reader.relate(
            table,
            born,
            Relation::Value(value),
            "as old as the year of school says",
        );
    }
}

/// What is reported has happened before.
fn before_birth(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_time(table, column) {
            continue;
        }
        let name = reader.name(table, column).clone();
        let happened = name.has(&["incident", "accident", "onset", "loss"])
            || (name.has(&["occurred", "happened", "discovered"])
                && reader.columns(table).any(|other| {
                    reader.is_time(table, other)
                        && reader
                            .name(table, other)
                            .has(&["reported", "filed", "notified"])
                }));
        if !happened {
            continue;
        }
        let hour = 3600 * ONE;
        let before = Expr::Random("before", hour, 24 * 9, hour, true);
        let mut value = Expr::Born.minus(before);
        if reader.is_date(table, column) {
            value = Expr::Floor(Box::new(value), DAY);
        }
        if reader.is_nullable(table, column) {
            value = Expr::when(Expr::Chance("known", 60_000), value, Expr::Null);
        }
        reader.relate(
            table,
            column,
            Relation::Value(value),
            "some days before it was reported",
        );
    }
}
