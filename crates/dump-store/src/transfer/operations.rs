//! What [`Transfers`] does for its callers: each is one call into the module that knows how.

use std::path::{Path, PathBuf};

use dump_delta::Recipe;

use crate::error::TransferError;
use crate::layout::Item;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::recipe;
use crate::store::ObjectStore;
use crate::transfer::{Transfers, Uploaded, download, upload, verify};

impl<S: ObjectStore> Transfers<S> {
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

    /// Makes the store ready to move the object `oid`.
    async fn ready(&self, oid: &Oid) -> Result<(), TransferError> {
        let ready = self.store.ready().await;
        ready.map_err(|error| self.failed(&self.layout.object(oid), error))
    }
}
