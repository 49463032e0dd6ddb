//! Recipes as they lie in the store: whether one is there, reading and writing it.

use dump_delta::{MOST_BYTES, Recipe, RecipeError};

use crate::error::may_be_missing;
use crate::retry::retry;
use crate::stall::limited;
use crate::{ByteRange, Content, ErrorKind, Item, Key, ObjectStore, Oid, TransferError, Transfers};

/// A recipe of 16 MiB may take this many times the stall limit.
const PATIENCE: u32 = 4;

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
