//! Rows of plain literals, read in one go.
//!
//! Nearly all rows of a dump consist of numbers, texts in plain quotes and NULL, with a comma between them or a comma and
//! a space. Such a row becomes a line of fields in one pass over its bytes. Any other is left to the lexer, which knows
//! everything that may stand in an INSERT; what both can read, both read alike.

use crate::row::NULL;
use crate::rules::Rules;

/// Appends the fields of the row whose parenthesis is at this place, as COPY writes values, and says where the row ends;
/// none if it isn't plain or isn't all there. Then what was appended means nothing.
pub(crate) fn push(text: &[u8], at: usize, rules: Rules, output: &mut Vec<u8>) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at = value(text, at, rules, output)?;
        match *text.get(at)? {
            b',' => output.push(b'\t'),
            b')' => return Some(at + 1),
            _ => return None,
        }
        at += 1;
        if text.get(at) == Some(&b' ') {
            at += 1;
        }
    }
}

/// Appends a value and says where its literal ends.
fn value(text: &[u8], at: usize, rules: Rules, output: &mut Vec<u8>) -> Option<usize> {
    let rest = text.get(at..)?;
    match rest {
        [b'\'', ..] => quoted(text, at + 1, rules, output),
        [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => {
            let digits = rest[1..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
            let length = 1 + digits.count();
            output.extend_from_slice(&rest[..length]);
            Some(at + length)
        }
        [b'N', b'U', b'L', b'L', ..] => {
            output.extend_from_slice(NULL);
            Some(at + 4)
        }
        [b't', b'r', b'u', b'e', ..] if !rules.backslashes => {
            output.push(b't');
            Some(at + 4)
        }
        [b'f', b'a', b'l', b's', b'e', ..] if !rules.backslashes => {
            output.push(b'f');
            Some(at + 5)
        }
        _ if rules.backslashes && rest.starts_with(b"_binary '") => {
            quoted(text, at + b"_binary '".len(), rules, output)
        }
        _ => None,
    }
}

/// Appends a text that begins at this place, behind its quote, and says where its literal ends.
fn quoted(text: &[u8], from: usize, rules: Rules, output: &mut Vec<u8>) -> Option<usize> {
    let mut begin = from;
    loop {
        let found = special(text, begin)?;
        output.extend_from_slice(&text[begin..found]);
        let next = *text.get(found + 1)?;
        begin = found + 2;
        match text[found] {
            b'\'' if next == b'\'' => output.push(b'\''),
            b'\'' => return Some(found + 1),
            b'\\' if rules.backslashes => escaped(next, output),
            other => {
                field_byte(other, output);
                begin = found + 1;
            }
        }
    }
}

/// Appends what a backslash before a byte stands for in `MySQL` ("String Literals" of its manual).
fn escaped(byte: u8, output: &mut Vec<u8>) {
    let meant = match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'0' => 0,
        b'Z' => 26,
        other => other,
    };
    field_byte(meant, output);
}

/// Appends a byte of a value as COPY writes it.
fn field_byte(byte: u8, output: &mut Vec<u8>) {
    match byte {
        b'\t' => output.extend_from_slice(b"\\t"),
        b'\n' => output.extend_from_slice(b"\\n"),
        b'\\' => output.extend_from_slice(b"\\\\"),
        other => output.push(other),
    }
}

/// Where the next byte is that can't be taken as it is: a quote, a backslash, a tab or a line feed.
fn special(text: &[u8], from: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let is_below = |word: u64, least: u64| word.wrapping_sub(ONES * least) & !word & HIGH;
    let is = |word: u64, byte: u8| is_below(word ^ (ONES * u64::from(byte)), 1);
    let mut at = from;
    while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*word);
        // The lowest bit that is set is true; those above it may be a borrow's.
        let found = is(word, b'\'') | is(word, b'\\') | is_below(word, 11);
        if found == 0 {
            at += 8;
            continue;
        }
        at += (found.trailing_zeros() / 8) as usize;
        if is_special(text[at]) {
            return Some(at);
        }
        at += 1;
    }
    let rest = text.get(at..)?;
    rest.iter()
        .position(|byte| is_special(*byte))
        .map(|place| at + place)
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'\'' | b'\\' | b'\t' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rules: Rules, fields: Option<&str>) {
        let mut output = Vec::new();
        let end = push(text.as_bytes(), 0, rules, &mut output);
        let output = String::from_utf8(output).ok().filter(|_| end.is_some());
        assert_eq!(output.as_deref(), fields, "{text}");
        assert!(end.is_none_or(|end| end == text.trim_end().len()), "{text}");
    }

    #[test]
    fn plain_rows_are_read_at_once() {
        check(
            "(-1,2.50,NULL,'a\\'b''c\\n\\t\\\\','',_binary '\\0x') ",
            Rules::MYSQL,
            Some("-1\t2.50\t\\N\ta'b'c\\n\\t\\\\\t\t\0x"),
        );
        check(
            "(1, 'a\\b', 'C:\t日本語の住所', true, false)",
            Rules::POSTGRESQL,
            Some("1\ta\\\\b\tC:\\t日本語の住所\tt\tf"),
        );
    }

    #[test]
    fn other_rows_are_left_to_the_lexer() {
        for text in [
            "()",
            "(1e5)",
            "(f(1))",
            "(1 )",
            "('a' 'b')",
            "('a",
            "('a'",
            "(1, -- two\n 2)",
            "(--1\n1)",
            "(NULLIF(1, 2))",
            "(E'a')",
            "(0x41)",
            "(null)",
        ] {
            let mut output = Vec::new();
            let end = push(text.as_bytes(), 0, Rules::POSTGRESQL, &mut output);
            assert_eq!(end, None, "{text}");
        }
    }

    #[test]
    fn a_byte_that_needs_care_is_found_at_every_place() {
        for length in 0..20 {
            for (place, byte) in [(0, b'\''), (3, b'\\'), (7, b'\t'), (8, b'\n'), (17, b'\'')] {
                let mut text = vec![0xE3; length];
                text.push(2);
                if place < length {
                    text[place] = byte;
                }
                let expected = (place < length).then_some(place);
                assert_eq!(special(&text, 0), expected, "{length} {place}");
            }
        }
    }
}
