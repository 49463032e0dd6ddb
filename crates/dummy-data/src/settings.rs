//! What a configuration says, once it is read: values with their places in its text.
//!
//! Whoever reads the file (`dummy-config`) knows its syntax and keys; what the values mean for a schema is
//! decided by [`crate::plan`], whose problems point back to the text by these places.

use crate::locale::Locale;
use crate::plan::kinds::GeneratorKind;
pub use dummy_values::filter::Filter;
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
    /// Rows that are given, in the order of the text.
    pub fixed: Vec<FixedRow>,
    /// Columns that go together, in the order of the text.
    pub personas: Vec<Persona>,
    /// The states that rows go through.
    pub lifecycle: Option<LifecycleSettings>,
    /// Columns, in the order of the text.
    pub columns: Vec<ColumnSettings>,
}

/// A row of which somebody says what some of its columns hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedRow {
    /// Its place.
    pub place: Place,
    /// What is given.
    pub cells: Vec<FixedCell>,
}

/// What a fixed row has in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedCell {
    /// The column.
    pub column: String,
    /// Where that is named.
    pub column_place: Place,
    /// The value.
    pub value: FixedValue,
    /// Where the value stands.
    pub place: Place,
}

/// A value of a fixed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixedValue {
    /// A text as the database reads it.
    Text(String),
    /// NULL.
    Null,
    /// The key of the row of the other table of which these columns hold this.
    Row(Vec<(Located<String>, Located<String>)>),
}

/// Where something stands that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the configuration's text.
    Configuration(Span),
    /// In another file: `schema/fixed/users.csv:3:7`.
    File(String),
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
    /// Where it isn't NULL.
    pub only_if: Option<Conditions>,
    /// What it holds where other columns hold something.
    pub cases: Vec<Case>,
}

impl ColumnSettings {
    /// A column of which nothing is said.
    pub fn new(name: Located<String>) -> Self {
        Self {
            name,
            source: None,
            null_ratio: None,
            unique: None,
            locale: None,
            distribution: None,
            only_if: None,
            cases: Vec::new(),
        }
    }
}

/// What other columns of the row must hold: each one of some texts, or NULL where there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// The columns.
    pub all: Vec<(Located<String>, Vec<Located<String>>)>,
    /// Where they stand.
    pub span: Span,
}

/// What a column holds where other columns hold something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What they hold.
    pub when: Conditions,
    /// What makes the values; none: NULL.
    pub source: Option<Located<Source>>,
    /// Where it stands.
    pub span: Span,
}

/// Columns that go together in a share of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// In so many of 65,536 rows.
    pub share: Located<u32>,
    /// What they hold, NULL being none.
    pub columns: Vec<(Located<String>, Located<Option<String>>)>,
    /// Where it stands.
    pub span: Span,
}

/// The states that rows go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleSettings {
    /// The column of the state.
    pub column: Located<String>,
    /// The states on the way, the first being that of a new row.
    pub steps: Vec<LifecycleStep>,
    /// The states in which rows leave it.
    pub outs: Vec<LifecycleStep>,
    /// Where it stands.
    pub span: Span,
}

/// A state of a lifecycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleStep {
    /// What the column holds.
    pub state: Located<String>,
    /// The column that says since when.
    pub time: Option<Located<String>>,
    /// After how many days it is usually reached, in hundredths.
    pub days: Option<u32>,
    /// In how many of 65,536 rows, of a state in which rows leave.
    pub share: Option<u32>,
    /// The state after which rows leave; none: the first.
    pub after: Option<Located<String>>,
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
    /// The value of a parent's column: the way there, and the column.
    From(Located<Vec<String>>),
    /// Something over the rows that point here.
    Children {
        /// What.
        take: Take,
        /// Their table, or the column of it that points here, and the column that is taken.
        of: Located<Vec<String>>,
        /// Only those.
        only: Option<Conditions>,
    },
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
    /// The value of a column of the row or of a parent, or of a generator by its name; as a slug where that is said.
    Name(Located<String>, Filter),
}

/// What is made of the rows that point here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// The sum of a column.
    Sum,
    /// Their number.
    Count,
    /// The mean of a column.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// What the eldest holds.
    First,
    /// What the youngest holds.
    Latest,
}

impl Take {
    /// All of them, by the keys that say them.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("sum_of", Self::Sum),
        ("count_of", Self::Count),
        ("average_of", Self::Average),
        ("least_of", Self::Least),
        ("greatest_of", Self::Greatest),
        ("first_of", Self::First),
        ("latest_of", Self::Latest),
    ];
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
