//! Any name, label, comment and default survives the trip through Ruby, SQL and PostgreSQL.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use schemafile::{MemoryLoader, Options, SourceFile, read};
use std::fmt::Write as _;
use testkit::pg::TempPostgres;

/// A text as a Ruby literal in which no character stands for anything but itself.
fn ruby(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        let _ = write!(literal, "\\u{{{:x}}}", u32::from(character));
    }
    literal.push('"');
    literal
}

/// Text of all kinds of characters that PostgreSQL can hold.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        3 => prop::sample::select(vec!['\'', '"', '\\', '$', '\n', '\r', '\t', ';', '-', ':', '%', '{', '}', ',', ' ', 'E', '\u{1b}', '\u{7f}']),
        3 => prop::char::range('a', 'z'),
        1 => prop::char::range('A', 'Z'),
        1 => any::<char>().prop_filter("NUL", |character| *character != '\0'),
    ];
    prop::collection::vec(character, 0..12).prop_map(String::from_iter)
}

/// A name: not empty, and no longer than PostgreSQL keeps.
fn name() -> impl Strategy<Value = String> {
    text().prop_filter("empty or too long", |name| {
        !name.is_empty() && name.len() <= 40
    })
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[test]
fn names_and_texts_survive() {
    let postgres = TempPostgres::shared();
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    // A point parts a table's name from its schema, and a quote holds such a name together.
    let table = name().prop_filter("a point or a quote", |name| !name.contains(['.', '"']));
    let strategy = (
        table,
        name(),
        name(),
        text(),
        text(),
        prop::collection::vec(text(), 0..4),
    );
    runner
        .run(&strategy, |(table, column, label, default, comment, list)| {
            prop_assume!(column != "id" && column != "list");
            let elements: Vec<String> = list.iter().map(|element| ruby(element)).collect();
            let source = format!(
                "create_enum \"labels\", [{label}]\n\
                 create_table {table}, comment: {comment} do |t|\n\
                 t.string {column}, default: {default}, comment: {comment}\n\
                 t.enum \"list\", enum_type: \"labels\", default: {label}\n\
                 t.string \"texts\", array: true, default: [{elements}]\n\
                 t.jsonb \"json\", default: {{ {default} => {comment} }}\n\
                 t.binary \"bytes\", default: {default}\n\
                 t.index [{column}]\n\
                 end\n",
                label = ruby(&label),
                table = ruby(&table),
                column = ruby(&column),
                default = ruby(&default),
                comment = ruby(&comment),
                elements = elements.join(", "),
            );
            let reading = read(
                SourceFile::new("Schemafile", source),
                &MemoryLoader::new(),
                &Options::default(),
            )
            .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
            let sql = pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "Schemafile");
            let database = postgres.create_database();
            postgres.psql(&database, &sql);
            let hex = |expression: &str| format!("encode(convert_to({expression}, 'UTF8'), 'hex')");
            let quoted_table = pg_sql::identifier(&table);
            let quoted_column = pg_sql::identifier(&column);
            let found = postgres.psql(
                &database,
                &format!(
                    "INSERT INTO {quoted_table} DEFAULT VALUES; SELECT {} || '|' || {} || '|' || {} || '|' || encode(bytes, 'hex') FROM {quoted_table}",
                    hex(&quoted_column),
                    hex("list::text"),
                    hex("array_to_string(texts, '~')"),
                ),
            );
            let expected = [
                hexadecimal(&default),
                hexadecimal(&label),
                hexadecimal(&list.join("~")),
                hexadecimal(&default),
            ]
            .join("|");
            prop_assert_eq!(found.trim(), expected);
            let found = postgres.psql(
                &database,
                &format!(
                    "SELECT {} || '|' || {} || '|' || {} FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 2 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
                    hex("c.relname::text"),
                    hex("a.attname::text"),
                    hex("coalesce(col_description(c.oid, 2), '')"),
                ),
            );
            let expected = [
                hexadecimal(&table),
                hexadecimal(&column),
                hexadecimal(&comment),
            ]
            .join("|");
            prop_assert_eq!(found.trim(), expected);
            let found = postgres.psql(
                &database,
                &format!("SELECT {} FROM {quoted_table}, jsonb_each_text(json) AS pair(key, value)", hex("key || '~' || value")),
            );
            prop_assert_eq!(found.trim(), hexadecimal(&format!("{default}~{comment}")));
            postgres.drop_database(&database);
            Ok(())
        })
        .unwrap();
}
