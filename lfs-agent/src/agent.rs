//! The agent: what happens between git-lfs's requests and the store.
//!
//! Nothing is read, resolved or connected before the first object, because git-lfs starts eight agents for a single object,
//! and `git clone` starts them again for each file that it meets.

use std::cell::Cell;
use std::future::Future;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

use dump_store::{Meter, Oid, RepositoryName, S3Store, TransferError, Transfers};
use lfs_protocol::{Disconnected, Failure, Object, Operation, Progress, Session, Transfer, serve};
use tokio::runtime::Runtime;

use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::store;
use crate::store::configuration::Configuration;

/// How often git-lfs is told how far an object is. It redraws less often than that.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

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
    /// Of the repositories whose refs this push is about to change, until they are left in the store.
    names: Cell<Vec<RepositoryName>>,
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
        connection.leave_names()?;
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
        for key in &configuration.unknown {
            tracing::warn!("{}", key.told().0);
        }
        let names = match operation {
            Operation::Upload => repository.pushed_to(remote),
            Operation::Download => Vec::new(),
        };
        Ok(Self {
            runtime: store::runtime()?,
            transfers: store::of_repository(&repository, configuration, siblings),
            names: Cell::new(names),
        })
    }

    /// Tells the store which repository refers to what follows, so that nobody prunes without having read its refs.
    fn leave_names(&self) -> Result<(), Failure> {
        let names = self.names.take();
        let left = self.runtime.block_on(self.transfers.leave_names(&names));
        left.map_err(|error| {
            self.names.set(names);
            AgentError::store(error).failure()
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
