-- What is taken away while rows are loaded, in the order in which it is put back.
CREATE TEMPORARY TABLE dummy_saved (
    step serial PRIMARY KEY,
    take_away text NOT NULL,
    put_back text NOT NULL,
    -- The table of a key or an index, and the one that a foreign key points to.
    name oid,
    other oid
);

DO $save$
DECLARE
    -- How many locks the server has room for, all sessions together: those of one process, times processes.
    processes constant bigint := current_setting('max_connections')::bigint
        + current_setting('max_prepared_transactions')::bigint + current_setting('max_worker_processes')::bigint
        + current_setting('max_wal_senders')::bigint + current_setting('autovacuum_max_workers')::bigint + 1;
    room constant bigint := current_setting('max_locks_per_transaction')::bigint * processes;
    enough bigint;
    needed bigint;
BEGIN
    -- Partitions get their rows through their parents.
    INSERT INTO pg_temp.dummy_tables
    SELECT p.relid, t.place, t.rows, t.frozen
    FROM pg_temp.dummy_tables t, pg_partition_tree(t.name) p
    ON CONFLICT DO NOTHING;

    -- A table that is emptied by TRUNCATE is locked with its TOAST table and that one's index, its indexes once
    -- more when they are made again, and a key with its triggers.
    SELECT sum(4 + 2 * (SELECT count(*) FROM pg_index i WHERE i.indrelid = t.name)
               + 6 * (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = t.name AND k.contype = 'f'))
    INTO needed
    FROM pg_temp.dummy_tables t;
    IF needed > room * 3 / 4 THEN
        UPDATE pg_temp.dummy_tables t SET taken_away = false
        WHERE NOT t.frozen AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.name AND (c.relispartition OR c.relkind = 'p'));
        SELECT sum(CASE WHEN t.taken_away THEN 4 + 2 * own.indexes + 6 * own.keys ELSE 2 + own.indexes END)
        INTO needed
        FROM pg_temp.dummy_tables t,
             LATERAL (SELECT (SELECT count(*) FROM pg_index i WHERE i.indrelid = t.name) AS indexes,
                             (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = t.name AND k.contype = 'f') AS keys) own;
        -- The server's tables of locks can grow by about a tenth.
        IF needed > room * 21 / 20 THEN
            enough := 64 * (1 + needed * 5 / (4 * 64 * processes));
            RAISE EXCEPTION 'loading these tables in one transaction needs about % locks, and the server has room for %', needed, room
                USING HINT = format('Start the server with -c max_locks_per_transaction=%s, or set that in postgresql.conf and restart it, and load again. Nothing was changed.', enough);
        END IF;
    END IF;

    -- Foreign keys from and to the tables; those of partitions come with their parent's.
    INSERT INTO pg_temp.dummy_saved (take_away, put_back, name, other)
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
           || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L',
                              k.conname, k.conrelid::regclass, obj_description(k.oid, 'pg_constraint')), ''),
           k.conrelid, k.confrelid
    FROM pg_constraint k
    WHERE k.contype = 'f' AND k.conparentid = 0
      AND (k.conrelid IN (SELECT name FROM pg_temp.dummy_tables)
           OR k.confrelid IN (SELECT name FROM pg_temp.dummy_tables))
      -- Between tables of which nothing is taken away it stays, if parents are filled first.
      AND NOT EXISTS (SELECT FROM pg_temp.dummy_tables child, pg_temp.dummy_tables parent
                      WHERE child.name = k.conrelid AND parent.name = k.confrelid
                        AND NOT child.taken_away AND NOT parent.taken_away AND parent.place <= child.place)
    ORDER BY k.conrelid::regclass::text, k.conname;

    -- Primary keys and unique constraints of tables with so many rows that making their indexes again is
    -- less work than growing them, where the constraint's definition says all there is.
    INSERT INTO pg_temp.dummy_saved (take_away, put_back, name, other)
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
           || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS %L',
                              k.conname, k.conrelid::regclass, obj_description(k.oid, 'pg_constraint')), '')
           || coalesce(format('; COMMENT ON INDEX %I.%I IS %L',
                              n.nspname, c.relname, obj_description(c.oid, 'pg_class')), ''),
           k.conrelid, NULL
    FROM pg_constraint k
    JOIN pg_temp.dummy_tables t ON t.name = k.conrelid
    JOIN pg_index i ON i.indexrelid = k.conindid
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype IN ('p', 'u') AND t.rows >= 10000
      AND c.relkind = 'i' AND NOT c.relispartition AND k.coninhcount = 0
      AND c.relname = k.conname AND c.reltablespace = 0 AND c.reloptions IS NULL
      AND i.indisvalid AND NOT i.indisclustered AND NOT i.indisreplident
      -- What else needs the constraint, such as a view that groups by a primary key.
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid
                        AND NOT (d.classid = 'pg_class'::regclass AND d.objid = k.conindid))
    ORDER BY k.conrelid::regclass::text, k.conname;

    -- Indexes that back no constraint and can be made again from their definition alone.
    INSERT INTO pg_temp.dummy_saved (take_away, put_back, name, other)
    SELECT format('DROP INDEX %s', i.indexrelid::regclass),
           pg_get_indexdef(i.indexrelid)
           || coalesce(format('; COMMENT ON INDEX %I.%I IS %L',
                              n.nspname, c.relname, obj_description(i.indexrelid, 'pg_class')), ''),
           i.indrelid, NULL
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE i.indrelid IN (SELECT name FROM pg_temp.dummy_tables WHERE taken_away)
      AND c.relkind = 'i' AND NOT c.relispartition AND c.reltablespace = 0
      AND i.indisvalid AND NOT i.indisprimary AND NOT i.indisexclusion
      AND NOT i.indisclustered AND NOT i.indisreplident
      -- PostgreSQL spells the array of "x IN ('a', 'b')" in another way each time it reads its own spelling.
      AND pg_get_indexdef(i.indexrelid) NOT LIKE '%ARRAY[%'
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
      AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0)
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indexrelid AND d.deptype IN ('n', 'a')
                        AND NOT (d.classid = 'pg_constraint'::regclass
                                 AND EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid AND k.contype = 'f')))
    ORDER BY i.indexrelid::regclass::text;

    -- Triggers of users, as they are enabled now.
    INSERT INTO pg_temp.dummy_saved (take_away, put_back)
    SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', t.tgrelid::regclass, t.tgname),
           format('ALTER TABLE %s ENABLE %sTRIGGER %I', t.tgrelid::regclass,
                  CASE t.tgenabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, t.tgname)
    FROM pg_trigger t
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
      AND t.tgrelid IN (SELECT name FROM pg_temp.dummy_tables)
    ORDER BY t.tgrelid::regclass::text, t.tgname;

    -- Rules on INSERT, which COPY passes over and INSERT statements don't.
    INSERT INTO pg_temp.dummy_saved (take_away, put_back)
    SELECT format('ALTER TABLE %s DISABLE RULE %I', r.ev_class::regclass, r.rulename),
           format('ALTER TABLE %s ENABLE %sRULE %I', r.ev_class::regclass,
                  CASE r.ev_enabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, r.rulename)
    FROM pg_rewrite r
    WHERE r.ev_type = '3' AND r.ev_enabled <> 'D'
      AND r.ev_class IN (SELECT name FROM pg_temp.dummy_tables)
    ORDER BY r.ev_class::regclass::text, r.rulename;
END
$save$;

DO $take_away$
DECLARE
    statement text;
BEGIN
    FOR statement IN SELECT take_away FROM pg_temp.dummy_saved ORDER BY step LOOP
        EXECUTE statement;
    END LOOP;
END
$take_away$;
