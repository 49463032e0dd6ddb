//! What a store holds, and taking things out of it without losing what is needed after all.
//!
//! Nothing locks a store, so whoever deletes may be wrong: an object that no ref named a moment ago may be named by a push
//! that is under way, and that push sent nothing, because the object was there. So taking out has two steps with a grace
//! period between them: an object is first moved to the trash, where downloads still find it, and is deleted from there
//! only by a later run that again finds no ref that names it. A run that finds one puts it back.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::TransferError;
use crate::layout::{Item, Key, Kind};
use crate::oid::Oid;
use crate::recipe::{self, Needs};
use crate::store::retry::{ask, retry};
use crate::store::stall::{COPY_PATIENCE, limited};
use crate::store::{ErrorKind, ObjectInfo, ObjectStore, StoreError, Tag};
use crate::transfer::Transfers;

/// All that lies below a layout's prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// What is in its place. No item comes before what it builds on.
    pub items: BTreeMap<Item, ObjectInfo>,
    /// What was taken out and isn't deleted yet; `modified` is when.
    pub trash: BTreeMap<Item, ObjectInfo>,
    /// The digests of the names of the repositories that have stored something here.
    pub repositories: BTreeSet<Oid>,
    /// Whoever keeps objects here has left a name.
    pub complete: bool,
    /// The tags of the recipes in their places, where the listing has them.
    pub recipe_tags: BTreeMap<Oid, Tag>,
    /// What is noted of recipes, by their objects.
    pub notes: BTreeMap<Oid, Vec<String>>,
    /// Keys that aren't of this layout.
    pub others: u64,
}

impl Inventory {
    /// Whether nothing at all is below the prefix.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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
        let failed = |error| self.failed(&Key::new(prefix), error);
        self.store.ready().await.map_err(failed)?;
        loop {
            let request = || self.store.list(prefix, continuation.as_deref());
            let page = ask(&self.policy, &self.store, request).await;
            let page = page.map_err(failed)?;
            for object in page.objects {
                let key = object.key.as_str();
                if let Some(item) = self.layout.item_of(key) {
                    if let (Kind::Recipe, Some(tag)) = (item.kind, object.tag) {
                        inventory.recipe_tags.insert(item.oid, tag);
                    }
                    inventory.items.insert(item, object.info);
                } else if let Some(item) = self.layout.trashed_item_of(key) {
                    inventory.trash.insert(item, object.info);
                } else if let Some(digest) = self.layout.repository_of(key) {
                    inventory.repositories.insert(digest);
                } else if let Some((oid, note)) = self.layout.note_of(key) {
                    let notes = inventory.notes.entry(oid).or_default();
                    notes.push(note.to_owned());
                } else if *key == *self.layout.complete().as_str() {
                    inventory.complete = true;
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

    /// What the store knows of one item, for stores that may not be listed.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn stored(&self, item: &Item) -> Result<Option<ObjectInfo>, TransferError> {
        let key = self.layout.key(item);
        let ready = self.store.ready().await;
        ready.map_err(|error| self.failed(&key, error))?;
        let info = ask(&self.policy, &self.store, || self.store.head(&key)).await;
        info.map_err(|error| self.failed(&key, error))
    }

    /// Moves an item to the trash. Recipes first, then what they build on.
    ///
    /// # Errors
    /// [`TransferError::Store`]; the item is then still where it was.
    pub async fn take_out(&self, item: &Item) -> Result<(), TransferError> {
        self.relocate(&self.layout.key(item), &self.layout.trash(item))
            .await
    }

    /// Moves an item back from the trash. What recipes build on first, then recipes.
    ///
    /// # Errors
    /// [`TransferError::Store`]; the item is then still in the trash.
    pub async fn put_back(&self, item: &Item) -> Result<(), TransferError> {
        self.relocate(&self.layout.trash(item), &self.layout.key(item))
            .await
    }

    /// Deletes an item from the trash, for good.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn delete_from_trash(&self, item: &Item) -> Result<(), TransferError> {
        let key = self.layout.trash(item);
        let deleted = ask(&self.policy, &self.store, || self.store.delete(&key)).await;
        deleted.map_err(|error| self.failed(&key, error))
    }

    /// Leaves a note of what the recipe of `oid` with this tag needs, for listings to tell. That it can't be stored only costs
    /// time later.
    pub async fn leave_note(&self, oid: &Oid, needs: &Needs, tag: &Tag) {
        Box::pin(recipe::note::leave_needs(self, oid, needs, tag)).await;
    }

    /// Deletes the notes that say nothing of any recipe in this inventory.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn delete_needless_notes(&self, inventory: &Inventory) -> Result<(), TransferError> {
        for key in inventory.needless_notes(&self.layout) {
            let deleted = ask(&self.policy, &self.store, || self.store.delete(&key)).await;
            deleted.map_err(|error| self.failed(&key, error))?;
        }
        Ok(())
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
        let upload = ask(&self.policy, &self.store, || self.store.create_parts(&key))
            .await
            .map_err(failed)?;
        ask(&self.policy, &self.store, || {
            self.store.abort_parts(&key, &upload)
        })
        .await
        .map_err(failed)
    }

    async fn relocate(&self, from: &Key, to: &Key) -> Result<(), TransferError> {
        let limit = self.policy.stall * COPY_PATIENCE;
        let copy = || limited(self.store.copy(from, to), limit);
        let copied = retry(&self.policy, &self.store, copy).await;
        copied.map_err(|error| self.failed(from, error))?;
        let there = ask(&self.policy, &self.store, || self.store.head(to)).await;
        if there.map_err(|error| self.failed(to, error))?.is_none() {
            let error = StoreError::new(
                ErrorKind::Other,
                "the store says that it copied the object, but it isn't there",
            );
            return Err(self.failed(to, error));
        }
        let deleted = ask(&self.policy, &self.store, || self.store.delete(from)).await;
        deleted.map_err(|error| self.failed(from, error))
    }
}
