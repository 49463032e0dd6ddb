//! What a version consists of, by its recipe or by a list of its chunks.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use dump_delta::{ChunkList, ContentHash, Output, Recipe};

use super::text::Known;

/// What a version consists of, in order.
#[derive(Debug, Clone)]
pub struct Outline {
    pub(super) pieces: Vec<Piece>,
    /// Of a version that isn't here.
    pub(super) recipe: Option<Arc<Recipe>>,
    /// Of its texts, as soon as one is wanted.
    pub(super) texts: Arc<OnceLock<Known>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) hash: ContentHash,
    /// What it is in the recipe.
    pub(super) output: Option<Output>,
}

impl Outline {
    pub(super) fn of_list(list: &ChunkList) -> Self {
        let pieces = list.placed().map(|(offset, chunk)| Piece {
            offset,
            length: chunk.length,
            hash: chunk.hash,
            output: None,
        });
        Self {
            pieces: pieces.collect(),
            recipe: None,
            texts: Arc::default(),
        }
    }

    pub(super) fn of_recipe(recipe: Recipe) -> Self {
        let outputs = recipe.outputs().into_iter();
        let pieces = outputs.map(|(offset, output)| {
            let (length, hash) = match output {
                Output::Copied(index) => {
                    let piece = &recipe.pieces()[index];
                    (piece.length, piece.hash)
                }
                Output::Made(index) => {
                    let made = &recipe.texts().made[index];
                    (made.length, made.hash)
                }
            };
            Piece {
                offset,
                length,
                hash,
                output: Some(output),
            }
        });
        let pieces: Vec<Piece> = pieces.collect();
        Self {
            pieces,
            recipe: Some(Arc::new(recipe)),
            texts: Arc::default(),
        }
    }

    /// Of each piece 64 bits of its hash, and its length in bytes.
    pub fn pieces(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.pieces.iter().map(|piece| {
            let (first, _) = piece.hash.as_bytes().split_at(8);
            let number = first.try_into().map_or(0, u64::from_be_bytes);
            (number, u64::from(piece.length))
        })
    }

    /// The pieces of which something is among these bytes.
    pub fn within(&self, offset: u64, length: u64) -> Range<usize> {
        let first = self
            .at(offset)
            .map_or(self.pieces.len(), |(first, _)| first);
        let end = offset.saturating_add(length);
        first
            ..self
                .pieces
                .partition_point(|piece| piece.offset < end)
                .max(first)
    }

    /// The piece that is these bytes and is made of texts.
    pub fn made(&self, offset: u64, length: u64) -> Option<usize> {
        let (index, _) = self.at(offset).filter(|(_, into)| *into == 0)?;
        let piece = &self.pieces[index];
        let is_made = matches!(piece.output, Some(Output::Made(_)));
        (is_made && u64::from(piece.length) == length).then_some(index)
    }

    /// The piece in which the byte is that has this offset, and how far into it; `None` behind the last.
    pub fn at(&self, offset: u64) -> Option<(usize, u64)> {
        let after = self.pieces.partition_point(|piece| piece.offset <= offset);
        let index = after.checked_sub(1)?;
        let piece = &self.pieces[index];
        let into = offset - piece.offset;
        (into < u64::from(piece.length)).then_some((index, into))
    }
}
