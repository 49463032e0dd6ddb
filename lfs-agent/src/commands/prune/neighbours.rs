//! The repositories that share a prefix, as their names there tell: see `dump_store`'s names for how these come to be.
//!
//! Each may name any object, so `prune` goes on only when it has read them all, or has been told that one is gone.

use std::collections::BTreeSet;
use std::path::Path;

use dump_store::{Inventory, Oid, RepositoryName};

use crate::error::AgentError;
use crate::git::location;
use crate::git::witness::Witness;
use crate::store::tending::Store;

/// Finds the names of those that are said to be gone, and sees that no other is left whose refs weren't read.
pub(crate) fn check(
    store: &Store,
    inventory: &Inventory,
    witnesses: &[Witness],
    gone: &[String],
) -> Result<BTreeSet<Oid>, AgentError> {
    let gone = gone
        .iter()
        .map(|place| find(store, inventory, place))
        .collect::<Result<BTreeSet<Oid>, _>>()?;
    let read: BTreeSet<Oid> = names(witnesses).map(RepositoryName::digest).collect();
    let mut unread = Vec::new();
    for digest in &inventory.repositories {
        if !read.contains(digest) && !gone.contains(digest) {
            let name = store
                .runtime
                .block_on(store.transfers.name_of(digest))
                .map_err(AgentError::store)?;
            unread.push(name.map_or_else(|| digest.to_hex(), |name| name.to_string()));
        }
    }
    if unread.is_empty() {
        Ok(gone)
    } else {
        unread.sort();
        Err(AgentError::Neighbours {
            store: store.place().to_owned(),
            unread,
        })
    }
}

/// The digest of a name as it was shown, or as one of its URLs.
fn find(store: &Store, inventory: &Inventory, place: &str) -> Result<Oid, AgentError> {
    let shown = RepositoryName::new(place).digest();
    let of_url = location::name(place, Path::new(".")).digest();
    let candidates = [Some(shown), Some(of_url), place.parse().ok()];
    candidates
        .into_iter()
        .flatten()
        .find(|digest| inventory.repositories.contains(digest))
        .ok_or_else(|| AgentError::NoNeighbour {
            place: place.to_owned(),
            store: store.place().to_owned(),
        })
}

/// Writes down that the repositories that were read are all that keep dumps here, with their names.
pub(crate) fn declare_all(store: &Store, witnesses: &[Witness]) -> Result<(), AgentError> {
    let names: BTreeSet<&RepositoryName> = witnesses.iter().flat_map(Witness::pushed_to).collect();
    let written = store.runtime.block_on(async {
        for name in names {
            store.transfers.write_name(name).await?;
        }
        store.transfers.declare_complete().await
    });
    written.map_err(AgentError::store)
}

/// Takes away the names of those that are gone.
pub(crate) fn forget(store: &Store, gone: &BTreeSet<Oid>) -> Result<(), AgentError> {
    let forgotten = store.runtime.block_on(async {
        for digest in gone {
            store.transfers.forget_name(digest).await?;
        }
        Ok(())
    });
    forgotten.map_err(AgentError::store)
}

/// Sees whether a repository has left its name since the names were read.
pub(crate) fn check_unchanged(store: &Store, inventory: &Inventory) -> Result<(), AgentError> {
    let now = store.runtime.block_on(store.transfers.names_left());
    let now = now.map_err(AgentError::store)?;
    if now.is_subset(&inventory.repositories) {
        Ok(())
    } else {
        Err(AgentError::StoreChanged {
            store: store.place().to_owned(),
        })
    }
}

fn names(witnesses: &[Witness]) -> impl Iterator<Item = &RepositoryName> {
    witnesses.iter().flat_map(Witness::names)
}
