//! Objects there and back, on every store; and everything that may go wrong on the way, by plan.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::time::SystemTime;

use crate::common::{Bench, PART, Server, noise};
use dump_store::{
    ErrorKind, FailingStore, Fault, Limits, MemoryStore, ObjectStore, Oid, Step, TransferError,
    Uploaded,
};

type Failing = Bench<FailingStore<MemoryStore>>;

fn failing() -> Failing {
    Bench::new(FailingStore::new(MemoryStore::new()))
}

/// Many parts and a short last one.
fn large() -> Vec<u8> {
    noise(10 * usize::try_from(PART).unwrap() + 12_345, 7)
}

async fn there_and_back<S: ObjectStore>(bench: &Bench<S>, sizes: &[u64]) {
    for size in sizes {
        let content = noise(usize::try_from(*size).unwrap(), *size);
        assert_eq!(
            bench.upload(&content).await.unwrap(),
            Uploaded::Stored,
            "{size} bytes"
        );
        bench.download(&content).await.unwrap();
    }
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn objects_of_any_size_go_there_and_back() {
    let bench = Bench::new(MemoryStore::new());
    there_and_back(
        &bench,
        &[1, PART - 1, PART, PART + 1, 2 * PART, 7 * PART + 1],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_go_to_a_server_and_back() {
    let server = Server::start();
    let bench = Bench::with_limits(server.store(), Limits::for_siblings(8));
    let mib = 1 << 20;
    Box::pin(there_and_back(&bench, &[1, 8 * mib, 8 * mib + 1, 30 * mib])).await;
}

#[tokio::test]
async fn the_key_is_that_of_the_layout() {
    let bench = Bench::new(MemoryStore::new());
    bench.upload(b"dump").await.unwrap();
    assert_eq!(
        bench.store.keys(),
        [bench.layout.object(&Oid::of(b"dump")).to_string()]
    );
}

#[tokio::test]
async fn what_is_there_is_not_sent_again() {
    let mut bench = failing();
    let content = large();
    assert_eq!(bench.upload(&content).await.unwrap(), Uploaded::Stored);
    bench.next_process();
    let (puts, parts) = (
        bench.store.calls(Step::Put),
        bench.store.calls(Step::PutPart),
    );
    assert_eq!(
        bench.upload(&content).await.unwrap(),
        Uploaded::AlreadyThere
    );
    assert_eq!(
        (
            bench.store.calls(Step::Put),
            bench.store.calls(Step::PutPart)
        ),
        (puts, parts)
    );
}

#[tokio::test]
async fn without_the_right_to_list_each_object_is_asked_for() {
    let mut bench = failing();
    bench.upload(b"dump").await.unwrap();
    bench.next_process();
    bench
        .store
        .plan(Step::List, [Fault::Refused(ErrorKind::Denied)]);
    assert_eq!(bench.upload(b"dump").await.unwrap(), Uploaded::AlreadyThere);
    assert_eq!(bench.store.calls(Step::Head), 1);
    // Then S3 says 403 for what isn't there, which is no reason not to store it.
    bench
        .store
        .plan(Step::Head, [Fault::Refused(ErrorKind::Denied)]);
    assert_eq!(bench.upload(b"other").await.unwrap(), Uploaded::Stored);
}

#[tokio::test]
async fn an_object_of_another_size_is_replaced() {
    let bench = Bench::new(MemoryStore::new());
    let key = bench.layout.object(&Oid::of(b"dump"));
    bench.store.write(&key, &b"du"[..], SystemTime::now());
    assert_eq!(bench.upload(b"dump").await.unwrap(), Uploaded::Stored);
    bench.download(b"dump").await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_not_its_oid_is_never_stored() {
    let bench = failing();
    for content in [noise(1000, 1), large()] {
        let (oid, path) = bench.file(&content);
        let mut changed = content.clone();
        changed[content.len() - 1] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let meter = dump_store::Meter::new();
        let error = bench
            .transfers
            .upload(&oid, content.len() as u64, &path, &meter)
            .await
            .unwrap_err();
        assert!(
            matches!(error, TransferError::LocalContent { .. }),
            "{error}"
        );
        std::fs::write(&path, &content[1..]).unwrap();
        let error = bench
            .transfers
            .upload(&oid, content.len() as u64, &path, &meter)
            .await
            .unwrap_err();
        assert!(
            matches!(error, TransferError::LocalContent { .. }),
            "{error}"
        );
    }
    assert_eq!(bench.store.inner().keys(), Vec::<String>::new());
    assert_eq!(bench.store.inner().open_uploads(), 0);
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    for kind in [
        ErrorKind::Throttled,
        ErrorKind::Server,
        ErrorKind::Connection,
        ErrorKind::Timeout,
        ErrorKind::BadDigest,
    ] {
        let bench = failing();
        let twice = || [Fault::Refused(kind.clone()), Fault::Refused(kind.clone())];
        for step in [
            Step::List,
            Step::Put,
            Step::CreateParts,
            Step::PutPart,
            Step::CompleteParts,
            Step::Get,
        ] {
            bench.store.plan(step, twice());
        }
        for content in [noise(1000, 1), large()] {
            bench.upload(&content).await.unwrap();
            bench.download(&content).await.unwrap();
        }
        assert_eq!(bench.leftovers(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn lost_answers_do_no_harm() {
    let bench = failing();
    for step in [
        Step::List,
        Step::Put,
        Step::CreateParts,
        Step::PutPart,
        Step::CompleteParts,
        Step::Get,
    ] {
        bench
            .store
            .plan(step, [Fault::AnswerLost, Fault::AnswerLost]);
    }
    for content in [noise(1000, 1), large()] {
        bench.upload(&content).await.unwrap();
        bench.download(&content).await.unwrap();
    }
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn stalls_are_given_up_and_tried_again() {
    let bench = failing();
    for step in [
        Step::List,
        Step::Put,
        Step::CreateParts,
        Step::PutPart,
        Step::Get,
    ] {
        bench.store.plan(step, [Fault::Stalled]);
    }
    for content in [noise(1000, 1), large()] {
        bench.upload(&content).await.unwrap();
        bench.download(&content).await.unwrap();
    }
}

#[tokio::test]
async fn expired_credentials_are_looked_for_anew() {
    let bench = failing();
    let content = large();
    bench.store.plan(
        Step::PutPart,
        [Fault::None, Fault::Refused(ErrorKind::CredentialsExpired)],
    );
    bench.upload(&content).await.unwrap();
    bench.store.plan(
        Step::Get,
        [Fault::None, Fault::Refused(ErrorKind::CredentialsExpired)],
    );
    bench.download(&content).await.unwrap();
    assert_eq!(bench.store.calls(Step::RenewCredentials), 2);
}

#[tokio::test]
async fn what_cannot_change_fails_at_once() {
    for kind in [
        ErrorKind::Denied,
        ErrorKind::NoSuchBucket,
        ErrorKind::ClockSkew,
        ErrorKind::CredentialsRefused,
    ] {
        let bench = failing();
        bench.store.plan(Step::Put, [Fault::Refused(kind.clone())]);
        let error = bench.upload(b"dump").await.unwrap_err();
        assert!(
            matches!(&error, TransferError::Store { error, .. } if *error.kind() == kind),
            "{error}"
        );
        assert_eq!(bench.store.calls(Step::Put), 1);
        assert_eq!(
            bench.upload(b"dump").await.unwrap(),
            Uploaded::Stored,
            "a second try succeeds"
        );
    }
}

#[tokio::test]
async fn an_endless_burst_ends_in_an_error_and_a_second_try_succeeds() {
    let mut bench = failing();
    let content = large();
    bench.store.plan(
        Step::PutPart,
        vec![Fault::Refused(ErrorKind::Throttled); 60],
    );
    let error = bench.upload(&content).await.unwrap_err();
    assert!(
        error.to_string().starts_with("memory://team/shop/"),
        "{error}"
    );
    assert_eq!(bench.store.inner().keys(), Vec::<String>::new());
    let inner = bench.store.inner().clone();
    bench.store = FailingStore::new(inner);
    bench.next_process();
    assert_eq!(bench.upload(&content).await.unwrap(), Uploaded::Stored);
    bench.download(&content).await.unwrap();
}

#[tokio::test]
async fn broken_bodies_go_on_where_they_broke() {
    let content = large();
    for fault in [
        Fault::Short(0, true),
        Fault::Short(1000, true),
        Fault::Short(1000, false),
        Fault::Long(10),
    ] {
        let bench = failing();
        bench.upload(&content).await.unwrap();
        bench
            .store
            .plan(Step::Get, [fault.clone(), Fault::None, fault]);
        bench.download(&content).await.unwrap();
    }
}

#[tokio::test]
async fn a_flipped_bit_is_noticed_and_fetched_again() {
    let bench = failing();
    let content = large();
    bench.upload(&content).await.unwrap();
    bench.store.plan(Step::Get, [Fault::None, Fault::Flipped]);
    bench.download(&content).await.unwrap();
}

#[tokio::test]
async fn a_damaged_object_is_never_handed_out() {
    let bench = Bench::new(MemoryStore::new());
    for content in [noise(1000, 1), large()] {
        let key = bench.layout.object(&Oid::of(&content));
        let mut damaged = content.clone();
        damaged[content.len() / 2] ^= 1;
        bench.store.write(&key, damaged, SystemTime::now());
        let error = bench.download(&content).await.unwrap_err();
        assert!(
            matches!(error, TransferError::StoredContent { .. }),
            "{error}"
        );
        assert_eq!(bench.leftovers(), Vec::<String>::new());
        // Mended, it comes.
        bench.store.write(&key, content.clone(), SystemTime::now());
        bench.download(&content).await.unwrap();
    }
}

#[tokio::test]
async fn an_object_of_another_size_is_an_error_that_says_both() {
    let bench = Bench::new(MemoryStore::new());
    let content = large();
    let key = bench.layout.object(&Oid::of(&content));
    for length in [1000, content.len() - 1, content.len() + 1] {
        bench.store.write(&key, noise(length, 1), SystemTime::now());
        let error = bench.download(&content).await.unwrap_err();
        assert!(
            matches!(error, TransferError::StoredSize { found, expected, .. }
                if (found, expected) == (length as u64, content.len() as u64)),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_download_goes_on_where_another_process_was_killed() {
    let mut bench = failing();
    let content = large();
    bench.upload(&content).await.unwrap();
    // Seven ranges come, the eighth ends the process.
    let faults = std::iter::repeat_n(Fault::None, 7).chain([Fault::Refused(ErrorKind::Denied)]);
    bench.store.plan(Step::Get, faults);
    bench.download(&content).await.unwrap_err();
    let before = bench.store.calls(Step::Get);
    bench.next_process();
    bench.download(&content).await.unwrap();
    let asked = bench.store.calls(Step::Get) - before;
    assert!(asked < 11, "{asked} of 11 ranges were fetched again");
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_killed_download_left_is_believed_only_as_far_as_it_is_true() {
    let mut bench = failing();
    let content = large();
    bench.upload(&content).await.unwrap();
    let faults = std::iter::repeat_n(Fault::None, 9).chain([Fault::Refused(ErrorKind::Denied)]);
    bench.store.plan(Step::Get, faults);
    bench.download(&content).await.unwrap_err();
    // A disk that lost what was written last keeps the file's length.
    let partial = bench
        .workspace()
        .join(format!("download/{}.part", Oid::of(&content)));
    let mut bytes = std::fs::read(&partial).unwrap();
    bytes[..1000].fill(0);
    std::fs::write(&partial, bytes).unwrap();
    bench.next_process();
    bench.download(&content).await.unwrap();
}

#[tokio::test]
async fn an_upload_goes_on_where_another_process_was_killed() {
    let mut bench = failing();
    let content = large();
    // Five parts go through; then the network is gone for good.
    let faults =
        std::iter::repeat_n(Fault::None, 5).chain(vec![Fault::Refused(ErrorKind::Connection); 60]);
    bench.store.plan(Step::PutPart, faults);
    bench.upload(&content).await.unwrap_err();
    assert_eq!(bench.store.inner().open_uploads(), 1, "the parts are kept");
    let inner = bench.store.inner().clone();
    bench.store = FailingStore::new(inner);
    bench.next_process();
    assert_eq!(bench.upload(&content).await.unwrap(), Uploaded::Stored);
    assert!(
        bench.store.calls(Step::PutPart) < 11,
        "all parts were sent again"
    );
    assert_eq!(bench.store.calls(Step::CreateParts), 0);
    assert_eq!(bench.store.inner().open_uploads(), 0);
    bench.download(&content).await.unwrap();
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_that_expired_meanwhile_begins_anew() {
    let mut bench = failing();
    let content = large();
    let faults =
        std::iter::repeat_n(Fault::None, 5).chain(vec![Fault::Refused(ErrorKind::Connection); 60]);
    bench.store.plan(Step::PutPart, faults);
    bench.upload(&content).await.unwrap_err();
    // What a lifecycle rule does: the server no longer knows the upload.
    let inner = bench.store.inner().clone();
    let key = bench.layout.object(&Oid::of(&content));
    inner
        .abort_parts(&key, &dump_store::UploadId("upload-1".to_owned()))
        .await
        .unwrap();
    bench.store = FailingStore::new(inner);
    bench.next_process();
    assert_eq!(bench.upload(&content).await.unwrap(), Uploaded::Stored);
    bench.download(&content).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_cannot_succeed_leaves_no_parts() {
    let bench = failing();
    bench.store.plan(
        Step::PutPart,
        [Fault::None, Fault::Refused(ErrorKind::Denied)],
    );
    bench.upload(&large()).await.unwrap_err();
    assert_eq!(bench.store.inner().open_uploads(), 0);
}

#[tokio::test]
async fn two_may_move_the_same_object_at_once() {
    let bench = Bench::new(MemoryStore::new());
    let content = large();
    let (oid, path) = bench.file(&content);
    let size = content.len() as u64;
    let meters = (dump_store::Meter::new(), dump_store::Meter::new());
    let (first, second) = tokio::join!(
        bench.transfers.upload(&oid, size, &path, &meters.0),
        bench.transfers.upload(&oid, size, &path, &meters.1)
    );
    first.unwrap();
    second.unwrap();
    let (first, second) = tokio::join!(bench.download(&content), bench.download(&content));
    first.unwrap();
    second.unwrap();
    assert_eq!(bench.store.open_uploads(), 0);
}

#[tokio::test]
async fn the_meter_ends_at_the_size() {
    let bench = failing();
    let content = large();
    let size = content.len() as u64;
    let (oid, path) = bench.file(&content);
    bench.store.plan(
        Step::PutPart,
        [Fault::AnswerLost, Fault::None, Fault::AnswerLost],
    );
    let meter = dump_store::Meter::new();
    bench
        .transfers
        .upload(&oid, size, &path, &meter)
        .await
        .unwrap();
    assert_eq!(meter.bytes(), size);
    bench
        .store
        .plan(Step::Get, [Fault::Short(1000, false), Fault::Flipped]);
    let meter = dump_store::Meter::new();
    bench.transfers.download(&oid, size, &meter).await.unwrap();
    assert_eq!(meter.bytes(), size);
}

#[tokio::test]
async fn a_failure_after_the_last_byte_begins_the_range_anew() {
    let bench = failing();
    let part = usize::try_from(PART).unwrap();
    let content = noise(2 * part, 1);
    bench.upload(&content).await.unwrap();
    let faults = [Fault::Short(part, false)];
    bench.store.plan(Step::Get, faults);
    bench.download(&content).await.unwrap();
    assert_eq!(bench.store.calls(Step::Get), 3);
}

#[tokio::test]
async fn a_small_object_whose_hash_is_right_needs_no_good_end() {
    let bench = failing();
    let content = noise(1000, 1);
    bench.upload(&content).await.unwrap();
    bench.store.plan(Step::Get, [Fault::Short(1000, false)]);
    bench.download(&content).await.unwrap();
    assert_eq!(bench.store.calls(Step::Get), 1);
    assert_eq!(bench.leftovers(), Vec::<String>::new());
}
