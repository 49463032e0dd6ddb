//! What the store holds already, asked as seldom as possible.
//!
//! git-lfs offers every object of a push, also those that are there. Asking for each costs a round trip, one after the
//! other. A team's dumps are few, so one page of a listing usually tells about all; where it doesn't, or may not be read,
//! each object is asked for.

use std::collections::BTreeMap;

use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::retry::ask;
use crate::{ErrorKind, Key, ObjectStore, StoreError, Transfers};

/// Sizes of the objects that are there.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    /// All objects, when one page of a listing held them.
    listed: OnceCell<Option<BTreeMap<String, u64>>>,
}

impl<S: ObjectStore> Transfers<S> {
    /// The size of the object under `key`, or `None` when there is none, or none that these credentials may see.
    ///
    /// The listing is as old as the process: what was stored since is stored again, which changes nothing.
    pub(crate) async fn known_size(&self, key: &Key) -> Result<Option<u64>, StoreError> {
        if let Some(sizes) = self.listed().await {
            return Ok(sizes.get(key.as_str()).copied());
        }
        match ask(&self.policy, &self.store, || self.store.head(key)).await {
            Ok(info) => Ok(info.map(|info| info.size)),
            // Without the right to list, S3 says 403 for what isn't there, and 400 without a reason for much else. The
            // upload that follows gets the reason if there is one.
            Err(error) if matches!(error.kind(), ErrorKind::Denied | ErrorKind::Other) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The sizes of the objects under `keys`, in the same order, asked for at the same time if they have to be. What can't
    /// be told counts as missing.
    pub(crate) async fn known_sizes(&self, keys: &[Key]) -> Vec<Option<u64>> {
        if let Some(sizes) = self.listed().await {
            let size = |key: &Key| sizes.get(key.as_str()).copied();
            return keys.iter().map(size).collect();
        }
        let mut asking = JoinSet::new();
        for (index, key) in keys.iter().cloned().enumerate() {
            let (store, policy) = (self.store.clone(), self.policy);
            asking.spawn(async move {
                let info = ask(&policy, &store, || store.head(&key)).await;
                (index, info.ok().flatten().map(|info| info.size))
            });
        }
        let mut sizes = vec![None; keys.len()];
        for (index, size) in asking.join_all().await {
            sizes[index] = size;
        }
        sizes
    }

    /// All objects, if one page of a listing holds them.
    async fn listed(&self) -> Option<&BTreeMap<String, u64>> {
        let first_page = || async {
            let prefix = self.layout.prefix();
            let page = ask(&self.policy, &self.store, || self.store.list(prefix, None)).await;
            match page {
                Ok(page) if page.continuation.is_none() => {
                    let objects = page.objects.into_iter();
                    Some(
                        objects
                            .map(|object| (object.key.to_string(), object.info.size))
                            .collect(),
                    )
                }
                Ok(_) => None,
                Err(error) => {
                    tracing::debug!(%error, "the store can't be listed; asking for each object");
                    None
                }
            }
        };
        self.presence.listed.get_or_init(first_page).await.as_ref()
    }
}
