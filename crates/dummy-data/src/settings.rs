//! What a configuration says, once it is read: values with their places in its text.
//!
//! Whoever reads the file (`dummy-config`) knows its syntax and keys; what the values mean for a schema is
//! decided by [`crate::plan`], whose problems point back to the text by these places.

use crate::locale::Locale;
use crate::plan::kinds::GeneratorKind;
use std::collections::BTreeMap;

/// A piece of the configuration's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it has ended.
    pub end: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// Everything that a configuration says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The seed.
    pub seed: Option<u64>,
    /// The language.
    pub locale: Option<Locale>,
    /// Multiplies every row count but those of masters; greater than 0.
    pub scale: Option<f64>,
    /// Rows of every table that has no number of its own.
    pub rows: Option<u64>,
    /// The reference date, in days since 1970.
    pub today: Option<i64>,
    /// The day on which tables have the rows that are asked for, likewise.
    pub rows_on: Option<Located<i64>>,
    /// Tables, in the order of the text.
    pub tables: Vec<TableSettings>,
}

/// What is said of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSettings {
    /// Its name, with its schema where that isn't `public`.
    pub name: Located<String>,
    /// How many rows it gets.
    pub rows: Option<Located<u64>>,
    /// How many rows it gets for each row of another table.
    pub per: Option<PerParent>,
    /// Constraints and indexes that rows needn't be known to keep: the server judges.
    pub unverified: Vec<Located<String>>,
    /// Columns, in the order of the text.
    pub columns: Vec<ColumnSettings>,
}

/// So many rows for each row of a parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerParent {
    /// The parent's name, or that of the column that points to it.
    pub parent: Located<String>,
    /// Fewest rows for a parent.
    pub least: u64,
    /// Most rows for a parent.
    pub most: u64,
}

/// What is said of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSettings {
    /// Its name.
    pub name: Located<String>,
    /// What makes its values.
    pub source: Option<Located<Source>>,
    /// In how many of 65,536 rows it is NULL; 65,536 is always.
    pub null_ratio: Option<Located<u32>>,
    /// Whether its values must be unique.
    pub unique: Option<Located<bool>>,
    /// Its language.
    pub locale: Option<Located<Locale>>,
    /// How its values are distributed.
    pub distribution: Option<Located<Distribution>>,
}

/// What makes a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A generator by its name.
    Generator(GeneratorSettings),
    /// One of some values.
    Values {
        /// The values, as they are written plainly.
        values: Vec<Located<String>>,
        /// How often each comes, in parts of their sum; as many as values, or none for all alike.
        weights: Vec<u64>,
    },
    /// Numbers, dates or times between two, both included.
    Range {
        /// The least.
        least: Located<String>,
        /// The greatest.
        greatest: Located<String>,
    },
    /// Text and other columns' values.
    Template(Vec<TemplatePart>),
    /// What the database makes of it.
    Default,
    /// What the database computes from an SQL expression over the row.
    Sql(String),
}

/// A generator and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratorSettings {
    /// Which.
    pub kind: &'static GeneratorKind,
    /// Options by their names, each of the type that the generator's kind wants.
    pub options: BTreeMap<&'static str, Located<OptionValue>>,
}

/// An option's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// A whole number.
    Whole(i64),
    /// A text; of numbers with a fraction their digits.
    Text(String),
    /// A share, in parts of 65,536.
    Share(u32),
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text as it is.
    Text(String),
    /// The value of a column of the row, or of a generator by its name.
    Name(Located<String>),
}

/// How values are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// All alike.
    Uniform,
    /// Some far more often than others: low numbers, the first of the values, a few parents.
    Skewed,
    /// Most near the middle.
    Normal,
}

impl Distribution {
    /// All of them, by name.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("uniform", Self::Uniform),
        ("skewed", Self::Skewed),
        ("normal", Self::Normal),
    ];
}
