//! EXCLUDE and UNIQUE constraints, and when constraints are checked.

use super::{catalog, sql};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::dsl::Dsl;
use crate::dsl::arguments::{Entry, OptionList, Unknown, names_of};
use crate::dsl::check::Checked;
use crate::dsl::constraint::{New, expression_of};
use crate::fragment::{self, Part};
use crate::names;
use crate::ruby::{Interpreter, Value};
use pg_model::{Deferrability, ExclusionConstraint, PostgreSql, UniqueConstraint};

impl Dsl<PostgreSql> {
    pub(crate) fn add_exclusion(&mut self, interpreter: &mut Interpreter<'_>, new: New<'_>) {
        let New {
            table,
            raw,
            given,
            place,
            mut pending,
        } = new;
        let elements = expression_of::<PostgreSql>(interpreter, &pending);
        let options = &mut pending.options;
        let method = self.index_method(interpreter, options);
        let predicate = take_condition(interpreter, options);
        let deferrable = deferrability(interpreter, options.take("deferrable"), false);
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

    pub(crate) fn add_unique(&mut self, interpreter: &mut Interpreter<'_>, new: New<'_>) {
        let New {
            table,
            raw,
            given,
            place,
            mut pending,
        } = new;
        let options = &mut pending.options;
        let using_index = options.take_text(interpreter, "using_index");
        let nulls_not_distinct = options.take_flag("nulls_not_distinct");
        let deferrable = deferrability(interpreter, options.take("deferrable"), false);
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

impl Dsl<PostgreSql> {
    /// Takes the option `using:`, and reports a method that PostgreSQL lacks.
    pub(crate) fn index_method(
        &self,
        interpreter: &mut Interpreter<'_>,
        options: &mut OptionList,
    ) -> Option<String> {
        let (method, entry) = options.take_text(interpreter, "using")?;
        let of_extension = self.draft.own.extensions.iter().any(|extension| {
            catalog::known_extension(&extension.name)
                .is_none_or(|known| known.index_methods.contains(&method.as_str()))
        });
        let is_known = catalog::INDEX_METHODS.contains(&method.to_ascii_lowercase().as_str())
            || of_extension
            || self.draft.sql_mentions(&method);
        if !is_known {
            let hint = did_you_mean(&method, catalog::INDEX_METHODS.iter().copied());
            let message = format!("PostgreSQL has no index method \"{method}\"");
            interpreter.report(Diagnostic::error(entry.value.span, message).maybe_hint(hint));
        }
        Some(method)
    }
}

/// Takes the option `where:`, the condition of an index or an exclusion; nil counts as absent.
pub(crate) fn take_condition(
    interpreter: &mut Interpreter<'_>,
    options: &mut OptionList,
) -> Option<String> {
    let (text, entry) = options.take_text(interpreter, "where")?;
    if text.trim().is_empty() {
        interpreter.report(
            Diagnostic::error(entry.value.span, "`where:` can't be empty").hint("leave it out"),
        );
        return None;
    }
    fragment::check::<PostgreSql>(interpreter, &text, entry.value.span, Part::Expression);
    Some(text)
}

/// What the key says of deferral.
pub(crate) fn deferrability(
    interpreter: &mut Interpreter<'_>,
    entry: Option<Entry>,
    true_is_immediate: bool,
) -> Deferrability {
    let Some(entry) = entry else {
        return Deferrability::NotDeferrable;
    };
    match &entry.value.value {
        Value::Nil | Value::Bool(false) | Value::Unknown => Deferrability::NotDeferrable,
        Value::Symbol(name) if name.as_ref() == "immediate" => Deferrability::InitiallyImmediate,
        Value::Symbol(name) if name.as_ref() == "deferred" => Deferrability::InitiallyDeferred,
        Value::Bool(true) if true_is_immediate => Deferrability::InitiallyImmediate,
        other => {
            let shown = match other.to_text() {
                Some(text) => text.into_owned(),
                None => other.kind().to_owned(),
            };
            interpreter.fail(
                entry.value.span,
                format!("`deferrable:` is :immediate or :deferred, not {shown}"),
            );
            Deferrability::NotDeferrable
        }
    }
}
