//! A table in the making.

use schema_model::Table;

/// A table with the statements that it came from.
#[derive(Debug, Clone)]
pub(crate) struct DraftTable {
    pub(crate) table: Table,
    /// The statements that made it and its parts, word for word.
    pub(crate) statements: Vec<(usize, String)>,
    /// Whether it is to stay a table of the model.
    pub(crate) kept: bool,
}

impl DraftTable {
    /// When it was read.
    pub(crate) fn made_at(&self) -> usize {
        self.statements.first().map_or(0, |(at, _)| *at)
    }
}
