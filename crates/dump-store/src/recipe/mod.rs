//! Later versions of an object: stored as what is new in them, and fetched as far as they aren't here already.
//!
//! `docs/s3-layout.md` says how recipes and packs lie in a bucket, and `dump_delta` what is in them. Here they are moved:
//! [`push`](push::push) stores an object as a recipe if that is worth it, [`fetch`](fetch::fetch) follows one, and
//! [`check`](check::check) reads through one.
//!
//! A recipe is never needed: what can't be planned is stored whole. And it is never believed: what is made of one hashes
//! to its oid or is thrown away.

mod check;
mod compare;
mod fetch;
mod local;
mod push;
mod range;
mod search;

use std::path::PathBuf;

use dump_delta::{ContentHash, MOST_BYTES, Recipe, RecipeError, Rules, Source, SourceKind};

pub(crate) use check::check;
pub(crate) use fetch::{fetch, fetch_from_trash};
pub(crate) use push::push;

use crate::retry::retry;
use crate::upload::limited;
use crate::{ByteRange, ErrorKind, Item, Key, ObjectStore, Oid, TransferError, Transfers};

/// What becomes of a later version of an object.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// git-lfs's directory of objects, from which bytes may be taken that are here already.
    pub objects: Option<PathBuf>,
    /// Every object is stored whole, and one that is there only as a recipe is stored again.
    pub whole: bool,
    /// When a recipe is worth it.
    pub rules: Rules,
}

/// What a store holds a recipe's source as.
pub fn source_item(source: &Source) -> Item {
    let oid = Oid::from_bytes(*source.hash.as_bytes());
    match source.kind {
        SourceKind::Object => Item::object(oid),
        SourceKind::Pack => Item::pack(oid),
    }
}

pub(crate) fn hash_of(oid: &Oid) -> ContentHash {
    ContentHash::from_bytes(*oid.as_bytes())
}

/// Whether the store has the object already, in a way that needs nothing more.
pub(crate) async fn is_there<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
) -> Result<bool, TransferError> {
    let whole = transfers.layout.object(oid);
    let recipe = transfers.layout.key(&Item::recipe(*oid));
    let ask = async |key: &Key| {
        let (store, layout, policy) = (&transfers.store, &transfers.layout, &transfers.policy);
        let size = transfers.presence.size(store, layout, policy, key).await;
        size.map_err(|error| transfers.failed(key, error))
    };
    if transfers.versions.whole || size < transfers.versions.rules.smallest_object {
        return Ok(ask(&whole).await? == Some(size));
    }
    let (whole, recipe) = tokio::join!(ask(&whole), ask(&recipe));
    Ok(whole? == Some(size) || recipe?.is_some())
}

/// Reads the recipe of `oid` under `key`; `None` when there is none, or none that these credentials may see.
pub(crate) async fn load<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    oid: &Oid,
) -> Result<Option<Recipe>, TransferError> {
    let read = || async {
        let range = ByteRange {
            offset: 0,
            length: MOST_BYTES as u64 + 1,
        };
        let stall = transfers.policy.stall;
        let body = limited(transfers.store.get(key, range), stall).await?;
        if body.total() > MOST_BYTES as u64 {
            return Ok(Err(RecipeError::TooLarge));
        }
        let bytes = limited(body.collect(), stall * 4).await?;
        Ok(Recipe::decode(&bytes))
    };
    let mut decoded = Err(RecipeError::Unknown);
    // Bytes can be damaged on the way. Twice in a row, it is the recipe.
    for _ in 0..2 {
        decoded = match retry(&transfers.policy, &transfers.store, read).await {
            Ok(decoded) => decoded,
            // Without the right to list, S3 says 403 for what isn't there.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Denied) => {
                return Ok(None);
            }
            Err(error) if *error.kind() == ErrorKind::OutOfRange => Err(RecipeError::Truncated),
            Err(error) => return Err(transfers.failed(key, error)),
        };
        if decoded.is_ok() || matches!(decoded, Err(RecipeError::Version { .. })) {
            break;
        }
    }
    let unusable = |error| TransferError::Recipe {
        address: transfers.store.address(key),
        error,
    };
    let recipe = decoded.map_err(unusable)?;
    if recipe.object() != hash_of(oid) {
        return Err(unusable(RecipeError::Contradiction("the object's name")));
    }
    Ok(Some(recipe))
}
