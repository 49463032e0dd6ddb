//! People: names, readings, addresses of e-mail that belong together.
//!
//! All columns of a row that are about the same person take it from the same key, so the e-mail
//! address fits the name without one column knowing the other.

#![expect(
    clippy::cast_possible_truncation,
    reason = "positions in lists that are in memory, and lengths of short texts"
)]

use crate::pools::{Pools, WordList};
use crate::random::Key;
use row_text::RowBuffer;
use std::sync::Arc;

/// Domains that nobody can own (RFC 2606).
const DOMAINS: [&[u8; 11]; 3] = [b"example.com", b"example.org", b"example.net"];

/// What stands between the parts of a name where a comment wants it wide (U+3000).
const WIDE_SPACE: &[u8; 3] = b"\xE3\x80\x80";

/// The people of a table: every row another one.
#[derive(Debug)]
pub struct People {
    /// Every pair of a given and a family name once, in random order.
    pairs: Vec<u32>,
    key: Key,
    pools: Arc<Pools>,
}

/// What of a person is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// Given name and family name in the order of the language.
    FullName,
    /// The same with a wide space (U+3000) between them.
    WideName,
    /// Given name and the first letter of the family name: `Anna B.`
    ShortName,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Reading of the full name.
    FullKana,
    /// The same with a wide space between its parts.
    WideKana,
    /// Reading of the given name.
    GivenKana,
    /// Reading of the family name.
    FamilyKana,
    /// Reading of the full name in hiragana.
    FullHiragana,
    /// Reading of the given name in hiragana.
    GivenHiragana,
    /// Reading of the family name in hiragana.
    FamilyHiragana,
    /// Full name in Latin letters.
    FullLatin,
    /// Given name in Latin letters.
    GivenLatin,
    /// Family name in Latin letters.
    FamilyLatin,
    /// `given.family`, with a number from the second person of that name on: unique.
    UserName,
    /// An address of e-mail with the user name: unique.
    Email,
    /// The full name with a number from the second person of that name on: unique.
    NumberedName,
}

impl People {
    /// The people that a key names.
    pub fn new(key: Key, pools: Arc<Pools>) -> Self {
        let pairs = u32::try_from(pools.given_names.len() * pools.family_names.len()).unwrap_or(1);
        Self {
            pairs: key.child("pairs").permutation(pairs),
            key,
            pools,
        }
    }

    /// After how many rows pairs of names repeat.
    pub fn pairs(&self) -> u64 {
        self.pairs.len() as u64
    }

    /// Numbers of the given and family name, and how many people before had both.
    #[inline]
    fn names(&self, row: u64) -> (u64, u64, u64) {
        let pairs = self.pairs.len() as u64;
        let (round, place) = if row < pairs {
            (0, row)
        } else {
            (row / pairs, row % pairs)
        };
        let pair = u64::from(self.pairs[place as usize]);
        let families = self.pools.family_names.len();
        (pair / families, pair % families, round)
    }

    /// Whether a row's person has a woman's name.
    pub fn is_woman(&self, row: u64) -> bool {
        self.names(row).0 < self.pools.women
    }

    /// Writes an aspect of a row's person.
    #[inline]
    pub fn write(&self, aspect: Aspect, row: u64, out: &mut RowBuffer) {
        let (given, family, round) = self.names(row);
        let pools = &*self.pools;
        match aspect {
            Aspect::FullName => {
                self.full(
                    &pools.given_names,
                    &pools.family_names,
                    false,
                    given,
                    family,
                    out,
                );
            }
            Aspect::WideName => {
                self.full(
                    &pools.given_names,
                    &pools.family_names,
                    true,
                    given,
                    family,
                    out,
                );
            }
            Aspect::ShortName => {
                pools.given_names.get(given).write(out);
                out.byte(b' ');
                let family = pools.family_names.get(family).as_str();
                let first = family.chars().next().map_or(0, char::len_utf8);
                out.text(&family[..first]);
                out.byte(b'.');
            }
            Aspect::NumberedName => {
                self.full(
                    &pools.given_names,
                    &pools.family_names,
                    false,
                    given,
                    family,
                    out,
                );
                if round > 0 {
                    out.byte(b' ');
                    out.unsigned(round + 1);
                }
            }
            Aspect::GivenName => pools.given_names.get(given).write(out),
            Aspect::FamilyName => pools.family_names.get(family).write(out),
            Aspect::FullKana => {
                self.full(
                    &pools.given_kana,
                    &pools.family_kana,
                    false,
                    given,
                    family,
                    out,
                );
            }
            Aspect::WideKana => {
                self.full(
                    &pools.given_kana,
                    &pools.family_kana,
                    true,
                    given,
                    family,
                    out,
                );
            }
            Aspect::FullHiragana => {
                self.full(
                    &pools.given_hiragana,
                    &pools.family_hiragana,
                    false,
                    given,
                    family,
                    out,
                );
            }
            Aspect::GivenHiragana => pools.given_hiragana.get(given).write(out),
            Aspect::FamilyHiragana => pools.family_hiragana.get(family).write(out),
            Aspect::GivenKana => pools.given_kana.get(given).write(out),
            Aspect::FamilyKana => pools.family_kana.get(family).write(out),
            Aspect::FullLatin => {
                capitalised(&pools.given_latin, given, out);
                out.byte(b' ');
                capitalised(&pools.family_latin, family, out);
            }
            Aspect::GivenLatin => capitalised(&pools.given_latin, given, out),
            Aspect::FamilyLatin => capitalised(&pools.family_latin, family, out),
            Aspect::UserName | Aspect::Email => {
                pools.given_latin.get(given).write(out);
                out.byte(b'.');
                pools.family_latin.get(family).write(out);
                if round > 0 {
                    out.unsigned(round + 1);
                }
                if aspect == Aspect::Email {
                    out.byte(b'@');
                    let domain = crate::random::below(self.key.at(row), DOMAINS.len() as u64);
                    out.array(DOMAINS[domain as usize]);
                }
            }
        }
    }

    /// Length of the longest in so many rows, in characters.
    pub fn longest(&self, aspect: Aspect, rows: u64) -> usize {
        let pools = &*self.pools;
        let rounds = rows / (self.pairs.len() as u64).max(1) + 1;
        let digits = if rounds > 1 {
            rounds.to_string().len()
        } else {
            0
        };
        let full = |given: &WordList, family: &WordList| given.longest() + 1 + family.longest();
        match aspect {
            Aspect::FullName | Aspect::WideName | Aspect::ShortName => {
                full(&pools.given_names, &pools.family_names)
            }
            Aspect::NumberedName => full(&pools.given_names, &pools.family_names) + 1 + digits,
            Aspect::GivenName => pools.given_names.longest(),
            Aspect::FamilyName => pools.family_names.longest(),
            Aspect::FullKana | Aspect::WideKana => full(&pools.given_kana, &pools.family_kana),
            Aspect::FullHiragana => full(&pools.given_hiragana, &pools.family_hiragana),
            Aspect::GivenHiragana => pools.given_hiragana.longest(),
            Aspect::FamilyHiragana => pools.family_hiragana.longest(),
            Aspect::GivenKana => pools.given_kana.longest(),
            Aspect::FamilyKana => pools.family_kana.longest(),
            Aspect::FullLatin => full(&pools.given_latin, &pools.family_latin),
            Aspect::GivenLatin => pools.given_latin.longest(),
            Aspect::FamilyLatin => pools.family_latin.longest(),
            Aspect::UserName => full(&pools.given_latin, &pools.family_latin) + digits,
            Aspect::Email => full(&pools.given_latin, &pools.family_latin) + digits + 12,
        }
    }

    fn full(
        &self,
        given_names: &WordList,
        family_names: &WordList,
        wide: bool,
        given: u64,
        family: u64,
        out: &mut RowBuffer,
    ) {
        let family_first = self.pools.space.is_empty();
        let (first, second) = if family_first {
            (family_names.get(family), given_names.get(given))
        } else {
            (given_names.get(given), family_names.get(family))
        };
        first.write(out);
        if wide {
            out.array(WIDE_SPACE);
        } else {
            out.byte(b' ');
        }
        second.write(out);
    }
}

fn capitalised(names: &WordList, number: u64, out: &mut RowBuffer) {
    let name = names.get(number).as_str();
    if let Some(first) = name.bytes().next() {
        out.byte(first.to_ascii_uppercase());
        out.text(&name[1..]);
    }
}
