//! What a check says of the year of a date or a time: `EXTRACT(year FROM day) >= 2000` is a bound of the day.

use super::clause::{Alternatives, Clause, Comparison};
use super::expressions::{call, column, literal, text};
use sqlparser::ast::{DateTimeField, Expr};

/// `EXTRACT(year FROM column) OPERATOR number`, or `date_part('year', column)`, as bounds of the column; none for
/// another form.
pub(super) fn compared(
    function: &Expr,
    operator: Comparison,
    number: &Expr,
) -> Option<Alternatives> {
    let column = column(year_of(function)?).ok()?;
    // Bounds are compared as texts, so all years have four digits.
    let year: i64 = literal(number)?.parse().ok()?;
    if !(1000..9999).contains(&year) {
        return None;
    }
    let bound = |operator, year: i64| Clause::Compare {
        column: column.clone(),
        operator,
        value: format!("{year}-01-01"),
    };
    let from = |year| bound(Comparison::AtLeast, year);
    let before = |year| bound(Comparison::Below, year);
    Some(match operator {
        Comparison::Equal => vec![vec![from(year), before(year + 1)]],
        Comparison::NotEqual => vec![vec![from(year + 1)], vec![before(year)]],
        Comparison::Below => vec![vec![before(year)]],
        Comparison::AtMost => vec![vec![before(year + 1)]],
        Comparison::Above => vec![vec![from(year + 1)]],
        Comparison::AtLeast => vec![vec![from(year)]],
    })
}

/// What the year is taken of.
fn year_of(expression: &Expr) -> Option<&Expr> {
    let of = match expression {
        Expr::Nested(inner) => return year_of(inner),
        Expr::Cast { expr, .. } => return year_of(expr),
        Expr::Extract { field, expr, .. } => {
            let is_year = match field {
                DateTimeField::Year => true,
                DateTimeField::Custom(name) => name.value.eq_ignore_ascii_case("year"),
                _ => false,
            };
            is_year.then_some(&**expr)?
        }
        Expr::Function(_) => {
            let (name, arguments) = call(expression)?;
            let [field, of] = arguments[..] else {
                return None;
            };
            let is_year = name == "date_part" && text(field).ok()?.eq_ignore_ascii_case("year");
            is_year.then_some(of)?
        }
        _ => return None,
    };
    Some(of)
}
