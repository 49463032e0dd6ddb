//! Object names.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use dump_delta::ContentHash;

/// The SHA-256 of an object's content: 64 lowercase hexadecimal digits.
///
/// The only thing that keys and paths of objects are made of, so that no text from outside ever becomes part of a path
/// without having been checked. Uppercase is refused: git-lfs writes lowercase, and two spellings of one key would be two
/// objects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(ContentHash);

/// A text that isn't an oid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an oid is 64 hexadecimal digits (0-9, a-f), and this isn't")]
pub struct OidError;

impl Oid {
    /// The oid of `content`.
    pub fn of(content: &[u8]) -> Self {
        Self(ContentHash::of(content))
    }

    /// The oid with these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(ContentHash::from_bytes(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Where git-lfs keeps the object, below its directory `objects`
    /// (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).
    pub fn path_below(&self, objects: &Path) -> PathBuf {
        let hex = self.to_hex();
        objects.join(&hex[..2]).join(&hex[2..4]).join(hex)
    }

    /// The 64 digits.
    pub fn to_hex(&self) -> String {
        self.0.to_string()
    }
}

impl From<ContentHash> for Oid {
    fn from(hash: ContentHash) -> Self {
        Self(hash)
    }
}

impl From<Oid> for ContentHash {
    fn from(oid: Oid) -> Self {
        oid.0
    }
}

impl FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, OidError> {
        let hash = ContentHash::from_hex(text.as_bytes());
        hash.map(Self).ok_or(OidError)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_are_the_same_oid() {
        let oid = Oid::of(b"dump");
        assert_eq!(oid.to_hex().parse(), Ok(oid));
        assert_eq!(
            Oid::of(b"").to_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn what_is_not_64_lowercase_digits_is_refused() {
        let good = Oid::of(b"dump").to_hex();
        for bad in [
            "",
            "../../etc/passwd",
            &good[1..],
            &good.to_uppercase(),
            &format!("{good}0"),
            &"é".repeat(32),
        ] {
            assert_eq!(bad.parse::<Oid>(), Err(OidError), "{bad}");
        }
    }
}
