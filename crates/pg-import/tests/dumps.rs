//! Whole dumps: what comes of them, what is left out, and what is refused.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use pg_import::{Import, looks_like_sql, read};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[track_caller]
fn import(dump: &str) -> Import {
    read(dump.as_bytes()).unwrap()
}

/// The notes, each as `line: text`.
fn notes(import: &Import) -> Vec<String> {
    import
        .notes
        .iter()
        .map(|note| format!("{}: {}", note.line, note.text))
        .collect()
}

/// Statements with the number of tables before them.
fn statements(import: &Import) -> Vec<(usize, &str)> {
    import
        .schema
        .statements
        .iter()
        .map(|statement| (statement.tables_before, statement.sql.as_str()))
        .collect()
}

#[track_caller]
fn check_refused(dump: &[u8], line: usize, error: &str, hint: &str) {
    let errors = read(dump).unwrap_err();
    let refused = errors.iter().next().unwrap();
    assert_eq!(errors.iter().count(), 1, "{errors}");
    assert_eq!(refused.to_string(), error);
    assert_eq!(refused.line(), Some(line));
    assert!(
        refused.hint().unwrap().contains(hint),
        "{:?}",
        refused.hint()
    );
}

#[test]
fn rows_owners_and_grants_are_left_out_and_told() {
    let import = import(
        "SET statement_timeout = 0;\n\
         SELECT pg_catalog.set_config('search_path', '', false);\n\
         CREATE TABLE public.a (id integer);\n\
         ALTER TABLE public.a OWNER TO shop;\n\
         COPY public.a (id) FROM stdin;\n1\n2\n3\n\\.\n\
         INSERT INTO public.a VALUES (4), (5);\n\
         SELECT pg_catalog.setval('public.a_id_seq', 3, true);\n\
         GRANT ALL ON TABLE public.a TO shop;\n\
         ALTER DEFAULT PRIVILEGES FOR ROLE shop GRANT ALL ON TABLES TO shop;\n\
         DROP TABLE public.b;\n\
         CREATE USER MAPPING FOR shop SERVER far OPTIONS (password 'secret');\n\
         \\set x 1\n",
    );
    assert_eq!(import.schema.tables.len(), 1);
    assert_eq!(statements(&import), []);
    let told = notes(&import);
    let starts = [
        "4: 1 statement that sets an owner left out",
        "5: 5 rows left out",
        "11: 1 position of a sequence left out",
        "12: 2 statements about privileges left out",
        "14: 1 statement that only takes away what isn't there yet, as those of `--clean` do, left out",
        "15: 1 subscription or user mapping left out",
        "16: `\\set x 1` is a command of psql",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}");
    }
    assert!(!format!("{import:?}").contains("secret"));
}

#[test]
fn what_a_table_needs_comes_before_it_and_the_rest_behind() {
    let import = import(
        "CREATE FUNCTION public.unused() RETURNS integer LANGUAGE sql AS 'SELECT 1';\n\
         CREATE DOMAIN public.short AS text;\n\
         CREATE FUNCTION public.outer_one(text) RETURNS text LANGUAGE sql AS 'SELECT inner_one($1)';\n\
         CREATE FUNCTION public.inner_one(text) RETURNS text LANGUAGE sql AS 'SELECT $1';\n\
         CREATE TABLE public.a (x integer);\n\
         CREATE TABLE public.b (x public.short, y text DEFAULT public.outer_one('z'::text));\n\
         CREATE VIEW public.v AS SELECT 1;\n",
    );
    let made: Vec<(usize, &str)> = statements(&import)
        .into_iter()
        .map(|(before, sql)| {
            (
                before,
                sql.split('.')
                    .nth(1)
                    .unwrap()
                    .split([' ', '('])
                    .next()
                    .unwrap(),
            )
        })
        .collect();
    assert_eq!(
        made,
        [
            (1, "short"),
            (1, "outer_one"),
            (1, "inner_one"),
            (2, "unused"),
            (2, "v")
        ]
    );
}

#[test]
fn rails_own_tables_are_left_out() {
    let import = import(
        "CREATE TABLE public.schema_migrations (version character varying NOT NULL);\n\
         CREATE TABLE public.users (id bigint NOT NULL);\n\
         ALTER TABLE ONLY public.schema_migrations ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);\n\
         SET search_path TO \"$user\", public;\n\
         INSERT INTO \"schema_migrations\" (version) VALUES\n('20240101000000'),\n('20240102000000');\n",
    );
    assert_eq!(import.schema.tables.len(), 1);
    assert_eq!(statements(&import), []);
    assert!(notes(&import)[0].contains("`gen-schema --rails-metadata`"));
}

#[test]
fn what_is_no_dump_of_postgresql_is_refused_with_the_way_out() {
    check_refused(
        b"PGDMP\x01\x0e\x00",
        1,
        "this is a dump in pg_dump's custom format, which isn't text",
        "pg_restore --schema-only -f -",
    );
    check_refused(
        b"\x1f\x8b\x08\x00",
        1,
        "this is compressed by gzip, not text",
        "gzip -dc",
    );
    check_refused(
        b"\xff\xfe-\x00-\x00",
        1,
        "the file is UTF-16, not UTF-8",
        "-f shop.sql",
    );
    check_refused(
        b"-- MySQL dump 10.13\n",
        1,
        "this is a dump of MySQL, not of PostgreSQL",
        "PostgreSQL only",
    );
    check_refused(
        b"\n/*!40101 SET NAMES utf8 */;\n",
        2,
        "this is a dump of MySQL, not of PostgreSQL",
        "PostgreSQL only",
    );
    check_refused(
        b"SELECT 1;\nCREATE TABLE \xe9 ();\n",
        2,
        "the line isn't UTF-8",
        "--encoding=UTF8",
    );
    check_refused(
        b"SET client_encoding = 'LATIN1';\n",
        1,
        "the dump is of a database in LATIN1, not UTF-8",
        "--encoding=UTF8",
    );
    check_refused(
        b"\\connect shop\nCREATE TABLE t ();\n\\connect other\n",
        3,
        "the file goes on to another database, `other`",
        "alone",
    );
    check_refused(
        b"SET search_path = audit, pg_catalog;\nCREATE TABLE t (id integer);\n",
        2,
        "the name has no schema, and the search_path says `audit, pg_catalog`",
        "10.3 or newer",
    );
    check_refused(
        b"SET a = 1;\n",
        1,
        "nothing in the file makes a table, a type or anything else of a schema",
        "pg_dump --schema-only",
    );
}

#[test]
fn sql_is_told_from_ruby_by_what_it_begins_with() {
    for sql in [
        &b"--\n-- PostgreSQL database dump\n"[..],
        b"\n\nSET statement_timeout = 0;",
        b"\\restrict x\n",
        b"\xef\xbb\xbfCREATE TABLE t ();",
        b"PGDMP",
        b"/* mine */",
        b"DO $$ BEGIN CREATE TYPE m AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $$;",
        b"BEGIN\n;",
        b"begin transaction;",
        b"GRANT USAGE ON SCHEMA public TO PUBLIC;",
    ] {
        assert!(looks_like_sql(sql), "{}", String::from_utf8_lossy(sql));
    }
    for ruby in [
        &b"# a comment\ncreate_table \"t\" do |t|\n"[..],
        b"ActiveRecord::Schema[7.1].define do\n",
        b"require \"other\"\n",
        b"create_table :t\n",
        b"begin\n  create_table :t\nend",
        b"BEGIN { x }",
        b"",
    ] {
        assert!(!looks_like_sql(ruby), "{}", String::from_utf8_lossy(ruby));
    }
}

/// Pieces of dumps, so that random texts reach every reader.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "CREATE TABLE",
        "public.t",
        "(",
        ")",
        ",",
        ";",
        ";\n",
        "id",
        "integer",
        "bigint",
        "text[]",
        "NOT NULL",
        "DEFAULT",
        "NULL",
        "nextval('public.t_id_seq'::regclass)",
        "GENERATED ALWAYS AS",
        "IDENTITY",
        "STORED",
        "CONSTRAINT",
        "c",
        "CHECK",
        "PRIMARY KEY",
        "UNIQUE",
        "EXCLUDE USING gist",
        "FOREIGN KEY",
        "REFERENCES",
        "ALTER TABLE ONLY",
        "ADD",
        "ALTER COLUMN",
        "SET DEFAULT",
        "CREATE INDEX",
        "ON",
        "USING btree",
        "WHERE",
        "INCLUDE",
        "CREATE SEQUENCE public.t_id_seq",
        "START WITH 1",
        "ALTER SEQUENCE",
        "OWNED BY",
        "public.t.id",
        "CREATE TYPE",
        "AS ENUM",
        "'a'",
        "'it''s'",
        "E'\\n",
        "\"odd",
        "\"\"",
        "$$",
        "$x$",
        "--",
        "/*",
        "*/",
        "COMMENT ON COLUMN",
        "IS",
        "ATTACH PARTITION",
        "FOR VALUES IN ('a')",
        "CREATE FUNCTION",
        "BEGIN ATOMIC",
        "CASE",
        "END",
        "COPY public.t FROM stdin;\n",
        "\\.\n",
        "\\restrict x\n",
        "\n",
        "::",
        "COLLATE",
        "\0",
        "名",
        "INSERT INTO",
        "VALUES",
        "SET search_path =",
        "SELECT pg_catalog.set_config('a', 'b', false)",
        "OWNER TO x",
        "DROP TABLE public.t",
        "DROP",
        "FUNCTION public.f(integer)",
        "VIEW public.v AS SELECT id FROM public.t",
        "CREATE OR REPLACE",
        "CASCADE",
        "RENAME",
        "TO u",
        "SCHEMA public",
        "COLUMN",
        "TYPE",
        "DETACH",
        "(x)::text = ANY ((ARRAY['a'::character varying])::text[])",
    ]);
    prop_oneof![9 => words.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_of_the_right_pieces_is_survived(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.join(" ");
        match read(text.as_bytes()) {
            Ok(import) => prop_assert!(import.schema != pg_model::Schema::default()),
            Err(errors) => {
                let lines = text.split('\n').count();
                prop_assert!(errors.iter().next().is_some());
                for error in errors.iter() {
                    prop_assert!(error.line().is_some_and(|line| (1..=lines).contains(&line)));
                    prop_assert!(error.hint().is_some());
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Err(error) = read(bytes.as_slice()) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn what_a_dump_of_some_schemas_uses_of_others_is_told() {
    let dump = "\
CREATE FUNCTION public.own() RETURNS integer LANGUAGE sql AS 'SELECT public.inside()';
CREATE TABLE public.t (
    id integer DEFAULT public.own(),
    d text DEFAULT app.nid(),
    n integer DEFAULT pg_catalog.random(),
    CONSTRAINT c CHECK (public.chk(id))
);
CREATE INDEX i ON public.t USING btree (public.chk(id));
CREATE VIEW public.v AS SELECT other.id, t.d FROM public.other other JOIN public.t t USING (id);
CREATE TRIGGER x BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.trf();
";
    let told = notes(&read(dump.as_bytes()).unwrap());
    let names: BTreeSet<&str> = told
        .iter()
        .filter_map(|note| note.split('`').nth(1))
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["app.nid", "chk", "other", "trf"]),
        "{told:#?}"
    );
    // An extension in the schema may bring any of them.
    let with_extension = format!("CREATE EXTENSION pgcrypto WITH SCHEMA public;\n{dump}");
    let told = notes(&read(with_extension.as_bytes()).unwrap());
    assert_eq!(told.len(), 1, "{told:#?}");
}
