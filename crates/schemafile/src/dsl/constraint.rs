//! CHECK, EXCLUDE and UNIQUE constraints.

use super::arguments::{OptionList, Unknown, names_of};
use super::check::Checked;
use super::{Dsl, foreign_key};
use crate::diagnostic::Diagnostic;
use crate::fragment::{self, Part};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use crate::sql;
use pg_model::{CheckConstraint, ExclusionConstraint, PgCheck, QualifiedName, UniqueConstraint};
use std::rc::Rc;

/// What a constraint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Check,
    Exclusion,
    Unique,
}

/// A constraint as the file gives it.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) kind: Kind,
    /// The expression, or the columns.
    pub(super) subject: Option<Located>,
    pub(super) options: OptionList,
    pub(super) place: Span,
    /// Whether it is part of CREATE TABLE, where NOT VALID means nothing.
    pub(super) in_table: bool,
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
pub(super) fn add_constraint(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let table = Dsl::name_argument(interpreter, call, 0, "a table name");
    Dsl::no_more_arguments(interpreter, call, 2);
    let options = Dsl::options(interpreter, call);
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
pub(super) fn t_constraint(dsl: &mut Dsl, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    Dsl::no_more_arguments(interpreter, call, 1);
    let pending = Pending {
        kind: Kind::of(call),
        subject: call.arguments.first().cloned(),
        options: Dsl::options(interpreter, call),
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

impl Dsl {
    /// Adds a constraint to a table that there is.
    pub(super) fn add_constraint(
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
        match pending.kind {
            Kind::Check => self.add_check(interpreter, table, &raw, given, place, pending),
            Kind::Exclusion => self.add_exclusion(interpreter, table, &raw, given, place, pending),
            Kind::Unique => self.add_unique(interpreter, table, &raw, given, place, pending),
        }
    }

    /// Notes a constraint's name; false when it is taken, which is reported.
    fn claim(
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

    fn add_check(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &QualifiedName,
        raw: &str,
        given: Option<String>,
        place: Span,
        mut pending: Pending,
    ) {
        let expression = expression_of(interpreter, &pending);
        let validated = pending.in_table
            || pending
                .options
                .get("validate")
                .is_none_or(|validate| validate.value.value.truthy());
        pending.options.take("validate");
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
        // ActiveRecord writes this name without quotes, so PostgreSQL folds it.
        let Some(name) = sql_text::fold(&name) else {
            interpreter.report(
                Diagnostic::error(
                    place,
                    format!("\"{name}\" can't be the name of a check constraint"),
                )
                .hint("ActiveRecord writes it without quotes, so it must be one word"),
            );
            return;
        };
        if self.claim(interpreter, table, &name, place)
            && let Some(table) = self.draft.table_mut(table)
        {
            table.table.checks.push(CheckConstraint {
                name,
                expression,
                own: PgCheck { validated },
            });
        }
    }

    fn add_exclusion(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &QualifiedName,
        raw: &str,
        given: Option<String>,
        place: Span,
        mut pending: Pending,
    ) {
        let elements = expression_of(interpreter, &pending);
        let options = &mut pending.options;
        let method = self.index_method(interpreter, options);
        let predicate = options.take_condition(interpreter);
        let deferrable = foreign_key::deferrability(interpreter, options.take("deferrable"), false);
        pending.options.finish(
            interpreter,
            &["name", "using", "where", "deferrable"],
            "an exclusion constraint",
            Unknown::Warning,
        );
        let Some(elements) = elements else {
            return;
        };
        let name = given.unwrap_or_else(|| names::exclusion(raw, &elements));
        if self.claim(interpreter, table, &name, place)
            && let Some(table) = self.draft.table_mut(table)
        {
            table.table.own.exclusions.push(ExclusionConstraint {
                name,
                method,
                elements,
                predicate,
                deferrable,
            });
        }
    }

    fn add_unique(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        table: &QualifiedName,
        raw: &str,
        given: Option<String>,
        place: Span,
        mut pending: Pending,
    ) {
        let options = &mut pending.options;
        let using_index = options.take_text(interpreter, "using_index");
        let nulls_not_distinct = options.take_flag("nulls_not_distinct");
        let deferrable = foreign_key::deferrability(interpreter, options.take("deferrable"), false);
        pending.options.finish(
            interpreter,
            &["name", "using_index", "nulls_not_distinct", "deferrable"],
            "a unique constraint",
            Unknown::Warning,
        );
        let columns = match &pending.subject {
            Some(subject) => names_of(interpreter, subject),
            None => Vec::new(),
        };
        match (&using_index, columns.is_empty()) {
            (Some((_, entry)), false) => {
                interpreter.fail(
                    entry.key,
                    "a unique constraint has either columns or `using_index:`",
                );
                return;
            }
            (None, true) => {
                if pending.subject.is_none() {
                    interpreter.fail(pending.place, "a unique constraint needs its columns");
                }
                return;
            }
            _ => {}
        }
        let what = "unique constraint on column";
        let checked = self.check_columns(interpreter, self.draft.table(table), &columns, what);
        if checked == Checked::Wrong {
            return;
        }
        if let (Some(found), Some((index, entry))) = (self.draft.table(table), &using_index) {
            let known = found.table.indexes.iter().any(|known| known.name == *index);
            if !known && !self.draft.sql_mentions(index) {
                interpreter.fail(
                    entry.value.span,
                    format!("table \"{raw}\" has no index \"{index}\""),
                );
                return;
            }
        }
        let column_names: Vec<String> = columns.into_iter().map(|(name, _)| name).collect();
        let name = given.unwrap_or_else(|| {
            let mut parts: Vec<&str> = column_names.iter().map(String::as_str).collect();
            if let Some((index, _)) = &using_index {
                parts = vec![index];
            }
            names::unique(raw, &parts)
        });
        if !self.claim(interpreter, table, &name, place) {
            return;
        }
        let unique = UniqueConstraint {
            name,
            columns: column_names,
            using_index: using_index.map(|(index, _)| index),
            nulls_not_distinct,
            deferrable,
        };
        if checked == Checked::NeedsSql {
            let sql = sql::add_unique_constraint(table, &unique);
            self.draft.add_statement(sql, place);
        } else if let Some(table) = self.draft.table_mut(table) {
            table.table.own.uniques.push(unique);
        }
    }
}

/// The SQL text of a constraint.
fn expression_of(interpreter: &mut Interpreter<'_>, pending: &Pending) -> Option<String> {
    let Some(subject) = &pending.subject else {
        interpreter.fail(pending.place, "a constraint needs its SQL expression");
        return None;
    };
    match subject.value.as_name() {
        Some(text) if !text.trim().is_empty() && !text.contains('\0') => {
            let text = text.to_owned();
            fragment::check(interpreter, &text, subject.span, Part::Expression);
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
