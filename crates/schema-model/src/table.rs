//! Tables and columns.

use crate::{
    CheckConstraint, DataType, ExclusionConstraint, ForeignKey, Index, PrimaryKey, QualifiedName,
    UniqueConstraint,
};

/// `CREATE TABLE` and all that belongs to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The table's name.
    pub name: QualifiedName,
    /// Its former name, when the source says that it was renamed.
    pub renamed_from: Option<QualifiedName>,
    /// Whether it outlives the session, and crashes.
    pub persistence: Persistence,
    /// Columns in their order in the table.
    pub columns: Vec<Column>,
    /// The primary key, if it has one.
    pub primary_key: Option<PrimaryKey>,
    /// Indexes that don't back a constraint.
    pub indexes: Vec<Index>,
    /// Foreign keys from this table.
    pub foreign_keys: Vec<ForeignKey>,
    /// CHECK constraints.
    pub checks: Vec<CheckConstraint>,
    /// EXCLUDE constraints.
    pub exclusions: Vec<ExclusionConstraint>,
    /// UNIQUE constraints (not unique indexes).
    pub uniques: Vec<UniqueConstraint>,
    /// SQL text that follows the closing parenthesis: `PARTITION BY …`, `INHERITS (…)`, `WITH (…)`.
    pub options: Option<String>,
    /// The query of `CREATE TABLE … AS`, which then gives further columns and rows.
    pub as_query: Option<String>,
    /// `COMMENT ON TABLE`.
    pub comment: Option<String>,
}

impl Table {
    /// A permanent table with nothing in it.
    pub fn new(name: QualifiedName) -> Self {
        Self {
            name,
            renamed_from: None,
            persistence: Persistence::Permanent,
            columns: Vec::new(),
            primary_key: None,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            uniques: Vec::new(),
            options: None,
            as_query: None,
            comment: None,
        }
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a primary key, a unique constraint or a unique index is on exactly these columns, in whatever order, so
    /// that a foreign key can point to them.
    pub fn is_unique_on(&self, columns: &[String]) -> bool {
        let same = |others: &[&str]| {
            others.len() == columns.len()
                && columns
                    .iter()
                    .all(|column| others.contains(&column.as_str()))
        };
        let keys = self.primary_key.iter().map(|key| &key.columns);
        keys.chain(self.uniques.iter().map(|unique| &unique.columns))
            .any(|key| same(&key.iter().map(String::as_str).collect::<Vec<_>>()))
            || self.indexes.iter().any(|index| {
                index.unique
                    && index.predicate.is_none()
                    && index.plain_columns().is_some_and(|names| same(&names))
            })
    }

    /// The position of the column of that name, from 0.
    pub fn column_position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// How long a table's rows live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// An ordinary table.
    Permanent,
    /// `UNLOGGED`: emptied after a crash.
    Unlogged,
    /// `TEMPORARY`: gone with the session.
    Temporary,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// Its former name, when the source says that it was renamed.
    pub renamed_from: Option<String>,
    /// Its type.
    pub data_type: DataType,
    /// `NOT NULL`; columns of a primary key are not null whatever this says.
    pub not_null: bool,
    /// Where its value comes from when an INSERT gives none.
    pub value: ColumnValue,
    /// `COLLATE`, the bare name of the collation.
    pub collation: Option<String>,
    /// `COMMENT ON COLUMN`.
    pub comment: Option<String>,
}

impl Column {
    /// A nullable column without default.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Self {
        Self {
            name: name.into(),
            renamed_from: None,
            data_type,
            not_null: false,
            value: ColumnValue::None,
            collation: None,
            comment: None,
        }
    }
}

/// Where a column's value comes from when an INSERT gives none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValue {
    /// No default was given.
    None,
    /// `DEFAULT NULL`, which PostgreSQL keeps and pg_dump shows for types with a modifier.
    Null,
    /// `DEFAULT` and an SQL expression or literal.
    Default(String),
    /// `smallserial`, `serial` or `bigserial`, by the column's type: a sequence that the column owns.
    Serial,
    /// `GENERATED … AS IDENTITY`.
    Identity(Identity),
    /// `GENERATED ALWAYS AS (expression)`.
    Generated {
        /// The SQL expression, without parentheses around it.
        expression: String,
        /// `STORED`; PostgreSQL before 18 knows no other.
        stored: bool,
    },
}

/// Who may give an identity column's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Only the sequence, unless a statement overrides it; COPY does.
    Always,
    /// An INSERT may.
    ByDefault,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IndexKey, IndexPart, TypeKind};

    fn names(columns: &[&str]) -> Vec<String> {
        columns.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_foreign_key_can_point_to_what_is_unique_as_a_whole() {
        let mut table = Table::new(QualifiedName::bare("t"));
        for name in ["a", "b", "c"] {
            table
                .columns
                .push(Column::new(name, DataType::scalar(TypeKind::Text)));
        }
        table.primary_key = Some(PrimaryKey {
            name: None,
            columns: names(&["a", "b"]),
        });
        let unique_index = |predicate: Option<&str>| Index {
            name: "i".into(),
            unique: true,
            method: "btree".into(),
            parts: vec![IndexPart {
                key: IndexKey::Column("c".into()),
                operator_class: None,
                order: None,
            }],
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: predicate.map(str::to_owned),
            comment: None,
        };
        assert!(table.is_unique_on(&names(&["b", "a"])));
        assert!(!table.is_unique_on(&names(&["a"])));
        table.indexes = vec![unique_index(Some("c > 'x'"))];
        assert!(!table.is_unique_on(&names(&["c"])));
        table.indexes = vec![unique_index(None)];
        assert!(table.is_unique_on(&names(&["c"])));
    }
}
