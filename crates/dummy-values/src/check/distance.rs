//! How far apart a check wants two columns: `until <= starts + 30`, `ends_at - starts_at < interval '1 day'`.

use super::clause::{Alternatives, Clause, Comparison, Distance};
use super::expressions::{column, literal};
use sqlparser::ast::{BinaryOperator, DataType, Expr};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Columns that are added, columns that are taken away, and a constant.
#[derive(Default)]
struct Sum {
    plus: Vec<String>,
    minus: Vec<String>,
    constant: Option<(bool, Distance)>,
}

/// A comparison that says how far apart two columns are; none for another one.
pub(super) fn compared(left: &Expr, operator: Comparison, right: &Expr) -> Option<Alternatives> {
    let mut sum = Sum::default();
    sum.add(left, false)?;
    sum.add(right, true)?;
    let ([upper], [lower], Some((negative, distance))) =
        (&sum.plus[..], &sum.minus[..], sum.constant)
    else {
        return None;
    };
    if operator == Comparison::NotEqual || upper == lower {
        return None;
    }
    // `upper - lower + constant OPERATOR 0`.
    let (upper, lower, operator) = if negative {
        (upper.clone(), lower.clone(), operator)
    } else {
        (lower.clone(), upper.clone(), operator.mirrored())
    };
    let is_zero = match &distance {
        Distance::Number(number) => number.parse::<f64>().ok()? == 0.0,
        Distance::Time { greatest, .. } => *greatest == 0,
    };
    Some(vec![vec![if is_zero {
        Clause::Columns {
            left: upper,
            operator,
            right: lower,
        }
    } else {
        Clause::Apart {
            upper,
            lower,
            operator,
            distance,
        }
    }]])
}

impl Sum {
    fn add(&mut self, expression: &Expr, negated: bool) -> Option<()> {
        match expression {
            Expr::Nested(inner) => self.add(inner, negated),
            Expr::BinaryOp {
                left,
                op: op @ (BinaryOperator::Plus | BinaryOperator::Minus),
                right,
            } if literal(expression).is_none() => {
                self.add(left, negated)?;
                self.add(right, negated != (*op == BinaryOperator::Minus))
            }
            _ => {
                if let Ok(column) = column(expression) {
                    if negated {
                        self.minus.push(column);
                    } else {
                        self.plus.push(column);
                    }
                    return Some(());
                }
                if self.constant.is_some() {
                    return None;
                }
                let (negative, distance) = constant(expression)?;
                self.constant = Some((negative != negated, distance));
                Some(())
            }
        }
    }
}

/// A constant, and whether it is negative.
fn constant(expression: &Expr) -> Option<(bool, Distance)> {
    match expression {
        Expr::Nested(inner) => constant(inner),
        Expr::Cast {
            expr,
            data_type: DataType::Interval { .. },
            ..
        } => interval(&literal(expr)?),
        Expr::Interval(written) => {
            let unit = written
                .leading_field
                .as_ref()
                .map_or_else(String::new, |field| format!(" {field}"));
            interval(&format!("{}{unit}", literal(&written.value)?))
        }
        _ => {
            let number = literal(expression)?;
            number.parse::<f64>().ok()?;
            Some(match number.strip_prefix('-') {
                Some(magnitude) => (true, Distance::Number(magnitude.to_owned())),
                None => (false, Distance::Number(number)),
            })
        }
    }
}

/// An interval such as `1 day`, `2 hours 30 minutes` or `1 mon 02:00:00`, and whether it is negative. None for one
/// with parts of both signs.
fn interval(text: &str) -> Option<(bool, Distance)> {
    let text = text.to_ascii_lowercase();
    let mut words = text.split_whitespace();
    let (mut least, mut greatest) = (0_i64, 0_i64);
    let mut signs = Vec::new();
    while let Some(word) = words.next() {
        signs.push(word.starts_with('-'));
        let word = word.trim_start_matches(['-', '+']);
        let (shortest, longest) = if word.contains(':') {
            let mut microseconds = 0_i64;
            let mut unit = 3600 * 1_000_000_i64;
            for part in word.split(':') {
                microseconds =
                    microseconds.checked_add(part.parse::<i64>().ok()?.checked_mul(unit)?)?;
                unit /= 60;
            }
            (microseconds, microseconds)
        } else {
            let number: i64 = word.parse().ok()?;
            let (shortest, longest) = match words.next()?.trim_end_matches('s') {
                "second" | "sec" => (1_000_000, 1_000_000),
                "minute" | "min" => (60_000_000, 60_000_000),
                "hour" => (DAY / 24, DAY / 24),
                "day" => (DAY, DAY),
                "week" => (7 * DAY, 7 * DAY),
                "month" | "mon" => (28 * DAY, 31 * DAY),
                "year" => (365 * DAY, 366 * DAY),
                _ => return None,
            };
            (number.checked_mul(shortest)?, number.checked_mul(longest)?)
        };
        least = least.checked_add(shortest)?;
        greatest = greatest.checked_add(longest)?;
    }
    let negative = *signs.first()?;
    signs
        .iter()
        .all(|sign| *sign == negative)
        .then_some((negative, Distance::Time { least, greatest }))
}
