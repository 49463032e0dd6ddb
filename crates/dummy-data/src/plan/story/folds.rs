//! What a row keeps of its children: the mean, the greatest, the sum, the number of some.

use crate::ids::{ColumnAt, ColumnId, TableId};
use crate::plan::names::singular;
use crate::plan::story::copies::alike;
use crate::plan::story::lifecycles::{StateColumn, labels};
use crate::plan::story::money::{Role, role};
use crate::plan::story::reader::Reader;
use crate::plan::story::words::stage;
use crate::plan::story::{Expr, Relation};
use crate::plan::story::{double_entry, openings};
use crate::story::Fold;

/// Words of names of money.
const MONEY: &[&str] = &["amount", "price", "cost", "fee", "cents", "charge", "value"];

/// `average_rating`, `highest_bid`, `total_spent`, `completed_tasks_count`.
pub(super) fn of_children(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).own.clone();
    if name.last() == "count" || name.words.first().is_some_and(|word| word == "number") {
        count_of_some(reader, table, column);
        return;
    }
    let mean = name.has_any(&["average", "avg", "mean"]);
    let most = name.has_any(&["highest", "best", "top", "largest", "biggest"]);
    let least = name.has_any(&["lowest", "cheapest", "smallest"]);
    let newest = name.has_any(&["last", "latest", "current", "newest", "recent"]);
    let is_balance = matches!(
        name.whole.as_str(),
        "balance" | "current_balance" | "points_balance" | "balance_cents" | "account_balance"
    );
    if is_balance {
        balance(reader, table, column);
        return;
    }
    let total = name.has_any(&[
        "total",
        "sum",
        "spent",
        "spend",
        "lifetime",
        "cumulative",
        "revenue",
        "sales",
    ]);
    let is_rating =
        name.whole == "rating" || name.whole == "score" && !reader.is_whole(table, column);
    if !(mean || most || least || total || is_rating || newest) {
        return;
    }
    let rest: Vec<&str> = name
        .words
        .iter()
        .map(String::as_str)
        .filter(|word| {
            !matches!(
                *word,
                "average"
                    | "avg"
                    | "mean"
                    | "highest"
                    | "best"
                    | "top"
                    | "largest"
                    | "biggest"
                    | "lowest"
                    | "cheapest"
                    | "smallest"
                    | "total"
                    | "sum"
                    | "lifetime"
                    | "cumulative"
                    | "amount"
                    | "cents"
                    | "value"
                    | "of"
                    | "last"
                    | "latest"
                    | "current"
                    | "newest"
                    | "recent"
            )
        })
        .collect();
    let mut found: Option<(TableId, ColumnId, ColumnId)> = None;
    for (child, via) in reader.children(table) {
        if child == table {
            continue;
        }
        let one = reader.one_of(child);
        let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
        let is_named = rest
            .iter()
            .any(|word| singular(word) == last || singular(word) == one);
        let number = |fits: &dyn Fn(ColumnId) -> bool| {
            reader.columns(child).find(|&own| {
                reader.is_number(child, own)
                    && reader.facts[child].reference_of[own].is_none()
                    && reader.facts[child]
                        .table
                        .primary_key
                        .as_ref()
                        .is_none_or(|key| !key.columns.contains(&reader.column(child, own).name))
                    && fits(own)
            })
        };
        let shared = |own: ColumnId| {
            let own = &reader.name(child, own).own;
            let is_shared = |word: &str| rest.iter().any(|other| singular(other) == singular(word));
            let shared = own.words.iter().filter(|word| is_shared(word)).count();
            let fits = shared > 0
                && !own.has_any(&["count", "position", "number"])
                && (!own.has_any(MONEY) || name.has_any(MONEY) || rest.is_empty());
            fits.then_some((shared, std::cmp::Reverse(own.words.len())))
        };
        let best = reader
            .columns(child)
            .filter(|&own| reader.is_number(child, own))
            .filter_map(&shared)
            .max();
        let by_name = number(&|own| best.is_some() && shared(own) == best);
        let by_role = || {
            [Role::Total, Role::Amount, Role::Subtotal, Role::UnitPrice]
                .iter()
                .find_map(|wanted| number(&|own| role(reader.name(child, own)) == Some(*wanted)))
        };
        let rated = || {
            number(&|own| {
                reader
                    .name(child, own)
                    .whole_is(&["rating", "score", "stars", "grade", "points"])
            })
        };
        let of = if newest && !mean && !most && !least {
            if is_named {
                by_name.or_else(by_role)
            } else {
                by_name.filter(|_| rest.len() == 1)
            }
        } else if mean || is_rating {
            if is_rating
                && !(last.contains("review")
                    || last.contains("rating")
                    || last.contains("feedback")
                    || last.contains("evaluation"))
            {
                None
            } else {
                by_name
                    .or_else(|| {
                        if is_named || rest.is_empty() || rest == ["rating"] || rest == ["score"] {
                            rated()
                        } else {
                            None
                        }
                    })
                    .or_else(|| if is_named { by_role() } else { None })
            }
        } else if total
            && (rest.contains(&"spent")
                || rest.contains(&"spend")
                || rest.contains(&"revenue")
                || rest.contains(&"sales")
                || rest.is_empty())
        {
            number(&|own| role(reader.name(child, own)) == Some(Role::Total))
        } else if is_named {
            by_name.or_else(by_role)
        } else {
            by_name
        };
        if let Some(of) = of {
            found = Some((child, via, of));
            break;
        }
    }
    let Some((child, via, of)) = found else {
        return;
    };
    let (fold, what) = if mean || is_rating {
        (Fold::Average, "the mean")
    } else if most {
        (Fold::Greatest, "the greatest")
    } else if least {
        (Fold::Least, "the least")
    } else if newest {
        (Fold::Newest, "the newest")
    } else {
        (Fold::Sum, "the sum")
    };
    let of_children = Expr::Over {
        table: child,
        via,
        fold,
        of: Box::new(Expr::Column(of)),
        only: None,
    };
    let expr = reader.or_zero(table, column, of_children);
    let why = format!(
        "{what} of `{}` of its `{}`",
        reader.column(child, of).name,
        reader.facts[child].table.name
    );
    reader.relate(table, column, Relation::Value(expr), why);
}

/// An account's balance: what its last entry says, or the sum of its entries.
pub(super) fn balance(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    for (child, via) in reader.children(table) {
        let is_ledger = reader.table_name(child).has_any(&[
            "entry",
            "entries",
            "transaction",
            "transactions",
            "movement",
            "movements",
            "posting",
            "postings",
            "ledger",
            "points",
            "journal",
            "line",
            "lines",
        ]);
        if child == table || !is_ledger {
            continue;
        }
        let number = |names: &[&str]| {
            reader
                .columns(child)
                .find(|&own| reader.is_number(child, own) && reader.name(child, own).is(names))
        };
        let last = number(&[
            "balance",
            "balance_after",
            "running_balance",
            "running_total",
            "balance_cents",
            "balance_after_cents",
            "points_balance",
            "new_balance",
        ]);
        let over = |fold, of| Expr::Over {
            table: child,
            via,
            fold,
            of: Box::new(Expr::Column(of)),
            only: None,
        };
        let opening = openings::of(reader, table)
            .filter(|&opening| opening != column)
            .map_or(Expr::Number(0), Expr::Column);
        let value = if let Some(last) = last {
            Expr::First(vec![over(Fold::Newest, last), opening])
        } else if let Some(sides) = double_entry::balance(reader, table, (child, via)) {
            Expr::Sum(vec![sides, opening])
        } else if let Some(amount) =
            number(&["amount", "amount_cents", "points", "change", "delta"])
        {
            Expr::Sum(vec![over(Fold::Sum, amount), opening])
        } else {
            continue;
        };
        let theirs = reader.facts[child].table.name.clone();
        reader.relate(
            table,
            column,
            Relation::Value(value),
            format!("what its `{theirs}` come to"),
        );
        return;
    }
}

/// `completed_tasks_count`: the number of those children of which that is true.
pub(super) fn count_of_some(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId) {
    let name = reader.name(table, column).own.clone();
    let words: Vec<&str> = name
        .words
        .iter()
        .map(String::as_str)
        .filter(|word| {
            !matches!(
                *word,
                "count" | "number" | "of" | "counter" | "cache" | "total" | "num"
            )
        })
        .collect();
    for (child, via) in reader.children(table) {
        let one = reader.one_of(child);
        let last = one.rsplit('_').next().unwrap_or(&one).to_owned();
        let whole = words.join("_");
        let noun = words
            .iter()
            .position(|word| singular(word) == last)
            .or_else(|| {
                (singular(&whole).ends_with(&one) && words.len() > 1).then(|| words.len() - 1)
            });
        // `followers_count` counts those who follow, `following_count` those who are followed.
        let both: Vec<ColumnId> = reader
            .references(child)
            .into_iter()
            .filter(|(_, to)| *to == table)
            .map(|(column, _)| column)
            .collect();
        if let ([only], [one_side, other_side]) = (words.as_slice(), both.as_slice()) {
            let stem = |column: ColumnId| {
                let own = &reader.name(child, column).own;
                own.prefix_before("id").unwrap_or(&own.whole).to_owned()
            };
            let only = singular(only);
            let means = |column: ColumnId| {
                let stem = stem(column);
                stem == only
                    || (only == "following"
                        && matches!(stem.as_str(), "followed" | "followee" | "following"))
            };
            let counted = if means(*one_side) {
                Some(*other_side)
            } else if means(*other_side) {
                Some(*one_side)
            } else {
                None
            };
            if let Some(counted) = counted {
                count_children(
                    reader,
                    ColumnAt::new(table, column),
                    ColumnAt::new(child, counted),
                    None,
                    None,
                );
                return;
            }
        }
        // `hires_count` counts those that were hired, `vacant_count` those that are vacant.
        if let [only] = words.as_slice()
            && noun.is_none()
            && !alike(only, &last)
            && let Some((text, state)) = label_like(reader, child, only)
        {
            count_children(
                reader,
                ColumnAt::new(table, column),
                ColumnAt::new(child, via),
                Some(Expr::Is(state, vec![text])),
                Some("so"),
            );
            return;
        }
        // `correct_count` counts those that are correct.
        if let [only] = words.as_slice()
            && noun.is_none()
            && !alike(only, &last)
            && let Some(flag) = reader.columns(child).find(|&flag| {
                let own = &reader.name(child, flag).own.whole;
                reader.is_boolean(child, flag)
                    && (own == only || own.strip_prefix("is_") == Some(*only))
            })
        {
            count_children(
                reader,
                ColumnAt::new(table, column),
                ColumnAt::new(child, via),
                Some(Expr::Column(flag)),
                Some(only),
            );
            return;
        }
        // `enrolled_count` counts enrollments: those that are so, where there are others.
        if let [only] = words.as_slice()
            && noun.is_none()
            && alike(only, &last)
        {
            let some = condition(reader, child, only);
            count_children(
                reader,
                ColumnAt::new(table, column),
                ColumnAt::new(child, via),
                some,
                Some(only),
            );
            return;
        }
        let Some(noun) = noun else {
            continue;
        };
        let some: Vec<&str> = words
            .iter()
            .copied()
            .enumerate()
            .filter(|(place, word)| {
                *place != noun && !one.split('_').any(|part| singular(word) == part)
            })
            .map(|(_, word)| word)
            .collect();
        let [some] = some.as_slice() else {
            continue;
        };
        let Some(only) = condition(reader, child, some) else {
            continue;
        };
        count_children(
            reader,
            ColumnAt::new(table, column),
            ColumnAt::new(child, via),
            Some(only),
            Some(some),
        );
        return;
    }
}

/// Makes a column the number of rows of a table that lead here by a column of theirs: of all, or of those of which
/// something is true, which `which` calls by a word.
pub(super) fn count_children(
    reader: &mut Reader<'_, '_>,
    at: ColumnAt,
    children: ColumnAt,
    only: Option<Expr>,
    which: Option<&str>,
) {
    let count = Expr::Over {
        table: children.table,
        via: children.column,
        fold: Fold::Count,
        of: Box::new(Expr::whole(1)),
        only: only.map(Box::new),
    };
    let theirs = &reader.facts[children.table].table.name;
    let why = match which {
        None => format!("how many `{theirs}` there are"),
        Some(which) => format!("how many of its `{theirs}` are {which}"),
    };
    reader.relate(at.table, at.column, Relation::Value(count), why);
}

/// The label of a table's state that a word is a form of.
fn label_like(reader: &Reader<'_, '_>, table: TableId, word: &str) -> Option<(String, ColumnId)> {
    let StateColumn {
        column: state,
        labels: texts,
    } = reader.story.tables[table].cycle.as_ref()?.state.clone()?;
    let words = labels(reader, table, state);
    let found = stage(word).filter(|found| found.name != "other");
    texts
        .into_iter()
        .find(|text| {
            let word_of = words
                .iter()
                .find(|(own, _)| own == text)
                .map_or(text.as_str(), |(_, word)| word)
                .to_lowercase();
            alike(&word_of, word) || (found.is_some() && word.len() > 3 && stage(&word_of) == found)
        })
        .map(|text| (text, state))
}

/// What must be true of a row to be called so: `completed`, `unread`, `published`.
pub(super) fn condition(reader: &Reader<'_, '_>, table: TableId, word: &str) -> Option<Expr> {
    let found = stage(word);
    for column in reader.columns(table) {
        if reader.is_boolean(table, column) {
            let name = &reader.name(table, column).own;
            if name.whole == word || name.whole == format!("is_{word}") {
                return Some(Expr::Column(column));
            }
        }
    }
    for column in reader.columns(table) {
        if reader.is_time(table, column)
            || reader.is_boolean(table, column)
            || reader.facts[table].reference_of[column].is_some()
        {
            continue;
        }
        let labels = labels(reader, table, column);
        let exact = labels
            .iter()
            .find(|(_, label)| label.to_lowercase() == word);
        let alike = || {
            labels
                .iter()
                .find(|(_, label)| found.is_some() && stage(label) == found)
        };
        if let Some((text, _)) = exact.or_else(alike) {
            return Some(Expr::Is(column, vec![text.clone()]));
        }
    }
    // What isn't through is open.
    if matches!(
        word,
        "open" | "active" | "ongoing" | "outstanding" | "unresolved" | "current"
    ) && let Some(cycle) = &reader.story.tables[table].cycle
        && let Some(StateColumn {
            column: state,
            labels: texts,
        }) = &cycle.state
    {
        let mut open: Vec<usize> = vec![cycle.initial];
        open.extend(cycle.steps.iter().filter_map(|step| {
            let ends = step
                .stage
                .is_some_and(|stage| matches!(stage.name, "completed" | "archived" | "paid"));
            step.label.filter(|_| !ends)
        }));
        let open: Vec<String> = open
            .into_iter()
            .filter_map(|place| texts.get(place).cloned())
            .collect();
        if open.len() < texts.len() {
            return Some(Expr::Is(*state, open));
        }
    }
    let times = |word: &str| {
        reader.columns(table).find(|&column| {
            reader.is_time(table, column) && reader.is_nullable(table, column) && {
                let name = &reader.name(table, column).own;
                name.words.first().is_some_and(|first| first == word) && name.words.len() == 2
            }
        })
    };
    if let Some(time) = times(word) {
        return Some(Expr::Known(Box::new(Expr::Column(time))));
    }
    let positive = word.strip_prefix("un").and_then(times)?;
    Some(Expr::Not(Box::new(Expr::Known(Box::new(Expr::Column(
        positive,
    ))))))
}
