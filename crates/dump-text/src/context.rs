//! What must be known of a dump's beginning to read on from somewhere in its middle.
//!
//! A packed dump consists of members that stay as they are from version to version. Who knows what stood before one
//! can read it alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::statements::Statements;

/// Where a reader is in a dump. The default is its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Context {
    pub(crate) statements: Statements,
    /// The columns of the tables that the dump made before.
    pub(crate) columns: Arc<BTreeMap<String, Vec<String>>>,
    pub(crate) block: Option<Block>,
}

impl Context {
    /// The line that begins the COPY block in which the reader is, between two of its rows; `None` anywhere else.
    pub fn copy(&self) -> Option<&[u8]> {
        let block = self.block.as_ref().filter(|block| !block.has_dummy)?;
        let line = block.text.strip_suffix(b"\n")?;
        let is_copy = line.get(..4)?.eq_ignore_ascii_case(b"COPY");
        (is_copy && !line.contains(&b'\n')).then_some(line)
    }
}

/// The block of rows in whose middle the reader is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Block {
    /// What begins it, and what was read of a row or behind one.
    pub(crate) text: Vec<u8>,
    /// Whether that has a row which isn't one.
    pub(crate) has_dummy: bool,
}

/// A row that stands for the one behind which the reader is.
pub(crate) const DUMMY: &[u8] = b"(NULL)";
