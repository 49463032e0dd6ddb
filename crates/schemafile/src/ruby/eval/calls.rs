//! Calls: of functions of the DSL, of methods of values, and what is said when there is none of that name.

use super::{Call, Host, Interpreter};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ruby::ast::{CallExpr, ExprKind};
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
            && inner.name.as_ref() == "t"
            && self.local("t").is_none()
        {
            self.report(
                Diagnostic::error(inner.name_span, "unknown name `t`")
                    .hint("does the block around it begin with `do |t|`?"),
            );
            return Value::Unknown;
        }
        if let ExprKind::Constant(name) = &receiver_expr.kind {
            if matches!(name.as_ref(), "File" | "Dir" | "Pathname" | "Rails") {
                let Some(evaluated) = self.eval_arguments(host, call, span) else {
                    return Value::Unknown;
                };
                return match files::constant_call(self, name, &evaluated) {
                    Some(value) => value,
                    None => self.unsupported(span, &format!("`{name}.{}`", call.name)),
                };
            }
            if self.known_constant(host, name).is_none() {
                let place = receiver_expr.span.to(call.name_span);
                return self.unsupported(place, &format!("`{name}.{}`", call.name));
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
        match files::function(self, host, evaluated) {
            Some(value) => value,
            None => match host.call(self, evaluated) {
                Some(value) => value,
                None if call.bare => {
                    let names = host.method_names(None);
                    let is_in_table = self.local("t").is_some();
                    let hint = did_you_mean(&call.name, names).or_else(|| {
                        is_in_table.then(|| "the table of this block is called `t`".to_owned())
                    });
                    let message = format!("unknown name `{}`", call.name);
                    self.report(Diagnostic::error(call.name_span, message).maybe_hint(hint));
                    Value::Unknown
                }
                None => self.unknown_method(host, None, evaluated),
            },
        }
    }

    fn unknown_method(
        &mut self,
        host: &mut dyn Host,
        object: Option<Object>,
        call: &Call,
    ) -> Value {
        let hint = if is_sql_function(&call.name) {
            Some(format!("SQL stands in quotes: `\"{}()\"`", call.name))
        } else {
            did_you_mean(&call.name, host.method_names(object))
        };
        let message = format!("unknown method `{}`", call.name);
        self.report(Diagnostic::error(call.name_span, message).maybe_hint(hint));
        Value::Unknown
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

/// Functions of PostgreSQL that people call in the lambda of a default as if they were Ruby's.
fn is_sql_function(name: &str) -> bool {
    matches!(
        name,
        "now" | "gen_random_uuid" | "uuid_generate_v4" | "nextval" | "current_timestamp" | "random"
    )
}
