DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('a', 'b'); END IF; END $$;
DO $do$
BEGIN
  CREATE TYPE kind AS ENUM ('x');
EXCEPTION
  WHEN duplicate_object THEN NULL;
END
$do$ LANGUAGE plpgsql;
DO LANGUAGE plpgsql $$ BEGIN CREATE DOMAIN d AS int; EXCEPTION WHEN others THEN NULL; END; $$;
DO 'BEGIN CREATE TYPE q AS (a int); EXCEPTION WHEN duplicate_object THEN RAISE NOTICE ''exists''; END';
CREATE TABLE t (m mood DEFAULT 'a', k kind, d d, q q);
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT c CHECK (d > 0); EXCEPTION WHEN duplicate_object THEN null; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'z') THEN ALTER TABLE t ADD COLUMN z int; END IF; END $$;
