//! Ruby's literals.

use std::fmt::Write as _;

/// A string in double quotes.
pub(crate) fn string(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "\\\""))
}

/// What stands inside of a string with escapes, but for its quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => result.push_str("\\\\"),
            '#' if matches!(characters.peek(), Some('{' | '$' | '@')) => result.push_str("\\#"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(result, "\\u{:04X}", u32::from(control));
            }
            other => result.push(other),
        }
    }
    result
}

/// A list of strings.
pub(crate) fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A name as a symbol where it can be one without quotes, else as a string.
pub(crate) fn symbol(name: &str) -> String {
    if is_word(name) {
        format!(":{name}")
    } else {
        string(name)
    }
}

/// The key of a hash.
pub(crate) fn key(name: &str) -> String {
    if is_word(name) {
        format!("{name}: ")
    } else {
        format!("{} => ", string(name))
    }
}

fn is_word(name: &str) -> bool {
    name.bytes()
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
