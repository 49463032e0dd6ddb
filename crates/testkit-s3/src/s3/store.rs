//! What the server holds: an index in memory, and one file for the bytes of each object or part.
//!
//! A key's object is replaced in one step, under a lock, and the old file is removed by its name only: who is reading
//! it reads on.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use s3s::dto::{Checksum, ChecksumAlgorithm, Metadata, StorageClass};

/// The bucket's contents.
#[derive(Debug)]
pub(super) struct Store {
    directory: PathBuf,
    files: AtomicU64,
    index: Mutex<Index>,
}

/// All objects by key, and all unfinished uploads by their ids.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) objects: BTreeMap<String, Object>,
    pub(super) uploads: BTreeMap<String, Upload>,
    /// After how many days the bucket deletes unfinished uploads, if it says that it does.
    pub(super) unfinished_days: Option<i32>,
}

/// A whole object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) content: Content,
    pub(super) etag: String,
    pub(super) modified: SystemTime,
    pub(super) attributes: Attributes,
}

/// Bytes in a file of the store, and what was computed of them on their way into it.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) checksum: Checksum,
}

/// What a client says about an object, kept as it was said.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes {
    pub(super) content_type: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) metadata: Option<Metadata>,
    pub(super) storage_class: Option<StorageClass>,
}

/// A multipart upload that is neither completed nor aborted.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) initiated: SystemTime,
    pub(super) algorithm: Option<ChecksumAlgorithm>,
    pub(super) attributes: Attributes,
    pub(super) parts: BTreeMap<i32, Part>,
}

/// A part that has arrived.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) content: Content,
    pub(super) md5: [u8; 16],
    pub(super) modified: SystemTime,
}

impl Store {
    /// An empty store that keeps its files in this directory.
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            files: AtomicU64::new(0),
            index: Mutex::default(),
        }
    }

    /// The index, for one short step.
    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new file that no key names yet.
    pub(super) fn create_file(&self) -> io::Result<(PathBuf, File)> {
        let path = self.directory.join(self.next_number().to_string());
        let file = File::create_new(&path)?;
        Ok((path, file))
    }

    /// A name for an upload, which no other has.
    pub(super) fn create_upload_id(&self) -> String {
        format!("upload-{:06}", self.next_number())
    }

    /// Puts an object under its key, in place of what was there.
    pub(super) fn put(&self, key: &str, object: Object) {
        let old = self.index().objects.insert(key.to_owned(), object);
        remove_file(old.map(|object| object.content));
    }

    /// Removes a key's object, and tells whether there was one.
    pub(super) fn delete(&self, key: &str) -> bool {
        let old = self.index().objects.remove(key);
        let existed = old.is_some();
        remove_file(old.map(|object| object.content));
        existed
    }

    fn next_number(&self) -> u64 {
        self.files.fetch_add(1, Ordering::Relaxed)
    }
}

impl Upload {
    /// Removes the files of the upload's parts.
    pub(super) fn discard(self) {
        for part in self.parts.into_values() {
            remove_file(Some(part.content));
        }
    }
}

/// A file that can't be removed goes with the store's directory.
pub(super) fn remove_file(content: Option<Content>) {
    if let Some(content) = content {
        let _ = fs::remove_file(content.path);
    }
}
