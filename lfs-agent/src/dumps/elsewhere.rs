//! Versions that aren't on this machine, read without being put together: of their recipes, what is asked for.
//!
//! Whoever looks through a hundred versions needs of each what its neighbour hasn't got. All of them whole would be a hundred
//! times the dump, to move, to hash and to keep.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dump_diff::Source;
use dump_store::{Excerpts, Oid, Outline, TransferError, read_piece, read_text};
use tokio::task::JoinSet;

use crate::dumps::content::temporary_file;
use crate::error::AgentError;
use crate::git::pointer::Pointer;
use crate::git::repository::Repository;
use crate::store::tending::Store;

/// So many recipes are asked for at the same time.
const AT_ONCE: usize = 8;

/// The store, and what of it is here by now.
pub(crate) struct Elsewhere {
    store: Store,
    excerpts: Mutex<Excerpts>,
}

/// The versions that will be asked for, in this order, and what they consist of, as far as that is known.
pub(crate) struct Outlines {
    elsewhere: Arc<Elsewhere>,
    waiting: VecDeque<Oid>,
    known: HashMap<Oid, Option<Outline>>,
    /// Whether the store didn't answer. It is then asked no more: what is here can be compared all the same.
    is_silent: bool,
    /// Whether all versions are here, so that what they consist of is told by lists on this machine.
    pub(crate) are_here: bool,
}

impl Outlines {
    /// For these versions, of which some aren't here.
    pub(crate) fn of(
        repository: &Repository,
        versions: impl IntoIterator<Item = Oid>,
    ) -> Result<Self, AgentError> {
        let elsewhere = Elsewhere {
            store: Store::of(None)?,
            excerpts: Mutex::new(Excerpts::new(temporary_file(repository)?)),
        };
        Ok(Self {
            elsewhere: Arc::new(elsewhere),
            waiting: versions.into_iter().collect(),
            known: HashMap::new(),
            is_silent: false,
            are_here: false,
        })
    }

    /// For versions that are all here, if a push or a fetch left lists of what they consist of: their bytes needn't be read
    /// then to know it.
    pub(crate) fn kept(repository: &Repository, versions: &[&Pointer]) -> Option<Self> {
        let outlines = Self::of(repository, []).ok()?;
        let transfers = &outlines.elsewhere.store.transfers;
        let mut versions = versions.iter();
        versions
            .all(|pointer| transfers.keeps_outline(&pointer.oid))
            .then_some(Self {
                is_silent: true,
                are_here: true,
                ..outlines
            })
    }

    /// What a version consists of whose object is here, as the store has it; `None` where its content isn't its name.
    pub(crate) fn here(&mut self, pointer: &Pointer, path: &Path) -> Option<Outline> {
        let stored = self.stored(&pointer.oid);
        let transfers = &self.elsewhere.store.transfers;
        let outline = match stored {
            Some(stored) => stored,
            None => transfers
                .local_outline(&pointer.oid, pointer.size, path)
                .ok()
                .flatten()?,
        };
        if !self.are_here {
            // What can't be opened is found missing when it is wanted.
            let _ = self.elsewhere.excerpts().add(path, &outline);
        }
        Some(outline)
    }

    /// A version of which the store has a recipe.
    pub(crate) fn version(&mut self, oid: &Oid) -> Option<RemoteVersion> {
        Some(RemoteVersion {
            oid: *oid,
            outline: Arc::new(self.stored(oid)?),
            elsewhere: Arc::clone(&self.elsewhere),
        })
    }

    fn stored(&mut self, oid: &Oid) -> Option<Outline> {
        if !self.known.contains_key(oid) && !self.is_silent {
            self.ask(oid);
        }
        // Where it has been taken before, it is asked for once more.
        self.known.remove(oid).flatten()
    }

    /// Asks for a version's recipe, and for those that come next.
    fn ask(&mut self, oid: &Oid) {
        self.waiting.retain(|waiting| waiting != oid);
        let next = self.waiting.len().min(AT_ONCE - 1);
        let asked: Vec<Oid> = [*oid]
            .into_iter()
            .chain(self.waiting.drain(..next))
            .collect();
        let store = &self.elsewhere.store;
        let found = store.runtime.block_on(async {
            let mut asking = JoinSet::new();
            for oid in asked {
                let transfers = Arc::clone(&store.transfers);
                asking.spawn(async move { (oid, transfers.stored_outline(&oid).await) });
            }
            asking.join_all().await
        });
        for (oid, outline) in found {
            // Without a recipe git-lfs fetches it, and says what is wrong.
            let is_damage = matches!(outline, Err(TransferError::Recipe { .. }));
            self.is_silent |= outline.is_err() && !is_damage;
            self.known.insert(oid, outline.ok().flatten());
        }
    }
}

impl Elsewhere {
    fn excerpts(&self) -> MutexGuard<'_, Excerpts> {
        self.excerpts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A version whose pieces come when they are read.
#[derive(Clone)]
pub(crate) struct RemoteVersion {
    oid: Oid,
    outline: Arc<Outline>,
    elsewhere: Arc<Elsewhere>,
}

impl RemoteVersion {
    pub(crate) fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Fetches what of these parts isn't here: where each begins, and its length.
    pub(crate) fn bring(&self, parts: &[(u64, u64)]) -> Result<(), AgentError> {
        let pieces = parts
            .iter()
            .flat_map(|(offset, length)| self.outline.within(*offset, *length));
        self.bring_pieces(&pieces.collect::<Vec<usize>>())
    }

    fn bring_pieces(&self, pieces: &[usize]) -> Result<(), AgentError> {
        let store = &self.elsewhere.store;
        let excerpts = &self.elsewhere.excerpts;
        let fetching = store
            .transfers
            .fetch_pieces(&self.outline, pieces, excerpts);
        let fetched = store.runtime.block_on(fetching);
        fetched.map_err(|error| AgentError::Transfer {
            verb: "fetch",
            oid: self.oid.to_hex(),
            error,
        })
    }

    fn piece(&self, piece: usize) -> io::Result<Vec<u8>> {
        let read = || read_piece(&self.elsewhere.excerpts, &self.outline, piece);
        if let Some(bytes) = read()? {
            return Ok(bytes);
        }
        self.bring_pieces(&[piece]).map_err(io::Error::other)?;
        read()?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Source for RemoteVersion {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.open_at(0)
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(RemoteReader {
            version: self.clone(),
            at: offset,
            rest: Cursor::new(Vec::new()),
        }))
    }

    fn text_at(&self, offset: u64, length: u64) -> io::Result<Option<Arc<Vec<u8>>>> {
        let Some(piece) = self.outline.made(offset, length) else {
            return Ok(None);
        };
        let read = || read_text(&self.elsewhere.excerpts, &self.outline, piece);
        if let Some(text) = read()? {
            return Ok(Some(text));
        }
        self.bring_pieces(&[piece]).map_err(io::Error::other)?;
        read()
    }
}

/// Reads piece after piece.
struct RemoteReader {
    version: RemoteVersion,
    /// Where `rest` ends.
    at: u64,
    rest: Cursor<Vec<u8>>,
}

impl Read for RemoteReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.rest.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        let Some((piece, into)) = self.version.outline.at(self.at) else {
            return Ok(0);
        };
        let bytes = self.version.piece(piece)?;
        self.at += bytes.len() as u64 - into;
        self.rest = Cursor::new(bytes);
        self.rest.set_position(into);
        self.rest.read(buffer)
    }
}
