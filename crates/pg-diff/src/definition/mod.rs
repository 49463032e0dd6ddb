//! What SQL of the source says of a thing that can't simply be made again, because columns are of it or a position is
//! kept in it: domains, composite types and sequences. Two versions give the statements that make one of the other.

mod composite;
mod domain;
mod sequence;

use crate::migration::Deferral;

pub(crate) use composite::Composite;
pub(crate) use domain::Domain;
pub(crate) use sequence::alter_sequence;

/// A statement that changes a definition in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alteration {
    pub(crate) sql: String,
    pub(crate) turn: Turn,
    /// Why rows may refuse it.
    pub(crate) may_fail: Option<String>,
    /// What is lost by it.
    pub(crate) loses: Option<String>,
    /// How rows needn't refuse it at once.
    pub(crate) deferral: Option<Deferral>,
}

/// When an alteration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Before functions are taken away.
    Early,
    /// Where the new source has the statement.
    InPlace,
}

impl Alteration {
    fn new(turn: Turn, sql: String) -> Self {
        Self {
            sql,
            turn,
            may_fail: None,
            loses: None,
            deferral: None,
        }
    }
}
