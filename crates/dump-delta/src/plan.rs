//! Whether a new version is worth a recipe, and which one.

use std::collections::HashMap;

use crate::range::{affordable_gap, ranges};
use crate::recipe::MOST_CHUNKS;
use crate::{ChunkList, ContentHash, Piece, Recipe, RecipeError, Source, SourceKind, SourceRange};

/// So many chunks are remembered at most: of two large objects. What comes later is as if it weren't there.
const MOST_PLACES: usize = 2 * MOST_CHUNKS;

/// About what a line of a recipe takes, in bytes.
const LINE: u64 = 96;

/// The chunks that a store holds, and where.
#[derive(Debug, Default)]
pub struct Known {
    sources: Vec<Source>,
    places: HashMap<ContentHash, Place>,
}

/// Where a chunk is.
#[derive(Debug, Clone, Copy)]
struct Place {
    source: u32,
    offset: u64,
    length: u32,
}

/// When a recipe is worth it. The numbers aren't part of any format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Objects of fewer bytes are always whole: their recipe would save less than its requests take.
    pub smallest_object: u64,
    /// A recipe names at most this many sources, the pack counted; 2 to 64.
    pub most_sources: usize,
    /// A gap of so many bytes is fetched and thrown away rather than making a request more, as long as all gaps together are
    /// a small part of the object.
    pub gap: u64,
    /// No range has more bytes, unless one piece does.
    pub longest_range: u64,
    /// What one range counts, in bytes: what a connection could have brought while the request was on its way.
    pub range_cost: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            smallest_object: 2 << 20,
            most_sources: 32,
            gap: 64 << 10,
            longest_range: 8 << 20,
            range_cost: 256 << 10,
        }
    }
}

/// What isn't wanted and fetched all the same, to save requests, is at most this part of an object. With the recipe itself,
/// which is at most as much again, an object that is put together moves hardly more than the whole would.
const LEAST_PART: u64 = 200;

impl Rules {
    /// The ranges by which a fetch gets these of the pieces of an object of `size` bytes.
    pub fn ranges(
        &self,
        pieces: &[Piece],
        size: u64,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<SourceRange> {
        let gap = affordable_gap(pieces, &wanted, self.gap, size / LEAST_PART);
        ranges(pieces, wanted, gap, self.longest_range)
    }
}

/// A recipe whose pack isn't stored yet.
#[derive(Debug, Clone)]
pub struct Plan {
    object: ContentHash,
    size: u64,
    sources: Vec<Source>,
    pieces: Vec<Piece>,
    new: Vec<NewRange>,
    pack_size: u64,
}

/// A chunk that goes into the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRange {
    /// Where it begins in the object, in bytes.
    pub offset: u64,
    /// In bytes.
    pub length: u32,
    /// Of its content.
    pub hash: ContentHash,
}

impl Known {
    /// Adds the chunks of an object that is stored whole.
    pub fn add_whole(&mut self, list: &ChunkList) {
        let source = self.source(Source {
            kind: SourceKind::Object,
            hash: list.object,
            size: list.size,
        });
        for (offset, chunk) in list.placed() {
            let place = Place {
                source,
                offset,
                length: chunk.length,
            };
            self.add(chunk.hash, place);
        }
    }

    /// Adds the chunks of an object that is stored as a recipe, where that says they are.
    pub fn add_recipe(&mut self, recipe: &Recipe) {
        let sources: Vec<u32> = recipe
            .sources()
            .iter()
            .map(|source| self.source(*source))
            .collect();
        for piece in recipe.chunks() {
            let place = Place {
                source: sources[piece.source as usize],
                offset: piece.offset,
                length: piece.length,
            };
            self.add(piece.hash, place);
        }
    }

    /// How many bytes of an object are known.
    pub fn overlap(&self, list: &ChunkList) -> u64 {
        list.chunks
            .iter()
            .filter(|chunk| self.places.contains_key(&chunk.hash))
            .map(|chunk| u64::from(chunk.length))
            .sum()
    }

    /// Where a chunk is: the source, and its place there.
    pub fn copy(&self, chunk: &crate::Chunk) -> Option<(Source, u64)> {
        let place = self.places.get(&chunk.hash);
        let place = place.filter(|place| place.length == chunk.length)?;
        Some((self.sources[place.source as usize], place.offset))
    }

    fn add(&mut self, hash: ContentHash, place: Place) {
        if self.places.len() < MOST_PLACES {
            self.places.entry(hash).or_insert(place);
        }
    }

    fn source(&mut self, source: Source) -> u32 {
        let found = self.sources.iter().position(|known| *known == source);
        let index = found.unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        });
        // Each stands for an object that was looked at, so there are few.
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}

/// The recipe for an object of these chunks, if one is worth it.
pub fn plan(list: &ChunkList, known: &Known, rules: &Rules) -> Option<Plan> {
    if list.size < rules.smallest_object || list.chunks.len() > MOST_CHUNKS {
        return None;
    }
    let kept = most_used(list, known, rules.most_sources.saturating_sub(1));
    let number: HashMap<u32, u32> = kept.iter().copied().zip(0..).collect();
    let pack = u32::try_from(kept.len()).ok()?;
    let mut plan = Plan {
        object: list.object,
        size: list.size,
        sources: kept
            .iter()
            .map(|source| known.sources[*source as usize])
            .collect(),
        pieces: Vec::with_capacity(list.chunks.len()),
        new: Vec::new(),
        pack_size: 0,
    };
    let mut packed: HashMap<ContentHash, u64> = HashMap::new();
    for (offset, chunk) in list.placed() {
        let place = known
            .places
            .get(&chunk.hash)
            .filter(|place| place.length == chunk.length)
            .and_then(|place| Some((*number.get(&place.source)?, place.offset)));
        let (source, at) = place.unwrap_or_else(|| {
            let at = *packed.entry(chunk.hash).or_insert_with(|| {
                let at = plan.pack_size;
                plan.pack_size += u64::from(chunk.length);
                plan.new.push(NewRange {
                    offset,
                    length: chunk.length,
                    hash: chunk.hash,
                });
                at
            });
            (pack, at)
        });
        plan.pieces.push(Piece {
            length: chunk.length,
            source,
            offset: at,
            hash: chunk.hash,
        });
    }
    let requests = rules.ranges(&plan.pieces, plan.size, |_| true).len() as u64;
    let text = (plan.pieces.len() + plan.sources.len()) as u64 * LINE;
    let cost = plan.pack_size + text + requests * rules.range_cost;
    (!plan.sources.is_empty() && cost <= plan.size / 4 * 3).then_some(plan)
}

/// The sources that give the most bytes, in the order in which they are known.
fn most_used(list: &ChunkList, known: &Known, most: usize) -> Vec<u32> {
    let mut given = vec![0_u64; known.sources.len()];
    for chunk in &list.chunks {
        if let Some(place) = known.places.get(&chunk.hash) {
            given[place.source as usize] += u64::from(chunk.length);
        }
    }
    let mut order: Vec<(u64, u32)> = given
        .into_iter()
        .zip(0..)
        .filter(|(bytes, _)| *bytes > 0)
        .collect();
    order.sort_by_key(|(bytes, source)| (std::cmp::Reverse(*bytes), *source));
    order.truncate(most);
    let mut kept: Vec<u32> = order.into_iter().map(|(_, source)| source).collect();
    kept.sort_unstable();
    kept
}

impl Plan {
    /// The object's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it takes from the store, without the pack that is still to be made.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What the pack is made of, in order.
    pub fn new_ranges(&self) -> &[NewRange] {
        &self.new
    }

    /// The size of the pack in bytes; 0 if none is needed.
    pub fn pack_size(&self) -> u64 {
        self.pack_size
    }

    /// The recipe, once the pack's hash is known; it doesn't matter if there is no pack.
    ///
    /// # Errors
    /// As [`Recipe::new`], which would be a defect of the plan.
    pub fn recipe(&self, pack: ContentHash) -> Result<Recipe, RecipeError> {
        let mut sources = self.sources.clone();
        if self.pack_size > 0 {
            sources.push(Source {
                kind: SourceKind::Pack,
                hash: pack,
                size: self.pack_size,
            });
        }
        Recipe::new(self.object, self.size, sources, self.pieces.clone())
    }
}
