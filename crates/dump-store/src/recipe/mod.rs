//! Later versions of an object: stored as what is new in them, and fetched as far as they aren't here already.
//!
//! `docs/s3-layout.md` says how recipes and packs lie in a bucket, and `dump_delta` what is in them. Here they are moved:
//! [`push`](push::push) stores an object as a recipe if that is worth it, [`fetch`](fetch::fetch) follows one, and
//! [`check`](check::check) reads through one.
//!
//! A version that differs everywhere is stored by what has changed in its texts ([`fold`]), which [`texts`] makes again.
//!
//! A recipe is never needed: what can't be planned is stored whole. And it is never believed: what is made of one hashes
//! to its oid or is thrown away.

mod check;
mod compare;
mod excerpt;
mod fetch;
mod fold;
mod ground;
mod local;
mod needs;
pub(crate) mod note;
mod pack;
mod push;
mod range;
mod search;
mod stored;
mod texts;

use std::path::PathBuf;

use dump_delta::{Rules, Source, SourceKind};

pub(crate) use check::check;
pub use excerpt::{Excerpts, Outline, read_piece, read_text};
pub(crate) use fetch::{fetch, fetch_from_trash};
pub use ground::Restored;
pub(crate) use ground::{Holder, restore, restore_all};
pub use needs::Needs;
pub(crate) use needs::needs;
pub(crate) use push::push;
pub(crate) use stored::{State, load, read, state, write};

use crate::layout::Item;
use crate::oid::Oid;

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
