//! Foreign keys.

use super::Dsl;
use super::arguments::{Entry, OptionList, Unknown, names_of};
use super::check::Checked;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::in_public;
use crate::names;
use crate::ruby::{Call, Interpreter, Value};
use crate::source::Span;
use crate::sql;
use crate::types::describe;
use schema_model::{
    DataType, Deferrability, ForeignKey, QualifiedName, ReferentialAction, TypeKind,
    UniqueConstraint,
};
use std::rc::Rc;

const OPTIONS: &[&str] = &[
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
pub(super) struct Pending {
    pub(super) to_table: String,
    /// Where the target is named.
    pub(super) target: Span,
    /// Where the key is asked for.
    pub(super) place: Span,
    pub(super) options: OptionList,
    /// The column that a reference made, which ridgepole may not think of.
    pub(super) own_column: Option<String>,
    /// Whether it is part of CREATE TABLE, where NOT VALID means nothing.
    pub(super) in_table: bool,
}

/// `add_foreign_key "from", "to", …`
pub(super) fn add_foreign_key(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let from = Dsl::name_argument(interpreter, call, 0, "two table names");
    let to = Dsl::name_argument(interpreter, call, 1, "two table names");
    Dsl::no_more_arguments(interpreter, call, 2);
    let options = Dsl::options(interpreter, call);
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
        return Value::Nil;
    }
    dsl.add_foreign_key(interpreter, &name, pending);
    Value::Nil
}

/// `t.foreign_key "to", …`
pub(super) fn t_foreign_key(
    dsl: &mut Dsl,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let to = Dsl::name_argument(interpreter, call, 0, "a table name");
    Dsl::no_more_arguments(interpreter, call, 1);
    let options = Dsl::options(interpreter, call);
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

/// What the key says of deferral.
pub(super) fn deferrability(
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

impl Dsl {
    /// Keeps a foreign key of the table being built until its block has ended.
    pub(super) fn pending_foreign_key(
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
    pub(super) fn add_foreign_key(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        from: &QualifiedName,
        pending: Pending,
    ) {
        let Pending {
            to_table,
            target,
            place,
            mut options,
            own_column,
            in_table,
        } = pending;
        let to = names::qualified(&to_table);
        let column_entry = options
            .take("column")
            .filter(|entry| !entry.value.value.is_nil());
        let key_entry = options
            .take("primary_key")
            .filter(|entry| !entry.value.value.is_nil());
        let raw = self
            .draft
            .table(from)
            .map_or_else(|| from.to_string().into(), |table| Rc::clone(&table.raw));
        let referenced: Vec<(String, Span)> = match &key_entry {
            Some(entry) => names_of(interpreter, &entry.value),
            None => vec![("id".to_owned(), target)],
        };
        let composite = key_entry
            .as_ref()
            .is_some_and(|entry| matches!(entry.value.value, Value::Array(_)));
        let columns: Vec<(String, Span)> = if let Some(entry) = &column_entry {
            names_of(interpreter, &entry.value)
        } else {
            let singular = interpreter.inflections.singularize(&to.name);
            if composite {
                referenced
                    .iter()
                    .map(|(column, _)| (format!("{singular}_{column}"), target))
                    .collect()
            } else {
                vec![(format!("{singular}_id"), target)]
            }
        };
        if columns.len() != referenced.len() {
            if !columns.is_empty() && !referenced.is_empty() {
                interpreter.fail(
                    column_entry
                        .as_ref()
                        .map_or(target, |entry| entry.value.span),
                    format!(
                        "the foreign key has {} columns, but points to {}",
                        columns.len(),
                        referenced.len()
                    ),
                );
            }
            return;
        }
        let name_entry = options.take_name(interpreter);
        let column_names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let name = match &name_entry {
            Some((name, _)) => name.clone(),
            None => names::foreign_key(&raw, &column_names),
        };
        let name_span = name_entry
            .as_ref()
            .map_or(target, |(_, entry)| entry.value.span);
        let key = ForeignKey {
            name: name.clone(),
            columns: columns.iter().map(|(name, _)| name.clone()).collect(),
            referenced_table: to.clone(),
            referenced_columns: referenced.iter().map(|(name, _)| name.clone()).collect(),
            on_delete: action(interpreter, &mut options, "on_delete"),
            on_update: action(interpreter, &mut options, "on_update"),
            deferrable: deferrability(
                interpreter,
                options.take("deferrable"),
                self.rules().deferrable_may_be_true(),
            ),
            validated: in_table
                || options
                    .get("validate")
                    .is_none_or(|validate| validate.value.value.truthy()),
        };
        options.take("validate");
        options.take("to_table");
        options.take("if_exists");
        let if_not_exists = options.take_flag("if_not_exists");
        options.finish(interpreter, OPTIONS, "a foreign key", Unknown::Warning);
        if if_not_exists && self.has_such_key(from, &key) {
            return;
        }
        if let Some(first) = self
            .draft
            .table(from)
            .and_then(|table| table.constraint(&name))
        {
            let message = if name_entry.is_some() {
                format!("constraint \"{name}\" of table \"{raw}\" is already defined")
            } else {
                format!(
                    "the foreign key from \"{raw}\" to \"{to_table}\" on \"{}\" is already defined ({name})",
                    key.columns.join("\", \"")
                )
            };
            interpreter
                .report(Diagnostic::error(name_span, message).related(first, "defined here first"));
            return;
        }
        let type_place = column_entry
            .as_ref()
            .map_or(place, |entry| entry.value.span);
        match self.check_key(
            interpreter,
            from,
            &key,
            (&to_table, target),
            &columns,
            &referenced,
            type_place,
            in_table,
            own_column.as_deref(),
        ) {
            Checked::Wrong => {}
            Checked::Fine => {
                if let Some(table) = self.draft.table_mut(from) {
                    table.note_constraint(&name, name_span);
                    table.table.foreign_keys.push(key);
                }
            }
            Checked::NeedsSql => {
                let sql = sql::add_foreign_key(from, &key);
                self.draft.add_statement(sql);
            }
        }
    }

    fn has_such_key(&self, from: &QualifiedName, key: &ForeignKey) -> bool {
        self.draft.table(from).is_some_and(|table| {
            table.table.foreign_keys.iter().any(|known| {
                known.columns == key.columns
                    && in_public(&known.referenced_table) == in_public(&key.referenced_table)
            })
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a key and the places of its parts"
    )]
    fn check_key(
        &self,
        interpreter: &mut Interpreter<'_>,
        from: &QualifiedName,
        key: &ForeignKey,
        (to_raw, target): (&str, Span),
        columns: &[(String, Span)],
        referenced: &[(String, Span)],
        type_place: Span,
        in_table: bool,
        own_column: Option<&str>,
    ) -> Checked {
        let Some(own) = self.draft.table(from) else {
            return Checked::NeedsSql;
        };
        let mut checked = Checked::Fine;
        for (column, span) in columns {
            let what = format!("foreign key to \"{to_raw}\" needs column");
            let advice = (*span == target).then(|| match own_column {
                Some(own) => {
                    format!("ridgepole guesses it from the table's name: add `column: \"{own}\"`")
                }
                None => "the column is guessed from the table's name: say `column:`, or give the \
                     application's own irregular words with `--inflections`"
                    .to_owned(),
            });
            let advice = advice.as_deref();
            let column = (column.as_str(), *span);
            checked = checked.max(self.check_column(interpreter, own, column, &what, advice));
            if checked == Checked::Wrong {
                return checked;
            }
        }
        let Some(other) = self.draft.table(&key.referenced_table) else {
            if self.draft.sql_mentions(&key.referenced_table.name) {
                return Checked::NeedsSql;
            }
            let names = self.draft.table_names();
            let hint = did_you_mean(to_raw, names.iter().map(AsRef::as_ref)).unwrap_or_else(|| {
                match own_column {
                    _ if in_table => {
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
            let message =
                format!("foreign key to table \"{to_raw}\", which no create_table{above} defines");
            interpreter.report(Diagnostic::error(target, message).hint(hint));
            return Checked::Wrong;
        };
        for (column, span) in referenced {
            if other.column(column).is_some() || other.open {
                continue;
            }
            if self.draft.sql_mentions(column) && self.draft.sql_mentions(&other.table.name.name) {
                checked = Checked::NeedsSql;
                continue;
            }
            let message = if *span == target {
                format!(
                    "foreign key to \"{to_raw}\".\"{column}\": table \"{to_raw}\" has no primary key \"{column}\""
                )
            } else {
                format!("foreign key to column \"{column}\", which table \"{to_raw}\" lacks")
            };
            let hint = did_you_mean(column, other.column_names());
            interpreter.report(Diagnostic::error(*span, message).maybe_hint(hint));
            return Checked::Wrong;
        }
        // What an index of SQL text has that a constraint took over is unknown.
        let takes_over = |unique: &UniqueConstraint| unique.using_index.is_some();
        let is_unique = other.table.is_unique_on(&key.referenced_columns)
            || other.table.uniques.iter().any(takes_over);
        if !is_unique && !other.open {
            if self.draft.sql_mentions(&other.table.name.name) {
                return Checked::NeedsSql;
            }
            let span = referenced.first().map_or(target, |(_, span)| *span);
            let names = key.referenced_columns.join("\", \"");
            interpreter.report(
                Diagnostic::error(
                    span,
                    format!("\"{to_raw}\".\"{names}\" is neither a primary key nor unique, so no foreign key can point to it"),
                )
                .hint(format!("add a unique index on it to \"{to_raw}\"")),
            );
            return Checked::Wrong;
        }
        for ((column, _), (target_column, _)) in columns.iter().zip(referenced) {
            let (Some(left), Some(right)) = (own.column(column), other.column(target_column))
            else {
                continue;
            };
            if !are_comparable(&left.data_type, &right.data_type) {
                let message = format!(
                    "foreign key \"{}\".\"{column}\" is {} but \"{to_raw}\".\"{target_column}\" is {}",
                    own.raw,
                    describe(&left.data_type),
                    describe(&right.data_type)
                );
                interpreter.fail(type_place, message);
                return Checked::Wrong;
            }
        }
        checked
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
