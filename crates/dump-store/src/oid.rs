//! Object names.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The SHA-256 of an object's content: 64 lowercase hexadecimal digits.
///
/// The only thing that keys and paths of objects are made of, so that no text from outside ever becomes part of a path
/// without having been checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid([u8; 32]);

/// A text that isn't an oid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an oid is 64 hexadecimal digits (0-9, a-f), and this isn't")]
pub struct OidError;

impl Oid {
    /// The oid of `content`.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// The oid with these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Where git-lfs keeps the object, below its directory `objects`
    /// (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).
    pub fn path_below(&self, objects: &Path) -> PathBuf {
        let hex = self.to_hex();
        objects.join(&hex[..2]).join(&hex[2..4]).join(hex)
    }

    /// The 64 digits.
    pub fn to_hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        self.0
            .iter()
            .flat_map(|byte| {
                [
                    DIGITS[usize::from(byte >> 4)],
                    DIGITS[usize::from(byte & 15)],
                ]
            })
            .map(char::from)
            .collect()
    }
}

impl FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, OidError> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(OidError);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Oid({})", self.to_hex())
    }
}

/// The value of a lowercase digit. Uppercase is refused: git-lfs writes lowercase, and two spellings of one key would be
/// two objects.
fn nibble(digit: u8) -> Result<u8, OidError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(OidError),
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
