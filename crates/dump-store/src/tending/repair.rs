//! Putting back what a store has lost, or has in a state in which it is of no use.
//!
//! Who repairs has found out what isn't as it should be, says so with [`Transfers::distrust`], and then puts items back with
//! [`Transfers::restore`] or stores objects with [`Transfers::upload`], which build on nothing that is distrusted. Nothing
//! but recipes that no object needs is ever deleted, and an object or a pack is only ever replaced by what its name says.

use std::fs::Metadata;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{TransferError, may_be_missing};
use crate::layout::{Item, Key, Kind};
use crate::meter::Meter;
use crate::oid::Oid;
use crate::recipe::{self, Needs, Restored};
use crate::store::retry::{ask, retry};
use crate::store::stall::{COPY_PATIENCE, limited};
use crate::store::{ObjectStore, Tag};
use crate::transfer::{Transfers, put, verify};

/// So many versions are looked into for pieces of one item, at most.
const MOST_HOLDERS: usize = 64;

impl<S: ObjectStore> Transfers<S> {
    /// From now on this item counts as missing, until it has been stored anew.
    pub fn distrust(&self, item: &Item) {
        self.presence.distrust(&self.layout.key(item));
    }

    /// What the recipe of `oid` in its place needs, if the store has one. It is read if it isn't the one with this `tag` that
    /// was read on this machine before.
    ///
    /// # Errors
    /// [`TransferError::Recipe`] when it can't be used.
    pub async fn needs(&self, oid: &Oid, tag: Option<Tag>) -> Result<Option<Needs>, TransferError> {
        let key = self.layout.key(&Item::recipe(*oid));
        Box::pin(recipe::needs(self, &key, oid, tag.as_ref())).await
    }

    /// The same for a recipe that `prune` took out of its place.
    ///
    /// # Errors
    /// As [`Self::needs`].
    pub async fn needs_in_trash(&self, oid: &Oid) -> Result<Option<Needs>, TransferError> {
        let key = self.layout.trash(&Item::recipe(*oid));
        Box::pin(recipe::needs(self, &key, oid, None)).await
    }

    /// Whether the store has all of these in these sizes, and none of them is distrusted.
    pub async fn have(&self, items: &[(Item, u64)]) -> bool {
        self.are_there_now(items).await
    }

    /// The full address of an item in its place, for messages.
    pub fn store_address(&self, item: &Item) -> String {
        self.store.address(&self.layout.key(item))
    }

    /// Where the object `oid` is in the local LFS storage, if a file of this size is there.
    pub fn local_object(&self, oid: &Oid, size: u64) -> Option<PathBuf> {
        let path = oid.path_below(self.versions.objects.as_ref()?);
        let is_it = |metadata: Metadata| metadata.is_file() && metadata.len() == size;
        path.metadata().is_ok_and(is_it).then_some(path)
    }

    /// Reads all of an object that is stored whole, or of a pack, and checks that its content is its name.
    ///
    /// # Errors
    /// [`TransferError::StoredSize`] and [`TransferError::StoredContent`] when it isn't.
    pub async fn verify_item(
        &self,
        item: &Item,
        size: u64,
        meter: &Meter,
    ) -> Result<(), TransferError> {
        self.verify_under(&self.layout.key(item), item, size, meter)
            .await
    }

    async fn verify_under(
        &self,
        key: &Key,
        item: &Item,
        size: u64,
        meter: &Meter,
    ) -> Result<(), TransferError> {
        let found = verify::read_whole(self, key, size, meter, |_| {}).await?;
        if found == item.oid {
            return Ok(());
        }
        Err(TransferError::StoredContent {
            address: self.store.address(key),
        })
    }

    /// Puts an object or a pack of `size` bytes back in its place, as its name says: from the local LFS storage, from pieces
    /// of the local ones of `standing`, which are objects whose recipes name it, from the trash, or by its own recipe.
    /// `None` when it can't be had from any of them.
    ///
    /// # Errors
    /// [`TransferError`], when it could be had but not stored. What was there is then still there.
    pub async fn restore(
        &self,
        item: &Item,
        size: u64,
        standing: &[Oid],
        meter: &Meter,
    ) -> Result<Option<Restored>, TransferError> {
        let nobody = Arc::new(Vec::new());
        let whole = Box::pin(recipe::restore(self, item, size, &nobody, meter)).await?;
        if whole.is_some() {
            return Ok(whole);
        }
        let holders = Arc::new(self.holders(standing).await);
        let pieces = Box::pin(recipe::restore(self, item, size, &holders, meter)).await?;
        if pieces.is_some() {
            return Ok(pieces);
        }
        if self.restore_from_trash(item, size, meter).await? {
            return Ok(Some(Restored::Trash));
        }
        if item.kind == Kind::Object && self.restore_by_recipe(item, size, meter).await? {
            return Ok(Some(Restored::Recipe));
        }
        Ok(None)
    }

    /// Deletes a recipe. For one that can't be used, of an object that is there whole.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn delete_recipe(&self, oid: &Oid) -> Result<(), TransferError> {
        let key = self.layout.key(&Item::recipe(*oid));
        let deleted = ask(&self.policy, &self.store, || self.store.delete(&key)).await;
        deleted.map_err(|error| self.failed(&key, error))
    }

    /// The local ones of these objects, with their recipes.
    async fn holders(&self, standing: &[Oid]) -> Vec<recipe::Holder> {
        let mut holders = Vec::new();
        let Some(objects) = &self.versions.objects else {
            return holders;
        };
        for oid in standing {
            let path = oid.path_below(objects);
            let key = self.layout.key(&Item::recipe(*oid));
            if path.is_file()
                && holders.len() < MOST_HOLDERS
                && let Ok(Some(recipe)) = Box::pin(recipe::load(self, &key, oid)).await
            {
                holders.push(recipe::Holder { recipe, path });
            }
        }
        holders
    }

    /// What is in the trash is read before it is believed, and copied by the server.
    async fn restore_from_trash(
        &self,
        item: &Item,
        size: u64,
        meter: &Meter,
    ) -> Result<bool, TransferError> {
        let (from, to) = (self.layout.trash(item), self.layout.key(item));
        match Box::pin(self.verify_under(&from, item, size, meter)).await {
            Ok(()) => {}
            Err(error) if may_be_missing(&error) => return Ok(false),
            Err(TransferError::StoredContent { .. } | TransferError::StoredSize { .. }) => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        let limit = self.policy.stall * COPY_PATIENCE;
        let copy = || limited(self.store.copy(&from, &to), limit);
        let copied = retry(&self.policy, &self.store, copy).await;
        copied.map_err(|error| self.failed(&to, error))?;
        let there = ask(&self.policy, &self.store, || self.store.head(&to)).await;
        let there = there.map_err(|error| self.failed(&to, error))?;
        let is_right = there.is_some_and(|info| info.size == size);
        if is_right {
            self.presence.stored(&to, size, None);
        }
        Ok(is_right)
    }

    /// The object may be there by a recipe that doesn't need it whole.
    async fn restore_by_recipe(
        &self,
        item: &Item,
        size: u64,
        meter: &Meter,
    ) -> Result<bool, TransferError> {
        let key = self.layout.key(&Item::recipe(item.oid));
        if self.presence.is_distrusted(&key) {
            return Ok(false);
        }
        let fetched = Meter::new();
        let Ok(Some(path)) = Box::pin(recipe::fetch(self, &item.oid, size, &fetched)).await else {
            return Ok(false);
        };
        let key = self.layout.key(item);
        let stored = put::put(self, &item.oid, key, size, &path, meter).await;
        let _ = std::fs::remove_file(path);
        stored.map(|()| true)
    }
}
