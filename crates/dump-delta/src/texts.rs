//! Parts of an object that are made of texts, and how texts are made of others: the second version of recipes.
//!
//! A difference between gzip members says little, since a changed row changes a whole member. One between their texts says
//! what has changed. So a recipe may say: these bytes are the members of that text, and that text is this difference from
//! those texts, which are what gunzip makes of parts of stored objects, or differences again. All of it is in one recipe, so
//! that following it never means to read another one.

use std::fmt::Write as _;

use crate::ContentHash;
use crate::recipe::{LONGEST_CHUNK, MOST_CHUNKS, Piece, RecipeError};
use crate::text::{Line, Lines};

/// What the format allows of one text, in bytes.
pub const LONGEST_TEXT: u32 = 16 << 20;

/// What the format allows of texts that one is a difference from.
pub const MOST_BASES: usize = 8;

/// What the format allows of texts behind each other, each a difference from the one before.
pub const MOST_STEPS: u32 = 64;

/// What the format allows of versions that are named.
const MOST_VERSIONS: usize = 64;

/// How texts are made, and what of the object is made of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// What of the object is made, in order.
    pub made: Vec<Made>,
    /// Each is made of those before it.
    pub texts: Vec<Text>,
    /// Objects that have some of the texts' members somewhere.
    pub versions: Vec<Version>,
    /// Where.
    pub places: Vec<Place>,
}

/// Bytes of the object that are the members of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// So many chunks of the object stand before it.
    pub after: usize,
    /// In bytes.
    pub length: u32,
    /// Of its content.
    pub hash: ContentHash,
    /// The index of the text.
    pub text: u32,
    /// How many bytes of the text each member has.
    pub members: Vec<u32>,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// What gunzip makes of a part.
    Plain {
        /// The part's index.
        part: u32,
    },
    /// A difference from other texts.
    Changed {
        /// In bytes.
        size: u32,
        /// The index of the part that has the difference, compressed.
        part: u32,
        /// Where it begins in the part.
        offset: u32,
        /// How many bytes it has.
        length: u32,
        /// The indices of the texts that it is a difference from, which count as one.
        bases: Vec<u32>,
    },
}

/// An object that isn't needed, but may be at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Of its content.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
}

/// Where a text's members are in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The text's index.
    pub text: u32,
    /// The version's index.
    pub version: u32,
    /// Where the members begin.
    pub offset: u64,
    /// How many bytes they have.
    pub length: u32,
}

impl Texts {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// Checks that all of it fits, given the pieces behind the object's own.
    pub(crate) fn check(&self, chunks: usize, parts: &[Piece]) -> Result<(), RecipeError> {
        let wrong = RecipeError::Contradiction;
        if self.texts.len() > MOST_CHUNKS
            || self.made.len() > MOST_CHUNKS
            || self.places.len() > 2 * MOST_CHUNKS
            || self.versions.len() > MOST_VERSIONS
        {
            return Err(RecipeError::TooLarge);
        }
        let mut part_is_used = vec![false; parts.len()];
        let mut text_is_used = vec![false; self.texts.len()];
        let mut steps: Vec<u32> = Vec::with_capacity(self.texts.len());
        for text in &self.texts {
            let (Text::Plain { part } | Text::Changed { part, .. }) = text;
            let held = parts.get(*part as usize).ok_or(wrong("a part's number"))?;
            part_is_used[*part as usize] = true;
            let Text::Changed {
                size,
                offset,
                length,
                bases,
                ..
            } = text
            else {
                steps.push(0);
                continue;
            };
            let end = offset
                .checked_add(*length)
                .ok_or(wrong("a difference's place"))?;
            if *length == 0 || end > held.length {
                return Err(wrong("a difference's place"));
            }
            if !(1..=LONGEST_TEXT).contains(size) {
                return Err(wrong("a text's size"));
            }
            if !(1..=MOST_BASES).contains(&bases.len()) {
                return Err(wrong("how many texts another one is made of"));
            }
            let mut most = 0;
            for base in bases {
                let before = steps.get(*base as usize).ok_or(wrong("a text's number"))?;
                text_is_used[*base as usize] = true;
                most = most.max(before + 1);
            }
            if most > MOST_STEPS {
                return Err(RecipeError::TooLarge);
            }
            steps.push(most);
        }
        let mut after = 0;
        for made in &self.made {
            let text = self
                .texts
                .get(made.text as usize)
                .ok_or(wrong("a text's number"))?;
            text_is_used[made.text as usize] = true;
            let Text::Changed { size, .. } = text else {
                return Err(wrong("members of a text that hasn't changed"));
            };
            let members = made
                .members
                .iter()
                .try_fold(0_u32, |sum, member| sum.checked_add(*member));
            if made.members.is_empty() || members != Some(*size) {
                return Err(wrong("the members' sizes"));
            }
            if !(1..=LONGEST_CHUNK).contains(&made.length)
                || !(after..=chunks).contains(&made.after)
            {
                return Err(wrong("the members' place or length"));
            }
            after = made.after;
        }
        let mut last = None;
        for place in &self.places {
            let version = self
                .versions
                .get(place.version as usize)
                .ok_or(wrong("a version's number"))?;
            let end = place.offset.checked_add(u64::from(place.length));
            if place.text as usize >= self.texts.len()
                || end.is_none_or(|end| end > version.size)
                || place.length == 0
            {
                return Err(wrong("a text's place"));
            }
            let this = (place.text, place.version);
            if last.is_some_and(|last| last >= this) {
                return Err(wrong("the order of places"));
            }
            last = Some(this);
        }
        if part_is_used.contains(&false) || text_is_used.contains(&false) {
            return Err(wrong("a part or a text that isn't used"));
        }
        Ok(())
    }

    /// Which parts and texts are needed, when some texts are at hand: the parts first.
    pub fn needed(&self, parts: usize, at_hand: impl Fn(usize) -> bool) -> (Vec<bool>, Vec<bool>) {
        self.needed_for(|_| true, parts, at_hand)
    }

    /// The same for some of what is made.
    pub fn needed_for(
        &self,
        wanted: impl Fn(usize) -> bool,
        parts: usize,
        at_hand: impl Fn(usize) -> bool,
    ) -> (Vec<bool>, Vec<bool>) {
        let mut texts = vec![false; self.texts.len()];
        for (_, made) in self
            .made
            .iter()
            .enumerate()
            .filter(|(made, _)| wanted(*made))
        {
            texts[made.text as usize] = true;
        }
        let mut needed = vec![false; parts];
        for (index, text) in self.texts.iter().enumerate().rev() {
            if !texts[index] || at_hand(index) {
                continue;
            }
            let (Text::Plain { part } | Text::Changed { part, .. }) = text;
            needed[*part as usize] = true;
            if let Text::Changed { bases, .. } = text {
                for base in bases {
                    texts[*base as usize] = true;
                }
            }
        }
        (needed, texts)
    }

    pub(crate) fn encode_versions(&self, text: &mut String) {
        for version in &self.versions {
            // Writing into a string can't fail, here and below.
            let _ = writeln!(text, "version {} {}", version.hash, version.size);
        }
    }

    pub(crate) fn encode_made(&self, text: &mut String, after: usize, next: &mut usize) {
        while let Some(made) = self.made.get(*next).filter(|made| made.after == after) {
            let _ = write!(text, "members {} {} {}", made.length, made.text, made.hash);
            for member in &made.members {
                let _ = write!(text, " {member}");
            }
            text.push('\n');
            *next += 1;
        }
    }

    pub(crate) fn encode_texts(&self, text: &mut String) {
        for made in &self.texts {
            match made {
                Text::Plain { part } => {
                    let _ = writeln!(text, "text plain {part}");
                }
                Text::Changed {
                    size,
                    part,
                    offset,
                    length,
                    bases,
                } => {
                    let _ = write!(text, "text changed {size} {part} {offset} {length}");
                    for base in bases {
                        let _ = write!(text, " {base}");
                    }
                    text.push('\n');
                }
            }
        }
        for place in &self.places {
            let Place {
                text: index,
                version,
                offset,
                length,
            } = place;
            let _ = writeln!(text, "place {index} {version} {offset} {length}");
        }
    }

    pub(crate) fn decode_versions(&mut self, lines: &mut Lines<'_>) -> Result<(), RecipeError> {
        while lines.next_is("version")
            && let Some(mut line) = lines.next_line()
        {
            line.expect("version")?;
            let (hash, size) = (line.hash()?, line.number()?);
            line.end()?;
            if self.versions.len() == MOST_VERSIONS {
                return Err(RecipeError::TooLarge);
            }
            self.versions.push(Version { hash, size });
        }
        Ok(())
    }

    pub(crate) fn decode_made(
        &mut self,
        line: &mut Line<'_>,
        after: usize,
    ) -> Result<(), RecipeError> {
        line.expect("members")?;
        let (length, text, hash) = (line.small_number()?, line.small_number()?, line.hash()?);
        let members = rest(line)?;
        if self.made.len() == MOST_CHUNKS {
            return Err(RecipeError::TooLarge);
        }
        self.made.push(Made {
            after,
            length,
            hash,
            text,
            members,
        });
        Ok(())
    }

    pub(crate) fn decode_texts(&mut self, lines: &mut Lines<'_>) -> Result<(), RecipeError> {
        while lines.next_is("text")
            && let Some(mut line) = lines.next_line()
        {
            line.expect("text")?;
            if self.texts.len() == MOST_CHUNKS {
                return Err(RecipeError::TooLarge);
            }
            let text = if line.one_of(&["plain", "changed"])? == 0 {
                let part = line.small_number()?;
                line.end()?;
                Text::Plain { part }
            } else {
                Text::Changed {
                    size: line.small_number()?,
                    part: line.small_number()?,
                    offset: line.small_number()?,
                    length: line.small_number()?,
                    bases: rest(&mut line)?,
                }
            };
            self.texts.push(text);
        }
        while let Some(mut line) = lines.next_line() {
            line.expect("place")?;
            let place = Place {
                text: line.small_number()?,
                version: line.small_number()?,
                offset: line.number()?,
                length: line.small_number()?,
            };
            line.end()?;
            if self.places.len() == 2 * MOST_CHUNKS {
                return Err(RecipeError::TooLarge);
            }
            self.places.push(place);
        }
        Ok(())
    }
}

/// All numbers up to the line's end.
fn rest(line: &mut Line<'_>) -> Result<Vec<u32>, RecipeError> {
    let mut numbers = Vec::new();
    while line.end().is_err() {
        numbers.push(line.small_number()?);
    }
    Ok(numbers)
}
