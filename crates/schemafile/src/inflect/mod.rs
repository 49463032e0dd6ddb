//! Singular and plural of table names, as ActiveSupport forms them.
//!
//! ActiveRecord guesses names in three places, all of them from a table's plural or singular:
//!
//! - a foreign key to `t` without `column:` is on `t.singularize + "_id"`;
//! - `references :r` with a foreign key and without `to_table:` points to the table `r.pluralize`;
//! - the columns of a join table of `a` and `b` are `a.singularize + "_id"` and the same of `b`.
//!
//! Nothing else of ActiveSupport's inflector (`underscore`, `camelize`, `classify`…) has a part in a
//! schema, so nothing else is here. What comes out needn't be English: it must be what Rails makes,
//! since it names columns that exist.
//!
//! [`Inflections::english`] has the rules that every application starts with; an application adds its
//! own with the methods that its inflections.rb calls, or as plain [`lines`]. The newest rule that fits
//! a word wins. Words are compared as Ruby does with the option `i`.

mod custom;
mod english;
mod error;
mod lines;
mod pattern;
mod replacement;
mod rule;
#[cfg(test)]
mod tests;

pub(crate) use custom::read;
pub(crate) use error::InflectionError;
pub(crate) use pattern::Pattern;

use pattern::Kind;
use replacement::Replacement;
use rule::{First, Irregular, Rule, without_ending};

/// Calls in an inflections.rb that change how class names and labels are written, but no plural and no
/// singular: a reader of such a file accepts them, and there is nothing to do for them.
pub(crate) const WITHOUT_EFFECT: [&str; 2] = ["acronym", "human"];

/// The rules of an application.
#[derive(Debug, Clone)]
pub(crate) struct Inflections {
    /// Oldest first.
    plurals: Vec<Rule>,
    /// Oldest first.
    singulars: Vec<Rule>,
    /// In lower case.
    uncountables: Vec<String>,
}

/// What [`Inflections::clear`] forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything.
    All,
    /// How plurals are formed.
    Plurals,
    /// How singulars are formed.
    Singulars,
    /// The words that have one form.
    Uncountables,
    /// Labels for people, which play no part here.
    Humans,
    /// Spelling of class names, which plays no part here.
    Acronyms,
}

impl Scope {
    /// The scope of that name in an inflections.rb, such as `plurals`.
    ///
    /// # Errors
    /// There is no such scope. Rails ignores the call then (or fails, in old versions).
    pub(crate) fn named(name: &str) -> Result<Self, InflectionError> {
        match name {
            "all" => Ok(Self::All),
            "plurals" => Ok(Self::Plurals),
            "singulars" => Ok(Self::Singulars),
            "uncountables" => Ok(Self::Uncountables),
            "humans" => Ok(Self::Humans),
            "acronyms" => Ok(Self::Acronyms),
            _ => Err(InflectionError::UnknownScope {
                name: name.to_owned(),
            }),
        }
    }
}

impl Inflections {
    /// The rules for English that every Rails application starts with, the same from 5.0 to 8.1.
    pub(crate) fn english() -> Self {
        let mut inflections = Self {
            plurals: english::PLURALS.iter().map(Rule::Ending).collect(),
            singulars: english::SINGULARS.iter().map(Rule::Ending).collect(),
            uncountables: Vec::new(),
        };
        for (singular, plural) in english::IRREGULARS {
            inflections.add_irregular(singular, plural);
        }
        inflections.add_uncountables(english::UNCOUNTABLES.iter().copied());
        inflections
    }

    /// The plural of a name: `seed_bonus` gives `seed_bonuses`.
    pub(crate) fn pluralize(&self, word: &str) -> String {
        self.inflect(word, &self.plurals)
    }

    /// The singular of a name: `seed_bonuses` gives `seed_bonus`.
    pub(crate) fn singularize(&self, word: &str) -> String {
        self.inflect(word, &self.singulars)
    }

    /// Adds a word whose forms follow no rule, for either direction, also as the end of a longer word:
    /// after `person`, `people` the plural of `salesperson` is `salespeople`.
    ///
    /// # Errors
    /// A word is empty, or has characters that mean something in a pattern: Rails would read it as one.
    pub(crate) fn irregular(
        &mut self,
        singular: &str,
        plural: &str,
    ) -> Result<(), InflectionError> {
        for word in [singular, plural] {
            if word.is_empty() {
                return Err(InflectionError::EmptyWord);
            }
            if let Some(character) = word
                .chars()
                .find(|&letter| "\\.*+?()[]{}|^$".contains(letter))
            {
                return Err(InflectionError::NotAWord {
                    word: word.to_owned(),
                    character,
                });
            }
        }
        self.add_irregular(singular, plural);
        Ok(())
    }

    /// Adds a rule for plurals.
    ///
    /// # Errors
    /// The replacement refers to what the pattern doesn't have.
    pub(crate) fn plural(
        &mut self,
        pattern: Pattern,
        replacement: &str,
    ) -> Result<(), InflectionError> {
        let rule = self.custom_rule(pattern, replacement)?;
        self.plurals.push(rule);
        Ok(())
    }

    /// Adds a rule for singulars.
    ///
    /// # Errors
    /// The replacement refers to what the pattern doesn't have.
    pub(crate) fn singular(
        &mut self,
        pattern: Pattern,
        replacement: &str,
    ) -> Result<(), InflectionError> {
        let rule = self.custom_rule(pattern, replacement)?;
        self.singulars.push(rule);
        Ok(())
    }

    /// Adds words that are their own plural, also as the last word of several. As in Rails, `_` doesn't
    /// part words: `equipment` is uncountable and `office_equipment` isn't.
    ///
    /// # Errors
    /// A word is empty: to Rails, that makes every word uncountable.
    pub(crate) fn uncountable<'a>(
        &mut self,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), InflectionError> {
        let words: Vec<&str> = words.into_iter().collect();
        if words.contains(&"") {
            return Err(InflectionError::EmptyWord);
        }
        self.add_uncountables(words);
        Ok(())
    }

    /// Forgets rules, Rails' own among them.
    pub(crate) fn clear(&mut self, scope: Scope) {
        if matches!(scope, Scope::All | Scope::Plurals) {
            self.plurals.clear();
        }
        if matches!(scope, Scope::All | Scope::Singulars) {
            self.singulars.clear();
        }
        if matches!(scope, Scope::All | Scope::Uncountables) {
            self.uncountables.clear();
        }
    }

    fn inflect(&self, word: &str, rules: &[Rule]) -> String {
        if word.is_empty() || self.is_uncountable(word) {
            return word.to_owned();
        }
        rules
            .iter()
            .rev()
            .find_map(|rule| rule.apply(word))
            .unwrap_or_else(|| word.to_owned())
    }

    /// Whether the word ends in an uncountable one that begins at a word's edge.
    fn is_uncountable(&self, word: &str) -> bool {
        self.uncountables.iter().any(|uncountable| {
            without_ending(word, uncountable).is_some_and(|before| {
                let inside = word[before.len()..]
                    .chars()
                    .next()
                    .is_some_and(is_word_letter);
                before.chars().next_back().is_some_and(is_word_letter) != inside
            })
        })
    }

    fn add_irregular(&mut self, singular: &str, plural: &str) {
        self.forget_uncountable(singular);
        self.forget_uncountable(plural);
        let (singular_first, singular_rest) = split_first(singular);
        let (plural_first, plural_rest) = split_first(plural);
        // Either form turns into the wanted one: what is plural already stays plural.
        let forms = [(singular_first, singular_rest), (plural_first, plural_rest)];
        if singular_first.to_uppercase() == plural_first.to_uppercase() {
            for (first, rest) in forms {
                let rule = |add: &str| {
                    Rule::Irregular(Irregular::new(
                        First::Kept(first.to_owned()),
                        rest,
                        add.to_owned(),
                    ))
                };
                self.plurals.push(rule(plural_rest));
                self.singulars.push(rule(singular_rest));
            }
            return;
        }
        for (first, rest) in forms {
            for change_case in [str::to_uppercase, str::to_lowercase] {
                let rule = |to_first: &str, to_rest: &str| {
                    Rule::Irregular(Irregular::new(
                        First::Replaced(change_case(first)),
                        rest,
                        change_case(to_first) + to_rest,
                    ))
                };
                self.plurals.push(rule(plural_first, plural_rest));
                self.singulars.push(rule(singular_first, singular_rest));
            }
        }
    }

    fn add_uncountables<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        self.uncountables
            .extend(words.into_iter().map(str::to_lowercase));
    }

    fn forget_uncountable(&mut self, word: &str) {
        self.uncountables.retain(|uncountable| uncountable != word);
    }

    /// As Rails does, a rule that names an uncountable word makes it countable again.
    fn custom_rule(
        &mut self,
        pattern: Pattern,
        replacement: &str,
    ) -> Result<Rule, InflectionError> {
        let parsed = Replacement::parse(replacement, &pattern.group_names())?;
        self.forget_uncountable(replacement);
        Ok(match pattern.kind {
            Kind::Text(text) => {
                self.forget_uncountable(&text);
                Rule::Text {
                    text,
                    replacement: parsed,
                }
            }
            Kind::Regex { regex, ending } => Rule::Pattern {
                pattern: regex,
                ending,
                replacement: parsed,
            },
        })
    }
}

/// The first letter of a word, and the others.
fn split_first(word: &str) -> (&str, &str) {
    let length = word.chars().next().map_or(0, char::len_utf8);
    word.split_at(length)
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
