//! The version that differences are from: its texts, and which of them has most in common with a new one.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;

use dump_delta::{ContentHash, LONGEST_TEXT, Output, Recipe, difference};
use dump_gzip::{Unfolded, fold, squeeze, unfold};

use super::Comparison;
use super::segment::{self, Outcome, Segment, ends};
use crate::recipe::local;
use crate::transfer::file::read_exact_at;

/// A text is a difference from at most so many.
const MOST_RUNS: usize = 3;

/// Texts are compared by one place in so many.
const ONE_IN: u32 = 9;

/// How many bytes from such a place on must be the same.
const SAMPLE: usize = 24;

/// A text is a base if it has one in so many of the places that any have.
const LEAST_SHARE: usize = 10;

/// Bytes of the old version that are members of one text.
pub(super) struct Run {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) from: From,
}

/// Where the store has them.
#[derive(Debug, Clone, Copy)]
pub(super) enum From {
    /// In the old object, which is stored whole.
    Whole,
    /// As a piece of the old version's recipe, and those behind it.
    Pieces {
        /// The first one.
        first: usize,
    },
    /// As a text of the old version's recipe.
    Text(u32),
}

/// The old version.
pub(super) struct OldVersion<'a> {
    pub(super) recipe: Option<&'a Recipe>,
    pub(super) file: File,
    pub(super) runs: Vec<Run>,
    /// Samples, and in which run each is; in order, without those that are in several. A dump has hundreds of thousands.
    samples: Vec<(u64, u32)>,
    /// Which run has what is made of a text in the old version's recipe.
    made: HashMap<ContentHash, usize>,
}

/// A run that grows.
#[derive(Default)]
struct Growing {
    offset: u64,
    length: u32,
    from: Option<From>,
    text: Vec<u8>,
}

impl<'a> OldVersion<'a> {
    /// Reads what of the old version the new one doesn't have as it is; `None` when nothing of that is members of ours.
    pub(super) fn read(comparison: &Comparison<'a>) -> io::Result<Option<Self>> {
        let old = comparison.old;
        if !segment::is_ours(&old.path)? {
            return Ok(None);
        }
        let mut version = Self {
            recipe: comparison.old_recipe,
            file: File::open(&old.path)?,
            runs: Vec::new(),
            samples: Vec::new(),
            made: HashMap::new(),
        };
        let kept: HashSet<ContentHash> = comparison
            .list
            .chunks
            .iter()
            .map(|chunk| chunk.hash)
            .collect();
        if let Some(recipe) = comparison.old_recipe {
            version.read_recipe(recipe, &kept)?;
        } else {
            let list = local::list(comparison.workspace, &old.path, &old.oid, old.size)?;
            let Some(list) = list else { return Ok(None) };
            let mut growing = Growing::default();
            for (offset, chunk) in list.placed() {
                if kept.contains(&chunk.hash) {
                    version.end(&mut growing);
                } else {
                    version.grow(&mut growing, offset, chunk.length, From::Whole)?;
                }
            }
            version.end(&mut growing);
        }
        version.samples.sort_unstable();
        version.samples.dedup();
        let alone = version.samples.chunk_by(|one, other| one.0 == other.0);
        let alone = alone.filter(|same| same.len() == 1).flatten().copied();
        version.samples = alone.collect();
        Ok((!version.runs.is_empty()).then_some(version))
    }

    fn read_recipe(&mut self, recipe: &Recipe, kept: &HashSet<ContentHash>) -> io::Result<()> {
        let mut growing = Growing::default();
        let mut next = None;
        for (offset, output) in recipe.outputs() {
            match output {
                Output::Copied(index) => {
                    let piece = &recipe.pieces()[index];
                    let here = (piece.source, piece.offset);
                    if next != Some(here) || kept.contains(&piece.hash) {
                        self.end(&mut growing);
                    }
                    next = Some((piece.source, piece.offset + u64::from(piece.length)));
                    if !kept.contains(&piece.hash) {
                        self.grow(
                            &mut growing,
                            offset,
                            piece.length,
                            From::Pieces { first: index },
                        )?;
                    }
                }
                Output::Made(index) => {
                    self.end(&mut growing);
                    next = None;
                    let made = &recipe.texts().made[index];
                    let run = self.runs.len();
                    self.grow(&mut growing, offset, made.length, From::Text(made.text))?;
                    self.end(&mut growing);
                    if self.runs.len() > run {
                        self.made.insert(made.hash, run);
                    }
                }
            }
        }
        self.end(&mut growing);
        Ok(())
    }

    /// Adds a chunk to a run, unless it is no member of ours.
    fn grow(&mut self, run: &mut Growing, offset: u64, length: u32, from: From) -> io::Result<()> {
        let mut bytes = vec![0; length as usize];
        read_exact_at(&self.file, &mut bytes, offset)?;
        let Some(unfolded) = unfold(&bytes, LONGEST_TEXT as usize / 2) else {
            self.end(run);
            return Ok(());
        };
        if run.from.is_none() {
            (run.offset, run.from) = (offset, Some(from));
        }
        run.length += length;
        run.text.extend_from_slice(&unfolded.text);
        if ends(&run.text) {
            self.end(run);
        }
        Ok(())
    }

    fn end(&mut self, run: &mut Growing) {
        let run = std::mem::take(run);
        let Some(from) = run.from else { return };
        let index = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        let found = samples(&run.text).map(|sample| (sample, index));
        self.samples.extend(found);
        self.runs.push(Run {
            offset: run.offset,
            length: run.length,
            from,
        });
    }

    /// The runs that have most in common with a text, in their order.
    fn similar(&self, text: &[u8]) -> Vec<usize> {
        let mut votes: HashMap<u32, usize> = HashMap::new();
        for sample in samples(text) {
            let known = self.samples.binary_search_by_key(&sample, |known| known.0);
            if let Ok(place) = known {
                *votes.entry(self.samples[place].1).or_default() += 1;
            }
        }
        let all: usize = votes.values().sum();
        let mut best: Vec<(usize, u32)> =
            votes.into_iter().map(|(run, votes)| (votes, run)).collect();
        best.sort_by_key(|(votes, run)| (std::cmp::Reverse(*votes), *run));
        best.retain(|(votes, _)| votes * LEAST_SHARE >= all);
        best.truncate(MOST_RUNS);
        let mut runs: Vec<usize> = best.into_iter().map(|(_, run)| run as usize).collect();
        runs.sort_unstable();
        runs
    }

    /// What a part of the new version is, said by the old one; [`Outcome::Raw`] where that says little, or where the
    /// members wouldn't come again byte for byte.
    pub(super) fn difference(&self, part: &Segment, unfolded: &Unfolded) -> Outcome {
        if let Some(run) = self.made.get(&ContentHash::of(&part.bytes)) {
            return Outcome::Same { run: *run };
        }
        let runs = self.similar(&unfolded.text);
        let mut old = Vec::new();
        for run in &runs {
            let Some(text) = self.text(*run) else {
                return Outcome::Raw;
            };
            old.extend_from_slice(&text);
        }
        if old.is_empty() {
            return Outcome::Raw;
        }
        let made = difference(&old, &unfolded.text);
        if made.len() > unfolded.text.len() / 3 {
            return Outcome::Raw;
        }
        let Some(squeezed) = squeeze(&made) else {
            return Outcome::Raw;
        };
        let saves = squeezed.len() * 4 <= part.bytes.len() * 3;
        let again =
            |text: &[u8]| fold(text, &unfolded.members).is_some_and(|bytes| bytes == part.bytes);
        let comes_back = || {
            let size = unfolded.text.len();
            let text = dump_delta::apply(&old, &made, size);
            text.is_some_and(|text| again(&text))
        };
        if !saves || !comes_back() {
            return Outcome::Raw;
        }
        Outcome::Changed {
            runs,
            difference: squeezed,
        }
    }

    fn text(&self, run: usize) -> Option<Vec<u8>> {
        let run = &self.runs[run];
        let mut bytes = vec![0; run.length as usize];
        read_exact_at(&self.file, &mut bytes, run.offset).ok()?;
        Some(unfold(&bytes, LONGEST_TEXT as usize)?.text)
    }
}

/// What stands at some places of a text, chosen by what stands there.
fn samples(text: &[u8]) -> impl Iterator<Item = u64> + '_ {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    text.windows(SAMPLE).filter_map(|window| {
        let word =
            |at: usize| u64::from_le_bytes(window[at..at + 8].try_into().unwrap_or_default());
        let first = word(0).wrapping_mul(MULTIPLIER);
        (first >> (64 - ONE_IN) == 0).then(|| {
            let second = (first.rotate_left(29) ^ word(8)).wrapping_mul(MULTIPLIER);
            (second.rotate_left(29) ^ word(16)).wrapping_mul(MULTIPLIER)
        })
    })
}
