//! The store as the commands that look after it see it: of the repository around, spoken to from a terminal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dump_store::{Limits, RetryPolicy, S3Store, Transfers, Workspace};
use lfs_protocol::Operation;
use tokio::runtime::Runtime;

use crate::agent;
use crate::configuration::Configuration;
use crate::error::AgentError;
use crate::remote_url::SCHEME;
use crate::repository::Repository;

/// An opened store.
pub(crate) struct Store {
    pub(crate) runtime: Runtime,
    pub(crate) transfers: Arc<Transfers<S3Store>>,
    /// For messages: `s3://…`.
    pub(crate) url: String,
    root: PathBuf,
}

impl Store {
    /// The store that this repository's downloads come from.
    pub(crate) fn open() -> Result<Self, AgentError> {
        let repository = Repository::discover()?;
        let configuration = Configuration::resolve(&repository, Operation::Download, "")?;
        let url = configuration.url.to_string();
        let transfers = Transfers::new(
            S3Store::new(configuration.settings),
            configuration.layout,
            Limits::for_siblings(1),
            RetryPolicy::default(),
            Workspace::new(repository.lfs_storage().join(agent::WORKSPACE)),
        )
        .with_versions(agent::versions(&repository, configuration.whole));
        Ok(Self {
            runtime: agent::runtime()?,
            transfers: Arc::new(transfers),
            url: url.strip_prefix(SCHEME).unwrap_or(&url).to_owned(),
            root: repository.root().to_owned(),
        })
    }

    /// A directory of the repository: the root of its work tree, or itself if it is bare.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}
