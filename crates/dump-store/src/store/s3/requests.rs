//! The requests themselves, each made once.

use aws_sdk_s3::operation::RequestId as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use aws_smithy_types::base64;

use super::{S3Store, part_number, signed, tag, time, total_of};
use crate::layout::Key;
use crate::store::content::{Content, ObjectBody};
use crate::store::{
    ByteRange, ErrorKind, ListedObject, ListedPage, ObjectInfo, StoreError, StoredPart, Tag,
    UploadId,
};

impl S3Store {
    /// Begins an upload in parts, which have checksums of that kind, if of any.
    pub(super) async fn begin_parts(
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

    pub(super) async fn head_once(&self, key: &Key) -> Result<Option<ObjectInfo>, StoreError> {
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

    pub(super) async fn get_once(
        &self,
        key: &Key,
        range: ByteRange,
    ) -> Result<ObjectBody, StoreError> {
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

    pub(super) async fn put_once(
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

    pub(super) async fn put_part_once(
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

    pub(super) async fn complete_parts_once(
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

    pub(super) async fn abort_parts_once(
        &self,
        key: &Key,
        upload: &UploadId,
    ) -> Result<(), StoreError> {
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

    pub(super) async fn list_once(
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

    pub(super) async fn delete_once(&self, key: &Key) -> Result<(), StoreError> {
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
}
