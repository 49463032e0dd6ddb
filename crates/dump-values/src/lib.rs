//! What is in the tables of a dump: how many rows, a few of them, and how the values of each column are spread.
//!
//! It answers "does this look right?" without a database. A dump is read once, as a stream; of each column of the
//! table at hand a bounded state is kept: 2 KiB of registers, up to [`MOST_EXACT`] fingerprints and [`MOST_COUNTED`]
//! values. So memory depends on the number of columns of one table, and on nothing else.
//!
//! All figures are the same on every machine: no hash of the standard library, no logarithm.

mod column;
mod distinct;
mod frequent;
mod read;
mod value;

pub use distinct::MOST_EXACT;
pub use frequent::MOST_COUNTED;
pub use read::{EXAMPLES, read};

use serde::{Deserialize, Serialize};

/// The tables of a dump that have rows or could have them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Values {
    /// In the dump's order.
    pub tables: Vec<TableValues>,
}

impl Values {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&TableValues> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// What is in a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TableValues {
    /// Its name without quotes, with its schema where that isn't `public`.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// The columns whose values the dump has, in its order.
    pub columns: Vec<ColumnValues>,
    /// The first rows, a value for each of the columns; none is NULL.
    pub examples: Vec<Vec<Option<String>>>,
}

impl TableValues {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnValues> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// How the values of a column are spread.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ColumnValues {
    /// Its name.
    pub name: String,
    /// In how many rows it is NULL.
    pub nulls: u64,
    /// How many different values it has, NULL not counted.
    pub distinct: u64,
    /// Whether that is counted; else it is right within some 5 %.
    pub distinct_is_exact: bool,
    /// The least value: of numbers the least number, else the first in the order of bytes.
    pub least: Option<String>,
    /// The greatest value.
    pub greatest: Option<String>,
    /// The most frequent values with the number of their rows, most frequent first. Where not all could be counted, a
    /// number is at most `frequent_error` too small, and a value in fewer rows than that may be missing.
    pub frequent: Vec<Frequent>,
    /// See there; 0 when all values were counted.
    pub frequent_error: u64,
}

/// A value and the number of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequent {
    /// The value, cut where it is long.
    pub value: String,
    /// Its rows.
    pub rows: u64,
}
