//! Parts of expressions: columns, calls and constants, under parentheses, casts and functions that don't matter.
//! What isn't one is an error that shows it.

#![expect(
    clippy::match_same_arms,
    reason = "an arm is a form of SQL; those that mean the same stay apart to be read one by one"
)]

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value,
};

use super::folded;

/// The column that an expression is, under casts and functions that don't matter.
pub(super) fn column(expression: &Expr) -> Result<String, String> {
    match expression {
        Expr::Nested(inner) => column(inner),
        Expr::Cast { expr, .. } => column(expr),
        Expr::Trim { expr, .. } => column(expr),
        Expr::Identifier(name) => Ok(folded(name)),
        Expr::CompoundIdentifier(names) => names
            .last()
            .map(folded)
            .ok_or_else(|| format!("`{expression}`")),
        Expr::Function(_) => match call(expression) {
            Some((name, arguments))
                if matches!(
                    name.as_str(),
                    "coalesce" | "btrim" | "trim" | "abs" | "nullif"
                ) || (matches!(name.as_str(), "lower" | "upper") && arguments.len() == 1) =>
            {
                match arguments.first() {
                    Some(first) => column(first),
                    None => Err(format!("`{expression}`")),
                }
            }
            _ => Err(format!("`{expression}`")),
        },
        _ => Err(format!("`{expression}`")),
    }
}

/// The name and the arguments of a function call without further clauses.
pub fn call(expression: &Expr) -> Option<(String, Vec<&Expr>)> {
    match expression {
        Expr::Nested(inner) => call(inner),
        Expr::Cast { expr, .. } => call(expr),
        Expr::Function(function) => {
            let FunctionArguments::List(list) = &function.args else {
                return None;
            };
            let arguments = list
                .args
                .iter()
                .map(|argument| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
                    _ => None,
                })
                .collect::<Option<_>>()?;
            let name = function.name.0.last()?.as_ident()?.value.to_lowercase();
            Some((name, arguments))
        }
        _ => None,
    }
}

pub(super) fn text(expression: &Expr) -> Result<String, String> {
    match expression {
        Expr::Nested(inner) => text(inner),
        Expr::Cast { expr, .. } => text(expr),
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Ok(text.clone()),
            Value::DollarQuotedString(text) => Ok(text.value.clone()),
            _ => Err(format!("`{expression}`")),
        },
        _ => Err(format!("`{expression}`")),
    }
}

/// A constant as the text of it.
pub fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Nested(inner) => literal(inner),
        Expr::Cast { expr, .. } => literal(expr),
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => literal(expr).map(|number| format!("-{number}")),
        Expr::UnaryOp {
            op: UnaryOperator::Plus,
            expr,
        } => literal(expr),
        Expr::TypedString(typed) => match &typed.value.value {
            Value::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => Some(number.clone()),
            Value::Boolean(truth) => Some((if *truth { "t" } else { "f" }).to_owned()),
            _ => text(expression).ok(),
        },
        // Small powers and products of constants, as in `value < 2^31`.
        Expr::BinaryOp { left, op, right } => {
            let left: i128 = literal(left)?.parse().ok()?;
            let right: i128 = literal(right)?.parse().ok()?;
            let number = match op {
                BinaryOperator::Plus => left.checked_add(right),
                BinaryOperator::Minus => left.checked_sub(right),
                BinaryOperator::Multiply => left.checked_mul(right),
                BinaryOperator::PGExp => left.checked_pow(u32::try_from(right).ok()?),
                _ => None,
            }?;
            Some(number.to_string())
        }
        _ => None,
    }
}

pub(super) fn is_null(expression: &Expr) -> bool {
    match expression {
        Expr::Nested(inner) => is_null(inner),
        Expr::Cast { expr, .. } => is_null(expr),
        Expr::Value(value) => matches!(value.value, Value::Null),
        _ => false,
    }
}
