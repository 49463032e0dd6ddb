//! Finding what a new version has in common with objects that are here.
//!
//! Reading is what it costs: an object whose chunks are known from earlier costs nothing, any other all of its bytes. So
//! large objects are first compared by a sixteenth of their chunks, and only a few that aren't known are read at all.

use std::io;
use std::path::Path;
use std::thread;

use dump_delta::{Chunk, ChunkList, Known};

use super::local::{self, LocalObject};
use crate::transfer::workspace::Workspace;

/// So many objects' chunks are taken at most.
const MOST_BASES: usize = 3;

/// Up to this size, in bytes, objects are compared in full at once: a sixteenth of their chunks would say little.
const SAMPLED_FROM: u64 = 32 << 20;

/// An object is a base if it has at least this share of the new one's chunks.
const LEAST_SHARE: f64 = 0.02;

/// With less than this share in all bases a recipe can't be worth it.
const LEAST_OF_ALL: f64 = 0.2;

/// So many objects are read for an estimate at most, if their chunks aren't known.
const MOST_READ: usize = 3;

/// What a new version and objects that are here have in common.
pub(crate) struct Common {
    /// The new version's chunks.
    pub(crate) list: ChunkList,
    /// The indices of the objects that have most of them, the best first.
    pub(crate) bases: Vec<Base>,
}

/// An object that has some of the new version's chunks.
pub(crate) struct Base {
    /// Which of the compared objects it is.
    pub(crate) index: usize,
    /// Its own chunks.
    pub(crate) list: ChunkList,
}

/// Compares a new object of `size` bytes in the file `path` with `others`; `None` when they have too little of it.
pub(crate) fn compare(
    workspace: &Workspace,
    path: &Path,
    size: u64,
    others: &[LocalObject],
) -> io::Result<Option<Common>> {
    if size > SAMPLED_FROM {
        let Some(ranked) = rank_by_sample(workspace, path, size, others)? else {
            return Ok(None);
        };
        let list = local::make_list(path, size)?;
        let lists = ranked
            .into_iter()
            .filter_map(|index| Some((index, sound_list(workspace, &others[index])?)));
        return Ok(Some(Common {
            bases: useful(&list, lists),
            list,
        }));
    }
    let list = local::make_list(path, size)?;
    let mut may_read = MOST_READ;
    let mut lists = Vec::new();
    let mut shares = Vec::new();
    for (index, other) in others.iter().enumerate() {
        let known = workspace.chunk_list(&other.oid).exists();
        if !known && may_read == 0 {
            continue;
        }
        may_read -= usize::from(!known);
        if let Some(found) = sound_list(workspace, other) {
            shares.push((share(&list.chunks, &found), index));
            lists.push((index, found));
        }
    }
    let Some(ranked) = worth_it(shares) else {
        return Ok(None);
    };
    lists.retain(|(index, _)| ranked.contains(index));
    lists.sort_by_key(|(index, _)| ranked.iter().position(|ranked| ranked == index));
    Ok(Some(Common {
        bases: useful(&list, lists.into_iter()),
        list,
    }))
}

/// The objects that have most of the new one's sample. What isn't known of the others is read at the same time as the new
/// one itself.
fn rank_by_sample(
    workspace: &Workspace,
    path: &Path,
    size: u64,
    others: &[LocalObject],
) -> io::Result<Option<Vec<usize>>> {
    let unknown = |other: &&LocalObject| !workspace.chunk_list(&other.oid).exists();
    let (sample, read) = thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let read = others.iter().filter(unknown).take(MOST_READ);
            // One that can't be read is no base.
            read.filter_map(|other| Some((other.oid, local::sample(&other.path, other.size).ok()?)))
                .collect::<Vec<_>>()
        });
        let sample = local::sample(path, size)?;
        Ok::<_, io::Error>((sample, reading.join().unwrap_or_default()))
    })?;
    let mut shares = Vec::new();
    for (index, other) in others.iter().enumerate() {
        let list = match read.iter().find(|(oid, _)| *oid == other.oid) {
            Some((oid, chunks)) => Some(ChunkList::new((*oid).into(), chunks.clone())),
            None => local::kept_list(workspace, &other.oid, other.size),
        };
        shares.extend(list.map(|list| (share(&sample, &list), index)));
    }
    Ok(worth_it(shares))
}

/// Of these shares the indices of the best ones, if all together are enough.
fn worth_it(mut shares: Vec<(f64, usize)>) -> Option<Vec<usize>> {
    shares.retain(|(share, _)| *share >= LEAST_SHARE);
    shares.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    shares.truncate(MOST_BASES);
    let all: f64 = shares.iter().map(|(share, _)| share).sum();
    (all >= LEAST_OF_ALL).then(|| shares.into_iter().map(|(_, index)| index).collect())
}

/// Of `lists`, the best first, those that give what the ones before them don't have.
fn useful(list: &ChunkList, lists: impl Iterator<Item = (usize, ChunkList)>) -> Vec<Base> {
    let mut known = Known::default();
    let mut bases = Vec::new();
    let mut overlap = 0;
    for (index, found) in lists {
        known.add_whole(&found);
        let more = known.overlap(list);
        if more < overlap + list.size / 100 {
            break;
        }
        overlap = more;
        bases.push(Base { index, list: found });
        if overlap > list.size / 100 * 99 {
            break;
        }
    }
    bases
}

/// The chunks of a local object, unless its content isn't its name or can't be read.
fn sound_list(workspace: &Workspace, other: &LocalObject) -> Option<ChunkList> {
    let oid = &other.oid;
    match local::list(workspace, &other.path, oid, other.size) {
        Ok(Some(list)) => return Some(list),
        Ok(None) => tracing::debug!(%oid, "the local object is damaged"),
        Err(error) => tracing::debug!(%oid, %error, "the local object can't be read"),
    }
    None
}

/// How much of these chunks an object has, from 0 to 1.
fn share(chunks: &[Chunk], other: &ChunkList) -> f64 {
    let mut known = Known::default();
    known.add_whole(other);
    let wanted = ChunkList::new(other.object, chunks.to_vec());
    #[expect(clippy::cast_precision_loss, reason = "it is a share, and no sum")]
    let share = known.overlap(&wanted) as f64 / wanted.size.max(1) as f64;
    share
}
