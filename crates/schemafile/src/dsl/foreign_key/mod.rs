//! Foreign keys.

mod check;

use super::Dsl;
use super::arguments::{self, OptionList, Unknown, names_of};
use super::check::Checked;
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::names;
use crate::ruby::{Call, Interpreter, Value};
use crate::source::Span;
use schema_model::{ForeignKey, QualifiedName, ReferentialAction};
use std::rc::Rc;

pub(super) const OPTIONS: &[&str] = &[
    "column",
    "primary_key",
    "name",
    "on_delete",
    "on_update",
    "if_not_exists",
    "if_exists",
    "validate",
    "deferrable",
    "to_table",
];

/// A foreign key as the file gives it.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) to_table: String,
    /// Where the target is named.
    pub(crate) target: Span,
    /// Where the key is asked for.
    pub(crate) place: Span,
    pub(crate) options: OptionList,
    /// The column that a reference made, which ridgepole may not think of.
    pub(crate) own_column: Option<String>,
    /// Whether it is part of CREATE TABLE, where NOT VALID means nothing.
    pub(crate) in_table: bool,
}

/// `add_foreign_key "from", "to", …`
pub(crate) fn add_foreign_key<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let from = arguments::name_argument(interpreter, call, 0, "two table names");
    let to = arguments::name_argument(interpreter, call, 1, "two table names");
    arguments::no_more_arguments(interpreter, call, 2);
    let options = arguments::options(interpreter, call);
    let (Some((from, from_span)), Some((to_table, target))) = (from, to) else {
        return Value::Nil;
    };
    let pending = Pending {
        to_table,
        target,
        place: from_span,
        options,
        own_column: None,
        in_table: false,
    };
    if dsl.is_ridgepole() {
        dsl.deferred
            .add_foreign_key(interpreter, &from.into(), from_span, pending, target);
        return Value::Nil;
    }
    let name = names::qualified(&from);
    if dsl.draft.table(&name).is_none() && !dsl.draft.sql_mentions(&name.name) {
        dsl.missing_table(interpreter, "add_foreign_key on", &from, from_span);
        dsl.check_foreign_key(interpreter, &name, pending);
        return Value::Nil;
    }
    dsl.add_foreign_key(interpreter, &name, pending);
    Value::Nil
}

/// `t.foreign_key "to", …`
pub(crate) fn t_foreign_key<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let to = arguments::name_argument(interpreter, call, 0, "a table name");
    arguments::no_more_arguments(interpreter, call, 1);
    let options = arguments::options(interpreter, call);
    if let Some((to_table, target)) = to {
        dsl.pending_foreign_key(
            interpreter,
            Pending {
                to_table,
                target,
                place: target,
                options,
                own_column: None,
                in_table: true,
            },
        );
    }
    Value::Nil
}

fn action(
    interpreter: &mut Interpreter<'_>,
    options: &mut OptionList,
    name: &str,
) -> ReferentialAction {
    let Some(entry) = options.take(name) else {
        return ReferentialAction::NoAction;
    };
    match &entry.value.value {
        Value::Nil | Value::Bool(false) | Value::Unknown => ReferentialAction::NoAction,
        Value::Symbol(action) => match action.as_ref() {
            "nullify" => ReferentialAction::SetNull,
            "cascade" => ReferentialAction::Cascade,
            "restrict" => ReferentialAction::Restrict,
            other => {
                let hint =
                    matches!(other, "set_null" | "null").then(|| "write `:nullify`".to_owned());
                let message = format!("`{name}:` is :nullify, :cascade or :restrict, not :{other}");
                interpreter.report(Diagnostic::error(entry.value.span, message).maybe_hint(hint));
                ReferentialAction::NoAction
            }
        },
        other => {
            let kind = other.kind();
            interpreter.fail(
                entry.value.span,
                format!("`{name}:` is :nullify, :cascade or :restrict, not {kind}"),
            );
            ReferentialAction::NoAction
        }
    }
}

impl<A: Adapter> Dsl<A> {
    /// Keeps a foreign key of the table being built until its block has ended.
    pub(crate) fn pending_foreign_key(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        pending: Pending,
    ) {
        let ridgepole = self.is_ridgepole();
        let Some(building) = self.building.last_mut() else {
            return;
        };
        if ridgepole {
            let (raw, span) = (Rc::clone(&building.draft.raw), building.draft.span);
            let place = pending.place;
            self.deferred
                .add_foreign_key(interpreter, &raw, span, pending, place);
        } else {
            building.foreign_keys.push(pending);
        }
    }

    /// Adds a foreign key to a table.
    pub(crate) fn add_foreign_key(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        from: &QualifiedName,
        pending: Pending,
    ) {
        let Some(read) = self.read_key(interpreter, from, pending) else {
            return;
        };
        if read.if_not_exists && self.has_such_key(from, &read.key) {
            return;
        }
        let Some(own) = self.draft.table(from) else {
            let sql = A::add_foreign_key_sql(from, &read.key);
            self.draft.add_statement(sql, read.name_span);
            return;
        };
        if let Some(first) = own.constraint(&read.key.name) {
            let name = &read.key.name;
            let message = if read.is_named {
                format!(
                    "constraint \"{name}\" of table \"{}\" is already defined",
                    own.raw
                )
            } else {
                format!(
                    "the foreign key from \"{}\" to \"{}\" on \"{}\" is already defined ({name})",
                    own.raw,
                    read.to_table,
                    read.key.columns.join("\", \"")
                )
            };
            interpreter.report(
                Diagnostic::error(read.name_span, message).related(first, "defined here first"),
            );
            return;
        }
        match self.check_key(interpreter, own, &read) {
            Checked::Wrong => {}
            Checked::Fine => {
                if let Some(table) = self.draft.table_mut(from) {
                    table.note_constraint(&read.key.name, read.name_span);
                    table.table.foreign_keys.push(read.key);
                }
            }
            Checked::NeedsSql => {
                let sql = A::add_foreign_key_sql(from, &read.key);
                self.draft.add_statement(sql, read.name_span);
            }
        }
    }

    /// Looks for what is wrong with a key that isn't made.
    pub(crate) fn check_foreign_key(
        &self,
        interpreter: &mut Interpreter<'_>,
        from: &QualifiedName,
        pending: Pending,
    ) {
        self.read_key(interpreter, from, pending);
    }

    /// None when the key has another number of columns than what it points to, which was reported.
    fn read_key(
        &self,
        interpreter: &mut Interpreter<'_>,
        from: &QualifiedName,
        pending: Pending,
    ) -> Option<Read<A>> {
        let Pending {
            to_table,
            target,
            place,
            mut options,
            own_column,
            in_table,
        } = pending;
        let to = names::qualified(&to_table);
        let mut take_columns = |name: &str| {
            options
                .take(name)
                .filter(|entry| !entry.value.value.is_nil())
        };
        let column_entry = take_columns("column");
        let key_entry = take_columns("primary_key");
        let referenced: Vec<(String, Span)> = match &key_entry {
            Some(entry) => names_of(interpreter, &entry.value),
            None => vec![("id".to_owned(), target)],
        };
        let columns: Vec<(String, Span)> = if let Some(entry) = &column_entry {
            names_of(interpreter, &entry.value)
        } else {
            let singular = interpreter.inflections.singularize(&to.name);
            let is_composite = key_entry
                .as_ref()
                .is_some_and(|entry| matches!(entry.value.value, Value::Array(_)));
            if is_composite {
                referenced
                    .iter()
                    .map(|(column, _)| (format!("{singular}_{column}"), target))
                    .collect()
            } else {
                vec![(format!("{singular}_id"), target)]
            }
        };
        let column_place = column_entry.map(|entry| entry.value.span);
        if columns.len() != referenced.len() && !columns.is_empty() && !referenced.is_empty() {
            interpreter.fail(
                column_place.unwrap_or(target),
                format!(
                    "the foreign key has {} columns, but points to {}",
                    columns.len(),
                    referenced.len()
                ),
            );
        }
        let names = |columns: &[(String, Span)]| -> Vec<String> {
            columns.iter().map(|(name, _)| name.clone()).collect()
        };
        let given = options.take_name(interpreter);
        let name_span = given.as_ref().map_or(target, |(_, entry)| entry.value.span);
        let is_named = given.is_some();
        let name = given.map_or_else(
            || {
                let raw = self
                    .draft
                    .table(from)
                    .map_or_else(|| from.to_string().into(), |table| Rc::clone(&table.raw));
                let columns: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
                names::foreign_key(&raw, &columns)
            },
            |(name, _)| name,
        );
        let on_delete_place = options.get("on_delete").map(|entry| entry.value.span);
        let key = ForeignKey {
            name,
            columns: names(&columns),
            referenced_table: to,
            referenced_columns: names(&referenced),
            on_delete: action(interpreter, &mut options, "on_delete"),
            on_update: action(interpreter, &mut options, "on_update"),
            own: A::foreign_key_own(self, interpreter, &mut options, in_table),
        };
        for done in ["validate", "to_table", "if_exists"] {
            options.take(done);
        }
        let if_not_exists = options.take_flag("if_not_exists");
        options.finish(interpreter, OPTIONS, "a foreign key", Unknown::Warning);
        (columns.len() == referenced.len()).then_some(Read {
            key,
            columns,
            referenced,
            to_table,
            target,
            on_delete_place,
            name_span,
            is_named,
            if_not_exists,
            place,
            type_place: column_place.unwrap_or(place),
            own_column,
            in_table,
        })
    }

    fn has_such_key(&self, from: &QualifiedName, key: &ForeignKey<A>) -> bool {
        self.draft.table(from).is_some_and(|table| {
            table.table.foreign_keys.iter().any(|known| {
                known.columns == key.columns
                    && A::canonical(&known.referenced_table) == A::canonical(&key.referenced_table)
            })
        })
    }
}

/// A foreign key that was read, with the places of its parts.
pub(crate) struct Read<A: Adapter> {
    pub(crate) key: ForeignKey<A>,
    pub(crate) columns: Vec<(String, Span)>,
    pub(crate) referenced: Vec<(String, Span)>,
    /// The table that it points to, as the file has it.
    pub(crate) to_table: String,
    /// Where that is named.
    pub(crate) target: Span,
    /// Where the referential actions are said.
    pub(crate) on_delete_place: Option<Span>,
    pub(crate) name_span: Span,
    pub(crate) is_named: bool,
    pub(crate) if_not_exists: bool,
    /// Where the key is asked for.
    pub(crate) place: Span,
    /// Where to point when the types at both ends differ.
    pub(crate) type_place: Span,
    /// The column that a reference made, which ridgepole may not think of.
    pub(crate) own_column: Option<String>,
    pub(crate) in_table: bool,
}
