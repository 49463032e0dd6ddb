//! Keys and constraints of a table.

use crate::QualifiedName;

/// `PRIMARY KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The constraint's name; PostgreSQL chooses `TABLE_pkey` when it isn't given.
    pub name: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// `FOREIGN KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
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
    /// When it is checked.
    pub deferrable: Deferrability,
    /// False for `NOT VALID`.
    pub validated: bool,
}

/// `CHECK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckConstraint {
    /// The constraint's name, as PostgreSQL will have it.
    pub name: String,
    /// The SQL expression exactly as the source has it: PostgreSQL's own rewriting of it isn't a
    /// fixed point.
    pub expression: String,
    /// False for `NOT VALID`.
    pub validated: bool,
}

/// `EXCLUDE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionConstraint {
    /// The constraint's name.
    pub name: String,
    /// The access method, such as `gist`; PostgreSQL takes btree when none is given.
    pub method: Option<String>,
    /// What stands between the parentheses, such as `room_id WITH =, during WITH &&`.
    pub elements: String,
    /// The condition of `WHERE`, as SQL text.
    pub predicate: Option<String>,
    /// When it is checked.
    pub deferrable: Deferrability,
}

/// `UNIQUE`, as a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueConstraint {
    /// The constraint's name.
    pub name: String,
    /// Its columns, in order; empty when `using_index` gives them.
    pub columns: Vec<String>,
    /// The unique index that becomes the constraint (`USING INDEX`), which takes the constraint's name.
    pub using_index: Option<String>,
    /// `NULLS NOT DISTINCT`
    pub nulls_not_distinct: bool,
    /// When it is checked.
    pub deferrable: Deferrability,
}

/// What happens to rows whose referenced row goes away or changes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferentialAction {
    /// `NO ACTION`, PostgreSQL's default: an error at the end of the statement or transaction.
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

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deferrability {
    /// At once, always.
    #[default]
    NotDeferrable,
    /// `DEFERRABLE INITIALLY IMMEDIATE`
    InitiallyImmediate,
    /// `DEFERRABLE INITIALLY DEFERRED`
    InitiallyDeferred,
}
