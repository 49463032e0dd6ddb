//! Copying what one store holds into another.
//!
//! Items are copied as they are: a recipe stays a recipe. What a store shows is whole, so an item that the other one has in
//! the right size isn't copied again, and a copy that was broken off goes on with what is missing. Nothing builds on what
//! isn't there: a recipe is copied when all that it names is in the other store, and brings along what isn't, because it
//! may have been stored after the pages of a listing that would have shown its pack.

use dump_delta::Source;

use crate::error::TransferError;
use crate::layout::{Item, Key, Kind};
use crate::meter::Meter;
use crate::recipe::{self, source_item};
use crate::store::retry::{ask, retry};
use crate::store::stall::{COPY_PATIENCE, limited};
use crate::store::{ErrorKind, ObjectInfo, ObjectStore, ServerCopy, StoreError};
use crate::transfer::{Transfers, download, put};

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
            self.copy_recipe(item, target).await?;
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
        let stored = put::put(target, &item.oid, key, info.size, &path, &sent).await;
        // Whatever became of it, nobody else knows this file, and the next time fetches another.
        let _ = std::fs::remove_file(&path);
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
        let limit = self.policy.stall * COPY_PATIENCE;
        let copy = || limited(target.store.copy_from(&self.store, &from, &to), limit);
        let copied = retry(&self.policy, &target.store, copy).await;
        let copied = copied.map_err(|error| target.failed(&to, error))?;
        let ServerCopy::Done { sha256 } = copied else {
            return Ok(None);
        };
        if sha256.is_some_and(|found| found != *item.oid.as_bytes()) {
            let deleted = ask(&self.policy, &target.store, || target.store.delete(&to)).await;
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

    /// A recipe hashes to no name. It is copied if it is one, of the object that it is said to be of, and all that it names
    /// is there.
    async fn copy_recipe(&self, item: &Item, target: &Self) -> Result<(), TransferError> {
        let (from, to) = (self.layout.key(item), target.layout.key(item));
        let recipe = recipe::read(self, &from, &item.oid).await?;
        for source in recipe.sources() {
            self.copy_source(&from, source, target).await?;
        }
        let tag = recipe::write(target, &to, &recipe).await?;
        recipe::note::leave(target, &recipe, tag.as_ref()).await;
        Ok(())
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
            item: Box::new(item),
            address: self.store.address(&self.layout.key(&item)),
            recipe: self.store.address(recipe),
            what: what.into(),
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
