//! Calls that make what only PostgreSQL has: extensions, enum types, schemas.

use super::catalog;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::dsl::Dsl;
use crate::dsl::arguments::{self, Unknown, names_of};
use crate::names;
use crate::ruby::{Call, Interpreter, Value};
use pg_model::{EnumType, Extension, PostgreSql};

/// `enable_extension "citext"`
pub(crate) fn enable_extension(
    dsl: &mut Dsl<PostgreSql>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some((text, span)) = arguments::name_argument(interpreter, call, 0, "a name") else {
        return Value::Nil;
    };
    arguments::no_more_arguments(interpreter, call, 1);
    arguments::options(interpreter, call).finish(
        interpreter,
        &[],
        "enable_extension",
        Unknown::Error,
    );
    let (schema, name) = match text.rsplit_once('.') {
        Some((schema, name)) => (Some(schema.to_owned()), name.to_owned()),
        None => (None, text),
    };
    // Every database has it from the start.
    if name == "plpgsql" {
        return Value::Nil;
    }
    if let Some(known) = dsl
        .draft
        .own
        .extensions
        .iter_mut()
        .find(|known| known.name == name)
    {
        // One that was only supposed is asked for now, perhaps in a schema.
        let is_implied = dsl.state.implied_extensions.contains(&name);
        if is_implied && schema.is_some() {
            known.schema = schema;
        }
        return Value::Nil;
    }
    if catalog::known_extension(&name).is_none() {
        let known = catalog::EXTENSIONS.iter().map(|extension| extension.name);
        let hint = did_you_mean(&name, known)
            .unwrap_or_else(|| "the server must have it, or the SQL doesn't load".into());
        interpreter.report(
            Diagnostic::warning(
                span,
                format!("extension \"{name}\" is none of those that come with PostgreSQL"),
            )
            .hint(hint),
        );
    }
    dsl.draft.own.extensions.push(Extension { name, schema });
    Value::Nil
}

/// `create_enum "mood", ["glad", "sad"]`
pub(crate) fn create_enum(
    dsl: &mut Dsl<PostgreSql>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let name = arguments::name_argument(interpreter, call, 0, "a name and a list of values");
    arguments::no_more_arguments(interpreter, call, 2);
    arguments::options(interpreter, call).finish(interpreter, &[], "create_enum", Unknown::Warning);
    let Some((raw, raw_span)) = name else {
        return Value::Nil;
    };
    let Some(list) = call.arguments.get(1) else {
        dsl.perhaps_made.insert(raw);
        return interpreter.fail(call.name_span, "`create_enum` needs a list of values");
    };
    if !matches!(list.value, Value::Array(_) | Value::Unknown) {
        interpreter.report(
            Diagnostic::error(list.span, "the values of an enum are a list")
                .hint("write them in brackets: `[\"one\", \"two\"]`"),
        );
        dsl.perhaps_made.insert(raw);
        return Value::Nil;
    }
    let mut values: Vec<String> = Vec::new();
    for (value, span) in names_of(interpreter, list) {
        if values.contains(&value) {
            interpreter.fail(
                span,
                format!("enum \"{raw}\" has the value \"{value}\" already"),
            );
        } else if value.len() > 63 {
            interpreter.fail(span, "a value of an enum has at most 63 bytes");
        } else {
            if value.len() > 1 && value.ends_with(',') {
                let message = format!("the value \"{value}\" of enum \"{raw}\" ends with a comma");
                interpreter.report(
                    Diagnostic::warning(span, message)
                        .hint("`%w[one two]` is parted by spaces alone"),
                );
            }
            values.push(value);
        }
    }
    let name = names::qualified(&raw);
    // ActiveRecord keeps a type that there is.
    match dsl.draft.enum_type(&name) {
        None => {
            dsl.draft.types.push((name.clone(), raw_span));
            dsl.draft.own.enums.push(EnumType { name, values });
        }
        Some(first) if first.values != values => {
            let message =
                format!("enum \"{raw}\" is already defined, with other values, which are kept");
            interpreter.report(Diagnostic::warning(raw_span, message));
        }
        Some(_) => {}
    }
    Value::Nil
}

/// `create_schema "billing"`
pub(crate) fn create_schema(
    dsl: &mut Dsl<PostgreSql>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let name = arguments::name_argument(interpreter, call, 0, "a name");
    arguments::no_more_arguments(interpreter, call, 1);
    let mut options = arguments::options(interpreter, call);
    let may_exist = options.take_flag("if_not_exists") | options.take_flag("force");
    options.finish(
        interpreter,
        &["if_not_exists", "force"],
        "create_schema",
        Unknown::Error,
    );
    if let Some((name, span)) = name {
        let implied = &mut dsl.state.implied_namespaces;
        let before = implied.len();
        implied.retain(|known| *known != name);
        // A table further up has asked for it already.
        let may_exist = may_exist || implied.len() < before;
        let exists = dsl.draft.own.namespaces.contains(&name);
        if exists && !may_exist {
            interpreter.fail(span, format!("schema \"{name}\" is already defined"));
        } else if !exists && name != "public" {
            dsl.draft.own.namespaces.push(name);
        }
    }
    Value::Nil
}
