//! Later versions of an object, stored as recipes: what they cost, that they come back right, and what happens when
//! something goes wrong between two requests.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

mod common;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use common::{Server, noise, small_parts};
use dump_store::{
    ErrorKind, FailingStore, Fault, Item, Key, Kind, Layout, Limits, MemoryStore, Meter,
    ObjectStore, Oid, RetryPolicy, Rules, Step, TransferError, Transfers, Uploaded, Versions,
    Workspace, source_item,
};

/// One developer's machine: a local LFS storage, and transfers with a store that others use too.
struct Developer<S> {
    directory: tempfile::TempDir,
    store: S,
    layout: Layout,
    transfers: Transfers<S>,
}

impl<S: ObjectStore> Developer<S> {
    fn new(store: &S) -> Self {
        Self::below(store, "team/shop", false)
    }

    fn below(store: &S, prefix: &str, whole: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(prefix);
        let transfers = transfers(store, &layout, directory.path(), whole);
        Self {
            directory,
            store: store.clone(),
            layout,
            transfers,
        }
    }

    /// What the next process would have: the same directories, nothing in memory.
    fn next_process(&mut self) {
        self.transfers = transfers(&self.store, &self.layout, self.directory.path(), false);
    }

    /// Where git-lfs keeps this content, once it is there.
    fn path(&self, content: &[u8]) -> PathBuf {
        let hex = Oid::of(content).to_hex();
        let objects = self.directory.path().join("lfs/objects");
        objects.join(&hex[..2]).join(&hex[2..4]).join(hex)
    }

    /// Puts the content into the local LFS storage, as `git add` does.
    fn add(&self, content: &[u8]) {
        let path = self.path(content);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    async fn try_push(&mut self, content: &[u8]) -> Result<Uploaded, TransferError> {
        self.next_process();
        self.add(content);
        let (oid, path) = (Oid::of(content), self.path(content));
        let size = content.len() as u64;
        let meter = Meter::new();
        let uploaded = self.transfers.upload(&oid, size, &path, &meter).await?;
        if uploaded == Uploaded::Stored {
            assert_eq!(meter.bytes(), size, "all of it is accounted for");
        }
        Ok(uploaded)
    }

    async fn push(&mut self, content: &[u8]) {
        assert_eq!(self.try_push(content).await.unwrap(), Uploaded::Stored);
    }

    /// Fetches the object and puts it into the local LFS storage, as git-lfs does.
    async fn try_fetch(&mut self, content: &[u8]) -> Result<(), TransferError> {
        self.next_process();
        let (oid, size) = (Oid::of(content), content.len() as u64);
        let meter = Meter::new();
        let path = self.transfers.download(&oid, size, &meter).await?;
        assert_eq!(meter.bytes(), size, "all of it is accounted for");
        assert!(std::fs::read(&path).unwrap() == content, "another content");
        std::fs::remove_file(path).unwrap();
        self.add(content);
        Ok(())
    }

    async fn fetch(&mut self, content: &[u8]) {
        self.try_fetch(content).await.unwrap();
    }

    async fn has(&self, item: Item) -> bool {
        self.transfers.stored(&item).await.unwrap().is_some()
    }

    async fn is_recipe(&self, content: &[u8]) -> bool {
        let oid = Oid::of(content);
        self.has(Item::recipe(oid)).await && !self.has(Item::object(oid)).await
    }

    /// The one pack that an object's recipe names.
    async fn pack_of(&self, content: &[u8]) -> Item {
        let recipe = self
            .transfers
            .recipe(&Oid::of(content))
            .await
            .unwrap()
            .unwrap();
        let items = recipe.sources().iter().map(source_item);
        let packs: Vec<Item> = items.filter(|item| item.kind == Kind::Pack).collect();
        assert_eq!(packs.len(), 1);
        packs[0]
    }

    fn address(&self, item: Item) -> String {
        self.store.address(&self.layout.key(&item))
    }
}

fn transfers<S: ObjectStore>(
    store: &S,
    layout: &Layout,
    directory: &std::path::Path,
    whole: bool,
) -> Transfers<S> {
    let policy = RetryPolicy {
        stall: Duration::from_millis(300),
        ..RetryPolicy::impatient()
    };
    let versions = Versions {
        objects: Some(directory.join("lfs/objects")),
        whole,
        rules: Rules {
            smallest_object: 100_000,
            longest_range: 256 << 10,
            range_cost: 0,
            ..Rules::default()
        },
    };
    let workspace = Workspace::new(directory.join("lfs/lfs-agent"));
    // Real servers take no part below 5 MiB.
    let limits = if store.address(&Key::new("")).starts_with("memory:") {
        small_parts()
    } else {
        Limits::for_siblings(8)
    };
    Transfers::new(store.clone(), layout.clone(), limits, policy, workspace).with_versions(versions)
}

/// Three versions: an edit in the middle, then something at the end.
fn three() -> [Vec<u8>; 3] {
    let first = noise(3_000_000, 1);
    let mut second = first.clone();
    second[1_500_000..1_530_000].copy_from_slice(&noise(30_000, 2));
    let third = [&second[..], &noise(30_000, 3)].concat();
    [first, second, third]
}

fn memory() -> FailingStore<MemoryStore> {
    FailingStore::new(MemoryStore::new())
}

/// How much an edit of 30 kB may cost: the chunks around it and a recipe.
const LITTLE: u64 = 1_100_000;

#[tokio::test]
async fn versions_come_back_from_memory() {
    Box::pin(versions_come_back(&MemoryStore::new(), "team/shop")).await;
    let paged = MemoryStore::new().with_page_length(1);
    Box::pin(versions_come_back(&paged, "team/shop")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_come_back_from_an_s3_server() {
    let server = Server::start();
    let prefix = format!("versions/{}", std::process::id());
    Box::pin(versions_come_back(&server.store(), &prefix)).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
    assert!(one.is_recipe(&second).await);
    let other = noise(34 << 20, 3);
    one.push(&other).await;
    assert!(one.has(Item::object(Oid::of(&other))).await);
}

#[tokio::test]
async fn nothing_is_built_on_a_local_object_that_is_damaged() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::new(&store);
    one.push(&first).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
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
        (Step::Head, 0),
        (Step::Head, 1),
        (Step::CreateParts, 0),
        (Step::PutPart, 0),
        (Step::PutPart, 1),
        (Step::CompleteParts, 0),
        (Step::Head, 3),
        (Step::Put, 0),
        (Step::Head, 5),
    ] {
        a_killed_push_is_done_by_the_next(step, before).await;
    }
}

#[tokio::test]
async fn a_base_that_is_gone_makes_the_version_whole() {
    let [first, second, _] = three();
    // Before the pack; before the recipe, when the pack is looked for as well; and after it.
    for (before, leaves_recipe) in [(0, false), (2, false), (4, true)] {
        let store = memory();
        let mut one = Developer::new(&store);
        one.push(&first).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
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
    let mut one = Developer::new(&store);
    one.push(&first).await;
    one.push(&second).await;
    let item = Item::recipe(Oid::of(&second));
    let (key, address) = (one.layout.key(&item), one.address(item));
    let text = store.read(&key).unwrap();
    let mut two = Developer::new(&store);
    for (bytes, why) in [
        (text[..text.len() - 30].to_vec(), "its end is missing"),
        (Vec::new(), "its end is missing"),
        (text[..text.len() / 2].to_vec(), "its end is missing"),
        (
            b"lfs-agent recipe 2\n".to_vec(),
            "version 2 of the format, and this program reads version 1",
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
