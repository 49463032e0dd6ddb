//! Columns: types, defaults and the other options.

use crate::adapter::mysql::cast::{self, Default};
use crate::adapter::mysql::types::{self, COLUMN_METHODS, Extras, Modifiers};
use crate::ruby::value::Value;
use crate::writer::ruby::{string, symbol};
use crate::writer::table::{Options, joined};
use mysql_model::{Column, ColumnValue, DataType, IntegerSize, LobSize, Server};
use mysql_text::{TokenKind, literal, text_value, tokens};

/// `t.TYPE "name", …`
pub(super) fn column(column: &Column, server: Server) -> String {
    let name = string(&column.name);
    let (method, typed) = typed(&column.data_type, server);
    if let ColumnValue::Generated { expression, stored } = &column.value {
        let mut options: Options = vec![("type", symbol(&method))];
        options.extend(typed);
        options.push(("as", string(expression)));
        if *stored {
            options.push(("stored", "true".to_owned()));
        }
        options.extend(others(column));
        return format!("t.virtual {name}, {}", joined(&options));
    }
    let mut options = typed;
    options.extend(value(column, server));
    options.extend(others(column));
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(", {}", joined(&options))
    };
    if COLUMN_METHODS.contains(&method.as_str()) {
        format!("t.{method} {name}{options}")
    } else {
        format!("t.column {name}, {}{options}", string(&method))
    }
}

/// Where a column's value comes from.
pub(super) fn value(column: &Column, server: Server) -> Option<(&'static str, String)> {
    match &column.value {
        ColumnValue::None | ColumnValue::Generated { .. } => None,
        ColumnValue::Null if column.not_null => None,
        ColumnValue::Null => Some(("default", "nil".to_owned())),
        ColumnValue::Numbered(_) => Some(("auto_increment", "true".to_owned())),
        ColumnValue::Default(sql) => Some(("default", default(&column.data_type, sql, server))),
    }
}

pub(super) fn others(column: &Column) -> Options {
    let mut options = Options::new();
    if column.not_null {
        options.push(("null", "false".to_owned()));
    }
    let texts = [
        ("charset", &column.own.charset),
        ("collation", &column.collation),
        ("comment", &column.comment),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            options.push((name, string(text)));
        }
    }
    options
}

/// Whether the DSL can say all of a column.
pub(super) fn is_sayable(column: &Column) -> bool {
    column.own.on_update.is_none()
        && !column.own.invisible
        && column.own.check.is_none()
        && !(column.value == ColumnValue::Null && column.not_null)
}

/// Whether the reader knows the type at all.
pub(super) fn is_known(data_type: &DataType) -> bool {
    !matches!(data_type, DataType::Other(_))
}

/// A type's name in the DSL with its modifiers: a word where it says the same, else the type as SQL.
pub(super) fn typed(data_type: &DataType, server: Server) -> (String, Options) {
    let found = word(data_type).filter(|(method, modifiers)| {
        types::column_type(method, modifiers, server) == Ok((data_type.clone(), Extras::default()))
    });
    match found {
        Some((method, modifiers)) => (method.to_owned(), options(method, &modifiers)),
        None => (
            mysql_text::data_type::write(data_type, server),
            Options::new(),
        ),
    }
}

fn options(method: &str, modifiers: &Modifiers) -> Options {
    let mut options = Options::new();
    let numbers = [
        ("limit", modifiers.limit),
        ("precision", modifiers.precision),
        ("scale", modifiers.scale),
    ];
    for (name, number) in numbers {
        match number {
            // What `t.datetime` has unless it says otherwise.
            Some(6) if method == "datetime" => {}
            Some(number) => options.push((name, number.to_string())),
            None if method == "datetime" && name == "precision" => {
                options.push((name, "nil".to_owned()));
            }
            None => {}
        }
    }
    if let Some(size) = &modifiers.size {
        options.push(("size", symbol(size)));
    }
    if modifiers.unsigned {
        options.push(("unsigned", "true".to_owned()));
    }
    options
}

/// The word that may say the type.
fn word(data_type: &DataType) -> Option<(&'static str, Modifiers)> {
    let mut modifiers = Modifiers {
        boolean_is_a_word: true,
        is_ridgepole: true,
        ..Modifiers::default()
    };
    let size = |size: LobSize| {
        Some(match size {
            LobSize::Tiny => "tiny",
            LobSize::Plain => return None,
            LobSize::Medium => "medium",
            LobSize::Long => "long",
        })
    };
    let method = match data_type {
        DataType::Integer {
            width: Some(1),
            size: IntegerSize::Tiny,
            unsigned: false,
            zerofill: false,
        } => "boolean",
        DataType::Integer { size, unsigned, .. } => {
            modifiers.unsigned = *unsigned;
            modifiers.limit = match size {
                IntegerSize::Tiny => Some(1),
                IntegerSize::Small => Some(2),
                IntegerSize::Medium => Some(3),
                IntegerSize::Int | IntegerSize::Big => None,
            };
            if *size == IntegerSize::Big {
                "bigint"
            } else {
                "integer"
            }
        }
        DataType::Decimal {
            precision,
            scale,
            unsigned,
            ..
        } => {
            modifiers.precision = precision.map(i128::from);
            modifiers.scale = scale.map(i128::from);
            modifiers.unsigned = *unsigned;
            "decimal"
        }
        DataType::Float { unsigned, .. } => {
            modifiers.unsigned = *unsigned;
            "float"
        }
        DataType::Varchar { length } => {
            modifiers.limit = (*length != 255).then_some(i128::from(*length));
            "string"
        }
        DataType::Text(of) => {
            modifiers.size = size(*of).map(str::to_owned);
            "text"
        }
        DataType::Blob(of) => {
            modifiers.size = size(*of).map(str::to_owned);
            "binary"
        }
        DataType::Varbinary { length } => {
            modifiers.limit = Some(i128::from(*length));
            "binary"
        }
        DataType::Date => "date",
        DataType::Time { precision } => {
            modifiers.precision = precision.map(i128::from);
            "time"
        }
        DataType::DateTime { precision } => {
            modifiers.precision = precision.map(i128::from);
            "datetime"
        }
        DataType::Timestamp { precision } => {
            modifiers.precision = precision.map(i128::from);
            "timestamp"
        }
        DataType::Json => "json",
        _ => return None,
    };
    Some((method, modifiers))
}

/// A default as the shortest Ruby that becomes the same SQL.
pub(super) fn default(data_type: &DataType, sql: &str, server: Server) -> String {
    let says_so = |value: &Value| match cast::cast(data_type, value, server) {
        Ok(Default::Sql(made)) => is_same(&made, sql),
        _ => false,
    };
    // What the reader refuses as a literal is an expression.
    let takes_literals = server == Server::MariaDb
        || !matches!(
            data_type,
            DataType::Text(_) | DataType::Blob(_) | DataType::Json
        );
    candidates(data_type, sql)
        .into_iter()
        .find(|(value, _)| takes_literals && says_so(value))
        .map_or_else(|| format!("-> {{ {} }}", string(sql)), |(_, ruby)| ruby)
}

/// Whether two texts are one default to a server.
fn is_same(one: &str, other: &str) -> bool {
    let normal = |text: &str| match text {
        "TRUE" => "1".to_owned(),
        "FALSE" => "0".to_owned(),
        _ => match text.split_once('.') {
            Some((whole, fraction))
                if tokens(text)
                    .last()
                    .is_some_and(|token| token.kind == TokenKind::Number) =>
            {
                let fraction = fraction.trim_end_matches('0');
                if fraction.is_empty() {
                    whole.to_owned()
                } else {
                    format!("{whole}.{fraction}")
                }
            }
            _ => text.to_owned(),
        },
    };
    one == other || normal(one) == normal(other)
}

/// Values that may become that SQL, with their Ruby.
fn candidates(data_type: &DataType, sql: &str) -> Vec<(Value, String)> {
    let mut candidates = Vec::new();
    let mut push = |value: Value, ruby: String| candidates.push((value, ruby));
    let is_boolean = matches!(
        data_type,
        DataType::Integer {
            width: Some(1),
            size: IntegerSize::Tiny,
            ..
        }
    );
    match sql {
        "1" | "TRUE" if is_boolean => push(Value::Bool(true), "true".to_owned()),
        "0" | "FALSE" if is_boolean => push(Value::Bool(false), "false".to_owned()),
        _ => {}
    }
    if let Ok(number) = sql.parse::<i64>() {
        push(Value::Integer(i128::from(number)), number.to_string());
    }
    let is_exact = matches!(data_type, DataType::Decimal { .. });
    let is_decimal = sql.contains('.')
        && sql.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && sql.ends_with(|last: char| last.is_ascii_digit());
    if let (true, false, Ok(number)) = (is_decimal, is_exact, sql.parse::<f64>()) {
        push(Value::Float(number), sql.to_owned());
    }
    if is_exact && is_decimal {
        push(Value::text(sql), string(sql));
    }
    if let Some(text) = text_value(sql).filter(|text| literal(text) == sql) {
        match data_type {
            DataType::Json => {
                push(Value::Hash([].into()), "{}".to_owned());
                push(Value::Array([].into()), "[]".to_owned());
            }
            // Bytes have other rules.
            DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::Blob(_) => {}
            _ => push(Value::text(&text), string(&text)),
        }
    }
    candidates
}
