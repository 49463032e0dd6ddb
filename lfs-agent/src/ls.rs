//! `ls`: the dumps of the history, and how they are stored.

use std::collections::BTreeMap;

use dump_store::{Inventory, Item, Oid};

use crate::cli::RefArguments;
use crate::error::AgentError;
use crate::history::{self, Reach};
use crate::output::{human, say};
use crate::tending::Store;

/// Lists a line for each change of a dump, newest first.
pub(crate) fn ls(arguments: &RefArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::open()?;
    let dumps = history::dumps(store.root(), Reach::Refs(&arguments.refs))?;
    let inventory = store
        .runtime
        .block_on(store.transfers.inventory())
        .map_err(AgentError::store)?;
    let by_blob: BTreeMap<&str, Oid> = dumps
        .iter()
        .flat_map(|(oid, dump)| dump.blobs.iter().map(|blob| (blob.as_str(), *oid)))
        .collect();
    if !quiet {
        say(&format!(
            "{:10} {:10} {:12} {:>10} {:>10}  {:10} path",
            "commit", "date", "oid", "size", "stored", "how"
        ));
    }
    for change in history::changes(store.root(), &arguments.refs)? {
        let Some(oid) = by_blob.get(change.blob.as_str()) else {
            continue;
        };
        let size = dumps[oid].size;
        let (stored, how) = place(oid, size, &inventory);
        let stored = stored.map_or_else(|| "-".to_owned(), human);
        say(&format!(
            "{:10} {:10} {:12} {:>10} {stored:>10}  {how:10} {}",
            change.commit,
            change.date,
            &oid.to_hex()[..12],
            human(size),
            change.path
        ));
    }
    Ok(())
}

/// How many bytes the store keeps for an object, and how.
fn place(oid: &Oid, size: u64, inventory: &Inventory) -> (Option<u64>, &'static str) {
    let item = Item::object(*oid);
    match (inventory.items.get(&item), inventory.trash.get(&item)) {
        (Some(info), _) if info.size == size => (Some(info.size), "whole"),
        (Some(info), _) => (Some(info.size), "wrong-size"),
        (None, Some(info)) => (Some(info.size), "in-trash"),
        (None, None) => (None, "missing"),
    }
}
