//! What comments say in words: `sum of the nights`, `number of charges`, `mean of service and location`, `a twelfth of the
//! annual salary`.

use crate::ids::{ColumnAt, ColumnId, TableId};
use crate::plan::bounds::scale;
use crate::plan::names::singular;
use crate::plan::story::folds::{condition, count_children};
use crate::plan::story::lists::List;
use crate::plan::story::money::{Role, in_cents, role};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::{Fold, ONE};

/// Finds what comments of a table's numbers say in words.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) {
            continue;
        }
        let text = reader.name(table, column).text.clone();
        if mean(reader, table, column, &text) || part_of_a_year(reader, table, column, &text) {
            continue;
        }
        if super::counts_said::find(reader, table, column, &text) {
            continue;
        }
        let phrase = |starts: &[&str]| {
            starts
                .iter()
                .find_map(|start| text.strip_prefix(start).map(str::to_owned))
        };
        if let Some(rest) = phrase(&[
            "sum of the ",
            "sum of all ",
            "sum of its ",
            "total of the ",
            "total of its ",
            "total of all ",
            "sum of ",
        ]) {
            over_children(reader, table, column, &rest, Fold::Sum);
        } else if let Some(rest) = phrase(&[
            "number of the ",
            "number of its ",
            "number of all ",
            "how many ",
            "count of the ",
            "count of ",
            "number of ",
        ]) {
            over_children(reader, table, column, &rest, Fold::Count);
        } else if let Some(rest) = phrase(&[
            "average of the ",
            "average of its ",
            "average of all ",
            "average of ",
            "the average of the ",
            "mean of the ",
            "mean of its ",
            "mean of all ",
            "mean of ",
            "the mean of the ",
        ]) {
            over_children(reader, table, column, &rest, Fold::Average);
        } else if let Some(rest) = phrase(&["highest ", "the highest ", "largest ", "best "]) {
            over_children(reader, table, column, &rest, Fold::Greatest);
        } else if let Some(rest) = phrase(&["lowest ", "the lowest ", "smallest ", "cheapest "]) {
            over_children(reader, table, column, &rest, Fold::Least);
        } else {
            count_in_japanese(reader, table, column, &text);
        }
    }
    moments_of_children(reader, table);
    means_by_name(reader, table);
    for column in reader.free(table, |_| true) {
        if reader.is_number(table, column) {
            apart(reader, table, column);
            within_a_parent(reader, table, column);
        }
    }
}

/// `from dispatch to arrival`: what lies between two times of the row.
fn apart(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).clone();
    let Some((_, rest)) = name.text.split_once("from ") else {
        return;
    };
    let Some((first, last)) = rest
        .split_once(" to ")
        .or_else(|| rest.split_once(" until "))
    else {
        return;
    };
    let seconds = if name.has(&["seconds", "secs", "sec"]) {
        1
    } else if name.has(&["minutes", "mins", "min"]) {
        60
    } else if name.has(&["hours", "hour"]) {
        3600
    } else if name.has(&["days", "day", "nights"]) {
        86_400
    } else {
        return;
    };
    let time = |phrase: &str| {
        let word = words_of(phrase)
            .into_iter()
            .find(|word| !matches!(word.as_str(), "the" | "its" | "a"))?;
        let stage = crate::plan::story::words::stage(&word);
        reader
            .columns(table)
            .filter(|&time| reader.is_time(table, time))
            .find(|&time| {
                let own = &reader.name(table, time).own;
                own.words
                    .iter()
                    .any(|own| own == &word || crate::plan::story::copies::alike(own, &word))
            })
            .or_else(|| {
                reader.columns(table).find(|&time| {
                    reader.is_time(table, time)
                        && stage.is_some()
                        && crate::plan::story::lifecycles::event_of_time(reader, table, time)
                            .is_some_and(|(_, own)| Some(own) == stage)
                })
            })
    };
    let (Some(first), Some(last)) = (time(first), time(last)) else {
        return;
    };
    if first == last {
        return;
    }
    let known = |column: ColumnId| Expr::Known(Box::new(Expr::Column(column)));
    let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
    let value = Expr::Floor(
        Box::new(
            Expr::Column(last)
                .minus(Expr::Column(first))
                .per(Expr::whole(seconds)),
        ),
        digit,
    );
    let nothing = if reader.is_nullable(table, column) {
        Expr::Null
    } else {
        Expr::Number(0)
    };
    let value = Expr::when(Expr::All(vec![known(first), known(last)]), value, nothing);
    reader.relate(table, column, Relation::Value(value), "as its comment says");
}

/// `never more than the capacity of the venue`; the floor of a room is one of its building's.
fn within_a_parent(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).clone();
    let is_floor = name.whole_is(List::Floor.words());
    let is_crowd = name.whole_is(List::Crowd.words());
    let phrase = List::NoMoreThan
        .words()
        .iter()
        .find_map(|start| name.text.split_once(start).map(|(_, rest)| rest.to_owned()));
    if !reader.is_whole(table, column) || !(is_floor || is_crowd || phrase.is_some()) {
        return;
    }
    let words = phrase.as_deref().map(words_of).unwrap_or_default();
    for (via, target) in reader.references(table) {
        if target == table || reader.is_nullable(table, via) {
            continue;
        }
        let most = reader.columns(target).find(|&most| {
            let own = reader.name(target, most);
            reader.is_whole(target, most)
                && reader.facts[target].reference_of[most].is_none()
                && if is_floor {
                    own.whole_is(List::Floors.words())
                } else if is_crowd {
                    own.whole_is(List::Room.words())
                } else {
                    own.own.words.iter().any(|own| words.contains(own)) && own.own.whole != "id"
                }
        });
        let Some(most) = most else {
            continue;
        };
        let whole = Expr::There(via, Box::new(Expr::Column(most)));
        let value = if is_floor {
            let below = whole.percent(Expr::Random("floor", 0, 100, ONE, false));
            Expr::Sum(vec![Expr::Floor(Box::new(below), ONE), Expr::whole(1)])
        } else {
            Expr::Floor(
                Box::new(whole.percent(Expr::Random("within", 50 * ONE, 51, ONE, false))),
                ONE,
            )
        };
        let theirs = reader.facts[target].table.name.clone();
        reader.relate(
            table,
            column,
            Relation::Value(value),
            format!("not more than `{theirs}` have"),
        );
        return;
    }
}

/// Words of a phrase up to where it ends.
fn words_of(phrase: &str) -> Vec<String> {
    phrase
        .split([',', '.', ';', '(', ':'])
        .next()
        .unwrap_or("")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// The sum or number of the children that a phrase names.
fn over_children(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    phrase: &str,
    fold: Fold,
) {
    let words = words_of(phrase);
    let Some(noun) = words.first().map(|word| singular(word)) else {
        return;
    };
    let mut best: Option<(usize, TableId, ColumnId)> = None;
    for (child, via) in reader.children(table) {
        if child == table || reader.facts[child].master.is_some() {
            continue;
        }
        let one = reader.one_of(child);
        let place = words
            .iter()
            .position(|word| singular(word) == one.rsplit('_').next().unwrap_or(&one));
        if let Some(place) = place
            && best.is_none_or(|(least, ..)| place < least)
        {
            best = Some((place, child, via));
        }
    }
    if best.is_none() && matches!(fold, Fold::Sum) && sum_of_numbers(reader, table, column, &noun) {
        return;
    }
    // `sum of the earnings`: of those of its lines that are earnings.
    let kind = || {
        reader.children(table).into_iter().find_map(|(child, via)| {
            (child != table && reader.facts[child].master.is_none())
                .then(|| condition(reader, child, &noun))
                .flatten()
                .map(|only| (child, via, only))
        })
    };
    let (place, child, via, kind) = if let Some((place, child, via)) = best {
        (place, child, via, None)
    } else {
        let Some((child, via, only)) = kind() else {
            return;
        };
        (0, child, via, Some(only))
    };
    let of = if matches!(fold, Fold::Count) {
        Expr::whole(1)
    } else {
        let numbers: Vec<ColumnId> = reader
            .columns(child)
            .filter(|&own| {
                reader.is_number(child, own)
                    && reader.facts[child].reference_of[own].is_none()
                    && !reader.facts[child]
                        .table
                        .primary_key
                        .as_ref()
                        .is_some_and(|key| key.columns.contains(&reader.column(child, own).name))
            })
            .collect();
        let own_words: Vec<String> = reader
            .name(table, column)
            .own
            .words
            .iter()
            .filter(|word| {
                !matches!(word.as_str(), "total" | "sum" | "cents" | "all" | "amount")
                    && singular(word) != noun
            })
            .map(|word| singular(word))
            .collect();
        let shared = numbers.iter().copied().find(|&own| {
            let name = &reader.name(child, own).own;
            !own_words.is_empty()
                && own_words
                    .iter()
                    .all(|word| name.words.iter().any(|own| singular(own) == *word))
        });
        let by_role = || {
            [
                Role::Total,
                Role::Amount,
                Role::Subtotal,
                Role::UnitPrice,
                Role::Part,
            ]
            .iter()
            .find_map(|wanted| {
                numbers
                    .iter()
                    .copied()
                    .find(|&own| role(reader.name(child, own)) == Some(*wanted))
            })
        };
        let money = || {
            numbers.iter().copied().find(|&own| {
                reader.name(child, own).has(&[
                    "price", "amount", "rate", "cost", "value", "fee", "cents", "points",
                    "quantity", "hours", "minutes", "score",
                ])
            })
        };
        let only = || <[ColumnId; 1]>::try_from(numbers.clone()).ok();
        let of = shared.or_else(by_role).or_else(money);
        let Some(of) = of.or_else(|| only().map(|[only]| only)) else {
            return;
        };
        let value = Expr::Column(of);
        match (
            in_cents(reader.name(child, of)),
            in_cents(reader.name(table, column)),
        ) {
            (true, false) if scale(reader.kind(table, column)) > 0 => value.per(Expr::whole(100)),
            (false, true) if scale(reader.kind(child, of)) > 0 => value.times(Expr::whole(100)),
            _ => value,
        }
    };
    // `number of open tasks`: those only.
    let only = words[..place]
        .iter()
        .find_map(|word| condition(reader, child, word))
        .or(kind)
        .map(Box::new);
    let of_children = Expr::Over {
        table: child,
        via,
        fold,
        of: Box::new(of),
        only,
    };
    let of_children = reader.or_zero(table, column, of_children);
    let theirs = reader.facts[child].table.name.clone();
    reader.relate(
        table,
        column,
        Relation::Value(of_children),
        format!("as its comment says, of its `{theirs}`"),
    );
}

/// `sum of the quantities`: of the only rows leading here that have such a number.
fn sum_of_numbers(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    noun: &str,
) -> bool {
    let found: Vec<(TableId, ColumnId, ColumnId)> = reader
        .children(table)
        .into_iter()
        .filter(|(child, _)| *child != table && reader.facts[*child].master.is_none())
        .filter_map(|(child, via)| {
            let of = reader.columns(child).find(|&of| {
                let name = reader.name(child, of);
                reader.is_number(child, of)
                    && reader.facts[child].reference_of[of].is_none()
                    && name
                        .own
                        .words
                        .last()
                        .is_some_and(|word| singular(word) == noun)
            })?;
            Some((child, via, of))
        })
        .collect();
    let &[(child, via, of)] = found.as_slice() else {
        return false;
    };
    let sum = Expr::Over {
        table: child,
        via,
        fold: Fold::Sum,
        of: Box::new(Expr::Column(of)),
        only: None,
    };
    let sum = reader.or_zero(table, column, sum);
    let why = format!(
        "as its comment says, of `{}` of its `{}`",
        reader.column(child, of).name,
        reader.facts[child].table.name
    );
    reader.relate(table, column, Relation::Value(sum), why)
}

/// `人数` of a table to whose rows people belong, `社員数`, `明細件数`: how many rows lead here.
fn count_in_japanese(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) {
    let head = text
        .split(['(', '（', ':', '：', '＝'])
        .next()
        .unwrap_or("");
    let Some(noun) = ["人数", "件数", "個数", "本数", "台数", "数"]
        .iter()
        .find_map(|ending| head.strip_suffix(ending))
    else {
        return;
    };
    let is_people = head.ends_with("人数");
    let noun = noun.trim_end_matches('の');
    let name = &reader.name(table, column).own;
    if head.is_ascii()
        || !reader.is_whole(table, column)
        || (noun.is_empty() && (name.last() != "count" || !(is_people || head == "件数")))
        || name.has_any(&["max", "min", "limit", "capacity", "planned", "target"])
    {
        return;
    }
    let children: Vec<(TableId, ColumnId)> = reader
        .children(table)
        .into_iter()
        .filter(|(child, _)| *child != table && reader.facts[*child].master.is_none())
        .filter(|(child, _)| {
            let called = reader.facts[*child].table.comment.as_deref().unwrap_or("");
            if noun.is_empty() {
                !is_people
                    || crate::plan::columns::text_rules::is_people(&reader.table_name(*child))
            } else {
                called.starts_with(noun) || called.ends_with(noun)
            }
        })
        .collect();
    // Of what else there may be several, nobody says which.
    let Ok([(child, via)]) = <[(TableId, ColumnId); 1]>::try_from(children) else {
        return;
    };
    count_children(
        reader,
        ColumnAt::new(table, column),
        ColumnAt::new(child, via),
        None,
        None,
    );
}

/// `start of the first interview`, `when the last reply came`, `最初の面接日時`: of the rows that lead here.
fn moments_of_children(reader: &mut Reader<'_, '_>, table: TableId) {
    const FIRST: &[&str] = &["first ", "earliest ", "最初の", "初回の"];
    const LAST: &[&str] = &[
        "last ",
        "latest ",
        "most recent ",
        "newest ",
        "最後の",
        "最新の",
        "直近の",
    ];
    for column in reader.columns(table) {
        let text = reader.name(table, column).text.clone();
        if !reader.is_time(table, column)
            || reader.facts[table].is_given(column)
            || reader.is_unique(table, column)
        {
            continue;
        }
        let after = |marks: &[&str]| {
            marks
                .iter()
                .find_map(|mark| text.split_once(mark).map(|(_, rest)| rest.to_owned()))
        };
        let (rest, fold) = match (after(FIRST), after(LAST)) {
            (Some(rest), _) => (rest, Fold::Least),
            (None, Some(rest)) => (rest, Fold::Greatest),
            (None, None) => continue,
        };
        let words = words_of(&rest);
        let found = reader.children(table).into_iter().find(|&(child, _)| {
            let one = reader.one_of(child);
            let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
            let called = reader.facts[child].table.comment.as_deref().unwrap_or("");
            child != table
                && reader.facts[child].master.is_none()
                && (words.iter().take(2).any(|word| singular(word) == last)
                    || (called.chars().count() >= 2 && rest.starts_with(called)))
        });
        let Some((child, via)) = found else {
            continue;
        };
        let times: Vec<ColumnId> = reader
            .columns(child)
            .filter(|&time| reader.is_time(child, time))
            .collect();
        let called = |wanted: &[&str]| {
            times
                .iter()
                .copied()
                .find(|&time| reader.name(child, time).has(wanted))
        };
        let said = text.split(|character: char| !character.is_ascii_alphanumeric());
        let stems: Vec<&str> = said.filter(|word| word.len() > 2).collect();
        let spoken = if stems.iter().any(|word| word.starts_with("start")) {
            called(&["starts", "start", "started", "begins"])
        } else if stems.iter().any(|word| word.starts_with("end")) {
            called(&["ends", "end", "ended", "finished"])
        } else {
            times.iter().copied().find(|&time| {
                let name = reader.name(child, time);
                !name.own.has_any(&["created", "updated"])
                    && name.own.words.first().is_some_and(|word| {
                        stems
                            .iter()
                            .any(|said| crate::plan::story::copies::alike(said, word))
                    })
            })
        };
        // What always has a time of its own came then; else when it was written.
        let time = spoken
            .or_else(|| {
                times.iter().copied().find(|&time| {
                    !reader.is_nullable(child, time)
                        && !reader.name(child, time).has(&[
                            "created", "updated", "ends", "end", "due", "expires", "deleted",
                        ])
                })
            })
            .or_else(|| called(&["created"]));
        let Some(time) = time else {
            continue;
        };
        let of_children = Expr::Over {
            table: child,
            via,
            fold,
            of: Box::new(Expr::Column(time)),
            only: None,
        };
        let value = if reader.is_nullable(table, column) {
            of_children
        } else {
            Expr::First(vec![of_children, Expr::Born])
        };
        let why = format!("as its comment says: {text}");
        reader.story.tables[table]
            .relations
            .insert(column, (Relation::Value(value), why));
    }
}

/// The columns of the row that a list names: `cleanliness, service and location`.
fn listed(reader: &Reader<'_, '_>, table: TableId, except: ColumnId, list: &str) -> Vec<ColumnId> {
    list.split([',', ';'])
        .flat_map(|piece| piece.split(" and "))
        .flat_map(|piece| piece.split(" plus "))
        .filter_map(|piece| {
            let words: Vec<&str> = piece
                .split_whitespace()
                .filter(|word| *word != "the")
                .collect();
            if words.is_empty() {
                return None;
            }
            reader.columns(table).find(|&column| {
                let own = &reader.name(table, column).own;
                column != except
                    && reader.is_number(table, column)
                    && words
                        .iter()
                        .all(|word| own.words.iter().any(|own| singular(own) == singular(word)))
            })
        })
        .collect()
}

/// `mean of cleanliness, service and location`.
fn mean(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, text: &str) -> bool {
    let list = ["mean of ", "average of ", "the mean of ", "the average of "]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    let Some(list) = list else {
        return false;
    };
    let parts = listed(reader, table, column, list);
    if parts.len() < 2 {
        return false;
    }
    let count = i64::try_from(parts.len()).unwrap_or(1);
    let sum = Expr::Sum(parts.into_iter().map(Expr::Column).collect());
    reader.relate(
        table,
        column,
        Relation::Value(sum.per(Expr::whole(count))),
        "the mean that its comment speaks of",
    )
}

/// `a twelfth of the annual salary`.
fn part_of_a_year(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    text: &str,
) -> bool {
    let Some((_, rest)) = text.split_once("twelfth of ") else {
        return false;
    };
    let Some(whole) = listed(reader, table, column, rest).first().copied() else {
        return false;
    };
    let digit = ONE / 10_i128.pow(scale(reader.kind(table, column)).min(6));
    let value = Expr::Column(whole).per(Expr::whole(12));
    let value = if digit >= ONE {
        Expr::Floor(Box::new(value), ONE)
    } else {
        value
    };
    reader.relate(
        table,
        column,
        Relation::Value(value),
        "a twelfth of the year's",
    )
}

/// `average_score` beside `math_score` and `english_score`; a month's price beside a year's.
fn means_by_name(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        if !reader.is_number(table, column) {
            continue;
        }
        let name = reader.name(table, column).own.clone();
        if name.words.len() == 2 && name.has_any(&["average", "avg", "mean", "overall"]) {
            let noun = name
                .words
                .iter()
                .find(|word| !matches!(word.as_str(), "average" | "avg" | "mean" | "overall"))
                .cloned()
                .unwrap_or_default();
            let parts: Vec<ColumnId> = reader
                .columns(table)
                .filter(|&part| {
                    let own = &reader.name(table, part).own;
                    part != column
                        && reader.is_number(table, part)
                        && own.words.len() > 1
                        && *own.last() == *noun
                        && !own.has_any(&[
                            "total", "max", "min", "average", "avg", "pass", "passing", "best",
                            "last", "overall", "mean", "target",
                        ])
                })
                .collect();
            if parts.len() >= 2 {
                let count = i64::try_from(parts.len()).unwrap_or(1);
                let sum = Expr::Sum(parts.into_iter().map(Expr::Column).collect());
                reader.relate(
                    table,
                    column,
                    Relation::Value(sum.per(Expr::whole(count))),
                    "the mean of its kind",
                );
            }
        }
        if let Some(noun) = name.whole.strip_prefix("monthly_") {
            let year = ["annual", "yearly"].iter().find_map(|word| {
                reader.columns(table).find(|&year| {
                    reader.is_number(table, year)
                        && reader.name(table, year).own.whole == format!("{word}_{noun}")
                })
            });
            if let Some(year) = year {
                reader.relate(
                    table,
                    column,
                    Relation::Value(Expr::Column(year).per(Expr::whole(12))),
                    "a twelfth of the year's",
                );
            }
        }
    }
}

/// A rank by what the row has most of: `順位（合計点の高い順）`, `place by score`.
pub(crate) fn ranks(reader: &mut Reader<'_, '_>, table: TableId) {
    for column in reader.free(table, |_| true) {
        let name = reader.name(table, column).clone();
        if !reader.is_whole(table, column)
            || !name.whole_is(&["rank", "ranking", "standing", "final_rank", "placement"])
            || reader.rows(table) > 100_000
        {
            continue;
        }
        let score = [
            "total_score",
            "score",
            "points",
            "total_points",
            "votes_count",
        ]
        .iter()
        .find_map(|wanted| {
            reader.columns(table).find(|&score| {
                score != column
                    && reader.is_number(table, score)
                    && reader.name(table, score).whole_is(&[*wanted])
            })
        });
        let (Some(score), Some(via)) = (score, reader.owner(table)) else {
            continue;
        };
        let of = reader.column(table, score).name.clone();
        reader.relate(
            table,
            column,
            Relation::Value(Expr::RankBy(via, Box::new(Expr::Column(score)))),
            format!("the most `{of}` first"),
        );
    }
}
