//! The embedded server answers as Amazon's does where a client's mistakes would show. Amazon's own client asks.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::upload_part::builders::UploadPartFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload, CompletedPart, StorageClass,
};
use testkit_s3::proxy::{Fault, FaultProxy, Matching};
use testkit_s3::s3::EmbeddedS3;

const MEBIBYTE: usize = 1024 * 1024;

#[test]
fn objects_are_put_read_listed_and_deleted() {
    run(async |s3, client| {
        put(&client, "a/1", b"one").await.unwrap();
        put(&client, "a/2", b"two!").await.unwrap();
        s3.put("b", b"behind its back");
        assert_eq!(s3.keys(), ["a/1", "a/2", "b"]);
        assert_eq!(s3.read("a/2").unwrap(), b"two!");
        assert_eq!(get(&client, "b").await, b"behind its back");

        let head = client
            .head_object()
            .bucket(s3.bucket())
            .key("a/2")
            .send()
            .await
            .unwrap();
        assert_eq!(head.content_length(), Some(4));
        let missing = client
            .head_object()
            .bucket(s3.bucket())
            .key("c")
            .send()
            .await
            .unwrap_err();
        assert_eq!(status(&missing), 404);

        client
            .delete_object()
            .bucket(s3.bucket())
            .key("a/1")
            .send()
            .await
            .unwrap();
        client
            .delete_object()
            .bucket(s3.bucket())
            .key("never there")
            .send()
            .await
            .unwrap();
        s3.delete("b");
        assert_eq!(s3.keys(), ["a/2"]);
    });
}

#[test]
fn only_the_right_credentials_and_the_right_bucket_get_in() {
    run(async |s3, client| {
        put(&client, "key", b"secret").await.unwrap();
        let stranger = client_with(&s3.endpoint(), s3.access_key(), "wrong");
        let refused = stranger
            .get_object()
            .bucket(s3.bucket())
            .key("key")
            .send()
            .await
            .unwrap_err();
        assert_eq!(
            (status(&refused), refused.code()),
            (403, Some("SignatureDoesNotMatch"))
        );
        let elsewhere = client
            .get_object()
            .bucket("another")
            .key("key")
            .send()
            .await
            .unwrap_err();
        assert_eq!(
            (status(&elsewhere), elsewhere.code()),
            (404, Some("NoSuchBucket"))
        );
    });
}

#[test]
fn ranges_and_conditions_hold() {
    run(async |s3, client| {
        put(&client, "key", b"0123456789").await.unwrap();
        let request = || client.get_object().bucket(s3.bucket()).key("key");
        let part = request().range("bytes=3-5").send().await.unwrap();
        assert_eq!(part.content_range(), Some("bytes 3-5/10"));
        assert_eq!(part.body.collect().await.unwrap().to_vec(), b"345");
        let beyond = request().range("bytes=10-").send().await.unwrap_err();
        assert_eq!(
            (status(&beyond), beyond.code()),
            (416, Some("InvalidRange"))
        );

        let etag = client
            .head_object()
            .bucket(s3.bucket())
            .key("key")
            .send()
            .await
            .unwrap()
            .e_tag
            .unwrap();
        request().if_match(&etag).send().await.unwrap();
        assert_eq!(
            status(&request().if_match("\"other\"").send().await.unwrap_err()),
            412
        );
        assert_eq!(
            status(&request().if_none_match(&etag).send().await.unwrap_err()),
            304
        );

        let write = || {
            client
                .put_object()
                .bucket(s3.bucket())
                .body(ByteStream::from_static(b"new"))
        };
        let taken = write()
            .key("key")
            .if_none_match("*")
            .send()
            .await
            .unwrap_err();
        assert_eq!(
            (status(&taken), taken.code()),
            (412, Some("PreconditionFailed"))
        );
        assert_eq!(s3.read("key").unwrap(), b"0123456789");
        write()
            .key("fresh")
            .if_none_match("*")
            .send()
            .await
            .unwrap();
    });
}

#[test]
fn lists_come_in_pages_and_by_folders() {
    run(async |s3, client| {
        for key in ["a/1", "a/2", "b/1", "c", "d/1", "d/2"] {
            s3.put(key, b"");
        }
        let mut seen = Vec::new();
        let mut token = None;
        let mut pages = 0;
        loop {
            let request = client
                .list_objects_v2()
                .bucket(s3.bucket())
                .max_keys(4)
                .set_continuation_token(token);
            let page = request.send().await.unwrap();
            pages += 1;
            seen.extend(
                page.contents()
                    .iter()
                    .map(|object| object.key().unwrap().to_owned()),
            );
            token = page.next_continuation_token().map(str::to_owned);
            assert_eq!(page.is_truncated(), Some(token.is_some()));
            if token.is_none() {
                break;
            }
        }
        assert_eq!((pages, seen), (2, s3.keys()));

        let folders = client
            .list_objects_v2()
            .bucket(s3.bucket())
            .delimiter("/")
            .send()
            .await
            .unwrap();
        let names: Vec<&str> = folders
            .common_prefixes()
            .iter()
            .map(|folder| folder.prefix().unwrap())
            .collect();
        assert_eq!(names, ["a/", "b/", "d/"]);
        assert_eq!(folders.contents().len(), 1);
        let inner = client
            .list_objects_v2()
            .bucket(s3.bucket())
            .prefix("d/")
            .delimiter("/")
            .send()
            .await
            .unwrap();
        assert_eq!(inner.contents().len(), 2);
    });
}

#[test]
fn a_body_that_was_damaged_on_its_way_is_refused() {
    run(async |s3, _| {
        let proxy = FaultProxy::start(&s3.endpoint());
        let client = client_with(&proxy.endpoint(), s3.access_key(), s3.secret_key());
        proxy.inject(Matching::method("PUT"), Fault::FlipRequestBit { at: 100 });
        let body = ByteStream::from(vec![7; 1000]);
        let request = client
            .put_object()
            .bucket(s3.bucket())
            .key("key")
            .body(body);
        let refused = request
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .send()
            .await
            .unwrap_err();
        assert_eq!(status(&refused), 400, "{refused:?}");
        assert!(s3.keys().is_empty());
        assert_eq!(proxy.struck(), 1);
    });
}

#[test]
fn an_upload_in_parts_becomes_one_object() {
    run(async |s3, client| {
        let upload = Upload::begin(&client, Some(ChecksumAlgorithm::Crc32)).await;
        let bodies = [vec![1; 5 * MEBIBYTE], vec![2; 10]];
        let mut parts = Vec::new();
        for (number, body) in (1..).zip(&bodies) {
            parts.push(upload.part(number, body.clone()).await.unwrap());
        }
        assert_eq!(s3.unfinished_uploads(), ["key"]);
        assert!(s3.keys().is_empty());
        let listed = client
            .list_parts()
            .bucket(s3.bucket())
            .key("key")
            .upload_id(&upload.id)
            .send()
            .await
            .unwrap();
        assert_eq!(
            listed
                .parts()
                .iter()
                .map(|part| part.size().unwrap())
                .collect::<Vec<_>>(),
            [5_242_880, 10]
        );

        let completed = upload.complete(parts.clone()).await.unwrap();
        assert!(
            completed.e_tag().unwrap().ends_with("-2\""),
            "{completed:?}"
        );
        assert_eq!(s3.read("key").unwrap(), bodies.concat());
        assert!(s3.unfinished_uploads().is_empty());
        let head = client
            .head_object()
            .bucket(s3.bucket())
            .key("key")
            .checksum_mode(ChecksumMode::Enabled);
        assert!(
            head.send()
                .await
                .unwrap()
                .checksum_crc32()
                .unwrap()
                .ends_with("-2")
        );
        let again = upload.complete(parts).await.unwrap_err();
        assert_eq!((status(&again), again.code()), (404, Some("NoSuchUpload")));
    });
}

#[test]
fn mistakes_in_an_upload_are_refused() {
    run(async |s3, client| {
        let upload = Upload::begin(&client, Some(ChecksumAlgorithm::Crc32)).await;
        let small = upload.part(1, vec![1; 100]).await.unwrap();
        let last = upload.part(2, vec![2; 100]).await.unwrap();
        let complete = async |parts: Vec<CompletedPart>| {
            upload
                .complete(parts)
                .await
                .unwrap_err()
                .code()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(
            complete(vec![small.clone(), last.clone()]).await,
            "EntityTooSmall"
        );
        assert_eq!(
            complete(vec![last.clone(), small.clone()]).await,
            "InvalidPartOrder"
        );
        let without_checksum = CompletedPart::builder()
            .part_number(2)
            .e_tag(last.e_tag().unwrap())
            .build();
        assert_eq!(complete(vec![without_checksum]).await, "InvalidRequest");
        let wrong_tag = CompletedPart::builder()
            .part_number(2)
            .e_tag("\"no\"")
            .build();
        assert_eq!(complete(vec![wrong_tag]).await, "InvalidPart");
        let missing = CompletedPart::builder()
            .part_number(3)
            .e_tag(last.e_tag().unwrap())
            .build();
        assert_eq!(complete(vec![missing]).await, "InvalidPart");
        assert!(s3.keys().is_empty());

        // The checksum of four zero bytes, which this body isn't.
        let damaged = upload.request(1, vec![1; 100]).checksum_crc32("IUTkUQ==");
        let refused = damaged.send().await.unwrap_err();
        assert_eq!((status(&refused), refused.code()), (400, Some("BadDigest")));
        let undeclared = Upload::begin(&client, None).await;
        let surprising = undeclared
            .request(1, vec![1; 100])
            .checksum_crc32("IUTkUQ==");
        let refused = surprising.send().await.unwrap_err();
        assert_eq!(
            (status(&refused), refused.code()),
            (400, Some("InvalidRequest"))
        );
    });
}

#[test]
fn unfinished_uploads_are_listed_and_aborted() {
    run(async |s3, client| {
        let (first, second) = (
            Upload::begin(&client, None).await,
            Upload::begin(&client, None).await,
        );
        let list = || client.list_multipart_uploads().bucket(s3.bucket());
        let page = list().max_uploads(1).send().await.unwrap();
        assert_eq!((page.is_truncated(), page.uploads().len()), (Some(true), 1));
        let next = list()
            .set_key_marker(page.next_key_marker().map(str::to_owned))
            .set_upload_id_marker(page.next_upload_id_marker().map(str::to_owned));
        let next = next.send().await.unwrap();
        assert_eq!(
            (next.is_truncated(), next.uploads()[0].upload_id()),
            (Some(false), Some(second.id.as_str()))
        );
        let abort = |id: &str| {
            client
                .abort_multipart_upload()
                .bucket(s3.bucket())
                .key("key")
                .upload_id(id)
                .send()
        };
        abort(&first.id).await.unwrap();
        abort(&second.id).await.unwrap();
        assert!(s3.unfinished_uploads().is_empty());
        assert_eq!(
            abort(&first.id).await.unwrap_err().code(),
            Some("NoSuchUpload")
        );
    });
}

#[test]
fn attributes_and_ages_are_kept() {
    run(async |s3, client| {
        let request = client
            .put_object()
            .bucket(s3.bucket())
            .key("key")
            .body(ByteStream::from_static(b"x"));
        request
            .storage_class(StorageClass::StandardIa)
            .metadata("base", "abc")
            .send()
            .await
            .unwrap();
        assert_eq!(s3.storage_class("key").as_deref(), Some("STANDARD_IA"));
        let head = async || {
            client
                .head_object()
                .bucket(s3.bucket())
                .key("key")
                .send()
                .await
                .unwrap()
        };
        let before = head().await;
        assert_eq!(before.metadata().unwrap()["base"], "abc");
        s3.age("key", Duration::from_hours(48));
        let after = head().await;
        assert_eq!(
            before.last_modified().unwrap().secs() - after.last_modified().unwrap().secs(),
            48 * 3600
        );
    });
}

struct Upload {
    client: Client,
    id: String,
}

impl Upload {
    async fn begin(client: &Client, algorithm: Option<ChecksumAlgorithm>) -> Self {
        let request = client
            .create_multipart_upload()
            .bucket("team-dumps")
            .key("key");
        let created = request
            .set_checksum_algorithm(algorithm)
            .send()
            .await
            .expect("an upload");
        Self {
            client: client.clone(),
            id: created.upload_id.expect("an id"),
        }
    }

    fn request(&self, number: i32, body: Vec<u8>) -> UploadPartFluentBuilder {
        let request = self.client.upload_part().bucket("team-dumps").key("key");
        request
            .upload_id(&self.id)
            .part_number(number)
            .body(body.into())
    }

    async fn part(
        &self,
        number: i32,
        body: Vec<u8>,
    ) -> Result<CompletedPart, SdkError<aws_sdk_s3::operation::upload_part::UploadPartError>> {
        let sent = self.request(number, body).send().await?;
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32)
            .build())
    }

    async fn complete(
        &self,
        parts: Vec<CompletedPart>,
    ) -> Result<
        aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadOutput,
        SdkError<aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadError>,
    > {
        let parts = CompletedMultipartUpload::builder()
            .set_parts(Some(parts))
            .build();
        let request = self
            .client
            .complete_multipart_upload()
            .bucket("team-dumps")
            .key("key")
            .upload_id(&self.id);
        request.multipart_upload(parts).send().await
    }
}

/// A server, a client, and a runtime for the test.
fn run(test: impl AsyncFnOnce(&EmbeddedS3, Client)) {
    let s3 = EmbeddedS3::start();
    let client = client_with(&s3.endpoint(), s3.access_key(), s3.secret_key());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(test(&s3, client));
}

fn client_with(endpoint: &str, access_key: &str, secret_key: &str) -> Client {
    let configuration = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new(access_key, secret_key, None, None, "test"))
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    Client::from_conf(configuration)
}

async fn put(
    client: &Client,
    key: &str,
    body: &'static [u8],
) -> Result<(), SdkError<aws_sdk_s3::operation::put_object::PutObjectError>> {
    client
        .put_object()
        .bucket("team-dumps")
        .key(key)
        .body(ByteStream::from_static(body))
        .send()
        .await
        .map(|_| ())
}

async fn get(client: &Client, key: &str) -> Vec<u8> {
    let object = client
        .get_object()
        .bucket("team-dumps")
        .key(key)
        .send()
        .await
        .expect("an object");
    object.body.collect().await.expect("a body").to_vec()
}

fn status<E>(error: &SdkError<E>) -> u16 {
    error
        .raw_response()
        .map_or(0, |response| response.status().as_u16())
}
