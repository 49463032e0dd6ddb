//! The store as the commands that look after it see it: of the repository around, spoken to from a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dump_store::{
    Inventory, Item, Needs, Oid, RepositoryName, S3Store, TransferError, Transfers, source_item,
};
use lfs_protocol::Operation;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::store;
use crate::store::configuration::Configuration;
use crate::store::remote_url::SCHEME;
use crate::terminal::output::remark;

/// An opened store.
pub(crate) struct Store {
    pub(crate) runtime: Runtime,
    pub(crate) transfers: Arc<Transfers<S3Store>>,
    /// For messages: `s3://…`.
    pub(crate) url: String,
    root: PathBuf,
    configuration: Configuration,
    /// The repositories that a push from here changes.
    names: Vec<RepositoryName>,
}

impl Store {
    /// The store that downloads from `remote` come from, or else from the remote that git-lfs uses here.
    pub(crate) fn of(remote: Option<&str>) -> Result<Self, AgentError> {
        let repository = Repository::discover()?;
        let remote = repository.chosen_remote(remote)?;
        let configuration = Configuration::resolve(&repository, Operation::Download, &remote)?;
        warn_of_unknown(&configuration);
        let url = configuration.url.to_string();
        let transfers = store::of_repository(&repository, configuration.clone(), 1);
        Ok(Self {
            runtime: store::runtime()?,
            transfers: Arc::new(transfers),
            url: url.strip_prefix(SCHEME).unwrap_or(&url).to_owned(),
            root: repository.root().to_owned(),
            configuration,
            names: repository.pushed_to(&remote),
        })
    }

    /// The bucket and prefix alone: `s3://BUCKET/PREFIX`.
    pub(crate) fn place(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    /// Tells the store which repository refers to what is about to be stored, as a push does: nobody then prunes without having
    /// read its refs.
    ///
    /// # Errors
    /// Also when a misspelt setting may have been meant to store elsewhere.
    pub(crate) fn leave_names(&self) -> Result<(), AgentError> {
        self.configuration.check_storing()?;
        let left = self
            .runtime
            .block_on(self.transfers.leave_names(&self.names));
        left.map_err(AgentError::store)
    }

    /// A directory of the repository: the root of its work tree, or itself if it is bare.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

/// Says which settings do nothing because nobody knows them.
pub(crate) fn warn_of_unknown(configuration: &Configuration) {
    for key in &configuration.unknown {
        let (wrong, mend) = key.told();
        remark(&format!("warning: {wrong}\nhint: {mend}"));
    }
}

/// How many recipes are read at the same time.
const READERS: usize = 8;

/// Whose word is taken for what a recipe needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Notes beside recipes too, which a listing shows.
    Noted,
    /// That of recipes alone, as they were read on this machine.
    Read,
}

/// What the recipes of these objects need, from their places or from the trash, each as it could be read. Those that aren't
/// there any more are left out. One that was read on this machine before isn't read again, nor one that is noted.
pub(crate) async fn recipes(
    transfers: &Arc<Transfers<S3Store>>,
    wanted: BTreeSet<Oid>,
    inventory: &Inventory,
    word: Word,
) -> Result<BTreeMap<Oid, Result<Needs, TransferError>>, AgentError> {
    let mut found = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for oid in wanted {
        let in_place = inventory.items.contains_key(&Item::recipe(oid));
        match inventory
            .noted(&oid)
            .filter(|_| word == Word::Noted && in_place)
        {
            Some(needs) => drop(found.insert(oid, Ok(needs))),
            None => drop(unknown.insert(oid)),
        }
    }
    let mut wanted = unknown.into_iter();
    let mut reading = JoinSet::new();
    loop {
        while reading.len() < READERS
            && let Some(oid) = wanted.next()
        {
            let in_place = inventory.items.contains_key(&Item::recipe(oid));
            let tag = inventory.recipe_tags.get(&oid).cloned();
            let transfers = Arc::clone(transfers);
            reading.spawn(async move {
                let read = if in_place {
                    transfers.needs(&oid, tag).await
                } else {
                    transfers.needs_in_trash(&oid).await
                };
                (oid, read)
            });
        }
        let Some(read) = reading.join_next().await else {
            return Ok(found);
        };
        let (oid, read) = read.map_err(|error| AgentError::Task(error.to_string()))?;
        match read {
            Ok(Some(recipe)) => {
                found.insert(oid, Ok(recipe));
            }
            Ok(None) => {}
            Err(error @ TransferError::Recipe { .. }) => {
                found.insert(oid, Err(error));
            }
            Err(error) => {
                return Err(AgentError::Transfer {
                    verb: "read the recipe of",
                    oid: oid.to_hex(),
                    error,
                });
            }
        }
    }
}

/// What a recipe needs and a store hasn't in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// It was taken out.
    InTrash(Item),
    /// It isn't there.
    Missing(Item),
    /// It has this size, which isn't what the recipe says.
    Size(Item, u64),
}

/// The first thing that a recipe lacks.
pub(crate) fn lack(needs: &Needs, inventory: &Inventory) -> Option<Lack> {
    lacks(needs, inventory).map(|(lack, _)| lack).next()
}

/// All that a recipe lacks, with the sizes in bytes that it should have.
pub(crate) fn lacks<'a>(
    needs: &'a Needs,
    inventory: &'a Inventory,
) -> impl Iterator<Item = (Lack, u64)> + 'a {
    needs.sources().iter().filter_map(|source| {
        let item = source_item(source);
        let lack = match inventory.items.get(&item) {
            Some(info) if info.size == source.size => return None,
            Some(info) => Lack::Size(item, info.size),
            None if inventory.trash.contains_key(&item) => Lack::InTrash(item),
            None => Lack::Missing(item),
        };
        Some((lack, source.size))
    })
}
