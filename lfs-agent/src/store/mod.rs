//! Opening a store: of the repository around, or at a URL that somebody typed.

pub(crate) mod address;
pub(crate) mod configuration;
pub(crate) mod remote_url;
pub(crate) mod tending;
pub(crate) mod trust;

use std::env;
use std::path::PathBuf;

use dump_store::{Limits, RetryPolicy, S3Store, Transfers, Versions, Workspace};
use tokio::runtime::Runtime;

use crate::error::AgentError;
use crate::git::GitConfig;
use crate::git::repository::{Origin, Repository};
use crate::store::configuration::Configuration;
use crate::store::remote_url::RemoteUrl;

/// Threads that drive connections. The work is the kernel's; more threads would only cost memory, times eight.
const CONNECTION_THREADS: usize = 2;

/// The directory of our own, inside the LFS storage or the user's cache.
const WORKSPACE: &str = "lfs-agent";

/// The store of `configuration` for one of `siblings` processes that work in `repository`.
pub(crate) fn of_repository(
    repository: &Repository,
    configuration: Configuration,
    siblings: u32,
) -> Transfers<S3Store> {
    let versions = Versions {
        objects: Some(repository.lfs_objects()),
        whole: configuration.whole,
        ..Versions::default()
    };
    let workspace = repository.lfs_storage().join(WORKSPACE);
    open(configuration, siblings, workspace).with_versions(versions)
}

/// The store at a URL that the user typed, for as many transfers at the same time. git's configuration and `.lfsconfig`
/// have no say.
pub(crate) fn at_url(text: &str, at_once: u32) -> Result<Transfers<S3Store>, AgentError> {
    let wrong = |error| AgentError::Url {
        url: text.to_owned(),
        error,
    };
    let url = RemoteUrl::parse(text).map_err(wrong)?;
    let configuration = Configuration::of_url(url, Origin::User, &GitConfig::default())?;
    Ok(open(configuration, at_once, cache().join(WORKSPACE)))
}

/// Starts the runtime in which a store is spoken to.
pub(crate) fn runtime() -> Result<Runtime, AgentError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(CONNECTION_THREADS)
        .enable_all()
        .build()
        .map_err(AgentError::Runtime)?;
    #[cfg(unix)]
    survive_file_size_limits(&runtime)?;
    Ok(runtime)
}

fn open(configuration: Configuration, siblings: u32, workspace: PathBuf) -> Transfers<S3Store> {
    tracing::debug!(url = %configuration.url, "the store");
    Transfers::new(
        S3Store::new(configuration.settings),
        configuration.layout,
        Limits::for_siblings(siblings),
        RetryPolicy::default(),
        Workspace::new(workspace),
    )
}

/// Where what isn't whole yet is kept for the next time, outside of a repository: the user's cache, or else the system's
/// temporary files.
fn cache() -> PathBuf {
    let directory = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    directory("XDG_CACHE_HOME")
        .or_else(|| directory("LOCALAPPDATA"))
        .or_else(|| directory("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(env::temp_dir)
}

/// A process that writes past its limit (`ulimit -f`) is ended by a signal, of which git-lfs would only say `EOF`. Whoever
/// has a handler for it gets an error instead, which has a place and a hint. The handler stays when the stream is dropped.
#[cfg(unix)]
fn survive_file_size_limits(runtime: &Runtime) -> Result<(), AgentError> {
    /// The same number on Linux, macOS and the BSDs.
    const SIGXFSZ: i32 = 25;
    let _inside = runtime.enter();
    let kind = tokio::signal::unix::SignalKind::from_raw(SIGXFSZ);
    tokio::signal::unix::signal(kind)
        .map(drop)
        .map_err(AgentError::Runtime)
}
