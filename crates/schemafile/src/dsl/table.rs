//! `create_table` and what else concerns a table as a whole.

use super::arguments::{self, OptionList, Unknown, name_of};
use super::calls::On;
use super::{Building, Dsl, change, reference, rename};
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::DraftTable;
use crate::fragment::{self, Part};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Object, Value};
use crate::source::Span;
use schema_model::{ColumnValue, PrimaryKey, QualifiedName};

/// `create_table "name", … do |t| … end`
pub(crate) fn create_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::no_more_arguments(interpreter, call, 1);
    let Some((raw, span)) = arguments::name_argument(interpreter, call, 0, "a table name") else {
        return Value::Nil;
    };
    let options = arguments::options(interpreter, call);
    if dsl.is_ridgepole() && call.block.is_none() {
        interpreter.report(
            Diagnostic::error(
                call.name_span,
                format!("create_table \"{raw}\" has no block"),
            )
            .hint("write `create_table … do |t|` and `end`"),
        );
        dsl.perhaps_made.insert(raw);
        return Value::Nil;
    }
    dsl.build_table(interpreter, &raw, span, options, |dsl, interpreter| {
        if let Some(block) = &call.block {
            let argument = Located {
                value: Value::Object(Object::TableDefinition),
                span,
            };
            interpreter.call_block(dsl, block, vec![argument]);
        }
    });
    Value::Nil
}

/// `create_join_table "students", "courses"`
pub(crate) fn create_join_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::no_more_arguments(interpreter, call, 2);
    let first = arguments::name_argument(interpreter, call, 0, "the names of two tables");
    let second = arguments::name_argument(interpreter, call, 1, "the names of two tables");
    let (Some(first), Some(second)) = (first, second) else {
        return Value::Nil;
    };
    let mut options = arguments::options(interpreter, call);
    let raw = match options.take_text(interpreter, "table_name") {
        Some((name, _)) => name,
        None => join_table_name(&first.0, &second.0),
    };
    let mut column_options = match options.take("column_options") {
        Some(entry) => OptionList::from_value(interpreter, "column_options", &entry.value),
        None => OptionList::default(),
    };
    let span = call.name_span;
    if !dsl.rules().ids_are_bigint() {
        column_options.set_default("type", Value::Symbol("integer".into()), span);
    }
    column_options.set_default("null", Value::Bool(false), span);
    column_options.set_default("index", Value::Bool(false), span);
    options.set(
        "id",
        Located {
            value: Value::Bool(false),
            span,
        },
    );
    dsl.build_table(interpreter, &raw, first.1, options, |dsl, interpreter| {
        for (table, span) in [&first, &second] {
            let bare = names::qualified(table).name;
            let name = interpreter.inflections.singularize(&bare);
            reference::in_table(
                dsl,
                interpreter,
                (&name, *span),
                call.name_span,
                &column_options,
            );
        }
        if let Some(block) = &call.block {
            let argument = Located {
                value: Value::Object(Object::TableDefinition),
                span,
            };
            interpreter.call_block(dsl, block, vec![argument]);
        }
    });
    Value::Nil
}

/// The two names in order with `_` between, a common beginning up to `_` or `.` written once.
fn join_table_name(first: &str, second: &str) -> String {
    let (first, second) = if first <= second {
        (first, second)
    } else {
        (second, first)
    };
    let shared = first
        .char_indices()
        .filter(|(_, character)| matches!(character, '_' | '.'))
        .map(|(position, _)| position + 1)
        .rfind(|&end| end < first.len() && second.len() > end && second.starts_with(&first[..end]));
    match shared {
        Some(end) => format!("{first}_{}", &second[end..]),
        None => format!("{first}_{second}"),
    }
}

/// `drop_table "name"`
pub(crate) fn drop_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let mut options = arguments::options(interpreter, call);
    let if_exists = options.take_flag("if_exists");
    let cascade = options
        .take("force")
        .is_some_and(|force| force.value.value.as_name() == Some("cascade"));
    // What the table was made with says how to make it again, which nobody does here.
    let known = [&["if_exists", "force"], A::TABLE_OPTIONS].concat();
    options.refuse_unknown(interpreter, &known, &call.name, Unknown::Error);
    for argument in &call.arguments {
        let Some((raw, span)) = name_of(interpreter, argument) else {
            continue;
        };
        let name = names::qualified(&raw);
        if dsl.draft.table(&name).is_none() {
            if dsl.draft.sql_mentions(&name.name) {
                dsl.draft
                    .add_statement(format!("DROP TABLE {}", A::qualified(&name)), span);
            } else if !if_exists {
                dsl.missing_table(interpreter, "drop_table on", &raw, span);
            }
            continue;
        }
        dsl.drop(interpreter, &name, &raw, span, cascade);
    }
    Value::Nil
}

/// `rename_table "old", "new"`
pub(crate) fn rename_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::refuse_unknown_options(interpreter, call, &[]);
    let old = arguments::name_argument(interpreter, call, 0, "two table names");
    let new = arguments::name_argument(interpreter, call, 1, "two table names");
    if let (Some((old, old_span)), Some((new, new_span))) = (old, new) {
        rename::rename_table(dsl, interpreter, (&old, old_span), (&new, new_span));
    }
    Value::Nil
}

/// `change_table "name" do |t| … end`
pub(crate) fn change_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    // Whether it is one ALTER or several is no matter where nothing is altered.
    arguments::refuse_unknown_options(interpreter, call, &["bulk"]);
    let Some((raw, span)) = arguments::name_argument(interpreter, call, 0, "a table name") else {
        return Value::Nil;
    };
    let name = names::qualified(&raw);
    if dsl.draft.table(&name).is_none() {
        dsl.missing_table(interpreter, "change_table on", &raw, span);
        return Value::Nil;
    }
    let Some(block) = &call.block else {
        return Value::Nil;
    };
    let table = Located {
        value: Value::text(&raw),
        span,
    };
    dsl.changing.push((table, name));
    let argument = Located {
        value: Value::Object(Object::TableChange),
        span,
    };
    interpreter.call_block(dsl, block, vec![argument]);
    dsl.changing.pop();
    Value::Nil
}

impl<A: Adapter> Dsl<A> {
    /// A call on the `t` of `create_table`.
    pub(crate) fn table_call(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
        let name = call.name.as_ref();
        if self.building.is_empty() {
            return interpreter.fail(call.name_span, "the table's block has ended already");
        }
        if let Some(function) = self.find(On::Table, name) {
            return function(self, interpreter, call);
        }
        let ridgepole = self.is_ridgepole();
        if let Some(type_name) = A::column_method(&call.name, ridgepole) {
            self.typed_columns(interpreter, call, &type_name);
        } else if name == "primary_key" && !ridgepole {
            self.primary_key_call(interpreter, call);
        } else {
            self.unknown_type(interpreter, call);
        }
        Value::Nil
    }

    /// A call on the `t` of `change_table`: the same as the call of that meaning outside.
    pub(crate) fn table_change_call(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
    ) -> Value {
        let Some((table, _)) = self.changing.last().cloned() else {
            return Value::Nil;
        };
        let mut inner = Call {
            name: std::rc::Rc::clone(&call.name),
            name_span: call.name_span,
            span: call.span,
            arguments: std::iter::once(table)
                .chain(call.arguments.iter().cloned())
                .collect(),
            options: call.options.clone(),
            block: call.block.clone(),
        };
        let name = call.name.as_ref();
        if let Some(function) = self.find(On::Change, name) {
            return function(self, interpreter, &inner);
        }
        if let Some(declared) = A::column_method(&call.name, false) {
            for argument in &call.arguments {
                let type_name = Located {
                    value: Value::text(&declared),
                    span: call.name_span,
                };
                inner.arguments.truncate(1);
                inner.arguments.push(argument.clone());
                inner.arguments.push(type_name);
                change::add_column(self, interpreter, &inner);
            }
            return Value::Nil;
        }
        self.unknown_type(interpreter, call);
        Value::Nil
    }

    /// Makes a table: its options, its key, what the block says, and then all of it at once.
    pub(crate) fn build_table(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        raw: &str,
        span: Span,
        mut options: OptionList,
        block: impl FnOnce(&mut Self, &mut Interpreter<'_>),
    ) {
        let name = names::qualified(raw);
        let ridgepole = self.is_ridgepole();
        let table = self.table_of_options(interpreter, name.clone(), (raw, span), &mut options);
        self.check_name(interpreter, &name, span);
        let force = options
            .take("force")
            .filter(|force| force.value.value.truthy());
        let if_not_exists = options.take_flag("if_not_exists");
        let if_not_exists = if_not_exists && !ridgepole;
        let first = self.draft.table(&name).map(|table| table.span);
        if let Some(first) = first.filter(|_| ridgepole || (force.is_none() && !if_not_exists)) {
            let what = if ridgepole {
                "; `force:` has no effect in a Schemafile"
            } else {
                "; with `force:` the second would replace the first"
            };
            let (line, _) = interpreter.sources.line_column(first);
            interpreter.report(
                Diagnostic::error(
                    span,
                    format!("table \"{raw}\" is already defined (line {line}){what}"),
                )
                .related(first, "defined here first"),
            );
        }
        if let (None, Some(place)) = (first, self.draft.relation(&name)) {
            let what = self.draft.kind_of_relation(&name);
            let message = format!("\"{raw}\" is the name of {what} already");
            interpreter.report(
                Diagnostic::error(span, message)
                    .related(place, "defined here")
                    .hint(A::RELATIONS_SHARE_NAMES),
            );
        }
        self.building.push(Building {
            draft: table,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            constraints: Vec::new(),
            key_columns: Vec::new(),
        });
        self.set_primary_key(interpreter, span, &mut options);
        options.finish(
            interpreter,
            A::TABLE_OPTIONS,
            format_args!("create_table \"{raw}\""),
            self.unknown_options(),
        );
        block(self, interpreter);
        let Some(building) = self.building.pop() else {
            return;
        };
        if first.is_some() {
            if ridgepole || (force.is_none() && !if_not_exists) {
                return;
            }
            if if_not_exists {
                return;
            }
            let cascade = force
                .as_ref()
                .is_some_and(|force| force.value.value.as_name() == Some("cascade"));
            self.drop(interpreter, &name, raw, span, cascade);
        }
        self.finish_table(interpreter, building);
    }

    /// Checks the length of a table's name and that its schema is there.
    fn check_name(&mut self, interpreter: &mut Interpreter<'_>, name: &QualifiedName, span: Span) {
        let length = name.name.chars().count();
        if length > A::MOST_NAME && self.rules().table_names_are_checked() {
            let message = format!(
                "table name of {length} characters is too long (the limit is {})",
                A::MOST_NAME
            );
            interpreter.fail(span, message);
        }
        A::check_namespace(self, interpreter, name, span);
    }

    fn table_of_options(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: QualifiedName,
        (raw, span): (&str, Span),
        options: &mut OptionList,
    ) -> DraftTable<A> {
        let mut draft = DraftTable::new(name, raw, span);
        A::table_options(self, interpreter, &mut draft, options);
        if let Some((query, entry)) = options.take_text(interpreter, "as") {
            fragment::check::<A>(interpreter, &query, entry.value.span, Part::Expression);
            draft.table.as_query = Some(query);
            draft.open = true;
        }
        draft.table.comment = options
            .take_text(interpreter, "comment")
            .map(|(text, _)| text)
            .filter(|text| !text.is_empty());
        if self.is_ridgepole() {
            draft.table.renamed_from = options
                .take_text(interpreter, "renamed_from")
                .map(|(from, _)| names::qualified(&from));
        }
        draft
    }

    /// Checks what was built and puts it into the database.
    fn finish_table(&mut self, interpreter: &mut Interpreter<'_>, building: Building<A>) {
        let Building {
            mut draft,
            indexes,
            foreign_keys,
            constraints,
            key_columns,
        } = building;
        if let Some((_, place)) = key_columns.first() {
            draft.key_place = Some(*place);
            let mut columns = Vec::new();
            for (column, span) in key_columns {
                if draft.column(&column).is_none() && !draft.open {
                    let hint = did_you_mean(&column, draft.column_names());
                    let message = format!(
                        "primary key column \"{column}\" is not a column of table \"{}\"",
                        draft.raw
                    );
                    interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
                }
                if let Some(column) = draft.column_mut(&column) {
                    column.not_null = true;
                    if column.value == ColumnValue::Null {
                        column.value = ColumnValue::None;
                    }
                }
                columns.push(column);
            }
            draft.table.primary_key = Some(PrimaryKey {
                name: None,
                columns,
            });
        }
        let name = draft.table.name.clone();
        self.draft.add_table(draft);
        for pending in constraints {
            self.add_constraint(interpreter, &name, pending);
        }
        for pending in foreign_keys {
            self.add_foreign_key(interpreter, &name, pending);
        }
        for pending in indexes {
            self.add_index(interpreter, &name, pending);
        }
        A::check_table(self, interpreter, &name);
    }

    /// Drops a table that there is.
    fn drop(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        name: &QualifiedName,
        raw: &str,
        span: Span,
        cascade: bool,
    ) {
        if !cascade {
            let target = A::canonical(name);
            let child = self.draft.tables().find(|other| {
                A::canonical(&other.table.name) != target
                    && other
                        .table
                        .foreign_keys
                        .iter()
                        .any(|key| A::canonical(&key.referenced_table) == target)
            });
            if let Some(child) = child {
                let message = format!(
                    "table \"{raw}\" can't be dropped: a foreign key of table \"{}\" points to it",
                    child.raw
                );
                interpreter.report(Diagnostic::error(span, message).hint("say `force: :cascade`"));
            }
        }
        self.draft.remove_table(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_beginning_of_a_join_table_is_written_once() {
        assert_eq!(join_table_name("students", "courses"), "courses_students");
        assert_eq!(
            join_table_name("music_artists", "music_records"),
            "music_artists_records"
        );
        assert_eq!(join_table_name("users", "user_roles"), "user_roles_users");
    }
}
