//! Objects in S3, content-addressed and verified.
//!
//! An object's name is the SHA-256 of its content (its [`Oid`]). [`Transfers`] moves objects between files and an
//! [`ObjectStore`] and keeps two promises: an object appears under its key only when it is whole and verified, and a
//! download is handed out only when its content hashes to its oid. Everything between, retries, parts, parallel ranges
//! and resuming after a kill, is its own affair.
//!
//! A later version of an object is stored as what is new in it, where that saves enough; see [`Versions`].
//!
//! The stores beneath know nothing of oids: [`S3Store`] is the real one, [`MemoryStore`] stands in for it in tests, and
//! [`FailingStore`] puts scripted faults before either. One conformance suite runs on all of them. Where objects lie in a
//! bucket is [`Layout`]'s knowledge alone, and written down for other readers in `docs/s3-layout.md`.
//!
//! This crate reads no environment and no configuration, except that the AWS chain finds credentials by itself.

mod error;
mod layout;
mod meter;
mod oid;
mod recipe;
mod store;
mod tending;
mod transfer;

pub use dump_delta::{Recipe, RecipeError, Rules};

pub use error::TransferError;
pub use layout::{Item, Key, Kind, Layout};
pub use meter::Meter;
pub use oid::{Oid, OidError};
pub use recipe::{
    Excerpts, Needs, Outline, Restored, Versions, read_piece, read_text, source_item,
};
pub use store::content::{Content, ObjectBody};
pub use store::failing::{FailingStore, Fault, Step};
pub use store::memory::MemoryStore;
pub use store::retry::{Backoff, RetryPolicy};
pub use store::s3::{S3Settings, S3Store};
pub use store::{
    ByteRange, ErrorKind, ListedObject, ListedPage, ObjectInfo, ObjectStore, ServerCopy,
    StoreError, StoredPart, Tag, UploadId,
};
pub use tending::inventory::Inventory;
pub use tending::mirror::Copied;
pub use tending::names::RepositoryName;
pub use transfer::limits::Limits;
pub use transfer::workspace::Workspace;
pub use transfer::{Transfers, Uploaded};
