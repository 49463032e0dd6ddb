//! `prune`: taking out of the store what no ref names.
//!
//! Which refs there are is asked of [witnesses](crate::git::witness) and, where several repositories share a prefix, of all
//! [neighbours]; `docs/design/prune.md` tells what was chosen and why.
//!
//! It shows what it would do, and does it with `--delete`. What it takes out goes to the trash first, where every download
//! still finds it, and is deleted by a later run that still finds no ref that names it (see `dump_store`'s inventory for
//! why that is safe while others push).

mod neighbours;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use dump_store::{Inventory, Item, Kind, Needs, ObjectInfo, Oid, source_item};
use serde::Serialize;

use crate::arguments::PruneArguments;
use crate::error::AgentError;
use crate::git::witness::Witness;
use crate::store::tending::{self, Store, Word};
use crate::terminal::output::{Form, human, say, say_json};

/// One day.
const DAY: Duration = Duration::from_hours(24);

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    /// Unnamed and old: into the trash.
    take_out: BTreeMap<Item, u64>,
    /// Unnamed and long in the trash: away.
    delete: BTreeMap<Item, u64>,
    /// In the trash, but named: back.
    put_back: BTreeMap<Item, u64>,
}

/// Prunes the store of the repository around.
pub(crate) fn prune(arguments: &PruneArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::of(arguments.store.remote.as_deref())?;
    let inventory = store
        .runtime
        .block_on(store.transfers.inventory())
        .map_err(AgentError::store)?;
    let mut witnesses = vec![Witness::own(store.root())?];
    for directory in &arguments.also {
        witnesses.push(Witness::other(directory)?);
    }
    let gone = neighbours::check(&store, &inventory, &witnesses, &arguments.gone)?;
    let mut named = BTreeSet::new();
    for witness in &witnesses {
        named.extend(witness.dumps()?);
    }
    let grace = DAY * arguments.grace;
    let now = SystemTime::now();
    let planned = |word| {
        let needed = needed(&store, &inventory, &named, now, grace, word);
        let (needed, read) = store.runtime.block_on(needed)?;
        Ok::<_, AgentError>((plan(&inventory, &needed, now, grace), read))
    };
    let (mut plan, mut read) = planned(Word::Noted)?;
    // What goes to the trash can be fetched and comes back. What goes from there is gone, so that is decided by the recipes
    // themselves.
    if !plan.delete.is_empty() {
        (plan, read) = planned(Word::Read)?;
    }
    if !inventory.complete && !arguments.no_others && plan.takes() {
        return Err(AgentError::MaybeOthers {
            store: store.place().to_owned(),
        });
    }
    let form = arguments.form.form();
    if form == Form::Text {
        plan.say();
    }
    let delete = arguments.delete;
    if delete {
        for witness in &witnesses {
            witness.check_unchanged()?;
        }
        neighbours::check_unchanged(&store, &inventory)?;
        if arguments.no_others {
            neighbours::declare_all(&store, &witnesses)?;
        }
        neighbours::forget(&store, &gone)?;
        store.runtime.block_on(carry_out(&store, &plan))?;
        store.runtime.block_on(note(&store, &inventory, &read))?;
    }
    match form {
        Form::Json => say_json(&Report::of(&plan, &store, arguments)),
        Form::Text if quiet => {}
        Form::Text => say(&plan.summary(delete, arguments.grace)),
    }
    Ok(())
}

/// What `--json` writes.
#[derive(Serialize)]
struct Report<'a> {
    store: &'a str,
    grace_days: u32,
    /// It is done, and not just shown.
    done: bool,
    take_out: Vec<Moved>,
    delete: Vec<Moved>,
    put_back: Vec<Moved>,
}

#[derive(Serialize)]
struct Moved {
    kind: &'static str,
    oid: String,
    size: u64,
}

impl<'a> Report<'a> {
    fn of(plan: &Plan, store: &'a Store, arguments: &PruneArguments) -> Self {
        let moved = |items: &BTreeMap<Item, u64>| {
            let moved = items.iter().map(|(item, size)| Moved {
                kind: word(item.kind),
                oid: item.oid.to_hex(),
                size: *size,
            });
            moved.collect()
        };
        Self {
            store: store.place(),
            grace_days: arguments.grace,
            done: arguments.delete,
            take_out: moved(&plan.take_out),
            delete: moved(&plan.delete),
            put_back: moved(&plan.put_back),
        }
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "object",
        Kind::Pack => "pack",
        Kind::Recipe => "recipe",
    }
}

impl Plan {
    /// Lists all that is to be done.
    fn say(&self) {
        for (action, objects) in self.actions() {
            for (item, size) in objects {
                say(&format!(
                    "{action:9} {} {:>10}  {}",
                    item.oid,
                    human(*size),
                    word(item.kind)
                ));
            }
        }
    }

    /// Whether something is to go.
    fn takes(&self) -> bool {
        !self.take_out.is_empty() || !self.delete.is_empty()
    }

    fn actions(&self) -> [(&'static str, &BTreeMap<Item, u64>); 3] {
        [
            ("take-out", &self.take_out),
            ("delete", &self.delete),
            ("put-back", &self.put_back),
        ]
    }

    fn summary(&self, delete: bool, grace: u32) -> String {
        let told = |objects: &BTreeMap<Item, u64>| {
            format!("{} ({})", objects.len(), human(objects.values().sum()))
        };
        let (take_out, gone, back) = (
            told(&self.take_out),
            told(&self.delete),
            self.put_back.len(),
        );
        if delete {
            format!(
                "Moved {take_out} to the trash, from which a run in {grace} days or more deletes them; deleted {gone}; put back {back}."
            )
        } else {
            format!(
                "Would move {take_out} to the trash, delete {gone}, and put back {back}. Say `--delete` to do it."
            )
        }
    }
}

/// What must stay, and what recipes were found to need: what a ref names, and what the recipes that stay name. They stay as well while they are younger than
/// `grace`: whoever pushes them has no ref that names them yet.
async fn needed(
    store: &Store,
    inventory: &Inventory,
    named: &BTreeSet<Oid>,
    now: SystemTime,
    grace: Duration,
    word: Word,
) -> Result<(BTreeSet<Item>, BTreeMap<Oid, Needs>), AgentError> {
    let mut read = BTreeMap::new();
    let in_place = inventory.items.iter();
    let kept = in_place
        .filter(|(item, info)| named.contains(&item.oid) || !is_old(info, now, grace))
        .map(|(item, _)| item);
    let wanted_back = inventory
        .trash
        .keys()
        .filter(|item| named.contains(&item.oid));
    let mut recipes: BTreeSet<Oid> = kept
        .chain(wanted_back)
        .filter(|item| item.kind == Kind::Recipe)
        .map(|item| item.oid)
        .collect();
    let objects = named.iter().copied();
    let mut needed: BTreeSet<Item> = objects
        .flat_map(|oid| [Item::object(oid), Item::recipe(oid)])
        .collect();
    while !recipes.is_empty() {
        let mut behind = BTreeSet::new();
        for (oid, recipe) in tending::recipes(&store.transfers, recipes, inventory, word).await? {
            // Without it there is no telling what it needs.
            let recipe = recipe.map_err(|error| AgentError::Transfer {
                verb: "tell what is needed for",
                oid: oid.to_hex(),
                error,
            })?;
            for item in recipe.sources().iter().map(source_item) {
                needed.insert(item);
                // A recipe builds on whole objects. If one of these is gone, its own recipe is what can mend it.
                let own = Item::recipe(item.oid);
                let is_whole = inventory.items.contains_key(&item);
                let is_there =
                    inventory.items.contains_key(&own) || inventory.trash.contains_key(&own);
                if item.kind == Kind::Object && !is_whole && is_there && needed.insert(own) {
                    behind.insert(item.oid);
                }
            }
            read.insert(oid, recipe);
        }
        recipes = behind;
    }
    Ok((needed, read))
}

/// Leaves notes of the recipes that have none, for the next who looks, and takes away those that are of no use.
async fn note(
    store: &Store,
    inventory: &Inventory,
    read: &BTreeMap<Oid, Needs>,
) -> Result<(), AgentError> {
    for (oid, needs) in read {
        if let Some(tag) = inventory.recipe_tags.get(oid)
            && inventory.noted(oid).is_none()
            && tending::lack(needs, inventory).is_none()
        {
            store.transfers.leave_note(oid, needs, tag).await;
        }
    }
    let deleted = store.transfers.delete_needless_notes(inventory).await;
    deleted.map_err(AgentError::store)
}

/// Whether something has been where it is for the grace period. What has no time of its own counts as new.
fn is_old(info: &ObjectInfo, now: SystemTime, grace: Duration) -> bool {
    info.modified
        .is_some_and(|time| now.duration_since(time).is_ok_and(|age| age >= grace))
}

/// Decides about every item.
fn plan(inventory: &Inventory, needed: &BTreeSet<Item>, now: SystemTime, grace: Duration) -> Plan {
    let mut plan = Plan::default();
    for (item, info) in &inventory.items {
        if !needed.contains(item) && is_old(info, now, grace) {
            plan.take_out.insert(*item, info.size);
        }
    }
    for (item, info) in &inventory.trash {
        if needed.contains(item) {
            if !inventory.items.contains_key(item) {
                plan.put_back.insert(*item, info.size);
            }
        } else if is_old(info, now, grace) {
            plan.delete.insert(*item, info.size);
        }
    }
    plan
}

/// What others build on is put back before them, and goes after them: see the order of [`Kind`].
async fn carry_out(store: &Store, plan: &Plan) -> Result<(), AgentError> {
    let failed = |verb, item: &Item, error| AgentError::Transfer {
        verb,
        oid: item.oid.to_hex(),
        error,
    };
    for item in plan.put_back.keys() {
        store
            .transfers
            .put_back(item)
            .await
            .map_err(|error| failed("put back", item, error))?;
    }
    for item in plan.take_out.keys().rev() {
        store
            .transfers
            .take_out(item)
            .await
            .map_err(|error| failed("take out", item, error))?;
    }
    for item in plan.delete.keys().rev() {
        store
            .transfers
            .delete_from_trash(item)
            .await
            .map_err(|error| failed("delete", item, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_unnamed_and_old_is_touched() {
        let now = SystemTime::UNIX_EPOCH + DAY * 100;
        let at = |age: u32| ObjectInfo {
            size: 1,
            modified: Some(now - DAY * age),
        };
        let object = |name: &str| Item::object(Oid::of(name.as_bytes()));
        let mut inventory = Inventory::default();
        for (name, age) in [("named", 50), ("young", 13), ("old", 14), ("both", 50)] {
            inventory.items.insert(object(name), at(age));
        }
        inventory.items.insert(
            object("timeless"),
            ObjectInfo {
                size: 1,
                modified: None,
            },
        );
        for (name, age) in [("wanted", 50), ("fresh", 1), ("done", 14), ("both", 1)] {
            inventory.trash.insert(object(name), at(age));
        }
        let needed = ["named", "wanted", "both"].map(object).into();
        let plan = plan(&inventory, &needed, now, DAY * 14);
        let only = |name: &str| BTreeMap::from([(object(name), 1)]);
        assert_eq!(
            plan,
            Plan {
                take_out: only("old"),
                delete: only("done"),
                put_back: only("wanted")
            }
        );
    }
}
