//! Later versions of an object, stored as recipes: what they cost, and that they come back right.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use crate::common::developer::{Developer, LITTLE, memory, three};
use crate::common::{Server, noise, prefix};
use dump_store::{Item, Kind, MemoryStore, Meter, ObjectStore, Oid, Step, Uploaded};

#[tokio::test]
async fn versions_come_back_from_memory() {
    Box::pin(versions_come_back(&MemoryStore::new(), "team/shop")).await;
    let paged = MemoryStore::new().with_page_length(1);
    Box::pin(versions_come_back(&paged, "team/shop")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_come_back_from_an_s3_server() {
    let server = Server::start();
    let store = server.store();
    Box::pin(versions_come_back(&store, &prefix(&store))).await;
}

async fn versions_come_back(store: &impl ObjectStore, prefix: &str) {
    let [first, second, third] = three();
    let mut one = Developer::below(store, prefix, false);
    for content in [&first, &second, &third] {
        one.push(content).await;
        assert_eq!(one.try_push(content).await.unwrap(), Uploaded::AlreadyThere);
    }
    assert!(one.has(Item::object(Oid::of(&first))).await);
    assert!(one.is_recipe(&second).await && one.is_recipe(&third).await);
    // From nothing, from the version before, and back.
    let mut two = Developer::below(store, prefix, false);
    two.fetch(&third).await;
    let mut three = Developer::below(store, prefix, false);
    for content in [&first, &second, &third] {
        three.fetch(content).await;
    }
    for content in [&first, &second, &third] {
        let (oid, size) = (Oid::of(content), content.len() as u64);
        two.transfers
            .verify(&oid, size, &Meter::new())
            .await
            .unwrap();
    }
    let inventory = one.transfers.inventory().await.unwrap();
    let count = |kind| {
        inventory
            .items
            .keys()
            .filter(|item| item.kind == kind)
            .count()
    };
    assert_eq!(
        [Kind::Object, Kind::Pack, Kind::Recipe].map(count),
        [1, 2, 2]
    );
    // Who wants them whole gets them whole, also those that are there as recipes.
    let whole = Developer::below(store, prefix, true);
    whole.add(&third);
    let (oid, path) = (Oid::of(&third), whole.path(&third));
    let meter = Meter::new();
    let upload = whole
        .transfers
        .upload(&oid, third.len() as u64, &path, &meter);
    assert_eq!(upload.await.unwrap(), Uploaded::Stored);
    assert!(whole.has(Item::object(oid)).await);
}

#[tokio::test]
async fn a_version_costs_what_changed_both_ways() {
    let [first, second, third] = three();
    let store = memory();
    let (mut one, mut two) = (Developer::new(&store), Developer::new(&store));
    one.push(&first).await;
    two.fetch(&first).await;
    for content in [&second, &third] {
        let before = store.bytes(Step::Put) + store.bytes(Step::PutPart);
        one.push(content).await;
        let pushed = store.bytes(Step::Put) + store.bytes(Step::PutPart) - before;
        assert!(pushed < LITTLE, "{pushed} bytes were pushed");
        let before = store.bytes(Step::Get);
        two.fetch(content).await;
        let fetched = store.bytes(Step::Get) - before;
        assert!(fetched < LITTLE, "{fetched} bytes were fetched");
    }
    // Back to the first, which is still here; and a version that is a part of another.
    let part = third[..2_000_000].to_vec();
    let before = store.bytes(Step::Put) + store.bytes(Step::PutPart);
    one.push(&part).await;
    assert!(store.bytes(Step::Put) + store.bytes(Step::PutPart) - before < LITTLE);
    two.fetch(&part).await;
}

#[tokio::test]
async fn recipes_name_objects_and_packs_only_however_many_versions_there_are() {
    let store = MemoryStore::new();
    let mut one = Developer::new(&store);
    let mut content = noise(3_000_000, 1);
    one.push(&content).await;
    for seed in 2..8 {
        let at = usize::try_from(seed * 300_000).unwrap();
        content[at..at + 1000].copy_from_slice(&noise(1000, seed));
        one.push(&content).await;
        assert!(one.is_recipe(&content).await, "version {seed}");
    }
    let whole = store
        .keys()
        .iter()
        .filter(|key| {
            one.layout
                .item_of(key)
                .is_some_and(|item| item.kind == Kind::Object)
        })
        .count();
    assert_eq!(whole, 1);
    Developer::new(&store).fetch(&content).await;
}

#[tokio::test]
async fn what_has_nothing_in_common_or_nothing_to_compare_is_whole() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    let other = noise(3_000_000, 77);
    one.push(&other).await;
    assert!(one.has(Item::object(Oid::of(&other))).await);
    let mut two = Developer::new(&store);
    two.push(&second).await;
    assert!(
        two.has(Item::object(Oid::of(&second))).await,
        "it has no older version"
    );
    // What is here but not in the store is nothing to build on.
    let elsewhere = MemoryStore::new();
    let mut three = Developer::new(&elsewhere);
    three.add(&first);
    three.push(&second).await;
    assert!(three.has(Item::object(Oid::of(&second))).await);
    assert_eq!(elsewhere.keys().len(), 1);
}

#[tokio::test]
async fn large_versions_are_compared_by_a_sample() {
    let store = MemoryStore::new();
    let first = noise(34 << 20, 1);
    let mut second = first.clone();
    second[1_500_000..1_530_000].copy_from_slice(&noise(30_000, 2));
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    assert!(one.is_recipe(&second).await);
    let other = noise(34 << 20, 3);
    one.push(&other).await;
    assert!(one.has(Item::object(Oid::of(&other))).await);
}

#[tokio::test]
async fn two_who_push_the_same_version_on_other_bases_both_succeed() {
    let store = MemoryStore::new();
    let [first, second, third] = three();
    let (mut one, mut two) = (Developer::new(&store), Developer::new(&store));
    one.push(&first).await;
    two.push(&second).await;
    one.add(&third);
    two.add(&third);
    one.next_process();
    two.next_process();
    let (oid, size) = (Oid::of(&third), third.len() as u64);
    let (ours, theirs) = (one.path(&third), two.path(&third));
    let meter = Meter::new();
    let (ours, theirs) = tokio::join!(
        one.transfers.upload(&oid, size, &ours, &meter),
        two.transfers.upload(&oid, size, &theirs, &meter),
    );
    assert!(ours.is_ok() && theirs.is_ok());
    assert!(one.is_recipe(&third).await);
    Developer::new(&store).fetch(&third).await;
}

#[tokio::test]
async fn pushing_again_asks_for_one_listing() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::new(&store);
    for content in [&first, &second, &third] {
        one.push(content).await;
    }
    one.next_process();
    let before = [Step::Head, Step::Get, Step::Put, Step::PutPart].map(|step| store.calls(step));
    let lists = store.calls(Step::List);
    for content in [&first, &second, &third] {
        let (oid, path) = (Oid::of(content), one.path(content));
        let meter = Meter::new();
        let upload = one
            .transfers
            .upload(&oid, content.len() as u64, &path, &meter);
        assert_eq!(upload.await.unwrap(), Uploaded::AlreadyThere);
    }
    assert_eq!(store.calls(Step::List), lists + 1);
    let after = [Step::Head, Step::Get, Step::Put, Step::PutPart].map(|step| store.calls(step));
    assert_eq!(before, after);
}

/// A push of many dumps at once has all their new versions in the local storage before the old ones in age.
#[tokio::test]
async fn versions_of_other_dumps_do_not_hide_the_one_before() {
    let store = MemoryStore::new();
    let mut one = Developer::new(&store);
    let [first, second, _] = three();
    one.push(&first).await;
    for seed in 10..30 {
        one.add(&noise(3_000_000, seed));
    }
    one.push(&second).await;
    assert!(one.is_recipe(&second).await);
}

/// Of stored objects that aren't known yet only a few are read: those of about the same size.
#[tokio::test]
async fn the_version_before_is_looked_for_among_objects_of_its_size() {
    let store = MemoryStore::new();
    let mut one = Developer::new(&store);
    let [first, second, _] = three();
    one.push(&first).await;
    for seed in 10..14 {
        let length = 4_000_000 + usize::try_from(seed).unwrap() * 100_000;
        Developer::new(&store).push(&noise(length, seed)).await;
        one.add(&noise(length, seed));
    }
    one.push(&second).await;
    assert!(one.is_recipe(&second).await);
}

/// The first half of the dump, a table say, is another one now; the second is as it was.
#[tokio::test]
async fn what_did_not_change_costs_nothing() {
    let store = memory();
    let unchanged = noise(3_000_000, 1);
    let first = [&noise(1_000_000, 2)[..], &unchanged].concat();
    let second = [&noise(1_100_000, 3)[..], &unchanged].concat();
    let (mut one, mut two) = (Developer::new(&store), Developer::new(&store));
    one.push(&first).await;
    two.fetch(&first).await;
    let changed = 1_100_000 + LITTLE / 2;
    let before = store.bytes(Step::Put) + store.bytes(Step::PutPart);
    one.push(&second).await;
    let pushed = store.bytes(Step::Put) + store.bytes(Step::PutPart) - before;
    assert!(pushed < changed, "{pushed} bytes were pushed");
    let before = store.bytes(Step::Get);
    two.fetch(&second).await;
    let fetched = store.bytes(Step::Get) - before;
    assert!(fetched < changed, "{fetched} bytes were fetched");
}
