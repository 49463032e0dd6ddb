//! Values as INSERT statements write them, as fields of a row.
//!
//! A row of an INSERT is a line with tabs between its fields, as COPY's are. A reader chooses what the fields are:
//! [`Fields::Values`], the values as COPY would write them, so that the same row is the same line whatever the form of the
//! dump; or [`Fields::Literals`], from which the statement can be written again to the byte. A literal is a field that
//! begins with `\=` or `\~`, which COPY never writes, except for numbers, which stand as they are, and NULL, which is
//! `\N`.

use std::borrow::Cow;

use memchr::{memchr, memchr3};

use crate::row::NULL;
use crate::rules::Rules;

/// What the fields of an INSERT's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// Values, as COPY writes them.
    Values,
    /// Literals, with which rows can be written as they were.
    Literals,
}

/// Begins a literal whose texts have no backslash escapes, or not but in `E'…'`.
const STANDARD: &[u8] = b"\\=";

/// Begins a literal whose texts have them.
const BACKSLASHES: &[u8] = b"\\~";

/// Appends the field for a literal, which stands without space around it.
pub(crate) fn push(literal: &[u8], rules: Rules, fields: Fields, output: &mut Vec<u8>) {
    if literal.eq_ignore_ascii_case(b"NULL") {
        output.extend_from_slice(NULL);
    } else if is_number(literal) {
        output.extend_from_slice(literal);
    } else if fields == Fields::Values {
        push_value(literal, rules, output);
    } else {
        output.extend_from_slice(if rules.backslashes {
            BACKSLASHES
        } else {
            STANDARD
        });
        escape(literal, output);
    }
}

/// The literal for a field.
pub(crate) fn literal(field: &[u8]) -> Cow<'_, [u8]> {
    if field == NULL {
        return Cow::Borrowed(b"NULL");
    }
    match marked(field) {
        Some((_, literal)) => unescaped(literal),
        None => Cow::Borrowed(field),
    }
}

/// The value of a field as COPY writes it.
pub fn value(field: &[u8]) -> Cow<'_, [u8]> {
    let Some((rules, literal)) = marked(field) else {
        return Cow::Borrowed(field);
    };
    let mut value = Vec::with_capacity(literal.len());
    push_value(&unescaped(literal), rules, &mut value);
    Cow::Owned(value)
}

/// The field for a value as COPY writes it, in an INSERT of these rules where other versions have `samples`.
pub fn field_like(samples: &[&[u8]], value: &[u8], rules: Rules) -> Vec<u8> {
    let are_texts = samples.iter().any(|sample| marked(sample).is_some());
    if value == NULL || (is_number(value) && !are_texts) {
        return value.to_vec();
    }
    let mut literal = vec![b'\''];
    for byte in unescaped_copy(value) {
        match byte {
            b'\'' if rules.backslashes => literal.extend_from_slice(b"\\'"),
            b'\\' if rules.backslashes => literal.extend_from_slice(b"\\\\"),
            b'\n' if rules.backslashes => literal.extend_from_slice(b"\\n"),
            b'\r' if rules.backslashes => literal.extend_from_slice(b"\\r"),
            b'\'' => literal.extend_from_slice(b"''"),
            other => literal.push(other),
        }
    }
    literal.push(b'\'');
    let mut field = Vec::new();
    push(&literal, rules, Fields::Literals, &mut field);
    field
}

/// The field for SQL that stands in place of a value, such as `DEFAULT`.
pub fn sql_field(sql: &str, rules: Rules) -> Vec<u8> {
    let mut field = Vec::new();
    push(sql.as_bytes(), rules, Fields::Literals, &mut field);
    field
}

/// The field in a form that is equal for what `MySQL`'s usual collations take for equal: texts in lower case, without
/// spaces at the end. Other fields stay as they are.
pub fn collated(field: &[u8]) -> Cow<'_, [u8]> {
    if !field.starts_with(BACKSLASHES) {
        return Cow::Borrowed(field);
    }
    let value = value(field);
    let text = String::from_utf8_lossy(&value);
    Cow::Owned(text.trim_end_matches(' ').to_lowercase().into_bytes())
}

/// The rules of a literal, and its text with escapes.
fn marked(field: &[u8]) -> Option<(Rules, &[u8])> {
    if let Some(literal) = field.strip_prefix(STANDARD) {
        return Some((Rules::POSTGRESQL, literal));
    }
    let literal = field.strip_prefix(BACKSLASHES)?;
    Some((Rules::MYSQL, literal))
}

/// Whether a literal is a number without quotes.
fn is_number(literal: &[u8]) -> bool {
    let digits = literal.strip_prefix(b"-").unwrap_or(literal);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
}

/// Appends what a literal means, as COPY would write it; what is no literal of a text or a boolean stands as it is.
fn push_value(literal: &[u8], rules: Rules, output: &mut Vec<u8>) {
    // A character set before a text: `_binary '…'`.
    let (text, backslashes) = match literal {
        [b'_', rest @ ..] if rules.backslashes => {
            let word = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count();
            (rest[word..].trim_ascii_start(), true)
        }
        [b'E' | b'e', rest @ ..] if !rules.backslashes => (rest, true),
        other => (other, rules.backslashes),
    };
    match text {
        [b'\'', inner @ .., b'\''] => {
            push_text(inner, backslashes, rules.backslashes, output);
        }
        _ if !rules.backslashes && literal.eq_ignore_ascii_case(b"true") => output.push(b't'),
        _ if !rules.backslashes && literal.eq_ignore_ascii_case(b"false") => output.push(b'f'),
        _ => escape(literal, output),
    }
}

/// Appends what stands between the quotes of a text, as COPY would write it.
fn push_text(inner: &[u8], backslashes: bool, mysql: bool, output: &mut Vec<u8>) {
    let plain = memchr(b'\'', inner).is_none() && memchr(b'\\', inner).is_none();
    if plain {
        escape(inner, output);
        return;
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\'' => {
                // Doubled.
                bytes.next();
                text.push(b'\'');
            }
            b'\\' if backslashes => match bytes.next() {
                Some(b'n') => text.push(b'\n'),
                Some(b'r') => text.push(b'\r'),
                Some(b't') => text.push(b'\t'),
                Some(b'b') => text.push(8),
                Some(b'f') if !mysql => text.push(12),
                Some(b'0') if mysql => text.push(0),
                Some(b'Z') if mysql => text.push(26),
                Some(other) => text.push(other),
                None => text.push(b'\\'),
            },
            other => text.push(other),
        }
    }
    escape(&text, output);
}

/// Appends bytes with what COPY escapes of them.
fn escape(bytes: &[u8], output: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = memchr3(b'\\', b'\t', b'\n', rest) {
        output.extend_from_slice(&rest[..at]);
        output.extend_from_slice(match rest[at] {
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            _ => b"\\\\",
        });
        rest = &rest[at + 1..];
    }
    output.extend_from_slice(rest);
}

/// What was escaped by [`escape`].
pub(crate) fn unescaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\\', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(unescaped_copy(bytes))
}

/// What a field of COPY's stands for. (`PostgreSQL` documentation, COPY, "Text Format"; codes of bytes aren't written.)
fn unescaped_copy(field: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(field.len());
    let mut bytes = field.iter().copied();
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'v') => 11,
                Some(other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &[u8], rules: Rules, fields: Fields) -> Vec<u8> {
        let mut output = Vec::new();
        push(text, rules, fields, &mut output);
        output
    }

    #[test]
    fn a_literal_becomes_what_copy_would_write() {
        for (literal, rules, expected) in [
            (&b"null"[..], Rules::MYSQL, &b"\\N"[..]),
            (b"-1.5e+10", Rules::MYSQL, b"-1.5e+10"),
            (
                b"'It\\'s\\n\\\\ \\\"q\\\" \\%'",
                Rules::MYSQL,
                b"It's\\n\\\\ \"q\" %",
            ),
            (b"'a''b\tc'", Rules::MYSQL, b"a'b\\tc"),
            (b"_binary '\\0\xff\\Z'", Rules::MYSQL, b"\x00\xff\x1a"),
            (b"0x00FF", Rules::MYSQL, b"0x00FF"),
            (b"'a\\b''c\n'", Rules::POSTGRESQL, b"a\\\\b'c\\n"),
            (b"E'a\\\\b\\n'", Rules::POSTGRESQL, b"a\\\\b\\n"),
            (b"true", Rules::POSTGRESQL, b"t"),
            (b"true", Rules::MYSQL, b"true"),
            (b"''", Rules::POSTGRESQL, b""),
            (b"'{1,2}'::int[]", Rules::POSTGRESQL, b"'{1,2}'::int[]"),
            (b"0012", Rules::MYSQL, b"0012"),
        ] {
            let values = field(literal, rules, Fields::Values);
            assert_eq!(values, expected, "{}", String::from_utf8_lossy(literal));
            let literals = field(literal, rules, Fields::Literals);
            assert!(!literals.contains(&b'\n') && !literals.contains(&b'\t'));
            assert_eq!(value(&literals), expected);
            let again = super::literal(&literals);
            assert!(again.eq_ignore_ascii_case(literal), "{again:?}");
        }
    }

    #[test]
    fn a_value_that_somebody_gives_becomes_a_literal_like_its_neighbours() {
        let text = field(b"'x'", Rules::MYSQL, Fields::Literals);
        let given = |samples: &[&[u8]], value: &[u8], rules| {
            let field = field_like(samples, value, rules);
            String::from_utf8(literal(&field).into_owned()).unwrap()
        };
        let mysql = given(&[&text], b"it's \\\\ \\n", Rules::MYSQL);
        assert_eq!(mysql, "'it\\'s \\\\ \\n'");
        assert_eq!(given(&[NULL], b"it's", Rules::POSTGRESQL), "'it''s'");
        assert_eq!(given(&[&text], NULL, Rules::MYSQL), "NULL");
        assert_eq!(given(&[b"1"], b"2", Rules::MYSQL), "2");
        assert_eq!(given(&[&text], b"02", Rules::MYSQL), "'02'");
    }
}
