//! The agent: what happens between git-lfs's requests and the store.
//!
//! Nothing is read, resolved or connected before the first object, because git-lfs starts eight agents for a single object,
//! and `git clone` starts them again for each file that it meets.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

use dump_store::{
    Limits, Meter, Oid, RetryPolicy, S3Store, TransferError, Transfers, Versions, Workspace,
};
use lfs_protocol::{Disconnected, Failure, Object, Operation, Progress, Session, Transfer, serve};
use tokio::runtime::Runtime;

use crate::configuration::Configuration;
use crate::error::AgentError;
use crate::repository::Repository;

/// How often git-lfs is told how far an object is. It redraws less often than that.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// Threads that drive connections. The work is the kernel's; more threads would only cost memory, times eight.
const CONNECTION_THREADS: usize = 2;

/// The directory of our own inside the LFS storage.
pub(crate) const WORKSPACE: &str = "lfs-agent";

/// Speaks with git-lfs on stdin and stdout until it says `terminate`.
pub(crate) fn run() -> Result<(), AgentError> {
    if io::stdin().is_terminal() {
        return Err(AgentError::NoGitLfs);
    }
    let mut agent = Agent::default();
    let ending = serve(io::stdin().lock(), io::stdout().lock(), &mut agent)?;
    tracing::debug!(?ending, "the session is over");
    if let Some(Ok(connection)) = agent.connection {
        connection.transfers.sweep();
    }
    Ok(())
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

/// What becomes of later versions of this repository's dumps.
pub(crate) fn versions(repository: &Repository, whole: bool) -> Versions {
    Versions {
        objects: Some(repository.lfs_objects()),
        whole,
        ..Versions::default()
    }
}

/// One session's agent.
#[derive(Default)]
struct Agent {
    session: Option<Session>,
    /// Made for the first object. What fails then fails the same for all others.
    connection: Option<Result<Connection, Failure>>,
}

struct Connection {
    runtime: Runtime,
    transfers: Transfers<S3Store>,
}

impl Transfer for Agent {
    fn begin(&mut self, session: &Session) -> Result<(), Failure> {
        self.session = Some(session.clone());
        Ok(())
    }

    fn upload(
        &mut self,
        object: &Object,
        path: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        let oid = oid(object)?;
        begin(object, progress)?;
        let connection = self.connection()?;
        let meter = Meter::new();
        let transfer = connection
            .transfers
            .upload(&oid, object.size, Path::new(path), &meter);
        let uploaded = connection.follow("store", object, &meter, progress, transfer)?;
        tracing::debug!(%oid, ?uploaded, "uploaded");
        Ok(())
    }

    fn download(
        &mut self,
        object: &Object,
        progress: &mut dyn Progress,
    ) -> Result<String, Failure> {
        let oid = oid(object)?;
        begin(object, progress)?;
        let connection = self.connection()?;
        let meter = Meter::new();
        let transfer = connection.transfers.download(&oid, object.size, &meter);
        let path = connection.follow("fetch", object, &meter, progress, transfer)?;
        // git-lfs reads the path as text, whatever the system allows in a path.
        path.into_os_string().into_string().map_err(|path| {
            let error = io::Error::other("its name isn't Unicode, which git-lfs can't be told");
            AgentError::file("hand out", Path::new(&path), error).failure()
        })
    }
}

impl Agent {
    fn connection(&mut self) -> Result<&Connection, Failure> {
        let session = &self.session;
        let connection = self.connection.get_or_insert_with(|| {
            let (operation, remote, siblings) = session
                .as_ref()
                .map_or((Operation::Download, "", 1), |session| {
                    (session.operation, session.remote.as_str(), session.siblings)
                });
            Connection::open(operation, remote, siblings).map_err(|error| error.failure())
        });
        connection.as_ref().map_err(Failure::clone)
    }
}

impl Connection {
    fn open(operation: Operation, remote: &str, siblings: u32) -> Result<Self, AgentError> {
        let repository = Repository::discover()?;
        let configuration = Configuration::resolve(&repository, operation, remote)?;
        tracing::debug!(url = %configuration.url, "the store");
        let transfers = Transfers::new(
            S3Store::new(configuration.settings),
            configuration.layout,
            Limits::for_siblings(siblings),
            RetryPolicy::default(),
            Workspace::new(repository.lfs_storage().join(WORKSPACE)),
        )
        .with_versions(versions(&repository, configuration.whole));
        Ok(Self {
            runtime: runtime()?,
            transfers,
        })
    }

    /// Runs a transfer and reports its progress meanwhile.
    fn follow<T>(
        &self,
        verb: &'static str,
        object: &Object,
        meter: &Meter,
        progress: &mut dyn Progress,
        transfer: impl Future<Output = Result<T, TransferError>>,
    ) -> Result<T, Failure> {
        let gone = |Disconnected| AgentError::Disconnected {
            oid: object.oid.clone(),
        };
        let moved = self.runtime.block_on(async {
            tokio::pin!(transfer);
            let mut ticks = tokio::time::interval(REPORT_INTERVAL);
            loop {
                tokio::select! {
                    moved = &mut transfer => {
                        let wrong = |error| AgentError::Transfer { verb, oid: object.oid.clone(), error };
                        return moved.map_err(wrong);
                    }
                    _ = ticks.tick() => progress.report(meter.bytes()).map_err(gone)?,
                }
            }
        });
        let moved = moved.map_err(|error| error.failure())?;
        progress
            .report(object.size)
            .map_err(|error| gone(error).failure())?;
        Ok(moved)
    }
}

/// git-lfs lets the other agents begin only when the first one's first object has moved, and sends the largest object
/// first. This one byte says that the object is in hand; all later reports are what has moved.
fn begin(object: &Object, progress: &mut dyn Progress) -> Result<(), Failure> {
    let oid = || object.oid.clone();
    let begun = progress.report(1);
    begun.map_err(|Disconnected| AgentError::Disconnected { oid: oid() }.failure())
}

fn oid(object: &Object) -> Result<Oid, Failure> {
    object.oid.parse().map_err(|_| {
        AgentError::Oid {
            oid: object.oid.chars().take(80).collect(),
        }
        .failure()
    })
}
