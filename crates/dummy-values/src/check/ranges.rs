//! Ranges that are made of columns: `tsrange(starts_at, ends_at)` is an error where the one is above the other, wherever
//! it stands, be it an index, a constraint or a computed column.

use super::clause::Alternatives;
use super::expressions::call;
use super::{parse, read, walk};
use sqlparser::ast::Expr;

/// What the ranges in an expression ask of their bounds, as far as it is understood.
pub fn orders(expression: &str) -> Vec<Alternatives> {
    let Ok(parsed) = parse(expression) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    walk(&parsed, &mut |part| {
        if let Some((lower, upper)) = bounds(part)
            && let Ok(order) = read(&format!("({lower}) <= ({upper})"))
        {
            found.push(order);
        }
    });
    found
}

/// The bounds of a call that makes a range. Types of the schema's own are named like those that are built in.
pub fn bounds(expression: &Expr) -> Option<(&Expr, &Expr)> {
    if let Expr::Nested(inner) = expression {
        return bounds(inner);
    }
    if !matches!(expression, Expr::Function(_)) {
        return None;
    }
    let (name, arguments) = call(expression)?;
    match arguments[..] {
        [lower, upper] | [lower, upper, _] if name.ends_with("range") => Some((lower, upper)),
        _ => None,
    }
}
