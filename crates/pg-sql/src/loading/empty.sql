-- Empty the tables: only them, not those that inherit from them. Small ones of which nothing was taken away
-- are emptied row by row, children first.
DO $empty$
DECLARE
    names text;
    name regclass;
    has_rows boolean;
BEGIN
    SELECT string_agg(CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || t.name::text, ', ' ORDER BY t.place)
    INTO names
    FROM pg_temp.dummy_tables t JOIN pg_class c ON c.oid = t.name
    WHERE t.taken_away AND NOT c.relispartition;
    IF names IS NOT NULL THEN
        EXECUTE 'TRUNCATE TABLE ' || names;
    END IF;
    FOR name IN SELECT t.name FROM pg_temp.dummy_tables t WHERE NOT t.taken_away ORDER BY t.place DESC LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', name) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('DELETE FROM ONLY %s', name);
        END IF;
    END LOOP;
END
$empty$;
