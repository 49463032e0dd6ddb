//! How many requests transfers make, counted: none grows with the number of versions, nor with the objects that are there.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::time::Duration;

use crate::common::developer::{Developer, memory, three};
use crate::common::{noise, small_parts};
use dump_delta::{ContentHash, Piece, Source, SourceKind};
use dump_store::{
    FailingStore, Fault, Item, Key, Layout, Limits, MemoryStore, Meter, Oid, Recipe, RetryPolicy,
    Rules, Step, Transfers, Uploaded, Versions, Workspace,
};

/// Of versions of this many bytes there can be a hundred in a moment.
const SMALL: usize = 500_000;

const ALL: [Step; 9] = [
    Step::Head,
    Step::Get,
    Step::Put,
    Step::CreateParts,
    Step::PutPart,
    Step::CompleteParts,
    Step::List,
    Step::Delete,
    Step::Copy,
];

fn requests(store: &FailingStore<MemoryStore>) -> usize {
    ALL.iter().map(|step| store.calls(*step)).sum()
}

/// The next version: a thousand bytes are others.
fn edit(content: &mut [u8], version: u64) {
    let length = content.len();
    let at = usize::try_from(version).unwrap() * 7919 % (length - 1000);
    content[at..at + 1000].copy_from_slice(&noise(1000, version));
}

#[tokio::test]
async fn a_push_of_the_hundredth_version_makes_few_requests() {
    let store = memory();
    let mut one = Developer::new(&store);
    let mut content = noise(SMALL, 1);
    one.push(&content).await;
    let mut most = 0;
    let mut recipes = 0;
    for version in 2..=100 {
        edit(&mut content, version);
        let before = requests(&store);
        one.push(&content).await;
        most = most.max(requests(&store) - before);
        recipes += usize::from(one.is_recipe(&content).await);
    }
    assert!(recipes > 80, "{recipes} of them are recipes");
    assert!(most <= 20, "a push made {most} requests");
    // From a clone that has the version before, and nothing else that would be known.
    let before = requests(&store);
    let mut two = Developer::new(&store);
    two.fetch(&content).await;
    let fetched = requests(&store) - before;
    edit(&mut content, 101);
    let before = requests(&store);
    two.push(&content).await;
    let pushed = requests(&store) - before;
    assert!(
        pushed <= 20,
        "{pushed} requests, after {fetched} of the fetch"
    );
}

/// Eight processes share the objects of a push, as git-lfs has them.
#[tokio::test]
async fn ten_thousand_objects_pushed_again_take_twenty_requests_a_thousand_at_most() {
    let store = memory();
    let one = Developer::new(&store);
    let contents: Vec<Vec<u8>> = (0..10_000_u32)
        .map(|number| number.to_le_bytes().to_vec())
        .collect();
    for content in &contents {
        let key = one.layout.object(&Oid::of(content));
        let now = std::time::SystemTime::now();
        store.inner().write(&key, content.clone(), now);
    }
    let before = requests(&store);
    for process in 0..8 {
        let agent = Developer::new(&store);
        // What is there isn't read, so one file of their size will do for all.
        let path = agent.path(&contents[0]);
        agent.add(&contents[0]);
        for content in contents.iter().skip(process).step_by(8) {
            let (oid, meter) = (Oid::of(content), Meter::new());
            let upload = agent.transfers.upload(&oid, 4, &path, &meter);
            assert_eq!(upload.await.unwrap(), Uploaded::AlreadyThere);
        }
    }
    let made = requests(&store) - before;
    assert!(made <= 200, "{made} requests for 10,000 objects");
    // One new object doesn't list them all.
    let before = requests(&store);
    let mut agent = Developer::new(&store);
    agent.push(b"one that is new").await;
    let made = requests(&store) - before;
    assert!(made <= 4, "{made} requests for one object");
}

#[tokio::test]
async fn what_recipes_need_is_read_once_on_a_machine() {
    let store = memory();
    let mut one = Developer::new(&store);
    let mut content = noise(SMALL, 1);
    one.push(&content).await;
    let mut pushed = Vec::new();
    for version in 2..=20 {
        edit(&mut content, version);
        one.push(&content).await;
        if one.is_recipe(&content).await {
            pushed.push(Oid::of(&content));
        }
    }
    let two = Developer::new(&store);
    for (developer, expected) in [(&one, 0), (&two, pushed.len()), (&two, 0)] {
        let inventory = developer.transfers.inventory().await.unwrap();
        let before = store.calls(Step::Get);
        for oid in &pushed {
            let tag = inventory.recipe_tags.get(oid).cloned();
            let needs = developer.transfers.needs(oid, tag).await.unwrap();
            assert_eq!(needs.unwrap().size(), SMALL as u64);
        }
        assert_eq!(store.calls(Step::Get) - before, expected);
    }
}

/// Recipes of this many objects, each with a pack of its own, and one whole object that all build on.
fn fill(store: &FailingStore<MemoryStore>, layout: &Layout, versions: u64) -> Vec<Oid> {
    let write = |key: &Key, bytes: Vec<u8>| {
        let now = std::time::SystemTime::now();
        store.inner().write(key, bytes, now);
    };
    let whole = noise(1000, 0);
    write(&layout.object(&Oid::of(&whole)), whole.clone());
    let source = |kind, content: &[u8]| Source {
        kind,
        hash: ContentHash::of(content),
        size: content.len() as u64,
    };
    let piece = |source, content: &[u8]| Piece {
        length: 1000,
        source,
        offset: 0,
        hash: ContentHash::of(content),
    };
    let mut oids = Vec::new();
    for version in 1..=versions {
        let pack = noise(1000, version);
        let oid = Oid::of(&[&whole[..], &pack].concat());
        let sources = [
            source(SourceKind::Object, &whole),
            source(SourceKind::Pack, &pack),
        ];
        let pieces = [piece(0, &whole), piece(1, &pack)];
        let recipe = Recipe::new(oid.into(), 2000, sources.to_vec(), pieces.to_vec()).unwrap();
        write(&layout.key(&Item::pack(Oid::of(&pack))), pack);
        write(&layout.key(&Item::recipe(oid)), recipe.encode());
        oids.push(oid);
    }
    oids
}

#[tokio::test]
async fn a_listing_tells_what_a_thousand_recipes_need_on_any_machine() {
    let mut made = Vec::new();
    for versions in [10, 1000] {
        let (from, to) = (memory(), memory());
        let one = Developer::new(&from);
        let oids = fill(&from, &one.layout, versions);
        let first = Developer::new(&to);
        let inventory = one.transfers.inventory().await.unwrap();
        for (item, info) in &inventory.items {
            let meter = Meter::new();
            let copied = one.transfers.copy_to(item, info, &first.transfers, &meter);
            Box::pin(copied).await.unwrap();
        }
        // On a machine that has read none of them.
        let second = Developer::new(&to);
        let before = requests(&to);
        let inventory = second.transfers.inventory().await.unwrap();
        for oid in &oids {
            assert_eq!(
                inventory.noted(oid).map(|needs| needs.sources().len()),
                Some(2)
            );
        }
        made.push(requests(&to) - before);
    }
    assert!(made[1] <= made[0] + 10, "{made:?}");
}

/// A note speaks of one content of a recipe, and of what was there then.
#[tokio::test]
async fn a_note_of_another_recipe_or_of_what_is_gone_is_not_believed() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let oid = Oid::of(&second);
    let noted = async || one.transfers.inventory().await.unwrap().noted(&oid);
    let needs = noted().await.unwrap();
    assert_eq!(needs.size(), second.len() as u64);
    assert!(needs.sources().contains(&Source {
        kind: SourceKind::Object,
        hash: ContentHash::of(&first),
        size: first.len() as u64,
    }));
    let write = |key: &Key, bytes: &[u8]| {
        let now = std::time::SystemTime::now();
        store.inner().write(key, bytes.to_vec(), now);
    };
    let whole = one.layout.object(&Oid::of(&first));
    let delete = async |key| dump_store::ObjectStore::delete(&store, key).await.unwrap();
    delete(&whole).await;
    assert_eq!(noted().await, None);
    write(&whole, &first);
    assert!(noted().await.is_some());
    let recipe = one.layout.key(&Item::recipe(oid));
    write(&recipe, b"another recipe");
    assert_eq!(noted().await, None);
    // Notes of recipes that are gone are of no use, and go.
    delete(&recipe).await;
    let inventory = one.transfers.inventory().await.unwrap();
    assert_eq!(inventory.notes.len(), 1);
    let deleted = one.transfers.delete_needless_notes(&inventory).await;
    deleted.unwrap();
    let inventory = one.transfers.inventory().await.unwrap();
    assert!(inventory.notes.is_empty());
}

/// Another recipe of the same object, or a damaged one, has another tag.
#[tokio::test]
async fn what_a_recipe_needed_is_not_believed_of_another_one() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let oid = Oid::of(&second);
    let key = one.layout.key(&dump_store::Item::recipe(oid));
    let mut text = store.inner().read(&key).unwrap().to_vec();
    let last = text.len() - 3;
    text[last] ^= 1;
    store
        .inner()
        .write(&key, text, std::time::SystemTime::now());
    let inventory = one.transfers.inventory().await.unwrap();
    let tag = inventory.recipe_tags.get(&oid).cloned();
    let error = one.transfers.needs(&oid, tag).await.unwrap_err();
    assert!(error.to_string().contains("can't be used"), "{error}");
}

/// One large object has most of the connections, however it is stored, and half as many more for its shorter ranges.
#[tokio::test]
async fn a_recipe_is_fetched_over_more_connections_than_a_whole_object() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let directory = tempfile::tempdir().unwrap();
    let policy = RetryPolicy {
        stall: Duration::from_hours(1),
        ..RetryPolicy::impatient()
    };
    let limits = Limits {
        connections: 2,
        leader_connections: 7,
        ..small_parts()
    };
    let versions = Versions {
        objects: Some(directory.path().join("objects")),
        rules: Rules {
            smallest_object: 100_000,
            longest_range: 256 << 10,
            ..Rules::default()
        },
        ..Versions::default()
    };
    let workspace = Workspace::new(directory.path().join("work"));
    let transfers = Transfers::new(store.clone(), one.layout.clone(), limits, policy, workspace)
        .with_versions(versions);
    let before = store.calls(Step::Get);
    // The recipe comes, and then everything hangs.
    let hanging = std::iter::repeat_n(Fault::Stalled, 30);
    store.plan(Step::Get, std::iter::once(Fault::None).chain(hanging));
    let (oid, size, meter) = (Oid::of(&second), second.len() as u64, Meter::new());
    let settled = async {
        while store.calls(Step::Get) - before < 11 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    tokio::select! {
        _ = Box::pin(transfers.download(&oid, size, &meter)) => panic!("it should hang"),
        () = settled => {}
    }
    assert_eq!(store.calls(Step::Get) - before, 1 + 10);
}
