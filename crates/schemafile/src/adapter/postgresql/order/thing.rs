//! Things that SQL makes, and whether a name means one of them.

use super::text::Name;
use crate::adapter::postgresql::{catalog, in_public};
use pg_model::QualifiedName;
use std::fmt;

/// A thing that a statement or a table makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    pub(super) kind: Kind,
    pub(super) name: QualifiedName,
}

/// Kinds of things whose names PostgreSQL keeps apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tables, views, sequences, indexes. A table or view is a type too.
    Relation,
    Routine,
    Type,
    Namespace,
    Extension,
    /// A column that a table gets later.
    Column(QualifiedName),
    /// Roles, collations, configurations of text search and the like.
    Other,
}

/// How sure it is that a name means a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// The name is the same, and may be that of something else, such as a column.
    Likely,
    /// Where the name stands no other thing can be meant.
    Certain,
}

impl fmt::Display for Thing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.kind {
            Kind::Relation => write!(formatter, "view or table \"{name}\""),
            Kind::Routine => write!(formatter, "function \"{name}\""),
            Kind::Type => write!(formatter, "type \"{name}\""),
            Kind::Namespace => write!(formatter, "schema \"{name}\""),
            Kind::Extension => write!(formatter, "extension \"{name}\""),
            Kind::Column(table) => write!(formatter, "column \"{name}\" of \"{table}\""),
            Kind::Other => write!(formatter, "\"{name}\""),
        }
    }
}

/// Words behind which only a relation stands.
const BEFORE_RELATION: [&str; 12] = [
    "from",
    "join",
    "only",
    "references",
    "into",
    "update",
    "table",
    "view",
    "like",
    "inherits",
    "sequence",
    "refresh",
];

/// Words behind which only a function stands, even without a parenthesis behind it.
const BEFORE_ROUTINE: [&str; 8] = [
    "function",
    "procedure",
    "routine",
    "aggregate",
    "handler",
    "validator",
    "inline",
    "=",
];

/// Operator classes that people name, with their extensions.
const OPERATOR_CLASSES: [(&str, &str); 4] = [
    ("gin_trgm_ops", "pg_trgm"),
    ("gist_trgm_ops", "pg_trgm"),
    ("gin_hstore_ops", "hstore"),
    ("gist_ltree_ops", "ltree"),
];

impl Name {
    /// Whether the name means a thing. Never so for a name that is an alias.
    pub(super) fn means(&self, thing: &Thing) -> Option<Certainty> {
        let before = self.before.as_str();
        let certain = |is_certain: bool| {
            Some(if is_certain {
                Certainty::Certain
            } else {
                Certainty::Likely
            })
        };
        match &thing.kind {
            Kind::Relation => {
                if self.is_whole(&thing.name) && before != "as" {
                    // A function may return its rows.
                    let is_type = matches!(before, "returns" | "setof" | "type");
                    let is_certain =
                        is_type || BEFORE_RELATION.contains(&before) && !self.is_called;
                    return certain(is_certain);
                }
                // `view.column`
                self.begins_with(&thing.name).then_some(Certainty::Likely)
            }
            Kind::Routine => {
                // `FROM f(1)` calls, `INSERT INTO t (a)` doesn't.
                let in_relation =
                    !matches!(before, "from" | "join") && BEFORE_RELATION.contains(&before);
                let is_routine = self.is_called && !in_relation || BEFORE_ROUTINE.contains(&before);
                (self.is_whole(&thing.name) && is_routine).then_some(Certainty::Certain)
            }
            Kind::Type => {
                if !self.is_whole(&thing.name) || before == "as" {
                    return None;
                }
                certain(matches!(
                    before,
                    "returns" | "setof" | ":" | "type" | "domain"
                ))
            }
            Kind::Namespace => {
                let is_first = self.parts.len() > 1 && self.parts.first() == Some(&thing.name.name);
                (is_first || before == "schema" && self.is_whole(&thing.name))
                    .then_some(Certainty::Likely)
            }
            Kind::Extension => {
                let last = self.parts.last()?;
                let is_of_it = catalog::known_extension(&thing.name.name).is_some_and(|known| {
                    known.types.contains(&last.as_str()) || known.functions.contains(&last.as_str())
                });
                let has_class = OPERATOR_CLASSES
                    .iter()
                    .any(|(class, extension)| class == last && *extension == thing.name.name);
                (is_of_it || has_class).then_some(Certainty::Likely)
            }
            // Whoever asks looks for the table too.
            Kind::Column(_) => {
                (self.parts.last() == Some(&thing.name.name)).then_some(Certainty::Likely)
            }
            Kind::Other => {
                (self.is_whole(&thing.name) && before != "as").then_some(Certainty::Likely)
            }
        }
    }

    /// The names by which a thing that it may mean can be looked up.
    pub(super) fn words(&self) -> &[String] {
        &self.parts
    }

    fn is_whole(&self, name: &QualifiedName) -> bool {
        let name = in_public(name);
        match self.parts.as_slice() {
            [only] => *only == name.name && name.schema.is_none(),
            [schema, last] => {
                *last == name.name && schema == name.schema.as_deref().unwrap_or("public")
            }
            _ => false,
        }
    }

    fn begins_with(&self, name: &QualifiedName) -> bool {
        let name = in_public(name);
        match self.parts.as_slice() {
            [relation, _] => *relation == name.name && name.schema.is_none(),
            [schema, relation, _] => {
                *relation == name.name && schema == name.schema.as_deref().unwrap_or("public")
            }
            _ => false,
        }
    }
}

impl Thing {
    /// The words by which names that mean it are found.
    pub(super) fn words(&self) -> Vec<String> {
        match &self.kind {
            Kind::Extension => {
                let of_catalog = catalog::known_extension(&self.name.name)
                    .into_iter()
                    .flat_map(|known| known.types.iter().chain(known.functions))
                    .map(|&word| word.to_owned());
                let classes = OPERATOR_CLASSES
                    .iter()
                    .filter(|(_, extension)| *extension == self.name.name)
                    .map(|(class, _)| (*class).to_owned());
                of_catalog.chain(classes).collect()
            }
            _ => vec![self.name.name.clone()],
        }
    }
}
