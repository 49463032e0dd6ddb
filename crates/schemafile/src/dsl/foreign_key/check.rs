//! Whether the two ends of a foreign key are there, and fit each other.

use super::Read;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::dsl::Dsl;
use crate::dsl::check::Checked;
use crate::ruby::Interpreter;
use crate::types::describe;
use pg_model::{DataType, TypeKind, UniqueConstraint};

impl Dsl {
    /// Checks that both ends are there, and fit each other.
    pub(super) fn check_key(
        &self,
        interpreter: &mut Interpreter<'_>,
        own: &DraftTable,
        read: &Read,
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
            if !are_comparable(&left.data_type, &right.data_type) {
                let message = format!(
                    "foreign key \"{}\".\"{column}\" is {} but \"{}\".\"{target_column}\" is {}",
                    own.raw,
                    describe(&left.data_type),
                    read.to_table,
                    describe(&right.data_type)
                );
                interpreter.fail(read.type_place, message);
                return Checked::Wrong;
            }
        }
        checked
    }

    fn check_own_columns(
        &self,
        interpreter: &mut Interpreter<'_>,
        own: &DraftTable,
        read: &Read,
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
    fn no_such_target(&self, interpreter: &mut Interpreter<'_>, read: &Read) -> Checked {
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
        other: &DraftTable,
        read: &Read,
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
        // What an index of SQL text has that a constraint took over is unknown.
        let takes_over = |unique: &UniqueConstraint| unique.using_index.is_some();
        let is_unique = other.table.is_unique_on(&read.key.referenced_columns)
            || other.table.own.uniques.iter().any(takes_over);
        if is_unique || other.open {
            return checked;
        }
        if self.draft.sql_adds_key(&other.table.name) {
            return Checked::NeedsSql;
        }
        let span = read
            .referenced
            .first()
            .map_or(read.target, |(_, span)| *span);
        let names = read.key.referenced_columns.join("\", \"");
        interpreter.report(
            Diagnostic::error(
                span,
                format!("\"{to}\".\"{names}\" is neither a primary key nor unique, so no foreign key can point to it"),
            )
            .hint(format!("add a unique index on it to \"{to}\"")),
        );
        Checked::Wrong
    }
}

/// Whether PostgreSQL has an operator by which a key of one type is looked up among the other's; when
/// in doubt, yes.
fn are_comparable(key: &DataType, target: &DataType) -> bool {
    #[derive(PartialEq)]
    enum Family {
        Whole,
        Number,
        Text,
        Time,
        Own(String),
        Unknown,
    }
    let family = |data_type: &DataType| {
        if data_type.array {
            return Family::Unknown;
        }
        match &data_type.kind {
            TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt => Family::Whole,
            TypeKind::Numeric { .. } | TypeKind::Real | TypeKind::DoublePrecision => Family::Number,
            TypeKind::Text
            | TypeKind::Varchar { .. }
            | TypeKind::Char { .. }
            | TypeKind::Citext => Family::Text,
            TypeKind::Date | TypeKind::Timestamp { .. } => Family::Time,
            TypeKind::Uuid
            | TypeKind::Boolean
            | TypeKind::Bytea
            | TypeKind::Jsonb
            | TypeKind::Inet
            | TypeKind::Macaddr
            | TypeKind::Oid => Family::Own(describe(data_type)),
            TypeKind::Enum(name) => Family::Own(name.to_string()),
            _ => Family::Unknown,
        }
    };
    match (family(key), family(target)) {
        (Family::Unknown, _) | (_, Family::Unknown) | (Family::Whole, Family::Number) => true,
        (key, target) => key == target,
    }
}
