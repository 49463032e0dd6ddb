//! Following a recipe: what is here is copied, the rest is fetched, and the whole is hashed while it comes together.
//!
//! Pieces are written at their places in one file, from both sides at the same time. Each is checked by its own hash when
//! it is written, so a local object that isn't what it should be costs only the fetching of those pieces. A journal says
//! which pieces came over the network, so that a later process needn't fetch them again.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, mpsc as blocking};

use dump_delta::{ContentHash, Recipe, SourceRange};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::range::{Fetched, SourceFailure, SourceFetch};
use super::search::{LocalPlace, Search};
use super::stored::load;
use super::{local, source_item};
use crate::error::{TransferError, died};
use crate::layout::{Item, Key};
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::ObjectStore;
use crate::transfer::Transfers;
use crate::transfer::file::{hash_behind, read_exact_at, write_all_at};
use crate::transfer::share::Share;
use crate::transfer::unfinished::Unfinished;

/// The version of the journal's lines.
const JOURNAL_FORMAT: u32 = 2;

/// So much may be missing, in bytes, before local objects whose chunks aren't known are read to find it: fetching as much
/// takes about as long.
const WORTH_READING: u64 = 4 << 20;

/// So many of them are read at most.
const MOST_READ: usize = 2;

/// What must be the same for a download to go on.
#[derive(Debug, Serialize)]
struct Header {
    format: u32,
    recipe: String,
}

/// A line of the journal: a piece that came over the network.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    piece: usize,
}

/// Whether local objects may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Locally {
    Used,
    Unused,
}

/// Fetches the object by the recipe that is in its place; `None` if there is none.
pub(crate) async fn fetch<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<Option<PathBuf>, TransferError> {
    let key = transfers.layout.key(&Item::recipe(*oid));
    fetch_by(transfers, key, oid, size, meter).await
}

/// The same by a recipe that was taken out of its place.
pub(crate) async fn fetch_from_trash<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<Option<PathBuf>, TransferError> {
    let key = transfers.layout.trash(&Item::recipe(*oid));
    fetch_by(transfers, key, oid, size, meter).await
}

async fn fetch_by<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: Key,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<Option<PathBuf>, TransferError> {
    if size < transfers.versions.rules.smallest_object {
        return Ok(None);
    }
    let recipe = match load(transfers, &key, oid).await {
        Ok(Some(recipe)) => recipe,
        Ok(None) => return Ok(None),
        // What keeps the recipe from being read keeps the object, and that is what somebody waits for.
        Err(TransferError::Store { error, .. }) => {
            return Err(transfers.failed(&transfers.layout.object(oid), error));
        }
        Err(error) => return Err(error),
    };
    let address = transfers.store.address(&key);
    if recipe.size() != size {
        return Err(TransferError::StoredSize {
            address: format!("the object that {address} makes"),
            found: recipe.size(),
            expected: size,
        });
    }
    let mut assembly = Assembly::open(transfers, oid, recipe, address)?;
    for locally in [Locally::Used, Locally::Unused] {
        let found = assembly.assemble(transfers, locally, meter).await?;
        if found == *oid {
            return assembly.finish(transfers).map(Some);
        }
        tracing::debug!(%oid, "what came together doesn't hash to its oid");
        meter.reset();
        assembly.forget()?;
    }
    assembly.unfinished.discard();
    Err(TransferError::StoredContent {
        address: assembly.address,
    })
}

/// An object that is coming together.
struct Assembly {
    oid: Oid,
    recipe: Arc<Recipe>,
    /// Of the recipe, for messages.
    address: String,
    /// Where each piece begins in the object.
    offsets: Arc<Vec<u64>>,
    unfinished: Unfinished,
    /// Whether each piece is in.
    done: Vec<bool>,
}

impl Assembly {
    /// Takes up what an earlier process left, or begins.
    fn open<S: ObjectStore>(
        transfers: &Transfers<S>,
        oid: &Oid,
        recipe: Recipe,
        address: String,
    ) -> Result<Self, TransferError> {
        let header = Header {
            format: JOURNAL_FORMAT,
            recipe: ContentHash::of(&recipe.encode()).to_string(),
        };
        let (unfinished, entries) =
            Unfinished::open(&transfers.workspace, oid, recipe.size(), &header)?;
        let mut assembly = Self {
            oid: *oid,
            address,
            offsets: Arc::new(recipe.offsets()),
            done: vec![false; recipe.pieces().len()],
            recipe: Arc::new(recipe),
            unfinished,
        };
        assembly.take_up(&entries);
        Ok(assembly)
    }

    /// Believes the journal where the file agrees.
    fn take_up(&mut self, entries: &[Entry]) {
        let mut buffer = Vec::new();
        for entry in entries {
            if let Some(piece) = self.recipe.pieces().get(entry.piece) {
                buffer.resize(piece.length as usize, 0);
                let offset = self.offsets[entry.piece];
                let read = read_exact_at(self.unfinished.file(), &mut buffer, offset);
                self.done[entry.piece] = read.is_ok() && ContentHash::of(&buffer) == piece.hash;
            }
        }
    }

    /// Brings in all that is missing and returns the oid of the whole.
    async fn assemble<S: ObjectStore>(
        &mut self,
        transfers: &Transfers<S>,
        locally: Locally,
        meter: &Meter,
    ) -> Result<Oid, TransferError> {
        let (ready, hashable) = blocking::channel();
        let file = Arc::clone(self.unfinished.file());
        let hashing = tokio::task::spawn_blocking(move || hash_behind(&file, &hashable));
        let mut front = Front { ready, pieces: 0 };
        let had = (0..self.done.len()).filter(|index| self.done[*index]);
        meter.add(had.map(|index| self.length(index)).sum());
        front.advance(self);

        let places = if locally == Locally::Used {
            self.local_places(transfers).await
        } else {
            Vec::new()
        };
        self.bring(transfers, places, meter, &mut front).await?;
        // What a local object turned out not to have, and what is there more than once.
        let repeated = self.repeated();
        self.bring(transfers, repeated, meter, &mut front).await?;
        let repeated = self.repeated();
        self.bring(transfers, repeated, meter, &mut front).await?;

        drop(front);
        let hashed = hashing
            .await
            .map_err(|error| transfers.failed(&Key::new(&self.address), died(&error)))?;
        hashed.map_err(|error| self.unfinished.unreadable(error))
    }

    /// Copies from `places` and fetches the rest, of what repeats once.
    async fn bring<S: ObjectStore>(
        &mut self,
        transfers: &Transfers<S>,
        places: Vec<LocalPlace>,
        meter: &Meter,
        front: &mut Front,
    ) -> Result<(), TransferError> {
        let mut wanted = vec![false; self.done.len()];
        let mut first = HashMap::new();
        for (index, piece) in self.recipe.pieces().iter().enumerate() {
            wanted[index] = !self.done[index] && *first.entry(piece.hash).or_insert(index) == index;
        }
        for place in &places {
            wanted[place.piece] = false;
        }
        let (pieces, size) = (self.recipe.pieces(), self.recipe.size());
        let rules = &transfers.versions.rules;
        let waiting = rules.ranges(pieces, size, |index| wanted[index]);
        let (limits, workspace) = (&transfers.limits, &transfers.workspace);
        let share = Share::take(limits, workspace, waiting.len() as u64);
        // As many connections as the whole object would have, and half as many more: ranges are shorter than parts, and
        // while some requests wait for their first bytes, others should have the line.
        let connections = share.connections() + share.connections() / 2;
        let mut waiting = waiting.into_iter();
        let (sender, mut events) = mpsc::unbounded_channel();
        if !places.is_empty() {
            let copy = self.copy(places, meter.clone(), sender.clone());
            tokio::task::spawn_blocking(copy);
        }
        let mut sender = Some(sender);
        let mut fetching = JoinSet::new();
        loop {
            while fetching.len() < connections
                && let Some(sender) = &sender
                && let Some(range) = waiting.next()
            {
                fetching.spawn(self.fetch(transfers, range, meter, sender.clone()));
            }
            if fetching.is_empty() {
                // The events end when the copying does.
                sender = None;
            }
            tokio::select! {
                event = events.recv() => match event {
                    Some(event) => self.note(&event.map_err(|error| self.unfinished.unwritable(error))?, front)?,
                    None => return Ok(()),
                },
                Some(fetched) = fetching.join_next(), if !fetching.is_empty() => {
                    let outcome = fetched.map_err(|error| transfers.failed(&Key::new(&self.address), died(&error)))?;
                    outcome.map_err(|failure| self.failed(transfers, failure))?;
                }
            }
        }
    }

    /// Takes down that a piece is in.
    fn note(&mut self, event: &Fetched, front: &mut Front) -> Result<(), TransferError> {
        self.done[event.piece] = true;
        front.advance(self);
        if event.by_network {
            self.unfinished.note(&Entry { piece: event.piece })?;
        }
        Ok(())
    }

    /// The work that copies pieces. A piece that isn't what the recipe says, or can't be read, isn't reported.
    fn copy(
        &self,
        places: Vec<LocalPlace>,
        meter: Meter,
        sender: mpsc::UnboundedSender<io::Result<Fetched>>,
    ) -> impl FnOnce() + Send + use<> {
        let (recipe, offsets) = (Arc::clone(&self.recipe), Arc::clone(&self.offsets));
        let file = Arc::clone(self.unfinished.file());
        move || {
            let mut buffer = Vec::new();
            for place in places {
                let piece = &recipe.pieces()[place.piece];
                buffer.resize(piece.length as usize, 0);
                let read = read_exact_at(&place.file, &mut buffer, place.offset);
                if read.is_err() || ContentHash::of(&buffer) != piece.hash {
                    continue;
                }
                let written = write_all_at(&file, &buffer, offsets[place.piece]);
                meter.add(u64::from(piece.length));
                let event = written.map(|()| Fetched {
                    piece: place.piece,
                    by_network: false,
                });
                if sender.send(event).is_err() {
                    return;
                }
            }
        }
    }

    /// The task that fetches a range. Owns all it needs, since tasks outlive their makers' borrows.
    fn fetch<S: ObjectStore>(
        &self,
        transfers: &Transfers<S>,
        range: SourceRange,
        meter: &Meter,
        sender: mpsc::UnboundedSender<io::Result<Fetched>>,
    ) -> impl Future<Output = Result<(), SourceFailure>> + Send + use<S> {
        let source = self.recipe.sources()[range.source as usize];
        let item = source_item(&source);
        let mut fetch = SourceFetch::new(
            transfers.store.clone(),
            transfers.policy,
            [transfers.layout.key(&item), transfers.layout.trash(&item)],
            source.size,
            range,
            Arc::clone(&self.recipe),
            meter.part(),
        );
        let file = Arc::clone(self.unfinished.file());
        let offsets = Arc::clone(&self.offsets);
        async move {
            let write = |piece: usize, at: u64, bytes: &[u8]| {
                write_all_at(&file, bytes, offsets[piece] + at)
            };
            let whole = |piece| {
                // Nobody listens any more when another range has failed.
                let _ = sender.send(Ok(Fetched {
                    piece,
                    by_network: true,
                }));
            };
            fetch.run(write, whole).await
        }
    }

    /// Where missing pieces are in the local LFS storage.
    async fn local_places<S: ObjectStore>(&self, transfers: &Transfers<S>) -> Vec<LocalPlace> {
        let Some(objects) = transfers.versions.objects.clone() else {
            return Vec::new();
        };
        let (workspace, oid) = (transfers.workspace.clone(), self.oid);
        let (recipe, done) = (Arc::clone(&self.recipe), self.done.clone());
        let looking = tokio::task::spawn_blocking(move || {
            let mut search = Search::new(&recipe, done);
            search.in_sources(&objects);
            let candidates = local::candidates(&objects, &oid, recipe.size());
            let mut unknown = Vec::new();
            for candidate in candidates {
                if search.missing() == 0 {
                    break;
                }
                match local::kept_list(&workspace, &candidate.oid, candidate.size) {
                    Some(list) => search.in_list(&candidate.path, &list),
                    None => unknown.push(candidate),
                }
            }
            for candidate in unknown.iter().take(MOST_READ) {
                if search.missing() < WORTH_READING {
                    break;
                }
                let list = local::list(&workspace, &candidate.path, &candidate.oid, candidate.size);
                if let Ok(Some(list)) = list {
                    search.in_list(&candidate.path, &list);
                }
            }
            search.places
        });
        looking.await.unwrap_or_default()
    }

    /// Missing pieces that are in at another place.
    fn repeated(&self) -> Vec<LocalPlace> {
        let pieces = self.recipe.pieces();
        let mut inside = HashMap::new();
        for (index, piece) in pieces.iter().enumerate() {
            if self.done[index] {
                inside.entry(piece.hash).or_insert(self.offsets[index]);
            }
        }
        let missing = (0..pieces.len()).filter(|index| !self.done[*index]);
        missing
            .filter_map(|piece| {
                Some(LocalPlace {
                    piece,
                    file: Arc::clone(self.unfinished.file()),
                    offset: *inside.get(&pieces[piece].hash)?,
                })
            })
            .collect()
    }

    /// Hands the whole object out.
    fn finish<S: ObjectStore>(self, transfers: &Transfers<S>) -> Result<PathBuf, TransferError> {
        let list = dump_delta::ChunkList::of_recipe(&self.recipe);
        local::keep_list(&transfers.workspace, &list);
        self.unfinished.hand_out()
    }

    /// Forgets what is in, so that all of it is brought in again.
    fn forget(&mut self) -> Result<(), TransferError> {
        self.done.fill(false);
        self.unfinished.forget()
    }

    fn failed<S: ObjectStore>(
        &self,
        transfers: &Transfers<S>,
        failure: SourceFailure,
    ) -> TransferError {
        match failure {
            SourceFailure::Store(key, error) => transfers.failed(&key, error),
            SourceFailure::Wrong(item, key, what) => TransferError::Source {
                item: Box::new(item),
                address: transfers.store.address(&key),
                recipe: self.address.clone(),
                what: what.into(),
            },
            SourceFailure::Taken(error) => self.unfinished.unwritable(error),
        }
    }

    fn length(&self, index: usize) -> u64 {
        u64::from(self.recipe.pieces()[index].length)
    }
}

/// How far the object is in without gaps, which is as far as it can be hashed.
struct Front {
    ready: blocking::Sender<u64>,
    pieces: usize,
}

impl Front {
    fn advance(&mut self, assembly: &Assembly) {
        let before = self.pieces;
        while self.pieces < assembly.done.len() && assembly.done[self.pieces] {
            self.pieces += 1;
        }
        if self.pieces > before {
            let end = assembly
                .offsets
                .get(self.pieces)
                .copied()
                .unwrap_or(assembly.recipe.size());
            // The hashing ends early only if it can't read, which its result tells.
            let _ = self.ready.send(end);
        }
    }
}
