//! What a merge did, for people.

use std::collections::BTreeMap;

use crate::conflict::Conflict;
use crate::side::Side;

/// So many conflicts are kept; the rest is counted.
pub const MOST_KEPT_CONFLICTS: usize = 10_000;

/// What a merge did, and what it couldn't decide.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the dump, at most [`MOST_KEPT_CONFLICTS`].
    pub conflicts: Vec<Conflict>,
    /// How many there are beyond these.
    pub more_conflicts: u64,
    /// What each side did to the rows of each table that both sides changed, in the merged dump's order.
    pub tables: Vec<(String, TableReport)>,
    /// What was done that somebody may want to look at, in sentences.
    pub notes: Vec<String>,
}

/// What the two sides did to a table's rows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// Rows that each side added, changed and deleted.
    pub ours: Counts,
    /// The same of theirs.
    pub theirs: Counts,
}

/// Numbers of rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Rows that the base hasn't.
    pub added: u64,
    /// Rows with another value in some column.
    pub changed: u64,
    /// Rows that only the base has.
    pub deleted: u64,
}

impl Report {
    /// Whether everything was decided.
    pub fn is_clean(&self) -> bool {
        self.conflicts.is_empty()
    }

    pub(crate) fn conflict(&mut self, conflict: Conflict) {
        if self.conflicts.len() < MOST_KEPT_CONFLICTS {
            self.conflicts.push(conflict);
        } else {
            self.more_conflicts += 1;
        }
    }
}

impl TableReport {
    pub(crate) fn of(&mut self, side: Side) -> &mut Counts {
        match side {
            Side::Ours => &mut self.ours,
            Side::Theirs => &mut self.theirs,
        }
    }
}

/// How often something happened, of which one sentence is told.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: String) {
        *self.0.entry(what).or_default() += 1;
    }

    /// The sentences; `{}` in them becomes the number of rows.
    pub(crate) fn sentences(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|(what, count)| {
            let rows = if count == 1 {
                "1 row".to_owned()
            } else {
                format!("{count} rows")
            };
            what.replacen("{}", &rows, 1)
        })
    }
}
