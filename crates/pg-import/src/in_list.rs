//! Lists of values in the words of whoever wrote them: `state IN ('a', 'b')`.
//!
//! PostgreSQL shows this condition on a `varchar` column as `(state)::text = ANY ((ARRAY['a'::character varying,
//! 'b'::character varying])::text[])`, and when it reads that it shows something longer still. So a dump that is
//! loaded isn't the database that was dumped, and what nobody wrote is hard to read. Put back, it is the same again.

use sql_text::{Token, TokenKind, tokens};
use std::borrow::Cow;

/// The statement with every such list put back.
pub(crate) fn put_back(sql: &str) -> Cow<'_, str> {
    // Most statements have none.
    if !sql.contains("])::text[])") && !sql.contains("])::\"text\"[])") {
        return Cow::Borrowed(sql);
    }
    let tokens = tokens(sql);
    let mut result = String::with_capacity(sql.len());
    let mut copied = 0;
    let mut position = 0;
    while position < tokens.len() {
        match list_at(sql, &tokens, position) {
            Some(found) if found.start >= copied => {
                result.push_str(&sql[copied..found.start]);
                result.push_str(&found.text);
                copied = tokens[found.last].end;
                position = found.last;
            }
            _ => {}
        }
        position += 1;
    }
    result.push_str(&sql[copied..]);
    Cow::Owned(result)
}

/// A condition that can be written shorter.
struct Found {
    /// Where it begins, in bytes.
    start: usize,
    /// Its last token.
    last: usize,
    text: String,
}

/// The condition whose `ANY` or `ALL` is the token at this position.
fn list_at(sql: &str, tokens: &[Token<'_>], position: usize) -> Option<Found> {
    let word = tokens[position];
    let (operator, cast): (&str, &[&str]) = if word.is("any") {
        ("IN", &[")", ":", ":", "text", "="])
    } else if word.is("all") {
        ("NOT IN", &[")", ":", ":", "text", "<", ">"])
    } else {
        return None;
    };
    let close = position.checked_sub(cast.len())?;
    if !are(&tokens[close..position], cast) {
        return None;
    }
    let open = matching(tokens, close)?;
    let mut next = position + 1;
    let take = |next: &mut usize, words: &[&str]| {
        let found = tokens
            .get(*next..*next + words.len())
            .is_some_and(|found| are(found, words));
        if found {
            *next += words.len();
        }
        found
    };
    if !take(&mut next, &["(", "(", "array", "["]) {
        return None;
    }
    let mut values = Vec::new();
    loop {
        let value = tokens.get(next)?;
        if value.kind != TokenKind::Literal {
            return None;
        }
        values.push(value.text);
        next += 1;
        if !take(&mut next, &[":", ":", "character", "varying"]) {
            return None;
        }
        if !take(&mut next, &[","]) {
            break;
        }
    }
    if !take(&mut next, &["]", ")", ":", ":", "text", "[", "]", ")"]) {
        return None;
    }
    let subject = &tokens[open + 1..close];
    let is_name = subject
        .iter()
        .all(|token| token.is_name() || token.text == ".");
    let (from, to) = if is_name {
        (subject.first()?.start(), subject.last()?.end)
    } else {
        (tokens[open].start(), tokens[close].end)
    };
    Some(Found {
        start: tokens[open].start(),
        last: next - 1,
        text: format!("{} {operator} ({})", &sql[from..to], values.join(", ")),
    })
}

fn are(tokens: &[Token<'_>], words: &[&str]) -> bool {
    // Some dumps have quotes around every name.
    let is = |token: &Token<'_>, word: &str| {
        token.is(word)
            || (token.kind == TokenKind::QuotedName && word == "text" && token.text == "\"text\"")
    };
    tokens.len() == words.len()
        && tokens
            .iter()
            .zip(words)
            .all(|(token, word)| is(token, word))
}

/// The parenthesis that opens what this one closes.
fn matching(tokens: &[Token<'_>], close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for position in (0..=close).rev() {
        if tokens[position].is(")") {
            depth += 1;
        } else if tokens[position].is("(") {
            depth -= 1;
        }
        if depth == 0 {
            return Some(position);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_put_back() {
        assert_eq!(
            put_back(
                "CHECK ((((state)::text = ANY ((ARRAY['a'::character varying, 'b, c'::character varying])::text[])) AND (\
                 ((t.\"X\")::text <> ALL ((ARRAY['it''s'::character varying])::text[])))))"
            ),
            "CHECK (((state IN ('a', 'b, c')) AND ((t.\"X\" NOT IN ('it''s')))))"
        );
        assert_eq!(
            put_back("((\"a\")::\"text\" = ANY ((ARRAY['x'::character varying])::\"text\"[]))"),
            "(\"a\" IN ('x'))"
        );
        assert_eq!(
            put_back("(((a || b))::text = ANY ((ARRAY['x'::character varying])::text[]))"),
            "(((a || b)) IN ('x'))"
        );
    }

    #[test]
    fn other_conditions_stay() {
        for sql in [
            "((state)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
            "(state = ANY ((ARRAY['a'::character varying])::text[]))",
            "(('a'::character varying)::text = ANY ((ARRAY[b, 'c'::character varying])::text[]))",
            "'(x)::text = ANY ((ARRAY[''a''::character varying])::text[])'",
            ")::text = ANY ((ARRAY['a'::character varying])::text[])",
        ] {
            assert_eq!(put_back(sql), sql);
        }
    }
}
