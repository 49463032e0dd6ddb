//! From the bytes of a dump of MySQL to a Schemafile, as `import` does it for PostgreSQL.

#![no_main]

use mysql_model::Server;
use schemafile::{AnySchema, Database, Frontend, MemoryLoader, Options, SourceFile, read};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(import) = mysql_import::read(data, None) else {
        return;
    };
    let server = import.server.unwrap_or(Server::MySql);
    let schema = AnySchema::MySql(import.schema, server);
    let text = schemafile::write(&schema, &["a dump"]);
    let options = Options {
        frontend: Some(Frontend::Ridgepole),
        database: Some(match server {
            Server::MySql => Database::MySql,
            Server::MariaDb => Database::MariaDb,
        }),
        ..Options::default()
    };
    let file = SourceFile::new("Schemafile", text.as_bytes());
    // What no server would have dumped may well be refused, but as Ruby it must hold.
    if let Err(diagnostics) = read(file, &MemoryLoader::new(), &options) {
        let said = diagnostics.render(false);
        assert!(!said.contains("syntax error"), "{said}\n{text}");
        assert!(!said.contains("unsupported Ruby"), "{said}\n{text}");
    }
});
