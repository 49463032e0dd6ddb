//! How many of several conditions hold: `(a IS NOT NULL)::integer + (b IS NOT NULL)::integer = 1`, `num_nulls(a, b) = 1`,
//! `CASE`; and which alternatives say nothing that another doesn't.

use super::clause::{Alternatives, Clause, Comparison};
use super::expressions::{call, column, literal};
use super::{alternatives, product};
use sqlparser::ast::{BinaryOperator, CaseWhen, DataType, Expr};

/// Of more conditions than this not all ways are looked at.
const MOST: usize = 6;

/// `CONDITION::integer + CONDITION::integer … OPERATOR number`, and `num_nonnulls`, by all of their ways; none for
/// another form.
pub(super) fn counted(left: &Expr, operator: Comparison, right: &Expr) -> Option<Alternatives> {
    let (sum, operator, number) = match literal(right) {
        Some(number) => (left, operator, number),
        None => (right, operator.mirrored(), literal(left)?),
    };
    let number: i64 = number.parse().ok()?;
    let mut conditions = Vec::new();
    if let Some((name, arguments)) = call(sum)
        && matches!(name.as_str(), "num_nulls" | "num_nonnulls")
    {
        for argument in arguments {
            let column = column(argument).ok()?;
            let null = vec![vec![Clause::Null {
                column: column.clone(),
            }]];
            let other = vec![vec![Clause::NotNull { column }]];
            conditions.push(if name == "num_nulls" {
                (null, other)
            } else {
                (other, null)
            });
        }
    } else {
        terms(sum, &mut conditions)?;
        // A single one is a column like any other.
        if conditions.len() < 2 {
            return None;
        }
    }
    if conditions.is_empty() || conditions.len() > MOST {
        return None;
    }
    let mut ways = Alternatives::new();
    // Those first in which much holds: data is nicer than none.
    for chosen in (0..1_u32 << conditions.len()).rev() {
        if !operator.holds(i64::from(chosen.count_ones()), number) {
            continue;
        }
        let mut way = vec![vec![]];
        for (place, (holds, fails)) in conditions.iter().enumerate() {
            let part = if chosen >> place & 1 == 1 {
                holds
            } else {
                fails
            };
            way = product(&way, part);
        }
        ways.extend(way);
    }
    Some(ways)
}

/// The conditions that a sum counts, each with what it says when it holds and when it doesn't.
fn terms(sum: &Expr, conditions: &mut Vec<(Alternatives, Alternatives)>) -> Option<()> {
    match sum {
        Expr::Nested(inner) => terms(inner, conditions),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Plus,
            right,
        } => {
            terms(left, conditions)?;
            terms(right, conditions)
        }
        Expr::Cast {
            expr,
            data_type: DataType::Int(_) | DataType::Integer(_) | DataType::Int4(_),
            ..
        } => {
            conditions.push((
                alternatives(expr, false).ok()?,
                alternatives(expr, true).ok()?,
            ));
            Some(())
        }
        Expr::Case {
            operand: None,
            conditions: cases,
            else_result,
            ..
        } => {
            let [CaseWhen { condition, result }] = cases.as_slice() else {
                return None;
            };
            let otherwise = else_result.as_deref().and_then(literal);
            let (holds, fails) = (
                alternatives(condition, false).ok()?,
                alternatives(condition, true).ok()?,
            );
            match (literal(result)?.as_str(), otherwise.as_deref()) {
                ("1", Some("0")) => conditions.push((holds, fails)),
                ("0", Some("1")) => conditions.push((fails, holds)),
                _ => return None,
            }
            Some(())
        }
        _ => None,
    }
}

/// `CASE WHEN … THEN … ELSE … END` as a condition.
pub(super) fn of_case(
    operand: Option<&Expr>,
    cases: &[CaseWhen],
    otherwise: Option<&Expr>,
    negated: bool,
) -> Result<Alternatives, String> {
    let mut before = vec![vec![]];
    let mut ways = Alternatives::new();
    for CaseWhen { condition, result } in cases {
        let compared;
        let condition = match operand {
            None => condition,
            Some(operand) => {
                compared = Expr::BinaryOp {
                    left: Box::new(operand.clone()),
                    op: BinaryOperator::Eq,
                    right: Box::new(condition.clone()),
                };
                &compared
            }
        };
        // A condition that is NULL doesn't hold.
        let holds = certain(&alternatives(condition, false)?);
        ways.extend(product(
            &product(&before, &holds),
            &alternatives(result, negated)?,
        ));
        before = product(&before, &alternatives(condition, true)?);
    }
    match otherwise {
        // Without one it is NULL, which passes.
        None => ways.extend(before),
        Some(otherwise) => ways.extend(product(&before, &alternatives(otherwise, negated)?)),
    }
    Ok(ways)
}

/// The same where NULL isn't enough.
pub(super) fn certain(ways: &Alternatives) -> Alternatives {
    ways.iter()
        .map(|clauses| {
            let mut certain = clauses.clone();
            for clause in clauses {
                for column in clause.columns() {
                    let null = Clause::Null {
                        column: column.to_owned(),
                    };
                    let not_null = Clause::NotNull {
                        column: column.to_owned(),
                    };
                    if !clauses.contains(&null) && !certain.contains(&not_null) {
                        certain.push(not_null);
                    }
                }
            }
            certain
        })
        .collect()
}

/// Without alternatives that another one has among its own: `price IS NULL OR price > 0` is `price > 0`, which a NULL
/// passes.
pub(super) fn without_subsets(ways: Alternatives) -> Alternatives {
    let kept: Vec<bool> = (0..ways.len())
        .map(|own| {
            !(0..ways.len()).any(|other| {
                other != own
                    && passes_as(&ways[own], &ways[other])
                    && !(other > own && passes_as(&ways[other], &ways[own]))
            })
        })
        .collect();
    let mut kept = kept.into_iter();
    let mut ways = ways;
    ways.retain(|_| kept.next().unwrap_or(true));
    ways
}

/// Whether every row of some clauses passes the others too.
fn passes_as(clauses: &[Clause], others: &[Clause]) -> bool {
    others.iter().all(|other| {
        clauses.contains(other)
            || (!matches!(
                other,
                Clause::Null { .. } | Clause::NotNull { .. } | Clause::NonNulls { .. }
            ) && other.columns().iter().any(|column| {
                clauses.contains(&Clause::Null {
                    column: (*column).to_owned(),
                })
            }))
    })
}
