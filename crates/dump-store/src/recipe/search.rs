//! Where a recipe's pieces are in the local LFS storage.
//!
//! What is found is a guess: whoever copies from it checks each piece by its hash.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use dump_delta::{ChunkList, ContentHash, Recipe, Version};

use super::source_item;
use super::texts::TextPlace;
use crate::oid::Oid;

/// Where texts that a recipe is made of are in local objects, as their members.
pub(crate) fn texts(recipe: &Recipe, objects: &Path) -> Vec<Option<TextPlace>> {
    let texts = recipe.texts();
    let open = |version: &Version| {
        let file = File::open(Oid::from(version.hash).path_below(objects)).ok()?;
        let is_it = file
            .metadata()
            .is_ok_and(|metadata| metadata.len() == version.size);
        is_it.then(|| Arc::new(file))
    };
    let files: Vec<_> = texts.versions.iter().map(open).collect();
    let mut found = vec![None; texts.texts.len()];
    for place in &texts.places {
        if let Some(file) = &files[place.version as usize] {
            found[place.text as usize] = Some(TextPlace {
                file: Arc::clone(file),
                offset: place.offset,
                length: place.length,
            });
        }
    }
    found
}

/// Where a piece can be copied from.
#[derive(Clone)]
pub(crate) struct LocalPlace {
    pub(crate) piece: usize,
    pub(crate) file: Arc<File>,
    pub(crate) offset: u64,
}

/// Looks for missing pieces in local objects.
pub(crate) struct Search<'a> {
    recipe: &'a Recipe,
    /// What is in, or has a place.
    found: Vec<bool>,
    pub(crate) places: Vec<LocalPlace>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(recipe: &'a Recipe, done: Vec<bool>) -> Self {
        Self {
            recipe,
            found: done,
            places: Vec::new(),
        }
    }

    /// In the sources themselves, as far as they are here.
    pub(crate) fn in_sources(&mut self, objects: &Path) {
        for (index, source) in self.recipe.sources().iter().enumerate() {
            let path = source_item(source).oid.path_below(objects);
            let Ok(file) = File::open(path) else { continue };
            if file.metadata().map_or(0, |metadata| metadata.len()) != source.size {
                continue;
            }
            let file = Arc::new(file);
            for (piece, place) in self.recipe.pieces().iter().enumerate() {
                if place.source as usize == index && !self.found[piece] {
                    self.add(piece, &file, place.offset);
                }
            }
        }
    }

    /// In a local object that has these chunks.
    pub(crate) fn in_list(&mut self, path: &Path, list: &ChunkList) {
        let Ok(file) = File::open(path) else { return };
        let file = Arc::new(file);
        let offsets: HashMap<ContentHash, u64> = list
            .placed()
            .map(|(offset, chunk)| (chunk.hash, offset))
            .collect();
        for (piece, place) in self.recipe.pieces().iter().enumerate() {
            if !self.found[piece]
                && let Some(offset) = offsets.get(&place.hash)
            {
                self.add(piece, &file, *offset);
            }
        }
    }

    /// How many bytes have no place yet.
    pub(crate) fn missing(&self) -> u64 {
        let pieces = self.recipe.pieces().iter().zip(&self.found);
        pieces
            .filter(|(_, found)| !**found)
            .map(|(piece, _)| u64::from(piece.length))
            .sum()
    }

    fn add(&mut self, piece: usize, file: &Arc<File>, offset: u64) {
        self.found[piece] = true;
        self.places.push(LocalPlace {
            piece,
            file: Arc::clone(file),
            offset,
        });
    }
}
