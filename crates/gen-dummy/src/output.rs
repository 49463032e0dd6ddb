//! Where a dump goes: a file that appears whole, standard output, or a digest for comparing.

use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Length and SHA-256 of some bytes: what git-lfs knows an object by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// Lower-case hexadecimal SHA-256.
    pub(crate) sha256: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// Takes the fingerprint of what is written.
#[derive(Default)]
pub(crate) struct FingerprintWriter {
    hash: Sha256,
    size: u64,
}

impl FingerprintWriter {
    /// The fingerprint of all that was written.
    pub(crate) fn finish(self) -> Fingerprint {
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            sha256.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            sha256.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        Fingerprint {
            sha256,
            size: self.size,
        }
    }
}

impl Write for FingerprintWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_git_lfs() {
        let mut writer = FingerprintWriter::default();
        writer.write_all(b"abc").unwrap();
        assert_eq!(
            writer.finish(),
            Fingerprint {
                sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
                size: 3
            }
        );
    }
}
