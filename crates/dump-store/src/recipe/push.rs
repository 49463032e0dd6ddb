//! Storing a version as a recipe, if it is worth it.
//!
//! What is compared are objects that are both here and in the store; [`compare`] says which of them have most in common.
//! The order of requests is what makes it safe without a lock: the pack; then a look at everything that the recipe names;
//! then the recipe; then the same look again, because somebody may have pruned in between. Whatever isn't as it should be
//! leads to the object being stored whole.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::compare::{self, Common};
use super::fold::{self, Comparison, Folded};
use super::local::{self, LocalObject};
use super::needs;
use super::note;
use super::pack::PackFile;
use super::source_item;
use super::stored::{lacking, load, write};
use crate::error::TransferError;
use crate::layout::Item;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::ObjectStore;
use crate::transfer::{Transfers, put};
use dump_delta::{ChunkList, Known, Plan, Recipe, Source, plan};

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
    let common = match compared {
        Ok(common) => common,
        Err(error) => {
            tracing::debug!(%error, "no comparison with what is here");
            return Ok(false);
        }
    };
    // What differs everywhere may still have nearly the same text as what is most like it, or newest.
    let like_it = common.as_ref().and_then(|common| common.bases.first());
    let like_it = like_it.map_or(0, |base| base.index);
    let Common { list, bases } = match common {
        Some(common) => common,
        None => match list_for_texts(path, size, &others[like_it]).await {
            Some(list) => Common {
                list,
                bases: Vec::new(),
            },
            None => return Ok(false),
        },
    };
    if Oid::from(list.object) != oid {
        // The way that stores it whole says what is wrong.
        return Ok(false);
    }
    let mut known = Known::default();
    let mut old = None;
    for base in bases {
        let found = add_stored(
            transfers,
            &others[base.index].oid,
            stored[base.index],
            &base.list,
            &mut known,
        )
        .await;
        if base.index == like_it {
            old = Some(found);
        }
    }
    let old = match old {
        Some(old) => old,
        None => of_stored(transfers, &others[like_it].oid, stored[like_it]).await,
    };
    let plan = plan(&list, &known, &versions.rules);
    let list = Arc::new(list);
    let folded = match old {
        Some(base) => {
            let old = (others[like_it].clone(), base);
            find_folded(transfers, path, Arc::clone(&list), known, old, plan.clone()).await
        }
        None => None,
    };
    let stored = match (folded, plan) {
        (Some(Folded { pack, recipe }), _) => {
            meter.add(size - pack.size().min(size));
            store(transfers, Some(pack), recipe, meter).await?
        }
        (None, Some(plan)) => store_plan(transfers, &oid, path, Arc::new(plan), meter).await?,
        (None, None) => return Ok(false),
    };
    if stored {
        tracing::debug!(%oid, size, "stored as a recipe");
        local::keep_list(&transfers.workspace, &list);
    } else {
        meter.reset();
    }
    Ok(stored)
}

/// A recipe of texts, if one is better than `plan`.
async fn find_folded<S: ObjectStore>(
    transfers: &Transfers<S>,
    path: &Path,
    list: Arc<ChunkList>,
    known: Known,
    (old, base): (LocalObject, Base),
    plan: Option<Plan>,
) -> Option<Folded> {
    let (workspace, rules) = (transfers.workspace.clone(), transfers.versions.rules);
    let path = path.to_owned();
    let finding = tokio::task::spawn_blocking(move || {
        let comparison = Comparison {
            workspace: &workspace,
            oid: list.object.into(),
            path: &path,
            list: &list,
            known: &known,
            old: &old,
            old_recipe: match &base {
                Base::Whole => None,
                Base::Recipe(recipe) => Some(recipe),
            },
            rules: &rules,
        };
        fold::find(&comparison, plan.as_ref())
    });
    let found = finding.await;
    let found = found.unwrap_or_else(|error| Err(io::Error::other(error)));
    found.unwrap_or_else(|error| {
        tracing::debug!(%error, "no difference of texts can be made");
        None
    })
}

/// The chunks of an object that has none in common with another one, if both look as if their texts may have.
async fn list_for_texts(path: &Path, size: u64, other: &LocalObject) -> Option<ChunkList> {
    if other.size.abs_diff(size) > size / 4 {
        return None;
    }
    let (path, other) = (path.to_owned(), other.path.clone());
    let listing = tokio::task::spawn_blocking(move || {
        let both = fold::is_ours(&path)? && fold::is_ours(&other)?;
        both.then(|| local::make_list(&path, size)).transpose()
    });
    listing.await.ok()?.ok()?
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

/// What can be built on.
enum Base {
    /// An object that is stored whole.
    Whole,
    /// One that has this recipe.
    Recipe(Recipe),
}

/// Adds where the store has an object's chunks. Nothing is built on a recipe that isn't complete. Returns what
/// [`of_stored`] does.
async fn add_stored<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    stored: Stored,
    list: &ChunkList,
    known: &mut Known,
) -> Option<Base> {
    let found = of_stored(transfers, oid, stored).await;
    match &found {
        Some(Base::Recipe(recipe)) => known.add_recipe(recipe),
        Some(Base::Whole) => known.add_whole(list),
        None => {}
    }
    found
}

/// The recipe of a stored object, or that it is whole; `None` when nothing can be built on it.
async fn of_stored<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    stored: Stored,
) -> Option<Base> {
    if stored == Stored::Whole {
        return Some(Base::Whole);
    }
    let key = transfers.layout.key(&Item::recipe(*oid));
    match load(transfers, &key, oid).await {
        Ok(Some(recipe)) if lacking(transfers, &(&recipe).into()).await.is_empty() => {
            Some(Base::Recipe(recipe))
        }
        Ok(_) => None,
        Err(error) => {
            tracing::debug!(%error, "nothing is built on this");
            None
        }
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
    let mut pack = None;
    if plan.pack_size() > 0 {
        let (workspace, oid) = (transfers.workspace.clone(), *oid);
        let (from, planned) = (path.to_owned(), Arc::clone(&plan));
        let write = move || PackFile::write(&workspace, &oid, &from, &planned);
        let written = tokio::task::spawn_blocking(write).await;
        match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(file) => pack = Some(file),
            Err(error) => {
                // No room on the disk, perhaps. To store it whole takes none, and says what is wrong with the file, if it is that.
                tracing::debug!(%error, "the pack can't be put together");
                return Ok(false);
            }
        }
    }
    let hash = pack.as_ref().map_or(Oid::of(b""), PackFile::oid);
    match plan.recipe(hash.into()) {
        Ok(recipe) => store(transfers, pack, recipe, meter).await,
        Err(error) => {
            // Such as when all that is known of it is known by recipes that are built on it.
            tracing::debug!(%error, "no recipe can be made of the plan");
            Ok(false)
        }
    }
}

/// Stores a pack and the recipe that names it. `false` when something else that the recipe names is gone.
async fn store<S: ObjectStore>(
    transfers: &Transfers<S>,
    pack: Option<PackFile>,
    recipe: Recipe,
    meter: &Meter,
) -> Result<bool, TransferError> {
    if let Some(pack) = pack.filter(|pack| pack.size() > 0) {
        let (oid, size) = (pack.oid(), pack.size());
        let key = transfers.layout.key(&Item::pack(oid));
        let found = transfers.look_if_possible(std::slice::from_ref(&key)).await;
        let found = found.into_iter().next().flatten();
        // A push that was killed before its recipe leaves it there.
        if found.is_some_and(|found| found.size == size) {
            meter.add(size);
        } else {
            put::put(transfers, &oid, key, size, pack.path(), meter).await?;
        }
    }
    let key = transfers.layout.key(&Item::recipe(recipe.object().into()));
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
