//! Files that a Schemafile takes in, in the ways in which people write it.

use schemafile::{AnySchema, MemoryLoader, Options, SourceFile};

#[test]
fn dir_glob_hands_files_to_a_block_of_its_own_or_of_each() {
    let table = |name: &str| format!("create_table \"{name}\" do |t|\n  t.string \"a\"\nend\n");
    let loader = MemoryLoader::new()
        .with("db/b.schema", table("b"))
        .with("db/a.schema", table("a"));
    for way in [
        "Dir.glob(File.expand_path(\"../*.schema\", __FILE__)) do |file|\n  require file\nend\n",
        "Dir.glob(\"#{__dir__}/*.schema\") { |file| require file }\n",
        "Dir[\"db/*.schema\"].each do |file|\n  require file\nend\n",
        "Dir.glob(\"db/*.schema\").each { |file| require file }\n",
    ] {
        let file = SourceFile::new("db/Schemafile", way.replace("\"db/", "\"#{__dir__}/"));
        let reading = match schemafile::read(file, &loader, &Options::default()) {
            Ok(reading) => reading,
            Err(problems) => panic!("{way}{}", problems.render(false)),
        };
        let AnySchema::PostgreSql(schema) = reading.schema else {
            panic!("{way}");
        };
        let names: Vec<&str> = schema
            .tables
            .iter()
            .map(|table| table.name.name.as_str())
            .collect();
        assert_eq!(names, ["a", "b"], "{way}");
    }
}
