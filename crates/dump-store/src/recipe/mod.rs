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

use dump_delta::{MOST_BYTES, Recipe, RecipeError, Rules, Source, SourceKind};

pub(crate) use check::check;
pub(crate) use fetch::{fetch, fetch_from_trash};
pub(crate) use push::push;

use crate::retry::retry;
use crate::stall::limited;
use crate::transfer::may_be_missing;
use crate::{ByteRange, Content, ErrorKind, Item, Key, ObjectStore, Oid, TransferError, Transfers};

/// A recipe of 16 MiB may take this many times the stall limit.
const PATIENCE: u32 = 4;

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
    let oid = Oid::from(source.hash);
    match source.kind {
        SourceKind::Object => Item::object(oid),
        SourceKind::Pack => Item::pack(oid),
    }
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
        let size = transfers.known_size(key).await;
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
    match read(transfers, key, oid).await {
        Err(error) if may_be_missing(&error) => Ok(None),
        read => read.map(Some),
    }
}

/// Reads the recipe of `oid` under `key`.
pub(crate) async fn read<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    oid: &Oid,
) -> Result<Recipe, TransferError> {
    let stall = transfers.policy.stall;
    let get = || async {
        let range = ByteRange {
            offset: 0,
            length: MOST_BYTES as u64 + 1,
        };
        let body = limited(transfers.store.get(key, range), stall).await?;
        if body.total() > MOST_BYTES as u64 {
            return Ok(Err(RecipeError::TooLarge));
        }
        let bytes = limited(body.collect(), stall * PATIENCE).await?;
        Ok(Recipe::decode(&bytes))
    };
    let mut decoded = Err(RecipeError::Unknown);
    // Bytes can be damaged on the way. Twice in a row, it is the recipe.
    for _ in 0..2 {
        decoded = match retry(&transfers.policy, &transfers.store, get).await {
            Ok(decoded) => decoded,
            Err(error) if *error.kind() == ErrorKind::OutOfRange => Err(RecipeError::Truncated),
            Err(error) => return Err(transfers.failed(key, error)),
        };
        if decoded.is_ok() || matches!(decoded, Err(RecipeError::Version { .. })) {
            break;
        }
    }
    let decoded = decoded.and_then(|recipe| {
        if Oid::from(recipe.object()) == *oid {
            Ok(recipe)
        } else {
            Err(RecipeError::Contradiction("the object's name"))
        }
    });
    decoded.map_err(|error| TransferError::Recipe {
        address: transfers.store.address(key),
        error,
    })
}

/// Stores a recipe under `key`, whatever is there. All that it names has to be in its place before.
pub(crate) async fn write<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    recipe: &Recipe,
) -> Result<(), TransferError> {
    let text = recipe.encode();
    let sha256 = *Oid::of(&text).as_bytes();
    let content = Content::from_bytes(text);
    let put = || {
        let request = transfers.store.put(key, content.clone(), &sha256);
        limited(request, transfers.policy.stall * PATIENCE)
    };
    let written = retry(&transfers.policy, &transfers.store, put).await;
    written.map_err(|error| transfers.failed(key, error))
}
