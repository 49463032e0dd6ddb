//! Numbers that go in steps: `amount % 100 = 0`, `mod(n, 2) = 1`.

use super::clause::{Alternatives, Clause, Comparison};
use super::expressions::{call, column, literal};
use sqlparser::ast::{BinaryOperator, Expr};

/// Numbers that leave one remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Multiples {
    /// Divided by this, at least 1 …
    pub of: i64,
    /// … they leave this, from 0 to less than that.
    pub rest: i64,
}

impl Multiples {
    /// The numbers that are in both; none if there are none or they are too far apart.
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        let of = (self.of / greatest_common_divisor(self.of, other.of)).checked_mul(other.of)?;
        let rest = (0..other.of / greatest_common_divisor(self.of, other.of))
            .map(|times| self.rest + times * self.of)
            .find(|number| number % other.of == other.rest)?;
        Some(Self { of, rest })
    }

    /// Whether a number is one of them.
    pub(crate) fn contains(self, number: i64) -> bool {
        number.rem_euclid(self.of) == self.rest
    }

    /// The first of them that isn't below a number.
    pub(crate) fn from(self, number: i64) -> i64 {
        number.saturating_add((self.rest - number.rem_euclid(self.of)).rem_euclid(self.of))
    }

    /// The last of them that isn't above a number.
    pub(crate) fn up_to(self, number: i64) -> i64 {
        number.saturating_sub((number.rem_euclid(self.of) - self.rest).rem_euclid(self.of))
    }
}

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
fn operands(expression: &Expr) -> Option<(&Expr, &Expr)> {
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

fn greatest_common_divisor(mut left: i64, mut right: i64) -> i64 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::Multiples;

    #[test]
    fn the_nearest_of_them_are_found() {
        let odd_fives = Multiples { of: 10, rest: 5 };
        for (number, from, up_to) in [(-7, -5, -15), (5, 5, 5), (6, 15, 5), (0, 5, -5)] {
            assert_eq!(odd_fives.from(number), from, "{number}");
            assert_eq!(odd_fives.up_to(number), up_to, "{number}");
        }
        assert!(odd_fives.contains(-5) && !odd_fives.contains(10));
    }

    #[test]
    fn two_kinds_of_steps_meet_or_dont() {
        let of = |of, rest| Multiples { of, rest };
        assert_eq!(of(4, 0).and(of(6, 0)), Some(of(12, 0)));
        assert_eq!(of(2, 1).and(of(5, 0)), Some(of(10, 5)));
        assert_eq!(of(2, 1).and(of(4, 0)), None);
    }
}
