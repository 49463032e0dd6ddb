//! Lines of words that end with a checksum over themselves: what recipes and lists of chunks are written in.
//!
//! There is one way to write everything, so that a text that can be read is the text that would be written.

use std::fmt::Write as _;

use crate::{ContentHash, RecipeError};

/// The word that the last line begins with.
const END: &str = "end";

/// Adds the last line.
pub(crate) fn seal(mut text: String) -> Vec<u8> {
    let hash = ContentHash::of(text.as_bytes());
    // Writing into a string can't fail.
    let _ = writeln!(text, "{END} {hash}");
    text.into_bytes()
}

/// The lines of a text whose checksum is right, without the last one.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

/// One line, from which words are taken.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// `None` when all words are taken.
    rest: Option<&'a [u8]>,
    number: usize,
}

impl<'a> Lines<'a> {
    /// Checks the first line, which is `magic` and `version`, then the last one. Whether the version is known comes first:
    /// another version may end in another way.
    pub(crate) fn open(
        bytes: &'a [u8],
        magic: &'static str,
        version: u32,
    ) -> Result<Self, RecipeError> {
        let end = position(bytes, b'\n').ok_or(RecipeError::Unknown)?;
        let found = bytes[..end]
            .strip_prefix(magic.as_bytes())
            .and_then(|rest| rest.strip_prefix(b" "))
            .ok_or(RecipeError::Unknown)?;
        match number(found) {
            Some(found) if found == u64::from(version) => {}
            Some(found) => return Err(RecipeError::Version { found }),
            None => return Err(RecipeError::Unknown),
        }
        let body = bytes.strip_suffix(b"\n").ok_or(RecipeError::Truncated)?;
        let last = body
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let hash = body[last..]
            .strip_prefix(END.as_bytes())
            .and_then(|rest| rest.strip_prefix(b" "))
            .and_then(ContentHash::from_hex)
            .ok_or(RecipeError::Truncated)?;
        let sealed = &bytes[..last];
        if ContentHash::of(sealed) != hash {
            return Err(RecipeError::Checksum);
        }
        Ok(Self {
            rest: &sealed[(end + 1).min(sealed.len())..],
            number: 1,
        })
    }

    /// The next line; `None` at the end.
    pub(crate) fn next_line(&mut self) -> Option<Line<'a>> {
        let end = position(self.rest, b'\n')?;
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        self.number += 1;
        Some(Line {
            rest: Some(line),
            number: self.number,
        })
    }

    /// Whether the next line begins with this word.
    pub(crate) fn next_is(&self, word: &str) -> bool {
        self.rest
            .strip_prefix(word.as_bytes())
            .is_some_and(|rest| rest.first() == Some(&b' '))
    }
}

impl<'a> Line<'a> {
    /// Takes the next word.
    fn word(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let Some(end) = position(rest, b' ') else {
            return self.rest.take();
        };
        self.rest = Some(&rest[end + 1..]);
        Some(&rest[..end])
    }

    /// Whether the next word is this one.
    pub(crate) fn begins_with(&self, word: &str) -> bool {
        self.rest.is_some_and(|rest| {
            let rest = rest.strip_prefix(word.as_bytes());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
        })
    }

    /// Takes exactly this word.
    pub(crate) fn expect(&mut self, word: &'static str) -> Result<(), RecipeError> {
        if self.word() == Some(word.as_bytes()) {
            Ok(())
        } else {
            Err(self.wrong(word))
        }
    }

    /// Takes one of these words and returns its index.
    pub(crate) fn one_of(&mut self, words: &[&'static str]) -> Result<usize, RecipeError> {
        let word = self.word();
        words
            .iter()
            .position(|known| word == Some(known.as_bytes()))
            .ok_or_else(|| self.wrong("another word"))
    }

    /// Takes a number.
    pub(crate) fn number(&mut self) -> Result<u64, RecipeError> {
        self.word()
            .and_then(number)
            .ok_or_else(|| self.wrong("a number"))
    }

    /// Takes a number of 32 bits.
    pub(crate) fn small_number(&mut self) -> Result<u32, RecipeError> {
        let number = self.number()?;
        u32::try_from(number).map_err(|_| self.wrong("a smaller number"))
    }

    /// Takes a hash.
    pub(crate) fn hash(&mut self) -> Result<ContentHash, RecipeError> {
        self.word()
            .and_then(ContentHash::from_hex)
            .ok_or_else(|| self.wrong("a hash"))
    }

    /// Checks that all words are taken.
    pub(crate) fn end(&self) -> Result<(), RecipeError> {
        if self.rest.is_none() {
            Ok(())
        } else {
            Err(self.wrong("its end"))
        }
    }

    fn wrong(&self, expected: &'static str) -> RecipeError {
        RecipeError::Line {
            number: self.number,
            expected,
        }
    }
}

/// A number without sign and leading zeros.
fn number(word: &[u8]) -> Option<u64> {
    let canonical =
        matches!(word, [b'0'] | [b'1'..=b'9', ..]) && word.iter().all(u8::is_ascii_digit);
    canonical
        .then(|| std::str::from_utf8(word).ok()?.parse().ok())
        .flatten()
}

fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    memchr::memchr(wanted, bytes)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_one_spelling() {
        assert_eq!(number(b"0"), Some(0));
        assert_eq!(number(b"18446744073709551615"), Some(u64::MAX));
        for bad in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            "1_0",
            "18446744073709551616",
            "1 ",
        ] {
            assert_eq!(number(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
