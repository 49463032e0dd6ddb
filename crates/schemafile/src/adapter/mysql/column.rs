//! What a column is, by the name of its type and its options.

use super::cast::{self, Default};
use super::types::{self, Extras, Generated, Modifiers};
use super::{Notes, charset, expression};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::draft::Position;
use crate::dsl::Dsl;
use crate::dsl::arguments::{Entry, OptionList, name_of};
use crate::dsl::column::{self, Defined, Precision, TypeName, declared_type, refuses_null};
use crate::ruby::{Interpreter, Located, Value};
use crate::source::Span;
use mysql_model::{AutoIncrement, Column, ColumnValue, DataType, MySql, MySqlColumn, Server};

/// Options that a column may have.
pub(crate) const OPTIONS: &[&str] = &[
    "limit",
    "precision",
    "scale",
    "default",
    "null",
    "collation",
    "comment",
    "primary_key",
    "auto_increment",
    "charset",
    "as",
    "size",
    "unsigned",
    "first",
    "after",
    "type",
    "stored",
    "if_exists",
    "if_not_exists",
    "index",
];

/// Most characters of a comment on a column or an index.
pub(crate) const MOST_COMMENT: usize = 1024;

/// The type of a column that has none, about which an error was told.
pub(crate) fn unknown() -> DataType {
    DataType::Other("unknown".to_owned())
}

/// Takes a column's options, and reads its type and its default.
pub(crate) fn define(
    dsl: &mut Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    name: &str,
    type_name: &TypeName,
    mut options: OptionList,
) -> Defined<MySql> {
    let server = dsl.state.server;
    let ridgepole = dsl.is_ridgepole();
    let mut index = options.take("index").map(|entry| entry.value);
    let ignored = ridgepole && options.take_flag("ignore");
    let renamed_from = if ridgepole {
        options.take_text(interpreter, "renamed_from")
    } else {
        None
    };
    let position = position(interpreter, &mut options);
    refuse_array(interpreter, &mut options);
    let declared = declared_type(interpreter, name, type_name, &mut options);
    let is_key_type = declared.as_deref() == Some("primary_key");
    let primary_key = options.take_flag("primary_key") || is_key_type;
    let is_serial_key = primary_key && declared.as_deref() == Some("serial");
    let declared = if is_serial_key {
        if server == Server::MySql {
            index = Some(unique_index(name, type_name.span));
        }
        Some("unsigned_bigint".into())
    } else if is_key_type {
        // ActiveRecord has it be an integer of eight bytes, which may say that it has fewer, and no sign.
        Some("integer".into())
    } else {
        declared
    };
    let limit = options.take_number(interpreter, "limit");
    let precision = Precision::take(interpreter, &mut options);
    let scale = options.take_number(interpreter, "scale");
    let size = options.take_text(interpreter, "size");
    let unsigned = options
        .take("unsigned")
        .filter(|entry| entry.value.value.truthy());
    let auto_increment = options.take("auto_increment");
    let generated = column::expression::<MySql>(interpreter, &mut options);
    let stored = options.take_flag("stored");
    let charset = options.take_text(interpreter, "charset");
    let collation = options.take_text(interpreter, "collation");
    let comment = options.take_text(interpreter, "comment");
    let null = options.get("null").map(|entry| entry.value.span);
    let refuses_null = refuses_null(interpreter, &mut options);
    let default = options.take("default");
    for unused in ["if_exists", "if_not_exists"] {
        options.take(unused);
    }
    options.finish(
        interpreter,
        OPTIONS,
        format_args!("column \"{name}\""),
        dsl.unknown_options(),
    );
    if let Some((text, entry)) = &comment {
        check_comment(interpreter, text, entry.value.span);
    }
    check_charset(interpreter, charset.as_ref());
    check_collation(interpreter, collation.as_ref(), charset.as_ref(), server);

    let number = |option: &Option<(i128, Entry)>| option.as_ref().map(|(number, _)| *number);
    let has_default_precision =
        declared.as_deref() == Some("datetime") && dsl.rules().datetime_has_precision();
    let modifiers = Modifiers {
        limit: number(&limit).or(is_key_type.then_some(8)),
        precision: match &precision {
            Precision::Digits(digits, _) => Some(*digits),
            Precision::Unsaid if has_default_precision => Some(6),
            Precision::Unsaid | Precision::Without => None,
        },
        scale: number(&scale),
        size: size.as_ref().map(|(text, _)| text.clone()),
        unsigned: unsigned.is_some(),
        boolean_is_a_word: dsl.rules().boolean_is_a_word(),
        is_ridgepole: ridgepole,
    };
    let place_of = |option: Option<&'static str>| {
        match option {
            Some("limit") => limit.as_ref().map(|(_, entry)| entry.value.span),
            Some("scale") => scale.as_ref().map(|(_, entry)| entry.value.span),
            Some("scale key") => scale.as_ref().map(|(_, entry)| entry.key),
            Some("size") => size.as_ref().map(|(_, entry)| entry.value.span),
            Some("precision") => match precision {
                Precision::Digits(_, span) => Some(span),
                _ => None,
            },
            _ => None,
        }
        .unwrap_or(type_name.span)
    };
    let mut extras = Extras::default();
    let mut data_type = unknown();
    let mut type_is_known = false;
    if let Some(declared) = declared.as_deref() {
        match types::column_type(declared, &modifiers, server) {
            Ok((found, found_extras)) => {
                type_is_known = check_type(dsl, interpreter, &found, type_name);
                data_type = found;
                extras = found_extras;
            }
            Err(problem) => {
                let message = format!("column \"{name}\": {}", problem.message);
                interpreter.fail(place_of(problem.option), message);
            }
        }
    }
    if let Some(entry) = &unsigned
        && type_is_known
        && !takes_sign(&data_type)
    {
        let shown = mysql_text::data_type::write(&data_type, server);
        interpreter.fail(
            entry.key,
            format!("column \"{name}\": a {shown} can't be unsigned"),
        );
    }
    let charset = charset.map(|(name, _)| name).or(extras.charset);
    let collation = collation.map(|(name, _)| name).or(extras.collation);
    let of_column = collation
        .as_deref()
        .map(charset::of_collation)
        .or_else(|| charset.clone());
    let bytes = charset::bytes_of_character(
        &of_column.unwrap_or_else(|| dsl.state.building_charset(&dsl.building)),
    );
    if type_is_known && let Some(problem) = types::problem(&data_type, server, bytes) {
        let message = format!("column \"{name}\": {}", problem.message);
        interpreter.fail(place_of(problem.option), message);
        type_is_known = false;
        data_type = unknown();
    }

    // ActiveRecord's `integer_like_primary_key?`.
    let is_integer_like = is_key_type
        || matches!(
            declared.as_deref(),
            Some("integer" | "bigint" | "unsigned_integer" | "unsigned_bigint")
        );
    let says_auto = auto_increment
        .as_ref()
        .map(|entry| entry.value.value.truthy());
    let counts = match says_auto {
        Some(says) => says,
        None => primary_key && is_integer_like && default.is_none(),
    };
    let mut column = Column::new(name, data_type);
    column.renamed_from = renamed_from.map(|(from, _)| from);
    column.not_null = refuses_null || primary_key || extras.not_null;
    column.collation = collation;
    column.comment = comment
        .map(|(text, _)| text)
        .filter(|text| !text.is_empty());
    column.own = MySqlColumn {
        charset,
        ..MySqlColumn::default()
    };
    let mut notes = Notes {
        type_place: Some(type_name.span),
        limit_place: limit.as_ref().map(|(_, entry)| entry.value.span),
        ..Notes::default()
    };
    let said = auto_increment.as_ref().map(|entry| entry.key);
    if counts {
        notes.auto_increment = said.or(Some(type_name.span));
        if type_is_known && !may_count(&column.data_type) {
            let shown = mysql_text::data_type::write(&column.data_type, server);
            interpreter.report(
                Diagnostic::error(
                    said.unwrap_or(type_name.span),
                    format!("column \"{name}\": a {shown} can't be auto_increment"),
                )
                .hint("only integers count by themselves"),
            );
        }
        column.not_null = true;
        column.value = ColumnValue::Numbered(AutoIncrement);
    } else if let Some((expression, entry)) = generated {
        notes.generated = Some(entry.value.span);
        if let Some(default) = default
            .as_ref()
            .filter(|default| !default.value.value.is_nil())
        {
            interpreter.fail(
                default.key,
                format!("column \"{name}\": a generated column has no default"),
            );
        }
        if server == Server::MariaDb
            && refuses_null
            && let Some(null) = null
        {
            interpreter.report(
                Diagnostic::error(
                    null,
                    format!("column \"{name}\": MariaDB takes no NOT NULL on a generated column"),
                )
                .hint("take `null: false` out, or say it in a check"),
            );
        }
        expression::check_generated(interpreter, &expression, stored, server, entry.value.span);
        column.value = ColumnValue::Generated { expression, stored };
    } else if let Some(Generated { expression, stored }) = extras.generated {
        column.value = ColumnValue::Generated { expression, stored };
    } else if let Some(default) = default.filter(|_| type_is_known) {
        column.value = default_value(dsl, interpreter, &column, &default.value, column.not_null);
    }
    Defined {
        column,
        primary_key,
        index,
        ignored,
        position,
        notes,
    }
}

/// The index that MySQL makes for a `serial` besides the primary key; MariaDB has the key do.
fn unique_index(column: &str, span: Span) -> Located {
    let located = |value| Located { value, span };
    let option = |key: &str, value| (located(Value::Symbol(key.into())), located(value));
    let name = Value::String(column.as_bytes().into());
    located(Value::Hash(
        [option("unique", Value::Bool(true)), option("name", name)].into(),
    ))
}

/// What a `default:` becomes.
pub(crate) fn default_value(
    dsl: &mut Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    column: &Column,
    default: &Located,
    not_null: bool,
) -> ColumnValue {
    let server = dsl.state.server;
    let name = &column.name;
    match &default.value {
        Value::Unknown => return ColumnValue::None,
        Value::Nil if not_null => return ColumnValue::None,
        Value::Nil => return ColumnValue::Null,
        Value::Lambda(_) => {
            let Some((text, span)) = dsl.lambda_text(interpreter, default) else {
                return ColumnValue::None;
            };
            if let Some((problem, hint)) =
                expression::default_problem(&column.data_type, &text, server)
            {
                let message = format!("column \"{name}\": {problem}");
                let older =
                    " (or is the file older than Rails 7.0? then say so: `--rails-version 6.1`)";
                let is_of_version = problem.starts_with("the precision") && !dsl.rules().is_named();
                let hint =
                    hint.map(|hint| format!("{hint}{}", if is_of_version { older } else { "" }));
                interpreter.report(Diagnostic::error(span, message).maybe_hint(hint));
            }
            return ColumnValue::Default(text);
        }
        _ => {}
    }
    if let Some(problem) = no_literal(&column.data_type, server) {
        let message = format!("column \"{name}\": {problem}");
        interpreter.report(Diagnostic::error(default.span, message).hint(
            "write an expression, such as `default: -> { \"('')\" }`, or take the default out",
        ));
        return ColumnValue::None;
    }
    match cast::cast(&column.data_type, &default.value, server) {
        Ok(Default::Null) if not_null => {
            let is_zero_date = default
                .value
                .as_name()
                .is_some_and(|text| text.starts_with("0000-00-00"));
            let hint = is_zero_date
                .then(|| "there is no such day to ActiveRecord: take the default out".to_owned());
            let message = format!(
                "column \"{name}\": the default becomes NULL, and the column is `null: false`"
            );
            interpreter.report(Diagnostic::error(default.span, message).maybe_hint(hint));
            ColumnValue::None
        }
        Ok(Default::Null) => {
            let shown = mysql_text::data_type::write(&column.data_type, server);
            let message = format!(
                "column \"{name}\": the default is no {shown}, so ActiveRecord makes it NULL"
            );
            interpreter.report(Diagnostic::warning(default.span, message));
            ColumnValue::Null
        }
        Ok(Default::Sql(sql)) => ColumnValue::Default(sql),
        Err(problem) => {
            interpreter.fail(default.span, format!("column \"{name}\": {problem}"));
            ColumnValue::None
        }
    }
}

/// Why the type takes no literal for a default.
fn no_literal(data_type: &DataType, server: Server) -> Option<String> {
    let (name, is_refused) = match data_type {
        DataType::Text(_) => ("a text", server == Server::MySql),
        DataType::Blob(_) => ("a blob", server == Server::MySql),
        DataType::Json => ("json", server == Server::MySql),
        DataType::Geometry { .. } => ("a geometry", true),
        _ => return None,
    };
    is_refused.then(|| format!("{name} takes no plain default, only an expression in parentheses"))
}

/// Where a column goes that is added to a table, or changed.
fn position(interpreter: &mut Interpreter<'_>, options: &mut OptionList) -> Position {
    let first = options.take_flag("first");
    let after = options
        .take("after")
        .filter(|entry| !entry.value.value.is_nil())
        .and_then(|entry| name_of(interpreter, &entry.value));
    match after {
        _ if first => Position::First,
        Some((name, _)) => Position::After(name),
        None => Position::Last,
    }
}

fn refuse_array(interpreter: &mut Interpreter<'_>, options: &mut OptionList) {
    if let Some(entry) = options
        .take("array")
        .filter(|entry| entry.value.value.truthy())
    {
        interpreter.report(
            Diagnostic::error(entry.key, "arrays exist only in PostgreSQL")
                .hint("`t.json` holds lists, or give the values a table of their own"),
        );
    }
    if let Some(entry) = options.take("enum_type") {
        interpreter.report(
            Diagnostic::error(entry.key, "`enum_type:` exists only in PostgreSQL")
                .hint("write `t.column \"state\", \"enum('sad','happy')\"`"),
        );
    }
}

/// Tells a type that the server doesn't have; false where it was told.
fn check_type(
    dsl: &Dsl<MySql>,
    interpreter: &mut Interpreter<'_>,
    data_type: &DataType,
    type_name: &TypeName,
) -> bool {
    let server = dsl.state.server;
    if let DataType::Uuid | DataType::Inet4 | DataType::Inet6 = data_type
        && server == Server::MySql
    {
        let shown = mysql_text::data_type::write(data_type, server);
        interpreter.report(
            Diagnostic::error(type_name.span, format!("MySQL has no type {shown}"))
                .maybe_hint(super::advice::instead_of_type(&shown)),
        );
        return false;
    }
    let DataType::Other(text) = data_type else {
        return true;
    };
    let base: String = text
        .chars()
        .take_while(|character| mysql_text::is_word_character(*character))
        .collect::<String>()
        .to_lowercase();
    let (read, _) = mysql_text::data_type::read(text);
    if !matches!(read, DataType::Other(_)) || OTHER_TYPES.contains(&base.as_str()) {
        return true;
    }
    if dsl.perhaps_made.contains(&base) {
        return false;
    }
    if base == "serial" {
        interpreter.report(
            Diagnostic::error(type_name.span, "MySQL has no type serial beside a key").hint(
                "write `t.bigint` with `unsigned: true`, and `auto_increment: true` with an index",
            ),
        );
        return false;
    }
    let hint = super::advice::instead_of_type(&base)
        .or_else(|| did_you_mean(&base, types::TYPE_NAMES.iter().copied()));
    let shown = if base.is_empty() { text } else { &base };
    let is_known_word = types::TYPE_NAMES.contains(&base.as_str());
    let message = if is_known_word {
        format!("{server} takes no type \"{text}\"")
    } else {
        format!("{server} has no type \"{shown}\"")
    };
    interpreter.report(Diagnostic::error(type_name.span, message).maybe_hint(hint));
    false
}

/// Types of the servers that have no variant of their own in the model.
const OTHER_TYPES: &[&str] = &["vector", "nchar", "nvarchar", "national", "xmltype"];

fn takes_sign(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Integer { .. }
            | DataType::Decimal { .. }
            | DataType::Float { .. }
            | DataType::Double { .. }
            | DataType::Other(_)
    )
}

/// Whether a column of the type can count by itself.
fn may_count(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Integer { .. } | DataType::Float { .. } | DataType::Double { .. }
    )
}

/// Reports a comment that is too long.
pub(crate) fn check_comment(interpreter: &mut Interpreter<'_>, text: &str, span: Span) {
    let length = text.chars().count();
    if length > MOST_COMMENT {
        interpreter.fail(
            span,
            format!("comment of {length} characters is too long (the limit is {MOST_COMMENT})"),
        );
    }
}

/// Reports a character set that there isn't.
pub(crate) fn check_charset(interpreter: &mut Interpreter<'_>, charset: Option<&(String, Entry)>) {
    if let Some((name, entry)) = charset
        && !charset::is_known(name)
    {
        let hint = did_you_mean(name, charset::names());
        interpreter.report(
            Diagnostic::error(
                entry.value.span,
                format!("unknown character set \"{name}\""),
            )
            .maybe_hint(hint),
        );
    }
}

/// Reports a collation that the server hasn't, or that isn't one of the character set beside it.
pub(crate) fn check_collation(
    interpreter: &mut Interpreter<'_>,
    collation: Option<&(String, Entry)>,
    charset: Option<&(String, Entry)>,
    server: Server,
) {
    let Some((name, entry)) = collation else {
        return;
    };
    let place = entry.value.span;
    match charset::knows(name, server) {
        charset::Knows::Yes => {}
        charset::Knows::Only(owner) => {
            interpreter.report(
                Diagnostic::error(place, format!("unknown collation \"{name}\" ({owner}'s)")).hint(
                    format!(
                        "take it out, or write {server}'s `{}`; or is the schema {owner}'s?",
                        charset::default_collation(&charset::of_collation(name), server)
                    ),
                ),
            );
            return;
        }
        charset::Knows::No => {
            let charset = charset::of_collation(name);
            let hint = charset::is_known(&charset).then(|| {
                format!("{charset} has `{charset}_general_ci`, `{charset}_bin` and others")
            });
            interpreter.report(
                Diagnostic::error(place, format!("unknown collation \"{name}\"")).maybe_hint(hint),
            );
            return;
        }
    }
    if let Some((charset, _)) = charset
        && charset::is_known(charset)
        && charset::canonical(charset) != charset::of_collation(name)
    {
        interpreter.report(
            Diagnostic::error(
                place,
                format!("collation \"{name}\" is not one of character set \"{charset}\""),
            )
            .hint("the name of a collation begins with its character set"),
        );
    }
}
