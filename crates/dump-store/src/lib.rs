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

mod causes;
mod content;
mod download;
mod error;
mod failing;
mod file;
mod inventory;
mod journal;
mod layout;
mod limits;
mod memory;
mod meter;
mod mirror;
mod names;
mod oid;
mod operations;
mod presence;
mod put;
mod recipe;
mod repair;
mod retry;
mod s3;
mod share;
mod stall;
mod store;
mod transfer;
mod unfinished;
mod upload;
mod verify;
mod workspace;

pub use dump_delta::{Recipe, RecipeError, Rules};

pub use content::{Content, ObjectBody};
pub use error::TransferError;
pub use failing::{FailingStore, Fault, Step};
pub use inventory::Inventory;
pub use layout::{Item, Key, Kind, Layout};
pub use limits::Limits;
pub use memory::MemoryStore;
pub use meter::Meter;
pub use mirror::Copied;
pub use names::RepositoryName;
pub use oid::{Oid, OidError};
pub use recipe::{Needs, Restored, Versions, source_item};
pub use retry::{Backoff, RetryPolicy};
pub use s3::{S3Settings, S3Store};
pub use store::{
    ByteRange, ErrorKind, ListedObject, ListedPage, ObjectInfo, ObjectStore, ServerCopy,
    StoreError, StoredPart, Tag, UploadId,
};
pub use transfer::{Transfers, Uploaded};
pub use workspace::Workspace;
