//! Putting back what a check found missing or damaged, from what is on this machine.
//!
//! What recipes stand on comes first, byte for byte, since with it all versions are right again that stand on it, whoever
//! has them. What then still isn't right, and is here, is stored anew, building on nothing that was found to be wrong.
//! Recipes that no dump needs are deleted last. Killed at any moment, it can be run again: what is stored is whole, and
//! nothing is deleted but those.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dump_store::{
    ErrorKind, Item, Kind, Meter, Oid, Restored, S3Store, StoreError, TransferError, Transfers,
    Uploaded, source_item,
};

use super::check::{Depth, Stock};
use super::finding::{Fault, Findings, Part, Wrong};
use crate::git::history::Dump;

/// What was done, and what couldn't be.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) done: Vec<(Item, How)>,
    pub(super) failed: BTreeMap<Item, TransferError>,
    /// What the store said when it refused something for good: it would refuse all that follows.
    pub(super) refused: Option<StoreError>,
}

/// How something was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Put back, byte for byte.
    Restored(Restored),
    /// A dump was stored anew, whole or as a recipe.
    Stored,
    /// A recipe that no dump needs was deleted.
    Deleted,
}

impl How {
    /// The word for it in JSON.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Restored(Restored::Found) => "found",
            Self::Restored(Restored::Local) => "local",
            Self::Restored(Restored::Pieces) => "pieces",
            Self::Restored(Restored::Trash) => "trash",
            Self::Restored(Restored::Recipe) => "recipe",
            Self::Stored => "stored",
            Self::Deleted => "deleted",
        }
    }

    /// The sentence about it, behind its name.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Restored(Restored::Found) => "is there again",
            Self::Restored(Restored::Local) => "put back from this clone",
            Self::Restored(Restored::Pieces) => "put back from pieces that other versions have",
            Self::Restored(Restored::Trash) => "put back from the trash",
            Self::Restored(Restored::Recipe) => "put back by its recipe",
            Self::Stored => "stored anew from this clone",
            Self::Deleted => "deleted: nothing needs it",
        }
    }
}

/// What a repair works on.
pub(super) struct Repair<'a> {
    pub(super) transfers: &'a Arc<Transfers<S3Store>>,
    pub(super) dumps: &'a BTreeMap<Oid, Dump>,
    pub(super) stock: &'a Stock,
    pub(super) findings: &'a Findings,
    pub(super) depth: Depth,
    pub(super) meter: &'a Meter,
}

impl Repair<'_> {
    /// Mends what can be mended, as far as the store lets it. `order` are the dumps, the oldest first.
    pub(super) async fn run(&self, order: &[Oid]) -> Work {
        let mut work = Work::default();
        let wrong = self.wrong_items().await;
        for item in wrong.keys() {
            self.transfers.distrust(item);
        }
        for (item, size) in &wrong {
            if work.refused.is_some() {
                return work;
            }
            self.restore(item, *size, &mut work).await;
        }
        for oid in order {
            if work.refused.is_some() {
                return work;
            }
            if let Some(finding) = self.findings.dumps.get(oid)
                && !finding.is_newer()
            {
                self.store(oid, finding.kind, &mut work).await;
            }
        }
        for (oid, part) in &self.findings.needless {
            self.delete(oid, part, &mut work).await;
        }
        work
    }

    /// The objects, packs and recipes that aren't as they should be, with their sizes in bytes.
    async fn wrong_items(&self) -> BTreeMap<Item, u64> {
        let mut wrong = BTreeMap::new();
        let mut suspects = BTreeSet::new();
        for (oid, finding) in &self.findings.dumps {
            for part in &finding.parts {
                wrong.insert(part.item, part.size);
            }
            if finding.kind == Fault::Incomplete && self.depth == Depth::Contents {
                // Reading it stopped at the first of its sources that is wrong.
                suspects.extend(self.sources(oid));
            }
        }
        for part in self.findings.needless.values() {
            wrong.insert(part.item, part.size);
        }
        for (item, size) in suspects {
            if wrong.contains_key(&item) {
                continue;
            }
            let verified = self.transfers.verify_item(&item, size, self.meter);
            let verified = Box::pin(verified).await;
            if let Err(TransferError::StoredContent { .. } | TransferError::StoredSize { .. }) =
                verified
            {
                wrong.insert(item, size);
            }
        }
        wrong
    }

    /// What the recipe of a dump names.
    fn sources(&self, oid: &Oid) -> Vec<(Item, u64)> {
        let read = self
            .stock
            .recipes
            .get(oid)
            .and_then(|read| read.as_ref().ok());
        let sources = read.map(dump_store::Needs::sources).unwrap_or_default();
        let sources = sources.iter();
        sources
            .map(|source| (source_item(source), source.size))
            .collect()
    }

    /// Puts an item back that is known by its content.
    async fn restore(&self, item: &Item, size: u64, work: &mut Work) {
        let standing: Vec<Oid> = self
            .stock
            .recipes
            .keys()
            .filter(|oid| self.sources(oid).iter().any(|(source, _)| source == item))
            .copied()
            .collect();
        let is_missing = |part: &Part| part.item == *item && part.wrong == Wrong::Missing;
        let is_alone = standing.is_empty()
            && self
                .findings
                .dumps
                .get(&item.oid)
                .is_some_and(|finding| finding.parts.iter().all(is_missing));
        // A recipe isn't known by its content, and what nothing stands on need not be whole.
        if item.kind == Kind::Recipe || is_alone {
            return;
        }
        let meter = self.meter;
        let restored = self.transfers.restore(item, size, &standing, meter);
        match Box::pin(restored).await {
            Ok(Some(how)) => {
                work.done.push((*item, How::Restored(how)));
                if self.stock.inventory.trash.contains_key(item) {
                    // What stays there is the business of `prune`.
                    let _ = self.transfers.delete_from_trash(item).await;
                }
            }
            Ok(None) => {}
            Err(error) => work.fail(*item, error),
        }
    }

    /// Stores a dump anew that isn't right yet, if it is here; or puts its recipe back from the trash.
    async fn store(&self, oid: &Oid, kind: Fault, work: &mut Work) {
        let size = self.dumps[oid].size;
        let recipe = Item::recipe(*oid);
        if kind == Fault::InTrash
            && self.stock.inventory.trash.contains_key(&recipe)
            && !self.stock.inventory.items.contains_key(&recipe)
            && self.are_trusted(oid).await
        {
            match self.transfers.put_back(&recipe).await {
                Ok(()) => work.done.push((recipe, How::Restored(Restored::Trash))),
                Err(error) => work.fail(recipe, error),
            }
            return;
        }
        let Some(path) = self.transfers.local_object(oid, size) else {
            return;
        };
        let object = Item::object(*oid);
        let uploaded = self.transfers.upload(oid, size, &path, self.meter);
        match Box::pin(uploaded).await {
            Ok(Uploaded::Stored) => work.done.push((object, How::Stored)),
            Ok(Uploaded::AlreadyThere) => {}
            Err(error) => work.fail(object, error),
        }
    }

    /// Whether all that a dump's recipe names is there.
    async fn are_trusted(&self, oid: &Oid) -> bool {
        self.transfers.have(&self.sources(oid)).await
    }

    /// Deletes a recipe that can't be used, once its object is known to be whole.
    async fn delete(&self, oid: &Oid, part: &Part, work: &mut Work) {
        let size = self.dumps[oid].size;
        if self.findings.dumps.contains_key(oid) {
            return;
        }
        if self.depth == Depth::Sizes {
            let object = Item::object(*oid);
            let verified = self.transfers.verify_item(&object, size, self.meter);
            if Box::pin(verified).await.is_err() {
                return;
            }
        }
        match self.transfers.delete_recipe(oid).await {
            Ok(()) => work.done.push((part.item, How::Deleted)),
            Err(error) => {
                work.failed.insert(part.item, error);
            }
        }
    }
}

impl Work {
    fn fail(&mut self, item: Item, error: TransferError) {
        if let TransferError::Store { error, .. } = &error
            && !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::OutOfRange)
        {
            self.refused = Some(error.clone());
        }
        self.failed.insert(item, error);
    }
}
