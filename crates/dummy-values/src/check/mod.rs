//! CHECK constraints, as far as we understand them.
//!
//! An expression becomes a list of alternatives, each a list of [`Clause`]s that say something simple
//! about one or two columns: the disjunctive normal form of what it demands. The plan lets each row go
//! one of the alternatives and builds values to fit. What isn't understood is an error value here and a
//! doubt for the plan, which holds the rows against the expression itself ([`crate::evaluate`]).

#![expect(
    clippy::match_same_arms,
    reason = "an arm is a form of SQL; those that mean the same stay apart to be read one by one"
)]

mod array_literal;
mod casts;
mod clause;
mod distance;
mod domain;
mod equations;
mod expressions;
mod fits;
mod holds;
mod multiples;
pub mod pattern;
mod ranges;
mod steps;
mod translated;
mod truths;
mod years;

pub use array_literal::elements as elements_of_array;
pub use casts::casts;
pub use clause::{Alternatives, Clause, Comparison, Distance};
pub use domain::{Bound, ColumnDistance, ColumnRelation, Domain, Rules};
pub use equations::{Solution, bounded};
pub use expressions::{call, literal};
pub use holds::{columns_of, holds};
pub use ranges::{bounds as bounds_of_range, orders as orders_of_ranges};
pub use steps::Multiples;
pub use translated::{like_pattern, regex, similar_pattern};
pub use value_model::expression::{columns, folded, parse, walk};

use expressions::{column, is_null, text};
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};

/// More alternatives than this are not worth looking at.
const MOST_ALTERNATIVES: usize = 64;

/// Reads an expression. The error says what in it isn't understood.
pub fn read(expression: &str) -> Result<Alternatives, String> {
    alternatives(&parse(expression)?, false).map(truths::without_subsets)
}

/// The parts of an expression that are understood, where all must hold and not all are.
pub fn read_parts(expression: &str) -> Vec<Alternatives> {
    let Ok(parsed) = parse(expression) else {
        return Vec::new();
    };
    let mut understood = Vec::new();
    let mut open = vec![&parsed];
    while let Some(part) = open.pop() {
        match part {
            Expr::Nested(inner) => open.push(inner),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::And,
                right,
            } => open.extend([&**right, &**left]),
            _ => understood.extend(alternatives(part, false)),
        }
    }
    understood
}

fn alternatives(expression: &Expr, negated: bool) -> Result<Alternatives, String> {
    match expression {
        Expr::Nested(inner) => alternatives(inner, negated),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr,
        } => alternatives(expr, !negated),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => combine(left, right, negated, negated),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Or,
            right,
        } => combine(left, right, !negated, negated),
        Expr::Between {
            expr,
            negated: not,
            low,
            high,
        } => {
            let (low_operator, high_operator) = if *not == negated {
                (Comparison::AtLeast, Comparison::AtMost)
            } else {
                (Comparison::Below, Comparison::Above)
            };
            let low = comparison(expr, low_operator, low)?;
            let high = comparison(expr, high_operator, high)?;
            Ok(if *not == negated {
                product(&low, &high)
            } else {
                [low, high].concat()
            })
        }
        Expr::InList {
            expr,
            list,
            negated: not,
        } => membership(expr, constants(list)?, *not != negated).map(leaf),
        // `0 <= ALL (days)`.
        Expr::AllOp {
            left,
            compare_op,
            right,
        } if !negated && literal(left).is_some() && column(right).is_ok() => {
            let operator = comparison_of(compare_op).ok_or_else(|| format!("`{expression}`"))?;
            Ok(leaf(Clause::EachElement {
                column: column(right)?,
                operator: operator.mirrored(),
                value: literal(left).unwrap_or_default(),
            }))
        }
        // `'a' = ANY (tags)`.
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } if !negated && literal(left).is_some() => Ok(leaf(Clause::ElementsWith {
            column: column(right)?,
            values: literal(left).into_iter().collect(),
        })),
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } => membership(left, elements(right)?, negated).map(leaf),
        Expr::AllOp {
            left,
            compare_op: BinaryOperator::NotEq,
            right,
        } => membership(left, elements(right)?, !negated).map(leaf),
        // No array that is made has a NULL in it.
        Expr::IsNull(inner)
            if !negated
                && call(inner).is_some_and(|(name, arguments)| {
                    name == "array_position" && arguments.get(1).is_some_and(|one| is_null(one))
                }) =>
        {
            Ok(vec![vec![]])
        }
        // `(data ->> 'key') IS NOT NULL`.
        Expr::IsNotNull(inner) if !negated && json_member(inner).is_some() => {
            Ok(json_member(inner)
                .into_iter()
                .map(|clause| vec![clause])
                .collect())
        }
        Expr::IsNull(inner) => Ok(leaf(nullness(inner, !negated)?)),
        Expr::IsNotNull(inner) => Ok(leaf(nullness(inner, negated)?)),
        // NULL passes a check, and isn't true.
        Expr::IsTrue(inner) if !negated => Ok(truths::certain(&alternatives(inner, false)?)),
        Expr::IsFalse(inner) if !negated => Ok(truths::certain(&alternatives(inner, true)?)),
        Expr::IsNotFalse(inner) if negated => Ok(truths::certain(&alternatives(inner, true)?)),
        Expr::IsNotTrue(inner) if negated => Ok(truths::certain(&alternatives(inner, false)?)),
        Expr::IsTrue(inner) | Expr::IsNotFalse(inner) => alternatives(inner, negated),
        Expr::IsFalse(inner) | Expr::IsNotTrue(inner) => alternatives(inner, !negated),
        Expr::IsDistinctFrom(left, right) => distinct(left, right, negated),
        Expr::IsNotDistinctFrom(left, right) => distinct(left, right, !negated),
        Expr::Case {
            operand,
            conditions,
            else_result,
            ..
        } => truths::of_case(
            operand.as_deref(),
            conditions,
            else_result.as_deref(),
            negated,
        ),
        Expr::Like {
            negated: not,
            expr,
            pattern,
            ..
        } => like(expr, pattern, *not != negated, ""),
        Expr::ILike {
            negated: not,
            expr,
            pattern,
            ..
        } => like(expr, pattern, *not != negated, "(?i)"),
        Expr::SimilarTo {
            negated: not,
            expr,
            pattern,
            ..
        } => Ok(matching(
            column(expr)?,
            similar_pattern(&text(pattern)?),
            *not != negated,
        )),
        Expr::BinaryOp {
            left,
            op: op @ (BinaryOperator::AtArrow | BinaryOperator::ArrowAt),
            right,
        } if !negated => contained(left, right, *op == BinaryOperator::AtArrow),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Question,
            right,
        } if !negated => Ok(leaf(Clause::JsonKey {
            column: column(left)?,
            key: text(right)?,
        })),
        Expr::BinaryOp { left, op, right } => binary(left, op, right, negated),
        Expr::Value(value) => match (&value.value, negated) {
            (Value::Boolean(true), false) | (Value::Boolean(false), true) => Ok(vec![vec![]]),
            (Value::Boolean(_), _) => Ok(vec![]),
            _ => Err(format!("`{expression}`")),
        },
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => Ok(leaf(Clause::OneOf {
            column: column(expression)?,
            values: vec![(if negated { "f" } else { "t" }).to_owned()],
        })),
        Expr::Cast { expr, .. } => alternatives(expr, negated),
        Expr::Function(_) => function(expression, negated),
        _ => Err(format!("`{expression}`")),
    }
}

/// Both sides of an AND or OR; a part of an OR that isn't understood leaves the other.
fn combine(left: &Expr, right: &Expr, either: bool, negated: bool) -> Result<Alternatives, String> {
    let left = alternatives(left, negated);
    let right = alternatives(right, negated);
    if either {
        return match (left, right) {
            (Ok(left), Ok(right)) => Ok(listed([left, right].concat())),
            (Ok(one), Err(_)) | (Err(_), Ok(one)) if !one.is_empty() => Ok(one),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
    }
    Ok(product(&left?, &right?))
}

/// `status = 'draft' OR status = 'paid'` is a list of both, not the choice of one for all rows.
fn listed(alternatives: Alternatives) -> Alternatives {
    let mut result: Alternatives = Vec::new();
    for clauses in alternatives {
        let known = equalities(&clauses).and_then(|(column, _)| {
            result
                .iter_mut()
                .find(|other| equalities(other).is_some_and(|(own, _)| own == column))
        });
        let Some(known) = known else {
            result.push(clauses);
            continue;
        };
        if let (Some((column, mut values)), Some((_, more))) =
            (equalities(known), equalities(&clauses))
        {
            values.extend(more);
            *known = vec![Clause::OneOf { column, values }];
        }
    }
    result
}

/// The column and its values, where clauses say nothing but which values it may have.
fn equalities(clauses: &[Clause]) -> Option<(String, Vec<String>)> {
    match clauses {
        [Clause::OneOf { column, values }] => Some((column.clone(), values.clone())),
        [
            Clause::Compare {
                column,
                operator: Comparison::Equal,
                value,
            },
        ] => Some((column.clone(), vec![value.clone()])),
        _ => None,
    }
}

fn product(left: &Alternatives, right: &Alternatives) -> Alternatives {
    let mut result = Vec::new();
    for first in left {
        for second in right {
            if result.len() < MOST_ALTERNATIVES {
                result.push([first.clone(), second.clone()].concat());
            }
        }
    }
    result
}

fn leaf(clause: Clause) -> Alternatives {
    vec![vec![clause]]
}

fn binary(
    left: &Expr,
    operator: &BinaryOperator,
    right: &Expr,
    negated: bool,
) -> Result<Alternatives, String> {
    if let Some(mut comparison_operator) = comparison_of(operator) {
        if negated {
            comparison_operator = comparison_operator.negated();
        }
        // `(a IS NULL) = (b IS NULL)` and `<>`: both, or exactly one.
        if let Some(ways) = truths::counted(left, comparison_operator, right) {
            return Ok(ways);
        }
        let one_is = truth(left, false).is_ok() || truth(right, false).is_ok();
        let of = |side: &Expr, negated: bool| match side {
            // `is_final = (status = 'done')`: a column beside a condition is one.
            Expr::Identifier(_) if one_is => alternatives(side, negated),
            _ => truth(side, negated),
        };
        if let (Ok(left_true), Ok(right_true)) = (of(left, false), of(right, false))
            && let (Ok(left_false), Ok(right_false)) = (of(left, true), of(right, true))
        {
            return match comparison_operator {
                Comparison::Equal => Ok([
                    product(&left_true, &right_true),
                    product(&left_false, &right_false),
                ]
                .concat()),
                Comparison::NotEqual => Ok([
                    product(&left_true, &right_false),
                    product(&left_false, &right_true),
                ]
                .concat()),
                _ => Err(format!("`{left} {operator} {right}`")),
            };
        }
        if comparison_operator == Comparison::Equal
            && let Some(clause) = one_case(left, right).or_else(|| one_case(right, left))
        {
            return Ok(leaf(clause));
        }
        return comparison(left, comparison_operator, right);
    }
    match operator {
        BinaryOperator::PGRegexMatch => regular(left, right, negated, ""),
        BinaryOperator::PGRegexIMatch => regular(left, right, negated, "(?i)"),
        BinaryOperator::PGRegexNotMatch => regular(left, right, !negated, ""),
        BinaryOperator::PGRegexNotIMatch => regular(left, right, !negated, "(?i)"),
        BinaryOperator::PGLikeMatch => like(left, right, negated, ""),
        BinaryOperator::PGNotLikeMatch => like(left, right, !negated, ""),
        BinaryOperator::PGILikeMatch => like(left, right, negated, "(?i)"),
        BinaryOperator::PGNotILikeMatch => like(left, right, !negated, "(?i)"),
        _ => Err(format!("`{left} {operator} {right}`")),
    }
}

/// The comparison that an operator is.
pub fn comparison_of(operator: &BinaryOperator) -> Option<Comparison> {
    Some(match operator {
        BinaryOperator::Eq => Comparison::Equal,
        BinaryOperator::NotEq => Comparison::NotEqual,
        BinaryOperator::Lt => Comparison::Below,
        BinaryOperator::LtEq => Comparison::AtMost,
        BinaryOperator::Gt => Comparison::Above,
        BinaryOperator::GtEq => Comparison::AtLeast,
        _ => return None,
    })
}

/// `name = upper(name)`: no letters of the other case.
fn one_case(plain: &Expr, call: &Expr) -> Option<Clause> {
    let call_text = call.to_string().to_ascii_lowercase();
    let pattern = match call_text.split_once('(')?.0.trim() {
        "lower" => "[A-Z]",
        "upper" => "[a-z]",
        _ => return None,
    };
    let own = column(plain).ok()?;
    (column(call).ok()? == own).then(|| Clause::Avoids {
        column: own,
        pattern: pattern.to_owned(),
    })
}

/// A regular expression that the text matches, or doesn't, with flags before it.
fn regular(left: &Expr, right: &Expr, negated: bool, flags: &str) -> Result<Alternatives, String> {
    let column = column(left)?;
    let pattern = format!("{flags}{}", text(right)?);
    Ok(matching(column, pattern, negated))
}

/// A pattern that has few texts is a list of them.
fn matching(column: String, pattern: String, negated: bool) -> Alternatives {
    leaf(match translated::texts(&pattern) {
        _ if negated => Clause::Avoids { column, pattern },
        Some(values) => Clause::OneOf { column, values },
        None => Clause::Matches { column, pattern },
    })
}

/// `left IS [NOT] DISTINCT FROM right`: NULLs are the same, and nothing else is.
fn distinct(left: &Expr, right: &Expr, negated: bool) -> Result<Alternatives, String> {
    if is_null(right) || is_null(left) {
        let side = if is_null(right) { left } else { right };
        return nullness(side, negated).map(leaf);
    }
    let operator = if negated {
        Comparison::Equal
    } else {
        Comparison::NotEqual
    };
    let ways = comparison(left, operator, right)?;
    if literal(left).is_some() || literal(right).is_some() {
        return Ok(if negated {
            truths::certain(&ways)
        } else {
            ways
        });
    }
    let ways = truths::certain(&ways);
    let (left, right) = (column(left)?, column(right)?);
    let null = |column: &str| Clause::Null {
        column: column.to_owned(),
    };
    let not_null = |column: &str| Clause::NotNull {
        column: column.to_owned(),
    };
    Ok([
        ways,
        if negated {
            vec![vec![null(&left), null(&right)]]
        } else {
            vec![
                vec![not_null(&left), null(&right)],
                vec![null(&left), not_null(&right)],
            ]
        },
    ]
    .concat())
}

/// `tags <@ ARRAY['a', 'b']` and `tags @> ARRAY['a']`.
fn contained(left: &Expr, right: &Expr, left_is_whole: bool) -> Result<Alternatives, String> {
    let (whole, part) = if left_is_whole {
        (left, right)
    } else {
        (right, left)
    };
    Ok(leaf(match (column(whole), column(part)) {
        (Ok(column), Err(_)) => Clause::ElementsWith {
            column,
            values: elements(part)?,
        },
        (Err(_), Ok(column)) => Clause::ElementsWithin {
            column,
            values: elements(whole)?,
        },
        _ => return Err(format!("`{left} @> {right}`")),
    }))
}

/// Alternatives of something that is a truth value, not a column or a number.
fn truth(expression: &Expr, negated: bool) -> Result<Alternatives, String> {
    match expression {
        Expr::Nested(inner) => truth(inner, negated),
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::InList { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::ILike { .. }
        | Expr::AnyOp { .. }
        | Expr::AllOp { .. }
        | Expr::UnaryOp {
            op: UnaryOperator::Not,
            ..
        }
        | Expr::BinaryOp {
            op:
                BinaryOperator::PGRegexMatch
                | BinaryOperator::PGRegexIMatch
                | BinaryOperator::PGRegexNotMatch
                | BinaryOperator::PGRegexNotIMatch
                | BinaryOperator::PGLikeMatch
                | BinaryOperator::And
                | BinaryOperator::Or
                | BinaryOperator::Eq
                | BinaryOperator::NotEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq,
            ..
        } => alternatives(expression, negated),
        _ => Err(String::new()),
    }
}

/// `left OPERATOR right`, in either order.
fn comparison(left: &Expr, operator: Comparison, right: &Expr) -> Result<Alternatives, String> {
    for (left, operator, right) in [(left, operator, right), (right, operator.mirrored(), left)] {
        if let Some(alternatives) = years::compared(left, operator, right)
            .or_else(|| multiples::compared(left, operator, right))
        {
            return Ok(alternatives);
        }
    }
    if let Some(alternatives) = distance::compared(left, operator, right) {
        return Ok(alternatives);
    }
    // A constant beside a sum of several columns is part of an equation.
    let several = || columns(left).len() + columns(right).len() > 2;
    if operator == Comparison::Equal
        && several()
        && let Some(alternatives) = equations::compared(left, operator, right)
    {
        return Ok(alternatives);
    }
    simple_comparison(left, operator, right)
        .map(leaf)
        .or_else(|error| equations::compared(left, operator, right).ok_or(error))
}

/// `left OPERATOR right` as one clause, in either order.
fn simple_comparison(left: &Expr, operator: Comparison, right: &Expr) -> Result<Clause, String> {
    let shown = || format!("`{left} {operator} {right}`");
    if let Some(clause) = measured(left, operator, right) {
        return Ok(clause);
    }
    if let Some(clause) = measured(right, operator.mirrored(), left) {
        return Ok(clause);
    }
    match (column(left), column(right)) {
        (Ok(left), Ok(right)) => Ok(Clause::Columns {
            left,
            operator,
            right,
        }),
        (Ok(column), Err(_)) => Ok(Clause::Compare {
            column,
            operator,
            value: literal(right).ok_or_else(shown)?,
        }),
        (Err(_), Ok(column)) => Ok(Clause::Compare {
            column,
            operator: operator.mirrored(),
            value: literal(left).ok_or_else(shown)?,
        }),
        _ => Err(shown()),
    }
}

/// `length(column) OPERATOR number` and its relatives.
fn measured(function: &Expr, operator: Comparison, number: &Expr) -> Option<Clause> {
    let (name, arguments) = call(function)?;
    if let Some(json_type) = text(number).ok()
        && matches!(name.as_str(), "jsonb_typeof" | "json_typeof")
        && operator == Comparison::Equal
    {
        return Some(Clause::JsonType {
            column: column(arguments.first()?).ok()?,
            json_type,
        });
    }
    let number: i64 = literal(number)?.parse().ok()?;
    let first = arguments.first()?;
    match name.as_str() {
        "length" | "char_length" | "character_length" => Some(Clause::Length {
            column: column(first).ok()?,
            operator,
            number,
        }),
        "octet_length" => Some(Clause::Length {
            column: column(first).ok()?,
            operator,
            number,
        }),
        // That of an empty array is NULL, which passes; one with elements is nicer.
        "array_ndims" if operator.holds(1, number) => Some(Clause::Elements {
            column: column(first).ok()?,
            operator: Comparison::AtLeast,
            number: 1,
        }),
        // Addresses that are made are those of version 4.
        "family" if operator.holds(4, number) => Some(Clause::NoneOf {
            column: column(first).ok()?,
            values: Vec::new(),
        }),
        "cardinality" | "array_length" | "array_upper" | "jsonb_array_length"
        | "json_array_length" => Some(Clause::Elements {
            column: column(first).ok()?,
            operator,
            number,
        }),
        "num_nonnulls" | "num_nulls" => {
            let columns: Vec<String> = arguments
                .iter()
                .map(|argument| column(argument))
                .collect::<Result<_, _>>()
                .ok()?;
            let total = i64::try_from(columns.len()).ok()?;
            let (operator, number) = if name == "num_nulls" {
                (operator.mirrored(), total - number)
            } else {
                (operator, number)
            };
            Some(Clause::NonNulls {
                columns,
                operator,
                number,
            })
        }
        _ => None,
    }
}

fn function(expression: &Expr, negated: bool) -> Result<Alternatives, String> {
    let shown = || format!("`{expression}`");
    let (name, arguments) = call(expression).ok_or_else(shown)?;
    match (name.as_str(), arguments.as_slice()) {
        ("starts_with", [value, prefix]) if !negated => Ok(leaf(Clause::Matches {
            column: column(value)?,
            pattern: format!("^{}", regex_syntax::escape(&text(prefix)?)),
        })),
        ("regexp_like", [value, pattern]) if !negated => Ok(leaf(Clause::Matches {
            column: column(value)?,
            pattern: text(pattern)?,
        })),
        // Ranges are made with both ends, of which they hold the lower one.
        ("isempty" | "lower_inf" | "upper_inf" | "upper_inc", [range]) if negated => {
            column(range).map(|_| vec![vec![]])
        }
        ("lower_inc", [range]) if !negated => column(range).map(|_| vec![vec![]]),
        _ => Err(shown()),
    }
}

fn membership(expression: &Expr, values: Vec<String>, negated: bool) -> Result<Clause, String> {
    let column = column(expression)?;
    Ok(if negated {
        Clause::NoneOf { column, values }
    } else {
        Clause::OneOf { column, values }
    })
}

/// The constants of a list, without its NULLs.
fn constants(list: &[Expr]) -> Result<Vec<String>, String> {
    list.iter()
        .filter(|value| !is_null(value))
        .map(|value| literal(value).ok_or_else(|| format!("`{value}`")))
        .collect()
}

/// The key of `data -> 'key'` and `data ->> 'key'`, under parentheses and casts.
fn json_member(expression: &Expr) -> Option<Clause> {
    match expression {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => json_member(inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Arrow | BinaryOperator::LongArrow,
            right,
        } => Some(Clause::JsonKey {
            column: column(left).ok()?,
            key: text(right).ok()?,
        }),
        _ => None,
    }
}

fn nullness(expression: &Expr, is_null: bool) -> Result<Clause, String> {
    let column = column(expression)?;
    Ok(if is_null {
        Clause::Null { column }
    } else {
        Clause::NotNull { column }
    })
}

/// `LIKE` as a regular expression, with flags before it.
fn like(
    expression: &Expr,
    pattern: &Expr,
    negated: bool,
    flags: &str,
) -> Result<Alternatives, String> {
    let pattern = format!("{flags}{}", like_pattern(&text(pattern)?, Some('\\')));
    Ok(matching(column(expression)?, pattern, negated))
}

/// The elements of `ARRAY[…]` or of a literal `'{…}'`, under casts, without their NULLs.
fn elements(expression: &Expr) -> Result<Vec<String>, String> {
    match expression {
        Expr::Nested(inner) => elements(inner),
        Expr::Cast { expr, .. } => elements(expr),
        Expr::Array(array) => constants(&array.elem),
        Expr::Value(_) => text(expression)
            .ok()
            .and_then(|text| array_literal::elements(&text))
            .ok_or_else(|| format!("`{expression}`")),
        _ => Err(format!("`{expression}`")),
    }
}

#[cfg(test)]
mod tests;
