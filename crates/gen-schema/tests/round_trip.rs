//! What is written can be read: a schema as SQL by the reader of dumps, and as a Schemafile by the reader of those.

#[path = "round_trip/schemas.rs"]
mod schemas;

use pg_model::Schema;
use proptest::prelude::*;
use schemafile::{AnySchema, Frontend, MemoryLoader, Options, SourceFile};
use schemas::{Scope, schema};

/// The schema with statements as a heredoc ends them.
fn trimmed(mut schema: Schema) -> Schema {
    for statement in &mut schema.statements {
        statement.sql = statement.sql.trim_end().to_owned();
    }
    schema
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sql_is_read_as_the_schema_that_it_was_made_of(schema in schema(Scope::Everything)) {
        let sql = pg_sql::ddl::schema_sql(&schema, "test");
        let import = pg_import::read(sql.as_bytes()).map_err(|error| TestCaseError::fail(format!("{error}\n{sql}")))?;
        prop_assert_eq!(import.schema, schema, "{}", sql);
    }

    #[test]
    fn a_schemafile_is_read_as_the_schema_that_it_was_made_of(schema in schema(Scope::Dsl)) {
        let text = schemafile::write(&AnySchema::PostgreSql(schema.clone()), &["header"]);
        let options = Options { frontend: Some(Frontend::Ridgepole), ..Options::default() };
        let reading = schemafile::read(SourceFile::new("Schemafile", text.as_bytes()), &MemoryLoader::new(), &options)
            .map_err(|errors| TestCaseError::fail(format!("{}\n{text}", errors.render(false))))?;
        prop_assert_eq!(trimmed(reading.schema.postgresql().unwrap()), trimmed(schema), "{}", text);
    }

    #[test]
    fn what_a_schemafile_cannot_say_becomes_sql(schema in schema(Scope::Everything)) {
        let text = schemafile::write(&AnySchema::PostgreSql(schema.clone()), &[]);
        let reading = schemafile::read(SourceFile::new("Schemafile", text.as_bytes()), &MemoryLoader::new(), &Options::default())
            .map_err(|errors| TestCaseError::fail(format!("{}\n{text}", errors.render(false))))?;
        let sql = pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "test");
        for table in &schema.tables {
            let names = table.primary_key.iter().filter_map(|key| key.name.as_deref());
            for name in names.chain(table.checks.iter().map(|check| check.name.as_str())) {
                prop_assert!(sql.contains(name), "{} is lost:\n{}", name, text);
            }
        }
    }
}
