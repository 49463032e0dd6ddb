//! Fetching an object: in parallel ranges, hashed while it arrives, handed out only when it is what its name says.
//!
//! A small object comes with one request, by way of memory. Of a larger one ranges are written into one file at their
//! places. Behind them, in order, the file is hashed, up to where all ranges are in. A range that breaks off goes on at the
//! byte where it broke. A journal says which ranges are in, so that a later process needs to fetch only the others.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::error::{TransferError, died, may_be_missing};
use crate::layout::{Item, Key};
use crate::meter::{Meter, PartMeter};
use crate::oid::Oid;
use crate::recipe;
use crate::store::retry::{Attempts, RetryPolicy, ask};
use crate::store::stall::limited;
use crate::store::{ByteRange, ErrorKind, ObjectStore, StoreError};
use crate::transfer::file::{hash_behind, read_range, write_all_at};
use crate::transfer::share::Share;
use crate::transfer::unfinished::Unfinished;
use crate::transfer::{Transfers, verify};

/// The version of the journal's lines.
const JOURNAL_FORMAT: u32 = 1;

/// What must be the same for a download to go on. Where the bytes come from doesn't matter: their hash is their name.
#[derive(Debug, Serialize)]
struct Header {
    format: u32,
    size: u64,
    range_size: u64,
}

/// A line of the journal: a range that is in.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    range: usize,
    crc32: u32,
}

/// Why a range could not be fetched.
enum RangeError {
    Store(StoreError),
    /// The stored object has this size, which isn't the one that git-lfs says.
    Size(u64),
    Disk(io::Error),
}

/// See [`Transfers::download`].
pub(crate) async fn download<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<PathBuf, TransferError> {
    let unusable = match Box::pin(recipe::fetch(transfers, oid, size, meter)).await {
        Ok(Some(path)) => return Ok(path),
        Ok(None) => None,
        // The object may be there whole as well.
        Err(error @ (TransferError::Recipe { .. } | TransferError::Source { .. })) => {
            tracing::debug!(%error, "the recipe doesn't lead to the object");
            meter.reset();
            Some(error)
        }
        Err(error) => return Err(error),
    };
    match download_item(transfers, &Item::object(*oid), size, meter).await {
        Err(error) if may_be_missing(&error) => {
            meter.reset();
            match unusable {
                Some(unusable) => Err(unusable),
                None => Box::pin(recipe::fetch_from_trash(transfers, oid, size, meter))
                    .await?
                    .ok_or(error),
            }
        }
        outcome => outcome,
    }
}

/// Fetches an item that is named by its own content: an object that is stored whole, or a pack.
pub(crate) async fn download_item<S: ObjectStore>(
    transfers: &Transfers<S>,
    item: &Item,
    size: u64,
    meter: &Meter,
) -> Result<PathBuf, TransferError> {
    if size <= transfers.limits.single_put {
        return download_small(transfers, item, size, meter).await;
    }
    let oid = &item.oid;
    let mut partial = Partial::open(transfers, item, size)?;
    // Bytes can be damaged on the way, where no checksum covers a range. Twice in a row, it is the object.
    for _ in 0..2 {
        let found = partial.fetch_all(transfers, meter).await?;
        if found == *oid {
            return partial.unfinished.hand_out();
        }
        tracing::debug!(%oid, "what arrived doesn't hash to its oid; fetching it again");
        meter.reset();
        partial.forget()?;
    }
    let address = transfers.store.address(&partial.key);
    partial.unfinished.discard();
    Err(TransferError::StoredContent { address })
}

/// Fetches an item with one request, by way of memory. One that breaks off for good leaves nothing to go on with, because
/// nothing of it has been verified.
async fn download_small<S: ObjectStore>(
    transfers: &Transfers<S>,
    item: &Item,
    size: u64,
    meter: &Meter,
) -> Result<PathBuf, TransferError> {
    let (place, trash) = (transfers.layout.key(item), transfers.layout.trash(item));
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    // Bytes can be damaged on the way. Twice in a row, it is the object.
    for _ in 0..2 {
        meter.reset();
        bytes.clear();
        let take = |more: &[u8]| bytes.extend_from_slice(more);
        let found = match verify::read_whole(transfers, &place, size, meter, take).await {
            Err(missing) if may_be_missing(&missing) => {
                meter.reset();
                bytes.clear();
                let take = |more: &[u8]| bytes.extend_from_slice(more);
                match verify::read_whole(transfers, &trash, size, meter, take).await {
                    Err(error) if may_be_missing(&error) => return Err(missing),
                    outcome => outcome?,
                }
            }
            outcome => outcome?,
        };
        if found == item.oid {
            let workspace = &transfers.workspace;
            let path = workspace.unique(&item.oid);
            let written = workspace
                .prepare_downloads()
                .and_then(|()| fs::write(&path, &bytes));
            return match written {
                Ok(()) => Ok(path),
                Err(error) => {
                    let _ = fs::remove_file(&path);
                    Err(TransferError::local("write", &path, error))
                }
            };
        }
        tracing::debug!(oid = %item.oid, "what arrived doesn't hash to its oid; fetching it again");
    }
    let address = transfers.store.address(&place);
    Err(TransferError::StoredContent { address })
}

/// An object that comes in ranges.
struct Partial {
    item: Item,
    key: Key,
    size: u64,
    range_size: u64,
    unfinished: Unfinished,
    /// Whether each range is in.
    done: Vec<bool>,
}

impl Partial {
    /// Takes up what an earlier process left, or begins.
    fn open<S: ObjectStore>(
        transfers: &Transfers<S>,
        item: &Item,
        size: u64,
    ) -> Result<Self, TransferError> {
        let range_size = transfers.limits.part_size(size);
        let header = Header {
            format: JOURNAL_FORMAT,
            size,
            range_size,
        };
        let (unfinished, entries) =
            Unfinished::open(&transfers.workspace, &item.oid, size, &header)?;
        let ranges = usize::try_from(size.div_ceil(range_size)).unwrap_or(usize::MAX);
        let mut partial = Self {
            item: *item,
            key: transfers.layout.key(item),
            size,
            range_size,
            unfinished,
            done: vec![false; ranges],
        };
        partial.take_up(&entries);
        Ok(partial)
    }

    /// Believes the journal where the file agrees.
    fn take_up(&mut self, entries: &[Entry]) {
        let mut buffer = Vec::new();
        for entry in entries {
            if entry.range >= self.done.len() {
                continue;
            }
            let range = self.range(entry.range);
            let mut crc32 = crc32fast::Hasher::new();
            let file = self.unfinished.file();
            let read = read_range(file, range.offset, range.length, &mut buffer, |bytes| {
                crc32.update(bytes);
            });
            self.done[entry.range] = read.is_ok() && crc32.finalize() == entry.crc32;
        }
    }

    /// Fetches what is missing, from the trash if the object has been taken out of its place, and returns the oid of the
    /// whole.
    async fn fetch_all<S: ObjectStore>(
        &mut self,
        transfers: &Transfers<S>,
        meter: &Meter,
    ) -> Result<Oid, TransferError> {
        let missing = match self.fill(transfers, meter).await {
            Err(error) if may_be_missing(&error) => error,
            outcome => return outcome,
        };
        meter.reset();
        let trash = transfers.layout.trash(&self.item);
        let place = std::mem::replace(&mut self.key, trash);
        match self.fill(transfers, meter).await {
            Err(error) if may_be_missing(&error) => {
                self.key = place;
                Err(missing)
            }
            outcome => outcome,
        }
    }

    /// Fetches what is missing and returns the oid of the whole.
    async fn fill<S: ObjectStore>(
        &mut self,
        transfers: &Transfers<S>,
        meter: &Meter,
    ) -> Result<Oid, TransferError> {
        let (sender, ready) = mpsc::channel();
        let file = Arc::clone(self.unfinished.file());
        let hashing = tokio::task::spawn_blocking(move || hash_behind(&file, &ready));
        let mut missing = (0..self.done.len())
            .filter(|index| !self.done[*index])
            .collect::<Vec<_>>()
            .into_iter();
        let had = (0..self.done.len())
            .filter(|index| self.done[*index])
            .map(|index| self.range(index).length)
            .sum();
        meter.add(had);
        let share = Share::take(
            &transfers.limits,
            &transfers.workspace,
            self.done.len() as u64,
        );
        let mut whole_until = 0;
        let mut fetching = JoinSet::new();
        loop {
            while whole_until < self.done.len() && self.done[whole_until] {
                whole_until += 1;
                let until = self.size.min(whole_until as u64 * self.range_size);
                // The hashing ends early only if it can't read, which its result tells.
                let _ = sender.send(until);
            }
            while fetching.len() < share.connections()
                && let Some(index) = missing.next()
            {
                fetching.spawn(self.fetch(transfers, index, meter.part()));
            }
            let Some(fetched) = fetching.join_next().await else {
                break;
            };
            let (index, outcome) =
                fetched.map_err(|error| transfers.failed(&self.key, died(&error)))?;
            let crc32 = outcome.map_err(|error| self.failed(transfers, error))?;
            self.done[index] = true;
            self.unfinished.note(&Entry {
                range: index,
                crc32,
            })?;
        }
        drop(sender);
        let hashed = hashing
            .await
            .map_err(|error| transfers.failed(&self.key, died(&error)))?;
        hashed.map_err(|error| self.unfinished.unreadable(error))
    }

    /// The task that fetches one range. Owns all it needs, since tasks outlive their makers' borrows.
    fn fetch<S: ObjectStore>(
        &self,
        transfers: &Transfers<S>,
        index: usize,
        meter: PartMeter,
    ) -> impl Future<Output = (usize, Result<u32, RangeError>)> + Send + use<S> {
        let mut fetch = RangeFetch {
            store: transfers.store.clone(),
            policy: transfers.policy,
            key: self.key.clone(),
            size: self.size,
            range: self.range(index),
            file: Arc::clone(self.unfinished.file()),
            received: 0,
            crc32: crc32fast::Hasher::new(),
            meter,
        };
        async move { (index, fetch.run().await) }
    }

    /// Forgets what is in, so that all of it is fetched again.
    fn forget(&mut self) -> Result<(), TransferError> {
        self.done.fill(false);
        self.unfinished.forget()
    }

    fn range(&self, index: usize) -> ByteRange {
        let offset = index as u64 * self.range_size;
        ByteRange {
            offset,
            length: self.range_size.min(self.size - offset),
        }
    }

    fn failed<S: ObjectStore>(&self, transfers: &Transfers<S>, error: RangeError) -> TransferError {
        match error {
            RangeError::Store(error) => transfers.failed(&self.key, error),
            RangeError::Size(found) => TransferError::StoredSize {
                address: transfers.store.address(&self.key),
                found,
                expected: self.size,
            },
            RangeError::Disk(error) => self.unfinished.unwritable(error),
        }
    }
}

/// One range on its way into the file.
struct RangeFetch<S> {
    store: S,
    policy: RetryPolicy,
    key: Key,
    size: u64,
    range: ByteRange,
    file: Arc<File>,
    received: u64,
    crc32: crc32fast::Hasher,
    meter: PartMeter,
}

impl<S: ObjectStore> RangeFetch<S> {
    /// Fetches the range, going on after each failure that may pass, and returns its CRC-32.
    async fn run(&mut self) -> Result<u32, RangeError> {
        let policy = self.policy;
        let mut attempts = Attempts::new(&policy);
        loop {
            let before = self.received;
            match self.receive().await {
                Ok(()) => return Ok(self.crc32.clone().finalize()),
                Err(RangeError::Store(error)) => {
                    attempts.brought(self.received.saturating_sub(before));
                    attempts
                        .after(error, &self.store)
                        .await
                        .map_err(RangeError::Store)?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// One request for what is missing of the range.
    async fn receive(&mut self) -> Result<(), RangeError> {
        let stall = self.policy.stall;
        if self.received == self.range.length {
            // The failure came after the last byte: there is no telling which of them are right.
            self.begin_anew();
        }
        let rest = ByteRange {
            offset: self.range.offset + self.received,
            length: self.range.length - self.received,
        };
        let mut body = match limited(self.store.get(&self.key, rest), stall).await {
            Ok(body) => body,
            Err(error) if *error.kind() == ErrorKind::OutOfRange => {
                return Err(self.shorter(error).await);
            }
            Err(error) => return Err(RangeError::Store(error)),
        };
        if body.total() != self.size {
            return Err(RangeError::Size(body.total()));
        }
        loop {
            let next = limited(body.next(), stall).await;
            let Some(bytes) = next.map_err(RangeError::Store)? else {
                break;
            };
            let length = bytes.len() as u64;
            if self.received + length > self.range.length {
                return Err(broken("more came than was asked for"));
            }
            write_all_at(&self.file, &bytes, self.range.offset + self.received)
                .map_err(RangeError::Disk)?;
            self.crc32.update(&bytes);
            self.received += length;
            self.meter.add(length);
        }
        if self.received < self.range.length {
            return Err(broken("the answer ended before its end"));
        }
        Ok(())
    }

    fn begin_anew(&mut self) {
        self.received = 0;
        self.crc32 = crc32fast::Hasher::new();
        self.meter.restart();
    }

    /// The object ends before this range: says its size, if that can be had.
    async fn shorter(&self, error: StoreError) -> RangeError {
        let head = || self.store.head(&self.key);
        match ask(&self.policy, &self.store, head).await {
            Ok(Some(info)) if info.size != self.size => RangeError::Size(info.size),
            _ => RangeError::Store(error),
        }
    }
}

fn broken(what: &str) -> RangeError {
    RangeError::Store(StoreError::new(ErrorKind::Connection, what))
}
