//! What PostgreSQL asks of the two ends of a foreign key.

use super::types::describe;
use pg_model::{DataType, TypeKind};

/// Whether PostgreSQL has an operator by which a key of one type is looked up among the other's; when
/// in doubt, yes.
pub(crate) fn are_comparable(key: &DataType, target: &DataType) -> bool {
    #[derive(PartialEq)]
    enum Family {
        Whole,
        Number,
        Text,
        Time,
        Own(String),
        Unknown,
    }
    let family = |data_type: &DataType| {
        if data_type.array {
            return Family::Unknown;
        }
        match &data_type.kind {
            TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt => Family::Whole,
            TypeKind::Numeric { .. } | TypeKind::Real | TypeKind::DoublePrecision => Family::Number,
            TypeKind::Text
            | TypeKind::Varchar { .. }
            | TypeKind::Char { .. }
            | TypeKind::Citext => Family::Text,
            TypeKind::Date | TypeKind::Timestamp { .. } => Family::Time,
            TypeKind::Uuid
            | TypeKind::Boolean
            | TypeKind::Bytea
            | TypeKind::Jsonb
            | TypeKind::Inet
            | TypeKind::Macaddr
            | TypeKind::Oid => Family::Own(describe(data_type)),
            TypeKind::Enum(name) => Family::Own(name.to_string()),
            _ => Family::Unknown,
        }
    };
    match (family(key), family(target)) {
        (Family::Unknown, _) | (_, Family::Unknown) | (Family::Whole, Family::Number) => true,
        (key, target) => key == target,
    }
}
