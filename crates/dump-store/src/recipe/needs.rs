//! What recipes need, kept so that each is read once on a machine.
//!
//! Whether an object is there means to know what its recipe names, and a history has hundreds of recipes. What a listing
//! says of a recipe's content (its tag) tells whether it is the one that was read before.

use std::fs;
use std::io::{self, Write as _};

use dump_delta::{Recipe, Source, SourceKind};
use serde::{Deserialize, Serialize};

use super::stored::read;
use crate::error::{TransferError, may_be_missing};
use crate::layout::Key;
use crate::oid::Oid;
use crate::store::{ObjectStore, Tag};
use crate::transfer::Transfers;

/// What a recipe makes and names, without its chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    size: u64,
    sources: Vec<Source>,
}

impl Needs {
    /// Of a recipe that makes `size` bytes of these sources.
    pub(crate) fn of(size: u64, sources: Vec<Source>) -> Self {
        Self { size, sources }
    }

    /// The size of what the recipe makes, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What the recipe names.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
}

impl From<&Recipe> for Needs {
    fn from(recipe: &Recipe) -> Self {
        Self {
            size: recipe.size(),
            sources: recipe.sources().to_vec(),
        }
    }
}

/// What is kept of one recipe. Behind a line with the SHA-256 of its text, since what `prune` takes out depends on it.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    recipe: String,
    tag: String,
    /// The size of what it makes.
    makes: u64,
    objects: Vec<(String, u64)>,
    packs: Vec<(String, u64)>,
}

/// What the recipe of `oid` under `key` needs; `None` when there is none any more. It is read, if it isn't the one with this
/// `tag` that was read before.
pub(crate) async fn needs<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    oid: &Oid,
    tag: Option<&Tag>,
) -> Result<Option<Needs>, TransferError> {
    if let Some(kept) = tag.and_then(|tag| kept(transfers, key, oid, tag)) {
        return Ok(Some(kept));
    }
    match read(transfers, key, oid).await {
        Ok(recipe) => Ok(Some(Needs::from(&recipe))),
        Err(error) if may_be_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a recipe of `oid` that was read or written on this machine names this object as one that is stored whole.
pub(crate) fn once_named<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    oid: &Oid,
    object: &Oid,
) -> bool {
    let note = note(transfers, key, oid);
    note.is_some_and(|note| {
        let name = object.to_hex();
        note.objects.iter().any(|(named, _)| *named == name)
    })
}

fn kept<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    oid: &Oid,
    tag: &Tag,
) -> Option<Needs> {
    let note = note(transfers, key, oid).filter(|note| note.tag == tag.0)?;
    let of = |kind, (name, size): &(String, u64)| {
        let oid: Oid = name.parse().ok()?;
        Some(Source {
            kind,
            hash: oid.into(),
            size: *size,
        })
    };
    let objects = note
        .objects
        .iter()
        .map(|named| of(SourceKind::Object, named));
    let packs = note.packs.iter().map(|named| of(SourceKind::Pack, named));
    Some(Needs {
        size: note.makes,
        sources: objects.chain(packs).collect::<Option<_>>()?,
    })
}

fn note<S: ObjectStore>(transfers: &Transfers<S>, key: &Key, oid: &Oid) -> Option<Note> {
    let text = fs::read_to_string(transfers.workspace.recipe_note(oid)).ok()?;
    let (sum, text) = text.split_once('\n')?;
    let note: Note = serde_json::from_str(text).ok()?;
    let is_right = Oid::of(text.as_bytes()).to_hex() == sum;
    (is_right && note.recipe == transfers.store.address(key)).then_some(note)
}

/// Keeps what a recipe needs that has this tag in the store. That it can't be written only costs time later.
pub(crate) fn keep<S: ObjectStore>(
    transfers: &Transfers<S>,
    key: &Key,
    recipe: &Recipe,
    tag: Option<&Tag>,
) {
    let Some(tag) = tag else { return };
    let named = |kind| {
        let sources = recipe.sources().iter();
        let sources = sources.filter(move |source| source.kind == kind);
        sources
            .map(|source| (source.hash.to_string(), source.size))
            .collect()
    };
    let note = Note {
        recipe: transfers.store.address(key),
        tag: tag.0.clone(),
        makes: recipe.size(),
        objects: named(SourceKind::Object),
        packs: named(SourceKind::Pack),
    };
    let path = transfers.workspace.recipe_note(&recipe.object().into());
    let written = path.parent().map_or(Ok(()), |directory| {
        let text = serde_json::to_string(&note)?;
        fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        write!(file, "{}\n{text}", Oid::of(text.as_bytes()))?;
        file.persist(&path)?;
        Ok::<_, io::Error>(())
    });
    if let Err(error) = written {
        tracing::debug!(%error, "what a recipe needs isn't kept");
    }
}
