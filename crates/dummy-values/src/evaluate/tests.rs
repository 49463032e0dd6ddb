//! What a server says of the same expressions.

use super::value::{Number, Value, of_type};
use super::{Evaluator, Fault};
use crate::check::parse;
use value_model::{DataType, ValueType};

fn row(name: &str) -> Result<Value, Fault> {
    let typed = |text: &str, kind: ValueType| of_type(text, &DataType::scalar(kind));
    match name {
        "n" => Ok(Value::Number(Number::whole(7))),
        "price" => typed(
            "10.50",
            ValueType::Numeric {
                precision: Some(8),
                scale: Some(2),
            },
        ),
        "name" => Ok(Value::Text("Ann".to_owned())),
        "day" => typed("2026-01-31", ValueType::Date),
        "later" => typed("2026-02-03", ValueType::Date),
        "at" => typed(
            "2026-01-31 18:30:00",
            ValueType::Timestamp {
                precision: None,
                with_time_zone: false,
            },
        ),
        "none" => Ok(Value::Null),
        "tags" => of_type("{a,b}", &DataType::array(ValueType::Text)),
        "empty" => of_type("{}", &DataType::array(ValueType::Text)),
        "ok" => Ok(Value::Truth(true)),
        _ => Err(Fault::unknown("a column")),
    }
}

#[track_caller]
fn check(expression: &str, expected: Option<bool>) {
    let parsed = parse(expression).unwrap();
    assert_eq!(
        Evaluator::default().truth(&parsed, &row),
        Ok(expected),
        "{expression}"
    );
}

#[test]
fn expressions_are_what_a_server_says() {
    for (expression, expected) in [
        (
            "n + 1 = 8 AND n * 2 = 14 AND n / 2 = 3 AND n % 2 = 1",
            Some(true),
        ),
        (
            "price * 2 = 21 AND price / 4 = 2.625 AND round(price) = 11",
            Some(true),
        ),
        ("round(price * 0.333, 2) = 3.50", Some(true)),
        ("none > 3", None),
        ("none > 3 AND n = 8", Some(false)),
        ("none > 3 OR n = 7", Some(true)),
        ("(none IS NULL) = (n IS NULL)", Some(false)),
        ("(none > 3) IS NOT TRUE", Some(true)),
        ("none IS DISTINCT FROM n", Some(true)),
        (
            "num_nonnulls(none, n, name) = 2 AND num_nulls(none, n) = 1",
            Some(true),
        ),
        ("n IN (1, NULL)", None),
        ("n NOT IN (1, 2)", Some(true)),
        ("n BETWEEN 1 AND 7", Some(true)),
        ("name = ANY (ARRAY['Bob'::text, 'Ann'::text])", Some(true)),
        ("name <> ALL ('{Bob,Eve}'::text[])", Some(true)),
        (
            "'a' = ANY (tags) AND tags @> ARRAY['b'] AND tags <@ '{a,b,c}'::text[]",
            Some(true),
        ),
        ("tags && ARRAY['c', 'd']", Some(false)),
        (
            "cardinality(empty) = 0 AND array_length(empty, 1) IS NULL",
            Some(true),
        ),
        ("array_ndims(empty) = 1", None),
        (
            "array_ndims(tags) = 1 AND array_length(tags, 1) = 2",
            Some(true),
        ),
        (
            "name ~ '^[A-Z]' AND name !~ 'x' AND name ~* '^ann$' AND name !~* 'q'",
            Some(true),
        ),
        (
            "name LIKE 'A%' AND name NOT LIKE '_' AND name ILIKE 'a__'",
            Some(true),
        ),
        (
            "name SIMILAR TO '(Ann|Bob)' AND name NOT SIMILAR TO 'A.n'",
            Some(true),
        ),
        ("later - day = 3 AND day + 3 = later", Some(true)),
        (
            "at <= day + interval '1 day' AND at - interval '1 month' > '2025-12-31'",
            Some(true),
        ),
        (
            "at::date = day AND date_trunc('month', at) = '2026-01-01'",
            Some(true),
        ),
        (
            "EXTRACT(dow FROM day) = 6 AND date_part('year', at) = 2026",
            Some(true),
        ),
        (
            "lower(name) = 'ann' AND length(btrim('  x ')) = 1 AND left(name, 2) = 'An'",
            Some(true),
        ),
        ("CASE WHEN ok THEN n > 0 ELSE false END", Some(true)),
        ("CASE name WHEN 'Bob' THEN true END", None),
        (
            "coalesce(none, n) = 7 AND greatest(none, 1, n) = 7 AND least(n, 9) = 7",
            Some(true),
        ),
        ("nullif(n, 7) IS NULL", Some(true)),
        ("ok", Some(true)),
        ("NOT ok OR none", None),
        (
            "name || '!' = 'Ann!' AND concat(name, none) = 'Ann'",
            Some(true),
        ),
        ("day <@ daterange('2026-01-01', '2026-02-01')", Some(true)),
        ("abs(n - 10) < 0.01 + 3", Some(true)),
    ] {
        check(expression, expected);
    }
}

#[test]
fn what_a_server_refuses_is_refused() {
    for expression in [
        "daterange(later, day, '[]') IS NULL",
        "n / 0 = 1",
        "name::integer > 3",
    ] {
        let parsed = parse(expression).unwrap();
        let outcome = Evaluator::default().truth(&parsed, &row);
        assert!(
            matches!(outcome, Err(Fault::Refused(_))),
            "{expression}: {outcome:?}"
        );
    }
}

#[test]
fn what_is_not_known_is_never_guessed() {
    for expression in [
        "my_function(n)",
        "now() > at",
        "name < 'Zoe'",
        "(SELECT true)",
    ] {
        let parsed = parse(expression).unwrap();
        let outcome = Evaluator::default().truth(&parsed, &row);
        assert!(
            matches!(outcome, Err(Fault::Unknown(_))),
            "{expression}: {outcome:?}"
        );
    }
}
