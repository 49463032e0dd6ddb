//! `t.references`: columns, an index and a foreign key in one call.

use super::arguments::{self, Entry, OptionList, name_of};
use super::column::TypeName;
use super::{Dsl, change, foreign_key, index};
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;
use std::rc::Rc;

/// Options that a reference has beside those of its column.
pub(super) const OPTIONS: [&str; 4] = ["polymorphic", "index", "foreign_key", "type"];

/// What a reference becomes.
struct Plan {
    columns: Vec<(String, TypeName, OptionList)>,
    index: Option<index::Pending>,
    foreign_key: Option<foreign_key::Pending>,
}

/// `t.references :author, …`
pub(crate) fn t_references<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    if call.arguments.is_empty() {
        return interpreter.fail(call.name_span, format!("`{}` needs a name", call.name));
    }
    let options = arguments::options(interpreter, call);
    for argument in &call.arguments {
        if let Some(name) = name_of(interpreter, argument) {
            in_table(
                dsl,
                interpreter,
                (&name.0, name.1),
                call.name_span,
                &options,
            );
        }
    }
    Value::Nil
}

/// `add_reference "table", :author, …`
pub(crate) fn add_reference<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let table = arguments::name_argument(interpreter, call, 0, "a table and a name");
    let options = arguments::options(interpreter, call);
    let Some((raw, span)) = table else {
        return Value::Nil;
    };
    let table = names::qualified(&raw);
    if dsl.draft.table(&table).is_none() {
        let what = format!("{} on", call.name);
        dsl.missing_table(interpreter, &what, &raw, span);
        return Value::Nil;
    }
    for argument in call.arguments.iter().skip(1) {
        let Some(name) = name_of(interpreter, argument) else {
            continue;
        };
        let plan = dsl.plan(
            interpreter,
            (&name.0, name.1),
            call.name_span,
            &options,
            &raw,
        );
        for (column, type_name, options) in plan.columns {
            change::add_column_to(
                dsl,
                interpreter,
                &table,
                (column, name.1),
                &type_name,
                options,
            );
        }
        if let Some(pending) = plan.index {
            dsl.add_index(interpreter, &table, pending);
        }
        if let Some(mut pending) = plan.foreign_key {
            pending.in_table = false;
            dsl.add_foreign_key(interpreter, &table, pending);
        }
    }
    Value::Nil
}

/// Adds a reference to the table being built.
pub(crate) fn in_table<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    (name, span): (&str, Span),
    call: Span,
    options: &OptionList,
) {
    let Some(raw) = dsl
        .building
        .last()
        .map(|building| Rc::clone(&building.draft.raw))
    else {
        return;
    };
    let plan = dsl.plan(interpreter, (name, span), call, options, &raw);
    for (column, type_name, options) in plan.columns {
        dsl.add_to_table(interpreter, (column, span), &type_name, options);
    }
    let ridgepole = dsl.is_ridgepole();
    if let Some(pending) = plan.index
        && let Some(building) = dsl.building.last_mut()
    {
        if ridgepole {
            let span = building.draft.span;
            dsl.deferred.add_index(interpreter, &raw, span, pending);
        } else {
            building.indexes.push(pending);
        }
    }
    if let Some(pending) = plan.foreign_key {
        dsl.pending_foreign_key(interpreter, pending);
    }
}

fn located(value: Value, span: Span) -> Located {
    Located { value, span }
}

fn hash_options(interpreter: &mut Interpreter<'_>, entry: Option<&Entry>) -> OptionList {
    match entry {
        Some(entry) => OptionList::from_value(interpreter, &entry.name, &entry.value),
        None => OptionList::default(),
    }
}

impl<A: Adapter> Dsl<A> {
    fn plan(
        &self,
        interpreter: &mut Interpreter<'_>,
        (name, span): (&str, Span),
        call: Span,
        options: &OptionList,
        raw_table: &str,
    ) -> Plan {
        let ridgepole = self.is_ridgepole();
        let rules = self.rules();
        let mut options = options.clone();
        let of_ridgepole: &[&'static str] = if ridgepole {
            &["ignore", "renamed_from"]
        } else {
            &[]
        };
        let known: Vec<&'static str> = A::COLUMN_OPTIONS
            .iter()
            .chain(&OPTIONS)
            .chain(of_ridgepole)
            .copied()
            .collect();
        options.refuse_unknown(
            interpreter,
            &known,
            format_args!("reference \"{name}\""),
            self.unknown_options(),
        );
        let polymorphic = options
            .take("polymorphic")
            .filter(|entry| entry.value.value.truthy());
        let index = options.take("index");
        let foreign_key = options
            .take("foreign_key")
            .filter(|entry| entry.value.value.truthy());
        let type_name = match options.take("type") {
            Some(entry) if !entry.value.value.is_nil() => {
                name_of(interpreter, &entry.value).map(|(name, span)| TypeName {
                    name: name.into(),
                    span,
                })
            }
            _ => None,
        };
        let default_type = if ridgepole || rules.ids_are_bigint() {
            "bigint"
        } else {
            "integer"
        };
        let type_name = type_name.unwrap_or_else(|| TypeName {
            name: default_type.into(),
            span: call,
        });
        let id = format!("{name}_id");
        let mut columns = vec![(id.clone(), type_name, options.clone())];
        let mut indexed = vec![id.clone()];
        if let Some(entry) = &polymorphic {
            if let (Some(key), false) = (&foreign_key, ridgepole) {
                interpreter.report(
                    Diagnostic::error(key.key, "a polymorphic reference takes no foreign key")
                        .hint("its rows point to several tables; take `foreign_key:` out"),
                );
            }
            let mut type_options = hash_options(interpreter, Some(entry));
            if let Some(null) = options.get("null") {
                type_options.set("null", null.value.clone());
            }
            let type_column = format!("{name}_type");
            let string = TypeName {
                name: "string".into(),
                span: call,
            };
            let column = (type_column.clone(), string, type_options);
            indexed.insert(0, type_column);
            // ridgepole puts the id first, ActiveRecord the type.
            if ridgepole {
                columns.push(column);
            } else {
                columns.insert(0, column);
            }
        }
        let wants_index = match &index {
            Some(entry) => entry.value.value.truthy(),
            None => ridgepole || rules.references_have_index(),
        };
        let index = wants_index.then(|| {
            let mut index_options = hash_options(interpreter, index.as_ref());
            let named_by_reference = polymorphic.is_some()
                && !ridgepole
                && rules.polymorphic_index_is_named_by_reference();
            if named_by_reference {
                let default = format!("index_{raw_table}_on_{name}");
                if index_options
                    .get("name")
                    .is_none_or(|given| given.value.value.is_nil())
                {
                    index_options.set("name", located(Value::text(default), span));
                }
            }
            let columns: Vec<Located> = indexed
                .iter()
                .map(|column| located(Value::text(column), span))
                .collect();
            index::Pending {
                columns: located(Value::Array(columns.into()), span),
                options: index_options,
                place: span,
                asked: None,
            }
        });
        let foreign_key = foreign_key
            .filter(|_| polymorphic.is_none() || ridgepole)
            .map(|entry| self.plan_key(interpreter, (name, &id), &entry));
        Plan {
            columns,
            index,
            foreign_key,
        }
    }

    fn plan_key(
        &self,
        interpreter: &mut Interpreter<'_>,
        (name, id): (&str, &str),
        entry: &Entry,
    ) -> foreign_key::Pending {
        let mut options = hash_options(interpreter, Some(entry));
        let to_table = options
            .take("to_table")
            .filter(|entry| !entry.value.value.is_nil());
        let target = to_table
            .as_ref()
            .map_or_else(|| A::reference_key_place(entry), |to_table| to_table.key);
        let to_table = to_table.and_then(|to_table| name_of(interpreter, &to_table.value));
        let to_table = match to_table {
            Some((name, _)) => name,
            None => interpreter.inflections.pluralize(name),
        };
        // ridgepole names the column only when the reference isn't singular already, and otherwise leaves
        // it to be guessed from the table.
        let sets_column = !self.is_ridgepole() || interpreter.inflections.singularize(name) != name;
        if sets_column {
            options.set("column", located(Value::text(id), entry.key));
        }
        foreign_key::Pending {
            to_table,
            target,
            place: A::reference_key_place(entry),
            options,
            own_column: Some(id.to_owned()),
            in_table: !self.is_ridgepole(),
        }
    }
}
