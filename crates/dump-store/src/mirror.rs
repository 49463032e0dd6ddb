//! Copying what one store holds into another.
//!
//! Items are copied as they are: a recipe stays a recipe. What a store shows is whole, so an item that the other one has in
//! the right size isn't copied again, and a copy that was broken off goes on with what is missing. Nothing builds on what
//! isn't there: a recipe is copied when all that it names is in the other store, and brings along what isn't, because it
//! may have been stored after the pages of a listing that would have shown its pack.

use std::time::Duration;

use dump_delta::Source;
use tokio::time::timeout;

use crate::retry::retry;
use crate::upload::stalled;
use crate::{
    ByteRange, Content, ErrorKind, Item, Key, Kind, Meter, ObjectInfo, ObjectStore, Oid, Recipe,
    RecipeError, ServerCopy, StoreError, TransferError, Transfers, download, source_item, upload,
};

/// A server may take this many times the stall limit to copy a large object by itself.
const COPY_PATIENCE: u32 = 40;

/// How an item came into the other store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The server has copied it by itself.
    ByServer {
        /// The server said its SHA-256, which is its name. Otherwise only its size is known to be right.
        hashed: bool,
    },
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
        if item.kind == Kind::Recipe {
            self.copy_recipe(item, info, target).await?;
            meter.add(info.size);
            return Ok(Copied::Through);
        }
        if let Some(hashed) = self.copy_by_server(item, info, target).await? {
            meter.add(info.size);
            return Ok(Copied::ByServer { hashed });
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

    /// Lets the server copy it. `None` when it doesn't do that; otherwise whether it has said the right SHA-256.
    async fn copy_by_server(
        &self,
        item: &Item,
        info: &ObjectInfo,
        target: &Self,
    ) -> Result<Option<bool>, TransferError> {
        let (from, to) = (self.layout.key(item), target.layout.key(item));
        let limit: Duration = self.policy.stall * COPY_PATIENCE;
        let request = || async {
            let copied = target.store.copy_from(&self.store, &from, &to);
            let copied = timeout(limit, copied).await;
            copied.unwrap_or_else(|_| Err(stalled(limit)))
        };
        let copied = retry(&self.policy, &target.store, request).await;
        let copied = copied.map_err(|error| target.failed(&to, error))?;
        let ServerCopy::Done { sha256 } = copied else {
            return Ok(None);
        };
        if sha256.is_some_and(|found| found != *item.oid.as_bytes()) {
            let deleted = retry(&self.policy, &target.store, || target.store.delete(&to)).await;
            deleted.map_err(|error| target.failed(&to, error))?;
            let address = self.store.address(&from);
            return Err(TransferError::StoredContent { address });
        }
        match target.stored(item).await? {
            Some(there) if there.size == info.size => Ok(Some(sha256.is_some())),
            _ => {
                let said = "the server says that it copied the object, but it isn't there whole";
                let error = StoreError::new(ErrorKind::Other, said);
                Err(target.failed(&to, error))
            }
        }
    }

    /// A recipe is small, and hashes to no name. It is copied if it is one, of the object that it is said to be of, and all
    /// that it names is there.
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
        for source in recipe.sources() {
            self.copy_source(&from, source, target).await?;
        }
        let sha256 = *Oid::of(&bytes).as_bytes();
        let content = Content::from_bytes(bytes);
        let write = || target.store.put(&to, content.clone(), &sha256);
        let written = retry(&target.policy, &target.store, write).await;
        written.map_err(|error| target.failed(&to, error))
    }

    /// Sees to it that what the recipe under `recipe` names is in the other store.
    async fn copy_source(
        &self,
        recipe: &Key,
        source: &Source,
        target: &Self,
    ) -> Result<(), TransferError> {
        let item = source_item(source);
        let is_right = |info: &ObjectInfo| info.size == source.size;
        let there = target.stored(&item).await?;
        if there.as_ref().is_some_and(is_right) {
            return Ok(());
        }
        let wrong = |what: String| TransferError::Source {
            address: self.store.address(&self.layout.key(&item)),
            recipe: self.store.address(recipe),
            what,
        };
        match self.stored(&item).await? {
            Some(info) if is_right(&info) => {
                let meter = Meter::new();
                Box::pin(self.copy_to(&item, &info, target, &meter))
                    .await
                    .map(drop)
            }
            Some(info) => Err(wrong(format!(
                "has {} bytes and not {}",
                info.size, source.size
            ))),
            None => Err(wrong("isn't there".to_owned())),
        }
    }
}
