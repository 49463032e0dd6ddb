//! Names of things that are taken down for a while, or become others: whatever uses one must be taken down with it.

use pg_text::object::{Kind, Object};
use sql_text::mentions;
use std::collections::BTreeSet;

/// What SQL may use and can't hold on to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TakenDown {
    /// Functions, procedures and aggregates, which are called.
    routines: BTreeSet<String>,
    /// Operators, which are signs.
    signs: BTreeSet<String>,
    /// Types, collations and the like.
    words: BTreeSet<String>,
}

impl TakenDown {
    /// Adds a thing that is taken down. Says nothing of what no expression can use.
    pub(crate) fn add(&mut self, object: &Object) {
        let word = object.word().to_owned();
        match object.kind {
            Kind::Function | Kind::Procedure | Kind::Aggregate => self.routines.insert(word),
            Kind::Operator => self.signs.insert(word),
            Kind::Collation
            | Kind::OperatorClass
            | Kind::OperatorFamily
            | Kind::TextSearchConfiguration
            | Kind::TextSearchDictionary => self.words.insert(word),
            _ => return,
        };
    }

    /// Adds a type.
    pub(crate) fn add_type(&mut self, name: &str) {
        self.words.insert(name.to_owned());
    }

    /// Whether an expression uses any of them.
    pub(crate) fn concerns(&self, sql: &str) -> bool {
        self.routines.iter().any(|name| calls(sql, name))
            || self.words.iter().any(|name| mentions(sql, name))
            || self.signs.iter().any(|sign| sql.contains(sign.as_str()))
    }

    /// Whether a statement uses any: it names functions without calling them, too.
    pub(crate) fn concerns_statement(&self, sql: &str) -> bool {
        self.concerns(sql) || self.routines.iter().any(|name| mentions(sql, name))
    }
}

/// Whether an expression calls a function: its name, quoted or not, with a parenthesis behind it.
fn calls(sql: &str, name: &str) -> bool {
    if !mentions(sql, name) {
        return false;
    }
    let (sql, name) = (sql.to_lowercase(), name.to_lowercase());
    sql.match_indices(&name).any(|(start, _)| {
        let rest = &sql[start + name.len()..];
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        rest.trim_start().starts_with('(')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_used_where_it_is_called() {
        assert!(calls("lower(f (1))", "f"));
        assert!(calls("\"F\"(1)", "F"));
        assert!(!calls("f > 0", "f"));
        assert!(!calls("of(1)", "f"));
    }
}
