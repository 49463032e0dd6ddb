-- What is out of order in a database, whatever its tables are: rows that were changed before they were
-- made, children older than their parents, ends before their starts. One line for each, and none is right.
WITH columns AS (
    SELECT attrelid AS relation, array_agg(attname::text) AS times
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
      AND format_type(atttypid, atttypmod) ~ '^(date$|timestamp)'
      AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    GROUP BY 1
), keys AS (
    SELECT conrelid, confrelid,
           (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS own,
           (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1]) AS other
    FROM pg_constraint
    JOIN columns child ON child.relation = conrelid AND 'created_at' = ANY (child.times)
    JOIN columns parent ON parent.relation = confrelid AND 'created_at' = ANY (parent.times)
    WHERE contype = 'f' AND cardinality(conkey) = 1
      AND NOT EXISTS (SELECT FROM pg_constraint back WHERE back.contype = 'f' AND back.conrelid = pg_constraint.confrelid AND back.confrelid = pg_constraint.conrelid AND back.oid <> pg_constraint.oid)
), questions AS (
    SELECT format('%s.%I after %I', relation::regclass, later, earlier) AS what,
           format('SELECT count(*) AS n FROM %s WHERE %I < %I', relation::regclass, later, earlier) AS sql
    FROM columns, unnest(times) AS earlier, unnest(times) AS later
    WHERE (earlier = 'created_at' AND later ~ '^(updated|deleted|discarded|archived|completed|finished|published|confirmed|accepted|sent|approved|rejected|cancell?ed|read|closed|resolved)_at$')
       OR (earlier ~ '^(starts?|begins?|started)_(at|on)$' AND later = replace(replace(earlier, 'start', 'end'), 'begin', 'end'))
    UNION ALL
    SELECT format('%s.%I younger than its %s', conrelid::regclass, own, confrelid::regclass),
           format('SELECT count(*) AS n FROM %s child JOIN %s parent ON child.%I = parent.%I WHERE child.created_at < parent.created_at',
                  conrelid::regclass, confrelid::regclass, own, other)
    FROM keys
), answers AS (
    SELECT what, (xpath('/row/n/text()', query_to_xml(sql, false, true, '')))[1]::text::bigint AS wrong
    FROM questions
)
SELECT what || ': ' || wrong FROM answers WHERE wrong > 0 ORDER BY 1;
