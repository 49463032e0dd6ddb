//! What a store can do, and how it can fail.
//!
//! The operations are those of S3 that this project needs and that all servers share. In particular nothing relies on
//! put-if-absent (some servers overwrite silently) nor on listing multipart uploads (some don't implement it).

mod causes;
pub(crate) mod content;
pub(crate) mod failing;
pub(crate) mod memory;
pub(crate) mod retry;
pub(crate) mod s3;
pub(crate) mod stall;

use std::fmt;
use std::future::Future;
use std::time::SystemTime;

use crate::layout::Key;
use crate::store::content::{Content, ObjectBody};

/// A flat store of objects by key.
///
/// Each call is one request and is not retried here. All are safe to repeat.
pub trait ObjectStore: Clone + Send + Sync + 'static {
    /// What is known of the object under `key`; `None` when there is none.
    fn head(
        &self,
        key: &Key,
    ) -> impl Future<Output = Result<Option<ObjectInfo>, StoreError>> + Send;

    /// The bytes of `range`. A body may end early or break; it never holds more than was asked for.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such object, [`ErrorKind::OutOfRange`] when it ends before the range begins.
    fn get(
        &self,
        key: &Key,
        range: ByteRange,
    ) -> impl Future<Output = Result<ObjectBody, StoreError>> + Send;

    /// Stores a whole object in one request, whatever was there before. The store refuses content whose SHA-256 isn't
    /// `sha256`, where its server can. Returns the tag of what is there now, if the server says it.
    fn put(
        &self,
        key: &Key,
        content: Content,
        sha256: &[u8; 32],
    ) -> impl Future<Output = Result<Option<Tag>, StoreError>> + Send;

    /// Begins an object in parts. Nothing is under `key` until [`Self::complete_parts`].
    fn create_parts(&self, key: &Key) -> impl Future<Output = Result<UploadId, StoreError>> + Send;

    /// Stores part `number` (1 to 10,000) and returns its `ETag`. The same number again replaces the part.
    fn put_part(
        &self,
        key: &Key,
        upload: &UploadId,
        number: u32,
        content: Content,
        crc32: u32,
    ) -> impl Future<Output = Result<String, StoreError>> + Send;

    /// Makes the object of its parts, which are in order of their numbers.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchUpload`] when the upload is unknown: aborted, expired, or completed before.
    fn complete_parts(
        &self,
        key: &Key,
        upload: &UploadId,
        parts: &[StoredPart],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives up an upload and frees its parts. Whether that fails if it is unknown differs between servers.
    fn abort_parts(
        &self,
        key: &Key,
        upload: &UploadId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The objects whose keys begin with `prefix`, in order of their keys, a page at a time. `continuation` is that of the
    /// page before.
    fn list(
        &self,
        prefix: &str,
        continuation: Option<&str>,
    ) -> impl Future<Output = Result<ListedPage, StoreError>> + Send;

    /// Deletes an object. Succeeds if there is none.
    fn delete(&self, key: &Key) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Copies an object inside the store, whatever was under `to` before.
    fn copy(&self, from: &Key, to: &Key) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Copies an object of another store, if both are of one server that can do it by itself.
    fn copy_from(
        &self,
        other: &Self,
        from: &Key,
        to: &Key,
    ) -> impl Future<Output = Result<ServerCopy, StoreError>> + Send {
        let _ = (other, from, to);
        async { Ok(ServerCopy::Refused) }
    }

    /// Makes ready for requests. A person may be asked for a code meanwhile, so this may take minutes, which no request may.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialsMissing`], and what else keeps all requests from being made.
    fn ready(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        async { Ok(()) }
    }

    /// Looks for credentials anew, after the store said that they have expired.
    fn renew_credentials(&self) -> impl Future<Output = ()> + Send;

    /// The full address of `key`, for messages and for telling stores apart.
    fn address(&self, key: &Key) -> String;
}

/// A range of an object's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte's offset.
    pub offset: u64,
    /// How many bytes; at least 1.
    pub length: u64,
}

/// What a store knows of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// The size in bytes.
    pub size: u64,
    /// When it was last written, by the server's clock.
    pub modified: Option<SystemTime>,
}

/// One object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// The whole key.
    pub key: Key,
    /// What a listing says of it.
    pub info: ObjectInfo,
    /// The tag of its content, if the listing has one.
    pub tag: Option<Tag>,
}

/// What a server calls an object's content by (its `ETag`): another one whenever the content is another. Nothing is known of
/// it but whether two are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(pub String);

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedPage {
    /// In order of their keys.
    pub objects: Vec<ListedObject>,
    /// What asks for the next page; `None` on the last one.
    pub continuation: Option<String>,
}

/// What became of a copy that a server was asked to make by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerCopy {
    /// It doesn't do that here.
    Refused,
    /// It is done.
    Done {
        /// Of what was copied, if the server has said so.
        sha256: Option<[u8; 32]>,
    },
}

/// The server's name for an upload in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadId(pub String);

/// A part that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// 1 to 10,000.
    pub number: u32,
    /// As the server gave it.
    pub etag: String,
    /// The CRC-32 of its content.
    pub crc32: u32,
}

/// What went wrong, as far as it matters for what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such object.
    NotFound,
    /// The object ends before the range.
    OutOfRange,
    /// There is no such bucket.
    NoSuchBucket,
    /// The upload in parts isn't known any more.
    NoSuchUpload,
    /// A part isn't there, or isn't what was said.
    InvalidPart,
    /// What arrived isn't what was sent.
    BadDigest,
    /// The server asks for less.
    Throttled,
    /// The server failed.
    Server,
    /// The connection couldn't be made: no route, refused, unknown host, TLS.
    Connect,
    /// The connection broke.
    Connection,
    /// Nothing came for too long.
    Timeout,
    /// What answers doesn't speak as S3 does, or its answer was damaged on the way.
    Unreadable,
    /// The credentials have expired.
    CredentialsExpired,
    /// No credentials were found.
    CredentialsMissing {
        /// The profile in which they were looked for, if the settings name one.
        profile: Option<String>,
    },
    /// The credentials are unknown or the signature is wrong.
    CredentialsRefused,
    /// These credentials may not do this.
    Denied,
    /// This machine's clock is too far off.
    ClockSkew,
    /// The bucket is in another region, named if the server said which.
    WrongRegion(Option<String>),
    /// The server doesn't do what was asked for.
    Unsupported {
        /// The settings of the request that not every server knows, by the names that they have in a store's URL.
        settings: Vec<&'static str>,
    },
    /// The local file can't be read.
    LocalRead,
    /// Anything else: trying again would give the same.
    Other,
}

/// One request's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    kind: ErrorKind,
    detail: String,
}

impl StoreError {
    /// A failure of this kind; `detail` says in words what happened and holds no secret.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl std::error::Error for StoreError {}
