//! What a plan that was tried before says to the next one.

use std::collections::BTreeSet;

use value_model::Table;

/// Which checks with several ways to hold are kept by rows that go these ways. `(status = 'cancelled') = (cancelled_at IS
/// NOT NULL)` has two; such checks are first left to what the columns' story is, and rows go their ways only where that
/// doesn't keep them.
#[derive(Debug, Default)]
pub(crate) struct Narrowing {
    /// All of them.
    pub all: bool,
    /// Those of tables, and unique sets whose relations were given up.
    pub some: BTreeSet<ConstraintOf>,
    /// Checks whose columns follow from nothing else, for what they followed from broke them.
    pub without_relations: BTreeSet<ConstraintOf>,
    /// Tables of which nothing follows from anything else, for what does breaks a constraint, by their qualified names.
    pub without_story: BTreeSet<String>,
}

/// A constraint by its name, which is its own in its table alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConstraintOf {
    /// The table's qualified name.
    table: String,
    /// The constraint's.
    name: String,
}

impl ConstraintOf {
    /// A constraint of a table.
    pub(crate) fn new(table: &Table, name: &str) -> Self {
        Self {
            table: table.name.to_string(),
            name: name.to_owned(),
        }
    }
}

impl Narrowing {
    /// Whether a constraint is one of some that a plan broke.
    pub(crate) fn names(&self, table: &Table, name: &str) -> bool {
        self.some.contains(&ConstraintOf::new(table, name))
    }
}
