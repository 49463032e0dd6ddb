//! Defaults in the spelling of the model: without the casts to the column's own type that `pg_dump` adds.

use crate::cursor::Cursor;
use pg_model::{Column, ColumnValue, DataType, Table, TypeKind};
use pg_sql::literal;
use pg_text::data_type;

/// Rewrites the defaults of a table.
pub(crate) fn normalize(table: &mut Table) {
    for column in &mut table.columns {
        let ColumnValue::Default(expression) = &column.value else {
            continue;
        };
        column.value = value(column, expression);
    }
}

fn value(column: &Column, expression: &str) -> ColumnValue {
    let kind = &column.data_type.kind;
    let mut cursor = Cursor::new(expression);
    if cursor.take(&["null"]) && (cursor.is_at_end() || cursor.take(&[":", ":"])) {
        return ColumnValue::Null;
    }
    if *kind == TypeKind::Boolean && !column.data_type.array {
        match expression.to_ascii_lowercase().as_str() {
            "true" => return ColumnValue::Default("TRUE".into()),
            "false" => return ColumnValue::Default("FALSE".into()),
            _ => {}
        }
    }
    let mut cursor = Cursor::new(expression);
    if let Some(text) = cursor.string() {
        if cursor.is_at_end() {
            return ColumnValue::Default(literal(&text));
        }
        if cursor.take(&[":", ":"]) {
            let cast = data_type::read(&crate::table::unquoted_type(cursor.rest())).data_type;
            if let Some(number) = bare_number(&text, &cast, &column.data_type) {
                return ColumnValue::Default(number);
            }
            if kind.is_number() && !column.data_type.array {
                return ColumnValue::Default(expression.to_owned());
            }
            if is_same(&cast, &column.data_type) {
                return ColumnValue::Default(literal(&text));
            }
        }
    }
    ColumnValue::Default(expression.to_owned())
}

/// The digits of a number that `pg_dump` writes as a text because of its sign or its size: `'-1'::integer`.
fn bare_number(text: &str, cast: &DataType, column: &DataType) -> Option<String> {
    if cast.array || column.array || !column.kind.is_number() {
        return None;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // The type that the digits have by themselves.
    let natural = if is_whole && text.parse::<i32>().is_ok() {
        TypeKind::Integer
    } else if is_whole && text.parse::<i64>().is_ok() {
        TypeKind::BigInt
    } else if is_whole
        || digits.split_once('.').is_some_and(|(whole, fraction)| {
            [whole, fraction]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        })
    {
        TypeKind::Numeric {
            precision: None,
            scale: None,
        }
    } else {
        return None;
    };
    (natural == cast.kind).then(|| text.to_owned())
}

/// Whether two types are the same but for their modifiers.
fn is_same(cast: &DataType, column: &DataType) -> bool {
    if cast.array != column.array {
        return false;
    }
    match (&cast.kind, &column.kind) {
        // The type that `character(n)` is to PostgreSQL itself.
        (TypeKind::Other(name), TypeKind::Char { .. }) => name == "bpchar",
        (TypeKind::Other(cast), TypeKind::Enum(name)) => {
            data_type::plain_name(cast.strip_prefix("public.").unwrap_or(cast)).as_ref()
                == Some(name)
        }
        (TypeKind::Other(cast), TypeKind::Other(column)) => {
            let bare = |text: &str| {
                let name = data_type::before_modifiers(text);
                name.strip_prefix("public.").unwrap_or(name).to_owned()
            };
            bare(cast) == bare(column)
        }
        (
            TypeKind::Timestamp {
                with_time_zone: one,
                ..
            },
            TypeKind::Timestamp {
                with_time_zone: other,
                ..
            },
        )
        | (
            TypeKind::Time {
                with_time_zone: one,
                ..
            },
            TypeKind::Time {
                with_time_zone: other,
                ..
            },
        ) => one == other,
        (TypeKind::Range(one), TypeKind::Range(other))
        | (TypeKind::Multirange(one), TypeKind::Multirange(other)) => one == other,
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(data_type: &str, default: &str, expected: &str) {
        let column = Column::new("c", data_type::read(data_type).data_type);
        assert_eq!(
            value(&column, default),
            ColumnValue::Default(expected.to_owned())
        );
    }

    #[test]
    fn a_cast_to_the_own_type_says_nothing() {
        check(
            "character varying(20)",
            "'it''s'::character varying",
            "'it''s'",
        );
        check("character(3)", "'abc'::bpchar", "'abc'");
        check("jsonb", "'{}'::jsonb", "'{}'");
        check("text[]", "'{}'::text[]", "'{}'");
        check(
            "timestamp(6) without time zone",
            "'2024-01-01 00:00:00'::timestamp without time zone",
            "'2024-01-01 00:00:00'",
        );
        check("public.mood", "'x'::public.mood", "'x'");
    }

    #[test]
    fn other_casts_stay() {
        check("text", "'a'::character varying", "'a'::character varying");
        check("text[]", "'a'::text", "'a'::text");
        check(
            "text",
            "('a'::text || 'b'::text)",
            "('a'::text || 'b'::text)",
        );
        check(
            "timestamp",
            "'x'::timestamp with time zone",
            "'x'::timestamp with time zone",
        );
    }

    #[test]
    fn numbers_are_bare_where_that_is_the_same() {
        check("integer", "'-1'::integer", "-1");
        check("bigint", "'-1'::integer", "-1");
        check("bigint", "'-1'::bigint", "'-1'::bigint");
        check("numeric(8,2)", "'-1.50'::numeric", "-1.50");
        check("boolean", "true", "TRUE");
    }

    #[test]
    fn a_null_is_a_value_too() {
        let column = Column::new("c", data_type::read("character varying(3)").data_type);
        assert_eq!(value(&column, "NULL::character varying"), ColumnValue::Null);
        assert_eq!(
            value(&column, "NULLIF('a', 'b')"),
            ColumnValue::Default("NULLIF('a', 'b')".into())
        );
    }
}
