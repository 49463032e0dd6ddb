//! A store in memory, for tests: S3's semantics without a network.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::layout::Key;
use crate::store::content::{Content, ObjectBody};
use crate::store::{
    ByteRange, ErrorKind, ListedObject, ListedPage, ObjectInfo, ObjectStore, StoreError,
    StoredPart, Tag, UploadId,
};

/// How much of a body comes at once, in bytes: little, so that readers meet the ends of chunks.
const CHUNK: usize = 64 << 10;

/// Objects in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    objects: BTreeMap<String, Held>,
    /// How often something was written, by which tags differ.
    writes: u64,
    uploads: BTreeMap<String, Upload>,
    uploads_begun: u64,
    page: Option<usize>,
}

#[derive(Debug, Clone)]
struct Held {
    bytes: Bytes,
    modified: SystemTime,
    tag: Tag,
}

#[derive(Debug)]
struct Upload {
    key: String,
    parts: BTreeMap<u32, (Bytes, String)>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same store with listings in pages of `length` objects (1000 otherwise).
    #[must_use]
    pub fn with_page_length(self, length: usize) -> Self {
        self.lock().page = Some(length);
        self
    }

    /// The content under `key`, behind the interface's back.
    pub fn read(&self, key: &Key) -> Option<Bytes> {
        self.lock()
            .objects
            .get(key.as_str())
            .map(|held| held.bytes.clone())
    }

    /// Puts `bytes` under `key`, last written at `modified`, behind the interface's back.
    pub fn write(&self, key: &Key, bytes: impl Into<Bytes>, modified: SystemTime) {
        self.lock().hold(key, bytes.into(), modified);
    }

    /// All keys, in order.
    pub fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    /// How many uploads in parts are neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.lock().uploads.len()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // A test that panics elsewhere leaves whole objects behind, never halves of one.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ObjectStore for MemoryStore {
    async fn head(&self, key: &Key) -> Result<Option<ObjectInfo>, StoreError> {
        Ok(self.lock().objects.get(key.as_str()).map(Held::info))
    }

    async fn get(&self, key: &Key, range: ByteRange) -> Result<ObjectBody, StoreError> {
        let shared = self.lock();
        let held = shared
            .objects
            .get(key.as_str())
            .ok_or_else(|| failure(ErrorKind::NotFound, "no such key"))?;
        let bytes = &held.bytes;
        let total = bytes.len() as u64;
        if range.offset >= total {
            return Err(failure(
                ErrorKind::OutOfRange,
                "the object ends before the range",
            ));
        }
        let end = range.offset.saturating_add(range.length).min(total);
        let within = |offset: u64| {
            usize::try_from(offset).map_err(|error| failure(ErrorKind::Other, &error.to_string()))
        };
        let mut rest = bytes.slice(within(range.offset)?..within(end)?);
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            chunks.push(rest.split_to(rest.len().min(CHUNK)));
        }
        Ok(ObjectBody::from_chunks(total, chunks, None).tagged(Some(held.tag.clone())))
    }

    async fn put(
        &self,
        key: &Key,
        content: Content,
        sha256: &[u8; 32],
    ) -> Result<Option<Tag>, StoreError> {
        let bytes = read(&content)?;
        if Sha256::digest(&bytes).as_slice() != sha256 {
            return Err(failure(
                ErrorKind::BadDigest,
                "the content isn't what its SHA-256 says",
            ));
        }
        Ok(Some(self.lock().hold(key, bytes, SystemTime::now())))
    }

    async fn create_parts(&self, key: &Key) -> Result<UploadId, StoreError> {
        let mut shared = self.lock();
        shared.uploads_begun += 1;
        let id = format!("upload-{}", shared.uploads_begun);
        shared.uploads.insert(
            id.clone(),
            Upload {
                key: key.to_string(),
                parts: BTreeMap::new(),
            },
        );
        Ok(UploadId(id))
    }

    async fn put_part(
        &self,
        key: &Key,
        upload: &UploadId,
        number: u32,
        content: Content,
        crc32: u32,
    ) -> Result<String, StoreError> {
        let bytes = read(&content)?;
        if crc32fast::hash(&bytes) != crc32 {
            return Err(failure(
                ErrorKind::BadDigest,
                "the part isn't what its CRC-32 says",
            ));
        }
        let etag = format!("\"{crc32:08x}\"");
        let mut shared = self.lock();
        shared
            .upload(key, upload)?
            .parts
            .insert(number, (bytes, etag.clone()));
        Ok(etag)
    }

    async fn complete_parts(
        &self,
        key: &Key,
        upload: &UploadId,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        let mut shared = self.lock();
        let stored = shared.upload(key, upload)?;
        let mut whole = Vec::new();
        for part in parts {
            match stored.parts.get(&part.number) {
                Some((bytes, etag)) if *etag == part.etag => whole.extend_from_slice(bytes),
                _ => return Err(failure(ErrorKind::InvalidPart, "a part isn't there")),
            }
        }
        shared.uploads.remove(&upload.0);
        shared.hold(key, whole.into(), SystemTime::now());
        Ok(())
    }

    async fn abort_parts(&self, _: &Key, upload: &UploadId) -> Result<(), StoreError> {
        self.lock().uploads.remove(&upload.0);
        Ok(())
    }

    async fn list(
        &self,
        prefix: &str,
        continuation: Option<&str>,
    ) -> Result<ListedPage, StoreError> {
        let shared = self.lock();
        let page = shared.page.unwrap_or(1000);
        let mut found = shared.objects.iter().filter(|(key, _)| {
            key.starts_with(prefix) && continuation.is_none_or(|after| key.as_str() > after)
        });
        let objects: Vec<ListedObject> = found
            .by_ref()
            .take(page)
            .map(|(key, held)| ListedObject {
                key: Key::new(key),
                info: held.info(),
                tag: Some(held.tag.clone()),
            })
            .collect();
        let more = found.next().is_some();
        let continuation = objects
            .last()
            .filter(|_| more)
            .map(|last| last.key.to_string());
        Ok(ListedPage {
            objects,
            continuation,
        })
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.lock().objects.remove(key.as_str());
        Ok(())
    }

    async fn copy(&self, from: &Key, to: &Key) -> Result<(), StoreError> {
        let mut shared = self.lock();
        let held = shared
            .objects
            .get(from.as_str())
            .cloned()
            .ok_or_else(|| failure(ErrorKind::NotFound, "no such key"))?;
        shared.hold(to, held.bytes, SystemTime::now());
        Ok(())
    }

    async fn renew_credentials(&self) {}

    fn address(&self, key: &Key) -> String {
        format!("memory://{key}")
    }
}

impl Shared {
    fn hold(&mut self, key: &Key, bytes: Bytes, modified: SystemTime) -> Tag {
        self.writes += 1;
        let tag = Tag(format!("\"write-{}\"", self.writes));
        let held = Held {
            bytes,
            modified,
            tag: tag.clone(),
        };
        self.objects.insert(key.to_string(), held);
        tag
    }

    fn upload(&mut self, key: &Key, upload: &UploadId) -> Result<&mut Upload, StoreError> {
        self.uploads
            .get_mut(&upload.0)
            .filter(|begun| begun.key == key.as_str())
            .ok_or_else(|| failure(ErrorKind::NoSuchUpload, "no such upload"))
    }
}

impl Held {
    fn info(&self) -> ObjectInfo {
        ObjectInfo {
            size: self.bytes.len() as u64,
            modified: Some(self.modified),
        }
    }
}

/// Takes content as a server does: through the body, so that progress is counted.
fn read(content: &Content) -> Result<Bytes, StoreError> {
    let bytes = content
        .read()
        .map_err(|error| failure(ErrorKind::LocalRead, &error.to_string()))?;
    content.meter().add(bytes.len() as u64);
    Ok(bytes)
}

fn failure(kind: ErrorKind, detail: &str) -> StoreError {
    StoreError::new(kind, detail)
}
