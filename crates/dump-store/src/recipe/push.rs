//! Storing a version as a recipe, if it is worth it.
//!
//! What is compared are objects that are both here and in the store. The order of requests is what makes it safe without
//! a lock: the pack; then a look at everything that the recipe names; then the recipe; then the same look again, because
//! somebody may have pruned in between. Whatever isn't as it should be leads to the object being stored whole.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dump_delta::{Chunk, ChunkList, Known, Plan, Recipe, Source, plan};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use super::local::{self, LocalObject};
use super::{hash_of, load, source_item};
use crate::file::read_exact_at;
use crate::retry::retry;
use crate::upload::{died, limited, store};
use crate::{Content, Item, Meter, ObjectStore, Oid, TransferError, Transfers, Workspace};

/// So many objects are compared at most.
const MOST_COMPARED: usize = 8;

/// So many objects' chunks are taken at most.
const MOST_BASES: usize = 3;

/// Up to this size, in bytes, objects are compared in full at once: a sixteenth of their chunks would say little.
const SAMPLED_FROM: u64 = 32 << 20;

/// An object is a base if it has at least this share of the new one's chunks.
const LEAST_SHARE: f64 = 0.02;

/// With less than this share in all bases a recipe can't be worth it.
const LEAST_OF_ALL: f64 = 0.2;

/// So many objects are read for an estimate at most, if their chunks aren't known.
const MOST_SAMPLED: usize = 3;

/// An object that may share chunks with the new one.
struct Base {
    local: LocalObject,
    stored: Stored,
}

/// How the store has it.
enum Stored {
    Whole,
    Recipe(Box<Recipe>),
}

/// Stores the object as a recipe. `false` when it has to be stored whole.
pub(crate) async fn push<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    path: &Path,
    meter: &Meter,
) -> Result<bool, TransferError> {
    let versions = &transfers.versions;
    let Some(objects) = &versions.objects else {
        return Ok(false);
    };
    if versions.whole || size < versions.rules.smallest_object {
        return Ok(false);
    }
    let bases = bases(transfers, objects, oid, size).await;
    if bases.is_empty() {
        return Ok(false);
    }
    let (workspace, rules) = (transfers.workspace.clone(), versions.rules);
    let (oid, file) = (*oid, path.to_owned());
    let compared = tokio::task::spawn_blocking(move || {
        let (list, known) = compare(&workspace, &oid, size, &file, &bases)?;
        Ok::<_, io::Error>(plan(&list, &known, &rules).map(|plan| (plan, list)))
    });
    let compared = compared
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)));
    let (plan, list) = match compared {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(false),
        Err(error) => {
            tracing::debug!(%error, "no comparison with what is here");
            return Ok(false);
        }
    };
    if list.object != hash_of(&oid) {
        // The way that stores it whole says what is wrong.
        return Ok(false);
    }
    if !are_there(transfers, plan.sources()).await {
        return Ok(false);
    }
    let pack = plan.pack_size();
    let stored = store_plan(transfers, &oid, path, Arc::new(plan), meter).await?;
    if stored {
        tracing::debug!(%oid, size, pack, "stored as a recipe");
        local::keep_list(&transfers.workspace, &list);
    } else {
        meter.reset();
    }
    Ok(stored)
}

/// The objects that are here and in the store, as far as the store tells.
async fn bases<S: ObjectStore>(
    transfers: &Transfers<S>,
    objects: &Path,
    oid: &Oid,
    size: u64,
) -> Vec<Base> {
    let mut candidates = local::candidates(objects, oid, size);
    candidates.truncate(MOST_COMPARED);
    let items = candidates
        .iter()
        .flat_map(|local| [Item::object(local.oid), Item::recipe(local.oid)]);
    let keys: Vec<_> = items.map(|item| transfers.layout.key(&item)).collect();
    let (store, layout, policy) = (&transfers.store, &transfers.layout, &transfers.policy);
    let sizes = transfers.presence.sizes(store, layout, policy, &keys).await;
    let mut bases = Vec::new();
    for (local, sizes) in candidates.into_iter().zip(sizes.chunks(2)) {
        let stored = if sizes[0] == Some(local.size) {
            Stored::Whole
        } else if sizes[1].is_some() {
            let key = transfers.layout.key(&Item::recipe(local.oid));
            match load(transfers, &key, &local.oid).await {
                Ok(Some(recipe)) => Stored::Recipe(Box::new(recipe)),
                Ok(None) => continue,
                Err(error) => {
                    tracing::debug!(%error, "nothing is built on this");
                    continue;
                }
            }
        } else {
            continue;
        };
        bases.push(Base { local, stored });
    }
    bases
}

/// The new object's chunks, and those of the bases that have most of them. An empty list says that none has any.
fn compare(
    workspace: &Workspace,
    oid: &Oid,
    size: u64,
    path: &Path,
    bases: &[Base],
) -> io::Result<(ChunkList, Known)> {
    let nothing = || (ChunkList::new(hash_of(oid), Vec::new()), Known::default());
    let mut ranked: Vec<(f64, &Base)> = bases.iter().map(|base| (1.0, base)).collect();
    if size > SAMPLED_FROM {
        let sample = local::sample(path, size)?;
        let mut may_read = MOST_SAMPLED;
        for (share, base) in &mut ranked {
            // One that can't be read is no base.
            *share = share_of(workspace, base, &sample, &mut may_read).unwrap_or_default();
        }
        ranked.retain(|(share, _)| *share >= LEAST_SHARE);
        if ranked.iter().map(|(share, _)| share).sum::<f64>() < LEAST_OF_ALL {
            return Ok(nothing());
        }
    }
    let list = local::make_list(path, size)?;
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let mut known = Known::default();
    let mut overlap = 0;
    for (_, base) in ranked.into_iter().take(MOST_BASES) {
        match &base.stored {
            Stored::Recipe(recipe) => known.add_recipe(recipe),
            Stored::Whole => {
                let LocalObject {
                    oid, size, path, ..
                } = &base.local;
                match local::list(workspace, path, oid, *size) {
                    Ok(Some(list)) => known.add_whole(&list),
                    Ok(None) => tracing::debug!(%oid, "the local object is damaged"),
                    Err(error) => tracing::debug!(%oid, %error, "the local object can't be read"),
                }
            }
        }
        let more = known.overlap(&list);
        if more > size / 100 * 99 || (overlap > 0 && more < overlap + size / 100) {
            break;
        }
        overlap = more;
    }
    Ok((list, known))
}

/// How much of the sample a base has, from 0 to 1. An object whose chunks aren't known is read only while `may_read` says
/// so.
fn share_of(
    workspace: &Workspace,
    base: &Base,
    sample: &[Chunk],
    may_read: &mut usize,
) -> io::Result<f64> {
    let mut known = Known::default();
    let LocalObject {
        oid, size, path, ..
    } = &base.local;
    match &base.stored {
        Stored::Recipe(recipe) => known.add_recipe(recipe),
        Stored::Whole => {
            let list = match local::kept_list(workspace, oid, *size) {
                Some(list) => list,
                None if *may_read == 0 => return Ok(0.0),
                None => {
                    *may_read -= 1;
                    ChunkList::new(hash_of(oid), local::sample(path, *size)?)
                }
            };
            known.add_whole(&list);
        }
    }
    let sample = ChunkList::new(hash_of(oid), sample.to_vec());
    #[expect(clippy::cast_precision_loss, reason = "it is a share of a sample")]
    let share = known.overlap(&sample) as f64 / sample.size.max(1) as f64;
    Ok(share)
}

/// Stores the pack and the recipe. `false` when something that the recipe names is gone.
async fn store_plan<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    path: &Path,
    plan: Arc<Plan>,
    meter: &Meter,
) -> Result<bool, TransferError> {
    meter.add(plan.size() - plan.pack_size());
    let mut pack = Oid::of(b"");
    if plan.pack_size() > 0 {
        let place = transfers.workspace.pack(oid);
        transfers
            .workspace
            .prepare_uploads()
            .map_err(|error| TransferError::local("write", &place, error))?;
        let (from, written) = (path.to_owned(), Arc::clone(&plan));
        let writing = tokio::task::spawn_blocking(move || PackFile::write(&place, &from, &written));
        let file = writing
            .await
            .map_err(|error| transfers.failed(&transfers.layout.object(oid), died(&error)))??;
        pack = file.oid;
        let item = Item::pack(pack);
        // A push that was killed before its recipe leaves it there.
        let there = transfers.stored(&item).await.ok().flatten();
        if there.is_some_and(|info| info.size == plan.pack_size()) {
            meter.add(plan.pack_size());
        } else {
            let key = transfers.layout.key(&item);
            store(transfers, &pack, key, plan.pack_size(), &file.path, meter).await?;
        }
    }
    let key = transfers.layout.key(&Item::recipe(*oid));
    let unusable = |error| TransferError::Recipe {
        address: transfers.store.address(&key),
        error,
    };
    let recipe = plan.recipe(hash_of(&pack)).map_err(unusable)?;
    if !are_there(transfers, recipe.sources()).await {
        return Ok(false);
    }
    let text = recipe.encode();
    let name = Oid::of(&text);
    let content = Content::from_bytes(text);
    let put = || {
        let request = transfers.store.put(&key, content.clone(), name.as_bytes());
        limited(request, transfers.policy.stall * 2)
    };
    retry(&transfers.policy, &transfers.store, put)
        .await
        .map_err(|error| transfers.failed(&key, error))?;
    Ok(are_there(transfers, recipe.sources()).await)
}

/// Whether all sources are in their places with their sizes. What can't be asked counts as missing.
async fn are_there<S: ObjectStore>(transfers: &Transfers<S>, sources: &[Source]) -> bool {
    let mut asking = JoinSet::new();
    for source in sources {
        let (store, policy, size) = (transfers.store.clone(), transfers.policy, source.size);
        let key = transfers.layout.key(&source_item(source));
        asking.spawn(async move {
            let info = retry(&policy, &store, || limited(store.head(&key), policy.stall)).await;
            let there = info.is_ok_and(|info| info.is_some_and(|info| info.size == size));
            if !there {
                tracing::debug!(%key, "a source isn't there");
            }
            there
        });
    }
    asking.join_all().await.into_iter().all(|there| there)
}

/// A pack, put together in a file that goes when this does.
struct PackFile {
    path: PathBuf,
    oid: Oid,
}

impl PackFile {
    /// Copies what is new from the file `path`, and checks that it still is what was compared.
    fn write(place: &Path, path: &Path, plan: &Plan) -> Result<Self, TransferError> {
        let unwritable = |error| TransferError::local("write", place, error);
        let unreadable = |error| TransferError::local("read", path, error);
        let from = File::open(path).map_err(unreadable)?;
        let mut to = File::create(place).map_err(unwritable)?;
        let mut pack = Self {
            path: place.to_owned(),
            oid: Oid::of(b""),
        };
        let mut sha256 = Sha256::new();
        let mut chunk = Vec::new();
        for new in plan.new_ranges() {
            chunk.resize(new.length as usize, 0);
            read_exact_at(&from, &mut chunk, new.offset).map_err(unreadable)?;
            if hash_of(&Oid::of(&chunk)) != new.hash {
                return Err(TransferError::LocalContent {
                    path: path.to_owned(),
                    what: "it changed while it was read".to_owned(),
                });
            }
            sha256.update(&chunk);
            to.write_all(&chunk).map_err(unwritable)?;
        }
        pack.oid = Oid::from_bytes(sha256.finalize().into());
        Ok(pack)
    }
}

impl Drop for PackFile {
    fn drop(&mut self) {
        // What stays is swept days later.
        let _ = std::fs::remove_file(&self.path);
    }
}
