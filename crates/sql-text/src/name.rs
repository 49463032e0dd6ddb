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
    let starts = is_word_character(first) && !first.is_ascii_digit() && first != '$';
    (starts && characters.all(is_word_character)).then(|| text.to_ascii_lowercase())
}

/// Whether a character can be part of a word, which to PostgreSQL's scanner is any that isn't ASCII.
pub fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

/// Whether an SQL text speaks of a name: as a word of its own, quoted or not, in any case. May be true
/// where the word means something else, never false where it means the name.
///
/// ```
/// assert!(sql_text::mentions("lower(\"Unit price\") > 0", "Unit price"));
/// assert!(!sql_text::mentions("unit_price > 0", "price"));
/// ```
pub fn mentions(sql: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let sql = sql.to_lowercase();
    // Inside of quotes a quote is doubled, and the name then isn't found as it stands.
    let name = name.to_lowercase().replace('"', "\"\"");
    sql.match_indices(&name).any(|(start, _)| {
        let before = sql[..start].chars().next_back();
        let after = sql[start + name.len()..].chars().next();
        !before.is_some_and(is_word_character) && !after.is_some_and(is_word_character)
    })
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
    fn an_open_quotation_is_no_name() {
        assert_eq!(fold("\"open"), None);
        assert_eq!(fold("\"\""), None);
    }

    #[test]
    fn a_name_is_found_as_a_word() {
        for (sql, name) in [
            ("price >= 0", "price"),
            ("lower(\"Price\") = 'x'", "Price"),
            ("PRICE > 0", "price"),
            ("\"a\"\"b\" > 0", "a\"b"),
        ] {
            assert!(mentions(sql, name), "{sql}");
        }
        for (sql, name) in [
            ("unit_price > 0", "price"),
            ("prices > 0", "price"),
            ("price$ > 0", "price"),
            ("価格表 > 0", "価格"),
            ("price > 0", ""),
        ] {
            assert!(!mentions(sql, name), "{sql}");
        }
    }

    #[test]
    fn words_stand_everywhere() {
        let words: Vec<&str> = word_list("f(a$1) -- 'b'").collect();
        assert_eq!(words, ["f", "a$1", "b"]);
    }
}
