//! Putting back what recipes stand on: a whole object or a pack that is missing in the store or damaged there.
//!
//! Its bytes are known by its name, so whatever they can be had from will do: the object itself in the local LFS storage;
//! other local objects, of which recipes say which of their pieces are pieces of it; and, for what these leave open, what
//! is left of it in the store. What comes together is stored only if it hashes to its name, so that all recipes that stand
//! on it are right again and none is worse off.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use dump_delta::{ContentHash, Recipe, Source};

use super::source_item;
use super::stored::{lacking, load};
use crate::error::TransferError;
use crate::layout::{Item, Kind};
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::retry::ask;
use crate::store::stall::limited;
use crate::store::{ByteRange, ObjectStore};
use crate::transfer::file::{hash_behind, read_exact_at, write_all_at};
use crate::transfer::{Transfers, put};

/// What something was put back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was there when it was looked for once more.
    Found,
    /// The same object in the local LFS storage.
    Local,
    /// Pieces of other objects in the local LFS storage, and what was left of it in the store.
    Pieces,
    /// What `prune` had taken out.
    Trash,
    /// Its own recipe.
    Recipe,
}

/// A local object, and how the store makes it of pieces of others.
pub(crate) struct Holder {
    pub(crate) recipe: Recipe,
    pub(crate) path: PathBuf,
}

/// Puts back all that the recipe of the local object `oid` lacks. `false` when something can't be had from what is here.
pub(crate) async fn restore_all<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    path: &Path,
    missing: &[Source],
) -> Result<bool, TransferError> {
    let key = transfers.layout.key(&Item::recipe(*oid));
    let Ok(Some(recipe)) = load(transfers, &key, oid).await else {
        return Ok(false);
    };
    let holders = Arc::new(vec![Holder {
        recipe,
        path: path.to_owned(),
    }]);
    for source in missing {
        let item = source_item(source);
        let restored = restore(transfers, &item, source.size, &holders, &Meter::new()).await?;
        if restored.is_none() {
            return Ok(false);
        }
        tracing::debug!(key = %transfers.layout.key(&item), ?restored, "put back");
    }
    Ok(lacking(transfers, &(&holders[0].recipe).into())
        .await
        .is_empty())
}

/// Puts back an object or a pack of `size` bytes; `None` when it can't be had from what is here.
pub(crate) async fn restore<S: ObjectStore>(
    transfers: &Transfers<S>,
    item: &Item,
    size: u64,
    holders: &Arc<Vec<Holder>>,
    meter: &Meter,
) -> Result<Option<Restored>, TransferError> {
    let key = transfers.layout.key(item);
    let (workspace, oid) = (transfers.workspace.clone(), item.oid);
    // Each of the agents that git-lfs runs side by side may have an object that stands on it.
    let lock = tokio::task::spawn_blocking(move || workspace.restoring(&oid)).await;
    let _lock = lock.ok().flatten();
    if !transfers.presence.is_distrusted(&key) {
        let info = ask(&transfers.policy, &transfers.store, || {
            transfers.store.head(&key)
        })
        .await;
        if info.is_ok_and(|info| info.is_some_and(|info| info.size == size)) {
            transfers.presence.stored(&key, size, None);
            return Ok(Some(Restored::Found));
        }
    }
    if item.kind == Kind::Object
        && let Some(path) = transfers.local_object(&oid, size)
    {
        match put::put(transfers, &oid, key.clone(), size, &path, meter).await {
            Ok(()) => return Ok(Some(Restored::Local)),
            Err(error @ (TransferError::LocalContent { .. } | TransferError::Local { .. })) => {
                tracing::debug!(%error, "the local object is of no use");
                meter.reset();
            }
            Err(error) => return Err(error),
        }
    }
    let Some(file) = put_together(transfers, item, size, holders).await else {
        return Ok(None);
    };
    put::put(transfers, &oid, key, size, &file.path, meter).await?;
    Ok(Some(Restored::Pieces))
}

/// A file that goes when this does.
struct Scratch {
    path: PathBuf,
    file: Arc<File>,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is swept days later.
        let _ = fs::remove_file(&self.path);
    }
}

/// Puts an item together of pieces of local objects and of what is left of it in the store.
async fn put_together<S: ObjectStore>(
    transfers: &Transfers<S>,
    item: &Item,
    size: u64,
    holders: &Arc<Vec<Holder>>,
) -> Option<Scratch> {
    let named = |source: &Source| source_item(source) == *item && source.size == size;
    let standing = |holder: &Holder| holder.recipe.sources().iter().any(named);
    if size == 0 || !holders.iter().any(standing) {
        return None;
    }
    let (workspace, item_here, holders) = (transfers.workspace.clone(), *item, Arc::clone(holders));
    let copied = tokio::task::spawn_blocking(move || {
        workspace.prepare_uploads()?;
        let path = workspace.restored(&item_here.oid);
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(true);
        let file = Arc::new(options.open(&path)?);
        let scratch = Scratch { path, file };
        scratch.file.set_len(size)?;
        let mut covered = Vec::new();
        for holder in &*holders {
            copy_pieces(holder, &item_here, size, &scratch.file, &mut covered)?;
        }
        Ok::<_, io::Error>((scratch, gaps(covered, size)))
    });
    let (scratch, gaps) = match copied
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
    {
        Ok(copied) => copied,
        Err(error) => {
            tracing::debug!(%error, "it can't be put together here");
            return None;
        }
    };
    for gap in gaps {
        fetch_rest(transfers, item, &gap, &scratch.file).await?;
    }
    let file = Arc::clone(&scratch.file);
    let hashed = tokio::task::spawn_blocking(move || {
        let (ready, hashable) = mpsc::channel();
        // The receiver is in this very thread.
        let _ = ready.send(size);
        drop(ready);
        hash_behind(&file, &hashable)
    });
    let found = hashed.await.ok()?.ok()?;
    (found == item.oid).then_some(scratch)
}

/// Copies all pieces of `item` that a local object has, each checked by its hash, and notes where they are.
fn copy_pieces(
    holder: &Holder,
    item: &Item,
    size: u64,
    to: &File,
    covered: &mut Vec<Range<u64>>,
) -> io::Result<()> {
    let recipe = &holder.recipe;
    let index = recipe
        .sources()
        .iter()
        .position(|source| source_item(source) == *item && source.size == size);
    let (Some(index), Ok(from)) = (index, File::open(&holder.path)) else {
        return Ok(());
    };
    let mut buffer = Vec::new();
    for (piece, at) in recipe.pieces().iter().zip(recipe.offsets()) {
        if piece.source as usize != index {
            continue;
        }
        buffer.resize(piece.length as usize, 0);
        let read = read_exact_at(&from, &mut buffer, at);
        if read.is_ok() && ContentHash::of(&buffer) == piece.hash {
            write_all_at(to, &buffer, piece.offset)?;
            covered.push(piece.offset..piece.offset + u64::from(piece.length));
        }
    }
    Ok(())
}

/// What of `size` bytes isn't covered.
fn gaps(mut covered: Vec<Range<u64>>, size: u64) -> Vec<Range<u64>> {
    covered.sort_by_key(|range| range.start);
    let mut gaps = Vec::new();
    let mut end = 0;
    for range in covered {
        if range.start > end {
            gaps.push(end..range.start);
        }
        end = end.max(range.end);
    }
    if end < size {
        gaps.push(end..size);
    }
    gaps
}

/// Fetches a gap from what is left in the store. Whether it is right shows when the whole is hashed.
async fn fetch_rest<S: ObjectStore>(
    transfers: &Transfers<S>,
    item: &Item,
    gap: &Range<u64>,
    to: &Arc<File>,
) -> Option<()> {
    let (store, stall) = (&transfers.store, transfers.policy.stall);
    let key = transfers.layout.key(item);
    let mut at = gap.start;
    let mut tries = 0;
    while at < gap.end {
        let rest = ByteRange {
            offset: at,
            length: gap.end - at,
        };
        let before = at;
        if let Ok(mut body) = limited(store.get(&key, rest), stall).await {
            while let Ok(Some(bytes)) = limited(body.next(), stall).await {
                let length = (bytes.len() as u64).min(gap.end - at);
                let bytes = &bytes[..usize::try_from(length).ok()?];
                write_all_at(to, bytes, at).ok()?;
                at += length;
            }
        }
        if at == before {
            tries += 1;
        }
        if tries == 3 {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_what_no_piece_covers() {
        let found = |covered: &[(u64, u64)]| -> Vec<(u64, u64)> {
            let covered = covered.iter().map(|(start, end)| *start..*end).collect();
            let gaps = gaps(covered, 10).into_iter();
            gaps.map(|gap| (gap.start, gap.end)).collect()
        };
        assert_eq!(found(&[]), [(0, 10)]);
        assert_eq!(found(&[(5, 10), (0, 5)]), []);
        assert_eq!(found(&[(2, 4), (3, 6), (8, 9)]), [(0, 2), (6, 8), (9, 10)]);
        assert_eq!(found(&[(0, 9), (2, 3)]), [(9, 10)]);
    }
}
