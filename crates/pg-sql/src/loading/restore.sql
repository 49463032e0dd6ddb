-- Whatever is left to the end of the transaction is checked now: sequences are set after this, and setting
-- them can't be undone.
SET CONSTRAINTS ALL IMMEDIATE;

-- Put everything back, indexes before the keys that may need them. PostgreSQL checks all rows.
DO $put_back$
DECLARE
    statement text;
BEGIN
    FOR statement IN SELECT put_back FROM pg_temp.dummy_saved ORDER BY step DESC LOOP
        EXECUTE statement;
    END LOOP;
END
$put_back$;
