//! Keys and constraints of a table.

use crate::{Dialect, QualifiedName};

/// `PRIMARY KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The constraint's name, where the database keeps one and the source gives it.
    pub name: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// `FOREIGN KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey<D: Dialect> {
    /// The constraint's name.
    pub name: String,
    /// Columns of the table that has the key, in order.
    pub columns: Vec<String>,
    /// The table it points to.
    pub referenced_table: QualifiedName,
    /// The columns it points to, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// `ON DELETE`
    pub on_delete: ReferentialAction,
    /// `ON UPDATE`
    pub on_update: ReferentialAction,
    /// What only the database at hand says of it.
    pub own: D::ForeignKey,
}

/// `CHECK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckConstraint<D: Dialect> {
    /// The constraint's name, as the database will have it.
    pub name: String,
    /// The SQL expression exactly as the source has it: a database's own rewriting of it isn't a fixed point.
    pub expression: String,
    /// What only the database at hand says of it.
    pub own: D::Check,
}

/// What happens to rows whose referenced row goes away or changes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferentialAction {
    /// `NO ACTION`, the default: an error.
    #[default]
    NoAction,
    /// `RESTRICT`
    Restrict,
    /// `CASCADE`
    Cascade,
    /// `SET NULL`
    SetNull,
    /// `SET DEFAULT`
    SetDefault,
}
