//! `fsck`: is every dump that history names in the store, whole and right?
//!
//! `git lfs prune --verify-remote` doesn't ask a standalone agent anything, so this is the only check there is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dump_store::{ErrorKind, Item, Meter, Oid, S3Store, TransferError, Transfers};
use tokio::task::JoinSet;

use crate::cli::FsckArguments;
use crate::error::AgentError;
use crate::history::{self, Dump, Reach};
use crate::output::{human, say};
use crate::tending::Store;

/// How many objects are read at the same time.
const READERS: usize = 8;

/// What is wrong with a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finding {
    Missing,
    InTrash,
    Size(u64),
    Damaged,
}

/// Checks what `arguments` name.
pub(crate) fn fsck(arguments: &FsckArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::open()?;
    let root = store.root();
    let dumps = history::dumps(root, Reach::Refs(&arguments.refs))?;
    let findings = store
        .runtime
        .block_on(check(&store.transfers, &dumps, arguments.fast))?;
    let total: u64 = dumps.values().map(|dump| dump.size).sum();
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
        }
    }
}

/// Sizes first, for all at once if the store can be listed; then the contents of those that have the right one.
async fn check(
    transfers: &Arc<Transfers<S3Store>>,
    dumps: &BTreeMap<Oid, Dump>,
    fast: bool,
) -> Result<BTreeMap<Oid, Finding>, AgentError> {
    let mut findings = BTreeMap::new();
    let inventory = transfers.inventory().await.map_err(AgentError::store)?;
    let mut reading = JoinSet::new();
    for (oid, dump) in dumps {
        match inventory.items.get(&Item::object(*oid)) {
            None if inventory.trash.contains_key(&Item::object(*oid)) => {
                findings.insert(*oid, Finding::InTrash);
            }
            None => {
                findings.insert(*oid, Finding::Missing);
            }
            Some(info) if info.size != dump.size => {
                findings.insert(*oid, Finding::Size(info.size));
            }
            Some(_) if fast => {}
            Some(_) => {
                if reading.len() == READERS {
                    note(reading.join_next().await, &mut findings)?;
                }
                let (transfers, oid, size) = (Arc::clone(transfers), *oid, dump.size);
                reading.spawn(async move {
                    (
                        oid,
                        Box::pin(transfers.verify(&oid, size, &Meter::new())).await,
                    )
                });
            }
        }
    }
    while !reading.is_empty() {
        note(reading.join_next().await, &mut findings)?;
    }
    Ok(findings)
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
    let by_blob: BTreeMap<&str, Oid> = dumps
        .iter()
        .flat_map(|(oid, dump)| dump.blobs.iter().map(|blob| (blob.as_str(), *oid)))
        .collect();
    let mut commits: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
    for change in history::changes(root, refs)? {
        if let Some(oid) = by_blob.get(change.blob.as_str()) {
            commits.entry(*oid).or_default().push(change.commit);
        }
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
