//! `ActiveRecord::Schema[x.y].define(version: …) do … end`.

use super::{Dsl, Mode, arguments};
use crate::Frontend;
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::ruby::{Call, Interpreter, Object, Value};
use crate::version::{RailsVersion, Rules};

/// A call on `ActiveRecord::Schema` or one of its versions.
pub(crate) fn send<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    version: Option<RailsVersion>,
    call: &Call,
) -> Option<Value> {
    match call.name.as_ref() {
        "[]" if version.is_none() => Some(choose(interpreter, call)),
        "define" => {
            define(dsl, interpreter, version, call);
            Some(Value::Nil)
        }
        "verbose=" => Some(Value::Nil),
        _ => None,
    }
}

fn choose(interpreter: &mut Interpreter<'_>, call: &Call) -> Value {
    let Some(argument) = call.arguments.first() else {
        return interpreter.fail(
            call.span,
            "`ActiveRecord::Schema[]` needs a version, such as 8.1",
        );
    };
    let text = argument.value.to_text().unwrap_or_default().into_owned();
    if let Ok(version) = text.parse::<RailsVersion>() {
        Value::Object(Object::Schema(Some(version)))
    } else {
        interpreter.report(
            Diagnostic::error(
                argument.span,
                format!("unknown version {text} of ActiveRecord::Schema"),
            )
            .hint("known are 4.2, 5.0 to 5.2, 6.0, 6.1, 7.0 to 7.2, and 8.0 to 8.2"),
        );
        // The rest of the file is read by the newest rules, so that its errors are told too.
        Value::Object(Object::Schema(None))
    }
}

fn define<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    version: Option<RailsVersion>,
    call: &Call,
) {
    let mut options = arguments::options(interpreter, call);
    if let Some(version) = options.take("version") {
        dsl.schema_version = version
            .value
            .value
            .to_text()
            .map(std::borrow::Cow::into_owned);
    }
    options.finish(
        interpreter,
        &["version"],
        "define",
        arguments::Unknown::Error,
    );
    let Some(block) = &call.block else {
        interpreter.fail(call.name_span, "`define` has no block");
        return;
    };
    let rules = match version {
        Some(version) => Rules::named(version),
        None => Rules::unnamed(dsl.default_version),
    };
    dsl.modes.push(Mode {
        frontend: Frontend::Rails,
        rules,
    });
    interpreter.call_block(dsl, block, Vec::new());
    dsl.modes.pop();
}
