//! Types given as SQL text: `character varying(20)`, `timestamp(3) with time zone`, `integer[]`.

use crate::fold;
use schema_model::{DataType, QualifiedName, RangeType, TypeKind};

/// A type as a column's definition names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType {
    /// The type itself.
    pub data_type: DataType,
    /// `serial` and its kin: an integer type with a sequence of its own.
    pub serial: bool,
}

/// Reads the SQL text of a type. What isn't one of PostgreSQL's own is [`TypeKind::Other`]; whether it
/// exists is for the caller to find out.
pub fn read(text: &str) -> ColumnType {
    let text = text.trim();
    let (element, brackets) = strip_brackets(text);
    let parts = split(element);
    let known = parts.as_ref().and_then(kind);
    let serial = parts
        .as_ref()
        .is_some_and(|parts| parts.arguments.is_empty() && is_serial(&parts.words));
    ColumnType {
        data_type: DataType {
            kind: known.unwrap_or_else(|| TypeKind::Other(element.to_owned())),
            array: brackets,
        },
        serial,
    }
}

/// The name that a type's text is, when it is a plain name and no more.
pub fn plain_name(text: &str) -> Option<QualifiedName> {
    let mut parts = text.splitn(2, '.');
    let first = fold(parts.next()?.trim())?;
    match parts.next() {
        Some(second) => Some(QualifiedName::in_schema(first, fold(second.trim())?)),
        None => Some(QualifiedName::bare(first)),
    }
}

/// A type's text up to its modifiers: `geometry` of `geometry(Point,4326)`.
pub fn before_modifiers(text: &str) -> &str {
    text.split('(').next().unwrap_or_default().trim()
}

/// The first name of a type's text, folded, without its schema.
pub fn head(text: &str) -> String {
    let name = before_modifiers(text);
    plain_name(name).map_or_else(|| name.to_lowercase(), |name| name.name)
}

fn strip_brackets(text: &str) -> (&str, bool) {
    let mut element = text;
    let mut found = false;
    while let Some(before) = element.strip_suffix(']') {
        let Some(open) = before.rfind('[') else { break };
        if !before[open + 1..]
            .chars()
            .all(|digit| digit.is_ascii_digit())
        {
            break;
        }
        element = before[..open].trim_end();
        found = true;
    }
    match element
        .to_ascii_lowercase()
        .strip_suffix(" array")
        .map(str::len)
    {
        Some(length) => (&element[..length], true),
        None => (element, found),
    }
}

/// Words and modifiers of a type: `timestamp(3) with time zone` has the words around and one number.
struct Parts {
    words: String,
    arguments: Vec<i64>,
}

fn split(text: &str) -> Option<Parts> {
    let (before, arguments, after) = match (text.find('('), text.find(')')) {
        (Some(open), Some(close)) if open < close => (
            &text[..open],
            text[open + 1..close]
                .split(',')
                .map(|number| number.trim().parse().ok())
                .collect::<Option<Vec<i64>>>()?,
            &text[close + 1..],
        ),
        (None, None) => (text, Vec::new(), ""),
        _ => return None,
    };
    if before.contains('"') || after.contains(['(', '"']) {
        return None;
    }
    let words = before
        .split_whitespace()
        .chain(after.split_whitespace())
        .collect::<Vec<_>>()
        .join(" ")
        .to_ascii_lowercase();
    Some(Parts {
        words: words
            .strip_prefix("pg_catalog.")
            .map(str::to_owned)
            .unwrap_or(words),
        arguments,
    })
}

fn is_serial(words: &str) -> bool {
    matches!(
        words,
        "serial" | "serial4" | "bigserial" | "serial8" | "smallserial" | "serial2"
    )
}

fn kind(parts: &Parts) -> Option<TypeKind> {
    let one = match parts.arguments.as_slice() {
        [] => Some(None),
        [number] => Some(Some(*number)),
        _ => None,
    };
    let none = parts.arguments.is_empty();
    let length = || one.map(|number| number.and_then(|number| u32::try_from(number).ok()));
    let digits = || {
        one.map(|number| {
            number
                .and_then(|number| u8::try_from(number).ok())
                .filter(|digits| *digits <= 6)
        })
    };
    let kind = match parts.words.as_str() {
        "varchar" | "character varying" | "char varying" => TypeKind::Varchar { limit: length()? },
        "char" | "character" => TypeKind::Char { limit: length()? },
        // Without a length it is no `char(1)`, but a text of any length.
        "bpchar" if !none => TypeKind::Char { limit: length()? },
        "bit" => TypeKind::Bit { length: length()? },
        "varbit" | "bit varying" => TypeKind::BitVarying { limit: length()? },
        "numeric" | "decimal" | "dec" => match parts.arguments.as_slice() {
            [] => TypeKind::Numeric {
                precision: None,
                scale: None,
            },
            [precision] => TypeKind::Numeric {
                precision: u32::try_from(*precision).ok(),
                scale: None,
            },
            [precision, scale] => TypeKind::Numeric {
                precision: u32::try_from(*precision).ok(),
                scale: i32::try_from(*scale).ok(),
            },
            _ => return None,
        },
        "float" => match one? {
            None | Some(25..=53) => TypeKind::DoublePrecision,
            Some(1..=24) => TypeKind::Real,
            Some(_) => return None,
        },
        "timestamp" | "timestamp without time zone" => TypeKind::Timestamp {
            precision: digits()?,
            with_time_zone: false,
        },
        "timestamptz" | "timestamp with time zone" => TypeKind::Timestamp {
            precision: digits()?,
            with_time_zone: true,
        },
        "time" | "time without time zone" => TypeKind::Time {
            precision: digits()?,
            with_time_zone: false,
        },
        "timetz" | "time with time zone" => TypeKind::Time {
            precision: digits()?,
            with_time_zone: true,
        },
        "interval" => TypeKind::Interval {
            precision: digits()?,
        },
        words if none => plain_kind(words)?,
        _ => return None,
    };
    Some(kind)
}

fn plain_kind(words: &str) -> Option<TypeKind> {
    Some(match words {
        "smallint" | "int2" | "smallserial" | "serial2" => TypeKind::SmallInt,
        "integer" | "int" | "int4" | "serial" | "serial4" => TypeKind::Integer,
        "bigint" | "int8" | "bigserial" | "serial8" => TypeKind::BigInt,
        "real" | "float4" => TypeKind::Real,
        "double precision" | "float8" => TypeKind::DoublePrecision,
        "money" => TypeKind::Money,
        "text" => TypeKind::Text,
        "citext" | "public.citext" => TypeKind::Citext,
        "boolean" | "bool" => TypeKind::Boolean,
        "date" => TypeKind::Date,
        "uuid" => TypeKind::Uuid,
        "json" => TypeKind::Json,
        "jsonb" => TypeKind::Jsonb,
        "xml" => TypeKind::Xml,
        "bytea" => TypeKind::Bytea,
        "inet" => TypeKind::Inet,
        "cidr" => TypeKind::Cidr,
        "macaddr" => TypeKind::Macaddr,
        "macaddr8" => TypeKind::Macaddr8,
        "point" => TypeKind::Point,
        "line" => TypeKind::Line,
        "lseg" => TypeKind::Lseg,
        "box" => TypeKind::Box,
        "path" => TypeKind::Path,
        "polygon" => TypeKind::Polygon,
        "circle" => TypeKind::Circle,
        "hstore" | "public.hstore" => TypeKind::Hstore,
        "ltree" | "public.ltree" => TypeKind::Ltree,
        "tsvector" => TypeKind::Tsvector,
        "tsquery" => TypeKind::Tsquery,
        "oid" => TypeKind::Oid,
        "int4range" => TypeKind::Range(RangeType::Int4),
        "int8range" => TypeKind::Range(RangeType::Int8),
        "numrange" => TypeKind::Range(RangeType::Num),
        "tsrange" => TypeKind::Range(RangeType::Ts),
        "tstzrange" => TypeKind::Range(RangeType::Tstz),
        "daterange" => TypeKind::Range(RangeType::Date),
        "int4multirange" => TypeKind::Multirange(RangeType::Int4),
        "int8multirange" => TypeKind::Multirange(RangeType::Int8),
        "nummultirange" => TypeKind::Multirange(RangeType::Num),
        "tsmultirange" => TypeKind::Multirange(RangeType::Ts),
        "tstzmultirange" => TypeKind::Multirange(RangeType::Tstz),
        "datemultirange" => TypeKind::Multirange(RangeType::Date),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kind: TypeKind, array: bool) {
        let read = read(text);
        assert_eq!(read.data_type, DataType { kind, array });
    }

    #[test]
    fn reads_the_spellings_of_postgresql() {
        check("varchar(20)", TypeKind::Varchar { limit: Some(20) }, false);
        check("character(3)", TypeKind::Char { limit: Some(3) }, false);
        check("integer[][]", TypeKind::Integer, true);
        check(
            "timestamp(3) with time zone",
            TypeKind::Timestamp {
                precision: Some(3),
                with_time_zone: true,
            },
            false,
        );
        check(
            "NUMERIC(10, 2)",
            TypeKind::Numeric {
                precision: Some(10),
                scale: Some(2),
            },
            false,
        );
        check("bpchar", TypeKind::Other("bpchar".into()), false);
        check("pg_lsn", TypeKind::Other("pg_lsn".into()), false);
        check(
            "geometry(Point,4326)",
            TypeKind::Other("geometry(Point,4326)".into()),
            false,
        );
    }

    #[test]
    fn serial_types_are_integers_with_a_sequence() {
        let read = read("bigserial");
        assert!(read.serial);
        assert_eq!(read.data_type.kind, TypeKind::BigInt);
    }
}
