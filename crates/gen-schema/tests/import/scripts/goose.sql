-- A first migration of goose, with a copy of a table and names that are chosen by PostgreSQL: run by PostgreSQL and read by us, it comes to the same database.
-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION upd() RETURNS trigger AS $$
BEGIN NEW.updated_at = now(); RETURN NEW; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TABLE public.a (id bigint generated always as identity (start with 10 increment by 2) primary key, b text collate "C", updated_at timestamp);
CREATE TABLE b (id INT PRIMARY KEY, a_id BIGINT REFERENCES a(id) ON DELETE CASCADE, CONSTRAINT uq UNIQUE(a_id, id), CHECK (id <> a_id));
CREATE TABLE a_b AS SELECT a.id, b.id AS b_id FROM a JOIN b ON true;
CREATE TABLE c (LIKE b INCLUDING ALL, extra int);
CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE PROCEDURE upd();
ALTER TABLE a OWNER TO postgres;
ALTER TABLE IF EXISTS nope ADD COLUMN x int;
ALTER TABLE ONLY b ALTER COLUMN id SET DEFAULT 3, ADD COLUMN c character varying(30)[] DEFAULT '{}'::varchar[] NOT NULL;
CREATE INDEX CONCURRENTLY idx ON b USING btree (c);
COMMENT ON TABLE b IS E'a\nb'; COMMENT ON INDEX idx IS 'i'; COMMENT ON CONSTRAINT uq ON b IS 'u';
ALTER INDEX idx RENAME TO idx2;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public VERSION '1.1';
CREATE TABLE u (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), "order" int, "weird col" text DEFAULT 'it''s', ts timestamptz DEFAULT (now() AT TIME ZONE 'utc'), n numeric DEFAULT 1e3, h int DEFAULT (1 + 2), arr int[3][3], x xml, dp float8, r float4, vc varchar DEFAULT 'a' || 'b', ch char, bo bool DEFAULT 't', i2 int2 DEFAULT '5', jj json DEFAULT '{"a": "b"}', iv interval DEFAULT '1 mon', tt time DEFAULT '10:00', dd date DEFAULT CURRENT_DATE, by bytea DEFAULT '\x01', ba bit varying(5) DEFAULT B'101');
ALTER TABLE u ALTER COLUMN "order" SET NOT NULL, ADD UNIQUE ("order", "weird col"), ADD CONSTRAINT ex EXCLUDE USING btree ("order" WITH =);
ALTER TABLE u ADD FOREIGN KEY ("order") REFERENCES b, ADD FOREIGN KEY ("order") REFERENCES b (id) ON UPDATE SET NULL;
CREATE VIEW v AS SELECT u.*, b.c FROM u JOIN b ON b.id = u."order"; CREATE OR REPLACE VIEW v AS SELECT u.*, b.c, 1 AS one FROM u JOIN b ON b.id = u."order";
ALTER TABLE u DROP CONSTRAINT u_order_fkey1;
CREATE TABLE p (id int, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS p_1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2024-02-01') TO ('2024-03-01'); CREATE INDEX ON p (at); DROP TABLE p_2;
ALTER TABLE p_1 RENAME TO p_first;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
