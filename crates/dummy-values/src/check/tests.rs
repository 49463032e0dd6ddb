//! Which values are left by which expression.

use super::*;

#[track_caller]
fn domains(expressions: &[&str]) -> Rules {
    let mut rules = Rules::default();
    for expression in expressions {
        let alternatives = read(expression).unwrap();
        assert!(
            rules.add(&alternatives, &|_| true),
            "{expression} can't be fulfilled"
        );
    }
    rules
}

#[track_caller]
fn domain(expression: &str, column: &str) -> Domain {
    domains(&[expression]).domains[column].clone()
}

#[test]
fn lists_in_all_their_forms() {
    for expression in [
        "status IN ('draft', 'paid')",
        "(status)::text = ANY ((ARRAY['draft'::character varying, 'paid'::character varying])::text[])",
        "status::text = ANY (ARRAY['draft'::text, 'paid'::text])",
        "status = ANY ('{draft,paid}'::bpchar[])",
        "(status)::text = ANY(('{draft,\"paid\",NULL}'::character varying[])::text[])",
        "NOT (status <> ALL ('{draft,paid}'::text[]))",
        "status = 'draft' OR status = 'paid'",
        "status IN ('draft') OR (status)::text = 'paid'::text",
        "NOT (status NOT IN ('draft', 'paid'))",
    ] {
        let found = domain(expression, "status").one_of.unwrap();
        assert_eq!(found, ["draft", "paid"], "{expression}");
    }
}

#[test]
fn equalities_of_other_columns_stay_apart() {
    let alternatives = read("a = 1 OR b = 2 OR a = 3 OR (a = 4 AND b = 5)").unwrap();
    assert_eq!(alternatives.len(), 3, "{alternatives:?}");
}

#[test]
fn what_every_range_keeps_that_is_made() {
    for expression in [
        "NOT isempty(during)",
        "NOT lower_inf(during) AND NOT upper_inf(during)",
        "lower_inc(during) AND NOT upper_inc(during)",
    ] {
        assert_eq!(read(expression).unwrap(), [[]], "{expression}");
    }
    for expression in ["isempty(during)", "upper_inf(during)", "upper_inc(during)"] {
        assert!(read(expression).is_err(), "{expression}");
    }
}

#[test]
fn bounds_of_numbers_and_dates() {
    let price = domain("price >= 0 AND price < 1000.50", "price");
    assert_eq!(price.least, Some(Bound::new("0", false)));
    assert_eq!(price.greatest, Some(Bound::new("1000.50", true)));
    let day = domain(
        "day BETWEEN '2020-01-01'::date AND DATE '2020-12-31'",
        "day",
    );
    assert_eq!(day.least, Some(Bound::new("2020-01-01", false)));
    assert_eq!(day.greatest, Some(Bound::new("2020-12-31", false)));
    assert_eq!(domain("0 < n", "n").least, Some(Bound::new("0", true)));
    assert_eq!(domain("n > -5", "n").least, Some(Bound::new("-5", true)));
}

#[test]
fn lengths_and_elements() {
    let name = domain(
        "char_length((name)::text) <= 20 AND length(name) > 2",
        "name",
    );
    assert_eq!((name.shortest, name.longest), (Some(3), Some(20)));
    assert_eq!(domain("cardinality(tags) <= 3", "tags").most, Some(3));
}

fn relation(left: &str, operator: Comparison, right: &str) -> ColumnRelation {
    ColumnRelation {
        left: left.into(),
        operator,
        right: right.into(),
    }
}

#[test]
fn columns_that_compare_with_each_other() {
    let rules = domains(&["ends_on >= starts_on", "paid <= fee"]);
    assert_eq!(
        rules.relations,
        [
            relation("ends_on", Comparison::AtLeast, "starts_on"),
            relation("paid", Comparison::AtMost, "fee")
        ]
    );
}

#[test]
fn alternatives_that_contradict_what_is_known_are_passed_over() {
    let rules = domains(&["kind IN ('b', 'c')", "kind = 'a' OR kind = 'c'"]);
    assert_eq!(rules.domains["kind"].one_of, Some(vec!["c".into()]));
}

#[test]
fn exactly_one_of_two_columns() {
    for expression in [
        "num_nonnulls(user_id, group_id) = 1",
        "(user_id IS NULL) <> (group_id IS NULL)",
        "(user_id IS NOT NULL AND group_id IS NULL) OR (user_id IS NULL AND group_id IS NOT NULL)",
    ] {
        let rules = domains(&[expression]);
        let nulls = [
            rules.domains["user_id"].null,
            rules.domains["group_id"].null,
        ];
        assert!(
            nulls == [Some(false), Some(true)] || nulls == [Some(true), Some(false)],
            "{expression}: {nulls:?}"
        );
    }
}

#[test]
fn a_column_that_cannot_be_null_decides() {
    let mut rules = Rules::default();
    let alternatives = read("num_nonnulls(a, b, c) = 1").unwrap();
    assert!(rules.add(&alternatives, &|column| column != "b"));
    assert_eq!(rules.domains["a"].null, Some(true));
    assert_eq!(rules.domains["c"].null, Some(true));
    let both = read("a IS NULL AND b IS NULL").unwrap();
    assert!(!Rules::default().add(&both, &|column| column != "b"));
}

#[test]
fn patterns_and_json() {
    assert_eq!(
        domain("code ~ '^[A-Z]+$'::text", "code").patterns,
        ["^[A-Z]+$"]
    );
    assert_eq!(domain("path LIKE '/%'", "path").patterns, ["^/.*$"]);
    assert_eq!(
        domain("jsonb_typeof(data) = 'object'", "data")
            .json_type
            .as_deref(),
        Some("object")
    );
}

#[test]
fn what_is_not_understood_is_named() {
    let error = read("my_function(a, b) > interval_of(c)").unwrap_err();
    assert!(error.contains("my_function"), "{error}");
    assert!(read("a >").is_err());
}

#[test]
fn forbidden_patterns_in_all_their_forms() {
    for (expression, forbidden, allowed) in [
        ("code NOT LIKE 'x%'", "xa", "ax"),
        ("code !~~ 'x%'", "xa", "ax"),
        ("NOT (code ILIKE '%Q%')", "aqa", "aba"),
        ("code !~ '[0-9]'", "a1", "ab"),
        ("NOT (code ~* 'q')", "Q", "a"),
    ] {
        let code = domain(expression, "code");
        assert!(code.broken_by(forbidden).is_some(), "{expression}");
        assert_eq!(code.broken_by(allowed), None, "{expression}");
    }
}

#[test]
fn years_are_bounds_of_days() {
    for expression in [
        "EXTRACT(year FROM day) >= 2000 AND EXTRACT(year FROM day) <= 2100",
        "EXTRACT(year FROM day) >= (2000)::numeric AND extract(YEAR from day) < 2101::numeric",
        "date_part('year', day) BETWEEN 2000 AND 2100",
        "date_part('year'::text, day) > (1999)::double precision AND 2100 >= date_part('year', day::date)",
    ] {
        let day = domain(expression, "day");
        assert_eq!(
            day.least,
            Some(Bound::new("2000-01-01", false)),
            "{expression}"
        );
        assert_eq!(
            day.greatest,
            Some(Bound::new("2101-01-01", true)),
            "{expression}"
        );
    }
    let day = domain("date_part('year', day) = 2024", "day");
    assert_eq!(day.least, Some(Bound::new("2024-01-01", false)));
    assert_eq!(day.greatest, Some(Bound::new("2025-01-01", true)));
    let rules = domains(&["day < '2000-01-01'", "date_part('year', day) <> 1999"]);
    assert_eq!(
        rules.domains["day"].greatest,
        Some(Bound::new("1999-01-01", true))
    );
    assert!(read("EXTRACT(month FROM day) = 4").is_err());
}

#[test]
fn distances_between_columns() {
    let days = |number: &str| Distance::Number(number.into());
    let day = 86_400_000_000;
    let exactly = |time| Distance::Time {
        least: time,
        greatest: time,
    };
    let most = Comparison::AtMost;
    for (expression, operator, distance) in [
        ("b <= a + 30", most, days("30")),
        ("b <= (a + '30'::integer)", most, days("30")),
        ("a + 30 >= b", most, days("30")),
        ("b - 30 <= a", most, days("30")),
        ("(b - a) <= 30", most, days("30")),
        ("a - b >= -30", most, days("30")),
        ("30 >= b - a", most, days("30")),
        ("NOT (b - a > 30)", most, days("30")),
        ("b > a + 1.5", Comparison::Above, days("1.5")),
        ("b <= a + interval '1 day'", most, exactly(day)),
        ("b <= (a + '1 day'::interval)", most, exactly(day)),
        ("b - a <= '24:00:00'::interval", most, exactly(day)),
        ("b <= a + INTERVAL '1' DAY", most, exactly(day)),
        (
            "b < a + '1 mon 12:00:00'::interval",
            Comparison::Below,
            Distance::Time {
                least: 28 * day + day / 2,
                greatest: 31 * day + day / 2,
            },
        ),
    ] {
        let rules = domains(&[expression]);
        assert_eq!(
            rules.distances,
            [ColumnDistance {
                upper: "b".into(),
                lower: "a".into(),
                operator,
                distance
            }],
            "{expression}"
        );
        assert_eq!(
            rules.relations,
            [relation("b", Comparison::AtLeast, "a")],
            "{expression}"
        );
    }
    let rules = domains(&["b - a > 0"]);
    assert_eq!(rules.relations, [relation("b", Comparison::Above, "a")]);
    for not_understood in ["b <= a + '1 day -1 hours'::interval", "b - a <> 3"] {
        assert!(read(not_understood).is_err(), "{not_understood}");
    }
}

#[test]
fn numbers_in_steps() {
    for expression in [
        "n % 5 = 0",
        "(n % 5) = 0",
        "mod(n, 5) = 0",
        "0 = mod(n, (5)::bigint)",
        "NOT (n % 5 <> 0)",
    ] {
        let found = domain(expression, "n");
        assert_eq!(
            found.multiples,
            Some(Multiples { of: 5, rest: 0 }),
            "{expression}"
        );
        assert_eq!(found.least, None, "{expression}");
        assert!(found.broken_by("7").is_some() && found.broken_by("10").is_none());
    }
    let odd = domain("n % 2 <> 0", "n");
    assert_eq!(odd.multiples, Some(Multiples { of: 2, rest: 1 }));
    assert_eq!(odd.least, Some(Bound::new("0", false)));
    let rules = domains(&["n IN (1, 2, 3, 4)", "n % 2 = 0"]);
    assert_eq!(
        rules.domains["n"].one_of,
        Some(vec!["2".into(), "4".into()])
    );
    assert!(read("n % 2 > 0").is_err());
    assert!(read("n % m = 1").is_err());
}
