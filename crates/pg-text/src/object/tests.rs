//! Statements, what they make, and which of them make the same.

use super::*;

#[track_caller]
fn check_drop(sql: &str, expected: &str) {
    let object = made(sql).unwrap_or_else(|| panic!("not recognised: {sql}"));
    assert_eq!(object.drop_sql(), expected);
    let again = dropped(expected).filter(|_| object.kind != Kind::Constraint);
    let same = again.is_none_or(|again| object.is_same_as(&again));
    assert!(same || object.kind == Kind::Index, "{expected}");
}

#[test]
fn what_is_made_can_be_taken_away() {
    for (sql, expected) in [
        ("CREATE VIEW v AS SELECT 1", "DROP VIEW v"),
        (
            "create or replace view \"My\".v AS SELECT 1",
            "DROP VIEW \"My\".v",
        ),
        (
            "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1",
            "DROP MATERIALIZED VIEW m",
        ),
        (
            "-- when\nCREATE TRIGGER t BEFORE UPDATE OF a ON s.x FOR EACH ROW EXECUTE FUNCTION f()",
            "DROP TRIGGER t ON s.x",
        ),
        (
            "CREATE FUNCTION f(a integer DEFAULT 1 + (2), b numeric(3, 2) = 0, out c int) LANGUAGE sql AS ''",
            "DROP FUNCTION f(integer, numeric(3, 2))",
        ),
        (
            "CREATE FUNCTION f() RETURNS int AS $$ $$",
            "DROP FUNCTION f()",
        ),
        (
            "CREATE PROCEDURE p(a int, OUT b int) LANGUAGE sql AS ''",
            "DROP PROCEDURE p(IN int)",
        ),
        ("CREATE UNIQUE INDEX i ON s.t (a)", "DROP INDEX s.i"),
        (
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
            "DROP INDEX i",
        ),
        (
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "DROP EVENT TRIGGER e",
        ),
        (
            "CREATE OR REPLACE RULE r AS ON INSERT TO s.t DO ALSO (SELECT 1; SELECT 2)",
            "DROP RULE r ON s.t",
        ),
        (
            "CREATE POLICY p ON s.t USING (true)",
            "DROP POLICY p ON s.t",
        ),
        ("CREATE DOMAIN d AS text", "DROP DOMAIN d"),
        ("CREATE TYPE c AS (a int)", "DROP TYPE c"),
        ("CREATE SEQUENCE s", "DROP SEQUENCE s"),
        (
            "CREATE AGGREGATE a(int, b text) (SFUNC = f, STYPE = int)",
            "DROP AGGREGATE a(int, text)",
        ),
        (
            "CREATE AGGREGATE a(*) (SFUNC = f, STYPE = int)",
            "DROP AGGREGATE a(*)",
        ),
        (
            "CREATE AGGREGATE a (BASETYPE = integer, SFUNC = f, STYPE = int)",
            "DROP AGGREGATE a(integer)",
        ),
        (
            "CREATE AGGREGATE a(float8 ORDER BY int) (SFUNC = f, STYPE = internal)",
            "DROP AGGREGATE a(float8 ORDER BY int)",
        ),
        (
            "CREATE OPERATOR s.=== (LEFTARG = int, RIGHTARG = text, FUNCTION = f)",
            "DROP OPERATOR s.=== (int, text)",
        ),
        (
            "CREATE OPERATOR !! (RIGHTARG = bigint, PROCEDURE = f)",
            "DROP OPERATOR !! (NONE, bigint)",
        ),
        (
            "CREATE CAST (text AS mood) WITH INOUT AS ASSIGNMENT",
            "DROP CAST (text AS mood)",
        ),
        (
            "CREATE OPERATOR CLASS o DEFAULT FOR TYPE int USING btree AS STORAGE int",
            "DROP OPERATOR CLASS o USING btree",
        ),
        (
            "CREATE TEXT SEARCH CONFIGURATION s.c (COPY = simple)",
            "DROP TEXT SEARCH CONFIGURATION s.c",
        ),
        (
            "CREATE COLLATION c (provider = icu, locale = 'und')",
            "DROP COLLATION c",
        ),
        ("CREATE STATISTICS s ON a, b FROM t", "DROP STATISTICS s"),
        (
            "CREATE EXTENSION IF NOT EXISTS hstore",
            "DROP EXTENSION hstore",
        ),
        (
            "ALTER TABLE ONLY s.t ADD CONSTRAINT c CHECK (a > 0)",
            "ALTER TABLE s.t DROP CONSTRAINT c",
        ),
    ] {
        check_drop(sql, expected);
    }
}

#[test]
fn what_has_no_known_opposite_is_left_alone() {
    for sql in [
        "INSERT INTO t VALUES (1)",
        "ALTER TABLE t ADD COLUMN x int",
        "CREATE INDEX ON t (a)",
        "CREATE",
        "CREATE FUNCTION f",
        "CREATE TABLE IF",
        "CREATE OPERATOR (LEFTARG = int)",
        "",
    ] {
        assert_eq!(made(sql), None, "{sql}");
    }
    for sql in ["DROP VIEW a, b", "DROP FUNCTION f", "CREATE VIEW v", "DROP"] {
        assert_eq!(dropped(sql), None, "{sql}");
    }
}

/// All statements of a list make one thing, and the two lists two.
#[track_caller]
fn check_same(same: &[&str], others: &[&str]) {
    let object = |sql: &str| made(sql).unwrap_or_else(|| panic!("not recognised: {sql}"));
    for sql in same {
        assert!(object(sql).is_same_as(&object(same[0])), "{sql}");
    }
    for sql in others {
        assert!(!object(sql).is_same_as(&object(same[0])), "{sql}");
    }
}

#[test]
fn a_function_is_its_name_and_its_input_types() {
    check_same(
        &[
            "CREATE FUNCTION public.g(a integer) RETURNS int AS ''",
            "CREATE OR REPLACE FUNCTION g(int) RETURNS text AS ''",
            "create function \"g\"(IN b pg_catalog.int4 = 1, OUT c text) AS ''",
            "CREATE FUNCTION G(INOUT int4) AS ''",
            "CREATE FUNCTION g(a int) RETURNS TABLE (b int, c int) AS ''",
        ],
        &[
            "CREATE FUNCTION g(bigint) RETURNS int AS ''",
            "CREATE FUNCTION g() RETURNS int AS ''",
            "CREATE FUNCTION g(int[]) RETURNS int AS ''",
            "CREATE FUNCTION crew.g(int) RETURNS int AS ''",
            "CREATE FUNCTION \"G\"(int) RETURNS int AS ''",
            "CREATE PROCEDURE g(int) AS ''",
        ],
    );
    check_same(
        &[
            "CREATE FUNCTION g(VARIADIC a character varying(3)[]) RETURNS int AS ''",
            "CREATE FUNCTION g(varchar[]) RETURNS int AS ''",
            "CREATE FUNCTION g(a varchar ARRAY) RETURNS int AS ''",
        ],
        &["CREATE FUNCTION g(text[]) RETURNS int AS ''"],
    );
}

#[test]
fn a_name_and_a_type_are_told_apart() {
    let names = |arguments: &str| -> Vec<(Option<String>, String)> {
        let sql = format!("CREATE FUNCTION f({arguments}) RETURNS int AS ''");
        let routine = made(&sql).and_then(|object| object.routine);
        let arguments = routine.expect("a function").arguments;
        let both = arguments.into_iter();
        both.map(|one| (one.name, one.data_type.to_string()))
            .collect()
    };
    let of = |name: &str, data_type: &str| {
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        (name, data_type.to_owned())
    };
    for (text, expected) in [
        ("double precision", of("", "float8")),
        ("date date", of("date", "date")),
        ("\"a b\" timestamp with time zone", of("a b", "timestamptz")),
        ("timestamp with time zone", of("", "timestamptz")),
        ("a OUT character varying", of("a", "varchar")),
        ("VARIADIC \"any\"", of("", "any")),
        ("users", of("", "users")),
        ("u crew.users", of("u", "crew.users")),
        ("u crew.users.name%TYPE", of("u", "crew.users.name%type")),
        ("a interval day to second", of("a", "interval")),
    ] {
        assert_eq!(names(text), [expected], "{text}");
    }
}

#[test]
fn what_may_change_in_place_is_what_postgresql_replaces() {
    let routine = |head: &str| {
        let object = made(&format!("CREATE FUNCTION f{head} LANGUAGE sql AS ''"));
        object
            .and_then(|object| object.routine)
            .expect("a function")
    };
    let can = |old: &str, new: &str| routine(new).can_replace(&routine(old));
    for (old, new) in [
        ("(a int) RETURNS int", "(a integer) RETURNS int4"),
        ("(int) RETURNS int", "(a int) RETURNS int"),
        ("(a int) RETURNS int", "(a int = 5) RETURNS int"),
        ("(a int = 1) RETURNS int", "(a int = 2) RETURNS int"),
        ("() RETURNS TABLE (a int)", "() RETURNS TABLE (A integer)"),
    ] {
        assert!(can(old, new), "{old} → {new}");
    }
    for (old, new) in [
        ("(a int) RETURNS int", "(b int) RETURNS int"),
        ("(a int) RETURNS int", "(int) RETURNS int"),
        ("(a int) RETURNS int", "(a int) RETURNS text"),
        ("(a int) RETURNS int", "(a int) RETURNS SETOF int"),
        ("(a int) RETURNS int", "(a int, OUT b int)"),
        ("(a int = 1) RETURNS int", "(a int) RETURNS int"),
        ("() RETURNS TABLE (a int)", "() RETURNS TABLE (b int)"),
        ("(a int[]) RETURNS int", "(VARIADIC a int[]) RETURNS int"),
    ] {
        assert!(!can(old, new), "{old} → {new}");
    }
}

#[test]
fn a_parsed_body_is_told_from_a_text() {
    let body = |sql: &str| {
        made(sql)
            .and_then(|object| object.routine)
            .map(|one| one.body)
    };
    for (sql, expected) in [
        ("CREATE FUNCTION f() RETURNS int RETURN 1", Body::Parsed),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
            Body::Parsed,
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURNS NULL ON NULL INPUT AS 'RETURN 1'",
            Body::Text,
        ),
    ] {
        assert_eq!(body(sql), Some(expected), "{sql}");
    }
}

#[test]
fn the_same_operands_make_the_same_thing() {
    check_same(
        &[
            "CREATE CAST (int AS public.mood) WITH INOUT",
            "create cast (integer as mood) WITHOUT FUNCTION",
        ],
        &["CREATE CAST (bigint AS mood) WITH INOUT"],
    );
    check_same(
        &[
            "CREATE OPERATOR == (LEFTARG = int, RIGHTARG = int, FUNCTION = f)",
            "CREATE OPERATOR public.== (function = g, rightarg = integer, leftarg = int4)",
        ],
        &[
            "CREATE OPERATOR == (RIGHTARG = int, FUNCTION = f)",
            "CREATE OPERATOR = (LEFTARG = int, RIGHTARG = int, FUNCTION = f)",
        ],
    );
    check_same(
        &[
            "CREATE AGGREGATE a(int) (SFUNC = f, STYPE = int)",
            "CREATE AGGREGATE a (SFUNC = f, BASETYPE = integer, STYPE = int)",
        ],
        &["CREATE AGGREGATE a(*) (SFUNC = f, STYPE = int)"],
    );
    check_same(
        &[
            "CREATE TRIGGER t AFTER INSERT ON public.x EXECUTE FUNCTION f()",
            "CREATE CONSTRAINT TRIGGER T AFTER UPDATE ON X EXECUTE PROCEDURE g()",
        ],
        &["CREATE TRIGGER t AFTER INSERT ON y EXECUTE FUNCTION f()"],
    );
}

#[test]
fn names_of_one_space_exclude_each_other() {
    let object = |sql: &str| made(sql).expect("an object");
    let meets = |one: &str, other: &str| object(one).takes_the_place_of(&object(other));
    assert!(meets("CREATE VIEW a AS SELECT 1", "CREATE SEQUENCE a"));
    assert!(meets(
        "CREATE VIEW a AS SELECT 1",
        "CREATE TYPE a AS (b int)"
    ));
    assert!(meets("CREATE DOMAIN a AS int", "CREATE TYPE a AS ENUM ()"));
    assert!(meets(
        "CREATE FUNCTION f(int) RETURNS int AS ''",
        "CREATE PROCEDURE f(a integer) AS ''"
    ));
    assert!(!meets("CREATE SEQUENCE a", "CREATE DOMAIN a AS int"));
    assert!(!meets(
        "CREATE FUNCTION f(int) RETURNS int AS ''",
        "CREATE PROCEDURE f() AS ''"
    ));
    assert!(!meets(
        "CREATE VIEW a AS SELECT 1",
        "CREATE COLLATION a FROM \"C\""
    ));
}
