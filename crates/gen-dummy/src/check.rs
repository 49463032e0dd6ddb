//! Compares a dump on disk, or the LFS pointer in its place, with what would be written.

use crate::output::{Fingerprint, FingerprintWriter};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// A pointer is smaller than this; git-lfs itself reads no more.
const LONGEST_POINTER: u64 = 1024;

/// What stands at the dump's path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The dump itself.
    Dump(Fingerprint),
    /// Its LFS pointer.
    Pointer(Fingerprint),
}

/// Takes the fingerprint of a file, or reads it from the pointer that the file is.
pub(crate) fn find(path: &Path) -> io::Result<Found> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() < LONGEST_POINTER {
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        if let Some(fingerprint) = std::str::from_utf8(&content).ok().and_then(parse_pointer) {
            return Ok(Found::Pointer(fingerprint));
        }
        file = File::open(path)?;
    }
    let mut writer = FingerprintWriter::default();
    io::copy(&mut file, &mut writer)?;
    Ok(Found::Dump(writer.finish()))
}

/// Reads a pointer of git-lfs's version 1.
fn parse_pointer(text: &str) -> Option<Fingerprint> {
    let mut lines = text.lines();
    if lines.next()? != "version https://git-lfs.github.com/spec/v1" {
        return None;
    }
    let mut sha256 = None;
    let mut size = None;
    for line in lines {
        match line.split_once(' ')? {
            ("oid", oid) => sha256 = oid.strip_prefix("sha256:").map(str::to_owned),
            ("size", number) => size = number.parse().ok(),
            _ => {}
        }
    }
    Some(Fingerprint {
        sha256: sha256?,
        size: size?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_told_from_dumps() {
        let oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
        let pointer =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n");
        assert_eq!(
            parse_pointer(&pointer),
            Some(Fingerprint {
                sha256: oid.into(),
                size: 12345
            })
        );
        assert_eq!(parse_pointer("BEGIN;\n"), None);
        assert_eq!(
            parse_pointer("version https://git-lfs.github.com/spec/v1\nsize 1\n"),
            None
        );
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("dump");
        std::fs::write(&path, "BEGIN;\n").unwrap();
        assert!(matches!(
            find(&path).unwrap(),
            Found::Dump(Fingerprint { size: 7, .. })
        ));
        std::fs::write(&path, pointer).unwrap();
        assert!(matches!(
            find(&path).unwrap(),
            Found::Pointer(Fingerprint { size: 12345, .. })
        ));
    }
}
