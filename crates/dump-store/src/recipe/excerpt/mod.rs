//! Pieces of versions, for who looks through many of them and needs what changed alone.
//!
//! An [`Outline`] says what a version consists of, by its recipe where it isn't here, so that versions can be compared
//! without being put together. What of them is to be read is fetched into one file, each piece once, and checked by its
//! hash; what is made of texts is read as text, and made into members only where somebody wants these. Nothing proves that
//! all pieces together are the object that the recipe is of, which who puts it together does.

mod outline;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dump_delta::{ContentHash, Output, Piece, Recipe, SourceKind, SourceRange};
use tokio::task::JoinSet;

use super::range::{SourceFailure, SourceFetch};
use super::{local, source_item};
use crate::error::{TransferError, died};
use crate::layout::{Item, Key};
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::ObjectStore;
use crate::transfer::Transfers;
use crate::transfer::file::{read_exact_at, write_all_at};
use crate::transfer::share::Share;
pub use outline::Outline;
use text::Cache;
pub use text::read_text;

/// Pieces that are at hand.
#[derive(Debug)]
pub struct Excerpts {
    file: Arc<File>,
    end: u64,
    places: HashMap<ContentHash, Place>,
    /// What of sources has been fetched, by where it begins there.
    ranges: HashMap<ContentHash, BTreeMap<u64, Place>>,
    texts: Cache,
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
            ranges: HashMap::new(),
            texts: Cache::default(),
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

    /// Where a piece of a recipe is inside of something larger that was fetched of the same source.
    fn inside(&self, recipe: &Recipe, piece: &Piece) -> Option<Place> {
        let source = &recipe.sources()[piece.source as usize];
        let fetched = self.ranges.get(&source.hash)?;
        let (begin, place) = fetched.range(..=piece.offset).next_back()?;
        let into = piece.offset - begin;
        let fits = into + u64::from(piece.length) <= u64::from(place.length);
        fits.then(|| Place {
            file: Arc::clone(&place.file),
            offset: place.offset + into,
            length: piece.length,
        })
    }

    fn place(&self, hash: &ContentHash) -> Option<Place> {
        self.places.get(hash).cloned()
    }
}

fn lock(excerpts: &Mutex<Excerpts>) -> MutexGuard<'_, Excerpts> {
    excerpts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A piece's bytes; `None` if they aren't at hand.
///
/// # Errors
/// The file can't be read, or the texts that it is made of aren't what the recipe was written for.
pub fn read_piece(
    excerpts: &Mutex<Excerpts>,
    outline: &Outline,
    piece: usize,
) -> io::Result<Option<Vec<u8>>> {
    let place = lock(excerpts).place(&outline.pieces[piece].hash);
    match place {
        Some(place) => place.read().map(Some),
        None => text::members(excerpts, outline, piece),
    }
}

fn has(excerpts: &Mutex<Excerpts>, hash: &ContentHash) -> bool {
    lock(excerpts).places.contains_key(hash)
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

    /// Whether a push or a fetch left a list of what it consists of, so that [`Self::local_outline`] needn't read it.
    pub fn keeps_outline(&self, oid: &Oid) -> bool {
        self.workspace.chunk_list(oid).is_file()
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
        if made.contains(&true) {
            let texts = outline.known_texts(recipe, self.versions.objects.as_deref());
            let chunks = recipe.chunks().len();
            let parts = recipe.pieces().len() - chunks;
            let is_at_hand = |text: usize| texts.at_hand[text].is_some();
            let (needed, _) = recipe
                .texts()
                .needed_for(|index| made[index], parts, is_at_hand);
            let needed = needed.iter().enumerate().filter(|(_, needed)| **needed);
            copied.extend(needed.map(|(part, _)| chunks + part));
        }
        self.fetch_copied(recipe, &copied, excerpts).await
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
        let length_of = |index: &usize| u64::from(recipe.pieces()[*index].length);
        // The room is taken at once: others may fetch into the same file meanwhile.
        let (file, mut next) = {
            let mut excerpts = lock(excerpts);
            let begin = excerpts.end;
            excerpts.end += missing.keys().map(length_of).sum::<u64>();
            (Arc::clone(&excerpts.file), begin)
        };
        for (index, offset) in &mut missing {
            *offset = next;
            next += length_of(index);
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
        let mut excerpts = lock(excerpts);
        for (index, offset) in &*missing {
            let piece = &recipe.pieces()[*index];
            let place = Place {
                file: Arc::clone(&file),
                offset: *offset,
                length: piece.length,
            };
            excerpts.places.insert(piece.hash, place.clone());
            let source = recipe.sources()[piece.source as usize].hash;
            let ranges = excerpts.ranges.entry(source).or_default();
            let known = ranges.entry(piece.offset).or_insert_with(|| place.clone());
            if known.length < place.length {
                *known = place;
            }
        }
        Ok(())
    }

    /// Whether a piece is at hand, or in a local object that its recipe names.
    fn is_at_hand(&self, recipe: &Recipe, index: usize, excerpts: &Mutex<Excerpts>) -> bool {
        let piece = &recipe.pieces()[index];
        if has(excerpts, &piece.hash) {
            return true;
        }
        let inside = lock(excerpts).inside(recipe, piece);
        if let Some(place) = inside
            && let Ok(bytes) = place.read()
            && ContentHash::of(&bytes) == piece.hash
        {
            lock(excerpts).places.insert(piece.hash, place);
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
        let mut excerpts = lock(excerpts);
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
