//! `ls`: the dumps of the history, how they are stored, and what that saves.

use std::collections::{BTreeMap, BTreeSet};

use dump_store::{Inventory, Item, Kind, Needs, Oid, TransferError, source_item};
use serde::Serialize;

use crate::arguments::RefArguments;
use crate::error::AgentError;
use crate::git::history::{self, Reach};
use crate::store::tending::{self, Lack, Store, Word};
use crate::terminal::output::{Form, human, remark, say, say_json};

/// How the store has an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The bytes kept for it that are kept for no older one; `None` when there are none.
    stored: Option<u64>,
    how: &'static str,
}

/// What `--json` writes.
#[derive(Serialize)]
struct Listing<'a> {
    store: &'a str,
    /// Older commits aren't here.
    shallow: bool,
    /// Newest first: a line for each commit that changed a dump.
    changes: Vec<Line<'a>>,
    total: Total,
}

#[derive(Serialize)]
struct Line<'a> {
    commit: &'a str,
    date: &'a str,
    oid: String,
    path: &'a str,
    size: u64,
    stored: Option<u64>,
    how: &'a str,
}

/// All versions together, each once.
#[derive(Serialize)]
struct Total {
    versions: usize,
    size: u64,
    stored: u64,
}

/// Lists a line for each change of a dump, newest first.
pub(crate) fn ls(arguments: &RefArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::of(arguments.store.remote.as_deref())?;
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
    let recipes = store.runtime.block_on(tending::recipes(
        &store.transfers,
        by_recipe,
        &inventory,
        Word::Noted,
    ))?;
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
    let shallow = history::is_shallow(store.root())?;
    let total = Total::of(places.iter().map(|(oid, place)| (dumps[oid].size, *place)));
    if arguments.form.form() == Form::Json {
        let lines = changes.iter().map(|change| Line {
            commit: &change.commit,
            date: &change.date,
            oid: change.oid.to_hex(),
            path: &change.path,
            size: dumps[&change.oid].size,
            stored: places[&change.oid].stored,
            how: places[&change.oid].how,
        });
        say_json(&Listing {
            store: store.place(),
            shallow,
            changes: lines.collect(),
            total,
        });
        return Ok(());
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
        say(&total.summary());
        if shallow {
            remark(
                "This is a shallow clone: versions of older commits aren't listed.\nhint: run `git fetch --unshallow`",
            );
        }
    }
    Ok(())
}

impl Total {
    fn of(places: impl Iterator<Item = (u64, Place)>) -> Self {
        let mut total = Self {
            versions: 0,
            size: 0,
            stored: 0,
        };
        for (bytes, place) in places {
            total.versions += 1;
            total.size += bytes;
            total.stored += place.stored.unwrap_or_default();
        }
        total
    }

    fn summary(&self) -> String {
        let versions = match self.versions {
            0 => return "No commit here has a dump.".to_owned(),
            1 => "version",
            _ => "versions",
        };
        format!(
            "{} {versions} of {} in {}.",
            self.versions,
            human(self.size),
            human(self.stored)
        )
    }
}

/// How the store has an object of `size` bytes. Packs are `counted` once.
fn place(
    oid: &Oid,
    size: u64,
    inventory: &Inventory,
    recipe: Option<&Result<Needs, TransferError>>,
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
