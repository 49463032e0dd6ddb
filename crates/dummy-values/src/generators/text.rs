//! Texts: combinations of words, running text, codes.

#![expect(
    clippy::cast_possible_truncation,
    reason = "positions in lists that are in memory, and lengths of short texts"
)]

use crate::ordinal::Ordinal;
use crate::pools::WordList;
use crate::random::{Key, below, permute};
use row_text::RowBuffer;
use std::sync::Arc;

/// One word of each of several lists, such as an adjective, a material and a thing.
#[derive(Debug)]
pub struct Combination {
    lists: Vec<WordList>,
    ordinal: Ordinal,
    key: Key,
    combinations: u64,
    separator: &'static str,
    /// Whether a number follows from the second use of a combination on, which makes it unique.
    numbered: bool,
}

impl Combination {
    /// Words of the lists, with a separator between them.
    pub fn new(
        lists: Vec<WordList>,
        separator: &'static str,
        ordinal: Ordinal,
        key: Key,
        numbered: bool,
    ) -> Self {
        Self {
            combinations: lists.iter().map(WordList::len).product::<u64>().max(1),
            lists,
            ordinal,
            key,
            separator,
            numbered,
        }
    }

    /// Appends the combination of a row.
    #[inline]
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        let ordinal = self.ordinal.at(row);
        let (round, place) = if ordinal < self.combinations {
            (0, ordinal)
        } else {
            (ordinal / self.combinations, ordinal % self.combinations)
        };
        let mut rest = permute(place, self.combinations, self.key);
        for (position, list) in self.lists.iter().enumerate() {
            if position > 0 {
                out.text(self.separator);
            }
            list.get(rest % list.len()).write(out);
            rest /= list.len();
        }
        if self.numbered && round > 0 {
            out.text(if self.separator == "-" { "-" } else { " " });
            out.unsigned(round + 1);
        }
    }

    /// Length of the longest in so many rows, in characters.
    pub fn longest(&self, rows: u64) -> usize {
        let words: usize = self.lists.iter().map(WordList::longest).sum();
        let separators = self.separator.len() * self.lists.len().saturating_sub(1);
        let digits = if self.numbered && rows > self.combinations {
            1 + (rows / self.combinations + 1).to_string().len()
        } else {
            0
        };
        words + separators + digits
    }
}

/// Words one after the other, up to a length.
#[derive(Debug)]
pub struct Prose {
    /// The column's stream.
    pub key: Key,
    /// Words with the space that follows them.
    pub words: Arc<WordList>,
    /// Fewest bytes before a text ends.
    pub least: usize,
    /// Most bytes.
    pub most: usize,
    /// What ends it.
    pub end: &'static str,
}

impl Prose {
    /// Appends the text of a row.
    #[inline]
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        let mut draws = self.key.draws(row);
        let wanted = self.least + below(draws.bits(), (self.most - self.least) as u64 + 1) as usize;
        let start = out.len();
        let count = self.words.len() as u32;
        let mut bits = 0_u64;
        let mut left = 0;
        loop {
            if left == 0 {
                bits = draws.bits();
                left = 4;
            }
            // 16 bits choose a word: a list has far fewer.
            let word = u64::from(((bits & 0xFFFF) as u32 * count) >> 16);
            bits >>= 16;
            left -= 1;
            let before = out.len();
            self.words.get(word).write(out);
            if out.len() - start >= wanted {
                if before > start && out.len() - start > self.most {
                    out.truncate(before);
                }
                break;
            }
        }
        if out.as_bytes().last() == Some(&b' ') {
            out.truncate(out.len() - 1);
        }
        out.text(self.end);
    }
}

/// A prefix and a number that grows: `ORD-000042`.
#[derive(Debug)]
pub struct NumberedCode {
    /// Which number.
    pub ordinal: Ordinal,
    /// What stands before it.
    pub prefix: Box<str>,
    /// What stands after it.
    pub suffix: Box<str>,
    /// The first number.
    pub start: u64,
    /// Digits, more where the number needs them.
    pub width: usize,
}

impl NumberedCode {
    /// Appends the code of a row.
    #[inline]
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        out.text(&self.prefix);
        let number = self.start + self.ordinal.at(row);
        let width = number.checked_ilog10().unwrap_or(0) as usize + 1;
        out.padded(number, width.max(self.width));
        out.text(&self.suffix);
    }
}

/// One character of each of several sets: all texts of a fixed length that a simple pattern allows.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Which of the texts.
    pub ordinal: Ordinal,
    /// Shuffles them; without a key they come in their order.
    pub key: Option<Key>,
    /// The characters that each place allows.
    pub places: Vec<Box<[char]>>,
}

impl Pattern {
    /// How many texts there are, `u64::MAX` for more than that.
    pub fn count(&self) -> u64 {
        self.places.iter().fold(1_u64, |count, place| {
            count.saturating_mul(place.len() as u64)
        })
    }

    /// Appends the text of a row.
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        let count = self.count();
        let mut number = self.ordinal.at(row);
        if count < u64::MAX {
            number %= count;
            if let Some(key) = self.key {
                number = permute(number, count, key);
            }
        }
        // The last place counts fastest.
        let mut divisor = count;
        let mut encoded = [0; 4];
        for place in &self.places {
            let radix = place.len() as u64;
            divisor = if count < u64::MAX { divisor / radix } else { 1 };
            let choice = if count < u64::MAX {
                number / divisor % radix
            } else {
                let choice = number % radix;
                number /= radix;
                choice
            };
            let character = place[choice as usize];
            out.text(character.encode_utf8(&mut encoded));
        }
    }
}
