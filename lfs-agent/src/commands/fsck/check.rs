//! Looking at dumps in the store: sizes first, for all at once, then the contents of those that have the right one.

use std::collections::BTreeMap;
use std::sync::Arc;

use dump_store::{
    ErrorKind, Inventory, Item, Meter, Needs, Oid, S3Store, TransferError, Transfers, source_item,
};
use tokio::task::JoinSet;

use super::finding::{Fault, Finding, Findings, Part, Wrong};
use crate::error::AgentError;
use crate::git::history::Dump;
use crate::store::tending::{self, Lack, Word};

/// How many objects are read at the same time.
const READERS: usize = 8;

/// How closely dumps are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Presence and sizes.
    Sizes,
    /// All bytes.
    Contents,
}

/// What the recipes in the store need, each as it could be read.
pub(super) type Recipes = BTreeMap<Oid, Result<Needs, TransferError>>;

/// What the store has, as far as dumps need it.
pub(super) struct Stock {
    pub(super) inventory: Inventory,
    pub(super) recipes: Recipes,
}

impl Stock {
    /// Lists the store, and finds out what the recipes of these dumps need.
    pub(super) async fn take(
        transfers: &Arc<Transfers<S3Store>>,
        dumps: &BTreeMap<Oid, Dump>,
        word: Word,
    ) -> Result<Self, AgentError> {
        let inventory = transfers.inventory().await.map_err(AgentError::store)?;
        let has_recipe = |oid: &&Oid| {
            let recipe = Item::recipe(**oid);
            inventory.items.contains_key(&recipe)
                || inventory.trash.contains_key(&recipe)
                    && !inventory.items.contains_key(&Item::object(**oid))
        };
        let by_recipe = dumps.keys().filter(has_recipe).copied().collect();
        let recipes = tending::recipes(transfers, by_recipe, &inventory, word).await?;
        Ok(Self { inventory, recipes })
    }

    /// What of a recipe's sources isn't as it should be, as far as the listing tells.
    fn lacks(&self, needs: &Needs) -> Vec<Part> {
        let part = |(lack, size)| match lack {
            Lack::InTrash(item) => Part::of(item, size, Wrong::InTrash),
            Lack::Missing(item) => Part::of(item, size, Wrong::Missing),
            Lack::Size(item, found) => Part::of(item, size, Wrong::Size(found)),
        };
        tending::lacks(needs, &self.inventory).map(part).collect()
    }

    /// What is wrong with a recipe in its place; `None` if nothing is, as far as the listing tells.
    fn of_recipe(
        &self,
        oid: &Oid,
        size: u64,
        recipe: &Result<Needs, TransferError>,
    ) -> Option<Finding> {
        let item = Item::recipe(*oid);
        let needs = match recipe {
            Ok(needs) => needs,
            Err(error) => {
                return Some(Finding::one(Fault::BadRecipe, unusable(item, size, error)));
            }
        };
        if needs.size() != size {
            let part = Part::of(item, size, Wrong::Size(needs.size()));
            return Some(Finding::one(Fault::BadRecipe, part));
        }
        let parts = self.lacks(needs);
        let all_in_trash = parts.iter().all(|part| part.wrong == Wrong::InTrash);
        let kind = if all_in_trash {
            Fault::InTrash
        } else {
            Fault::Incomplete
        };
        (!parts.is_empty()).then_some(Finding { kind, parts })
    }

    /// What is wrong with a dump, as far as the listing tells.
    fn look(&self, oid: &Oid, size: u64) -> Option<Finding> {
        let (object, recipe) = (Item::object(*oid), Item::recipe(*oid));
        let has_recipe = self.inventory.items.contains_key(&recipe);
        let read = self.recipes.get(oid);
        match (self.inventory.items.get(&object), read) {
            (Some(info), _) if info.size == size => None,
            (Some(info), _) => {
                let part = Part::of(object, size, Wrong::Size(info.size));
                Some(Finding::one(Fault::WrongSize, part))
            }
            (None, Some(read)) if has_recipe => self.of_recipe(oid, size, read),
            (None, _) if self.inventory.trash.contains_key(&object) => {
                let part = Part::of(object, size, Wrong::InTrash);
                Some(Finding::one(Fault::InTrash, part))
            }
            (None, Some(Ok(needs))) => {
                let mut parts = self.lacks(needs);
                parts.push(Part::of(recipe, size, Wrong::InTrash));
                Some(Finding {
                    kind: Fault::InTrash,
                    parts,
                })
            }
            (None, _) => {
                let part = Part::of(object, size, Wrong::Missing);
                Some(Finding::one(Fault::Missing, part))
            }
        }
    }

    /// A recipe that can't be used beside a whole object. It does no harm to the dump, but `prune` stops at it. One that only
    /// lacks something stays: it says of which pieces what it lacks can be put together.
    fn needless(&self, oid: &Oid, size: u64) -> Option<Part> {
        let whole = self.inventory.items.get(&Item::object(*oid))?;
        let recipe = self.recipes.get(oid)?;
        let mut finding = self.of_recipe(oid, size, recipe)?;
        let is_needless =
            whole.size == size && finding.kind == Fault::BadRecipe && !finding.is_newer();
        is_needless.then(|| finding.parts.swap_remove(0))
    }
}

/// A recipe that couldn't be read as one.
fn unusable(item: Item, size: u64, error: &TransferError) -> Part {
    let wrong = match error {
        TransferError::Recipe { error, .. } => Wrong::Recipe(error.clone()),
        _ => Wrong::OtherContent,
    };
    Part::of(item, size, wrong)
}

/// Looks at these dumps.
pub(super) async fn check(
    transfers: &Arc<Transfers<S3Store>>,
    dumps: &BTreeMap<Oid, Dump>,
    stock: &Stock,
    depth: Depth,
    meter: &Meter,
) -> Result<Findings, AgentError> {
    let mut findings = Findings::default();
    let mut reading = JoinSet::new();
    for (oid, dump) in dumps {
        if let Some(part) = stock.needless(oid, dump.size) {
            findings.needless.insert(*oid, part);
        }
        if let Some(finding) = stock.look(oid, dump.size) {
            findings.dumps.insert(*oid, finding);
        } else if depth == Depth::Contents {
            if reading.len() == READERS {
                note(reading.join_next().await, stock, &mut findings)?;
            }
            let (transfers, oid, size) = (Arc::clone(transfers), *oid, dump.size);
            let meter = meter.clone();
            reading.spawn(async move {
                let verified = Box::pin(transfers.verify(&oid, size, &meter)).await;
                (oid, size, verified)
            });
        }
    }
    while !reading.is_empty() {
        note(reading.join_next().await, stock, &mut findings)?;
    }
    Ok(findings)
}

type Read = Option<Result<(Oid, u64, Result<(), TransferError>), tokio::task::JoinError>>;

/// Takes down what reading an object told. A failure of the network ends the check: it says nothing of the object.
fn note(read: Read, stock: &Stock, findings: &mut Findings) -> Result<(), AgentError> {
    let Some(read) = read else { return Ok(()) };
    let (oid, size, outcome) = read.map_err(|error| AgentError::Task(error.to_string()))?;
    let (object, recipe) = (Item::object(oid), Item::recipe(oid));
    let is_whole = stock.inventory.items.contains_key(&object);
    let one = |kind, item, wrong| Finding::one(kind, Part::of(item, size, wrong));
    let finding = match outcome {
        Ok(()) => return Ok(()),
        Err(TransferError::StoredContent { .. }) if is_whole => {
            one(Fault::Damaged, object, Wrong::Damaged)
        }
        Err(TransferError::StoredContent { .. }) => {
            one(Fault::BadRecipe, recipe, Wrong::OtherContent)
        }
        Err(TransferError::StoredSize { found, .. }) if is_whole => {
            one(Fault::WrongSize, object, Wrong::Size(found))
        }
        Err(TransferError::StoredSize { found, .. }) => {
            one(Fault::BadRecipe, recipe, Wrong::Size(found))
        }
        Err(error @ TransferError::Recipe { .. }) => {
            Finding::one(Fault::BadRecipe, unusable(recipe, size, &error))
        }
        Err(TransferError::Source { item, .. }) => {
            let part = Part::of(*item, stock.size_of(&oid, &item), Wrong::Damaged);
            Finding::one(Fault::Incomplete, part)
        }
        Err(TransferError::Store { error, .. }) if *error.kind() == ErrorKind::NotFound => {
            one(Fault::Missing, object, Wrong::Missing)
        }
        Err(error) => {
            return Err(AgentError::Transfer {
                verb: "check",
                oid: oid.to_hex(),
                error,
            });
        }
    };
    findings.dumps.insert(oid, finding);
    Ok(())
}

impl Stock {
    /// The size that a source of this dump's recipe should have, in bytes.
    fn size_of(&self, oid: &Oid, item: &Item) -> u64 {
        let needs = self.recipes.get(oid).and_then(|read| read.as_ref().ok());
        let sources = needs.map(Needs::sources).unwrap_or_default();
        let source = sources.iter().find(|source| source_item(source) == *item);
        source.map_or(0, |source| source.size)
    }
}
