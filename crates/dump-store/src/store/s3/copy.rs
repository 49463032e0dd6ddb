//! Copies that the server makes by itself, from one key to another.
//!
//! S3 copies at most 5 GiB with one request; what is larger is copied in parts, a few at a time. With one request it can
//! be asked for the SHA-256 of what it copies, which for an object of ours is its name; not every server answers.

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use aws_smithy_types::base64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::task::JoinSet;

use super::{S3Store, part_number};
use crate::layout::Key;
use crate::store::{ErrorKind, ObjectStore, StoreError, UploadId};

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>
const LARGEST_COPY: u64 = 5 << 30;

/// How many parts are copied at the same time. The server does the work.
const AT_ONCE: usize = 8;

/// What is escaped in a URL's path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Copies the object under `from` in the bucket of `source` to `to` in that of `target`. Returns its SHA-256, if the server
/// says it.
pub(super) async fn copy(
    target: &S3Store,
    source: &S3Store,
    from: &Key,
    to: &Key,
) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(info) = source.head(from).await? else {
        return Err(StoreError::new(
            ErrorKind::NotFound,
            "there is no such object to copy",
        ));
    };
    let copy_source = copy_source(&source.settings.bucket, from);
    let largest = target.settings.largest_copy.unwrap_or(LARGEST_COPY);
    if info.size > largest {
        copy_in_parts(target, &copy_source, to, info.size, largest).await?;
        return Ok(None);
    }
    let request = target
        .client()
        .await?
        .copy_object()
        .bucket(&target.settings.bucket)
        .key(to.as_str());
    let answer = request
        .copy_source(copy_source)
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .set_storage_class(target.storage_class())
        .set_server_side_encryption(target.encryption())
        .set_ssekms_key_id(target.settings.kms_key.clone())
        .set_request_payer(target.payer())
        .send()
        .await
        .map_err(|error| target.failed("CopyObject", &error))?;
    let said = answer
        .copy_object_result()
        .and_then(|result| result.checksum_sha256());
    Ok(said
        .and_then(|text| base64::decode(text).ok())
        .and_then(|bytes| bytes.try_into().ok()))
}

async fn copy_in_parts(
    target: &S3Store,
    copy_source: &str,
    to: &Key,
    size: u64,
    part_size: u64,
) -> Result<(), StoreError> {
    let upload = target.begin_parts(to, None).await?;
    let copied = copy_parts(target, copy_source, to, &upload, size, part_size).await;
    if copied.is_err() {
        // What stays behind if this fails too, the bucket's lifecycle rule deletes.
        let _ = target.abort_parts(to, &upload).await;
    }
    copied
}

async fn copy_parts(
    target: &S3Store,
    copy_source: &str,
    to: &Key,
    upload: &UploadId,
    size: u64,
    part_size: u64,
) -> Result<(), StoreError> {
    let mut numbers = (1..).take(usize::try_from(size.div_ceil(part_size)).unwrap_or(usize::MAX));
    let mut copying = JoinSet::new();
    let mut parts = Vec::new();
    loop {
        while copying.len() < AT_ONCE
            && let Some(number) = numbers.next()
        {
            let start = u64::from(number - 1) * part_size;
            let last = size.min(start + part_size) - 1;
            let request = target
                .client()
                .await?
                .upload_part_copy()
                .bucket(&target.settings.bucket)
                .key(to.as_str())
                .upload_id(&upload.0)
                .part_number(part_number(number)?)
                .copy_source(copy_source)
                .copy_source_range(format!("bytes={start}-{last}"))
                .set_request_payer(target.payer())
                .customize()
                // Ceph wants it said that there is no body.
                .mutate_request(|request| {
                    request.headers_mut().insert("content-length", "0");
                });
            copying.spawn(async move { (number, request.send().await) });
        }
        let Some(copied) = copying.join_next().await else {
            break;
        };
        let (number, answer) = copied.map_err(|error| {
            StoreError::new(ErrorKind::Other, format!("UploadPartCopy: {error}"))
        })?;
        let answer = answer.map_err(|error| target.failed("UploadPartCopy", &error))?;
        let etag = answer
            .copy_part_result()
            .and_then(|result| result.e_tag())
            .ok_or_else(|| {
                StoreError::new(
                    ErrorKind::Other,
                    "the server answered UploadPartCopy without an ETag",
                )
            })?;
        let part = CompletedPart::builder()
            .part_number(part_number(number)?)
            .e_tag(etag);
        parts.push((number, part.build()));
    }
    parts.sort_by_key(|(number, _)| *number);
    let whole = CompletedMultipartUpload::builder()
        .set_parts(Some(parts.into_iter().map(|(_, part)| part).collect()))
        .build();
    let request = target
        .client()
        .await?
        .complete_multipart_upload()
        .bucket(&target.settings.bucket)
        .key(to.as_str());
    request
        .upload_id(&upload.0)
        .multipart_upload(whole)
        .set_request_payer(target.payer())
        .send()
        .await
        .map_err(|error| target.failed("CompleteMultipartUpload", &error))?;
    Ok(())
}

/// A source for a copy, which is a part of a URL.
fn copy_source(bucket: &str, key: &Key) -> String {
    format!("{bucket}/{}", utf8_percent_encode(key.as_str(), ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_source_is_escaped() {
        assert_eq!(
            copy_source("b", &Key::new("é dumps/a+b")),
            "b/%C3%A9%20dumps/a%2Bb"
        );
    }
}
