//! What the store holds already, asked as seldom as possible.
//!
//! git-lfs offers every object of a push, also those that are there. Asking for each costs a round trip, one after the
//! other, so a listing is read, a page at a time, and answers for a thousand keys. A team's dumps are few, so one page
//! usually tells about all. Where it doesn't, a page more is read as long as there were no more pages than questions that
//! the pages before left open: whatever is asked for, this takes at most twice the requests of the better way. Recipes and
//! packs, of which most questions are, then have listings of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

use crate::layout::{Item, Key, Layout};
use crate::store::retry::ask;
use crate::store::{ErrorKind, ListedObject, ListedPage, ObjectStore, StoreError, Tag};
use crate::transfer::Transfers;

/// What is known of something that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// In bytes.
    pub(crate) size: u64,
    /// Of its content, if a listing or an answer told it.
    pub(crate) tag: Option<Tag>,
}

/// What is there, as far as it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// What was found one by one, or stored since. Comes before what listings say.
    single: BTreeMap<String, Found>,
    /// What may be there, and isn't what it should be. It counts as missing.
    distrusted: BTreeSet<String>,
    all: Listing,
    recipes: Listing,
    packs: Listing,
    /// These credentials may not list.
    unlistable: bool,
    /// How many keys were asked for one by one.
    asked: usize,
}

/// A listing that is read as far as it is needed.
#[derive(Debug, Default)]
struct Listing {
    found: BTreeMap<String, Found>,
    /// The last key of the pages so far: all before it are known.
    last: Option<String>,
    next: Next,
    pages: usize,
}

/// Where a listing goes on.
#[derive(Debug, Default, Clone)]
enum Next {
    #[default]
    First,
    After(String),
    /// All of it is read.
    End,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    There(Found),
    Absent,
    /// Nothing is.
    Open,
}

/// One of the listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Recipes,
    Packs,
}

impl Listing {
    /// What the pages so far say of a key.
    fn says(&self, key: &str) -> Word {
        let reached =
            matches!(self.next, Next::End) || self.last.as_deref().is_some_and(|last| key <= last);
        match self.found.get(key) {
            Some(found) => Word::There(found.clone()),
            None if reached => Word::Absent,
            None => Word::Open,
        }
    }

    fn add(&mut self, page: ListedPage) {
        self.pages += 1;
        if let Some(last) = page.objects.last() {
            self.last = Some(last.key.to_string());
        }
        self.found.extend(page.objects.into_iter().map(entry));
        self.next = page.continuation.map_or(Next::End, Next::After);
    }
}

fn entry(object: ListedObject) -> (String, Found) {
    let found = Found {
        size: object.info.size,
        tag: object.tag,
    };
    (object.key.to_string(), found)
}

impl Known {
    fn says(&self, key: &str, layout: &Layout) -> Word {
        if self.distrusted.contains(key) {
            return Word::Absent;
        }
        if let Some(found) = self.single.get(key) {
            return Word::There(found.clone());
        }
        match (self.all.says(key), part(key, layout)) {
            (Word::Open, Part::Recipes) => self.recipes.says(key),
            (Word::Open, Part::Packs) => self.packs.says(key),
            (word, _) => word,
        }
    }

    fn listing(&mut self, part: Part) -> &mut Listing {
        match part {
            Part::All => &mut self.all,
            Part::Recipes => &mut self.recipes,
            Part::Packs => &mut self.packs,
        }
    }

    /// The listing whose next page is worth a request, for these open questions.
    fn worth_a_page(&mut self, open: &[&Key], layout: &Layout) -> Option<(Part, Next)> {
        if self.unlistable {
            return None;
        }
        if matches!(self.all.next, Next::First) {
            return Some((Part::All, Next::First));
        }
        let pages = self.all.pages + self.recipes.pages + self.packs.pages;
        let asked = self.asked;
        // Those of a kind of their own come first: their listings are the shorter ones.
        let mut parts: Vec<Part> = open.iter().map(|key| part(key.as_str(), layout)).collect();
        parts.sort_by_key(|part| *part == Part::All);
        parts.dedup();
        parts.into_iter().find_map(|part| {
            let next = self.listing(part).next.clone();
            let worth = match next {
                Next::First => true,
                Next::After(_) => pages <= asked,
                Next::End => false,
            };
            worth.then_some((part, next))
        })
    }
}

/// The listing that is shortest for a key.
fn part(key: &str, layout: &Layout) -> Part {
    match key.strip_prefix(layout.prefix()) {
        Some(rest) if rest.starts_with("recipes/") => Part::Recipes,
        Some(rest) if rest.starts_with("packs/") => Part::Packs,
        _ => Part::All,
    }
}

impl Presence {
    /// What is under this key counts as missing until it has been stored anew.
    pub(crate) fn distrust(&self, key: &Key) {
        self.lock().distrusted.insert(key.to_string());
    }

    /// Whether it was distrusted.
    pub(crate) fn is_distrusted(&self, key: &Key) -> bool {
        self.lock().distrusted.contains(key.as_str())
    }

    /// Takes down that something was stored, whole.
    pub(crate) fn stored(&self, key: &Key, size: u64, tag: Option<Tag>) {
        let mut known = self.lock();
        known.distrusted.remove(key.as_str());
        known.single.insert(key.to_string(), Found { size, tag });
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: ObjectStore> Transfers<S> {
    /// What is under `keys`, in the same order: `None` for what isn't there, or can't be seen with these credentials.
    ///
    /// Listings are as old as the process: what was stored since is stored again, which changes nothing.
    pub(crate) async fn look(&self, keys: &[Key]) -> Vec<Result<Option<Found>, StoreError>> {
        loop {
            let page = {
                let mut known = self.presence.lock();
                let open = keys
                    .iter()
                    .filter(|key| known.says(key.as_str(), &self.layout) == Word::Open);
                let open: Vec<&Key> = open.collect();
                if open.is_empty() {
                    break;
                }
                known.worth_a_page(&open, &self.layout)
            };
            let Some((part, next)) = page else { break };
            self.read_page(part, next).await;
        }
        let says = |key: &Key| self.presence.lock().says(key.as_str(), &self.layout);
        let open: Vec<&Key> = keys.iter().filter(|key| says(key) == Word::Open).collect();
        self.presence.lock().asked += open.len();
        let asked = self.ask_each(open).await;
        for (key, found) in &asked {
            if let Ok(Some(found)) = found {
                self.presence
                    .lock()
                    .single
                    .insert(key.clone(), found.clone());
            }
        }
        let answer = |key: &Key| match says(key) {
            Word::There(found) => Ok(Some(found)),
            Word::Absent => Ok(None),
            Word::Open => asked.get(key.as_str()).cloned().unwrap_or(Ok(None)),
        };
        keys.iter().map(answer).collect()
    }

    /// The same as far as it can be told: what can't counts as missing.
    pub(crate) async fn look_if_possible(&self, keys: &[Key]) -> Vec<Option<Found>> {
        let found = self.look(keys).await.into_iter();
        found.map(|found| found.ok().flatten()).collect()
    }

    /// Whether the store has all of these items in these sizes at this moment, whatever it had before. What can't be told
    /// counts as missing.
    pub(crate) async fn are_there_now(&self, items: &[(Item, u64)]) -> bool {
        let keys: Vec<(Key, u64)> = items
            .iter()
            .map(|(item, size)| (self.layout.key(item), *size))
            .collect();
        if keys.iter().any(|(key, _)| self.presence.is_distrusted(key)) {
            return false;
        }
        let mut open: Vec<&(Key, u64)> = keys.iter().collect();
        // One page of a listing stands for as many requests as it has answers.
        for prefix in self.shortest_prefixes() {
            let among = open
                .iter()
                .filter(|(key, _)| key.as_str().starts_with(&prefix))
                .count();
            if among < 2 {
                continue;
            }
            let request = || self.store.list(&prefix, None);
            let Ok(page) = ask(&self.policy, &self.store, request).await else {
                continue;
            };
            let mut listing = Listing::default();
            listing.add(page);
            let mut there = true;
            open.retain(|(key, size)| {
                if !key.as_str().starts_with(&prefix) {
                    return true;
                }
                let found = match listing.says(key.as_str()) {
                    Word::There(found) => Some(found.size),
                    Word::Absent => None,
                    Word::Open => return true,
                };
                there &= is_there(key, found, *size);
                false
            });
            if !there {
                return false;
            }
        }
        let asked = open.iter().map(|(key, _)| key).collect();
        let found = self.ask_each(asked).await;
        open.iter().all(|(key, size)| {
            let found = found.get(key.as_str()).cloned();
            let found = found.and_then(|found| found.ok().flatten());
            is_there(key, found.map(|found| found.size), *size)
        })
    }

    /// The prefixes whose first pages tell most: of everything, if all is on one page, else of the packs.
    fn shortest_prefixes(&self) -> Vec<String> {
        let known = self.presence.lock();
        let prefix = self.layout.prefix();
        if known.unlistable {
            Vec::new()
        } else if matches!(known.all.next, Next::End) && known.all.pages == 1 {
            vec![prefix.to_owned()]
        } else {
            vec![format!("{prefix}packs/")]
        }
    }

    /// Asks for each of these keys, at the same time.
    async fn ask_each(
        &self,
        keys: Vec<&Key>,
    ) -> BTreeMap<String, Result<Option<Found>, StoreError>> {
        let mut asking = JoinSet::new();
        for key in keys {
            let (store, policy, key) = (self.store.clone(), self.policy, key.clone());
            asking.spawn(async move {
                let info = ask(&policy, &store, || store.head(&key)).await;
                let found = match info {
                    Ok(info) => Ok(info.map(|info| Found {
                        size: info.size,
                        tag: None,
                    })),
                    // Without the right to list, S3 says 403 for what isn't there, and 400 without a reason for much else.
                    // The upload that follows gets the reason if there is one.
                    Err(error) if matches!(error.kind(), ErrorKind::Denied | ErrorKind::Other) => {
                        Ok(None)
                    }
                    Err(error) => Err(error),
                };
                (key.to_string(), found)
            });
        }
        asking.join_all().await.into_iter().collect()
    }

    /// Reads one page more of a listing.
    async fn read_page(&self, part: Part, next: Next) {
        let prefix = match part {
            Part::All => self.layout.prefix().to_owned(),
            Part::Recipes => format!("{}recipes/", self.layout.prefix()),
            Part::Packs => format!("{}packs/", self.layout.prefix()),
        };
        let continuation = match &next {
            Next::After(token) => Some(token.as_str()),
            Next::First | Next::End => None,
        };
        let request = || self.store.list(&prefix, continuation);
        let page = ask(&self.policy, &self.store, request).await;
        let mut known = self.presence.lock();
        match page {
            Ok(page) => known.listing(part).add(page),
            Err(error) => {
                tracing::debug!(%error, "the store can't be listed; asking for each object");
                known.unlistable = true;
            }
        }
    }
}

fn is_there(key: &Key, found: Option<u64>, size: u64) -> bool {
    if found != Some(size) {
        tracing::debug!(%key, ?found, "a source isn't there");
    }
    found == Some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ObjectInfo;

    fn page(keys: &[&str], continuation: Option<&str>) -> ListedPage {
        let object = |key: &&str| ListedObject {
            key: Key::new(*key),
            info: ObjectInfo {
                size: 1,
                modified: None,
            },
            tag: None,
        };
        ListedPage {
            objects: keys.iter().map(object).collect(),
            continuation: continuation.map(str::to_owned),
        }
    }

    #[test]
    fn a_listing_answers_for_what_it_has_reached() {
        let mut listing = Listing::default();
        assert_eq!(listing.says("a"), Word::Open);
        listing.add(page(&["b", "d"], Some("more")));
        assert_eq!(listing.says("a"), Word::Absent);
        assert!(matches!(listing.says("d"), Word::There(_)));
        assert_eq!(listing.says("e"), Word::Open);
        listing.add(page(&["f"], None));
        assert!(matches!(listing.says("b"), Word::There(_)));
        assert_eq!(listing.says("g"), Word::Absent);
    }

    #[test]
    fn a_page_more_is_read_as_long_as_it_pays() {
        let layout = Layout::new("");
        let mut known = Known::default();
        let (object, recipe) = (Key::new("zz"), Key::new("recipes/zz"));
        let worth = |known: &mut Known, key: &Key| {
            let worth = known.worth_a_page(&[key], &layout);
            worth.map(|(part, _)| part)
        };
        assert_eq!(worth(&mut known, &object), Some(Part::All));
        known.all.add(page(&["a"], Some("more")));
        assert_eq!(worth(&mut known, &object), None);
        assert_eq!(worth(&mut known, &recipe), Some(Part::Recipes));
        known.asked = 1;
        assert_eq!(worth(&mut known, &object), Some(Part::All));
        known.unlistable = true;
        assert_eq!(worth(&mut known, &recipe), None);
    }

    #[test]
    fn what_is_distrusted_is_missing_until_it_is_stored() {
        let (layout, presence, key) = (Layout::new(""), Presence::default(), Key::new("a"));
        let word = || presence.lock().says("a", &layout);
        presence.distrust(&key);
        assert_eq!(word(), Word::Absent);
        presence.stored(&key, 3, None);
        assert_eq!(word(), Word::There(Found { size: 3, tag: None }));
    }
}
