//! SQL texts of a schema in the small: what constants say, and which words stand outside literals.

pub(crate) use crate::calendar::moment;
use sql_text::TokenKind;
use value_model::{Column, ColumnValue};

/// The constant that a column's default is, if it is one.
pub(crate) fn default_constant(column: &Column) -> Option<String> {
    match &column.value {
        ColumnValue::Default(sql) if !column.data_type.array => constant(sql),
        _ => None,
    }
}

/// The text of an SQL constant: `'draft'::text`, `0`, `true`.
pub(crate) fn constant(sql: &str) -> Option<String> {
    let sql = sql.trim();
    if let Some(rest) = sql.strip_prefix('\'') {
        let mut text = String::new();
        let mut characters = rest.chars().peekable();
        while let Some(character) = characters.next() {
            if character == '\'' {
                if characters.peek() == Some(&'\'') {
                    characters.next();
                    text.push('\'');
                    continue;
                }
                let after: String = characters.collect();
                let cast = after.trim();
                return (cast.is_empty() || cast.starts_with("::")).then_some(text);
            }
            text.push(character);
        }
        return None;
    }
    match sql.to_ascii_lowercase().as_str() {
        "true" => return Some("t".to_owned()),
        "false" => return Some("f".to_owned()),
        _ => {}
    }
    sql.trim_matches(['(', ')'])
        .parse::<f64>()
        .is_ok()
        .then(|| sql.trim_matches(['(', ')']).to_owned())
}

pub(crate) use value_model::expression::elements_of;

/// An exclusion constraint's element without its operator.
pub(crate) fn without_operator(element: &str) -> &str {
    operator_of(element).map_or(element, |(expression, _)| expression)
}

/// An exclusion constraint's element: the expression, and the operator that no two rows may have true.
pub(crate) fn operator_of(element: &str) -> Option<(&str, &str)> {
    let mut depth = 0_u32;
    for token in sql_text::tokens(element) {
        match (token.kind, token.text) {
            (TokenKind::Symbol, "(" | "[") => depth += 1,
            (TokenKind::Symbol, ")" | "]") => depth = depth.saturating_sub(1),
            (TokenKind::Word, _) if depth == 0 && token.is("with") => {
                return Some((element[..token.start()].trim(), element[token.end..].trim()));
            }
            _ => {}
        }
    }
    None
}

/// Identifiers of an expression, without what stands in string literals.
pub(crate) fn words_outside_strings(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut in_string = false;
    for character in text.chars() {
        if character == '\'' {
            in_string = !in_string;
        }
        if !in_string && (character.is_alphanumeric() || character == '_') {
            word.push(character);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A decimal number in units of its last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Units {
    /// So many.
    pub number: i64,
    /// Whether the number needed no rounding.
    pub exact: bool,
}

/// A decimal text in units of 10 to the power of `-scale`, rounded up or down.
pub(crate) fn units(text: &str, scale: u32, up: bool) -> Option<Units> {
    let (negative, digits) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = scale as usize;
    let kept: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(scale)
        .collect();
    let exact = fraction.chars().skip(scale).all(|digit| digit == '0');
    let magnitude: i128 = format!("{whole}{kept}").parse().ok()?;
    let mut number = if negative { -magnitude } else { magnitude };
    if !exact && up && !negative {
        number += 1;
    }
    if !exact && !up && negative {
        number -= 1;
    }
    let number = number.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Some(Units {
        number: i64::try_from(number).ok()?,
        exact,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_told_from_expressions() {
        assert_eq!(constant("'draft'").as_deref(), Some("draft"));
        assert_eq!(constant("'it''s'::text").as_deref(), Some("it's"));
        assert_eq!(constant("0.0").as_deref(), Some("0.0"));
        assert_eq!(constant("(-1)").as_deref(), Some("-1"));
        assert_eq!(constant("FALSE").as_deref(), Some("f"));
        assert_eq!(constant("now()"), None);
        assert_eq!(constant("'a' || 'b'"), None);
    }

    #[test]
    fn elements_are_parted_where_no_parenthesis_is_open() {
        assert_eq!(
            elements_of("a, lower((b)::text) text_pattern_ops, coalesce(c, ','), x[1, 2]"),
            [
                "a",
                "lower((b)::text) text_pattern_ops",
                "coalesce(c, ',')",
                "x[1, 2]"
            ]
        );
        assert_eq!(operator_of("room WITH ="), Some(("room", "=")));
        assert_eq!(
            operator_of("tsrange(a, b) with &&"),
            Some(("tsrange(a, b)", "&&"))
        );
        assert_eq!(operator_of("\"with\""), None);
    }

    #[test]
    fn constants_become_units() {
        let of = |number, exact| Some(Units { number, exact });
        assert_eq!(units("10.5", 2, true), of(1050, true));
        assert_eq!(units("0.001", 2, true), of(1, false));
        assert_eq!(units("0.001", 2, false), of(0, false));
        assert_eq!(units("-1.5", 0, true), of(-1, false));
        assert_eq!(units("x", 0, true), None);
    }
}
