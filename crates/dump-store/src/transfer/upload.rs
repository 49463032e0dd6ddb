//! Storing an object, unless it is there: as a recipe if that is worth it, and otherwise whole.

use std::path::Path;

use crate::error::TransferError;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::recipe;
use crate::store::ObjectStore;
use crate::transfer::{Transfers, Uploaded, put};

/// See [`Transfers::upload`].
pub(crate) async fn upload<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    path: &Path,
    meter: &Meter,
) -> Result<Uploaded, TransferError> {
    let found = path
        .metadata()
        .map_err(|error| TransferError::local("read", path, error))?
        .len();
    if found != size {
        let what = format!("it has {found} bytes and not {size}");
        return Err(TransferError::LocalContent {
            path: path.to_owned(),
            what,
        });
    }
    let state = Box::pin(recipe::state(transfers, oid, size)).await?;
    match &state {
        recipe::State::There => {
            // A process that was killed right after its last request leaves its journal.
            let _ = std::fs::remove_file(transfers.workspace.upload_journal(oid));
            return Ok(Uploaded::AlreadyThere);
        }
        recipe::State::Lacking(missing)
            if Box::pin(recipe::restore_all(transfers, oid, path, missing)).await? =>
        {
            meter.add(size);
            return Ok(Uploaded::Stored);
        }
        recipe::State::Lacking(_) | recipe::State::Spoilt | recipe::State::Absent => {}
    }
    // Boxed, so that an object that is stored whole doesn't carry this on the stack.
    if state != recipe::State::Spoilt
        && Box::pin(recipe::push(transfers, oid, size, path, meter)).await?
    {
        return Ok(Uploaded::Stored);
    }
    let key = transfers.layout.object(oid);
    put::put(transfers, oid, key, size, path, meter).await?;
    Ok(Uploaded::Stored)
}
