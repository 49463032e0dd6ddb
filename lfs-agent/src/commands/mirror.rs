//! `mirror`: all that one store holds, copied into another as far as it isn't there.
//!
//! Both stores are named on the command line, by whoever types it: git's configuration and `.lfsconfig` have no say, and no
//! repository is needed. What recipes build on is copied before them, so that the other store is of use at any moment.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use command_line::Status;
use dump_store::{Copied, Item, Kind, Meter, ObjectInfo, S3Store, TransferError, Transfers};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::arguments::MirrorArguments;
use crate::error::AgentError;
use crate::store;
use crate::terminal::output::{Form, human, say, say_json};
use crate::terminal::progress;

/// How many items are copied at the same time. Most are small, and wait more than they move.
const AT_ONCE: usize = 8;

/// What is to be copied.
type Missing = Vec<(Item, ObjectInfo)>;

/// What has been copied.
#[derive(Debug, Default)]
struct Tally {
    items: usize,
    bytes: u64,
    by_server: usize,
    /// Of these, those of which the server has said the SHA-256 of what it copied.
    hashed: usize,
    /// What isn't right in the store that is read, in words.
    wrong: Vec<String>,
}

/// What `--json` writes.
#[derive(Serialize)]
struct Report<'a> {
    from: &'a str,
    to: &'a str,
    dry_run: bool,
    /// Objects, packs and recipes that the first store holds.
    all: usize,
    /// Those that the second store hadn't, and their bytes.
    missing: usize,
    missing_size: u64,
    /// Those that it has now, and their bytes.
    copied: usize,
    copied_size: u64,
    /// Of these, those that the server has copied, and those of them whose SHA-256 it has said.
    by_server: usize,
    hashed: usize,
    /// What isn't right in the first store, in words.
    wrong: &'a [String],
}

/// How far each item is that is being copied, or was.
type Meters = Mutex<Vec<Meter>>;

/// Copies what is missing.
pub(crate) fn mirror(arguments: &MirrorArguments, quiet: bool) -> Result<(), AgentError> {
    let at_once = u32::try_from(AT_ONCE).unwrap_or(1);
    let source = Arc::new(store::at_url(&arguments.from, at_once)?);
    let target = Arc::new(store::at_url(&arguments.to, at_once)?);
    let runtime = store::runtime()?;
    let listed = runtime.block_on(async { tokio::join!(source.inventory(), target.inventory()) });
    let inventory = listed.0.map_err(AgentError::store)?;
    let target_inventory = listed.1.map_err(AgentError::store)?;
    let all = inventory.items.len();
    let there = &target_inventory.items;
    let missing: Missing = inventory
        .items
        .iter()
        .filter(|(item, info)| there.get(item).is_none_or(|found| found.size != info.size))
        .map(|(item, info)| (*item, info.clone()))
        .collect();
    let missing_count = missing.len();
    let bytes: u64 = missing.iter().map(|(_, info)| info.size).sum();
    let json = arguments.form.form() == Form::Json;
    let report = |tally: &Tally| {
        say_json(&Report {
            from: &arguments.from,
            to: &arguments.to,
            dry_run: arguments.dry_run,
            all,
            missing: missing_count,
            missing_size: bytes,
            copied: tally.items,
            copied_size: tally.bytes,
            by_server: tally.by_server,
            hashed: tally.hashed,
            wrong: &tally.wrong,
        });
    };
    if arguments.dry_run && json {
        report(&Tally::default());
        return Ok(());
    }
    if arguments.dry_run {
        say(&format!(
            "{} of {all} objects, packs and recipes are missing there: {}",
            missing_count,
            human(bytes)
        ));
        return Ok(());
    }
    // Whoever may need an object there is known before it is there.
    let names = source.copy_names(&inventory, &target, &target_inventory);
    runtime.block_on(names).map_err(AgentError::store)?;
    let meters = Meters::default();
    let copying = copy_all(&source, &target, missing, &meters);
    let copying = progress::shown(quiet, bytes, || through(&meters), copying);
    let tally = runtime.block_on(Box::pin(copying))?;
    if json {
        report(&tally);
    } else if !quiet {
        say(&format!(
            "Copied {} of {all} objects, packs and recipes ({}), {} of them inside the server ({} by its word, with the right size alone).",
            tally.items,
            human(tally.bytes),
            tally.by_server,
            tally.by_server - tally.hashed
        ));
    }
    for wrong in tally.wrong.iter().filter(|_| !json) {
        say(wrong);
    }
    if tally.wrong.is_empty() {
        Ok(())
    } else {
        Err(AgentError::NotCopied {
            bad: tally.wrong.len(),
            all,
        })
    }
}

/// Copies what is named by its content first, and recipes when all that is there.
async fn copy_all(
    source: &Arc<Transfers<S3Store>>,
    target: &Arc<Transfers<S3Store>>,
    missing: Missing,
    meters: &Meters,
) -> Result<Tally, AgentError> {
    let (recipes, contents): (Missing, Missing) = missing
        .into_iter()
        .partition(|(item, _)| item.kind == Kind::Recipe);
    let mut tally = Tally::default();
    for items in [contents, recipes] {
        copy(source, target, items, meters, &mut tally).await?;
    }
    source.sweep();
    Ok(tally)
}

async fn copy(
    source: &Arc<Transfers<S3Store>>,
    target: &Arc<Transfers<S3Store>>,
    items: Missing,
    meters: &Meters,
    tally: &mut Tally,
) -> Result<(), AgentError> {
    let mut items = items.into_iter();
    let mut copying = JoinSet::new();
    let mut failed = None;
    loop {
        while failed.is_none()
            && copying.len() < AT_ONCE
            && let Some((item, info)) = items.next()
        {
            let (source, target) = (Arc::clone(source), Arc::clone(target));
            let meter = Meter::new();
            lock(meters).push(meter.clone());
            copying.spawn(async move {
                let copied = Box::pin(source.copy_to(&item, &info, &target, &meter)).await;
                (item, info, copied)
            });
        }
        // What is under way is brought to its end, so that the next time has less to do.
        let Some(copied) = copying.join_next().await else {
            break;
        };
        let (item, info, copied) = copied.map_err(|error| AgentError::Task(error.to_string()))?;
        match copied {
            Ok(how) => {
                tally.items += 1;
                tally.bytes += info.size;
                if let Copied::ByServer { hashed } = how {
                    tally.by_server += 1;
                    tally.hashed += usize::from(hashed);
                }
            }
            Err(error) => {
                let error = wrong(&item, error);
                if error.status() == Status::CheckFailed {
                    // Nothing stops the others.
                    tally.wrong.push(error.to_string());
                } else {
                    failed = Some(error);
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

fn wrong(item: &Item, error: TransferError) -> AgentError {
    AgentError::Transfer {
        verb: "copy",
        oid: item.oid.to_hex(),
        error,
    }
}

/// How many bytes have come here, or were copied inside the server.
fn through(meters: &Meters) -> u64 {
    lock(meters).iter().map(Meter::bytes).sum()
}

fn lock(meters: &Meters) -> MutexGuard<'_, Vec<Meter>> {
    meters.lock().unwrap_or_else(PoisonError::into_inner)
}
