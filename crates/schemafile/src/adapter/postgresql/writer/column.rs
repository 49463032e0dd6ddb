//! Columns: types, defaults and the other options.

use crate::adapter::postgresql::cast::{self, Default};
use crate::adapter::postgresql::sql::quoted;
use crate::adapter::postgresql::types;
use crate::ruby::value::{Located, Value};
use crate::source::Span;
use crate::writer::ruby::{string, symbol};
use crate::writer::table::{Options, joined};
use pg_model::{Column, ColumnValue, DataType, Identity, Numbering, QualifiedName, TypeKind};
use sql_text::literal;

/// `t.TYPE "name", …`
pub(super) fn column(column: &Column) -> String {
    if let ColumnValue::Generated { expression, stored } = &column.value {
        let (method, mut options) = typed(&column.data_type);
        options.insert(0, ("type", symbol(&method)));
        options.push(("as", string(expression)));
        options.push(("stored", stored.to_string()));
        options.extend(others(column));
        return format!("t.virtual {}, {}", string(&column.name), joined(&options));
    }
    let (method, options) = definition(column);
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(", {}", joined(&options))
    };
    if types::COLUMN_METHODS.contains(&method.as_str()) {
        format!("t.{method} {}{options}", string(&column.name))
    } else {
        format!(
            "t.column {}, {}{options}",
            string(&column.name),
            string(&method)
        )
    }
}

/// The type of a column and its options, less what makes it generated.
pub(super) fn definition(column: &Column) -> (String, Options) {
    let (mut method, mut options) = typed(&column.data_type);
    let enum_type = options
        .iter()
        .position(|(name, _)| *name == "enum_type")
        .map(|position| options.remove(position));
    let array = options
        .iter()
        .position(|(name, _)| *name == "array")
        .map(|position| options.remove(position));
    match &column.value {
        ColumnValue::None | ColumnValue::Generated { .. } => {}
        ColumnValue::Numbered(Numbering::Serial) => {
            let serial = match column.data_type.kind {
                TypeKind::SmallInt => "smallserial",
                TypeKind::Integer => "serial",
                _ => "bigserial",
            };
            serial.clone_into(&mut method);
            options.clear();
        }
        ColumnValue::Numbered(Numbering::Identity(identity)) => options.push((
            "identity",
            match identity {
                Identity::Always => ":always",
                Identity::ByDefault => ":by_default",
            }
            .to_owned(),
        )),
        ColumnValue::Null if column.not_null => options.push(("default", lambda("NULL"))),
        ColumnValue::Null => options.push(("default", "nil".to_owned())),
        ColumnValue::Default(sql) => {
            options.push(("default", default(&column.data_type, sql)));
        }
    }
    options.extend(others(column));
    options.extend(array);
    options.extend(enum_type);
    (method, options)
}

fn others(column: &Column) -> Options {
    let mut options = Options::new();
    if column.not_null {
        options.push(("null", "false".to_owned()));
    }
    if let Some(collation) = &column.collation {
        options.push(("collation", string(collation)));
    }
    if let Some(comment) = &column.comment {
        options.push(("comment", string(comment)));
    }
    options
}

/// A type's name in the DSL with its modifiers.
fn typed(data_type: &DataType) -> (String, Options) {
    let (name, mut options) = scalar(&data_type.kind);
    if data_type.array {
        options.push(("array", "true".to_owned()));
    }
    (name, options)
}

fn scalar(kind: &TypeKind) -> (String, Options) {
    let mut options = Options::new();
    let mut option = |name, value: Option<String>| {
        if let Some(value) = value {
            options.push((name, value));
        }
    };
    let text = |value: Option<u32>| value.map(|number| number.to_string());
    let digits = |value: Option<u8>| value.map(|number| number.to_string());
    let name = match kind {
        TypeKind::SmallInt => {
            option("limit", Some("2".to_owned()));
            "integer".to_owned()
        }
        TypeKind::Integer => "integer".to_owned(),
        TypeKind::BigInt => "bigint".to_owned(),
        TypeKind::Numeric { precision, scale } => {
            option("precision", text(*precision));
            option("scale", scale.map(|scale| scale.to_string()));
            "decimal".to_owned()
        }
        TypeKind::Real => {
            option("limit", Some("24".to_owned()));
            "float".to_owned()
        }
        TypeKind::DoublePrecision => "float".to_owned(),
        TypeKind::Money => "money".to_owned(),
        TypeKind::Text => "text".to_owned(),
        TypeKind::Varchar { limit } => {
            option("limit", text(*limit));
            "string".to_owned()
        }
        TypeKind::Char { limit } => with_modifier("character", text(*limit)),
        TypeKind::Citext => "citext".to_owned(),
        TypeKind::Boolean => "boolean".to_owned(),
        TypeKind::Date => "date".to_owned(),
        TypeKind::Time {
            precision,
            with_time_zone: true,
        } => with_modifier("timetz", digits(*precision)),
        TypeKind::Time { precision, .. } => {
            option("precision", digits(*precision));
            "time".to_owned()
        }
        TypeKind::Timestamp {
            precision,
            with_time_zone: true,
        } => {
            option("limit", digits(*precision));
            "timestamptz".to_owned()
        }
        // What `t.datetime` has unless it says otherwise.
        TypeKind::Timestamp {
            precision: Some(6), ..
        } => "datetime".to_owned(),
        TypeKind::Timestamp { precision, .. } => {
            let value = digits(*precision).unwrap_or_else(|| "nil".to_owned());
            option("precision", Some(value));
            "datetime".to_owned()
        }
        TypeKind::Interval { precision } => {
            option("precision", digits(*precision));
            "interval".to_owned()
        }
        TypeKind::Uuid => "uuid".to_owned(),
        TypeKind::Json => "json".to_owned(),
        TypeKind::Jsonb => "jsonb".to_owned(),
        TypeKind::Xml => "xml".to_owned(),
        TypeKind::Bytea => "binary".to_owned(),
        TypeKind::Bit { length } => {
            option("limit", text(*length));
            "bit".to_owned()
        }
        TypeKind::BitVarying { limit } => {
            option("limit", text(*limit));
            "bit_varying".to_owned()
        }
        TypeKind::Inet => "inet".to_owned(),
        TypeKind::Cidr => "cidr".to_owned(),
        TypeKind::Macaddr => "macaddr".to_owned(),
        TypeKind::Macaddr8 => "macaddr8".to_owned(),
        TypeKind::Point => "point".to_owned(),
        TypeKind::Line => "line".to_owned(),
        TypeKind::Lseg => "lseg".to_owned(),
        TypeKind::Box => "box".to_owned(),
        TypeKind::Path => "path".to_owned(),
        TypeKind::Polygon => "polygon".to_owned(),
        TypeKind::Circle => "circle".to_owned(),
        TypeKind::Range(range) => format!("{}range", range.stem()),
        TypeKind::Multirange(range) => format!("{}multirange", range.stem()),
        TypeKind::Hstore => "hstore".to_owned(),
        TypeKind::Ltree => "ltree".to_owned(),
        TypeKind::Tsvector => "tsvector".to_owned(),
        TypeKind::Tsquery => "tsquery".to_owned(),
        TypeKind::Oid => "oid".to_owned(),
        TypeKind::Enum(name) => {
            option("enum_type", Some(string(&type_name(name))));
            "enum".to_owned()
        }
        TypeKind::Other(text) => text.clone(),
    };
    (name, options)
}

fn with_modifier(name: &str, modifier: Option<String>) -> String {
    match modifier {
        Some(modifier) => format!("{name}({modifier})"),
        None => name.to_owned(),
    }
}

/// A type's name as the SQL text that it is in the DSL.
fn type_name(name: &QualifiedName) -> String {
    let part = |text: &str| {
        if sql_text::fold(text).as_deref() == Some(text) {
            text.to_owned()
        } else {
            quoted(text)
        }
    };
    match &name.schema {
        Some(schema) => format!("{}.{}", part(schema), part(&name.name)),
        None => part(&name.name),
    }
}

fn lambda(sql: &str) -> String {
    format!("-> {{ {} }}", string(sql))
}

/// A default as the shortest Ruby that becomes the same SQL.
fn default(data_type: &DataType, sql: &str) -> String {
    candidates(data_type, sql)
        .into_iter()
        .find(|(value, _)| cast::cast(data_type, value) == Ok(Default::Sql(sql.to_owned())))
        .map_or_else(|| lambda(sql), |(_, ruby)| ruby)
}

/// Values that may become that SQL, with their Ruby.
fn candidates(data_type: &DataType, sql: &str) -> Vec<(Value, String)> {
    let mut candidates = Vec::new();
    let mut push = |value: Value, ruby: String| candidates.push((value, ruby));
    match sql {
        "TRUE" => push(Value::Bool(true), "true".to_owned()),
        "FALSE" => push(Value::Bool(false), "false".to_owned()),
        _ => {}
    }
    if let Ok(number) = sql.parse::<i64>() {
        push(Value::Integer(i128::from(number)), number.to_string());
    }
    let is_exact = matches!(data_type.kind, TypeKind::Numeric { .. } | TypeKind::Money);
    let is_decimal = sql.contains('.')
        && sql.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && sql.ends_with(|last: char| last.is_ascii_digit());
    if let (true, Ok(number)) = (is_decimal && !is_exact, sql.parse::<f64>()) {
        push(Value::Float(number), sql.to_owned());
    }
    if is_exact {
        push(Value::text(sql), string(sql));
    }
    if let Some(text) = sql_text::string_value(sql).filter(|text| literal(text) == *sql) {
        match data_type.kind {
            TypeKind::Json | TypeKind::Jsonb => {
                push(Value::Hash([].into()), "{}".to_owned());
                push(Value::Array([].into()), "[]".to_owned());
            }
            // Bytes have other rules, and a text with parentheses would be an expression.
            TypeKind::Bytea => {}
            TypeKind::Uuid if text.contains("()") => {}
            _ => {
                if let Some(elements) = data_type.array.then(|| elements(&text)).flatten() {
                    let located = |text: &String| Located {
                        value: Value::text(text),
                        span: Span::default(),
                    };
                    let value = Value::Array(elements.iter().map(located).collect());
                    push(value, crate::writer::ruby::list(&elements));
                }
                push(Value::text(&text), string(&text));
            }
        }
    }
    candidates
}

/// The elements of an array in PostgreSQL's text, when none of them is out of the ordinary.
fn elements(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.contains(['{', '}', '"', '\\']) {
        return None;
    }
    if inner.is_empty() {
        return Some(Vec::new());
    }
    Some(inner.split(',').map(str::to_owned).collect())
}
