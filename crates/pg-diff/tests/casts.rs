//! Every pair of types, judged by PostgreSQL: what a migration says of loss is what happens to values at the edges of
//! the old type, and what it doesn't say doesn't happen.
//!
//! A value is lost where two that differ become one, or one becomes NULL. It is refused where the statement fails.

use pg_model::{Column, EnumType, PgSchema, QualifiedName, Schema, Table, TypeKind};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use testkit::pg::TempPostgres;

/// Types with values at their edges, as literals. Values that mean the same stand in no list.
const TYPES: &[(&str, &[&str])] = &[
    ("smallint", &["0", "1", "2", "-32768", "32767"]),
    (
        "integer",
        &[
            "0",
            "1",
            "2",
            "-2147483648",
            "16777216",
            "16777217",
            "65537",
        ],
    ),
    (
        "bigint",
        &[
            "0",
            "1",
            "2",
            "-9223372036854775808",
            "9007199254740992",
            "9007199254740993",
            "16777217",
            "16777216",
            "4294967297",
        ],
    ),
    (
        "numeric",
        &[
            "0",
            "1",
            "2",
            "1.4",
            "1.25",
            "1.255",
            "1e30",
            "NaN",
            "1e400",
            "9007199254740993",
            "9007199254740992",
            "16777217",
            "16777216",
            "1.0000000000000000001",
        ],
    ),
    (
        "numeric(10, 2)",
        &[
            "0",
            "1",
            "2",
            "1.4",
            "1.25",
            "99999999.99",
            "NaN",
            "16777217.01",
            "16777217.02",
        ],
    ),
    ("numeric(4, 0)", &["0", "1", "2", "9999", "NaN"]),
    (
        "numeric(20, 4)",
        &[
            "0",
            "1",
            "2",
            "1.0001",
            "9999999999999999.9999",
            "9999999999999999.9998",
            "1000000000000.0001",
            "1000000000000.0002",
            "NaN",
            "16777217",
            "16777216",
        ],
    ),
    (
        "real",
        &[
            "0",
            "1",
            "2",
            "1.5",
            "1.25",
            "0.1",
            "3e38",
            "NaN",
            "Infinity",
            "1.2345678",
            "1.2345679",
        ],
    ),
    (
        "double precision",
        &[
            "0",
            "1",
            "2",
            "1.5",
            "1.25",
            "0.1",
            "0.10000000000000003",
            "1e300",
            "NaN",
            "Infinity",
        ],
    ),
    (
        "money",
        &[
            "0",
            "1",
            "2",
            "1.50",
            "1.25",
            "92233720368547758.07",
            "92233720368547758.06",
            "-3",
        ],
    ),
    (
        "text",
        &[
            "",
            "a",
            "a ",
            "1",
            "01",
            "1.5",
            "1.52",
            "true",
            "2020-01-01",
            "2020-01-01 10:00",
            "2020-01-01 10:00+09",
            "2020-01-02 10:00",
            "10:00",
            "10:00+09",
            "{\"a\":1,\"a\":2}",
            "{\"a\":2}",
            "101",
            "x y y",
            "x y",
            "a=>1, a=>2",
            "a=>1",
            "12345678901234567890",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "1.2.3.4/24",
        ],
    ),
    (
        "varchar(5)",
        &[
            "", "a", "a ", "1", "01", "abcde", "101", "x y y", "x y", "10:00",
        ],
    ),
    (
        "varchar(40)",
        &[
            "",
            "a",
            "a ",
            "1",
            "01",
            "{\"a\":1,\"a\":2}",
            "{\"a\":2}",
            "2020-01-01",
            "2020-01-01 10:00",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ],
    ),
    ("char(3)", &["", "a", "1", "01", "abc", "101"]),
    (
        "citext",
        &[
            "",
            "a",
            "a ",
            "1",
            "01",
            "{\"a\":1,\"a\":2}",
            "{\"a\":2}",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ],
    ),
    ("boolean", &["true", "false"]),
    (
        "date",
        &["2020-01-01", "0001-01-01", "2020-02-29", "1999-12-31"],
    ),
    ("time", &["00:00", "10:00", "10:00:00.4", "10:00:00.123456"]),
    ("time(0)", &["00:00", "10:00", "10:00:01"]),
    (
        "timetz",
        &["00:00+00", "10:00+00", "10:00+09", "10:00:00.4+00"],
    ),
    (
        "timestamp",
        &[
            "2020-01-01 00:00",
            "2020-01-01 10:00",
            "2020-01-02 10:00",
            "2020-01-01 10:00:00.4",
            "infinity",
            "-infinity",
            "2020-01-01 10:00:00.123456",
            "3020-01-01 10:00:00.123456",
            "3020-01-01 10:00:00.123457",
            "3020-01-01 10:00:00.123458",
            "3020-01-01 10:00:00.123459",
        ],
    ),
    (
        "timestamp(0)",
        &[
            "2020-01-01 00:00",
            "2020-01-01 10:00",
            "2020-01-02 10:00",
            "infinity",
            "-infinity",
            "2020-01-01 10:00:01",
        ],
    ),
    (
        "timestamptz",
        &[
            "2020-01-01 00:00+00",
            "2020-01-01 10:00+00",
            "2020-01-02 10:00+00",
            "2020-01-01 10:00:00.4+00",
            "infinity",
            "-infinity",
            "2020-01-01 10:00:00.123456+00",
            "3020-01-01 10:00:00.123456+00",
            "3020-01-01 10:00:00.123457+00",
            "3020-01-01 10:00:00.123458+00",
            "3020-01-01 10:00:00.123459+00",
        ],
    ),
    (
        "interval",
        &[
            "0",
            "1 day",
            "24:00:00",
            "1 mon",
            "30 days",
            "00:00:01",
            "00:00:01.4",
            "1 day 00:00:01",
            "100 years",
        ],
    ),
    (
        "interval(0)",
        &[
            "0",
            "1 day",
            "24:00:00",
            "1 mon",
            "30 days",
            "00:00:01",
            "1 day 00:00:01",
            "100 years",
        ],
    ),
    (
        "uuid",
        &[
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "00000000-0000-0000-0000-000000000000",
        ],
    ),
    (
        "json",
        &[
            "{\"a\":1,\"a\":2}",
            "{\"a\":2}",
            "null",
            "1",
            "\"1\"",
            "true",
            "\"x\"",
            "\"\\u0000\"",
            "[1]",
        ],
    ),
    (
        "jsonb",
        &["{\"a\":2}", "null", "1", "\"1\"", "true", "\"x\"", "[1]"],
    ),
    ("xml", &["<a/>", "<b/>", "c"]),
    (
        "bytea",
        &[
            "\\x",
            "\\x61",
            "\\xff",
            "\\x31",
            "\\x3031",
            "\\x000102030405060708090a0b0c0d0e0f",
            "\\x61616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161",
        ],
    ),
    ("bit(1)", &["0", "1"]),
    ("bit(4)", &["0101", "1010", "0001", "0000", "1000"]),
    (
        "bit(8)",
        &["01010101", "10100000", "00000001", "00000000", "01010000"],
    ),
    (
        "bit(40)",
        &[
            "0000000000000000000000000000000000000001",
            "1000000000000000000000000000000000000000",
            "1000000000000000000000000000000000000001",
        ],
    ),
    (
        "bit varying",
        &[
            "",
            "1",
            "01",
            "0101",
            "10101010101010101010101010101010101010101010101010101010101010101010101",
        ],
    ),
    ("bit varying(3)", &["", "1", "01", "101"]),
    ("inet", &["1.2.3.4", "1.2.3.4/24", "1.2.3.0/24", "::1"]),
    ("cidr", &["1.2.3.4", "1.2.3.0/24", "::1"]),
    ("macaddr", &["08:00:2b:01:02:03", "08:00:2b:01:02:04"]),
    (
        "macaddr8",
        &["08:00:2b:ff:fe:01:02:03", "08:00:2b:01:02:03:04:05"],
    ),
    ("point", &["(1,2)", "(0,0)"]),
    ("line", &["{1,2,3}", "{1,0,0}"]),
    ("lseg", &["[(0,0),(2,2)]", "[(0,2),(2,0)]", "[(1,1),(3,3)]"]),
    (
        "box",
        &[
            "(2,2),(0,0)",
            "(3,1),(-1,1)",
            "(3,3),(1,1)",
            "(4,5),(-2,-3)",
            "(5,4),(-3,-2)",
        ],
    ),
    (
        "path",
        &["[(0,0),(2,2)]", "((0,0),(2,2))", "[(0,0),(1,1),(2,0)]"],
    ),
    (
        "polygon",
        &[
            "((0,0),(2,2))",
            "((0,2),(2,0))",
            "((0,0),(0,2),(2,0),(2,2))",
        ],
    ),
    ("circle", &["<(1,1),1>", "<(1,1),2>", "<(0,0),1>"]),
    ("int4range", &["[1,5)", "[1,100)", "empty", "[1,2)", "(,5)"]),
    (
        "int8range",
        &["[1,5)", "[1,5000000000)", "empty", "[1,2)", "(,5)"],
    ),
    (
        "numrange",
        &[
            "[1,5)",
            "(0,5)",
            "[1,4]",
            "empty",
            "[1.5,2.5)",
            "[100000000000000000000,200000000000000000000)",
            "[1,1]",
        ],
    ),
    (
        "tsrange",
        &[
            "[2020-01-01,2020-01-05)",
            "[2020-01-01 10:00,2020-01-05)",
            "empty",
            "[2020-01-01,2020-01-01]",
        ],
    ),
    (
        "tstzrange",
        &[
            "[2020-01-01 00:00+00,2020-01-05 00:00+00)",
            "[2020-01-01 10:00+00,2020-01-05 00:00+00)",
            "empty",
        ],
    ),
    (
        "daterange",
        &[
            "[2020-01-01,2020-01-05)",
            "empty",
            "[2020-01-01,2020-01-02)",
            "(,2020-01-05)",
        ],
    ),
    (
        "int4multirange",
        &["{[1,5)}", "{[1,2),[4,5)}", "{}", "{(,5)}"],
    ),
    (
        "int8multirange",
        &["{[1,5)}", "{[1,2),[4,5)}", "{}", "{[1,5000000000)}"],
    ),
    (
        "datemultirange",
        &[
            "{[2020-01-01,2020-01-05)}",
            "{[2020-01-01,2020-01-02),[2020-01-04,2020-01-05)}",
            "{}",
        ],
    ),
    ("hstore", &["a=>1", "a=>NULL", ""]),
    ("ltree", &["a.b", "a", "1"]),
    ("tsvector", &["a b", "a", "b"]),
    ("tsquery", &["a & b", "a", "1"]),
    (
        "oid",
        &["0", "1", "2", "4294967295", "16777217", "16777216"],
    ),
    ("mood", &["sad", "1", "true"]),
    ("level", &["low", "1"]),
    ("pg_lsn", &["16/B374D848", "0/0"]),
];

/// Arrays, for fewer pairs.
const ARRAYS: &[(&str, &[&str])] = &[
    (
        "text[]",
        &[
            "{}",
            "{a}",
            "{a,b}",
            "{1}",
            "{1,2}",
            "{NULL}",
            "{01}",
            "{\"{\\\"a\\\":1,\\\"a\\\":2}\"}",
            "{\"{\\\"a\\\":2}\"}",
        ],
    ),
    (
        "varchar(2)[]",
        &["{}", "{a}", "{a,b}", "{1,2}", "{01}", "{1}"],
    ),
    (
        "integer[]",
        &["{}", "{0}", "{1,2}", "{1}", "{2}", "{70000}"],
    ),
    ("smallint[]", &["{}", "{0}", "{1,2}", "{1}", "{2}"]),
    ("boolean[]", &["{}", "{t}", "{t,f}"]),
    (
        "jsonb[]",
        &["{}", "{1}", "{1,2}", "{null}", "{\"\\\"1\\\"\"}"],
    ),
    (
        "timestamp[]",
        &[
            "{}",
            "{2020-01-01}",
            "{2020-01-01,2020-01-02}",
            "{2020-01-01 10:00}",
        ],
    ),
    ("uuid[]", &["{}", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"]),
    ("mood[]", &["{}", "{sad}", "{sad,1}"]),
];

/// Texts are read by most types.
const FROM_TEXT: &[&str] = &["text", "varchar", "char(3)", "citext"];

/// A month has more seconds than these types hold, so it is refused before it can be lost.
const TOO_FEW: &[&str] = &[
    "interval → smallint",
    "interval(0) → smallint",
    "interval(0) → numeric(4, 0)",
    "interval(0) → smallint[]",
    "interval → numeric(20, 4)",
    // Where seconds of so many digits are refused too.
    "numeric(20, 4) → timestamp[]",
    "numeric(20, 4) → timestamp",
    "numeric(20, 4) → timestamptz",
    "numeric(20, 4) → interval",
];

/// Casts one column of values; where it fails, each by itself.
const TRY: &str = r"
CREATE FUNCTION try(old_type text, statement text, literals text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    given text;
    became text;
    refused boolean := false;
    results text[] := '{}';
    nulls integer := 0;
BEGIN
    EXECUTE 'CREATE TABLE t (c ' || old_type || ')';
    BEGIN
        FOREACH given IN ARRAY literals LOOP
            EXECUTE 'INSERT INTO t VALUES (' || quote_literal(given) || ')';
        END LOOP;
        EXECUTE statement;
        EXECUTE 'SELECT array_agg(c::text) FROM t' INTO results;
    EXCEPTION WHEN OTHERS THEN
        refused := true;
        results := '{}';
        FOREACH given IN ARRAY literals LOOP
            BEGIN
                EXECUTE 'INSERT INTO t VALUES (' || quote_literal(given) || ')';
                EXECUTE statement;
                EXECUTE 'SELECT c::text FROM t' INTO became;
                results := results || became;
                RAISE EXCEPTION USING ERRCODE = 'XX999';
            EXCEPTION WHEN SQLSTATE 'XX999' THEN NULL; WHEN OTHERS THEN NULL;
            END;
        END LOOP;
    END;
    EXECUTE 'DROP TABLE t';
    RETURN CASE WHEN refused THEN 'refuses' ELSE '' END
        || CASE WHEN array_position(results, NULL) IS NOT NULL
                  OR (SELECT count(*) <> count(DISTINCT one) FROM unnest(results) AS one) THEN ' loses' ELSE '' END
        || CASE WHEN refused AND cardinality(results) = 0 THEN ' all' ELSE '' END;
END $$;
";

fn schema(data_type: &str) -> Schema {
    let mut table = Table::new(QualifiedName::bare("t"));
    let mut data_type = pg_text::data_type::read(data_type).data_type;
    if let TypeKind::Other(name) = &data_type.kind
        && ["mood", "level"].contains(&name.as_str())
    {
        data_type.kind = TypeKind::Enum(QualifiedName::bare(name));
    }
    table.columns.push(Column::new("c", data_type));
    let labels = |list: &[&str]| list.iter().map(|&label| label.to_owned()).collect();
    let enum_type = |name: &str, list: &[&str]| EnumType {
        name: QualifiedName::bare(name),
        values: labels(list),
    };
    Schema {
        tables: vec![table],
        own: PgSchema {
            enums: vec![
                enum_type("mood", &["sad", "1", "true"]),
                enum_type("level", &["low", "1"]),
            ],
            ..PgSchema::default()
        },
        ..Schema::default()
    }
}

/// What a migration says, and what it does.
struct Claim {
    pair: String,
    statement: String,
    loses: bool,
    may_fail: bool,
}

fn claim(old: &str, new: &str) -> Claim {
    let migration = pg_diff::migration(&schema(old), &schema(new)).expect("a migration");
    let sql = migration.sql("old", "new", pg_diff::Course::OneStep);
    let statement = sql.lines().find(|line| line.starts_with("ALTER TABLE"));
    Claim {
        pair: format!("{old} → {new}"),
        statement: statement
            .unwrap_or_default()
            .trim_end_matches(';')
            .to_owned(),
        loses: migration.losses().next().is_some(),
        may_fail: sql.contains("-- May fail"),
    }
}

fn check(pairs: &[(&str, &[&str], &str)]) {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let mut sql = format!(
        "CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE TYPE mood AS ENUM ('sad', '1', 'true'); \
         CREATE TYPE level AS ENUM ('low', '1'); SET TimeZone = 'UTC'; SET client_min_messages = warning; {TRY}"
    );
    let mut claims = Vec::new();
    for (old, values, new) in pairs {
        let claim = claim(old, new);
        let values: Vec<String> = values
            .iter()
            .map(|value| sql_text::literal(value))
            .collect();
        writeln!(
            sql,
            "SELECT 'result:' || try({}, {}, ARRAY[{}]::text[]);",
            sql_text::literal(old),
            sql_text::literal(&claim.statement),
            values.join(", ")
        )
        .expect("memory");
        claims.push(claim);
    }
    let printed = run(postgres, &database, &sql);
    let results: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("result:"))
        .collect();
    assert_eq!(results.len(), claims.len(), "{printed}");
    let mut wrong = Vec::new();
    for (claim, result) in claims.iter().zip(results) {
        let (refuses, loses) = (result.contains("refuses"), result.contains("loses"));
        let is_hidden = (refuses && !claim.may_fail) || (loses && !claim.loses);
        // Where texts are read, and where texts have an end, no list of values is long enough.
        let reads = [
            "::text",
            "#>>",
            "convert_from",
            "TYPE varchar",
            "TYPE char",
            "[1]",
        ]
        .iter()
        .any(|sign| claim.statement.contains(sign))
            || FROM_TEXT.iter().any(|old| claim.pair.starts_with(old));
        // Where nothing gets through nothing can be lost.
        let all = result.contains("all");
        let is_invented = (claim.may_fail && !refuses) || (claim.loses && !loses && !all);
        let is_invented = is_invented && !TOO_FEW.contains(&&*claim.pair);
        if is_hidden || (is_invented && !reads) {
            wrong.push(format!(
                "{}: `{result}`, but it says loses {}, may fail {}: {}",
                claim.pair, claim.loses, claim.may_fail, claim.statement
            ));
        }
    }
    postgres.drop_database(&database);
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        claims.len(),
        wrong.join("\n")
    );
}

/// More SQL than a command line holds.
fn run(postgres: &TempPostgres, database: &str, sql: &str) -> String {
    let mut psql = postgres
        .psql_command(database)
        .args(["-qAt", "-v", "ON_ERROR_STOP=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql");
    let mut input = psql.stdin.take().expect("its input");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(sql.as_bytes()).expect("psql reads"));
        psql.wait_with_output().expect("psql ends")
    });
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn what_is_said_of_each_pair_of_types_is_what_happens() {
    let pairs: Vec<_> = TYPES
        .iter()
        .flat_map(|(old, values)| TYPES.iter().map(move |(new, _)| (*old, *values, *new)))
        .filter(|(old, _, new)| old != new)
        .collect();
    check(&pairs);
}

#[test]
fn what_is_said_of_arrays_is_what_happens() {
    let all = || TYPES.iter().chain(ARRAYS);
    let pairs: Vec<_> = all()
        .flat_map(|(old, values)| all().map(move |(new, _)| (*old, *values, *new)))
        .filter(|(old, _, new)| old != new && (old.ends_with(']') || new.ends_with(']')))
        .collect();
    check(&pairs);
}
