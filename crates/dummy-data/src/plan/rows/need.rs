//! What columns must do so that what must be unique is unique, and where that finds its limit.

use crate::ordinal::Ordinal;
use crate::plan::facts::duties::Duties;
use crate::plan::facts::uniques::UniqueSet;
use value_model::{Column, ValueType};

/// What a column must do for the unique sets that it is in.
#[derive(Debug, Clone)]
pub(crate) enum Need {
    /// Nothing.
    Free,
    /// Take another value in each row.
    Distinct,
    /// Take another value in each of so many rows, and be NULL in all that follow.
    Few(u64),
    /// Take the choice that this says.
    Follow(Ordinal),
    /// Be NULL, for no other way was found.
    Null,
}

/// Too many rows for a unique set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The constraint or index.
    pub constraint: String,
    /// How many rows are possible.
    pub rows: u64,
}

impl Limit {
    /// What a unique set of a table leaves.
    pub(crate) fn of(facts: &Duties<'_>, set: &UniqueSet, rows: u64) -> Self {
        Self {
            columns: set
                .columns
                .iter()
                .map(|&column| facts.table.columns[column].name.clone())
                .collect(),
            constraint: set.name.clone(),
            rows,
        }
    }
}

/// What a factor is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number or date, which can count within a group.
    Counter,
    /// A time, which is about something else than telling rows apart.
    Time,
    /// Anything else.
    Other,
}

impl Kind {
    /// What a column is good for.
    pub(crate) fn of(column: &Column) -> Self {
        match column.data_type.kind {
            ValueType::Timestamp { .. } => Self::Time,
            ValueType::SmallInt
            | ValueType::Integer
            | ValueType::BigInt
            | ValueType::Numeric { .. }
            | ValueType::Date
                if !column.data_type.array =>
            {
                Self::Counter
            }
            _ => Self::Other,
        }
    }
}
