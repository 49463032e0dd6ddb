//! Types as SQL, in their short common spelling (`timestamp(6)`, `varchar(20)`).

use crate::qualified;
use schema_model::{DataType, RangeType, TypeKind};

/// A column's type as SQL, such as `varchar(20)[]`.
pub fn data_type(data_type: &DataType) -> String {
    let mut sql = kind(&data_type.kind);
    if data_type.array {
        sql.push_str("[]");
    }
    sql
}

fn kind(kind: &TypeKind) -> String {
    let name = match kind {
        TypeKind::SmallInt => "smallint",
        TypeKind::Integer => "integer",
        TypeKind::BigInt => "bigint",
        TypeKind::Numeric { precision, scale } => return numeric(*precision, *scale),
        TypeKind::Real => "real",
        TypeKind::DoublePrecision => "double precision",
        TypeKind::Money => "money",
        TypeKind::Text => "text",
        TypeKind::Varchar { limit } => return with_modifier("varchar", *limit),
        TypeKind::Char { limit } => return with_modifier("char", *limit),
        TypeKind::Citext => "citext",
        TypeKind::Boolean => "boolean",
        TypeKind::Date => "date",
        TypeKind::Time {
            precision,
            with_time_zone,
        } => return with_modifier(zoned("time", *with_time_zone), *precision),
        TypeKind::Timestamp {
            precision,
            with_time_zone,
        } => return with_modifier(zoned("timestamp", *with_time_zone), *precision),
        TypeKind::Interval { precision } => return with_modifier("interval", *precision),
        TypeKind::Uuid => "uuid",
        TypeKind::Json => "json",
        TypeKind::Jsonb => "jsonb",
        TypeKind::Xml => "xml",
        TypeKind::Bytea => "bytea",
        TypeKind::Bit { length } => return with_modifier("bit", *length),
        TypeKind::BitVarying { limit } => return with_modifier("bit varying", *limit),
        TypeKind::Inet => "inet",
        TypeKind::Cidr => "cidr",
        TypeKind::Macaddr => "macaddr",
        TypeKind::Macaddr8 => "macaddr8",
        TypeKind::Point => "point",
        TypeKind::Line => "line",
        TypeKind::Lseg => "lseg",
        TypeKind::Box => "box",
        TypeKind::Path => "path",
        TypeKind::Polygon => "polygon",
        TypeKind::Circle => "circle",
        TypeKind::Range(range) => range_name(*range, false),
        TypeKind::Multirange(range) => range_name(*range, true),
        TypeKind::Hstore => "hstore",
        TypeKind::Ltree => "ltree",
        TypeKind::Tsvector => "tsvector",
        TypeKind::Tsquery => "tsquery",
        TypeKind::Oid => "oid",
        TypeKind::Enum(name) => return qualified(name),
        TypeKind::Other(text) => text,
    };
    name.to_owned()
}

fn numeric(precision: Option<u32>, scale: Option<i32>) -> String {
    match (precision, scale) {
        (Some(precision), Some(scale)) => format!("numeric({precision}, {scale})"),
        (Some(precision), None) => format!("numeric({precision})"),
        (None, _) => "numeric".to_owned(),
    }
}

/// `timestamptz` rather than `timestamp with time zone`: the modifier then stands at the end.
fn zoned(name: &'static str, with_time_zone: bool) -> &'static str {
    match (name, with_time_zone) {
        ("time", true) => "timetz",
        (_, true) => "timestamptz",
        (name, false) => name,
    }
}

fn with_modifier<N: std::fmt::Display>(name: &str, modifier: Option<N>) -> String {
    match modifier {
        Some(modifier) => format!("{name}({modifier})"),
        None => name.to_owned(),
    }
}

fn range_name(range: RangeType, multi: bool) -> &'static str {
    match (range, multi) {
        (RangeType::Int4, false) => "int4range",
        (RangeType::Int8, false) => "int8range",
        (RangeType::Num, false) => "numrange",
        (RangeType::Ts, false) => "tsrange",
        (RangeType::Tstz, false) => "tstzrange",
        (RangeType::Date, false) => "daterange",
        (RangeType::Int4, true) => "int4multirange",
        (RangeType::Int8, true) => "int8multirange",
        (RangeType::Num, true) => "nummultirange",
        (RangeType::Ts, true) => "tsmultirange",
        (RangeType::Tstz, true) => "tstzmultirange",
        (RangeType::Date, true) => "datemultirange",
    }
}
