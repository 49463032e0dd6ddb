//! Views, functions and triggers whose SQL stands in a file beside the schema, where the gems scenic and fx keep it.

use schemafile::{MemoryLoader, Options, SourceFile, read};

const SCHEMA: &str = "
ActiveRecord::Schema[8.1].define do
  create_table \"orders\"
  create_view \"totals\", version: 2
  create_view \"audit.latest\", materialized: true
  create_function :touch
  create_trigger :touch_orders, on: :orders, version: 3
end
";

fn files() -> MemoryLoader {
    MemoryLoader::new()
        .with(
            "db/views/totals_v02.sql",
            "SELECT count(*)\r\nFROM orders;\r\n",
        )
        .with("db/views/totals_v01.sql", "SELECT 1")
        .with("db/views/audit_latest_v01.sql", "SELECT 2")
        .with("db/functions/touch_v01.sql", "CREATE FUNCTION touch() …")
        .with(
            "db/triggers/touch_orders_v03.sql",
            "CREATE TRIGGER touch_orders …",
        )
}

#[test]
fn the_file_of_the_version_is_taken() {
    for path in ["db/schema.rb", "schema/schema.rb"] {
        let file = SourceFile::new(path, SCHEMA);
        let reading = read(file, &files(), &Options::default())
            .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
        let statements: Vec<&str> = reading
            .schema
            .as_postgresql()
            .expect("a schema of PostgreSQL")
            .statements
            .iter()
            .map(|statement| statement.sql.as_str())
            .collect();
        assert_eq!(
            statements,
            [
                "CREATE VIEW \"totals\" AS\nSELECT count(*)\nFROM orders",
                "CREATE MATERIALIZED VIEW \"audit\".\"latest\" AS\nSELECT 2",
                "CREATE FUNCTION touch() …",
                "CREATE TRIGGER touch_orders …"
            ]
        );
    }
}

#[test]
fn a_missing_file_is_named() {
    let file = SourceFile::new("schema/Schemafile", "create_view \"totals\", version: 2\n");
    let diagnostics = read(file, &MemoryLoader::new(), &Options::default()).unwrap_err();
    let first = diagnostics.iter().next().unwrap();
    assert_eq!(diagnostics.place(first), ("schema/Schemafile", 1, 1));
    assert_eq!(first.message, "`create_view` needs `sql_definition:`");
    assert_eq!(
        first.hint.as_deref(),
        Some(
            "its SQL stands neither here nor in `schema/views/totals_v02.sql` nor in `db/views/totals_v02.sql`; `execute` takes SQL too"
        )
    );
}
