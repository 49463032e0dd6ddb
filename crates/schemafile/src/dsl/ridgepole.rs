//! What a Schemafile's calls keep for the end.
//!
//! ridgepole reads the whole file, in any order, before it makes anything. On an empty database it then
//! makes the tables with their constraints, their indexes, the foreign keys, and runs `execute`.

use super::{Dsl, constraint, foreign_key, index};
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::names;
use crate::ruby::{Interpreter, Value};
use crate::source::Span;
use schema_model::QualifiedName;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

/// Calls that wait for the end of the file.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    indexes: Vec<Waiting<index::Pending>>,
    foreign_keys: Vec<Waiting<foreign_key::Pending>>,
    /// Those that a later one has replaced are none.
    constraints: Vec<Option<Waiting<constraint::Pending>>>,
    constraint_positions: HashMap<String, usize>,
    pub(crate) statements: Vec<(String, Span)>,
    /// Tables that SQL text was asked to come before.
    pub(crate) befores: Vec<(Rc<str>, Span)>,
    /// Tables with what their indexes and keys are told from others by, and where each was given first.
    known: HashMap<String, Span>,
}

/// A call that waits, with the table it is about.
#[derive(Debug)]
struct Waiting<T> {
    table: Rc<str>,
    table_span: Span,
    treatment: Treatment,
    pending: T,
}

/// What becomes of a call that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Treatment {
    Make,
    /// An error was told of it; its arguments are still looked at.
    Check,
    /// By `ignore: true`.
    Ignore,
}

impl Deferred {
    /// Where the same was given before; else notes that it is given here.
    fn claim(&mut self, key: String, place: Span) -> Option<Span> {
        match self.known.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(entry) => {
                entry.insert(place);
                None
            }
        }
    }

    /// Keeps an index. One with the same name, or unnamed on the same columns, is an error.
    pub(crate) fn add_index(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &Rc<str>,
        table_span: Span,
        mut pending: index::Pending,
    ) {
        let name = pending
            .options
            .get("name")
            .and_then(|entry| Some((entry.value.value.as_name()?.to_owned(), entry.value.span)));
        let mut treatment = if pending.options.take_flag("ignore") {
            Treatment::Ignore
        } else {
            Treatment::Make
        };
        pending.options.take("renamed_from");
        let columns: Vec<&str> = match &pending.columns.value {
            Value::Array(columns) => columns
                .iter()
                .filter_map(|column| column.value.as_name())
                .collect(),
            value => value.as_name().into_iter().collect(),
        };
        let (key, place) = match &name {
            Some((name, span)) => (format!("{table}\0index name\0{name}"), *span),
            None => (
                format!("{table}\0index columns\0{}", columns.join("\0")),
                pending.columns.span,
            ),
        };
        if let Some(first) = self.claim(key, place) {
            let shown = match name {
                Some((name, _)) => format!("index \"{name}\""),
                None => format!("index on \"{table}\"(\"{}\")", columns.join("\", \"")),
            };
            interpreter.report(
                Diagnostic::error(place, format!("{shown} is already defined"))
                    .related(first, "defined here first"),
            );
            treatment = Treatment::Check;
        }
        self.indexes.push(Waiting {
            table: Rc::clone(table),
            table_span,
            treatment,
            pending,
        });
    }

    /// Keeps a foreign key. One with the same name, or unnamed with the same `column:`, is an error.
    pub(crate) fn add_foreign_key(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &Rc<str>,
        table_span: Span,
        mut pending: foreign_key::Pending,
        place: Span,
    ) {
        let text = |value: &Value| match value {
            Value::Array(columns) => columns
                .iter()
                .filter_map(|column| column.value.as_name())
                .collect::<Vec<_>>()
                .join("\0"),
            value => value.as_name().unwrap_or_default().to_owned(),
        };
        let option = |name: &str| {
            pending
                .options
                .get(name)
                .filter(|entry| !entry.value.value.is_nil())
                .map(|entry| text(&entry.value.value))
        };
        let key = match option("name") {
            Some(name) => format!("{table}\0key name\0{name}"),
            None => format!(
                "{table}\0key to\0{}\0{}",
                pending.to_table,
                option("column").unwrap_or_default()
            ),
        };
        // It has no effect on a new table: the key is made.
        pending.options.take("ignore");
        pending.options.take("renamed_from");
        pending.in_table = false;
        if let Some(first) = self.claim(key, place) {
            let line = interpreter.sources.line_column(first).0;
            let message = format!(
                "a foreign key from \"{table}\" to \"{}\" without `column:` or `name:` of its own is already defined (line {line})",
                pending.to_table
            );
            interpreter.report(
                Diagnostic::error(place, message)
                    .related(first, "defined here first")
                    .hint("tell them apart by `column:`"),
            );
            return;
        }
        self.foreign_keys.push(Waiting {
            table: Rc::clone(table),
            table_span,
            treatment: Treatment::Make,
            pending,
        });
    }

    /// Keeps a constraint. A later one of the same name takes the place of the first.
    pub(crate) fn add_constraint(
        &mut self,
        table: &Rc<str>,
        table_span: Span,
        pending: constraint::Pending,
    ) {
        let name = pending
            .options
            .get("name")
            .and_then(|entry| entry.value.value.as_name())
            .map(str::to_owned);
        let subject = match pending.subject.as_ref().map(|subject| &subject.value) {
            Some(Value::Array(columns)) => columns
                .iter()
                .filter_map(|column| column.value.as_name())
                .collect::<Vec<_>>()
                .join("\0"),
            Some(value) => value.as_name().unwrap_or_default().to_owned(),
            None => String::new(),
        };
        let key = format!("{table}\0{:?}\0{}", pending.kind, name.unwrap_or(subject));
        let position = self.constraints.len();
        let replaced = self.constraint_positions.insert(key, position);
        if let Some(waiting) = replaced.and_then(|first| self.constraints.get_mut(first)) {
            *waiting = None;
        }
        self.constraints.push(Some(Waiting {
            table: Rc::clone(table),
            table_span,
            treatment: Treatment::Make,
            pending,
        }));
    }
}

impl<A: Adapter> Dsl<A> {
    /// Does what waited for the end of the file.
    pub(crate) fn finish_ridgepole(&mut self, interpreter: &mut Interpreter<'_>) {
        let deferred = std::mem::take(&mut self.deferred);
        self.draft.is_in_any_order =
            !deferred.statements.is_empty() || !deferred.befores.is_empty();
        for (sql, span) in deferred.statements {
            self.draft.add_statement(sql, span);
        }
        A::leave_to_sql(self);
        for (table, span) in deferred.befores {
            if self.draft.table(&names::qualified(&table)).is_none() {
                self.missing_table(interpreter, "`before:` names", &table, span);
            }
        }
        A::before_constraints(self, interpreter);
        for waiting in deferred.constraints.into_iter().flatten() {
            if let Some(name) = self.found(interpreter, &waiting, "a constraint on") {
                self.tell_of_sql(interpreter, &name, &waiting);
            }
            // On a table that isn't there nothing is made, but its arguments are looked at.
            let name = names::qualified(&waiting.table);
            self.add_constraint(interpreter, &name, waiting.pending);
        }
        for waiting in deferred.indexes {
            if waiting.treatment == Treatment::Ignore {
                continue;
            }
            match self.found(interpreter, &waiting, "add_index on") {
                Some(name) if waiting.treatment == Treatment::Make => {
                    self.add_index(interpreter, &name, waiting.pending);
                }
                _ => self.check_index(
                    interpreter,
                    &names::qualified(&waiting.table),
                    waiting.pending,
                ),
            }
        }
        for waiting in deferred.foreign_keys {
            match self.found(interpreter, &waiting, "add_foreign_key on") {
                Some(name) => self.add_foreign_key(interpreter, &name, waiting.pending),
                None => self.check_foreign_key(
                    interpreter,
                    &names::qualified(&waiting.table),
                    waiting.pending,
                ),
            }
        }
    }

    /// Says what to do about a constraint on a table that no call makes.
    fn tell_of_sql<T>(
        &self,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        waiting: &Waiting<T>,
    ) {
        if self.draft.table(name).is_none() {
            let message = format!(
                "a constraint on \"{}\", which SQL of this file makes",
                waiting.table
            );
            interpreter.report(
                Diagnostic::error(waiting.table_span, message)
                    .hint("add it by SQL too: `ALTER TABLE … ADD CONSTRAINT …`"),
            );
        }
    }

    /// The name of the table that a call is about, when it is there.
    fn found<T>(
        &self,
        interpreter: &mut Interpreter<'_>,
        waiting: &Waiting<T>,
        what: &str,
    ) -> Option<QualifiedName> {
        let name = names::qualified(&waiting.table);
        let is_there = self.draft.table(&name).is_some()
            || self.draft.sql_mentions(&name.name)
                && self
                    .draft
                    .statements
                    .iter()
                    .any(|statement| A::makes_relation(&statement.sql, &name));
        if is_there {
            return Some(name);
        }
        self.missing_table(interpreter, what, &waiting.table, waiting.table_span);
        None
    }
}
