//! Calls that only PostgreSQL's adapter has.
//!
//! ActiveRecord's adapter for MySQL has the first two as well, and they do nothing there, so a file may keep them.

use crate::diagnostic::Diagnostic;
use crate::dsl::Dsl;
use crate::dsl::arguments::{self, names_of};
use crate::ruby::{Call, Interpreter, Value};
use mysql_model::MySql;

/// `enable_extension "plpgsql"`
pub(crate) fn enable_extension(
    _: &mut Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    arguments::name_argument(interpreter, call, 0, "a name");
    Value::Nil
}

/// `create_enum "mood", ["sad", "happy"]`
pub(crate) fn create_enum(
    dsl: &mut Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let name = arguments::name_argument(interpreter, call, 0, "a name and a list of values");
    if let (Some((name, _)), Some(values)) = (name, call.arguments.get(1)) {
        let values = names_of(interpreter, values);
        let values = values.into_iter().map(|(value, _)| value).collect();
        dsl.state.enums.insert(name, values);
    }
    Value::Nil
}

/// `create_schema "billing"`
pub(crate) fn create_schema(
    _: &mut Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    interpreter.report(
        Diagnostic::error(call.name_span, "`create_schema` exists only in PostgreSQL")
            .hint("a schema is a database to MySQL, and has a file of its own"),
    );
    Value::Nil
}
