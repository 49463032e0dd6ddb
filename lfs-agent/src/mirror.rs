//! `mirror`: all that one store holds, copied into another as far as it isn't there.
//!
//! Both stores are named on the command line, by whoever types it: git's configuration and `.lfsconfig` have no say, and no
//! repository is needed. What recipes build on is copied before them, so that the other store is of use at any moment.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use command_line::Status;
use dump_store::{
    Copied, Item, Kind, Limits, Meter, ObjectInfo, RetryPolicy, S3Store, TransferError, Transfers,
    Workspace,
};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::agent;
use crate::cli::MirrorArguments;
use crate::configuration::Configuration;
use crate::error::AgentError;
use crate::git::GitConfig;
use crate::output::{human, say};
use crate::remote_url::RemoteUrl;
use crate::repository::Origin;

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

/// Copies what is missing.
pub(crate) fn mirror(arguments: &MirrorArguments, quiet: bool) -> Result<(), AgentError> {
    let at_once = u32::try_from(AT_ONCE).unwrap_or(1);
    let source = open(&arguments.from, at_once)?;
    let target = open(&arguments.to, at_once)?;
    let runtime = agent::runtime()?;
    let listed = runtime.block_on(async { tokio::join!(source.inventory(), target.inventory()) });
    let inventory = listed.0.map_err(AgentError::store)?;
    let there = listed.1.map_err(AgentError::store)?.items;
    let all = inventory.items.len();
    let missing: Missing = inventory
        .items
        .into_iter()
        .filter(|(item, info)| there.get(item).is_none_or(|found| found.size != info.size))
        .collect();
    let bytes: u64 = missing.iter().map(|(_, info)| info.size).sum();
    if arguments.dry_run {
        say(&format!(
            "{} of {all} objects, packs and recipes are missing there: {}",
            missing.len(),
            human(bytes)
        ));
        return Ok(());
    }
    let tally = copy_all(&runtime, &source, &target, missing)?;
    if !quiet {
        say(&format!(
            "Copied {} of {all} objects, packs and recipes ({}), {} of them inside the server ({} by its word, with the right size alone).",
            tally.items,
            human(tally.bytes),
            tally.by_server,
            tally.by_server - tally.hashed
        ));
    }
    for wrong in &tally.wrong {
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

/// The store at a URL that the user typed, for as many transfers at the same time.
pub(crate) fn open(text: &str, at_once: u32) -> Result<Arc<Transfers<S3Store>>, AgentError> {
    let wrong = |error| AgentError::Url {
        url: text.to_owned(),
        error,
    };
    let url = RemoteUrl::parse(text).map_err(wrong)?;
    let configuration = Configuration::of_url(url, Origin::User, &GitConfig::default())?;
    Ok(Arc::new(Transfers::new(
        S3Store::new(configuration.settings),
        configuration.layout,
        Limits::for_siblings(at_once),
        RetryPolicy::default(),
        Workspace::new(workspace()),
    )))
}

/// Where what isn't copied whole yet is kept for the next time: the user's cache, or else the system's temporary files.
fn workspace() -> PathBuf {
    let directory = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    directory("XDG_CACHE_HOME")
        .or_else(|| directory("LOCALAPPDATA"))
        .or_else(|| directory("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join(agent::WORKSPACE)
}

/// Copies what is named by its content first, and recipes when all that is there.
fn copy_all(
    runtime: &Runtime,
    source: &Arc<Transfers<S3Store>>,
    target: &Arc<Transfers<S3Store>>,
    missing: Missing,
) -> Result<Tally, AgentError> {
    let (recipes, contents): (Missing, Missing) = missing
        .into_iter()
        .partition(|(item, _)| item.kind == Kind::Recipe);
    let mut tally = Tally::default();
    for items in [contents, recipes] {
        runtime.block_on(copy(source, target, items, &mut tally))?;
    }
    source.sweep();
    Ok(tally)
}

async fn copy(
    source: &Arc<Transfers<S3Store>>,
    target: &Arc<Transfers<S3Store>>,
    items: Missing,
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
            copying.spawn(async move {
                let meter = Meter::new();
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
