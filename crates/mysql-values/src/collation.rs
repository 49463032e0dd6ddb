//! What a column's collation makes of its texts.

use mysql_model::{Column, DataType, Table};
use value_model::Characters;

/// Character sets that have ASCII and no more than a few hundred other characters: none of them holds Japanese.
const NARROW: [&str; 16] = [
    "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
    "cp852", "cp866", "greek", "hebrew", "koi8r", "koi8u", "swe7",
];

/// Whether texts of a column that differ in case, accents, width or kana alone may count as equal.
///
/// Names say it: `_bin` compares bytes, `_cs` tells cases apart, and with them accents and kana unless the name says
/// otherwise; what isn't named is the server's default, which tells nothing apart.
pub(crate) fn is_folded(table: &Table, column: &Column) -> bool {
    let is_text = matches!(
        column.data_type,
        DataType::Char { .. } | DataType::Varchar { .. } | DataType::Text(_)
    );
    is_text
        && collation(table, column).is_none_or(|name| {
            let name = name.to_lowercase();
            !(name == "binary" || name.ends_with("_bin") || is_sensitive(&name))
        })
}

/// Whether a collation tells all of them apart. `uca1400_ai_cs` tells no accents apart, and `ja_0900_as_cs` no kana, for
/// which there is `ja_0900_as_cs_ks`.
fn is_sensitive(name: &str) -> bool {
    name.ends_with("_cs_ks")
        || name.ends_with("_cs") && !name.ends_with("_ai_cs") && !name.contains("_ja_")
}

/// Which characters a column's character set has.
pub(crate) fn characters(table: &Table, column: &Column) -> Characters {
    if matches!(&column.data_type, DataType::Other(sql) if sql.to_lowercase().starts_with("national "))
    {
        return Characters::Basic;
    }
    let charset = column.own.charset.clone().or_else(|| {
        let of_collation = |name: &String| name.split('_').next().unwrap_or_default().to_owned();
        column
            .collation
            .as_ref()
            .map(of_collation)
            .or_else(|| table.own.charset.clone())
            .or_else(|| option(table, &["charset", "set"]))
            .or_else(|| table.own.collation.as_ref().map(of_collation))
            .or_else(|| option(table, &["collate"]).as_ref().map(of_collation))
    });
    match charset.unwrap_or_default().to_lowercase().as_str() {
        "ascii" => Characters::Ascii,
        "utf8" | "utf8mb3" | "ucs2" | "sjis" | "cp932" | "ujis" | "eucjpms" => Characters::Basic,
        name if NARROW.contains(&name) => Characters::Western,
        _ => Characters::All,
    }
}

fn collation(table: &Table, column: &Column) -> Option<String> {
    column
        .collation
        .clone()
        .or_else(|| match &column.own.charset {
            // The default of a character set folds, but for the one that is no character set.
            Some(charset) => charset
                .eq_ignore_ascii_case("binary")
                .then(|| "binary".to_owned()),
            None => table
                .own
                .collation
                .clone()
                .or_else(|| option(table, &["collate"])),
        })
}

/// What a table's options say behind one of some words: `COLLATE=utf8mb4_bin`, `DEFAULT CHARACTER SET latin1`.
fn option(table: &Table, words: &[&str]) -> Option<String> {
    let tokens = mysql_text::tokens(table.options.as_deref()?);
    let place = tokens
        .iter()
        .position(|token| words.iter().any(|word| token.is(word)))?;
    let mut rest = tokens[place + 1..].iter().filter(|token| !token.is("="));
    rest.next()?.name()
}

#[cfg(test)]
mod tests {
    use super::is_sensitive;

    #[test]
    fn a_name_says_what_is_told_apart() {
        for name in [
            "latin1_general_cs",
            "utf8mb4_0900_as_cs",
            "utf8mb4_ja_0900_as_cs_ks",
            "uca1400_as_cs",
        ] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in [
            "utf8mb4_0900_ai_ci",
            "utf8mb4_0900_as_ci",
            "utf8mb4_ja_0900_as_cs",
            "utf8mb4_uca1400_ai_cs",
            "utf8mb4_general_ci",
        ] {
            assert!(!is_sensitive(name), "{name}");
        }
    }
}
