//! Partitions of tables: a row that none of them takes is refused, so they are a check on the key.

use super::reader::partition_key;
use super::statement::Bounds;
use pg_model::{CheckConstraint, PgCheck, Table};
use sqlparser::ast::Expr;
use value_model::expression;

/// Whether a table's rows are in partitions.
pub(crate) fn is_partitioned(table: &Table) -> bool {
    table
        .options
        .as_deref()
        .is_some_and(|options| partition_key(options).is_some())
}

/// Makes sure that every row has a partition: a check on the key leaves it only what partitions take.
pub(super) fn place_rows(table: &mut Table, partitions: &[Bounds]) -> bool {
    if partitions.contains(&Bounds::Default) {
        return true;
    }
    if let Some(Bounds::Hash(modulus)) = partitions.first() {
        return u64::try_from(partitions.len()).is_ok_and(|count| count == *modulus);
    }
    let Some(key) = only_column(table) else {
        return false;
    };
    let quoted = pg_sql::identifier(&key).into_owned();
    let expression = match partitions.first() {
        Some(Bounds::In(_)) => {
            let values: Vec<&str> = partitions
                .iter()
                .flat_map(|bounds| match bounds {
                    Bounds::In(values) => values.as_slice(),
                    _ => &[],
                })
                .map(String::as_str)
                .filter(|value| !value.eq_ignore_ascii_case("null"))
                .collect();
            format!("{quoted} IN ({})", values.join(", "))
        }
        _ => match longest_run(partitions) {
            Some((from, to)) => {
                let lower = from.map(|from| format!("{quoted} >= {from}"));
                let upper = to.map(|to| format!("{quoted} < {to}"));
                let both: Vec<String> = lower.into_iter().chain(upper).collect();
                if both.is_empty() {
                    return true;
                }
                both.join(" AND ")
            }
            None => return false,
        },
    };
    // No partition takes a NULL, unless one names it.
    if let Some(column) = table.columns.iter_mut().find(|column| column.name == key) {
        column.not_null = true;
    }
    table.checks.push(CheckConstraint {
        name: "partitions".to_owned(),
        expression,
        own: PgCheck { validated: true },
    });
    true
}

/// The only column of `PARTITION BY … (column)`.
fn only_column(table: &Table) -> Option<String> {
    let parsed = expression::parse(partition_key(table.options.as_deref()?)?).ok()?;
    match &parsed {
        Expr::Identifier(name) => {
            let name = expression::folded(name);
            table.column(&name).map(|column| column.name.clone())
        }
        _ => None,
    }
}

/// The ends of the longest row of range partitions without a gap; none where it has no end.
fn longest_run(partitions: &[Bounds]) -> Option<(Option<String>, Option<String>)> {
    let end = |values: &[String]| match values {
        [value] if ["minvalue", "maxvalue"].contains(&value.to_lowercase().as_str()) => Some(None),
        [value] => Some(Some(value.clone())),
        _ => None,
    };
    let mut ranges = Vec::new();
    for bounds in partitions {
        if let Bounds::Range(from, to) = bounds {
            ranges.push((end(from)?, end(to)?));
        }
    }
    // Texts of dates sort as dates do; numbers by their length first.
    let order = |text: &Option<String>| {
        let text = text.clone().unwrap_or_default();
        let number = text.trim_matches('\'').parse::<i64>().ok();
        (number, text)
    };
    ranges.sort_by_key(|(from, _)| order(from));
    let mut best: Option<(usize, Option<String>, Option<String>)> = None;
    let mut run: Option<(usize, Option<String>, Option<String>)> = None;
    for (from, to) in ranges {
        run = match run {
            Some((count, first, last)) if last == from && from.is_some() => {
                Some((count + 1, first, to))
            }
            _ => Some((1, from, to)),
        };
        if let Some((count, first, last)) = &run
            && best.as_ref().is_none_or(|(most, _, _)| count >= most)
        {
            best = Some((*count, first.clone(), last.clone()));
        }
    }
    best.map(|(_, first, last)| (first, last))
}
