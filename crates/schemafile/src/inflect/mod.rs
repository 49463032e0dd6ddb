//! Singular and plural words, by ActiveSupport's rules and the application's own.
//!
//! ActiveRecord guesses the column of a foreign key from the singular of a table's name, and the table of
//! a reference from the plural of its name. The rules are tried from the last added to the first; the
//! first that matches is applied.

mod custom;
mod rules;

use regex_lite::Regex;
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub(crate) use custom::read;

/// The rules of one application.
#[derive(Debug, Default)]
pub(crate) struct Inflections {
    /// The application's rules, newest first; they come before ActiveSupport's.
    plurals: Vec<Rule>,
    singulars: Vec<Rule>,
    uncountables: Vec<String>,
    /// Words of ActiveSupport's uncountable list that the application's rules took out of it.
    countables: Vec<String>,
    known_singulars: BTreeMap<String, String>,
}

/// A pattern and what replaces it.
#[derive(Debug)]
struct Rule {
    pattern: Regex,
    replacement: String,
}

impl Inflections {
    /// The plural of a word.
    pub(crate) fn plural(&self, word: &str) -> String {
        if word.is_empty() || self.is_uncountable(word) {
            return word.to_owned();
        }
        apply(&self.plurals, word)
            .or_else(|| apply_default(rules::PLURALS, default_plurals(), word))
            .unwrap_or_else(|| word.to_owned())
    }

    /// The singular of a word.
    pub(crate) fn singular(&mut self, word: &str) -> String {
        if let Some(known) = self.known_singulars.get(word) {
            return known.clone();
        }
        let singular = if word.is_empty() || self.is_uncountable(word) {
            word.to_owned()
        } else {
            apply(&self.singulars, word)
                .or_else(|| apply_default(rules::SINGULARS, default_singulars(), word))
                .unwrap_or_else(|| word.to_owned())
        };
        self.known_singulars
            .insert(word.to_owned(), singular.clone());
        singular
    }

    /// Whether the word ends with an uncountable one: ActiveSupport looks for `\buncountable\z`, in any
    /// case, and an underscore is no boundary.
    fn is_uncountable(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let ends_with = |uncountable: &str| {
            lower.strip_suffix(uncountable).is_some_and(|before| {
                before
                    .chars()
                    .next_back()
                    .is_none_or(|last| !(last.is_alphanumeric() || last == '_'))
            })
        };
        self.uncountables.iter().any(|known| ends_with(known))
            || rules::UNCOUNTABLES
                .iter()
                .filter(|known| !self.countables.iter().any(|word| word == *known))
                .any(|known| ends_with(known))
    }

    fn add_uncountable(&mut self, word: &str) {
        self.uncountables.push(word.to_lowercase());
    }

    fn forget_uncountable(&mut self, word: &str) {
        let word = word.to_lowercase();
        self.uncountables.retain(|known| *known != word);
        self.countables.push(word);
    }

    fn add_plural(&mut self, pattern: Regex, replacement: impl Into<String>) {
        self.plurals.insert(
            0,
            Rule {
                pattern,
                replacement: replacement.into(),
            },
        );
    }

    fn add_singular(&mut self, pattern: Regex, replacement: impl Into<String>) {
        self.singulars.insert(
            0,
            Rule {
                pattern,
                replacement: replacement.into(),
            },
        );
    }

    /// Adds a word with an irregular plural.
    fn add_irregular(&mut self, singular: &str, plural: &str) -> Result<(), String> {
        self.forget_uncountable(singular);
        self.forget_uncountable(plural);
        for (word, add_plural) in [
            (singular, true),
            (plural, true),
            (singular, false),
            (plural, false),
        ] {
            let target = if add_plural { plural } else { singular };
            let mut characters = word.chars();
            let first = characters.next().ok_or("a word is empty")?;
            let rest = characters.as_str();
            let same_initial = singular
                .chars()
                .next()
                .map(|letter| letter.to_uppercase().to_string())
                == plural
                    .chars()
                    .next()
                    .map(|letter| letter.to_uppercase().to_string());
            let mut target_characters = target.chars();
            let target_first = target_characters.next().ok_or("a word is empty")?;
            let target_rest = target_characters.as_str();
            if same_initial {
                let pattern = compile(&format!("({first}){rest}$"), true)?;
                self.add(add_plural, pattern, format!("\\1{target_rest}"));
            } else {
                for upper in [true, false] {
                    let change = |letter: char| -> String {
                        if upper {
                            letter.to_uppercase().collect()
                        } else {
                            letter.to_lowercase().collect()
                        }
                    };
                    let pattern = compile(&format!("{}(?i:{rest})$", change(first)), false)?;
                    self.add(
                        add_plural,
                        pattern,
                        format!("{}{target_rest}", change(target_first)),
                    );
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, plural: bool, pattern: Regex, replacement: String) {
        if plural {
            self.add_plural(pattern, replacement);
        } else {
            self.add_singular(pattern, replacement);
        }
    }
}

/// Compiles a Ruby pattern. `^` and `$` match at lines in Ruby; words have none.
fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    let pattern = pattern
        .replace("\\A", "^")
        .replace("\\z", "$")
        .replace("\\Z", "$");
    let pattern = if ignore_case {
        format!("(?i){pattern}")
    } else {
        pattern
    };
    Regex::new(&pattern).map_err(|error| error.to_string())
}

fn apply(rules: &[Rule], word: &str) -> Option<String> {
    rules
        .iter()
        .find_map(|rule| replace(&rule.pattern, &rule.replacement, word))
}

/// ActiveSupport's own rules, each compiled when it is first tried: most runs need few of them.
type Compiled = Vec<OnceLock<Option<Regex>>>;

fn default_plurals() -> &'static Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| rules::PLURALS.iter().map(|_| OnceLock::new()).collect())
}

fn default_singulars() -> &'static Compiled {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    COMPILED.get_or_init(|| rules::SINGULARS.iter().map(|_| OnceLock::new()).collect())
}

fn apply_default(rules: &[(&str, &str)], compiled: &Compiled, word: &str) -> Option<String> {
    rules
        .iter()
        .zip(compiled)
        .rev()
        .find_map(|((pattern, replacement), regex)| {
            let regex = regex.get_or_init(|| compile(pattern, true).ok()).as_ref()?;
            replace(regex, replacement, word)
        })
}

/// Ruby's `sub` with `\1` in the replacement; a group that took no part is empty.
fn replace(pattern: &Regex, replacement: &str, word: &str) -> Option<String> {
    let captures = pattern.captures(word)?;
    let whole = captures.get(0)?;
    let mut result = word[..whole.start()].to_owned();
    let mut characters = replacement.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some(digit) if digit.is_ascii_digit() => {
                let group = digit
                    .to_digit(10)
                    .and_then(|digit| usize::try_from(digit).ok());
                if let Some(matched) = group.and_then(|group| captures.get(group)) {
                    result.push_str(matched.as_str());
                }
            }
            Some(other) => result.push(other),
            None => result.push('\\'),
        }
    }
    result.push_str(&word[whole.end()..]);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(singular: &str, plural: &str) {
        let mut inflections = Inflections::default();
        assert_eq!(inflections.plural(singular), plural);
        assert_eq!(inflections.singular(plural), singular);
    }

    #[test]
    fn words_have_the_plurals_that_activesupport_gives_them() {
        check("user", "users");
        check("person", "people");
        check("category", "categories");
        check("quiz", "quizzes");
        check("matrix", "matrices");
        check("status", "statuses");
        check("order_status", "order_statuses");
        check("ox", "oxen");
        check("equipment", "equipment");
        check("salesperson", "salespeople");
        check("address", "addresses");
        check("analysis", "analyses");
        check("potato", "potatos");
    }

    #[test]
    fn odd_singulars_are_odd_the_same_way() {
        let mut inflections = Inflections::default();
        for (plural, singular) in [
            ("thieves", "thiefe"),
            ("viruses", "viruse"),
            ("halves", "half"),
            ("lives", "life"),
            ("drives", "drife"),
            ("oxen", "ox"),
            ("hives", "hive"),
            ("bonuses", "bonuse"),
        ] {
            assert_eq!(inflections.singular(plural), singular, "{plural}");
        }
    }

    #[test]
    fn an_irregular_word_of_the_application_goes_first() {
        let mut inflections = Inflections::default();
        inflections.add_irregular("drive", "drives").unwrap();
        inflections.add_irregular("cow", "kine").unwrap();
        inflections.add_uncountable("staff");
        assert_eq!(inflections.singular("hard_drives"), "hard_drive");
        assert_eq!(inflections.singular("kine"), "cow");
        assert_eq!(inflections.plural("Cow"), "Kine");
        assert_eq!(inflections.plural("staff"), "staff");
    }
}
