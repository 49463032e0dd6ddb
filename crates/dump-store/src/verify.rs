//! Checking a stored object by its content, without keeping it.

use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::download::is_not_found;
use crate::retry::Attempts;
use crate::upload::stalled;
use crate::{
    ByteRange, ErrorKind, Key, Meter, ObjectStore, Oid, StoreError, TransferError, Transfers,
    recipe,
};

/// See [`Transfers::verify`].
pub(crate) async fn verify<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<(), TransferError> {
    match verify_whole(transfers, oid, size, meter).await {
        Err(error) if is_not_found(&error) => match transfers.recipe(oid).await? {
            Some(recipe) => Box::pin(recipe::check(transfers, recipe, oid, size, meter)).await,
            None => Err(error),
        },
        outcome => outcome,
    }
}

/// Checks an object that is stored whole.
async fn verify_whole<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<(), TransferError> {
    let key = transfers.layout.object(oid);
    let mut attempts = Attempts::new(&transfers.policy);
    let mut content = Content {
        sha256: Sha256::new(),
        received: 0,
    };
    while content.received < size {
        match receive(transfers, &key, size, meter, &mut content).await {
            Ok(()) => {}
            Err(Failed::Size(found)) => {
                let address = transfers.store.address(&key);
                return Err(TransferError::StoredSize {
                    address,
                    found,
                    expected: size,
                });
            }
            Err(Failed::Store(error)) => {
                let given_up = attempts.after(error, &transfers.store).await;
                given_up.map_err(|error| transfers.failed(&key, error))?;
            }
        }
    }
    if Oid::from_bytes(content.sha256.finalize().into()) == *oid {
        Ok(())
    } else {
        Err(TransferError::StoredContent {
            address: transfers.store.address(&key),
        })
    }
}

/// What has come so far.
struct Content {
    sha256: Sha256,
    received: u64,
}

enum Failed {
    Store(StoreError),
    Size(u64),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// One request for all that is missing.
async fn receive<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    size: u64,
    meter: &Meter,
    content: &mut Content,
) -> Result<(), Failed> {
    let stall = transfers.policy.stall;
    let rest = ByteRange {
        offset: content.received,
        length: size - content.received,
    };
    let mut body = timeout(stall, transfers.store.get(key, rest))
        .await
        .unwrap_or_else(|_| Err(stalled(stall)))?;
    if body.total() != size {
        return Err(Failed::Size(body.total()));
    }
    while let Some(bytes) = timeout(stall, body.next())
        .await
        .unwrap_or_else(|_| Err(stalled(stall)))?
    {
        let length = bytes.len() as u64;
        if content.received + length > size {
            return Err(StoreError::new(ErrorKind::Other, "more came than was asked for").into());
        }
        content.sha256.update(&bytes);
        content.received += length;
        meter.add(length);
    }
    if content.received < size {
        return Err(
            StoreError::new(ErrorKind::Connection, "the answer ended before its end").into(),
        );
    }
    Ok(())
}
