//! Which key a table has: the options `id:` and `primary_key:`, and `t.primary_key`.

use super::Dsl;
use super::arguments::{self, OptionList, name_of, names_of};
use super::column::TypeName;
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::ruby::{Call, Interpreter, Located, Value};
use crate::source::Span;

impl<A: Adapter> Dsl<A> {
    /// `t.primary_key "name", :type`
    pub(crate) fn primary_key_call(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) {
        let Some(name) = arguments::name_argument(interpreter, call, 0, "a column name") else {
            return;
        };
        let (type_name, type_span) = match call.arguments.get(1) {
            Some(argument) => match name_of(interpreter, argument) {
                Some(type_name) => type_name,
                None => return,
            },
            None if self.rules().ids_are_bigint() => ("primary_key".to_owned(), call.name_span),
            None => ("integer".to_owned(), call.name_span),
        };
        let type_name = TypeName {
            name: type_name.into(),
            span: type_span,
        };
        let options = arguments::options(interpreter, call);
        if let Some(building) = self.building.last()
            && let Some(key) = &building.draft.table.primary_key
        {
            let message = format!(
                "table \"{}\" already has the primary key \"{}\"",
                building.draft.raw,
                key.columns.join("\", \"")
            );
            interpreter.report(
                Diagnostic::error(call.name_span, message)
                    .hint("say `id: false` in create_table to give the key yourself"),
            );
            return;
        }
        self.add_key_column(interpreter, name, &type_name, options);
    }

    fn add_key_column(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        (name, span): (String, Span),
        type_name: &TypeName,
        mut options: OptionList,
    ) {
        A::set_key_options(&type_name.name, &mut options, span);
        options.set(
            "primary_key",
            Located {
                value: Value::Bool(true),
                span,
            },
        );
        self.add_to_table(interpreter, (name, span), type_name, options);
    }

    /// ActiveRecord's `set_primary_key`.
    pub(crate) fn set_primary_key(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        span: Span,
        options: &mut OptionList,
    ) {
        let id = options.take("id");
        let primary_key = options.take("primary_key");
        let mut key_options = OptionList::default();
        if !self.rules().ids_are_bigint() {
            let kind = id.as_ref().and_then(|id| match &id.value.value {
                Value::Symbol(name) => Some(name.as_ref()),
                _ => None,
            });
            A::set_old_key_options(kind, options, span);
        }
        for &name in A::KEY_OPTIONS {
            if let Some(entry) = options.take(name) {
                key_options.set(name, entry.value);
            }
        }
        let Some(building) = self.building.last_mut() else {
            return;
        };
        let wanted = id.as_ref().is_none_or(|id| id.value.value.truthy());
        if !wanted || building.draft.table.as_query.is_some() {
            return;
        }
        let mut type_name = TypeName {
            name: if self.rules().ids_are_bigint() {
                "primary_key".into()
            } else {
                "integer".into()
            },
            span,
        };
        match id.map(|id| id.value) {
            Some(Located {
                value: Value::Hash(pairs),
                ..
            }) => {
                let mut inner = OptionList::new(interpreter, &pairs);
                type_name.name = "primary_key".into();
                if let Some((name, entry)) = inner.take_text(interpreter, "type") {
                    type_name = TypeName {
                        name: name.into(),
                        span: entry.value.span,
                    };
                }
                // What the hash says goes before the options beside it.
                for &name in A::KEY_OPTIONS {
                    if let Some(entry) = key_options.take(name)
                        && !inner.has(name)
                    {
                        inner.set(name, entry.value);
                    }
                }
                key_options = inner;
            }
            Some(id) if !matches!(id.value, Value::Bool(true)) => {
                if let Some((name, span)) = name_of(interpreter, &id) {
                    type_name = TypeName {
                        name: name.into(),
                        span,
                    };
                }
            }
            _ => {}
        }
        match primary_key.map(|key| key.value) {
            Some(
                columns @ Located {
                    value: Value::Array(_),
                    ..
                },
            ) => {
                let columns = names_of(interpreter, &columns);
                if let Some(building) = self.building.last_mut() {
                    building.key_columns = columns;
                }
            }
            key => {
                let name = match key {
                    Some(key) if key.value.truthy() => match name_of(interpreter, &key) {
                        Some((name, place)) => {
                            if let Some(building) = self.building.last_mut() {
                                building.draft.key_place = Some(place);
                            }
                            name
                        }
                        None => return,
                    },
                    _ => "id".to_owned(),
                };
                self.add_key_column(interpreter, (name, span), &type_name, key_options);
            }
        }
    }
}
