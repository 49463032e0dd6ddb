//! Constraints: checks, and those that the database at hand has besides.

use super::Dsl;
use super::arguments::{self, OptionList, Unknown};
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::fragment::{self, Part};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use schema_model::{CheckConstraint, QualifiedName};
use std::rc::Rc;

/// What a constraint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Check,
    Exclusion,
    Unique,
}

/// A constraint as the file gives it.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) kind: Kind,
    /// The expression, or the columns.
    pub(crate) subject: Option<Located>,
    pub(crate) options: OptionList,
    pub(crate) place: Span,
    /// Whether it is part of CREATE TABLE, where NOT VALID means nothing.
    pub(crate) in_table: bool,
}

impl Kind {
    /// The kind that a call is named after: `add_check_constraint` or `t.check_constraint`.
    fn of(call: &Call) -> Self {
        match call.name.strip_prefix("add_").unwrap_or(&call.name) {
            "check_constraint" => Self::Check,
            "exclusion_constraint" => Self::Exclusion,
            _ => Self::Unique,
        }
    }
}

/// `add_check_constraint "table", "expression", …` and the like
pub(crate) fn add_constraint<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let table = arguments::name_argument(interpreter, call, 0, "a table name");
    arguments::no_more_arguments(interpreter, call, 2);
    let options = arguments::options(interpreter, call);
    let Some((raw, span)) = table else {
        return Value::Nil;
    };
    let pending = Pending {
        kind: Kind::of(call),
        subject: call.arguments.get(1).cloned(),
        options,
        place: call.name_span,
        in_table: dsl.is_ridgepole(),
    };
    if dsl.is_ridgepole() {
        dsl.deferred.add_constraint(&raw.into(), span, pending);
        return Value::Nil;
    }
    let name = names::qualified(&raw);
    if dsl.draft.table(&name).is_none() {
        let what = format!("{} on", call.name);
        dsl.missing_table(interpreter, &what, &raw, span);
    }
    dsl.add_constraint(interpreter, &name, pending);
    Value::Nil
}

/// `t.check_constraint "expression", …` and the like
pub(crate) fn t_constraint<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::no_more_arguments(interpreter, call, 1);
    let pending = Pending {
        kind: Kind::of(call),
        subject: call.arguments.first().cloned(),
        options: arguments::options(interpreter, call),
        place: call.name_span,
        in_table: true,
    };
    let ridgepole = dsl.is_ridgepole();
    if let Some(building) = dsl.building.last_mut() {
        if ridgepole {
            let (raw, span) = (Rc::clone(&building.draft.raw), building.draft.span);
            dsl.deferred.add_constraint(&raw, span, pending);
        } else {
            building.constraints.push(pending);
        }
    }
    Value::Nil
}

impl<A: Adapter> Dsl<A> {
    /// Adds a constraint to a table that there is.
    pub(crate) fn add_constraint(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &QualifiedName,
        mut pending: Pending,
    ) {
        let raw = self
            .draft
            .table(table)
            .map_or_else(|| table.to_string().into(), |table| Rc::clone(&table.raw));
        let given = pending.options.take_name(interpreter);
        let if_not_exists = pending.options.take_flag("if_not_exists");
        let place = given
            .as_ref()
            .map_or(pending.place, |(_, entry)| entry.value.span);
        let given = given.map(|(name, _)| name);
        if let (true, Some(name)) = (if_not_exists, &given)
            && self
                .draft
                .table(table)
                .is_some_and(|table| table.constraint(name).is_some())
        {
            return;
        }
        let new = New {
            table,
            raw: &raw,
            given,
            place,
            pending,
        };
        match new.pending.kind {
            Kind::Check => self.add_check(interpreter, new),
            Kind::Exclusion | Kind::Unique => A::add_constraint(self, interpreter, new),
        }
    }

    /// Notes a constraint's name; false when it is taken, which is reported.
    pub(crate) fn claim(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &QualifiedName,
        name: &str,
        place: Span,
    ) -> bool {
        let Some(table) = self.draft.table_mut(table) else {
            return false;
        };
        if let Some(first) = table.constraint(name) {
            let message = format!(
                "constraint \"{name}\" of table \"{}\" is already defined",
                table.raw
            );
            interpreter
                .report(Diagnostic::error(place, message).related(first, "defined here first"));
            return false;
        }
        table.note_constraint(name, place);
        true
    }

    fn add_check(&mut self, interpreter: &mut Interpreter<'_>, new: New<'_>) {
        let New {
            table,
            raw,
            given,
            place,
            mut pending,
        } = new;
        let expression = expression_of::<A>(interpreter, &pending);
        let own = A::check_own(interpreter, &mut pending.options, pending.in_table);
        pending.options.finish(
            interpreter,
            &["name", "validate"],
            "a check constraint",
            Unknown::Warning,
        );
        let Some(expression) = expression else {
            return;
        };
        let name = given.unwrap_or_else(|| names::check(raw, &expression));
        // ActiveRecord writes this name without quotes.
        let Some(name) = A::check_name(&name) else {
            interpreter.report(
                Diagnostic::error(
                    place,
                    format!("\"{name}\" can't be the name of a check constraint"),
                )
                .hint("ActiveRecord writes it without quotes, so it must be one word"),
            );
            return;
        };
        let check = NewCheck {
            table,
            name: &name,
            expression: &expression,
            place,
            expression_place: pending.subject.map_or(place, |subject| subject.span),
        };
        if A::may_have_check(self, interpreter, &check)
            && self.claim(interpreter, table, &name, place)
            && let Some(table) = self.draft.table_mut(table)
        {
            table.table.checks.push(CheckConstraint {
                name,
                expression,
                own,
            });
        }
    }
}

/// A constraint that is being added.
pub(crate) struct New<'n> {
    pub(crate) table: &'n QualifiedName,
    /// The table's name as the file has it.
    pub(crate) raw: &'n str,
    /// The name that the file gives.
    pub(crate) given: Option<String>,
    /// Where to point when the name is at fault.
    pub(crate) place: Span,
    pub(crate) pending: Pending,
}

/// A check that is being added.
pub(crate) struct NewCheck<'n> {
    pub(crate) table: &'n QualifiedName,
    pub(crate) name: &'n str,
    pub(crate) expression: &'n str,
    /// Where its name stands.
    pub(crate) place: Span,
    pub(crate) expression_place: Span,
}

/// The SQL text of a constraint.
pub(crate) fn expression_of<A: Adapter>(
    interpreter: &mut Interpreter<'_>,
    pending: &Pending,
) -> Option<String> {
    let Some(subject) = &pending.subject else {
        interpreter.fail(pending.place, "a constraint needs its SQL expression");
        return None;
    };
    match subject.value.as_name() {
        Some(text) if !text.trim().is_empty() && !text.contains('\0') => {
            let text = text.to_owned();
            fragment::check::<A>(interpreter, &text, subject.span, Part::Expression);
            Some(text)
        }
        _ => {
            if !subject.value.is_unknown() {
                interpreter.fail(subject.span, "a constraint needs its SQL expression");
            }
            None
        }
    }
}
