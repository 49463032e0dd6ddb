//! Files that are no text, told by how they begin.

/// Why a file can't be read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotText {
    /// It is compressed by this program.
    Compressed(&'static str),
    /// It is UTF-16, which PowerShell's `>` writes.
    Utf16,
}

impl NotText {
    /// What the first bytes of a file give away.
    pub fn of_first_bytes(bytes: &[u8]) -> Option<Self> {
        for (magic, program) in [
            (&b"\x1f\x8b"[..], "gzip"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (b"\x04\x22\x4d\x18", "lz4"),
        ] {
            if bytes.starts_with(magic) {
                return Some(Self::Compressed(program));
            }
        }
        (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")).then_some(Self::Utf16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_give_it_away() {
        for (bytes, expected) in [
            (&b"\x1f\x8b\x08"[..], Some(NotText::Compressed("gzip"))),
            (b"\xff\xfe-\0", Some(NotText::Utf16)),
            (b"-- MySQL dump", None),
            (b"", None),
        ] {
            assert_eq!(NotText::of_first_bytes(bytes), expected);
        }
    }
}
