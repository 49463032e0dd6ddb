//! The few pieces of SQL text that the model holds as text: literals of defaults and names in conditions.
//!
//! They are written so that a line of the file stays a line of the SQL: control characters become
//! escapes, which also keeps line endings safe from tools that rewrite them.

use std::fmt::Write as _;

/// Why a text is refused that holds the character.
pub(crate) const NO_NUL: &str = "PostgreSQL's text can't hold the character NUL";

/// A string literal.
pub(crate) fn literal(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut sql = String::from("E'");
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
    sql
}

/// A name in double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How PostgreSQL reads a name that stands in SQL text as it is: folded to lower case, or as the double
/// quotes have it. None when it isn't one name.
pub(crate) fn fold(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix('"') {
        let inner = inner.strip_suffix('"')?;
        let name = inner.replace("\"\"", "\u{0}");
        return (!name.contains('"') && !name.is_empty()).then(|| name.replace('\u{0}', "\""));
    }
    let mut characters = text.chars();
    let first = characters.next()?;
    let starts = first.is_ascii_alphabetic() || first == '_' || !first.is_ascii();
    let goes_on = characters
        .all(|next| next.is_ascii_alphanumeric() || next == '_' || next == '$' || !next.is_ascii());
    (starts && goes_on).then(|| text.to_ascii_lowercase())
}

/// Bytes that PostgreSQL keeps of a name.
pub(crate) const MOST_NAME_BYTES: usize = 63;

/// Cuts a name to the bytes that PostgreSQL keeps, between characters.
pub(crate) fn cut(name: &str) -> String {
    cut_to(name, MOST_NAME_BYTES).to_owned()
}

/// The most of a text's beginning that fits in so many bytes, cut between characters.
pub(crate) fn cut_to(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether a character can be part of a word.
pub(crate) fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// The words of an SQL text, be they names, keywords or parts of literals.
pub(crate) fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|character: char| !is_word_character(character))
        .filter(|word| !word.is_empty())
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

    #[test]
    fn names_fold_as_postgresql_folds_them() {
        assert_eq!(fold("Chk_One").as_deref(), Some("chk_one"));
        assert_eq!(fold("\"Chk\"\"One\"").as_deref(), Some("Chk\"One"));
        assert_eq!(fold("two words"), None);
        assert_eq!(fold("\"open"), None);
    }

    #[test]
    fn names_are_cut_between_characters() {
        assert_eq!(cut(&"あ".repeat(30)), "あ".repeat(21));
    }
}
