//! Storing a version as a recipe, if it is worth it.
//!
//! What is compared are objects that are both here and in the store; [`compare`] says which of them have most in common.
//! The order of requests is what makes it safe without a lock: the pack; then a look at everything that the recipe names;
//! then the recipe; then the same look again, because somebody may have pruned in between. Whatever isn't as it should be
//! leads to the object being stored whole.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compare::{self, Common};
use super::local::{self, LocalObject};
use super::needs;
use super::note;
use super::source_item;
use super::stored::{lacking, load, write};
use crate::error::TransferError;
use crate::layout::Item;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::ObjectStore;
use crate::transfer::file::read_exact_at;
use crate::transfer::workspace::Workspace;
use crate::transfer::{Transfers, put};
use dump_delta::{ChunkList, ContentHash, Known, Plan, Source, plan};
use sha2::{Digest, Sha256};

/// So many objects are compared at most.
const MOST_COMPARED: usize = 8;

/// How the store has an object that is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Whole,
    Recipe,
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
    let (others, stored) = stored_objects(transfers, objects, oid, size).await;
    if others.is_empty() || is_named(transfers, oid, &others) {
        return Ok(false);
    }
    let (workspace, file) = (transfers.workspace.clone(), path.to_owned());
    let (oid, compared) = (*oid, others.clone());
    let comparing =
        tokio::task::spawn_blocking(move || compare::compare(&workspace, &file, size, &compared));
    let compared = comparing.await;
    let compared = compared.unwrap_or_else(|error| Err(io::Error::other(error)));
    let Common { list, bases } = match compared {
        Ok(Some(common)) => common,
        Ok(None) => return Ok(false),
        Err(error) => {
            tracing::debug!(%error, "no comparison with what is here");
            return Ok(false);
        }
    };
    if Oid::from(list.object) != oid {
        // The way that stores it whole says what is wrong.
        return Ok(false);
    }
    let mut known = Known::default();
    for base in bases {
        add_stored(
            transfers,
            &others[base.index].oid,
            stored[base.index],
            &base.list,
            &mut known,
        )
        .await;
    }
    let Some(plan) = plan(&list, &known, &versions.rules) else {
        return Ok(false);
    };
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

/// The objects that are here and in the store, as far as the store tells, and how it has them.
async fn stored_objects<S: ObjectStore>(
    transfers: &Transfers<S>,
    objects: &Path,
    oid: &Oid,
    size: u64,
) -> (Vec<LocalObject>, Vec<Stored>) {
    let mut found = Vec::new();
    // A store that can't be listed is asked for each, so not for more at once than are wanted.
    for some in local::candidates(objects, oid, size).chunks(MOST_COMPARED) {
        let items = some
            .iter()
            .flat_map(|local| [Item::object(local.oid), Item::recipe(local.oid)]);
        let keys: Vec<_> = items.map(|item| transfers.layout.key(&item)).collect();
        let looked = transfers.look_if_possible(&keys).await;
        for (local, looked) in some.iter().zip(looked.chunks(2)) {
            match looked {
                [Some(whole), _] if whole.size == local.size => {
                    found.push((local.clone(), Stored::Whole));
                }
                [_, Some(_)] => found.push((local.clone(), Stored::Recipe)),
                _ => {}
            }
        }
        if found.len() >= MOST_COMPARED {
            break;
        }
    }
    found.into_iter().take(MOST_COMPARED).unzip()
}

/// Whether one of these was built on the object when it was there. Then it has to be whole: a recipe of its own would leave
/// them without it.
fn is_named<S: ObjectStore>(transfers: &Transfers<S>, oid: &Oid, others: &[LocalObject]) -> bool {
    others.iter().any(|other| {
        let key = transfers.layout.key(&Item::recipe(other.oid));
        needs::once_named(transfers, &key, &other.oid, oid)
    })
}

/// Adds where the store has an object's chunks. Nothing is built on a recipe that isn't complete.
async fn add_stored<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    stored: Stored,
    list: &ChunkList,
    known: &mut Known,
) {
    if stored == Stored::Whole {
        known.add_whole(list);
        return;
    }
    let key = transfers.layout.key(&Item::recipe(*oid));
    match load(transfers, &key, oid).await {
        Ok(Some(recipe)) if lacking(transfers, &(&recipe).into()).await.is_empty() => {
            known.add_recipe(&recipe);
        }
        Ok(_) => {}
        Err(error) => tracing::debug!(%error, "nothing is built on this"),
    }
}

/// Stores the pack and the recipe. `false` when the pack can't be made here, or something that the recipe names is gone.
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
        let (workspace, oid) = (transfers.workspace.clone(), *oid);
        let (from, planned) = (path.to_owned(), Arc::clone(&plan));
        let write = move || PackFile::write(&workspace, &oid, &from, &planned);
        let written = tokio::task::spawn_blocking(write).await;
        let file = match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(file) => file,
            Err(error) => {
                // No room on the disk, perhaps. To store it whole takes none, and says what is wrong with the file, if it is that.
                tracing::debug!(%error, "the pack can't be put together");
                return Ok(false);
            }
        };
        pack = file.oid;
        let key = transfers.layout.key(&Item::pack(pack));
        let found = transfers.look_if_possible(std::slice::from_ref(&key)).await;
        let found = found.into_iter().next().flatten();
        // A push that was killed before its recipe leaves it there.
        if found.is_some_and(|found| found.size == plan.pack_size()) {
            meter.add(plan.pack_size());
        } else {
            put::put(transfers, &pack, key, plan.pack_size(), &file.path, meter).await?;
        }
    }
    let key = transfers.layout.key(&Item::recipe(*oid));
    let recipe = match plan.recipe(pack.into()) {
        Ok(recipe) => recipe,
        Err(error) => {
            // Such as when all that is known of it is known by recipes that are built on it.
            tracing::debug!(%error, "no recipe can be made of the plan");
            return Ok(false);
        }
    };
    let named = |source: &Source| (source_item(source), source.size);
    let named: Vec<(Item, u64)> = recipe.sources().iter().map(named).collect();
    if !transfers.are_there_now(&named).await {
        return Ok(false);
    }
    let tag = write(transfers, &key, &recipe).await?;
    let (there, ()) = tokio::join!(
        transfers.are_there_now(&named),
        note::leave(transfers, &recipe, tag.as_ref())
    );
    Ok(there)
}

/// A pack, put together in a file that goes when this does.
struct PackFile {
    path: PathBuf,
    oid: Oid,
}

impl PackFile {
    /// Copies what is new from the file `path`, and checks that it still is what was compared.
    fn write(workspace: &Workspace, oid: &Oid, path: &Path, plan: &Plan) -> io::Result<Self> {
        workspace.prepare_uploads()?;
        let place = workspace.pack(oid);
        let from = File::open(path)?;
        let mut to = File::create(&place)?;
        let mut pack = Self {
            path: place,
            oid: Oid::of(b""),
        };
        let mut sha256 = Sha256::new();
        let mut chunk = Vec::new();
        for new in plan.new_ranges() {
            chunk.resize(new.length as usize, 0);
            read_exact_at(&from, &mut chunk, new.offset)?;
            if ContentHash::of(&chunk) != new.hash {
                return Err(io::Error::other("the object changed while it was read"));
            }
            sha256.update(&chunk);
            to.write_all(&chunk)?;
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
