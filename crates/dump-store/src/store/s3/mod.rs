//! The real store: S3, or a server that speaks as S3 does.

mod client;
mod copy;
mod credentials;
mod error;
mod lifecycle;
mod region;
mod requests;

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{ChecksumAlgorithm, RequestPayer, ServerSideEncryption, StorageClass};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::sync::RwLock;

use crate::layout::Key;
use crate::store::content::{Content, ObjectBody};
use crate::store::{
    ByteRange, ErrorKind, ListedPage, ObjectInfo, ObjectStore, ServerCopy, StoreError, StoredPart,
    Tag, UploadId,
};

use error::failure;
use region::Regions;

/// Where a bucket is and how to speak to it. Credentials come from the AWS chain unless `credentials` is set.
#[derive(Debug, Clone, Default)]
pub struct S3Settings {
    /// The bucket's name.
    pub bucket: String,
    /// The bucket's region; otherwise that of the environment or profile.
    pub region: Option<String>,
    /// The server's URL, if it isn't AWS.
    pub endpoint: Option<String>,
    /// Whether the bucket is in the URL's path and not in its host name.
    pub path_style: bool,
    /// The profile of the AWS configuration to use; otherwise that of the environment.
    pub profile: Option<String>,
    /// The storage class of what is stored; otherwise the bucket's default.
    pub storage_class: Option<String>,
    /// The encryption on the server, `AES256` or `aws:kms`; otherwise the bucket's default.
    pub encryption: Option<String>,
    /// The KMS key for `aws:kms`.
    pub kms_key: Option<String>,
    /// Whether the requester pays, not the bucket's owner.
    pub requester_pays: bool,
    /// PEM certificates to trust besides the system's.
    pub certificates: Option<Vec<u8>>,
    /// Objects of more bytes are copied in parts; otherwise those above 5 GiB, which is as much as S3 copies at once. For
    /// tests, which have no such objects.
    pub largest_copy: Option<u64>,
    /// Credentials to use instead of the AWS chain's: for tests.
    pub credentials: Option<aws_credential_types::Credentials>,
}

impl S3Settings {
    /// Whether both buckets are reached in one place with the same credentials.
    fn is_of_one_server(&self, other: &Self) -> bool {
        self.region == other.region
            && self.endpoint == other.endpoint
            && self.path_style == other.path_style
            && self.profile == other.profile
            && self.credentials == other.credentials
    }
}

/// A bucket. Clones share its connections. Nothing is read or connected before the first request.
#[derive(Debug, Clone)]
pub struct S3Store {
    settings: Arc<S3Settings>,
    client: Arc<RwLock<Option<Client>>>,
    region: Arc<Mutex<Regions>>,
}

impl S3Store {
    /// The bucket of `settings`.
    pub fn new(settings: S3Settings) -> Self {
        Self {
            settings: Arc::new(settings),
            client: Arc::default(),
            region: Arc::default(),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &S3Settings {
        &self.settings
    }

    /// The client, made when it is first needed.
    async fn client(&self) -> Result<Client, StoreError> {
        if let Some(client) = self.client.read().await.as_ref() {
            return Ok(client.clone());
        }
        let mut slot = self.client.write().await;
        if let Some(client) = slot.as_ref() {
            return Ok(client.clone());
        }
        let found = self.regions().found.clone();
        let client = client::connect(&self.settings, found).await?;
        let region = client.config().region();
        self.regions().signed = region.map(ToString::to_string);
        *slot = Some(client.clone());
        Ok(client)
    }

    /// The failure of `operation`.
    fn failed<E>(&self, operation: &'static str, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let signed = self.regions().signed.clone();
        failure(&self.settings, signed.as_deref(), operation, error)
    }

    fn payer(&self) -> Option<RequestPayer> {
        self.settings
            .requester_pays
            .then_some(RequestPayer::Requester)
    }

    fn storage_class(&self) -> Option<StorageClass> {
        self.settings
            .storage_class
            .as_deref()
            .map(StorageClass::from)
    }

    fn encryption(&self) -> Option<ServerSideEncryption> {
        self.settings
            .encryption
            .as_deref()
            .map(ServerSideEncryption::from)
    }
}

impl ObjectStore for S3Store {
    async fn head(&self, key: &Key) -> Result<Option<ObjectInfo>, StoreError> {
        self.in_its_region(|| self.head_once(key)).await
    }

    async fn get(&self, key: &Key, range: ByteRange) -> Result<ObjectBody, StoreError> {
        self.in_its_region(|| self.get_once(key, range)).await
    }

    async fn put(
        &self,
        key: &Key,
        content: Content,
        sha256: &[u8; 32],
    ) -> Result<Option<Tag>, StoreError> {
        self.in_its_region(|| self.put_once(key, content.clone(), sha256))
            .await
    }

    async fn create_parts(&self, key: &Key) -> Result<UploadId, StoreError> {
        // Some servers take parts with checksums only if the algorithm was declared here.
        let begin = || self.begin_parts(key, Some(ChecksumAlgorithm::Crc32));
        self.in_its_region(begin).await
    }

    async fn put_part(
        &self,
        key: &Key,
        upload: &UploadId,
        number: u32,
        content: Content,
        crc32: u32,
    ) -> Result<String, StoreError> {
        self.in_its_region(|| self.put_part_once(key, upload, number, content.clone(), crc32))
            .await
    }

    async fn complete_parts(
        &self,
        key: &Key,
        upload: &UploadId,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        self.in_its_region(|| self.complete_parts_once(key, upload, parts))
            .await
    }

    async fn abort_parts(&self, key: &Key, upload: &UploadId) -> Result<(), StoreError> {
        self.in_its_region(|| self.abort_parts_once(key, upload))
            .await
    }

    async fn list(
        &self,
        prefix: &str,
        continuation: Option<&str>,
    ) -> Result<ListedPage, StoreError> {
        self.in_its_region(|| self.list_once(prefix, continuation))
            .await
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        self.in_its_region(|| self.delete_once(key)).await
    }

    async fn copy(&self, from: &Key, to: &Key) -> Result<(), StoreError> {
        let copied = self.in_its_region(|| copy::copy(self, self, from, to));
        copied.await.map(drop)
    }

    async fn copy_from(
        &self,
        other: &Self,
        from: &Key,
        to: &Key,
    ) -> Result<ServerCopy, StoreError> {
        if !self.settings.is_of_one_server(&other.settings) {
            return Ok(ServerCopy::Refused);
        }
        let copied = self.in_its_region(|| copy::copy(self, other, from, to));
        match copied.await {
            Ok(sha256) => Ok(ServerCopy::Done { sha256 }),
            // One server, but not one owner: each side may still do its own half.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Denied
                        | ErrorKind::NoSuchBucket
                        | ErrorKind::Unsupported { .. }
                        | ErrorKind::Other
                ) =>
            {
                tracing::debug!(%error, "the server doesn't copy from one bucket to the other");
                Ok(ServerCopy::Refused)
            }
            Err(error) => Err(error),
        }
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.client().await.map(drop)
    }

    async fn renew_credentials(&self) {
        *self.client.write().await = None;
    }

    fn address(&self, key: &Key) -> String {
        format!("s3://{}/{key}", self.settings.bucket)
    }
}

/// The size of the whole object, from `bytes 0-99/1234`.
fn total_of(content_range: &str) -> Option<u64> {
    content_range.rsplit_once('/')?.1.parse().ok()
}

/// The tag that an answer names. What is behind `W/` may be the same for contents that aren't.
fn tag(etag: Option<&str>) -> Option<Tag> {
    let etag = etag.filter(|etag| !etag.starts_with("W/"))?;
    // Some servers leave the quotes out of listings.
    let bare = etag.trim_matches('"');
    (!bare.is_empty()).then(|| Tag(bare.to_owned()))
}

fn time(time: &aws_smithy_types::DateTime) -> Option<SystemTime> {
    let seconds = u64::try_from(time.secs()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, time.subsec_nanos()))
}

fn signed(length: u64) -> Result<i64, StoreError> {
    i64::try_from(length)
        .map_err(|_| StoreError::new(ErrorKind::Other, "more bytes than S3 can count"))
}

fn part_number(number: u32) -> Result<i32, StoreError> {
    i32::try_from(number).map_err(|_| StoreError::new(ErrorKind::Other, "more parts than S3 takes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_size_is_behind_the_slash() {
        assert_eq!(total_of("bytes 0-99/1234"), Some(1234));
        assert_eq!(total_of("bytes 0-99/*"), None);
        assert_eq!(total_of("nonsense"), None);
    }
}
