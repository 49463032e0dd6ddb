//! Moving whole objects between files and a store, and how that can fail.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dump_delta::{Recipe, RecipeError};

use crate::presence::Presence;
use crate::{
    ErrorKind, Item, Key, Layout, Limits, Meter, ObjectStore, Oid, RetryPolicy, StoreError,
    Versions, Workspace, download, recipe, upload, verify,
};

/// Moves objects between files and one store.
#[derive(Debug)]
pub struct Transfers<S> {
    pub(crate) store: S,
    pub(crate) layout: Layout,
    pub(crate) limits: Limits,
    pub(crate) policy: RetryPolicy,
    pub(crate) workspace: Workspace,
    pub(crate) presence: Presence,
    pub(crate) versions: Versions,
}

/// What an upload did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploaded {
    /// The object is stored now.
    Stored,
    /// It was there before.
    AlreadyThere,
}

impl<S: ObjectStore> Transfers<S> {
    /// Transfers with `store`, laid out as `layout` says, with unfinished work in `workspace`.
    pub fn new(
        store: S,
        layout: Layout,
        limits: Limits,
        policy: RetryPolicy,
        workspace: Workspace,
    ) -> Self {
        Self {
            store,
            layout,
            limits,
            policy,
            workspace,
            presence: Presence::default(),
            versions: Versions::default(),
        }
    }

    /// The same, with `versions` deciding what becomes of a later version of an object.
    #[must_use]
    pub fn with_versions(self, versions: Versions) -> Self {
        Self { versions, ..self }
    }

    /// Stores the file `path`, whose content is the object `oid` of `size` bytes, unless the store has it.
    ///
    /// # Errors
    /// [`TransferError`]; nothing is then under the object's key that wasn't there before. After a failure of the network
    /// the same call goes on where this one was.
    pub async fn upload(
        &self,
        oid: &Oid,
        size: u64,
        path: &Path,
        meter: &Meter,
    ) -> Result<Uploaded, TransferError> {
        self.ready(oid).await?;
        upload::upload(self, oid, size, path, meter).await
    }

    /// Fetches the object `oid` of `size` bytes and returns the path of a file in the workspace that holds exactly that.
    /// The file is the caller's to move or delete.
    ///
    /// # Errors
    /// [`TransferError`]. After a failure of the network the same call goes on where this one was.
    pub async fn download(
        &self,
        oid: &Oid,
        size: u64,
        meter: &Meter,
    ) -> Result<PathBuf, TransferError> {
        self.ready(oid).await?;
        download::download(self, oid, size, meter).await
    }

    /// Reads the stored object `oid` of `size` bytes and checks that its content hashes to its oid. Keeps nothing.
    ///
    /// # Errors
    /// [`TransferError::StoredSize`] and [`TransferError::StoredContent`] when it isn't right.
    pub async fn verify(&self, oid: &Oid, size: u64, meter: &Meter) -> Result<(), TransferError> {
        self.ready(oid).await?;
        verify::verify(self, oid, size, meter).await
    }

    /// How the object `oid` is put together, if the store has a recipe of it in its place.
    ///
    /// # Errors
    /// [`TransferError::Recipe`] when it can't be read.
    pub async fn recipe(&self, oid: &Oid) -> Result<Option<Recipe>, TransferError> {
        let key = self.layout.key(&Item::recipe(*oid));
        Box::pin(recipe::load(self, &key, oid)).await
    }

    /// The same for a recipe that `prune` took out of its place.
    ///
    /// # Errors
    /// As [`Self::recipe`].
    pub async fn recipe_in_trash(&self, oid: &Oid) -> Result<Option<Recipe>, TransferError> {
        let key = self.layout.trash(&Item::recipe(*oid));
        Box::pin(recipe::load(self, &key, oid)).await
    }

    /// Deletes what transfers that were killed days ago left in the workspace.
    pub fn sweep(&self) {
        self.workspace.sweep();
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Makes the store ready to move the object `oid`.
    async fn ready(&self, oid: &Oid) -> Result<(), TransferError> {
        let ready = self.store.ready().await;
        ready.map_err(|error| self.failed(&self.layout.object(oid), error))
    }

    pub(crate) fn failed(&self, key: &Key, error: StoreError) -> TransferError {
        TransferError::Store {
            address: self.store.address(key),
            error,
        }
    }
}

/// Why an object could not be moved.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransferError {
    /// A request failed for good.
    #[error("{address}: {error}")]
    Store {
        /// The object's full address.
        address: String,
        /// The last failure.
        error: StoreError,
    },
    /// The stored object has another size than its pointer says.
    #[error("{address} has {found} bytes, but its pointer says {expected}")]
    StoredSize {
        /// The object's full address.
        address: String,
        /// What the store says.
        found: u64,
        /// What git-lfs says.
        expected: u64,
    },
    /// The stored object's content isn't what its name says, twice in a row.
    #[error("{address} is damaged: its content doesn't hash to its oid")]
    StoredContent {
        /// The object's full address.
        address: String,
    },
    /// There is a recipe of the object that can't be used.
    #[error("the recipe {address} can't be used: {error}")]
    Recipe {
        /// The recipe's full address.
        address: String,
        /// What is wrong with it.
        error: RecipeError,
    },
    /// What a recipe names isn't what the recipe says.
    #[error("{address}, which the recipe {recipe} needs, {what}")]
    Source {
        /// The full address of what is wrong.
        address: String,
        /// The recipe's full address.
        recipe: String,
        /// What is wrong with it.
        what: String,
    },
    /// The local file isn't the object.
    #[error("`{}` isn't the object that git-lfs says it is: {what}", path.display())]
    LocalContent {
        /// The file.
        path: PathBuf,
        /// The difference.
        what: String,
    },
    /// A local file can't be read or written.
    #[error("can't {action} `{}`: {error}", path.display())]
    Local {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: Arc<io::Error>,
    },
}

impl TransferError {
    pub(crate) fn local(action: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Local {
            action,
            path: path.to_owned(),
            error: Arc::new(error),
        }
    }
}

/// Whether a failure may mean that nothing is there: without the right to list, S3 says 403 for what isn't.
pub(crate) fn may_be_missing(error: &TransferError) -> bool {
    let says_so = |kind: &ErrorKind| matches!(kind, ErrorKind::NotFound | ErrorKind::Denied);
    matches!(error, TransferError::Store { error, .. } if says_so(error.kind()))
}

/// A task that panicked: a defect of ours, told as an error so that git-lfs gets an answer.
pub(crate) fn died(error: &tokio::task::JoinError) -> StoreError {
    StoreError::new(
        ErrorKind::Other,
        format!("an internal task failed ({error}); please report this"),
    )
}
