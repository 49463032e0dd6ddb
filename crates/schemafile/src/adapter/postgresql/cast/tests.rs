//! Defaults that are no ordinary numbers, on every type that can meet them.

use super::*;

/// The default's SQL; `NULL`, or `!` for one that is refused.
#[track_caller]
fn check(kind: &TypeKind, expected: [&str; 3]) {
    let numbers = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let found =
        numbers.map(
            |number| match cast(&DataType::scalar(kind.clone()), &Value::Float(number)) {
                Ok(Default::Null) => "NULL".to_owned(),
                Ok(Default::Sql(sql)) => sql,
                Err(_) => "!".to_owned(),
            },
        );
    assert_eq!(found, expected, "{kind:?}");
}

/// ActiveRecord 6.1.7 and PostgreSQL 15 were asked.
#[test]
fn infinity_and_no_number_are_cast_as_activerecord_casts_them() {
    let as_text = ["'Infinity'", "'-Infinity'", "'NaN'"];
    let precise = TypeKind::Numeric {
        precision: Some(8),
        scale: Some(2),
    };
    for kind in [
        TypeKind::DoublePrecision,
        TypeKind::Real,
        precise,
        TypeKind::Varchar { limit: None },
        TypeKind::Text,
        TypeKind::Citext,
        TypeKind::Tsvector,
    ] {
        check(&kind, as_text);
    }
    let timestamp = |with_time_zone| TypeKind::Timestamp {
        precision: Some(6),
        with_time_zone,
    };
    for kind in [TypeKind::Date, timestamp(false), timestamp(true)] {
        check(&kind, ["'Infinity'", "'-Infinity'", "!"]);
    }
    for kind in [
        TypeKind::SmallInt,
        TypeKind::Integer,
        TypeKind::BigInt,
        TypeKind::Oid,
        TypeKind::Uuid,
    ] {
        check(&kind, ["NULL"; 3]);
    }
    for kind in [TypeKind::Json, TypeKind::Jsonb] {
        check(&kind, ["'null'"; 3]);
    }
    check(&TypeKind::Boolean, ["TRUE"; 3]);
    check(&TypeKind::Ltree, ["'Infinity'", "!", "'NaN'"]);
    check(
        &TypeKind::Bytea,
        [
            "'\\x496e66696e697479'",
            "'\\x2d496e66696e697479'",
            "'\\x4e614e'",
        ],
    );
    check(
        &TypeKind::Xml,
        ["xml 'Infinity'", "xml '-Infinity'", "xml 'NaN'"],
    );
    for kind in [
        TypeKind::Time {
            precision: None,
            with_time_zone: false,
        },
        TypeKind::Interval { precision: None },
        TypeKind::Inet,
        TypeKind::Cidr,
        TypeKind::Macaddr,
        TypeKind::Money,
        TypeKind::Bit { length: None },
        TypeKind::BitVarying { limit: None },
        TypeKind::Point,
        TypeKind::Circle,
        TypeKind::Hstore,
        TypeKind::Range(RangeType::Int4),
        TypeKind::Range(RangeType::Date),
    ] {
        check(&kind, ["!"; 3]);
    }
}

#[test]
fn an_array_of_times_holds_infinity_too() {
    let kind = TypeKind::Timestamp {
        precision: None,
        with_time_zone: false,
    };
    let elements: Vec<crate::ruby::Located> =
        [Value::Float(f64::INFINITY), Value::text("Jan 1 2004 10:00")]
            .into_iter()
            .map(|value| crate::ruby::Located {
                value,
                span: crate::source::Span::default(),
            })
            .collect();
    assert_eq!(
        cast(&DataType::array(kind), &Value::Array(elements.into())),
        Ok(Default::Sql("'{Infinity,\"2004-01-01 10:00:00\"}'".into()))
    );
}
