//! Looking after a store: what is in it, whether it is right, and taking out what isn't needed.

use std::time::SystemTime;

use crate::common::{Bench, noise};
use dump_store::{
    ErrorKind, FailingStore, Fault, Item, Key, MemoryStore, Meter, Oid, Step, TransferError,
};

fn failing() -> Bench<FailingStore<MemoryStore>> {
    Bench::new(FailingStore::new(MemoryStore::new()))
}

#[tokio::test]
async fn the_inventory_tells_objects_trash_and_others_apart() {
    let bench = Bench::new(MemoryStore::new().with_page_length(2));
    for content in [&b"one"[..], b"two", b"three"] {
        bench.upload(content).await.unwrap();
    }
    bench
        .transfers
        .take_out(&Item::object(Oid::of(b"two")))
        .await
        .unwrap();
    for other in ["team/shop/readme.txt", "team/shop/00/00/x", "team/other/x"] {
        bench
            .store
            .write(&Key::new(other), &b"x"[..], SystemTime::now());
    }
    let inventory = bench.transfers.inventory().await.unwrap();
    let mut expected = [Oid::of(b"one"), Oid::of(b"three")].map(Item::object);
    expected.sort();
    assert_eq!(
        inventory.items.keys().copied().collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        inventory.trash.keys().copied().collect::<Vec<_>>(),
        [Item::object(Oid::of(b"two"))]
    );
    assert_eq!(inventory.others, 2);
}

#[tokio::test]
async fn what_was_taken_out_can_still_be_fetched_and_put_back() {
    let bench = failing();
    let content = noise(300_000, 1);
    let oid = Oid::of(&content);
    bench.upload(&content).await.unwrap();
    bench.transfers.take_out(&Item::object(oid)).await.unwrap();
    assert_eq!(
        bench.store.inner().keys(),
        [bench.layout.trash(&Item::object(oid)).to_string()]
    );
    bench.download(&content).await.unwrap();
    bench.transfers.put_back(&Item::object(oid)).await.unwrap();
    assert_eq!(
        bench.store.inner().keys(),
        [bench.layout.object(&oid).to_string()]
    );
    bench.transfers.take_out(&Item::object(oid)).await.unwrap();
    bench
        .transfers
        .delete_from_trash(&Item::object(oid))
        .await
        .unwrap();
    assert_eq!(bench.store.inner().keys(), Vec::<String>::new());
    let error = bench.download(&content).await.unwrap_err();
    let address = format!("memory://{}", bench.layout.object(&oid));
    assert!(
        error.to_string().starts_with(&address),
        "it names the object's place: {error}"
    );
}

#[tokio::test]
async fn what_cannot_be_copied_stays_where_it_is() {
    let bench = failing();
    let oid = Oid::of(b"dump");
    bench.upload(b"dump").await.unwrap();
    bench
        .store
        .plan(Step::Copy, [Fault::Refused(ErrorKind::Denied)]);
    bench
        .transfers
        .take_out(&Item::object(oid))
        .await
        .unwrap_err();
    assert_eq!(
        bench.store.inner().keys(),
        [bench.layout.object(&oid).to_string()]
    );
    bench.store.plan(Step::Copy, [Fault::AnswerLost]);
    bench.store.plan(Step::Delete, [Fault::AnswerLost]);
    bench.transfers.take_out(&Item::object(oid)).await.unwrap();
    assert_eq!(
        bench.store.inner().keys(),
        [bench.layout.trash(&Item::object(oid)).to_string()]
    );
}

#[tokio::test]
async fn verifying_reads_through_broken_connections() {
    let bench = failing();
    let content = noise(300_000, 1);
    bench.upload(&content).await.unwrap();
    let faults = [
        Fault::Short(100_000, false),
        Fault::Short(1000, true),
        Fault::Refused(ErrorKind::Server),
    ];
    bench.store.plan(Step::Get, faults);
    let meter = Meter::new();
    bench
        .transfers
        .verify(&Oid::of(&content), 300_000, &meter)
        .await
        .unwrap();
    assert_eq!(meter.bytes(), 300_000);
    assert_eq!(bench.store.calls(Step::Get), 4);
}

#[tokio::test]
async fn verifying_finds_what_is_wrong() {
    let bench = failing();
    let content = noise(300_000, 1);
    let oid = Oid::of(&content);
    let verify = || async { bench.transfers.verify(&oid, 300_000, &Meter::new()).await };
    assert!(matches!(verify().await, Err(TransferError::Store { .. })));
    let key = bench.layout.object(&oid);
    bench
        .store
        .inner()
        .write(&key, noise(300_000, 2), SystemTime::now());
    assert!(matches!(
        verify().await,
        Err(TransferError::StoredContent { .. })
    ));
    bench
        .store
        .inner()
        .write(&key, noise(300_001, 1), SystemTime::now());
    assert!(matches!(
        verify().await,
        Err(TransferError::StoredSize { found: 300_001, .. })
    ));
}

#[tokio::test]
async fn checking_the_right_to_write_leaves_nothing() {
    let bench = failing();
    bench.transfers.check_writing().await.unwrap();
    assert_eq!(bench.store.inner().keys(), Vec::<String>::new());
    assert_eq!(bench.store.inner().open_uploads(), 0);
    bench
        .store
        .plan(Step::CreateParts, [Fault::Refused(ErrorKind::Denied)]);
    bench.transfers.check_writing().await.unwrap_err();
}

#[tokio::test]
async fn a_store_that_never_answers_is_asked_again() {
    let bench = failing();
    bench.upload(b"dump").await.unwrap();
    let item = Item::object(Oid::of(b"dump"));
    for step in [Step::List, Step::Head, Step::Delete, Step::CreateParts] {
        bench.store.plan(step, [Fault::Stalled]);
    }
    bench.transfers.inventory().await.unwrap();
    bench.transfers.check_writing().await.unwrap();
    bench.transfers.take_out(&item).await.unwrap();
    bench.store.plan(Step::Delete, [Fault::Stalled]);
    bench.transfers.delete_from_trash(&item).await.unwrap();
    assert_eq!(bench.store.inner().keys(), Vec::<String>::new());
}

#[tokio::test]
async fn what_was_taken_out_comes_to_those_who_may_not_list() {
    let bench = failing();
    for content in [noise(1000, 1), noise(300_000, 2)] {
        bench.upload(&content).await.unwrap();
        let item = Item::object(Oid::of(&content));
        bench.transfers.take_out(&item).await.unwrap();
    }
    bench.store.refuse_listing();
    for content in [noise(1000, 1), noise(300_000, 2)] {
        bench.download(&content).await.unwrap();
    }
    let error = bench.download(&noise(1000, 3)).await.unwrap_err();
    let address = bench.layout.object(&Oid::of(&noise(1000, 3)));
    assert!(
        error.to_string().contains(&format!("//{address}: ")),
        "it names the object's place: {error}"
    );
}

/// More breaks than one request is tried: each brought something, so none of them is the last.
#[tokio::test]
async fn a_line_that_breaks_again_and_again_brings_a_long_object() {
    let content = noise(20 << 20, 1);
    let bench = Bench::with_limits(
        FailingStore::new(MemoryStore::new()),
        dump_store::Limits::for_siblings(1),
    );
    bench.upload(&content).await.unwrap();
    let breaks = || vec![Fault::Short(1_200_000, false); 12];
    bench.store.plan(Step::Get, breaks());
    let (oid, size) = (Oid::of(&content), content.len() as u64);
    bench
        .transfers
        .verify(&oid, size, &Meter::new())
        .await
        .unwrap();
    bench.store.plan(Step::Get, breaks());
    bench.download(&content).await.unwrap();
    // One that brings next to nothing is given up.
    bench
        .store
        .plan(Step::Get, vec![Fault::Short(1000, false); 12]);
    let verified = bench.transfers.verify(&oid, size, &Meter::new()).await;
    verified.unwrap_err();
}

/// Who is asked for a code may take minutes, which no request may.
#[tokio::test]
async fn credentials_are_looked_for_before_the_first_request() {
    let bench = failing();
    bench.upload(b"dump").await.unwrap();
    let (oid, meter) = (Oid::of(b"dump"), Meter::new());
    let missing = || Fault::Refused(ErrorKind::CredentialsMissing { profile: None });
    bench.store.plan(
        Step::Ready,
        [missing(), missing(), missing(), missing(), missing()],
    );
    let requests =
        || [Step::List, Step::Head, Step::Get, Step::Put].map(|step| bench.store.calls(step));
    let before = requests();
    let failed = [
        bench.upload(b"other").await.map(drop),
        bench.download(b"dump").await,
        bench.transfers.verify(&oid, 4, &meter).await,
        bench.transfers.inventory().await.map(drop),
        bench.transfers.stored(&Item::object(oid)).await.map(drop),
    ];
    for outcome in failed {
        let error = outcome.unwrap_err().to_string();
        assert!(error.starts_with("memory://team/shop/"), "{error}");
    }
    assert_eq!(requests(), before);
}
