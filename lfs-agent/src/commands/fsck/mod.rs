//! `fsck`: is every dump that history names in the store, whole and right? With `--repair`, what isn't is put back.
//!
//! `git lfs prune --verify-remote` doesn't ask a standalone agent anything, so this is the only check there is.

mod check;
mod finding;
mod repair;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use dump_store::{Meter, Oid};

use crate::arguments::FsckArguments;
use crate::error::AgentError;
use crate::git::history::{self, Dump};
use crate::git::partial;
use crate::store::tending::{Store, Word};
use crate::terminal::output::Form;
use crate::terminal::progress;
use check::{Depth, Stock, check};
use finding::Findings;
use repair::{Repair, Work};
use report::Report;

/// What was damaged in several ways is mended in several rounds, each of which looks again. There are no more ways.
const MOST_ROUNDS: usize = 4;

/// Checks what `arguments` name, and repairs it if they say so.
pub(crate) fn fsck(arguments: &FsckArguments, quiet: bool) -> Result<(), AgentError> {
    let store = Store::of(arguments.store.remote.as_deref())?;
    let (dumps, completeness) = partial::dumps(store.root(), &arguments.refs)?;
    let depth = if arguments.fast {
        Depth::Sizes
    } else {
        Depth::Contents
    };
    let mut findings = look(&store, &dumps, depth, quiet)?;
    let mut work = Work::default();
    let mut order = Vec::new();
    if arguments.repair && !findings.is_empty() {
        order = oldest_first(&store, &arguments.refs, &dumps)?;
        store.leave_names()?;
    }
    let mut rounds = 0;
    while arguments.repair && rounds < MOST_ROUNDS && !findings.is_empty() {
        rounds += 1;
        let concerned: BTreeMap<Oid, Dump> = dumps
            .iter()
            .filter(|(oid, _)| findings.concern(oid))
            .map(|(oid, dump)| (*oid, dump.clone()))
            .collect();
        let round = mend(&store, &dumps, &findings, depth, &order, quiet)?;
        let was_of_use = !round.done.is_empty() && round.refused.is_none();
        work.add(round);
        findings = look(&store, &concerned, depth, quiet)?;
        if !was_of_use {
            break;
        }
    }
    let changes = if findings.dumps.is_empty() {
        Vec::new()
    } else {
        history::changes(store.root(), &arguments.refs, &dumps)?
    };
    let report = Report {
        store: &store,
        dumps: &dumps,
        completeness,
        depth,
        findings: &findings,
        work: &work,
        changes: &changes,
    };
    match arguments.form.form() {
        Form::Json => report.write_json(),
        Form::Text => report.write(quiet),
    }
    if findings.dumps.is_empty() {
        return Ok(());
    }
    let (bad, all) = (findings.dumps.len(), dumps.len());
    let newer = findings.dumps.values().all(finding::Finding::is_newer);
    Err(if arguments.repair {
        AgentError::NotRepaired {
            bad,
            all,
            refused: work.refused,
            newer,
        }
    } else {
        AgentError::Unsound { bad, all, newer }
    })
}

/// Looks at these dumps as they are in the store now.
fn look(
    store: &Store,
    dumps: &BTreeMap<Oid, Dump>,
    depth: Depth,
    quiet: bool,
) -> Result<Findings, AgentError> {
    let meter = Meter::new();
    let total = dumps.values().map(|dump| dump.size).sum();
    let looking = async {
        // Who reads all contents reads recipes too, so that one that is damaged is found.
        let word = match depth {
            Depth::Sizes => Word::Noted,
            Depth::Contents => Word::Read,
        };
        let stock = Stock::take(&store.transfers, dumps, word).await?;
        check(&store.transfers, dumps, &stock, depth, &meter).await
    };
    let looking = progress::shown(quiet, total, || meter.bytes(), looking);
    store.runtime.block_on(Box::pin(looking))
}

/// One round of repairing.
fn mend(
    store: &Store,
    dumps: &BTreeMap<Oid, Dump>,
    findings: &Findings,
    depth: Depth,
    order: &[Oid],
    quiet: bool,
) -> Result<Work, AgentError> {
    let meter = Meter::new();
    let concerned = dumps.iter().filter(|(oid, _)| findings.concern(oid));
    let total = concerned.map(|(_, dump)| dump.size).sum();
    let mending = async {
        let repair = Repair {
            transfers: &store.transfers,
            dumps,
            // All recipes, since any of them may name pieces of what is missing.
            stock: &Stock::take(&store.transfers, dumps, Word::Read).await?,
            findings,
            depth,
            meter: &meter,
        };
        Ok(repair.run(order).await)
    };
    let mending = progress::shown(quiet, total, || meter.bytes(), mending);
    store.runtime.block_on(Box::pin(mending))
}

/// The dumps in the order in which they came into history, so that later ones can be built on earlier ones.
fn oldest_first(
    store: &Store,
    refs: &[String],
    dumps: &BTreeMap<Oid, Dump>,
) -> Result<Vec<Oid>, AgentError> {
    let changes = history::changes(store.root(), refs, dumps)?;
    let mut seen = BTreeSet::new();
    let mut order: Vec<Oid> = changes.iter().rev().map(|change| change.oid).collect();
    // Such as those that a tag names directly, and no commit.
    order.extend(dumps.keys());
    order.retain(|oid| seen.insert(*oid));
    Ok(order)
}

impl Findings {
    fn is_empty(&self) -> bool {
        self.dumps.is_empty() && self.needless.is_empty()
    }

    /// Whether anything was found about this dump.
    fn concern(&self, oid: &Oid) -> bool {
        self.dumps.contains_key(oid) || self.needless.contains_key(oid)
    }
}

impl Work {
    fn add(&mut self, round: Self) {
        self.done.extend(round.done);
        self.failed = round.failed;
        self.refused = round.refused;
    }
}
