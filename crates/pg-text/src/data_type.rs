//! Types given as SQL text: `character varying(20)`, `timestamp(3) with time zone`, `integer[]`.

use pg_model::{DataType, QualifiedName, RangeType, TypeKind};
use sql_text::fold;

/// A type as a column's definition names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType {
    /// The type itself.
    pub data_type: DataType,
    /// `serial` and its kin: an integer type with a sequence of its own.
    pub serial: bool,
}

/// Reads the SQL text of a type. What isn't one of PostgreSQL's own, or has a modifier that the server refuses, is
/// [`TypeKind::Other`]; whether it exists is for the caller to find out.
pub fn read(text: &str) -> ColumnType {
    let (element, array) = strip_brackets(text.trim());
    let parts = split(element);
    let serial = parts
        .as_ref()
        .is_some_and(|parts| parts.arguments.is_empty() && is_serial(&parts.words));
    // There are no arrays of serial.
    let kind = parts
        .filter(|_| !(serial && array))
        .and_then(|parts| kind(&parts).ok());
    ColumnType {
        data_type: DataType {
            kind: kind.unwrap_or_else(|| TypeKind::Other(element.to_owned())),
            array,
        },
        serial: serial && !array,
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

/// No type of PostgreSQL's own, or not with these modifiers.
struct Unknown;

fn kind(parts: &Parts) -> Result<TypeKind, Unknown> {
    let modifiers = Modifiers(&parts.arguments);
    let kind = match parts.words.as_str() {
        "varchar" | "character varying" | "char varying" => TypeKind::Varchar {
            limit: modifiers.length()?,
        },
        "char" | "character" => TypeKind::Char {
            limit: modifiers.length()?,
        },
        // Without a length it is no `char(1)`, but a text of any length.
        "bpchar" if !parts.arguments.is_empty() => TypeKind::Char {
            limit: modifiers.length()?,
        },
        "bit" => TypeKind::Bit {
            length: modifiers.length()?,
        },
        "varbit" | "bit varying" => TypeKind::BitVarying {
            limit: modifiers.length()?,
        },
        "numeric" | "decimal" | "dec" => modifiers.numeric()?,
        "float" => match modifiers.one()? {
            None | Some(25..=53) => TypeKind::DoublePrecision,
            Some(1..=24) => TypeKind::Real,
            Some(_) => return Err(Unknown),
        },
        "timestamp" | "timestamp without time zone" => TypeKind::Timestamp {
            precision: modifiers.digits()?,
            with_time_zone: false,
        },
        "timestamptz" | "timestamp with time zone" => TypeKind::Timestamp {
            precision: modifiers.digits()?,
            with_time_zone: true,
        },
        "time" | "time without time zone" => TypeKind::Time {
            precision: modifiers.digits()?,
            with_time_zone: false,
        },
        "timetz" | "time with time zone" => TypeKind::Time {
            precision: modifiers.digits()?,
            with_time_zone: true,
        },
        "interval" => TypeKind::Interval {
            precision: modifiers.digits()?,
        },
        words if parts.arguments.is_empty() => plain_kind(words).ok_or(Unknown)?,
        _ => return Err(Unknown),
    };
    Ok(kind)
}

/// The numbers in the parentheses of a type.
struct Modifiers<'a>(&'a [i64]);

impl Modifiers<'_> {
    /// The only number, or none.
    fn one(&self) -> Result<Option<i64>, Unknown> {
        match self.0 {
            [] => Ok(None),
            [number] => Ok(Some(*number)),
            _ => Err(Unknown),
        }
    }

    /// A length, from 1.
    fn length(&self) -> Result<Option<u32>, Unknown> {
        match self.one()? {
            Some(0) => Err(Unknown),
            Some(number) => u32::try_from(number).map(Some).map_err(|_| Unknown),
            None => Ok(None),
        }
    }

    /// Digits of a second's fraction. PostgreSQL takes 6 for more.
    fn digits(&self) -> Result<Option<u8>, Unknown> {
        match self.one()? {
            Some(number) => u8::try_from(number.min(6)).map(Some).map_err(|_| Unknown),
            None => Ok(None),
        }
    }

    /// `numeric`, whose bounds are those of PostgreSQL 15.
    fn numeric(&self) -> Result<TypeKind, Unknown> {
        let (precision, scale) = match self.0 {
            [] => (None, None),
            [precision] => (Some(*precision), None),
            [precision, scale] => (Some(*precision), Some(*scale)),
            _ => return Err(Unknown),
        };
        let fits = precision.is_none_or(|digits| (1..=1000).contains(&digits))
            && scale.is_none_or(|digits| (-1000..=1000).contains(&digits));
        if !fits {
            return Err(Unknown);
        }
        Ok(TypeKind::Numeric {
            precision: precision.and_then(|digits| u32::try_from(digits).ok()),
            scale: scale.and_then(|digits| i32::try_from(digits).ok()),
        })
    }
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
    fn modifiers_that_the_server_refuses_stay_in_the_text() {
        for text in [
            "varchar(-5)",
            "varchar(0)",
            "char(5000000000)",
            "numeric(-1)",
            "numeric(1001)",
            "numeric(10, 2000)",
            "timestamp(-1)",
            "float(60)",
            "varchar(1, 2)",
            "integer(4)",
        ] {
            check(text, TypeKind::Other(text.into()), false);
        }
    }

    #[test]
    fn a_precision_beyond_microseconds_is_that_of_microseconds() {
        check(
            "timestamp(9)",
            TypeKind::Timestamp {
                precision: Some(6),
                with_time_zone: false,
            },
            false,
        );
    }

    #[test]
    fn there_are_no_arrays_of_serial() {
        let read = read("serial[]");
        assert!(!read.serial);
        assert_eq!(
            read.data_type,
            DataType::array(TypeKind::Other("serial".into()))
        );
    }

    #[test]
    fn every_name_of_a_type_is_known() {
        let zoned =
            |time: fn(Option<u8>, bool) -> TypeKind, with_time_zone| time(None, with_time_zone);
        let time = |precision, with_time_zone| TypeKind::Time {
            precision,
            with_time_zone,
        };
        let timestamp = |precision, with_time_zone| TypeKind::Timestamp {
            precision,
            with_time_zone,
        };
        let numeric = |precision| TypeKind::Numeric {
            precision,
            scale: None,
        };
        let names: [(TypeKind, &str); 60] = [
            (TypeKind::SmallInt, "smallint int2 smallserial serial2"),
            (TypeKind::Integer, "integer int int4 serial serial4"),
            (TypeKind::BigInt, "bigint int8 bigserial serial8"),
            (numeric(None), "numeric decimal dec pg_catalog.numeric"),
            (numeric(Some(5)), "numeric(5) decimal(5)"),
            (TypeKind::Real, "real float4 float(1) float(24)"),
            (
                TypeKind::DoublePrecision,
                "float8 float float(25) float(53)",
            ),
            (TypeKind::Money, "money"),
            (TypeKind::Text, "text"),
            (TypeKind::Varchar { limit: None }, "varchar"),
            (
                TypeKind::Varchar { limit: Some(3) },
                "varchar(3) VARCHAR(3)",
            ),
            (TypeKind::Char { limit: None }, "char character"),
            (TypeKind::Char { limit: Some(3) }, "char(3) bpchar(3)"),
            (TypeKind::Citext, "citext public.citext"),
            (TypeKind::Boolean, "boolean bool"),
            (TypeKind::Date, "date"),
            (zoned(time, false), "time"),
            (zoned(time, true), "timetz"),
            (time(Some(0), false), "time(0)"),
            (zoned(timestamp, false), "timestamp"),
            (zoned(timestamp, true), "timestamptz"),
            (timestamp(Some(3), true), "timestamptz(3)"),
            (TypeKind::Interval { precision: None }, "interval"),
            (TypeKind::Interval { precision: Some(2) }, "interval(2)"),
            (TypeKind::Uuid, "uuid"),
            (TypeKind::Json, "json"),
            (TypeKind::Jsonb, "jsonb"),
            (TypeKind::Xml, "xml"),
            (TypeKind::Bytea, "bytea"),
            (TypeKind::Bit { length: None }, "bit"),
            (TypeKind::Bit { length: Some(4) }, "bit(4)"),
            (TypeKind::BitVarying { limit: None }, "varbit"),
            (TypeKind::BitVarying { limit: Some(4) }, "varbit(4)"),
            (TypeKind::Inet, "inet"),
            (TypeKind::Cidr, "cidr"),
            (TypeKind::Macaddr, "macaddr"),
            (TypeKind::Macaddr8, "macaddr8"),
            (TypeKind::Point, "point"),
            (TypeKind::Line, "line"),
            (TypeKind::Lseg, "lseg"),
            (TypeKind::Box, "box"),
            (TypeKind::Path, "path"),
            (TypeKind::Polygon, "polygon"),
            (TypeKind::Circle, "circle"),
            (TypeKind::Hstore, "hstore public.hstore"),
            (TypeKind::Ltree, "ltree public.ltree"),
            (TypeKind::Tsvector, "tsvector"),
            (TypeKind::Tsquery, "tsquery"),
            (TypeKind::Range(RangeType::Int4), "int4range"),
            (TypeKind::Range(RangeType::Int8), "int8range"),
            (TypeKind::Range(RangeType::Num), "numrange"),
            (TypeKind::Range(RangeType::Ts), "tsrange"),
            (TypeKind::Range(RangeType::Tstz), "tstzrange"),
            (TypeKind::Range(RangeType::Date), "daterange"),
            (TypeKind::Multirange(RangeType::Int4), "int4multirange"),
            (TypeKind::Multirange(RangeType::Int8), "int8multirange"),
            (TypeKind::Multirange(RangeType::Num), "nummultirange"),
            (TypeKind::Multirange(RangeType::Ts), "tsmultirange"),
            (TypeKind::Multirange(RangeType::Tstz), "tstzmultirange"),
            (TypeKind::Multirange(RangeType::Date), "datemultirange"),
        ];
        for (kind, spellings) in names {
            for text in spellings.split(' ') {
                check(text, kind.clone(), false);
            }
        }
        check("oid", TypeKind::Oid, false);
        for (text, kind) in [
            ("double precision", TypeKind::DoublePrecision),
            ("character varying", TypeKind::Varchar { limit: None }),
            ("char varying (7)", TypeKind::Varchar { limit: Some(7) }),
            ("bit varying(8)", TypeKind::BitVarying { limit: Some(8) }),
            ("time without time zone", time(None, false)),
            ("time(6) with time zone", time(Some(6), true)),
            ("timestamp without time zone", timestamp(None, false)),
            ("timestamp with time zone", timestamp(None, true)),
        ] {
            check(text, kind.clone(), false);
            check(&format!("{text}[]"), kind, true);
        }
    }

    #[test]
    fn what_is_no_type_of_postgresql_keeps_its_text() {
        for text in [
            "mood",
            "\"char\"",
            "\"Odd\"(3)",
            "public.mood",
            "pg_catalog.mood",
            "numeric(10",
            "numeric)10(",
            "numeric(a)",
            "timestamp(3) with (time) zone",
            "interval year to month",
        ] {
            check(text, TypeKind::Other(text.into()), false);
        }
        check("mood[3]", TypeKind::Other("mood".into()), true);
        check("mood ARRAY[3]", TypeKind::Other("mood".into()), true);
        check("mood[x]", TypeKind::Other("mood[x]".into()), false);
    }

    #[test]
    fn a_type_has_a_name_before_its_modifiers() {
        let bare = QualifiedName::bare;
        assert_eq!(plain_name("Mood"), Some(bare("mood")));
        let odd = QualifiedName::in_schema("app", "Odd Mood");
        assert_eq!(plain_name("App.\"Odd Mood\""), Some(odd));
        assert_eq!(plain_name("double precision"), None);
        assert_eq!(plain_name("a.b.c"), None);
        assert_eq!(before_modifiers("geometry (Point,4326)"), "geometry");
        assert_eq!(head("public.Geometry(Point,4326)"), "geometry");
        assert_eq!(head("Double Precision"), "double precision");
    }

    #[test]
    fn serial_types_are_integers_with_a_sequence() {
        for name in [
            "serial",
            "serial4",
            "bigserial",
            "serial8",
            "smallserial",
            "serial2",
        ] {
            assert!(read(name).serial, "{name}");
        }
        assert!(!read("integer").serial);
        assert!(!read("serial(4)").serial);
        let read = read("bigserial");
        assert!(read.serial);
        assert_eq!(read.data_type.kind, TypeKind::BigInt);
    }
}
