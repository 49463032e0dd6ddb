//! What rows must be: a schema without any database's words.
//!
//! Whoever makes rows sees tables, columns and rules, not a database. So this is a dialect of the skeleton in
//! `schema-model` of its own: its types say what may stand in a column, its rules are in one form of SQL
//! ([`expression`]), and what a database has beside them (storage, methods of indexes, owners) is left out. A database's
//! schema becomes one at the edge (`pg-values`, `mysql-values`), as a [`Subject`]: with the rules that its raw SQL adds, and with
//! what of that isn't understood.

pub mod expression;
mod value_type;

pub use schema_model::{
    IndexKey, LoadOrder, PrimaryKey, QualifiedName, ReferentialAction, load_order,
    strongly_connected_components,
};
pub use value_type::{DataType, RangeType, ValueType};

use std::collections::BTreeSet;

/// A schema for rows, as a [`schema_model::Dialect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values;

/// A schema for rows.
pub type Schema = schema_model::Schema<Values>;
/// A table that rows are made for.
pub type Table = schema_model::Table<Values>;
/// A column.
pub type Column = schema_model::Column<Values>;
/// Where a column's value comes from when a row gives none.
pub type ColumnValue = schema_model::ColumnValue<Values>;
/// An index.
pub type Index = schema_model::Index<Values>;
/// One column or expression of an index.
pub type IndexPart = schema_model::IndexPart<Values>;
/// A foreign key.
pub type ForeignKey = schema_model::ForeignKey<Values>;
/// A check.
pub type CheckConstraint = schema_model::CheckConstraint<Values>;

impl schema_model::Dialect for Values {
    type DataType = DataType;
    type Numbering = ();
    type Schema = Labels;
    type Table = TableRules;
    type Column = ColumnRules;
    type Index = IndexRules;
    type IndexPart = ();
    type ForeignKey = ();
    type Check = ();

    fn is_unique_on(table: &Table, columns: &[String]) -> bool {
        table.has_unique_on(
            columns,
            table.own.uniques.iter().map(|unique| &unique.columns),
            |index| index.own.predicate.is_none(),
            |one, other| one == other,
        )
    }
}

/// Labels that columns choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// Lists of labels, each with a name.
    pub enums: Vec<EnumType>,
}

impl Labels {
    /// The list of that name.
    pub fn enum_type(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.enums.iter().find(|enum_type| &enum_type.name == name)
    }
}

/// A list of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumType {
    /// Its name.
    pub name: QualifiedName,
    /// Its labels, in their sort order.
    pub values: Vec<String>,
}

/// What else binds a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRules {
    /// Gone with the session: no dump can fill it.
    pub temporary: bool,
    /// Its rows are in partitions.
    pub partitioned: bool,
    /// Pairs of rows that mustn't be.
    pub exclusions: Vec<ExclusionConstraint>,
    /// Constraints on columns that are unique together (not unique indexes).
    pub uniques: Vec<UniqueConstraint>,
}

/// What a column's values are besides their type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnRules {
    /// Whether texts that differ in case, accents, width or kana alone, or in blanks at their end, count as equal.
    pub folded: bool,
    /// The most bytes that a text has as UTF-8, where the type limits bytes and not characters.
    pub most_bytes: Option<u32>,
    /// Which characters a text can have.
    pub characters: Characters,
    /// The moments that the type has; none where data never gets to their ends.
    pub moments: Option<MomentRange>,
}

/// The first and the last moment that a type has, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MomentRange {
    /// The first: `1970-01-02 00:00:00`.
    pub first: &'static str,
    /// The last.
    pub last: &'static str,
}

/// Which characters a column's texts can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Characters {
    /// All of Unicode, or so many that every language that data is made in is among them.
    #[default]
    All,
    /// Those of Unicode's basic plane: all languages that data is made in, and no emoji.
    Basic,
    /// Those of ASCII and some others, among which there aren't those of Japanese.
    Western,
    /// Those of ASCII.
    Ascii,
}

impl Characters {
    /// Whether a text has no character that is missing.
    pub fn hold(self, text: &str) -> bool {
        match self {
            Self::All => true,
            Self::Basic => text.chars().all(|character| character <= '\u{FFFF}'),
            Self::Western | Self::Ascii => text.is_ascii(),
        }
    }

    /// Whether every language that data is made in can be written.
    pub fn hold_all_languages(self) -> bool {
        matches!(self, Self::All | Self::Basic)
    }
}

/// No two rows may have all of its comparisons true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionConstraint {
    /// The constraint's name.
    pub name: String,
    /// Expressions with their operators: `room_id WITH =, during WITH &&`.
    pub elements: String,
    /// About which rows, as SQL text; none for all.
    pub predicate: Option<String>,
}

/// Columns that are unique together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueConstraint {
    /// The constraint's name.
    pub name: String,
    /// Its columns, in order; none where an index of [`Table::indexes`] says it.
    pub columns: Vec<String>,
    /// Whether NULLs count as equal to each other.
    pub nulls_not_distinct: bool,
}

/// What an index says of rows besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexRules {
    /// Whether NULLs count as equal to each other.
    pub nulls_not_distinct: bool,
    /// About which rows, as SQL text; none for all.
    pub predicate: Option<String>,
}

/// What rows are made for: a schema, and what else a database's schema file says of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The schema, with the rules that its raw SQL adds.
    pub schema: Schema,
    /// Partitioned tables all of whose rows have a partition.
    pub placed: BTreeSet<QualifiedName>,
    /// Tables that are partitions of others, whose rows they have.
    pub parts: BTreeSet<QualifiedName>,
    /// Rules that rows may break.
    pub doubts: Vec<Doubt>,
    /// What the user should know.
    pub remarks: Vec<Remark>,
}

impl From<Schema> for Subject {
    fn from(schema: Schema) -> Self {
        Self {
            schema,
            ..Self::default()
        }
    }
}

/// A rule that rows may break, because it isn't understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The table, with its schema where it has one.
    pub table: String,
    /// The constraint or index.
    pub constraint: String,
    /// Why, as a sentence.
    pub text: String,
}

impl Doubt {
    /// A doubt about a table's constraint.
    pub fn new(table: String, constraint: &str, text: String) -> Self {
        Self {
            table,
            constraint: constraint.to_owned(),
            text,
        }
    }
}

/// Something that was passed over, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The table or column.
    pub place: String,
    /// What, as a sentence.
    pub text: String,
    /// What to do about it.
    pub hint: String,
}
