//! Copying what one store holds into another.
//!
//! Items are copied as they are: a recipe stays a recipe. What a store shows is whole, so an item that the other one has in
//! the right size isn't copied again, and a copy that was broken off goes on with what is missing. Nothing builds on what
//! isn't there: whoever copies a whole store goes by the order of its inventory.

use std::time::Duration;

use tokio::time::timeout;

use crate::retry::retry;
use crate::upload::stalled;
use crate::{
    ByteRange, Content, ErrorKind, Item, Kind, Meter, ObjectInfo, ObjectStore, Oid, Recipe,
    RecipeError, StoreError, TransferError, Transfers, download, upload,
};

/// A server may take this many times the stall limit to copy a large object by itself.
const COPY_PATIENCE: u32 = 40;

/// How an item came into the other store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The server has copied it by itself, and has it in the right size.
    ByServer,
    /// It came through this machine, and its content hashes to its name.
    Through,
}

impl<S: ObjectStore> Transfers<S> {
    /// Copies `item`, which this store's inventory describes by `info`, into `target`.
    ///
    /// # Errors
    /// [`TransferError`], of the side that failed. The same call then goes on where this one was.
    pub async fn copy_to(
        &self,
        item: &Item,
        info: &ObjectInfo,
        target: &Self,
        meter: &Meter,
    ) -> Result<Copied, TransferError> {
        if self.copy_by_server(item, info, target).await? {
            meter.add(info.size);
            return Ok(Copied::ByServer);
        }
        if item.kind == Kind::Recipe {
            self.copy_recipe(item, info, target).await?;
            meter.add(info.size);
            return Ok(Copied::Through);
        }
        let path = Box::pin(download::download_item(self, item, info.size, meter)).await?;
        let key = target.layout.key(item);
        let sent = Meter::new();
        let stored = upload::store(target, &item.oid, key, info.size, &path, &sent).await;
        if stored.is_ok() {
            let _ = std::fs::remove_file(&path);
        }
        stored.map(|()| Copied::Through)
    }

    async fn copy_by_server(
        &self,
        item: &Item,
        info: &ObjectInfo,
        target: &Self,
    ) -> Result<bool, TransferError> {
        let (from, to) = (self.layout.key(item), target.layout.key(item));
        let limit: Duration = self.policy.stall * COPY_PATIENCE;
        let request = || async {
            let copied = target.store.copy_from(&self.store, &from, &to);
            let copied = timeout(limit, copied).await;
            copied.unwrap_or_else(|_| Err(stalled(limit)))
        };
        let copied = retry(&self.policy, &target.store, request).await;
        if !copied.map_err(|error| target.failed(&to, error))? {
            return Ok(false);
        }
        match target.stored(item).await? {
            Some(there) if there.size == info.size => Ok(true),
            _ => {
                let said = "the server says that it copied the object, but it isn't there whole";
                let error = StoreError::new(ErrorKind::Other, said);
                Err(target.failed(&to, error))
            }
        }
    }

    /// A recipe is small, and hashes to no name. It is copied if it is one, and of the object that it is said to be of.
    async fn copy_recipe(
        &self,
        item: &Item,
        info: &ObjectInfo,
        target: &Self,
    ) -> Result<(), TransferError> {
        let (from, to) = (self.layout.key(item), target.layout.key(item));
        let range = ByteRange {
            offset: 0,
            length: info.size.max(1),
        };
        let read = || async { self.store.get(&from, range).await?.collect().await };
        let bytes = retry(&self.policy, &self.store, read).await;
        let bytes = bytes.map_err(|error| self.failed(&from, error))?;
        let unusable = |error| TransferError::Recipe {
            address: self.store.address(&from),
            error,
        };
        let recipe = Recipe::decode(&bytes).map_err(unusable)?;
        if recipe.object() != crate::recipe::hash_of(&item.oid) {
            return Err(unusable(RecipeError::Contradiction("the object's name")));
        }
        let sha256 = *Oid::of(&bytes).as_bytes();
        let content = Content::from_bytes(bytes);
        let write = || target.store.put(&to, content.clone(), &sha256);
        let written = retry(&target.policy, &target.store, write).await;
        written.map_err(|error| target.failed(&to, error))
    }
}
