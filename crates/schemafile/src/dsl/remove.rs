//! Calls that take columns, indexes and foreign keys out again, with what stands on them.

use super::Dsl;
use super::arguments::{self, OptionList, Unknown, name_of, names_of};
use super::foreign_key;
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::names;
use crate::ruby::{Call, Interpreter, Value};
use schema_model::{IndexKey, QualifiedName};
use sql_text::mentions;

/// What all of these calls begin with.
struct Removal {
    table: QualifiedName,
    options: OptionList,
    /// Whether nothing is said when the thing isn't there.
    if_exists: bool,
}

impl Removal {
    /// None when the table isn't there, which was reported.
    fn read<A: Adapter>(
        dsl: &Dsl<A>,
        interpreter: &mut Interpreter<'_>,
        call: &Call,
    ) -> Option<Self> {
        let table = dsl.existing_table(interpreter, call)?;
        let mut options = arguments::options(interpreter, call);
        let if_exists = options.take_flag("if_exists");
        Some(Self {
            table,
            options,
            if_exists,
        })
    }
}

/// `remove_column "table", "a"`, `remove_columns "table", "a", "b"`
pub(crate) fn remove_column<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(Removal {
        table,
        mut options,
        if_exists,
    }) = Removal::read(dsl, interpreter, call)
    else {
        return Value::Nil;
    };
    // Type and options of the column say how to make it again, which nobody does here.
    let known = [&["if_exists", "type"], A::COLUMN_OPTIONS].concat();
    options.refuse_unknown(interpreter, &known, &call.name, Unknown::Error);
    let several = call.name.as_ref() != "remove_column";
    let names = call
        .arguments
        .iter()
        .skip(1)
        .take(if several { usize::MAX } else { 1 });
    for argument in names {
        let Some((column, span)) = name_of(interpreter, argument) else {
            continue;
        };
        let Some(found) = dsl.draft.table_mut(&table) else {
            continue;
        };
        if found.column(&column).is_none() {
            if !if_exists {
                let hint = did_you_mean(&column, found.column_names());
                let message = format!("table \"{}\" has no column \"{column}\"", found.raw);
                interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
            }
            continue;
        }
        found.remove_column(&column);
        let inner = &mut found.table;
        let mut gone = Vec::new();
        inner.indexes.retain(|index| {
            let uses = A::index_mentions(index, &column)
                || index.parts.iter().any(|part| match &part.key {
                    IndexKey::Column(name) => *name == column,
                    IndexKey::Expression(text) => mentions(text, &column),
                });
            if uses {
                gone.push(index.name.clone());
            }
            !uses
        });
        inner
            .foreign_keys
            .retain(|key| !key.columns.contains(&column));
        A::remove_from_own(inner, &column);
        inner
            .checks
            .retain(|check| !mentions(&check.expression, &column));
        if inner
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column))
        {
            inner.primary_key = None;
        }
        let names: Vec<QualifiedName> = gone.iter().map(|name| found.index_name(name)).collect();
        for name in names {
            dsl.draft.forget_relation(&name);
        }
    }
    Value::Nil
}

/// `remove_index "table", "column"` or `name: …`
pub(crate) fn remove_index<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(Removal {
        table,
        mut options,
        if_exists,
    }) = Removal::read(dsl, interpreter, call)
    else {
        return Value::Nil;
    };
    let name = options.take_text(interpreter, "name").map(|(name, _)| name);
    let given = options.take("column").map(|entry| entry.value);
    let column = call.arguments.get(1).cloned().or(given);
    // What the index was made with says how to make it again.
    options.refuse_unknown(interpreter, A::INDEX_OPTIONS, &call.name, Unknown::Error);
    let columns: Vec<String> = match &column {
        Some(column) => names_of(interpreter, column)
            .into_iter()
            .map(|(name, _)| name)
            .collect(),
        None => Vec::new(),
    };
    let Some(found) = dsl.draft.table_mut(&table) else {
        return Value::Nil;
    };
    let position = found.table.indexes.iter().position(|index| {
        name.as_ref().is_none_or(|name| index.name == *name)
            && (columns.is_empty()
                || index
                    .plain_columns()
                    .is_some_and(|plain| plain.iter().eq(columns.iter())))
    });
    match position {
        Some(position) if name.is_some() || !columns.is_empty() => {
            let index = found.table.indexes.remove(position);
            let name = found.index_name(&index.name);
            dsl.draft.forget_relation(&name);
        }
        _ if if_exists => {}
        _ => {
            let message = format!("table \"{}\" has no such index", found.raw);
            interpreter.fail(call.name_span, message);
        }
    }
    Value::Nil
}

/// `remove_foreign_key "from", "to"` or `column: …` or `name: …`
pub(crate) fn remove_foreign_key<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(Removal {
        table,
        mut options,
        if_exists,
    }) = Removal::read(dsl, interpreter, call)
    else {
        return Value::Nil;
    };
    let name = options.take_text(interpreter, "name").map(|(name, _)| name);
    let column = options
        .take_text(interpreter, "column")
        .map(|(column, _)| column);
    options.take("to_table");
    options.refuse_unknown(
        interpreter,
        foreign_key::OPTIONS,
        &call.name,
        Unknown::Error,
    );
    let to = match call.arguments.get(1) {
        Some(argument) => name_of(interpreter, argument).map(|(to, _)| names::qualified(&to)),
        None => None,
    };
    let Some(found) = dsl.draft.table_mut(&table) else {
        return Value::Nil;
    };
    let position = found.table.foreign_keys.iter().position(|key| {
        name.as_ref().is_none_or(|name| key.name == *name)
            && column
                .as_ref()
                .is_none_or(|column| key.columns == [column.as_str()])
            && to
                .as_ref()
                .is_none_or(|to| A::canonical(&key.referenced_table) == A::canonical(to))
    });
    match position {
        Some(position) if name.is_some() || column.is_some() || to.is_some() => {
            let key = found.table.foreign_keys.remove(position);
            found.forget_constraint(&key.name);
        }
        _ if if_exists => {}
        _ => {
            let message = format!("table \"{}\" has no such foreign key", found.raw);
            interpreter.fail(call.name_span, message);
        }
    }
    Value::Nil
}
