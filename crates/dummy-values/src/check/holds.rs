//! Whether a row keeps a check: what is made without regard to one can be held against it afterwards.

use super::clause::{Alternatives, Clause, Comparison, Distance};
use super::domain::Rules;
use crate::calendar::DAY;
use crate::story::read;

/// Whether one of the alternatives holds in a row. A column's value is none where it is NULL, and no answer at all
/// where the database makes it; what isn't known counts as true, as it does for the server.
pub fn holds(alternatives: &Alternatives, value: &dyn Fn(&str) -> Option<Option<String>>) -> bool {
    alternatives
        .iter()
        .any(|clauses| clauses.iter().all(|clause| clause_holds(clause, value)))
}

/// The columns that a check speaks of, each once.
pub fn columns_of(alternatives: &Alternatives) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for clause in alternatives.iter().flatten() {
        for name in clause.columns() {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn clause_holds(clause: &Clause, value: &dyn Fn(&str) -> Option<Option<String>>) -> bool {
    match clause {
        Clause::Null { column } => value(column).is_none_or(|value| value.is_none()),
        Clause::NotNull { column } => value(column).is_none_or(|value| value.is_some()),
        Clause::NonNulls {
            columns,
            operator,
            number,
        } => {
            let known = columns
                .iter()
                .filter(|column| value(column).is_some_and(|value| value.is_some()))
                .count();
            i64::try_from(known).is_ok_and(|known| compares(&known, *operator, number))
        }
        Clause::Columns {
            left,
            operator,
            right,
        } => {
            let (Some(Some(left)), Some(Some(right))) = (value(left), value(right)) else {
                return true;
            };
            match (read(&left), read(&right)) {
                (Some(left), Some(right)) => compares(&left, *operator, &right),
                _ => compares(&left, *operator, &right),
            }
        }
        Clause::Apart {
            upper,
            lower,
            operator,
            distance,
        } => {
            let (Some(Some(upper)), Some(Some(lower))) = (value(upper), value(lower)) else {
                return true;
            };
            let (Some(from), Some(to)) = (read(&lower), read(&upper)) else {
                return true;
            };
            let apart = to - from;
            match distance {
                Distance::Time { least, greatest } => match operator {
                    Comparison::Below | Comparison::AtMost => {
                        compares(&apart, *operator, &i128::from(*least))
                    }
                    _ => compares(&apart, *operator, &i128::from(*greatest)),
                },
                Distance::Number(number) => read(number).is_none_or(|number| {
                    let is_moment = upper.len() >= 10 && upper.as_bytes().get(4) == Some(&b'-');
                    let number = if is_moment {
                        number * i128::from(DAY) / crate::story::ONE
                    } else {
                        number
                    };
                    compares(&apart, *operator, &number)
                }),
            }
        }
        // What is computed is held against the check itself, with all other constraints.
        Clause::Equation { .. } => true,
        other => {
            let mut rules = Rules::default();
            if !rules.add(&vec![vec![other.clone()]], &|_| false) {
                return false;
            }
            rules.domains.iter().all(|(column, domain)| {
                let Some(Some(text)) = value(column) else {
                    return true;
                };
                // Booleans are written in one letter.
                let text = match text.as_str() {
                    "t" => "true".to_owned(),
                    "f" => "false".to_owned(),
                    _ => text,
                };
                domain.broken_by(&text).is_none()
                    || (text == "true" && domain.broken_by("t").is_none())
                    || (text == "false" && domain.broken_by("f").is_none())
            })
        }
    }
}

fn compares<T: PartialOrd>(left: &T, operator: Comparison, right: &T) -> bool {
    match operator {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Below => left < right,
        Comparison::AtMost => left <= right,
        Comparison::Above => left > right,
        Comparison::AtLeast => left >= right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, row: &[(&str, Option<&str>)], expected: bool) {
        let alternatives = crate::check::read(expression).unwrap();
        let value = |name: &str| {
            let cell = row.iter().find(|(column, _)| *column == name)?;
            Some(cell.1.map(str::to_owned))
        };
        assert_eq!(
            holds(&alternatives, &value),
            expected,
            "{expression}: {row:?}"
        );
    }

    #[test]
    fn equivalences_hold_in_all_their_ways() {
        let check_of = "(status = 'cancelled') = (cancelled_at IS NOT NULL)";
        check(
            check_of,
            &[("status", Some("open")), ("cancelled_at", None)],
            true,
        );
        check(
            check_of,
            &[
                ("status", Some("cancelled")),
                ("cancelled_at", Some("2026-01-01")),
            ],
            true,
        );
        check(
            check_of,
            &[
                ("status", Some("open")),
                ("cancelled_at", Some("2026-01-01")),
            ],
            false,
        );
        check(
            check_of,
            &[("status", Some("cancelled")), ("cancelled_at", None)],
            false,
        );
        check(
            "num_nonnulls(a, b) = 1",
            &[("a", Some("1")), ("b", None)],
            true,
        );
        check("num_nonnulls(a, b) = 1", &[("a", None), ("b", None)], false);
        check(
            "paid = false OR paid_at IS NOT NULL",
            &[("paid", Some("t")), ("paid_at", None)],
            false,
        );
        check(
            "paid = false OR paid_at IS NOT NULL",
            &[("paid", Some("f")), ("paid_at", None)],
            true,
        );
    }
}
