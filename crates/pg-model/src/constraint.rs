//! What PostgreSQL's constraints say besides.

/// What only PostgreSQL says of a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgForeignKey {
    /// When it is checked.
    pub deferrable: Deferrability,
    /// False for `NOT VALID`.
    pub validated: bool,
}

/// What only PostgreSQL says of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgCheck {
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
