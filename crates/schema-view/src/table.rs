//! Tables and their parts, as texts.

use crate::{Origin, Place, Target};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Its name, with the schema where that isn't the usual one.
    pub name: String,
    /// The schema in the name.
    pub schema: Option<String>,
    /// Its former name, when the source says that it was renamed.
    pub renamed_from: Option<String>,
    /// The comment on it.
    pub comment: Option<String>,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// Columns of the primary key, in its order; empty without one.
    pub primary_key: Vec<String>,
    /// Foreign keys from it.
    pub keys: Vec<Key>,
    /// Indexes, those of unique constraints too, without the primary key's.
    pub indexes: Vec<Index>,
    /// Checks and what else constrains rows.
    pub checks: Vec<Constraint>,
    /// Triggers on it.
    pub triggers: Vec<Trigger>,
    /// How it is parted: `RANGE (created_on)`.
    pub partition_by: Option<String>,
    /// The table that it is a part of.
    pub partition_of: Option<String>,
    /// Its parts, by name.
    pub partitions: Vec<String>,
    /// Further SQL text behind its columns.
    pub options: Option<String>,
    /// What its checks, indexes and options speak of.
    pub uses: Vec<Target>,
    /// Where it is defined.
    pub place: Option<Place>,
    /// The group that the source puts it in.
    pub group: Option<String>,
    /// What it is marked as.
    pub labels: Vec<String>,
    /// Whether its name must be quoted because SQL has that word for itself.
    pub is_reserved: bool,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a column is in a foreign key that the schema has.
    pub fn is_in_foreign_key(&self, column: &str) -> bool {
        self.keys
            .iter()
            .any(|key| !key.by_name && key.columns.iter().any(|name| name == column))
    }

    /// Whether a column leads to another table, by a foreign key or by its name.
    pub fn is_in_key(&self, column: &str) -> bool {
        self.keys
            .iter()
            .any(|key| key.columns.iter().any(|name| name == column))
    }

    /// Whether a column alone is unique by the primary key or an index on all rows.
    pub fn is_unique(&self, columns: &[String]) -> bool {
        self.primary_key == columns
            || self.indexes.iter().any(|index| {
                index.unique && index.predicate.is_none() && index.plain_columns() == Some(columns)
            })
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its former name, when the source says that it was renamed.
    pub renamed_from: Option<String>,
    /// Its type as SQL.
    pub type_text: String,
    /// What kind of values it holds.
    pub class: TypeClass,
    /// The most characters of a text, where its type says so.
    pub most_characters: Option<u32>,
    /// Whether NULL may stand in it.
    pub nullable: bool,
    /// Its default as SQL.
    pub default: Option<String>,
    /// The expression that it is computed by.
    pub generated: Option<String>,
    /// How the database counts it.
    pub numbered: Option<Numbered>,
    /// The collation.
    pub collation: Option<String>,
    /// The comment on it.
    pub comment: Option<String>,
    /// Whether its name must be quoted because SQL has that word for itself.
    pub is_reserved: bool,
    /// What its type is, and what its default and its expression speak of.
    pub uses: Vec<Target>,
    /// The line in which it is defined, in its table's file.
    pub line: Option<usize>,
    /// What it is marked as.
    pub labels: Vec<String>,
}

/// How a database counts a column's values, as SQL: `serial`, `GENERATED ALWAYS AS IDENTITY`, `AUTO_INCREMENT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered(pub String);

/// What kind of values a type holds, as far as somebody behind the view asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TypeClass {
    /// Whole numbers.
    Integer,
    /// Numbers with an exact fraction.
    Decimal,
    /// Floating-point numbers.
    Float,
    /// Texts.
    Text,
    /// Dates and times.
    Time,
    /// Truth values.
    Boolean,
    /// Anything else.
    #[default]
    Other,
}

/// A foreign key, or what its column's name says to be one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Key {
    /// The constraint's name.
    pub name: String,
    /// Columns of the table that has it.
    pub columns: Vec<String>,
    /// The table that it points to, by name.
    pub table: String,
    /// That table's position in the view, when it is there.
    pub target: Option<usize>,
    /// The columns that it points to.
    pub referenced_columns: Vec<String>,
    /// What happens to rows, and when it is checked, as SQL: `ON DELETE CASCADE`.
    pub actions: String,
    /// Whether the schema has no such key, and only the column's name says so.
    pub by_name: bool,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it is on, each a column or an expression.
    pub parts: Vec<String>,
    /// The columns, when all parts are plain ones in their usual order.
    pub columns: Option<Vec<String>>,
    /// Whether values are unique.
    pub unique: bool,
    /// Whether it is a unique constraint's.
    pub is_constraint: bool,
    /// The access method; empty for the usual one.
    pub method: String,
    /// The condition of a partial index.
    pub predicate: Option<String>,
    /// Further columns that it carries.
    pub include: Vec<String>,
    /// What else its statement says of it, as SQL: `NULLS NOT DISTINCT`, `INVISIBLE`; empty for most.
    pub further: String,
    /// The comment on it.
    pub comment: Option<String>,
}

impl Index {
    /// The columns, when all parts are plain columns and the method is the usual one.
    pub fn plain_columns(&self) -> Option<&[String]> {
        self.columns.as_deref().filter(|_| self.method.is_empty())
    }

    /// What it is in short: `(a, b DESC) WHERE c`.
    pub fn definition(&self) -> String {
        let mut text = String::new();
        if !self.method.is_empty() {
            text.push_str(&self.method);
            text.push(' ');
        }
        text.push('(');
        text.push_str(&self.parts.join(", "));
        text.push(')');
        if !self.include.is_empty() {
            text.push_str(" INCLUDE (");
            text.push_str(&self.include.join(", "));
            text.push(')');
        }
        if !self.further.is_empty() {
            text.push(' ');
            text.push_str(&self.further);
        }
        if let Some(predicate) = &self.predicate {
            text.push_str(" WHERE ");
            text.push_str(predicate);
        }
        text
    }
}

/// A constraint, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// What it demands: the expression of a check, else SQL.
    pub definition: String,
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The statement that makes it.
    pub sql: String,
    /// What it calls, and what else it speaks of.
    pub uses: Vec<Target>,
    /// Where it is defined.
    pub place: Option<Place>,
    /// The statement that it was read from.
    pub origin: Option<Origin>,
}
