//! What an application's rule puts in the place of a match, in the notation of Ruby's `String#sub`.

use super::error::InflectionError;
use regex_lite::Captures;

/// A replacement, taken apart once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replacement {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// What the group of that number matched, 0 being the whole match; nothing when there is none.
    Group(usize),
    /// What the group of that name matched.
    Named(String),
}

impl Replacement {
    /// Reads `\0` to `\9` (one digit, so `\12` is group 1 and a `2`), `\&`, `\k<name>` and `\\`. A
    /// backslash before anything else is itself. `groups` are the names of the pattern's groups; where
    /// it has any, a number refers to nothing. All of it is as in Ruby.
    pub(super) fn parse(source: &str, groups: &[&str]) -> Result<Self, InflectionError> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = source;
        while let Some((before, after)) = rest.split_once('\\') {
            text.push_str(before);
            if let Some((piece, behind)) = reference(source, after, groups)? {
                push_text(&mut pieces, &mut text);
                pieces.push(piece);
                rest = behind;
            } else {
                text.push('\\');
                rest = after.strip_prefix('\\').unwrap_or(after);
            }
        }
        text.push_str(rest);
        push_text(&mut pieces, &mut text);
        Ok(Self { pieces })
    }

    /// Writes what takes the place of a pattern's match.
    pub(super) fn expand(&self, captures: &Captures<'_>, result: &mut String) {
        for piece in &self.pieces {
            let text = match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Group(number) => captures.get(*number).map(|found| found.as_str()),
                Piece::Named(name) => captures.name(name).map(|found| found.as_str()),
            };
            result.push_str(text.unwrap_or_default());
        }
    }

    /// Writes what takes the place of a piece of text, which has no groups.
    pub(super) fn expand_text(&self, found: &str, result: &mut String) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Group(0) => result.push_str(found),
                Piece::Group(_) | Piece::Named(_) => {}
            }
        }
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &mut String) {
    if !text.is_empty() {
        pieces.push(Piece::Text(std::mem::take(text)));
    }
}

/// The reference whose backslash was just read, and what follows it; none when the backslash is itself.
fn reference<'a>(
    source: &str,
    after: &'a str,
    groups: &[&str],
) -> Result<Option<(Piece, &'a str)>, InflectionError> {
    let mut letters = after.chars();
    let piece = match letters.next() {
        Some('&') => Piece::Group(0),
        Some('1'..='9') if !groups.is_empty() => Piece::Text(String::new()),
        Some(digit @ '0'..='9') => Piece::Group(usize::from(digit as u8 - b'0')),
        Some('k') => {
            let Some(named) = letters.as_str().strip_prefix('<') else {
                return Ok(None);
            };
            let Some((name, behind)) = named.split_once('>') else {
                return Err(InflectionError::UnsupportedReplacement {
                    replacement: source.to_owned(),
                    construct: "\\k<".to_owned(),
                });
            };
            if !groups.contains(&name) {
                return Err(InflectionError::UnknownGroup {
                    replacement: source.to_owned(),
                    group: name.to_owned(),
                });
            }
            return Ok(Some((Piece::Named(name.to_owned()), behind)));
        }
        Some(mark @ ('`' | '\'')) => {
            return Err(InflectionError::UnsupportedReplacement {
                replacement: source.to_owned(),
                construct: format!("\\{mark}"),
            });
        }
        _ => return Ok(None),
    };
    Ok(Some((piece, letters.as_str())))
}
