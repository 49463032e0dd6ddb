//! One suite that every store passes: what the transfers rely on, and nothing that servers disagree about.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use crate::common::{Server, noise};
use dump_store::{
    ByteRange, Content, ErrorKind, FailingStore, Key, MemoryStore, ObjectStore, Oid, S3Settings,
    S3Store, StoredPart,
};

/// S3 takes no smaller part, but for the last.
const PART: usize = 5 << 20;

#[tokio::test]
async fn the_memory_store_conforms() {
    conforms(&MemoryStore::new()).await;
}

#[tokio::test]
async fn the_failing_store_conforms_when_nothing_fails() {
    conforms(&FailingStore::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_s3_server_conforms() {
    let server = Server::start();
    conforms(&server.store()).await;
}

// Not a part of the suite: some servers take any checksum (moto), or any of a part (s3s-fs).
#[tokio::test(flavor = "multi_thread")]
async fn damaged_content_is_refused_where_the_server_checks() {
    damaged_content_is_refused(&MemoryStore::new()).await;
    let server = Server::embedded();
    damaged_content_is_refused(&server.store()).await;
}

#[tokio::test]
async fn a_damaged_part_is_refused() {
    let store = MemoryStore::new();
    let key = Key::new("conformance/damaged");
    let bytes = noise(1000, 3);
    let upload = store.create_parts(&key).await.unwrap();
    let wrong = crc32fast::hash(&bytes) ^ 1;
    let error = store
        .put_part(&key, &upload, 1, Content::from_bytes(bytes), wrong)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::BadDigest, "{error}");
}

#[tokio::test]
async fn a_listing_comes_in_pages() {
    let store = MemoryStore::new().with_page_length(2);
    lists_in_order(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_is_copied_in_parts() {
    let server = Server::start();
    let store = S3Store::new(S3Settings {
        largest_copy: Some(PART as u64),
        ..server.settings()
    });
    let (from, to) = (
        Key::new("conformance/large é"),
        Key::new("conformance/copy"),
    );
    let bytes = noise(2 * PART + 1000, 9);
    put(&store, &from, &bytes).await;
    store.copy(&from, &to).await.expect("the object is copied");
    assert!(read(&store, &to, 0, bytes.len() as u64).await == bytes);
}

async fn conforms(store: &impl ObjectStore) {
    a_stored_object_is_there(store).await;
    what_is_not_there_is_said_so(store).await;
    ranges_are_what_was_asked_for(store).await;
    parts_become_an_object(store).await;
    an_unfinished_upload_shows_nothing(store).await;
    lists_in_order(store).await;
    deleting_and_copying(store).await;
}

async fn put(store: &impl ObjectStore, key: &Key, bytes: &[u8]) {
    let content = Content::from_bytes(bytes.to_vec());
    store
        .put(key, content, Oid::of(bytes).as_bytes())
        .await
        .expect("the object is stored");
}

async fn read(store: &impl ObjectStore, key: &Key, offset: u64, length: u64) -> Vec<u8> {
    let body = store
        .get(key, ByteRange { offset, length })
        .await
        .expect("the range is there");
    body.collect().await.expect("the body is whole")
}

async fn a_stored_object_is_there(store: &impl ObjectStore) {
    let key = Key::new("conformance/put/é and space");
    let bytes = noise(100_000, 1);
    put(store, &key, &bytes).await;
    let info = store
        .head(&key)
        .await
        .unwrap()
        .expect("the object is there");
    assert_eq!(info.size, 100_000);
    assert!(info.modified.is_some());
    assert!(read(store, &key, 0, 100_000).await == bytes);
    // Twice is as good as once.
    put(store, &key, &bytes).await;
    assert!(read(store, &key, 0, 100_000).await == bytes);
}

async fn what_is_not_there_is_said_so(store: &impl ObjectStore) {
    let key = Key::new("conformance/absent");
    assert_eq!(store.head(&key).await, Ok(None));
    let error = store
        .get(
            &key,
            ByteRange {
                offset: 0,
                length: 1,
            },
        )
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound, "{error}");
    assert_eq!(store.delete(&key).await, Ok(()));
}

async fn ranges_are_what_was_asked_for(store: &impl ObjectStore) {
    let key = Key::new("conformance/ranges");
    let bytes = noise(1000, 2);
    put(store, &key, &bytes).await;
    assert_eq!(read(store, &key, 0, 1).await, bytes[..1]);
    assert_eq!(read(store, &key, 500, 100).await, bytes[500..600]);
    assert_eq!(read(store, &key, 990, 100).await, bytes[990..]);
    let body = store
        .get(
            &key,
            ByteRange {
                offset: 10,
                length: 5,
            },
        )
        .await
        .unwrap();
    assert_eq!(body.total(), 1000);
    let error = store
        .get(
            &key,
            ByteRange {
                offset: 1000,
                length: 1,
            },
        )
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OutOfRange, "{error}");
}

async fn damaged_content_is_refused(store: &impl ObjectStore) {
    let key = Key::new("conformance/damaged");
    let bytes = noise(1000, 3);
    let mut damaged = bytes.clone();
    damaged[500] ^= 1;
    let error = store
        .put(
            &key,
            Content::from_bytes(damaged),
            Oid::of(&bytes).as_bytes(),
        )
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::BadDigest, "{error}");
    assert_eq!(store.head(&key).await, Ok(None));
}

async fn parts_become_an_object(store: &impl ObjectStore) {
    let key = Key::new("conformance/parts");
    let bytes = noise(2 * PART + 1000, 4);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    let file = std::sync::Arc::new(file.reopen().unwrap());
    let upload = store.create_parts(&key).await.unwrap();
    let mut parts = Vec::new();
    // Out of order, and one of them twice, as it happens with retries.
    for number in [3u32, 1, 2, 1] {
        let offset = (number as usize - 1) * PART;
        let part = &bytes[offset..bytes.len().min(offset + PART)];
        let crc32 = crc32fast::hash(part);
        let content = Content::from_file(file.clone(), offset as u64, part.len() as u64);
        let etag = store
            .put_part(&key, &upload, number, content, crc32)
            .await
            .expect("the part is stored");
        parts.retain(|part: &StoredPart| part.number != number);
        parts.push(StoredPart {
            number,
            etag,
            crc32,
        });
    }
    parts.sort_by_key(|part| part.number);
    store
        .complete_parts(&key, &upload, &parts)
        .await
        .expect("the parts become an object");
    assert_eq!(
        store.head(&key).await.unwrap().map(|info| info.size),
        Some(bytes.len() as u64)
    );
    assert!(read(store, &key, 0, bytes.len() as u64).await == bytes);
}

async fn an_unfinished_upload_shows_nothing(store: &impl ObjectStore) {
    let key = Key::new("conformance/unfinished");
    let upload = store.create_parts(&key).await.unwrap();
    let bytes = noise(1000, 5);
    let content = || Content::from_bytes(bytes.clone());
    store
        .put_part(&key, &upload, 1, content(), crc32fast::hash(&bytes))
        .await
        .unwrap();
    assert_eq!(store.head(&key).await, Ok(None));
    store.abort_parts(&key, &upload).await.unwrap();
    // Servers differ in how they say it.
    store
        .put_part(&key, &upload, 1, content(), crc32fast::hash(&bytes))
        .await
        .expect_err("the upload is gone");
}

async fn lists_in_order(store: &impl ObjectStore) {
    for name in ["b/2", "a/1", "b/1", "c"] {
        put(
            store,
            &Key::new(format!("conformance/list/{name}")),
            name.as_bytes(),
        )
        .await;
    }
    let mut keys = Vec::new();
    let mut continuation = None;
    loop {
        let page = store
            .list("conformance/list/", continuation.as_deref())
            .await
            .expect("a page");
        keys.extend(
            page.objects
                .iter()
                .map(|object| (object.key.to_string(), object.info.size)),
        );
        continuation = page.continuation;
        if continuation.is_none() {
            break;
        }
    }
    let expected = [("a/1", 3), ("b/1", 3), ("b/2", 3), ("c", 1)];
    assert_eq!(
        keys,
        expected.map(|(name, size)| (format!("conformance/list/{name}"), size))
    );
    assert_eq!(
        store
            .list("conformance/nothing/", None)
            .await
            .unwrap()
            .objects,
        []
    );
}

async fn deleting_and_copying(store: &impl ObjectStore) {
    let (from, to) = (Key::new("conformance/from é"), Key::new("conformance/to"));
    put(store, &from, b"content").await;
    store.copy(&from, &to).await.expect("the object is copied");
    store.delete(&from).await.expect("the object is deleted");
    assert_eq!(store.head(&from).await, Ok(None));
    assert_eq!(read(store, &to, 0, 7).await, b"content");
}
