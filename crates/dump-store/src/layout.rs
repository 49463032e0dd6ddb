//! Where objects lie in a bucket. `docs/s3-layout.md` is this module in prose; change them together.

use std::fmt;

use crate::Oid;

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

    /// The oid whose whole object has this key; `None` for a key of anything else.
    pub fn oid_of(&self, key: &str) -> Option<Oid> {
        let oid: Oid = key
            .strip_prefix(&self.prefix)?
            .rsplit('/')
            .next()?
            .parse()
            .ok()?;
        (self.object(&oid).as_str() == key).then_some(oid)
    }

    /// Where `prune` keeps what it took away until the grace period is over: `<prefix>/trash/<oid>`.
    pub fn trash(&self, oid: &Oid) -> Key {
        Key(format!("{}trash/{oid}", self.prefix))
    }

    /// The oid whose trash has this key; `None` for a key of anything else.
    pub fn trashed_oid_of(&self, key: &str) -> Option<Oid> {
        key.strip_prefix(&self.prefix)?
            .strip_prefix("trash/")?
            .parse()
            .ok()
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
    fn only_keys_of_objects_have_an_oid() {
        let layout = Layout::new("shop");
        let oid = Oid::of(b"dump");
        assert_eq!(layout.oid_of(layout.object(&oid).as_str()), Some(oid));
        for other in [
            layout.trash(&oid).to_string(),
            format!("shop/{oid}"),
            format!("shop/00/00/{oid}"),
            Layout::new("").object(&oid).to_string(),
            "shop/readme.txt".to_owned(),
        ] {
            assert_eq!(layout.oid_of(&other), None, "{other}");
        }
        assert_eq!(
            layout.trashed_oid_of(layout.trash(&oid).as_str()),
            Some(oid)
        );
        assert_eq!(layout.trashed_oid_of(layout.object(&oid).as_str()), None);
    }
}
