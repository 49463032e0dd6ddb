//! From bytes to the text of `01_schema.sql`: what could be read can be written, twice alike, and is text
//! that PostgreSQL and git take.

#![no_main]

use fuzz::Input;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::from_bytes(data) else {
        return;
    };
    let Some(schema) = input.read() else { return };
    let sql = pg_sql::ddl::schema_sql(&schema, "Schemafile");
    assert!(!sql.contains('\0'), "PostgreSQL holds no NUL");
    assert!(sql.ends_with('\n'), "the last line isn't ended");
    for table in &schema.tables {
        let name = pg_sql::qualified(&table.name);
        assert!(sql.contains(&name), "{name} got lost");
    }
    assert_eq!(
        input.read().as_ref(),
        Some(&schema),
        "read twice, not alike"
    );
});
