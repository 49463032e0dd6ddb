//! What fixed rows give, gathered by the table's and the column's position.

use crate::ids::{ColumnAt, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use dummy_values::pinned::{Pin, PinnedCells};

/// What fixed rows give to the columns of all tables, by the table's and the column's position.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    /// Values.
    pub cells: BTreeMap<ColumnAt, Arc<PinnedCells>>,
    /// Which row of the other table a row points to, by the first column of the reference.
    pub choices: BTreeMap<ColumnAt, Arc<BTreeMap<u64, u64>>>,
    /// When rows are born, in microseconds since 1970, by table.
    pub births: BTreeMap<TableId, Arc<BTreeMap<u64, i64>>>,
    /// Where each fixed row of a table stands, in the order in which they are written.
    pub rows: BTreeMap<TableId, Vec<u64>>,
}
