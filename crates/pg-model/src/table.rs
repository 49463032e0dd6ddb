//! What PostgreSQL's tables and columns say besides.

use crate::{ExclusionConstraint, UniqueConstraint};

/// What only PostgreSQL says of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PgTable {
    /// Whether it outlives the session, and crashes.
    pub persistence: Persistence,
    /// EXCLUDE constraints.
    pub exclusions: Vec<ExclusionConstraint>,
    /// UNIQUE constraints (not unique indexes).
    pub uniques: Vec<UniqueConstraint>,
}

/// How long a table's rows live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Persistence {
    /// An ordinary table.
    #[default]
    Permanent,
    /// `UNLOGGED`: emptied after a crash.
    Unlogged,
    /// `TEMPORARY`: gone with the session.
    Temporary,
}

/// How PostgreSQL counts a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// `smallserial`, `serial` or `bigserial`, by the column's type: a sequence that the column owns.
    Serial,
    /// `GENERATED … AS IDENTITY`.
    Identity(Identity),
}

/// Who may give an identity column's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Only the sequence, unless a statement overrides it; COPY does.
    Always,
    /// An INSERT may.
    ByDefault,
}
