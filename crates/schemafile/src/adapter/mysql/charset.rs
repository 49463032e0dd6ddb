//! Character sets and collations: which there are, how long their characters are, which belong together.
//!
//! The lists are those of MySQL 9.7 and MariaDB 10.11. Collations of one server alone are told by the family that their
//! names give: `0900` is MySQL's, `uca1400` and `nopad` are MariaDB's.

use mysql_model::Server;

/// Character sets with the most bytes of a character, the default collation, and all collations, less the set's name;
/// none for the Unicode sets, which share [`UNICODE`].
const SETS: &[(&str, u32, &str, &str)] = &[
    ("armscii8", 1, "general_ci", "bin general_ci"),
    ("ascii", 1, "general_ci", "bin general_ci"),
    ("big5", 2, "chinese_ci", "bin chinese_ci"),
    (
        "cp1250",
        1,
        "general_ci",
        "bin croatian_ci czech_cs general_ci polish_ci",
    ),
    (
        "cp1251",
        1,
        "general_ci",
        "bin bulgarian_ci general_ci general_cs ukrainian_ci",
    ),
    ("cp1256", 1, "general_ci", "bin general_ci"),
    ("cp1257", 1, "general_ci", "bin general_ci lithuanian_ci"),
    ("cp850", 1, "general_ci", "bin general_ci"),
    ("cp852", 1, "general_ci", "bin general_ci"),
    ("cp866", 1, "general_ci", "bin general_ci"),
    ("cp932", 2, "japanese_ci", "bin japanese_ci"),
    ("dec8", 1, "swedish_ci", "bin swedish_ci"),
    ("eucjpms", 3, "japanese_ci", "bin japanese_ci"),
    ("euckr", 2, "korean_ci", "bin korean_ci"),
    ("gb18030", 4, "chinese_ci", "bin chinese_ci unicode_520_ci"),
    ("gb2312", 2, "chinese_ci", "bin chinese_ci"),
    ("gbk", 2, "chinese_ci", "bin chinese_ci"),
    ("geostd8", 1, "general_ci", "bin general_ci"),
    ("greek", 1, "general_ci", "bin general_ci"),
    ("hebrew", 1, "general_ci", "bin general_ci"),
    ("hp8", 1, "english_ci", "bin english_ci"),
    ("keybcs2", 1, "general_ci", "bin general_ci"),
    ("koi8r", 1, "general_ci", "bin general_ci"),
    ("koi8u", 1, "general_ci", "bin general_ci"),
    (
        "latin1",
        1,
        "swedish_ci",
        "bin danish_ci general_ci general_cs german1_ci german2_ci spanish_ci swedish_ci",
    ),
    (
        "latin2",
        1,
        "general_ci",
        "bin croatian_ci czech_cs general_ci hungarian_ci",
    ),
    ("latin5", 1, "turkish_ci", "bin turkish_ci"),
    (
        "latin7",
        1,
        "general_ci",
        "bin estonian_cs general_ci general_cs",
    ),
    ("macce", 1, "general_ci", "bin general_ci"),
    ("macroman", 1, "general_ci", "bin general_ci"),
    ("sjis", 2, "japanese_ci", "bin japanese_ci"),
    ("swe7", 1, "swedish_ci", "bin swedish_ci"),
    ("tis620", 1, "thai_ci", "bin thai_ci"),
    ("ucs2", 2, "general_ci", ""),
    ("ujis", 3, "japanese_ci", "bin japanese_ci"),
    ("utf16", 4, "general_ci", ""),
    ("utf16le", 4, "general_ci", "bin general_ci"),
    ("utf32", 4, "general_ci", ""),
    ("utf8mb3", 3, "general_ci", ""),
    ("utf8mb4", 4, "general_ci", ""),
];

/// Collations of the Unicode sets.
const UNICODE: &str = "bin croatian_ci czech_ci danish_ci esperanto_ci estonian_ci general_ci general_mysql500_ci \
     german2_ci hungarian_ci icelandic_ci latvian_ci lithuanian_ci persian_ci polish_ci roman_ci \
     romanian_ci sinhala_ci slovak_ci slovenian_ci spanish2_ci spanish_ci swedish_ci tolower_ci \
     turkish_ci unicode_520_ci unicode_ci vietnamese_ci croatian_mysql561_ci myanmar_ci thai_520_w2";

/// Sets whose collations are [`UNICODE`].
const UNICODE_SETS: [&str; 5] = ["ucs2", "utf16", "utf32", "utf8mb3", "utf8mb4"];

/// A character set by its name now: `utf8` was always the one of three bytes.
pub(crate) fn canonical(charset: &str) -> String {
    let folded = charset.to_ascii_lowercase();
    match folded.as_str() {
        "utf8" => "utf8mb3".to_owned(),
        _ => folded,
    }
}

/// Whether there is such a character set.
pub(crate) fn is_known(charset: &str) -> bool {
    let charset = canonical(charset);
    charset == "binary" || SETS.iter().any(|(name, ..)| *name == charset)
}

/// All names, for hints.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SETS.iter().map(|(name, ..)| *name)
}

/// The most bytes of a character.
pub(crate) fn bytes_of_character(charset: &str) -> u32 {
    let charset = canonical(charset);
    SETS.iter()
        .find(|(name, ..)| *name == charset)
        .map_or(1, |(_, bytes, ..)| *bytes)
}

/// Whether all characters of a set are as long.
pub(crate) fn has_characters_of_one_length(charset: &str) -> bool {
    let charset = canonical(charset);
    matches!(charset.as_str(), "ucs2" | "utf32") || bytes_of_character(&charset) == 1
}

/// The collation that a set has where none is said.
pub(crate) fn default_collation(charset: &str, server: Server) -> String {
    let charset = canonical(charset);
    if charset == "utf8mb4" && server == Server::MySql {
        return "utf8mb4_0900_ai_ci".to_owned();
    }
    SETS.iter().find(|(name, ..)| *name == charset).map_or_else(
        || charset.clone(),
        |(_, _, default, _)| format!("{charset}_{default}"),
    )
}

/// A collation by its name now.
pub(crate) fn canonical_collation(collation: &str) -> String {
    let folded = collation.to_ascii_lowercase();
    match folded.strip_prefix("utf8_") {
        Some(rest) => format!("utf8mb3_{rest}"),
        None => folded,
    }
}

/// The character set of a collation, which its name begins with.
pub(crate) fn of_collation(collation: &str) -> String {
    let collation = canonical_collation(collation);
    collation
        .split_once('_')
        .map_or_else(|| collation.clone(), |(charset, _)| charset.to_owned())
}

/// Whether a collation is one of a server's, and whose it is where it is the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knows {
    Yes,
    No,
    /// Only this server has it.
    Only(Server),
}

/// Whether a server has a collation.
pub(crate) fn knows(collation: &str, server: Server) -> Knows {
    let collation = canonical_collation(collation);
    if collation == "binary" {
        return Knows::Yes;
    }
    let Some((charset, rest)) = collation.split_once('_') else {
        return Knows::No;
    };
    let only = |owner| {
        if server == owner {
            Knows::Yes
        } else {
            Knows::Only(owner)
        }
    };
    let ends = |endings: &[&str]| endings.iter().any(|ending| rest.ends_with(ending));
    if charset == "utf8mb4"
        && rest.contains("0900")
        && ends(&[
            "0900_ai_ci",
            "0900_as_ci",
            "0900_as_cs",
            "0900_as_cs_ks",
            "0900_bin",
        ])
    {
        return only(Server::MySql);
    }
    if UNICODE_SETS.contains(&charset)
        && rest.starts_with("uca1400_")
        && ends(&["_ai_ci", "_ai_cs", "_as_ci", "_as_cs"])
    {
        return only(Server::MariaDb);
    }
    let is_in = |rest: &str| {
        let list = SETS
            .iter()
            .find(|(name, ..)| *name == charset)
            .map_or("", |(_, _, _, list)| *list);
        let list = if UNICODE_SETS.contains(&charset) {
            UNICODE
        } else {
            list
        };
        list.split(' ').any(|known| known == rest)
    };
    if is_in(rest) {
        return Knows::Yes;
    }
    let padded = rest.replacen("_nopad_", "_", 1);
    let padded = padded.replacen("nopad_bin", "bin", 1);
    if padded != rest && is_in(&padded) {
        return only(Server::MariaDb);
    }
    Knows::No
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collations_belong_to_a_set_and_perhaps_to_one_server() {
        for (name, mysql, mariadb) in [
            ("utf8mb4_general_ci", Knows::Yes, Knows::Yes),
            ("utf8_unicode_ci", Knows::Yes, Knows::Yes),
            ("latin1_swedish_ci", Knows::Yes, Knows::Yes),
            ("utf8mb4_0900_ai_ci", Knows::Yes, Knows::Only(Server::MySql)),
            (
                "utf8mb4_ja_0900_as_cs_ks",
                Knows::Yes,
                Knows::Only(Server::MySql),
            ),
            (
                "utf8mb4_uca1400_ai_ci",
                Knows::Only(Server::MariaDb),
                Knows::Yes,
            ),
            (
                "utf8mb4_unicode_nopad_ci",
                Knows::Only(Server::MariaDb),
                Knows::Yes,
            ),
            ("utf8mb4_general", Knows::No, Knows::No),
            ("klingon_ci", Knows::No, Knows::No),
            ("binary", Knows::Yes, Knows::Yes),
        ] {
            assert_eq!(knows(name, Server::MySql), mysql, "{name}");
            assert_eq!(knows(name, Server::MariaDb), mariadb, "{name}");
        }
        assert_eq!(of_collation("utf8_bin"), "utf8mb3");
        assert_eq!(bytes_of_character("utf8"), 3);
    }
}
