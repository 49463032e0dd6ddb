//! Reading through a recipe's object without keeping it.
//!
//! Where some of it is made of texts it is put together as a fetch does it, from the store alone, and thrown away.

use std::sync::{Arc, Mutex, PoisonError};

use dump_delta::{Recipe, ranges};
use sha2::{Digest, Sha256};

use super::range::{SourceFailure, SourceFetch};
use super::{fetch, source_item};
use crate::error::TransferError;
use crate::layout::Item;
use crate::meter::Meter;
use crate::oid::Oid;
use crate::store::ObjectStore;
use crate::transfer::Transfers;

/// Checks that what `recipe` says makes the object `oid` of `size` bytes.
pub(crate) async fn check<S: ObjectStore>(
    transfers: &Transfers<S>,
    recipe: Recipe,
    oid: &Oid,
    size: u64,
    meter: &Meter,
) -> Result<(), TransferError> {
    let address = transfers
        .store
        .address(&transfers.layout.key(&Item::recipe(*oid)));
    if recipe.size() != size {
        return Err(TransferError::StoredSize {
            address: format!("the object that {address} makes"),
            found: recipe.size(),
            expected: size,
        });
    }
    if !recipe.texts().is_empty() {
        return fetch::try_out(transfers, oid, recipe, address, meter).await;
    }
    let recipe = Arc::new(recipe);
    let sha256 = Mutex::new(Sha256::new());
    let longest = transfers.versions.rules.longest_range;
    let mut next = 0;
    while next < recipe.pieces().len() {
        let run = run_from(&recipe, next, longest);
        // Within a run all bytes are wanted, so it is one range.
        for range in ranges(recipe.pieces(), |index| run.contains(&index), 0, u64::MAX) {
            let source = recipe.sources()[range.source as usize];
            let item = source_item(&source);
            let keys = [transfers.layout.key(&item), transfers.layout.trash(&item)];
            let mut fetch = SourceFetch::new(
                transfers.store.clone(),
                transfers.policy,
                keys,
                source.size,
                range,
                Arc::clone(&recipe),
                meter.part(),
            );
            // A piece is hashed into the whole only once it is right.
            let pending = Mutex::new(Vec::new());
            let write = |_: usize, at: u64, bytes: &[u8]| {
                let mut pending = pending.lock().unwrap_or_else(PoisonError::into_inner);
                pending.truncate(usize::try_from(at).unwrap_or(usize::MAX));
                pending.extend_from_slice(bytes);
                Ok(())
            };
            let whole = |_: usize| {
                let mut pending = pending.lock().unwrap_or_else(PoisonError::into_inner);
                let mut sha256 = sha256.lock().unwrap_or_else(PoisonError::into_inner);
                sha256.update(&*pending);
                pending.clear();
            };
            fetch
                .run(write, whole)
                .await
                .map_err(|failure| match failure {
                    SourceFailure::Store(key, error) => transfers.failed(&key, error),
                    SourceFailure::Wrong(item, key, what) => TransferError::Source {
                        item: Box::new(item),
                        address: transfers.store.address(&key),
                        recipe: address.clone(),
                        what: what.into(),
                    },
                    SourceFailure::Taken(error) => {
                        TransferError::local("write", transfers.workspace.root(), error)
                    }
                })?;
        }
        next = run.end;
    }
    let sha256 = sha256.into_inner().unwrap_or_else(PoisonError::into_inner);
    if Oid::from_bytes(sha256.finalize().into()) == *oid {
        Ok(())
    } else {
        Err(TransferError::StoredContent { address })
    }
}

/// The pieces from `first` on that follow each other in a source as in the object, up to `longest` bytes.
fn run_from(recipe: &Recipe, first: usize, longest: u64) -> std::ops::Range<usize> {
    let pieces = recipe.pieces();
    let begin = &pieces[first];
    let mut end = begin.offset + u64::from(begin.length);
    let mut next = first + 1;
    while let Some(piece) = pieces.get(next)
        && piece.source == begin.source
        && piece.offset == end
        && end + u64::from(piece.length) - begin.offset <= longest
    {
        end += u64::from(piece.length);
        next += 1;
    }
    first..next
}
