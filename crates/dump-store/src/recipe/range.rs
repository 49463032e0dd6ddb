//! One range of a source on its way: cut into the pieces that are wanted, each checked by its hash.

use std::io;
use std::sync::Arc;

use dump_delta::{ContentHash, Recipe, SourceRange};
use sha2::{Digest, Sha256};

use super::source_item;
use crate::layout::{Item, Key};
use crate::meter::PartMeter;
use crate::store::retry::{Attempts, RetryPolicy};
use crate::store::stall::limited;
use crate::store::{ByteRange, ErrorKind, ObjectStore, StoreError};

/// A piece that is in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fetched {
    pub(crate) piece: usize,
    /// Whether it was fetched, and not copied.
    pub(crate) by_network: bool,
}

/// Why a range could not be had.
pub(crate) enum SourceFailure {
    /// A request for this key failed for good.
    Store(Key, StoreError),
    /// What is under this key isn't what the recipe says, and how.
    Wrong(Item, Key, String),
    /// What came could not be put where it belongs.
    Taken(io::Error),
}

/// A range that is being fetched.
pub(crate) struct SourceFetch<S> {
    store: S,
    policy: RetryPolicy,
    /// Where the source is, and where it is if it was taken out.
    keys: [Key; 2],
    /// Which of the two is tried.
    place: usize,
    /// The source's size.
    size: u64,
    range: SourceRange,
    recipe: Arc<Recipe>,
    /// How many bytes of the range have come.
    received: u64,
    /// The first of the range's pieces that isn't whole.
    current: usize,
    sha256: Sha256,
    /// Whether a piece was damaged already.
    damaged: bool,
    meter: PartMeter,
}

impl<S: ObjectStore> SourceFetch<S> {
    pub(crate) fn new(
        store: S,
        policy: RetryPolicy,
        keys: [Key; 2],
        size: u64,
        range: SourceRange,
        recipe: Arc<Recipe>,
        meter: PartMeter,
    ) -> Self {
        Self {
            store,
            policy,
            keys,
            place: 0,
            size,
            range,
            recipe,
            received: 0,
            current: 0,
            sha256: Sha256::new(),
            damaged: false,
            meter,
        }
    }

    /// Fetches the range, going on after each failure that may pass. `write` gets the bytes of pieces with their places in
    /// them, in order, and `whole` is told which piece is right.
    pub(crate) async fn run(
        &mut self,
        write: impl Fn(usize, u64, &[u8]) -> io::Result<()> + Send,
        whole: impl Fn(usize) + Send,
    ) -> Result<(), SourceFailure> {
        let policy = self.policy;
        let mut attempts = Attempts::new(&policy);
        loop {
            let before = self.received;
            match self.receive(&write, &whole).await {
                Ok(()) => return Ok(()),
                Err(SourceFailure::Store(key, error)) => match error.kind() {
                    // Without the right to list, S3 says 403 for what isn't there.
                    ErrorKind::NotFound | ErrorKind::Denied if self.place == 0 => self.place = 1,
                    ErrorKind::Denied => {
                        return Err(SourceFailure::Store(self.keys[0].clone(), error));
                    }
                    ErrorKind::NotFound => {
                        return Err(self.wrong("isn't there".to_owned()));
                    }
                    ErrorKind::OutOfRange => {
                        return Err(self.wrong("is shorter than the recipe says".to_owned()));
                    }
                    _ => {
                        attempts.brought(self.received.saturating_sub(before));
                        let given_up = attempts.after(error, &self.store).await;
                        given_up.map_err(|error| SourceFailure::Store(key, error))?;
                    }
                },
                Err(failure) => return Err(failure),
            }
        }
    }

    /// One request for what is missing of the range.
    async fn receive(
        &mut self,
        write: &(impl Fn(usize, u64, &[u8]) -> io::Result<()> + Send),
        whole: &(impl Fn(usize) + Send),
    ) -> Result<(), SourceFailure> {
        let stall = self.policy.stall;
        let key = self.keys[self.place].clone();
        let failed = |error| SourceFailure::Store(key.clone(), error);
        let rest = ByteRange {
            offset: self.range.offset + self.received,
            length: self.range.length - self.received,
        };
        let body = limited(self.store.get(&key, rest), stall).await;
        let mut body = body.map_err(failed)?;
        if body.total() != self.size {
            let what = format!("has {} bytes and not {}", body.total(), self.size);
            return Err(self.wrong(what));
        }
        while self.received < self.range.length {
            let Some(bytes) = limited(body.next(), stall).await.map_err(failed)? else {
                let error =
                    StoreError::new(ErrorKind::Connection, "the answer ended before its end");
                return Err(failed(error));
            };
            self.take(&bytes, write, whole)?;
        }
        Ok(())
    }

    /// Gives the bytes to the pieces that they belong to. Those between pieces belong to none.
    fn take(
        &mut self,
        mut bytes: &[u8],
        write: &(impl Fn(usize, u64, &[u8]) -> io::Result<()> + Send),
        whole: &(impl Fn(usize) + Send),
    ) -> Result<(), SourceFailure> {
        while !bytes.is_empty() {
            let Some(held) = self.range.pieces.get(self.current).copied() else {
                // More than was asked for. All pieces are right, so it doesn't matter.
                return Ok(());
            };
            let piece = self.recipe.pieces()[held.index];
            let within =
                usize::try_from(held.at.saturating_sub(self.received)).unwrap_or(usize::MAX);
            if within > 0 {
                let skipped = within.min(bytes.len());
                self.received += skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            let at = self.received - held.at;
            let missing = u64::from(piece.length) - at;
            let length = bytes
                .len()
                .min(usize::try_from(missing).unwrap_or(usize::MAX));
            let (now, later) = bytes.split_at(length);
            write(held.index, at, now).map_err(SourceFailure::Taken)?;
            self.sha256.update(now);
            self.received += length as u64;
            self.meter.add(length as u64);
            bytes = later;
            if missing == length as u64 {
                let hash = ContentHash::from_bytes(self.sha256.finalize_reset().into());
                if hash != piece.hash {
                    return Err(self.is_damaged(held.at, &piece));
                }
                self.current += 1;
                whole(held.index);
            }
        }
        Ok(())
    }

    /// A piece isn't what it should be. Bytes can be damaged on the way; twice in a row, it is the source.
    fn is_damaged(&mut self, at: u64, piece: &dump_delta::Piece) -> SourceFailure {
        if self.damaged {
            let what = format!(
                "is damaged: its {} bytes from {} on aren't what the recipe says",
                piece.length, piece.offset
            );
            return self.wrong(what);
        }
        self.damaged = true;
        self.received = at;
        self.meter.take_back(u64::from(piece.length));
        let error = StoreError::new(ErrorKind::BadDigest, "what came is damaged");
        SourceFailure::Store(self.keys[self.place].clone(), error)
    }

    fn wrong(&self, what: String) -> SourceFailure {
        let source = &self.recipe.sources()[self.range.source as usize];
        SourceFailure::Wrong(source_item(source), self.keys[0].clone(), what)
    }
}
