//! Pointers: the small texts that git keeps in place of large files.
//!
//! Both islands meet them: the agent finds the objects that history names, and the generators check a dump that isn't
//! there by the pointer that is. <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>

/// No pointer is larger, in bytes; git-lfs itself reads no more.
pub const LARGEST: u64 = 1024;

/// The versions of the form that git-lfs reads; it writes the first.
const VERSIONS: [&str; 3] = [
    "https://git-lfs.github.com/spec/v1",
    "http://git-media.io/v/2",
    "https://hawser.github.com/spec/v1",
];

/// What a pointer says of the file that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The SHA-256 of the file's bytes: 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The file's size, in bytes.
    pub size: u64,
}

impl Pointer {
    /// Reads a pointer; `None` for any other content. Whatever git-lfs takes for one is one, blank lines and all: what it
    /// stands for would look unneeded otherwise.
    pub fn parse(content: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(content);
        let mut lines = text.trim().lines().filter(|line| !line.is_empty());
        let version = lines.next()?.strip_prefix("version ")?;
        if !VERSIONS.contains(&version) {
            return None;
        }
        let mut sha256 = None;
        let mut size = None;
        for line in lines {
            match line.split_once(' ')? {
                ("oid", value) => {
                    sha256 = value
                        .strip_prefix("sha256:")
                        .filter(|digits| is_sha256(digits));
                }
                ("size", value) => size = value.parse().ok(),
                // Extensions have lines of their own (`ext-0-…`).
                _ => {}
            }
        }
        Some(Self {
            sha256: sha256?.to_owned(),
            size: size?,
        })
    }
}

/// Whether a text is what git-lfs takes for an oid.
fn is_sha256(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OID: &str = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

    fn text() -> String {
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n")
    }

    #[test]
    fn a_pointer_says_oid_and_size() {
        let pointer = Pointer {
            sha256: OID.to_owned(),
            size: 12345,
        };
        assert_eq!(Pointer::parse(text().as_bytes()), Some(pointer.clone()));
        let extended = text().replace("oid", "ext-0-case sha256:00\noid");
        assert_eq!(Pointer::parse(extended.as_bytes()), Some(pointer));
    }

    #[test]
    fn blank_lines_and_carriage_returns_are_passed_over_as_git_lfs_does() {
        for other in [
            format!("\n {}\n\n", text()),
            text().replace('\n', "\n\n"),
            text().replace('\n', "\r\n"),
            text().trim_end().to_owned(),
        ] {
            let size = Pointer::parse(other.as_bytes()).map(|pointer| pointer.size);
            assert_eq!(size, Some(12345), "{other:?}");
        }
    }

    #[test]
    fn anything_else_is_no_pointer() {
        for other in [
            "",
            "BEGIN;\n",
            "version 1\n",
            &text()[..60],
            &text().replace("sha256", "md5"),
            &text().replace(OID, "4d7a"),
            &text().replace(OID, &OID.to_uppercase()),
            &text().replace("size 12345", "size x"),
            "version https://git-lfs.github.com/spec/v1\nsize 1\n",
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
