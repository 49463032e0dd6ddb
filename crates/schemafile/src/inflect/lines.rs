//! An application's irregular and uncountable words as plain text, for those who have no inflections.rb.
//!
//! ```text
//! # singular plural
//! drive drives
//! criterion criteria   # Rails would say criterions
//! # a word alone is its own plural
//! staff
//! ```

use super::{InflectionError, Inflections};
use std::ops::Range;
use thiserror::Error;

/// A line that isn't a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineError {
    /// Where in the whole text it is, in bytes.
    pub(crate) range: Range<usize>,
    /// What is wrong with it.
    pub(crate) problem: LineProblem,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum LineProblem {
    /// More than a singular and a plural.
    #[error(
        "a line has a singular and its plural, or one uncountable word, and this one has {0} words"
    )]
    TooManyWords(usize),
    /// A word that Rails wouldn't take.
    #[error(transparent)]
    Inflection(#[from] InflectionError),
}

/// Words of one line, with the place of each in the text.
type Word<'a> = (Range<usize>, &'a str);

/// Adds the rules of such a text, in its order: a later line wins over an earlier one.
///
/// # Errors
/// Every line that isn't a rule. None of the text's rules is then added.
pub(crate) fn add_lines(inflections: &mut Inflections, text: &str) -> Result<(), Vec<LineError>> {
    let mut added = inflections.clone();
    let mut errors = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let words = words(line, start);
        if let Err((range, problem)) = add_line(&mut added, &words) {
            errors.push(LineError { range, problem });
        }
        start += line.len() + 1;
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    *inflections = added;
    Ok(())
}

fn add_line(
    inflections: &mut Inflections,
    words: &[Word<'_>],
) -> Result<(), (Range<usize>, LineProblem)> {
    match words {
        [] => Ok(()),
        [(range, word)] => inflections
            .uncountable([*word])
            .map_err(|error| (range.clone(), error.into())),
        [(first, singular), (second, plural)] => inflections
            .irregular(singular, plural)
            .map_err(|error| (first.start..second.end, error.into())),
        [(first, _), .., (last, _)] => Err((
            first.start..last.end,
            LineProblem::TooManyWords(words.len()),
        )),
    }
}

/// The words of a line before its comment. `start` is where the line begins in the text.
fn words(line: &str, start: usize) -> Vec<Word<'_>> {
    let line = line.split_once('#').map_or(line, |(before, _)| before);
    let mut words = Vec::new();
    let mut position = 0;
    for word in line.split_whitespace() {
        let skipped = line[position..].find(word).unwrap_or_default();
        let begin = position + skipped;
        position = begin + word.len();
        words.push((start + begin..start + position, word));
    }
    words
}
