//! `ls`: the dumps of the history, how they are stored, and what that saves.

use std::collections::{BTreeMap, BTreeSet};

use dump_store::{Inventory, Item, Kind, Oid, Recipe, TransferError, source_item};

use crate::arguments::RefArguments;
use crate::error::AgentError;
use crate::history::{self, Reach};
use crate::output::{human, say};
use crate::tending::{self, Lack, Store};

/// How the store has an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The bytes kept for it that are kept for no older one; `None` when there are none.
    stored: Option<u64>,
    how: &'static str,
}

/// Lists a line for each change of a dump, newest first.
pub(crate) fn ls(arguments: &RefArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::open()?;
    let dumps = history::dumps(store.root(), Reach::Refs(&arguments.refs))?;
    let inventory = store
        .runtime
        .block_on(store.transfers.inventory())
        .map_err(AgentError::store)?;
    let in_place = |item| inventory.items.contains_key(&item);
    let by_recipe = dumps
        .keys()
        .filter(|oid| !in_place(Item::object(**oid)) && in_place(Item::recipe(**oid)));
    let by_recipe = by_recipe.copied().collect();
    let recipes =
        store
            .runtime
            .block_on(tending::recipes(&store.transfers, by_recipe, &inventory))?;
    let changes = history::changes(store.root(), &arguments.refs, &dumps)?;
    let mut places: BTreeMap<Oid, Place> = BTreeMap::new();
    let mut counted = BTreeSet::new();
    // A pack counts for the oldest version that needs it.
    for change in changes.iter().rev() {
        let oid = &change.oid;
        let place = || {
            let (size, recipe) = (dumps[oid].size, recipes.get(oid));
            place(oid, size, &inventory, recipe, &mut counted)
        };
        places.entry(*oid).or_insert_with(place);
    }
    if !quiet {
        say(&format!(
            "{:10} {:10} {:12} {:>10} {:>10} {:>10}  {:10} path",
            "commit", "date", "oid", "size", "stored", "saved", "how"
        ));
    }
    for change in &changes {
        let oid = &change.oid;
        let (size, place) = (dumps[oid].size, places[oid]);
        let shown = |bytes: Option<u64>| bytes.map_or_else(|| "-".to_owned(), human);
        let saved = place.stored.map(|stored| size.saturating_sub(stored));
        say(&format!(
            "{:10} {:10} {:12} {:>10} {:>10} {:>10}  {:10} {}",
            change.commit,
            change.date,
            &oid.to_hex()[..12],
            human(size),
            shown(place.stored),
            shown(saved),
            place.how,
            change.path
        ));
    }
    if !quiet {
        say(&summary(
            places.iter().map(|(oid, place)| (dumps[oid].size, *place)),
        ));
    }
    Ok(())
}

/// What all versions are together, and what the store keeps for them.
fn summary(places: impl Iterator<Item = (u64, Place)>) -> String {
    let (mut count, mut size, mut stored) = (0, 0, 0);
    for (bytes, place) in places {
        count += 1;
        size += bytes;
        stored += place.stored.unwrap_or_default();
    }
    let versions = if count == 1 { "version" } else { "versions" };
    format!(
        "{count} {versions} of {} in {}.",
        human(size),
        human(stored)
    )
}

/// How the store has an object of `size` bytes. Packs are `counted` once.
fn place(
    oid: &Oid,
    size: u64,
    inventory: &Inventory,
    recipe: Option<&Result<Recipe, TransferError>>,
    counted: &mut BTreeSet<Item>,
) -> Place {
    let item = Item::object(*oid);
    let place = |stored, how| Place { stored, how };
    if let Some(info) = inventory.items.get(&item) {
        let how = if info.size == size {
            "whole"
        } else {
            "wrong-size"
        };
        return place(Some(info.size), how);
    }
    let own = inventory
        .items
        .get(&Item::recipe(*oid))
        .map_or(0, |info| info.size);
    match recipe {
        Some(Ok(recipe)) => {
            let packs = recipe.sources().iter().map(source_item);
            let new = packs.filter(|item| item.kind == Kind::Pack && counted.insert(*item));
            let packed: u64 = new
                .filter_map(|item| Some(inventory.items.get(&item)?.size))
                .sum();
            let how = match tending::lack(recipe, inventory) {
                None => "recipe",
                Some(Lack::InTrash(_)) => "in-trash",
                Some(Lack::Missing(_) | Lack::Size(..)) => "incomplete",
            };
            place(Some(own + packed), how)
        }
        Some(Err(_)) => place(Some(own), "bad-recipe"),
        None => [item, Item::recipe(*oid)]
            .iter()
            .find_map(|item| inventory.trash.get(item))
            .map_or(place(None, "missing"), |info| {
                place(Some(info.size), "in-trash")
            }),
    }
}
