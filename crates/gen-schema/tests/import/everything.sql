-- One of everything that PostgreSQL 15 can have and a Schemafile can't all say: loaded, dumped, imported, loaded again.

CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE SCHEMA billing;
CREATE SCHEMA "Odd Schema";
COMMENT ON SCHEMA billing IS 'money';

CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE billing.state AS ENUM ('open', 'paid');
CREATE TYPE "Odd Mood" AS ENUM ('A', 'b c');
COMMENT ON TYPE mood IS 'how one feels';
CREATE DOMAIN email AS citext CHECK (VALUE ~ '@'::citext);
CREATE DOMAIN positive AS integer NOT NULL DEFAULT 1 CONSTRAINT above_zero CHECK (VALUE > 0);
CREATE TYPE address AS (street text, zip character varying(10));
CREATE TYPE float_range AS RANGE (subtype = double precision, subtype_diff = float8mi);
CREATE COLLATION case_blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE SEQUENCE order_numbers START 1000 INCREMENT 10 CACHE 5;
CREATE SEQUENCE alone AS smallint MAXVALUE 99 CYCLE;

CREATE FUNCTION slug(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(regexp_replace(name, '\W+', '-', 'g')) $$;
CREATE FUNCTION double_slug(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT slug(slug(name)) $$;
CREATE FUNCTION standard_body(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql
    BEGIN ATOMIC
        SELECT CASE WHEN a > b THEN a ELSE b END;
        SELECT a + b;
    END;
COMMENT ON FUNCTION slug(text) IS 'for URLs';
CREATE PROCEDURE nothing() LANGUAGE plpgsql AS $body$
DECLARE
    sql text := 'a; #{b} \ "c"';
BEGIN
	RAISE NOTICE '%', sql;
  
END
$body$;
CREATE AGGREGATE longest(text) (sfunc = textcat, stype = text);
CREATE FUNCTION mood_of(text) RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'happy'::mood $$;
CREATE FUNCTION same_mood(mood, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = $2 $$;
CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = mood, FUNCTION = same_mood);
CREATE TEXT SEARCH CONFIGURATION plain (PARSER = "default");

CREATE TABLE users (
    id bigserial PRIMARY KEY,
    name character varying(80) NOT NULL,
    email email,
    mood mood DEFAULT 'happy' NOT NULL,
    moods mood[] DEFAULT '{}' NOT NULL,
    odd "Odd Mood" DEFAULT 'b c',
    home address,
    temperature float_range,
    rank positive,
    nickname text COLLATE "C" DEFAULT 'it''s "me" #{x} \ end',
    blind text COLLATE case_blind,
    slug text GENERATED ALWAYS AS (double_slug((name)::text)) STORED,
    initial character(1) DEFAULT 'x',
    code "char",
    unlimited bpchar,
    born date DEFAULT '2000-01-01',
    seen timestamp(3) with time zone DEFAULT now() NOT NULL,
    woke timestamp without time zone DEFAULT '2020-02-02 10:00:00',
    at time(0) with time zone,
    spent interval(2) DEFAULT '1 day',
    months interval year to month,
    small smallint DEFAULT -1,
    big bigint DEFAULT 10000000000,
    negative bigint DEFAULT -10000000000,
    price numeric(10,2) DEFAULT 0,
    rate numeric DEFAULT -1.50,
    ratio double precision DEFAULT 0.5,
    weight real DEFAULT '-1.5',
    bits bit(4) DEFAULT B'1010',
    more_bits bit varying(8),
    data jsonb DEFAULT '{}' NOT NULL,
    list json DEFAULT '[]',
    filled jsonb DEFAULT '{"a": [1, "b"]}',
    tags text[] DEFAULT '{a,b}' NOT NULL,
    odd_tags text[] DEFAULT '{"a b",NULL,""}',
    matrix integer[][] DEFAULT '{{1,2},{3,4}}',
    raw bytea DEFAULT '\x00ff',
    token uuid DEFAULT gen_random_uuid(),
    address inet DEFAULT '10.0.0.1',
    network cidr, mac macaddr, mac8 macaddr8 DEFAULT '08:00:2b:01:02:03:04:05',
    place point DEFAULT '(1,2)', area box, route path, shape polygon, ring circle, edge line, part lseg,
    numbers int4range DEFAULT '[1,5)', many int4multirange, words tsvector, query tsquery,
    cash money, doc xml, ref oid, lsn pg_lsn, name_of name,
    active boolean DEFAULT true NOT NULL,
    hidden boolean DEFAULT (NOT true),
    nothing character varying(5) DEFAULT NULL,
    "select" integer, "With Space" integer, "Ünïcode" integer,
    big_text text DEFAULT E'line\nbreak\ttab',
    CONSTRAINT "Odd Check" CHECK (big > 0 OR big IS NULL),
    CONSTRAINT state_check CHECK (name IN ('a', 'b') OR length(name) > 2),
    CONSTRAINT moody CHECK (mood === 'happy'::mood OR true),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_names UNIQUE NULLS NOT DISTINCT (name, born) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE users IS 'people''s "table" #{no} \ yes';
COMMENT ON COLUMN users.name IS E'two\nlines';
COMMENT ON CONSTRAINT state_check ON users IS 'on a constraint';
ALTER TABLE users ADD CONSTRAINT not_valid CHECK (big < 100000000000) NOT VALID;
CREATE INDEX users_name ON users (name DESC NULLS LAST, born);
CREATE INDEX users_lower ON users (lower(name::text), slug) WHERE active;
CREATE UNIQUE INDEX users_partial ON users (token) WHERE (hidden IS NOT TRUE);
CREATE INDEX users_trgm ON users USING gin (name gin_trgm_ops, nickname gin_trgm_ops);
CREATE INDEX users_brin ON users USING brin (seen) WITH (pages_per_range = 32);
CREATE INDEX users_include ON users (born) INCLUDE (name, "With Space");
CREATE INDEX users_siglen ON users USING gist (name gist_trgm_ops (siglen = 32));
CREATE INDEX users_collated ON users (nickname COLLATE "POSIX" text_pattern_ops);
CREATE INDEX users_slugs ON users (double_slug(name::text));
CREATE UNIQUE INDEX users_nulls ON users (mac) NULLS NOT DISTINCT;
CREATE INDEX "Odd Index" ON users ("select", "With Space" DESC, "Ünïcode");
COMMENT ON INDEX users_name IS 'by name';
CREATE STATISTICS users_stats (dependencies) ON name, born FROM users;
ALTER TABLE users ALTER COLUMN name SET STATISTICS 500;
ALTER TABLE users ALTER COLUMN nickname SET STORAGE EXTERNAL;
ALTER TABLE users CLUSTER ON users_name;
ALTER TABLE users REPLICA IDENTITY FULL;

CREATE FUNCTION initials(who users) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT left(who.name, 1) $$;
CREATE INDEX users_initials ON users (initials(users.*));
CREATE FUNCTION everybody() RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM users $$;

CREATE TABLE orders (
    id integer GENERATED ALWAYS AS IDENTITY,
    number bigint DEFAULT nextval('order_numbers') NOT NULL,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    buyer_id bigint REFERENCES users ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    fallback_id bigint DEFAULT 1 REFERENCES users ON DELETE SET DEFAULT,
    full_name character varying(80), full_born date,
    during tstzrange NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT orders_pair UNIQUE (id, user_id),
    CONSTRAINT no_overlap EXCLUDE USING gist (user_id WITH =, during WITH &&) WHERE (user_id > 0) DEFERRABLE
);
ALTER TABLE users ADD CONSTRAINT users_pair UNIQUE (born, name);
ALTER TABLE orders ADD CONSTRAINT matched FOREIGN KEY (full_born, full_name) REFERENCES users (born, name) MATCH FULL;
CREATE TABLE lines (
    order_id integer NOT NULL,
    user_id bigint NOT NULL,
    position smallint GENERATED BY DEFAULT AS IDENTITY (START WITH 10 INCREMENT BY 10),
    sku text NOT NULL,
    PRIMARY KEY (order_id, position),
    FOREIGN KEY (order_id, user_id) REFERENCES orders (id, user_id)
);
ALTER TABLE lines ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users NOT VALID;
CREATE TABLE covering (a integer, b integer, CONSTRAINT covering_key UNIQUE (a) INCLUDE (b));
CREATE TABLE points_to_covering (a integer REFERENCES covering (a));
CREATE TABLE no_key (a integer);
CREATE TABLE empty ();
CREATE TABLE key_last (label text NOT NULL, id serial PRIMARY KEY);
CREATE TABLE named_key (code character varying(5) PRIMARY KEY, sort smallserial);
CREATE TABLE uuid_key (id uuid PRIMARY KEY);
CREATE TABLE plain_key (id bigint PRIMARY KEY);
CREATE TABLE enum_key (id mood DEFAULT 'sad' PRIMARY KEY);
CREATE TABLE commented_key (id bigserial PRIMARY KEY);
COMMENT ON COLUMN commented_key.id IS 'the key';
CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value bytea);
CREATE TABLE billing.invoices (id serial PRIMARY KEY, state billing.state DEFAULT 'open', user_id bigint REFERENCES public.users);
CREATE INDEX ON billing.invoices (state);
COMMENT ON INDEX billing.invoices_state_idx IS 'elsewhere';
CREATE TABLE "Odd Schema"."Odd.Table" ("Odd Column" integer PRIMARY KEY, "#{x}" text DEFAULT '#{y}');
CREATE TABLE "quo""ted" (id integer PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE tuned (id serial PRIMARY KEY) WITH (fillfactor = 70, autovacuum_enabled = false);
CREATE TABLE was_called (id serial PRIMARY KEY, other bigserial);
ALTER TABLE was_called RENAME TO renamed;
ALTER TABLE renamed RENAME COLUMN other TO another;
CREATE TABLE "CamelCase" ("Id" serial PRIMARY KEY, "parentId" integer REFERENCES "CamelCase");

CREATE TABLE vehicles (id serial PRIMARY KEY, wheels integer DEFAULT 4);
CREATE TABLE cars (doors integer) INHERITS (vehicles);
CREATE INDEX cars_wheels ON cars (wheels);

CREATE TABLE events (
    id bigserial,
    kind text NOT NULL,
    at date NOT NULL,
    CONSTRAINT kinds CHECK (kind <> ''),
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX events_kind_idx ON events (kind);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY RANGE (id);
CREATE TABLE events_2025_a PARTITION OF events_2025 FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
CREATE TABLE events_rest (at date NOT NULL, extra integer, id bigint NOT NULL, kind text NOT NULL, CONSTRAINT kinds CHECK (kind <> ''));
ALTER TABLE events_rest DROP COLUMN extra;
ALTER TABLE events ATTACH PARTITION events_rest DEFAULT;
COMMENT ON TABLE events_2024 IS 'a year';

CREATE VIEW active_users AS SELECT id, name, email FROM users WHERE active;
COMMENT ON VIEW active_users IS 'those who are';
CREATE VIEW grouped AS SELECT users.id, users.name, count(*) AS orders FROM users JOIN orders ON orders.user_id = users.id GROUP BY users.id;
CREATE MATERIALIZED VIEW summary AS SELECT mood, count(*) AS people FROM users GROUP BY mood;
CREATE UNIQUE INDEX summary_mood ON summary (mood);
CREATE RULE no_delete AS ON DELETE TO no_key DO INSTEAD (SELECT 1; SELECT 2);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen = now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION touch();
ALTER TABLE users DISABLE TRIGGER touch;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (active) WITH CHECK (active);
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch();
CREATE PUBLICATION changes FOR TABLE users (id, name) WHERE (active);
GRANT SELECT ON users TO PUBLIC;
