//! String literals as they are written.

use std::fmt::Write as _;

/// A string literal on one line. Needs `standard_conforming_strings = on`.
///
/// Control characters become escapes: a line of SQL is then a line of the file, and no tool that
/// rewrites line endings can change what the text says.
///
/// ```
/// assert_eq!(sql_text::literal("it's"), "'it''s'");
/// assert_eq!(sql_text::literal(r"C:\temp"), r"'C:\temp'");
/// assert_eq!(sql_text::literal("a\r\nb"), r"E'a\r\nb'");
/// ```
pub fn literal(text: &str) -> String {
    let mut sql = String::with_capacity(text.len() + 2);
    push_literal(&mut sql, text);
    sql
}

/// Writes [`literal`] behind what is there.
pub fn push_literal(sql: &mut String, text: &str) {
    if !text.chars().any(char::is_control) {
        sql.push('\'');
        for (position, part) in text.split('\'').enumerate() {
            if position > 0 {
                sql.push_str("''");
            }
            sql.push_str(part);
        }
        sql.push('\'');
        return;
    }
    sql.push_str("E'");
    for character in text.chars() {
        match character {
            '\'' => sql.push_str("''"),
            '\\' => sql.push_str("\\\\"),
            '\n' => sql.push_str("\\n"),
            '\r' => sql.push_str("\\r"),
            '\t' => sql.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(sql, "\\u{:04X}", u32::from(control));
            }
            other => sql.push(other),
        }
    }
    sql.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_stay_on_one_line() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("C:\\temp"), "'C:\\temp'");
        assert_eq!(literal("a\r\nb\\'"), "E'a\\r\\nb\\\\'''");
        assert_eq!(literal("\u{1b}[0m"), "E'\\u001B[0m'");
    }
}
