//! What PostgreSQL's indexes say besides.

/// What only PostgreSQL says of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgIndex {
    /// The access method: `btree`, `gin`, `gist`, `hash`, `brin`, …
    pub method: String,
    /// Columns of `INCLUDE`.
    pub include: Vec<String>,
    /// `NULLS NOT DISTINCT`
    pub nulls_not_distinct: bool,
    /// The condition of a partial index, as SQL text.
    pub predicate: Option<String>,
}

impl PgIndex {
    /// An index of that method, on all rows and with nothing besides.
    pub fn of(method: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
        }
    }
}

/// What only PostgreSQL says of one part of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PgIndexPart {
    /// The operator class, such as `gin_trgm_ops`, as SQL text.
    pub operator_class: Option<String>,
}
