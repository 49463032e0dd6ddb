//! Conversions in plain sight; what becomes of values is tried against PostgreSQL by `tests/casts.rs`.

use super::*;
use pg_text::data_type::read;

/// Each row: the old type, the new one, the expression for `c`, and whether values are lost or refused.
#[track_caller]
fn check(rows: &[(&str, &str, Option<&str>, &str)]) {
    for (old, new, expression, fate) in rows {
        let cast = cast("c", &read(old).data_type, &read(new).data_type);
        assert_eq!(cast.expression.as_deref(), *expression, "{old} → {new}");
        let loses = cast.fate.loses.map(|_| "loses");
        let refuses = cast.fate.refuses.map(|_| "refuses");
        let said: Vec<&str> = loses.into_iter().chain(refuses).collect();
        assert_eq!(said.join(" "), *fate, "{old} → {new}");
    }
}

#[test]
fn a_wider_type_takes_every_value() {
    check(&[
        ("integer", "bigint", None, ""),
        ("bigint", "integer", None, "refuses"),
        ("varchar(20)", "varchar(40)", None, ""),
        ("varchar(40)", "varchar(20)", None, "refuses"),
        ("numeric(8, 2)", "numeric(10, 2)", None, ""),
        ("numeric(8, 2)", "numeric(8, 3)", None, "refuses"),
        ("numeric(8, 2)", "numeric(8, 1)", None, "loses"),
        ("integer", "numeric(12, 2)", None, ""),
        ("integer", "numeric(10, 2)", None, "refuses"),
        ("bigint", "double precision", None, "loses"),
        ("timestamp(3)", "timestamp", None, ""),
        ("timestamp", "timestamp(3)", None, "loses"),
        ("uuid", "text", None, ""),
    ]);
}

#[test]
fn what_has_no_cast_goes_by_an_expression_that_keeps_most() {
    check(&[
        ("text", "uuid", Some("c::uuid"), "refuses"),
        ("boolean", "integer", Some("c::integer"), ""),
        ("boolean", "bigint", Some("c::integer::bigint"), ""),
        ("integer", "boolean", Some("c <> 0"), "loses"),
        ("integer", "uuid", Some("c::text::uuid"), "refuses"),
        ("text", "jsonb", Some("c::jsonb"), "loses refuses"),
        ("integer", "jsonb", Some("to_jsonb(c)"), ""),
        ("hstore", "jsonb", Some("c::jsonb"), ""),
        ("jsonb", "uuid", Some("(c #>> '{}')::uuid"), "loses refuses"),
        ("jsonb", "text", None, ""),
        ("timestamp", "timestamptz", Some("c AT TIME ZONE 'UTC'"), ""),
        ("text", "bytea", Some("convert_to(c::text, 'UTF8')"), ""),
        ("double precision", "numeric", Some("c::text::numeric"), ""),
        ("interval", "bigint", Some("extract(epoch FROM c)"), "loses"),
        ("bit(4)", "bit(8)", Some("c::bit(8)"), ""),
        ("bit(8)", "bit(4)", Some("c::bit(4)"), "loses"),
        (
            "date",
            "daterange",
            Some("CASE WHEN c IS NOT NULL THEN daterange(c, c, '[]') END"),
            "",
        ),
        (
            "int4multirange",
            "int4range",
            Some("range_merge(c)"),
            "loses",
        ),
    ]);
}

#[test]
fn an_array_keeps_its_elements_where_the_new_type_can_hold_them() {
    check(&[
        ("varchar[]", "jsonb", Some("to_jsonb(c)"), ""),
        ("varchar[]", "json", Some("to_json(c)"), ""),
        ("integer[]", "text", None, ""),
        ("text[]", "uuid", Some("c[1]::uuid"), "loses refuses"),
        ("integer[]", "bigint", Some("c[1]"), "loses"),
    ]);
}

#[test]
fn arrays_change_element_by_element() {
    check(&[
        (
            "integer",
            "integer[]",
            Some("CASE WHEN c IS NOT NULL THEN ARRAY[c]::integer[] END"),
            "",
        ),
        (
            "text",
            "integer[]",
            Some("CASE WHEN c IS NOT NULL THEN ARRAY[c::integer]::integer[] END"),
            "loses refuses",
        ),
        // The explicit cast would cut what the assignment refuses.
        (
            "text",
            "varchar(3)[]",
            Some("CASE WHEN c IS NOT NULL THEN ARRAY[c]::varchar[] END"),
            "refuses",
        ),
        ("text[]", "uuid[]", Some("c::uuid[]"), "refuses"),
        ("integer[]", "bigint[]", None, ""),
        ("timestamp[]", "timestamptz[]", None, ""),
        (
            "integer[]",
            "boolean[]",
            Some("c::integer[]::boolean[]"),
            "loses",
        ),
    ]);
}
