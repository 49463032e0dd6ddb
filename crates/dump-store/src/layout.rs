//! Where objects lie in a bucket. `docs/s3-layout.md` is this module in prose; change them together.

use std::fmt;

use crate::oid::Oid;

/// The name of one object in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// A key with exactly this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The kinds of what a store holds, in an order in which nothing comes before what it builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An object, whole.
    Object,
    /// Pieces of objects, for recipes.
    Pack,
    /// How to put an object together.
    Recipe,
}

/// One thing that a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its own oid; that of the object it makes, if it is a recipe.
    pub oid: Oid,
}

impl Item {
    /// The whole object with this oid.
    pub fn object(oid: Oid) -> Self {
        Self {
            kind: Kind::Object,
            oid,
        }
    }

    /// The pack with this oid.
    pub fn pack(oid: Oid) -> Self {
        Self {
            kind: Kind::Pack,
            oid,
        }
    }

    /// The recipe of the object with this oid.
    pub fn recipe(oid: Oid) -> Self {
        Self {
            kind: Kind::Recipe,
            oid,
        }
    }
}

/// The rules by which an [`Oid`] becomes a [`Key`], below one prefix of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Empty, or ending in a slash.
    prefix: String,
}

impl Layout {
    /// The layout below `prefix`; slashes at its ends don't matter, and an empty one is the whole bucket.
    pub fn new(prefix: &str) -> Self {
        let trimmed = prefix.trim_matches('/');
        let prefix = if trimmed.is_empty() {
            String::new()
        } else {
            format!("{trimmed}/")
        };
        Self { prefix }
    }

    /// What all keys of this layout begin with: empty, or ending in a slash.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The key of a whole object: `<prefix>/<aa>/<bb>/<oid>`.
    ///
    /// The two directories are the oid's first four digits, as in git-lfs's own storage, so that a bucket can be filled or
    /// read with a plain copy of `.git/lfs/objects`.
    pub fn object(&self, oid: &Oid) -> Key {
        let hex = oid.to_hex();
        Key(format!("{}{}/{}/{hex}", self.prefix, &hex[..2], &hex[2..4]))
    }

    /// The key of an item in its place.
    pub fn key(&self, item: &Item) -> Key {
        let (prefix, oid) = (&self.prefix, item.oid);
        match item.kind {
            Kind::Object => self.object(&oid),
            Kind::Pack => Key(format!("{prefix}packs/{oid}")),
            Kind::Recipe => Key(format!("{prefix}recipes/{oid}")),
        }
    }

    /// Where `prune` keeps what it took away until the grace period is over.
    pub fn trash(&self, item: &Item) -> Key {
        let (prefix, oid) = (&self.prefix, item.oid);
        Key(match item.kind {
            Kind::Object => format!("{prefix}trash/{oid}"),
            Kind::Pack => format!("{prefix}trash/packs/{oid}"),
            Kind::Recipe => format!("{prefix}trash/recipes/{oid}"),
        })
    }

    /// Where what the recipe of `oid` needs is noted; `note` is what it says.
    pub fn note(&self, oid: &Oid, note: &str) -> Key {
        Key(format!("{}needs/{oid}/{note}", self.prefix))
    }

    /// The object of whose recipe this key is a note, and what it says; `None` for a key of anything else.
    pub fn note_of<'a>(&self, key: &'a str) -> Option<(Oid, &'a str)> {
        let rest = key.strip_prefix(&self.prefix)?.strip_prefix("needs/")?;
        let (oid, note) = rest.split_once('/')?;
        Some((oid.parse().ok()?, note))
    }

    /// What the keys of all repositories' names begin with.
    pub fn repositories(&self) -> Key {
        Key(format!("{}repositories/", self.prefix))
    }

    /// Where a repository leaves its name; `digest` is the SHA-256 of it.
    pub fn repository(&self, digest: &Oid) -> Key {
        Key(format!("{}repositories/{digest}", self.prefix))
    }

    /// What says that whoever keeps objects here has left a name.
    pub fn complete(&self) -> Key {
        Key(format!("{}repositories/complete", self.prefix))
    }

    /// The digest of the name whose place this key is; `None` for a key of anything else.
    pub fn repository_of(&self, key: &str) -> Option<Oid> {
        let rest = key.strip_prefix(&self.prefix)?;
        rest.strip_prefix("repositories/")?.parse().ok()
    }

    /// The item whose place this key is; `None` for a key of anything else.
    pub fn item_of(&self, key: &str) -> Option<Item> {
        self.item_with(key, Self::key)
    }

    /// The item whose place in the trash this key is; `None` for a key of anything else.
    pub fn trashed_item_of(&self, key: &str) -> Option<Item> {
        self.item_with(key, Self::trash)
    }

    fn item_with(&self, key: &str, place: impl Fn(&Self, &Item) -> Key) -> Option<Item> {
        let oid: Oid = key
            .strip_prefix(&self.prefix)?
            .rsplit('/')
            .next()?
            .parse()
            .ok()?;
        [Item::object(oid), Item::pack(oid), Item::recipe(oid)]
            .into_iter()
            .find(|item| place(self, item).as_str() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_lies_as_in_the_storage_of_git_lfs() {
        let oid = Oid::of(b"dump");
        let hex = oid.to_hex();
        let plain = format!("{}/{}/{hex}", &hex[..2], &hex[2..4]);
        assert_eq!(Layout::new("").object(&oid).as_str(), plain);
        for prefix in ["team/shop", "/team/shop", "team/shop/"] {
            assert_eq!(
                Layout::new(prefix).object(&oid).as_str(),
                format!("team/shop/{plain}")
            );
        }
    }

    #[test]
    fn each_item_has_its_place_and_each_place_its_item() {
        let oid = Oid::of(b"dump");
        for layout in [Layout::new("shop"), Layout::new("")] {
            for item in [Item::object(oid), Item::pack(oid), Item::recipe(oid)] {
                let (key, trash) = (layout.key(&item), layout.trash(&item));
                assert_eq!(layout.item_of(key.as_str()), Some(item));
                assert_eq!(layout.trashed_item_of(key.as_str()), None);
                assert_eq!(layout.trashed_item_of(trash.as_str()), Some(item));
                assert_eq!(layout.item_of(trash.as_str()), None);
            }
        }
    }

    #[test]
    fn a_repository_has_a_place_for_its_name() {
        let digest = Oid::of(b"github.com/acme/shop");
        for layout in [Layout::new("shop"), Layout::new("")] {
            let key = layout.repository(&digest);
            assert_eq!(layout.repository_of(key.as_str()), Some(digest));
            assert_eq!(layout.item_of(key.as_str()), None);
            assert_eq!(layout.repository_of(layout.complete().as_str()), None);
        }
    }

    #[test]
    fn a_note_has_its_place() {
        let oid = Oid::of(b"dump");
        for layout in [Layout::new("shop"), Layout::new("")] {
            let key = layout.note(&oid, "a/b");
            assert_eq!(layout.note_of(key.as_str()), Some((oid, "a/b")));
            assert_eq!(layout.item_of(key.as_str()), None);
            assert_eq!(layout.trashed_item_of(key.as_str()), None);
            assert_eq!(layout.note_of(layout.object(&oid).as_str()), None);
            // Not even one that looks like an item's.
            let twin = layout.note(&oid, &oid.to_hex());
            assert_eq!(layout.item_of(twin.as_str()), None);
        }
    }

    #[test]
    fn only_keys_of_items_have_one() {
        let layout = Layout::new("shop");
        let oid = Oid::of(b"dump");
        for other in [
            format!("shop/{oid}"),
            format!("shop/00/00/{oid}"),
            format!("shop/packs/x/{oid}"),
            format!("shop/trash/trash/{oid}"),
            format!("packs/{oid}"),
            Layout::new("").object(&oid).to_string(),
            "shop/readme.txt".to_owned(),
        ] {
            assert_eq!(layout.item_of(&other), None, "{other}");
            assert_eq!(layout.trashed_item_of(&other), None, "{other}");
        }
    }

    #[test]
    fn what_others_build_on_comes_first() {
        assert!(Kind::Object < Kind::Pack && Kind::Pack < Kind::Recipe);
    }
}
