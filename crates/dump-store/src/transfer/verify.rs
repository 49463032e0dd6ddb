//! Reading a stored object from its beginning to its end, and checking it by its content.

use sha2::{Digest, Sha256};

use crate::error::{TransferError, may_be_missing};
use crate::layout::Key;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::recipe;
use crate::store::retry::{Attempts, ask};
use crate::store::stall::limited;
use crate::store::{ByteRange, ErrorKind, ObjectStore, StoreError};
use crate::transfer::Transfers;

/// How often an object is read before its store is said to have it wrong.
const READINGS: usize = 2;

/// See [`Transfers::verify`].
pub(crate) async fn verify<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<(), TransferError> {
    match verify_whole(transfers, oid, size, meter).await {
        Err(error) if may_be_missing(&error) => match transfers.recipe(oid).await? {
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
    // A bit may flip on the way as well: what is damaged in the store is so at every reading.
    for _ in 0..READINGS {
        if read_whole(transfers, &key, size, meter, |_| {}).await? == *oid {
            return Ok(());
        }
    }
    Err(TransferError::StoredContent {
        address: transfers.store.address(&key),
    })
}

/// Reads what is under `key`, if it has `size` bytes, hands it to `take` in order, and returns what it hashes to. Connections
/// that break are gone on with where they broke.
pub(crate) async fn read_whole<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    size: u64,
    meter: &Meter,
    mut take: impl FnMut(&[u8]),
) -> Result<Oid, TransferError> {
    let mut attempts = Attempts::new(&transfers.policy);
    let wrong_size = |found| TransferError::StoredSize {
        address: transfers.store.address(key),
        found,
        expected: size,
    };
    let mut content = Content {
        sha256: Sha256::new(),
        received: 0,
    };
    while content.received < size {
        let before = content.received;
        match receive(transfers, key, size, meter, &mut content, &mut take).await {
            Ok(()) => {}
            Err(Failed::Size(found)) => return Err(wrong_size(found)),
            // What went wrong came after the last byte: the hash says whether all of them are right.
            Err(Failed::Store(_)) if content.received == size => {}
            Err(Failed::Store(error)) if *error.kind() == ErrorKind::OutOfRange => {
                // It ends before what was asked for: says its size, if that can be had.
                let head = || transfers.store.head(key);
                return match ask(&transfers.policy, &transfers.store, head).await {
                    Ok(Some(info)) if info.size != size => Err(wrong_size(info.size)),
                    _ => Err(transfers.failed(key, error)),
                };
            }
            Err(Failed::Store(error)) => {
                attempts.brought(content.received - before);
                let given_up = attempts.after(error, &transfers.store).await;
                given_up.map_err(|error| transfers.failed(key, error))?;
            }
        }
    }
    Ok(Oid::from_bytes(content.sha256.finalize().into()))
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
    take: &mut impl FnMut(&[u8]),
) -> Result<(), Failed> {
    let stall = transfers.policy.stall;
    let rest = ByteRange {
        offset: content.received,
        length: size - content.received,
    };
    let mut body = limited(transfers.store.get(key, rest), stall).await?;
    if body.total() != size {
        return Err(Failed::Size(body.total()));
    }
    while let Some(bytes) = limited(body.next(), stall).await? {
        let length = bytes.len() as u64;
        if content.received + length > size {
            let more = "more came than was asked for";
            return Err(StoreError::new(ErrorKind::Connection, more).into());
        }
        content.sha256.update(&bytes);
        take(&bytes);
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
