//! Durations: what lies between a begin and an end.

use crate::check::{ColumnDistance, ColumnRelation, Comparison};
use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;
use value_model::ValueType;

/// Begin and end of something, by name.
pub(crate) fn spans(reader: &Reader<'_, '_>, table: TableId) -> Vec<(ColumnId, ColumnId)> {
    const PAIRS: &[(&str, &str)] = &[
        ("starts", "ends"),
        ("start", "end"),
        ("started", "ended"),
        ("started", "finished"),
        ("started", "completed"),
        ("started", "stopped"),
        ("begins", "ends"),
        ("begin", "end"),
        ("began", "ended"),
        ("in", "out"),
        ("checkin", "checkout"),
        ("from", "to"),
        ("from", "until"),
        ("arrival", "departure"),
        ("departs", "arrives"),
        ("departure", "arrival"),
        ("on", "off"),
        ("departed", "arrived"),
        ("opened", "closed"),
        ("opens", "closes"),
        ("entered", "exited"),
        ("pickup", "return"),
        ("pickup", "dropoff"),
        ("since", "until"),
        ("arrived", "departed"),
        ("start", "finish"),
        ("called", "hung"),
        ("connected", "disconnected"),
        ("login", "logout"),
        ("clock_in", "clock_out"),
        ("clocked_in", "clocked_out"),
        ("lent", "returned"),
        ("borrowed", "returned"),
        ("loaned", "returned"),
        ("rented", "returned"),
        ("first", "last"),
        ("arrives", "departs"),
        ("answered", "ended"),
        ("opens", "due"),
        ("available", "due"),
        ("released", "due"),
        ("started", "submitted"),
        ("started", "resolved"),
        ("dispatched", "arrived"),
        ("issued", "expires"),
        ("effective", "expires"),
        ("signed", "expires"),
        ("granted", "expires"),
        ("consent", "expires"),
        ("begins", "expires"),
        ("launched", "ends"),
        ("published", "expires"),
        ("recorded", "received"),
        ("deposited", "collected"),
    ];
    let times: Vec<ColumnId> = reader
        .columns(table)
        .filter(|&column| reader.is_time(table, column) || is_time_of_day(reader, table, column))
        .collect();
    let mut found: Vec<(ColumnId, ColumnId)> = Vec::new();
    for (first, second) in PAIRS {
        for &start in &times {
            for parts in reader.name(table, start).all() {
                let Some(place) = parts.words.iter().position(|word| word == first) else {
                    continue;
                };
                let mut wanted = parts.words.clone();
                (*second).clone_into(&mut wanted[place]);
                let wanted = wanted.join("_");
                let end = times.iter().copied().find(|&end| {
                    end != start
                        && reader
                            .name(table, end)
                            .all()
                            .any(|parts| parts.whole == wanted)
                });
                if let Some(end) = end
                    && !found.contains(&(start, end))
                    && !found.contains(&(end, start))
                {
                    // A guest arrives before he departs, a train departs before it arrives.
                    found.push(if ends_first(reader, table, start, end) {
                        (end, start)
                    } else {
                        (start, end)
                    });
                }
            }
        }
    }
    found
}

/// Whether of two times that may be begin and end of each other the second comes first: as a check compares them, or
/// else in the order of the columns.
fn ends_first(reader: &Reader<'_, '_>, table: TableId, start: ColumnId, end: ColumnId) -> bool {
    let goes_both_ways = reader.name(table, start).has(&[
        "departs",
        "departure",
        "departed",
        "out",
        "arrival",
        "arrives",
        "arrived",
    ]);
    let name = |column: ColumnId| reader.column(table, column).name.as_str();
    let said = reader.facts[table].rules.relations.iter().find_map(
        |ColumnRelation {
             left,
             operator,
             right,
         }| {
            let is_later = matches!(operator, Comparison::Above | Comparison::AtLeast);
            let is_earlier = matches!(operator, Comparison::Below | Comparison::AtMost);
            let upright = *left == name(start) && *right == name(end);
            let reversed = *left == name(end) && *right == name(start);
            match (upright, reversed) {
                (true, _) if is_later || is_earlier => Some(is_later),
                (_, true) if is_later || is_earlier => Some(is_earlier),
                _ => None,
            }
        },
    );
    said.unwrap_or(goes_both_ways && end < start)
}

/// Whether only comments or Japanese say that two days are begin and end; English names are kept in order anyway.
fn is_said_by_comment(
    reader: &Reader<'_, '_>,
    table: TableId,
    start: ColumnId,
    end: ColumnId,
) -> bool {
    let japanese = |column: ColumnId| {
        let name = reader.name(table, column);
        name.comment.as_ref().is_some_and(|said| {
            *said.whole != name.own.whole
                && !name.own.has_any(&[
                    "start", "starts", "started", "begin", "begins", "from", "end", "ends",
                    "ended", "until", "to",
                ])
        })
    };
    japanese(start) && japanese(end)
}

fn is_time_of_day(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> bool {
    matches!(reader.kind(table, column), ValueType::Time { .. })
        && !reader.column(table, column).data_type.array
}

pub(super) fn durations(reader: &mut Reader<'_, '_>, table: TableId) {
    let mut spans = spans(reader, table);
    on_its_day(reader, table, &spans);
    // What always has both ends is what lasts, and days are said of days.
    spans.sort_by_key(|&(start, end)| {
        let open = reader.is_nullable(table, start) || reader.is_nullable(table, end);
        let words = reader.name(table, start).own.words.len();
        (open, !reader.is_date(table, end), words)
    });
    before_the_begin(reader, table, &spans);
    for &(start, end) in &spans {
        in_months(reader, table, start, end);
        let (from, to) = (reader.column(table, start), reader.column(table, end));
        let is_period = reader.name(table, end).has(&["period"]);
        let is_day = reader.is_date(table, end);
        // Between them, what lasts.
        let lasting = reader.free(table, |_| true).into_iter().find_map(|column| {
            if !reader.is_number(table, column) {
                return None;
            }
            Some((column, unit_of_duration(reader, table, column, is_day)?))
        });
        let opens = reader
            .name(table, start)
            .has(&["opens", "open", "opening", "opened"]);
        if is_time_of_day(reader, table, start) && opens {
            let half = 1800 * ONE;
            let at = Expr::Random("opens", 14 * half, 9, half, false);
            reader.relate(table, start, Relation::Value(at), "in the morning");
            let at = Expr::Random("closes", 34 * half, 12, half, false);
            reader.relate(table, end, Relation::Value(at), "in the evening");
            continue;
        }
        if is_time_of_day(reader, table, start) {
            let unit = lasting.map(|(_, unit)| unit);
            begins_by_day(reader, table, start, unit);
        }
        let bound_by_check = reader.facts[table].rules.distances.iter().any(
            |ColumnDistance { upper, lower, .. }| {
                (*upper == to.name && *lower == from.name)
                    || (*upper == from.name && *lower == to.name)
            },
        );
        if let Some((column, unit)) = lasting {
            let is_free =
                reader.is_free(table, end) && !reader.is_unique(table, end) && !bound_by_check;
            // What is a break isn't work; of days off both ends count.
            let pause = reader.columns(table).find(|&pause| {
                pause != column
                    && reader.is_number(table, pause)
                    && reader
                        .name(table, pause)
                        .has(&["break", "pause", "rest", "休憩"])
                    && !reader.name(table, pause).has(&["count"])
            });
            let pause_unit = match pause {
                Some(pause) if reader.name(table, pause).has(&["hours", "hour"]) => 3600,
                Some(_) => 60,
                None => 0,
            };
            if let Some(pause) = pause {
                reader.relate(
                    table,
                    pause,
                    Relation::Value(Expr::Random(
                        "pause",
                        0,
                        3,
                        15 * ONE * 60 / i128::from(pause_unit.max(1)),
                        false,
                    )),
                    "a short break",
                );
            }
            let pause =
                pause.map(|pause| Expr::Column(pause).or_zero().times(Expr::whole(pause_unit)));
            let both_ends = is_day
                && unit == 86_400
                && reader.table_name(table).has_any(&[
                    "leave",
                    "leaves",
                    "vacation",
                    "vacations",
                    "absence",
                    "absences",
                    "holiday",
                    "holidays",
                    "off",
                ]);
            let extra = if both_ends {
                Expr::whole(-86_400)
            } else {
                Expr::Number(0)
            };
            if is_free && !reader.is_nullable(table, end) && !reader.is_nullable(table, column) {
                usual_duration(reader, table, column, unit);
                let mut parts = vec![
                    Expr::Column(start),
                    Expr::Column(column).times(Expr::whole(unit)),
                    extra,
                ];
                parts.extend(pause);
                let later = Expr::Sum(parts);
                let why = format!(
                    "`{}` later by `{}`",
                    from.name,
                    reader.column(table, column).name
                );
                reader.relate(table, end, Relation::Value(later), why);
            } else {
                if is_free {
                    ends(reader, table, start, end, is_period);
                }
                let mut apart = Expr::Column(end).minus(Expr::Column(start)).minus(extra);
                if let Some(pause) = pause {
                    apart = Expr::Greatest(vec![apart.minus(pause), Expr::Number(0)]);
                    if reader.is_nullable(table, end) {
                        apart =
                            Expr::when(Expr::Known(Box::new(Expr::Column(end))), apart, Expr::Null);
                    }
                }
                let apart = apart.per(Expr::whole(unit));
                let apart = if reader.is_nullable(table, column) || !reader.is_nullable(table, end)
                {
                    apart
                } else {
                    apart.or_zero()
                };
                let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
                let why = format!("from `{}` to `{}`", from.name, to.name);
                // An end that is an event needn't be whole minutes later.
                let apart = Expr::Floor(Box::new(apart), digit);
                reader.relate(table, column, Relation::Value(apart), why);
            }
        } else if reader.is_free(table, end)
            && !bound_by_check
            && (is_period
                || !is_day
                || is_said_by_comment(reader, table, start, end)
                || lasts_years(reader, table, start, end))
        {
            ends(reader, table, start, end, is_period);
        }
    }
}

/// What is sold or registered for is so before it begins; doors open shortly before.
fn before_the_begin(reader: &mut Reader<'_, '_>, table: TableId, spans: &[(ColumnId, ColumnId)]) {
    const BEFORE: &[&str] = &[
        "sale",
        "sales",
        "registration",
        "enrollment",
        "booking",
        "presale",
        "application",
    ];
    let hour = 3600 * ONE;
    let day = 86_400 * ONE;
    let main = spans.iter().find(|(start, end)| {
        !reader.name(table, *start).has(BEFORE)
            && !reader.name(table, *start).has(&["doors", "door", "gates"])
            && !reader.is_nullable(table, *start)
            && !reader.name(table, *start).has(&["created", "started"])
            && start != end
    });
    let Some(&(begin, _)) = main else {
        return;
    };
    for &(start, end) in spans {
        if !reader.name(table, start).has(BEFORE)
            || !reader.is_free(table, start)
            || !reader.is_free(table, end)
            || reader.is_date(table, end) != reader.is_date(table, begin)
        {
            continue;
        }
        let last = Expr::Column(begin).minus(Expr::Random("sale ends", hour, 48, hour, true));
        reader.relate(
            table,
            end,
            Relation::Value(last),
            "shortly before it begins",
        );
        let first = Expr::Column(end).minus(Expr::Random("sale lasts", 14 * day, 60, day, false));
        reader.relate(
            table,
            start,
            Relation::Value(first),
            "some weeks before that",
        );
    }
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column);
        if reader.is_time(table, column)
            && !reader.is_date(table, column)
            && name.has(&["doors", "door", "gates", "boarding"])
        {
            let value =
                Expr::Column(begin).minus(Expr::Random("doors", 1800 * ONE, 5, 900 * ONE, false));
            reader.relate(
                table,
                column,
                Relation::Value(value),
                "shortly before it begins",
            );
        }
    }
}

/// How many months lie between two days.
fn in_months(reader: &mut Reader<'_, '_>, table: TableId, start: ColumnId, end: ColumnId) {
    let found = reader.free(table, |_| true).into_iter().find(|&column| {
        reader.is_whole(table, column)
            && reader.name(table, column).whole_is(&[
                "months",
                "term_months",
                "duration_months",
                "contract_months",
                "lease_months",
                "months_count",
                "number_of_months",
                "length_months",
            ])
    });
    let Some(months) = found else {
        return;
    };
    let month = |moment: Expr| Expr::Month(Box::new(moment));
    let last = Expr::Sum(vec![Expr::Column(end), Expr::whole(86_400)]);
    let value = month(last).minus(month(Expr::Column(start)));
    let value = if reader.is_nullable(table, end) {
        Expr::when(Expr::Known(Box::new(Expr::Column(end))), value, Expr::Null)
    } else {
        value
    };
    if reader.is_nullable(table, end) && !reader.is_nullable(table, months) {
        return;
    }
    reader.relate(
        table,
        months,
        Relation::Value(value),
        "the months between begin and end",
    );
}

/// Whether what begins and ends is a contract, a policy or the like.
fn lasts_years(reader: &Reader<'_, '_>, table: TableId, start: ColumnId, end: ColumnId) -> bool {
    let name = reader.name(table, start);
    reader.is_date(table, end)
        && !name.has(&["trial", "period", "incident", "claim"])
        && (name.has(&[
            "contract",
            "policy",
            "effective",
            "lease",
            "licence",
            "license",
            "insurance",
            "warranty",
            "coverage",
            "membership",
        ]) || reader.table_name(table).has_any(&[
            "contract",
            "contracts",
            "policy",
            "policies",
            "lease",
            "leases",
            "agreement",
            "agreements",
            "warranty",
            "warranties",
            "membership",
            "memberships",
            "insurance",
            "licenses",
            "licences",
            "employment",
            "tenancy",
            "tenancies",
        ]))
}

/// A time of day that leaves room for what begins then.
fn begins_by_day(reader: &mut Reader<'_, '_>, table: TableId, start: ColumnId, unit: Option<i64>) {
    if reader.is_nullable(table, start) {
        return;
    }
    let quarter = 900 * ONE;
    let quarters = if unit == Some(3600) { 20 } else { 36 };
    let begin = Expr::Random("begin", 32 * quarter, quarters, quarter, false);
    reader.relate(table, start, Relation::Value(begin), "by day");
}

/// A time sheet's times are on its day.
pub(super) fn on_its_day(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    spans: &[(ColumnId, ColumnId)],
) {
    let day = reader.columns(table).find(|&column| {
        reader.is_date(table, column)
            && !reader.is_nullable(table, column)
            && reader.name(table, column).whole_is(&[
                "date",
                "day",
                "work_date",
                "worked_on",
                "shift_date",
                "business_date",
                "attendance_date",
                "entry_date",
                "session_date",
                "event_date",
                "lesson_date",
                "on_date",
            ])
    });
    let Some(day) = day else {
        return;
    };
    for &(start, _) in spans {
        let is_moment = matches!(reader.kind(table, start), ValueType::Timestamp { .. });
        let is_attended = reader
            .name(table, start)
            .has(&["in", "start", "starts", "clock"]);
        if is_moment
            && (!reader.is_nullable(table, start) || is_attended)
            && reader.is_free(table, start)
        {
            let quarter = 900 * ONE;
            let begin = Expr::Sum(vec![
                Expr::Column(day),
                Expr::Random("begin", 30 * quarter, 12, quarter, false),
            ]);
            let why = format!("in the morning of `{}`", reader.column(table, day).name);
            reader.relate(table, start, Relation::Value(begin), why);
        }
    }
}

/// An end some hours after its start, or a month for a period.
pub(super) fn ends(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    start: ColumnId,
    end: ColumnId,
    is_period: bool,
) {
    if reader.is_unique(table, end) {
        return;
    }
    let name = reader.column(table, start).name.clone();
    let hours = reader.name(table, start).own.clone();
    let day = 86_400_i128 * ONE;
    let about = reader.table_name(table);
    let lasts_years = lasts_years(reader, table, start, end);
    let apart = if is_period {
        Expr::Number(30 * day)
    } else if lasts_years {
        Expr::Random("lasting", 365 * day, 3, 365 * day, true).minus(Expr::Number(day))
    } else if hours.has_any(&["clock", "clocked", "shift", "punch"])
        || reader.columns(table).any(|pause| {
            reader.is_number(table, pause)
                && reader.name(table, pause).has(&["break", "pause", "休憩"])
        }) && !reader.is_date(table, end)
    {
        Expr::Random("lasting", 6 * 3600 * ONE, 8, 1800 * ONE, false)
    } else if hours.has("trial") {
        Expr::Random("lasting", 7 * day, 4, 7 * day, false)
    } else if reader.is_date(table, end) {
        Expr::Random("lasting", day, 30, day, true)
    } else if reader.name(table, end).has(&["due"])
        || hours.has_any(&[
            "valid",
            "campaign",
            "sale",
            "sales",
            "term",
            "contract",
            "promotion",
            "offer",
            "enrollment",
            "registration",
            "booking",
            "voting",
            "polling",
            "application",
        ])
        || about.has_any(&[
            "poll",
            "polls",
            "sprint",
            "sprints",
            "campaign",
            "campaigns",
            "coupon",
            "coupons",
            "promotions",
        ])
    {
        Expr::Random("lasting", day, 60, day, false)
    } else if hours.has_any(&["clock", "clocked", "shift", "work"])
        || about.has_any(&["timecards", "timesheets", "attendances", "shifts"])
        || reader.name(table, start).text.contains("出勤")
        || reader.name(table, start).text.contains("始業")
    {
        Expr::Random("lasting", 28_800 * ONE, 13, 900 * ONE, true)
    } else {
        Expr::Random("lasting", 1800 * ONE, 8, 1800 * ONE, true)
    };
    let mut later = Expr::Sum(vec![Expr::Column(start), apart]);
    if reader.is_nullable(table, start) {
        later = Expr::when(
            Expr::Known(Box::new(Expr::Column(start))),
            later,
            Expr::Null,
        );
    }
    if reader.is_nullable(table, end) && hours.has_any(&["started", "start", "began"]) && !is_period
    {
        // What goes on still has no end.
        later = Expr::when(
            Expr::AtMost(Box::new(later.clone()), Box::new(Expr::Now)),
            later,
            Expr::Null,
        );
    }
    reader.relate(
        table,
        end,
        Relation::Value(later),
        format!("some time after `{name}`"),
    );
}

/// The seconds of a duration's unit.
pub(super) fn unit_of_duration(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    is_day: bool,
) -> Option<i64> {
    let name = reader.name(table, column);
    let text = &name.text;
    let is_bound = name.own.words.first().is_some_and(|word| word == "min");
    if is_bound
        || name.has(&[
            "max", "minimum", "maximum", "limit", "default", "price", "rate", "break", "buffer",
            "notice", "grace", "delay",
        ])
    {
        return None;
    }
    let lasts = name.has(&[
        "duration", "length", "elapsed", "nights", "stay", "worked", "work", "spent", "running",
        "total", "kept", "taken", "parked", "lasting", "lasts",
    ]) || name.whole_is(&[
        "weeks",
        "week_count",
        "weeks_count",
        "number_of_weeks",
        "minutes",
        "hours",
        "days",
        "seconds",
        "nights",
        "night_count",
        "days_count",
        "number_of_nights",
        "num_nights",
        "total_hours",
        "total_days",
    ]);
    if !lasts {
        return None;
    }
    if name.has(&["seconds", "second", "secs", "sec"])
        || text.contains("second")
        || text.contains('秒')
    {
        Some(1)
    } else if name.has(&["minutes", "minute", "mins", "min"])
        || text.contains("minute")
        || text.contains('分')
    {
        Some(60)
    } else if name.has(&["hours", "hour", "hrs"]) || text.contains("hour") || text.contains("時間")
    {
        Some(3600)
    } else if name.has(&["days", "day", "nights", "night"])
        || text.contains("day")
        || text.contains("night")
        || text.contains("日数")
        || text.contains('泊')
    {
        Some(86_400)
    } else if name.has(&["weeks", "week"]) || text.contains("week") || text.contains("週") {
        Some(604_800)
    } else if name.has(&["months", "years", "total"]) {
        None
    } else if name.has(&["duration", "length", "elapsed", "stay"]) {
        Some(if is_day { 86_400 } else { 60 })
    } else {
        None
    }
}

pub(super) fn usual_duration(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    unit: i64,
) {
    let own = reader.column(table, column);
    let domain = reader.facts[table].rules.domains.get(&own.name);
    if domain.is_some_and(|domain| !domain.says_nothing_of_values() || domain.multiples.is_some()) {
        return;
    }
    let works = reader
        .name(table, column)
        .has(&["worked", "working", "work"]);
    let (least, count, step) = match unit {
        60 if works => (240, 17, 15),
        3600 if works => (4, 5, 1),
        604_800 => (2, 14, 1),
        86_400 => (1, 7, 1),
        3600 => (1, 8, 1),
        60 => (15, 8, 15),
        _ => (30, 240, 15),
    };
    let lasting = Expr::Random(
        "lasting",
        i128::from(least) * ONE,
        count,
        i128::from(step) * ONE,
        true,
    );
    reader.relate(table, column, Relation::Value(lasting), "a usual duration");
}
