//! What two versions of a file have in common, and recipes that make one of pieces of others.
//!
//! A file is cut into chunks where its content says so ([`Chunker`]), so that a change in one place leaves the chunks
//! elsewhere as they were. [`plan`] finds a new version's chunks among those that a store holds already ([`Known`]) and
//! says whether a [`Recipe`] over them, plus one pack of what is new, is worth it. [`ranges`] says which ranges of which
//! objects a reader of a recipe needs.
//!
//! This crate is pure: it reads what it is handed and knows neither stores nor paths. The format of a recipe is
//! specified in `docs/s3-layout.md`; a recipe comes from outside, so reading one never panics, never takes more memory
//! than its text is long, and never believes a number that doesn't fit the others.

mod chunk;
mod difference;
mod hash;
mod list;
mod plan;
mod range;
mod recipe;
mod text;
mod texts;

pub use chunk::{Chunk, ChunkSizes, Chunker, is_sample};
pub use difference::{apply, difference};
pub use hash::ContentHash;
pub use list::ChunkList;
pub use plan::{Known, NewRange, Plan, Rules, plan};
pub use range::{RangePiece, SourceRange, ranges};
pub use recipe::{MOST_BYTES, Output, Piece, Recipe, RecipeError, Source, SourceKind};
pub use texts::{LONGEST_TEXT, MOST_BASES, MOST_STEPS, Made, Place, Text, Texts, Version};
