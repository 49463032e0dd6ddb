//! A developer's machine: a local LFS storage, and versions of a dump that are pushed from it and fetched into it.

use std::path::PathBuf;

use dump_store::{
    FailingStore, Item, Kind, Layout, Limits, MemoryStore, Meter, ObjectStore, Oid, RetryPolicy,
    Rules, TransferError, Transfers, Uploaded, Versions, Workspace, source_item,
};

use super::{is_memory, noise, patience, small_parts};

/// One developer's machine: a local LFS storage, and transfers with a store that others use too.
pub(crate) struct Developer<S> {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) store: S,
    pub(crate) layout: Layout,
    pub(crate) transfers: Transfers<S>,
}

impl<S: ObjectStore> Developer<S> {
    pub(crate) fn new(store: &S) -> Self {
        Self::below(store, "team/shop", false)
    }

    pub(crate) fn below(store: &S, prefix: &str, whole: bool) -> Self {
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

    /// One who has pushed these versions.
    pub(crate) async fn who_pushed(store: &S, versions: &[&[u8]]) -> Self {
        let mut one = Self::new(store);
        for content in versions {
            one.push(content).await;
        }
        one
    }

    /// What the next process would have: the same directories, nothing in memory.
    pub(crate) fn next_process(&mut self) {
        self.transfers = transfers(&self.store, &self.layout, self.directory.path(), false);
    }

    /// Where git-lfs keeps this content, once it is there.
    pub(crate) fn path(&self, content: &[u8]) -> PathBuf {
        let hex = Oid::of(content).to_hex();
        let objects = self.directory.path().join("lfs/objects");
        objects.join(&hex[..2]).join(&hex[2..4]).join(hex)
    }

    /// Puts the content into the local LFS storage, as `git add` does.
    pub(crate) fn add(&self, content: &[u8]) {
        let path = self.path(content);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) async fn try_push(&mut self, content: &[u8]) -> Result<Uploaded, TransferError> {
        self.next_process();
        self.add(content);
        let (oid, path) = (Oid::of(content), self.path(content));
        let size = content.len() as u64;
        let meter = Meter::new();
        let uploaded = Box::pin(self.transfers.upload(&oid, size, &path, &meter)).await?;
        if uploaded == Uploaded::Stored {
            assert_eq!(meter.bytes(), size, "all of it is accounted for");
        }
        Ok(uploaded)
    }

    pub(crate) async fn push(&mut self, content: &[u8]) {
        assert_eq!(self.try_push(content).await.unwrap(), Uploaded::Stored);
    }

    /// Fetches the object and puts it into the local LFS storage, as git-lfs does.
    pub(crate) async fn try_fetch(&mut self, content: &[u8]) -> Result<(), TransferError> {
        self.next_process();
        let (oid, size) = (Oid::of(content), content.len() as u64);
        let meter = Meter::new();
        let path = Box::pin(self.transfers.download(&oid, size, &meter)).await?;
        assert_eq!(meter.bytes(), size, "all of it is accounted for");
        assert!(std::fs::read(&path).unwrap() == content, "another content");
        std::fs::remove_file(path).unwrap();
        self.add(content);
        Ok(())
    }

    pub(crate) async fn fetch(&mut self, content: &[u8]) {
        self.try_fetch(content).await.unwrap();
    }

    pub(crate) async fn has(&self, item: Item) -> bool {
        Box::pin(self.transfers.stored(&item))
            .await
            .unwrap()
            .is_some()
    }

    pub(crate) async fn is_recipe(&self, content: &[u8]) -> bool {
        let oid = Oid::of(content);
        self.has(Item::recipe(oid)).await && !self.has(Item::object(oid)).await
    }

    /// The one pack that an object's recipe names.
    pub(crate) async fn pack_of(&self, content: &[u8]) -> Item {
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

    pub(crate) fn address(&self, item: Item) -> String {
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
        stall: patience(store),
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
    let limits = if is_memory(store) {
        small_parts()
    } else {
        Limits::for_siblings(8)
    };
    Transfers::new(store.clone(), layout.clone(), limits, policy, workspace).with_versions(versions)
}

/// Three versions: an edit in the middle, then something at the end.
pub(crate) fn three() -> [Vec<u8>; 3] {
    let first = noise(3_000_000, 1);
    let mut second = first.clone();
    second[1_500_000..1_530_000].copy_from_slice(&noise(30_000, 2));
    let third = [&second[..], &noise(30_000, 3)].concat();
    [first, second, third]
}

pub(crate) fn memory() -> FailingStore<MemoryStore> {
    FailingStore::new(MemoryStore::new())
}

/// How much an edit of 30 kB may cost: the chunks around it and a recipe.
pub(crate) const LITTLE: u64 = 1_100_000;
