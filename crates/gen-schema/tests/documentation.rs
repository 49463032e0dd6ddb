//! docs/schemafile.md and docs/schemafile-mysql.md say of each piece of Ruby which SQL it becomes. It must be so.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use schemafile::{Database, MemoryLoader, Options, SourceFile, read};
use std::path::Path;

/// The SQL of a piece of Ruby, less the settings around it.
fn sql_of(ruby: &str) -> String {
    let reading = read(
        SourceFile::new("Schemafile", ruby),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
    let text = pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "Schemafile");
    let (_, body) = text.split_once("BEGIN;\n").unwrap();
    let (body, _) = body.rsplit_once("COMMIT;").unwrap();
    body.trim().to_owned()
}

/// The same of MySQL.
fn mysql_of(ruby: &str) -> String {
    let reading = read(
        SourceFile::new("Schemafile", ruby),
        &MemoryLoader::new(),
        &Options {
            database: Some(Database::MySql),
            ..Options::default()
        },
    )
    .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
    let (schema, server) = reading.schema.mysql().unwrap();
    let text = mysql_sql::ddl::schema_sql(&schema, server, "Schemafile");
    let start = text.find("CREATE ").unwrap();
    text[start..].trim().to_owned()
}

/// Pairs of a `ruby` block and the `sql` block right behind it.
fn pairs(document: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    let mut rest = document;
    while let Some((_, after)) = rest.split_once("```ruby\n") {
        let (ruby, after) = after.split_once("```\n").unwrap();
        let sql = after
            .trim_start()
            .strip_prefix("```sql\n")
            .unwrap_or_else(|| panic!("no SQL behind:\n{ruby}"));
        let (sql, after) = sql.split_once("```\n").unwrap();
        pairs.push((ruby, sql));
        rest = after;
    }
    pairs
}

#[test]
fn the_reference_shows_the_sql_that_is_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemafile.md");
    let document = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let pairs = pairs(&document);
    assert!(pairs.len() >= 14, "only {} pairs", pairs.len());
    for (ruby, sql) in pairs {
        assert_eq!(sql_of(ruby), sql.trim(), "of:\n{ruby}");
    }
}

#[test]
fn the_reference_for_mysql_shows_the_sql_that_is_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemafile-mysql.md");
    let document = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let pairs = pairs(&document);
    assert!(pairs.len() >= 2, "only {} pairs", pairs.len());
    for (ruby, sql) in pairs {
        assert_eq!(mysql_of(ruby), sql.trim(), "of:\n{ruby}");
    }
}

#[test]
fn the_reference_has_every_key_of_the_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemafile.md");
    let document = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (_, shown) = document.split_once("```toml\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    schemafile::read_settings(SourceFile::new("schema/schema.toml", shown))
        .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
    // A heading is the key of the table below it, whose own keys a team chooses.
    let (alone, tables) = shown.split_at(shown.find("\n[").unwrap_or(shown.len()));
    let keys: Vec<&str> = alone
        .lines()
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .chain(
            tables
                .lines()
                .filter_map(|line| Some(line.strip_prefix('[')?.split_once(']')?.0)),
        )
        .collect();
    let known: Vec<&str> = schemafile::SETTINGS_KEYS
        .iter()
        .map(|key| key.name)
        .collect();
    assert_eq!(keys, known);
}

#[test]
fn the_reference_shows_an_error_as_it_is_told() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemafile.md");
    let document = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (_, shown) = document.split_once("```text\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let faulty = "create_table \"rooms\" do |t|\n  t.sting \"name\"\nend\n";
    let diagnostics = read(
        SourceFile::new("schema/Schemafile", faulty),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .unwrap_err();
    assert_eq!(diagnostics.render(false), shown);
}
