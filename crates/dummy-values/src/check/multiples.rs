//! Numbers that go in steps: `amount % 100 = 0`, `mod(n, 2) = 1`.

use super::clause::{Alternatives, Clause, Comparison};
use super::expressions::{call, column, literal};
use super::steps::Multiples;
use sqlparser::ast::{BinaryOperator, Expr};

/// `column % number OPERATOR rest`; none for another form.
pub(super) fn compared(division: &Expr, operator: Comparison, rest: &Expr) -> Option<Alternatives> {
    let (dividend, divisor) = operands(division)?;
    let column = column(dividend).ok()?;
    let of: i64 = literal(divisor)?.parse().ok()?;
    let rest: i64 = literal(rest)?.parse().ok()?;
    // A search for numbers in two steps at once stays short.
    if !(1..=1_000_000).contains(&of) || !(0..of).contains(&rest) {
        return None;
    }
    let rest = match operator {
        Comparison::Equal => rest,
        Comparison::NotEqual if of > 1 => (rest + 1) % of,
        _ => return None,
    };
    let mut clauses = vec![Clause::Multiple {
        column: column.clone(),
        multiples: Multiples { of, rest },
    }];
    if rest != 0 {
        // The remainder of a negative number is negative.
        clauses.push(Clause::Compare {
            column,
            operator: Comparison::AtLeast,
            value: "0".to_owned(),
        });
    }
    Some(vec![clauses])
}

/// What is divided, and by what.
pub(super) fn operands(expression: &Expr) -> Option<(&Expr, &Expr)> {
    match expression {
        Expr::Nested(inner) => operands(inner),
        Expr::Cast { expr, .. } => operands(expr),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Modulo,
            right,
        } => Some((left, right)),
        Expr::Function(_) => match call(expression)? {
            (name, arguments) if name == "mod" => {
                let [dividend, divisor] = arguments[..] else {
                    return None;
                };
                Some((dividend, divisor))
            }
            _ => None,
        },
        _ => None,
    }
}
