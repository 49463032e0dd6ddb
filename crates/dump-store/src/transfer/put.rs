//! Putting a file under a key: verified before it appears.
//!
//! A small object is read into memory, hashed, and stored with one request that carries its SHA-256. A large one is
//! hashed in order while its parts are sent from the file in parallel, each with the CRC-32 that was computed from the
//! same read; the request that makes the object of its parts is sent only when the hash is the oid. A server therefore
//! never shows an object whose content isn't its name, even if the file changes in the middle.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::error::{TransferError, died};
use crate::layout::Key;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::content::Content;
use crate::store::retry::{Attempts, ask, retry};
use crate::store::stall::{COMPLETION_PATIENCE, limited, moving};
use crate::store::{ErrorKind, ObjectStore, StoreError, StoredPart, UploadId};
use crate::transfer::Transfers;
use crate::transfer::file::{read_exact_at, read_range};
use crate::transfer::journal::Journal;
use crate::transfer::share::Share;

/// The version of the journal's lines.
const JOURNAL_FORMAT: u32 = 1;

/// What must be the same for an upload to go on.
#[derive(Debug, Serialize)]
struct Header<'a> {
    format: u32,
    upload: &'a str,
    size: u64,
    part_size: u64,
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Begun {
        id: String,
    },
    Part {
        number: u32,
        etag: String,
        crc32: u32,
    },
}

/// An upload that a process before this one began.
#[derive(Debug, Default)]
struct Begun {
    id: Option<UploadId>,
    parts: BTreeMap<u32, StoredPart>,
}

/// Why an upload in parts stopped.
enum Stopped {
    /// What was begun can't be gone on with: begin anew.
    Stale(StoreError),
    /// It failed.
    Failed(TransferError),
}

/// A part that has been read and may be sent.
#[derive(Clone, Copy)]
struct ReadPart {
    number: u32,
    crc32: u32,
}

/// Stores the file `path` under `key`, whatever is there, if it has `size` bytes that hash to `oid`.
pub(crate) async fn put<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    key: Key,
    size: u64,
    path: &Path,
    meter: &Meter,
) -> Result<(), TransferError> {
    let file = File::open(path).map_err(|error| TransferError::local("read", path, error))?;
    let source = Source {
        transfers,
        oid,
        key,
        size,
        path,
        file: Arc::new(file),
        meter,
    };
    if size <= transfers.limits.single_put {
        source.put_whole().await?;
    } else {
        source.put_in_parts().await?;
    }
    transfers.presence.stored(&source.key, size, None);
    Ok(())
}

/// One object on its way into the store.
struct Source<'a, S> {
    transfers: &'a Transfers<S>,
    oid: &'a Oid,
    key: Key,
    size: u64,
    path: &'a Path,
    file: Arc<File>,
    meter: &'a Meter,
}

impl<S: ObjectStore> Source<'_, S> {
    async fn put_whole(&self) -> Result<(), TransferError> {
        let mut bytes = vec![0; usize::try_from(self.size).unwrap_or(usize::MAX)];
        read_exact_at(&self.file, &mut bytes, 0).map_err(|error| self.unreadable(error))?;
        if Oid::of(&bytes) != *self.oid {
            return Err(self.not_its_content(&Oid::of(&bytes)));
        }
        let part = self.meter.part();
        let content = Content::from_bytes(bytes).metered(part.clone());
        let policy = &self.transfers.policy;
        retry(policy, &self.transfers.store, || {
            part.restart();
            let request = self
                .transfers
                .store
                .put(&self.key, content.clone(), self.oid.as_bytes());
            moving(request, part.clone(), policy.stall)
        })
        .await
        .map(drop)
        .map_err(|error| self.failed(error))
    }

    async fn put_in_parts(&self) -> Result<(), TransferError> {
        let part_size = self.transfers.limits.part_size(self.size);
        let address = self.transfers.store.address(&self.key);
        let header = Header {
            format: JOURNAL_FORMAT,
            upload: &address,
            size: self.size,
            part_size,
        };
        let path = self.transfers.workspace.upload_journal(self.oid);
        let opened = Journal::open::<Entry>(&path, &header);
        // Without a journal (another process has it, or the disk is read-only) the upload can't be resumed; that's all.
        let (mut journal, begun) = match opened {
            Ok(Some((journal, entries))) => (Some(journal), replay(entries)),
            Ok(None) => (None, Begun::default()),
            Err(error) => {
                tracing::debug!(%error, "no journal for this upload");
                (None, Begun::default())
            }
        };
        let resumed = begun.id.is_some();
        let mut outcome = self.send_parts(part_size, &mut journal, begun).await;
        if resumed
            && outcome
                .as_ref()
                .is_err_and(|stopped| self.is_final(stopped))
        {
            // Servers differ in what they say of an upload that they have forgotten, so anything final counts. What is
            // wrong in earnest is wrong the second time as well.
            tracing::debug!("the upload that was begun can't be gone on with; beginning anew");
            self.meter.reset();
            journal = journal.and_then(|mut open| open.restart().is_ok().then_some(open));
            outcome = self
                .send_parts(part_size, &mut journal, Begun::default())
                .await;
        }
        match outcome {
            Ok(()) => {
                // One that stays behind names an upload that is gone, and is swept.
                if let Some(journal) = journal {
                    let _ = journal.remove();
                }
                Ok(())
            }
            Err(Stopped::Stale(error)) => Err(self.failed(error)),
            Err(Stopped::Failed(error)) => Err(error),
        }
    }

    /// Sends the parts that aren't stored yet and makes the object of them all.
    async fn send_parts(
        &self,
        part_size: u64,
        journal: &mut Option<Journal>,
        begun: Begun,
    ) -> Result<(), Stopped> {
        let store = &self.transfers.store;
        let policy = &self.transfers.policy;
        let upload = if let Some(id) = begun.id {
            id
        } else {
            let id = ask(policy, store, || store.create_parts(&self.key))
                .await
                .map_err(|error| self.stopped(error))?;
            record(journal, &Entry::Begun { id: id.0.clone() });
            id
        };
        let outcome = self
            .send_missing(part_size, journal, &upload, &begun.parts)
            .await;
        let parts = match outcome {
            Ok(parts) => parts,
            Err(stopped) => {
                if self.is_final(&stopped) || journal.is_none() {
                    self.abort(&upload).await;
                    if let Some(journal) = journal {
                        let _ = journal.restart();
                    }
                }
                return Err(stopped);
            }
        };
        self.complete(&upload, &parts).await
    }

    /// Reads and hashes the file in order and sends its parts behind. Returns all parts once the hash is the oid.
    async fn send_missing(
        &self,
        part_size: u64,
        journal: &mut Option<Journal>,
        upload: &UploadId,
        stored: &BTreeMap<u32, StoredPart>,
    ) -> Result<Vec<StoredPart>, Stopped> {
        let (limits, workspace) = (&self.transfers.limits, &self.transfers.workspace);
        let share = Share::take(limits, workspace, self.size.div_ceil(part_size));
        let connections = share.connections();
        let (sender, mut read_parts) = mpsc::channel(connections);
        let (file, size) = (Arc::clone(&self.file), self.size);
        let hashing =
            tokio::task::spawn_blocking(move || hash_parts(&file, size, part_size, &sender));
        let mut parts = BTreeMap::new();
        let mut sending = JoinSet::new();
        let mut reading = true;
        while reading || !sending.is_empty() {
            tokio::select! {
                read = read_parts.recv(), if reading && sending.len() < connections => match read {
                    None => reading = false,
                    Some(part) => match stored.get(&part.number) {
                        Some(known) if known.crc32 == part.crc32 => {
                            self.meter.add(self.part_length(part.number, part_size));
                            parts.insert(part.number, known.clone());
                        }
                        _ => {
                            sending.spawn(self.send_part(part, part_size, upload.clone()));
                        }
                    },
                },
                Some(sent) = sending.join_next(), if !sending.is_empty() => {
                    let part = sent.map_err(|error| self.stopped(died(&error)))?.map_err(|error| self.stopped(error))?;
                    record(journal, &Entry::Part { number: part.number, etag: part.etag.clone(), crc32: part.crc32 });
                    parts.insert(part.number, part);
                }
            }
        }
        let hashed = hashing.await.map_err(|error| self.stopped(died(&error)))?;
        let found = hashed.map_err(|error| Stopped::Failed(self.unreadable(error)))?;
        if found != *self.oid {
            return Err(Stopped::Failed(self.not_its_content(&found)));
        }
        Ok(parts.into_values().collect())
    }

    /// The task that sends one part until it is stored. Owns all it needs, since tasks outlive their makers' borrows.
    fn send_part(
        &self,
        part: ReadPart,
        part_size: u64,
        upload: UploadId,
    ) -> impl Future<Output = Result<StoredPart, StoreError>> + Send + use<S> {
        let (store, policy, key) = (
            self.transfers.store.clone(),
            self.transfers.policy,
            self.key.clone(),
        );
        let meter = self.meter.part();
        let offset = u64::from(part.number - 1) * part_size;
        let length = self.part_length(part.number, part_size);
        let content =
            Content::from_file(Arc::clone(&self.file), offset, length).metered(meter.clone());
        async move {
            let etag = retry(&policy, &store, || {
                meter.restart();
                let request =
                    store.put_part(&key, &upload, part.number, content.clone(), part.crc32);
                moving(request, meter.clone(), policy.stall)
            })
            .await?;
            Ok(StoredPart {
                number: part.number,
                etag,
                crc32: part.crc32,
            })
        }
    }

    /// Makes the object. When an answer was lost, an unknown upload may well be one that is complete.
    async fn complete(&self, upload: &UploadId, parts: &[StoredPart]) -> Result<(), Stopped> {
        let (store, policy) = (&self.transfers.store, &self.transfers.policy);
        let mut attempts = Attempts::new(policy);
        let mut unanswered = false;
        loop {
            let request = store.complete_parts(&self.key, upload, parts);
            match limited(request, policy.stall * COMPLETION_PATIENCE).await {
                Ok(()) => return Ok(()),
                Err(error) if *error.kind() == ErrorKind::NoSuchUpload && unanswered => {
                    let info = ask(policy, store, || store.head(&self.key))
                        .await
                        .map_err(|error| self.stopped(error))?;
                    return match info {
                        Some(info) if info.size == self.size => Ok(()),
                        _ => Err(Stopped::Stale(error)),
                    };
                }
                Err(error) => {
                    unanswered = true;
                    attempts
                        .after(error, store)
                        .await
                        .map_err(|error| self.stopped(error))?;
                }
            }
        }
    }

    /// Gives the parts back. If that fails too, the bucket's lifecycle rule does it.
    async fn abort(&self, upload: &UploadId) {
        let (store, policy) = (&self.transfers.store, &self.transfers.policy);
        if let Err(error) = limited(store.abort_parts(&self.key, upload), policy.stall).await {
            tracing::warn!(%error, key = %self.key, "an unfinished upload stays in the bucket until its lifecycle rule deletes it");
        }
    }

    /// Whether the same again would end the same.
    fn is_final(&self, stopped: &Stopped) -> bool {
        match stopped {
            Stopped::Failed(TransferError::Store { error, .. }) => {
                self.transfers.policy.backoff(error.kind()).is_none()
            }
            Stopped::Stale(_) | Stopped::Failed(_) => true,
        }
    }

    fn part_length(&self, number: u32, part_size: u64) -> u64 {
        part_size.min(self.size - u64::from(number - 1) * part_size)
    }

    fn stopped(&self, error: StoreError) -> Stopped {
        match error.kind() {
            ErrorKind::NoSuchUpload | ErrorKind::InvalidPart => Stopped::Stale(error),
            _ => Stopped::Failed(self.failed(error)),
        }
    }

    fn failed(&self, error: StoreError) -> TransferError {
        if *error.kind() == ErrorKind::LocalRead {
            return self.unreadable(io::Error::other(error));
        }
        self.transfers.failed(&self.key, error)
    }

    fn unreadable(&self, error: io::Error) -> TransferError {
        TransferError::local("read", self.path, error)
    }

    fn not_its_content(&self, found: &Oid) -> TransferError {
        let what = format!("its content hashes to {found}");
        TransferError::LocalContent {
            path: self.path.to_owned(),
            what,
        }
    }
}

/// Reads the file in order, announces each part with its CRC-32, and returns the oid of the whole.
fn hash_parts(
    file: &File,
    size: u64,
    part_size: u64,
    sender: &mpsc::Sender<ReadPart>,
) -> io::Result<Oid> {
    let mut sha256 = Sha256::new();
    let mut buffer = Vec::new();
    let mut offset = 0;
    for number in 1.. {
        let length = part_size.min(size - offset);
        if length == 0 {
            break;
        }
        let mut crc32 = crc32fast::Hasher::new();
        read_range(file, offset, length, &mut buffer, |bytes| {
            sha256.update(bytes);
            crc32.update(bytes);
        })?;
        // Nobody listens any more when a part has failed.
        if sender
            .blocking_send(ReadPart {
                number,
                crc32: crc32.finalize(),
            })
            .is_err()
        {
            break;
        }
        offset += length;
    }
    Ok(Oid::from_bytes(sha256.finalize().into()))
}

/// What a journal's lines add up to.
fn replay(entries: Vec<Entry>) -> Begun {
    let mut begun = Begun::default();
    for entry in entries {
        match entry {
            Entry::Begun { id } => {
                begun = Begun {
                    id: Some(UploadId(id)),
                    parts: BTreeMap::new(),
                }
            }
            Entry::Part {
                number,
                etag,
                crc32,
            } => {
                begun.parts.insert(
                    number,
                    StoredPart {
                        number,
                        etag,
                        crc32,
                    },
                );
            }
        }
    }
    if begun.id.is_none() {
        Begun::default()
    } else {
        begun
    }
}

/// Adds a line to the journal, if there is one. A journal that can't be written only costs the chance to resume.
fn record(journal: &mut Option<Journal>, entry: &Entry) {
    if let Some(open) = journal
        && let Err(error) = open.append(entry)
    {
        tracing::debug!(%error, "the upload goes on without a journal");
        *journal = None;
    }
}
