-- Let every sequence go on after the greatest value that it would have made.
DO $sequences$
DECLARE
    used record;
    greatest_value numeric;
BEGIN
    FOR used IN
        SELECT s.seqrelid::regclass AS sequence, s.seqstart, s.seqincrement, s.seqmax, s.seqmin,
               array_agg(format('SELECT %s(%I)::numeric AS value FROM %s',
                                CASE WHEN s.seqincrement > 0 THEN 'max' ELSE 'min' END,
                                a.attname, a.attrelid::regclass)) AS columns
        FROM pg_sequence s
        JOIN LATERAL (
            -- Sequences that a column owns, and those that a column's default calls.
            SELECT d.refobjid AS table_id, d.refobjsubid::integer AS column_number
            FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
              AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
            UNION
            SELECT f.adrelid, f.adnum::integer
            FROM pg_depend d
            JOIN pg_attrdef f ON f.oid = d.objid
            WHERE d.classid = 'pg_attrdef'::regclass
              AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.seqrelid
        ) use ON true
        JOIN pg_attribute a ON a.attrelid = use.table_id AND a.attnum = use.column_number
        JOIN pg_type y ON y.oid = a.atttypid AND y.typcategory = 'N'
        GROUP BY s.seqrelid, s.seqstart, s.seqincrement, s.seqmax, s.seqmin
        -- A sequence that other tables use too must not go back behind their rows.
        HAVING bool_or(use.table_id IN (SELECT name FROM pg_temp.dummy_tables))
        ORDER BY s.seqrelid::regclass::text
    LOOP
        EXECUTE format('SELECT %s(value) FROM (%s) AS found',
                       CASE WHEN used.seqincrement > 0 THEN 'max' ELSE 'min' END,
                       array_to_string(used.columns, ' UNION ALL '))
        INTO greatest_value;
        IF greatest_value IS NULL OR greatest_value < used.seqmin OR greatest_value > used.seqmax THEN
            PERFORM setval(used.sequence, used.seqstart, false);
        ELSE
            PERFORM setval(used.sequence, trunc(greatest_value)::bigint, true);
        END IF;
    END LOOP;
END
$sequences$;
