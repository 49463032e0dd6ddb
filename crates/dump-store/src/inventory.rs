//! What a store holds, and taking things out of it without losing what is needed after all.
//!
//! Nothing locks a store, so whoever deletes may be wrong: an object that no ref named a moment ago may be named by a push
//! that is under way, and that push sent nothing, because the object was there. So taking out has two steps with a grace
//! period between them: an object is first moved to the trash, where downloads still find it, and is deleted from there
//! only by a later run that again finds no ref that names it. A run that finds one puts it back.

use std::collections::BTreeMap;

use crate::retry::retry;
use crate::{ErrorKind, ObjectInfo, ObjectStore, Oid, StoreError, TransferError, Transfers};

/// All that lies below a layout's prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The objects.
    pub objects: BTreeMap<Oid, ObjectInfo>,
    /// What was taken out and isn't deleted yet; `modified` is when.
    pub trash: BTreeMap<Oid, ObjectInfo>,
    /// Keys that aren't of this layout.
    pub others: u64,
}

impl<S: ObjectStore> Transfers<S> {
    /// Lists everything below the prefix.
    ///
    /// # Errors
    /// [`TransferError::Store`], when the store can't be listed.
    pub async fn inventory(&self) -> Result<Inventory, TransferError> {
        let mut inventory = Inventory::default();
        let mut continuation: Option<String> = None;
        let prefix = self.layout.prefix();
        loop {
            let request = || self.store.list(prefix, continuation.as_deref());
            let page = retry(&self.policy, &self.store, request).await;
            let page = page.map_err(|error| self.failed(&crate::Key::new(prefix), error))?;
            for object in page.objects {
                let key = object.key.as_str();
                if let Some(oid) = self.layout.oid_of(key) {
                    inventory.objects.insert(oid, object.info);
                } else if let Some(oid) = self.layout.trashed_oid_of(key) {
                    inventory.trash.insert(oid, object.info);
                } else {
                    inventory.others += 1;
                }
            }
            continuation = page.continuation;
            if continuation.is_none() {
                return Ok(inventory);
            }
        }
    }

    /// What the store knows of one object, for stores that may not be listed.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn stored(&self, oid: &Oid) -> Result<Option<ObjectInfo>, TransferError> {
        let key = self.layout.object(oid);
        let info = retry(&self.policy, &self.store, || self.store.head(&key)).await;
        info.map_err(|error| self.failed(&key, error))
    }

    /// Moves an object to the trash.
    ///
    /// # Errors
    /// [`TransferError::Store`]; the object is then still where it was.
    pub async fn take_out(&self, oid: &Oid) -> Result<(), TransferError> {
        self.relocate(&self.layout.object(oid), &self.layout.trash(oid))
            .await
    }

    /// Moves an object back from the trash.
    ///
    /// # Errors
    /// [`TransferError::Store`]; the object is then still in the trash.
    pub async fn put_back(&self, oid: &Oid) -> Result<(), TransferError> {
        self.relocate(&self.layout.trash(oid), &self.layout.object(oid))
            .await
    }

    /// Deletes an object from the trash, for good.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn delete_from_trash(&self, oid: &Oid) -> Result<(), TransferError> {
        let key = self.layout.trash(oid);
        let deleted = retry(&self.policy, &self.store, || self.store.delete(&key)).await;
        deleted.map_err(|error| self.failed(&key, error))
    }

    /// Whether an object may be stored: begins one in parts and gives it up, which leaves nothing behind.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn check_writing(&self) -> Result<(), TransferError> {
        let key = self
            .layout
            .object(&Oid::of(b"a check of the right to write"));
        let failed = |error| self.failed(&key, error);
        let upload = retry(&self.policy, &self.store, || self.store.create_parts(&key))
            .await
            .map_err(failed)?;
        retry(&self.policy, &self.store, || {
            self.store.abort_parts(&key, &upload)
        })
        .await
        .map_err(failed)
    }

    async fn relocate(&self, from: &crate::Key, to: &crate::Key) -> Result<(), TransferError> {
        let copied = retry(&self.policy, &self.store, || self.store.copy(from, to)).await;
        copied.map_err(|error| self.failed(from, error))?;
        let there = retry(&self.policy, &self.store, || self.store.head(to)).await;
        if there.map_err(|error| self.failed(to, error))?.is_none() {
            let error = StoreError::new(
                ErrorKind::Other,
                "the store says that it copied the object, but it isn't there",
            );
            return Err(self.failed(to, error));
        }
        let deleted = retry(&self.policy, &self.store, || self.store.delete(from)).await;
        deleted.map_err(|error| self.failed(from, error))
    }
}
