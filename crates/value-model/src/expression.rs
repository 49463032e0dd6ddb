//! Expressions of checks, indexes and computed columns, in the one form in which a schema for rows has them.
//!
//! The form is standard SQL with the casts (`a::date`), pattern operators (`a ~ '^x'`) and quoted names (`"Name"`) that
//! sqlparser reads as PostgreSQL's, because that is the largest of the languages that people write checks in. A database with
//! other words has its expressions translated before they come here.

use sql_text::TokenKind;
use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::ALL_KEYWORDS;
use sqlparser::parser::Parser;

/// The expression that a text is.
///
/// # Errors
///
/// What the parser says where it is none.
pub fn parse(expression: &str) -> Result<Expr, String> {
    // The parser knows `TRIM(BOTH x FROM y)` and not the form without an x.
    let mut expression = expression.to_owned();
    for (form, same) in [("trim(both from ", "trim("), ("TRIM(BOTH FROM ", "TRIM(")] {
        expression = expression.replace(form, same);
    }
    let expression = with_columns_quoted(&expression);
    Parser::new(&PostgreSqlDialect {})
        .try_with_sql(&expression)
        .and_then(|mut parser| parser.parse_expr())
        .map_err(|error| error.to_string())
}

/// Puts names of columns in quotes that the parser takes for the begin of a literal: `interval IN ('month', 'year')`.
fn with_columns_quoted(expression: &str) -> String {
    const WORDS: &[&str] = &[
        "interval",
        "date",
        "time",
        "timestamp",
        "position",
        "values",
    ];
    const OPERATORS: &[&str] = &[
        "in", "is", "between", "not", "like", "ilike", "and", "or", "similar", "collate",
    ];
    let mut out = String::with_capacity(expression.len() + 2);
    let mut rest = expression;
    let mut quoted = None;
    while let Some(character) = rest.chars().next() {
        let is_word = quoted.is_none() && (character.is_ascii_alphabetic() || character == '_');
        let length = if is_word {
            rest.find(|own: char| !own.is_ascii_alphanumeric() && own != '_')
                .unwrap_or(rest.len())
        } else {
            character.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        match quoted {
            Some(quote) if character == quote => quoted = None,
            None if matches!(character, '\'' | '"') => quoted = Some(character),
            _ => {}
        }
        let follows = || {
            let next = after.trim_start();
            let word = next
                .find(|own: char| !own.is_ascii_alphabetic())
                .unwrap_or(next.len());
            let word = next[..word].to_ascii_lowercase();
            next.starts_with(['=', '<', '>', '!', '~']) || OPERATORS.contains(&word.as_str())
        };
        let stands_alone = || {
            let before = out.trim_end();
            let last = before
                .rfind(|own: char| !own.is_ascii_alphanumeric() && own != '_')
                .map_or(before, |at| &before[at + 1..]);
            !before.ends_with(':') && !before.ends_with('.') && !last.eq_ignore_ascii_case("as")
        };
        if is_word
            && WORDS.contains(&piece.to_ascii_lowercase().as_str())
            && stands_alone()
            && follows()
        {
            out.push('"');
            out.push_str(&piece.to_ascii_lowercase());
            out.push('"');
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    out
}

/// An identifier as it is read: in lower case unless quoted.
pub fn folded(name: &Ident) -> String {
    if name.quote_style.is_some() {
        name.value.clone()
    } else {
        name.value.to_lowercase()
    }
}

/// A column's name as it stands in an expression: in quotes where it would be read as something else.
pub fn identifier(name: &str) -> String {
    let mut characters = name.chars();
    let is_plain = characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == '_')
        && characters.all(|own| own.is_ascii_lowercase() || own.is_ascii_digit() || own == '_');
    let word = name.to_ascii_uppercase();
    if is_plain && ALL_KEYWORDS.binary_search(&word.as_str()).is_err() {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Every part of an expression, itself first.
pub fn walk<'e>(expression: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
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
pub fn columns(expression: &Expr) -> Vec<String> {
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

/// The elements of a list: an index's or an exclusion constraint's, or the arguments of a call.
pub fn elements_of(list: &str) -> Vec<&str> {
    let mut elements = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for token in sql_text::tokens(list) {
        match (token.kind, token.text) {
            (TokenKind::Symbol, "(" | "[") => depth += 1,
            (TokenKind::Symbol, ")" | "]") => depth = depth.saturating_sub(1),
            (TokenKind::Symbol, ",") if depth == 0 => {
                elements.push(list[start..token.start()].trim());
                start = token.end;
            }
            _ => {}
        }
    }
    elements.push(list[start..].trim());
    elements.retain(|element| !element.is_empty());
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for name in ["id", "order", "Name", "a b", "a\"b", "end", "氏名", "_x1"] {
            let Ok(Expr::Identifier(read)) = parse(&identifier(name)) else {
                panic!("{name} isn't read as a name");
            };
            assert_eq!(folded(&read), name);
        }
        assert_eq!(identifier("user_id"), "user_id");
    }

    #[test]
    fn elements_and_columns_are_those_outside_of_quotes() {
        assert_eq!(
            elements_of("lower(a, b), 'x, y', c"),
            ["lower(a, b)", "'x, y'", "c"]
        );
        let expression = parse("lower(\"A\") = 'b' AND t.c IN (1, D) AND a::date > x").unwrap();
        assert_eq!(columns(&expression), ["A", "c", "d", "a", "x"]);
    }
}
