//! Parts of expressions: columns, calls and constants, under parentheses, casts and functions that don't matter.
//! What isn't one is an error that shows it.

#![expect(
    clippy::match_same_arms,
    reason = "an arm is a form of SQL; those that mean the same stay apart to be read one by one"
)]

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value,
};

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

/// An identifier as PostgreSQL reads it: in lower case unless quoted.
pub(crate) fn folded(name: &sqlparser::ast::Ident) -> String {
    if name.quote_style.is_some() {
        name.value.clone()
    } else {
        name.value.to_lowercase()
    }
}

pub(crate) fn call(expression: &Expr) -> Option<(String, Vec<&Expr>)> {
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

/// A constant as PostgreSQL's text of it.
pub(crate) fn literal(expression: &Expr) -> Option<String> {
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

/// Every part of an expression, itself first.
pub(crate) fn walk<'e>(expression: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
    see(expression);
    match expression {
        Expr::Nested(inner)
        | Expr::Cast { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner)
        | Expr::Extract { expr: inner, .. }
        | Expr::Ceil { expr: inner, .. }
        | Expr::Floor { expr: inner, .. }
        | Expr::Trim { expr: inner, .. }
        | Expr::AtTimeZone {
            timestamp: inner, ..
        }
        | Expr::CompoundFieldAccess { root: inner, .. } => walk(inner, see),
        Expr::BinaryOp { left, right, .. }
        | Expr::IsDistinctFrom(left, right)
        | Expr::IsNotDistinctFrom(left, right)
        | Expr::AnyOp { left, right, .. }
        | Expr::AllOp { left, right, .. }
        | Expr::Position {
            expr: left,
            r#in: right,
        }
        | Expr::Like {
            expr: left,
            pattern: right,
            ..
        }
        | Expr::ILike {
            expr: left,
            pattern: right,
            ..
        }
        | Expr::SimilarTo {
            expr: left,
            pattern: right,
            ..
        } => {
            walk(left, see);
            walk(right, see);
        }
        Expr::Between {
            expr, low, high, ..
        } => {
            for part in [expr, low, high] {
                walk(part, see);
            }
        }
        Expr::InList { expr, list, .. } => {
            walk(expr, see);
            for part in list {
                walk(part, see);
            }
        }
        Expr::Array(array) => {
            for part in &array.elem {
                walk(part, see);
            }
        }
        Expr::Tuple(parts) => {
            for part in parts {
                walk(part, see);
            }
        }
        Expr::Substring {
            expr,
            substring_from,
            substring_for,
            ..
        } => {
            walk(expr, see);
            for part in [substring_from, substring_for].into_iter().flatten() {
                walk(part, see);
            }
        }
        Expr::Case {
            operand,
            conditions,
            else_result,
            ..
        } => {
            for part in [operand, else_result].into_iter().flatten() {
                walk(part, see);
            }
            for case in conditions {
                walk(&case.condition, see);
                walk(&case.result, see);
            }
        }
        Expr::Function(function) => {
            if let FunctionArguments::List(list) = &function.args {
                for argument in &list.args {
                    if let FunctionArg::Unnamed(FunctionArgExpr::Expr(part)) = argument {
                        walk(part, see);
                    }
                }
            }
        }
        _ => {}
    }
}

/// The columns that an expression names, each once.
pub(crate) fn columns(expression: &Expr) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    walk(expression, &mut |part| {
        let name = match part {
            Expr::Identifier(name) => folded(name),
            Expr::CompoundIdentifier(names) => match names.last() {
                Some(name) => folded(name),
                None => return,
            },
            _ => return,
        };
        if !found.contains(&name) {
            found.push(name);
        }
    });
    found
}
