//! What is known about a table before anything is decided: its keys, what must be unique, what its
//! CHECKs leave, which columns get no value from us.

use crate::check::{Alternatives, Comparison, Rules};
use crate::masters::Master;
use crate::plan::facts::equations::Equation;
use crate::plan::facts::slots::Slot;
use crate::plan::facts::uniques::{Compared, UniqueSet};
use crate::plan::facts::ways::Ways;
use crate::plan::sql::words_outside_strings;
use crate::settings::{ColumnSettings, Located, Source, Span};
use value_model::{Column, ColumnValue, Doubt, Table, ValueType};

/// Parts of a share that are all rows.
pub(crate) const ALL_ROWS: u32 = 1 << 16;

/// A table with everything that can be read off the schema.
#[derive(Debug)]
pub(crate) struct TableFacts<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its rows as somebody wrote them.
    pub master: Option<&'a Master>,
    /// What must be unique.
    pub unique_sets: Vec<UniqueSet>,
    /// What the CHECKs say.
    pub rules: Rules,
    /// Checks that have several ways to hold, by their names: rows are made as if they weren't there, and held against
    /// them.
    pub deferred: Vec<(String, Alternatives)>,
    /// References to other tables; no column is in two.
    pub references: Vec<Reference>,
    /// For each column the reference that decides it, and its place in that.
    pub reference_of: Vec<Option<(usize, usize)>>,
    /// Columns that can't be NULL, or that something else points to.
    pub never_null: Vec<bool>,
    /// Columns that are always NULL, and why.
    pub always_null: Vec<Option<String>>,
    /// Columns that are left out of the rows, and why.
    pub left_out: Vec<Option<String>>,
    /// Why the table gets no rows.
    pub no_rows: Option<String>,
    /// Pairs of columns of which the first must be lower, or which are unique in whatever order.
    pub halves: Vec<(usize, usize)>,
    /// Pairs of columns between which no two rows may overlap.
    pub slots: Vec<Slot>,
    /// Columns that are decided together, in one of several ways in each row.
    pub ways: Vec<Ways>,
    /// Columns that are computed from others.
    pub equations: Vec<Equation>,
    /// Constraints that rows may not keep, for all that is known.
    pub doubts: Vec<Doubt>,
    /// What the configuration says of each column.
    pub settings: Vec<Option<&'a ColumnSettings>>,
    /// How many rows each parent has, where the configuration says so.
    pub per: Option<Per>,
}

/// Columns that take their values from a row of another table.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The foreign key's name, none where only the column's name says so.
    pub constraint: Option<String>,
    /// Positions of the columns.
    pub columns: Vec<usize>,
    /// Position of the other table in the schema.
    pub table: usize,
    /// Positions of the other table's columns.
    pub referenced: Vec<usize>,
    /// The tables of a polymorphic pair, of which `table` is the first; the columns are then the pair's type
    /// and id. The choice of a row is one of them by its remainder, and a row of that by its quotient.
    pub targets: Vec<Target>,
    /// Which of the columns are enough to name a row of the other table.
    pub names: Vec<Vec<usize>>,
    /// From which of its rows a row may choose.
    pub choosing: Choosing,
    /// How many rows the columns can count: a `smallint` doesn't reach the keys of a large table.
    pub reach: u64,
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
    pub table: usize,
    /// Position of its key column.
    pub key: usize,
}

/// So many rows for each row of a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Per {
    /// Which reference points to the parent.
    pub reference: usize,
    /// Fewest rows for a parent.
    pub least: u64,
    /// Most rows for a parent.
    pub most: u64,
    /// Where the configuration says it.
    pub span: Span,
}

impl Reference {
    /// How many choices there are, with so many rows in each table.
    pub(crate) fn choices(&self, rows: &[u64]) -> u64 {
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
                .column_position(word)
                .or_else(|| self.table.column_position(&word.to_lowercase()))
                .is_some_and(|column| self.source(column).is_some())
        })
    }

    /// Whether the file of a master has the column's values.
    pub(crate) fn is_given(&self, column: usize) -> bool {
        let name = &self.table.columns[column].name;
        self.master.is_some_and(|master| master.has_column(name))
    }

    /// What the configuration wants a column's values to come from.
    pub(crate) fn source(&self, column: usize) -> Option<&Located<Source>> {
        self.settings[column]?.source.as_ref()
    }

    /// The longest span, in microseconds, of which something unique looks at nothing less: a day, a month.
    pub(crate) fn span_of(&self, column: usize) -> Option<i64> {
        let is_time = matches!(
            self.table.columns[column].data_type.kind,
            ValueType::Timestamp { .. } | ValueType::Date
        );
        let sets = self.unique_sets.iter();
        sets.filter(|set| is_time && set.columns.contains(&column))
            .filter_map(|set| match set.compared {
                Compared::Spans(span) => Some(span),
                _ => None,
            })
            .max()
    }

    /// The table and column that a column by itself points to, where it is free to choose the row.
    fn target(&self, column: usize) -> Option<(usize, usize)> {
        let (reference, place) = self.reference_of[column]?;
        let reference = &self.references[reference];
        (reference.columns.len() == 1
            && reference.targets.is_empty()
            && reference.choosing == Choosing::Freely)
            .then_some((reference.table, reference.referenced[place]))
    }

    /// Takes the first of the alternatives that fits what is known already. Returns whether one was found.
    pub(crate) fn add_rule(&mut self, alternatives: &Alternatives) -> bool {
        let (table, never_null) = (self.table, &self.never_null);
        self.rules.add(alternatives, &|name: &str| {
            table
                .column_position(name)
                .is_some_and(|position| !never_null[position])
        })
    }

    /// Whether a column can be made NULL, by its name.
    pub(crate) fn may_be_null(&self, name: &str) -> bool {
        self.table
            .column_position(name)
            .is_some_and(|position| !self.never_null[position])
    }

    /// Takes over what the rules say of NULL.
    pub(crate) fn take_nulls(&mut self) {
        for (name, domain) in &self.rules.domains {
            if let Some(position) = self.table.column_position(name) {
                match domain.null {
                    Some(true) => self.always_null[position] = Some("a check wants it".to_owned()),
                    Some(false) => self.never_null[position] = true,
                    None => {}
                }
            }
        }
    }

    /// Remembers that a constraint may not be kept.
    pub(crate) fn doubt(&mut self, constraint: &str, text: String) {
        self.doubts
            .push(Doubt::new(self.table.name.to_string(), constraint, text));
    }

    /// For a column that points to a lower or a higher row of a table than another one: whether to the higher.
    /// The lower half of the parents is for one, the upper half for the other.
    pub(crate) fn half(&self, column: usize) -> Option<bool> {
        let own = self.target(column)?;
        let pairs = self.halves.iter();
        let mut both = pairs.filter(|(low, high)| *low == column || *high == column);
        let (low, high) = *both.next()?;
        // Only of two columns of which no other must be lower or higher.
        (both.next().is_none()
            && self.target(low) == Some(own)
            && self.target(high) == Some(own)
            && self.differs_from(low.max(high)).is_none())
        .then_some(column == high)
    }

    /// The column before it that a check wants this one to differ from, where both point to the same
    /// table.
    pub(crate) fn differs_from(&self, column: usize) -> Option<usize> {
        let name = &self.table.columns[column].name;
        self.rules
            .relations
            .iter()
            .find_map(|(left, operator, right)| {
                let other = match operator {
                    Comparison::NotEqual if left == name => right,
                    Comparison::NotEqual if right == name => left,
                    _ => return None,
                };
                let other = self.table.column_position(other)?;
                (other < column
                    && self.target(other).is_some()
                    && self.target(other) == self.target(column))
                .then_some(other)
            })
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

/// Adds a reference, which decides its columns from now on.
pub(crate) fn add_reference(facts: &mut TableFacts<'_>, reference: Reference) {
    let number = facts.references.len();
    for (place, &column) in reference.columns.iter().enumerate() {
        facts.reference_of[column] = Some((number, place));
    }
    facts.references.push(reference);
}

/// Whether a column is there to name rows: a serial, or something called `id`.
pub(crate) fn is_name(column: &Column) -> bool {
    matches!(column.value, ColumnValue::Numbered(())) || column.name == "id"
}
