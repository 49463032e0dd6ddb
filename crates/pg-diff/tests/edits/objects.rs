//! Things that SQL of the source makes, in several spellings and definitions, and what it does to tables.

use pg_model::{QualifiedName, Schema, Statement};
use pg_sql::qualified;

/// Things that stand before all tables, which may use them: for each its definitions, of which one is there.
const OBJECTS: &[&[&str]] = &[
    &[
        "CREATE FUNCTION half(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2'",
        "CREATE OR REPLACE FUNCTION public.half(b int) RETURNS int IMMUTABLE LANGUAGE sql AS $$SELECT $1 / 2$$",
        "CREATE FUNCTION half(a int4) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT ($1 / 2)::bigint'",
        "CREATE FUNCTION half(integer, by integer = 2) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / $2'",
    ],
    &[
        "CREATE DOMAIN amount AS numeric(10, 2)",
        "CREATE DOMAIN public.amount AS numeric(10,2) DEFAULT 7 CHECK (VALUE > 0)",
        "CREATE DOMAIN amount AS bigint CONSTRAINT positive CHECK (VALUE > 0) CHECK (VALUE < 1000)",
        "CREATE DOMAIN amount AS integer CHECK (half(VALUE) >= 0)",
    ],
    &[
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE TYPE public.pair AS (a integer, b text, c date)",
        "CREATE TYPE pair AS (a bigint, b text)",
        "CREATE TYPE pair AS (b text, s state, n amount)",
    ],
    &[
        "CREATE DOMAIN status AS state",
        "CREATE DOMAIN status AS public.state CHECK (VALUE IS NOT NULL)",
    ],
    &[
        "CREATE FUNCTION label(s state) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT s::text'",
        "CREATE FUNCTION label(x state) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text'",
        "CREATE FUNCTION label(s state) RETURNS text IMMUTABLE RETURN s::text",
    ],
    &[
        "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer)",
        "CREATE AGGREGATE public.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
    ],
    &[
        "CREATE SEQUENCE counter",
        "CREATE SEQUENCE public.counter INCREMENT BY 2 MINVALUE 5",
        "CREATE SEQUENCE counter AS integer CYCLE",
    ],
    &[
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
];

/// What comes and goes behind all tables; `{}` is one of them.
const STATEMENTS: &[&str] = &[
    "CREATE VIEW overview AS SELECT id FROM {}",
    "CREATE VIEW halves AS SELECT id, half(4) AS half FROM {}",
    "CREATE MATERIALIZED VIEW totals AS SELECT total(id::integer) FROM {}",
    "CREATE FUNCTION number_of(r {}) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
    "CREATE FUNCTION ids() RETURNS SETOF bigint BEGIN ATOMIC SELECT id::bigint FROM {}; END",
    "CREATE TRIGGER touched BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION touch()",
    "CREATE POLICY few ON {} USING (id < half(10))",
    "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ONLY {} SET (fillfactor = 70), ALTER COLUMN id SET STATISTICS 5",
    "ALTER TABLE {} REPLICA IDENTITY FULL",
    "ALTER TABLE {} ADD CONSTRAINT not_too_many CHECK (id < 1000000)",
    "COMMENT ON COLUMN {}.id IS 'the number'",
    "COMMENT ON FUNCTION label(state) IS 'of a state'",
    "CREATE CAST (state AS integer) WITH INOUT",
];

/// The first definition of each thing.
pub(super) fn first_objects() -> Vec<Statement> {
    let first = OBJECTS.iter().map(|definitions| Statement {
        sql: definitions[0].to_owned(),
        tables_before: 0,
    });
    first.collect()
}

/// Gives a thing another definition.
pub(super) fn change_object(schema: &mut Schema, choice: usize, definition: usize) {
    let definitions = OBJECTS[choice % OBJECTS.len()];
    let statement = schema
        .statements
        .iter_mut()
        .find(|statement| definitions.contains(&statement.sql.as_str()));
    if let Some(statement) = statement {
        definitions[definition % definitions.len()].clone_into(&mut statement.sql);
    }
}

/// Adds a statement behind the tables, or takes it away.
pub(super) fn change_statement(schema: &mut Schema, choice: usize, table: usize) {
    let template = STATEMENTS[choice % STATEMENTS.len()];
    let start = template.split('{').next().unwrap_or(template);
    let before = schema.statements.len();
    schema
        .statements
        .retain(|statement| !statement.sql.starts_with(start));
    if schema.statements.len() == before && !schema.tables.is_empty() {
        let name = qualified(&schema.tables[table % schema.tables.len()].name);
        schema.statements.push(Statement {
            sql: template.replace("{}", &name),
            tables_before: schema.tables.len(),
        });
    }
}

/// Moves the statements behind the tables.
pub(super) fn move_behind_tables(schema: &mut Schema) {
    let tables = schema.tables.len();
    let behind = schema
        .statements
        .iter_mut()
        .filter(|statement| !is_object(&statement.sql));
    behind.for_each(|statement| statement.tables_before = tables);
}

/// Takes away what speaks of a table.
pub(super) fn forget_table(schema: &mut Schema, table: &QualifiedName) {
    let name = qualified(table);
    schema
        .statements
        .retain(|statement| !sql_text::mentions(&statement.sql, name.trim_matches('"')));
    move_behind_tables(schema);
}

/// Calls a table by its new name.
pub(super) fn follow_rename(schema: &mut Schema, old: &QualifiedName, new: &QualifiedName) {
    let (old, new) = (qualified(old), qualified(new));
    for statement in &mut schema.statements {
        if !is_object(&statement.sql) {
            statement.sql = statement.sql.replace(&old, &new);
        }
    }
}

fn is_object(sql: &str) -> bool {
    OBJECTS.iter().any(|definitions| definitions.contains(&sql))
}
