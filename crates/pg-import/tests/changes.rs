//! What statements do to what stands before them: a dump that clears its database first, a script that changes
//! its mind.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use pg_import::{Import, read};

#[track_caller]
fn import(script: &str) -> Import {
    read(script.as_bytes()).unwrap_or_else(|errors| panic!("{errors}\n{script}"))
}

/// Both scripts come to the same schema. What is told of them may differ.
#[track_caller]
fn check_same(script: &str, plain: &str) {
    assert_eq!(
        pg_sql::ddl::schema_sql(&import(script).schema, "x"),
        pg_sql::ddl::schema_sql(&import(plain).schema, "x"),
        "{script}"
    );
}

#[track_caller]
fn check_refused(script: &str, expected: &[(usize, &str)]) {
    let errors = read(script.as_bytes()).unwrap_err();
    let found: Vec<(usize, String)> = errors
        .iter()
        .map(|error| (error.line().unwrap(), error.to_string()))
        .collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((line, text), (expected_line, part)) in found.iter().zip(expected) {
        assert_eq!(line, expected_line, "{text}");
        assert!(text.contains(part), "{text}");
    }
    for error in errors.iter() {
        assert!(error.source_line().is_some() && error.hint().is_some());
    }
}

const SCHEMA: &str = "\
CREATE EXTENSION citext WITH SCHEMA public;
CREATE TYPE public.mood AS ENUM ('a', 'b');
CREATE FUNCTION public.f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE public.s (id integer NOT NULL, t_id integer, mood public.mood);
CREATE SEQUENCE public.s_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.s_id_seq OWNED BY public.s.id;
CREATE TABLE public.\"Odd t\" (id integer NOT NULL);
ALTER TABLE ONLY public.s ALTER COLUMN id SET DEFAULT nextval('public.s_id_seq'::regclass);
ALTER TABLE ONLY public.\"Odd t\" ADD CONSTRAINT \"Odd t_pkey\" PRIMARY KEY (id);
ALTER TABLE ONLY public.s ADD CONSTRAINT s_pkey PRIMARY KEY (id);
CREATE INDEX i ON public.s USING btree (t_id);
CREATE TRIGGER tr BEFORE INSERT ON public.s FOR EACH ROW EXECUTE FUNCTION public.f();
ALTER TABLE ONLY public.s ADD CONSTRAINT fk FOREIGN KEY (t_id) REFERENCES public.\"Odd t\"(id);
";

#[test]
fn a_cleaning_dump_keeps_its_keys_and_defaults() {
    let clean = "\
ALTER TABLE ONLY public.s DROP CONSTRAINT fk;
ALTER TABLE IF EXISTS ONLY public.s DROP CONSTRAINT IF EXISTS s_pkey;
ALTER TABLE ONLY public.\"Odd t\" DROP CONSTRAINT \"Odd t_pkey\";
DROP TRIGGER tr ON public.s;
DROP TRIGGER IF EXISTS tr ON public.s;
DROP INDEX public.i;
ALTER TABLE public.s ALTER COLUMN id DROP DEFAULT;
ALTER TABLE IF EXISTS public.s ALTER COLUMN id DROP DEFAULT;
ALTER TABLE public.s ALTER id DROP IDENTITY, ALTER COLUMN t_id DROP EXPRESSION, ALTER t_id DROP NOT NULL;
ALTER TABLE public.events DETACH PARTITION public.events_1;
ALTER TABLE public.s NO INHERIT public.parent;
ALTER SEQUENCE public.s_id_seq OWNED BY NONE;
ALTER DOMAIN public.d DROP CONSTRAINT c;
ALTER TYPE public.pair DROP ATTRIBUTE a;
ALTER EXTENSION citext DROP FUNCTION public.f(integer);
ALTER PUBLICATION p DROP TABLE public.s;
ALTER VIEW IF EXISTS public.v ALTER COLUMN a DROP DEFAULT;
ALTER TABLE IF EXISTS public.s ADD CONSTRAINT nothing CHECK (id > 0);
DROP SEQUENCE public.s_id_seq;
DROP TABLE public.s, public.\"Odd t\" CASCADE;
DROP FUNCTION IF EXISTS public.f(a integer, b text);
DROP CAST (text AS public.mood);
DROP OPERATOR public.===(public.mood, public.mood);
DROP TYPE public.mood;
DROP EXTENSION citext;
DROP EVENT TRIGGER e;
DROP PUBLICATION IF EXISTS p;
DROP SCHEMA IF EXISTS public CASCADE;
DROP TRANSFORM FOR hstore LANGUAGE plpython3u;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
";
    check_same(&format!("{clean}{SCHEMA}"), SCHEMA);
    let notes = import(&format!("{clean}{SCHEMA}")).notes;
    let told: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].contains("only take away what isn't there yet"),
        "{told:#?}"
    );
    assert!(
        told[1].contains("1 statement about privileges"),
        "{told:#?}"
    );
}

#[test]
fn a_drop_in_the_middle_is_applied() {
    for (more, less) in [
        (
            "CREATE TABLE x (id serial PRIMARY KEY, s_id int REFERENCES s);\nCREATE INDEX j ON x (s_id);\nCOMMENT ON TABLE x IS 'y';\nCREATE POLICY p ON x USING (true);\nCOMMENT ON POLICY p ON x IS 'y';\nDROP TABLE x;\n",
            "",
        ),
        (
            "CREATE VIEW v AS SELECT 1;\nCOMMENT ON VIEW v IS 'x';\nALTER VIEW v SET (security_barrier);\nDROP VIEW v;\n",
            "",
        ),
        (
            "DROP TRIGGER tr ON s;\nCREATE TRIGGER tr BEFORE INSERT ON public.s FOR EACH ROW EXECUTE FUNCTION public.f();\n",
            "",
        ),
        ("CREATE TYPE c AS (a int);\nDROP TYPE public.c;\n", ""),
        (
            "CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 2';\nDROP FUNCTION f(b text);\n",
            "",
        ),
        (
            "ALTER TABLE s ADD COLUMN z int UNIQUE CHECK (z > 0) REFERENCES s;\nALTER TABLE s DROP COLUMN z;\n",
            "",
        ),
        (
            "CREATE SCHEMA app;\nCREATE TABLE app.t (id int);\nCREATE FUNCTION app.g() RETURNS int LANGUAGE sql AS 'SELECT 1';\nDROP SCHEMA app CASCADE;\n",
            "",
        ),
        ("CREATE SEQUENCE q;\nDROP SEQUENCE IF EXISTS q;\n", ""),
        (
            "ALTER TABLE s ADD CONSTRAINT c CHECK (id > 0) NO INHERIT;\nALTER TABLE s DROP CONSTRAINT c;\n",
            "",
        ),
        (
            "CREATE TABLE parent (id int) PARTITION BY RANGE (id);\nCREATE TABLE part PARTITION OF parent DEFAULT;\nDROP TABLE parent;\n",
            "",
        ),
        (
            "DROP INDEX i;\nCREATE INDEX i ON s USING btree (t_id);\n",
            "",
        ),
    ] {
        check_same(&format!("{SCHEMA}{more}"), &format!("{SCHEMA}{less}"));
    }
}

#[test]
fn what_depends_on_a_thing_goes_with_it_and_is_told() {
    let script = format!(
        "{SCHEMA}CREATE VIEW v AS SELECT id FROM public.s;\nCREATE VIEW w AS SELECT * FROM v;\nDROP TABLE \"Odd t\" CASCADE;\nDROP VIEW v CASCADE;\nDROP TYPE mood CASCADE;\n"
    );
    let import = import(&script);
    assert_eq!(import.schema.tables.len(), 1);
    assert!(import.schema.tables[0].foreign_keys.is_empty());
    assert!(import.schema.tables[0].column("mood").is_none());
    let told: Vec<&str> = import.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(
        told,
        [
            "`w` is dropped with `v`, on which it stands",
            "`s.mood` is dropped with its type `mood`"
        ]
    );
}

#[test]
fn what_cannot_be_applied_is_refused_and_all_of_it_at_once() {
    check_refused(
        "CREATE TABLE t (id int);\nCREATE TABLE t (id int);\nALTER TABLE t DROP COLUMN x;\nALTER TABLE t DROP CONSTRAINT y;\n\
         CREATE VIEW v AS SELECT id FROM t;\nALTER TABLE t RENAME COLUMN id TO no;\nALTER TABLE t RENAME TO u;\n\
         CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS '';\nCREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS '';\nDROP FUNCTION f;\nROLLBACK;\n",
        &[
            (2, "`t` is made a second time"),
            (3, "`t` has no `x` here"),
            (4, "`t` has no `y` here"),
            (6, "`t.id` changes here under `v`"),
            (7, "`t` changes here under `v`"),
            (10, "several things of the name `f`"),
            (11, "rolled back"),
        ],
    );
}

#[test]
fn a_stub_of_a_view_goes_when_nothing_needs_it() {
    let stub = "CREATE OR REPLACE VIEW public.v AS\nSELECT\n    NULL::integer AS id,\n    NULL::character varying(20) COLLATE pg_catalog.\"C\" AS a;\n";
    let table = "CREATE TABLE public.t (id integer NOT NULL, a text);\nALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n";
    let view = "VIEW public.v AS SELECT id, a FROM public.t GROUP BY id;\n";
    check_same(
        &format!(
            "{stub}DROP VIEW public.v;\n{}{table}CREATE OR REPLACE {view}",
            stub.replace(" OR REPLACE", "")
        ),
        &format!("{table}CREATE OR REPLACE {view}"),
    );
    // Of what a dump without this view's drop leaves, the second is the one.
    check_same(
        &format!("{stub}{table}CREATE OR REPLACE {view}"),
        &format!("{table}CREATE OR REPLACE {view}"),
    );
    // It stays where something stands on it before the view can be made.
    let function =
        "CREATE FUNCTION public.of_v(public.v) RETURNS integer LANGUAGE sql AS 'SELECT 1';\n";
    let import = import(&format!("{stub}{function}{table}CREATE OR REPLACE {view}"));
    assert_eq!(import.schema.statements.len(), 3);
}

#[test]
fn the_search_path_of_rails_at_the_end_is_taken() {
    for path in [
        "SET search_path TO app, public;",
        "SET search_path TO \"$user\", app, public;",
        "SET search_path = 'app', public;",
        "SET SESSION search_path TO app;",
        "SELECT pg_catalog.set_config('search_path', 'app, public', false);",
        "SELECT set_config('search_path', 'app', false);",
    ] {
        for insert in [
            "INSERT INTO \"schema_migrations\" (version) VALUES\n('2'),\n('1');",
            "INSERT INTO schema_migrations (version) VALUES ('2');\nINSERT INTO schema_migrations (version) VALUES ('1');",
            "INSERT INTO ar_internal_metadata (key, value, created_at, updated_at) VALUES ('environment', 'test', now(), now());",
        ] {
            let head = "CREATE SCHEMA app;\nCREATE TABLE app.t (id integer);\n";
            check_same(&format!("{head}{path}\n{insert}\n"), head);
            // What lies where its name says can follow too, and what follows a change back.
            let index = "CREATE INDEX i ON app.t USING btree (id);\n";
            check_same(&format!("{path}\n{head}{index}"), &format!("{head}{index}"));
            let table = "CREATE TABLE u (id integer);\n";
            check_same(
                &format!("{head}{path}\nSET search_path TO public;\n{table}"),
                &format!("{head}{table}"),
            );
        }
        for after in [
            "CREATE TABLE t (id integer);",
            "ALTER TABLE t ADD COLUMN a integer;",
            "CREATE INDEX i ON t (id);",
            "COMMENT ON TABLE t IS 'x';",
            "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
        ] {
            check_refused(
                &format!("{path}\n{after}\n"),
                &[(2, "the name has no schema, and the search_path says")],
            );
        }
    }
}

#[test]
fn a_sequence_that_is_not_as_its_table_is_stays_one() {
    let table = "CREATE UNLOGGED TABLE public.u (id bigint NOT NULL);\n";
    let sequence = "SEQUENCE public.u_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;\n\
         ALTER SEQUENCE public.u_id_seq OWNED BY public.u.id;\n\
         ALTER TABLE ONLY public.u ALTER COLUMN id SET DEFAULT nextval('public.u_id_seq'::regclass);\n";
    let same = import(&format!("{table}CREATE UNLOGGED {sequence}"));
    assert!(same.schema.statements.is_empty());
    let other = import(&format!("{table}CREATE {sequence}"));
    assert_eq!(other.schema.statements.len(), 2);
    assert_eq!(other.schema.statements[0].tables_before, 0);
}

#[test]
fn a_sequence_that_an_earlier_table_uses_is_made_before_both() {
    let import = import(
        "CREATE TABLE a (id integer);\nCREATE TABLE z (id bigserial);\n\
         CREATE TABLE y (id bigint NOT NULL);\n\
         CREATE SEQUENCE y_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;\n\
         ALTER SEQUENCE y_id_seq OWNED BY y.id;\n\
         ALTER TABLE y ALTER COLUMN id SET DEFAULT nextval('y_id_seq'::regclass);\n\
         ALTER TABLE a ALTER COLUMN id SET DEFAULT nextval('y_id_seq'::regclass);\n",
    );
    let first = &import.schema.statements[0];
    assert!(
        first.sql.starts_with("CREATE SEQUENCE") && first.tables_before == 0,
        "{first:?}"
    );
}

#[test]
fn names_around_which_everything_is_quoted_are_the_same_names() {
    check_same(
        "CREATE TABLE \"public\".\"t\" (\"id\" bigint NOT NULL, \"d\" \"date\" DEFAULT 'x'::\"date\", \"c\" \"char\", \"l\" \"text\"[], \"m\" \"public\".\"citext\");\n\
         CREATE SEQUENCE \"public\".\"t_id_seq\" START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;\n\
         ALTER SEQUENCE \"public\".\"t_id_seq\" OWNED BY \"public\".\"t\".\"id\";\n\
         ALTER TABLE ONLY \"public\".\"t\" ALTER COLUMN \"id\" SET DEFAULT \"nextval\"('\"public\".\"t_id_seq\"'::\"regclass\");\n",
        "CREATE TABLE t (id bigserial, d date DEFAULT 'x', c \"char\", l text[], m citext);\n",
    );
}

#[test]
fn files_run_one_after_the_other_and_are_told_apart() {
    let files = [
        "CREATE TABLE a (id int PRIMARY KEY);\n",
        "-- migrate:up\nALTER TABLE a ADD COLUMN b int;\nINSERT INTO a VALUES (1, 2);\n-- migrate:down\nDROP TABLE a;\n",
        "ALTER TABLE a RENAME TO c;",
    ];
    let import = pg_import::read_all(files.map(|text| Ok(text.as_bytes()))).unwrap();
    assert_eq!(import.schema.tables[0].name.name, "c");
    assert_eq!(import.schema.tables[0].columns.len(), 2);
    assert_eq!((import.notes[0].file, import.notes[0].line), (1, 3));
    let broken = [
        "CREATE TABLE a (id int);\n\n",
        "\nCREATE TABLE a (id int);\nALTER TABLE a DROP COLUMN x;\n",
        "CREATE TABLE (",
    ];
    let errors = pg_import::read_all(broken.map(|text| Ok(text.as_bytes()))).unwrap_err();
    let places: Vec<(usize, Option<usize>)> = errors
        .iter()
        .map(|error| (error.file(), error.line()))
        .collect();
    assert_eq!(places, [(1, Some(2)), (1, Some(3)), (2, Some(1))]);
}

#[test]
fn a_tablespace_is_told_and_goes() {
    check_same(
        "CREATE TABLE a (id int, tablespace text) TABLESPACE fast;\nCREATE INDEX i ON a (id) TABLESPACE fast WHERE id > 0;\n\
         CREATE MATERIALIZED VIEW v TABLESPACE fast AS SELECT 1;\n",
        "CREATE TABLE a (id int, tablespace text);\nCREATE INDEX i ON a (id) WHERE id > 0;\n\
         CREATE MATERIALIZED VIEW v AS SELECT 1;\n",
    );
}

#[test]
fn large_objects_are_cleaned_away_in_any_form() {
    check_same(
        "SELECT pg_catalog.lo_unlink('16400');\n\
         SELECT CASE WHEN EXISTS(SELECT 1 FROM pg_catalog.pg_largeobject_metadata WHERE oid = '16400') THEN pg_catalog.lo_unlink('16400') END;\n\
         CREATE TABLE a (id int);\nCOMMENT ON LARGE OBJECT 16400 IS 'x';\nCOMMENT ON DATABASE shop IS 'y';\n",
        "CREATE TABLE a (id int);\n",
    );
}

#[test]
fn what_takes_all_columns_of_a_table_sees_no_later_ones() {
    check_refused(
        "CREATE TABLE t (id int);\nCREATE VIEW v AS SELECT t.* FROM t;\nALTER TABLE t ADD COLUMN a int;\n",
        &[(3, "`t` changes here under `v`")],
    );
    // No column is meant by these.
    check_same(
        "CREATE TABLE t (id int);\nCREATE VIEW v AS SELECT count(*), 2 * max(id) AS m FROM t;\nALTER TABLE t ADD COLUMN a int;\n",
        "CREATE TABLE t (id int, a int);\nCREATE VIEW v AS SELECT count(*), 2 * max(id) AS m FROM t;\n",
    );
    check_same(
        "CREATE TABLE t (id serial PRIMARY KEY, a int DEFAULT 1 CHECK (a > 0), UNIQUE (a));\nCREATE INDEX ON t (a);\n\
         CREATE TABLE u (LIKE t INCLUDING ALL, b int);\nALTER TABLE t ADD COLUMN c int;\n",
        "CREATE TABLE t (id serial PRIMARY KEY, a int DEFAULT 1 CONSTRAINT t_a_check CHECK (a > 0), c int, CONSTRAINT t_a_key UNIQUE (a));\n\
         CREATE INDEX t_a_idx ON t (a);\n\
         CREATE TABLE u (id int DEFAULT nextval('t_id_seq'::regclass) NOT NULL, a int DEFAULT 1, b int, \
         CONSTRAINT t_a_check CHECK (a > 0), CONSTRAINT u_a_key UNIQUE (a), PRIMARY KEY (id));\n\
         CREATE INDEX u_a_idx ON u (a);\n",
    );
}
