//! Types as SQL, in their short common spelling (`timestamp(6)`, `varchar(20)`).

use crate::quote::push_qualified;
use pg_model::{DataType, TypeKind};
use std::fmt::Write as _;

/// A column's type as SQL, such as `varchar(20)[]`.
pub fn data_type(data_type: &DataType) -> String {
    let mut sql = String::new();
    push_data_type(&mut sql, data_type);
    sql
}

/// Writes [`data_type`] behind what is there.
pub(super) fn push_data_type(sql: &mut String, data_type: &DataType) {
    push_kind(sql, &data_type.kind);
    if data_type.array {
        sql.push_str("[]");
    }
}

fn push_kind(sql: &mut String, kind: &TypeKind) {
    let name = match kind {
        TypeKind::SmallInt => "smallint",
        TypeKind::Integer => "integer",
        TypeKind::BigInt => "bigint",
        TypeKind::Numeric { precision, scale } => return push_numeric(sql, *precision, *scale),
        TypeKind::Real => "real",
        TypeKind::DoublePrecision => "double precision",
        TypeKind::Money => "money",
        TypeKind::Text => "text",
        TypeKind::Varchar { limit } => return push_with_modifier(sql, "varchar", *limit),
        TypeKind::Char { limit } => return push_with_modifier(sql, "char", *limit),
        TypeKind::Citext => "citext",
        TypeKind::Boolean => "boolean",
        TypeKind::Date => "date",
        TypeKind::Time {
            precision,
            with_time_zone,
        } => return push_with_modifier(sql, zoned("time", *with_time_zone), *precision),
        TypeKind::Timestamp {
            precision,
            with_time_zone,
        } => return push_with_modifier(sql, zoned("timestamp", *with_time_zone), *precision),
        TypeKind::Interval { precision } => return push_with_modifier(sql, "interval", *precision),
        TypeKind::Uuid => "uuid",
        TypeKind::Json => "json",
        TypeKind::Jsonb => "jsonb",
        TypeKind::Xml => "xml",
        TypeKind::Bytea => "bytea",
        TypeKind::Bit { length } => return push_with_modifier(sql, "bit", *length),
        TypeKind::BitVarying { limit } => return push_with_modifier(sql, "bit varying", *limit),
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
        TypeKind::Range(range) => {
            sql.push_str(range.stem());
            "range"
        }
        TypeKind::Multirange(range) => {
            sql.push_str(range.stem());
            "multirange"
        }
        TypeKind::Hstore => "hstore",
        TypeKind::Ltree => "ltree",
        TypeKind::Tsvector => "tsvector",
        TypeKind::Tsquery => "tsquery",
        TypeKind::Oid => "oid",
        TypeKind::Enum(name) => return push_qualified(sql, name),
        TypeKind::Other(text) => text,
    };
    sql.push_str(name);
}

fn push_numeric(sql: &mut String, precision: Option<u32>, scale: Option<i32>) {
    match (precision, scale) {
        (Some(precision), Some(scale)) => {
            let _ = write!(sql, "numeric({precision}, {scale})");
        }
        (precision, _) => push_with_modifier(sql, "numeric", precision),
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

fn push_with_modifier<N: std::fmt::Display>(sql: &mut String, name: &str, modifier: Option<N>) {
    sql.push_str(name);
    if let Some(modifier) = modifier {
        let _ = write!(sql, "({modifier})");
    }
}
