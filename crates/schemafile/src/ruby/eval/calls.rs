//! Calls: of functions of the DSL, of methods of values, and what is said when there is none of that name.

use super::advice::meant_by;
use super::{Call, Host, Interpreter};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ruby::ast::{CallExpr, Expr, ExprKind};
use crate::ruby::lookalike::look_alike_advice;
use crate::ruby::value::{Located, Object, Value};
use crate::ruby::{files, methods};
use crate::source::Span;
use std::rc::Rc;

impl Interpreter<'_> {
    pub(super) fn eval_call(&mut self, host: &mut dyn Host, call: &CallExpr, span: Span) -> Value {
        let Some(receiver_expr) = &call.receiver else {
            return self.eval_function(host, call, span);
        };
        if let ExprKind::Call(inner) = &receiver_expr.kind
            && inner.bare
            && self.is_in_table()
            && self.local(&inner.name).is_none()
        {
            return self.unknown_name(host, inner, Some("the table of this block is called `t`"));
        }
        if asks_for_adapter(call, receiver_expr) {
            return host
                .adapter_name()
                .map_or(Value::Unknown, |name| Value::String(name.as_bytes().into()));
        }
        if let ExprKind::Constant(name) = &receiver_expr.kind {
            if matches!(name.as_ref(), "File" | "Dir" | "Pathname" | "Rails") {
                let Some(evaluated) = self.eval_arguments(host, call, span) else {
                    return Value::Unknown;
                };
                return match files::constant_call(self, name, &evaluated) {
                    // `Dir.glob("*.rb") { |file| … }` hands each on and gives nothing.
                    Some(Value::Array(found)) if evaluated.block.is_some() => {
                        if let Some(block) = &evaluated.block {
                            for file in found.iter() {
                                self.call_block(host, block, vec![file.clone()]);
                            }
                        }
                        Value::Nil
                    }
                    Some(value) => value,
                    None => self.unsupported_call(name, call, span),
                };
            }
            let is_plain = name
                .chars()
                .all(|character| character.is_ascii_uppercase() || character == '_');
            let is_known = self.known_constant(host, name).is_some();
            if !is_known && is_plain && name.as_ref() != "ENV" && name.as_ref() != "ARGV" {
                return self.eval_constant(host, name, receiver_expr.span);
            }
            if !is_known {
                let place = receiver_expr.span.to(call.name_span);
                return self.unsupported_call(name, call, place);
            }
        }
        let receiver = self.eval(host, receiver_expr);
        match &receiver.value {
            Value::Unknown => return Value::Unknown,
            Value::Nil if call.safe => return Value::Nil,
            _ => {}
        }
        // A condition of `execute` may ask the connection anything; nobody looks at its arguments.
        if matches!(receiver.value, Value::Object(Object::Connection)) {
            self.connection_asked += 1;
            return Value::Object(Object::Connection);
        }
        let Some(mut evaluated) = self.eval_arguments(host, call, span) else {
            return Value::Unknown;
        };
        match receiver.value {
            Value::Object(Object::Main) => self.dispatch(host, call, &evaluated),
            Value::Object(object) => match host.send(self, object, &evaluated) {
                Some(value) => value,
                None => self.unknown_method(host, Some(object), &evaluated),
            },
            _ => {
                // `states.map(&:to_s)` is `states.map { |state| state.to_s }`.
                let symbol = call.block_symbol.clone();
                // A hash that stands last belongs to the arguments of a value's method.
                if !evaluated.options.is_empty() {
                    let entries = std::mem::take(&mut evaluated.options);
                    evaluated.arguments.push(Located {
                        value: Value::Hash(entries.into()),
                        span,
                    });
                }
                if let Some(value) =
                    methods::call(self, host, &receiver, &evaluated, symbol.as_deref())
                {
                    value
                } else {
                    let kind = receiver.value.kind();
                    self.unsupported(call.name_span, &format!("`{}` of {kind}", call.name))
                }
            }
        }
    }

    fn eval_function(&mut self, host: &mut dyn Host, call: &CallExpr, span: Span) -> Value {
        if call.bare
            && let Some(value) = self.local(&call.name)
        {
            return value;
        }
        if call.implicit {
            let message = format!("unknown name `{}`", call.name);
            self.report(Diagnostic::error(call.name_span, message).hint(format!(
                "`{}:` without a value is Ruby's short form of `{}: {}`; the value is missing",
                call.name, call.name, call.name
            )));
            return Value::Unknown;
        }
        let Some(evaluated) = self.eval_arguments(host, call, span) else {
            return Value::Unknown;
        };
        self.dispatch(host, call, &evaluated)
    }

    fn dispatch(&mut self, host: &mut dyn Host, call: &CallExpr, evaluated: &Call) -> Value {
        if let Some(value) = files::function(self, host, evaluated) {
            return value;
        }
        match host.call(self, evaluated) {
            Some(value) => value,
            None if is_of_kernel(&call.name) => {
                self.unsupported(call.name_span, &format!("`{}`", call.name))
            }
            None if call.bare => self.unknown_name(host, call, None),
            None => self.unknown_method(host, None, evaluated),
        }
    }

    /// A word that is neither a local variable nor a call. `advice` is what to say where nothing better is known.
    fn unknown_name(
        &mut self,
        host: &mut dyn Host,
        call: &CallExpr,
        advice: Option<&str>,
    ) -> Value {
        const VALUES: [&str; 3] = ["true", "false", "nil"];
        let name = call.name.as_ref();
        if self.is_defined(name) {
            return Value::Unknown;
        }
        let hint = if let Some(meant) = meant_by(name) {
            meant
        } else if let Some(advice) = look_alike_advice(name) {
            advice
        } else if name == "t" {
            "does the block around it begin with `do |t|`?".to_owned()
        } else if advice.is_none() && self.is_in_table() && is_of_table(host, name) {
            format!("write `t.{name}`")
        } else {
            let locals = self.locals.get(self.visible_from..).unwrap_or_default();
            let known = locals.iter().flatten().map(|(known, _)| known.as_ref());
            let known = known.chain(VALUES).chain(host.method_names(None));
            did_you_mean(name, known)
                .or(advice.map(str::to_owned))
                .unwrap_or_else(|| format!("a text stands in quotes: `\"{name}\"`"))
        };
        let message = format!("unknown name `{name}`");
        self.report(Diagnostic::error(call.name_span, message).hint(hint));
        Value::Unknown
    }

    fn unknown_method(
        &mut self,
        host: &mut dyn Host,
        object: Option<Object>,
        call: &Call,
    ) -> Value {
        let name = call.name.as_ref();
        if object.is_none() {
            if self.is_defined(name) {
                return Value::Unknown;
            }
            host.unknown_call(call);
        }
        let is_table = |value: Value| matches!(value, Value::Object(Object::TableDefinition));
        let hint = if let Some(advice) = look_alike_advice(name) {
            Some(advice)
        } else if is_sql_function(name) {
            Some(format!("SQL stands in quotes: `\"{name}()\"`"))
        } else if object.is_none() && self.local(name).is_some_and(is_table) {
            Some(format!("a point stands behind `{name}`: `{name}.string`"))
        } else if object.is_none() && self.is_in_table() && is_of_table(host, name) {
            Some(format!("write `t.{name}`"))
        } else {
            host.advice(object, name)
                .or_else(|| did_you_mean(name, host.method_names(object)))
        };
        let message = format!("unknown method `{name}`");
        self.report(Diagnostic::error(call.name_span, message).maybe_hint(hint));
        Value::Unknown
    }

    /// Whether the file defines a method of that name, which was told.
    fn is_defined(&self, name: &str) -> bool {
        self.defined_methods.iter().any(|known| known == name)
    }

    /// Whether the block of a table is being read.
    fn is_in_table(&self) -> bool {
        self.local("t").is_some()
    }

    /// A call of a class that a schema has no use for.
    fn unsupported_call(&mut self, class: &str, call: &CallExpr, place: Span) -> Value {
        let what = match call.name.as_ref() {
            "[]" => format!("`{class}[…]`"),
            name => format!("`{class}.{name}`"),
        };
        let differs = matches!(
            class,
            "ENV"
                | "Rails"
                | "Time"
                | "Date"
                | "DateTime"
                | "Process"
                | "Random"
                | "SecureRandom"
                | "Socket"
        );
        if differs {
            self.report(
                Diagnostic::error(place, format!("unsupported Ruby: {what}")).hint(
                    "the same file makes the same SQL on every machine and every day: write the value itself",
                ),
            );
            return Value::Unknown;
        }
        self.unsupported(place, &what)
    }

    /// Evaluates the arguments of a call; None when the run was given up.
    fn eval_arguments(&mut self, host: &mut dyn Host, call: &CallExpr, span: Span) -> Option<Call> {
        let mut arguments = self.eval_list(host, &call.arguments);
        let mut options = self.eval_pairs(host, &call.keywords);
        if call.keywords.is_empty()
            && let Some(Located {
                value: Value::Hash(entries),
                ..
            }) = arguments.last()
        {
            options = entries.to_vec();
            arguments.pop();
        }
        (!self.gave_up).then(|| Call {
            name: Rc::clone(&call.name),
            name_span: call.name_span,
            span,
            arguments,
            options,
            block: call.block.clone(),
        })
    }
}

/// SQL functions that people call in the lambda of a default as if they were Ruby's.
fn is_sql_function(name: &str) -> bool {
    matches!(
        name,
        "now" | "gen_random_uuid" | "uuid_generate_v4" | "nextval" | "current_timestamp" | "random"
    )
}

/// Methods that every Ruby program has, and a schema has no use for.
fn is_of_kernel(name: &str) -> bool {
    matches!(
        name,
        "puts"
            | "print"
            | "p"
            | "pp"
            | "warn"
            | "raise"
            | "abort"
            | "exit"
            | "eval"
            | "instance_eval"
            | "system"
            | "exec"
            | "sleep"
            | "rand"
            | "loop"
            | "include"
            | "extend"
            | "binding"
            | "attr_accessor"
    )
}

/// Whether the `t` of a table has a method of that name.
fn is_of_table(host: &dyn Host, name: &str) -> bool {
    host.method_names(Some(Object::TableDefinition))
        .contains(&name)
}

/// `ActiveRecord::Base.connection.adapter_name`, by which a file for several databases tells them apart.
fn asks_for_adapter(call: &CallExpr, receiver: &Expr) -> bool {
    let ExprKind::Call(connection) = &receiver.kind else {
        return false;
    };
    let of_base = connection.receiver.as_ref().is_some_and(|base| {
        matches!(&base.kind, ExprKind::Constant(name) if name.as_ref() == "ActiveRecord::Base")
    });
    of_base
        && matches!(connection.name.as_ref(), "connection" | "lease_connection")
        && call.name.as_ref() == "adapter_name"
}
