//! Pointers: the small texts that git keeps in place of large files.
//! <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>

use dump_store::Oid;

/// No pointer is larger, in bytes.
pub(crate) const LARGEST: u64 = 1024;

/// What a pointer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pointer {
    pub(crate) oid: Oid,
    /// In bytes.
    pub(crate) size: u64,
}

impl Pointer {
    /// Reads a pointer; `None` for any other content.
    pub(crate) fn parse(content: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(content).ok()?.lines();
        let version = lines.next()?.strip_prefix("version ")?;
        if !matches!(
            version,
            "https://git-lfs.github.com/spec/v1"
                | "http://git-media.io/v/2"
                | "https://hawser.github.com/spec/v1"
        ) {
            return None;
        }
        let mut oid = None;
        let mut size = None;
        for line in lines {
            match line.split_once(' ')? {
                ("oid", value) => oid = value.strip_prefix("sha256:")?.parse().ok(),
                ("size", value) => size = value.parse().ok(),
                _ => {}
            }
        }
        Some(Self {
            oid: oid?,
            size: size?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pointer_says_oid_and_size() {
        let oid = Oid::of(b"dump");
        let text =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 4\n");
        assert_eq!(
            Pointer::parse(text.as_bytes()),
            Some(Pointer { oid, size: 4 })
        );
        let extended = text.replace("oid", "ext-0-case sha256:00\noid");
        assert_eq!(
            Pointer::parse(extended.as_bytes()),
            Some(Pointer { oid, size: 4 })
        );
        for other in [
            "",
            "version 1\n",
            &text[..60],
            &text.replace("sha256", "md5"),
            &text.replace("size 4", "size x"),
        ] {
            assert_eq!(Pointer::parse(other.as_bytes()), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_content_is_read_or_refused(content in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Pointer::parse(&content);
        }
    }
}
