//! From the bytes of a dump to a Schemafile: whatever could be read as a dump is written as a text that the reader of
//! Schemafiles takes without an error of syntax, and that says the same tables.

#![no_main]

use schemafile::{AnySchema, Frontend, MemoryLoader, Options, SourceFile, read};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(import) = pg_import::read(data) else {
        return;
    };
    let text = schemafile::write(&AnySchema::PostgreSql(import.schema.clone()), &["a dump"]);
    let options = Options {
        frontend: Some(Frontend::Ridgepole),
        ..Options::default()
    };
    let file = SourceFile::new("Schemafile", text.as_bytes());
    match read(file, &MemoryLoader::new(), &options) {
        Ok(reading) => {
            let names = |schema: &pg_model::Schema| -> Vec<String> {
                schema
                    .tables
                    .iter()
                    .map(|table| table.name.to_string())
                    .collect()
            };
            assert_eq!(names(&reading.schema.postgresql().expect("a schema of PostgreSQL")), names(&import.schema), "{text}");
        }
        // What no server would have dumped may well be refused, but as Ruby it must hold.
        Err(diagnostics) => {
            let said = diagnostics.render(false);
            assert!(!said.contains("syntax error"), "{said}\n{text}");
            assert!(!said.contains("unsupported Ruby"), "{said}\n{text}");
        }
    }
});
