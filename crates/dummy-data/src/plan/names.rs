//! Names taken apart: words, singulars, classes.

use value_model::Table;

/// A column's name, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct NameParts {
    /// The whole name in lower case.
    pub whole: String,
    /// Its words: `billingPostalCode` and `billing_postal_code` are the same three.
    pub words: Vec<String>,
}

impl NameParts {
    /// Takes a name apart.
    pub(crate) fn new(name: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut word = String::new();
        let mut after_lower = false;
        for character in name.chars() {
            let boundary =
                !character.is_alphanumeric() || (character.is_uppercase() && after_lower);
            if boundary && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if character.is_alphanumeric() {
                word.extend(character.to_lowercase());
            }
            after_lower = character.is_lowercase() || character.is_numeric();
        }
        if !word.is_empty() {
            words.push(word);
        }
        Self {
            whole: words.join("_"),
            words,
        }
    }

    /// Whether a word is among its words.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|own| own == word)
    }

    /// Whether any of some words is among its words.
    pub(crate) fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }

    /// Whether it is one of some names or ends in one, after a `_`.
    pub(crate) fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.prefix_before(name).is_some())
    }

    /// What stands before a name that it ends in: empty for the name itself.
    pub(crate) fn prefix_before(&self, name: &str) -> Option<&str> {
        let before = self.whole.strip_suffix(name)?;
        if before.is_empty() {
            Some("")
        } else {
            before.strip_suffix('_')
        }
    }

    /// The last word.
    pub(crate) fn last(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }
}

/// Whether a name is that of a table, with or without its schema.
pub(crate) fn is_named(table: &Table, name: &str) -> bool {
    table.name.name == name || table.name.to_string() == name
}

/// The class that stands for a table: `blog_posts` is `BlogPost`.
pub(crate) fn class_name(table: &str) -> String {
    let mut words: Vec<&str> = table.split('_').filter(|word| !word.is_empty()).collect();
    let last = words.pop().unwrap_or(table);
    let last = singular(last);
    words
        .into_iter()
        .chain(std::iter::once(last.as_str()))
        .map(|word| {
            let mut characters = word.chars();
            characters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(characters).collect()
            })
        })
        .collect()
}

/// The word for one of the things that a table's name says there are many of. A guess that
/// serves prefixes of codes and soft references; nothing depends on it being right.
pub(crate) fn singular(plural: &str) -> String {
    const ALIKE: [&str; 8] = [
        "news",
        "series",
        "species",
        "equipment",
        "information",
        "status",
        "analysis",
        "data",
    ];
    const ENDINGS: [(&str, &str); 34] = [
        ("people", "person"),
        ("children", "child"),
        ("women", "woman"),
        ("men", "man"),
        ("statuses", "status"),
        ("aliases", "alias"),
        ("addresses", "address"),
        ("analyses", "analysis"),
        ("diagnoses", "diagnosis"),
        ("bases", "base"),
        ("crises", "crisis"),
        ("buses", "bus"),
        ("viruses", "virus"),
        ("quizzes", "quiz"),
        ("movies", "movie"),
        ("cookies", "cookie"),
        ("indices", "index"),
        ("matrices", "matrix"),
        ("vertices", "vertex"),
        ("halves", "half"),
        ("shelves", "shelf"),
        ("lives", "life"),
        ("leaves", "leaf"),
        ("heroes", "hero"),
        ("potatoes", "potato"),
        ("photos", "photo"),
        ("ies", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("ss", "ss"),
        ("us", "us"),
        ("s", ""),
    ];
    if ALIKE.iter().any(|word| plural.ends_with(word)) {
        return plural.to_owned();
    }
    for (ending, replacement) in ENDINGS {
        if let Some(stem) = plural.strip_suffix(ending) {
            return format!("{stem}{replacement}");
        }
    }
    plural.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_however_they_are_written() {
        for name in [
            "billing_postal_code",
            "billingPostalCode",
            "Billing Postal-Code",
        ] {
            let parts = NameParts::new(name);
            assert_eq!(parts.words, ["billing", "postal", "code"], "{name}");
            assert!(parts.is(&["postal_code"]));
            assert_eq!(parts.prefix_before("postal_code"), Some("billing"));
            assert_eq!(parts.prefix_before("code"), Some("billing_postal"));
        }
        assert_eq!(NameParts::new("氏名").words, ["氏名"]);
        assert!(!NameParts::new("filename").is(&["name"]));
    }

    #[test]
    fn classes_of_tables() {
        for (table, expected) in [
            ("blog_posts", "BlogPost"),
            ("people", "Person"),
            ("user_news", "UserNews"),
        ] {
            assert_eq!(class_name(table), expected);
        }
    }

    #[test]
    fn singulars_of_common_names() {
        for (plural, expected) in [
            ("users", "user"),
            ("categories", "category"),
            ("people", "person"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("statuses", "status"),
            ("order_lines", "order_line"),
            ("responses", "response"),
            ("news", "news"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }
}
