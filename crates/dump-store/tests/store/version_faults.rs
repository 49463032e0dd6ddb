//! Later versions of an object when something goes wrong: here, in the store, between two requests.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::time::{Duration, SystemTime};

use crate::common::developer::{Developer, LITTLE, memory, three};
use dump_store::{
    ErrorKind, Fault, Item, MemoryStore, Meter, ObjectStore, Oid, Step, TransferError,
};

#[tokio::test]
async fn nothing_is_built_on_a_local_object_that_is_damaged() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    let mut damaged = first.clone();
    damaged[10] ^= 1;
    std::fs::write(one.path(&first), damaged).unwrap();
    one.push(&second).await;
    assert!(one.has(Item::object(Oid::of(&second))).await);
}

#[tokio::test]
async fn a_local_object_that_is_damaged_is_not_copied_from() {
    let store = memory();
    let [first, second, _] = three();
    Developer::who_pushed(&store, &[&first, &second]).await;
    let mut two = Developer::new(&store);
    let mut damaged = first.clone();
    damaged[10] ^= 1;
    two.add(&first);
    std::fs::write(two.path(&first), damaged).unwrap();
    let before = store.bytes(Step::Get);
    two.fetch(&second).await;
    let fetched = store.bytes(Step::Get) - before;
    assert!(
        fetched < 2 * LITTLE,
        "only what was damaged was fetched: {fetched}"
    );
}

#[tokio::test]
async fn lists_of_chunks_can_be_deleted_or_damaged_at_any_time() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    let lists = one.directory.path().join("lfs/lfs-agent/chunks");
    for entry in std::fs::read_dir(&lists).unwrap() {
        std::fs::write(entry.unwrap().path(), "lfs-agent chunks 1\nnonsense\n").unwrap();
    }
    one.push(&third).await;
    assert!(one.is_recipe(&third).await);
    std::fs::remove_dir_all(&lists).unwrap();
    one.fetch(&second).await;
}

#[tokio::test]
async fn a_file_that_changes_is_not_stored() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    one.add(&second);
    let mut other = second.clone();
    other[1_510_000] ^= 1;
    std::fs::write(one.path(&second), other).unwrap();
    one.next_process();
    let (oid, path) = (Oid::of(&second), one.path(&second));
    let meter = Meter::new();
    let upload = one
        .transfers
        .upload(&oid, second.len() as u64, &path, &meter);
    let error = upload.await.unwrap_err();
    assert!(
        matches!(error, TransferError::LocalContent { .. }),
        "{error}"
    );
    assert_eq!(store.keys().len(), 1);
}

#[tokio::test]
async fn a_push_that_fails_after_its_pack_leaves_no_recipe_and_goes_on() {
    let store = memory();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    let parts = store.calls(Step::PutPart);
    // The pack goes in parts, so the only put is the recipe's.
    store.plan(Step::Put, [Fault::Refused(ErrorKind::Denied)]);
    one.try_push(&second).await.unwrap_err();
    assert!(!one.has(Item::recipe(Oid::of(&second))).await);
    let packs = |keys: Vec<String>| keys.iter().filter(|key| key.contains("/packs/")).count();
    assert_eq!(packs(store.inner().keys()), 1);
    let sent = store.calls(Step::PutPart);
    assert!(sent > parts);
    one.push(&second).await;
    assert_eq!(
        store.calls(Step::PutPart),
        sent,
        "the pack isn't sent again"
    );
    assert!(one.is_recipe(&second).await);
    Developer::new(&store).fetch(&second).await;
}

/// Lets a push hang at its `step` after `before` of them, kills it there, and tries again.
async fn a_killed_push_is_done_by_the_next(step: Step, before: usize) {
    let store = memory();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    let faults = std::iter::repeat_n(Fault::None, before).chain([Fault::Stalled]);
    store.plan(step, faults);
    let hangs = async {
        while store.planned(step) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // Given up like a process that is killed: nothing of it runs any more.
    tokio::select! {
        pushed = one.try_push(&second) => panic!("{step:?} {before}: it should hang: {pushed:?}"),
        () = hangs => {}
    }
    let (oid, size) = (Oid::of(&second), second.len() as u64);
    if one.has(Item::recipe(oid)).await {
        one.transfers
            .verify(&oid, size, &Meter::new())
            .await
            .unwrap();
    }
    one.try_push(&second).await.unwrap();
    let mut two = Developer::new(&store);
    two.fetch(&second).await;
    assert!(
        !two.has(Item::object(oid)).await,
        "{step:?} {before}: stored as a recipe"
    );
}

#[tokio::test]
async fn a_push_that_is_killed_anywhere_is_done_by_the_next() {
    for (step, before) in [
        (Step::List, 0),
        (Step::CreateParts, 0),
        (Step::PutPart, 0),
        (Step::PutPart, 1),
        (Step::CompleteParts, 0),
        (Step::List, 1),
        (Step::Put, 0),
        (Step::List, 2),
    ] {
        a_killed_push_is_done_by_the_next(step, before).await;
    }
}

#[tokio::test]
async fn a_base_that_is_gone_makes_the_version_whole() {
    let [first, second, _] = three();
    // Before the recipe, when its base and its pack are looked for, and after it.
    for (before, leaves_recipe) in [(0, false), (1, false), (2, true), (3, true)] {
        let store = memory();
        let mut one = Developer::who_pushed(&store, &[&first]).await;
        // What a listing can't tell, each is asked for.
        let refused = Fault::Refused(ErrorKind::Denied);
        store.plan(Step::List, [Fault::None, refused.clone(), refused]);
        let faults =
            std::iter::repeat_n(Fault::None, before).chain([Fault::Refused(ErrorKind::NotFound)]);
        store.plan(Step::Head, faults);
        one.push(&second).await;
        let oid = Oid::of(&second);
        assert!(one.has(Item::object(oid)).await, "after {before} requests");
        assert_eq!(
            one.has(Item::recipe(oid)).await,
            leaves_recipe,
            "after {before} requests"
        );
        one.transfers
            .take_out(&Item::object(Oid::of(&first)))
            .await
            .unwrap();
        one.transfers
            .delete_from_trash(&Item::object(Oid::of(&first)))
            .await
            .unwrap();
        Developer::new(&store).fetch(&second).await;
    }
}

#[tokio::test]
async fn what_was_taken_out_is_still_found() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    one.transfers
        .take_out(&Item::object(Oid::of(&first)))
        .await
        .unwrap();
    Developer::new(&store).fetch(&second).await;
    one.transfers
        .take_out(&Item::recipe(Oid::of(&second)))
        .await
        .unwrap();
    let pack = store
        .keys()
        .iter()
        .find_map(|key| one.layout.item_of(key))
        .unwrap();
    one.transfers.take_out(&pack).await.unwrap();
    Developer::new(&store).fetch(&second).await;
}

#[tokio::test]
async fn a_fetch_goes_on_where_it_broke_off() {
    let store = memory();
    let [first, second, _] = three();
    Developer::who_pushed(&store, &[&first, &second]).await;
    let mut two = Developer::new(&store);
    // The recipe and some ranges come; then nothing more does.
    let faults = std::iter::repeat_n(Fault::None, 8)
        .chain(std::iter::repeat_n(Fault::Refused(ErrorKind::Denied), 100));
    store.plan(Step::Get, faults);
    two.try_fetch(&second).await.unwrap_err();
    // What is left of the plan is used up.
    while two
        .transfers
        .recipe(&Oid::of(&second))
        .await
        .unwrap()
        .is_none()
    {}
    let before = store.bytes(Step::Get);
    two.fetch(&second).await;
    let fetched = store.bytes(Step::Get) - before;
    assert!(
        fetched < 2_700_000,
        "some of it was there already: {fetched}"
    );
}

#[tokio::test]
async fn broken_connections_and_damaged_bytes_pass() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let faults = [
        Fault::Flipped,
        Fault::None,
        Fault::Short(100_000, false),
        Fault::Flipped,
        Fault::Short(70_000, true),
        Fault::Long(1000),
        Fault::Refused(ErrorKind::Server),
        Fault::Stalled,
        Fault::Short(0, true),
    ];
    store.plan(Step::Get, faults);
    Developer::new(&store).fetch(&second).await;
    let (oid, size) = (Oid::of(&second), second.len() as u64);
    let faults = [
        Fault::None,
        Fault::None,
        Fault::Flipped,
        Fault::Short(50_000, false),
    ];
    store.plan(Step::Get, faults);
    one.transfers
        .verify(&oid, size, &Meter::new())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_damaged_or_missing_pack_is_named() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let (pack, oid, size) = (
        one.pack_of(&second).await,
        Oid::of(&second),
        second.len() as u64,
    );
    let key = one.layout.key(&pack);
    let mut bytes = store.read(&key).unwrap().to_vec();
    bytes[20] ^= 1;
    store.write(&key, bytes.clone(), SystemTime::now());
    let mut two = Developer::new(&store);
    let error = two.try_fetch(&second).await.unwrap_err().to_string();
    assert!(
        error.starts_with(&one.address(pack)) && error.contains("is damaged"),
        "{error}"
    );
    assert!(error.contains(&one.address(Item::recipe(oid))), "{error}");
    let error = one
        .transfers
        .verify(&oid, size, &Meter::new())
        .await
        .unwrap_err();
    assert!(matches!(error, TransferError::Source { .. }), "{error}");
    store.write(&key, bytes[1..].to_vec(), SystemTime::now());
    let error = two.try_fetch(&second).await.unwrap_err().to_string();
    assert!(error.contains("bytes and not"), "{error}");
    store.delete(&key).await.unwrap();
    let error = two.try_fetch(&second).await.unwrap_err().to_string();
    assert!(
        error.starts_with(&one.address(pack)) && error.ends_with("isn't there"),
        "{error}"
    );
    // Whole, it needs none of them.
    let whole = Developer::below(&store, "team/shop", true);
    whole.add(&second);
    let path = whole.path(&second);
    whole
        .transfers
        .upload(&oid, size, &path, &Meter::new())
        .await
        .unwrap();
    two.fetch(&second).await;
}

#[tokio::test]
async fn a_recipe_that_cannot_be_used_is_named() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    let item = Item::recipe(Oid::of(&second));
    let (key, address) = (one.layout.key(&item), one.address(item));
    let text = store.read(&key).unwrap();
    let mut two = Developer::new(&store);
    for (bytes, why) in [
        (text[..text.len() - 30].to_vec(), "its end is missing"),
        (Vec::new(), "its end is missing"),
        (text[..text.len() / 2].to_vec(), "its end is missing"),
        (
            b"lfs-agent recipe 3\n".to_vec(),
            "version 3 of the format, and this program reads versions 1 and 2",
        ),
        (vec![b'x'; 100], "doesn't begin as a recipe"),
    ] {
        store.write(&key, bytes, SystemTime::now());
        let error = two.try_fetch(&second).await.unwrap_err().to_string();
        assert!(error.contains(&address) && error.contains(why), "{error}");
    }
    // Nothing is built on it, but on what is right.
    let longer = [&second[..], b"more"].concat();
    one.push(&longer).await;
    two.fetch(&longer).await;
    store.write(&key, text, SystemTime::now());
    two.fetch(&second).await;
}

#[tokio::test]
async fn a_recipe_under_another_name_is_refused() {
    let store = MemoryStore::new();
    let [first, second, third] = three();
    let mut one = Developer::new(&store);
    for content in [&first, &second, &third] {
        one.push(content).await;
    }
    let key = |content: &[u8]| one.layout.key(&Item::recipe(Oid::of(content)));
    store.copy(&key(&second), &key(&third)).await.unwrap();
    let error = Developer::new(&store)
        .try_fetch(&third)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("the object's name doesn't fit"), "{error}");
}

/// A full disk, or one that may not be written: a recipe is never needed.
#[tokio::test]
async fn where_no_pack_can_be_put_together_the_version_is_whole() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    let uploads = one.directory.path().join("lfs/lfs-agent/upload");
    std::fs::remove_dir_all(&uploads).unwrap();
    std::fs::write(&uploads, "no directory").unwrap();
    one.push(&second).await;
    assert!(one.has(Item::object(Oid::of(&second))).await);
    Developer::new(&store).fetch(&second).await;
}

#[tokio::test]
async fn versions_come_to_those_who_may_not_list() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    store.refuse_listing();
    one.push(&third).await;
    Developer::new(&store).fetch(&third).await;
    let base = Item::object(Oid::of(&first));
    one.transfers.take_out(&base).await.unwrap();
    Developer::new(&store).fetch(&third).await;
}

#[tokio::test]
async fn a_failure_to_read_a_recipe_names_the_object() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    store.plan(Step::Get, [Fault::Refused(ErrorKind::CredentialsRefused)]);
    let error = Developer::new(&store).try_fetch(&second).await.unwrap_err();
    let object = one.address(Item::object(Oid::of(&second)));
    assert!(error.to_string().starts_with(&object), "{error}");
    // A pointer that says another size than the recipe.
    let (oid, size) = (Oid::of(&second), second.len() as u64 + 1);
    let meter = Meter::new();
    let download = one.transfers.download(&oid, size, &meter);
    let error = Box::pin(download).await.unwrap_err().to_string();
    let recipe = one.address(Item::recipe(oid));
    let expected = format!("the object that {recipe} makes has {} bytes", second.len());
    assert!(error.starts_with(&expected), "{error}");
}
