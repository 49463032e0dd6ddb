//! What the local LFS storage has: objects that a new version may resemble, and their chunks.
//!
//! Lists of chunks are kept in the workspace, because making one means to read and hash the object. A list is made only
//! of an object whose content is its name, so a damaged local object never gets into a recipe.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::SystemTime;

use dump_delta::{Chunk, ChunkList, ChunkSizes, Chunker, ContentHash, is_sample};
use sha2::{Digest, Sha256};

use crate::oid::Oid;
use crate::transfer::file::BUFFER;
use crate::transfer::workspace::Workspace;

/// How many objects are looked at, at most.
const MOST_CANDIDATES: usize = 64;

/// How much larger or smaller a version may be than another that it is compared with.
const FACTOR: u64 = 4;

/// An object of the local LFS storage.
#[derive(Debug, Clone)]
pub(crate) struct LocalObject {
    pub(crate) oid: Oid,
    pub(crate) size: u64,
    pub(crate) path: PathBuf,
    modified: SystemTime,
}

/// The local objects of about `size` bytes: those of nearly the same size first, which a version before this one is
/// most likely to have, and of these the newest.
pub(crate) fn candidates(objects: &Path, oid: &Oid, size: u64) -> Vec<LocalObject> {
    let mut found = Vec::new();
    for first in directories(objects) {
        for second in directories(&first) {
            for entry in fs::read_dir(second).into_iter().flatten().flatten() {
                let local = local_object(&entry).filter(|local| {
                    local.oid != *oid
                        && local.size >= size / FACTOR
                        && local.size <= size.saturating_mul(FACTOR)
                });
                found.extend(local);
            }
        }
    }
    found.sort_by_key(|local| {
        (
            distance(local.size, size),
            Reverse((local.modified, local.oid)),
        )
    });
    found.truncate(MOST_CANDIDATES);
    found
}

/// How far apart two sizes are, in steps of a sixteenth of the larger one.
fn distance(one: u64, other: u64) -> u64 {
    one.abs_diff(other) / (one.max(other) / 16).max(1)
}

fn directories(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().len() == 2)
        .map(|entry| entry.path())
}

fn local_object(entry: &fs::DirEntry) -> Option<LocalObject> {
    let oid = entry.file_name().to_str()?.parse().ok()?;
    let metadata = entry.metadata().ok()?;
    metadata.is_file().then(|| LocalObject {
        oid,
        size: metadata.len(),
        path: entry.path(),
        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
    })
}

/// The list of an object's chunks that was kept.
pub(crate) fn kept_list(workspace: &Workspace, oid: &Oid, size: u64) -> Option<ChunkList> {
    let bytes = fs::read(workspace.chunk_list(oid)).ok()?;
    let list = ChunkList::decode(&bytes).ok()?;
    (Oid::from(list.object) == *oid && list.size == size).then_some(list)
}

/// Keeps a list. That it can't be written only costs time later.
pub(crate) fn keep_list(workspace: &Workspace, list: &ChunkList) {
    let path = workspace.chunk_list(&list.object.into());
    let written = path.parent().map_or(Ok(()), |directory| {
        fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        io::Write::write_all(&mut file, &list.encode())?;
        file.persist(&path)?;
        Ok::<_, io::Error>(())
    });
    if let Err(error) = written {
        tracing::debug!(%error, "a list of chunks isn't kept");
    }
}

/// The chunks of a local object, kept or made; `None` when its content isn't its name.
pub(crate) fn list(
    workspace: &Workspace,
    path: &Path,
    oid: &Oid,
    size: u64,
) -> io::Result<Option<ChunkList>> {
    if let Some(list) = kept_list(workspace, oid, size) {
        return Ok(Some(list));
    }
    let list = make_list(path, size)?;
    if Oid::from(list.object) != *oid {
        return Ok(None);
    }
    keep_list(workspace, &list);
    Ok(Some(list))
}

/// Reads a file twice at the same time, as a whole and chunk by chunk.
pub(crate) fn make_list(path: &Path, size: u64) -> io::Result<ChunkList> {
    thread::scope(|scope| {
        let whole = scope.spawn(|| hash_file(path));
        let mut chunks = Vec::new();
        each_chunk(path, size, |chunk| chunks.push(hashed(chunk)))?;
        let whole = whole
            .join()
            .map_err(|_| io::Error::other("hashing stopped"))??;
        Ok(ChunkList::new(whole, chunks))
    })
}

/// A sixteenth of a file's chunks, by which it can be compared without hashing all of it.
pub(crate) fn sample(path: &Path, size: u64) -> io::Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    each_chunk(path, size, |chunk| {
        if is_sample(chunk) {
            chunks.push(hashed(chunk));
        }
    })?;
    Ok(chunks)
}

fn hashed(chunk: &[u8]) -> Chunk {
    Chunk {
        // No chunk has more than 16 MiB.
        length: u32::try_from(chunk.len()).unwrap_or(u32::MAX),
        hash: ContentHash::of(chunk),
    }
}

fn each_chunk(path: &Path, size: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let sizes = ChunkSizes::for_size(size)
        .ok_or_else(|| io::Error::other("it is too large to be cut into chunks"))?;
    let mut chunker = Chunker::new(File::open(path)?, sizes);
    while let Some(chunk) = chunker.next_chunk()? {
        take(chunk);
    }
    Ok(())
}

fn hash_file(path: &Path) -> io::Result<ContentHash> {
    let mut file = File::open(path)?;
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(ContentHash::from_bytes(sha256.finalize().into())),
            Ok(read) => sha256.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
