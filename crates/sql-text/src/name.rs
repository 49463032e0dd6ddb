//! Names as SQL text has them.

/// How PostgreSQL reads a name that stands in SQL text as it is: folded to lower case, or as the double
/// quotes have it. None when it isn't one name.
///
/// ```
/// assert_eq!(sql_text::fold("Chk_One").as_deref(), Some("chk_one"));
/// assert_eq!(sql_text::fold("\"Chk\"\"One\"").as_deref(), Some("Chk\"One"));
/// assert_eq!(sql_text::fold("two words"), None);
/// ```
pub fn fold(text: &str) -> Option<String> {
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

/// The name that PostgreSQL gives to a thing of a table: `TABLE_COLUMN_LABEL`, with the longer of the first two cut
/// until it has 63 bytes (`makeObjectName` in `src/backend/commands/indexcmds.c`).
pub fn default_name(table: &str, column: Option<&str>, label: &str) -> String {
    let mut room = 63 - (label.len() + 1);
    if column.is_some() {
        room -= 1;
    }
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let cut = |text: &str, mut length: usize| {
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        text[..length].to_owned()
    };
    match column {
        Some(column) => format!("{}_{}_{label}", cut(table, first), cut(column, second)),
        None => format!("{}_{label}", cut(table, first)),
    }
}

/// Whether a character can be part of a word.
pub fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// The words of an SQL text, be they names, keywords or parts of literals and comments: what the text may
/// speak of.
pub fn word_list(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|character: char| !is_word_character(character))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_as_postgresql_cuts_them() {
        assert_eq!(default_name("users", Some("id"), "seq"), "users_id_seq");
        assert_eq!(default_name("users", None, "pkey"), "users_pkey");
        let long = "a".repeat(63);
        assert_eq!(default_name(&long, None, "pkey").len(), 63);
        assert_eq!(
            default_name(&long, Some("id"), "seq"),
            format!("{}_id_seq", "a".repeat(56))
        );
        assert_eq!(
            default_name(&"あ".repeat(21), None, "pkey"),
            format!("{}_pkey", "あ".repeat(19))
        );
    }

    #[test]
    fn an_open_quotation_is_no_name() {
        assert_eq!(fold("\"open"), None);
        assert_eq!(fold("\"\""), None);
    }

    #[test]
    fn words_stand_everywhere() {
        let words: Vec<&str> = word_list("f(a$1) -- 'b'").collect();
        assert_eq!(words, ["f", "a$1", "b"]);
    }
}
