//! What is known about a table before anything is decided, and stays so: what the schema, the masters and the configuration
//! say of it, which columns get no value from us, which are made together.

use crate::check::Alternatives;
use crate::ids::{ColumnId, Columns, ReferenceId, TableColumns, TableId, TableSlice};
use crate::masters::Master;
use crate::plan::facts::equations::Equation;
use crate::plan::facts::slots::Slot;
use crate::plan::facts::ways::Ways;
use crate::plan::sql::words_outside_strings;
use crate::settings::{ColumnSettings, Located, Source, Span};
use value_model::{Column, ColumnValue, Doubt, Table, ValueType};

/// Parts of a share that are all rows.
pub(crate) const ALL_ROWS: u32 = 1 << 16;

/// A table with what never changes once it is read.
#[derive(Debug)]
pub(crate) struct TableFacts<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its rows as somebody wrote them.
    pub master: Option<&'a Master>,
    /// Checks that have several ways to hold: rows are made as if they weren't there, and held against them.
    pub deferred: Vec<Deferred>,
    /// Columns that are left out of the rows, and why.
    pub left_out: Columns<Option<String>>,
    /// Why the table gets no rows.
    pub no_rows: Option<String>,
    /// Pairs of columns of which the first must be lower, or which are unique in whatever order.
    pub ordered_pairs: Vec<OrderedPair>,
    /// Pairs of columns between which no two rows may overlap.
    pub slots: Vec<Slot>,
    /// Columns that are decided together, in one of several ways in each row.
    pub ways: Vec<Ways>,
    /// Columns that are computed from others.
    pub equations: Vec<Equation>,
    /// Constraints that rows may not keep, for all that is known.
    pub doubts: Vec<Doubt>,
    /// What the configuration says of each column.
    pub settings: Columns<Option<&'a ColumnSettings>>,
    /// How many rows each parent has, where the configuration says so.
    pub per: Option<Per>,
}

/// A check that has several ways to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deferred {
    /// The constraint's name.
    pub name: String,
    /// The ways.
    pub alternatives: Alternatives,
}

/// Two columns of which one must be lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderedPair {
    /// The lower.
    pub lower: ColumnId,
    /// The higher.
    pub higher: ColumnId,
}

impl OrderedPair {
    /// The other one of a column that is in it.
    pub(crate) fn other(self, column: ColumnId) -> Option<ColumnId> {
        if column == self.lower {
            Some(self.higher)
        } else {
            (column == self.higher).then_some(self.lower)
        }
    }
}

/// The half of a table's rows that a column may point to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// The first rows.
    Lower,
    /// The last.
    Higher,
}

/// Columns that take their values from a row of another table.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The foreign key's name, none where only the column's name says so.
    pub constraint: Option<String>,
    /// Positions of the columns.
    pub columns: Vec<ColumnId>,
    /// Position of the other table in the schema.
    pub table: TableId,
    /// Positions of the other table's columns.
    pub referenced: Vec<ColumnId>,
    /// The tables of a polymorphic pair, of which `table` is the first; the columns are then the pair's type
    /// and id. The choice of a row is one of them by its remainder, and a row of that by its quotient.
    pub targets: Vec<Target>,
    /// The other table's candidate keys among the columns: each is enough to say which row it is.
    pub candidate_keys: Vec<Vec<ColumnId>>,
    /// From which of its rows a row may choose.
    pub choosing: Choosing,
    /// How many rows the columns can count: a `smallint` doesn't reach the keys of a large table.
    pub reach: u64,
}

/// Which of a reference's columns a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReferencePlace {
    /// The reference.
    pub reference: ReferenceId,
    /// The column's place in it.
    pub place: usize,
}

/// From which rows of another table a row chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choosing {
    /// All.
    Freely,
    /// All, and the row belongs to the one it chooses: see [`crate::plan::facts::scopes`].
    Tenant,
    /// Those that belong to the same one as itself.
    WithinTenant,
}

/// The tables that a pair points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Position of the table in the schema.
    pub table: TableId,
    /// Position of its key column.
    pub key: ColumnId,
}

/// So many rows for each row of a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Per {
    /// Which reference points to the parent.
    pub reference: ReferenceId,
    /// Fewest rows for a parent.
    pub least: u64,
    /// Most rows for a parent.
    pub most: u64,
    /// Where the configuration says it.
    pub span: Span,
}

impl Reference {
    /// How many choices there are, with so many rows in each table.
    pub(crate) fn choices(&self, rows: &TableSlice<u64>) -> u64 {
        if self.targets.is_empty() {
            return rows[self.table].min(self.reach);
        }
        let fewest = self.targets.iter().map(|target| rows[target.table]).min();
        fewest
            .unwrap_or(0)
            .min(self.reach)
            .saturating_mul(self.targets.len() as u64)
    }
}

impl TableFacts<'_> {
    /// Whether the configuration says what a column holds that an SQL expression names.
    pub(crate) fn settings_of_any(&self, expression: &str) -> bool {
        words_outside_strings(expression).iter().any(|word| {
            self.table
                .column_id(word)
                .or_else(|| self.table.column_id(&word.to_lowercase()))
                .is_some_and(|column| self.source(column).is_some())
        })
    }

    /// Whether the file of a master has the column's values.
    pub(crate) fn is_given(&self, column: ColumnId) -> bool {
        let name = &self.table.columns[column].name;
        self.master.is_some_and(|master| master.has_column(name))
    }

    /// What the configuration wants a column's values to come from.
    pub(crate) fn source(&self, column: ColumnId) -> Option<&Located<Source>> {
        self.settings[column]?.source.as_ref()
    }

    /// Remembers that a constraint may not be kept.
    pub(crate) fn doubt(&mut self, constraint: &str, text: String) {
        self.doubts
            .push(Doubt::new(self.table.name.to_string(), constraint, text));
    }
}

/// How many rows columns of whole numbers can count, the narrowest of them.
pub(crate) fn reach<'c>(columns: impl Iterator<Item = &'c Column>) -> u64 {
    columns
        .map(|column| match column.data_type.kind {
            ValueType::SmallInt => i16::MAX.unsigned_abs().into(),
            ValueType::Integer => i32::MAX.unsigned_abs().into(),
            _ => u64::MAX,
        })
        .min()
        .unwrap_or(u64::MAX)
}

/// Whether a column is there to name rows: a serial, or something called `id`.
pub(crate) fn is_name(column: &Column) -> bool {
    matches!(column.value, ColumnValue::Numbered(())) || column.name == "id"
}
