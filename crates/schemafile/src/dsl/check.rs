//! Whether what an index, a key or a constraint stands on is there.

use super::Dsl;
use super::arguments::OptionList;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::ruby::Interpreter;
use crate::source::Span;
use crate::types::catalog;

/// What came of looking for it. The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Checked {
    /// It is there.
    Fine,
    /// SQL text of the file may make it, so what stands on it must stay behind that text.
    NeedsSql,
    /// It isn't there, which was reported.
    Wrong,
}

impl Dsl {
    /// Looks for columns, up to the first that isn't there. What no `create_table` makes has all of them, as far as is
    /// known.
    pub(super) fn check_columns(
        &self,
        interpreter: &mut Interpreter<'_>,
        table: Option<&DraftTable>,
        columns: &[(String, Span)],
        what: &str,
    ) -> Checked {
        let Some(table) = table else {
            return Checked::NeedsSql;
        };
        let mut worst = Checked::Fine;
        for (column, span) in columns {
            worst = worst.max(self.check_column(interpreter, table, (column, *span), what, None));
            if worst == Checked::Wrong {
                break;
            }
        }
        worst
    }

    /// Looks for a column. `advice` is what to say where no other name is near, and beside one that is.
    pub(super) fn check_column(
        &self,
        interpreter: &mut Interpreter<'_>,
        table: &DraftTable,
        (column, span): (&str, Span),
        what: &str,
        advice: Option<&str>,
    ) -> Checked {
        if table.column(column).is_some() || table.open {
            return Checked::Fine;
        }
        if self.draft.sql_adds_column(&table.table.name, column) {
            return Checked::NeedsSql;
        }
        let hint = match (did_you_mean(column, table.column_names()), advice) {
            (Some(nearest), Some(advice)) => Some(format!("{nearest} {advice}")),
            (nearest, advice) => nearest.or(advice.map(str::to_owned)),
        };
        let message = format!("{what} \"{column}\", which table \"{}\" lacks", table.raw);
        interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
        Checked::Wrong
    }

    /// Takes the option `using:`, and reports a method that PostgreSQL lacks.
    pub(super) fn index_method(
        &self,
        interpreter: &mut Interpreter<'_>,
        options: &mut OptionList,
    ) -> Option<String> {
        let (method, entry) = options.take_text(interpreter, "using")?;
        let of_extension = self.draft.extensions.iter().any(|extension| {
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
