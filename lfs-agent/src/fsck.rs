//! `fsck`: is every dump that history names in the store, whole and right?
//!
//! `git lfs prune --verify-remote` doesn't ask a standalone agent anything, so this is the only check there is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dump_store::{
    ErrorKind, Inventory, Item, Meter, Oid, Recipe, S3Store, TransferError, Transfers,
};
use tokio::task::JoinSet;

use crate::arguments::FsckArguments;
use crate::error::AgentError;
use crate::history::{self, Dump, Reach};
use crate::output::{human, say};
use crate::progress;
use crate::tending::{self, Lack, Store};

/// How many objects are read at the same time.
const READERS: usize = 8;

/// What is wrong with a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finding {
    Missing,
    InTrash,
    Size(u64),
    Damaged,
    /// Its recipe can't be used, and why.
    Recipe(String),
    /// Its recipe names something that isn't as it should be: what, and how.
    Source(String),
}

/// Checks what `arguments` name.
pub(crate) fn fsck(arguments: &FsckArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::open()?;
    let root = store.root();
    let dumps = history::dumps(root, Reach::Refs(&arguments.refs))?;
    let total: u64 = dumps.values().map(|dump| dump.size).sum();
    let meter = Meter::new();
    let checking = check(&store.transfers, &dumps, arguments.fast, &meter);
    let checking = progress::shown(quiet, total, || meter.bytes(), checking);
    let findings = store.runtime.block_on(Box::pin(checking))?;
    if findings.is_empty() {
        if !quiet {
            let how = if arguments.fast {
                "there and whole"
            } else {
                "there, whole and right"
            };
            say(&format!(
                "{} ({}) in {}: all {how}.",
                count(dumps.len()),
                human(total),
                store.url
            ));
        }
        return Ok(());
    }
    let commits = commits_of(root, &arguments.refs, &dumps)?;
    for (oid, finding) in &findings {
        let paths = dumps[oid]
            .paths
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let needed = commits
            .get(oid)
            .map(|commits| commits.join(", "))
            .unwrap_or_default();
        say(&format!(
            "{} {oid} {paths} (since commit {needed})",
            finding.text(dumps[oid].size)
        ));
    }
    Err(AgentError::Unsound {
        bad: findings.len(),
        all: dumps.len(),
    })
}

impl Finding {
    fn text(&self, size: u64) -> String {
        match self {
            Self::Missing => "missing".to_owned(),
            Self::InTrash => "in-trash".to_owned(),
            Self::Size(found) => format!("wrong-size ({found} bytes, not {size})"),
            Self::Damaged => "damaged".to_owned(),
            Self::Recipe(why) => format!("bad-recipe ({why})"),
            Self::Source(what) => format!("incomplete ({what})"),
        }
    }
}

/// Sizes first, for all at once if the store can be listed; then the contents of those that have the right one.
async fn check(
    transfers: &Arc<Transfers<S3Store>>,
    dumps: &BTreeMap<Oid, Dump>,
    fast: bool,
    meter: &Meter,
) -> Result<BTreeMap<Oid, Finding>, AgentError> {
    let mut findings = BTreeMap::new();
    let inventory = transfers.inventory().await.map_err(AgentError::store)?;
    let in_place = |item| inventory.items.contains_key(&item);
    let by_recipe = dumps
        .keys()
        .filter(|oid| !in_place(Item::object(**oid)) && in_place(Item::recipe(**oid)));
    let recipes = tending::recipes(transfers, by_recipe.copied().collect(), &inventory).await?;
    let mut reading = JoinSet::new();
    for (oid, dump) in dumps {
        let finding = match (inventory.items.get(&Item::object(*oid)), recipes.get(oid)) {
            (None, Some(recipe)) => of_recipe(recipe, dump.size, &inventory, transfers),
            (None, None) => {
                let places = [Item::object(*oid), Item::recipe(*oid)];
                if places.iter().any(|item| inventory.trash.contains_key(item)) {
                    Some(Finding::InTrash)
                } else {
                    Some(Finding::Missing)
                }
            }
            (Some(info), _) if info.size != dump.size => Some(Finding::Size(info.size)),
            (Some(_), _) => None,
        };
        match finding {
            Some(finding) => {
                findings.insert(*oid, finding);
            }
            None if fast => {}
            None => {
                if reading.len() == READERS {
                    note(reading.join_next().await, &mut findings)?;
                }
                let (transfers, oid, size) = (Arc::clone(transfers), *oid, dump.size);
                let meter = meter.clone();
                reading.spawn(async move {
                    let verified = Box::pin(transfers.verify(&oid, size, &meter)).await;
                    (oid, verified)
                });
            }
        }
    }
    while !reading.is_empty() {
        note(reading.join_next().await, &mut findings)?;
    }
    Ok(findings)
}

/// What is wrong with what a recipe says, as far as the inventory tells.
fn of_recipe(
    recipe: &Result<Recipe, TransferError>,
    size: u64,
    inventory: &Inventory,
    transfers: &Transfers<S3Store>,
) -> Option<Finding> {
    let recipe = match recipe {
        Ok(recipe) => recipe,
        Err(error) => return Some(Finding::Recipe(error.to_string())),
    };
    if recipe.size() != size {
        return Some(Finding::Size(recipe.size()));
    }
    let key = |item: Item| transfers.layout().key(&item);
    Some(match tending::lack(recipe, inventory)? {
        Lack::InTrash(_) => Finding::InTrash,
        Lack::Missing(item) => Finding::Source(format!("{} isn't there", key(item))),
        Lack::Size(item, found) => {
            Finding::Source(format!("{} has {found} bytes, which is wrong", key(item)))
        }
    })
}

type Read = Option<Result<(Oid, Result<(), TransferError>), tokio::task::JoinError>>;

/// Takes down what reading an object told. A failure of the network ends the check: it says nothing of the object.
fn note(read: Read, findings: &mut BTreeMap<Oid, Finding>) -> Result<(), AgentError> {
    let Some(read) = read else { return Ok(()) };
    let (oid, outcome) = read.map_err(|error| AgentError::Task(error.to_string()))?;
    let finding = match outcome {
        Ok(()) => return Ok(()),
        Err(TransferError::StoredContent { .. }) => Finding::Damaged,
        Err(TransferError::StoredSize { found, .. }) => Finding::Size(found),
        Err(error @ TransferError::Recipe { .. }) => Finding::Recipe(error.to_string()),
        Err(error @ TransferError::Source { .. }) => Finding::Source(error.to_string()),
        Err(TransferError::Store { error, .. }) if *error.kind() == ErrorKind::NotFound => {
            Finding::Missing
        }
        Err(error) => {
            return Err(AgentError::Transfer {
                verb: "check",
                oid: oid.to_hex(),
                error,
            });
        }
    };
    findings.insert(oid, finding);
    Ok(())
}

/// The commits that brought each dump in.
fn commits_of(
    root: &Path,
    refs: &[String],
    dumps: &BTreeMap<Oid, Dump>,
) -> Result<BTreeMap<Oid, Vec<String>>, AgentError> {
    let mut commits: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    for change in history::changes(root, refs, dumps)? {
        commits.entry(change.oid).or_default().push(change.commit);
    }
    Ok(commits)
}

fn count(dumps: usize) -> String {
    if dumps == 1 {
        "1 dump".to_owned()
    } else {
        format!("{dumps} dumps")
    }
}
