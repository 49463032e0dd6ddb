//! Recipes as they lie in the store: whether one is there with all that it names, reading and writing it.

use dump_delta::{MOST_BYTES, Recipe, RecipeError, Source};

use super::needs::{self, Needs};
use super::source_item;
use crate::error::{TransferError, may_be_missing};
use crate::layout::{Item, Key};
use crate::oid::Oid;
use crate::store::content::Content;
use crate::store::retry::retry;
use crate::store::stall::limited;
use crate::store::{ByteRange, ErrorKind, ObjectStore, Tag};
use crate::transfer::Transfers;

/// A recipe of 16 MiB may take this many times the stall limit.
const PATIENCE: u32 = 4;

/// The first lines of recipes that this program reads.
const FIRST_LINES: [&[u8]; 2] = [b"lfs-agent recipe 1\n", b"lfs-agent recipe 2\n"];

/// How the store has an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It needs nothing more.
    There,
    /// It has a recipe, and these of what that names aren't in their places in their sizes.
    Lacking(Vec<Source>),
    /// Something of another size is under its own key, where others that are built on it look for it.
    Spoilt,
    /// It isn't there, or its recipe can't be used.
    Absent,
}

/// How the store has an object of `size` bytes, as far as sizes and recipes tell.
pub(crate) async fn state<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    size: u64,
) -> Result<State, TransferError> {
    let mut keys = vec![transfers.layout.object(oid)];
    if !transfers.versions.whole && size >= transfers.versions.rules.smallest_object {
        keys.push(transfers.layout.key(&Item::recipe(*oid)));
    }
    let mut found = Vec::new();
    for (key, looked) in keys.iter().zip(transfers.look(&keys).await) {
        found.push(looked.map_err(|error| transfers.failed(key, error))?);
    }
    if let Some(whole) = &found[0] {
        return Ok(if whole.size == size {
            State::There
        } else {
            State::Spoilt
        });
    }
    let (Some(key), Some(Some(recipe))) = (keys.get(1), found.get(1)) else {
        return Ok(State::Absent);
    };
    match needs::needs(transfers, key, oid, recipe.tag.as_ref()).await {
        Ok(Some(needs)) if needs.size() == size => {
            let lacking = lacking(transfers, &needs).await;
            Ok(if lacking.is_empty() {
                State::There
            } else {
                State::Lacking(lacking)
            })
        }
        Ok(_) => Ok(State::Absent),
        // Whoever wrote it knows more than this program.
        Err(TransferError::Recipe {
            error: RecipeError::Version { .. },
            ..
        }) => Ok(State::There),
        Err(error @ TransferError::Recipe { .. }) => {
            tracing::debug!(%error, "it is stored anew");
            Ok(State::Absent)
        }
        Err(error) => Err(error),
    }
}

/// What a recipe names that isn't in its place in its size. What can't be told counts as missing.
pub(crate) async fn lacking<S: ObjectStore>(
    transfers: &Transfers<S>,
    needs: &Needs,
) -> Vec<Source> {
    let key = |source: &Source| transfers.layout.key(&source_item(source));
    let keys: Vec<Key> = needs.sources().iter().map(key).collect();
    let found = transfers.look_if_possible(&keys).await;
    let sources = needs.sources().iter().zip(found);
    sources
        .filter(|(source, found)| found.as_ref().map(|found| found.size) != Some(source.size))
        .map(|(source, _)| *source)
        .collect()
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

/// Reads the recipe of `oid` under `key`, and keeps what it needs.
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
            return Ok((Err(RecipeError::TooLarge), None));
        }
        let tag = body.tag().cloned();
        let bytes = limited(body.collect(), stall * PATIENCE).await?;
        Ok((decode(&bytes), tag))
    };
    let mut decoded = Err(RecipeError::Unknown);
    let mut tag = None;
    // Bytes can be damaged on the way. Twice in a row, it is the recipe.
    for _ in 0..2 {
        (decoded, tag) = match retry(&transfers.policy, &transfers.store, get).await {
            Ok(answer) => answer,
            Err(error) if *error.kind() == ErrorKind::OutOfRange => {
                (Err(RecipeError::Truncated), None)
            }
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
    match decoded {
        Ok(recipe) => {
            needs::keep(transfers, key, &recipe, tag.as_ref());
            Ok(recipe)
        }
        Err(error) => Err(TransferError::Recipe {
            address: transfers.store.address(key),
            error,
        }),
    }
}

/// Reads a recipe's text. One of another version that would be right in this one is damaged, and not of another version.
fn decode(text: &[u8]) -> Result<Recipe, RecipeError> {
    let decoded = Recipe::decode(text);
    if let Err(RecipeError::Version { .. }) = decoded {
        let rest = text.iter().position(|byte| *byte == b'\n');
        let rest = rest.map_or(&[][..], |end| &text[end + 1..]);
        let right = |first: &[u8]| Recipe::decode(&[first, rest].concat()).is_ok();
        if FIRST_LINES.into_iter().any(right) {
            return Err(RecipeError::Checksum);
        }
    }
    decoded
}

/// Stores a recipe under `key`, whatever is there, and returns its tag. All that it names has to be in its place before.
pub(crate) async fn write<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    recipe: &Recipe,
) -> Result<Option<Tag>, TransferError> {
    let text = recipe.encode();
    let size = text.len() as u64;
    let sha256 = *Oid::of(&text).as_bytes();
    let content = Content::from_bytes(text);
    let put = || {
        let request = transfers.store.put(key, content.clone(), &sha256);
        limited(request, transfers.policy.stall * PATIENCE)
    };
    let written = retry(&transfers.policy, &transfers.store, put).await;
    let tag: Option<Tag> = written.map_err(|error| transfers.failed(key, error))?;
    needs::keep(transfers, key, recipe, tag.as_ref());
    transfers.presence.stored(key, size, tag.clone());
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use dump_delta::{ContentHash, Piece, Source, SourceKind};

    use super::*;

    #[test]
    fn a_flipped_version_is_damage_and_another_version_is_not() {
        let hash = ContentHash::of(b"source");
        let source = Source {
            kind: SourceKind::Object,
            hash,
            size: 10,
        };
        let piece = Piece {
            length: 10,
            source: 0,
            offset: 0,
            hash,
        };
        let recipe = Recipe::new(ContentHash::of(b"object"), 10, vec![source], vec![piece]);
        let text = recipe.unwrap().encode();
        let first = FIRST_LINES[0];
        assert!(text.starts_with(first) && decode(&text).is_ok());
        let mut flipped = text.clone();
        flipped[first.len() - 2] = b'3';
        assert_eq!(decode(&flipped), Err(RecipeError::Checksum));
        let newer = Err(RecipeError::Version { found: 3 });
        assert_eq!(decode(b"lfs-agent recipe 3\nsomething else\n"), newer);
    }
}
