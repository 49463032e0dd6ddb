//! What a Schemafile's calls keep for the end.
//!
//! ridgepole reads the whole file, in any order, before it makes anything. On an empty database it then
//! makes the tables with their constraints, their indexes, the foreign keys, and runs `execute`.

use super::arguments::names_of;
use super::{Dsl, constraint, foreign_key, index};
use crate::diagnostic::Diagnostic;
use crate::names;
use crate::ruby::{Interpreter, Value};
use crate::source::Span;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Calls that wait for the end of the file.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    indexes: Vec<Waiting<index::Pending>>,
    foreign_keys: Vec<Waiting<foreign_key::Pending>>,
    constraints: Vec<Waiting<constraint::Pending>>,
    pub(super) statements: Vec<String>,
    /// Tables with what their indexes and keys are told from others by, and where each was given first.
    known: BTreeMap<(String, String), Span>,
}

/// A call that waits, with the table it is about.
#[derive(Debug)]
struct Waiting<T> {
    table: String,
    table_span: Span,
    /// What ridgepole tells a constraint from others by.
    key: String,
    ignored: bool,
    pending: T,
}

impl Deferred {
    /// Where the same was given before; else notes that it is given here.
    fn claim(&mut self, table: &str, key: String, place: Span) -> Option<Span> {
        match self.known.entry((table.to_owned(), key)) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(entry) => {
                entry.insert(place);
                None
            }
        }
    }

    /// Keeps an index. One with the same name, or unnamed on the same columns, is an error.
    pub(super) fn add_index(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &str,
        table_span: Span,
        mut pending: index::Pending,
    ) {
        let name = pending
            .options
            .get("name")
            .and_then(|entry| Some((entry.value.value.as_name()?.to_owned(), entry.value.span)));
        let ignored = pending.options.take_flag("ignore");
        pending.options.take("renamed_from");
        let (key, place, shown) = if let Some((name, span)) = name {
            (format!("name {name}"), span, format!("index \"{name}\""))
        } else {
            let columns: Vec<String> = match &pending.columns.value {
                Value::Array(_) => names_of(interpreter, &pending.columns)
                    .into_iter()
                    .map(|(name, _)| name)
                    .collect(),
                value => value.as_name().map(str::to_owned).into_iter().collect(),
            };
            let shown = format!("index on \"{table}\"(\"{}\")", columns.join("\", \""));
            (
                format!("columns {}", columns.join("\0")),
                pending.columns.span,
                shown,
            )
        };
        if let Some(first) = self.claim(table, format!("index {key}"), place) {
            interpreter.report(
                Diagnostic::error(place, format!("{shown} is already defined"))
                    .related(first, "defined here first"),
            );
            return;
        }
        self.indexes.push(Waiting {
            table: table.to_owned(),
            table_span,
            key: String::new(),
            ignored,
            pending,
        });
    }

    /// Keeps a foreign key. One with the same name, or unnamed with the same `column:`, is an error.
    pub(super) fn add_foreign_key(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &str,
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
            Some(name) => format!("name {name}"),
            None => format!(
                "to {} by {}",
                pending.to_table,
                option("column").unwrap_or_default()
            ),
        };
        // It has no effect on a new table: the key is made.
        pending.options.take("ignore");
        pending.options.take("renamed_from");
        pending.in_table = false;
        if let Some(first) = self.claim(table, format!("foreign key {key}"), place) {
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
            table: table.to_owned(),
            table_span,
            key: String::new(),
            ignored: false,
            pending,
        });
    }

    /// Keeps a constraint. A later one of the same name takes the place of the first.
    pub(super) fn add_constraint(
        &mut self,
        table: &str,
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
        let key = format!("{:?} {}", pending.kind, name.unwrap_or(subject));
        self.constraints
            .retain(|waiting| waiting.table != table || waiting.key != key);
        self.constraints.push(Waiting {
            table: table.to_owned(),
            table_span,
            key,
            ignored: false,
            pending,
        });
    }
}

impl Dsl {
    /// Does what waited for the end of the file.
    pub(crate) fn finish_ridgepole(&mut self, interpreter: &mut Interpreter<'_>) {
        let deferred = std::mem::take(&mut self.deferred);
        for waiting in deferred.constraints {
            if self.is_there(
                interpreter,
                &waiting.table,
                waiting.table_span,
                "a constraint on",
            ) {
                self.add_constraint(
                    interpreter,
                    &names::qualified(&waiting.table),
                    waiting.pending,
                );
            }
        }
        for waiting in deferred.indexes {
            if waiting.ignored {
                continue;
            }
            if self.is_there(
                interpreter,
                &waiting.table,
                waiting.table_span,
                "add_index on",
            ) {
                self.add_index(
                    interpreter,
                    &names::qualified(&waiting.table),
                    waiting.pending,
                );
            }
        }
        for waiting in deferred.foreign_keys {
            if self.is_there(
                interpreter,
                &waiting.table,
                waiting.table_span,
                "add_foreign_key on",
            ) {
                self.add_foreign_key(
                    interpreter,
                    &names::qualified(&waiting.table),
                    waiting.pending,
                );
            }
        }
        for sql in deferred.statements {
            self.draft.add_statement(sql);
        }
    }

    fn is_there(
        &self,
        interpreter: &mut Interpreter<'_>,
        raw: &str,
        span: Span,
        what: &str,
    ) -> bool {
        let there = self.draft.table(&names::qualified(raw)).is_some();
        if !there {
            self.missing_table(interpreter, what, raw, span);
        }
        there
    }
}
