//! A Schemafile says things in any order: what needs what is found out, and PostgreSQL finds each thing made.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use schemafile::{Diagnostics, MemoryLoader, Options, Reading, SourceFile, read};
use std::fs;
use testkit::pg::TempPostgres;

fn reading(text: &str) -> Result<Reading, Diagnostics> {
    read(
        SourceFile::new("schema/Schemafile", text),
        &MemoryLoader::new(),
        &Options::default(),
    )
}

fn sql(text: &str) -> String {
    let reading =
        reading(text).unwrap_or_else(|diagnostics| panic!("{}\n{text}", diagnostics.render(false)));
    pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "schema/Schemafile")
}

/// Loads the SQL of a text into a database of its own, and gives its dump.
#[track_caller]
fn dump(text: &str) -> String {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("01_schema.sql");
    let sql = sql(text);
    fs::write(&file, &sql).unwrap();
    let loaded = postgres.try_psql_file(&database, &file);
    assert!(
        loaded.status.success(),
        "{}\n{text}\n{sql}",
        String::from_utf8_lossy(&loaded.stderr)
    );
    let dump = postgres.pg_dump(&database);
    postgres.drop_database(&database);
    dump
}

/// Things that need each other in every way that we could think of; each is a piece of a file.
const PIECES: [&str; 40] = [
    "create_table 'visits' do |t|
       t.string 'code', null: false, default: -> { 'next_code()' }
       t.column 'mood', 'mood', default: 'glad', null: false
       t.column 'load', 'weight'
       t.string 'title'
       t.integer 'amount'
       t.virtual 'doubled', type: :integer, as: 'twice(amount)', stored: true
       t.bigint 'number', default: -> { \"nextval('numbers'::regclass)\" }
       t.check_constraint 'is_code(code)', name: 'code_is_one'
       t.index 'slug(title)', name: 'by_slug'
       t.index ['title'], name: 'by_mood', where: \"mood = best_mood()\"
     end",
    "create_table('heirs', id: false, options: 'INHERITS (elders)') { |t| t.text 'own' }",
    "create_table('elders') { |t| t.text 'name' }",
    "create_table('crew.members') { |t| t.citext 'email', null: false; t.column 'place', 'place' }",
    "create_table('copies', id: false, as: 'SELECT id FROM elders WHERE id = one()') { |t| }",
    "create_table('shop.items') { |t| t.enum 'colour', enum_type: 'colour', default: 'red'; t.column 'more', 'colour', array: true; t.hstore 'x' }",
    "create_enum 'colour', ['red', 'blue']",
    "create_schema 'shop'",
    "enable_extension 'hstore'",
    "execute \"CREATE TYPE mood AS ENUM ('glad', 'sad')\"",
    "execute \"ALTER TYPE place ADD ATTRIBUTE country text\"",
    "execute 'CREATE TYPE place AS (street text, town text)'",
    "execute 'CREATE DOMAIN weight AS numeric CHECK (is_weight(VALUE))'",
    "execute 'CREATE SEQUENCE numbers START 7'",
    "execute 'CREATE SCHEMA crew'",
    "execute 'CREATE EXTENSION citext'",
    "create_function 'next_code', sql_definition: 'CREATE FUNCTION next_code() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT id::text FROM visits LIMIT 1); END $$'",
    "create_function 'is_code', sql_definition: 'CREATE OR REPLACE FUNCTION is_code(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT length($1) > 2 $$'",
    "execute 'CREATE FUNCTION is_weight(numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 > 0 $$'",
    "execute 'CREATE FUNCTION slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT cleaned($1) $$'",
    "execute 'CREATE FUNCTION cleaned(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$'",
    "execute 'CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 * 2 $$'",
    "execute \"CREATE FUNCTION best_mood() RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'glad'::mood $$\"",
    "execute 'CREATE FUNCTION one() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM last_view $$'",
    "execute 'CREATE FUNCTION towns(VARIADIC place[]) RETURNS SETOF elders BEGIN ATOMIC SELECT * FROM elders WHERE name = (SELECT max(name) FROM middle_view); END'",
    "execute 'CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$'",
    "create_view 'first_view', sql_definition: 'SELECT m.name, one() AS one, m.later FROM middle_view m'",
    "create_view 'middle_view', sql_definition: 'SELECT l.name, visits.later FROM last_view AS l CROSS JOIN visits'",
    "create_view 'last_view', sql_definition: 'SELECT name FROM elders'",
    "create_view 'kept', materialized: true, sql_definition: 'SELECT name, one() AS count FROM first_view'",
    "add_index 'kept', ['name'], unique: true, name: 'kept_once'",
    "add_index 'kept', 'slug(name)', name: 'kept_by_slug', using: :btree",
    "create_trigger 'stamp_visits', sql_definition: 'CREATE TRIGGER stamp_visits BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION stamp()'",
    "create_trigger 'stamp_view', sql_definition: 'CREATE TRIGGER stamp_view INSTEAD OF INSERT ON first_view FOR EACH ROW EXECUTE PROCEDURE stamp()'",
    "execute \"COMMENT ON VIEW first_view IS 'the first'\"",
    "execute 'ALTER TABLE visits ADD COLUMN later integer'",
    "execute \"INSERT INTO elders (name) SELECT string_agg(name, ',') FROM kept\"",
    "execute 'CREATE TABLE plain (id bigint PRIMARY KEY, at place)'",
    "add_index 'plain', ['at'], name: 'plain_at'",
    "create_table('links') { |t| t.bigint 'plain_id'; t.foreign_key 'plain' }",
];

/// A permutation of the pieces: the same numbers in every run.
fn shuffled(seed: usize) -> Vec<&'static str> {
    let mut pieces = PIECES.to_vec();
    let mut state = seed * 7919 + 17;
    for at in (1..pieces.len()).rev() {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        pieces.swap(at, state % (at + 1));
    }
    pieces
}

#[test]
fn pieces_in_any_order_make_one_database() {
    // Columns of a table stand in the order of the file in every permutation, so even the dumps are equal.
    let forwards = dump(&PIECES.join("\n"));
    let backwards: Vec<&str> = PIECES.iter().rev().copied().collect();
    assert_eq!(dump(&backwards.join("\n")), forwards);
    for seed in 0..6 {
        assert_eq!(dump(&shuffled(seed).join("\n")), forwards, "seed {seed}");
    }
}

#[test]
fn what_nothing_forces_stays_in_the_order_of_the_file() {
    let text = "create_view 'b', sql_definition: 'SELECT id FROM x'
        create_table('y') { |t| t.text 'n' }
        execute 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'
        create_table('x') { |t| t.integer 'z' }
        create_view 'a', sql_definition: 'SELECT id FROM y'
        execute \"COMMENT ON COLUMN y.n IS 'f'\"";
    let sql = sql(text);
    let places: Vec<usize> = [
        "CREATE TABLE y",
        "CREATE TABLE x",
        "CREATE VIEW \"b\"",
        "CREATE FUNCTION f",
        "CREATE VIEW \"a\"",
        "COMMENT",
    ]
    .iter()
    .map(|part| sql.find(part).unwrap_or_else(|| panic!("{part}: {sql}")))
    .collect();
    assert!(places.is_sorted(), "{sql}");
}

#[test]
fn only_what_is_needed_comes_before_a_table() {
    let text = "create_table('a') { |t| t.text 'n' }
        create_table('b') { |t| t.text 'n', default: -> { 'f()' } }
        execute 'CREATE FUNCTION g() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'
        execute 'CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT g()::text $$'";
    let sql = sql(text);
    let place = |part: &str| sql.find(part).unwrap();
    assert!(place("CREATE TABLE a") < place("CREATE FUNCTION f"));
    assert!(place("CREATE FUNCTION f") < place("CREATE TABLE b"));
    // The body of `f` isn't run by a default.
    assert!(place("CREATE TABLE b") < place("CREATE FUNCTION g"));
}

#[test]
fn things_that_need_each_other_are_told() {
    let text = "create_view 'hens', sql_definition: 'SELECT * FROM eggs'\n\
                create_view 'eggs', sql_definition: 'SELECT * FROM hens'\n";
    let told = reading(text).unwrap_err();
    assert_eq!(
        told.render(false),
        "\
error: these need each other, so none of them can be made first: view \"hens\" needs view \"eggs\" needs view \"hens\"
 --> schema/Schemafile:1:13
  |
1 | create_view 'hens', sql_definition: 'SELECT * FROM eggs'
  |             ^^^^^^
2 | create_view 'eggs', sql_definition: 'SELECT * FROM hens'
  |             ------ view \"eggs\" is here
  |
  = hint: make one of them without the other, and complete it by an `execute` of its own
"
    );
}

#[test]
fn a_table_and_a_function_that_need_each_other_are_told_too() {
    let text = "create_table('q') { |t| t.text 'a', default: -> { 'f()' } }\n\
                execute \"CREATE FUNCTION f() RETURNS q LANGUAGE sql AS 'SELECT NULL'\"\n";
    let told = reading(text).unwrap_err().render(false);
    assert!(
        told.contains("made first: table \"q\" needs function \"f\" needs table \"q\"\n"),
        "{told}"
    );
}

#[test]
fn a_name_that_only_looks_like_another_contradicts_nothing() {
    // The column `total` is no view, and the view's own column `amounts` no table.
    for text in [
        "create_view 'total', sql_definition: 'SELECT amounts FROM sums'\n\
         create_view 'amounts', sql_definition: 'SELECT total FROM sums'\n\
         create_table('sums') { |t| t.integer 'total'; t.integer 'amounts' }",
        "execute 'DROP VIEW IF EXISTS v'\ncreate_view 'v', sql_definition: 'SELECT 1 AS one'",
        "execute 'CREATE VIEW s AS SELECT NULL::integer AS one'\n\
         create_view 'w', sql_definition: 'SELECT one FROM s'\n\
         execute 'CREATE OR REPLACE VIEW s AS SELECT 1 AS one FROM r'\n\
         create_view 'r', sql_definition: 'SELECT 2 AS two'",
        "execute 'CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS $$ SELECT a $$'\n\
         create_view 'v', sql_definition: \"SELECT f('x'::text) AS x\"\n\
         execute 'CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS $$ SELECT a $$'",
    ] {
        dump(text);
    }
}

#[test]
fn a_function_that_a_name_in_from_calls_comes_first() {
    dump(
        "create_view 'v', sql_definition: 'SELECT * FROM series(3) AS s (n)'
         execute 'CREATE FUNCTION series(integer) RETURNS SETOF integer LANGUAGE sql AS $$ SELECT 1 $$'
         create_view 'w', sql_definition: \"SELECT sum_up(n) AS x FROM v\"
         execute 'CREATE AGGREGATE sum_up(integer) (SFUNC = plus, STYPE = integer)'
         execute 'CREATE FUNCTION plus(integer, integer) RETURNS integer LANGUAGE sql AS $$ SELECT $1 $$'",
    );
}

#[test]
fn an_index_on_a_materialized_view_is_one_in_both_kinds_of_files() {
    let calls = "create_view 'm', materialized: true, sql_definition: 'SELECT 1 AS id'\n\
                 add_index 'm', ['id'], unique: true\n";
    let in_schema = format!("ActiveRecord::Schema[8.1].define do\n{calls}end\n");
    let index = "CREATE UNIQUE INDEX index_m_on_id ON public.m USING btree (id);";
    for text in [calls, in_schema.as_str()] {
        assert!(dump(text).contains(index), "{text}");
    }
    let misspelt = calls.replace("add_index 'm'", "add_index 'n'");
    let told = reading(&misspelt).unwrap_err().render(false);
    assert!(told.contains("add_index on table \"n\""), "{told}");
}
