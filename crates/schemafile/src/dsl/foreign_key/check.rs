//! Whether the two ends of a foreign key are there, and fit each other.

use super::Read;
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::dsl::Dsl;
use crate::dsl::check::Checked;
use crate::ruby::Interpreter;

impl<A: Adapter> Dsl<A> {
    /// Checks that both ends are there, and fit each other.
    pub(crate) fn check_key(
        &self,
        interpreter: &mut Interpreter<'_>,
        own: &DraftTable<A>,
        read: &Read<A>,
    ) -> Checked {
        let mut checked = self.check_own_columns(interpreter, own, read);
        if checked == Checked::Wrong {
            return checked;
        }
        let Some(other) = self.draft.table(&read.key.referenced_table) else {
            return self.no_such_target(interpreter, read);
        };
        checked = checked.max(self.check_target(interpreter, other, read));
        if checked == Checked::Wrong {
            return checked;
        }
        for ((column, _), (target_column, _)) in read.columns.iter().zip(&read.referenced) {
            let (Some(left), Some(right)) = (own.column(column), other.column(target_column))
            else {
                continue;
            };
            if let Some((place, message)) = A::pair_problem(self, (own, left), (other, right), read)
            {
                interpreter.fail(place, message);
                return Checked::Wrong;
            }
        }
        checked.max(A::check_foreign_key(self, interpreter, own, read))
    }

    fn check_own_columns(
        &self,
        interpreter: &mut Interpreter<'_>,
        own: &DraftTable<A>,
        read: &Read<A>,
    ) -> Checked {
        let what = format!("foreign key to \"{}\" needs column", read.to_table);
        let mut checked = Checked::Fine;
        for (column, span) in &read.columns {
            let advice = (*span == read.target).then(|| match &read.own_column {
                Some(own) => {
                    format!("ridgepole guesses it from the table's name: add `column: \"{own}\"`")
                }
                None => "the column is guessed from the table's name: say `column:`, or give the \
                     application's own irregular words with `--inflections`"
                    .to_owned(),
            });
            let column = (column.as_str(), *span);
            let found = self.check_column(interpreter, own, column, &what, advice.as_deref());
            checked = checked.max(found);
            if checked == Checked::Wrong {
                break;
            }
        }
        checked
    }

    /// The table that the key points to isn't defined by any call.
    fn no_such_target(&self, interpreter: &mut Interpreter<'_>, read: &Read<A>) -> Checked {
        if self.draft.sql_mentions(&read.key.referenced_table.name) {
            return Checked::NeedsSql;
        }
        let names = self.draft.table_names();
        let hint = did_you_mean(&read.to_table, names.iter().map(AsRef::as_ref)).unwrap_or_else(|| {
            match read.own_column {
                _ if read.in_table => {
                    "ActiveRecord makes this key together with its table, so the other table must stand above"
                }
                Some(_) => {
                    "where the table has another name than the reference, say `foreign_key: { to_table: \"users\" }`"
                }
                None => "create the table, or take the key out",
            }
            .to_owned()
        });
        let above = if self.is_ridgepole() { "" } else { " above" };
        let message = format!(
            "foreign key to table \"{}\", which no create_table{above} defines",
            read.to_table
        );
        interpreter.report(Diagnostic::error(read.target, message).hint(hint));
        Checked::Wrong
    }

    /// Checks that the columns that the key points to are there, and unique.
    fn check_target(
        &self,
        interpreter: &mut Interpreter<'_>,
        other: &DraftTable<A>,
        read: &Read<A>,
    ) -> Checked {
        let to = &read.to_table;
        let mut checked = Checked::Fine;
        for (column, span) in &read.referenced {
            if other.column(column).is_some() || other.open {
                continue;
            }
            if self.draft.sql_adds_column(&other.table.name, column) {
                checked = Checked::NeedsSql;
                continue;
            }
            let message = if *span == read.target {
                format!(
                    "foreign key to \"{to}\".\"{column}\": table \"{to}\" has no primary key \"{column}\""
                )
            } else {
                format!("foreign key to column \"{column}\", which table \"{to}\" lacks")
            };
            let hint = did_you_mean(column, other.column_names());
            interpreter.report(Diagnostic::error(*span, message).maybe_hint(hint));
            return Checked::Wrong;
        }
        let Some((message, hint)) = A::target_problem(self, other, read) else {
            return checked;
        };
        if other.open {
            return checked;
        }
        if self.draft.sql_adds_key(&other.table.name) {
            return Checked::NeedsSql;
        }
        let span = read
            .referenced
            .first()
            .map_or(read.target, |(_, span)| *span);
        interpreter.report(Diagnostic::error(span, message).hint(hint));
        Checked::Wrong
    }
}
