//! `rails_metadata`: the two tables in which Rails keeps its own state, as its schema load makes them.

use schemafile::{MemoryLoader, Options, Reading, SourceFile, read};

fn read_with_metadata(text: &str) -> Reading {
    let options = Options {
        rails_metadata: true,
        ..Options::default()
    };
    read(
        SourceFile::new("schema.rb", text),
        &MemoryLoader::new(),
        &options,
    )
    .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)))
}

#[test]
fn the_tables_follow_the_others_and_hold_the_version() {
    let reading = read_with_metadata(
        "ActiveRecord::Schema[8.1].define(version: 2026_01_15_090000) do\n  create_table \"toys\"\nend\n",
    );
    let names: Vec<String> = reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL")
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    assert_eq!(names, ["toys", "schema_migrations", "ar_internal_metadata"]);
    let columns: Vec<(&str, bool)> = reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL")
        .tables[2]
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.not_null))
        .collect();
    assert_eq!(
        columns,
        [
            ("key", true),
            ("value", false),
            ("created_at", true),
            ("updated_at", true)
        ]
    );
    assert_eq!(
        reading
            .schema
            .as_postgresql()
            .expect("a schema of PostgreSQL")
            .statements[0]
            .sql,
        "INSERT INTO schema_migrations (version) VALUES ('20260115090000')"
    );
}

#[test]
fn a_file_without_a_version_inserts_none() {
    let reading = read_with_metadata("create_table \"toys\" do |t|\nend\n");
    assert_eq!(
        reading
            .schema
            .as_postgresql()
            .expect("a schema of PostgreSQL")
            .tables
            .len(),
        3
    );
    assert!(
        reading
            .schema
            .as_postgresql()
            .expect("a schema of PostgreSQL")
            .statements
            .is_empty()
    );
}
