//! Names and strings in SQL.

/// A name in backticks.
pub fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A string literal, with the escapes that ActiveRecord's adapter writes (those of `mysql_real_escape_string`). They
/// are read back as long as `NO_BACKSLASH_ESCAPES` is off, as it is by default.
pub fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '\'' => quoted.push_str("\\'"),
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\0' => quoted.push_str("\\0"),
            '\u{1a}' => quoted.push_str("\\Z"),
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_strings_end_where_they_should() {
        assert_eq!(quoted("a`b"), "`a``b`");
        assert_eq!(
            literal("it's \"a\\b\"\n\r\0\u{1a}\tä"),
            "'it\\'s \\\"a\\\\b\\\"\\n\\r\\0\\Z\tä'"
        );
    }
}
