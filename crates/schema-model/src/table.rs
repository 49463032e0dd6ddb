//! Tables and columns.

use crate::{CheckConstraint, Dialect, ForeignKey, Index, PrimaryKey, QualifiedName};

/// `CREATE TABLE` and all that belongs to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<D: Dialect> {
    /// The table's name.
    pub name: QualifiedName,
    /// Its former name, when the source says that it was renamed.
    pub renamed_from: Option<QualifiedName>,
    /// Columns in their order in the table.
    pub columns: Vec<Column<D>>,
    /// The primary key, if it has one.
    pub primary_key: Option<PrimaryKey>,
    /// Indexes that don't back a constraint.
    pub indexes: Vec<Index<D>>,
    /// Foreign keys from this table.
    pub foreign_keys: Vec<ForeignKey<D>>,
    /// CHECK constraints.
    pub checks: Vec<CheckConstraint<D>>,
    /// SQL text that follows the closing parenthesis: `PARTITION BY …`, `WITH (…)`, `ENGINE=…`.
    pub options: Option<String>,
    /// The query of `CREATE TABLE … AS`, which then gives further columns and rows.
    pub as_query: Option<String>,
    /// The comment on it.
    pub comment: Option<String>,
    /// What only the database at hand says of it.
    pub own: D::Table,
}

impl<D: Dialect> Table<D> {
    /// An ordinary table with nothing in it.
    pub fn new(name: QualifiedName) -> Self {
        Self {
            name,
            renamed_from: None,
            columns: Vec::new(),
            primary_key: None,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            options: None,
            as_query: None,
            comment: None,
            own: D::Table::default(),
        }
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column<D>> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a primary key, a unique constraint or a unique index is on exactly these columns, in whatever order, so
    /// that a foreign key can point to them.
    pub fn is_unique_on(&self, columns: &[String]) -> bool {
        D::is_unique_on(self, columns)
    }

    /// The same for a database of which this is said: which other constraints make columns unique, which unique indexes
    /// do, and when two names are a column's.
    pub fn has_unique_on<'k>(
        &'k self,
        columns: &[String],
        constraints: impl Iterator<Item = &'k Vec<String>>,
        counts: impl Fn(&Index<D>) -> bool,
        is_same: impl Fn(&str, &str) -> bool,
    ) -> bool {
        let is_on = |others: &[&str]| {
            let has = |column: &String| others.iter().any(|other| is_same(column, other));
            others.len() == columns.len() && columns.iter().all(has)
        };
        let key = self.primary_key.iter().map(|key| &key.columns);
        key.chain(constraints)
            .any(|names| is_on(&names.iter().map(String::as_str).collect::<Vec<_>>()))
            || self.indexes.iter().any(|index| {
                index.unique
                    && counts(index)
                    && index.plain_columns().is_some_and(|names| is_on(&names))
            })
    }

    /// The position of the column of that name, from 0.
    pub fn column_position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column<D: Dialect> {
    /// The column's name.
    pub name: String,
    /// Its former name, when the source says that it was renamed.
    pub renamed_from: Option<String>,
    /// Its type.
    pub data_type: D::DataType,
    /// `NOT NULL`; columns of a primary key are not null whatever this says.
    pub not_null: bool,
    /// Where its value comes from when an INSERT gives none.
    pub value: ColumnValue<D>,
    /// `COLLATE`, the bare name of the collation.
    pub collation: Option<String>,
    /// The comment on it.
    pub comment: Option<String>,
    /// What only the database at hand says of it.
    pub own: D::Column,
}

impl<D: Dialect> Column<D> {
    /// A nullable column without default.
    pub fn new(name: impl Into<String>, data_type: D::DataType) -> Self {
        Self {
            name: name.into(),
            renamed_from: None,
            data_type,
            not_null: false,
            value: ColumnValue::None,
            collation: None,
            comment: None,
            own: D::Column::default(),
        }
    }
}

/// Where a column's value comes from when an INSERT gives none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValue<D: Dialect> {
    /// No default was given.
    None,
    /// `DEFAULT NULL`, which is something else than none where a database keeps and shows it.
    Null,
    /// `DEFAULT` and an SQL expression or literal.
    Default(String),
    /// The database counts.
    Numbered(D::Numbering),
    /// `GENERATED ALWAYS AS (expression)`.
    Generated {
        /// The SQL expression, without parentheses around it.
        expression: String,
        /// `STORED`; else it is computed when it is read.
        stored: bool,
    },
}
