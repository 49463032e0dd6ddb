//! Multipart uploads, with the refusals by which Amazon's servers catch a client's mistakes.

use std::fs::File;
use std::io;
use std::time::SystemTime;

use base64_simd::STANDARD;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    Checksum, ChecksumAlgorithm, ChecksumType, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CompletedPart, CopyPartResult, CopySource,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag, UploadPartCopyInput,
    UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Error, S3Result, TrailingHeaders, s3_error};

use super::body::{Promise, enable, hexadecimal, receive, values};
use super::bucket::Bucket;
use super::store::{Attributes, Content, Object, Part, Store, Upload, remove_file};

/// Every part but the last must have so many bytes (Amazon S3 User Guide, "multipart upload limits").
const SMALLEST_PART: u64 = 5 * 1024 * 1024;
/// The largest number of a part, from the same page.
const LAST_PART: i32 = 10_000;

/// Begins an upload.
pub(super) fn create(
    store: &Store,
    input: CreateMultipartUploadInput,
) -> CreateMultipartUploadOutput {
    let id = store.create_upload_id();
    let upload = Upload {
        key: input.key.clone(),
        initiated: SystemTime::now(),
        algorithm: input.checksum_algorithm.clone(),
        attributes: Attributes {
            content_type: input.content_type,
            content_encoding: input.content_encoding,
            metadata: input.metadata,
            storage_class: input.storage_class,
        },
        parts: std::collections::BTreeMap::new(),
    };
    store.index().uploads.insert(id.clone(), upload);
    CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        checksum_type: input
            .checksum_algorithm
            .is_some()
            .then(|| ChecksumType::from_static(ChecksumType::COMPOSITE)),
        checksum_algorithm: input.checksum_algorithm,
        upload_id: Some(id),
        ..CreateMultipartUploadOutput::default()
    }
}

/// Takes a part, in place of an earlier one of the same number.
pub(super) async fn upload_part(
    store: &Store,
    input: UploadPartInput,
    trailer: Option<TrailingHeaders>,
) -> S3Result<UploadPartOutput> {
    if !(1..=LAST_PART).contains(&input.part_number) {
        return Err(s3_error!(
            InvalidArgument,
            "Part number must be an integer between 1 and 10000, inclusive"
        ));
    }
    let algorithm = find(store, &input.key, &input.upload_id)?.algorithm;
    let promise = Promise {
        md5: input.content_md5,
        checksum: Checksum {
            checksum_crc32: input.checksum_crc32,
            checksum_crc32c: input.checksum_crc32c,
            checksum_crc64nvme: input.checksum_crc64nvme,
            checksum_sha1: input.checksum_sha1,
            checksum_sha256: input.checksum_sha256,
            checksum_type: None,
        },
        algorithm: input.checksum_algorithm.or_else(|| algorithm.clone()),
        trailer,
    };
    check_algorithms(algorithm.as_ref(), &promise)?;
    let received = receive(store, input.body, promise).await?;
    let part = Part {
        content: received.content.clone(),
        md5: received.md5,
        modified: SystemTime::now(),
    };
    let old = if let Some(upload) = store.index().uploads.get_mut(&input.upload_id) {
        upload.parts.insert(input.part_number, part)
    } else {
        // The upload was aborted or completed while the part was on its way.
        remove_file(Some(received.content));
        return Err(no_such_upload());
    };
    remove_file(old.map(|part| part.content));
    let checksum = received.content.checksum;
    Ok(UploadPartOutput {
        e_tag: Some(ETag::Strong(hexadecimal(&received.md5))),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        ..UploadPartOutput::default()
    })
}

/// Takes a range of an object as a part.
pub(super) fn copy_part(
    bucket: &Bucket,
    input: &UploadPartCopyInput,
) -> S3Result<UploadPartCopyOutput> {
    let store = &bucket.store;
    let CopySource::Bucket {
        bucket: named, key, ..
    } = &input.copy_source
    else {
        return Err(s3_error!(
            NotImplemented,
            "access points are not known here"
        ));
    };
    find(store, &input.key, &input.upload_id)?;
    let source = bucket.find(named, key, None, None)?;
    let internal = |error| s3_error!(error, InternalError);
    let all = std::fs::read(&source.content.path).map_err(internal)?;
    let bytes = match &input.copy_source_range {
        None => all.as_slice(),
        Some(range) => copied_range(range)
            .and_then(|range| all.get(range))
            .ok_or_else(|| s3_error!(InvalidArgument, "The copy source range isn't there"))?,
    };
    let (path, mut file) = store.create_file().map_err(internal)?;
    io::Write::write_all(&mut file, bytes).map_err(internal)?;
    let md5 = Md5::checksum(bytes);
    let etag = ETag::Strong(hexadecimal(&md5));
    let part = Part {
        content: Content {
            path,
            size: bytes.len() as u64,
            checksum: Checksum::default(),
        },
        md5,
        modified: SystemTime::now(),
    };
    if let Some(upload) = store.index().uploads.get_mut(&input.upload_id) {
        upload.parts.insert(input.part_number, part);
    }
    Ok(UploadPartCopyOutput {
        copy_part_result: Some(CopyPartResult {
            e_tag: Some(etag),
            ..CopyPartResult::default()
        }),
        ..UploadPartCopyOutput::default()
    })
}

/// `bytes=0-99`, both ends counted in.
fn copied_range(text: &str) -> Option<std::ops::Range<usize>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    Some(first.parse().ok()?..last.parse::<usize>().ok()? + 1)
}

/// Makes an object of the parts that the client lists, under the conditions of a write.
pub(super) fn complete(
    bucket: &Bucket,
    input: CompleteMultipartUploadInput,
) -> S3Result<CompleteMultipartUploadOutput> {
    let store = &bucket.store;
    let upload = find(store, &input.key, &input.upload_id)?;
    let listed = input
        .multipart_upload
        .and_then(|upload| upload.parts)
        .unwrap_or_default();
    let parts = chosen_parts(&upload, &listed)?;
    bucket.may_write(
        &input.key,
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let content = join(store, &upload, &parts).map_err(|error| s3_error!(error, InternalError))?;
    let whole: u64 = content.size;
    if input
        .mpu_object_size
        .is_some_and(|size| size.cast_unsigned() != whole)
    {
        remove_file(Some(content));
        return Err(s3_error!(
            InvalidRequest,
            "The provided object size does not match the size of the parts."
        ));
    }
    let md5s: Vec<u8> = parts.iter().flat_map(|part| part.md5).collect();
    let etag = format!("{}-{}", hexadecimal(&Md5::checksum(&md5s)), parts.len());
    let checksum = content.checksum.clone();
    let object = Object {
        content,
        etag: etag.clone(),
        modified: SystemTime::now(),
        attributes: upload.attributes.clone(),
    };
    let Some(upload) = store.index().uploads.remove(&input.upload_id) else {
        return Err(no_such_upload());
    };
    store.put(&input.key, object);
    upload.discard();
    Ok(CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(ETag::Strong(etag)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        checksum_type: checksum.checksum_type,
        ..CompleteMultipartUploadOutput::default()
    })
}

/// Forgets an upload and its parts.
pub(super) fn abort(store: &Store, key: &str, id: &str) -> S3Result<()> {
    find(store, key, id)?;
    let upload = store.index().uploads.remove(id);
    upload.ok_or_else(no_such_upload)?.discard();
    Ok(())
}

/// The upload of this id, if it is for this key.
pub(super) fn find(store: &Store, key: &str, id: &str) -> S3Result<Upload> {
    let upload = store
        .index()
        .uploads
        .get(id)
        .filter(|upload| upload.key == key)
        .cloned();
    upload.ok_or_else(no_such_upload)
}

fn no_such_upload() -> S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
    )
}

/// An upload has one algorithm, named when it is created; no part may use another.
fn check_algorithms(algorithm: Option<&ChecksumAlgorithm>, promise: &Promise) -> S3Result<()> {
    let declared = algorithm.map(ChecksumAlgorithm::as_str);
    let given = values(&promise.checksum).into_iter().map(|(name, _)| name);
    let named = promise.algorithm.as_ref().map(ChecksumAlgorithm::as_str);
    for used in given.chain(named) {
        if declared != Some(used) {
            let declared = declared.unwrap_or("null");
            return Err(s3_error!(
                InvalidRequest,
                "Checksum Type mismatch occurred, expected checksum Type: {declared}, actual checksum Type: {used}"
            ));
        }
    }
    Ok(())
}

/// The parts that are listed, if they are what was uploaded and may be joined.
fn chosen_parts(upload: &Upload, listed: &[CompletedPart]) -> S3Result<Vec<Part>> {
    if listed.is_empty() {
        return Err(s3_error!(
            MalformedXML,
            "You must specify at least one part"
        ));
    }
    if !listed.is_sorted_by(|one, next| one.part_number < next.part_number) {
        return Err(s3_error!(
            InvalidPartOrder,
            "The list of parts was not in ascending order."
        ));
    }
    let mut chosen = Vec::new();
    for (index, listed_part) in listed.iter().enumerate() {
        let number = listed_part.part_number.unwrap_or_default();
        let part = upload
            .parts
            .get(&number)
            .ok_or_else(|| s3_error!(InvalidPart))?;
        if listed_part.e_tag.as_ref().map(ETag::value) != Some(&hexadecimal(&part.md5)) {
            return Err(s3_error!(
                InvalidPart,
                "The entity tag of part {number} is not that of the uploaded part."
            ));
        }
        if let Some(algorithm) = &upload.algorithm {
            check_listed_checksum(algorithm.as_str(), number, listed_part, part)?;
        }
        if index + 1 < listed.len() && part.content.size < SMALLEST_PART {
            return Err(s3_error!(
                EntityTooSmall,
                "Part {number} is smaller than the minimum allowed size"
            ));
        }
        chosen.push(part.clone());
    }
    Ok(chosen)
}

fn check_listed_checksum(
    algorithm: &str,
    number: i32,
    listed: &CompletedPart,
    part: &Part,
) -> S3Result<()> {
    let listed = Checksum {
        checksum_crc32: listed.checksum_crc32.clone(),
        checksum_crc32c: listed.checksum_crc32c.clone(),
        checksum_crc64nvme: listed.checksum_crc64nvme.clone(),
        checksum_sha1: listed.checksum_sha1.clone(),
        checksum_sha256: listed.checksum_sha256.clone(),
        checksum_type: None,
    };
    let Some(value) = value_of(&listed, algorithm) else {
        return Err(s3_error!(
            InvalidRequest,
            "The upload was created using a {algorithm} checksum. The complete request must include the checksum for \
             each part. It was missing for part {number} in the request."
        ));
    };
    if Some(value) == value_of(&part.content.checksum, algorithm) {
        return Ok(());
    }
    Err(s3_error!(
        InvalidPart,
        "The checksum of part {number} is not that of the uploaded part."
    ))
}

fn value_of<'a>(checksum: &'a Checksum, algorithm: &str) -> Option<&'a str> {
    values(checksum)
        .into_iter()
        .find(|(name, _)| *name == algorithm)
        .map(|(_, value)| value)
}

/// One file of all parts, with the checksum of their checksums.
fn join(store: &Store, upload: &Upload, parts: &[Part]) -> io::Result<Content> {
    let (path, mut file) = store.create_file()?;
    let mut size = 0;
    for part in parts {
        size += io::copy(&mut File::open(&part.content.path)?, &mut file)?;
    }
    let checksum = upload
        .algorithm
        .as_ref()
        .and_then(|algorithm| composite(algorithm.as_str(), parts));
    Ok(Content {
        path,
        size,
        checksum: checksum.unwrap_or_default(),
    })
}

/// The checksum of the parts' checksums, with their number (Amazon S3 User Guide, "composite checksums").
fn composite(algorithm: &str, parts: &[Part]) -> Option<Checksum> {
    let mut hasher = ChecksumHasher::default();
    enable(&mut hasher, algorithm).ok()?;
    for part in parts {
        hasher.update(
            &STANDARD
                .decode_to_vec(value_of(&part.content.checksum, algorithm)?)
                .ok()?,
        );
    }
    let numbered = |value: Option<String>| value.map(|value| format!("{value}-{}", parts.len()));
    let whole = hasher.finalize();
    Some(Checksum {
        checksum_crc32: numbered(whole.checksum_crc32),
        checksum_crc32c: numbered(whole.checksum_crc32c),
        checksum_crc64nvme: numbered(whole.checksum_crc64nvme),
        checksum_sha1: numbered(whole.checksum_sha1),
        checksum_sha256: numbered(whole.checksum_sha256),
        checksum_type: Some(ChecksumType::from_static(ChecksumType::COMPOSITE)),
    })
}
