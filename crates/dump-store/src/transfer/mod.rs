//! What moves objects: a store, and all that a transfer must know beside it.

pub(crate) mod download;
pub(crate) mod file;
mod journal;
pub(crate) mod limits;
mod operations;
mod presence;
pub(crate) mod put;
pub(crate) mod share;
pub(crate) mod unfinished;
mod upload;
pub(crate) mod verify;
pub(crate) mod workspace;

use crate::error::TransferError;
use crate::layout::{Key, Layout};
use crate::recipe::Versions;
use crate::store::retry::RetryPolicy;
use crate::store::{ObjectStore, StoreError};
use crate::transfer::limits::Limits;
use crate::transfer::presence::Presence;
use crate::transfer::workspace::Workspace;

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

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn failed(&self, key: &Key, error: StoreError) -> TransferError {
        TransferError::Store {
            address: self.store.address(key),
            error,
        }
    }
}
