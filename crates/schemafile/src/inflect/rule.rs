//! One rule: what it fits and what becomes of a word that it fits.
//!
//! Rails' own rules all look at a word's last letters (one at its first), so they are compared letter
//! by letter: nothing has to be compiled, and a schema of hundreds of tables pays microseconds. Only a
//! rule that an application writes as a pattern is a regular expression.
//!
//! Names are one line: where Ruby's `$` and `^` would find the lines of a name with a line break in it,
//! the rules here take the name as a whole.

use super::replacement::Replacement;
use regex_lite::Regex;

/// A rule of either list.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// One of Rails' own.
    Ending(&'static Ending),
    /// One of the rules that an irregular word is made of.
    Irregular(Irregular),
    /// Of an application, for a piece of text: its first occurrence is replaced.
    Text {
        /// What to look for, with its letter case.
        text: String,
        /// What to put in its place.
        replacement: Replacement,
    },
    /// Of an application, for a pattern: its first match is replaced.
    Pattern {
        /// What to look for.
        pattern: Regex,
        /// In what any word ends that it matches; may be empty.
        ending: String,
        /// What to put in its place.
        replacement: Replacement,
    },
}

/// A rule that cuts letters off a word and puts others in their place.
#[derive(Debug)]
pub(super) struct Ending {
    place: Place,
    stem: Stem,
    cut: &'static [&'static str],
    add: &'static str,
}

/// What has to stand before the letters that are cut; it stays.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stem {
    /// Anything, even nothing.
    Any,
    /// One of these texts.
    Of(&'static [&'static str]),
    /// One letter that is none of these.
    Except(&'static str),
}

/// Where stem and cut letters stand in the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At its end, after whatever.
    End,
    /// They are all of it.
    WholeWord,
    /// At its beginning, before whatever.
    Beginning,
}

/// One direction of an irregular word: at the end of a word it gives way to its counterpart.
#[derive(Debug, Clone)]
pub(super) struct Irregular {
    first: First,
    rest: String,
    add: String,
}

/// The first letter of an irregular word.
#[derive(Debug, Clone)]
pub(super) enum First {
    /// Both forms begin alike: it is found in either case, and stays as it is.
    Kept(String),
    /// They don't, so it is found in this case alone and replaced with all the rest.
    Replaced(String),
}

impl Rule {
    /// The word by this rule, or none when the rule doesn't fit.
    pub(super) fn apply(&self, word: &str) -> Option<String> {
        match self {
            Self::Ending(ending) => ending.apply(word),
            Self::Irregular(irregular) => irregular.apply(word),
            Self::Text { text, replacement } => {
                let (before, after) = word.split_once(text.as_str())?;
                let mut result = before.to_owned();
                replacement.expand_text(text, &mut result);
                result.push_str(after);
                Some(result)
            }
            Self::Pattern {
                pattern,
                ending,
                replacement,
            } => {
                without_ending(word, ending)?;
                let captures = pattern.captures(word)?;
                let all = captures.get(0)?;
                let mut result = word[..all.start()].to_owned();
                replacement.expand(&captures, &mut result);
                result.push_str(&word[all.end()..]);
                Some(result)
            }
        }
    }
}

impl Ending {
    /// A rule for the end of any word.
    pub(super) const fn of(stem: Stem, cut: &'static [&'static str], add: &'static str) -> Self {
        Self {
            place: Place::End,
            stem,
            cut,
            add,
        }
    }

    /// A rule for words that are nothing but one of the stems and one of the endings.
    pub(super) const fn of_whole_word(
        stems: &'static [&'static str],
        cut: &'static [&'static str],
        add: &'static str,
    ) -> Self {
        Self {
            place: Place::WholeWord,
            stem: Stem::Of(stems),
            cut,
            add,
        }
    }

    /// A rule for the beginning of a word: the letters after the stem are exchanged, the rest stays.
    pub(super) const fn at_beginning(
        stem: &'static [&'static str],
        cut: &'static [&'static str],
        add: &'static str,
    ) -> Self {
        Self {
            place: Place::Beginning,
            stem: Stem::Of(stem),
            cut,
            add,
        }
    }

    fn apply(&self, word: &str) -> Option<String> {
        if self.place == Place::Beginning {
            return self.apply_at_beginning(word);
        }
        self.cut.iter().find_map(|cut| {
            let kept = without_ending(word, cut)?;
            self.stem_fits(kept).then(|| [kept, self.add].concat())
        })
    }

    fn apply_at_beginning(&self, word: &str) -> Option<String> {
        let Stem::Of(stems) = self.stem else {
            return None;
        };
        stems.iter().find_map(|stem| {
            let after_stem = without_beginning(word, stem)?;
            let kept = &word[..word.len() - after_stem.len()];
            self.cut.iter().find_map(|cut| {
                let rest = without_beginning(after_stem, cut)?;
                Some([kept, self.add, rest].concat())
            })
        })
    }

    fn stem_fits(&self, kept: &str) -> bool {
        match self.stem {
            Stem::Any => true,
            Stem::Of(stems) => stems.iter().any(|stem| {
                without_ending(kept, stem)
                    .is_some_and(|before| self.place == Place::End || before.is_empty())
            }),
            Stem::Except(letters) => kept
                .chars()
                .next_back()
                .is_some_and(|last| !letters.contains(last.to_ascii_lowercase())),
        }
    }
}

impl Irregular {
    /// A word of this first letter and rest becomes a word that ends in `add`.
    pub(super) fn new(first: First, rest: &str, add: String) -> Self {
        Self {
            first,
            rest: rest.to_owned(),
            add,
        }
    }

    fn apply(&self, word: &str) -> Option<String> {
        let before_rest = without_ending(word, &self.rest)?;
        let kept = match &self.first {
            First::Kept(first) => {
                without_ending(before_rest, first)?;
                before_rest
            }
            First::Replaced(first) => before_rest.strip_suffix(first.as_str())?,
        };
        Some([kept, &self.add].concat())
    }
}

/// The word without that ending, upper and lower case being alike.
pub(super) fn without_ending<'a>(word: &'a str, ending: &str) -> Option<&'a str> {
    // Most rules fail at the last letter; seeing that in its byte makes all of them several times faster.
    if let (Some(found), Some(last)) = (word.as_bytes().last(), ending.as_bytes().last())
        && found.is_ascii()
        && last.is_ascii()
        && !found.eq_ignore_ascii_case(last)
    {
        return None;
    }
    let (mut word, mut ending) = (word, ending);
    while let Some(last) = ending.chars().next_back() {
        let found = word.chars().next_back()?;
        word = &word[..word.len() - found.len_utf8()];
        ending = match folded_in_pattern(found) {
            Some(letters) => ending
                .strip_suffix(letters)
                .or_else(|| ending.strip_suffix(found))?,
            None if same_letter(found, last) => &ending[..ending.len() - last.len_utf8()],
            None => return None,
        };
    }
    Some(word)
}

fn without_beginning<'a>(word: &'a str, beginning: &str) -> Option<&'a str> {
    let mut word = word.chars();
    for expected in beginning.chars() {
        if !same_letter(word.next()?, expected) {
            return None;
        }
    }
    Some(word.as_str())
}

/// The lower-case letters that Ruby takes a special letter for when case doesn't matter: a German table
/// `fluß` ends in `ss` to it, so its plural is `flußes`.
fn folded_in_pattern(letter: char) -> Option<&'static str> {
    match letter {
        'ß' | 'ẞ' => Some("ss"),
        'ſ' => Some("s"),
        _ => None,
    }
}

fn same_letter(left: char, right: char) -> bool {
    left == right || left.to_lowercase().eq(right.to_lowercase())
}
