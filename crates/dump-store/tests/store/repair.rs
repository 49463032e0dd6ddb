//! Putting back what a store has lost or damaged, from what is here.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::time::SystemTime;

use crate::common::developer::{Developer, LITTLE, memory, three};
use crate::common::noise;
use dump_store::{
    ErrorKind, FailingStore, Fault, Item, MemoryStore, Meter, ObjectStore, Oid, Restored, Step,
    TransferError, Uploaded,
};

type Memory = FailingStore<MemoryStore>;

/// What can happen to an object in a bucket.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Deleted,
    Cut,
    Empty,
    Longer,
}

const DAMAGES: [Damage; 4] = [Damage::Deleted, Damage::Cut, Damage::Empty, Damage::Longer];

async fn damage(one: &Developer<Memory>, item: Item, how: Damage) {
    let key = one.layout.key(&item);
    let right = one.store.inner().read(&key).unwrap();
    let wrong = match how {
        Damage::Deleted => return one.store.inner().delete(&key).await.unwrap(),
        Damage::Cut => right[..right.len() / 2].to_vec(),
        Damage::Empty => Vec::new(),
        Damage::Longer => [&right[..], b"more"].concat(),
    };
    one.store.inner().write(&key, wrong, SystemTime::now());
}

/// Five versions, each with an edit of its own.
fn five() -> Vec<Vec<u8>> {
    let mut content = noise(3_000_000, 1);
    let mut versions = vec![content.clone()];
    for seed in 2..6 {
        let at = usize::try_from(seed * 500_000).unwrap();
        content[at..at + 30_000].copy_from_slice(&noise(30_000, seed));
        versions.push(content.clone());
    }
    versions
}

/// Each part of the oldest, the middle and the newest version, in each way that sizes or a recipe's check sum show.
#[tokio::test]
async fn pushing_again_puts_back_what_is_not_as_it_should_be() {
    let versions = five();
    let store = memory();
    let mut one = Developer::new(&store);
    let mut parts = Vec::new();
    for (number, content) in versions.iter().enumerate() {
        let before = one.transfers.inventory().await.unwrap();
        one.push(content).await;
        let after = one.transfers.inventory().await.unwrap();
        if [0, 2, 4].contains(&number) {
            let new = after.items.keys();
            parts.extend(new.filter(|item| !before.items.contains_key(item)).copied());
        }
    }
    assert_eq!(parts.len(), 1 + 2 + 2);
    for part in parts {
        for how in DAMAGES {
            damage(&one, part, how).await;
            for content in &versions {
                one.try_push(content).await.unwrap();
            }
            let mut two = Developer::new(&store);
            for content in &versions {
                one.transfers
                    .verify(&Oid::of(content), content.len() as u64, &Meter::new())
                    .await
                    .unwrap_or_else(|error| panic!("{part:?} {how:?}: {error}"));
            }
            two.fetch(&versions[4]).await;
        }
    }
}

/// The object itself is what the recipe of a later version stands on.
#[tokio::test]
async fn a_lost_base_is_stored_whole_though_all_of_it_is_in_later_versions() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second, &third]).await;
    let base = Item::object(Oid::of(&first));
    damage(&one, base, Damage::Deleted).await;
    one.push(&first).await;
    assert!(one.has(base).await && !one.has(Item::recipe(Oid::of(&first))).await);
    Developer::new(&store).fetch(&third).await;
}

/// Who has the newest version alone makes its own way, and what it can't give stays lost for the others.
#[tokio::test]
async fn a_version_whose_ground_is_gone_is_stored_anew() {
    let store = memory();
    let [first, second, third] = three();
    let one = Developer::who_pushed(&store, &[&first, &second, &third]).await;
    let mut two = Developer::new(&store);
    two.fetch(&third).await;
    damage(&one, Item::object(Oid::of(&first)), Damage::Deleted).await;
    assert_eq!(two.try_push(&third).await.unwrap(), Uploaded::Stored);
    assert!(two.has(Item::object(Oid::of(&third))).await);
    let mut late = Developer::new(&store);
    late.fetch(&third).await;
    let error = late.try_fetch(&second).await.unwrap_err();
    assert!(matches!(error, TransferError::Source { .. }), "{error}");
}

#[tokio::test]
async fn a_lost_pack_comes_back_byte_for_byte() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second, &third]).await;
    let pack = one.pack_of(&second).await;
    let key = one.layout.key(&pack);
    let right = store.inner().read(&key).unwrap();
    damage(&one, pack, Damage::Cut).await;
    let before = store.bytes(Step::Put) + store.bytes(Step::PutPart);
    assert_eq!(one.try_push(&second).await.unwrap(), Uploaded::Stored);
    assert_eq!(store.inner().read(&key), Some(right));
    let sent = store.bytes(Step::Put) + store.bytes(Step::PutPart) - before;
    assert!(sent < LITTLE, "{sent} bytes were sent");
    assert_eq!(one.try_push(&third).await.unwrap(), Uploaded::AlreadyThere);
}

#[tokio::test]
async fn nothing_is_built_on_what_is_distrusted() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    one.add(&third);
    one.next_process();
    one.transfers.distrust(&Item::object(Oid::of(&first)));
    let (oid, path, meter) = (Oid::of(&third), one.path(&third), Meter::new());
    let upload = one
        .transfers
        .upload(&oid, third.len() as u64, &path, &meter);
    Box::pin(upload).await.unwrap();
    assert!(one.has(Item::object(oid)).await);
}

#[tokio::test]
async fn an_item_is_restored_from_wherever_it_can_be_had() {
    let [first, second, _] = three();
    let (base, standing) = (Item::object(Oid::of(&first)), [Oid::of(&second)]);
    let size = first.len() as u64;
    for (local, expected) in [
        (&[&first][..], Some(Restored::Local)),
        (&[&second], Some(Restored::Pieces)),
        (&[], None),
    ] {
        let store = memory();
        let one = Developer::who_pushed(&store, &[&first, &second]).await;
        let key = one.layout.key(&base);
        // In what both versions have.
        let mut wrong = first.clone();
        wrong[10] ^= 1;
        store.inner().write(&key, wrong.clone(), SystemTime::now());
        let two = Developer::new(&store);
        for content in local {
            two.add(content);
        }
        two.transfers.distrust(&base);
        let meter = Meter::new();
        let restored = two.transfers.restore(&base, size, &standing, &meter);
        assert_eq!(Box::pin(restored).await.unwrap(), expected);
        let right = if expected.is_some() { &first } else { &wrong };
        assert!(store.inner().read(&key).unwrap() == right, "{expected:?}");
        // From the trash, if that is right.
        store.inner().write(&key, wrong, SystemTime::now());
        for (trashed, expected) in [(&second, None), (&first, Some(Restored::Trash))] {
            let late = Developer::new(&store);
            let trash = late.layout.trash(&base);
            store
                .inner()
                .write(&trash, trashed.clone(), SystemTime::now());
            late.transfers.distrust(&base);
            let restored = late.transfers.restore(&base, size, &standing, &meter);
            assert_eq!(Box::pin(restored).await.unwrap(), expected);
        }
    }
}

/// The whole object is damaged, and its recipe needs none of it.
#[tokio::test]
async fn a_whole_object_is_restored_by_its_own_recipe() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let (item, size) = (Item::object(Oid::of(&second)), second.len() as u64);
    let key = one.layout.key(&item);
    store.inner().write(&key, first.clone(), SystemTime::now());
    let two = Developer::new(&store);
    two.transfers.distrust(&item);
    let meter = Meter::new();
    let restored = two.transfers.restore(&item, size, &[], &meter);
    assert_eq!(Box::pin(restored).await.unwrap(), Some(Restored::Recipe));
    assert!(store.inner().read(&key).unwrap() == second);
}

/// What was there before a repair that the store refuses is there after it.
#[tokio::test]
async fn a_store_that_takes_nothing_keeps_what_it_has() {
    let store = memory();
    let [first, second, third] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second, &third]).await;
    let pack = one.pack_of(&second).await;
    damage(&one, pack, Damage::Cut).await;
    let keys = store.inner().keys();
    for step in [Step::Put, Step::CreateParts] {
        store.plan(step, [Fault::Refused(ErrorKind::Denied)]);
    }
    one.try_push(&second).await.unwrap_err();
    assert_eq!(store.inner().keys(), keys);
    // The fault of the other kind may be left.
    while one.try_push(&second).await.is_err() {}
    Developer::new(&store).fetch(&third).await;
}
