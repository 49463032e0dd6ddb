//! The real store: S3, or a server that speaks as S3 does.

mod client;
mod copy;
mod credentials;
mod error;
mod lifecycle;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, RequestPayer, ServerSideEncryption,
    StorageClass,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::base64;
use tokio::sync::RwLock;

use crate::{
    ByteRange, Content, ErrorKind, Key, ListedObject, ListedPage, ObjectBody, ObjectInfo,
    ObjectStore, ServerCopy, StoreError, StoredPart, Tag, UploadId,
};

use error::failure;

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
}

impl S3Store {
    /// The bucket of `settings`.
    pub fn new(settings: S3Settings) -> Self {
        Self {
            settings: Arc::new(settings),
            client: Arc::default(),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &S3Settings {
        &self.settings
    }

    /// Begins an upload in parts, which have checksums of that kind, if of any.
    async fn begin_parts(
        &self,
        key: &Key,
        checksums: Option<ChecksumAlgorithm>,
    ) -> Result<UploadId, StoreError> {
        let request = self
            .client()
            .await?
            .create_multipart_upload()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        let answer = request
            .set_checksum_algorithm(checksums)
            .set_storage_class(self.storage_class())
            .set_server_side_encryption(self.encryption())
            .set_ssekms_key_id(self.settings.kms_key.clone())
            .set_request_payer(self.payer())
            .send()
            .await
            .map_err(|error| self.failed("CreateMultipartUpload", &error))?;
        let id = answer.upload_id().filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| {
            StoreError::new(
                ErrorKind::Other,
                "the server answered CreateMultipartUpload without a name for the upload",
            )
        })?;
        Ok(UploadId(id.to_owned()))
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
        let client = client::connect(&self.settings).await?;
        *slot = Some(client.clone());
        Ok(client)
    }

    /// The failure of `operation`.
    fn failed<E>(&self, operation: &'static str, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        failure(&self.settings, operation, error)
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
        let request = self
            .client()
            .await?
            .head_object()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        match request.set_request_payer(self.payer()).send().await {
            Ok(answer) => Ok(Some(ObjectInfo {
                size: answer
                    .content_length()
                    .and_then(|length| u64::try_from(length).ok())
                    .unwrap_or_default(),
                modified: answer.last_modified().and_then(time),
            })),
            Err(error) => match self.failed("HeadObject", &error) {
                error if *error.kind() == ErrorKind::NotFound => Ok(None),
                error => Err(error),
            },
        }
    }

    async fn get(&self, key: &Key, range: ByteRange) -> Result<ObjectBody, StoreError> {
        let last = range.offset + range.length - 1;
        let request = self
            .client()
            .await?
            .get_object()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        let answer = request
            .range(format!("bytes={}-{last}", range.offset))
            .set_request_payer(self.payer())
            .send()
            .await
            .map_err(|error| self.failed("GetObject", &error))?;
        let total = match answer.content_range() {
            Some(text) => total_of(text),
            // A server that doesn't know ranges sends the whole object, which is as good when all was asked for. A web page
            // is no object, and has no request's id.
            None if range.offset == 0 && answer.request_id().is_some() => answer
                .content_length()
                .and_then(|length| u64::try_from(length).ok()),
            None => None,
        };
        let total = total.ok_or_else(|| {
            StoreError::new(
                ErrorKind::Unreadable,
                "the server answered GetObject with something else than a range of an object",
            )
        })?;
        let tag = tag(answer.e_tag());
        Ok(ObjectBody::from_stream(total, answer.body).tagged(tag))
    }

    async fn put(
        &self,
        key: &Key,
        content: Content,
        sha256: &[u8; 32],
    ) -> Result<Option<Tag>, StoreError> {
        let request = self
            .client()
            .await?
            .put_object()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        let answer = request
            .content_length(signed(content.length())?)
            .checksum_sha256(base64::encode(sha256))
            .body(ByteStream::from_body_1_x(content.into_body()))
            .set_storage_class(self.storage_class())
            .set_server_side_encryption(self.encryption())
            .set_ssekms_key_id(self.settings.kms_key.clone())
            .set_request_payer(self.payer())
            .send()
            .await
            .map_err(|error| self.failed("PutObject", &error))?;
        Ok(tag(answer.e_tag()))
    }

    async fn create_parts(&self, key: &Key) -> Result<UploadId, StoreError> {
        // Some servers take parts with checksums only if the algorithm was declared here.
        self.begin_parts(key, Some(ChecksumAlgorithm::Crc32)).await
    }

    async fn put_part(
        &self,
        key: &Key,
        upload: &UploadId,
        number: u32,
        content: Content,
        crc32: u32,
    ) -> Result<String, StoreError> {
        let request = self
            .client()
            .await?
            .upload_part()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        let answer = request
            .upload_id(&upload.0)
            .part_number(part_number(number)?)
            .content_length(signed(content.length())?)
            .checksum_crc32(base64::encode(crc32.to_be_bytes()))
            .body(ByteStream::from_body_1_x(content.into_body()))
            .set_request_payer(self.payer())
            .send()
            .await
            .map_err(|error| self.failed("UploadPart", &error))?;
        let etag = answer.e_tag().ok_or_else(|| {
            StoreError::new(
                ErrorKind::Other,
                "the server answered UploadPart without an ETag",
            )
        })?;
        Ok(etag.to_owned())
    }

    async fn complete_parts(
        &self,
        key: &Key,
        upload: &UploadId,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        let mut whole = CompletedMultipartUpload::builder();
        for part in parts {
            whole = whole.parts(
                CompletedPart::builder()
                    .part_number(part_number(part.number)?)
                    .e_tag(&part.etag)
                    .checksum_crc32(base64::encode(part.crc32.to_be_bytes()))
                    .build(),
            );
        }
        let request = self
            .client()
            .await?
            .complete_multipart_upload()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        request
            .upload_id(&upload.0)
            .multipart_upload(whole.build())
            .set_request_payer(self.payer())
            .send()
            .await
            .map_err(|error| self.failed("CompleteMultipartUpload", &error))?;
        Ok(())
    }

    async fn abort_parts(&self, key: &Key, upload: &UploadId) -> Result<(), StoreError> {
        let request = self
            .client()
            .await?
            .abort_multipart_upload()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        match request
            .upload_id(&upload.0)
            .set_request_payer(self.payer())
            .send()
            .await
        {
            Ok(_) => Ok(()),
            Err(error) => match self.failed("AbortMultipartUpload", &error) {
                error if matches!(error.kind(), ErrorKind::NoSuchUpload | ErrorKind::NotFound) => {
                    Ok(())
                }
                error => Err(error),
            },
        }
    }

    async fn list(
        &self,
        prefix: &str,
        continuation: Option<&str>,
    ) -> Result<ListedPage, StoreError> {
        let request = self
            .client()
            .await?
            .list_objects_v2()
            .bucket(&self.settings.bucket);
        let answer = request
            .prefix(prefix)
            .set_continuation_token(continuation.map(str::to_owned))
            .set_request_payer(self.payer())
            .send()
            .await
            .map_err(|error| self.failed("ListObjectsV2", &error))?;
        let objects = answer
            .contents()
            .iter()
            .filter_map(|object| {
                Some(ListedObject {
                    key: Key::new(object.key()?),
                    info: ObjectInfo {
                        size: u64::try_from(object.size()?).ok()?,
                        modified: object.last_modified().and_then(time),
                    },
                    tag: tag(object.e_tag()),
                })
            })
            .collect();
        let more = answer.is_truncated() == Some(true);
        Ok(ListedPage {
            objects,
            continuation: answer.next_continuation_token.filter(|_| more),
        })
    }

    async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let request = self
            .client()
            .await?
            .delete_object()
            .bucket(&self.settings.bucket)
            .key(key.as_str());
        match request.set_request_payer(self.payer()).send().await {
            Ok(_) => Ok(()),
            Err(error) => match self.failed("DeleteObject", &error) {
                error if *error.kind() == ErrorKind::NotFound => Ok(()),
                error => Err(error),
            },
        }
    }

    async fn copy(&self, from: &Key, to: &Key) -> Result<(), StoreError> {
        copy::copy(self, self, from, to).await.map(drop)
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
        match copy::copy(self, other, from, to).await {
            Ok(sha256) => Ok(ServerCopy::Done { sha256 }),
            // One server, but not one owner: each side may still do its own half.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Denied | ErrorKind::NoSuchBucket | ErrorKind::Other
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
