//! What becomes of a column's values when its type changes.
//!
//! Two questions: which expression converts them (PostgreSQL does it by itself where it has an
//! assignment cast, as `pg_cast` lists them), and whether every value survives.

use pg_sql::ddl::data_type;
use pg_sql::identifier;
use schema_model::{DataType, TypeKind};

/// The expression for `USING`, or none where PostgreSQL converts by itself.
pub(crate) fn using(column: &str, old: &DataType, new: &DataType) -> Option<String> {
    let name = identifier(column);
    let target = data_type(new);
    let automatic = new.kind.is_string() || assigns(&old.kind, &new.kind);
    match (old.array, new.array) {
        (false, false) | (true, true) if automatic => None,
        // An array becomes text as a whole.
        (true, false) if new.kind.is_string() => None,
        (true, false) => Some(format!("{name}[1]::text::{target}")),
        (false, true) => Some(format!(
            "CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}::text]::{target} END"
        )),
        (true, true) if old.kind.is_string() => Some(format!("{name}::{target}")),
        (true, true) => Some(format!("{name}::text[]::{target}")),
        (false, false) if old.kind.is_string() || converts(&old.kind, &new.kind) => {
            Some(format!("{name}::{target}"))
        }
        // What one type writes the other may read; a value that it can't read stops the migration.
        (false, false) => Some(format!("{name}::text::{target}")),
    }
}

/// Whether the change may lose something of a value, or refuse it.
pub(crate) fn narrows(old: &DataType, new: &DataType) -> bool {
    if old.array != new.array {
        return old.array && !is_unlimited_text(&new.kind);
    }
    old.kind != new.kind && !widens(&old.kind, &new.kind)
}

fn is_unlimited_text(kind: &TypeKind) -> bool {
    matches!(
        kind,
        TypeKind::Text | TypeKind::Citext | TypeKind::Varchar { limit: None }
    )
}

fn is_moment(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Date | TypeKind::Timestamp { .. })
}

/// Casts that an assignment uses, among those that `pg_cast` marks `a` or `i`.
fn assigns(old: &TypeKind, new: &TypeKind) -> bool {
    use TypeKind::{
        BigInt, Bit, BitVarying, Cidr, Inet, Integer, Interval, Json, Jsonb, Macaddr, Macaddr8,
        Money, Numeric, Oid, Time, Timestamp,
    };
    std::mem::discriminant(old) == std::mem::discriminant(new)
        && !matches!(
            new,
            TypeKind::Enum(_) | TypeKind::Other(_) | TypeKind::Range(_) | TypeKind::Multirange(_)
        )
        || (old.is_number() && new.is_number())
        || (is_moment(old) && is_moment(new))
        || matches!(
            (old, new),
            (Json, Jsonb)
                | (Jsonb, Json)
                | (Inet, Cidr)
                | (Cidr, Inet)
                | (Macaddr, Macaddr8)
                | (Macaddr8, Macaddr)
                | (Bit { .. }, BitVarying { .. })
                | (BitVarying { .. }, Bit { .. })
                | (Timestamp { .. }, Time { .. })
                | (Time { .. }, Interval { .. })
                | (Interval { .. }, Time { .. })
                | (Integer | BigInt | Numeric { .. }, Money)
                | (Money, Numeric { .. })
                | (Integer | BigInt, Oid)
                | (Oid, Integer | BigInt)
        )
}

/// Casts that only an explicit `::` uses, where going through text would say something else.
fn converts(old: &TypeKind, new: &TypeKind) -> bool {
    use TypeKind::{BigInt, Bit, Boolean, Box, Circle, Integer, Lseg, Path, Point, Polygon};
    matches!(
        (old, new),
        (Boolean, Integer)
            | (Integer, Boolean)
            | (Integer | BigInt, Bit { .. })
            | (Bit { .. }, Integer | BigInt)
            | (Box | Circle | Lseg | Polygon, Point)
            | (Box, Circle | Lseg | Polygon)
            | (Circle, Box | Polygon)
            | (Polygon, Box | Circle | Path)
            | (Path, Polygon)
    )
}

/// Whether every value of the old type is a value of the new one.
fn widens(old: &TypeKind, new: &TypeKind) -> bool {
    use TypeKind::{
        BigInt, BitVarying, Cidr, Citext, Date, DoublePrecision, Inet, Integer, Interval, Json,
        Jsonb, Macaddr, Macaddr8, Numeric, Real, SmallInt, Text, Time, Timestamp, Varchar,
    };
    match (old, new) {
        (old, new) if old == new => true,
        (Varchar { limit: Some(old) }, Varchar { limit: Some(new) })
        | (BitVarying { limit: Some(old) }, BitVarying { limit: Some(new) }) => old <= new,
        (TypeKind::Char { limit: old }, TypeKind::Char { limit: new }) => {
            old.unwrap_or(1) <= new.unwrap_or(1)
        }
        (TypeKind::Char { limit: old }, Varchar { limit: Some(new) }) => old.unwrap_or(1) <= *new,
        // Blanks at the end of a char are no part of its value.
        (_, Text | Varchar { limit: None } | Citext)
        | (BitVarying { .. }, BitVarying { limit: None })
        | (
            SmallInt | Integer | BigInt | Numeric { .. },
            Numeric {
                precision: None, ..
            },
        )
        | (SmallInt, Integer | BigInt | Real | DoublePrecision)
        | (Integer, BigInt | DoublePrecision)
        | (Real, DoublePrecision)
        | (Cidr, Inet)
        | (Macaddr, Macaddr8)
        | (Jsonb, Json)
        | (Date, Timestamp { .. }) => true,
        (
            SmallInt | Integer | BigInt | Numeric { .. },
            Numeric {
                precision: Some(precision),
                scale,
            },
        ) => fits(old, i64::from(*precision), i64::from(scale.unwrap_or(0))),
        (
            Timestamp {
                precision: old_digits,
                with_time_zone: old_zone,
            },
            Timestamp {
                precision: new_digits,
                with_time_zone: new_zone,
            },
        )
        | (
            Time {
                precision: old_digits,
                with_time_zone: old_zone,
            },
            Time {
                precision: new_digits,
                with_time_zone: new_zone,
            },
        ) => old_zone == new_zone && old_digits.unwrap_or(6) <= new_digits.unwrap_or(6),
        (Interval { precision: old }, Interval { precision: new }) => {
            old.unwrap_or(6) <= new.unwrap_or(6)
        }
        _ => false,
    }
}

/// Whether a whole number or decimal has room in so many digits, `scale` of them behind the point.
fn fits(old: &TypeKind, precision: i64, scale: i64) -> bool {
    let (digits, old_scale) = match old {
        TypeKind::SmallInt => (5, 0),
        TypeKind::Integer => (10, 0),
        TypeKind::BigInt => (19, 0),
        TypeKind::Numeric {
            precision: Some(precision),
            scale,
        } => (i64::from(*precision), i64::from(scale.unwrap_or(0))),
        _ => return false,
    };
    scale >= old_scale && precision - scale >= digits - old_scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(precision: u32, scale: i32) -> TypeKind {
        TypeKind::Numeric {
            precision: Some(precision),
            scale: Some(scale),
        }
    }

    fn varchar(limit: u32) -> TypeKind {
        TypeKind::Varchar { limit: Some(limit) }
    }

    #[track_caller]
    fn check(old: TypeKind, new: TypeKind, expression: Option<&str>, loses: bool) {
        let (old, new) = (DataType::scalar(old), DataType::scalar(new));
        assert_eq!(using("c", &old, &new).as_deref(), expression);
        assert_eq!(narrows(&old, &new), loses);
    }

    #[test]
    fn a_wider_type_takes_every_value() {
        check(TypeKind::Integer, TypeKind::BigInt, None, false);
        check(TypeKind::BigInt, TypeKind::Integer, None, true);
        check(varchar(20), varchar(40), None, false);
        check(varchar(40), varchar(20), None, true);
        check(numeric(8, 2), numeric(10, 2), None, false);
        check(numeric(8, 2), numeric(8, 3), None, true);
        check(TypeKind::Integer, numeric(12, 2), None, false);
        check(TypeKind::Integer, numeric(10, 2), None, true);
        check(TypeKind::BigInt, TypeKind::DoublePrecision, None, true);
        check(TypeKind::Uuid, TypeKind::Text, None, false);
    }

    #[test]
    fn what_has_no_cast_goes_through_text() {
        check(TypeKind::Text, TypeKind::Uuid, Some("c::uuid"), true);
        check(
            TypeKind::Boolean,
            TypeKind::Integer,
            Some("c::integer"),
            true,
        );
        check(
            TypeKind::Integer,
            TypeKind::Uuid,
            Some("c::text::uuid"),
            true,
        );
    }

    #[test]
    fn arrays_change_element_by_element() {
        let one = |kind| DataType::scalar(kind);
        let many = |kind| DataType::array(kind);
        assert_eq!(
            using("c", &one(TypeKind::Integer), &many(TypeKind::Integer)).as_deref(),
            Some("CASE WHEN c IS NOT NULL THEN ARRAY[c::text]::integer[] END")
        );
        assert_eq!(
            using("c", &many(TypeKind::Text), &many(TypeKind::Uuid)).as_deref(),
            Some("c::uuid[]")
        );
        assert_eq!(
            using("c", &many(TypeKind::Integer), &many(TypeKind::BigInt)),
            None
        );
        assert!(narrows(&many(TypeKind::Text), &one(TypeKind::Uuid)));
        assert!(!narrows(&many(TypeKind::Integer), &one(TypeKind::Text)));
    }
}
