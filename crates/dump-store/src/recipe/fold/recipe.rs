//! Writing the recipe of a version whose texts are differences.

use std::collections::HashMap;
use std::io;

use dump_delta::{
    ContentHash, MOST_STEPS, Made, Piece, Place, Recipe, Source, SourceKind, Text, Texts, Version,
};

use super::Comparison;
use super::old::{From, OldVersion};
use super::segment::{Outcome, Segment};
use crate::recipe::pack::{NewPack, PackFile};
use crate::transfer::file::read_exact_at;

/// Differences that stand behind each other in a pack are one part up to so many bytes.
const LONGEST_PART: u32 = 4 << 20;

/// A text has no more steps behind it.
const MOST_STEPS_MADE: u32 = MOST_STEPS / 2;

/// Stands for the pack that is being written.
const THE_PACK: u32 = u32::MAX;

/// Is in the numbers of parts of that pack, which come behind all others.
const NEW_PART: u32 = 1 << 31;

/// So many versions are named, the latest ones: who has an older one fetches all that is newer.
const MOST_VERSIONS_NAMED: usize = 16;

/// A recipe that grows.
pub(super) struct Builder<'a> {
    comparison: &'a Comparison<'a>,
    old: &'a OldVersion<'a>,
    sources: Vec<Source>,
    chunks: Vec<Piece>,
    parts: Vec<Piece>,
    /// Those of the pack that is being written, and what the last of them consists of while it may grow.
    new_parts: Vec<Piece>,
    open_part: Option<Vec<u8>>,
    texts: Texts,
    steps: Vec<u32>,
    /// Texts of the old version by their runs, and texts and parts by those of the old version's recipe.
    of_runs: HashMap<usize, u32>,
    of_texts: HashMap<u32, u32>,
    of_parts: HashMap<u32, u32>,
    /// Where chunks are that the pack has already.
    packed: HashMap<ContentHash, u64>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(comparison: &'a Comparison<'a>, old: &'a OldVersion<'a>) -> Self {
        let version = Version {
            hash: comparison.old.oid.into(),
            size: comparison.old.size,
        };
        let before = old
            .recipe
            .map_or(&[][..], |recipe| &recipe.texts().versions[..]);
        let before = before.iter().take(MOST_VERSIONS_NAMED - 1).copied();
        Self {
            comparison,
            old,
            sources: Vec::new(),
            chunks: Vec::new(),
            parts: Vec::new(),
            new_parts: Vec::new(),
            open_part: None,
            texts: Texts {
                versions: std::iter::once(version).chain(before).collect(),
                ..Texts::default()
            },
            steps: Vec::new(),
            of_runs: HashMap::new(),
            of_texts: HashMap::new(),
            of_parts: HashMap::new(),
            packed: HashMap::new(),
        }
    }

    /// Adds what comes next in the object.
    pub(super) fn add(
        &mut self,
        part: &Segment,
        outcome: Outcome,
        pack: &mut NewPack,
    ) -> io::Result<()> {
        match outcome {
            Outcome::Raw => self.add_raw(part, pack),
            Outcome::Same { run } => {
                let text = self.of_run(run)?;
                self.add_made(part, text);
                Ok(())
            }
            Outcome::Changed { runs, difference } => {
                let bases: Vec<u32> = runs
                    .iter()
                    .map(|run| self.of_run(*run))
                    .collect::<io::Result<_>>()?;
                let steps = 1 + bases
                    .iter()
                    .map(|base| self.steps[*base as usize])
                    .max()
                    .unwrap_or(0);
                if steps > MOST_STEPS_MADE {
                    return self.add_raw(part, pack);
                }
                let (part_index, offset) = self.add_difference(&difference, pack)?;
                let size = part.text.as_ref().map_or(0, |text| text.text.len());
                let text = self.add_text(
                    Text::Changed {
                        size: small(size),
                        part: part_index,
                        offset,
                        length: small(difference.len()),
                        bases,
                    },
                    steps,
                );
                self.add_made(part, text);
                Ok(())
            }
        }
    }

    /// The recipe, if any of it is made of texts and it keeps to the format's rules.
    pub(super) fn finish(mut self, pack: &PackFile) -> Option<Recipe> {
        self.close_part();
        self.number_parts();
        self.drop_unused();
        let number = small(self.sources.len());
        if pack.size() > 0 {
            self.sources.push(Source {
                kind: SourceKind::Pack,
                hash: pack.oid().into(),
                size: pack.size(),
            });
        }
        let mut pieces = self.chunks;
        let chunks = pieces.len();
        pieces.append(&mut self.parts);
        for piece in &mut pieces {
            if piece.source == THE_PACK {
                piece.source = number;
            }
        }
        self.texts
            .places
            .sort_by_key(|place| (place.text, place.version));
        self.texts
            .places
            .dedup_by_key(|place| (place.text, place.version));
        if self.texts.is_empty() || self.sources.len() > self.comparison.rules.most_sources {
            return None;
        }
        let list = self.comparison.list;
        let recipe = Recipe::with_texts(
            list.object,
            list.size,
            self.sources,
            pieces,
            chunks,
            self.texts,
        );
        recipe
            .inspect_err(|error| tracing::debug!(%error, "no recipe can be made of differences"))
            .ok()
    }

    /// Puts the pack's parts behind the others.
    fn number_parts(&mut self) {
        let before = small(self.parts.len());
        self.parts.append(&mut self.new_parts);
        for text in &mut self.texts.texts {
            let (Text::Plain { part } | Text::Changed { part, .. }) = text;
            if *part & NEW_PART != 0 {
                *part = (*part & !NEW_PART) + before;
            }
        }
    }

    /// Texts that were taken over for what was then stored as it is, with what only they are made of.
    fn drop_unused(&mut self) {
        let texts = &self.texts;
        let (parts_needed, texts_needed) = texts.needed(self.parts.len(), |_| false);
        let renumbered = |needed: &[bool]| {
            let mut next = 0;
            let number = |needed: &bool| {
                let number = next;
                next += u32::from(*needed);
                number
            };
            needed.iter().map(number).collect::<Vec<u32>>()
        };
        let (part_numbers, text_numbers) = (renumbered(&parts_needed), renumbered(&texts_needed));
        let mut kept = texts_needed.iter();
        self.texts.texts.retain(|_| *kept.next().unwrap_or(&false));
        for text in &mut self.texts.texts {
            match text {
                Text::Plain { part } => *part = part_numbers[*part as usize],
                Text::Changed { part, bases, .. } => {
                    *part = part_numbers[*part as usize];
                    for base in bases {
                        *base = text_numbers[*base as usize];
                    }
                }
            }
        }
        for made in &mut self.texts.made {
            made.text = text_numbers[made.text as usize];
        }
        self.texts
            .places
            .retain(|place| texts_needed[place.text as usize]);
        for place in &mut self.texts.places {
            place.text = text_numbers[place.text as usize];
        }
        let mut kept = parts_needed.iter();
        self.parts.retain(|_| *kept.next().unwrap_or(&false));
        let used: Vec<bool> = (0..self.sources.len())
            .map(|source| {
                let mut pieces = self.chunks.iter().chain(&self.parts);
                pieces.any(|piece| piece.source as usize == source)
            })
            .collect();
        let numbers = renumbered(&used);
        let mut kept = used.iter();
        self.sources.retain(|_| *kept.next().unwrap_or(&false));
        for piece in self.chunks.iter_mut().chain(&mut self.parts) {
            if piece.source != THE_PACK {
                piece.source = numbers[piece.source as usize];
            }
        }
    }

    fn add_raw(&mut self, part: &Segment, pack: &mut NewPack) -> io::Result<()> {
        let mut bytes = &part.bytes[..];
        for chunk in &part.chunks {
            let now = bytes
                .split_off(..(chunk.length as usize).min(bytes.len()))
                .unwrap_or_default();
            let (source, offset) = if let Some((source, offset)) = self.comparison.known.copy(chunk)
            {
                (self.source(source), offset)
            } else if let Some(offset) = self.packed.get(&chunk.hash) {
                (THE_PACK, *offset)
            } else {
                self.close_part();
                let offset = pack.add(now)?;
                self.packed.insert(chunk.hash, offset);
                (THE_PACK, offset)
            };
            self.chunks.push(Piece {
                length: chunk.length,
                source,
                offset,
                hash: chunk.hash,
            });
        }
        Ok(())
    }

    fn add_made(&mut self, part: &Segment, text: u32) {
        let members = part.text.as_ref().map(|text| text.members.clone());
        self.texts.made.push(Made {
            after: self.chunks.len(),
            length: small(part.bytes.len()),
            hash: ContentHash::of(&part.bytes),
            text,
            members: members.unwrap_or_default(),
        });
    }

    fn add_text(&mut self, text: Text, steps: u32) -> u32 {
        self.texts.texts.push(text);
        self.steps.push(steps);
        small(self.texts.texts.len() - 1)
    }

    /// Writes a difference into the pack, and says in which part it is, and where.
    fn add_difference(&mut self, difference: &[u8], pack: &mut NewPack) -> io::Result<(u32, u32)> {
        let offset = pack.add(difference)?;
        let length = small(difference.len());
        if let (Some(bytes), Some(part)) = (&mut self.open_part, self.new_parts.last_mut())
            && part.length + length <= LONGEST_PART
        {
            let within = part.length;
            bytes.extend_from_slice(difference);
            part.length += length;
            return Ok((NEW_PART | small(self.new_parts.len() - 1), within));
        }
        self.close_part();
        self.new_parts.push(Piece {
            length,
            source: THE_PACK,
            offset,
            hash: ContentHash::of(b""),
        });
        self.open_part = Some(difference.to_vec());
        Ok((NEW_PART | small(self.new_parts.len() - 1), 0))
    }

    /// What comes next in the pack isn't a part of the last one.
    fn close_part(&mut self) {
        if let (Some(bytes), Some(part)) = (self.open_part.take(), self.new_parts.last_mut()) {
            part.hash = ContentHash::of(&bytes);
        }
    }

    /// The text of a run of the old version.
    fn of_run(&mut self, run: usize) -> io::Result<u32> {
        if let Some(text) = self.of_runs.get(&run) {
            return Ok(*text);
        }
        let found = &self.old.runs[run];
        let text = match found.from {
            From::Whole => {
                let source = Source {
                    kind: SourceKind::Object,
                    hash: self.comparison.old.oid.into(),
                    size: self.comparison.old.size,
                };
                self.plain(run, source, found.offset)?
            }
            From::Pieces { first } => {
                let recipe = self.recipe()?;
                let piece = &recipe.pieces()[first];
                self.plain(run, recipe.sources()[piece.source as usize], piece.offset)?
            }
            From::Text(text) => self.of_text(text)?,
        };
        self.texts.places.push(Place {
            text,
            version: 0,
            offset: found.offset,
            length: found.length,
        });
        self.of_runs.insert(run, text);
        Ok(text)
    }

    fn plain(&mut self, run: usize, source: Source, offset: u64) -> io::Result<u32> {
        let found = &self.old.runs[run];
        let mut bytes = vec![0; found.length as usize];
        read_exact_at(&self.old.file, &mut bytes, found.offset)?;
        let piece = Piece {
            length: found.length,
            source: self.source(source),
            offset,
            hash: ContentHash::of(&bytes),
        };
        let part = self.insert_part(piece);
        Ok(self.add_text(Text::Plain { part }, 0))
    }

    /// A text of the old version's recipe, with all that it is made of and where it is.
    fn of_text(&mut self, index: u32) -> io::Result<u32> {
        if let Some(text) = self.of_texts.get(&index) {
            return Ok(*text);
        }
        let recipe = self.recipe()?;
        let (text, steps) = match &recipe.texts().texts[index as usize] {
            Text::Plain { part } => {
                let part = self.of_part(*part)?;
                (Text::Plain { part }, 0)
            }
            Text::Changed {
                size,
                part,
                offset,
                length,
                bases,
            } => {
                let bases: Vec<u32> = bases
                    .iter()
                    .map(|base| self.of_text(*base))
                    .collect::<io::Result<_>>()?;
                let steps = 1 + bases
                    .iter()
                    .map(|base| self.steps[*base as usize])
                    .max()
                    .unwrap_or(0);
                let text = Text::Changed {
                    size: *size,
                    part: self.of_part(*part)?,
                    offset: *offset,
                    length: *length,
                    bases,
                };
                (text, steps)
            }
        };
        let text = self.add_text(text, steps);
        self.of_texts.insert(index, text);
        for place in recipe
            .texts()
            .places
            .iter()
            .filter(|place| place.text == index)
        {
            let version = place.version + 1;
            let named = self.texts.versions.get(version as usize);
            if named.is_some_and(|named| named.hash != self.comparison.list.object) {
                self.texts.places.push(Place {
                    text,
                    version,
                    ..*place
                });
            }
        }
        Ok(text)
    }

    fn of_part(&mut self, index: u32) -> io::Result<u32> {
        if let Some(part) = self.of_parts.get(&index) {
            return Ok(*part);
        }
        let recipe = self.recipe()?;
        let mut piece = recipe.pieces()[recipe.chunks().len() + index as usize];
        piece.source = self.source(recipe.sources()[piece.source as usize]);
        let part = self.insert_part(piece);
        self.of_parts.insert(index, part);
        Ok(part)
    }

    /// Adds a part that isn't of the pack that is being written.
    fn insert_part(&mut self, piece: Piece) -> u32 {
        self.parts.push(piece);
        small(self.parts.len() - 1)
    }

    fn source(&mut self, source: Source) -> u32 {
        let found = self.sources.iter().position(|known| *known == source);
        small(found.unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        }))
    }

    fn recipe(&self) -> io::Result<&'a Recipe> {
        self.old
            .recipe
            .ok_or_else(|| io::Error::other("the version before has no recipe"))
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
