//! What can be wrong with an application's own rules.

use thiserror::Error;

/// A rule that can't be taken as Rails would. The sentence names the word or the pattern; the caller
/// knows the place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum InflectionError {
    /// Rails itself fails on an empty word, or makes every word uncountable.
    #[error("an inflection needs a word, and this one is empty")]
    EmptyWord,
    /// Rails puts the words of `irregular` into a pattern as they are.
    #[error(
        "the irregular word `{word}` has the character `{character}`, which Rails reads as part of a pattern"
    )]
    NotAWord {
        /// The word.
        word: String,
        /// The first such character in it.
        character: char,
    },
    /// A letter after the pattern's closing slash.
    #[error("the pattern `/{pattern}/` has the option `{option}`, which isn't supported")]
    Option {
        /// The pattern without its slashes.
        pattern: String,
        /// The letter.
        option: char,
    },
    /// Ruby reads more than can be matched here.
    #[error("the pattern `/{pattern}/` uses {construct}, which isn't supported")]
    Unsupported {
        /// The pattern without its slashes.
        pattern: String,
        /// What it uses, as a noun with its text.
        construct: String,
    },
    /// Ruby wouldn't read it either.
    #[error("the pattern `/{pattern}/` can't be read: {reason}")]
    Malformed {
        /// The pattern without its slashes.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `\k<name>` without such a group.
    #[error(
        "the replacement `{replacement}` names the group `{group}`, which its pattern doesn't have"
    )]
    UnknownGroup {
        /// The whole replacement.
        replacement: String,
        /// The name in it.
        group: String,
    },
    /// What stands before or after the match, or a name that doesn't end.
    #[error("the replacement `{replacement}` uses `{construct}`, which isn't supported")]
    UnsupportedReplacement {
        /// The whole replacement.
        replacement: String,
        /// The characters that ask for it.
        construct: String,
    },
    /// `clear` of something that isn't a kind of rule.
    #[error("`{name}` isn't a kind of inflection that can be cleared")]
    UnknownScope {
        /// As given.
        name: String,
    },
}

impl InflectionError {
    /// What to do about it, where that isn't plain from the sentence.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotAWord { .. } => {
                Some("write the rule with `plural` and `singular` and a pattern of its own")
            }
            Self::Option { .. } => Some("`i` and `m` are supported"),
            Self::Unsupported { .. } => Some(
                "patterns may have text, `( )` groups, `[ ]` classes, `|`, `? * + {n,m}` and the anchors `^ $ \\A \\z \\b`",
            ),
            Self::UnsupportedReplacement { .. } => {
                Some("replacements may have `\\0` to `\\9`, `\\&` and `\\k<name>`")
            }
            Self::UnknownScope { .. } => Some(
                "known are `all`, `plurals`, `singulars`, `uncountables`, `humans` and `acronyms`",
            ),
            Self::EmptyWord | Self::Malformed { .. } | Self::UnknownGroup { .. } => None,
        }
    }
}
