//! SQL of both sources, read once: what each statement makes, and which old statement is which new one.

use crate::canonical;
use pg_model::{Schema, Statement};
use pg_text::object::{Object, made};

/// A statement of a source.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) sql: &'a str,
    /// How many tables stand before it.
    pub(crate) tables_before: usize,
    /// What it makes, if it makes one thing of a known kind.
    pub(crate) object: Option<Object>,
    /// Its text, canonical.
    pub(crate) text: String,
}

/// What became of an old statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partner {
    /// The new source says the same, at this position.
    Same(usize),
    /// The new source makes the same thing otherwise.
    Changed(usize),
    /// Nothing.
    Gone,
}

/// The statements of both schemas.
#[derive(Debug)]
pub(crate) struct Sources<'a> {
    pub(crate) old: Vec<Source<'a>>,
    pub(crate) new: Vec<Source<'a>>,
    /// For each old one.
    pub(crate) partners: Vec<Partner>,
    /// For each new one, its old one.
    pub(crate) formers: Vec<Option<usize>>,
}

impl<'a> Sources<'a> {
    pub(crate) fn of(old: &'a Schema, new: &'a Schema) -> Self {
        let (old, new) = (read(&old.statements), read(&new.statements));
        let mut partners = vec![Partner::Gone; old.len()];
        let mut formers = vec![None; new.len()];
        let find = |formers: &[Option<usize>], same: &dyn Fn(&Source<'_>) -> bool| {
            (0..formers.len()).find(|&at| formers[at].is_none() && same(&new[at]))
        };
        for (position, before) in old.iter().enumerate() {
            if let Some(at) = find(&formers, &|after| after.text == before.text) {
                partners[position] = Partner::Same(at);
                formers[at] = Some(position);
            }
        }
        for (position, before) in old.iter().enumerate() {
            let Some(object) = before
                .object
                .as_ref()
                .filter(|_| partners[position] == Partner::Gone)
            else {
                continue;
            };
            let same = |after: &Source<'_>| {
                after
                    .object
                    .as_ref()
                    .is_some_and(|other| other.is_same_as(object))
            };
            if let Some(at) = find(&formers, &same) {
                partners[position] = Partner::Changed(at);
                formers[at] = Some(position);
            }
        }
        Self {
            old,
            new,
            partners,
            formers,
        }
    }

    /// Old things with their positions.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (usize, &Object)> {
        let all = self.old.iter().enumerate();
        all.filter_map(|(position, source)| source.object.as_ref().map(|object| (position, object)))
    }
}

fn read(statements: &[Statement]) -> Vec<Source<'_>> {
    let read = |statement: &'_ Statement| -> (Option<Object>, String) {
        let object = made(&statement.sql);
        let text = canonical::statement(&statement.sql, object.as_ref());
        (object, text)
    };
    statements
        .iter()
        .map(|statement| {
            let (object, text) = read(statement);
            Source {
                sql: &statement.sql,
                tables_before: statement.tables_before,
                object,
                text,
            }
        })
        .collect()
}
