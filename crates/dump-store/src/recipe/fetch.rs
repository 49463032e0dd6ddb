//! Following a recipe: what is here is copied, the rest is fetched, and the whole is hashed while it comes together.
//!
//! Pieces are written at their places in one file, from both sides at the same time. Each is checked by its own hash when
//! it is written, so a local object that isn't what it should be costs only the fetching of those pieces. A journal says
//! which pieces came over the network, so that a later process needn't fetch them again. What texts are made of comes
//! behind the object in the same file, and goes when it has been made of them.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, mpsc as blocking};

use dump_delta::{ContentHash, Output, Recipe, SourceRange};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::range::{Fetched, SourceFailure, SourceFetch};
use super::search::{self, LocalPlace, Search};
use super::stored::load;
use super::texts::{self, TextPlace};
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
        if found == Some(*oid) {
            // What is made of texts doesn't move as it is.
            meter.reset();
            meter.add(size);
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

/// Puts the object together from the store alone, to see whether that makes it, and keeps nothing.
pub(crate) async fn try_out<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    recipe: Recipe,
    address: String,
    meter: &Meter,
) -> Result<(), TransferError> {
    let mut assembly = Assembly::open(transfers, oid, recipe, address)?;
    assembly.forget()?;
    let found = assembly.assemble(transfers, Locally::Unused, meter).await;
    assembly.unfinished.discard();
    match found {
        Ok(found) if found == Some(*oid) => Ok(()),
        Ok(_) => Err(TransferError::StoredContent {
            address: assembly.address,
        }),
        Err(error) => Err(error),
    }
}

/// An object that is coming together.
struct Assembly {
    oid: Oid,
    recipe: Arc<Recipe>,
    /// Of the recipe, for messages.
    address: String,
    /// Where each piece begins in the file.
    offsets: Arc<Vec<u64>>,
    /// What the object consists of, and where that begins.
    outputs: Vec<(u64, Output)>,
    unfinished: Unfinished,
    /// Whether each piece is in.
    done: Vec<bool>,
    /// Whether each piece is needed. What a text at hand would be made of isn't.
    needed: Vec<bool>,
    /// Whether what is made of texts is in.
    made: Vec<bool>,
}

/// What is here of a recipe.
#[derive(Default)]
struct Here {
    pieces: Vec<LocalPlace>,
    texts: Vec<Option<TextPlace>>,
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
            Unfinished::open(&transfers.workspace, oid, recipe.room(), &header)?;
        let mut assembly = Self {
            oid: *oid,
            address,
            offsets: Arc::new(recipe.offsets()),
            outputs: recipe.outputs(),
            done: vec![false; recipe.pieces().len()],
            needed: vec![true; recipe.pieces().len()],
            made: vec![false; recipe.texts().made.len()],
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

    /// Brings in all that is missing and returns the oid of the whole; `None` when something can't be made of what came.
    async fn assemble<S: ObjectStore>(
        &mut self,
        transfers: &Transfers<S>,
        locally: Locally,
        meter: &Meter,
    ) -> Result<Option<Oid>, TransferError> {
        let (ready, hashable) = blocking::channel();
        let file = Arc::clone(self.unfinished.file());
        let hashing = tokio::task::spawn_blocking(move || hash_behind(&file, &hashable));
        let mut front = Front { ready, outputs: 0 };
        let had = (0..self.done.len()).filter(|index| self.done[*index]);
        meter.add(had.map(|index| self.length(index)).sum());
        front.advance(self);

        let here = if locally == Locally::Used {
            self.here(transfers).await
        } else {
            Here::default()
        };
        let mut texts = here.texts;
        texts.resize(self.recipe.texts().texts.len(), None);
        self.needs(&texts);
        self.bring(transfers, here.pieces, meter, &mut front)
            .await?;
        // What a local object turned out not to have, and what is there more than once.
        let repeated = self.repeated();
        self.bring(transfers, repeated, meter, &mut front).await?;
        let repeated = self.repeated();
        self.bring(transfers, repeated, meter, &mut front).await?;
        let all_made = self.make(transfers, texts, &mut front).await?;

        drop(front);
        let hashed = hashing
            .await
            .map_err(|error| transfers.failed(&Key::new(&self.address), died(&error)))?;
        let found = hashed.map_err(|error| self.unfinished.unreadable(error))?;
        Ok(all_made.then_some(found))
    }

    /// Finds out which pieces are needed, when these texts are at hand.
    fn needs(&mut self, at_hand: &[Option<TextPlace>]) {
        let chunks = self.recipe.chunks().len();
        let parts = self.recipe.pieces().len() - chunks;
        let texts = self.recipe.texts();
        let (needed, _) = texts.needed(parts, |text| at_hand[text].is_some());
        self.needed.truncate(chunks);
        self.needed.extend(needed);
    }

    /// Makes of texts what isn't in. `false` when that can't be done.
    async fn make<S: ObjectStore>(
        &mut self,
        transfers: &Transfers<S>,
        at_hand: Vec<Option<TextPlace>>,
        front: &mut Front,
    ) -> Result<bool, TransferError> {
        if !self.made.contains(&false) {
            return Ok(true);
        }
        let (recipe, file) = (Arc::clone(&self.recipe), Arc::clone(self.unfinished.file()));
        let wanted: Vec<bool> = self.made.iter().map(|made| !made).collect();
        let (sender, mut events) = mpsc::unbounded_channel();
        let making = tokio::task::spawn_blocking(move || {
            texts::make(&recipe, &file, &at_hand, &wanted, &|index| {
                // Nobody listens any more when this transfer has been given up.
                let _ = sender.send(index);
            })
        });
        while let Some(index) = events.recv().await {
            self.made[index] = true;
            front.advance(self);
        }
        let made = making
            .await
            .map_err(|error| transfers.failed(&Key::new(&self.address), died(&error)))?;
        match made {
            Ok(()) => Ok(true),
            Err(texts::Failure::Wrong) => Ok(false),
            Err(texts::Failure::Disk(error)) => Err(self.unfinished.unwritable(error)),
        }
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
            wanted[index] =
                self.is_missing(index) && *first.entry(piece.hash).or_insert(index) == index;
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

    /// What the local LFS storage has of missing pieces, and of what texts are made of.
    async fn here<S: ObjectStore>(&self, transfers: &Transfers<S>) -> Here {
        let Some(objects) = transfers.versions.objects.clone() else {
            return Here::default();
        };
        let (workspace, oid) = (transfers.workspace.clone(), self.oid);
        let (recipe, done) = (Arc::clone(&self.recipe), self.done.clone());
        let looking = tokio::task::spawn_blocking(move || {
            let texts = search::texts(&recipe, &objects);
            let (parts, _) = recipe
                .texts()
                .needed(done.len() - recipe.chunks().len(), |text| {
                    texts[text].is_some()
                });
            let mut found = done;
            for (found, needed) in found[recipe.chunks().len()..].iter_mut().zip(parts) {
                *found |= !needed;
            }
            let mut search = Search::new(&recipe, found);
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
            Here {
                pieces: search.places,
                texts,
            }
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
        let missing = (0..pieces.len()).filter(|index| self.is_missing(*index));
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
        if self.made.is_empty() {
            let list = dump_delta::ChunkList::of_recipe(&self.recipe);
            local::keep_list(&transfers.workspace, &list);
        }
        let cut = self.unfinished.file().set_len(self.recipe.size());
        cut.map_err(|error| self.unfinished.unwritable(error))?;
        self.unfinished.hand_out()
    }

    /// Forgets what is in, so that all of it is brought in again.
    fn forget(&mut self) -> Result<(), TransferError> {
        self.done.fill(false);
        self.made.fill(false);
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

    fn is_missing(&self, index: usize) -> bool {
        self.needed[index] && !self.done[index]
    }

    fn length(&self, index: usize) -> u64 {
        u64::from(self.recipe.pieces()[index].length)
    }
}

/// How far the object is in without gaps, which is as far as it can be hashed.
struct Front {
    ready: blocking::Sender<u64>,
    outputs: usize,
}

impl Front {
    fn advance(&mut self, assembly: &Assembly) {
        let before = self.outputs;
        let is_in = |output| match output {
            Output::Copied(piece) => assembly.done[piece],
            Output::Made(made) => assembly.made[made],
        };
        while let Some((_, output)) = assembly.outputs.get(self.outputs)
            && is_in(*output)
        {
            self.outputs += 1;
        }
        if self.outputs > before {
            let next = assembly.outputs.get(self.outputs);
            let end = next.map_or(assembly.recipe.size(), |(offset, _)| *offset);
            // The hashing ends early only if it can't read, which its result tells.
            let _ = self.ready.send(end);
        }
    }
}
