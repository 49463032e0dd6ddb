//! Pieces of versions, for who looks through many of them and needs what changed alone.
//!
//! An [`Outline`] says what a version consists of, by its recipe where it isn't here, so that versions can be compared
//! without being put together. What of them is to be read is fetched into one file, each piece once, and checked by its
//! hash. Nothing proves that all pieces together are the object that the recipe is of, which who puts it together does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dump_delta::{ChunkList, ContentHash, Output, Recipe, SourceKind, SourceRange};
use tokio::task::JoinSet;

use super::range::{SourceFailure, SourceFetch};
use super::texts::{self, TextPlace};
use super::{local, search, source_item};
use crate::error::{TransferError, died};
use crate::layout::{Item, Key};
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::ObjectStore;
use crate::transfer::Transfers;
use crate::transfer::file::{read_exact_at, write_all_at};
use crate::transfer::share::Share;

/// What a version consists of, in order.
#[derive(Debug, Clone)]
pub struct Outline {
    pieces: Vec<Piece>,
    /// Of a version that isn't here.
    recipe: Option<Arc<Recipe>>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    offset: u64,
    length: u32,
    hash: ContentHash,
    /// What it is in the recipe.
    output: Option<Output>,
}

impl Outline {
    fn of_list(list: &ChunkList) -> Self {
        let pieces = list.placed().map(|(offset, chunk)| Piece {
            offset,
            length: chunk.length,
            hash: chunk.hash,
            output: None,
        });
        Self {
            pieces: pieces.collect(),
            recipe: None,
        }
    }

    fn of_recipe(recipe: Recipe) -> Self {
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

    /// The piece in which the byte is that has this offset, and how far into it; `None` behind the last.
    pub fn at(&self, offset: u64) -> Option<(usize, u64)> {
        let after = self.pieces.partition_point(|piece| piece.offset <= offset);
        let index = after.checked_sub(1)?;
        let piece = &self.pieces[index];
        let into = offset - piece.offset;
        (into < u64::from(piece.length)).then_some((index, into))
    }
}

/// Pieces that are at hand.
#[derive(Debug)]
pub struct Excerpts {
    file: Arc<File>,
    end: u64,
    places: HashMap<ContentHash, Place>,
}

#[derive(Debug, Clone)]
struct Place {
    file: Arc<File>,
    offset: u64,
    length: u32,
}

impl Place {
    fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.length as usize];
        read_exact_at(&self.file, &mut bytes, self.offset)?;
        Ok(bytes)
    }
}

impl Excerpts {
    /// None yet. What is fetched is kept in `file`, which nobody else uses.
    pub fn new(file: File) -> Self {
        Self {
            file: Arc::new(file),
            end: 0,
            places: HashMap::new(),
        }
    }

    /// Adds what a file in the local LFS storage has, unless it is at hand.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn add(&mut self, path: &Path, outline: &Outline) -> io::Result<()> {
        let file = Arc::new(File::open(path)?);
        for piece in &outline.pieces {
            self.places.entry(piece.hash).or_insert_with(|| Place {
                file: Arc::clone(&file),
                offset: piece.offset,
                length: piece.length,
            });
        }
        Ok(())
    }

    /// Takes in a piece.
    fn keep(&mut self, hash: ContentHash, bytes: &[u8]) -> io::Result<()> {
        write_all_at(&self.file, bytes, self.end)?;
        let place = Place {
            file: Arc::clone(&self.file),
            offset: self.end,
            // No piece has more than 16 MiB.
            length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        };
        self.end += bytes.len() as u64;
        self.places.insert(hash, place);
        Ok(())
    }

    /// Where these pieces of a recipe are, as far as they are at hand.
    fn places(&self, recipe: &Recipe, pieces: &BTreeSet<usize>) -> Vec<(usize, Place)> {
        let place = |piece: &usize| {
            let place = self.places.get(&recipe.pieces()[*piece].hash)?;
            Some((*piece, place.clone()))
        };
        pieces.iter().filter_map(place).collect()
    }

    /// A piece's bytes; `None` if it isn't at hand.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn read(&self, outline: &Outline, piece: usize) -> io::Result<Option<Vec<u8>>> {
        let place = self.places.get(&outline.pieces[piece].hash);
        place.map(Place::read).transpose()
    }
}

fn has(excerpts: &Mutex<Excerpts>, hash: &ContentHash) -> bool {
    let excerpts = excerpts.lock().unwrap_or_else(PoisonError::into_inner);
    excerpts.places.contains_key(hash)
}

/// Members that are to be made of texts.
struct Making {
    recipe: Arc<Recipe>,
    directory: PathBuf,
    at_hand: Vec<Option<TextPlace>>,
    made: Vec<bool>,
    parts: Vec<(usize, Place)>,
}

impl Making {
    fn run(self) -> Result<Vec<(ContentHash, Vec<u8>)>, texts::Failure> {
        fs::create_dir_all(&self.directory)?;
        // Nearly all of it is a hole.
        let file = tempfile::tempfile_in(&self.directory)?;
        file.set_len(self.recipe.room())?;
        let offsets = self.recipe.offsets();
        for (piece, place) in &self.parts {
            write_all_at(&file, &place.read()?, offsets[*piece])?;
        }
        texts::make(&self.recipe, &file, &self.at_hand, &self.made, &|_| {})?;
        let mut made = Vec::new();
        for (offset, output) in self.recipe.outputs() {
            if let Output::Made(index) = output
                && self.made[index]
            {
                let part = &self.recipe.texts().made[index];
                let mut bytes = vec![0; part.length as usize];
                read_exact_at(&file, &mut bytes, offset)?;
                made.push((part.hash, bytes));
            }
        }
        Ok(made)
    }
}

impl<S: ObjectStore> Transfers<S> {
    /// What an object of the local LFS storage consists of; `None` if its content isn't its name.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn local_outline(&self, oid: &Oid, size: u64, path: &Path) -> io::Result<Option<Outline>> {
        let list = local::list(&self.workspace, path, oid, size)?;
        Ok(list.as_ref().map(Outline::of_list))
    }

    /// What an object of the store consists of, if that has a recipe of it.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn stored_outline(&self, oid: &Oid) -> Result<Option<Outline>, TransferError> {
        let recipe = self.recipe(oid).await?;
        Ok(recipe.map(Outline::of_recipe))
    }

    /// Sees to it that these pieces are at hand.
    ///
    /// # Errors
    /// [`TransferError`]; one that isn't here and of which there is no recipe can't be had.
    pub async fn fetch_pieces(
        &self,
        outline: &Outline,
        wanted: &[usize],
        excerpts: &Mutex<Excerpts>,
    ) -> Result<(), TransferError> {
        let Some(recipe) = &outline.recipe else {
            return Ok(());
        };
        let mut copied = BTreeSet::new();
        let mut made = vec![false; recipe.texts().made.len()];
        for index in wanted {
            let piece = &outline.pieces[*index];
            match piece.output {
                Some(Output::Made(index)) => made[index] = !has(excerpts, &piece.hash),
                Some(Output::Copied(index)) => {
                    copied.insert(index);
                }
                None => {}
            }
        }
        if !made.contains(&true) {
            return self.fetch_copied(recipe, &copied, excerpts).await;
        }
        let objects = self.versions.objects.as_deref();
        let at_hand = objects.map_or_else(
            || vec![None; recipe.texts().texts.len()],
            |objects| search::texts(recipe, objects),
        );
        let chunks = recipe.chunks().len();
        let parts = recipe.pieces().len() - chunks;
        let (needed, _) =
            recipe
                .texts()
                .needed_for(|index| made[index], parts, |text| at_hand[text].is_some());
        let needed = needed.iter().enumerate().filter(|(_, needed)| **needed);
        let parts: BTreeSet<usize> = needed.map(|(part, _)| chunks + part).collect();
        copied.extend(&parts);
        self.fetch_copied(recipe, &copied, excerpts).await?;
        let making = Making {
            recipe: Arc::clone(recipe),
            directory: self.workspace.root().to_owned(),
            at_hand,
            made,
            parts: excerpts
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .places(recipe, &parts),
        };
        let key = self.layout.key(&Item::recipe(recipe.object().into()));
        let made = tokio::task::spawn_blocking(move || making.run()).await;
        let made = made.map_err(|error| self.failed(&key, died(&error)))?;
        let made = made.map_err(|failure| match failure {
            texts::Failure::Disk(error) => {
                TransferError::local("write", self.workspace.root(), error)
            }
            texts::Failure::Wrong => TransferError::StoredContent {
                address: self.store.address(&key),
            },
        })?;
        let mut excerpts = excerpts.lock().unwrap_or_else(PoisonError::into_inner);
        for (hash, bytes) in made {
            excerpts
                .keep(hash, &bytes)
                .map_err(|error| TransferError::local("write", self.workspace.root(), error))?;
        }
        Ok(())
    }

    /// Fetches those of a recipe's pieces that aren't at hand.
    async fn fetch_copied(
        &self,
        recipe: &Arc<Recipe>,
        wanted: &BTreeSet<usize>,
        excerpts: &Mutex<Excerpts>,
    ) -> Result<(), TransferError> {
        let mut missing = BTreeMap::new();
        let mut seen = HashSet::new();
        for index in wanted {
            let hash = recipe.pieces()[*index].hash;
            if seen.insert(hash) && !self.is_at_hand(recipe, *index, excerpts) {
                missing.insert(*index, 0);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let (file, begin) = {
            let excerpts = excerpts.lock().unwrap_or_else(PoisonError::into_inner);
            (Arc::clone(&excerpts.file), excerpts.end)
        };
        let mut end = begin;
        for (index, offset) in &mut missing {
            *offset = end;
            end += u64::from(recipe.pieces()[*index].length);
        }
        let missing = Arc::new(missing);
        let is_missing = |index: usize| missing.contains_key(&index);
        let rules = &self.versions.rules;
        let waiting = rules.ranges(recipe.pieces(), recipe.size(), is_missing);
        let share = Share::take(&self.limits, &self.workspace, waiting.len() as u64);
        let mut waiting = waiting.into_iter();
        let mut fetching = JoinSet::new();
        loop {
            while fetching.len() < share.connections()
                && let Some(range) = waiting.next()
            {
                fetching.spawn(fetch(self, recipe, range, &file, &missing));
            }
            let Some(fetched) = fetching.join_next().await else {
                break;
            };
            let key = self.layout.key(&Item::recipe(recipe.object().into()));
            let fetched = fetched.map_err(|error| self.failed(&key, died(&error)))?;
            fetched.map_err(|failure| self.not_had(&key, failure))?;
        }
        let mut excerpts = excerpts.lock().unwrap_or_else(PoisonError::into_inner);
        excerpts.end = end;
        for (index, offset) in &*missing {
            let piece = &recipe.pieces()[*index];
            let place = Place {
                file: Arc::clone(&file),
                offset: *offset,
                length: piece.length,
            };
            excerpts.places.insert(piece.hash, place);
        }
        Ok(())
    }

    /// Whether a piece is at hand, or in a local object that its recipe names.
    fn is_at_hand(&self, recipe: &Recipe, index: usize, excerpts: &Mutex<Excerpts>) -> bool {
        let piece = &recipe.pieces()[index];
        if has(excerpts, &piece.hash) {
            return true;
        }
        let source = &recipe.sources()[piece.source as usize];
        let objects = self.versions.objects.as_ref();
        let Some(objects) = objects.filter(|_| source.kind == SourceKind::Object) else {
            return false;
        };
        let Ok(file) = File::open(Oid::from(source.hash).path_below(objects)) else {
            return false;
        };
        let place = Place {
            file: Arc::new(file),
            offset: piece.offset,
            length: piece.length,
        };
        let bytes = place.read().ok();
        let Some(bytes) = bytes.filter(|bytes| ContentHash::of(bytes) == piece.hash) else {
            return false;
        };
        // So that not every piece holds a file open.
        let mut excerpts = excerpts.lock().unwrap_or_else(PoisonError::into_inner);
        excerpts.keep(piece.hash, &bytes).is_ok()
    }

    fn not_had(&self, recipe: &Key, failure: SourceFailure) -> TransferError {
        match failure {
            SourceFailure::Store(key, error) => self.failed(&key, error),
            SourceFailure::Wrong(item, key, what) => TransferError::Source {
                item: Box::new(item),
                address: self.store.address(&key),
                recipe: self.store.address(recipe),
                what: what.into(),
            },
            SourceFailure::Taken(error) => {
                TransferError::local("write", self.workspace.root(), error)
            }
        }
    }
}

/// The task that fetches a range. Owns all it needs, since tasks outlive their makers' borrows.
fn fetch<S: ObjectStore>(
    transfers: &Transfers<S>,
    recipe: &Arc<Recipe>,
    range: SourceRange,
    file: &Arc<File>,
    offsets: &Arc<BTreeMap<usize, u64>>,
) -> impl Future<Output = Result<(), SourceFailure>> + Send + use<S> {
    let source = recipe.sources()[range.source as usize];
    let item = source_item(&source);
    let mut fetch = SourceFetch::new(
        transfers.store.clone(),
        transfers.policy,
        [transfers.layout.key(&item), transfers.layout.trash(&item)],
        source.size,
        range,
        Arc::clone(recipe),
        Meter::new().part(),
    );
    let (file, offsets) = (Arc::clone(file), Arc::clone(offsets));
    async move {
        let write = |piece: usize, at: u64, bytes: &[u8]| {
            let offset = offsets.get(&piece).copied().unwrap_or_default();
            write_all_at(&file, bytes, offset + at)
        };
        fetch.run(write, |_| {}).await
    }
}
