//! The operations of S3 on objects, as Amazon's documentation has them, for one bucket and one account.
//!
//! What isn't here answers `NotImplemented`, so that a client which begins to need more is told. Versioning and access
//! rules are left out; lifecycles, storage classes and metadata are kept and told, without effect.

use std::fs::File;
use std::io;
use std::time::SystemTime;

use s3s::dto::{
    AbortIncompleteMultipartUpload, AbortMultipartUploadInput, AbortMultipartUploadOutput,
    Checksum, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CopyObjectInput,
    CopyObjectOutput, CopyObjectResult, CopySource, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, DeletedObject, ETag, ExpirationStatus,
    GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput,
    GetBucketLocationInput, GetBucketLocationOutput, GetObjectInput, GetObjectOutput,
    HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, LifecycleRule,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListObjectsV2Input, ListObjectsV2Output,
    ListPartsInput, ListPartsOutput, PutObjectInput, PutObjectOutput, UploadPartCopyInput,
    UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

use super::body::{Promise, checksum, hexadecimal, receive, send};
use super::bucket::Bucket;
use super::store::{Attributes, Object as Stored};
use super::{listing, multipart};

#[async_trait::async_trait]
impl S3 for Bucket {
    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.check_name(&request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        self.check_name(&request.input.bucket)?;
        Ok(S3Response::new(GetBucketLocationOutput::default()))
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        self.check_name(&input.bucket)?;
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
            algorithm: input.checksum_algorithm,
            trailer: request.trailing_headers,
        };
        let received = receive(&self.store, input.body, promise).await?;
        // Now, not before the body: another writer may have been faster.
        if let Err(error) = self.may_write(
            &input.key,
            input.if_match.as_ref(),
            input.if_none_match.as_ref(),
        ) {
            super::store::remove_file(Some(received.content));
            return Err(error);
        }
        let etag = hexadecimal(&received.md5);
        let checksum = received.content.checksum.clone();
        let attributes = Attributes {
            content_type: input.content_type,
            content_encoding: input.content_encoding,
            metadata: input.metadata,
            storage_class: input.storage_class,
        };
        let object = Stored {
            content: received.content,
            etag: etag.clone(),
            modified: SystemTime::now(),
            attributes,
        };
        self.store.put(&input.key, object);
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(etag)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            ..PutObjectOutput::default()
        }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let object = self.find(
            &input.bucket,
            &input.key,
            input.if_match.as_ref(),
            input.if_none_match.as_ref(),
        )?;
        let size = object.content.size;
        let range = input.range.map(|range| range.check(size)).transpose()?;
        let (start, length) = range
            .as_ref()
            .map_or((0, size), |range| (range.start, range.end - range.start));
        // Amazon tells the checksum of the whole, so only with the whole.
        let checksum = if range.is_none() && input.checksum_mode.is_some() {
            object.content.checksum.clone()
        } else {
            Checksum::default()
        };
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(send(&object.content, start, length)?),
            content_length: Some(length.cast_signed()),
            content_range: range
                .map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1)),
            content_type: object.attributes.content_type,
            content_encoding: object.attributes.content_encoding,
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified.into()),
            metadata: object.attributes.metadata,
            storage_class: object.attributes.storage_class,
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            checksum_type: checksum.checksum_type,
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let object = self.find(
            &input.bucket,
            &input.key,
            input.if_match.as_ref(),
            input.if_none_match.as_ref(),
        )?;
        let checksum = input
            .checksum_mode
            .map(|_| object.content.checksum.clone())
            .unwrap_or_default();
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(object.content.size.cast_signed()),
            content_type: object.attributes.content_type,
            content_encoding: object.attributes.content_encoding,
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified.into()),
            metadata: object.attributes.metadata,
            storage_class: object.attributes.storage_class,
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
            checksum_type: checksum.checksum_type,
            ..HeadObjectOutput::default()
        }))
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = request.input;
        self.check_name(&input.bucket)?;
        let CopySource::Bucket { bucket, key, .. } = &input.copy_source else {
            return Err(s3_error!(
                NotImplemented,
                "access points are not known here"
            ));
        };
        let mut object = self.find(bucket, key, None, None)?;
        let (path, mut file) = self
            .store
            .create_file()
            .map_err(|error| s3_error!(error, InternalError))?;
        let copied = File::open(&object.content.path)
            .and_then(|mut source| io::copy(&mut source, &mut file));
        copied.map_err(|error| s3_error!(error, InternalError))?;
        object.content.path = path;
        object.modified = SystemTime::now();
        if let Some(algorithm) = &input.checksum_algorithm {
            object.content.checksum = checksum(&object.content.path, algorithm.as_str())?;
        }
        let checksum = object.content.checksum.clone();
        let result = CopyObjectResult {
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(object.modified.into()),
            checksum_crc32: checksum.checksum_crc32,
            checksum_sha256: checksum.checksum_sha256,
            ..CopyObjectResult::default()
        };
        self.store.put(&input.key, object);
        Ok(S3Response::new(CopyObjectOutput {
            copy_object_result: Some(result),
            ..CopyObjectOutput::default()
        }))
    }

    async fn get_bucket_lifecycle_configuration(
        &self,
        request: S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
        self.check_name(&request.input.bucket)?;
        let Some(days) = self.store.index().unfinished_days else {
            return Err(s3_error!(
                NoSuchLifecycleConfiguration,
                "The lifecycle configuration does not exist"
            ));
        };
        let rule = LifecycleRule {
            abort_incomplete_multipart_upload: Some(AbortIncompleteMultipartUpload {
                days_after_initiation: Some(days),
            }),
            expiration: None,
            filter: None,
            id: None,
            noncurrent_version_expiration: None,
            noncurrent_version_transitions: None,
            prefix: Some(String::new()),
            status: ExpirationStatus::from_static(ExpirationStatus::ENABLED),
            transitions: None,
        };
        Ok(S3Response::new(GetBucketLifecycleConfigurationOutput {
            rules: Some(vec![rule]),
            ..GetBucketLifecycleConfigurationOutput::default()
        }))
    }

    async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        self.check_name(&request.input.bucket)?;
        multipart::copy_part(self, &request.input).map(S3Response::new)
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.check_name(&request.input.bucket)?;
        self.store.delete(&request.input.key);
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let input = request.input;
        self.check_name(&input.bucket)?;
        if input.delete.objects.len() > 1000 {
            return Err(s3_error!(MalformedXML));
        }
        let mut deleted = Vec::new();
        for object in input.delete.objects {
            // A key without an object counts as deleted.
            self.store.delete(&object.key);
            deleted.push(DeletedObject {
                key: Some(object.key),
                ..DeletedObject::default()
            });
        }
        let deleted = (input.delete.quiet != Some(true)).then_some(deleted);
        Ok(S3Response::new(DeleteObjectsOutput {
            deleted,
            ..DeleteObjectsOutput::default()
        }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.check_name(&request.input.bucket)?;
        Ok(S3Response::new(listing::objects(
            &self.store,
            request.input,
        )))
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        self.check_name(&request.input.bucket)?;
        Ok(S3Response::new(listing::uploads(
            &self.store,
            request.input,
        )))
    }

    async fn list_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> S3Result<S3Response<ListPartsOutput>> {
        self.check_name(&request.input.bucket)?;
        listing::parts(&self.store, request.input).map(S3Response::new)
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.check_name(&request.input.bucket)?;
        Ok(S3Response::new(multipart::create(
            &self.store,
            request.input,
        )))
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        self.check_name(&request.input.bucket)?;
        multipart::upload_part(&self.store, request.input, request.trailing_headers)
            .await
            .map(S3Response::new)
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.check_name(&request.input.bucket)?;
        multipart::complete(self, request.input).map(S3Response::new)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.check_name(&request.input.bucket)?;
        multipart::abort(&self.store, &request.input.key, &request.input.upload_id)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}
