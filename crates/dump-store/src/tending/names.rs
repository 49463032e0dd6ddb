//! Who keeps objects below a prefix: each repository leaves its name there when it is first pushed from.
//!
//! Whoever deletes must know every repository whose refs may name an object, and nothing else in a bucket tells. So a push
//! leaves the name before its first object, and `prune` stops at a name that it hasn't read the refs of. That only helps if
//! nobody keeps objects there who has left no name; a push that finds nothing at all below the prefix writes down that it
//! is so ([`Inventory::complete`]), and nobody else but a person can say it later. Why it is done so, and what was rejected:
//! `docs/design/prune.md`.

use std::collections::BTreeSet;
use std::fmt;

use crate::error::TransferError;
use crate::layout::Key;
use crate::oid::Oid;
use crate::store::content::Content;
use crate::store::retry::{ask, retry};
use crate::store::stall::limited;
use crate::store::{ByteRange, ErrorKind, ObjectStore};
use crate::tending::inventory::Inventory;
use crate::transfer::Transfers;

/// The first line of a name, with the version of the format.
const FORMAT: &str = "lfs-agent repository 1";

/// What says that nobody is without a name.
const COMPLETE: &str =
    "lfs-agent repositories 1\nWhoever keeps objects below this prefix has left its name here.\n";

/// No name is longer, in bytes: that of a path or a URL.
const LONGEST: usize = 8 << 10;

/// The name of a repository: where it is, in one line, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepositoryName(String);

impl RepositoryName {
    /// The name for a repository at this place. What can't stand in a line is written as `%XX`; who calls has taken out
    /// what is secret.
    pub fn new(place: &str) -> Self {
        let mut name = String::with_capacity(place.len());
        for character in place.chars() {
            if character.is_control() {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    name.extend(['%', digit(byte >> 4), digit(byte & 15)]);
                }
            } else {
                name.push(character);
            }
        }
        Self(name)
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its key is made of.
    pub fn digest(&self) -> Oid {
        Oid::of(self.0.as_bytes())
    }

    fn encode(&self) -> String {
        format!("{FORMAT}\n{self}\n")
    }

    /// Reads what is stored under the key of `digest`. `None` for what isn't the name that belongs there.
    fn decode(bytes: &[u8], digest: &Oid) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let name = text.strip_prefix(FORMAT)?.strip_prefix('\n')?;
        let name = Self(name.strip_suffix('\n')?.to_owned());
        let is_one_line = !name.0.chars().any(char::is_control);
        (is_one_line && name.digest() == *digest).then_some(name)
    }
}

/// A hexadecimal digit of a number below 16.
fn digit(number: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(number & 15)])
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<S: ObjectStore> Transfers<S> {
    /// Leaves the names of repositories that are about to refer to objects here, as far as they aren't there.
    ///
    /// # Errors
    /// [`TransferError::Store`]. Nothing may then be stored that `prune` would have to know of.
    pub async fn leave_names(&self, names: &[RepositoryName]) -> Result<(), TransferError> {
        for name in names {
            let key = self.layout.repository(&name.digest());
            let failed = |error| self.failed(&key, error);
            self.store.ready().await.map_err(failed)?;
            if self
                .look(std::slice::from_ref(&key))
                .await
                .remove(0)
                .map_err(failed)?
                .is_some()
            {
                continue;
            }
            // In this order: between the two, the store says that nobody is there, which is true.
            if self.is_empty().await {
                self.declare_complete().await?;
            }
            self.write_name(name).await?;
        }
        Ok(())
    }

    /// Leaves a repository's name, whether it is there or not.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn write_name(&self, name: &RepositoryName) -> Result<(), TransferError> {
        let key = self.layout.repository(&name.digest());
        self.write_text(&key, name.encode()).await
    }

    /// Writes down that everybody who keeps objects here has left a name.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn declare_complete(&self) -> Result<(), TransferError> {
        let key = self.layout.complete();
        self.write_text(&key, COMPLETE.to_owned()).await
    }

    /// The name whose key is made of `digest`; `None` if it isn't there, or isn't a name.
    ///
    /// # Errors
    /// [`TransferError::Store`], when it can't be read.
    pub async fn name_of(&self, digest: &Oid) -> Result<Option<RepositoryName>, TransferError> {
        let key = self.layout.repository(digest);
        let range = ByteRange {
            offset: 0,
            length: LONGEST as u64,
        };
        let get = || async {
            let body = limited(self.store.get(&key, range), self.policy.stall).await?;
            limited(body.collect(), self.policy.stall).await
        };
        match retry(&self.policy, &self.store, get).await {
            Ok(bytes) => Ok(RepositoryName::decode(&bytes, digest)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::OutOfRange) => {
                Ok(None)
            }
            Err(error) => Err(self.failed(&key, error)),
        }
    }

    /// The digests of all names that are there now.
    ///
    /// # Errors
    /// [`TransferError::Store`], when the store can't be listed.
    pub async fn names_left(&self) -> Result<BTreeSet<Oid>, TransferError> {
        let all = self.layout.repositories();
        let mut names = BTreeSet::new();
        let mut continuation: Option<String> = None;
        loop {
            let request = || self.store.list(all.as_str(), continuation.as_deref());
            let page = ask(&self.policy, &self.store, request).await;
            let page = page.map_err(|error| self.failed(&all, error))?;
            let keys = page.objects.iter().map(|object| object.key.as_str());
            names.extend(keys.filter_map(|key| self.layout.repository_of(key)));
            continuation = page.continuation;
            if continuation.is_none() {
                return Ok(names);
            }
        }
    }

    /// Takes away the name of a repository that is gone.
    ///
    /// # Errors
    /// [`TransferError::Store`].
    pub async fn forget_name(&self, digest: &Oid) -> Result<(), TransferError> {
        let key = self.layout.repository(digest);
        let deleted = ask(&self.policy, &self.store, || self.store.delete(&key)).await;
        deleted.map_err(|error| self.failed(&key, error))
    }

    /// Copies the names into `target`, before any object. What is said of completeness holds there only if it holds of
    /// all that is copied and of all that was there.
    ///
    /// # Errors
    /// [`TransferError`], of the side that failed.
    pub async fn copy_names(
        &self,
        own: &Inventory,
        target: &Self,
        there: &Inventory,
    ) -> Result<(), TransferError> {
        for digest in own.repositories.difference(&there.repositories) {
            if let Some(name) = self.name_of(digest).await? {
                target.write_name(&name).await?;
            }
        }
        if own.complete && there.is_empty() {
            target.declare_complete().await?;
        } else if there.complete && !own.complete && !own.items.is_empty() {
            let key = target.layout.complete();
            let deleted = ask(&target.policy, &target.store, || target.store.delete(&key)).await;
            deleted.map_err(|error| target.failed(&key, error))?;
        }
        Ok(())
    }

    /// Whether nothing is below the prefix. What can't be told counts as something.
    async fn is_empty(&self) -> bool {
        let prefix = self.layout.prefix();
        let page = ask(&self.policy, &self.store, || self.store.list(prefix, None)).await;
        page.is_ok_and(|page| page.objects.is_empty() && page.continuation.is_none())
    }

    async fn write_text(&self, key: &Key, text: String) -> Result<(), TransferError> {
        let sha256 = *Oid::of(text.as_bytes()).as_bytes();
        let content = Content::from_bytes(text.into_bytes());
        let put = || {
            let request = self.store.put(key, content.clone(), &sha256);
            limited(request, self.policy.stall)
        };
        let written = retry(&self.policy, &self.store, put).await;
        written.map(drop).map_err(|error| self.failed(key, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_and_comes_back() {
        for place in [
            "github.com/acme/shop",
            "/srv/git/søk og 検索.git",
            "a\nb\u{1b}[2J",
        ] {
            let name = RepositoryName::new(place);
            let stored = name.encode();
            assert_eq!(stored.lines().count(), 2, "{stored}");
            assert_eq!(
                RepositoryName::decode(stored.as_bytes(), &name.digest()),
                Some(name)
            );
        }
        assert_eq!(RepositoryName::new("a\nb").as_str(), "a%0Ab");
    }

    #[test]
    fn what_is_not_the_name_of_its_key_is_none() {
        let name = RepositoryName::new("github.com/acme/shop");
        let (stored, digest) = (name.encode(), name.digest());
        let other = RepositoryName::new("github.com/acme/other").encode();
        let escaping = format!("{FORMAT}\na\u{1b}b\n");
        for (text, digest) in [
            ("", digest),
            (&stored[..20], digest),
            (&stored[..stored.len() - 1], digest),
            (&other, digest),
            (&escaping, Oid::of(b"a\x1bb")),
        ] {
            assert_eq!(
                RepositoryName::decode(text.as_bytes(), &digest),
                None,
                "{text}"
            );
        }
    }
}
