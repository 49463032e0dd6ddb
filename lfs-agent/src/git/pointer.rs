//! Pointers as the agent uses them: with an oid that the store knows.

use dump_store::Oid;

pub(crate) use lfs_pointer::LARGEST;

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
        let pointer = lfs_pointer::Pointer::parse(content)?;
        Some(Self {
            oid: pointer.sha256.parse().ok()?,
            size: pointer.size,
        })
    }
}
