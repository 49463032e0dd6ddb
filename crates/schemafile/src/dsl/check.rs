//! Whether what an index, a key or a constraint stands on is there.

use super::Dsl;
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::ruby::Interpreter;
use crate::source::Span;

/// What came of looking for it. The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Checked {
    /// It is there.
    Fine,
    /// SQL text of the file may make it, so what stands on it must stay behind that text.
    NeedsSql,
    /// It isn't there, which was reported.
    Wrong,
}

impl<A: Adapter> Dsl<A> {
    /// Looks for columns, up to the first that isn't there. What no `create_table` makes has all of them, as far as is
    /// known.
    pub(crate) fn check_columns(
        &self,
        interpreter: &mut Interpreter<'_>,
        table: Option<&DraftTable<A>>,
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
    pub(crate) fn check_column(
        &self,
        interpreter: &mut Interpreter<'_>,
        table: &DraftTable<A>,
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
}
