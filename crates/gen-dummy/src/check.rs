//! Compares a dump on disk, or the LFS pointer in its place, with what would be written.

use crate::output::{Fingerprint, FingerprintWriter};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

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
    if file.metadata()?.len() <= lfs_pointer::LARGEST {
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        if let Some(pointer) = lfs_pointer::Pointer::parse(&content) {
            return Ok(Found::Pointer(Fingerprint {
                sha256: pointer.sha256,
                size: pointer.size,
            }));
        }
        file = File::open(path)?;
    }
    let mut writer = FingerprintWriter::default();
    io::copy(&mut file, &mut writer)?;
    Ok(Found::Dump(writer.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_told_from_dumps() {
        let oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
        let pointer =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n");
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
