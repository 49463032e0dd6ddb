//! What isn't a table: views, functions, and SQL text.

use super::Dsl;
use super::arguments::{self, OptionList, Unknown};
use crate::adapter::Adapter;
use crate::diagnostic::Diagnostic;
use crate::fragment::{self, Part};
use crate::loader::{LoadError, folder_of};
use crate::names;
use crate::ruby::{Call, Interpreter, Located, Object, Value};
use crate::source::Span;

/// `execute "SQL"`
pub(crate) fn execute<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(argument) = call.arguments.first() else {
        return interpreter.fail(call.name_span, "`execute` needs SQL");
    };
    let Some(sql) = argument.value.as_name() else {
        if !argument.value.is_unknown() {
            interpreter.fail(argument.span, "`execute` needs SQL");
        }
        return Value::Nil;
    };
    let sql = sql.to_owned();
    let is_empty = sql.trim().is_empty();
    fragment::check::<A>(interpreter, &sql, argument.span, Part::Statement);
    let mut options = arguments::options(interpreter, call);
    let before = options.take_text(interpreter, "before");
    if let Some((_, entry)) = before.as_ref().filter(|_| !dsl.is_ridgepole()) {
        interpreter.report(
            Diagnostic::error(
                entry.key,
                "`before:` is for a Schemafile, where order means nothing",
            )
            .hint("a schema.rb runs from top to bottom: write the statement above the table"),
        );
    }
    options.finish(interpreter, &["before"], "execute", Unknown::Error);
    match before {
        _ if is_empty => {}
        _ if !dsl.is_ridgepole() => dsl.draft.add_statement(sql, argument.span),
        _ if !condition_holds(dsl, interpreter, call) => {}
        // What a table needs is known from now on.
        Some((table, entry)) => {
            dsl.deferred
                .befores
                .push((table.as_str().into(), entry.value.span));
            dsl.draft
                .add_statement_before(names::qualified(&table), sql, argument.span);
        }
        None => dsl.deferred.statements.push((sql, argument.span)),
    }
    Value::Nil
}

/// Whether the block of ridgepole's `execute` lets the SQL run on an empty database. A block that asks the
/// database asks whether the thing is there already, which it isn't; it may hold any Ruby.
fn condition_holds<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> bool {
    let Some(block) = &call.block else {
        return true;
    };
    let before = interpreter.diagnostics.len();
    let connection = Located {
        value: Value::Object(Object::Connection),
        span: call.span,
    };
    let asked = interpreter.connection_asked();
    let value = interpreter.call_block(dsl, block, vec![connection]);
    let failed = interpreter.diagnostics.len() > before;
    // Why the run ended is told, even if it ended here.
    if !interpreter.has_given_up() {
        interpreter.diagnostics.truncate(before);
    }
    let asked = interpreter.connection_asked() != asked;
    failed || asked || value.truthy()
}

impl<A: Adapter> Dsl<A> {
    /// Adds SQL, which in a Schemafile waits for the end of the file.
    fn add_sql(&mut self, sql: String, span: Span) {
        if self.is_ridgepole() {
            self.deferred.statements.push((sql, span));
        } else {
            self.draft.add_statement(sql, span);
        }
    }
}

/// scenic's `create_view "name", sql_definition: <<-SQL`
pub(crate) fn create_view<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let name = arguments::name_argument(interpreter, call, 0, "a name");
    let mut options = arguments::options(interpreter, call);
    let materialized = options
        .take("materialized")
        .filter(|entry| entry.value.value.truthy());
    let definition = match &name {
        Some(name) => definition::<A>(interpreter, call, &mut options, ("views", name)),
        None => None,
    };
    options.take("version");
    options.finish(
        interpreter,
        &["sql_definition", "materialized", "version"],
        "create_view",
        Unknown::Error,
    );
    let (Some((raw, span)), Some(sql)) = (name, definition) else {
        dsl.note_names(&call.arguments);
        return Value::Unknown;
    };
    let mut no_data = false;
    if let Some(entry) = materialized.as_ref().filter(|_| !A::HAS_MATERIALIZED_VIEWS) {
        interpreter.report(
            Diagnostic::error(entry.key, "this database has no materialized views")
                .hint("take `materialized:` out, or make a table of it"),
        );
    } else if let Some(entry) = &materialized {
        let mut inner = OptionList::from_value(interpreter, "materialized", &entry.value);
        no_data = inner.take_flag("no_data");
        inner.finish(
            interpreter,
            &["no_data"],
            "a materialized view",
            Unknown::Error,
        );
    }
    let name = names::qualified(&raw);
    if let Some(place) = dsl.draft.relation(&name) {
        let what = dsl.draft.kind_of_relation(&name);
        let message = format!("\"{raw}\" is the name of {what} already");
        interpreter.report(
            Diagnostic::error(span, message)
                .related(place, "defined here")
                .hint(A::RELATIONS_SHARE_NAMES),
        );
        return Value::Unknown;
    }
    dsl.draft.note_view(&name, span, materialized.is_some());
    let name = A::qualified(&name);
    let sql = sql.trim_end().trim_end_matches(';').trim_end();
    let kind = if materialized.is_some() {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    };
    let ending = if no_data { "\nWITH NO DATA" } else { "" };
    let text = format!("CREATE {kind} {name} AS\n{sql}{ending}");
    dsl.add_sql(text, span);
    Value::Nil
}

/// fx's `create_function :name, sql_definition: <<-SQL` and `create_trigger`
pub(crate) fn create_function<A: Adapter>(
    dsl: &mut Dsl<A>,
    interpreter: &mut Interpreter<'_>,
    call: &Call,
) -> Value {
    let Some(name) = arguments::name_argument(interpreter, call, 0, "a name") else {
        return Value::Nil;
    };
    let folder = match call.name.as_ref() {
        "create_trigger" => "triggers",
        _ => "functions",
    };
    let mut options = arguments::options(interpreter, call);
    let definition = definition::<A>(interpreter, call, &mut options, (folder, &name));
    options.take("version");
    options.take("on");
    options.finish(
        interpreter,
        &["sql_definition", "version", "on"],
        &call.name,
        Unknown::Error,
    );
    match definition {
        Some(sql) => {
            dsl.add_sql(sql, name.1);
            Value::Nil
        }
        // What is called on it isn't an error of its own.
        None => Value::Unknown,
    }
}

/// The SQL of a view, function or trigger: what the call holds, or the file in which scenic and fx keep that
/// version of it, `db/views/NAME_v01.sql`.
fn definition<A: Adapter>(
    interpreter: &mut Interpreter<'_>,
    call: &Call,
    options: &mut OptionList,
    (kind, (name, span)): (&str, &(String, Span)),
) -> Option<String> {
    if options.has("sql_definition") {
        arguments::no_more_arguments(interpreter, call, 1);
        let (sql, entry) = options.take_text(interpreter, "sql_definition")?;
        fragment::check::<A>(interpreter, &sql, entry.value.span, Part::Statement);
        return Some(sql);
    }
    let version = match options.take_number(interpreter, "version") {
        Some((version, _)) => version,
        None => 1,
    };
    let file = format!("{kind}/{}_v{version:02}.sql", name.replace('.', "_"));
    let current = interpreter.current_path();
    let mut folders = vec![folder_of(&current), "/db"];
    folders.dedup();
    for folder in &folders {
        let path = format!("{folder}/{file}");
        let path = path.trim_start_matches('/');
        let problem = match interpreter.loader.read(path) {
            Ok(content) => match String::from_utf8(content) {
                Ok(sql) if !sql.contains('\0') => return Some(sql.replace("\r\n", "\n")),
                Ok(_) => A::NO_NUL.unwrap_or("it holds the character NUL").to_owned(),
                Err(_) => "it is not UTF-8".to_owned(),
            },
            Err(LoadError::Missing) => continue,
            Err(LoadError::Unreadable(why)) => why,
        };
        interpreter.fail(*span, format!("the file `{path}` can't be read: {problem}"));
        return None;
    }
    let message = format!("`{}` needs `sql_definition:`", call.name);
    let hint = if call.arguments.len() > 1 {
        "the SQL is an option: `sql_definition: \"…\"`; `execute` takes SQL too".to_owned()
    } else {
        format!(
            "its SQL stands neither here nor in `{}`; `execute` takes SQL too",
            folders
                .iter()
                .map(|folder| format!("{folder}/{file}")
                    .trim_start_matches('/')
                    .to_owned())
                .collect::<Vec<_>>()
                .join("` nor in `")
        )
    };
    interpreter.report(Diagnostic::error(call.name_span, message).hint(hint));
    None
}
