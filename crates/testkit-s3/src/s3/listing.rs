//! Lists of objects, uploads and parts, in pages.

use s3s::S3Result;
use s3s::dto::{
    CommonPrefix, ETag, ListMultipartUploadsInput, ListMultipartUploadsOutput, ListObjectsV2Input,
    ListObjectsV2Output, ListPartsInput, ListPartsOutput, MultipartUpload, Object,
    ObjectStorageClass, Part,
};

use super::body::hexadecimal;
use super::multipart::find;
use super::store::{Object as Stored, Store};

/// The longest page of any list.
const PAGE: usize = 1000;

/// A page of objects, or of what their keys begin with up to a delimiter.
pub(super) fn objects(store: &Store, input: ListObjectsV2Input) -> ListObjectsV2Output {
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = input
        .continuation_token
        .clone()
        .or_else(|| input.start_after.clone())
        .unwrap_or_default();
    let limit = page(input.max_keys);
    let mut contents = Vec::new();
    let mut common: Vec<String> = Vec::new();
    let mut last = String::new();
    let mut is_truncated = false;
    for (key, object) in &store.index().objects {
        let Some(rest) = key.strip_prefix(&prefix) else {
            continue;
        };
        let delimiter = input
            .delimiter
            .as_deref()
            .filter(|delimiter| !delimiter.is_empty());
        let group = delimiter.and_then(|delimiter| {
            rest.find(delimiter)
                .map(|place| format!("{prefix}{}", &rest[..place + delimiter.len()]))
        });
        let name = group.as_ref().unwrap_or(key);
        if *name <= after || common.last() == Some(name) {
            continue;
        }
        if contents.len() + common.len() == limit {
            is_truncated = true;
            break;
        }
        last.clone_from(name);
        match group {
            Some(group) => common.push(group),
            None => contents.push(entry(key, object)),
        }
    }
    ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(prefix),
        max_keys: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
        key_count: i32::try_from(contents.len() + common.len()).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(is_truncated),
        next_continuation_token: is_truncated.then_some(last),
        common_prefixes: (!common.is_empty()).then(|| {
            common
                .into_iter()
                .map(|prefix| CommonPrefix {
                    prefix: Some(prefix),
                })
                .collect()
        }),
        contents: Some(contents),
        delimiter: input.delimiter,
        start_after: input.start_after,
        ..ListObjectsV2Output::default()
    }
}

/// A page of unfinished uploads, by key and then by their beginning.
pub(super) fn uploads(
    store: &Store,
    input: ListMultipartUploadsInput,
) -> ListMultipartUploadsOutput {
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = (
        input.key_marker.clone().unwrap_or_default(),
        input.upload_id_marker.clone(),
    );
    let limit = page(input.max_uploads);
    let index = store.index();
    let mut found: Vec<_> = index
        .uploads
        .iter()
        .filter(|(_, upload)| upload.key.starts_with(&prefix))
        // Without an id, all uploads of the marked key are over; with one, those up to it.
        .filter(|(id, upload)| match &after.1 {
            None => upload.key > after.0,
            Some(marker) => (&upload.key, *id) > (&after.0, marker),
        })
        .collect();
    found.sort_by_key(|(id, upload)| (upload.key.clone(), (*id).clone()));
    let is_truncated = found.len() > limit;
    found.truncate(limit);
    let last = found
        .last()
        .filter(|_| is_truncated)
        .map(|(id, upload)| (upload.key.clone(), (*id).clone()));
    let (next_key_marker, next_upload_id_marker) = last.unzip();
    ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: Some(prefix),
        key_marker: input.key_marker,
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
        is_truncated: Some(is_truncated),
        next_key_marker,
        next_upload_id_marker,
        uploads: Some(
            found
                .into_iter()
                .map(|(id, upload)| MultipartUpload {
                    key: Some(upload.key.clone()),
                    upload_id: Some(id.clone()),
                    initiated: Some(upload.initiated.into()),
                    checksum_algorithm: upload.algorithm.clone(),
                    storage_class: upload.attributes.storage_class.clone(),
                    ..MultipartUpload::default()
                })
                .collect(),
        ),
        ..ListMultipartUploadsOutput::default()
    }
}

/// A page of the parts that have arrived.
pub(super) fn parts(store: &Store, input: ListPartsInput) -> S3Result<ListPartsOutput> {
    let upload = find(store, &input.key, &input.upload_id)?;
    let limit = page(input.max_parts);
    let after = input.part_number_marker.unwrap_or_default();
    let mut found: Vec<_> = upload
        .parts
        .iter()
        .filter(|(number, _)| **number > after)
        .collect();
    let is_truncated = found.len() > limit;
    found.truncate(limit);
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        max_parts: Some(i32::try_from(limit).unwrap_or(i32::MAX)),
        part_number_marker: input.part_number_marker,
        is_truncated: Some(is_truncated),
        next_part_number_marker: found
            .last()
            .filter(|_| is_truncated)
            .map(|(number, _)| **number),
        checksum_algorithm: upload.algorithm.clone(),
        parts: Some(
            found
                .into_iter()
                .map(|(number, part)| Part {
                    part_number: Some(*number),
                    e_tag: Some(ETag::Strong(hexadecimal(&part.md5))),
                    size: Some(part.content.size.cast_signed()),
                    last_modified: Some(part.modified.into()),
                    checksum_crc32: part.content.checksum.checksum_crc32.clone(),
                    checksum_crc32c: part.content.checksum.checksum_crc32c.clone(),
                    checksum_crc64nvme: part.content.checksum.checksum_crc64nvme.clone(),
                    checksum_sha1: part.content.checksum.checksum_sha1.clone(),
                    checksum_sha256: part.content.checksum.checksum_sha256.clone(),
                })
                .collect(),
        ),
        ..ListPartsOutput::default()
    })
}

fn entry(key: &str, object: &Stored) -> Object {
    let storage_class = object
        .attributes
        .storage_class
        .as_ref()
        .map_or("STANDARD", |class| class.as_str());
    Object {
        key: Some(key.to_owned()),
        size: Some(object.content.size.cast_signed()),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(object.modified.into()),
        storage_class: Some(ObjectStorageClass::from(storage_class.to_owned())),
        ..Object::default()
    }
}

/// How many entries a client wants, if it is allowed to have so many.
fn page(wanted: Option<i32>) -> usize {
    wanted
        .and_then(|wanted| usize::try_from(wanted).ok())
        .unwrap_or(PAGE)
        .min(PAGE)
}
