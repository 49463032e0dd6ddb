//! In what S3 servers differ, as data: each row is what one server does, and the server that runs is held to its row. Nothing
//! in the transfers depends on any of it; what every server must do is in `conformance.rs`.
//!
//! `S3_TEST_SERVER` names the row of the server that `S3_TEST_ENDPOINT` leads to. Without it, what that server does is shown.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use crate::common::{Server, noise};
use dump_store::{Content, ErrorKind, Key, ObjectStore, Oid, S3Store, ServerCopy};

/// What one server does where others do otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of its own, and they are a table's columns"
)]
struct Habits {
    /// Content whose SHA-256 isn't the one that came with it is refused.
    checks_objects: bool,
    /// Likewise a part by its CRC-32.
    checks_parts: bool,
    /// Says the SHA-256 of what it has copied by itself.
    hashes_copies: bool,
    /// Says whether a lifecycle rule deletes unfinished uploads. `None` is no answer.
    knows_lifecycles: bool,
    /// A listing has the tag of each object, so that what recipes need can be noted.
    lists_tags: bool,
}

/// By name and version.
const SERVERS: [(&str, Habits); 4] = [
    (
        "testkit",
        Habits {
            checks_objects: true,
            checks_parts: true,
            hashes_copies: true,
            knows_lifecycles: true,
            lists_tags: true,
        },
    ),
    (
        "radosgw 16.2",
        Habits {
            checks_objects: false,
            checks_parts: false,
            hashes_copies: false,
            knows_lifecycles: true,
            lists_tags: true,
        },
    ),
    (
        "moto 5.2",
        Habits {
            checks_objects: false,
            checks_parts: false,
            hashes_copies: true,
            knows_lifecycles: true,
            lists_tags: true,
        },
    ),
    (
        "garage 2.5",
        Habits {
            checks_objects: true,
            checks_parts: true,
            hashes_copies: false,
            knows_lifecycles: true,
            lists_tags: true,
        },
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_what_is_known_of_it() {
    let kit = Server::embedded();
    assert_eq!(habits(&kit.store()).await, row("testkit"));
    let server = Server::start();
    if matches!(server, Server::Named { .. }) {
        let found = habits(&server.store()).await;
        println!("{found:#?}");
        if let Ok(name) = std::env::var("S3_TEST_SERVER") {
            assert_eq!(found, row(&name), "{name}");
        }
    }
}

fn row(name: &str) -> Habits {
    let row = SERVERS.iter().find(|(known, _)| known.starts_with(name));
    row.unwrap_or_else(|| panic!("nothing is known of `{name}`"))
        .1
}

/// Tries it.
async fn habits(store: &S3Store) -> Habits {
    let refused = |outcome: Result<(), dump_store::StoreError>| match outcome {
        Ok(()) => false,
        Err(error) => {
            assert_eq!(*error.kind(), ErrorKind::BadDigest, "{error}");
            true
        }
    };
    let bytes = noise(1000, 1);
    let key = Key::new("servers/a");
    let content = || Content::from_bytes(bytes.clone());
    let wrong = Oid::of(b"something else");
    let put = store.put(&key, content(), wrong.as_bytes()).await;
    let checks_objects = refused(put.map(drop));
    let upload = store.create_parts(&key).await.unwrap();
    let other = crc32fast::hash(&bytes) ^ 1;
    let part = store.put_part(&key, &upload, 1, content(), other).await;
    let checks_parts = refused(part.map(drop));
    store.abort_parts(&key, &upload).await.unwrap();

    let right = Oid::of(&bytes);
    store.put(&key, content(), right.as_bytes()).await.unwrap();
    let to = Key::new("servers/b");
    let copied = store.copy_from(store, &key, &to).await.unwrap();
    let hashes_copies = match copied {
        ServerCopy::Done { sha256 } => sha256 == Some(*right.as_bytes()),
        ServerCopy::Refused => false,
    };
    let expire = store.unfinished_uploads_expire("servers/").await;
    let page = store.list("servers/", None).await.unwrap();
    Habits {
        checks_objects,
        checks_parts,
        hashes_copies,
        knows_lifecycles: matches!(expire, Ok(Some(_))),
        lists_tags: page.objects.iter().all(|object| object.tag.is_some()),
    }
}
