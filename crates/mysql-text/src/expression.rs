//! Expressions as a server prints them, less what it adds by itself.
//!
//! MySQL puts parentheses around every part and a character set before every text of an expression, whoever wrote it
//! how. Both come back by themselves when the expression is read again in a session of the same character set, which is
//! what all our SQL asks for; without them people can read it.

use crate::{Cursor, TokenKind, literal, text_value, tokens};

/// An expression without parentheses around all of it.
pub fn bare(text: &str) -> String {
    without_introducers(without_parentheses(text))
}

/// A text without the parentheses around all of it.
pub fn without_parentheses(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let mut cursor = Cursor::new(text);
        match cursor.parenthesised() {
            Some(inner) if cursor.is_at_end() && !inner.is_empty() => text = inner,
            _ => return text,
        }
    }
}

/// A text without `_utf8mb4` before its literals.
pub fn without_introducers(text: &str) -> String {
    const INTRODUCER: &str = "_utf8mb4";
    let mut result = String::with_capacity(text.len());
    let mut position = 0;
    for token in tokens(text) {
        let is_introduced = token.kind == TokenKind::Text
            && token
                .text
                .get(..INTRODUCER.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(INTRODUCER));
        if is_introduced {
            result.push_str(&text[position..token.start()]);
            position = token.start() + token.text.len()
                - token.text[INTRODUCER.len()..].trim_start().len();
        }
    }
    result.push_str(&text[position..]);
    result
}

/// A spelling that two expressions share which differ in nothing but spaces, quotes around names, the case of words,
/// and what a server adds.
pub fn canonical(text: &str) -> String {
    let bare = bare(text);
    let words: Vec<String> = tokens(&bare)
        .iter()
        .map(|token| match token.kind {
            TokenKind::Text => {
                text_value(token.text).map_or_else(|| token.text.to_owned(), |text| literal(&text))
            }
            _ => token.name().map_or_else(
                || token.text.to_ascii_lowercase(),
                |name| name.to_lowercase(),
            ),
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_added_goes() {
        for (printed, expected) in [
            ("((`a` > 0))", "`a` > 0"),
            ("(`a`) + (`b`)", "(`a`) + (`b`)"),
            ("(`a` <> _utf8mb4'it\\'s')", "`a` <> 'it\\'s'"),
            ("_utf8mb4 'a' = _latin1'b'", "'a' = _latin1'b'"),
            ("()", "()"),
        ] {
            assert_eq!(bare(printed), expected);
        }
    }
}
