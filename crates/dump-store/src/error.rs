//! How moving an object can fail.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dump_delta::RecipeError;

use crate::layout::Item;
use crate::store::{ErrorKind, StoreError};

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
        /// What is wrong.
        item: Box<Item>,
        /// Its full address.
        address: String,
        /// The recipe's full address.
        recipe: String,
        /// What is wrong with it.
        what: Box<str>,
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
