//! Equations between columns: `total = subtotal + tax`, `nights = check_out - check_in`, `amount = quantity * price`.
//! One column is computed from the others. Which one is for those to decide who know what else its columns must be.

use super::clause::{Alternatives, Clause, Comparison};
use super::expressions::{call, literal};
use super::{columns, folded};
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};

/// A column and the expression that it must equal.
pub type Solution = (String, Expr);

/// `left = right` as the columns that it can be solved for, the best first; also `abs(left - right) < 0.01`, and sums
/// that mustn't exceed a column, which they then equal. None for another form.
pub(super) fn compared(left: &Expr, operator: Comparison, right: &Expr) -> Option<Alternatives> {
    if let Some((inner, bound)) = within_tolerance(left, operator, right) {
        let (left, right) = difference(inner)?;
        let _ = bound;
        return solved(left, right);
    }
    if let Some(multiple) = multiple_of(left, operator, right) {
        return Some(multiple);
    }
    if let Some(shares) = shared_bound(left, operator, right) {
        return Some(shares);
    }
    match operator {
        Comparison::Equal => solved(left, right),
        // The column that bounds a sum is the sum.
        Comparison::AtMost => is_column(right).then(|| solved(right, left))?,
        Comparison::AtLeast => is_column(left).then(|| solved(left, right))?,
        _ => None,
    }
}

/// `abs(x) < 0.01`: nearly equal is equal.
fn within_tolerance<'e>(
    left: &'e Expr,
    operator: Comparison,
    right: &'e Expr,
) -> Option<(&'e Expr, f64)> {
    let (absolute, bound) = match operator {
        Comparison::Below | Comparison::AtMost => (left, right),
        Comparison::Above | Comparison::AtLeast => (right, left),
        _ => return None,
    };
    let bound: f64 = literal(bound)?.parse().ok()?;
    let (name, arguments) = call(absolute)?;
    let [inner] = arguments[..] else { return None };
    (name == "abs" && bound > 0.0).then_some((inner, bound))
}

/// `a + b <= 100`: each of the columns may be its share of the bound.
fn shared_bound(left: &Expr, operator: Comparison, right: &Expr) -> Option<Alternatives> {
    let (sum, operator, bound) = match literal(right) {
        Some(bound) => (left, operator, bound),
        None => (right, operator.mirrored(), literal(left)?),
    };
    if !matches!(operator, Comparison::AtMost | Comparison::Below) {
        return None;
    }
    let mut terms = Vec::new();
    split(sum, false, &mut terms);
    let named: Option<Vec<String>> = terms
        .iter()
        .map(|(term, negative)| own_column(term).filter(|_| !negative))
        .collect();
    let named = named.filter(|named| named.len() > 1)?;
    let bound: i64 = bound.split('.').next()?.parse().ok()?;
    let share = bound.div_euclid(i64::try_from(named.len()).ok()?);
    let clauses = named
        .into_iter()
        .map(|column| Clause::Compare {
            column,
            operator,
            value: share.to_string(),
        })
        .collect();
    Some(vec![clauses])
}

/// `a % b = 0`: `a` is a multiple of `b`, the nearest below what it would be otherwise, and once `b` at least.
fn multiple_of(left: &Expr, operator: Comparison, right: &Expr) -> Option<Alternatives> {
    let (division, zero) = match literal(right) {
        Some(_) => (left, right),
        None => (right, left),
    };
    let zero: f64 = literal(zero)?.parse().ok()?;
    let (dividend, divisor) = super::multiples::operands(division)?;
    let (dividend, divisor) = (own_column(dividend)?, own_column(divisor)?);
    if operator != Comparison::Equal || zero != 0.0 || dividend == divisor {
        return None;
    }
    let (name, by) = (
        value_model::expression::identifier(&dividend),
        value_model::expression::identifier(&divisor),
    );
    let expression = super::parse(&format!("GREATEST({name} - {name} % {by}, {by})")).ok()?;
    Some(vec![vec![Clause::Equation {
        solutions: vec![(dividend, expression)],
    }]])
}

fn difference(expression: &Expr) -> Option<(&Expr, &Expr)> {
    match expression {
        Expr::Nested(inner) => difference(inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Minus,
            right,
        } => Some((left, right)),
        _ => None,
    }
}

fn is_column(expression: &Expr) -> bool {
    own_column(expression).is_some()
}

/// The column that an expression is, under parentheses and casts alone.
fn own_column(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => own_column(inner),
        Expr::Identifier(name) => Some(folded(name)),
        _ => None,
    }
}

fn solved(left: &Expr, right: &Expr) -> Option<Alternatives> {
    let mut solutions: Vec<Solution> = Vec::new();
    let mut add = |column: String, expression: Expr| {
        let named = columns(&expression);
        if !named.contains(&column)
            && !named.is_empty()
            && !solutions.iter().any(|(known, _)| *known == column)
        {
            solutions.push((column, expression));
        }
    };
    // As it is written, where one side is a column.
    for (one, other) in [(left, right), (right, left)] {
        if let Some(column) = own_column(one) {
            add(column, other.clone());
        }
    }
    // Or one term of a sum: what is on the other side, less the rest.
    let mut terms = Vec::new();
    split(left, false, &mut terms);
    split(right, true, &mut terms);
    let minuses = |place: usize| {
        let own = terms[place].1;
        terms.iter().filter(|term| term.1 == own).count()
    };
    let mut places: Vec<usize> = (0..terms.len()).collect();
    places.sort_by_key(|&place| minuses(place));
    for place in places {
        let Some(column) = own_column(&terms[place].0) else {
            continue;
        };
        let own = terms[place].1;
        // `own + rest = 0`: added are those of the other sign.
        let mut rest: Vec<(Expr, bool)> = terms
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place)
            .map(|(_, (term, negative))| (term.clone(), *negative == own))
            .collect();
        rest.sort_by_key(|(_, is_taken_away)| *is_taken_away);
        if let Some(expression) = joined(rest) {
            add(column, expression);
        }
    }
    (!solutions.is_empty()).then(|| vec![vec![Clause::Equation { solutions }]])
}

/// The terms of a sum, and whether each is taken away.
fn split(expression: &Expr, negative: bool, terms: &mut Vec<(Expr, bool)>) {
    match expression {
        Expr::Nested(inner) => split(inner, negative, terms),
        Expr::BinaryOp {
            left,
            op: op @ (BinaryOperator::Plus | BinaryOperator::Minus),
            right,
        } => {
            split(left, negative, terms);
            split(right, negative != (*op == BinaryOperator::Minus), terms);
        }
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } if literal(expression).is_none() => split(expr, !negative, terms),
        Expr::Value(value) if matches!(&value.value, Value::Number(number, _) if number.trim_matches(['0', '.']).is_empty()) =>
            {}
        other => terms.push((other.clone(), negative)),
    }
}

fn joined(terms: Vec<(Expr, bool)>) -> Option<Expr> {
    let mut terms = terms.into_iter();
    let (first, is_taken_away) = terms.next()?;
    let mut result = if is_taken_away {
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr: Box::new(Expr::Nested(Box::new(first))),
        }
    } else {
        first
    };
    for (term, is_taken_away) in terms {
        result = Expr::BinaryOp {
            left: Box::new(result),
            op: if is_taken_away {
                BinaryOperator::Minus
            } else {
                BinaryOperator::Plus
            },
            right: Box::new(Expr::Nested(Box::new(term))),
        };
    }
    Some(result)
}

/// `LEAST(column, bound)` or `GREATEST(column, bound)`: a column kept on one side of another that is computed.
pub fn bounded(name: &str, column: &str, bound: &str) -> Option<Expr> {
    super::parse(&format!(
        "{name}({}, {})",
        value_model::expression::identifier(column),
        value_model::expression::identifier(bound)
    ))
    .ok()
}
